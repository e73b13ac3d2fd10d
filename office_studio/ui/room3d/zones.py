"""Zones of a room of dialect 3a under the pointer: which one, who is in it, a line around it. Format section 9.

Rooms of dialect 3b have no zones on their floor: there nothing is found.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainterPath, QPen, QPolygonF
from PySide6.QtWidgets import QGraphicsPathItem

from office_studio.core.room3d.camera import RoomCamera
from office_studio.core.room3d.placement import FLOOR_Y, zone_below, zone_corners
from office_studio.core.theme.model import Theme, Zone
from office_studio.core.theme.room_model import Dialect
from office_studio.ui.render.zone_layer import HOVER_FILL, HOVER_LINE, words_for_zone

if TYPE_CHECKING:
    from office_studio.ui.room3d.overlay import RoomOverlay
    from office_studio.ui.room3d.zone_names import ZoneNames

_LINE = QPen(HOVER_LINE, 1.6)
_LINE.setJoinStyle(Qt.PenJoinStyle.RoundJoin)


class RoomZones:
    """What ``ZoneLayer`` is to flat stages."""

    is_assigning = False

    def __init__(self, overlay: RoomOverlay, names: ZoneNames) -> None:
        self._overlay, self._names = overlay, names
        self._theme: Theme | None = None  # of dialect 3a
        self._camera: RoomCamera | None = None
        self._hovered: Zone | None = None
        self._outline: QGraphicsPathItem | None = None

    def set_theme(self, theme: Theme | None) -> None:
        self.hover(None)
        room = theme.room if theme is not None else None
        self._theme = theme if room is not None and room.dialect is Dialect.ZONES else None
        self._camera = None

    def see(self, camera: RoomCamera) -> None:
        self._camera = camera
        if self._outline is not None and self._hovered is not None:
            self._outline.setPath(self._around(self._hovered))

    def zone_at(self, at: QPointF) -> Zone | None:
        """The smallest zone whose floor is seen, or would be seen without furniture, at a point of the view."""
        if self._theme is None or self._camera is None:
            return None
        below = self._camera.on_floor(at.x(), at.y(), FLOOR_Y)
        return None if below is None else zone_below(self._theme, below)

    @property
    def hovered(self) -> str | None:
        """Id of the outlined zone."""
        return None if self._hovered is None else self._hovered.id

    def hover(self, zone: Zone | None) -> None:
        """Outline this zone softly, and no other."""
        if zone is self._hovered:
            return
        self._hovered = zone
        if self._outline is not None:
            self._overlay.removeItem(self._outline)
            self._outline = None
        if zone is not None:
            self._outline = QGraphicsPathItem(self._around(zone))
            self._outline.setPen(_LINE)
            self._outline.setBrush(HOVER_FILL)
            self._outline.setZValue(self._overlay.order.zones)
            self._outline.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
            self._overlay.addItem(self._outline)

    def describe(self, zone: Zone) -> str:
        """Name, who is in, and how many of how many, for a tool tip."""
        seen = (body.figure for body in self._overlay.figures.values())
        return words_for_zone(zone, [each.name for each in seen if each.zone_id == zone.id and not each.dimmed])

    def label_rects(self) -> list[QRectF]:
        return self._names.rects()

    def _around(self, zone: Zone) -> QPainterPath:
        path = QPainterPath()
        if self._theme is not None and self._camera is not None:
            seen = [self._camera.project(corner) for corner in zone_corners(zone, self._theme.canvas)]
            path.addPolygon(QPolygonF([QPointF(each.x, each.y) for each in seen]))
            path.closeSubpath()
        return path
