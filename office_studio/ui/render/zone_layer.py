"""Zones: plain boxes with their names where the theme has no picture, dashed outlines while agents are assigned."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsItem, QGraphicsPathItem, QGraphicsSimpleTextItem

from office_studio.core.office.fallback import fallback_zones
from office_studio.core.theme.model import Zone
from office_studio.ui.render import palette

if TYPE_CHECKING:
    from office_studio.ui.render.scene import StageScene

_FILL, _BORDER, _LABEL = "#1E293B", "#334155", "#64748B"  # format section 13


class ZoneLayer:
    def __init__(self, stage: StageScene) -> None:
        self._stage = stage
        self._items: list[QGraphicsItem] = []
        self.are_labels_wanted = False  # names over a background picture
        self.is_assigning = False

    def rebuild(self) -> None:
        self.place()

    def place(self) -> None:
        for item in self._items:
            self._stage.removeItem(item)
        self._items.clear()
        assets = self._stage.assets
        zones = assets.theme.zones if assets else fallback_zones(*self._stage.model.view_size)
        plain = assets is None or assets.background is None
        has_nobody = assets is not None and not assets.wardrobe and not assets.is_partial
        for zone in zones:
            if plain:
                self._add_box(zone)
            elif self.is_assigning:
                self._add_outline(zone)
            if plain or self.are_labels_wanted or has_nobody:
                self._add_label(zone, plain=plain, centred=assets is not None)

    def _rect(self, zone: Zone) -> QRectF:
        scale, b = self._stage.scale, zone.bounds
        return QRectF(b.x * scale, b.y * scale, b.width * scale, b.height * scale)

    def _add_box(self, zone: Zone) -> None:
        item = self._path(zone, 12 * self._stage.scale)
        item.setBrush(QColor(_FILL))
        item.setPen(QPen(QColor(_BORDER), 1))
        item.setZValue(self._stage.order.zones)

    def _add_outline(self, zone: Zone) -> None:
        item = self._path(zone, 10)
        white = QColor(palette.pill_text())
        white.setAlpha(170)
        pen = QPen(white, 1.4)
        pen.setDashPattern([4, 4])
        item.setPen(pen)
        white.setAlpha(16)
        item.setBrush(white)
        item.setZValue(self._stage.order.zones)  # on the floor, below furniture and figures

    def _path(self, zone: Zone, radius: float) -> QGraphicsPathItem:
        path = QPainterPath()
        path.addRoundedRect(self._rect(zone), radius, radius)
        item = QGraphicsPathItem(path)
        item.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self._stage.addItem(item)
        self._items.append(item)
        return item

    def _add_label(self, zone: Zone, *, plain: bool, centred: bool) -> None:
        rect, scale = self._rect(zone), self._stage.scale
        font = QFont(palette.font(round(max(11.0, min(15.0, 13 * scale * 1.4))), 600))
        font.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, 1)
        item = QGraphicsSimpleTextItem(zone.name)
        item.setFont(font)
        item.setBrush(QColor(_LABEL) if plain else palette.pill_text())
        item.setOpacity(1.0 if plain else 0.85)
        left = rect.center().x() - item.boundingRect().width() / 2 if centred else rect.x() + 12
        item.setPos(round(left), round(rect.y() + 8 * max(1.0, scale)))
        item.setZValue(self._stage.order.zone_labels)
        item.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self._stage.addItem(item)
        self._items.append(item)
