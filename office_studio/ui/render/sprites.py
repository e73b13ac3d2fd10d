"""Furniture, effects and background as graphics items in pixels of the current zoom.

Items hold pixmaps already scaled to the zoom, so that drawing them is a plain copy. Between a zoom step and the arrival
of the freshly scaled pictures the old ones are stretched.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QImage, QPainter, QPixmap
from PySide6.QtWidgets import QGraphicsPixmapItem, QStyleOptionGraphicsItem, QWidget

from office_studio.core.theme.animation import STEPS, next_change_ms, opacity_at
from office_studio.core.theme.model import Animation, Effect, Furniture, Rect, Theme
from office_studio.ui.render.assets import SceneAssets

_Mode = QPainter.CompositionMode
BLENDS = {
    "normal": _Mode.CompositionMode_SourceOver,
    "screen": _Mode.CompositionMode_Screen,
    "add": _Mode.CompositionMode_Plus,
    "multiply": _Mode.CompositionMode_Multiply,
    "overlay": _Mode.CompositionMode_Overlay,
}
MAX_DRAWN_PX = 64_000_000  # of one picture: 256 MB
_MAX_SIDE_PX = 32_000  # the painter counts in 16 bits
BACKGROUND = "\0background"  # key of the background among prepared pictures; no file can be called so


@dataclass(frozen=True, slots=True)
class Placement:
    """One sprite of the theme: which picture, where (canvas units, top left), how."""

    key: str
    rect: Rect
    layer: str
    foot: float | None = None  # y to sort by, None: in manifest order below the sorted ones
    object_id: str = ""
    opacity: float = 1.0
    blend: str = "normal"
    animation: Animation | None = None
    tooltip: str | None = None


def placements(theme: Theme, assets: SceneAssets) -> list[Placement]:
    """Everything of the theme that is a picture, in manifest order, without what has no picture."""
    found = [_furniture(item) for item in theme.furniture if item.sprite in assets.sprites]
    found += [_effect(item, assets.sizes[item.sprite]) for item in theme.effects if item.sprite in assets.sprites]
    if assets.background is not None:
        whole = Rect(0, 0, theme.canvas.width, theme.canvas.height)
        found.insert(0, Placement(BACKGROUND, whole, "background"))
    return found


def _furniture(item: Furniture) -> Placement:
    left, top = item.at.x - item.anchor.x * item.width, item.at.y - item.anchor.y * item.height
    return Placement(
        key=item.sprite,
        rect=Rect(left, top, item.width, item.height),
        layer=item.layer,
        foot=top + item.height if item.sort_y else None,
        object_id=item.id,
        animation=item.animation,
        tooltip=item.tooltip if item.interactive else None,
    )


def _effect(item: Effect, size: tuple[int, int]) -> Placement:
    width, height = item.width or size[0], item.height or size[1]
    return Placement(
        key=item.sprite,
        rect=Rect(item.at.x, item.at.y, width, height),
        layer=item.layer,
        object_id=item.id,
        opacity=item.opacity,
        blend=item.blend_mode,
        animation=item.animation,
    )


def scaled_pictures(assets: SceneAssets, scale: float, ratio: float) -> dict[tuple[str, int, int], QImage]:
    """Every picture at the size it is drawn, by key and device size. Slow: call it off the GUI thread."""
    pictures: dict[tuple[str, int, int], QImage] = {}
    for placement in placements(assets.theme, assets):
        key = picture_key(placement, scale, ratio)
        if key not in pictures:
            source = assets.background if placement.key == BACKGROUND else assets.sprites[placement.key]
            assert source is not None
            pictures[key] = scaled(source, key[1], key[2])
    return pictures


def scaled(source: QImage, width: int, height: int) -> QImage:
    """The picture at a device size; smaller where that would need too much memory, and is stretched then."""
    if width * height > MAX_DRAWN_PX or max(width, height) > _MAX_SIDE_PX:
        shrink = min(1.0, (MAX_DRAWN_PX / (width * height)) ** 0.5)
        width, height = (max(1, min(_MAX_SIDE_PX, int(side * shrink))) for side in (width, height))
    if (source.width(), source.height()) == (width, height):
        return source
    return source.scaled(
        width, height, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
    )


def picture_key(placement: Placement, scale: float, ratio: float) -> tuple[str, int, int]:
    """Both edges are rounded, not the size: neighbours that touch on the canvas touch on the screen."""
    rect, factor = placement.rect, scale * ratio
    width = round((rect.x + rect.width) * factor) - round(rect.x * factor)
    height = round((rect.y + rect.height) * factor) - round(rect.y * factor)
    return placement.key, max(1, width), max(1, height)


class SpriteItem(QGraphicsPixmapItem):
    """One placement on the scene."""

    def __init__(self, placement: Placement, z: float) -> None:
        super().__init__()
        self.placement = placement
        self.setZValue(z)
        self.setShapeMode(QGraphicsPixmapItem.ShapeMode.BoundingRectShape)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.setOpacity(opacity_at(placement.animation, placement.opacity, placement.object_id, 0))
        self._due_ms: float | None = 0.0
        self._mode = BLENDS.get(placement.blend, BLENDS["normal"])

    def show_at(self, scale: float, ratio: float, pictures: Mapping[tuple[str, int, int], QPixmap]) -> None:
        """Take the place for a zoom; the picture too when it is there already, else stretch the one at hand."""
        rect, factor = self.placement.rect, scale * ratio
        self.setPos(QPointF(round(rect.x * factor), round(rect.y * factor)) / ratio)
        key = picture_key(self.placement, scale, ratio)
        pixmap = pictures.get(key)
        if pixmap is not None:
            self.setPixmap(pixmap)
            self.setScale(key[1] / max(1, pixmap.width()))
            self.setTransformationMode(Qt.TransformationMode.FastTransformation)
        elif not self.pixmap().isNull():
            width = self.pixmap().deviceIndependentSize().width()
            self.setScale(rect.width * scale / max(1.0, width))
            self.setTransformationMode(Qt.TransformationMode.SmoothTransformation)

    def animate(self, at_ms: float) -> float | None:
        """Set the opacity for a time; returns when it changes next."""
        if self._due_ms is None or at_ms < self._due_ms:
            return self._due_ms
        placement = self.placement
        opacity = opacity_at(placement.animation, placement.opacity, placement.object_id, at_ms)
        if abs(opacity - self.opacity()) >= 0.5 / STEPS:
            self.setOpacity(opacity)
        self._due_ms = next_change_ms(placement.animation, placement.object_id, at_ms)
        return self._due_ms


class BlendedItem(SpriteItem):
    """A sprite with a blend mode. Apart, because painting in Python costs more than Qt's own painting."""

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        before = painter.compositionMode()
        painter.setCompositionMode(self._mode)
        super().paint(painter, option, widget)
        painter.setCompositionMode(before)


def item_for(placement: Placement, z: float) -> SpriteItem:
    plain = BLENDS.get(placement.blend, BLENDS["normal"]) == BLENDS["normal"]
    return SpriteItem(placement, z) if plain else BlendedItem(placement, z)
