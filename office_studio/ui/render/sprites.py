"""Furniture, effects and background as graphics items in pixels of the current zoom.

Items hold pixmaps already scaled to the zoom, so that drawing them is a plain copy. Between a zoom step and the arrival
of the freshly scaled pictures the old ones are stretched.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QPixmap, QTransform
from PySide6.QtWidgets import QGraphicsPixmapItem, QStyleOptionGraphicsItem, QWidget

from office_studio.core.theme.animation import REST, next_change_ms, opacity_at, pose_at
from office_studio.core.theme.model import Animation, Effect, Furniture, Rect, Theme
from office_studio.ui.render.assets import SceneAssets, effect_frame
from office_studio.ui.render.scaling import MAX_DRAWN_PX as MAX_DRAWN_PX
from office_studio.ui.render.scaling import scaled

_Mode = QPainter.CompositionMode
_Transform = Qt.TransformationMode
_SEEN_TURN = 0.33 * 57.3  # degrees × px
_SEEN_OPACITY = 0.02
BLENDS = {
    "normal": _Mode.CompositionMode_SourceOver,
    "screen": _Mode.CompositionMode_Screen,
    "add": _Mode.CompositionMode_Plus,
    "multiply": _Mode.CompositionMode_Multiply,
    "overlay": _Mode.CompositionMode_Overlay,
}
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
    is_effect: bool = False


def placements(theme: Theme, assets: SceneAssets) -> list[Placement]:
    """Everything of the theme that is a picture, in manifest order, without what has no picture.

    Kept with the assets: the loader's thread asks first, and twenty thousand pieces take it a quarter of a second.
    """
    if theme is not assets.theme:
        return _placements(theme, assets)
    if not assets.placed:
        assets.placed.append(_placements(theme, assets))
    return list(assets.placed[0])


def _placements(theme: Theme, assets: SceneAssets) -> list[Placement]:
    found = [_furniture(piece) for piece in theme.furniture if piece.sprite in assets.sprites]
    for item in theme.effects:
        key = next((key for key in (effect_frame(item.sprite), item.sprite) if key in assets.sprites), None)
        if key is not None:
            found.append(_effect(item, key, assets.sizes[key]))
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


def _effect(item: Effect, key: str, size: tuple[int, int]) -> Placement:
    width, height = item.width or size[0], item.height or size[1]
    return Placement(
        key=key,
        rect=Rect(item.at.x, item.at.y, width, height),
        layer=item.layer,
        object_id=item.id,
        opacity=item.opacity,
        blend=item.blend_mode,
        animation=item.animation,
        is_effect=True,
    )


def scaled_pictures(assets: SceneAssets, scale: float, ratio: float) -> dict[tuple[str, int, int], QImage]:
    """Every picture at the size it is drawn, by key and device size. Slow: call it off the GUI thread."""
    pictures: dict[tuple[str, int, int], QImage] = {}
    for placement in placements(assets.theme, assets):
        key = picture_key(placement, scale, ratio)
        if key not in pictures:
            is_back = placement.key == BACKGROUND
            source = assets.background_for(scale * ratio) if is_back else assets.sprites[placement.key]
            assert source is not None
            pictures[key] = scaled(source, key[1], key[2], smooth=assets.smooth)
    return pictures


def picture_key(placement: Placement, scale: float, ratio: float) -> tuple[str, int, int]:
    """Both edges are rounded, not the size: neighbours that touch on the canvas touch on the screen."""
    rect, factor = placement.rect, scale * ratio
    width = round((rect.x + rect.width) * factor) - round(rect.x * factor)
    height = round((rect.y + rect.height) * factor) - round(rect.y * factor)
    return placement.key, max(1, width), max(1, height)


class SpriteItem(QGraphicsPixmapItem):
    """One placement on the scene. ``smooth``: how it is stretched between two zooms."""

    def __init__(self, placement: Placement, z: float, *, smooth: bool = True) -> None:
        super().__init__()
        self.placement = placement
        self._parts: list[QRectF] = []
        self._parts_of = -1  # key of the picture whose parts they are
        self.setZValue(z)
        self.setShapeMode(QGraphicsPixmapItem.ShapeMode.BoundingRectShape)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.setOpacity(opacity_at(placement.animation, placement.opacity, placement.object_id, 0))
        self._smooth = _Transform.SmoothTransformation if smooth else _Transform.FastTransformation
        self._due_ms: float | None = 0.0
        self._mode = BLENDS.get(placement.blend, BLENDS["normal"])
        self._home = QPointF()
        self._zoom = 1.0  # logical pixels per canvas unit
        self._pose = REST

    def show_at(self, scale: float, ratio: float, pictures: Mapping[tuple[str, int, int], QPixmap]) -> None:
        """Take the place for a zoom; the picture too when it is there already, else stretch the one at hand."""
        rect, factor = self.placement.rect, scale * ratio
        self._home, self._zoom = QPointF(round(rect.x * factor), round(rect.y * factor)) / ratio, scale
        key = picture_key(self.placement, scale, ratio)
        pixmap = pictures.get(key)
        if pixmap is not None:
            self.setPixmap(pixmap)
            self.setScale(key[1] / max(1, pixmap.width()))
            self.setTransformationMode(self._smooth if self._is_turning() else _Transform.FastTransformation)
        elif not self.pixmap().isNull():
            width = self.pixmap().deviceIndependentSize().width()
            self.setScale(rect.width * scale / max(1.0, width))
            self.setTransformationMode(self._smooth)
        if self._is_turning():
            size = self.pixmap().deviceIndependentSize()
            self.setTransformOriginPoint(size.width() / 2, size.height())
            grown = self.scale() - 1  # the origin is the fixed point of scaling too
            self._home += QPointF(size.width() / 2 * grown, size.height() * grown)
        self._take_pose()

    def animate(self, at_ms: float) -> float | None:
        """Set opacity and pose for a time; returns when one of them changes next."""
        if self._due_ms is None or at_ms < self._due_ms:
            return self._due_ms
        placement = self.placement
        opacity = opacity_at(placement.animation, placement.opacity, placement.object_id, at_ms)
        if abs(opacity - self.opacity()) >= _SEEN_OPACITY:
            self.setOpacity(opacity)
        pose = pose_at(placement.animation, placement.object_id, at_ms)
        if pose is not REST:
            self._pose = pose
            self._take_pose()
        self._due_ms = next_change_ms(placement.animation, placement.object_id, at_ms)
        return self._due_ms

    def rest(self) -> None:
        """Stand still, as before anything moved."""
        placement = self.placement
        self._pose, self._due_ms = REST, 0.0
        self.setOpacity(opacity_at(placement.animation, placement.opacity, placement.object_id, 0))
        self._take_pose()

    def parts(self) -> list[QRectF]:
        """Where something of the picture can be seen, in the item's own coordinates."""
        pixmap = self.pixmap()
        if pixmap.cacheKey() != self._parts_of:
            self._parts_of, self._parts = pixmap.cacheKey(), seen_parts(pixmap)
        return self._parts

    def paint_on(self, painter: QPainter, base: QTransform) -> None:
        """Paint it as it looks now, with ``base`` from scene coordinates to those of the painter."""
        opacity = self.opacity()
        if opacity <= 0:
            return
        painter.setWorldTransform(self.sceneTransform() * base)
        painter.setOpacity(opacity)
        painter.setCompositionMode(self._mode)
        is_smooth = self.transformationMode() == _Transform.SmoothTransformation
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, is_smooth)
        painter.drawPixmap(self.offset(), self.pixmap())
        painter.setCompositionMode(BLENDS["normal"])

    # -- inside ------------------------------------------------------------------------------------
    def _is_turning(self) -> bool:
        animation = self.placement.animation
        return animation is not None and animation.type == "sway"

    def _take_pose(self) -> None:
        """Only what moved is set: Qt repaints what is touched."""
        place = self._home + QPointF(0, round(self._pose.dy * self._zoom))
        if place != self.pos():
            self.setPos(place)
        # A turn that moves no corner by a third of a pixel is not seen.
        turn = abs(self._pose.angle_deg - self.rotation())
        if turn * self.placement.rect.height * self._zoom > _SEEN_TURN or (turn and self._pose is REST):
            self.setRotation(self._pose.angle_deg)


