"""Pictures of far figures: a status shape for one, a ringed disc with a number for many. Kept, because few differ."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from math import ceil

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QImage, QPainter, QPen, QPixmap

from office_studio.ui.render import palette
from office_studio.ui.render.marks import draw_mark

TOKEN_PX, MARK_PX = 13.0, 17.0
ORDER = ("blocked", "working", "collaborating", "idle", "offline")
_STEPS = 12  # parts of the ring that are told apart
_RING_PX = 3.6
_ROOM_PX = 6.0  # around a disc, for the mark at its corner
_WORDS_PX = 16.0  # height of a number's picture
_MAX_DISCS = 4_000


def disc_px(count: int) -> float:
    """Diameter of a cluster's disc: grows with the digits that fit into it, and a little with the number."""
    return min(38.0, 21.0 + 3.1 * (count.bit_length() - 1))


def shares(counts: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    """The ring of a cluster: statuses in order and their part of it in steps; nobody who is there is left out."""
    known = dict.fromkeys(ORDER, 0)
    for status, number in counts.items():
        known["offline" if status not in known else status] += number
    total = sum(known.values())
    parts = {s: max(1, round(n / total * _STEPS)) for s, n in known.items() if n}
    largest = max(parts, key=lambda status: (parts[status], status))
    parts[largest] = max(1, parts[largest] + _STEPS - sum(parts.values()))
    return tuple((status, parts[status]) for status in ORDER if status in parts)


@cache
def token(status: str, ratio: float, is_stale: bool, size: float = TOKEN_PX) -> QPixmap:
    """The shape of one status on a dark disc."""
    side = size + 6
    image = _blank(side, side, ratio)
    painter = _painter(image)
    middle = QPointF(side / 2, side / 2)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(palette.pill())
    painter.drawEllipse(middle, side / 2 - 0.5, side / 2 - 0.5)
    draw_mark(painter, middle, size * 0.8, status, palette.mark(status, stale=is_stale), palette.pill())
    painter.end()
    return QPixmap.fromImage(image)


def disc(
    words: str, side: float, ring: tuple[tuple[str, int], ...], has_blocked: bool, ratio: float, is_stale: bool
) -> QPixmap:
    """A number in a ring of statuses; a red mark at its upper right when somebody in it is blocked."""
    key = (words, side, ring, has_blocked, ratio, is_stale)
    found = _discs.get(key)
    if found is None:
        if len(_discs) >= _MAX_DISCS:
            _discs.clear()
        # Of few pictures that are slow to draw; a copy with the number on it takes microseconds.
        found = _discs[key] = QPixmap(_ring(side, ring, has_blocked, ratio, is_stale))
        number = _words(words, ratio)
        at = QPointF((side + 2 * _ROOM_PX) / 2 - number.width() / ratio / 2, 0)
        painter = QPainter(found)
        painter.drawPixmap(QPointF(round(at.x() * ratio) / ratio, _ROOM_PX + (side - _WORDS_PX) / 2), number)
        painter.end()
    return found


_discs: dict[object, QPixmap] = {}


@cache
def _ring(side: float, ring: tuple[tuple[str, int], ...], has_blocked: bool, ratio: float, is_stale: bool) -> QPixmap:
    image = _blank(side + 2 * _ROOM_PX, side + 2 * _ROOM_PX, ratio)
    painter = _painter(image)
    box = QRectF(_ROOM_PX, _ROOM_PX, side, side)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(palette.pill())
    painter.drawEllipse(box)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    inner = box.adjusted(_RING_PX / 2, _RING_PX / 2, -_RING_PX / 2, -_RING_PX / 2)
    at = 90.0
    for status, steps in ring:
        span = steps / _STEPS * 360
        ink = palette.mark(status, stale=is_stale)
        painter.setPen(QPen(ink, _RING_PX, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
        painter.drawArc(inner, round(at * 16), round(-span * 16))
        at -= span
    if has_blocked:
        spot = QPointF(box.right() - 3, box.top() + 3)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(palette.pill())
        painter.drawEllipse(spot, 8, 8)
        draw_mark(painter, spot, 12.5, "blocked", palette.mark("blocked", stale=is_stale), palette.pill())
    painter.end()
    return QPixmap.fromImage(image)


@cache
def _words(words: str, ratio: float) -> QPixmap:
    font = palette.font(12 if len(words) < 3 else 11, 600)
    wide = QFontMetricsF(font).horizontalAdvance(words) + 2
    image = _blank(ceil(wide), _WORDS_PX, ratio)
    painter = _painter(image)
    painter.setPen(palette.pill_text())
    painter.setFont(font)
    painter.drawText(QRectF(0, 0, ceil(wide), _WORDS_PX), Qt.AlignmentFlag.AlignCenter, words)
    painter.end()
    return QPixmap.fromImage(image)


def forget() -> None:
    """Drop all pictures: for another screen or theme."""
    for kept in (token, _ring, _words):
        kept.cache_clear()
    _discs.clear()


def _blank(width: float, height: float, ratio: float) -> QImage:
    image = QImage(round(width * ratio), round(height * ratio), QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.transparent)
    return image


def _painter(image: QImage) -> QPainter:
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    return painter
