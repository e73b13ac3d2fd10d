"""Where credits are real money, letting an app charge again or longer asks first. The sandbox stands for production."""

from __future__ import annotations

import time
from dataclasses import replace

from PySide6.QtCore import Qt

from office_studio.core.officex.money import MICRO, Amount
from office_studio.ui.trade.inbox.inbox_page import InboxPage
from office_studio.ui.trade.installs.installs_page import InstallsPage
from office_studio.ui.trade.installs.pausing import can_charge
from office_studio.ui.trade.spending.spend_consent import ConsentSheet
from tests.ui.trade.conftest import Bazaar


def test_resuming_and_extending_ask_with_the_most_they_can_cost(bazaar: Bazaar) -> None:
    market = bazaar.market
    ends = int(time.time()) + 3600
    key = bazaar.install("lead-finder", allowed_until=ends)
    bazaar.ask("consumer", lambda client: client.change_install(key.install_id, lifetime_spend_limit=Amount(7 * MICRO)))
    bazaar.till(key, lambda till: till.reserve(2 * MICRO, "j"))
    bazaar.till(key, lambda till: till.tell("a", "Ends soon", "Extend me"))
    assert market.choice is not None
    real = replace(market.choice.environment, is_real_money=True, is_testable=False, label="Production")
    market.switch(replace(market.choice, environment=real))
    bazaar.wait(lambda: market.data is not None)

    page = bazaar.page("installs")
    assert isinstance(page, InstallsPage)
    page.choose(key.install_id)
    bazaar.qtbot.mouseClick(page.pause, Qt.MouseButton.LeftButton)  # stopping never asks
    bazaar.wait(lambda: page.install is not None and not can_charge(page.install))
    page.pause.click()
    sheet = page.sheet
    assert isinstance(sheet, ConsentSheet)
    assert sheet.title.text() == "Let Lead Finder charge real money?"
    assert sheet.primary.text() == "Allow up to 5 credits"
    sheet.cancel()
    bazaar.again()
    assert page.install is not None
    assert not can_charge(page.install)
    page.resume_all.click()
    again = page.sheet
    assert isinstance(again, ConsentSheet)
    again.primary.click()
    bazaar.wait(lambda: page.install is not None and can_charge(page.install))

    inbox = bazaar.page("inbox")
    assert isinstance(inbox, InboxPage)
    inbox.choose(inbox.model.rows[0].message_id)
    inbox.extend.click()
    longer = inbox.sheet
    assert isinstance(longer, ConsentSheet)
    bazaar.again()
    assert inbox.install is not None
    assert inbox.install.limits.allowed_until == ends
    longer.primary.click()
    bazaar.wait(lambda: inbox.install is not None and inbox.install.limits.allowed_until == ends + 30 * 86_400)
