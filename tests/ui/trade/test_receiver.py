"""The page Webhooks: starting, the address, the log, replay, trouble on demand, the answer of one's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from office_studio.services.officex.environments import STAGING
from office_studio.services.officex.http import Account
from office_studio.services.officex.shop import Offer
from office_studio.ui.trade.market_session import AccountChoice
from office_studio.ui.trade.webhooks.receiver_host import receiver_host
from office_studio.ui.trade.webhooks.receiver_log import OUTCOME, PROOF, outcome_words
from office_studio.ui.trade.webhooks.receiver_page import ReceiverPage
from tests.ui.trade.conftest import Bazaar

if TYPE_CHECKING:
    from office_studio.app import Application


def _page(bazaar: Bazaar) -> ReceiverPage:
    found = bazaar.page("webhooks")
    assert isinstance(found, ReceiverPage)
    return found


@pytest.fixture
def page(bazaar: Bazaar) -> ReceiverPage:
    """The receiver runs for the demo vendor, and one of their apps points to it."""
    market = bazaar.market
    market.switch(next(choice for choice in market.choices if choice.role == "vendor"))
    bazaar.wait(lambda: market.data is not None)
    found = _page(bazaar)
    assert found.off.isVisible()
    bazaar.qtbot.mouseClick(found.start, Qt.MouseButton.LeftButton)
    bazaar.wait(lambda: found.host.url)
    apps = bazaar.ask("vendor", lambda client: client.my_apps())
    app = next(app for app in apps if app.name == "Daily Digest")
    bazaar.ask("vendor", lambda client: client.change_app(app.app_id, {"webhook_url": found.host.url}))
    bazaar.again()
    return found


def test_deliveries_are_listed_proven_and_sent_once_more(bazaar: Bazaar, page: ReceiverPage) -> None:
    qtbot = bazaar.qtbot
    assert page.url.text() == page.host.url
    assert page.who.text() == "Listening for vendor@sandbox.test"
    assert page.empty.isVisible()
    qtbot.mouseClick(page.copy, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == page.host.url

    page.edit_answer()
    assert page.sheet is not None
    page.sheet.text.setPlainText('{"token": 5}')
    assert not page.sheet.primary.isEnabled()
    page.sheet.text.setPlainText('{"token": "abc"}')
    qtbot.mouseClick(page.sheet.primary, Qt.MouseButton.LeftButton)
    assert "1 key" in page.context.text()

    key = bazaar.install("daily-digest")
    install = bazaar.ask("consumer", lambda client: client.install_of(key.install_id))
    assert install.agent_context == {"token": "abc"}
    bazaar.wait(lambda: page.model.rows and page.model.rows[0].status == 200)
    row = page.model.rows[0]
    assert [page.model.index(0, column).data() for column in (PROOF, OUTCOME)] == ["Proven", "Taken"]
    page.view.setCurrentIndex(page.model.index(0, 0))
    assert page.details.title.text() == "Install"
    shown = page.details.payload.toPlainText() + page.details.answer.toPlainText()
    assert "•••" in shown
    assert key.secret not in shown
    assert "abc" not in shown

    qtbot.mouseClick(page.details.same, Qt.MouseButton.LeftButton)
    bazaar.wait(lambda: len(page.model.rows) == 2 and page.model.rows[0].status == 200)
    assert outcome_words(page.model.rows[0]) == "Repeated, ignored"
    assert page.details.entry is not None
    assert page.details.entry.number == row.number  # the chosen one stays chosen
    page.view.setFocus()
    qtbot.keyClick(page.view, Qt.Key.Key_R)
    bazaar.wait(lambda: len(page.model.rows) == 3 and page.model.rows[0].later)
    assert page.model.rows[0].is_replay
    qtbot.mouseClick(page.clear, Qt.MouseButton.LeftButton)
    assert page.empty.isVisible()


def test_trouble_is_switched_on_and_off(bazaar: Bazaar, page: ReceiverPage) -> None:
    for words, status in (("500", 500), ("Redirect", 302), ("Garbage", 200)):
        page.modes.button_of(words).click()
        assert "nothing is sold" in page.warning.text()
        key = bazaar.install("daily-digest")
        bazaar.wait(lambda code=status: page.model.rows and page.model.rows[0].status == code)
        assert page.model.rows[0].is_trouble
        install = bazaar.ask("consumer", lambda client, one=key: client.install_of(one.install_id))
        assert not install.agent_context
        bazaar.ask("consumer", lambda client, one=key: client.uninstall(one.install_id))
        bazaar.wait(lambda: page.model.rows[0].event == "UNINSTALL")
        page.clear_log()
    page.modes.button_of("Normally").click()
    page.delay.setValue(0.3)
    assert page.warning.text() == ""
    bazaar.install("daily-digest")
    bazaar.wait(lambda: page.model.rows and page.model.rows[0].event == "INSTALL" and page.model.rows[0].status)
    assert (page.model.rows[0].duration_ms or 0) >= 300
    bazaar.qtbot.mouseClick(page.stop, Qt.MouseButton.LeftButton)
    assert page.off.isVisible()

    # Outside the sandbox there is none.
    choice = AccountChoice(STAGING, Account("u", "k" * 40), "me@example.org")
    bazaar.market.switch(choice)
    assert not page.start.isEnabled()
    assert "Staging cannot reach this computer" in page.start.toolTip()
    page.host.start()
    assert page.host.listener is None


def test_a_shop_stays_open_over_restarts(qtbot: QtBot, new_application: Callable[[], Application]) -> None:
    bazaar = Bazaar(qtbot, new_application())
    market = bazaar.market
    market.switch(next(choice for choice in market.choices if choice.role == "vendor"))
    bazaar.wait(lambda: market.data is not None)
    page = _page(bazaar)
    page.host.start()
    bazaar.wait(lambda: page.host.url)
    app = next(app for app in bazaar.ask("vendor", lambda client: client.my_apps()) if app.name == "Daily Digest")
    bazaar.ask("vendor", lambda client: client.change_app(app.app_id, {"webhook_url": "http://127.0.0.1:9/old"}))
    page.host.shop.put(Offer("sandbox", app.app_id, "w", "loft", "Loft", "1.0.0", 0, "0" * 64, 1))

    bazaar = Bazaar(qtbot, new_application())  # signed in as the buyer again
    host = receiver_host(bazaar.studio)
    bazaar.wait(lambda: host.url)
    assert host.listener is not None
    assert host.listener.choice.role == "vendor"
    mine = lambda: bazaar.ask("vendor", lambda client: client.my_app(app.app_id))  # noqa: E731
    bazaar.wait(lambda: mine().text("webhook_url") == host.url)
    assert mine().text("iframe_url") == host.launch_url
    host.stop()
    bazaar.wait(lambda: not host.shop.open_for)
