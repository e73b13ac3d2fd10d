"""Rings on the seats while agents are assigned: free ones numbered, the one under the pointer filled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPen
from PySide6.QtWidgets import QGraphicsEllipseItem, QGraphicsSimpleTextItem

from office_studio.core.office.seating import Place
from office_studio.ui.render import palette

if TYPE_CHECKING:
    from office_studio.ui.render.scene import StageScene

RADIUS_PX = 21.0
FLATNESS = 0.52  # rings lie on the floor
SNAP_PX = 56.0


class SeatLayer:
    """Slots in home-seat order. Shown in assign mode and during a drag."""

    def __init__(self, stage: StageScene) -> None:
        self._stage = stage
        self._rings: list[QGraphicsEllipseItem] = []
        self._numbers: list[QGraphicsSimpleTextItem] = []
        self.occupied: frozenset[int] = frozenset()
        self.target: int | None = None
        self.is_visible = False
        self.is_dragging = False

    def rebuild(self) -> None:
        self.target = None
        self.place()

    def homes(self) -> tuple[Place, ...]:
        seating = self._stage.model.seating
        return seating.homes[: seating.slot_count] if seating else ()

    def at(self, slot: int) -> QPointF | None:
        """Middle of a slot's ring in scene pixels."""
        homes = self.homes()
        return self._stage.to_scene(homes[slot].seat.at) if 0 <= slot < len(homes) else None

    def slot_at(self, at: QPointF) -> int | None:
        """The slot whose ring, or the figure on it, is under a scene point."""
        best: tuple[float, int] | None = None
        body = 60.0 * self._stage.scale  # the seat's figure counts as the seat
        for slot, place in enumerate(self.homes()):
            foot = self._stage.to_scene(place.seat.at)
            dx, dy = abs(at.x() - foot.x()), at.y() - foot.y()
            above = max(0.0, -dy - body) if dy < 0 else dy / FLATNESS
            distance = max(dx, above)
            if distance <= SNAP_PX / 2 + RADIUS_PX / 2 and (best is None or distance < best[0]):
                best = (distance, slot)
        return None if best is None else best[1]

    def place(self) -> None:
        """Draw the rings anew."""
        for item in (*self._rings, *self._numbers):
            self._stage.removeItem(item)
        self._rings, self._numbers = [], []
        if not (self.is_visible or self.is_dragging):
            return
        for slot, home in enumerate(self.homes()):
            self._add(slot, self._stage.to_scene(home.seat.at))

    def _add(self, slot: int, at: QPointF) -> None:
        hot, free = slot == self.target, slot not in self.occupied
        radius = RADIUS_PX * (1.35 if hot else 1.0)
        ring = QGraphicsEllipseItem(QRectF(-radius, -radius * FLATNESS, 2 * radius, 2 * radius * FLATNESS))
        ring.setPos(at)
        ring.setPen(_pen(hot, free, self.is_dragging))
        ring.setBrush(_ground(hot, self.is_dragging))
        ring.setZValue(self._stage.order.seats)
        ring.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self._stage.addItem(ring)
        self._rings.append(ring)
        if not free or hot:
            return
        number = QGraphicsSimpleTextItem(str(slot + 1))
        number.setFont(palette.font(11, 600))
        number.setBrush(palette.pill_text())
        box = number.boundingRect()
        number.setPos(round(at.x() - box.width() / 2), round(at.y() - box.height() / 2))
        number.setZValue(self._stage.order.seats + 0.1)
        self._stage.addItem(number)
        self._numbers.append(number)


def _pen(hot: bool, free: bool, dragging: bool) -> QPen:
    color = palette.token("accent") if dragging or hot else QColor(255, 255, 255, 210)
    return QPen(color, 2.6 if hot else 1.8, Qt.PenStyle.DashLine if free and not hot else Qt.PenStyle.SolidLine)


def _ground(hot: bool, dragging: bool) -> QColor:
    color = palette.pill_selected()
    color.setAlpha(175 if hot else 90 if dragging else 0)
    return color if dragging or hot else QColor(24, 22, 30, 96)