class BlendedItem(SpriteItem):
    """A sprite with a blend mode. Apart, because painting in Python costs more than Qt's own painting.

    Its opacity is its own, not Qt's, which would repaint the empty parts of the picture too.
    """

    _opacity = 1.0

    def setOpacity(self, opacity: float) -> None:
        if opacity == self._opacity:
            return
        self._opacity = opacity
        scene = self.scene()
        if scene is not None and self.isVisible():
            for part in self.parts():
                scene.update(self.mapRectToScene(part))  # the item's ``update`` would join the parts

    def opacity(self) -> float:
        return self._opacity

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        if self._opacity <= 0:
            return
        before = painter.compositionMode()
        painter.setCompositionMode(self._mode)
        painter.setOpacity(self._opacity)
        super().paint(painter, option, widget)
        painter.setCompositionMode(before)


def item_for(placement: Placement, z: float, *, smooth: bool = True) -> SpriteItem:
    plain = BLENDS.get(placement.blend, BLENDS["normal"]) == BLENDS["normal"]
    kind = SpriteItem if plain else BlendedItem
    return kind(placement, z, smooth=smooth)


_TILES = 8  # a picture is looked at in so many columns and rows
_LARGE_PX = 1_000_000  # looking at a larger one would take too long
_UNSEEN = bytes([0, 0, *range(2, 256)])  # alpha of 1 of 255 is not seen


def seen_parts(pixmap: QPixmap) -> list[QRectF]:
    """Rectangles (logical pixels, none overlap) that hold all of a picture but what is transparent."""
    width, height, ratio = pixmap.width(), pixmap.height(), pixmap.devicePixelRatio()
    if pixmap.isNull() or not pixmap.hasAlphaChannel() or width * height > _LARGE_PX:
        return [QRectF(0, 0, width / ratio, height / ratio)]
    alpha = pixmap.toImage().convertToFormat(QImage.Format.Format_Alpha8)
    line, data = alpha.bytesPerLine(), bytes(alpha.constBits()).translate(_UNSEEN)
    edges_x, edges_y = ([round(i * side / _TILES) for i in range(_TILES + 1)] for side in (width, height))
    parts: list[QRectF] = []
    for top, bottom in itertools.pairwise(edges_y):
        begin = None
        for left, right in [*itertools.pairwise(edges_x), (width, width)]:
            is_seen = any(any(data[y * line + left : y * line + right]) for y in range(top, bottom))
            if is_seen and begin is None:
                begin = left
            elif not is_seen and begin is not None:
                parts.append(QRectF(begin / ratio, top / ratio, (left - begin) / ratio, (bottom - top) / ratio))
                begin = None
    return parts
