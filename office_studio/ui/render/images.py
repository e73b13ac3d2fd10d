"""Bytes to pixels, with limits. Runs on any thread: ``QImage`` only. The content decides the format, not the name."""

from __future__ import annotations

from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QImage, QImageReader

from office_studio.core.theme.files import ThemeFiles
from office_studio.errors import AssetError

MAX_SIDE_PX = 8192
MAX_PIXELS = 48_000_000  # 192 MB decoded; the format allows 4096 × 4096 = 16.8 million
_FORMATS = {"png", "jpeg", "webp"}
_FORMAT_HINT = "Use a PNG, JPEG or WebP picture."


def read_image(files: ThemeFiles, name: str) -> QImage:
    """One picture of a theme, ready to draw (RGB32, or premultiplied ARGB when it has transparency).

    Raises AssetError: ASSET_MISSING, ASSET_UNREADABLE, IMAGE_FORMAT, IMAGE_TOO_LARGE, IMAGE_BROKEN.
    """
    return decode(files.read(name), name)


def decode(data: bytes, name: str) -> QImage:
    """Pixels of one encoded picture; ``name`` is for messages. Raises AssetError as ``read_image``."""
    buffer = QBuffer()
    buffer.setData(QByteArray(data))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer)
    reader.setDecideFormatFromContent(True)
    reader.setAutoTransform(False)
    kind = bytes(reader.format().data()).decode("ascii", "replace").lower()
    if kind not in _FORMATS:
        raise AssetError("IMAGE_FORMAT", f"“{name}” is not a picture this format allows.", _FORMAT_HINT, file=name)
    size = reader.size()
    width, height = size.width(), size.height()
    if max(width, height) > MAX_SIDE_PX or width * height > MAX_PIXELS:
        raise AssetError(
            "IMAGE_TOO_LARGE",
            f"“{name}” is {width} × {height} px; {MAX_SIDE_PX} px a side is the most that is drawn.",
            "Make it smaller; 4096 px is the format's limit.",
            file=name,
        )
    image = reader.read()
    if image.isNull():
        raise AssetError("IMAGE_BROKEN", f"“{name}” is damaged: {reader.errorString()}.", "Save it again.", file=name)
    wanted = QImage.Format.Format_ARGB32_Premultiplied if image.hasAlphaChannel() else QImage.Format.Format_RGB32
    return image.convertToFormat(wanted)
