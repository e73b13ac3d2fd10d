"""Small signs of the stage that belong to no figure: "+n" for those who found no place, a light at occupied doors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QGraphicsEllipseItem, QGraphicsPixmapItem

from office_studio.core.office.stage import Overflow
from office_studio.ui.render import palette

if TYPE_CHECKING:
    from office_studio.ui.render.scene import StageScene

DOOR_LIGHT = 6.0  # canvas units across (format section 14)
_MIN_LIGHT_PX = 4.0


class StageMarks:
    """Mirrors ``StageModel.overflow`` and ``StageModel.busy_doors``."""

    def __init__(self, stage: StageScene) -> None:
        self._stage = stage
        self._badge: QGraphicsPixmapItem | None = None
        self._lights: dict[str, QGraphicsEllipseItem] = {}
        self._shown: tuple[Overflow | None, frozenset[str]] = (None, frozenset())

    def update(self) -> None:
        """Draw what the model says now; nothing when it says what it said."""
        model = self._stage.model
        if (model.overflow, model.busy_doors) != self._shown:
            self.rebuild()

    def rebuild(self) -> None:
        """All anew, for another theme or zoom."""
        model = self._stage.model
        self._shown = model.overflow, model.busy_doors
        for item in (*self._lights.values(), self._badge):
            if item is not None:
                self._stage.removeItem(item)
        self._lights, self._badge = {}, None
        for zone_id in sorted(model.busy_doors):
            self._add_light(zone_id)
        if model.overflow is not None and model.overflow.count > 0:
            self._add_badge(model.overflow)

    def overflow_rect(self) -> QRectF | None:
        """The "+n" sign, scene pixels."""
        return None if self._badge is None else self._badge.sceneBoundingRect()

    def light_rect(self, zone_id: str) -> QRectF | None:
        """The light at a zone's door, scene pixels."""
        light = self._lights.get(zone_id)
        return None if light is None else light.rect().translated(light.pos())

    # -- inside ------------------------------------------------------------------------------------
    def _add_light(self, zone_id: str) -> None:
        assets = self._stage.assets
        zone = next((z for z in assets.theme.zones if z.id == zone_id), None) if assets else None
        if zone is None or zone.door is None:
            return
        side = max(_MIN_LIGHT_PX, DOOR_LIGHT * self._stage.scale)
        light = QGraphicsEllipseItem(QRectF(-side / 2, -side / 2, side, side))
        light.setPos(self._stage.to_scene(zone.door.center))
        light.setBrush(QColor("#EF4444"))
        light.setPen(QPen(QColor(255, 255, 255, 200), 1))
        light.setZValue(self._stage.order.links + 1)
        light.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self._stage.addItem(light)
        self._lights[zone_id] = light

    def _add_badge(self, overflow: Overflow) -> None:
        self._badge = QGraphicsPixmapItem(paint_count(overflow.count, self._stage.ratio))
        size = self._badge.boundingRect().size()
        at = self._stage.to_scene(overflow.at)
        self._badge.setPos(round(at.x() - size.width() / 2), round(at.y() - size.height()))
        self._badge.setZValue(self._stage.order.labels + 1)
        words = "agent has" if overflow.count == 1 else "agents have"
        self._badge.setToolTip(f"{overflow.count:,} more {words} no place here")
        self._stage.addItem(self._badge)


def paint_count(count: int, ratio: float) -> QPixmap:
    """ "+n" on a dark pill, of constant size on screen."""
    text = f"+{count:,}"
    font = palette.font(13, 600)
    size = QSizeF(round(QFontMetricsF(font).horizontalAdvance(text) + 20), 24)
    image = QImage((size * ratio).toSize(), QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(255, 255, 255, 120), 1))
    painter.setBrush(palette.pill())
    box = QRectF(QPointF(0.5, 0.5), size - QSizeF(1, 1))
    painter.drawRoundedRect(box, box.height() / 2, box.height() / 2)
    painter.setPen(palette.pill_text())
    painter.setFont(font)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
    painter.end()
    return QPixmap.fromImage(image)
