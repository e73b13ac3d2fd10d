"""An office in space without a window: what ``render`` draws of 3D themes. It waits for every picture.

The same cast, painters and drawing process as on screen; time is passed in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter

from office_studio.core.office.live import LiveAgent
from office_studio.core.office.model import Binding
from office_studio.core.room3d.camera import RoomCamera, room_camera
from office_studio.core.room3d.cast3d import HIGH_PACE, LOW_PACE, RoomCast
from office_studio.core.room3d.figure3d import RoomFigure
from office_studio.core.theme.color import status_color
from office_studio.core.theme.room_model import Vec3
from office_studio.core.validation.report import Finding, Severity
from office_studio.services.theme_loader import LoadedTheme
from office_studio.ui.render.film import Change, Film
from office_studio.ui.render.label_layer import spoken
from office_studio.ui.render.offscreen import StillOptions
from office_studio.ui.room3d.figures import engine_figure, seen_by
from office_studio.ui.room3d.overlay import Body, RoomOverlay
from office_studio.ui.room3d.picture import RoomPictures, scene_camera
from office_studio.ui.room3d.room_setup import set_up

_STEP_MS = 50.0


def open_room_film(
    loaded: LoadedTheme,
    agents: Sequence[LiveAgent] = (),
    bindings: Sequence[Binding] = (),
    options: StillOptions | None = None,
    *,
    changes: Sequence[Change] = (),
    view_from: Vec3 | None = None,
) -> Film:
    """An office at its first moment; close its ``scenery`` when done.

    Args:
        view_from: Where to look from instead of the theme's own camera, as seen from the room's middle.
    Raises:
        ThemeError: RENDERER_UNSUPPORTED, for a theme that is no room.
        OfficeStudioError: ROOM_NO_GPU and the like: nothing in 3D can be drawn here.
    """
    return Film(RoomScenery(loaded, agents, bindings, options or StillOptions(), view_from), changes)


def draw_empty_room(loaded: LoadedTheme, size: tuple[int, int]) -> QImage:
    """The room of a 3D theme without people, for previews. Any thread; seconds. Raises as ``open_room_film``."""
    setup = set_up(loaded)
    try:
        with RoomPictures() as pictures:
            pictures.open(setup.scene)
            camera = room_camera(setup.room, setup.box, *size, loaded.theme.viewport)
            image = pictures.picture(size, scene_camera(camera))
    finally:
        if setup.files is not None:
            setup.files.close()
    return image.convertToFormat(QImage.Format.Format_RGB32)


class RoomScenery:
    """An office in a 3D theme, see ``film.Scenery``."""

    def __init__(
        self,
        loaded: LoadedTheme,
        agents: Sequence[LiveAgent],
        bindings: Sequence[Binding],
        options: StillOptions,
        view_from: Vec3 | None = None,
    ) -> None:
        self._options, self._loaded = options, loaded
        self._pictures = RoomPictures()
        try:
            self._setup = set_up(loaded, options.quality, reference=options.reference)
            opened = self._pictures.open(self._setup.scene)
        except BaseException:
            self._pictures.close()
            raise
        self._findings = (
            *loaded.findings,
            *self._setup.findings,
            *(Finding(p.code, Severity.WARNING, p.message, p.hint) for p in opened.problems),
        )
        self.camera = self._camera(view_from)
        self.cast = RoomCast(pace=LOW_PACE if options.quality == "performance" else HIGH_PACE)
        self.cast.set_theme(loaded.theme, self._setup.clips)
        self.cast.set_agents(agents)
        self.cast.set_bindings(bindings)
        self.overlay = RoomOverlay()
        self.overlay.agents = {agent.id: agent for agent in agents}
        self.overlay.floor_flatness = min(1.0, max(0.15, abs(self.camera.axes.back[1])))
        self.overlay.set_theme(loaded.theme)
        self.overlay.set_view(*options.size, options.scale)
        self.overlay.labels.are_visible = options.labels
        self.overlay.names.see(self.camera)
        self._now_ms = 0.0

    def close(self) -> None:
        self._pictures.close()
        if self._setup.files is not None:
            self._setup.files.close()

    # -- time ------------------------------------------------------------------------------------------
    def update_agents(self, changed: Sequence[LiveAgent]) -> None:
        self.overlay.agents |= {agent.id: agent for agent in changed}
        self.cast.update_agents(changed)

    def advance(self, at_ms: float) -> None:
        """In steps, so that what follows from an arrival happens when it should."""
        now = self._now_ms
        while True:
            due = self.cast.next_due_ms
            now = min(at_ms, max(now + _STEP_MS, at_ms if due is None else due))
            self.cast.advance(now)
            if now >= at_ms:
                break
        self._now_ms = at_ms

    # -- what is seen ------------------------------------------------------------------------------------
    def image(self) -> QImage:
        (width, height), ratio = self._options.size, self._options.scale
        pixels = (round(width * ratio), round(height * ratio))
        figures = tuple(self._drawn(figure) for figure in self.cast.figures.values())
        samples = 4 if self._setup.room.quality(self._options.quality).antialias else 1
        image = self._pictures.picture(pixels, scene_camera(self.camera), figures, samples=samples)
        image = image.convertToFormat(QImage.Format.Format_RGB32)
        self._arrange()
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.overlay.render(painter, QRectF(image.rect()), QRectF(0, 0, width, height))
        painter.end()
        return image

    def describe(self) -> dict[str, Any]:
        self._arrange()
        camera, theme = self.camera, self._loaded.theme
        return {
            "kind": "threejs",
            "dialect": self._setup.room.dialect.value,
            "view": {"width": camera.view_width, "height": camera.view_height},
            "camera": {
                "type": camera.spec.projection.value,
                "position": _rounded(camera.position),
                "target": _rounded(camera.target),
                "halfHeight": round(camera.visible_half_height, 6),
                "zoom": round(camera.zoom, 6),
            },
            "room": None
            if self._setup.box is None
            else {"min": _rounded(self._setup.box.low), "max": _rounded(self._setup.box.high)},
            "agents": [self._agent(figure) for figure in self.cast.figures.values()],
            "unseated": list(self.cast.unseated),
            "zones": [{"id": zone.id, "name": zone.name, "type": zone.type.value} for zone in theme.zones],
            "collaborationLines": [{"from": a, "to": b} for a, b in sorted(self.overlay.links.pairs())],
            "findings": [finding.as_json() for finding in self._findings],
        }

    # -- inside ------------------------------------------------------------------------------------------
    def _camera(self, view_from: Vec3 | None) -> RoomCamera:
        room = self._setup.room
        if view_from is not None:
            spec = replace(room.camera, position=view_from, target=(0.0, 0.0, 0.0))
            room = replace(room, camera=spec)
        return room_camera(room, self._setup.box, *self._options.size, self._loaded.theme.viewport)

    def _drawn(self, figure: RoomFigure) -> Any:
        color = status_color(self._loaded.theme.characters.status_badge.colors, figure.status)
        return engine_figure(figure, self._setup, (color.red / 255, color.green / 255, color.blue / 255))

    def _arrange(self) -> None:
        overlay = self.overlay
        overlay.show_seen([seen_by(self.camera, figure, self._setup) for figure in self.cast.figures.values()])
        if overlay.selected != self._options.selected:
            overlay.select(self._options.selected)
        overlay.set_left_out(len(self.cast.unseated))
        overlay.links.update_all()
        overlay.labels.relayout()
        overlay.labels.animate(self._now_ms)

    def _agent(self, figure: RoomFigure) -> dict[str, Any]:
        overlay, body = self.overlay, self.overlay.figures[figure.agent_id]
        name, bubble = (find(figure.agent_id) for find in (overlay.labels.rect_of, overlay.labels.bubble_rect_of))
        return {
            "id": figure.agent_id,
            "name": figure.name,
            "status": figure.status.value,
            "slot": figure.slot,
            "zoneId": figure.zone_id,
            "place": figure.place,
            "world": _rounded(figure.position),
            "target": _rounded(figure.target),
            "headingDeg": round(figure.heading_deg, 2),
            "clips": [
                {"key": s.key, "clip": s.clip.name, "timeS": round(s.time_s, 3), "weight": round(s.weight, 3)}
                for s in figure.clips
            ],
            "screen": {"x": round(body.foot.x(), 3), "y": round(body.foot.y(), 3)},
            "walking": figure.walking,
            "asleep": figure.asleep,
            "selected": overlay.selected == figure.agent_id,
            "body": _box(body.hit_rect()),
            "nameLabel": None if name is None else {"text": figure.name, "bounds": _box(name)},
            "bubble": self._bubble(body, bubble),
        }

    def _bubble(self, body: Body, rect: QRectF | None) -> dict[str, Any] | None:
        agent = self.overlay.agents.get(body.figure.agent_id)
        if rect is None or agent is None:
            return None
        said = spoken(body.figure, agent, is_selected=self.overlay.selected == agent.id)  # type: ignore[arg-type]
        return None if said is None else {"kind": said.kind.value, "text": said.text, "bounds": _box(rect)}


def _rounded(point: Vec3) -> list[float]:
    return [round(part, 4) for part in point]


def _box(rect: QRectF) -> dict[str, float]:
    sides = {"x": rect.x(), "y": rect.y(), "width": rect.width(), "height": rect.height()}
    return {name: round(value, 3) for name, value in sides.items()}
