"""What a feed hands on: changes merged per frame, so that the receiver works once a frame, not once an event."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from office_studio.core.office.live import Connection, LiveAgent
from office_studio.core.office.live_office import LiveOffice
from office_studio.core.office.state import Change

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class FeedUpdate:
    """What changed since the update before. Immutable, made to cross threads."""

    agents: tuple[LiveAgent, ...] = ()  # new or changed; with ``reset`` the whole office
    removed: frozenset[str] = frozenset()  # ids that left; empty with ``reset``
    reset: bool = False
    connection: Connection | None = None  # when it changed
    events_received: int = 0  # InternalEvents since the feed began
    snapshots_received: int = 0  # whole pictures since the feed began


class Counts(Protocol):
    events: int
    snapshots: int


class FeedOutput:
    """Collects changes and calls the sink at most once per ``flush_ms``; the first one after a pause at once."""

    def __init__(
        self,
        sink: Callable[[FeedUpdate], None],
        office: LiveOffice,
        clock: Callable[[], int],
        flush_ms: int,
        counts: Counts,
    ) -> None:
        self._sink = sink
        self._office = office
        self._clock = clock
        self._flush_s = flush_ms / 1000
        self._counts = counts
        self._changed: set[str] = set()
        self._removed: set[str] = set()
        self._reset = False
        self._connection: Connection | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._flushed_s = float("-inf")

    def add(self, change: Change, *, reset: bool = False) -> None:
        if not (change or reset):
            return
        self._changed = (self._changed - change.removed) | change.changed
        self._removed = (self._removed - change.changed) | change.removed
        self._reset = self._reset or reset
        self._schedule()

    def connection(self, connection: Connection) -> None:
        self._connection = connection
        self._schedule()

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def flush_if_pending(self) -> None:
        """A safety net against a loop so busy that its timers come late."""
        if self._timer is not None and time.monotonic() - self._flushed_s > 4 * self._flush_s:
            self.flush()

    def flush(self) -> None:
        self.close()
        if not (self._changed or self._removed or self._reset or self._connection):
            return
        now_ms = self._clock()
        agents = self._office.agents(now_ms) if self._reset else self._office.some(self._changed, now_ms)
        update = FeedUpdate(
            agents=agents,
            removed=frozenset() if self._reset else frozenset(self._removed),
            reset=self._reset,
            connection=self._connection,
            events_received=self._counts.events,
            snapshots_received=self._counts.snapshots,
        )
        self._changed.clear()
        self._removed.clear()
        self._reset, self._connection = False, None
        self._flushed_s = time.monotonic()
        try:
            self._sink(update)
        except Exception:
            # A fault of a receiver must not stop the flow for the others, nor end the feed.
            _log.exception("the receiver of the feed failed")

    def _schedule(self) -> None:
        if self._timer is not None:
            return
        wait_s = self._flush_s - (time.monotonic() - self._flushed_s)
        loop = asyncio.get_running_loop()
        # Not called directly even when due: the rest of this chunk of frames belongs into the same update.
        self._timer = loop.call_later(max(0.0, wait_s), self.flush)
