"""The money sides of an app in the real window: prices, installs, inbox, wallet, payouts in every state."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from office_studio.app import Application
from office_studio.core.officex.limits import NEVER
from office_studio.core.officex.money import MICRO
from office_studio.errors import OfficeStudioError
from office_studio.services.officex.environments import PRODUCTION
from office_studio.services.officex.errors import error_of
from office_studio.services.officex.http import InstallKey
from office_studio.ui.trade.nav_panel import MarketPanel
from office_studio.ui.trade.vendor import vendor_inbox, vendor_installs, vendor_sandbox, vendor_track
from office_studio.ui.trade.vendor.vendor_inbox import ALL, NEW
from office_studio.ui.trade.vendor.vendor_memory import NEW as NEW_APP
from office_studio.ui.trade.vendor.vendor_page import INBOX, INSTALLS, PRICES, WALLET
from office_studio.ui.trade.vendor.vendor_payout import PayoutSheet, refusal_told
from office_studio.ui.trade.vendor.vendor_sandbox import DECISIONS, Decision
from office_studio.ui.trade.vendor.vendor_track import BROKEN, DONE, NOW, TODO, steps
from tests.ui.trade.vendor_window import VendorWindow, open_window


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("vendor-money")


@pytest.fixture(scope="module")
def opened(qapp: QApplication, home: Path) -> Iterator[Application]:
    with open_window(qapp, home) as made:
        yield made


@pytest.fixture
def shop(qtbot: QtBot, opened: Application, home: Path) -> Iterator[VendorWindow]:
    found = VendorWindow(qtbot, opened, home)
    yield found
    sheet = found.desk.wallet.sheet
    if sheet is not None and not sheet._is_closed:
        sheet.close_sheet()
    found.control("payouts/mode", month_end=False)
    found.tidy_up()


def _earn(shop: VendorWindow, name: str, credits: int) -> tuple[str, InstallKey]:
    """A new app that has taken so many credits of the buyer; its id, and the install it took them from."""
    app_id = shop.app(name)
    key = shop.install_app(app_id, allowed_until=NEVER)

    async def take(till: object) -> None:
        await till.reserve(credits * MICRO, "first")  # type: ignore[attr-defined]
        await till.settle("RESV#first", credits * MICRO, final=True)  # type: ignore[attr-defined]

    shop.till(key, take)
    shop.read()
    shop.wait(lambda: shop.desk.desk is not None and shop.desk.desk.balance.available == credits * MICRO)
    return app_id, key


# -- prices ----------------------------------------------------------------------------------------
def test_a_price_that_loses_money_is_warned_of_saved_and_undone(shop: VendorWindow) -> None:
    lines = ["0.25 credits: a look", "Free: the first look"]
    app_id = shop.app("Prices", price_type="PAY_PER_USE", pricing_lines=lines)
    shop.desk.show_side(PRICES)
    side = shop.desk.prices
    assert side.rows.lines == lines
    assert (side.save.isEnabled(), side.save.toolTip()) == (False, "Nothing is changed")
    row = side.rows.rows[0]
    row.cost.setText("0.001")
    assert row.told.accessibleName() == (
        "Buyers pay ≈ $0.0075, you are paid ≈ $0.0025. ≈ $0.0015 of it is yours after your cost. "
        "It pays from 0.1 credits on."
    )
    shop.wait(lambda: shop.vendor.costs(app_id) == {lines[0]: "0.001"})  # of a saved line: kept at once, told nobody
    assert not side.is_changed
    row.amount.setText("0.07")
    assert row.told.property("role") == "small-negative"
    assert side.loss.isVisible()
    assert "One price loses money" in side.loss.words
    row.amount.setText("-1")
    assert not side.save.isEnabled()
    assert "Line 1" in side.save.toolTip()
    row.amount.setText("0.07")
    shop.qtbot.keyClick(row.amount, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    shop.wait(lambda: shop.listing(app_id)["pricing_lines"] == ["0.07 credits: a look", lines[1]])
    shop.wait(lambda: app_id in shop.desk.model.losing)
    toast = next(one for one in shop.middle.toasts.toasts if "Prices of Prices saved" in one.accessibleName())
    next(one for one in toast.findChildren(type(shop.desk.edit)) if one.text() == "Undo").click()
    shop.wait(lambda: shop.listing(app_id)["pricing_lines"] == lines)
    shop.wait(lambda: side.rows.lines == lines)


def test_unsaved_prices_wait_for_their_app_and_revert_can_be_undone(shop: VendorWindow) -> None:
    first = shop.app("Waits One", pricing_lines=["1 credit: a"])
    second = shop.app("Waits Two", pricing_lines=["2 credits: b"])
    shop.choose(first)
    shop.desk.show_side(PRICES)
    side = shop.desk.prices
    side.rows.rows[0].words.setText("changed")
    shop.choose(second)
    assert side.rows.lines == ["2 credits: b"]
    shop.choose(first)
    assert side.rows.lines == ["1 credit: changed"]
    assert "draft is kept" in side.state.text()
    side.revert.click()
    assert side.rows.lines == ["1 credit: a"]
    toast = next(one for one in shop.middle.toasts.toasts if "back as they are listed" in one.accessibleName())
    next(one for one in toast.findChildren(type(shop.desk.edit)) if one.text() == "Undo").click()
    assert side.rows.lines == ["1 credit: changed"]
    side.revert.click()
    side.rows.add.click()
    for _ in range(9):
        side.rows.add.click()
    assert len(side.rows.rows) == 10
    assert not side.rows.add.isEnabled()
    side.take_back()


# -- installs --------------------------------------------------------------------------------------
def test_installs_show_what_may_be_charged_and_sort_and_filter(shop: VendorWindow) -> None:
    app_id = shop.app("Installed")
    shop.desk.show_side(INSTALLS)
    side = shop.desk.installs
    assert side.empty.isVisible()
    key = shop.install_app(app_id, max_per_day=5, allowed_until=NEVER)
    for number in range(4):
        shop.till(key, lambda till, n=number: till.reserve(MICRO, f"j{n}"))
    shop.till(key, lambda till: till.settle("RESV#j0", 250_000, final=True))
    shop.read()
    assert side.sums.text() == "1 install · 1 may be charged now"
    cells = vendor_installs.cells(side.model.rows[0])
    assert cells[2:] == ("Yes", "4 of 5 a day", "0.250000", "3.000000")
    side.view.selectRow(0)
    side.view.copy()
    assert "4 of 5 a day" in QApplication.clipboard().text()
    side.search.setText("nobody")
    assert side.nothing_fits.isVisible()
    side.search.clear()
    shop.ask("consumer", lambda client: client.change_install(key.install_id, allowed_until=1))
    shop.read()
    assert vendor_installs.cells(side.model.rows[0])[2] == "No: ended or paused"
    assert side.sums.text() == "1 install · 0 may be charged now"
    for column in range(side.model.columnCount()):
        side.view.sortByColumn(column, Qt.SortOrder.AscendingOrder)
        assert len(side.model.rows) == 1


# -- inbox -----------------------------------------------------------------------------------------
def test_charges_are_acknowledged_and_stay_among_all(shop: VendorWindow) -> None:
    """Scenario V41 of the contract, by hand."""
    app_id = shop.app("Letters")
    shop.desk.show_side(INBOX)
    side, qtbot = shop.desk.inbox, shop.qtbot
    assert side.nothing.isVisible()
    key = shop.install_app(app_id)
    for job in ("a", "b", "c"):
        shop.till(key, lambda till, j=job: till.reserve(MICRO, j, {"agent_id": "sana", "note": "<img src=x>"}))
    shop.read()
    assert [row.job_id for row in side.model.rows] == ["c", "b", "a"]
    assert shop.desk.tabs.tabText(INBOX) == "Inbox  3"
    panel = shop.studio.window.panel("market")
    assert isinstance(panel, MarketPanel)
    assert panel.model.index_of("vendor").data(Qt.ItemDataRole.AccessibleTextRole) == "My apps, 3"
    assert side.ack.toolTip() == "Choose a new charge first"
    side.view.selectRow(1)
    tip = side.model.index(1, vendor_inbox.JOB).data(Qt.ItemDataRole.ToolTipRole)
    assert "agent_id: sana" in tip
    assert "&lt;img" in tip
    qtbot.keyClick(side.view, Qt.Key.Key_Space)
    shop.wait(lambda: [row.job_id for row in side.model.rows] == ["c", "a"])
    side.shown.choose(ALL)
    shop.wait(lambda: len(side.model.rows) == 3)
    side.view.selectAll()
    assert side.ack.text() == "Acknowledge 2"
    side.shown.choose(NEW)
    shop.control("faults", route="POST /users/me/apps/{app}/inbox/{log_id}/ack", kind="error", calls=1)
    side.acknowledge_all()
    shop.wait(lambda: any("Not acknowledged" in one.accessibleName() for one in shop.middle.toasts.toasts))
    shop.wait(lambda: side.ack_all.isEnabled())
    qtbot.mouseClick(side.ack_all, Qt.MouseButton.LeftButton)
    shop.wait(lambda: side.nothing_new.isVisible())
    assert shop.desk.tabs.tabText(INBOX) == "Inbox"
    assert side.ack_all.toolTip() == "Everything is acknowledged"


def test_older_charges_are_read_when_they_are_asked_for(shop: VendorWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vendor_inbox, "_PAGES", 1)
    key = shop.install_app(shop.app("Many"), max_per_hour=60)

    async def reserve(till: object) -> None:
        for number in range(52):
            await till.reserve(1, f"j{number}")  # type: ignore[attr-defined]

    shop.till(key, reserve)
    shop.desk.show_side(INBOX)
    shop.read()
    side = shop.desk.inbox
    assert side.count.text() == "50 charges, and older ones"
    assert not side.older.isVisible()
    side.shown.choose(ALL)
    shop.wait(side.older.isVisible)
    assert len(side.model.rows) == 50
    shop.qtbot.mouseClick(side.older, Qt.MouseButton.LeftButton)
    shop.wait(lambda: len(side.model.rows) == 52)
    assert not side.older.isVisible()
    side.shown.choose(NEW)


# -- wallet and payouts ----------------------------------------------------------------------------
def test_a_payout_on_its_way_to_the_end_of_the_month(shop: VendorWindow) -> None:
    _app_id, key = _earn(shop, "Earns", 12)
    shop.till(key, lambda till: till.reserve(3 * MICRO, "open"))
    shop.till(key, lambda till: till.reserve(500_000, "half"))
    shop.till(key, lambda till: till.settle("RESV#half", 500_000, final=True))
    shop.control("payouts/mode", month_end=True)
    shop.desk.show_side(WALLET)
    shop.read()
    side = shop.desk.wallet
    assert (side.available.figure, side.reserved.figure, side.pending.figure) == ("12.50", "0.00", "3.00")
    assert side.available.detail.startswith("pays $0.12 · ")
    assert side.empty.isVisible()
    assert [sum(days) for _name, days in side.chart.parts] == [12_500_000]
    shop.qtbot.mouseClick(side.request, Qt.MouseButton.LeftButton)
    sheet = side.sheet
    assert isinstance(sheet, PayoutSheet)
    assert sheet.amount.text() == "12"  # whole credits: no fraction of a cent is lost
    assert sheet.primary.toolTip() == "Say which account gets the money"
    assert "end of each month" in sheet.when.accessibleName()
    sheet.account.setText("x" * 201)
    assert "201" in sheet.problem.accessibleName()
    sheet.account.setText("acct_1")
    for words in ("0", "-1", "12.6", "1e9", "nan"):
        sheet.amount.setText(words)
        assert not sheet.primary.isEnabled(), words
    sheet.amount.setText("12.5")
    assert "Parts of a cent" in sheet.brings.accessibleName()
    sheet.amount.setText("5")
    assert sheet.primary.text() == "Request 5 credits ($0.05)"
    sheet.primary.click()
    shop.wait(lambda: len(side.model.rows) == 1)
    payout = side.model.rows[0]
    assert [step.state for step in steps(payout)] == [DONE, NOW, TODO]
    assert (side.available.figure, side.reserved.figure) == ("7.50", "5.00")
    assert "holds 5 credits for it until OfficeX approves" in vendor_track.told(payout, 0)

    assert shop.decide(f"payouts/{payout.payout_id}/approve") == 200
    shop.read()
    assert [step.state for step in steps(side.model.rows[0])] == [DONE, DONE, NOW]
    assert "transfers of" in vendor_track.told(side.model.rows[0], 1_773_136_800_000)
    assert "31 Mar 2026" in vendor_track.told(side.model.rows[0], 1_773_136_800_000)
    assert side.reserved.figure == "0.00"
    assert "sent out 5.00" in side.earned.text()
    shop.control("payouts/run")
    shop.read()
    assert [step.state for step in steps(side.model.rows[0])] == [DONE, DONE, DONE]
    assert vendor_track.told(side.model.rows[0], 0) == "Stripe account acct_1 has received $0.05."
    assert "Paid out: done" in side.model.index(0).data(Qt.ItemDataRole.AccessibleTextRole)


def test_payouts_that_fail_say_why_and_can_be_asked_for_again(shop: VendorWindow) -> None:
    _earn(shop, "Fails", 9)
    shop.desk.show_side(WALLET)
    side = shop.desk.wallet
    side.open_payout()
    assert side.sheet is not None
    side.sheet.amount.setText("4")
    side.sheet.account.setText("acct_fail_1")
    side.sheet.primary.click()
    shop.wait(lambda: len(side.model.rows) == 1)
    assert shop.decide(f"payouts/{side.model.rows[0].payout_id}/approve") == 500
    shop.read()
    broken = side.model.rows[0]
    assert [(step.title, step.state) for step in steps(broken)][-1] == ("Transfer refused", BROKEN)
    assert "check the account" in vendor_track.told(broken, 0)
    assert "4 credits are back in the wallet" in vendor_track.told(broken, 0)
    assert side.available.figure == "9.00"
    shop.qtbot.mouseClick(side.again, Qt.MouseButton.LeftButton)
    again = side.sheet
    assert again is not None
    assert (again.amount.text(), again.account.text()) == ("4", "acct_fail_1")
    again.account.setText("acct_2")
    again.primary.click()
    shop.wait(lambda: len(side.model.rows) == 2)
    pending = next(one for one in side.model.rows if one.status == "pending")
    assert shop.decide(f"payouts/{pending.payout_id}/reject", reason="unknown account") == 200
    shop.read()
    rejected = next(one for one in side.model.rows if one.payout_id == pending.payout_id)
    assert [step.state for step in steps(rejected)] == [DONE, BROKEN, TODO]
    assert vendor_track.reason_told(rejected) == "OfficeX did not approve it: unknown account"


def test_in_the_sandbox_one_can_play_officex(shop: VendorWindow) -> None:
    """The app's own menu decides; that reads the sandbox's note, which is where this window's folders are."""
    _earn(shop, "Played", 4)
    shop.desk.show_side(WALLET)
    side = shop.desk.wallet
    assert not side.decide.isVisible()
    side.open_payout()
    assert side.sheet is not None
    side.sheet.account.setText("acct_9")
    side.sheet.primary.click()
    shop.wait(side.decide.isVisible)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OFFICE_STUDIO_HOME", str(shop.home))
        for decision, status in ((Decision.APPROVE_ONLY, "burned"), (Decision.MONTH_END, "completed")):
            payout = side.payout
            assert payout is not None
            assert decision in DECISIONS[payout.status].values()
            side.play_officex(payout, decision)
            shop.wait(lambda now=status: side.model.rows[0].status == now)
        other = replace(PRODUCTION, is_testable=True)
        with pytest.raises(OfficeStudioError, match="not the sandbox of this window"):
            asyncio.run(vendor_sandbox.decide(other, Decision.APPROVE, "p"))
    assert not side.decide.isVisible()


