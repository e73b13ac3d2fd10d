"""Draws the preview of a theme, for fixes that need one."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path
from typing import Any

from office_studio.core.theme.files import ThemeFiles
from office_studio.core.theme.manifest import parse_manifest, theme_from_document
from office_studio.services.theme_loader import LoadedTheme

_app: Any = None  # Qt's application must outlive every picture


def paint_preview(raw: bytes, files: ThemeFiles, width: int, height: int) -> bytes:
    """PNG of the empty office. Raises ManifestError, and ThemeError RENDERER_UNSUPPORTED for what is not drawn here."""
    theme, findings = theme_from_document(parse_manifest(raw))
    global _app
    if sys.platform.startswith("linux") and not any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY")):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QApplication

    _app = QApplication.instance() or QApplication(["office-studio"])
    from office_studio.ui.render.film import to_pillow
    from office_studio.ui.render.offscreen import render_still

    loaded = LoadedTheme(theme, files, findings, Path("preview"))
    if theme.room is not None:
        from office_studio.ui.room3d.room_film import draw_empty_room

        image = draw_empty_room(loaded, (width, height))
    else:
        image, _ = render_still(loaded, size=(width, height))
    stream = io.BytesIO()
    to_pillow(image).convert("RGB").save(stream, "PNG", optimize=True)
    return stream.getvalue()
