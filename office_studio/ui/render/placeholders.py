"""What a designer sees and a viewer does not: dashed boxes for missing sprites, triangles at objects with a problem."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QGraphicsItem, QGraphicsPixmapItem, QGraphicsRectItem, QGraphicsSimpleTextItem

from office_studio.core.theme.model import ANIMATION_TYPES, Point, Rect, Theme
from office_studio.ui.render import palette
from office_studio.ui.render.assets import SceneAssets, effect_frame
from office_studio.ui.render.avatars import warning
from office_studio.ui.render.sprites import BLENDS

if TYPE_CHECKING:
    from office_studio.ui.render.scene import StageScene

MARK_PX = 16.0
MOST = 500  # boxes, and marks; a theme of thousands of broken pieces is not drawn piece by piece
_EFFECT_SIDE = 64.0  # canvas units of an effect whose size would be that of its picture
_POINTER = re.compile(r"/(furniture|effects|zones)/(\d+)(?:/seats/(\d+))?(?:/|\Z)")


class PlaceholderLayer:
    def __init__(self, stage: StageScene) -> None:
        self._stage = stage
        self._items: list[QGraphicsItem] = []
        self.is_visible = False

    def rebuild(self) -> None:
        for item in self._items:
            self._stage.removeItem(item)
        self._items.clear()
        assets = self._stage.assets
        if not self.is_visible or assets is None or assets.is_partial:
            return
        for number, (object_id, layer, rect) in enumerate(missing(assets)):
            if number < MOST:
                self._add_box(object_id, layer, rect)
        mark = _paint_mark(self._stage.ratio)
        for number, at in enumerate(troubled(assets)):
            if number < MOST:
                self._add_mark(mark, at)

    def _add_box(self, object_id: str, layer: str, rect: Rect) -> None:
        scale = self._stage.scale
        box = QGraphicsRectItem(QRectF(rect.x * scale, rect.y * scale, rect.width * scale, rect.height * scale))
        pen = QPen(palette.ring(), 1.5, Qt.PenStyle.DashLine)
        box.setPen(pen)
        box.setBrush(QColor(124, 92, 240, 36))
        box.setZValue(self._stage.order.z(layer, rect.y + rect.height))
        box.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        text = QGraphicsSimpleTextItem(object_id[:80], box)
        text.setFont(palette.font(11, 600))
        text.setBrush(palette.ring())
        text.setPos(box.rect().topLeft() + QPointF(4, 3))
        self._stage.addItem(box)
        self._items.append(box)

    def _add_mark(self, mark: QPixmap, at: Point) -> None:
        item = QGraphicsPixmapItem(mark)
        item.setPos(self._stage.to_scene(at) - QPointF(MARK_PX / 2, MARK_PX / 2))
        item.setZValue(self._stage.order.labels - 2)
        item.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self._stage.addItem(item)
        self._items.append(item)


def missing(assets: SceneAssets) -> Iterator[tuple[str, str, Rect]]:
    """Id, layer and box of every piece of furniture and effect whose sprite is not there."""
    for piece in assets.theme.furniture:
        if piece.sprite not in assets.sprites:
            left, top = piece.at.x - piece.anchor.x * piece.width, piece.at.y - piece.anchor.y * piece.height
            yield piece.id, piece.layer, Rect(left, top, piece.width, piece.height)
    for effect in assets.theme.effects:
        if effect.sprite not in assets.sprites and effect_frame(effect.sprite) not in assets.sprites:
            width, height = effect.width or _EFFECT_SIDE, effect.height or _EFFECT_SIDE
            yield effect.id, effect.layer, Rect(effect.at.x, effect.at.y, width, height)


def troubled(assets: SceneAssets) -> list[Point]:
    """Where the objects are (upper right corner) that cannot be drawn as written, canvas units."""
    theme = assets.theme
    corners = {_place(theme, finding.pointer) for finding in assets.findings if finding.pointer}
    corners |= {Point(rect.x + rect.width, rect.y) for _, _, rect in missing(assets)}
    layers = {layer.id for layer in theme.layers}
    for piece in theme.furniture:
        if piece.layer not in layers or (piece.animation and piece.animation.type not in ANIMATION_TYPES):
            corners.add(
                Point(piece.at.x + (1 - piece.anchor.x) * piece.width, piece.at.y - piece.anchor.y * piece.height)
            )
    for effect in theme.effects:
        if (
            effect.layer not in layers
            or effect.blend_mode not in BLENDS
            or (effect.animation and effect.animation.type not in ANIMATION_TYPES)
        ):
            corners.add(Point(effect.at.x + (effect.width or _EFFECT_SIDE), effect.at.y))
    return sorted((corner for corner in corners if corner is not None), key=lambda at: (at.y, at.x))


def _place(theme: Theme, pointer: str) -> Point | None:
    """The upper right corner of the object that a pointer into the manifest means; objects left out have none."""
    found = _POINTER.match(pointer)
    if found is None:
        return None
    written = theme.document.get(found[1])
    item = written[int(found[2])] if isinstance(written, list) and int(found[2]) < len(written) else None
    ident = item.get("id") if isinstance(item, dict) else None
    if found[1] == "zones":
        zone = next((zone for zone in theme.zones if zone.id == ident), None)
        if zone is None:
            return None
        seat = int(found[3]) if found[3] else None
        if seat is not None and seat < len(zone.seats):
            return zone.seats[seat].at
        return Point(zone.bounds.x + zone.bounds.width, zone.bounds.y)
    for piece in theme.furniture if found[1] == "furniture" else ():
        if piece.id == ident:
            return Point(piece.at.x + (1 - piece.anchor.x) * piece.width, piece.at.y - piece.anchor.y * piece.height)
    for effect in theme.effects if found[1] == "effects" else ():
        if effect.id == ident:
            return Point(effect.at.x + (effect.width or _EFFECT_SIDE), effect.at.y)
    return None


def _paint_mark(ratio: float) -> QPixmap:
    side = round(MARK_PX * ratio)
    pixmap = QPixmap(side, side)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    warning(painter, QPointF(MARK_PX / 2, MARK_PX / 2), MARK_PX * 0.8)
    painter.end()
    return pixmap
