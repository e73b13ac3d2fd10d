"""The live flow of one office: connect, keep alive, reconnect, reconcile, and hand on what changed (API 8.3, 8.4).

Runs on the service loop. Everything is reduced there; the sink gets immutable updates, merged per frame.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import random as random_module
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from office_studio.core.office.live import Connection, ConnectionState, LiveAgent
from office_studio.core.office.live_office import LiveOffice
from office_studio.core.office.model import Snapshot
from office_studio.core.office.state import StateRules
from office_studio.core.office.wire import decode_event, decode_snapshot, is_snapshot
from office_studio.errors import ApiError, AuthError, OfficeStudioError, StreamLost, StreamRefused
from office_studio.services.feed_calls import FeedCalls
from office_studio.services.feed_output import FeedOutput, FeedUpdate
from office_studio.services.feed_policy import Backoff, FeedPolicy, Silence
from office_studio.services.http import Credentials, no_office
from office_studio.services.office_client import OfficeClient
from office_studio.services.office_stream import Frame, StreamConnection, open_stream, parse_frame

__all__ = ["FeedPolicy", "FeedStats", "FeedUpdate", "LiveFeed"]

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class FeedStats:
    """Counts since the feed was made."""

    events: int = 0  # InternalEvents applied
    snapshots: int = 0
    bytes: int = 0
    connections: int = 0  # streams opened
    reconnects: int = 0  # of those, after a first one
    bad_frames: int = 0  # no JSON, or too large
    ticks: int = 0


def system_clock_ms() -> int:
    return time.time_ns() // 1_000_000


class LiveFeed:
    """Keeps a ``LiveOffice`` fed from an office and tells ``sink`` what changed.

    ``sink`` is called on the service loop, at most once per ``policy.flush_ms``; the first picture comes at once.
    """

    def __init__(
        self,
        client: OfficeClient | str,
        credentials: Credentials | None = None,
        sink: Callable[[FeedUpdate], None] = lambda update: None,
        *,
        clock: Callable[[], int] = system_clock_ms,
        random: random_module.Random | None = None,
        policy: FeedPolicy | None = None,
        rules: StateRules | None = None,
    ) -> None:
        """``client`` is a client, which stays the caller's to close, or the address of an office."""
        self.policy = policy or FeedPolicy()
        self.stats = FeedStats()
        self.office = LiveOffice(rules or StateRules())
        self._owns_client = isinstance(client, str)
        self._client = OfficeClient(client, credentials) if isinstance(client, str) else client
        self._clock = clock
        self._backoff = Backoff(self.policy, random or random_module.Random())
        self._silence = Silence(self.policy)
        self._connection = Connection(ConnectionState.CONNECTING, clock())
        self._out = FeedOutput(sink, self.office, clock, self.policy.flush_ms, self.stats)
        self._calls = FeedCalls(self._client, self.office, self._out, clock, self.policy)
        self._wake = asyncio.Event()
        self._scope: asyncio.Timeout | None = None  # of the running stream, to break it off from outside
        self._break_reason: StreamLost | None = None
        self._next_tick_ms = clock() + self.policy.tick_ms
        self._last_news_ms: int | None = None
        self._last_frame_ms = clock()
        self._logged_types: set[str] = set()

    @property
    def connection(self) -> Connection:
        return self._connection

    # -- life ----------------------------------------------------------------------------------------
    async def run(self) -> None:
        """Follow the office until cancelled. Raises only what is a fault of the program."""
        watch = asyncio.create_task(self._watch())
        try:
            self._report(ConnectionState.CONNECTING, "Connecting to the office.")
            while True:
                await self._one_connection()
        finally:
            watch.cancel()
            # First what needs no waiting: a second cancellation would cut the waits below short.
            self._report(ConnectionState.OFFLINE, "Not connected.")
            self._out.flush()
            await asyncio.gather(watch, return_exceptions=True)
            await self._calls.close()
            self._out.close()
            if self._owns_client:
                await self._client.aclose()

    def reconnect_now(self) -> None:
        """Try at once, whatever the feed waits for. Call it on the service loop."""
        self._backoff.reset()
        self._wake.set()
        self._break(StreamLost("STREAM_RESTARTED", "Connecting again, as asked."))

    async def _one_connection(self) -> None:
        try:
            await self._follow_stream()
        except StreamRefused as error:
            status = error.details.get("status")
            if status == 404:
                await self._poll()
            else:
                await self._refused(error)
        except StreamLost as error:
            if error.details.get("status") == 503:
                await self._wait_for_plugin()
            else:
                await self._retry_later(error)
        except Exception:
            # A fault of ours must not end the live picture for good.
            _log.exception("the feed stumbled; connecting again")
            await self._retry_later(StreamLost("FEED_FAULT", "Something in this program went wrong.", "See the log."))

    # -- stream --------------------------------------------------------------------------------------
    async def _follow_stream(self) -> None:
        self._break_reason = None
        try:
            async with asyncio.timeout(None) as self._scope, open_stream(self._client.http) as stream:
                self._opened()
                await self._read(stream)
        except TimeoutError as exc:
            lost = self._break_reason or StreamLost("STREAM_SILENT", "Nothing came from the office any more.")
            raise lost from exc
        finally:
            self._scope = None

    def _opened(self) -> None:
        self.stats.connections += 1
        self.stats.reconnects += self.stats.connections > 1
        now_ms = self._clock()
        self._last_frame_ms = now_ms
        self._silence.opened(time.monotonic())
        self._heard(now_ms)
        self._report(ConnectionState.LIVE, "Live.")
        self._calls.fetch_own_agents()
        snapshots_before = self.stats.snapshots

        async def ensure_picture() -> None:
            # The first frame should be a snapshot. A server that sends none leaves a gap that only /status closes.
            if self.stats.snapshots == snapshots_before:
                await self._calls.reconcile()

        self._calls.spawn("first picture", ensure_picture, self.policy.first_picture_s)

    async def _read(self, stream: StreamConnection) -> None:
        parser = stream.parser
        comments = 0
        received = 0
        async for frames in stream:
            now_ms = self._clock()
            self.stats.bytes += stream.bytes_received - received
            received = stream.bytes_received
            self._silence.bytes_came(time.monotonic(), is_keepalive=parser.comments > comments)
            comments = parser.comments
            self._backoff.minimum_ms = parser.retry_ms
            if parser.oversized:
                self.stats.bad_frames += parser.oversized
                _log.warning("dropped %d frame(s) of the stream: larger than the bound", parser.oversized)
                parser.oversized = 0
                self._calls.request_reconcile()
            self._heard(now_ms)
            self._tick_if_due(now_ms)
            for frame in frames:
                self._dispatch(frame, now_ms)
            if frames:
                self._last_frame_ms = now_ms
                self._backoff.reset()
            self._report(ConnectionState.LIVE if self._is_lively(now_ms) else ConnectionState.QUIET)

    def _dispatch(self, frame: Frame, now_ms: int) -> None:
        try:
            document = parse_frame(frame)
        except ValueError as exc:
            self.stats.bad_frames += 1
            _log.warning("skipped a frame of %d characters that is not readable: %s", len(frame.data), exc)
            return
        if document is None:
            return
        if is_snapshot(document):
            self._take_snapshot(decode_snapshot(document, now_ms))
            return
        self._take_event(document, now_ms)

    def _take_event(self, document: Mapping[str, Any], now_ms: int) -> None:
        event = decode_event(document)
        if event is None or not event.agent_id:
            self._log_once(str(document.get("type"))[:80])
            return
        if not event.type:
            self._log_once(getattr(event, "type_name", "")[:80])
            return
        if self.office.misses_link_of(event):
            self._calls.request_reconcile()
        self.stats.events += 1
        change = self.office.apply_event(event, now_ms)
        self._out.add(change)
        self._calls.noticed(change.changed)

    def _take_snapshot(self, snapshot: Snapshot) -> None:
        self.stats.snapshots += 1
        change = self.office.apply_snapshot(snapshot, self._clock())
        self._out.add(change, reset=True)
        self._calls.noticed(change.changed)

    # -- without a stream ----------------------------------------------------------------------------
    async def _wait_for_plugin(self) -> None:
        """503: the office runs, but no agent plugin reports to it. Ask /health until one does."""
        for tries in itertools.count():
            wait_s = min(self.policy.health_poll_s, self.policy.first_health_poll_s * 1.5 ** min(tries, 20))
            self._report(
                ConnectionState.WAITING,
                "The office runs, but no agents report to it yet.",
                "Agents appear here as soon as one of them works.",
                retry_in_s=wait_s,
            )
            if await self._pause(wait_s):
                return
            try:
                if await self._client.health():
                    return
            except AuthError as error:
                await self._refused(error)
                return
            except ApiError as error:
                if error.details.get("status") != 404:
                    await self._retry_later(error)
                    return

    async def _poll(self) -> None:
        """404: a server without the stream. Ask /status, or where that is gone too /api/agents/health."""
        ask = self._client.status
        started = time.monotonic()
        while time.monotonic() - started < self.policy.stream_again_s:
            try:
                snapshot = await ask()
                self._backoff.reset()
            except AuthError as error:
                await self._refused(error)
                return
            except ApiError as error:
                if error.details.get("status") == 404 and ask == self._client.status:
                    ask = self._client.status_from_health
                    continue
                if error.details.get("status") == 404 or error.code == "OFFICE_NOT_AN_OFFICE":
                    await self._refused(no_office(self._client.base_url))
                else:
                    await self._retry_later(error)
                return
            now_ms = self._clock()
            self._heard(now_ms)
            if snapshot is not None:
                self._take_snapshot(snapshot)
            self._report(
                ConnectionState.POLLING,
                f"This office has no live stream. Asked every {self.policy.status_poll_s:g} seconds."
                if snapshot is not None
                else "The office runs, but no agents report to it yet.",
                retry_in_s=self.policy.status_poll_s,
            )
            if await self._pause(self.policy.status_poll_s):
                return

    async def _retry_later(self, error: OfficeStudioError) -> None:
        delay_s = self._backoff.next_delay_s()
        # The first words of a feed that never had a picture name the cause; so do those of a lost one.
        self._report(ConnectionState.RECONNECTING, error.message, error.hint, retry_in_s=delay_s)
        await self._pause(delay_s)

    async def _refused(self, error: OfficeStudioError) -> None:
        self._report(ConnectionState.REFUSED, error.message, error.hint)
        await self._pause(None)
        self._report(ConnectionState.CONNECTING, "Connecting to the office.")

    async def _pause(self, seconds: float | None) -> bool:
        """Wait; True when ``reconnect_now`` cut it short."""
        self._wake.clear()
        self._out.flush()
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._wake.wait()
                return True
        return False

    # -- time ----------------------------------------------------------------------------------------
    async def _watch(self) -> None:
        """Look at silence and due ticks a few times a second, whatever the stream does."""
        while True:
            await asyncio.sleep(self.policy.check_s)
            now_ms = self._clock()
            self._tick_if_due(now_ms)
            self._out.flush_if_pending()
            if self._scope is None or self._connection.state not in _STREAMING:
                continue
            silent_s = self._silence.seconds(time.monotonic())
            if self._silence.is_dead(time.monotonic()):
                self._report(ConnectionState.STALE, f"Nothing came from the office for {silent_s:.0f} seconds.")
                self._break(StreamLost("STREAM_SILENT", f"Nothing came from the office for {silent_s:.0f} seconds."))
            elif silent_s > self.policy.silent_s:
                # No keep-alive was ever seen here, so silence proves nothing: show the age, and ask /status.
                if self._connection.state is not ConnectionState.STALE:
                    self._report(ConnectionState.STALE, "Nothing came from the office for a while.")
                    self._calls.spawn("probe", self._probe)
            elif not self._is_lively(now_ms):
                self._report(ConnectionState.QUIET)

    async def _probe(self) -> None:
        try:
            async with asyncio.timeout(self.policy.probe_s):
                snapshot = await self._client.status()
        except (TimeoutError, ApiError) as exc:
            _log.info("the silent stream did not pass the probe: %s", exc)
            self._break(StreamLost("STREAM_SILENT", "Nothing came from the office, and it does not answer."))
            return
        self._silence.opened(time.monotonic())
        self._heard(self._clock())
        if snapshot is not None:
            self._out.add(self.office.apply_snapshot(snapshot, self._clock()), reset=True)
        self._report(ConnectionState.QUIET)

    def _tick_if_due(self, now_ms: int) -> None:
        if now_ms < self._next_tick_ms:
            return
        # After a suspended night one tick is due, not thousands; the grid stays.
        late_ms = (now_ms - self._next_tick_ms) % self.policy.tick_ms
        self._next_tick_ms = now_ms - late_ms + self.policy.tick_ms
        self.stats.ticks += 1
        change = self.office.tick(now_ms)
        self._out.add(change)

    def _is_lively(self, now_ms: int) -> bool:
        return now_ms - self._last_frame_ms <= self.policy.quiet_ms

    def _break(self, reason: StreamLost) -> None:
        if self._scope is not None and not self._scope.expired():
            self._break_reason = reason
            with suppress(RuntimeError):  # the stream ended in this very moment
                self._scope.reschedule(0)

    # -- telling -------------------------------------------------------------------------------------
    def _heard(self, now_ms: int) -> None:
        self._last_news_ms = now_ms

    def _report(
        self, state: ConnectionState, message: str = "", hint: str = "", retry_in_s: float | None = None
    ) -> None:
        now_ms = self._clock()
        old = self._connection
        same = old.state is state and (not message or message == old.message) and retry_in_s is None
        if same and (self._last_news_ms or 0) - (old.last_news_ms or 0) < 1_000:
            return
        self._connection = Connection(
            state=state,
            since_ms=old.since_ms if old.state is state else now_ms,
            last_news_ms=self._last_news_ms,
            retry_at_ms=None if retry_in_s is None else now_ms + int(retry_in_s * 1000),
            message=message or (old.message if old.state is state else _WORDS.get(state, "")),
            hint=hint,
        )
        self._out.connection(self._connection)

    def _log_once(self, type_name: str) -> None:
        if type_name not in self._logged_types and len(self._logged_types) < 100:
            self._logged_types.add(type_name)
            _log.info("frames of type %r are not known here and are ignored", type_name)

    def agents(self) -> tuple[LiveAgent, ...]:
        """Every agent of the office as it is now. Call it on the service loop."""
        return self.office.agents(self._clock())


_STREAMING = (ConnectionState.LIVE, ConnectionState.QUIET, ConnectionState.STALE)
_WORDS = {
    ConnectionState.LIVE: "Live.",
    ConnectionState.QUIET: "Connected. No news for a while.",
}
