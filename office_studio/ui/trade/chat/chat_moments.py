"""What belongs to one tracer, on one axis: what was said, what was worked on, what it cost. No Qt."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from office_studio.core.office.live import LiveAgent
from office_studio.core.officex.money import literal
from office_studio.core.officex.wire import ThreadView
from office_studio.ui import formats
from office_studio.ui.trade import market_words
from office_studio.ui.trade.market_data import Snapshot
from office_studio.ui.trade.spending import spend
from office_studio.ui.trade.wallet.ledger_export import harmless
from office_studio.ui.trade.wallet.ledger_model import KINDS

_BEFORE_MS = 60_000  # what an agent did so long before the first word, or after the last one, may belong to it


class Lane(StrEnum):
    SAID = "Said"
    WORK = "Work"
    CREDITS = "Credits"


@dataclass(frozen=True, slots=True)
class Moment:
    """``micro``: credits that were spent for good by it."""

    at_ms: int
    lane: Lane
    words: str
    micro: int = 0


def moments_of(
    tracer_id: str,
    own: Sequence[Moment],
    data: Snapshot | None,
    threads: Iterable[ThreadView] = (),
    thread_id: str = "",
    agents: Iterable[LiveAgent] = (),
) -> list[Moment]:
    """All that is known of a tracer, oldest first.

    Args:
        own: Of the conversation that is open, whose id is ``thread_id``.
        threads: Of the tracer; the others are told by their last word.
        agents: Who was at work for it: what they did meanwhile.
    """
    found = list(own)
    if tracer_id:
        found += [
            Moment(one.updated_ms, Lane.SAID, f"Another conversation: {' '.join(one.title.split())}")
            for one in threads
            if one.thread_id != thread_id and one.updated_ms is not None
        ]
        found += _charges(tracer_id, data)
    if found:
        first, last = min(one.at_ms for one in found), max(one.at_ms for one in found)
        found += [
            Moment(line.at_ms, Lane.WORK, f"{agent.name}: {formats.sentences(line.title, line.detail)}")
            for agent in agents
            for line in agent.activity
            if first - _BEFORE_MS <= line.at_ms <= last + _BEFORE_MS
        ]
    return sorted(found, key=lambda one: (one.at_ms, one.lane))


def _charges(tracer_id: str, data: Snapshot | None) -> list[Moment]:
    if data is None:
        return []
    jobs = _jobs_of(tracer_id, data)
    return [
        Moment(
            entry.created_ms, Lane.CREDITS,
            f"{data.app_name(entry.app_id)}: {KINDS.get(entry.type, entry.type)} "
            f"{market_words.signed(spend.moved(entry))}, job {entry.job_id}",
            spend.spent_of(entry),
        )
        for entry in data.entries
        if entry.created_ms is not None and (entry.install_id, entry.job_id) in jobs
    ]  # fmt: skip


def _jobs_of(tracer_id: str, data: Snapshot) -> set[tuple[str, str]]:
    """Jobs whose reservation named the tracer (contract, section 17.3)."""

    def is_named(metadata: Mapping[str, object]) -> bool:
        return metadata.get("tracer_id") == tracer_id

    entries = {(one.install_id, one.job_id) for one in data.entries if is_named(one.metadata)}
    return entries | {(one.install_id, one.job_id) for one in data.reservations if is_named(one.metadata)}


def cost_of(moments: Iterable[Moment]) -> int:
    """Micro-credits in all."""
    return sum(one.micro for one in moments)


def as_csv(tracer_id: str, moments: Sequence[Moment]) -> str:
    """One line a moment."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(("tracer_id", "unix_ms", "lane", "what", "credits_spent"))
    for one in moments:
        writer.writerow((tracer_id, one.at_ms, one.lane.value, harmless(one.words), literal(one.micro)))
    return out.getvalue()
