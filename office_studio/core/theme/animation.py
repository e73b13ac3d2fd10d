"""Opacity and pose of furniture and effects over time (format 2.9.1). Deterministic: same id and time, same value."""

from __future__ import annotations

import math
from dataclasses import dataclass
from zlib import crc32

from office_studio.core.theme.model import Animation

_STEPS = 16  # opacity moves in steps of about 1/16: of soft light finer is hardly seen, and each costs a repaint
_STEP_MS = 1000 / 6  # nothing steps more often; on this grid, so that pulses, plants and figures share repaints
FLICKER_MS = 100
MOVE_MS = _STEP_MS  # sway and bob too
MOVING = ("sway", "bob")


@dataclass(frozen=True, slots=True)
class Pose:
    """How far a picture is off its place: turned by ``angle_deg`` (clockwise, around the middle of its bottom edge) and
    moved down by ``dy`` canvas units."""

    angle_deg: float = 0.0
    dy: float = 0.0


REST = Pose()


def pose_at(animation: Animation | None, object_id: str, at_ms: float) -> Pose:
    """Pose at ``at_ms`` since the theme was shown. Objects of one kind are out of step, by their ids."""
    if animation is None or not _moves(animation):
        return REST
    turn = 2 * math.pi * (at_ms / animation.duration_ms + crc32(object_id.encode()) % 1000 / 1000)
    if animation.type == "sway":
        return Pose(angle_deg=animation.angle_deg * math.sin(turn))
    return Pose(dy=-animation.distance * (1 - math.cos(turn)) / 2)


def _next_step(animation: Animation, at_ms: float) -> float:
    """Slow movements step less often: some six steps from rest to the furthest point are as smooth as can be seen."""
    return _after(at_ms, max(1, round(animation.duration_ms / 24 / _STEP_MS)))


def _after(at_ms: float, beats: int) -> float:
    """The next time after ``at_ms`` on a grid of so many beats."""
    pace = beats * _STEP_MS
    return (math.floor(at_ms / pace + 1e-6) + 1) * pace


def _moves(animation: Animation) -> bool:
    reach = {"sway": animation.angle_deg, "bob": animation.distance}.get(animation.type, 0.0)
    return reach != 0 and animation.duration_ms > 0


def opacity_at(animation: Animation | None, own: float, object_id: str, at_ms: float) -> float:
    """Opacity 0..1 at ``at_ms`` since the theme was shown; ``own`` is that of the object at rest.

    A pulse runs between absolute opacities, so it replaces ``own`` (the design document's light shaft: 0.15 at rest,
    pulse 0.10 to 0.20).
    """
    if animation is None:
        return own
    if animation.type == "pulse":
        return _pulse(animation, at_ms)
    if animation.type == "flicker":
        return _flicker(animation, own, object_id, at_ms)
    return own


def next_change_ms(animation: Animation | None, object_id: str, at_ms: float) -> float | None:
    """When opacity or pose will differ visibly from now; None for what never changes."""
    if animation is None:
        return None
    if animation.type in MOVING:
        return _next_step(animation, at_ms) if _moves(animation) else None
    if animation.type == "pulse":
        low = 0.5 if animation.min_opacity is None else animation.min_opacity
        span = abs(animation.max_opacity - low)
        if span == 0 or animation.duration_ms <= 0:
            return None
        beats = max(1, round(animation.duration_ms / 2 / (max(1.0, span * _STEPS) * _STEP_MS)))
        return _after(at_ms, beats)
    if animation.type == "flicker" and animation.interval_ms > 0:
        start = _flicker_start(animation, object_id, int(at_ms // animation.interval_ms))
        for edge in (start, start + FLICKER_MS):
            if edge > at_ms:
                return edge
        return _flicker_start(animation, object_id, int(at_ms // animation.interval_ms) + 1)
    return None


def _pulse(animation: Animation, at_ms: float) -> float:
    low = 0.5 if animation.min_opacity is None else animation.min_opacity
    if animation.duration_ms <= 0:
        return animation.max_opacity
    wave = (1 - math.cos(2 * math.pi * at_ms / animation.duration_ms)) / 2
    return min(1.0, max(0.0, low + (animation.max_opacity - low) * wave))


def _flicker(animation: Animation, own: float, object_id: str, at_ms: float) -> float:
    if animation.interval_ms <= 0:
        return own
    low = 0.6 if animation.min_opacity is None else animation.min_opacity
    start = _flicker_start(animation, object_id, int(at_ms // animation.interval_ms))
    return low if start <= at_ms < start + FLICKER_MS else own


def _flicker_start(animation: Animation, object_id: str, round_number: int) -> float:
    """Start of one drop. It lies within the round, up to 20 % of the interval from its middle."""
    jitter = crc32(f"{object_id}:{round_number}".encode()) / 0xFFFFFFFF * 0.4 - 0.2
    return (round_number + 0.5 + jitter) * animation.interval_ms
