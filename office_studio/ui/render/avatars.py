"""Figures of themes without an atlas: a disc with emoji or initials, a ring, and marks. Format section 12."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen, QPolygonF

from office_studio.ui.render import palette

AVATAR_RADIUS, RING_RADIUS, RING_WIDTH = 28.0, 31.0, 3.0  # canvas units
WALKING_OPACITY = 0.7
_WARNING_AT, _WARNING_SIZE = (30.0, -30.0), 16.0
_DOTS_AT = (38.0, -8.0)
_REACH = 52.0  # canvas units from the centre to the edge of the picture, marks included
_MAX_SIDE_PX = 4096


@dataclass(frozen=True, slots=True)
class AvatarLook:
    """Everything an avatar's picture depends on. ``ring``: RGBA; ``mark``: "warning", "dots", "walking" or ""."""

    text: str
    fill: tuple[int, int, int, int]
    ring: tuple[int, int, int, int]
    mark: str = ""


def paint_avatar(look: AvatarLook, scale: float, ratio: float) -> tuple[QImage, QPointF]:
    """The picture, and where in it the centre of the disc is (logical pixels)."""
    reach = _REACH if look.mark else RING_RADIUS + RING_WIDTH
    side = max(4, min(_MAX_SIDE_PX, round(reach * 2 * scale * ratio)))
    image = QImage(side, side, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    centre = QPointF(side, side) / (2 * ratio)
    painter.setPen(QPen(QColor(*look.ring), max(1.5, RING_WIDTH * scale)))
    painter.drawEllipse(centre, RING_RADIUS * scale, RING_RADIUS * scale)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(*look.fill))
    painter.drawEllipse(centre, AVATAR_RADIUS * scale, AVATAR_RADIUS * scale)
    painter.setPen(palette.pill_text())
    painter.setFont(palette.font(round(24 * scale), 600))
    painter.drawText(QRectF(0, 0, centre.x() * 2, centre.y() * 2), Qt.AlignmentFlag.AlignCenter, look.text)
    painter.translate(centre)
    painter.scale(scale, scale)
    if look.mark == "warning":
        warning(painter, QPointF(*_WARNING_AT), _WARNING_SIZE)
    elif look.mark == "dots":
        _dots(painter, QPointF(*_DOTS_AT))
    elif look.mark == "walking":
        _walker(painter, QPointF(*_DOTS_AT))
    painter.end()
    return image, centre


def initials(name: str) -> str:
    """One or two letters that stand for a name."""
    words = [word for word in name.replace("-", " ").replace("_", " ").split() if word]
    if not words:
        return "?"
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


def warning(painter: QPainter, at: QPointF, size: float) -> None:
    """An amber triangle with "!", ``size`` wide around ``at``. Drawn, because not every system has the emoji."""
    half, high = size / 2, size * 0.88
    top, bottom = at.y() - high * 0.56, at.y() + high * 0.44
    shape = QPainterPath()
    shape.addPolygon(QPolygonF([QPointF(at.x(), top), QPointF(at.x() + half, bottom), QPointF(at.x() - half, bottom)]))
    shape.closeSubpath()
    amber = QColor("#f4a81c")
    painter.setPen(QPen(amber, size * 0.18, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
    painter.setBrush(amber)
    painter.drawPath(shape)
    painter.setPen(QPen(QColor("#33230a"), size * 0.12, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.drawLine(QPointF(at.x(), at.y() - high * 0.2), QPointF(at.x(), at.y() + high * 0.1))
    painter.drawPoint(QPointF(at.x(), at.y() + high * 0.3))


def _dots(painter: QPainter, at: QPointF) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor("#16A34A"))
    for number in (-1, 0, 1):
        painter.drawEllipse(at + QPointF(number * 5.4, 0), 1.9, 1.9)


def _walker(painter: QPainter, at: QPointF) -> None:
    """A walking figure of lines, 14 units high."""
    painter.setPen(QPen(QColor("#E2E8F0"), 2.0, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.setBrush(QColor("#E2E8F0"))
    painter.drawEllipse(at + QPointF(0.6, -6), 1.4, 1.4)
    for start, end in (((0.5, -3), (-0.2, 1)), ((-0.2, 1), (-3, 6)), ((-0.2, 1), (2.6, 6)), ((0.5, -3), (3.6, -0.6)),
                       ((0.5, -3), (-2.8, -0.8))):  # fmt: skip
        painter.drawLine(at + QPointF(*start), at + QPointF(*end))
