"""The numbers of the connection policy, and the two small machines that use them: back-off and silence."""

from __future__ import annotations

import math
import random as random_module
from collections import deque
from dataclasses import dataclass

from office_studio.core.office.state import TICK_PERIOD_MS

_RHYTHM = 4  # keep-alives looked back at


@dataclass(frozen=True, slots=True)
class FeedPolicy:
    """Times of the connection policy (Office API 8.4, spec decision 2). Tests shorten them."""

    tick_ms: int = TICK_PERIOD_MS
    flush_ms: int = 16  # one frame of the screen
    check_s: float = 0.25
    first_retry_s: float = 1.0
    max_retry_s: float = 30.0
    health_poll_s: float = 10.0
    first_health_poll_s: float = 1.0  # a demo or plugin that just starts is there in a moment
    status_poll_s: float = 5.0
    stream_again_s: float = 300.0  # a polled server may get a stream
    silent_s: float = 45.0  # upper bound of silence, and the bound where no keep-alive was seen
    keepalive_factor: float = 1.5
    min_keepalive_s: float = 1.0  # comments closer together are no rhythm
    quiet_ms: int = 60_000
    probe_s: float = 5.0
    first_picture_s: float = 2.0
    reconcile_delay_s: float = 0.3


class Backoff:
    """Exponential, jittered waits between tries."""

    def __init__(self, policy: FeedPolicy, random: random_module.Random) -> None:
        self.minimum_ms: int | None = None  # the server's ``retry:``
        self._policy = policy
        self._random = random
        self._tries = 0

    def reset(self) -> None:
        self._tries = 0

    def next_delay_s(self) -> float:
        # Jitter goes down only, so that the longest wait stays what the policy says; never below half, so that
        # a thousand viewers of a restarted office spread without any of them knocking at once.
        full = min(self._policy.max_retry_s, math.ldexp(self._policy.first_retry_s, min(self._tries, 10)))
        self._tries += 1
        delay_s = full * (0.5 + 0.5 * self._random.random())
        return max(delay_s, (self.minimum_ms or 0) / 1000)


class Silence:
    """Tells a half-open connection from a quiet one, by the rhythm of the keep-alives seen on it.

    Servers keep one of two rhythms: a comment every so often whatever else they send, or one after so long without
    other output. The first shows in the time between comments, the second in the time since the bytes before.
    """

    def __init__(self, policy: FeedPolicy) -> None:
        self._policy = policy
        self._last_bytes_s = 0.0
        self._last_comment_s = 0.0
        self._seen = False
        self._between: deque[float] = deque(maxlen=_RHYTHM)
        self._after_bytes: deque[float] = deque(maxlen=_RHYTHM)

    def opened(self, now_s: float) -> None:
        self._last_bytes_s = self._last_comment_s = now_s
        self._seen = False
        self._between.clear()
        self._after_bytes.clear()

    def bytes_came(self, now_s: float, *, is_keepalive: bool) -> None:
        if is_keepalive:
            self._seen = True
            self._between.append(now_s - self._last_comment_s)
            self._after_bytes.append(now_s - self._last_bytes_s)
            self._last_comment_s = now_s
        self._last_bytes_s = now_s

    def seconds(self, now_s: float) -> float:
        return now_s - self._last_bytes_s

    @property
    def limit_s(self) -> float | None:
        """Silence that proves the connection dead; None while no keep-alive was seen, so that it proves nothing."""
        if not self._seen:
            return None
        period_s = self._steady(self._between) or self._steady(self._after_bytes)
        if period_s is None:
            return self._policy.silent_s
        return min(self._policy.silent_s, self._policy.keepalive_factor * period_s)

    def is_dead(self, now_s: float) -> bool:
        limit_s = self.limit_s
        return limit_s is not None and self.seconds(now_s) > limit_s

    def _steady(self, gaps: deque[float]) -> float | None:
        """The longest of the gaps when they are alike, so a rhythm; one gap is none."""
        if len(gaps) < 2 or min(gaps) < self._policy.min_keepalive_s or max(gaps) > 1.25 * min(gaps):
            return None
        return max(gaps)
