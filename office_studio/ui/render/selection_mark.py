"""What shows the selected figure: a ring at its feet, and an outline around it that furniture in front hides less."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPen
from PySide6.QtWidgets import QGraphicsEllipseItem, QGraphicsPixmapItem

from office_studio.ui.render import palette
from office_studio.ui.render.wardrobe import Picture

if TYPE_CHECKING:
    from office_studio.ui.render.scene import StageScene


class SelectionMark:
    """Ring and outline, just below the figure in the order of drawing."""

    def __init__(self, stage: StageScene, ring: QRectF | None) -> None:
        self._stage = stage
        self.ring = ring
        self._rings = tuple(QGraphicsEllipseItem(ring) for _ in range(2)) if ring is not None else ()
        for ellipse, pen in zip(self._rings, (QPen(palette.pill_text(), 4.5), QPen(palette.ring(), 2.4)), strict=False):
            ellipse.setPen(pen)
            stage.addItem(ellipse)
        self._halo: QGraphicsPixmapItem | None = None
        self._offset = QPointF()

    def outline(self, picture: Picture, stretch: float, opacity: float) -> None:
        """Take the outline of the frame that is shown."""
        if self._halo is None:
            self._halo = QGraphicsPixmapItem()
            self._halo.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
            self._stage.addItem(self._halo)
        self._halo.setPixmap(picture.pixmap)
        self._halo.setScale(stretch)
        self._halo.setOpacity(opacity)
        self._offset = picture.offset * stretch

    def place(self, foot: QPointF, z: float) -> None:
        """``foot``: of the figure, scene pixels; ``z``: its place in the order."""
        for number, ellipse in enumerate(self._rings):
            ellipse.setPos(foot)
            ellipse.setZValue(z - 0.03 + number / 100)
        if self._halo is not None:
            ratio, at = self._stage.ratio, foot + self._offset
            self._halo.setPos(QPointF(round(at.x() * ratio), round(at.y() * ratio)) / ratio)
            self._halo.setZValue(z - 0.01)

    def remove(self) -> None:
        for item in (*self._rings, self._halo):
            if item is not None:
                self._stage.removeItem(item)
