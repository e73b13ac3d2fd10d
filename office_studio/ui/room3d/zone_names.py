"""Names of zones over a room of dialect 3a (format section 10), at a readable size."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QImage, QPainter, QPixmap
from PySide6.QtWidgets import QGraphicsPixmapItem

from office_studio.core.room3d.camera import RoomCamera
from office_studio.core.room3d.placement import ZoneLabel, zone_labels
from office_studio.core.theme.model import Theme
from office_studio.core.theme.room_model import Dialect
from office_studio.ui.render import palette

if TYPE_CHECKING:
    from office_studio.ui.room3d.overlay import RoomOverlay


class ZoneNames:
    """Labels that stand at their zones; none in rooms, which have no zones."""

    def __init__(self, overlay: RoomOverlay) -> None:
        self._overlay = overlay
        self._labels: tuple[ZoneLabel, ...] = ()
        self._items: list[QGraphicsPixmapItem] = []
        self._camera: RoomCamera | None = None
        self.is_visible = True

    def set_theme(self, theme: Theme | None) -> None:
        for item in self._items:
            self._overlay.removeItem(item)
        room = theme.room if theme is not None else None
        flat = theme is not None and room is not None and room.dialect is Dialect.ZONES
        self._labels = tuple(zone_labels(theme)) if flat and theme is not None else ()
        self._items = []
        for label in self._labels:
            item = QGraphicsPixmapItem(_paint(label.text, self._overlay.ratio))
            item.setZValue(self._overlay.order.labels - 2)
            item.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
            self._overlay.addItem(item)
            self._items.append(item)
        self._camera = None

    def see(self, camera: RoomCamera) -> None:
        self._camera = camera
        self.place()

    def place(self) -> None:
        for label, item in zip(self._labels, self._items, strict=True):
            item.setVisible(self.is_visible and self._camera is not None)
            if self._camera is not None:
                at, size = self._camera.project(label.at), item.boundingRect().size()
                item.setPos(round(at.x - size.width() / 2), round(at.y - size.height() / 2))

    def rects(self) -> list[QRectF]:
        """Ground under the names, view pixels; figures' labels keep off it."""
        return [item.sceneBoundingRect() for item in self._items if item.isVisible()]


def _paint(text: str, ratio: float) -> QPixmap:
    font = palette.font(12, 600)
    width = round(QFontMetricsF(font).horizontalAdvance(text) + 20)
    image = QImage(round(width * ratio), round(24 * ratio), QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(palette.pill())
    painter.setOpacity(0.75)
    painter.drawRoundedRect(QRectF(0, 0, width, 24), 7, 7)
    painter.setOpacity(1)
    painter.setPen(palette.pill_text())
    painter.setFont(font)
    painter.drawText(QRectF(0, 0, width, 24), Qt.AlignmentFlag.AlignCenter, text)
    painter.end()
    return QPixmap.fromImage(image)
