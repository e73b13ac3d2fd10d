"""The list of agents: selection, keyboard, and updates that repaint only the row they touch."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from itertools import accumulate

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPaintEvent,
    QRegion,
)
from PySide6.QtWidgets import QAbstractItemView, QListView

from office_studio.ui.office_store import OfficeStore
from office_studio.ui.portraits import Portraits
from office_studio.ui.watch.roster_delegate import RosterDelegate, height_of
from office_studio.ui.watch.roster_model import AgentRole, IdRole, RosterModel

_AGE_PERIOD_MS = 1_000
_SLICE_MS, _ROWS_A_SLICE = 8, 4
_Index = QModelIndex | QPersistentModelIndex


class RosterView(QListView):
    """Signals:
    agent_chosen(str): a row became current by mouse or keyboard.
    agent_opened(str): Enter or double click.
    menu_requested(str, QPoint): agent id, global position.
    """

    agent_chosen = Signal(str)
    agent_opened = Signal(str)
    menu_requested = Signal(str, QPoint)

    def __init__(self, model: RosterModel, store: OfficeStore, portraits: Portraits) -> None:
        super().__init__()
        self._store, self._portraits = store, portraits
        self._delegate = RosterDelegate(model, store, portraits, self)
        self._ages: dict[int, str] = {}
        self._syncing = False
        self._is_telling = False
        self._dirty: set[int] = set()
        self._flush = QTimer(self, singleShot=True, interval=_SLICE_MS)
        self._flush.timeout.connect(self._flush_rows)
        model.rows_touched.connect(self._on_rows_touched)
        # Where rows begin, in px of the whole list. Asking the list costs a call into Python for every row.
        self._tops: list[int] = []
        model.modelReset.connect(self._tops.clear)
        model.layoutChanged.connect(self._tops.clear)
        self.setModel(model)
        self.setItemDelegate(self._delegate)
        self.setAccessibleName("Agents")
        self.setProperty("ownFocus", True)
        self.setMouseTracking(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.verticalScrollBar().setSingleStep(24)
        # Ages tick only while somebody can see them.
        self._clock = QTimer(self, interval=_AGE_PERIOD_MS)
        self._clock.timeout.connect(self._refresh_ages)
        store.staleness_changed.connect(self._repaint)
        portraits.changed.connect(self._repaint)

    def agent_model(self) -> RosterModel:
        model = self.model()
        assert isinstance(model, RosterModel)
        return model

    # -- selection ---------------------------------------------------------------------------------
    def show_selected(self, agent_id: str) -> None:
        """Select the row of an agent without telling anybody; "" clears."""
        index = self.agent_model().index_of(agent_id) if agent_id else QModelIndex()
        chosen = self.selectionModel()
        if index == self.currentIndex() and (
            self._is_telling or chosen.isSelected(index) == index.isValid() or self.chosen_ids()
        ):
            return
        self._syncing = True
        self.setCurrentIndex(index)
        if not index.isValid():
            self.clearSelection()
        self._syncing = False

    def chosen_ids(self) -> tuple[str, ...]:
        """Agents of all selected rows, from top to bottom."""
        rows = sorted(self.selectedIndexes(), key=lambda index: index.row())
        return tuple(agent_id for index in rows if (agent_id := index.data(IdRole)))

    def currentChanged(self, current: _Index, previous: _Index) -> None:
        super().currentChanged(current, previous)
        agent_id = current.data(IdRole) if current.isValid() else ""
        if agent_id and not self._syncing:
            self._is_telling = True  # which rows are selected is still being decided, with Ctrl or Shift
            self.agent_chosen.emit(agent_id)
            self._is_telling = False

    # -- cheap updates -----------------------------------------------------------------------------
    def dataChanged(self, top_left: QModelIndex, bottom_right: QModelIndex, roles: list[int] | None = None) -> None:
        # QListView lays out every row again on any change of data. Ours never change height, so a repaint will do.
        # Which rows those are, ``rows_touched`` tells.
        pass

    def _on_rows_touched(self, rows: list[int]) -> None:
        self._dirty.update(rows)
        if not self._flush.isActive():
            self._flush.start()

    def _flush_rows(self) -> None:
        """Repaint a few changed rows. In slices, because painting all rows of a busy office takes a whole frame."""
        waiting = [row for row in self._visible_rows() if row in self._dirty]
        region = QRegion()
        for row in waiting[:_ROWS_A_SLICE]:
            self._dirty.discard(row)
            region += self._rect_of(row)
        if len(waiting) > _ROWS_A_SLICE:
            self._flush.start()
        else:
            self._dirty.clear()
        if not region.isEmpty():
            self.viewport().update(region)

    def paintEvent(self, event: QPaintEvent) -> None:
        self._delegate.region = event.region()
        super().paintEvent(event)
        self._delegate.region = None

    def _refresh_ages(self) -> None:
        shown = {}
        for row in self._visible_rows():
            agent = self.agent_model().index(row).data(AgentRole)
            if agent is not None:
                shown[row] = self._delegate.age_text(agent)
                if self._ages.get(row) != shown[row]:
                    self.viewport().update(self._rect_of(row))
        self._ages = shown

    def _visible_rows(self) -> range:
        tops, offset = self._row_tops(), self.verticalOffset()
        first = bisect_right(tops, offset) - 1
        last = bisect_left(tops, offset + self.viewport().height())
        return range(max(0, first), min(last, len(tops) - 1))

    def _rect_of(self, row: int) -> QRect:
        """Where a row lies in the viewport."""
        tops = self._row_tops()
        return QRect(0, tops[row] - self.verticalOffset(), self.viewport().width(), tops[row + 1] - tops[row])

    def _row_tops(self) -> list[int]:
        """The upper edge of every row, and the lower one of the last."""
        if not self._tops:
            model = self.agent_model()
            self._tops.extend(accumulate((height_of(model.row_at(i)) for i in range(model.rowCount())), initial=0))
        return self._tops

    def set_carried(self, agent_id: str) -> None:
        """Dim the row of an agent that is being carried to a seat; "" for nobody."""
        self._delegate.carried = agent_id
        self._repaint()

    def _repaint(self) -> None:
        self.viewport().update()

    def showEvent(self, event: QEvent) -> None:
        super().showEvent(event)
        self._clock.start()

    def hideEvent(self, event: QEvent) -> None:
        super().hideEvent(event)
        self._clock.stop()

    # -- input -------------------------------------------------------------------------------------
    def focusInEvent(self, event: QFocusEvent) -> None:
        reasons = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason, Qt.FocusReason.ShortcutFocusReason)
        self.setProperty("keyboardFocus", event.reason() in reasons)
        super().focusInEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self.setProperty("keyboardFocus", True)
        agent_id = self.currentIndex().data(IdRole)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and agent_id:
            self.agent_opened.emit(agent_id)
            return
        super().keyPressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        agent_id = self.indexAt(event.position().toPoint()).data(IdRole)
        if agent_id and event.button() == Qt.MouseButton.LeftButton:
            self.agent_opened.emit(agent_id)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if by_key else self.indexAt(event.pos())
        agent_id = index.data(IdRole)
        if agent_id:
            at = self.viewport().mapToGlobal(self.visualRect(index).center()) if by_key else event.globalPos()
            self.menu_requested.emit(agent_id, at)
