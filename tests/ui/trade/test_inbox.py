"""The letter tray: read state kept here, actions, links that ask."""

from __future__ import annotations

import time

import pytest
from PySide6.QtCore import Qt

from office_studio.ui.trade.inbox.inbox_page import InboxPage, LinkSheet
from office_studio.ui.trade.installs.install_sheets import LimitsSheet
from office_studio.ui.trade.nav_panel import unread_count
from office_studio.ui.trade.wallet.money_sheets import BuySheet
from tests.ui.trade.conftest import Bazaar


def test_letters_are_read_here_and_acted_upon(bazaar: Bazaar) -> None:
    page, market = bazaar.page("inbox"), bazaar.market
    assert isinstance(page, InboxPage)
    assert page.empty.isVisible()
    ends = int(time.time()) + 3600
    key = bazaar.install("lead-finder", allowed_until=ends)
    bazaar.till(
        key, lambda till: till.tell("a", "<b>Ends soon</b>", "<img src=x> Extend me", "https://me@leads.example/7")
    )
    bazaar.till(key, lambda till: till.tell("b", "Forty leads", "y" * 2000))
    bazaar.again()
    assert unread_count(market) == 2
    ended = next(one for one in page.model.rows if one.id == "a")
    page.choose(ended.message_id)
    assert page.title.text() == "<b>Ends soon</b>"
    assert page.title.textFormat() is Qt.TextFormat.PlainText
    assert page.text.text() == "<img src=x> Extend me"
    assert unread_count(market) == 1
    assert page.link.text().strip() == "Open leads.example…"
    opened: list[str] = []
    page.open_url = opened.append
    page.link.click()
    assert isinstance(page.sheet, LinkSheet)
    assert opened == []
    page.sheet.primary.click()
    assert opened == ["https://me@leads.example/7"]

    bazaar.qtbot.mouseClick(page.extend, Qt.MouseButton.LeftButton)
    bazaar.wait(lambda: page.install is not None and page.install.limits.allowed_until != ends)
    assert page.install is not None
    assert page.install.limits.allowed_until == pytest.approx(ends + 30 * 86_400, abs=5)
    page.raise_limit.click()
    assert isinstance(page.sheet, LimitsSheet)
    page.sheet.cancel()
    page.top_up.click()
    assert isinstance(page.sheet, BuySheet)
    page.sheet.cancel()

    page.unread.click()
    assert unread_count(market) == 2
    page.read_all.click()
    assert unread_count(market) == 0
    page.shown.choose("Unread")
    assert page._list.currentWidget() is page.nothing_fits
    assert market.environment is not None
    market.memory.load()  # what is on the disk says the same, once it is written
    bazaar.wait(lambda: (market.memory.load(), unread_count(market) == 0)[1])


def test_letters_can_stand_by_app(bazaar: Bazaar) -> None:
    page = bazaar.page("inbox")
    assert isinstance(page, InboxPage)
    leads, films = bazaar.install("lead-finder"), bazaar.install("film-desk")
    for number, key in enumerate((leads, films, leads, films, films)):
        bazaar.till(key, lambda till, n=number: till.tell(f"m{n}", f"Letter {n}", "words"))
    bazaar.again()
    assert [page.model.head_of(row) for row in range(5)] == [""] * 5
    heights = page.view.visualRect(page.model.index(0)).height()
    page.order.choose("By app")
    by_app = [one.app_id for one in page.model.rows]
    assert by_app == sorted(by_app, key=by_app.index)
    newest = max(page.model.rows, key=lambda one: one.created_ms or 0)
    assert page.model.rows[0].app_id == newest.app_id
    heads = [page.model.head_of(row) for row in range(5)]
    assert sorted(head for head in heads if head) == ["Film Desk · 3 letters", "Lead Finder · 2 letters"]
    assert page.view.visualRect(page.model.index(0)).height() > heights
    assert page.model.index(0).data(Qt.ItemDataRole.AccessibleTextRole).startswith(heads[0])
    page.order.choose("By time")
    assert [page.model.head_of(row) for row in range(5)] == [""] * 5
