"""What of OfficeX stands in an office, and what it looks like: jars, lamps, signs, the safe. Sizes are logical pixels.

Each is a small picture with its words on a dark pill at its right, of constant size on screen.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPainterPath, QPen, QPixmap

from office_studio.ui.render import palette

GLASS = QSizeF(22, 26)
COIN = QSizeF(11, 8)
_WORDS_GAP, _PILL_PAD, _PILL_HEIGHT = 3.0, 5.0, 16.0
LEVELS = 20  # that look different
_OLD = 0.62  # opacity of the picture of old news


@dataclass(frozen=True, slots=True)
class Jar:
    """An open reservation as a stage shows it.

    Attributes:
        agent_id: Whose figure it stands at; "" stands in the corner for all.
        level: What is left of it, 0 to 1.
        words: Used and reserved, short.
        tip: All that is known of it; the first line is its accessible name.
        owner: Whose it is, said where it stands in the corner.
        is_old: It may be otherwise by now; drawn in grey.
    """

    id: str
    agent_id: str
    level: float
    words: str
    tip: str = ""
    owner: str = "shared"
    is_old: bool = False

    @property
    def look(self) -> tuple[object, ...]:
        """What it is drawn by, without its words."""
        return "jar", round(self.level * LEVELS), self.is_old


class SignKind(StrEnum):
    LAMP = "lamp"  # amber: charged as often as allowed, for now
    CLOSED = "closed"  # may not charge any more
    SAFE = "safe"  # the wallet
    EMPTY = "empty"  # the wallet, with too little in it


@dataclass(frozen=True, slots=True)
class Sign:
    """What a wallet or an install has to say; the fields are those of :class:`Jar`."""

    id: str
    agent_id: str
    kind: SignKind
    words: str
    tip: str = ""
    owner: str = ""
    is_old: bool = False

    @property
    def look(self) -> tuple[object, ...]:
        return self.kind.value, self.is_old


Thing = Jar | Sign


def accessible_name(tip: str) -> str:
    """What screen readers say of it."""
    return tip.split("\n", 1)[0]


# -- sizes and pictures ----------------------------------------------------------------------------
def _told(words: str, more: int) -> str:
    return f"{words}  +{more}" if more else words


@lru_cache(maxsize=1024)  # asked in each frame in which somebody walks
def _width(told: str) -> float:
    return QFontMetricsF(palette.font(11, 600)).horizontalAdvance(told)


def thing_size(words: str, more: int = 0) -> QSizeF:
    """A thing with its words. ``more``: how many it stands for besides itself."""
    width = _width(_told(words, more))
    return QSizeF(round(GLASS.width() + _WORDS_GAP + width + 2 * _PILL_PAD), GLASS.height())


def paint_thing(thing: Thing, words: str, ratio: float, *, more: int = 0) -> QPixmap:
    """A thing and, at its right, ``words``."""
    size = thing_size(words, more)
    image, painter = _canvas(size, ratio)
    if thing.is_old:
        painter.setOpacity(_OLD)
    box = QRectF(QPointF(0, 0), GLASS)
    if isinstance(thing, Jar):
        _paint_glass(painter, box, max(0.0, min(1.0, thing.level)), is_old=thing.is_old)
    else:
        _SIGNS[thing.kind](painter, box, thing.is_old)
    painter.setOpacity(1.0)  # words are read
    is_bad = isinstance(thing, Sign) and thing.kind is SignKind.EMPTY and not thing.is_old
    _paint_words(painter, size, _told(words, more), palette.bubble_mark("blocked") if is_bad else palette.pill())
    painter.end()
    return QPixmap.fromImage(image)


def paint_closed_jar(ratio: float) -> QPixmap:
    """A jar of which nothing is held any more, its lid on."""
    image, painter = _canvas(GLASS, ratio)
    box = QRectF(QPointF(0, 0), GLASS)
    _paint_glass(painter, box, 0.0)
    _paint_lid(painter, box, shut=True)
    pen = QPen(palette.token("working_mark"), 2.2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    at = box.center() + QPointF(0, 3)
    painter.drawPolyline([at + QPointF(-4, 0), at + QPointF(-1, 3), at + QPointF(4.5, -3.5)])
    painter.end()
    return QPixmap.fromImage(image)


def paint_coin(ratio: float) -> QPixmap:
    """One coin, as they fly."""
    image, painter = _canvas(COIN, ratio)
    painter.setPen(QPen(palette.bubble_mark("idle"), 1.2))
    painter.setBrush(palette.token("idle_mark"))
    painter.drawEllipse(QRectF(QPointF(1, 1), COIN - QSizeF(2, 2)))
    painter.end()
    return QPixmap.fromImage(image)


def _canvas(size: QSizeF, ratio: float) -> tuple[QImage, QPainter]:
    image = QImage((size * ratio).toSize(), QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    return image, painter


def _paint_words(painter: QPainter, size: QSizeF, words: str, ground: QColor) -> None:
    pill = QRectF(GLASS.width() + _WORDS_GAP, GLASS.height() - _PILL_HEIGHT - 4, 0, _PILL_HEIGHT)
    pill.setRight(size.width() - 0.5)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    painter.drawRoundedRect(pill, _PILL_HEIGHT / 2, _PILL_HEIGHT / 2)
    painter.setPen(palette.pill_text())
    painter.setFont(palette.font(11, 600))
    painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, words)


def _paint_glass(painter: QPainter, box: QRectF, level: float, *, is_old: bool = False) -> None:
    body = QRectF(box.x() + 2, box.y() + 6, box.width() - 4, box.height() - 8)
    glass = QPainterPath()
    glass.addRoundedRect(body, 6, 6)
    dark = palette.pill()
    dark.setAlpha(150)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(dark)
    painter.drawPath(glass)
    painter.save()
    painter.setClipPath(glass)
    coin, edge = palette.token("offline_mark" if is_old else "idle_mark"), palette.bubble_mark("idle")
    rows = max(1, round(level * 5)) if level > 0 else 0
    painter.setPen(QPen(palette.bubble_mark("offline") if is_old else edge, 1))
    painter.setBrush(coin)
    for row in range(rows):
        y = body.bottom() - 3.2 - row * 3.2
        for column in range(2):
            x = body.left() + body.width() * (0.3 + 0.4 * column) + (1.2 if row % 2 else -1.2)
            painter.drawEllipse(QPointF(x, y), 4.6, 2.4)
    painter.restore()
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(palette.pill_text(), 1.4))
    painter.drawPath(glass)
    _paint_lid(painter, box, shut=False)


def _paint_lid(painter: QPainter, box: QRectF, *, shut: bool) -> None:
    left = box.x() + 4
    lid = QRectF(left, box.y() + (4.5 if shut else 2.5), box.width() - 8, 4)
    painter.setPen(QPen(palette.pill_text(), 1.4))
    painter.setBrush(palette.token("working_mark" if shut else "offline_mark"))
    painter.drawRoundedRect(lid, 2, 2)


def _paint_lamp(painter: QPainter, box: QRectF, is_old: bool) -> None:
    """A beacon that is on. It does not blink: nothing ever does."""
    amber = palette.token("offline_mark" if is_old else "idle_mark")
    glow = QColor(amber)
    glow.setAlpha(70)
    centre = QPointF(box.center().x(), box.y() + 11)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(glow)
    painter.drawEllipse(centre, 11, 11)
    painter.setPen(QPen(palette.pill_text(), 1.4))
    dome = QPainterPath(QPointF(box.x() + 5, box.y() + 17))
    dome.lineTo(box.x() + 5, box.y() + 11)
    dome.arcTo(QRectF(box.x() + 5, box.y() + 5, 12, 12), 180, -180)
    dome.lineTo(box.x() + 17, box.y() + 17)
    dome.closeSubpath()
    painter.setBrush(amber)
    painter.drawPath(dome)
    painter.setBrush(palette.pill())
    painter.drawRoundedRect(QRectF(box.x() + 3, box.y() + 17, 16, 6), 2, 2)


def _paint_closed(painter: QPainter, box: QRectF, is_old: bool) -> None:
    """A board on two strings, with a bar across: no entry."""
    top = QPointF(box.center().x(), box.y() + 2)
    strings = [QPointF(box.x() + 4, box.y() + 9), top, QPointF(box.right() - 4, box.y() + 9)]
    for color, width in ((palette.pill(), 3.0), (palette.pill_text(), 1.2)):  # seen on light and on dark ground
        painter.setPen(QPen(color, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawPolyline(strings)
    board = QRectF(box.x() + 1.5, box.y() + 8.5, box.width() - 3, 14)
    painter.setPen(QPen(palette.pill_text(), 1.4))
    painter.setBrush(palette.bubble_mark("offline") if is_old else palette.bubble_mark("blocked"))
    painter.drawRoundedRect(board, 3, 3)
    pen = QPen(palette.pill_text(), 3, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    painter.drawLine(board.center() - QPointF(5, 0), board.center() + QPointF(5, 0))


def _paint_safe(painter: QPainter, box: QRectF, is_old: bool) -> None:
    body = QRectF(box.x() + 1.5, box.y() + 4, box.width() - 3, 17)
    _paint_feet(painter, body)
    painter.setPen(QPen(palette.pill_text(), 1.4))
    painter.setBrush(palette.bubble_mark("offline" if is_old else "collaborating"))
    painter.drawRoundedRect(body, 3, 3)
    painter.setBrush(palette.token("offline_mark" if is_old else "idle_mark"))
    painter.setPen(QPen(palette.pill(), 1))
    painter.drawEllipse(body.center(), 4.6, 4.6)
    painter.setPen(QPen(palette.pill(), 1.4))
    painter.drawLine(body.center() - QPointF(2.4, 0), body.center() + QPointF(2.4, 0))
    painter.drawLine(body.center() - QPointF(0, 2.4), body.center() + QPointF(0, 2.4))


def _paint_empty(painter: QPainter, box: QRectF, is_old: bool) -> None:
    """The door stands open, and nothing is in it."""
    body = QRectF(box.x() + 6, box.y() + 4, box.width() - 7.5, 17)
    _paint_feet(painter, body)
    red = palette.bubble_mark("offline" if is_old else "blocked")
    painter.setPen(QPen(palette.pill_text(), 1.4))
    painter.setBrush(red)
    painter.drawRoundedRect(body, 3, 3)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(palette.pill())
    painter.drawRoundedRect(body.adjusted(3, 3, -3, -3), 1.5, 1.5)
    door = QPainterPath(body.topLeft() + QPointF(1, 1))
    door.lineTo(box.x() + 1.5, box.y() + 7)
    door.lineTo(box.x() + 1.5, box.y() + 23)
    door.lineTo(body.left() + 1, body.bottom() - 1)
    door.closeSubpath()
    painter.setPen(QPen(palette.pill_text(), 1.2))
    painter.setBrush(red)
    painter.drawPath(door)


def _paint_feet(painter: QPainter, body: QRectF) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(palette.pill())
    for x in (body.left() + 2, body.right() - 5):
        painter.drawRect(QRectF(x, body.bottom(), 3, 3))


_SIGNS = {
    SignKind.LAMP: _paint_lamp,
    SignKind.CLOSED: _paint_closed,
    SignKind.SAFE: _paint_safe,
    SignKind.EMPTY: _paint_empty,
}
