"""When the next frame is drawn."""

from __future__ import annotations

_FRAME_GRID_MS = 33.0  # frames that fall due close together are drawn together


def on_grid(due_ms: float, now_ms: float) -> float:
    """The next point of a coarse grid at or after ``due_ms``; what is due at once stays due at once."""
    if due_ms - now_ms <= 20:
        return due_ms
    return -(-due_ms // _FRAME_GRID_MS) * _FRAME_GRID_MS
