"""What was spent, by whom, on what: sums over ledger entries. Pure functions, no Qt."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from office_studio.core.officex.wire import LedgerEntry, ReservationView

SHARED = ""  # the desk of what nobody can be named for
TAKEN = frozenset({"SIP", "SETTLE"})
DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Spending:
    """Micro-credits that went for good, never what is only held."""

    at_ms: int
    app_id: str
    agent_id: str
    micro: int


def spent_of(entry: LedgerEntry) -> int:
    """Micro-credits that left the wallet with this entry; 0 where they were only held, freed or added."""
    return max(0, -(entry.delta_available + entry.delta_reserved)) if entry.type in TAKEN else 0


def moved(entry: LedgerEntry) -> int:
    """What a ledger shows: the change of what is available; of what was held before, the part that was taken."""
    return entry.delta_available or entry.delta_available + entry.delta_reserved


def agents_of_jobs(
    entries: Iterable[LedgerEntry], reservations: Iterable[ReservationView] = ()
) -> dict[tuple[str, str], str]:
    """(install, job) -> agent, where ``metadata.agent_id`` names one."""
    found: dict[tuple[str, str], str] = {}
    known: list[LedgerEntry | ReservationView] = [*entries, *reservations]
    for one in known:
        agent = one.metadata.get("agent_id")
        if isinstance(agent, str) and agent:
            found[(one.install_id, one.job_id)] = agent
    return found


def agent_of(entry: LedgerEntry, jobs: Mapping[tuple[str, str], str], bound: Mapping[str, str]) -> str:
    """Who it was spent by: metadata, else the user's binding of install -> agent, else "shared". Never guessed."""
    return jobs.get((entry.install_id, entry.job_id)) or bound.get(entry.install_id, SHARED)


def spendings(
    entries: Iterable[LedgerEntry], jobs: Mapping[tuple[str, str], str], bound: Mapping[str, str]
) -> list[Spending]:
    return [
        Spending(entry.created_ms, entry.app_id, agent_of(entry, jobs, bound), spent_of(entry))
        for entry in entries
        if entry.created_ms is not None and spent_of(entry)
    ]


def day_start(at_ms: int) -> int:
    """Unix ms of the UTC midnight before: the days of limits are those of UTC too."""
    day = datetime.fromtimestamp(at_ms / 1000, UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return int(day.timestamp() * 1000)


def spent_since(found: Iterable[Spending], since_ms: int) -> int:
    return sum(one.micro for one in found if one.at_ms >= since_ms)


def by_day(
    found: Iterable[Spending], now_ms: int, days: int, *, by_agent: bool = False
) -> tuple[list[int], dict[str, list[int]]]:
    """Starts of the last ``days`` days (Unix ms, oldest first), and micro-credits a day by app or agent."""
    last = day_start(now_ms)
    starts = [last - (days - 1 - at) * DAY_MS for at in range(days)]
    sums: dict[str, list[int]] = {}
    for one in found:
        at = (day_start(one.at_ms) - starts[0]) // DAY_MS
        if 0 <= at < days:
            sums.setdefault(one.agent_id if by_agent else one.app_id, [0] * days)[at] += one.micro
    return starts, sums
