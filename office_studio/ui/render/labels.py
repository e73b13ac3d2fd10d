"""Name tags, bubbles and badges: painted once per look, at a readable size whatever the zoom."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPainterPath, QPen, QPixmap

from office_studio.ui.render import palette
from office_studio.ui.render.bubble_look import BubbleLook, bubble_size, paint_bubble
from office_studio.ui.render.marks import draw_mark
from office_studio.ui.render.tag_style import BadgeStyle, TagStyle, font_of, paint_badge

PILL_HEIGHT = 18.0
SHAPE_SIZE = 10.0
MAX_NAME_WIDTH = 132.0
_KEPT = 600
_TINT = 0.3  # share of an agent's own colour in its name tag


@dataclass(frozen=True, slots=True)
class PillLook:
    """Everything a pill depends on. ``name`` empty: only the shape; ``style`` None: our own dark pill."""

    name: str
    status: str
    selected: bool = False
    stale: bool = False
    style: TagStyle | None = None
    tint: tuple[int, int, int] | None = None  # tells agents apart that all wear the same


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
        return self._cached(look, lambda: self._paint(bubble_size(look), lambda p, r: paint_bubble(p, r, look)))

    def badge(self, style: BadgeStyle, status: str, *, stale: bool) -> QPixmap:
        def draw(painter: QPainter, rect: QRectF) -> None:
            paint_badge(painter, rect, style, status, stale)

        return self._cached((style, status, stale), lambda: self._paint(QSizeF(style.side, style.side), draw))

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
    """Logical pixels."""
    wide = 6.0 if look.status == "collaborating" else 0.0
    if not look.name:
        return QSizeF(PILL_HEIGHT + wide, PILL_HEIGHT)
    style = look.style
    if style is None:
        return QSizeF(round(_name_width(look.name) + 28 + wide), PILL_HEIGHT)
    width = _shape_room(look) + _styled_width(look.name, style) + 2 * style.pad_x
    return QSizeF(round(width), _styled_height(style))


@lru_cache(maxsize=2000)
def _name_width(name: str) -> float:
    return min(MAX_NAME_WIDTH, QFontMetricsF(palette.font()).horizontalAdvance(name))


@lru_cache(maxsize=2000)
def _styled_width(name: str, style: TagStyle) -> float:
    """Of the text, cut so that the whole tag is no wider than the theme wants."""
    return min(style.max_width, QFontMetricsF(font_of(style)).horizontalAdvance(name))


@lru_cache(maxsize=64)
def _styled_height(style: TagStyle) -> float:
    return round(QFontMetricsF(font_of(style)).height() + 2 * style.pad_y)


def _shape_room(look: PillLook) -> float:
    """Left of the name, for the status shape."""
    if look.style is None or not look.style.has_shape:
        return 0.0
    return SHAPE_SIZE + 5 + (6.0 if look.status == "collaborating" else 0.0)


def _pill(painter: QPainter, rect: QRectF, look: PillLook) -> None:
    if look.style is not None and look.name:
        _styled_pill(painter, rect, look, look.style)
        return
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(palette.pill_selected() if look.selected else _tinted(palette.pill(), look))
    painter.drawRoundedRect(rect, rect.height() / 2, rect.height() / 2)
    wide = 3.0 if look.status == "collaborating" else 0.0
    at = QPointF(rect.height() / 2 + 1.5 + wide, rect.center().y()) if look.name else rect.center()
    draw_mark(painter, at, SHAPE_SIZE, look.status, palette.mark(look.status, stale=look.stale), hole=palette.pill())
    if look.name:
        room = rect.adjusted(19 + 2 * wide, 0, -7, 0)
        painter.setPen(palette.pill_text())
        _name(painter, room, look.name, palette.font())


def _styled_pill(painter: QPainter, rect: QRectF, look: PillLook, style: TagStyle) -> None:
    """The theme's tag; the selected one takes the accent, as everywhere."""
    ground = palette.pill_selected() if look.selected else _tinted(palette.qcolor(style.ground), look)
    ink = palette.pill_text() if look.selected else palette.qcolor(style.color)
    radius = min(style.radius, rect.height() / 2)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    painter.drawRoundedRect(rect, radius, radius)
    shape = _shape_room(look)
    if shape:
        at = QPointF(rect.left() + style.pad_x + (shape - 5) / 2, rect.center().y())
        mark = palette.mark(look.status, stale=look.stale)
        if ground.lightness() > 140 and ground.alpha() > 90:
            mark = palette.bubble_mark(look.status) if not look.stale else mark.darker(160)
        draw_mark(painter, at, SHAPE_SIZE, look.status, mark, hole=ground)
    room = rect.adjusted(style.pad_x + shape, 0, -style.pad_x, 0)
    if style.needs_edge and not look.selected:
        _edged_name(painter, room, look.name, font_of(style), ink)
    else:
        painter.setPen(ink)
        _name(painter, room, look.name, font_of(style))


def _tinted(ground: QColor, look: PillLook) -> QColor:
    """The ground with a trace of the agent's own colour, as opaque as before, so that text stays as readable."""
    if look.tint is None:
        return ground
    parts = (round(a + (b - a) * _TINT) for a, b in zip(ground.getRgb(), look.tint, strict=False))
    return QColor(*parts, ground.alpha())


def _name(painter: QPainter, room: QRectF, name: str, font: QFont) -> None:
    painter.setFont(font)
    text = QFontMetricsF(font).elidedText(name, Qt.TextElideMode.ElideRight, room.width() + 1)
    painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)


def _edged_name(painter: QPainter, room: QRectF, name: str, font: QFont, ink: QColor) -> None:
    """Text without a ground behind it: a soft edge of the opposite brightness keeps it readable on any picture."""
    metrics = QFontMetricsF(font)
    text = metrics.elidedText(name, Qt.TextElideMode.ElideRight, room.width() + 1)
    path = QPainterPath()
    path.addText(room.left(), room.center().y() + (metrics.ascent() - metrics.descent()) / 2, font, text)
    edge = QColor(0, 0, 0, 150) if ink.lightness() > 127 else QColor(255, 255, 255, 170)
    painter.setPen(QPen(edge, 2.4, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
    painter.setBrush(edge)
    painter.drawPath(path)
    painter.setPen(ink)
    _name(painter, room, name, font)
