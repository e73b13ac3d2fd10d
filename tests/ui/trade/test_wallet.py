"""The wallet in the real window: figures, ledger with filters and export, vouchers, purchases."""

from __future__ import annotations

import csv
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from office_studio.core.officex.money import MICRO
from office_studio.ui.trade.wallet.ledger_model import AGENT, CREDITS, NOTE
from office_studio.ui.trade.wallet.money_sheets import BuySheet, VoucherSheet
from office_studio.ui.trade.wallet.wallet_page import WalletPage
from tests.ui.trade.conftest import Bazaar


def _wallet(bazaar: Bazaar) -> WalletPage:
    found = bazaar.page("wallet")
    assert isinstance(found, WalletPage)
    return found


def test_ledger_figures_chart_filters_and_export(bazaar: Bazaar, tmp_path: Path) -> None:
    page = _wallet(bazaar)
    key = bazaar.install("lead-finder", max_per_day=9)

    async def trade(till: object) -> None:
        await till.reserve(2 * MICRO, "job-1", {"agent_id": "sana"})  # type: ignore[attr-defined]
        await till.settle("RESV#job-1", 250_000, final=False)  # type: ignore[attr-defined]
        await till.settle("RESV#job-1", 1, final=True)  # type: ignore[attr-defined]
        await till.reserve(4 * MICRO, "job-2")  # type: ignore[attr-defined]

    bazaar.till(key, trade)
    bazaar.again()
    model, shown = page.ledger.model, Qt.ItemDataRole.DisplayRole
    assert page.reserved.figure == "4.00"
    assert page.reserved.detail == "1 open job"
    assert page.spent.figure == "0.25"
    assert page.available.toolTip() == "95.749999"
    told = [(row.kind, row.app, row.agent, model.index(at, CREDITS).data(shown)) for at, row in enumerate(model.rows)]
    assert told == [
        ("Reserve", "Lead Finder", "shared", "−4.000000"),
        ("Refund", "Lead Finder", "sana", "+1.749999"),
        ("Settle", "Lead Finder", "sana", "−0.000001"),
        ("Sip", "Lead Finder", "sana", "−0.250000"),
        ("Reserve", "Lead Finder", "sana", "−2.000000"),
        ("Purchase", "", "—", "+100.000000"),
    ]
    assert [name for name, days in page.chart.parts if sum(days) == 250_001] == ["Lead Finder"]
    page.by.choose("By agent")
    assert [name for name, _days in page.chart.parts] == ["sana"]

    page.ledger.kinds.setCurrentText("Spent")
    assert [row.kind for row in model.rows] == ["Settle", "Sip"]
    assert page.ledger.count.text() == "2 of 6 entries"
    path = tmp_path / "ledger.csv"
    page.ledger.ask_path = lambda _name: str(path)
    bazaar.qtbot.mouseClick(page.ledger.export, Qt.MouseButton.LeftButton)
    bazaar.wait(path.exists)
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["type"], row["delta_reserved"], row["agent"]) for row in rows] == [
        ("SETTLE", "-0.000001", "sana"),
        ("SIP", "-0.25", "sana"),
    ]
    assert [item.name for item in tmp_path.glob("*ledger*")] == ["ledger.csv"]
    page.ledger.search.setText("nothing like it")
    assert page.ledger._stack.currentWidget() is page.ledger.nothing_fits
    page.ledger.clear_filter()
    page.ledger.view.selectRow(1)
    page.ledger.view.copy()
    assert "+1.749999" in QApplication.clipboard().text()
    assert not page.ledger.view.isColumnHidden(AGENT)
    assert "job-2" in model.index(0, NOTE).data(shown)


def test_a_voucher_is_looked_at_then_redeemed_once(bazaar: Bazaar) -> None:
    page, qtbot = _wallet(bazaar), bazaar.qtbot
    qtbot.mouseClick(page.redeem, Qt.MouseButton.LeftButton)
    sheet = page.sheet
    assert isinstance(sheet, VoucherSheet)
    assert not sheet.primary.isEnabled()
    qtbot.keyClicks(sheet.code, "NOSUCH")
    qtbot.keyClick(sheet.code, Qt.Key.Key_Return)
    bazaar.wait(lambda: not sheet.problem.isHidden())
    assert "no such voucher" in sheet.problem.accessibleName()
    sheet.code.clear()
    qtbot.keyClicks(sheet.code, "WELCOME")
    qtbot.keyClick(sheet.code, Qt.Key.Key_Return)
    bazaar.wait(lambda: sheet.primary.text() == "Add 25 credits")
    qtbot.mouseClick(sheet.primary, Qt.MouseButton.LeftButton)
    bazaar.wait(lambda: page.available.figure == "125.00")

    page.open_voucher()
    again = page.sheet
    assert isinstance(again, VoucherSheet)
    again.code.setText("WELCOME")
    again.primary.click()
    bazaar.wait(lambda: again.primary.text() == "Add 25 credits")
    again.primary.click()
    bazaar.wait(lambda: not again.problem.isHidden())
    assert "before" in again.problem.accessibleName()
    qtbot.keyClick(again, Qt.Key.Key_Escape)


def test_buying_says_the_amount_and_survives_a_refused_card(bazaar: Bazaar) -> None:
    page, qtbot = _wallet(bazaar), bazaar.qtbot
    qtbot.mouseClick(page.buy, Qt.MouseButton.LeftButton)
    sheet = page.sheet
    assert isinstance(sheet, BuySheet)
    assert sheet.primary.text() == "Pay 25 credits"
    for words in ("0", "-1", "1e9", "0.0000001", "abc"):
        sheet.amount.setText(words)
        assert not sheet.primary.isEnabled()
    sheet.amount.setText("12.5")
    assert sheet.primary.text() == "Pay 12.5 credits"
    sheet.card.setCurrentIndex(1)
    sheet.primary.click()
    bazaar.wait(lambda: not sheet.problem.isHidden())
    assert "payment" in sheet.problem.accessibleName().lower()
    sheet.card.setCurrentIndex(0)
    sheet.primary.click()
    bazaar.wait(lambda: page.available.figure == "112.50")
    assert any(toast.isVisible() for toast in bazaar.middle.toasts.toasts)
