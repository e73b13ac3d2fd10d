"""A still picture of an office, without a window, and a description of what is on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from office_studio.core.office.live import LiveAgent
from office_studio.core.office.model import Binding
from office_studio.core.office.stage import StageModel
from office_studio.core.theme.color import BACKDROP_DEFAULT, backdrop
from office_studio.core.theme.viewport import Camera, Fit
from office_studio.errors import UsageError
from office_studio.services.theme_loader import LoadedTheme
from office_studio.ui.render import palette
from office_studio.ui.render.assets import NARROW_PX, SceneAssets, load_assets
from office_studio.ui.render.figure_item import FigureItem
from office_studio.ui.render.renderers import check_drawable
from office_studio.ui.render.scene import StageScene, pixmaps
from office_studio.ui.render.sprites import scaled_pictures

Looks = Mapping[str, tuple[str, str]]


def render_still(
    loaded: LoadedTheme | None,
    agents: Sequence[LiveAgent] = (),
    bindings: Sequence[Binding] = (),
    size: tuple[int, int] = (1280, 720),
    scale: float = 1.0,
    at_s: float = 0.0,
    reference: bool = False,
    *,
    looks: Looks | None = None,
    selected: str | None = None,
) -> tuple[QImage, dict[str, Any]]:
    """Picture and description of the office ``at_s`` seconds after it appeared.

    Args:
        size: Of the view, logical pixels.
        scale: Device pixels per logical pixel; the picture is ``size`` × ``scale``.
        looks: Emoji and colour of agents in avatar mode.
    Raises:
        UsageError: RENDER_REFERENCE; ThemeError: RENDERER_UNSUPPORTED.
    Needs a QApplication; runs on the GUI thread and blocks.
    """
    if reference:
        raise UsageError(
            "RENDER_REFERENCE",
            "Drawing as the old web renderer did is not in this version.",
            "Leave out --reference.",
        )
    if loaded is not None:
        check_drawable(loaded.theme)
    assets = load_assets(loaded, scale, narrow=size[0] < NARROW_PX) if loaded else None
    model = StageModel()
    atlas = assets.wardrobe[0].atlas if assets and assets.wardrobe else None
    model.set_theme(loaded.theme if loaded else None, atlas)
    model.set_view_size(*size)
    model.set_agents(agents)
    model.set_bindings(bindings)
    scene = StageScene(model)
    camera = _camera(loaded, size)
    _fill(scene, assets, agents, camera, scale, looks or {})
    scene.select(selected)
    model.advance(0)
    scene.apply(model.advance(at_s * 1000))
    for agent_id, figure in model.figures.items():
        if agent_id not in scene.figures:
            item = scene.figures[agent_id] = FigureItem(scene, figure)
            scene.addItem(item)
    scene.animate(at_s * 1000)
    scene.links.update_all()
    scene.labels.relayout()
    image = _paint(scene, loaded, camera, size, scale)
    return image, describe(scene, camera, assets)


def _camera(loaded: LoadedTheme | None, size: tuple[int, int]) -> Camera:
    width, height = (loaded.theme.canvas.width, loaded.theme.canvas.height) if loaded else size
    return Camera(width, height, *size, fit=Fit.CONTAIN).centred()


def _fill(
    scene: StageScene,
    assets: SceneAssets | None,
    agents: Sequence[LiveAgent],
    camera: Camera,
    ratio: float,
    looks: Looks,
) -> None:
    scene.agents = {agent.id: agent for agent in agents}
    scene.looks = looks
    scene.set_assets(assets, 0)
    pictures = pixmaps(scaled_pictures(assets, camera.scale, ratio), ratio) if assets else {}
    scene.labels.view = QRectF(-camera.pan.x, -camera.pan.y, camera.view_width, camera.view_height)
    scene.set_scale(camera.scale, ratio, pictures)


def _paint(
    scene: StageScene, loaded: LoadedTheme | None, camera: Camera, size: tuple[int, int], ratio: float
) -> QImage:
    image = QImage(round(size[0] * ratio), round(size[1] * ratio), QImage.Format.Format_RGB32)
    image.fill(backdrop_of(loaded))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    view = QRectF(QPointF(-round(camera.pan.x), -round(camera.pan.y)), QRectF(0, 0, *size).size())
    scene.render(painter, QRectF(image.rect()), view)
    painter.end()
    return image


def backdrop_of(loaded: LoadedTheme | None) -> QColor:
    """Colour around the canvas."""
    return palette.qcolor(backdrop(loaded.theme.canvas.background.color) if loaded else BACKDROP_DEFAULT)


def describe(scene: StageScene, camera: Camera, assets: SceneAssets | None) -> dict[str, Any]:
    """What is on the picture, in the words of the reference renders. Lengths in canvas units or logical pixels."""
    theme = assets.theme if assets else None
    return {
        "view": {
            "width": camera.view_width,
            "height": camera.view_height,
            "baseScale": round(camera.base_scale, 6),
            "userScale": camera.zoom,
            "panX": round(camera.pan.x, 3),
            "panY": round(camera.pan.y, 3),
            "root": {"x": round(camera.pan.x, 3), "y": round(camera.pan.y, 3), "scale": round(camera.scale, 6)},
        },
        "backgroundImageLoaded": bool(assets and assets.background is not None),
        "atlasLoaded": bool(assets and assets.wardrobe),
        "agents": [_agent(scene, item, camera) for item in scene.figures.values()],
        "unseated": list(scene.model.unseated),
        "zones": [
            {"id": z.id, "name": z.name, "type": z.type.value, "seats": [s.id for s in z.seats]}
            for z in (theme.zones if theme else ())
        ],
        "layers": [{"id": layer.id, "zIndex": layer.z_index} for layer in (theme.layers if theme else ())],
        "collaborationLines": [{"from": a, "to": b} for a, b in sorted(scene.links.pairs())],
        "findings": [finding.as_json() for finding in (assets.findings if assets else ())],
    }


def _agent(scene: StageScene, item: FigureItem, camera: Camera) -> dict[str, Any]:
    figure, view = item.figure, camera.to_view(item.figure.at)
    label = scene.labels.rect_of(figure.agent_id)
    return {
        "id": figure.agent_id,
        "name": figure.name,
        "status": figure.status.value,
        "slot": figure.slot,
        "zoneId": figure.zone_id,
        "seatId": figure.seat_id,
        "canvas": {"x": round(figure.at.x, 3), "y": round(figure.at.y, 3)},
        "target": {"x": round(figure.target.x, 3), "y": round(figure.target.y, 3)},
        "screen": {"x": round(view.x, 3), "y": round(view.y, 3)},
        "walking": figure.walking,
        "alpha": round(item.opacity(), 3),
        "representation": "atlas-sprite" if figure.clip else "avatar",
        "state": figure.state or "avatar",
        "direction": figure.direction.value,
        "frame": figure.frame,
        "selected": scene.selected == figure.agent_id,
        "nameLabel": None if label is None else {"text": figure.name, "bounds": _box(label, camera)},
    }


def _box(rect: QRectF, camera: Camera) -> dict[str, float]:
    return {
        "x": round(rect.x() + camera.pan.x, 3),
        "y": round(rect.y() + camera.pan.y, 3),
        "width": rect.width(),
        "height": rect.height(),
    }
