"""Budgets: how much an app or an agent is meant to spend in a month, and how much of that is gone. No Qt.

They are kept on this computer and stop nothing; what stops an app is its cap, its limits and Pause.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from office_studio.ui.trade import market_words
from office_studio.ui.trade.market_data import Snapshot
from office_studio.ui.trade.spending import spend

APP, AGENT = "app:", "agent:"
_NEAR = 0.8


class Level(StrEnum):
    WITHIN = "within"
    NEAR = "near"  # from 80 %
    OVER = "over"  # from 100 %


@dataclass(frozen=True, slots=True)
class Budget:
    """``key``: "app:<id>" or "agent:<id>". ``most``, ``spent``: micro-credits of this month (UTC)."""

    key: str
    name: str
    most: int
    spent: int

    @property
    def share(self) -> float:
        return self.spent / self.most

    @property
    def level(self) -> Level:
        return Level.OVER if self.spent >= self.most else Level.NEAR if self.share >= _NEAR else Level.WITHIN

    @property
    def words(self) -> str:
        """ "2.1 of 5 this month", and what that means."""
        told = f"{market_words.credits(self.spent)} of {market_words.short(self.most)} this month"
        if self.spent > self.most:
            return f"{told}, {market_words.credits(self.spent - self.most)} over"
        return f"{told}, used up" if self.level is Level.OVER else told

    @property
    def brief(self) -> str:
        """For a bar: "2.1 of 5 a month"."""
        told = f"{market_words.credits(self.spent)} of {market_words.short(self.most)} a month"
        return f"{told}, over" if self.spent > self.most else told


def month_start(at_ms: int) -> int:
    """Unix ms of the beginning of the UTC month that holds the moment."""
    moment = datetime.fromtimestamp(at_ms / 1000, UTC)
    return int(moment.replace(day=1, hour=0, minute=0, second=0, microsecond=0).timestamp() * 1000)


def budgets_now(
    data: Snapshot, kept: Mapping[str, int], bound: Mapping[str, str], name_of: Callable[[str], str], now_ms: int
) -> list[Budget]:
    """Those that are kept, fullest first.

    Args:
        kept: Micro-credits a month by key; ``bound``: install -> agent; ``name_of``: an agent id.
    """
    jobs = spend.agents_of_jobs(data.entries, data.reservations)
    since = month_start(now_ms)
    spent: dict[str, int] = {}
    for one in spend.spendings(data.entries, jobs, bound):
        if one.at_ms >= since:
            for key in (f"{APP}{one.app_id}", f"{AGENT}{one.agent_id}"):
                spent[key] = spent.get(key, 0) + one.micro
    found = [Budget(key, _name(key, data, name_of), most, spent.get(key, 0)) for key, most in kept.items() if most > 0]
    return sorted(found, key=lambda one: (-one.share, one.name.casefold()))


def _name(key: str, data: Snapshot, name_of: Callable[[str], str]) -> str:
    return data.app_name(key.removeprefix(APP)) if key.startswith(APP) else name_of(key.removeprefix(AGENT))
