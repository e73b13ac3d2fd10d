"""Opacity of effects over time."""

from __future__ import annotations

import pytest

from office_studio.core.theme.animation import FLICKER_MS, next_change_ms, opacity_at
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
