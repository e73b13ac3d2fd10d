"""The small timeline of a tracer below a conversation: three lanes on one axis, and what all of it cost."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from office_studio.ui import formats, paint
from office_studio.ui.theming import theme
from office_studio.ui.trade import market_words
from office_studio.ui.trade.chat.chat_moments import Lane, Moment, cost_of

_LANE, _HEAD, _LEFT, _RIGHT = 20, 18, 60, 16  # px
_HEIGHT = _HEAD + 3 * _LANE + 6
_LEAST_MS = 10_000  # of the axis
_NEAR_PX, _MOST_TOLD = 7, 8
_INKS = {Lane.SAID: "accent", Lane.WORK: "working_mark", Lane.CREDITS: "idle_mark"}


class TracerTimeline(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.moments: list[Moment] = []
        self.setFixedHeight(_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.hide()

    def sizeHint(self) -> QSize:
        return QSize(400, _HEIGHT)

    def show_moments(self, moments: Sequence[Moment]) -> None:
        """Hidden while there are none."""
        self.setVisible(bool(moments))
        if list(moments) != self.moments:
            self.moments = list(moments)
            self.setAccessibleName(f"Timeline: {self.words}")
            self.update()

    @property
    def words(self) -> str:
        """How much happened in how much time, and what it cost."""
        if not self.moments:
            return "nothing yet"
        length = formats.duration(self.moments[-1].at_ms - self.moments[0].at_ms)
        cost = cost_of(self.moments)
        spent = f"cost {market_words.amount(cost)}" if cost else "cost nothing"
        return f"{formats.plural(len(self.moments), 'moment')} in {length} · {spent}"

    # -- painting ----------------------------------------------------------------------------------
    def _span(self) -> tuple[int, int]:
        first, last = self.moments[0].at_ms, self.moments[-1].at_ms
        return first, max(last, first + _LEAST_MS)

    def _x(self, at_ms: int) -> float:
        first, last = self._span()
        return _LEFT + (at_ms - first) / (last - first) * (self.width() - _LEFT - _RIGHT)

    def _y(self, lane: Lane) -> float:
        return _HEAD + (list(Lane).index(lane) + 0.5) * _LANE

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self.moments:
            return
        painter, ui = QPainter(self), theme()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        small, tiny = ui.font("small", numeric=True), ui.font("micro", numeric=True)
        first, last = self._span()
        width = self.width() - _LEFT - _RIGHT
        used = paint.text(painter, QRectF(_LEFT, 0, width, 16), formats.clock_seconds(first), "text_faint", tiny)
        end = QRectF(_LEFT + used + 8, 0, width - used - 8, 16)
        taken = paint.text(painter, end, formats.clock_seconds(last), "text_faint", tiny, paint.RIGHT)
        middle = QRectF(end.x(), 0, end.width() - taken - 8, 16)
        paint.text(painter, middle, self.words, "text_muted", small, paint.CENTER)
        for lane in Lane:
            y = round(self._y(lane)) + 0.5
            painter.setPen(QPen(ui.color("border"), 1))
            painter.drawLine(QPointF(_LEFT, y), QPointF(self.width() - _RIGHT, y))
            paint.text(painter, QRectF(0, y - 8, _LEFT - 10, 16), lane.value, "text_faint", tiny)
        for one in self.moments:
            self._paint_mark(painter, one)

    def _paint_mark(self, painter: QPainter, one: Moment) -> None:
        """A shape for each lane: disc, square, coin with a rim; what cost nothing is hollow."""
        at, ink = QPointF(self._x(one.at_ms), self._y(one.lane)), theme().color(_INKS[one.lane])
        is_full = one.lane is not Lane.CREDITS or one.micro > 0
        painter.setPen(QPen(ink, 1.5))
        painter.setBrush(ink if is_full else theme().color("surface"))
        if one.lane is Lane.WORK:
            painter.drawRect(QRectF(at.x() - 3.5, at.y() - 3.5, 7, 7))
        else:
            painter.drawEllipse(at, 4.5, 4.5)

    # -- reading -----------------------------------------------------------------------------------
    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self.words_at(QPointF(event.pos())), self)
            return True
        return super().event(event)

    def words_at(self, at: QPointF) -> str:
        """What happened at a point of the axis, in plain text."""
        if not self.moments:
            return ""
        near = [
            one for one in self.moments
            if abs(self._x(one.at_ms) - at.x()) <= _NEAR_PX and abs(self._y(one.lane) - at.y()) <= _LANE / 2
        ]  # fmt: skip
        lines = [f"{formats.clock_seconds(one.at_ms)}  {' '.join(one.words.split())[:160]}" for one in near]
        if len(lines) > _MOST_TOLD:
            lines = [*lines[:_MOST_TOLD], f"{len(lines) - _MOST_TOLD} more"]
        # Models and apps wrote the words, and tool tips take markup.
        return "\n".join(lines).replace("<", "‹").replace(">", "›")
