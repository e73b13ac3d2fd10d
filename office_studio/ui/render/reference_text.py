"""Text of reference mode: the fonts the original was seen with, boxes as it measured them, emoji where a font has them.

Boxes are canvas units. Widths come from the font; heights are those the browser gave for DejaVu Sans, because Qt and
browsers round them differently.
"""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontMetricsF, QPainter, QPainterPath, QPen

from office_studio.core.office.reference_look import DOTS, WALKER, WARNING, Text
from office_studio.core.theme.model import Rect
from office_studio.ui.render.palette import qcolor

_FAMILIES = ("DejaVu Sans", "Verdana", "Bitstream Vera Sans")
_EMOJI_FAMILIES = ("Noto Color Emoji", "Apple Color Emoji", "Segoe UI Emoji")
_HEIGHTS = {10: 13, 11: 13, 12: 15, 13: 15, 14: 16, 16: 18}
_ASCENT, _DESCENT = 0.928, 0.236  # of DejaVu Sans, in ems
_SHADOWED = 80  # letters; a shadow of a longer text takes seconds
_EMOJI_ADVANCE = 1.25  # of Noto Color Emoji, in ems
_EMOJI_LOWER = 0.06  # ems below the middle of the line, as browsers put them
_DOT_ADVANCE, _DOT_RADIUS = 0.3525, 0.135  # of the bullet of the browser's fallback font, in ems


@cache
def font(size: float, bold: bool, spacing: float = 0.0) -> QFont:
    """Shared: copy it before changing it."""
    made = QFont()
    made.setFamilies([*_FAMILIES, *_EMOJI_FAMILIES, made.family()])
    made.setPixelSize(max(1, round(size)))
    made.setWeight(QFont.Weight.Bold if bold else QFont.Weight.Normal)
    made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)  # it is drawn at any scale
    if spacing:
        made.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, spacing)
    return made


@cache
def has_emoji() -> bool:
    """Whether the system can draw coloured emoji."""
    return any(family in QFontDatabase.families() for family in _EMOJI_FAMILIES)


def is_emoji(text: str) -> bool:
    return bool(text) and all(ord(letter) >= 0x2600 for letter in text)


def box_of(text: Text) -> Rect:
    """Where a text lies, canvas units."""
    width, height = _size(text.text, round(text.size), text.is_bold, text.spacing)
    if text.has_shadow:  # it falls one unit down, and the original counted it
        width, height = width + 1, height + 1
    return Rect(text.at.x - text.anchor.x * width, text.at.y - text.anchor.y * height, width, height)


@cache
def _size(text: str, size: int, bold: bool, spacing: float) -> tuple[float, float]:
    height = float(_HEIGHTS.get(size, round(size * (_ASCENT + _DESCENT))))
    if text == DOTS:
        return len(DOTS) * _DOT_ADVANCE * size, height
    if is_emoji(text):
        return _EMOJI_ADVANCE * size, height
    width = QFontMetricsF(font(size, bold)).horizontalAdvance(text)
    return width + spacing * max(0, len(text) - 1), height


def draw(painter: QPainter, text: Text) -> None:
    """Draw in canvas units."""
    box = box_of(text)
    painter.save()
    painter.setOpacity(painter.opacity() * text.alpha)
    if text.has_shadow and len(text.text) <= _SHADOWED:
        _shadow(painter, text, box)
    if text.text == DOTS:
        _dots(painter, text, box)
    elif text.text == WARNING and not has_emoji():
        _warning(painter, box)
    elif text.text == WALKER and not has_emoji():
        _walker(painter, text)
    elif is_emoji(text.text):
        painter.setPen(qcolor(text.color))
        _emoji(painter, QPointF(box.x + box.width / 2, box.y + box.height / 2), text.text, text.size)
    else:
        painter.setPen(qcolor(text.color))
        painter.setFont(font(text.size, text.is_bold, text.spacing))
        painter.drawText(_baseline(text, box), text.text)
    painter.restore()


