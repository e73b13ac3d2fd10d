"""When the next frame is drawn."""

from __future__ import annotations

_FRAME_GRID_MS = 33.0  # frames that fall due close together are drawn together


class FrameClock:
    """Turns the time something is due into the time to wait, at most ``max_fps`` frames a second when that is set."""

    def __init__(self) -> None:
        self.max_fps: float | None = None

    def wait_ms(self, due_ms: float, now_ms: float) -> int:
        """Whole milliseconds from now, at least 1."""
        wait = on_grid(due_ms, now_ms) - now_ms
        if self.max_fps:
            wait = max(wait, 1000 / self.max_fps)
        return max(1, round(wait))


def on_grid(due_ms: float, now_ms: float) -> float:
    """The next point of a coarse grid at or after ``due_ms``; what is due at once stays due at once."""
    if due_ms - now_ms <= 20:
        return due_ms
    return -(-due_ms // _FRAME_GRID_MS) * _FRAME_GRID_MS
