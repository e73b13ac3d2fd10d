"""Small pictures of themes: their preview file, or the room drawn without people. Off the GUI thread, no widgets."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QBuffer, QIODevice, QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QPainter

from office_studio.core.theme.files import ThemeFiles
from office_studio.core.theme.manifest import parse_manifest, theme_from_document
from office_studio.errors import OfficeStudioError
from office_studio.services.theme_loader import LoadedTheme
from office_studio.ui.make.cards import is_3d
from office_studio.ui.render.assets import load_assets
from office_studio.ui.render.images import decode, read_image
from office_studio.ui.render.layers import LayerOrder
from office_studio.ui.render.offscreen import backdrop_of
from office_studio.ui.render.sprites import BACKGROUND, BLENDS, picture_key, placements, scaled_pictures

CARD_SIZE = (640, 360)  # px; a card at 2x


def card_picture(files: ThemeFiles, document: dict[str, Any], size: tuple[int, int] = CARD_SIZE) -> QImage | None:
    """The preview of a theme, cut to ``size``; the room where it has none. None when neither can be read."""
    named = document.get("preview")
    try:
        return cut_to(read_image(files, named if isinstance(named, str) and named else "preview.png"), size)
    except OfficeStudioError:
        pass
    if is_3d(document):
        return None
    try:
        theme, findings = theme_from_document(document)
        return draw_room(LoadedTheme(theme, files, findings, None), size)  # type: ignore[arg-type]
    except OfficeStudioError:
        return None


def picture_of(data: bytes, size: tuple[int, int] = CARD_SIZE) -> QImage | None:
    """A preview fetched from an office."""
    try:
        return cut_to(decode(data, "preview"), size)
    except OfficeStudioError:
        return None


def cut_to(image: QImage, size: tuple[int, int]) -> QImage:
    """Scaled to cover ``size``, what is too much cut off evenly."""
    width, height = size
    way = Qt.AspectRatioMode.KeepAspectRatioByExpanding
    grown = image.scaled(width, height, way, Qt.TransformationMode.SmoothTransformation)
    left, top = (grown.width() - width) // 2, (grown.height() - height) // 2
    return grown.copy(left, top, width, height)


def draw_room(loaded: LoadedTheme, size: tuple[int, int]) -> QImage:
    """Background, furniture and effects at rest. Any thread; tens to hundreds of ms."""
    assets = load_assets(loaded)
    canvas, (width, height) = loaded.theme.canvas, size
    scale = min(width / canvas.width, height / canvas.height)
    pictures = scaled_pictures(assets, scale, 1.0)
    order = LayerOrder(loaded.theme.layers)
    placed = [(order.z(each.layer, each.foot, n), each) for n, each in enumerate(placements(loaded.theme, assets))]
    placed.sort(key=lambda pair: (pair[1].key != BACKGROUND, pair[0]))
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(backdrop_of(loaded))
    painter = QPainter(image)
    painter.setClipRect(QRectF(0, 0, width, height))
    painter.translate(round((width - canvas.width * scale) / 2), round((height - canvas.height * scale) / 2))
    for _, each in placed:
        painter.setOpacity(each.opacity)
        painter.setCompositionMode(BLENDS.get(each.blend, BLENDS["normal"]))
        at = QPointF(round(each.rect.x * scale), round(each.rect.y * scale))
        painter.drawImage(at, pictures[picture_key(each, scale, 1.0)])
    painter.end()
    return image


def paint_preview(raw: bytes, files: ThemeFiles, width: int, height: int) -> bytes:
    """PNG of the empty office, for the fix that draws previews. Raises ManifestError, ThemeError, and of 3D themes
    OfficeStudioError ROOM_… where nothing in 3D can be drawn."""
    from office_studio.ui.render.renderers import check_drawable

    theme, findings = theme_from_document(parse_manifest(raw))
    check_drawable(theme)
    loaded = LoadedTheme(theme, files, findings, None)  # type: ignore[arg-type]
    if theme.room is not None:
        from office_studio.ui.room3d.room_film import draw_empty_room

        image = draw_empty_room(loaded, (width, height))
    else:
        image = draw_room(loaded, (width, height))
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    return bytes(buffer.data().data())
