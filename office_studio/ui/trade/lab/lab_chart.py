"""The picture of the billing lab: what each pattern holds and takes while items are worked on, side by side."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QToolTip, QWidget

from office_studio.services.officex.billing import Pattern
from office_studio.ui import paint
from office_studio.ui.theming import theme
from office_studio.ui.trade import market_words
from office_studio.ui.trade.lab.lab_runs import LabRow, Point, State, course

_GAP, _TOP, _BOTTOM, _LEFT = 8, 34, 26, 34  # px
_TAKEN, _HELD, _REFUSED = "accent_fill", "collaborating_mark", "blocked_mark"
_CALLS = {"reserve": "Reserve", "sip": "Sip", "settle": "Settle", "cancel": "Cancel", "inbox": "Letter"}


class LabChart(QWidget):
    """Signals:
    chosen(object): a pattern was clicked.
    """

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setMinimumSize(300, 190)
        self._rows: list[LabRow] = []
        self._courses: list[list[Point]] = []
        self._chosen: Pattern | None = None
        self._highest = 0  # micro-credits at the upper edge, one for all, so that heights compare
        # As last painted, and for what.
        self._shapes: dict[Pattern, tuple[list[Point], object, list[QPolygonF]]] = {}

    def show_rows(self, rows: list[LabRow], chosen: Pattern | None) -> None:
        if rows != self._rows or chosen is not self._chosen:
            self._courses = [
                self._courses[at] if at < len(self._rows) and self._rows[at].steps is row.steps else course(row.steps)
                for at, row in enumerate(rows)
            ]
            self._rows, self._chosen = list(rows), chosen
            self._highest = max((one.held + one.taken for points in self._courses for one in points), default=0)
            names = ", ".join(f"{row.name} took {market_words.short(row.taken)}" for row in rows)
            self.setAccessibleName(f"Credits held and taken over time: {names or 'nothing was run'}")
            self.update()

    # -- painting ----------------------------------------------------------------------------------
    def _boxes(self) -> list[QRectF]:
        count = max(1, len(self._rows))
        width = (self.width() - _GAP * (count - 1)) / count
        return [QRectF(round(at * (width + _GAP)), 0, int(width), self.height()) for at in range(count)]

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, ui = QPainter(self), theme()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        boxes = self._boxes()
        if not self._rows:
            paint.pill(painter, boxes[0], ui.color("raised"), ui.color("border"), radius=8)
            paint.text(painter, boxes[0], "Nothing was run yet", "text_faint", align=paint.CENTER)
            return
        for box, row, points in zip(boxes, self._rows, self._courses, strict=True):
            is_on = row.pattern is self._chosen and len(self._rows) > 1
            paint.pill(painter, box, ui.color("raised"), ui.color("accent" if is_on else "border"), radius=8)
            head = QRectF(box.x() + 10, 8, box.width() - 20, 18)
            paint.text(painter, head, row.name, "text", ui.font("small", "semibold"))
            self._paint_course(painter, box, row, points)

    def _area(self, box: QRectF) -> QRectF:
        return QRectF(box.x() + _LEFT, _TOP, box.width() - _LEFT - 10, box.height() - _TOP - _BOTTOM)

    def _paint_course(self, painter: QPainter, box: QRectF, row: LabRow, points: list[Point]) -> None:
        ui, area = theme(), self._area(box)
        tiny = ui.font("micro", numeric=True)
        painter.setPen(QPen(ui.color("border"), 1))
        painter.drawLine(QPointF(area.left(), area.bottom() + 0.5), QPointF(area.right(), area.bottom() + 0.5))
        for words, y in ((market_words.short(self._highest), area.top()), ("0", area.bottom())):
            paint.text(painter, QRectF(box.x() + 2, y - 8, _LEFT - 8, 16), words, "text_faint", tiny, paint.RIGHT)
        foot = QRectF(area.left(), area.bottom() + 5, area.width(), 16)
        paint.text(painter, foot, "0", "text_faint", tiny)
        paint.text(painter, foot, f"{row.plan.items} items", "text_faint", tiny, paint.RIGHT)
        if not points:
            words = "waits" if row.state is State.WAITING else "begins…"
            paint.text(painter, area, words, "text_faint", ui.font("small"), paint.CENTER)
            return
        if any(point.held or point.taken for point in points):
            self._paint_shapes(painter, area, row, points)
        else:
            paint.text(painter, area, "takes nothing", "text_faint", ui.font("small"), paint.CENTER)
        for point in points:
            if point.step.code:
                self._paint_refusal(painter, QPointF(self._x(area, row, point.at), area.bottom() - 6))

    def _paint_shapes(self, painter: QPainter, area: QRectF, row: LabRow, points: list[Point]) -> None:
        ui = theme()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)  # edges lie on pixels
        for ink, shape in zip((_HELD, _TAKEN), self._shapes_of(area, row, points), strict=True):
            painter.setBrush(ui.color(ink))
            painter.drawPolygon(shape)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        half = self._x(area, row, (row.plan.items + 1) // 2)
        painter.setPen(QPen(ui.color("text"), 1, Qt.PenStyle.DotLine))
        painter.drawLine(QPointF(half, area.top()), QPointF(half, area.bottom()))

    def _x(self, area: QRectF, row: LabRow, at: float) -> float:
        # Calls after the last item lie behind it, within half an item.
        return area.left() + min(1.0, at / (row.plan.items + 0.5)) * area.width()

    def _shapes_of(self, area: QRectF, row: LabRow, points: list[Point]) -> list[QPolygonF]:
        """What was held on top of what was taken, then what was taken; made anew only for other calls or sizes."""
        key = (area.getRect(), self._highest, row.run is None)
        kept = self._shapes.get(row.pattern)
        if kept is None or kept[0] is not points or kept[1] != key:
            levels = [point.held + point.taken for point in points], [point.taken for point in points]
            made = [self._steps(area, row, points, each) for each in levels]
            kept = self._shapes[row.pattern] = points, key, made
        return kept[2]

    def _steps(self, area: QRectF, row: LabRow, points: list[Point], levels: list[int]) -> QPolygonF:
        def y(level: int) -> float:
            return area.bottom() - level / self._highest * area.height()

        end = max(points[-1].at + 0.25, float(row.items_done)) if row.run is not None else points[-1].at + 0.25
        corners, level = [QPointF(self._x(area, row, points[0].at), area.bottom())], 0
        for x, highest_there, after in self._columns(area, row, points, levels):
            corners += [QPointF(x, y(level)), QPointF(x, y(highest_there)), QPointF(x, y(after))]
            level = after
        x = self._x(area, row, end)
        return QPolygonF([*corners, QPointF(x, y(level)), QPointF(x, area.bottom())])

    def _columns(
        self, area: QRectF, row: LabRow, points: list[Point], levels: list[int]
    ) -> Iterator[tuple[float, int, int]]:
        """Calls that fall on one half pixel as one: where, the highest level there, the last one."""
        per_item = 2 * area.width() / (row.plan.items + 0.5)
        for column, group in groupby(zip(points, levels, strict=True), key=lambda pair: int(pair[0].at * per_item)):
            there = [level for _, level in group]
            yield area.left() + min(area.width(), column / 2), max(there), there[-1]

    def _paint_refusal(self, painter: QPainter, at: QPointF) -> None:
        painter.setPen(QPen(theme().color(_REFUSED), 2))
        for dx in (-4, 4):
            painter.drawLine(at + QPointF(-dx, -4), at + QPointF(dx, 4))

    # -- reading -----------------------------------------------------------------------------------
    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = self._row_at(event.position())
        if at is not None:
            self.chosen.emit(self._rows[at].pattern)

    def _row_at(self, at: QPointF) -> int | None:
        return next((n for n, box in enumerate(self._boxes()) if n < len(self._rows) and box.contains(at)), None)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self.words_at(QPointF(event.pos())), self)
            return True
        return super().event(event)

    def words_at(self, at: QPointF) -> str:
        """The call at a point, and what was held and taken after it."""
        number = self._row_at(at)
        if number is None or not self._courses[number]:
            return ""
        row, area = self._rows[number], self._area(self._boxes()[number])
        before = [point for point in self._courses[number] if self._x(area, row, point.at) <= at.x() + 1]
        if not before:
            return ""
        point = before[-1]
        call = f"{_CALLS[point.step.call]} {market_words.short(point.step.micro) if point.step.micro else ''}".strip()
        what = f"{call}, refused: {point.step.code}" if point.step.code else call
        held, taken = market_words.short(point.held), market_words.short(point.taken)
        return f"{what}\nafter {point.step.done} of {row.plan.items} items\n{held} held, {taken} taken"


class LabLegend(QWidget):
    """What the two colours mean."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(230, 20)
        self.setAccessibleName("Purple: taken. Blue: held. Dotted line: half-way.")

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, ui, x = QPainter(self), theme(), float(self.width())
        font = ui.font("small")
        for words, ink in (("half-way", ""), ("held", _HELD), ("taken", _TAKEN)):
            width = paint.text_width(words, font)
            x -= width
            paint.text(painter, QRectF(x, 0, width + 2, 20), words, "text_muted", font)
            if ink:
                paint.pill(painter, QRectF(x - 17, 5, 10, 10), ui.color(ink), radius=2)
            else:
                painter.setPen(QPen(ui.color("text"), 1, Qt.PenStyle.DotLine))
                painter.drawLine(QPointF(x - 11.5, 3), QPointF(x - 11.5, 17))
            x -= 34
