"""Bubbles: what a figure thinks, does, says or waits for. Painted once per text and kind. Format section 12.1."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPen

from office_studio.core.office.bubbles import BubbleKind
from office_studio.ui.render import palette
from office_studio.ui.render.bubble_spots import nearest
from office_studio.ui.render.marks import draw_mark

BUBBLE_WIDTH = 190.0
COMPACT_CHARS = 28
SHADOW = 2.0  # room around a bubble for its soft edge
DOT_STEP_MS = 600.0  # a thinking bubble moves in steps, so that it asks for few pictures
DOT_STEPS = 4
_THINKING = QSizeF(38, 22)


@dataclass(frozen=True, slots=True)
class BubbleLook:
    """``is_compact``: one short line, for a small or crowded stage; ``step``: of the dots of a thinking one."""

    text: str
    status: str
    is_compact: bool = False
    kind: BubbleKind = BubbleKind.TASK
    step: int = 0


@lru_cache(maxsize=500)
def bubble_size(look: BubbleLook) -> QSizeF:
    """With its soft edge, logical pixels. The same for all steps."""
    if look.kind is BubbleKind.THINKING:
        return _THINKING + QSizeF(2 * SHADOW, 2 * SHADOW)
    lines = _lines(look)
    metrics = QFontMetricsF(palette.font(12))
    text = max((metrics.horizontalAdvance(line) for line in lines), default=0.0)
    width, height = round(text + 42), (8 if look.is_compact else 12) + 16 * len(lines)
    return QSizeF(width + 2 * SHADOW, height + 2 * SHADOW)


def _lines(look: BubbleLook) -> list[str]:
    if not look.is_compact:
        return wrap(look.text)
    text = " ".join(look.text.split())
    return wrap(text if len(text) <= COMPACT_CHARS else text[: COMPACT_CHARS - 1].rstrip() + "…", 1)


def wrap(text: str, max_lines: int = 2) -> list[str]:
    """At most two lines, broken between words, the last one elided."""
    metrics = QFontMetricsF(palette.font(12))
    lines: list[str] = []
    rest = " ".join(text[:2000].split())
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


def paint_bubble(painter: QPainter, rect: QRectF, look: BubbleLook) -> None:
    body = rect.adjusted(SHADOW, SHADOW, -SHADOW, -SHADOW)
    thinking = look.kind is BubbleKind.THINKING
    radius = body.height() / 2 if thinking else 8.0
    painter.setPen(Qt.PenStyle.NoPen)
    for spread, alpha in ((2.0, 16), (1.0, 28)):
        shade = palette.pill()
        shade.setAlpha(alpha)
        painter.setBrush(shade)
        painter.drawRoundedRect(body.adjusted(-spread, -spread + 1, spread, spread), radius + 1, radius + 1)
    painter.setBrush(palette.bubble())
    painter.drawRoundedRect(body, radius, radius)
    if thinking:
        _dots(painter, body.center(), look.step)
        return
    lines = _lines(look)
    top = body.center().y() - 8 * len(lines)
    _glyph(painter, QPointF(body.left() + 15, top + 8), look)
    painter.setFont(palette.font(12))
    painter.setPen(palette.bubble_text())
    for index, line in enumerate(lines):
        room = QRectF(body.left() + 28, top + 16 * index, body.width() - 32, 16)
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, line)


def tail_path(bubble: QRectF, tip: QPointF, *, is_thought: bool = False) -> QPainterPath:
    """The wedge from a bubble to the point it speaks from; for a thought, two small discs.

    Lies below the bubble, whose edge hides its wide end.
    """
    start = QPointF(*nearest((bubble.left(), bubble.top(), bubble.right(), bubble.bottom()), tip.toTuple(), 14))
    along = tip - start
    length = max(1.0, (along.x() ** 2 + along.y() ** 2) ** 0.5)
    along /= length
    path = QPainterPath()
    if is_thought:
        path.setFillRule(Qt.FillRule.WindingFill)
        path.addEllipse(start + along * min(0.0, length - 6), 4.0, 4.0)
        path.addEllipse(start + along * max(1.0, length - 2.5), 2.2, 2.2)
        return path
    half = 5.5 if length < 30 else 3.5
    across, root = QPointF(-along.y(), along.x()) * half, start - along * (SHADOW + 2)
    path.moveTo(root + across)
    path.lineTo(tip)
    path.lineTo(root - across)
    path.closeSubpath()
    return path


def _dots(painter: QPainter, centre: QPointF, step: int) -> None:
    """Three dots; one after the other is dark and a little higher, then none."""
    for number in range(3):
        is_up = step == number + 1
        painter.setBrush(QColor("#4a4453") if is_up else QColor("#a9a3ad"))
        painter.drawEllipse(centre + QPointF((number - 1) * 8.5, -1.5 if is_up else 0), 2.6, 2.6)


def _glyph(painter: QPainter, at: QPointF, look: BubbleLook) -> None:
    ink = palette.bubble_mark(look.status)
    line = QPen(ink, 1.6, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
    if look.kind is BubbleKind.TOOL:  # a prompt
        painter.setPen(line)
        painter.drawPolyline([at + QPointF(-5, -4), at + QPointF(-1, 0), at + QPointF(-5, 4)])
        painter.drawLine(at + QPointF(0.6, 4.2), at + QPointF(5, 4.2))
        painter.setPen(Qt.PenStyle.NoPen)
    elif look.kind is BubbleKind.MESSAGE:  # a small balloon
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(line)
        balloon = QPainterPath()
        balloon.addRoundedRect(QRectF(at.x() - 5.5, at.y() - 5, 11, 8), 2.5, 2.5)
        painter.drawPath(balloon)
        painter.drawPolyline([at + QPointF(-3, 3), at + QPointF(-3, 5.6), at + QPointF(-0.4, 3)])
        painter.setPen(Qt.PenStyle.NoPen)
    else:
        draw_mark(painter, at, 12, look.status, ink, hole=palette.bubble())
