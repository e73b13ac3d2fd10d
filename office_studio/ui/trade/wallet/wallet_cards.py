"""The three cards on top of the wallet: Available, Reserved, Spent today."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from office_studio.ui import paint
from office_studio.ui.theming import theme

_HEIGHT = 94


class FigureCard(QWidget):
    """A title, one large figure with its unit, a line below it."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self._title, self.figure, self.detail, self._tone = title, "—", "", "text_muted"
        self.setFixedHeight(_HEIGHT)
        self.setMinimumWidth(150)

    def sizeHint(self) -> QSize:
        return QSize(300, _HEIGHT)

    def say(self, figure: str, detail: str, tone: str = "text_muted", tip: str = "") -> None:
        if (figure, detail, tone) != (self.figure, self.detail, self._tone):
            self.figure, self.detail, self._tone = figure, detail, tone
            self.setAccessibleName(f"{self._title}: {figure} credits, {detail}")
            self.update()
        if tip != self.toolTip():
            self.setToolTip(tip)

    def paintEvent(self, event: QPaintEvent) -> None:
        ui, painter, rect = theme(), QPainter(self), QRectF(self.rect())
        paint.pill(painter, rect, ui.color("raised"), ui.color("border"), radius=8)
        inner = rect.adjusted(17, 0, -14, 0)
        paint.text(painter, QRectF(inner.x(), 11, inner.width(), 18), self._title, "text_muted", ui.font("small"))
        large = ui.font("display", "semibold", "display", numeric=True)
        used = paint.text(painter, QRectF(inner.x(), 29, inner.width(), 36), self.figure, "text", large)
        unit = QRectF(inner.x() + used + 8, 38, inner.width() - used - 8, 24)
        if unit.width() > 40:
            paint.text(painter, unit, "credits", "text_muted")
        small = ui.font("small", numeric=True)
        paint.text(painter, QRectF(inner.x(), 66, inner.width(), 18), self.detail, self._tone, small)
