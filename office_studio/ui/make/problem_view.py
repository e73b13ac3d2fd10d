"""The list of problems: rows painted by a delegate, each with the button that mends it, and a head that sorts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from office_studio.core.validation.report import Finding
from office_studio.ui import paint
from office_studio.ui.icons import draw_glyph
from office_studio.ui.make.problem_rows import SEVERITY_WORDS, SORTS, GroupRow, Row, as_tsv, verb, where
from office_studio.ui.status_shapes import draw_severity
from office_studio.ui.theming import theme

if TYPE_CHECKING:
    from office_studio.core.validation.fixes.model import Fix

ROW_HEIGHT, HEAD_HEIGHT = 32, 30
FindingRole = Qt.ItemDataRole.UserRole + 1
_Index = QModelIndex | QPersistentModelIndex


class ProblemModel(QAbstractListModel):
    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: list[Row] = []
        self.fixes: dict[Finding, Fix] = {}

    def set_rows(self, rows: list[Row], fixes: dict[Finding, Fix]) -> None:
        self.beginResetModel()
        self.rows, self.fixes = rows, fixes
        self.endResetModel()

    @property
    def findings(self) -> list[Finding]:
        return [row for row in self.rows if isinstance(row, Finding)]

    def index_of(self, finding: Finding) -> QModelIndex:
        return next((self.index(i) for i, row in enumerate(self.rows) if row == finding), QModelIndex())

    def rowCount(self, parent: _Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def flags(self, index: _Index) -> Qt.ItemFlag:
        if index.isValid() and isinstance(self.rows[index.row()], GroupRow):
            return Qt.ItemFlag.ItemIsEnabled
        return super().flags(index)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self.rows):
            return None
        row = self.rows[index.row()]
        if isinstance(row, GroupRow):
            return row.name if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole) else None
        if role == Qt.ItemDataRole.DisplayRole:
            return row.message
        if role == FindingRole:
            return row
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{row.message}\n{where(row)}  {row.rule}"
        if role == Qt.ItemDataRole.AccessibleTextRole:
            fix = self.fixes.get(row)
            parts = (
                SEVERITY_WORDS[row.severity],
                row.message,
                where(row),
                row.rule,
                f"Fix: {fix.title}" if fix else "",
            )
            return ", ".join(filter(None, parts))
        return None


class Columns:
    """Where the columns of a row lie, in px. They go from the right as the list narrows, the sentence last."""

    def __init__(self, width: float) -> None:
        self.button = 150.0
        self.rule = 178.0 if width >= 720 else 0.0
        self.where = 176.0 if width >= 520 else 0.0
        self.problem = 45.0
        right = width - 16
        self.button_at = right - self.button
        self.rule_at = self.button_at - self.rule
        self.where_at = self.rule_at - self.where
        self.problem_width = self.where_at - self.problem - 12


class ProblemView(QListView):
    """Signals:
    chosen(Finding)
    opened(Finding): Enter or double click: go there.
    fix_requested(Finding)
    """

    chosen = Signal(object)
    opened = Signal(object)
    fix_requested = Signal(object)

    def __init__(self, model: ProblemModel) -> None:
        super().__init__()
        self._delegate = ProblemDelegate(model, self)
        self.problems = model
        self.setModel(model)
        self.setItemDelegate(self._delegate)
        self.setAccessibleName("Problems")
        self.setProperty("ownFocus", True)
        self.setMouseTracking(True)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalScrollBar().setSingleStep(ROW_HEIGHT)

    def finding(self) -> Finding | None:
        found = self.currentIndex().data(FindingRole)
        return found if isinstance(found, Finding) else None

    def choose(self, finding: Finding | None) -> None:
        index = self.problems.index_of(finding) if finding is not None else QModelIndex()
        self.setCurrentIndex(index)
        if index.isValid():
            self.scrollTo(index)

    def step(self, by: int) -> Finding | None:
        """The next or previous problem, round the end; it becomes the chosen one."""
        findings = self.problems.findings
        if not findings:
            return None
        now = self.finding()
        at = findings.index(now) + by if now in findings else (0 if by > 0 else -1)
        self.choose(findings[at % len(findings)])
        return self.finding()

    def button_rect(self, finding: Finding) -> QRectF:
        """Of its fix, in the viewport; empty when there is none."""
        index = self.problems.index_of(finding)
        fix = self.problems.fixes.get(finding)
        return self._delegate.button_rect(QRectF(self.visualRect(index)), fix) if fix is not None else QRectF()

    def currentChanged(self, current: _Index, previous: _Index) -> None:
        super().currentChanged(current, previous)  # type: ignore[arg-type]
        self.chosen.emit(self.finding())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self.setProperty("keyboardFocus", True)
        finding = self.finding()
        if finding is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit(finding)
        elif event.matches(QKeySequence.StandardKey.Copy):
            QApplication.clipboard().setText(as_tsv(self.problems.findings if finding is None else [finding]))
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        reasons = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason, Qt.FocusReason.ShortcutFocusReason)
        self.setProperty("keyboardFocus", event.reason() in reasons)
        super().focusInEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        self._delegate.note_pointer(event.position().toPoint())

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._delegate.note_pointer(QPoint(-1, -1))


class ProblemDelegate(QStyledItemDelegate):
    def __init__(self, model: ProblemModel, view: ProblemView) -> None:
        super().__init__(view)
        self._model, self._view = model, view
        self._pointer = QPoint(-1, -1)
        self._is_over_button = False

    def note_pointer(self, at: QPoint) -> None:
        """Where the mouse is, so that the button below it looks so."""
        self._pointer = at
        finding = self._view.indexAt(at).data(FindingRole)
        is_over = isinstance(finding, Finding) and self._view.button_rect(finding).contains(at)
        if is_over != self._is_over_button:
            self._is_over_button = is_over
            self._view.viewport().setCursor(
                Qt.CursorShape.PointingHandCursor if is_over else Qt.CursorShape.ArrowCursor
            )
            self._view.viewport().update()

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(100, ROW_HEIGHT)

    def button_rect(self, row: QRectF, fix: Fix) -> QRectF:
        width = paint.text_width(verb(fix), theme().font("small", "medium")) + 20
        right = row.right() - 15
        return QRectF(right - width, row.y() + 4, width, 24)

    def editorEvent(self, event: QEvent, model: object, option: QStyleOptionViewItem, index: _Index) -> bool:
        finding = index.data(FindingRole)
        if isinstance(event, QMouseEvent) and isinstance(finding, Finding):
            fix = self._model.fixes.get(finding)
            is_inside = fix is not None and self.button_rect(QRectF(option.rect), fix).contains(event.position())
            if is_inside and event.button() == Qt.MouseButton.LeftButton:
                if event.type() == QEvent.Type.MouseButtonRelease:
                    self._view.fix_requested.emit(finding)
                return True
            if event.type() == QEvent.Type.MouseButtonDblClick:
                self._view.opened.emit(finding)
                return True
        return super().editorEvent(event, model, option, index)  # type: ignore[arg-type]

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        row, rect = self._model.rows[index.row()], QRectF(option.rect)
        painter.save()
        if isinstance(row, GroupRow):
            area = rect.adjusted(16, 4, -16, 0)
            used = paint.text(painter, area, row.name, "text_muted", theme().font("small", "semibold"))
            count = str(row.count)
            paint.text(painter, area.adjusted(used + 8, 0, 0, 0), count, "text_faint", theme().font("small"))
        else:
            self._paint_finding(painter, rect, row, option.state)
        painter.fillRect(QRectF(rect.x(), rect.bottom() - 1, rect.width(), 1), theme().color("border"))
        painter.restore()

    def _paint_finding(self, painter: QPainter, rect: QRectF, row: Finding, state: QStyle.StateFlag) -> None:
        ui, columns = theme(), Columns(rect.width())
        is_selected = bool(state & QStyle.StateFlag.State_Selected)
        is_hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        if is_selected or is_hovered:
            painter.fillRect(rect, ui.color("selection" if is_selected else "hover"))
        if is_selected and self._view.hasFocus() and self._view.property("keyboardFocus"):
            paint.pill(painter, rect.adjusted(1, 1, -1, -2), ui.color("selection"), ui.color("focus"), radius=4)
        draw_severity(painter, QRectF(rect.x() + 11, rect.center().y() - 8, 16, 16), row.severity.value)
        ink = "text" if is_selected else "text_muted"
        mono = ui.font("small", "regular", "mono")
        line = QRectF(rect.x() + columns.problem, rect.y(), columns.problem_width, rect.height())
        paint.text(painter, line, row.message, "text", ui.font())
        if columns.where:
            area = QRectF(rect.x() + columns.where_at, rect.y(), columns.where - 12, rect.height())
            paint.text(painter, area, where(row), ink, mono)
        if columns.rule:
            area = QRectF(rect.x() + columns.rule_at, rect.y(), columns.rule - 12, rect.height())
            paint.text(painter, area, row.rule, ink, mono)
        fix = self._model.fixes.get(row)
        if fix is not None:
            self._paint_button(painter, self.button_rect(rect, fix), verb(fix))

    def _paint_button(self, painter: QPainter, rect: QRectF, words: str) -> None:
        is_over = rect.contains(self._pointer)
        ground = theme().color("hover" if is_over else "raised")
        paint.pill(painter, rect, ground, theme().color("border_strong"), radius=6)
        paint.text(painter, rect, words, "text", theme().font("small", "medium"), paint.CENTER)


class ProblemHead(QWidget):
    """Titles over the columns; a click sorts.

    Signals:
        sort_changed(str, bool): by what, and whether downwards.
    """

    sort_changed = Signal(str, bool)

    def __init__(self, view: ProblemView) -> None:
        super().__init__()
        self._view = view
        self.sort, self.is_descending = SORTS[0], False
        self.setFixedHeight(HEAD_HEIGHT)
        self.setAccessibleName("Sort problems")

    def _titles(self) -> list[tuple[str, str, float]]:
        columns = Columns(self._view.viewport().width())
        found = [("severity", "", 8.0), ("problem", "Problem", columns.problem)]
        found += [("where", "Where", columns.where_at)] if columns.where else []
        return [*found, *([("rule", "Rule", columns.rule_at)] if columns.rule else [])]

    def mousePressEvent(self, event: QMouseEvent) -> None:
        under = [key for key, _, x in self._titles() if x <= event.position().x()]
        if under:
            key = under[-1]
            self.is_descending = not self.is_descending if key == self.sort else False
            self.sort = key
            self.update()
            self.sort_changed.emit(self.sort, self.is_descending)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, ui = QPainter(self), theme()
        for key, words, x in self._titles():
            used = paint.text(
                painter, QRectF(x, 0, 140, self.height()), words, "text_muted", ui.font("small", "medium")
            )
            if key == self.sort and words:
                glyph = "caret-down" if self.is_descending else "caret-up"
                draw_glyph(painter, QRectF(x + used + 4, self.height() / 2 - 6, 12, 12), glyph, ui.color("text_muted"))
        painter.fillRect(QRectF(0, self.height() - 1, self.width(), 1), ui.color("border_strong"))
