"""Rings on the seats while agents are assigned: free ones numbered, the one under the pointer filled."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from math import hypot
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPen
from PySide6.QtWidgets import QGraphicsEllipseItem, QGraphicsSimpleTextItem

from office_studio.core.office.seating import Place
from office_studio.ui.render import palette

if TYPE_CHECKING:
    from office_studio.ui.render.scene import StageScene

RADIUS_PX = 21.0
SMALLEST_PX = 10.0
FLATNESS = 0.52  # rings lie on the floor
SNAP_PX = 56.0
MANY = 80  # seats compared with each other for the size of their rings


class SeatLayer:
    """Slots in home-seat order. Shown in assign mode and during a drag."""

    def __init__(self, stage: StageScene) -> None:
        self._stage = stage
        self._rings: list[QGraphicsEllipseItem] = []
        self._grounds: list[QGraphicsEllipseItem] = []
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

    def number_rects(self) -> list[QRectF]:
        """Ground of the numbers, scene pixels; figures' labels keep off it."""
        return [item.sceneBoundingRect() for item in self._numbers]

    def place(self) -> None:
        """Draw the rings anew."""
        for item in (*self._rings, *self._grounds, *self._numbers):
            self._stage.removeItem(item)
        self._rings, self._grounds, self._numbers = [], [], []
        if not (self.is_visible or self.is_dragging):
            return
        places = [self._stage.to_scene(home.seat.at) for home in self.homes()]
        radius = ring_radius(places)
        for slot, at in enumerate(places):
            self._add(slot, at, radius)

    def _add(self, slot: int, at: QPointF, radius: float) -> None:
        hot, free = slot == self.target, slot not in self.occupied
        if hot:
            radius *= 1.35
        # A wide pale line below the violet one: seen on light floors and on dark ones.
        for pen, ground in ((QPen(QColor(255, 255, 255, 90), 3.6), None), (_pen(hot), _ground(hot, free))):
            ring = QGraphicsEllipseItem(QRectF(-radius, -radius * FLATNESS, 2 * radius, 2 * radius * FLATNESS))
            ring.setPos(at)
            ring.setPen(pen)
            if ground is not None:
                ring.setBrush(ground)
                self._rings.append(ring)
            else:
                self._grounds.append(ring)
            ring.setZValue(self._stage.order.seats)
            ring.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
            self._stage.addItem(ring)
        if free and not hot:
            self._add_number(slot, at, radius)

    def _add_number(self, slot: int, at: QPointF, radius: float) -> None:
        number = QGraphicsSimpleTextItem(str(slot + 1))
        number.setFont(palette.font(11 if radius > 13 else 10, 600))
        number.setBrush(palette.pill_text())
        box = number.boundingRect()
        number.setPos(round(at.x() - box.width() / 2), round(at.y() - box.height() / 2))
        number.setZValue(self._stage.order.seats + 0.1)
        self._stage.addItem(number)
        self._numbers.append(number)


def ring_radius(places: Sequence[QPointF]) -> float:
    """Half the width of all rings, px: as large as they can be without touching, within limits."""
    nearest = min(
        (hypot(a.x() - b.x(), (a.y() - b.y()) / FLATNESS) for a, b in combinations(places[:MANY], 2)),
        default=2 * RADIUS_PX + 4,
    )
    return max(SMALLEST_PX, min(RADIUS_PX, nearest / 2 - 2))


def _pen(hot: bool) -> QPen:
    return QPen(palette.token("accent"), 2.6 if hot else 1.8)


def _ground(hot: bool, free: bool) -> QColor:
    """Violet glass: strong under the pointer, enough behind a number, faint under a figure."""
    color = palette.pill_selected()
    color.setAlpha(190 if hot else 165 if free else 70)
    return color
