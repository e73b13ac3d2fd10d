"""The billing lab in the real window: what it shows is what the sandbox's wallets say."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import httpx
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QApplication

from office_studio.core.officex.money import MICRO
from office_studio.services.officex.billing import BLOCK, Pattern, outcomes
from office_studio.services.officex.errors import OfficeXUnreachable, unreachable
from office_studio.services.officex.http import InstallKey
from office_studio.services.officex.till import Till
from office_studio.ui.trade.lab.lab_model import COLUMNS, CRASH, DELIVERED, PAYS
from office_studio.ui.trade.lab.lab_page import LabPage
from office_studio.ui.trade.lab.lab_runs import Crash, LabRow, Plan, State, bill, course
from tests.ui.trade.conftest import Bazaar

PRICE = MICRO // 4


def _lab(bazaar: Bazaar, **limits: int) -> tuple[LabPage, InstallKey]:
    key = bazaar.install("lead-finder", **limits)
    bazaar.market.book.keep_install("sandbox", key)
    bazaar.again()
    page = bazaar.page("lab")
    assert isinstance(page, LabPage)
    return page, key


def _run(bazaar: Bazaar, page: LabPage) -> list[LabRow]:
    bazaar.qtbot.mouseClick(page.run, Qt.MouseButton.LeftButton)
    assert page.job.is_running
    assert page.run.text() == "Stop"
    assert not page.items.isEnabled()
    bazaar.wait(lambda: not page.job.is_running)
    return page.job.rows


def _figures(rows: list[LabRow]) -> list[tuple[object, ...]]:
    return [(row.pattern, row.run and replace(row.run, steps=()), row.crash,
             [(step.call, step.micro, step.code, step.done) for step in row.steps]) for row in rows]  # fmt: skip


def test_all_five_run_and_the_wallets_agree(bazaar: Bazaar) -> None:
    page, _key = _lab(bazaar)
    market = bazaar.market
    assert page.run.text() == "Run all five"
    assert "14 credits at most" in page.cost.text()  # 3 times 12 items and a block of 20, at a quarter
    assert "no real money" in page.cost.text()
    before = market.data.balance.total  # type: ignore[union-attr]
    seen: list[int] = []
    page.job.changed.connect(lambda: seen.append(page.bar.value()))
    rows = _run(bazaar, page)
    assert [row.pattern for row in rows] == list(Pattern)
    assert all(row.state is State.DONE and row.run is not None and not row.run.stopped_by for row in rows)
    assert len(set(seen)) > 2  # it went on before one's eyes
    taken = {row.pattern: row.taken for row in rows}
    delivered = rows[0].run.delivered  # type: ignore[union-attr]
    assert 0 < delivered < 12
    assert taken == {
        Pattern.FREE: 0,
        Pattern.ONE_TIME: delivered * PRICE,
        Pattern.PROGRESSIVE: delivered * PRICE,
        Pattern.SUBSCRIPTION: 12 * PRICE,
        Pattern.INTERNAL: BLOCK * PRICE,
    }
    bazaar.again()
    data = market.data
    assert data is not None
    assert before - data.balance.total == sum(taken.values())
    assert data.balance.reserved == 0
    # The picture is of the calls that were made.
    points = course(rows[2].steps)
    assert points[0].held == 12 * PRICE
    assert (points[-1].held, points[-1].taken) == (0, taken[Pattern.PROGRESSIVE])
    assert "Reserve 3" in page.chart.words_at(QPointF(page.chart.width() * 0.4 + 45, 100))
    # The table says it, and can be taken away.
    page.choose(Pattern.INTERNAL)
    assert "left in the app's own ledger" in page.told.accessibleName()
    at = page.model.row_of(Pattern.PROGRESSIVE)
    words = [page.model.index(at, column).data() for column in range(len(COLUMNS))]
    assert words[DELIVERED] == f"{delivered} of 12"
    assert words[PAYS].startswith(f"{delivered / 4:g}  ≈ $")
    assert "held" in words[CRASH]
    page.view.copy()
    assert QApplication.clipboard().text().count("\n") == 5
    # The same seed, the same figures; another seed, others.
    first = _figures(rows)
    assert _figures(_run(bazaar, page)) == first
    page.seed.setValue(8)
    page.pattern.setCurrentIndex(page.pattern.findData("progressive"))
    assert page.run.text() == "Run Progressive"
    assert _figures(_run(bazaar, page)) != [first[2]]


def test_a_run_that_is_stopped_gives_back_what_it_held(bazaar: Bazaar) -> None:
    page, _key = _lab(bazaar)
    page.items.setValue(300)
    page.pattern.setCurrentIndex(page.pattern.findData("progressive"))
    bazaar.qtbot.mouseClick(page.run, Qt.MouseButton.LeftButton)
    bazaar.wait(lambda: page.job.rows[0].items_done > 4)
    bazaar.qtbot.mouseClick(page.run, Qt.MouseButton.LeftButton)
    assert not page.run.isEnabled()
    bazaar.wait(lambda: not page.job.is_running)
    row = page.job.rows[0]
    assert row.state is State.STOPPED
    assert row.items_done < 300
    assert row.steps[-1].call == "cancel"
    assert "what it held went back" in page.told.accessibleName()
    bazaar.again()
    data = bazaar.market.data
    assert data is not None
    assert data.balance.reserved == 0
    assert 100 * MICRO - data.balance.total == row.taken > 0


def test_refusals_and_lost_secrets_are_told_in_words(bazaar: Bazaar) -> None:
    page, key = _lab(bazaar, max_per_hour=3)
    page.pattern.setCurrentIndex(page.pattern.findData("one-time"))
    rows = _run(bazaar, page)
    assert rows[0].run is not None
    assert rows[0].run.stopped_by == "RATE_LIMITED"
    assert "used up its charges" in page.told.accessibleName()
    assert page.model.index(0, DELIVERED).data().endswith("of 12")
    bazaar.market.book.forget_install("sandbox", key.install_id)
    bazaar.qtbot.mouseClick(page.run, Qt.MouseButton.LeftButton)
    bazaar.wait(lambda: not page.job.is_running)
    assert "not on this computer" in page.problem.accessibleName()
    assert page.to_installs.isVisible()
    page.price.setText("0")
    assert not page.run.isEnabled()
    page.price.setText("x")
    assert "number such as" in page.cost.text()


@pytest.mark.parametrize(
    ("route", "kind", "calls", "is_free"),
    [
        ("POST /reserve", "drop_after", 1, True),  # it was booked, and nobody heard of it
        ("POST /reservations/{resv}/settle", "drop_before", 1, True),
        ("POST /reservations/{resv}/settle", "drop_before", 1, False),
    ],
)
def test_when_officex_is_lost_what_is_held_goes_back_or_is_told(
    bazaar: Bazaar, route: str, kind: str, calls: int, is_free: bool
) -> None:
    page, _key = _lab(bazaar)
    page.pattern.setCurrentIndex(page.pattern.findData("progressive"))
    sandbox = bazaar.market.sandbox
    assert sandbox is not None
    wanted = [(route, kind, calls)] + ([] if is_free else [("POST /reservations/{resv}/cancel", "drop_before", 9)])
    for where, how, often in wanted:
        httpx.post(
            f"{sandbox.root}/__sandbox/faults", json={"route": where, "kind": how, "calls": often},
            headers={"x-sandbox-token": sandbox.control_token}, trust_env=False, verify=False,
        ).raise_for_status()  # fmt: skip
    (row,) = _run(bazaar, page)
    assert row.state is State.BROKEN
    assert "cannot be reached" in page.problem.accessibleName()
    assert ("What it held went back" in page.told.accessibleName()) is is_free
    assert ("may still hold credits" in page.told.accessibleName()) is not is_free
    bazaar.again()
    data = bazaar.market.data
    assert data is not None
    assert (data.balance.reserved == 0) is is_free


def test_real_money_is_not_charged_before_its_most_was_agreed_to(bazaar: Bazaar) -> None:
    """The window takes the sandbox for production here; no real one is ever asked."""
    page, _key = _lab(bazaar)
    market = bazaar.market
    assert market.choice is not None
    real = replace(market.choice.environment, is_real_money=True, is_testable=False, label="Production")
    market.switch(replace(market.choice, environment=real))
    bazaar.wait(lambda: market.data is not None)
    assert "real money" in page.cost.text()
    assert "no real money" not in page.cost.text()
    bazaar.qtbot.mouseClick(page.run, Qt.MouseButton.LeftButton)
    sheet = page.sheet
    assert sheet is not None
    assert not page.job.is_running
    assert sheet.primary.text() == "Charge up to 14 credits"
    bazaar.qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    assert not page.job.is_running
    bazaar.again()
    assert market.data is not None
    assert market.data.balance.total == 100 * MICRO
    page.pattern.setCurrentIndex(page.pattern.findData("one-time"))
    page.run.click()
    assert page.sheet is not None
    page.sheet.primary.click()
    bazaar.wait(lambda: page.job.rows and not page.job.is_running)
    assert page.job.rows[0].taken > 0


def test_what_a_crash_leaves_is_what_the_lab_foretells(bazaar: Bazaar) -> None:
    """An app dies for real at the item in the middle: none of its calls arrives any more, not even those that give
    back."""
    key = bazaar.install("lead-finder")
    environment = bazaar.market.environment
    assert environment is not None
    for pattern in Pattern:
        plan = Plan((pattern,), 12, PRICE, 0.2, 7)
        rows: list[LabRow] = []
        bazaar.till(key, lambda till, plan=plan, rows=rows: bill(till, plan, "whole", rows.append, lambda: True))
        foretold, calls = rows[-1].crash, sum(step.done < 6 for step in rows[-1].steps)
        delivered = sum(outcomes(12, 0.2, 7)[:6])
        before = bazaar.ask("consumer", lambda client: client.balance())

        class DyingTill(Till):
            left = calls

            async def call(self, *arguments: Any, **options: Any) -> Any:
                if self.left == 0:
                    raise unreachable("the app is dead")
                self.left -= 1
                return await super().call(*arguments, **options)

        async def die(_client: object, plan: Plan = plan, till_of: type[Till] = DyingTill) -> None:
            async with till_of(environment, key) as till:
                with pytest.raises(OfficeXUnreachable):
                    await bill(till, plan, "dies", lambda _row: None, lambda: True)

        if pattern is Pattern.FREE:
            assert foretold == Crash()
            continue
        if calls < len(rows[-1].steps):
            bazaar.ask("consumer", die)
        else:  # all was paid at the beginning
            bazaar.till(key, lambda till, plan=plan: bill(till, plan, "dies", lambda _row: None, lambda: True))
        after = bazaar.ask("consumer", lambda client: client.balance())
        taken = before.total - after.total
        assert after.reserved - before.reserved == foretold.held, pattern
        assert taken - delivered * PRICE == foretold.ahead - foretold.unpaid, pattern
