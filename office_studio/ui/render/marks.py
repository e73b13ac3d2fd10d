"""Status shapes in given colours: disc, ring, diamond with "!", disc and ring, dash. The one place that draws them.

``ui/status_shapes.py`` gives them the colours of the window's theme; the scene draws them with its own.
"""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF


def draw_mark(painter: QPainter, at: QPointF, size: float, status: str, ink: QColor, hole: QColor) -> None:
    """Draw the shape of ``status`` in a box of ``size`` logical px around ``at``; ``hole`` is the colour of the "!"."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink)
    radius = size / 2
    if status == "working":
        painter.drawEllipse(at, radius * 0.86, radius * 0.86)
    elif status == "idle":
        _ring(painter, at, radius * 0.86, max(1.6, radius * 0.34), ink)
    elif status == "blocked":
        _diamond(painter, at, radius, hole)
    elif status == "collaborating":
        painter.drawEllipse(at - QPointF(radius * 0.52, 0), radius * 0.6, radius * 0.6)
        _ring(painter, at + QPointF(radius * 0.52, 0), radius * 0.6, max(1.5, radius * 0.3), ink)
    else:
        painter.setPen(QPen(ink, max(1.8, radius * 0.36), Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawLine(at - QPointF(radius * 0.6, 0), at + QPointF(radius * 0.6, 0))


def _ring(painter: QPainter, at: QPointF, radius: float, width: float, ink: QColor) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(ink, width))
    painter.drawEllipse(at, radius - width / 2, radius - width / 2)


def _diamond(painter: QPainter, at: QPointF, radius: float, hole: QColor) -> None:
    x, y, d = at.x(), at.y(), radius * 1.12
    painter.drawPolygon(QPolygonF([QPointF(x, y - d), QPointF(x + d, y), QPointF(x, y + d), QPointF(x - d, y)]))
    if radius < 6:
        return  # "!" only where there is room
    pen = QPen(hole, max(1.4, radius * 0.24), Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    painter.drawLine(QPointF(x, y - d * 0.42), QPointF(x, y + d * 0.08))
    painter.drawPoint(QPointF(x, y + d * 0.44))
