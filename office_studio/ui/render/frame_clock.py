"""When the next frame is drawn."""

from __future__ import annotations

from math import ceil

from office_studio.core.office.actor import BEAT_MS


class FrameClock:
    """Turns the time something is due into the time to wait, at most ``max_fps`` frames a second when that is set."""

    def __init__(self) -> None:
        self.max_fps: float | None = None

    def wait_ms(self, due_ms: float, now_ms: float, *, is_smooth: bool) -> int:
        """Whole milliseconds from now, at least 1. ``is_smooth``: somebody walks, or labels are being arranged."""
        wait = (due_ms if is_smooth else on_beat(due_ms)) - now_ms
        if self.max_fps:
            wait = max(wait, 1000 / self.max_fps)
        return max(1, round(wait))


def on_beat(due_ms: float) -> float:
    """The beat at or next after ``due_ms``: what falls due close together is drawn together.

    And half a millisecond, so that rounding does not wake before it.
    """
    return ceil(due_ms / BEAT_MS - 0.01) * BEAT_MS + 0.5
