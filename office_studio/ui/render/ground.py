"""The ground: all of a room that lies below its figures, as one opaque picture. Painting a part of it is a plain copy.

The pieces stay on the scene, unseen, for whoever asks where they are. Of those that pulse or sway only the parts that
change are painted anew, once, however often figures in front of them are.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPixmap
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from office_studio.core.theme.color import backdrop
from office_studio.ui.render import palette
from office_studio.ui.render.sprites import SpriteItem, picture_key

if TYPE_CHECKING:
    from office_studio.ui.render.scene import StageScene

MOST_PX = 5_000_000  # device pixels: larger ones would take too long, and too much memory
MOST_PIECES = 400  # more are not painted in one turn
_Glow = tuple[QRectF, QPixmap, QPixmap]  # where; without the light and with all of it
_SEAT_LINE = 50_000  # within the layer of figures, where their seats' pictures begin


class GroundItem(QGraphicsItem):
    """Stands for ``pieces`` (lowest first), which it hides until :meth:`remove`."""

    def __init__(self, scene: StageScene, pieces: Sequence[SpriteItem], bounds: QRectF, color: QColor) -> None:
        super().__init__()
        self._scene, self._color, self._bounds = scene, color, bounds
        self._pieces = [(piece, piece.sceneBoundingRect()) for piece in pieces]
        self._glows: dict[int, _Glow | None] = {}
        self._places = {piece: number for number, piece in enumerate(pieces)}
        ratio = scene.ratio
        self._pixmap = QPixmap(round(bounds.width() * ratio), round(bounds.height() * ratio))
        self._pixmap.setDevicePixelRatio(ratio)
        self._pixmap.fill(color)
        self._compose([bounds])
        for piece in pieces:
            piece.setVisible(False)
        self.setZValue(pieces[-1].zValue())
        scene.addItem(self)

    @classmethod
    def of(cls, scene: StageScene, pieces: Iterable[SpriteItem]) -> GroundItem | None:
        """The ground of a scene whose pieces are all in their places; None when it would not pay."""
        assets = scene.assets
        if assets is None or assets.background is None or scene.placeholders.is_visible:
            return None
        top = scene.order.z("characters", number=_SEAT_LINE)
        below = sorted((p for p in pieces if p.zValue() < top and p.isVisible()), key=lambda p: p.zValue())
        if not 1 < len(below) <= MOST_PIECES:
            return None
        if any(p.pixmap().width() != picture_key(p.placement, scene.scale, scene.ratio)[1] for p in below):
            return None  # stretched from another zoom, or too large to be drawn
        bounds = scene.canvas_rect
        for piece in below:
            bounds = bounds.united(piece.sceneBoundingRect())
        bounds = _on_pixels(bounds, scene.ratio)
        if bounds.width() * bounds.height() * scene.ratio**2 > MOST_PX:
            return None
        return cls(scene, below, bounds, palette.qcolor(backdrop(assets.theme.canvas.background.color)))

    def holds(self, piece: SpriteItem) -> bool:
        return piece in self._places

    def renew(self, piece: SpriteItem) -> None:
        """A piece looks different: paint what can be seen of that."""
        number = self._places[piece]
        before, now = self._pieces[number][1], piece.sceneBoundingRect()
        self._pieces[number] = piece, now
        parts = [piece.mapRectToScene(part) for part in piece.parts()] if now == before else [before.united(now)]
        parts = [_on_pixels(part, self._scene.ratio) for part in parts]
        glow = self._glow_of(number, now) if now == before else None
        if glow is None:
            self._compose(parts)
        else:
            self._shine(glow, piece.opacity(), parts)
        for part in parts:
            self._scene.update(part)  # an item's own ``update`` would repaint all between the parts too

    def remove(self) -> None:
        for piece, _ in self._pieces:
            piece.setVisible(True)
        self._scene.removeItem(self)

    def boundingRect(self) -> QRectF:
        return self._bounds

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        if marks := self._scene.zones.marks_on_floor():
            self._paint_live(painter, option, marks)
        else:
            painter.drawPixmap(self._bounds.topLeft(), self._pixmap)

    # -- inside ------------------------------------------------------------------------------------
    def _glow_of(self, number: int, rect: QRectF) -> _Glow | None:
        """Both ends of a pulse, when nothing else that moves lies below it and nothing at all above it."""
        if number not in self._glows:
            lit = self._seen(number)
            beside = [other for other, (_, there) in enumerate(self._pieces) if there.intersects(rect)]
            others = [other for other in beside if other > number or self._pieces[other][0].placement.animation]
            is_free = not any(a.intersects(b) for o in others if o != number for a in self._seen(o) for b in lit)
            self._glows[number] = self._make_glow(number, rect) if is_free else None
        return self._glows[number]

    def _seen(self, number: int) -> list[QRectF]:
        piece = self._pieces[number][0]
        return [_on_pixels(piece.mapRectToScene(part), self._scene.ratio) for part in piece.parts()]

    def _make_glow(self, number: int, rect: QRectF) -> _Glow:
        area, ratio, piece = _on_pixels(rect, self._scene.ratio), self._scene.ratio, self._pieces[number][0]
        opacity, ends = piece.opacity(), []
        for end in (0.0, 1.0):
            piece.setOpacity(end)
            pixmap = QPixmap(round(area.width() * ratio), round(area.height() * ratio))
            pixmap.setDevicePixelRatio(ratio)
            pixmap.fill(self._color)
            self._compose([area], pixmap, area.topLeft())
            ends.append(pixmap)
        piece.setOpacity(opacity)
        return area, ends[0], ends[1]

    def _shine(self, glow: _Glow, opacity: float, parts: Sequence[QRectF]) -> None:
        """Mix both ends: over still ground that gives what every blend mode gives, in a fifth of the time."""
        area, dark, lit = glow
        painter = QPainter(self._pixmap)
        painter.translate(-self._bounds.topLeft())
        for part in parts:
            painter.setClipRect(part)
            painter.setOpacity(1.0)
            painter.drawPixmap(area.topLeft(), dark)
            painter.setOpacity(opacity)
            painter.drawPixmap(area.topLeft(), lit)
        painter.end()

    def _compose(self, parts: Sequence[QRectF], onto: QPixmap | None = None, origin: QPointF | None = None) -> None:
        painter = QPainter(onto or self._pixmap)
        painter.translate(-(origin or self._bounds.topLeft()))
        base = painter.worldTransform()
        for part in parts:
            painter.setWorldTransform(base)
            # One rectangle at a time: painting through a region of several takes three times as long.
            painter.setClipRect(part)
            painter.fillRect(part, self._color)
            for piece, rect in self._pieces:
                if rect.intersects(part):
                    piece.paint_on(painter, base)
        painter.end()

    def _paint_live(self, painter: QPainter, option: QStyleOptionGraphicsItem, marks: Sequence[QGraphicsItem]) -> None:
        """With outlines of zones on the floor, between the background and what stands on it."""
        base, line = painter.worldTransform(), min(mark.zValue() for mark in marks)
        exposed = painter.clipBoundingRect() if painter.hasClipping() else self._bounds
        painter.fillRect(self._bounds, self._color)
        is_marked = False
        for piece, rect in self._pieces:
            if not is_marked and piece.zValue() > line:
                is_marked = True
                self._paint_marks(painter, option, marks)
            if rect.intersects(exposed):
                piece.paint_on(painter, base)
                painter.setWorldTransform(base)
        if not is_marked:
            self._paint_marks(painter, option, marks)
        painter.setOpacity(1.0)

    def _paint_marks(self, painter: QPainter, option: QStyleOptionGraphicsItem, marks: Sequence[QGraphicsItem]) -> None:
        painter.setOpacity(1.0)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
        for mark in marks:
            mark.paint(painter, option)


def _on_pixels(rect: QRectF, ratio: float) -> QRectF:
    """The same, grown to whole device pixels."""
    left, top = math.floor(rect.left() * ratio + 1e-6), math.floor(rect.top() * ratio + 1e-6)
    right, bottom = math.ceil(rect.right() * ratio - 1e-6), math.ceil(rect.bottom() * ratio - 1e-6)
    return QRectF(left / ratio, top / ratio, (right - left) / ratio, (bottom - top) / ratio)
