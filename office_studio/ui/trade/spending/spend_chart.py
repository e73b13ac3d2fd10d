"""Bars of what was spent a day, stacked by app or by agent."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QToolTip, QWidget

from office_studio.core.officex.money import MICRO
from office_studio.ui import formats, paint
from office_studio.ui.theming import theme
from office_studio.ui.trade import market_words

# The largest two have a colour of their own, the rest is one grey: five colours would mean statuses.
_INKS = ("accent_fill", "collaborating_mark", "text_faint")
_OTHERS = "others"
_LEFT, _TOP, _BOTTOM = 52, 46, 26  # px around the bars


class SpendChart(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.setMinimumSize(260, 150)
        self._title, self.nothing = "", "Nothing was spent in these days"
        self._starts: list[int] = []
        self.parts: list[tuple[str, list[int]]] = []  # name, micro-credits a day; at most three

    def show_sums(self, title: str, starts: list[int], sums: dict[str, list[int]]) -> None:
        """``sums``: by the name that the legend says."""
        ranked = sorted(sums.items(), key=lambda item: (-sum(item[1]), item[0]))
        parts = ranked[:2]
        rest = [days for _, days in ranked[2:]]
        if rest:
            name = ranked[2][0] if len(rest) == 1 else _OTHERS
            parts.append((name, [sum(day) for day in zip(*rest, strict=True)]))
        if (title, starts, parts) != (self._title, self._starts, self.parts):
            self._title, self._starts, self.parts = title, starts, parts
            total = sum(sum(days) for _, days in parts)
            self.setAccessibleName(f"{title}: {market_words.credits(total)} credits in all")
            self.update()

    # -- painting ----------------------------------------------------------------------------------
    def paintEvent(self, event: QPaintEvent) -> None:
        ui, painter, rect = theme(), QPainter(self), QRectF(self.rect())
        paint.pill(painter, rect, ui.color("raised"), ui.color("border"), radius=8)
        title = ui.font("body", "semibold")
        used = paint.text(painter, QRectF(17, 12, rect.width() - 34, 20), self._title, "text", title)
        self._paint_legend(painter, QRectF(17 + used + 16, 12, rect.width() - used - 50, 20))
        area = QRectF(_LEFT, _TOP, rect.width() - _LEFT - 16, rect.height() - _TOP - _BOTTOM)
        if not self.parts:
            paint.text(painter, area, self.nothing, "text_faint", align=paint.CENTER)
            return
        top = _nice(max(sum(day) for day in zip(*(days for _, days in self.parts), strict=True)))
        self._paint_lines(painter, area, top)
        for at in range(len(self._starts)):
            self._paint_bar(painter, area, at, top)

    def _paint_legend(self, painter: QPainter, area: QRectF) -> None:
        font, x = theme().font("small"), area.right()
        for (name, _), ink in reversed(list(zip(self.parts, _INKS, strict=False))):
            width = min(paint.text_width(name, font), 140)
            x -= width
            if x - 18 < area.left():
                return
            paint.text(painter, QRectF(x, area.y(), width, area.height()), name, "text_muted", font)
            box = QRectF(x - 17, area.center().y() - 5, 10, 10)
            paint.pill(painter, box, theme().color(ink), radius=2)
            x -= 34

    def _paint_lines(self, painter: QPainter, area: QRectF, top: int) -> None:
        font = theme().font("micro", numeric=True)
        painter.setPen(QPen(theme().color("border"), 1))
        for share in (0.0, 0.5, 1.0):
            y = round(area.bottom() - share * area.height()) + 0.5
            painter.setPen(QPen(theme().color("border"), 1))
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            words = market_words.short(round(top * share))
            paint.text(painter, QRectF(4, y - 8, _LEFT - 12, 16), words, "text_faint", font, paint.RIGHT)

    def _bar(self, area: QRectF, at: int) -> QRectF:
        step = area.width() / max(1, len(self._starts))
        width = max(4.0, min(26.0, step * 0.62))
        return QRectF(area.left() + (at + 0.5) * step - width / 2, area.top(), width, area.height())

    def _paint_bar(self, painter: QPainter, area: QRectF, at: int, top: int) -> None:
        bar, y = self._bar(area, at), area.bottom()
        for (_, days), ink in zip(self.parts, _INKS, strict=False):
            height = days[at] / top * area.height()
            if height > 0:
                painter.fillRect(
                    QRectF(bar.x(), y - max(1.0, height), bar.width(), max(1.0, height - 1)), theme().color(ink)
                )
                y -= height
        if (len(self._starts) - 1 - at) % 2 == 0:
            words = formats.day(self._starts[at])
            label = QRectF(bar.center().x() - 30, area.bottom() + 5, 60, 16)
            paint.text(painter, label, words, "text_faint", theme().font("micro"), paint.CENTER, elide=False)

    # -- reading -----------------------------------------------------------------------------------
    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self._words_at(event.pos().x()), self)
            return True
        return super().event(event)

    def _words_at(self, x: int) -> str:
        area = QRectF(_LEFT, _TOP, self.width() - _LEFT - 16, 1)
        if not self._starts or not self.parts or not area.left() <= x <= area.right():
            return ""
        at = min(len(self._starts) - 1, int((x - area.left()) / area.width() * len(self._starts)))
        lines = [f"{name}: {market_words.credits(days[at], 6)}" for name, days in self.parts if days[at]]
        return "\n".join([formats.day(self._starts[at]), *(lines or ["nothing"])])


def _nice(largest: int) -> int:
    """The next round number of micro-credits, for the uppermost line."""
    unit = MICRO // 100
    while True:
        for factor in (1, 2, 4, 6, 8):
            if unit * factor >= largest:
                return unit * factor
        unit *= 10
