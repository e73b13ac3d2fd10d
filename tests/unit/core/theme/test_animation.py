"""Opacity of effects over time."""

from __future__ import annotations

import pytest

from office_studio.core.theme.animation import FLICKER_MS, MOVE_MS, REST, next_change_ms, opacity_at, pose_at
from office_studio.core.theme.model import Animation

PULSE = Animation("pulse", min_opacity=0.1, max_opacity=0.2, duration_ms=8000)
FLICKER = Animation("flicker", interval_ms=1000, min_opacity=0.3)


def test_a_pulse_runs_between_absolute_opacities():
    values = [opacity_at(PULSE, 0.15, "light", ms) for ms in (0, 2000, 4000, 8000)]
    assert values == pytest.approx([0.1, 0.15, 0.2, 0.1])


def test_a_flicker_drops_once_an_interval_for_a_tenth_of_a_second():
    low = [ms for ms in range(0, 3000) if opacity_at(FLICKER, 0.9, "lamp", ms) == 0.3]
    assert len(low) == pytest.approx(3 * FLICKER_MS, abs=3)
    assert opacity_at(FLICKER, 0.9, "lamp", 0) == 0.9


def test_next_change_is_when_it_looks_different():
    at = next_change_ms(FLICKER, "lamp", 0)
    assert at is not None
    assert opacity_at(FLICKER, 1, "lamp", at - 1) == 1
    assert opacity_at(FLICKER, 1, "lamp", at + 1) == 0.3
    assert next_change_ms(Animation("wobble"), "x", 0) is None
    assert next_change_ms(None, "x", 0) is None


def test_unknown_types_stand_still():
    assert opacity_at(Animation("wobble"), 0.7, "x", 123) == 0.7


def test_a_swaying_plant_turns_to_both_sides_and_comes_back():
    sway = Animation("sway", angle_deg=3, duration_ms=2000)
    angles = [pose_at(sway, "plant", ms).angle_deg for ms in range(0, 2001, 20)]
    assert max(angles) == pytest.approx(3, abs=0.05)
    assert min(angles) == pytest.approx(-3, abs=0.05)
    assert angles[0] == pytest.approx(angles[-1])
    assert pose_at(sway, "plant", 0) != pose_at(sway, "fern", 0)  # not in step


def test_a_bobbing_piece_rises_and_never_sinks():
    bob = Animation("bob", distance=8, duration_ms=1000)
    heights = [pose_at(bob, "cat", ms).dy for ms in range(0, 1000, 10)]
    assert min(heights) == pytest.approx(-8, abs=0.05)
    assert max(heights) == pytest.approx(0, abs=0.05)


@pytest.mark.parametrize("kind", ["sway", "bob"])
def test_movement_is_due_in_steps_and_not_at_all_without_reach(kind: str):
    moving = Animation(kind, duration_ms=3000)
    assert next_change_ms(moving, "x", 0) == MOVE_MS
    assert next_change_ms(moving, "x", MOVE_MS) == 2 * MOVE_MS
    still = Animation(kind, duration_ms=3000, angle_deg=0, distance=0)
    assert next_change_ms(still, "x", 0) is None
    assert pose_at(still, "x", 700) == REST
    assert opacity_at(moving, 0.4, "x", 700) == 0.4
