"""The first visit, the account tile, switching, and what happens where the sandbox cannot start."""

from __future__ import annotations

import pytest

from office_studio.core.officex.codes import CODES
from office_studio.core.officex.money import MICRO
from office_studio.services.officex.errors import error_of
from office_studio.ui.panels import Area
from office_studio.ui.trade.market_session import MarketState
from office_studio.ui.trade.market_words import refusal
from office_studio.ui.trade.nav_panel import MarketPanel, account_line, sign_in
from office_studio.ui.trade.pages import pages
from tests.ui.trade.conftest import Bazaar


def test_the_first_visit_opens_the_sandbox_and_signs_its_consumer_in(bazaar: Bazaar) -> None:
    market, window = bazaar.market, bazaar.studio.window
    assert market.state is MarketState.READY
    assert market.choice is not None
    assert market.choice.email == "you@sandbox.test"
    assert market.data is not None
    assert market.data.balance.available == 100 * MICRO
    panel = window.areas[Area.LEFT].current()
    assert isinstance(panel, MarketPanel)
    assert panel.tile.lines == ("you@sandbox.test", "Sandbox · buyer")
    assert bazaar.page("wallet").head.chip.accessibleName() == "Sandbox · no real money"
    assert bazaar.page("wallet").available.figure == "100.00"
    assert window.status.words.startswith("Sandbox server · ")

    vendor = next(choice for choice in market.choices if choice.role == "vendor")
    assert account_line(vendor) == "vendor@sandbox.test · Sandbox · sells"
    seen: list[object] = []
    market.balance_changed.connect(lambda balance, at_ms: seen.append((balance.available, at_ms)))
    market.switch(vendor)
    assert market.data is None
    bazaar.wait(lambda: market.data is not None)
    assert bazaar.page("wallet").available.figure == "0.00"
    assert seen
    assert seen[0][0] == 0
    assert panel.tile.lines[0] == "vendor@sandbox.test"


def test_pages_of_the_left_panel_are_those_of_the_registry(bazaar: Bazaar) -> None:
    panel = bazaar.studio.window.areas[Area.LEFT].current()
    assert isinstance(panel, MarketPanel)
    assert [spec.id for spec in panel.model.rows] == [spec.id for spec in pages()]
    for row, spec in enumerate(panel.model.rows):
        panel.view.setCurrentIndex(panel.model.index(row))
        assert bazaar.middle.page_id == spec.id
        assert bazaar.middle.page is not None


def test_nothing_is_asked_while_nobody_looks(bazaar: Bazaar) -> None:
    market = bazaar.market
    assert market._poll.isActive()
    assert market._tick.isActive()
    bazaar.studio.window.show_workspace("watch")
    assert not market._poll.isActive()
    assert not market._tick.isActive()
    assert not bazaar.studio.window.status.words.startswith("Sandbox")


def test_signing_in_with_a_code_keeps_the_key_and_switches(bazaar: Bazaar) -> None:
    market = bazaar.market
    sheet = sign_in(bazaar.studio)
    assert [sheet.where.itemText(at) for at in range(3)] == [
        "Sandbox · no real money",
        "Staging · no real money",
        "Production · real money",
    ]
    assert not sheet.primary.isEnabled()
    assert not sheet.code.isEnabled()
    sheet.mail.setText("new@sandbox.example")
    sheet.primary.click()
    bazaar.wait(lambda: sheet.is_sent)
    sheet.code.setText("1234")
    sheet.primary.click()
    bazaar.wait(lambda: not sheet.problem.isHidden())
    assert "does not match" in sheet.problem.accessibleName() or "code" in sheet.problem.accessibleName().lower()
    sheet.code.setText("0000")
    sheet.primary.click()
    bazaar.wait(lambda: market.data is not None and market.data.profile.email == "new@sandbox.example")
    choice = market.choice
    assert choice is not None
    bazaar.wait(lambda: [known.email for known in market.book.accounts()] == ["new@sandbox.example"])
    (known,) = market.book.accounts()
    assert market.book.account(known) == choice.account
    market.forget_account(choice)
    assert market.choice is not None
    assert market.choice.role == "consumer"
    bazaar.wait(lambda: not market.book.accounts())


@pytest.mark.parametrize("code", sorted(CODES))
def test_every_refusal_is_told_in_plain_words(code: str) -> None:
    error = error_of(code, CODES[code].status)
    words = refusal(error)
    assert CODES[code].words in words
    assert CODES[code].way_on in words
    assert code not in words
