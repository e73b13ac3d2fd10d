"""Status shapes: the same fact in shape and colour, at 10, 12 and 14 px. Used by delegates, chips and the scene."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap

from office_studio.ui.icons import draw_glyph
from office_studio.ui.render.marks import draw_mark
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
    if halo is not None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(halo)
        painter.drawEllipse(center, (1.45 if status == "collaborating" else 1) * radius + 2, radius + 2)
    draw_mark(painter, center, size, status, ink, hole=theme().color("chrome"))
    painter.restore()


_SEVERITIES = {
    "error": ("warning-octagon-fill", "blocked_mark"),
    "warning": ("warning-fill", "idle_mark"),
    "info": ("info-fill", "collaborating_mark"),
}


def draw_severity(painter: QPainter, rect: QRectF, severity: str) -> None:
    """Draw the mark of a problem: octagon for errors, triangle for warnings, circle for notes."""
    glyph, role = _SEVERITIES[severity]
    draw_glyph(painter, rect, glyph, theme().color(role))
