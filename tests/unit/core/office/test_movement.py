"""Walking: the table of format section 9, and our own pace."""

from __future__ import annotations

from itertools import pairwise

import pytest

from office_studio.core.office.movement import Walk, approach, facing
from office_studio.core.theme.model import Direction, Point

FRAME_MS = 1000 / 60


@pytest.mark.parametrize(("distance", "frames"), [(50, 25), (100, 29), (300, 36), (600, 40), (1000, 43), (1900, 47)])
def test_frames_until_arrival(distance, frames):
    at, target, count = Point(0, 0), Point(distance, 0), 0
    while at != target:
        at = approach(at, target, FRAME_MS)
        count += 1
    assert count == frames


def test_the_easing_does_not_depend_on_the_frame_rate():
    slow = approach(Point(0, 0), Point(600, 300), 64)
    fast = Point(0, 0)
    for _ in range(8):
        fast = approach(fast, Point(600, 300), 8)
    assert (fast.x, fast.y) == pytest.approx((slow.x, slow.y))


def test_a_long_pause_is_one_step_of_a_tenth_of_a_second():
    assert approach(Point(0, 0), Point(600, 0), 5000) == approach(Point(0, 0), Point(600, 0), 100)


def test_a_walk_starts_and_ends_softly_and_never_goes_back():
    walk = Walk.between(Point(100, 100), Point(800, 400), 1000, 1920)
    assert walk.at(1000) == Point(100, 100)
    end = 1000 + walk.duration_ms
    assert (walk.at(end).x, walk.at(end).y) == pytest.approx((800, 400))
    xs = [walk.at(1000 + walk.duration_ms * i / 100).x for i in range(101)]
    steps = [b - a for a, b in pairwise(xs)]
    assert min(steps) >= 0
    assert steps[0] < steps[50] / 2
    assert steps[-1] < steps[50] / 2
    assert not walk.is_over(end - 1)
    assert walk.is_over(end)


def test_pace_is_that_of_a_brisk_walk():
    walk = Walk.between(Point(0, 0), Point(960, 0), 0, 1920)
    assert 3500 < walk.duration_ms < 5500


@pytest.mark.parametrize(
    ("end", "direction"),
    [((10, 3), "right"), ((-10, 3), "left"), ((2, 9), "down"), ((2, -9), "up"), ((0, 0), "right")],
)
def test_facing_follows_the_longer_axis(end, direction):
    assert facing(Point(0, 0), Point(*end)) == Direction(direction)
