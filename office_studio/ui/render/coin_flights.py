"""Coins that leave a jar, fly back to the safe, and a jar that closes: under a second, then nothing is left of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEasingCurve, QPointF, QVariantAnimation
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QGraphicsPixmapItem

from office_studio.ui.render.jar_looks import COIN, paint_coin

if TYPE_CHECKING:
    from office_studio.ui.render.scene import StageScene

FLIGHT_MS = 900
_MOST = 24  # things in the air; more say nothing more
_STAGGER = 0.18  # part of a flight by which one coin starts after the other
_ARCH = 46.0  # px


class CoinFlights:
    """Those of one stage. Whoever asks for them knows whether anything may move."""

    def __init__(self, stage: StageScene) -> None:
        self._stage = stage
        self._flights: dict[QVariantAnimation, list[QGraphicsPixmapItem]] = {}
        self.begun = 0  # flights so far

    @property
    def is_flying(self) -> bool:
        return bool(self._flights)

    def fly(self, start: QPointF, end: QPointF, count: int, *, vanishes: bool = False) -> None:
        """``count`` coins from one scene point to another, one after the other. ``vanishes``: fainter on their way."""
        coin = paint_coin(self._stage.ratio)
        items = [self._item(coin) for _ in range(self._room_for(count))]
        half = QPointF(COIN.width() / 2, COIN.height() / 2)

        def step(part: float) -> None:
            for number, item in enumerate(items):
                own = min(1.0, max(0.0, part * (1 + _STAGGER * (count - 1)) - _STAGGER * number))
                item.setPos(on_the_way(start, end, own) - half)
                item.setOpacity(1 - own**3 if vanishes else 1.0 if own < 1 else 0.0)

        self._begin(items, step)

    def fade(self, picture: QPixmap, at: QPointF) -> None:
        """A picture that stands there for a moment and goes."""
        items = [self._item(picture) for _ in range(self._room_for(1))]

        def step(part: float) -> None:
            for item in items:
                item.setPos(at)
                item.setOpacity(min(1.0, 2.4 * (1 - part)))

        self._begin(items, step)

    def end(self) -> None:
        """Nothing is in the air any more."""
        for flight in list(self._flights):
            flight.stop()
            self._land(flight)

    # -- inside ------------------------------------------------------------------------------------
    def _room_for(self, count: int) -> int:
        return max(0, min(count, _MOST - sum(len(items) for items in self._flights.values())))

    def _item(self, picture: QPixmap) -> QGraphicsPixmapItem:
        item = QGraphicsPixmapItem(picture)
        item.setZValue(self._stage.order.labels - 0.5)  # names and bubbles lie over it
        self._stage.addItem(item)
        return item

    def _begin(self, items: list[QGraphicsPixmapItem], step: Callable[[float], None]) -> None:
        if not items:
            return
        self.begun += 1
        flight = QVariantAnimation(self._stage, duration=FLIGHT_MS, startValue=0.0, endValue=1.0)  # type: ignore[call-overload]
        flight.setEasingCurve(QEasingCurve.Type.InOutQuad)
        flight.valueChanged.connect(lambda value: step(float(value)))
        flight.finished.connect(lambda: self._land(flight))
        self._flights[flight] = items
        step(0.0)
        flight.start()

    def _land(self, flight: QVariantAnimation) -> None:
        for item in self._flights.pop(flight, ()):
            self._stage.removeItem(item)
        flight.deleteLater()


def on_the_way(start: QPointF, end: QPointF, part: float) -> QPointF:
    """Where a coin is after ``part`` (0 to 1) of its way, on a low arch."""
    straight = start + (end - start) * part
    return straight - QPointF(0, 4 * part * (1 - part) * _ARCH)
