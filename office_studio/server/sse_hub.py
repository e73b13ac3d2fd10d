"""Fan-out of one office's frames to its streams: encoded once, bounded, in order, never silently skipped.

All subscribers read one shared window of recent frames; each only holds its position in it. Publishing is one
append; those that wait are woken, all together, as often as the server can afford. A subscriber that falls out of
the window (its socket was blocked, or it is slow) is given a fresh snapshot of the office and goes on behind it.
Memory is bounded by the window, whatever the number of subscribers. Everything here runs on the server's event loop.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

KEEP_ALIVE_FRAME = b": ping\n\n"
CHUNK_BYTES = 64 * 1024  # most bytes joined into one write
# Pause between two wake-ups, for each open stream: about four times what waking and writing costs, so writing takes a
# fifth of the time at most. One stream waits 0.1 ms, two hundred 20 ms, in which frames gather into one write.
PAUSE_S_PER_STREAM = 0.000_1
MAX_PAUSE_S = 0.05

_START = -1  # position of a subscriber that needs a snapshot first


def sse_frame(document: bytes) -> bytes:
    """One frame of the stream. ``document`` is JSON on a single line."""
    return b"data: %b\n\n" % document


class SseHub:
    """The window of frames and those who read it.

    Args:
        snapshot: Returns the frame that shows the whole office as it is now.
        window_frames, window_bytes: Bounds of the window; a single frame above ``window_bytes`` still fits alone.
        keep_alive_s: A subscriber without output for that long gets a comment frame.
    """

    def __init__(
        self, snapshot: Callable[[], bytes], *, window_frames: int, window_bytes: int, keep_alive_s: float
    ) -> None:
        self.keep_alive_s = keep_alive_s
        self.fresh_snapshots = 0  # how often a subscriber fell behind
        self._snapshot = snapshot
        self._ring: list[bytes] = [b""] * window_frames
        self._window_bytes = window_bytes
        self._bytes = 0
        self._first = 0  # sequence number of the oldest frame kept
        self._next = 0  # sequence number of the next frame
        self._joined: tuple[int, int, bytes] = (0, 0, b"")  # last chunk handed out: from, to, bytes
        self._subscribers: set[Subscriber] = set()
        self._waiting: set[Subscriber] = set()  # a set: a keep-alive wakes and adds again
        self._woken_at = 0.0  # loop time of the last wake-up
        self._wake_up: asyncio.TimerHandle | None = None  # the next one, when it is set

    def __len__(self) -> int:
        return len(self._subscribers)

    def publish(self, frame: bytes) -> None:
        """Append a frame; call it in the same step as the change of state that the frame tells."""
        size = len(self._ring)
        while self._next > self._first and (
            self._next - self._first >= size or self._bytes + len(frame) > self._window_bytes
        ):
            self._bytes -= len(self._ring[self._first % size])
            self._ring[self._first % size] = b""
            self._first += 1
        self._ring[self._next % size] = frame
        self._bytes += len(frame)
        self._next += 1
        if self._waiting and self._wake_up is None:
            loop = asyncio.get_running_loop()
            pause_s = min(MAX_PAUSE_S, len(self._subscribers) * PAUSE_S_PER_STREAM)
            self._wake_up = loop.call_at(self._woken_at + pause_s, self._wake_waiting)

    def subscribe(self) -> Subscriber:
        subscriber = Subscriber(self)
        self._subscribers.add(subscriber)
        return subscriber

    def close(self) -> None:
        """End every stream."""
        for subscriber in list(self._subscribers):
            subscriber.close()

    def _wake_waiting(self) -> None:
        self._wake_up = None
        self._woken_at = asyncio.get_running_loop().time()
        waiting, self._waiting = self._waiting, set()
        for subscriber in waiting:
            subscriber.wake()

    # -- for subscribers ---------------------------------------------------------------------------
    def take(self, position: int) -> tuple[bytes, int]:
        """Bytes to send to the reader at ``position`` (empty: nothing new) and its position after them."""
        if position < self._first:
            if position != _START:
                self.fresh_snapshots += 1
            return self._snapshot(), self._next
        if position == self._next:
            return b"", position
        begin, end, chunk = self._joined
        if begin == position and end == self._next:
            return chunk, end  # readers that keep up all ask for the same bytes
        chunk, end = self._join(position)
        self._joined = (position, end, chunk)
        return chunk, end

    def wait(self, subscriber: Subscriber) -> None:
        self._waiting.add(subscriber)

    def leave(self, subscriber: Subscriber) -> None:
        self._subscribers.discard(subscriber)
        self._waiting.discard(subscriber)

    def _join(self, position: int) -> tuple[bytes, int]:
        size = len(self._ring)
        frames = [self._ring[position % size]]
        total, position = len(frames[0]), position + 1
        while position < self._next and total + len(frame := self._ring[position % size]) <= CHUNK_BYTES:
            frames.append(frame)
            total += len(frame)
            position += 1
        return (b"".join(frames) if len(frames) > 1 else frames[0]), position


class Subscriber:
    """One stream's place in the window. ``next_chunk`` until it returns None, then ``close``."""

    __slots__ = ("__weakref__", "_closed", "_hub", "_ping_due", "_position", "_timer", "_waiter", "_written_at")

    def __init__(self, hub: SseHub) -> None:
        self._hub = hub
        self._position = _START
        self._closed = False
        self._ping_due = False
        self._waiter: asyncio.Future[None] | None = None
        loop = asyncio.get_running_loop()
        self._written_at = loop.time()
        self._timer = loop.call_later(hub.keep_alive_s, self._on_idle)

    async def next_chunk(self) -> bytes | None:
        """The next bytes of the stream, waiting for them; None when the stream ends."""
        loop = asyncio.get_running_loop()
        while not self._closed:
            chunk, self._position = self._hub.take(self._position)
            if not chunk and self._ping_due:
                chunk = KEEP_ALIVE_FRAME
            if chunk:
                self._ping_due = False
                self._written_at = loop.time()
                return chunk
            self._waiter = loop.create_future()
            self._hub.wait(self)
            try:
                await self._waiter
            finally:
                self._waiter = None
        return None

    def wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def close(self) -> None:
        self._closed = True
        self._timer.cancel()
        self._hub.leave(self)
        self.wake()

    def _on_idle(self) -> None:
        # One timer a stream, moved on lazily: cheaper than a time-out around every wait.
        loop = asyncio.get_running_loop()
        left = self._written_at + self._hub.keep_alive_s - loop.time()
        if left <= 0:
            self._ping_due = True
            self.wake()
            left = self._hub.keep_alive_s
        self._timer = loop.call_later(left, self._on_idle)
