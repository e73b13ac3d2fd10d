"""Small pictures of agents: the figure's head on a soft tile. Cached, and drawn again when theme or colours change."""

from __future__ import annotations

import zlib
from collections.abc import Callable

from PySide6.QtCore import QObject, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPixmap

from office_studio.ui import paint
from office_studio.ui.theming import theme

Source = Callable[[str, int, float], QPixmap]  # agent id, size in px, device pixel ratio


class Portraits(QObject):
    """Where panels get the picture of an agent.

    Signals:
        changed(): pictures handed out before are out of date.
    """

    changed = Signal()

    def __init__(self, name_of: Callable[[str], str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._name_of = name_of
        self._source: Source | None = None
        self._cache: dict[tuple[str, int, float, bool], QPixmap] = {}
        theme().changed.connect(self.refresh)

    def set_source(self, source: Source | None) -> None:
        """Figures to take heads from; without one, agents are shown by their initial."""
        self._source = source
        self.refresh()

    def refresh(self) -> None:
        self._cache.clear()
        self.changed.emit()

    def of(self, agent_id: str, size_px: int, dpr: float = 1.0, *, dim: bool = False) -> QPixmap:
        """Square picture of ``size_px`` device-independent pixels; ``dim`` for offline and foreign agents."""
        key = (agent_id, size_px, dpr, dim)
        found = self._cache.get(key)
        if found is None:
            if len(self._cache) > 2_000:
                self._cache.clear()
            found = self._cache[key] = self._draw(*key)
        return found

    def _draw(self, agent_id: str, size_px: int, dpr: float, dim: bool) -> QPixmap:
        pixmap = QPixmap(round(size_px * dpr), round(size_px * dpr))
        pixmap.setDevicePixelRatio(dpr)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        if dim:
            painter.setOpacity(0.45)
        rect = QRectF(0, 0, size_px, size_px)
        tile = QPainterPath()
        tile.addRoundedRect(rect, size_px * 0.26, size_px * 0.26)
        painter.fillPath(tile, tile_color(agent_id))
        painter.setClipPath(tile)
        figure = self._source(agent_id, size_px, dpr) if self._source is not None else QPixmap()
        if figure.isNull():
            initial = (self._name_of(agent_id) or "?")[0].upper()
            font = theme().font("body", "semibold")
            font.setPixelSize(max(10, round(size_px * 0.42)))
            paint.text(painter, rect, initial, "text", font, paint.CENTER, elide=False)
        else:
            painter.drawPixmap(rect.toRect(), figure)
        painter.end()
        return pixmap


def tile_color(agent_id: str) -> QColor:
    """Ground of a portrait: a quiet hue that stays the same for an agent."""
    hue = (zlib.crc32(agent_id.encode()) % 360) / 360
    return QColor.fromHsvF(hue, 0.22, 0.38) if theme().is_dark() else QColor.fromHsvF(hue, 0.14, 0.93)
