"""Rings on the seats while agents are assigned: free ones numbered, the one under the pointer filled.

A ring is a pixmap that all seats of the same look share, so lighting one of 500 seats exchanges one picture.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from math import ceil, hypot
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QGraphicsPixmapItem, QGraphicsSimpleTextItem

from office_studio.core.office.seating import Place
from office_studio.ui.render import palette
from office_studio.ui.render.drag import Lights, SeatLight

if TYPE_CHECKING:
    from office_studio.ui.render.scene import StageScene

RADIUS_PX = 21.0
SMALLEST_PX = 10.0
FLATNESS = 0.52  # rings lie on the floor
SNAP_PX = 56.0
MANY = 80  # seats compared with each other for the size of their rings
BARRED_OPACITY = 0.35
_LARGE = {SeatLight.TARGET: 1.35, SeatLight.GLOW: 1.15}


class SeatLayer:
    """Slots in home-seat order. Shown in assign mode and while an agent is carried."""

    def __init__(self, stage: StageScene) -> None:
        self._stage = stage
        self._rings: list[QGraphicsPixmapItem] = []
        self._numbers: dict[int, QGraphicsSimpleTextItem] = {}
        self._looks: list[tuple[object, ...]] = []  # of each ring, to exchange only what differs
        self._pictures: dict[tuple[object, ...], QPixmap] = {}
        self._lights: Lights = {}
        self._radius = RADIUS_PX
        self._places: list[QPointF] = []
        self.occupied: frozenset[int] = frozenset()
        self.is_visible = False

    @property
    def lights(self) -> Lights:
        return self._lights

    @property
    def are_shown(self) -> bool:
        return bool(self._rings) and self._rings[0].isVisible()

    def rebuild(self) -> None:
        """Another theme: other seats."""
        for item in (*self._rings, *self._numbers.values()):
            self._stage.removeItem(item)
        self._rings, self._numbers, self._looks, self._lights = [], {}, [], {}
        self._pictures.clear()
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
        scale, x, y = self._stage.scale, at.x(), at.y()
        body = 60.0 * scale  # the seat's figure counts as the seat
        reach = SNAP_PX / 2 + RADIUS_PX / 2
        for slot, place in enumerate(self.homes()):
            dx = abs(x - place.seat.at.x * scale)
            if dx > reach:
                continue
            dy = y - place.seat.at.y * scale
            distance = max(dx, max(0.0, -dy - body) if dy < 0 else dy / FLATNESS)
            if distance <= reach and (best is None or distance < best[0]):
                best = (distance, slot)
        return None if best is None else best[1]

    def number_rects(self) -> list[QRectF]:
        """Ground of the numbers, scene pixels; figures' labels keep off it."""
        return [item.sceneBoundingRect() for item in self._numbers.values() if item.isVisible()]

    def set_lit(self, lights: Lights) -> None:
        """Mark seats; those not named are as the mode has them."""
        if lights == self._lights:
            return
        was_shown = self.is_visible or bool(self._lights)
        before, self._lights = self._lights, dict(lights)
        if (self.is_visible or bool(lights)) != was_shown or not self._rings:
            self.place()
            return
        for slot in before.keys() | lights.keys():
            if before.get(slot) != lights.get(slot) and 0 <= slot < len(self._rings):
                self._dress(slot)

    def place(self) -> None:
        """Put every ring where its seat is now, and show or hide them all."""
        shown = self.is_visible or bool(self._lights)
        if not shown and not self._rings:
            return
        homes = self.homes() if shown else ()
        while len(self._rings) > len(homes) and shown:
            self._stage.removeItem(self._rings.pop())
            self._looks.pop()
            if (number := self._numbers.pop(len(self._rings), None)) is not None:
                self._stage.removeItem(number)
        places = [self._stage.to_scene(home.seat.at) for home in homes]
        if places != self._places:
            self._places, self._radius = places, ring_radius(places)  # looks at thousands of pairs
        while len(self._rings) < len(places):
            self._rings.append(self._new_ring())
            self._looks.append(())
        for ring in self._rings:
            ring.setVisible(shown)
        for number in self._numbers.values():
            number.setVisible(False)
        for slot, at in enumerate(places):
            self._rings[slot].setPos(at)
            self._dress(slot)

    # -- inside ------------------------------------------------------------------------------------
    def _new_ring(self) -> QGraphicsPixmapItem:
        ring = QGraphicsPixmapItem()
        ring.setZValue(self._stage.order.seats)
        ring.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self._stage.addItem(ring)
        return ring

    def _dress(self, slot: int) -> None:
        """Give a ring the picture of its present look."""
        ring, light, free = self._rings[slot], self._lights.get(slot), slot not in self.occupied
        look = (light, free, self._radius, self._stage.ratio)
        if look != self._looks[slot]:
            self._looks[slot] = look
            picture = self._picture(look)
            ring.setPixmap(picture)
            size = picture.deviceIndependentSize()
            ring.setOffset(-size.width() / 2, -size.height() / 2)
            ring.setOpacity(BARRED_OPACITY if light in (SeatLight.BARRED, SeatLight.SOURCE) else 1.0)
        self._show_number(slot, wanted=free and light is not SeatLight.TARGET)

    def _show_number(self, slot: int, *, wanted: bool) -> None:
        number = self._numbers.get(slot)
        if number is None:
            if not wanted:
                return
            number = self._numbers[slot] = QGraphicsSimpleTextItem(str(slot + 1))
            number.setBrush(palette.pill_text())
            number.setZValue(self._stage.order.seats + 0.1)
            self._stage.addItem(number)
        number.setVisible(wanted)
        if wanted:
            number.setFont(palette.font(11 if self._radius > 13 else 10, 600))
            box, at = number.boundingRect(), self._rings[slot].pos()
            number.setPos(round(at.x() - box.width() / 2), round(at.y() - box.height() / 2))
            number.setOpacity(BARRED_OPACITY if self._lights.get(slot) is SeatLight.BARRED else 1.0)

    def _picture(self, look: tuple[object, ...]) -> QPixmap:
        if look not in self._pictures:
            if len(self._pictures) > 60:  # of zooms before
                self._pictures.clear()
            light, free, _radius, ratio = look
            self._pictures[look] = paint_ring(light, self._radius, free=bool(free), ratio=float(ratio))  # type: ignore[arg-type]
        return self._pictures[look]