@pytest.mark.parametrize("is_blind", [False, True])
def test_a_lost_answer_never_asks_for_a_payout_twice(shop: VendorWindow, is_blind: bool) -> None:
    _earn(shop, f"Once {is_blind}", 6)
    shop.desk.show_side(WALLET)
    side = shop.desk.wallet
    side.open_payout()
    sheet = side.sheet
    assert sheet is not None
    sheet.account.setText("acct_1")
    shop.control("faults", route="POST /payout", kind="drop_after", calls=2)  # the client asks once more by itself
    if is_blind:  # the look whether it arrived finds nothing out either
        shop.control("faults", route="GET /wallets/{wallet}/payouts", kind="not_json", calls=99)
    sheet.primary.click()
    if is_blind:
        shop.wait(lambda: "never asked for twice" in sheet.problem.accessibleName())
        shop.clear_faults()
        shop.read()
        assert sheet.primary.isEnabled()  # although the credits are held by it already
        sheet.primary.click()
    shop.wait(lambda: sheet._is_closed)
    shop.read()
    assert len(side.model.rows) == 1
    assert side.reserved.figure == "6.00"
    assert not side.request.isEnabled()
    assert side.request.toolTip() == "All credits are held by payouts already"


def test_credits_that_went_meanwhile_are_a_refusal_in_words(shop: VendorWindow) -> None:
    _earn(shop, "Race", 5)
    desk = shop.desk.desk
    assert desk is not None
    shop.desk.show_side(WALLET)
    side = shop.desk.wallet
    side.open_payout()
    sheet = side.sheet
    assert sheet is not None
    sheet.account.setText("acct_1")
    target = {"type": "stripe", "account_id": "acct_2"}
    shop.ask("vendor", lambda client: client.payout(desk.balance.wallet_id, 4 * MICRO, target, "other"))
    sheet.primary.click()
    shop.wait(lambda: "does not have that much any more" in sheet.problem.accessibleName())
    assert "Buy credits" not in sheet.problem.accessibleName()


