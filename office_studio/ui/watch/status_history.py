"""Which agent had which status when, as seen since the window connected. The timeline draws it. No Qt, no clock."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

MAX_SPANS = 2_000  # per agent; at one change a minute, more than a day


@dataclass(frozen=True, slots=True)
class Span:
    """One status from ``start_ms`` to ``end_ms``, which is None while it lasts."""

    start_ms: int
    end_ms: int | None
    status: str


class StatusHistory:
    """Spans of every agent, and the gaps in which nothing was known of anybody."""

    def __init__(self) -> None:
        self._spans: dict[str, deque[Span]] = {}
        self._gaps: deque[tuple[int, int | None]] = deque(maxlen=200)
        self.started_ms: int | None = None
        self.changed = 0  # counts up with every change, so that painters know whether to draw

    def clear(self) -> None:
        self._spans.clear()
        self._gaps.clear()
        self.started_ms = None
        self.changed += 1

    def note(self, agent_id: str, status: str, at_ms: int, known_since_ms: int | None = None) -> None:
        """The agent has ``status`` at ``at_ms``. ``known_since_ms``: since when, if the office told."""
        if self.started_ms is None:
            self.started_ms = at_ms
        spans = self._spans.get(agent_id)
        if spans is None:
            start = min(known_since_ms, at_ms) if known_since_ms else at_ms
            self._spans[agent_id] = deque([Span(start, None, status)], maxlen=MAX_SPANS)
        elif spans[-1].status == status and spans[-1].end_ms is None:
            return
        else:
            last = spans[-1]
            start = max(last.start_ms, min(at_ms, known_since_ms or at_ms))
            if last.end_ms is None:
                spans[-1] = Span(last.start_ms, start, last.status)
            spans.append(Span(max(start, spans[-1].end_ms or 0), None, status))
        self.changed += 1

    def note_gone(self, agent_id: str, at_ms: int) -> None:
        spans = self._spans.get(agent_id)
        if spans and spans[-1].end_ms is None:
            spans[-1] = Span(spans[-1].start_ms, max(at_ms, spans[-1].start_ms), spans[-1].status)
            self.changed += 1

    def note_link(self, is_up: bool, at_ms: int) -> None:
        """The link was lost, or came back; in between nothing is known."""
        is_open = bool(self._gaps) and self._gaps[-1][1] is None
        if not is_up and not is_open and self.started_ms is not None:
            self._gaps.append((at_ms, None))
            self.changed += 1
        elif is_up and is_open:
            self._gaps[-1] = (self._gaps[-1][0], at_ms)
            self.changed += 1

    def spans(self, agent_id: str, start_ms: int, end_ms: int) -> list[Span]:
        """Spans that touch the time from ``start_ms`` to ``end_ms``, oldest first."""
        found = []
        for span in reversed(self._spans.get(agent_id, ())):
            if span.end_ms is not None and span.end_ms <= start_ms:
                break
            if span.start_ms < end_ms:
                found.append(span)
        return found[::-1]

    def gaps(self, start_ms: int, end_ms: int) -> list[tuple[int, int | None]]:
        return [(a, b) for a, b in self._gaps if a < end_ms and (b is None or b > start_ms)]

    def known(self, agent_ids: Iterable[str]) -> list[str]:
        """Those of ``agent_ids`` that have ever been seen."""
        return [agent_id for agent_id in agent_ids if agent_id in self._spans]


def tick_step_ms(length_ms: int, wanted: int) -> int:
    """A round distance between time marks that gives about ``wanted`` of them."""
    minute = 60_000
    for step in (15_000, 30_000, minute, 2 * minute, 5 * minute, 10 * minute, 15 * minute, 30 * minute, 60 * minute):
        if length_ms / step <= wanted:
            return step
    return 120 * minute
