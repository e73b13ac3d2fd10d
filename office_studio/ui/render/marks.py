"""Status shapes in given colours, for pictures that are drawn without the window's theme (command line, goldens).

The shapes are those of ``ui/status_shapes.py``: disc, ring, diamond with "!", disc and ring, dash.
"""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF


def draw_mark(painter: QPainter, at: QPointF, size: float, status: str, ink: QColor, hole: QColor) -> None:
    """Draw the shape of ``status`` in a box of ``size`` logical px around ``at``; ``hole`` is the ground it lies on."""
    r = size / 2
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink)
    if status == "working":
        painter.drawEllipse(at, r * 0.86, r * 0.86)
    elif status == "idle":
        _ring(painter, at, r * 0.86, max(1.6, size * 0.17), ink)
    elif status == "blocked":
        _diamond(painter, at, r * 1.12, size, hole)
    elif status == "collaborating":
        painter.drawEllipse(at - QPointF(r * 0.52, 0), r * 0.6, r * 0.6)
        _ring(painter, at + QPointF(r * 0.52, 0), r * 0.6, max(1.5, size * 0.15), ink)
    else:
        painter.setPen(QPen(ink, max(1.8, size * 0.18), Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawLine(at - QPointF(r * 0.6, 0), at + QPointF(r * 0.6, 0))


def _ring(painter: QPainter, at: QPointF, radius: float, width: float, ink: QColor) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(ink, width))
    painter.drawEllipse(at, radius - width / 2, radius - width / 2)


def _diamond(painter: QPainter, at: QPointF, d: float, size: float, hole: QColor) -> None:
    x, y = at.x(), at.y()
    painter.drawPolygon(QPolygonF([QPointF(x, y - d), QPointF(x + d, y), QPointF(x, y + d), QPointF(x - d, y)]))
    if size < 12:
        return
    pen = QPen(hole, max(1.4, size * 0.12), Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    painter.drawLine(QPointF(x, y - d * 0.42), QPointF(x, y + d * 0.08))
    painter.drawPoint(QPointF(x, y + d * 0.44))
