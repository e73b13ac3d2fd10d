"""The small bar chart of tokens a minute."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from office_studio.ui import formats
from office_studio.ui.theming import theme

_GAP = 2


class MinuteBars(QWidget):
    """One bar a minute, the running minute in full colour. Empty history is a flat line, not a guess."""

    def __init__(self, slots: int, height: int = 30) -> None:
        super().__init__()
        self._slots = slots
        self._values: tuple[int, ...] = ()
        self.setFixedHeight(height)

    def set_values(self, values: tuple[int, ...]) -> None:
        if values != self._values:
            self._values = values
            peak = formats.tokens(max(values)) if values else ""
            self.setToolTip(f"Tokens per minute, at most {peak}" if values else "No tokens in this time")
            self.setAccessibleName(self.toolTip())
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        height, peak = self.height() - 2, max(self._values, default=0)
        width = (self.width() - _GAP * (self._slots - 1)) / self._slots
        first = self._slots - len(self._values)
        for i in range(self._slots):
            value = self._values[i - first] if i >= first else 0
            bar = max(2.0, value / peak * height) if value and peak else 1.0
            alpha = 1.0 if i == self._slots - 1 and value else 0.55
            color = theme().color("accent", alpha) if value else theme().color("border_strong")
            painter.fillRect(QRectF(i * (width + _GAP), height - bar + 1, width, bar), color)
