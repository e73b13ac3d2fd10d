"""Drawing shared by delegates and painted widgets: pills, text that elides, soft shadows. No state."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from office_studio.ui.theming import theme

LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
CENTER = Qt.AlignmentFlag.AlignCenter


def pill(
    painter: QPainter, rect: QRectF, ground: QColor, border: QColor | None = None, radius: float | None = None
) -> None:
    """A filled rounded rectangle, fully round unless ``radius`` (px) says otherwise, with a 1 px border if given."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(border, 1) if border is not None else Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    inner = rect.adjusted(0.5, 0.5, -0.5, -0.5) if border is not None else rect
    corner = inner.height() / 2 if radius is None else radius
    painter.drawRoundedRect(inner, corner, corner)
    painter.restore()


def text(
    painter: QPainter,
    rect: QRectF,
    words: str,
    color: str | QColor = "text",
    font: QFont | None = None,
    align: Qt.AlignmentFlag = LEFT,
    *,
    elide: bool = True,
) -> float:
    """Draw one line of text, elided at the right to fit. Returns its width in px."""
    used = font or theme().font()
    width = text_width(words, used)
    if elide and width > rect.width():
        words = _elided(words, used, rect.width())
        width = text_width(words, used)
    painter.setFont(used)
    painter.setPen(theme().color(color) if isinstance(color, str) else color)
    painter.drawText(rect, int(align) | int(Qt.TextFlag.TextSingleLine), words)
    return width


def text_width(words: str, font: QFont) -> float:
    """Width of one line in px. Remembered: rows draw the same words over and over, and measuring costs more."""
    key = (id(font), words)
    found = _widths.get(key)
    if found is None:
        if len(_widths) > _REMEMBERED:
            _widths.clear()
            _fonts.clear()
            _cut.clear()
        found = _widths[key] = _metrics(font).horizontalAdvance(words)
    return found


def _elided(words: str, font: QFont, width: float) -> str:
    key = (id(font), words, width)
    found = _cut.get(key)
    if found is None:
        if len(_cut) > _REMEMBERED:
            _cut.clear()
        found = _cut[key] = _metrics(font).elidedText(words, Qt.TextElideMode.ElideRight, width)
    return found


_REMEMBERED = 4_000
_cut: dict[tuple[int, str, float], str] = {}  # a font stays its own for as long as ``_fonts`` holds it
_widths: dict[tuple[int, str], float] = {}
_fonts: dict[int, tuple[QFont, QFontMetricsF]] = {}  # holds the font, so that its id stays its own


def _metrics(font: QFont) -> QFontMetricsF:
    found = _fonts.get(id(font))
    if found is None or found[0] is not font:
        found = _fonts[id(font)] = (font, QFontMetricsF(font))
    return found[1]


def soft_shadow(painter: QPainter, rect: QRectF, radius: float, spread: int, strength: float | None = None) -> None:
    """A shadow below ``rect`` that fades over ``spread`` px. Child widgets have none of their own."""
    power = strength if strength is not None else (0.30 if theme().is_dark() else 0.11)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    for i in range(spread, 0, -1):
        alpha = power * ((1 - i / spread) ** 2) * 0.28
        painter.setBrush(QColor(0, 0, 0, round(255 * alpha)))
        grown = rect.adjusted(-i, -i + 6, i, i * 0.8 + 2)
        painter.drawRoundedRect(grown, radius + i, radius + i)
    painter.restore()
