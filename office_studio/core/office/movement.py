"""How a figure gets from seat to seat. Canvas units and milliseconds; no clock, the time is passed in."""

from __future__ import annotations

import math
from dataclasses import dataclass

from office_studio.core.theme.model import Direction, Point

KEEP_PER_FRAME = 0.85  # share of the way that remains after 1/60 s (format section 9)
MAX_STEP_MS = 100.0
ARRIVED = 1.0  # canvas units on each axis

# A figure of the bundled theme is about 115 units tall; 230 units a second look like a brisk walk.
WALK_SPEED = 0.12  # canvas widths per second
_RAMP_MS = 260.0  # to full speed, and again to a halt
_LONGEST_MS = 7000.0


def approach(at: Point, target: Point, step_ms: float) -> Point:
    """The original renderer's easing, independent of the frame rate: each 1/60 s leaves 85 % of the way (section 9)."""
    keep = KEEP_PER_FRAME ** (min(step_ms, MAX_STEP_MS) * 60 / 1000)
    moved = Point(target.x + (at.x - target.x) * keep, target.y + (at.y - target.y) * keep)
    arrived = abs(moved.x - target.x) < ARRIVED and abs(moved.y - target.y) < ARRIVED
    return target if arrived else moved


@dataclass(frozen=True, slots=True)
class Walk:
    """A straight walk that starts and ends softly and keeps a believable pace in between."""

    start: Point
    end: Point
    started_ms: float
    duration_ms: float

    @classmethod
    def between(cls, start: Point, end: Point, now_ms: float, canvas_width: float) -> Walk:
        distance = math.hypot(end.x - start.x, end.y - start.y)
        steady_ms = distance / (WALK_SPEED * canvas_width) * 1000
        return cls(start, end, now_ms, min(_LONGEST_MS, steady_ms + _RAMP_MS))

    def at(self, now_ms: float) -> Point:
        share = self._share(now_ms - self.started_ms)
        return Point(
            self.start.x + (self.end.x - self.start.x) * share,
            self.start.y + (self.end.y - self.start.y) * share,
        )

    def is_over(self, now_ms: float) -> bool:
        return now_ms - self.started_ms >= self.duration_ms

    @property
    def direction(self) -> Direction:
        """The dominant axis of the way."""
        return facing(self.start, self.end)

    def _share(self, elapsed_ms: float) -> float:
        """Share of the way walked: speed rises, stays, falls (a trapezoid)."""
        total = self.duration_ms
        ramp = min(_RAMP_MS, total / 2)
        top = 1 / (total - ramp)
        t = min(max(elapsed_ms, 0.0), total)
        if t < ramp:
            return top * t * t / (2 * ramp)
        if t <= total - ramp:
            return top * (t - ramp / 2)
        rest = total - t
        return 1 - top * rest * rest / (2 * ramp)


def facing(start: Point, end: Point) -> Direction:
    dx, dy = end.x - start.x, end.y - start.y
    if abs(dx) >= abs(dy):
        return Direction.RIGHT if dx >= 0 else Direction.LEFT
    return Direction.DOWN if dy >= 0 else Direction.UP
