"""Budgets and who uses what: kept here, counted from the ledger, told in words when they are used up."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QPointF, Qt

from office_studio.core.office.live import LiveAgent
from office_studio.core.office.model import Agent, AgentStatus
from office_studio.core.officex.money import MICRO
from office_studio.ui.trade.installs.pausing import can_charge
from office_studio.ui.trade.market_memory import MarketMemory
from office_studio.ui.trade.spending import spend_budgets
from office_studio.ui.trade.spending.spend_budgets import Budget, Level
from office_studio.ui.trade.spending.spend_sheet import SpendSheet
from office_studio.ui.trade.wallet.wallet_page import WalletPage
from tests.ui.trade.conftest import Bazaar


def _spend(bazaar: Bazaar, key: Any, micro: int, job: str, agent: str = "") -> None:
    async def trade(till: Any) -> None:
        held = await till.reserve(micro, job, {"agent_id": agent} if agent else None)
        await till.settle(held, micro, final=True)

    bazaar.till(key, trade)


def test_budgets_are_kept_counted_and_warned_of(bazaar: Bazaar) -> None:
    page = bazaar.page("wallet")
    assert isinstance(page, WalletPage)
    key = bazaar.install("lead-finder")
    working = AgentStatus.WORKING
    bazaar.studio.store.replace_agents([LiveAgent(Agent(i, i.title(), working), working, 0) for i in ("sana", "otto")])
    bazaar.again()
    data = bazaar.market.data
    assert data is not None
    app_id = data.installs[0].app_id
    assert page.budgets.isHidden()

    bazaar.qtbot.mouseClick(page.agents, Qt.MouseButton.LeftButton)
    sheet = page.sheet
    assert isinstance(sheet, SpendSheet)
    box = sheet.agents[key.install_id]
    assert [box.itemText(at) for at in range(box.count())] == ["Nobody: shared", "Otto", "Sana"]
    box.setCurrentIndex(box.findData("otto"))
    sheet.budgets[f"app:{app_id}"].setText("2")
    sheet.budgets["agent:otto"].setText("x")
    assert not sheet.primary.isEnabled()
    sheet.budgets["agent:otto"].setText("1")
    sheet.primary.click()
    assert bazaar.market.memory.agents("sandbox") == {key.install_id: "otto"}
    assert bazaar.market.memory.budgets("sandbox") == {f"app:{app_id}": 2 * MICRO, "agent:otto": MICRO}
    assert not page.budgets.isHidden()

    _spend(bazaar, key, 850_000, "a")  # otto's, by the binding
    bazaar.again()
    assert [(one.name, one.level) for one in page.budgets.budgets] == [
        ("Otto", Level.NEAR), ("Lead Finder", Level.WITHIN),
    ]  # fmt: skip
    assert "Otto nears its budget" in _told(bazaar)
    _spend(bazaar, key, 1_150_000, "b", "sana")  # the app's, not otto's
    bazaar.again()
    assert [(one.name, one.level) for one in page.budgets.budgets] == [
        ("Lead Finder", Level.OVER), ("Otto", Level.NEAR),
    ]  # fmt: skip
    assert "2.00 of 2 this month, used up" in page.budgets.accessibleName()
    assert "Lead Finder" in page.budgets.words_at(QPointF(20, 20))
    assert "Lead Finder has used up its budget" in _told(bazaar)
    count = _told(bazaar).count("Lead Finder has used up its budget")
    bazaar.again()
    assert _told(bazaar).count("Lead Finder has used up its budget") == count  # said once
    page.watch._pause(page.budgets.budgets[0])
    bazaar.wait(lambda: bazaar.market.data is not None and not can_charge(bazaar.market.data.installs[0]))

    page.open_budgets()
    again = page.sheet
    assert isinstance(again, SpendSheet)
    assert again.budgets[f"app:{app_id}"].text() == "2"
    again.budgets[f"app:{app_id}"].clear()
    again.budgets["agent:otto"].setText("0")
    again.primary.click()
    assert page.budgets.isHidden()
    assert bazaar.market.memory.budgets("sandbox") == {}


def _told(bazaar: Bazaar) -> list[str]:
    return [toast.title for toast in bazaar.middle.toasts.toasts]


def test_they_are_there_after_a_restart(tmp_path: Any) -> None:
    path = tmp_path / "market.json"
    memory = MarketMemory(path, lambda write: write())
    memory.set_budget("sandbox", "agent:otto", 5)
    memory.set_budget("production", "agent:otto", 7)
    memory.bind("sandbox", "i", "otto")
    again = MarketMemory(path, lambda write: write())
    again.load()
    assert again.budgets("sandbox") == {"agent:otto": 5}
    assert again.budgets("production") == {"agent:otto": 7}
    assert again.agents("sandbox") == {"i": "otto"}
    path.write_text('{"budgets": {"sandbox/agent:otto": "much", "sandbox/app:a": true, "sandbox/app:b": -1}}')
    again.load()
    assert again.budgets("sandbox") == {}


def test_months_are_those_of_utc_and_words_say_how_far() -> None:
    start = spend_budgets.month_start(1_773_136_800_000)  # 2026-03-10T10:00:00Z
    assert start == 1_772_323_200_000  # 2026-03-01T00:00:00Z
    assert spend_budgets.month_start(start) == start
    assert spend_budgets.month_start(start - 1) == 1_769_904_000_000  # 2026-02-01
    told = [(Budget("app:a", "A", 10, spent).level, Budget("app:a", "A", 10 * MICRO, spent * MICRO).words)
            for spent in (7, 8, 10, 11)]  # fmt: skip
    assert told == [
        (Level.WITHIN, "7.00 of 10 this month"),
        (Level.NEAR, "8.00 of 10 this month"),
        (Level.OVER, "10.00 of 10 this month, used up"),
        (Level.OVER, "11.00 of 10 this month, 1.00 over"),
    ]
