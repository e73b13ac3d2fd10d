"""Status shapes: the same fact in shape and colour, at 10, 12 and 14 px. Used by delegates, chips and the scene."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap, QPolygonF

from office_studio.ui.icons import draw_glyph
from office_studio.ui.theming import theme

# What a status is called on screen; order of the filter pills and of the counts in the status bar.
STATUS_ORDER = ("working", "collaborating", "blocked", "idle", "offline")


def draw_status(
    painter: QPainter,
    center: QPointF,
    size: float,
    status: str,
    color: QColor | None = None,
    halo: QColor | None = None,
) -> None:
    """Draw the shape of ``status`` in a box of ``size`` px around ``center``.

    Args:
        color: Overrides the token colour; grey for old news, the bright marks on scene labels.
        halo: Colour of the surface below; draws a 2 px gap when the shape sits on a picture.
    """
    ink = color or theme().color(f"{status}_mark" if status in STATUS_ORDER else "offline_mark")
    box = size * 1.5 + 6
    corner = center - QPointF(box / 2, box / 2)
    ratio = painter.device().devicePixelRatio()
    key = (status, size, ink.rgba(), halo.rgba() if halo is not None else None, ratio, corner.x() % 1, corner.y() % 1)
    mark = _marks.get(key)
    if mark is None:
        if len(_marks) > 500:
            _marks.clear()
        mark = _marks[key] = _draw_mark(box, QPointF(corner.x() % 1, corner.y() % 1), ratio, status, size, ink, halo)
    painter.drawPixmap(QPointF(math.floor(corner.x()), math.floor(corner.y())), mark)


# Lists draw the same few marks thousands of times; a picture of each costs a tenth of drawing it.
_marks: dict[tuple[object, ...], QPixmap] = {}


def _draw_mark(
    box: float, offset: QPointF, ratio: float, status: str, size: float, ink: QColor, halo: QColor | None
) -> QPixmap:
    side = math.ceil((box + 1) * ratio)
    pixmap = QPixmap(side, side)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    _draw_shape(painter, offset + QPointF(box / 2, box / 2), size, status, ink, halo)
    painter.end()
    return pixmap


def _draw_shape(painter: QPainter, center: QPointF, size: float, status: str, ink: QColor, halo: QColor | None) -> None:
    radius = size / 2
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    if halo is not None:
        painter.setBrush(halo)
        painter.drawEllipse(center, (1.45 if status == "collaborating" else 1) * radius + 2, radius + 2)
    painter.setBrush(ink)
    _SHAPES.get(status, _dash)(painter, center, radius, ink)
    painter.restore()


def _disc(painter: QPainter, center: QPointF, radius: float, ink: QColor) -> None:
    painter.drawEllipse(center, radius * 0.86, radius * 0.86)


def _ring(painter: QPainter, center: QPointF, radius: float, ink: QColor) -> None:
    width = max(1.6, radius * 0.34)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(ink, width))
    painter.drawEllipse(center, radius * 0.86 - width / 2, radius * 0.86 - width / 2)


def _diamond(painter: QPainter, center: QPointF, radius: float, ink: QColor) -> None:
    x, y, d = center.x(), center.y(), radius * 1.12
    painter.drawPolygon(QPolygonF([QPointF(x, y - d), QPointF(x + d, y), QPointF(x, y + d), QPointF(x - d, y)]))
    if radius < 6:
        return  # "!" only where there is room
    width = max(1.4, radius * 0.24)
    painter.setPen(QPen(theme().color("chrome"), width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.drawLine(QPointF(x, y - d * 0.42), QPointF(x, y + d * 0.08))
    painter.drawPoint(QPointF(x, y + d * 0.44))


def _pair(painter: QPainter, center: QPointF, radius: float, ink: QColor) -> None:
    small, offset, width = radius * 0.60, radius * 0.52, max(1.5, radius * 0.3)
    painter.drawEllipse(QPointF(center.x() - offset, center.y()), small, small)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(ink, width))
    painter.drawEllipse(QPointF(center.x() + offset, center.y()), small - width / 2, small - width / 2)


def _dash(painter: QPainter, center: QPointF, radius: float, ink: QColor) -> None:
    painter.setPen(QPen(ink, max(1.8, radius * 0.36), Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.drawLine(
        QPointF(center.x() - radius * 0.6, center.y()),
        QPointF(center.x() + radius * 0.6, center.y()),
    )


_SHAPES = {"working": _disc, "idle": _ring, "blocked": _diamond, "collaborating": _pair, "offline": _dash}

_SEVERITIES = {
    "error": ("warning-octagon-fill", "blocked_mark"),
    "warning": ("warning-fill", "idle_mark"),
    "info": ("info-fill", "collaborating_mark"),
}


def draw_severity(painter: QPainter, rect: QRectF, severity: str) -> None:
    """Draw the mark of a problem: octagon for errors, triangle for warnings, circle for notes."""
    glyph, role = _SEVERITIES[severity]
    draw_glyph(painter, rect, glyph, theme().color(role))
