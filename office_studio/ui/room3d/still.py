"""What is shown where a room cannot be drawn: the theme's own picture of itself, and why."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from office_studio.errors import OfficeStudioError
from office_studio.services.theme_loader import LoadedTheme
from office_studio.ui.render import palette
from office_studio.ui.render.images import decode


def preview_of(loaded: LoadedTheme) -> QImage | None:
    """The preview picture of a theme, if it has one that can be read. Any thread."""
    try:
        return decode(loaded.files.read(loaded.theme.preview), loaded.theme.preview)
    except OfficeStudioError:
        return None


def paint_still(size: tuple[int, int], ratio: float, preview: QImage | None, ground: QColor, words: str) -> QImage:
    """The preview as large as it fits, dimmed, and below it why it is not the room itself.

    Args:
        size: Of the view, logical pixels; the picture has ``ratio`` times as many.
    """
    image = QImage(round(size[0] * ratio), round(size[1] * ratio), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(ground)
    painter = QPainter(image)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
    if preview is not None:
        fit = min(size[0] / preview.width(), size[1] / preview.height())
        width, height = preview.width() * fit, preview.height() * fit
        painter.drawImage(QRectF((size[0] - width) / 2, (size[1] - height) / 2, width, height), preview)
        painter.fillRect(QRectF(0, 0, *size), QColor(10, 8, 14, 110))
    if words:
        _say(painter, size, words)
    painter.end()
    return image


def _say(painter: QPainter, size: tuple[int, int], words: str) -> None:
    painter.setFont(palette.font(13, 500))
    width = min(560.0, size[0] - 48.0)
    flags = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap
    text = painter.boundingRect(QRectF(0, 0, width - 40, size[1]), flags.value, words)
    height = text.height() + 28
    box = QRectF((size[0] - width) / 2, (size[1] - height) / 2, width, height)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(palette.pill())
    painter.drawRoundedRect(box, 10, 10)
    painter.setPen(palette.pill_text())
    painter.drawText(box.adjusted(20, 14, -20, -14), flags.value, words)
