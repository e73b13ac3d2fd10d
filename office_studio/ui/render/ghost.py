"""The card beside the pointer during a drag: what the drop would do."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPen, QPixmap

from office_studio.ui.render import palette
from office_studio.ui.render.drag import DropPlan

_PADDING, _FACE = 10.0, 30.0


def paint_ghost(plan: DropPlan, portrait: QPixmap | None, ratio: float) -> QPixmap:
    """A dark card with the figure, the sentence and what it costs somebody else."""
    title_font, detail_font = palette.font(13, 600), palette.font(12)
    text = max(
        QFontMetricsF(title_font).horizontalAdvance(plan.title),
        QFontMetricsF(detail_font).horizontalAdvance(plan.detail),
    )
    width, height = round(text + _FACE + 3 * _PADDING), 44
    image = QImage(round(width * ratio), round(height * ratio), QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(QColor(33, 32, 38, 242))
    painter.setPen(QPen(palette.token("accent") if plan.allowed else QColor("#47474e"), 1.2))
    painter.drawRoundedRect(QRectF(0.6, 0.6, width - 1.2, height - 1.2), 8, 8)
    if portrait is not None:
        painter.setOpacity(1.0 if plan.allowed else 0.5)
        painter.drawPixmap(QPointF(_PADDING - 2, (height - _FACE) / 2), portrait)
        painter.setOpacity(1.0)
    left = _FACE + 2 * _PADDING - 2
    painter.setFont(title_font)
    painter.setPen(palette.pill_text())
    painter.drawText(QRectF(left, 5, text + 4, 18), Qt.AlignmentFlag.AlignVCenter, plan.title)
    painter.setFont(detail_font)
    painter.setPen(QColor("#c9c9d2") if plan.allowed else palette.mark("idle"))
    painter.drawText(QRectF(left, 22, text + 4, 18), Qt.AlignmentFlag.AlignVCenter, plan.detail)
    painter.end()
    return QPixmap.fromImage(image)


def face_size() -> int:
    return round(_FACE)
