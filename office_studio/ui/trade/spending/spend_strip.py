"""Budgets under the chart of the wallet: a bar each, amber when nearly used up, red when used up, with words."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from office_studio.ui import paint
from office_studio.ui.icons import draw_glyph
from office_studio.ui.theming import theme
from office_studio.ui.trade.installs.installs_view import paint_bar
from office_studio.ui.trade.spending.spend_budgets import Budget, Level

_HEIGHT, _LEAST_WIDTH, _GAP = 44, 250, 16  # px
_INKS = {Level.WITHIN: "text_muted", Level.NEAR: "warning", Level.OVER: "error"}


class BudgetStrip(QWidget):
    """As many as fit side by side, fullest first; hidden without any."""

    def __init__(self) -> None:
        super().__init__()
        self.budgets: list[Budget] = []
        self.setFixedHeight(_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.hide()

    def sizeHint(self) -> QSize:
        return QSize(3 * _LEAST_WIDTH, _HEIGHT)

    def show_budgets(self, budgets: list[Budget]) -> None:
        self.setVisible(bool(budgets))
        if budgets != self.budgets:
            self.budgets = list(budgets)
            self.setAccessibleName("Budgets: " + "; ".join(f"{one.name}, {one.words}" for one in budgets))
            self.update()

    def _boxes(self) -> list[tuple[Budget, QRectF]]:
        fit = max(1, (self.width() + _GAP) // (_LEAST_WIDTH + _GAP))
        shown = self.budgets[:fit]
        fit = max(1, len(shown))
        width = (self.width() - _GAP * (fit - 1)) / fit
        return [(one, QRectF(at * (width + _GAP), 0, width, _HEIGHT)) for at, one in enumerate(shown)]

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, ui = QPainter(self), theme()
        small = ui.font("small", numeric=True)
        for one, box in self._boxes():
            ink = _INKS[one.level]
            left = box.x()
            if one.level is not Level.WITHIN:  # a shape besides the colour
                draw_glyph(painter, QRectF(left, 7, 14, 14), "warning", ui.color(ink))
                left += 20
            head = QRectF(left, 4, box.right() - left, 20)
            used = min(paint.text_width(one.brief, small), head.width() * 0.72)
            paint.text(painter, head.adjusted(head.width() - used, 0, 0, 0), one.brief, ink, small, paint.RIGHT)
            paint.text(painter, head.adjusted(0, 0, -used - 8, 0), one.name, "text", ui.font("small", "semibold"))
            paint_bar(painter, QRectF(box.x(), 28, box.width(), 6), one.share)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self.words_at(QPointF(event.pos())), self)
            return True
        return super().event(event)

    def words_at(self, at: QPointF) -> str:
        """Of the budget there, and of those that have no room."""
        boxes = self._boxes()
        found = next((one for one, box in boxes if box.contains(at)), None)
        if found is None:
            return ""
        lines = [f"{found.name}: {found.words}"]
        lines += [f"{one.name}: {one.words}" for one in self.budgets[len(boxes) :]]
        return "\n".join(lines).replace("<", "‹")
