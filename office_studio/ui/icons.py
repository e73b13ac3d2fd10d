"""Icons drawn from glyph fonts in a token colour looked up at paint time, so that a theme switch re-sets nothing.

Phosphor 1.3 and the Codicons come from the QtAwesome package. Only its two font files are read: importing the package
itself loads every icon set it has, which costs more than the rest of the window's start.
"""

from __future__ import annotations

import importlib.util
import json
from functools import cache
from pathlib import Path

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QIconEngine, QPainter, QPixmap

from office_studio.ui.theming import theme

_FONT_FILES = {"ph": "phosphor", "msc": "codicon"}


def icon(name: str, role: str = "text_muted", on_role: str | None = None, on_name: str | None = None) -> QIcon:
    """Icon ``name`` ("eye", "msc.layout-panel") in the colour ``role``.

    Raises KeyError here for an unknown glyph, because an exception inside an engine's paint aborts the process.
    """
    for known in filter(None, (name, on_name)):
        _glyph(known)
    return QIcon(_GlyphEngine(name, role, on_role, on_name))


def check_glyph(name: str) -> None:
    """Raises KeyError for an unknown glyph; call it before a paint event has to."""
    _glyph(name)


def draw_glyph(painter: QPainter, rect: QRectF, name: str, color: QColor) -> None:
    """Draw glyph ``name`` centred in ``rect``; its size is the rectangle's shorter side."""
    family, glyph = _glyph(name)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
    painter.setFont(_glyph_font(family, max(1, round(min(rect.width(), rect.height())))))
    painter.setPen(color)
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, glyph)
    painter.restore()


@cache
def _glyph_font(family: str, size_px: int) -> QFont:
    font = QFont(family)
    font.setPixelSize(size_px)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return font


@cache
def _glyph(name: str) -> tuple[str, str]:
    prefix, _, bare = name.rpartition(".")
    family, chars = _font(prefix or "ph")
    return family, chars[bare]


@cache
def _font(prefix: str) -> tuple[str, dict[str, str]]:
    spec = importlib.util.find_spec("qtawesome")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("the package QtAwesome is missing; install it again")
    folder, stem = Path(spec.origin).parent / "fonts", _FONT_FILES[prefix]
    font_id = QFontDatabase.addApplicationFont(str(next(folder.glob(f"{stem}-[0-9]*.ttf"))))
    chars = json.loads(next(folder.glob(f"{stem}-charmap-*.json")).read_text(encoding="utf-8"))
    families = QFontDatabase.applicationFontFamilies(font_id)
    return families[0], {name: chr(int(code, 16)) for name, code in chars.items()}


class _GlyphEngine(QIconEngine):
    def __init__(self, name: str, role: str, on_role: str | None, on_name: str | None) -> None:
        super().__init__()
        self._args = (name, role, on_role, on_name)

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        name, role, on_role, on_name = self._args
        if state == QIcon.State.On:
            name, role = on_name or name, on_role or role
        if mode == QIcon.Mode.Disabled:
            role = "text_disabled"
        draw_glyph(painter, QRectF(rect), name, theme().color(role))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        pixmap = QPixmap(size)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
        painter.end()
        return pixmap

    def clone(self) -> QIconEngine:
        return _GlyphEngine(*self._args)
