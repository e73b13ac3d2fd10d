"""An agent of the cast, as the drawing process is told it and as the camera sees it. Qt-free but for points."""

from __future__ import annotations

from PySide6.QtCore import QPointF

from office_studio.core.room3d.camera import RoomCamera
from office_studio.core.room3d.figure3d import RoomFigure
from office_studio.core.room3d.space import add
from office_studio.ui.room3d.overlay import Seen
from office_studio.ui.room3d.room_setup import RoomSetup, status_glow
from office_studio.ui.room3d.scene import Figure, Rgb

_LYING = 0.75  # of its height is how high the head of somebody asleep is: in bed, or on a cushion
_STEP_S = 1 / 60  # finer moments of a clip look the same, and equal poses are worked out once


def engine_figure(figure: RoomFigure, setup: RoomSetup, color: Rgb) -> Figure:
    """``color``: of the status, sRGB."""
    model = setup.figure_of(figure.agent_id)
    newest = figure.clips[0] if figure.clips else None
    older = figure.clips[1] if len(figure.clips) > 1 else None
    return Figure(
        id=figure.agent_id,
        model=model.key,
        position=figure.position,
        turn_deg=round(figure.heading_deg, 2),
        scale=model.scale,
        lift=model.lift,
        clip=newest.clip.name if newest is not None else "",
        clip_s=_moment(newest.time_s) if newest is not None else 0.0,
        from_clip=older.clip.name if older is not None else "",
        from_s=_moment(older.time_s) if older is not None else 0.0,
        from_share=round(older.weight, 3) if older is not None else 0.0,
        glow=status_glow(color, setup.room.dialect),
        color=color,
    )


def seen_by(camera: RoomCamera, figure: RoomFigure, setup: RoomSetup) -> Seen:
    """Where a camera sees an agent, for whatever lies over the picture."""
    model = setup.figure_of(figure.agent_id)
    foot = camera.project(figure.position)
    tall = model.height * (_LYING if figure.asleep and not figure.walking else 1.0)
    head = camera.project(add(figure.position, (0.0, tall, 0.0)))
    # A step aside of the camera's own right has the scale of the place, near or far.
    right = camera.axes.right
    side = camera.project(add(figure.position, (right[0] * model.width, right[1], right[2] * model.width)))
    return Seen(
        agent_id=figure.agent_id,
        name=figure.name,
        status=figure.status,
        foot=QPointF(foot.x, foot.y),
        height=max(8.0, foot.y - head.y),
        width=max(6.0, abs(side.x - foot.x)),
        depth=foot.depth,
        walking=figure.walking,
        asleep=figure.asleep,
        dimmed=figure.dimmed,
        bubble=figure.bubble,
        place=figure.place,
        zone_id=figure.zone_id,
    )


def _moment(time_s: float) -> float:
    return round(round(time_s / _STEP_S) * _STEP_S, 4)
