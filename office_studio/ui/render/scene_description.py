"""What is on a picture of an office, in the words of the reference renders. Lengths: canvas units where a field is
called ``canvas`` or ``target``, else logical pixels of the view."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QRectF

from office_studio.core.office.stage import Figure
from office_studio.core.theme.model import Rect
from office_studio.core.theme.viewport import Camera
from office_studio.ui.render.assets import SceneAssets
from office_studio.ui.render.figure_item import FigureItem
from office_studio.ui.render.label_layer import spoken
from office_studio.ui.render.scene import StageScene


def describe(scene: StageScene, camera: Camera, assets: SceneAssets | None) -> dict[str, Any]:
    """All that is drawn, ready for JSON."""
    theme, overflow = assets.theme if assets else None, scene.model.overflow
    return {
        "view": {
            "width": camera.view_width,
            "height": camera.view_height,
            "baseScale": round(camera.base_scale, 6),
            "userScale": round(camera.zoom, 6),
            "panX": round(camera.pan.x, 3),
            "panY": round(camera.pan.y, 3),
            "root": {"x": round(camera.pan.x, 3), "y": round(camera.pan.y, 3), "scale": round(camera.scale, 6)},
        },
        "backgroundImageLoaded": bool(assets and assets.background is not None),
        "atlasLoaded": bool(assets and assets.wardrobe),
        "agents": [_agent(scene, item, camera) for item in scene.figures.values()],
        "unseated": list(scene.model.unseated),
        "overflow": None if overflow is None else {"count": overflow.count, "canvas": _point(overflow.at)},
        "zones": [
            {
                "id": zone.id,
                "name": zone.name,
                "type": zone.type.value,
                "bounds": _canvas_box(zone.bounds, camera),
                "door": None if zone.door is None else _canvas_box(zone.door, camera),
                "isDoorBusy": zone.id in scene.model.busy_doors,
                "seats": [seat.id for seat in zone.seats],
            }
            for zone in (theme.zones if theme else ())
        ],
        "layers": [{"id": layer.id, "zIndex": layer.z_index} for layer in (theme.layers if theme else ())],
        "collaborationLines": [{"from": a, "to": b} for a, b in sorted(scene.links.pairs())],
        "findings": [finding.as_json() for finding in (assets.findings if assets else ())],
    }


def _agent(scene: StageScene, item: FigureItem, camera: Camera) -> dict[str, Any]:
    figure, view, labels = item.figure, camera.to_view(item.figure.at), scene.labels
    name, badge, bubble = (
        find(figure.agent_id) for find in (labels.rect_of, labels.badge_rect_of, labels.bubble_rect_of)
    )
    return {
        "id": figure.agent_id,
        "name": figure.name,
        "status": figure.status.value,
        "slot": figure.slot,
        "zoneId": figure.zone_id,
        "seatId": figure.seat_id,
        "canvas": _point(figure.at),
        "target": _point(figure.target),
        "screen": _point(view),
        "walking": figure.walking,
        "standing": figure.standing,
        "alpha": round(item.opacity(), 3),
        "representation": "atlas-sprite" if figure.clip else "avatar",
        "state": figure.state or "avatar",
        "direction": figure.direction.value,
        "frame": figure.frame,
        "selected": scene.selected == figure.agent_id,
        "body": _box(item.sceneBoundingRect(), camera),
        "hitArea": _box(item.hit_rect(), camera),
        "nameLabel": None if name is None else {"text": figure.name, "bounds": _box(name, camera)},
        "statusBadge": None if badge is None else {"bounds": _box(badge, camera)},
        "bubble": _bubble(scene, figure, bubble, camera),
    }


def _bubble(scene: StageScene, figure: Figure, rect: QRectF | None, camera: Camera) -> dict[str, Any] | None:
    agent = scene.agents.get(figure.agent_id)
    if rect is None or agent is None:
        return None
    said = spoken(figure, agent, is_selected=scene.selected == figure.agent_id)
    return None if said is None else {"kind": said.kind.value, "text": said.text, "bounds": _box(rect, camera)}


def _point(at: Any) -> dict[str, float]:
    return {"x": round(at.x, 3), "y": round(at.y, 3)}


def _canvas_box(rect: Rect, camera: Camera) -> dict[str, float]:
    scale = camera.scale
    return _box(QRectF(rect.x * scale, rect.y * scale, rect.width * scale, rect.height * scale), camera)


def _box(rect: QRectF, camera: Camera) -> dict[str, float]:
    """A box in scene pixels as one in the view."""
    return {
        "x": round(rect.x() + camera.pan.x, 3),
        "y": round(rect.y() + camera.pan.y, 3),
        "width": round(rect.width(), 3),
        "height": round(rect.height(), 3),
    }
