"""The original renderer's view of an office as pictures and as a description, without a window."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtGui import QImage, QPainter

from office_studio.core.office.live import LiveAgent
from office_studio.core.office.reference import FRAME_COUNT, ReferenceFigure, ReferenceModel
from office_studio.core.office.reference_look import (
    DOTS,
    NARROW_PX,
    RING_RADIUS,
    RING_WIDTH,
    Text,
    camera_for,
    glow_radius,
    has_layer,
    hit_radius,
    status_color,
    texts_of,
    zones_of,
)
from office_studio.core.theme.model import Point, Rect
from office_studio.core.theme.viewport import Camera, Fit
from office_studio.services.theme_loader import LoadedTheme
from office_studio.ui.render.reference_assets import load_reference_assets
from office_studio.ui.render.reference_painter import Looks, ReferencePainter, body_of
from office_studio.ui.render.reference_text import box_of


class ReferenceFilm:
    """One office in reference mode. Needs a QApplication; GUI thread; loads its pictures at once.

    Args:
        size: Of the view, logical pixels; ``scale``: device pixels per logical pixel.
        fit: None: cover and the theme's own zoom, as the original; else ``contain``, ``cover`` or ``1:1``.
    """

    def __init__(
        self,
        loaded: LoadedTheme | None,
        size: tuple[int, int],
        scale: float = 1.0,
        *,
        fit: str | None = None,
        looks: Looks | None = None,
        selected: str | None = None,
        labels: bool = True,
    ) -> None:
        assets = load_reference_assets(loaded)
        self.theme = loaded.theme if loaded else None
        self.model = ReferenceModel()
        self.model.set_theme(self.theme, has_sheet=assets.sheet is not None, overlays=assets.seat_names)
        self.model.set_view_size(*size)
        self.painter = ReferencePainter()
        self.painter.set_assets(assets)
        self.painter.looks = looks or {}
        self.painter.selected = selected
        self.painter.are_labels_visible = labels
        self._size, self._scale = size, scale
        self.camera: Camera = camera_for(self.theme, *size)
        if fit is not None and self.theme is not None:
            base = replace(self.camera, fit=Fit.COVER if fit == "cover" else Fit.CONTAIN, zoom=1.0)
            self.camera = replace(base, zoom=1 / base.base_scale if fit == "1:1" else 1.0).centred()

    def set_agents(self, agents: Sequence[LiveAgent]) -> None:
        self.model.set_agents(agents)

    def update_agents(self, changed: Sequence[LiveAgent]) -> None:
        self.model.update_agents(changed)

    def advance(self, at_ms: float) -> None:
        """Let time go on to ``at_ms`` since the office appeared."""
        self.model.advance(at_ms)

    def image(self) -> QImage:
        """The picture now, RGB32."""
        width, height = self._size
        image = QImage(round(width * self._scale), round(height * self._scale), QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(self._scale)
        painter = QPainter(image)
        self.painter.paint(painter, self.model, self.camera)
        painter.end()
        return image

    def describe(self) -> dict[str, Any]:
        """What is on the picture, field by field as in the reference renders. Boxes in logical pixels of the view."""
        model, camera, assets = self.model, self.camera, self.painter.assets
        at = {"x": _number(camera.pan.x), "y": _number(camera.pan.y), "scale": round(camera.scale, 6)}
        draws = has_layer(self.theme, "characters")
        return {
            "kind": "pixi",
            "view": {
                "width": self._size[0],
                "height": self._size[1],
                "baseScale": round(camera.base_scale, 6),
                "userScale": camera.zoom,
                "panX": at["x"],
                "panY": at["y"],
                "isMobile": self._size[0] < NARROW_PX,
                "root": at if self.theme is not None else None,
            },
            "backgroundImageLoaded": assets.background is not None,
            "atlasLoaded": assets.sheet is not None,
            "agents": [self._agent(figure) for figure in model.figures] if draws else [],
            "zoneLabels": self._zone_labels(),
            "zones": [
                {"id": z.id, "name": z.name, "type": z.type.value, "seats": [s.id for s in z.seats]}
                for z in (self.theme.zones if self.theme else ())
            ],
            "layers": self._layers(),
            "collaborationLines": [{"from": a.agent_id, "to": b.agent_id} for a, b in self._links()],
            "findings": [finding.as_json() for finding in assets.findings],
        }

    # -- inside ------------------------------------------------------------------------------------
    def _links(self) -> tuple[tuple[ReferenceFigure, ReferenceFigure], ...]:
        return self.model.links() if has_layer(self.theme, "effects") else ()

    def _zone_labels(self) -> list[dict[str, Any]]:
        has_background = self.painter.assets.background is not None
        found: list[dict[str, Any]] = []
        for zone in zones_of(self.theme, self.model.view_size, has_background=has_background):
            if zone.panel is not None:
                found.append({"kind": "panel", "bounds": self._box(_grown(zone.panel, 0.5))})
            found.append(
                {"kind": "label", "text": zone.label.text, "alpha": zone.label.alpha, "bounds": self._text(zone.label)}
            )
        return found

    def _layers(self) -> list[dict[str, Any]]:
        if self.theme is None:
            return []
        has_background = self.painter.assets.background is not None
        zones = zones_of(self.theme, self.model.view_size, has_background=has_background)
        counts = {
            "background": 1 if has_background else len(zones),
            "characters": len(self.model.figures) + len(self.painter.assets.seat_names),
            "effects": 1,  # one drawing holds all lines
            "ui-overlay": len(zones),
        }
        layers = sorted(self.theme.layers, key=lambda layer: layer.z_index)
        return [{"id": x.id, "zIndex": x.z_index, "children": counts.get(x.id, 0)} for x in layers]

    def _agent(self, figure: ReferenceFigure) -> dict[str, Any]:
        view = self.camera.to_view(figure.at)
        colors = self.theme.characters.status_badge.colors if self.theme else {}
        color = status_color(colors, figure.status)
        texts = {text.kind: text for text in texts_of(figure, color)}
        is_disc, is_selected = figure.frame_set is None, figure.agent_id == self.painter.selected
        activity = texts.get("activity")
        return {
            "id": figure.agent_id,
            "name": figure.name,
            "status": figure.status.value,
            "zoneId": figure.zone_id,
            "zoneType": figure.zone_type.value if figure.zone_type else None,
            "seatId": figure.seat_id,
            "canvas": _point(figure.at),
            "target": _point(figure.target),
            "screen": _point(view),
            "visible": not figure.is_hidden,
            "alpha": 0.7 if is_disc and figure.walking else 1,
            "walking": figure.walking,
            "selected": is_selected,
            "representation": "circle-avatar" if is_disc else "atlas-sprite",
            "state": "avatar" if figure.frame_set is None else figure.frame_set.value,
            "frame": figure.frame,
            "animation": None if figure.frame_set is None else self._animation(figure),
            "nameLabel": {"text": figure.name, "bounds": self._text(texts["name"])},
            "statusLabel": {
                "text": texts["status"].text,
                "color": "#{:02x}{:02x}{:02x}".format(*color[:3]),
                "bounds": self._text(texts["status"]),
            },
            "warnBadge": self._badge(texts.get("warning")),
            "dotsBadge": {"text": activity.text if activity else DOTS} | self._badge(activity),
            "ring": self._shape(figure.at, RING_RADIUS + RING_WIDTH / 2 if is_disc else None, "drawn"),
            "glow": self._shape(figure.at, glow_radius(figure) if is_selected else None, "visible"),
            "hitArea": self._box(_around(figure.at, hit_radius(figure))),
            "seatOverlay": figure.overlay,
        }

    def _animation(self, figure: ReferenceFigure) -> dict[str, Any]:
        assert figure.frame_set is not None
        return {
            "frameSet": figure.frame_set.value,
            "frameCount": FRAME_COUNT,
            "frame": figure.frame,
            "animationSpeed": figure.frame_set.speed,
            "bounds": self._box(body_of(figure)),
        }

    def _badge(self, text: Text | None) -> dict[str, Any]:
        return {"visible": text is not None, "bounds": None if text is None else self._text(text)}

    def _shape(self, at: Point, radius: float | None, word: str) -> dict[str, Any]:
        return {word: radius is not None, "bounds": None if radius is None else self._box(_around(at, radius))}

    def _text(self, text: Text) -> dict[str, float]:
        return self._box(box_of(text))

    def _box(self, rect: Rect) -> dict[str, float]:
        corner, scale = self.camera.to_view(Point(rect.x, rect.y)), self.camera.scale
        return _point(corner) | {"width": _number(rect.width * scale), "height": _number(rect.height * scale)}


def _around(at: Point, radius: float) -> Rect:
    return Rect(at.x - radius, at.y - radius, 2 * radius, 2 * radius)


def _grown(rect: Rect, by: float) -> Rect:
    return Rect(rect.x - by, rect.y - by, rect.width + 2 * by, rect.height + 2 * by)


def _point(at: Point) -> dict[str, float]:
    return {"x": _number(at.x), "y": _number(at.y)}


def _number(value: float) -> float:
    return round(value, 3)
