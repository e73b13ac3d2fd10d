"""How a figure gets from seat to seat. Canvas units and milliseconds; no clock, the time is passed in."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

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
    """A walk along a line with corners that starts and ends softly and keeps a believable pace in between."""

    points: tuple[Point, ...]  # at least start and end
    started_ms: float
    duration_ms: float
    reached: tuple[float, ...]  # length of the way up to each point

    @classmethod
    def between(cls, start: Point, end: Point, now_ms: float, canvas_width: float) -> Walk:
        """The straight walk."""
        return cls.along((start, end), now_ms, canvas_width)

    @classmethod
    def along(cls, points: Sequence[Point], now_ms: float, canvas_width: float) -> Walk:
        reached = (0.0, *accumulate(math.hypot(b.x - a.x, b.y - a.y) for a, b in pairwise(points)))
        steady_ms = reached[-1] / (WALK_SPEED * canvas_width) * 1000
        return cls(tuple(points), now_ms, min(_LONGEST_MS, steady_ms + _RAMP_MS), reached)

    @property
    def end(self) -> Point:
        return self.points[-1]

    def at(self, now_ms: float) -> Point:
        gone = self._share(now_ms - self.started_ms) * self.reached[-1]
        leg = self._leg(gone)
        a, b = self.points[leg], self.points[leg + 1]
        length = self.reached[leg + 1] - self.reached[leg]
        share = (gone - self.reached[leg]) / length if length else 1.0
        return Point(a.x + (b.x - a.x) * share, a.y + (b.y - a.y) * share)

    def direction_at(self, now_ms: float) -> Direction:
        """The dominant axis of the stretch that is walked now."""
        leg = self._leg(self._share(now_ms - self.started_ms) * self.reached[-1])
        return facing(self.points[leg], self.points[leg + 1])

    def is_over(self, now_ms: float) -> bool:
        return now_ms - self.started_ms >= self.duration_ms

    def _leg(self, gone: float) -> int:
        """Number of the stretch in which so much of the way is gone."""
        return min(max(bisect_right(self.reached, gone) - 1, 0), len(self.points) - 2)

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