@pytest.mark.parametrize(
    "code",
    ["INSUFFICIENT_FUNDS", "PAYOUT_FAILED", "DUPLICATE_REQUEST", "PREVIOUS_FAILURE", "WALLET_NOT_FOUND", "FORBIDDEN",
     "OFFICEX_UNREACHABLE", "INTERNAL_ERROR", "UNAUTHORIZED", "INVALID_SECRET", "SOMETHING_NEW"],
)  # fmt: skip
def test_every_refusal_of_a_payout_has_a_way_on(code: str) -> None:
    words = refusal_told(error_of(code, 400))
    assert code not in words
    assert words.endswith(".")
    assert len(words.split(". ")) >= 2


def test_nothing_secret_is_written_down(shop: VendorWindow) -> None:
    """No key of the account stands in a file of the window, whatever it has kept so far."""
    account = shop.market.account
    assert account is not None
    _earn(shop, "Quiet", 5)
    shop.vendor.memory.keep_draft(shop.vendor.where, NEW_APP, 0, {"name": "Not done yet"})
    shop.wait((shop.home / "config" / "officex-vendor.json").is_file)
    files = [one for one in (shop.home / "config").rglob("*") if one.is_file()]
    for one in files:
        assert account.master_key not in one.read_text("utf-8", "replace")
    kept = json.loads((shop.home / "config" / "officex-vendor.json").read_text("utf-8"))
    assert set(kept) == {"drafts", "costs", "closed"}
