"""Name pills and bubbles: painted once per text and state, at a readable size whatever the zoom."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QFontMetricsF, QImage, QPainter, QPainterPath, QPixmap

from office_studio.ui.render import palette
from office_studio.ui.render.bubble_spots import nearest
from office_studio.ui.render.marks import draw_mark

PILL_HEIGHT = 18.0
SHAPE_SIZE = 10.0
MAX_NAME_WIDTH = 132.0
BUBBLE_WIDTH = 190.0
COMPACT_CHARS = 28
_SHADOW = 2.0  # room around a bubble for its soft edge
_KEPT = 600


@dataclass(frozen=True, slots=True)
class PillLook:
    """Everything a pill depends on. ``name`` empty: only the shape."""

    name: str
    status: str
    selected: bool = False
    stale: bool = False


@dataclass(frozen=True, slots=True)
class BubbleLook:
    """``is_compact``: one short line, for a small or crowded stage."""

    text: str
    status: str
    is_compact: bool = False


class LabelPainter:
    """Pixmaps of labels. GUI thread only."""

    def __init__(self) -> None:
        self._ratio = 1.0
        self._kept: OrderedDict[object, QPixmap] = OrderedDict()

    def set_ratio(self, ratio: float) -> None:
        if ratio != self._ratio:
            self._ratio = ratio
            self._kept.clear()

    def pill(self, look: PillLook) -> QPixmap:
        return self._cached(look, lambda: self._paint(pill_size(look), lambda p, r: _pill(p, r, look)))

    def bubble(self, look: BubbleLook) -> QPixmap:
        return self._cached(look, lambda: self._paint(bubble_size(look), lambda p, r: _bubble(p, r, look)))

    def _cached(self, key: object, make: Callable[[], QPixmap]) -> QPixmap:
        found = self._kept.get(key)
        if found is None:
            found = self._kept[key] = make()
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        else:
            self._kept.move_to_end(key)
        return found

    def _paint(self, size: QSizeF, draw: Callable[[QPainter, QRectF], None]) -> QPixmap:
        image = QImage((size * self._ratio).toSize(), QImage.Format.Format_ARGB32_Premultiplied)
        image.setDevicePixelRatio(self._ratio)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        draw(painter, QRectF(QPointF(0, 0), size))
        painter.end()
        return QPixmap.fromImage(image)


def pill_size(look: PillLook) -> QSizeF:
    wide = 6.0 if look.status == "collaborating" else 0.0
    if not look.name:
        return QSizeF(PILL_HEIGHT + wide, PILL_HEIGHT)
    return QSizeF(round(_name_width(look.name) + 28 + wide), PILL_HEIGHT)


@lru_cache(maxsize=2000)
def _name_width(name: str) -> float:
    return min(MAX_NAME_WIDTH, QFontMetricsF(palette.font()).horizontalAdvance(name))


@lru_cache(maxsize=500)
def bubble_size(look: BubbleLook) -> QSizeF:
    lines = _lines(look)
    metrics = QFontMetricsF(palette.font(12))
    text = max((metrics.horizontalAdvance(line) for line in lines), default=0.0)
    width, height = round(text + 42), (8 if look.is_compact else 12) + 16 * len(lines)
    return QSizeF(width + 2 * _SHADOW, height + 2 * _SHADOW)


def _lines(look: BubbleLook) -> list[str]:
    if not look.is_compact:
        return wrap(look.text)
    text = " ".join(look.text.split())
    return wrap(text if len(text) <= COMPACT_CHARS else text[: COMPACT_CHARS - 1].rstrip() + "…", 1)


def wrap(text: str, max_lines: int = 2) -> list[str]:
    """At most two lines, broken between words, the last one elided."""
    metrics = QFontMetricsF(palette.font(12))
    lines: list[str] = []
    rest = " ".join(text.split())
    while rest and len(lines) < max_lines - 1 and metrics.horizontalAdvance(rest) > BUBBLE_WIDTH:
        line, rest = _break(rest, metrics)
        lines.append(line)
    if rest:
        lines.append(metrics.elidedText(rest, Qt.TextElideMode.ElideRight, BUBBLE_WIDTH))
    return lines


def _break(text: str, metrics: QFontMetricsF) -> tuple[str, str]:
    words, line = text.split(" "), ""
    for index, word in enumerate(words):
        longer = f"{line} {word}".strip()
        if metrics.horizontalAdvance(longer) > BUBBLE_WIDTH and line:
            return line, " ".join(words[index:])
        line = longer
        if metrics.horizontalAdvance(line) > BUBBLE_WIDTH:  # one word longer than a line
            return metrics.elidedText(line, Qt.TextElideMode.ElideRight, BUBBLE_WIDTH), " ".join(words[index + 1 :])
    return line, ""


def _pill(painter: QPainter, rect: QRectF, look: PillLook) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(palette.pill_selected() if look.selected else palette.pill())
    painter.drawRoundedRect(rect, rect.height() / 2, rect.height() / 2)
    wide = 3.0 if look.status == "collaborating" else 0.0
    ink = palette.mark(look.status, stale=look.stale)
    at = QPointF(rect.height() / 2 + 1.5 + wide, rect.center().y()) if look.name else rect.center()
    draw_mark(painter, at, SHAPE_SIZE, look.status, ink, hole=palette.pill())
    if look.name:
        font = palette.font()
        painter.setFont(font)
        painter.setPen(palette.pill_text())
        room = rect.adjusted(19 + 2 * wide, 0, -7, 0)
        name = QFontMetricsF(font).elidedText(look.name, Qt.TextElideMode.ElideRight, room.width() + 1)
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, name)


def _bubble(painter: QPainter, rect: QRectF, look: BubbleLook) -> None:
    body = rect.adjusted(_SHADOW, _SHADOW, -_SHADOW, -_SHADOW)
    painter.setPen(Qt.PenStyle.NoPen)
    for spread, alpha in ((2.0, 16), (1.0, 28)):
        shade = palette.pill()
        shade.setAlpha(alpha)
        painter.setBrush(shade)
        painter.drawRoundedRect(body.adjusted(-spread, -spread + 1, spread, spread), 9, 9)
    painter.setBrush(palette.bubble())
    painter.drawRoundedRect(body, 8, 8)
    lines = _lines(look)
    top = body.center().y() - 8 * len(lines)
    draw_mark(painter, QPointF(body.left() + 15, top + 8), 12, look.status, palette.bubble_mark(look.status),
              hole=palette.bubble())  # fmt: skip
    painter.setFont(palette.font(12))
    painter.setPen(palette.bubble_text())
    for index, line in enumerate(lines):
        room = QRectF(body.left() + 28, top + 16 * index, body.width() - 32, 16)
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, line)


def tail_path(bubble: QRectF, tip: QPointF) -> QPainterPath:
    """The wedge from a bubble to the point it speaks from. Lies below the bubble, whose edge hides its wide end."""
    start = QPointF(*nearest((bubble.left(), bubble.top(), bubble.right(), bubble.bottom()), tip.toTuple(), 14))
    along = tip - start
    length = max(1.0, (along.x() ** 2 + along.y() ** 2) ** 0.5)
    along /= length
    half = 5.5 if length < 30 else 3.5
    across, root = QPointF(-along.y(), along.x()) * half, start - along * (_SHADOW + 2)
    path = QPainterPath(root + across)
    path.lineTo(tip)
    path.lineTo(root - across)
    path.closeSubpath()
    return path
