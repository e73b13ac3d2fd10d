"""The bottom panel of Watch: a lane per agent, coloured by status, drawn from what this window has seen."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QBrush, QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QToolTip

from office_studio.ui import formats, paint
from office_studio.ui.office_store import OfficeStore
from office_studio.ui.theming import theme
from office_studio.ui.watch.roster_rows import arrange
from office_studio.ui.watch.status_history import Span, StatusHistory, tick_step_ms
from office_studio.ui.widgets.basics import PanelHeader
from office_studio.ui.widgets.layouts import label, tool, vbox

SPANS_MIN = (2, 5, 15, 30, 60, 120, 240, 480)
_LANE, _TOP, _LEFT, _RIGHT = 15, 22, 76, 16
_REFRESH_MS = 1_000


class TimelinePanel(QFrame):
    """Signals:
    agent_chosen(str)
    """

    agent_chosen = Signal(str)

    def __init__(self, store: OfficeStore, history: StatusHistory) -> None:
        super().__init__()
        self.setProperty("level", "surface")
        self._span_index = 0
        self._is_chosen = False  # until the user picks a span, it grows with what there is to show
        self._history = history
        self._store = store
        self._span = label("", "small-muted")
        shorter, longer = tool("minus", "Shorter span", "mini", 14), tool("plus", "Longer span", "mini", 14)
        self.header = PanelHeader("Timeline", self._span, shorter, longer)
        self.lanes = TimelineLanes(store, history)
        self.lanes.span_changed.connect(self.header.set_count)
        self.lanes.agent_chosen.connect(self.agent_chosen)
        shorter.clicked.connect(lambda: self._choose(-1))
        longer.clicked.connect(lambda: self._choose(1))
        self.lanes.refreshed.connect(self._grow)
        self.setLayout(vbox(self.header, (self.lanes, 1), spacing=0))
        self._step(0)

    def _choose(self, by: int) -> None:
        self._is_chosen = True
        self._step(by)

    def _grow(self) -> None:
        started = self._history.started_ms
        if started is None or self._is_chosen:
            return
        minutes = (self._store.now_ms() - started) / 60_000
        if minutes > SPANS_MIN[self._span_index] and SPANS_MIN[self._span_index] < 120:
            self._step(1)

    def _step(self, by: int) -> None:
        self._span_index = max(0, min(len(SPANS_MIN) - 1, self._span_index + by))
        minutes = SPANS_MIN[self._span_index]
        self._span.setText(formats.duration(minutes * 60_000))
        self.lanes.set_length(minutes * 60_000)


class TimelineLanes(QAbstractScrollArea):
    """Signals:
    agent_chosen(str)
    span_changed(str): the shown time, "14:02 – 14:17".
    refreshed(): once a second while it is shown.
    """

    agent_chosen = Signal(str)
    span_changed = Signal(str)
    refreshed = Signal()

    def __init__(self, store: OfficeStore, history: StatusHistory) -> None:
        super().__init__()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName("Timeline")
        self.setProperty("ownFocus", True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setAutoFillBackground(False)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent, False)
        self.viewport().setMouseTracking(True)
        self._store, self._history = store, history
        self._length_ms = 15 * 60_000
        self._lanes: list[str] = []
        self._caption = ""
        # Time passes, so the picture moves once a second, and only while somebody can see it.
        self._clock = QTimer(self, interval=_REFRESH_MS)
        self._clock.timeout.connect(self._refresh)
        store.agents_reset.connect(self._refresh)
        store.selection_changed.connect(self._repaint)
        store.staleness_changed.connect(self._repaint)
        self._refresh()

    def set_length(self, length_ms: int) -> None:
        self._length_ms = length_ms
        self._refresh()

    @property
    def lane_ids(self) -> tuple[str, ...]:
        return tuple(self._lanes)

    def showEvent(self, event: QEvent) -> None:
        super().showEvent(event)
        self._clock.start()
        self._refresh()

    def hideEvent(self, event: QEvent) -> None:
        super().hideEvent(event)
        self._clock.stop()

    def _repaint(self, *_: object) -> None:
        self.viewport().update()

    def _refresh(self) -> None:
        own = (agent for agent in self._store.agents().values() if not agent.is_foreign)
        order = [row for row in arrange(own) if isinstance(row, str)]
        self._lanes = self._history.known(order)
        height = _TOP + _LANE * len(self._lanes) + 6
        bar = self.verticalScrollBar()
        bar.setPageStep(max(1, self.viewport().height()))
        bar.setSingleStep(_LANE)
        bar.setRange(0, max(0, height - self.viewport().height()))
        start, end = self._shown()
        caption = f"{formats.clock(start)} – {formats.clock(end)}"
        if caption != self._caption:
            self._caption = caption
            self.span_changed.emit(caption)
        self._repaint()
        self.refreshed.emit()

    def resizeEvent(self, event: QEvent) -> None:
        super().resizeEvent(event)
        self._refresh()

    def _shown(self) -> tuple[int, int]:
        now = self._store.now_ms()
        return now - self._length_ms, now

    # -- painting ----------------------------------------------------------------------------------
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        start, end = self._shown()
        width, height = self.viewport().width(), self.viewport().height()
        area = QRectF(_LEFT, _TOP, width - _LEFT - _RIGHT, height - _TOP)
        if not self._lanes:
            words = "Lanes appear with the first news of the office."
            paint.text(
                painter, QRectF(self.viewport().rect()), words, "text_faint", theme().font("small"), paint.CENTER
            )
            return
        self._paint_marks(painter, area, start, end)
        painter.save()
        painter.setClipRect(QRectF(0, _TOP, width, height - _TOP))
        offset = self.verticalScrollBar().value()
        for i, agent_id in enumerate(self._lanes):
            top = _TOP + i * _LANE - offset
            if top + _LANE >= _TOP and top <= height:
                self._paint_lane(painter, area, agent_id, top, start, end)
        painter.restore()
        for gap_start, gap_end in self._history.gaps(start, end):
            self._paint_gap(painter, area, gap_start, gap_end, start, end)
        self._paint_now(painter, area)

    def _x(self, area: QRectF, at_ms: int, start: int, end: int) -> float:
        return area.left() + area.width() * (min(max(at_ms, start), end) - start) / (end - start)

    def _paint_marks(self, painter: QPainter, area: QRectF, start: int, end: int) -> None:
        step = tick_step_ms(end - start, max(2, int(area.width() // 95)))
        at = (start // step + 1) * step
        font = theme().font("micro", numeric=True)
        words = formats.clock_seconds if step < 60_000 else formats.clock
        while at < end:
            x = self._x(area, at, start, end)
            painter.fillRect(QRectF(x, _TOP - 2, 1, area.height()), theme().color("border"))
            if area.right() - x > 34:
                paint.text(painter, QRectF(x - 36, 3, 72, 16), words(at), "text_faint", font, paint.CENTER, elide=False)
            at += step

    def _paint_lane(self, painter: QPainter, area: QRectF, agent_id: str, top: float, start: int, end: int) -> None:
        ui, is_selected = theme(), agent_id == self._store.selected
        if is_selected:
            painter.fillRect(QRectF(0, top, self.viewport().width(), _LANE), ui.color("hover"))
        font = ui.font("micro", "medium" if is_selected else "regular")
        name = QRectF(12, top, _LEFT - 18, _LANE)
        paint.text(painter, name, self._store.name(agent_id), "text" if is_selected else "text_muted", font)
        for span in self._history.spans(agent_id, start, end):
            left = self._x(area, span.start_ms, start, end)
            right = self._x(area, span.end_ms if span.end_ms is not None else end, start, end)
            if right > left:
                _paint_span(painter, span.status, QRectF(left, top + (_LANE - 8) / 2, max(1.0, right - left - 1), 8))

    def _paint_gap(
        self, painter: QPainter, area: QRectF, gap_start: int, gap_end: int | None, start: int, end: int
    ) -> None:
        ui = theme()
        left = self._x(area, gap_start, start, end)
        right = self._x(area, gap_end if gap_end is not None else end, start, end)
        rect = QRectF(left, area.top(), right - left, area.height() - 4)
        painter.fillRect(rect, ui.color("surface"))
        painter.fillRect(rect, QBrush(ui.color("border_strong"), Qt.BrushStyle.BDiagPattern))
        words = f"No data since {formats.clock_seconds(gap_start)}"
        font = ui.font("small", "medium")
        width = paint.text_width(words, font) + 20
        if gap_end is None and width < rect.width() - 8:
            tag = QRectF(rect.center().x() - width / 2, rect.center().y() - 12, width, 24)
            paint.pill(painter, tag, ui.color("raised"), ui.color("border_strong"))
            paint.text(painter, tag, words, "text", font, paint.CENTER, elide=False)

    def _paint_now(self, painter: QPainter, area: QRectF) -> None:
        ui, x = theme(), area.right()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(QRectF(x - 1, _TOP - 4, 2, area.height()), ui.color("accent"))
        font = ui.font("micro", "semibold")
        width = paint.text_width("now", font) + 12
        tag = QRectF(min(x - width / 2, self.viewport().width() - width - 2), 3, width, 16)
        paint.pill(painter, tag, ui.color("accent_fill"))
        paint.text(painter, tag, "now", "on_accent", font, paint.CENTER, elide=False)

    # -- input -------------------------------------------------------------------------------------
    def _lane_at(self, point: QPointF) -> str:
        row = int((point.y() - _TOP + self.verticalScrollBar().value()) // _LANE)
        return self._lanes[row] if point.y() >= _TOP and 0 <= row < len(self._lanes) else ""

    def mousePressEvent(self, event: QMouseEvent) -> None:
        agent_id = self._lane_at(event.position())
        if agent_id:
            self.agent_chosen.emit(agent_id)

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.verticalScrollBar().event(event)

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self._tip(event.pos()), self)
            return True
        return super().viewportEvent(event)

    def _tip(self, at: QPoint) -> str:
        agent_id, area_width = self._lane_at(QPointF(at)), self.viewport().width() - _LEFT - _RIGHT
        if not agent_id or at.x() < _LEFT:
            return ""
        start, end = self._shown()
        moment = start + round((at.x() - _LEFT) / max(1, area_width) * (end - start))
        for span in self._history.spans(agent_id, start, end):
            if span.start_ms <= moment and (span.end_ms is None or moment < span.end_ms):
                return _span_words(self._store.name(agent_id), span, end)
        return ""


def _span_words(name: str, span: Span, now_ms: int) -> str:
    until = "now" if span.end_ms is None else formats.clock_seconds(span.end_ms)
    length = formats.duration((span.end_ms or now_ms) - span.start_ms)
    return f"{name}, {span.status} {length}\n{formats.clock_seconds(span.start_ms)} – {until}"


def _paint_span(painter: QPainter, status: str, rect: QRectF) -> None:
    ui = theme()
    if status == "idle":
        painter.fillRect(QRectF(rect.x(), rect.center().y() - 1, rect.width(), 2), ui.color("idle_mark"))
    elif status == "blocked":
        tall = rect.adjusted(0, -1, 0, 1)
        painter.fillRect(tall, ui.color("blocked_mark"))
        painter.fillRect(tall, QBrush(ui.color("chrome", 0.55), Qt.BrushStyle.BDiagPattern))
    elif status == "collaborating":
        bar = rect.height() * 0.38
        color = ui.color("collaborating_mark")
        painter.fillRect(QRectF(rect.x(), rect.y(), rect.width(), bar), color)
        painter.fillRect(QRectF(rect.x(), rect.bottom() - bar, rect.width(), bar), color)
    elif status == "working":
        painter.fillRect(rect, ui.color("working_mark", 0.55))
    # Offline is no bar at all: nothing happened there.