def paint_ring(light: SeatLight | None, radius: float, *, free: bool, ratio: float) -> QPixmap:
    """A ring lying on the floor, its middle in the middle of the picture."""
    radius *= _LARGE.get(light, 1.0) if light is not None else 1.0
    side, height = ceil(2 * radius + 6), ceil(2 * radius * FLATNESS + 6)
    image = QImage(round(side * ratio), round(height * ratio), QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    ellipse = QRectF(side / 2 - radius, height / 2 - radius * FLATNESS, 2 * radius, 2 * radius * FLATNESS)
    # A wide pale line below the violet one: seen on light floors and on dark ones.
    painter.setPen(QPen(QColor(255, 255, 255, 90), 3.6))
    painter.drawEllipse(ellipse)
    hot = light in (SeatLight.TARGET, SeatLight.GLOW)
    pen = QPen(palette.token("accent"), 2.6 if hot else 2.2 if light is SeatLight.LEGAL else 1.8)
    if light is SeatLight.SOURCE:
        pen.setStyle(Qt.PenStyle.DashLine)
    painter.setPen(pen)
    painter.setBrush(_ground(light, free))
    painter.drawEllipse(ellipse)
    painter.end()
    return QPixmap.fromImage(image)


def ring_radius(places: Sequence[QPointF]) -> float:
    """Half the width of all rings, px: as large as they can be without touching, within limits."""
    nearest = min(
        (hypot(a.x() - b.x(), (a.y() - b.y()) / FLATNESS) for a, b in combinations(places[:MANY], 2)),
        default=2 * RADIUS_PX + 4,
    )
    return max(SMALLEST_PX, min(RADIUS_PX, nearest / 2 - 2))


def _ground(light: SeatLight | None, free: bool) -> QColor:
    """Violet glass: strong under the pointer, enough behind a number, faint under a figure."""
    color = palette.pill_selected()
    color.setAlpha(200 if light is SeatLight.TARGET else 165 if free or light is SeatLight.GLOW else 70)
    return color