def draw_emoji(painter: QPainter, middle: QPointF, emoji: str, size: float, instead: str) -> None:
    """An emoji around a point; the letters ``instead`` in white where no font has emoji."""
    painter.setPen(QColor("white"))
    if is_emoji(emoji) and has_emoji():
        _emoji(painter, middle, emoji, size)
        return
    painter.setFont(font(size * 0.9, True))
    painter.drawText(_around(middle, size), Qt.AlignmentFlag.AlignCenter, instead if is_emoji(emoji) else emoji)


def _emoji(painter: QPainter, middle: QPointF, emoji: str, size: float) -> None:
    """As wide as browsers draw it: Qt scales pictures of glyphs by another measure."""
    written = font(size, False)
    advance = QFontMetricsF(written).horizontalAdvance(emoji)
    factor = _EMOJI_ADVANCE * size / advance if advance > 0 else 1.0
    painter.save()
    painter.translate(middle + QPointF(0, _EMOJI_LOWER * size))
    painter.scale(factor, factor)
    painter.setFont(written)
    painter.drawText(_around(QPointF(0, 0), size), Qt.AlignmentFlag.AlignCenter, emoji)
    painter.restore()


def _around(middle: QPointF, size: float) -> QRectF:
    return QRectF(middle.x() - 2 * size, middle.y() - size, 4 * size, 2 * size)


def _baseline(text: Text, box: Rect) -> QPointF:
    height = box.height - (1 if text.has_shadow else 0)
    return QPointF(box.x, box.y + (height - (_ASCENT + _DESCENT) * text.size) / 2 + _ASCENT * text.size)


def _shadow(painter: QPainter, text: Text, box: Rect) -> None:
    """Black, one unit lower, blurred over four: rings of the letters' outline, fainter the wider they are."""
    path = QPainterPath()
    path.addText(_baseline(text, box) + QPointF(0, 1), font(text.size, text.is_bold, text.spacing), text.text)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for width, alpha in ((6.0, 14), (4.5, 22), (3.0, 32), (1.5, 44)):
        painter.strokePath(path, QPen(QColor(0, 0, 0, alpha), width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap,
                                      Qt.PenJoinStyle.RoundJoin))  # fmt: skip


def _dots(painter: QPainter, text: Text, box: Rect) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(qcolor(text.color))
    pitch, radius = box.width / len(DOTS), _DOT_RADIUS * text.size
    for number in range(len(DOTS)):
        painter.drawEllipse(QPointF(box.x + pitch * (number + 0.5), box.y + box.height / 2), radius, radius)


def _warning(painter: QPainter, box: Rect) -> None:
    """A yellow triangle with an exclamation mark, as large as the emoji."""
    middle, half, top, bottom = box.x + box.width / 2, box.height / 2, box.y + 0.5, box.y + box.height - 0.5
    triangle = QPainterPath(QPointF(middle, top))
    triangle.lineTo(middle + half, bottom)
    triangle.lineTo(middle - half, bottom)
    triangle.closeSubpath()
    painter.fillPath(triangle, QColor("#FFCC32"))
    painter.fillRect(QRectF(middle - 0.8, top + 0.3 * box.height, 1.6, 0.35 * box.height), QColor("#424242"))
    painter.fillRect(QRectF(middle - 0.8, bottom - 0.2 * box.height, 1.6, 1.8), QColor("#424242"))


def _walker(painter: QPainter, text: Text) -> None:
    """Somebody walking: head, trunk, arms and legs."""
    em = text.size
    painter.translate(text.at.x, text.at.y)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(qcolor(text.color))
    painter.drawEllipse(QPointF(0, -0.38 * em), 0.12 * em, 0.12 * em)
    limbs = QPainterPath(QPointF(-0.22 * em, 0.45 * em))
    for x, y in ((0, 0.12), (0, -0.18), (-0.2, 0.02)):
        limbs.lineTo(x * em, y * em)
    limbs.moveTo(0, -0.18 * em)
    limbs.lineTo(0.2 * em, 0.0)
    limbs.moveTo(0, 0.12 * em)
    limbs.lineTo(0.2 * em, 0.45 * em)
    painter.strokePath(limbs, QPen(qcolor(text.color), 0.12 * em, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
