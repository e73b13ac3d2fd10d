"""The slot cards: an item view that shows seats, takes agents and gives them, by mouse and by keyboard."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QWidget

from office_studio.ui.assign.agent_drag import DragGrip
from office_studio.ui.assign.controller import AssignController, SlotInfo
from office_studio.ui.assign.slots_delegate import SlotsDelegate
from office_studio.ui.assign.slots_model import AgentIdRole, Index, SlotRole, SlotsModel
from office_studio.ui.office_store import OfficeStore
from office_studio.ui.portraits import Portraits
from office_studio.ui.render.drag import Lights, SeatLight

_BY_KEY = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason, Qt.FocusReason.ShortcutFocusReason)


class SlotsView(QListView):
    """Also a ``render.drag.SeatSurface``.

    Signals:
        agent_chosen(str): the card of an agent became current.
        slot_activated(int): Enter or double click.
        unassign_requested(int): Del on a slot that has an agent.
        slot_hovered(int): -1 for none.
        menu_requested(int, QPoint): slot, global position.
    """

    agent_chosen = Signal(str)
    slot_activated = Signal(int)
    unassign_requested = Signal(int)
    slot_hovered = Signal(int)
    menu_requested = Signal(int, QPoint)

    def __init__(
        self, model: SlotsModel, controller: AssignController, store: OfficeStore, portraits: Portraits
    ) -> None:
        super().__init__()
        self._model, self._controller = model, controller
        self._lights: Lights = {}
        self._hovered = -1
        self._current: int | None = None
        self._syncing = False
        self.is_grid = False
        self.carried = ""
        self.note = ""  # on the card that is the target
        self._delegate = SlotsDelegate(self, model, controller, store, portraits)
        self.setItemDelegate(self._delegate)
        self.setModel(model)
        self.setAccessibleName("Slots")
        self.setProperty("ownFocus", True)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalScrollBar().setSingleStep(27)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)  # its coming would lay out the grid anew
        self.grip = DragGrip(self, AgentIdRole)
        model.modelAboutToBeReset.connect(self._remember_current)
        model.modelReset.connect(self._restore_current)
        controller.changed.connect(self._on_seats_changed)
        store.agents_changed.connect(self._repaint)
        store.staleness_changed.connect(self._repaint)
        portraits.changed.connect(self._repaint)
        self._on_seats_changed()

    # -- looks -------------------------------------------------------------------------------------
    def set_grid(self, is_grid: bool) -> None:
        """Cells beside each other instead of rows."""
        if is_grid == self.is_grid:
            return
        self.is_grid = is_grid
        self._delegate.measure()
        self.setFlow(QListView.Flow.LeftToRight if is_grid else QListView.Flow.TopToBottom)
        self.setWrapping(is_grid)
        # Rows of the list get the whole width anyway; only cells have to be arranged anew for another one.
        self.setResizeMode(QListView.ResizeMode.Adjust if is_grid else QListView.ResizeMode.Fixed)
        margin = 8 if is_grid else 0
        self.setViewportMargins(margin, 0, margin, 0)
        self._delegate.measure()
        self.doItemsLayout()
        if self.currentIndex().isValid():
            self.scrollTo(self.currentIndex())

    def _on_seats_changed(self) -> None:
        self._delegate.pending, self._delegate.pinned = self._controller.pending_slots(), self._controller.pins
        self._repaint()

    def _repaint(self, *_: object) -> None:
        self.viewport().update()

    def dataChanged(self, top_left: QModelIndex, bottom_right: QModelIndex, roles: list[int] | None = None) -> None:
        self.viewport().update()  # cards never change height; see RosterView

    # -- a surface with seats ----------------------------------------------------------------------
    def area(self) -> QWidget:
        return self.viewport()

    def slot_at(self, at: QPoint) -> int | None:
        info = self.indexAt(at).data(SlotRole)
        return info.slot if isinstance(info, SlotInfo) else None

    def slot_point(self, slot: int) -> QPoint | None:
        index = self._model.index_of(slot)
        return self.visualRect(index).center() if index.isValid() else None

    def set_lit_slots(self, lights: Lights) -> None:
        if lights != self._lights:
            self._lights = dict(lights)
            self._repaint()

    def set_carried(self, agent_id: str) -> None:
        self.carried = agent_id
        self._repaint()

    def nudge(self, dx: int, dy: int) -> bool:
        bar = self.verticalScrollBar()
        before = bar.value()
        bar.setValue(before + dy)
        return bar.value() != before

    def light_of(self, slot: int) -> SeatLight | None:
        return self._lights.get(slot)

    @property
    def is_lit(self) -> bool:
        return bool(self._lights)

    # -- current card ------------------------------------------------------------------------------
    @property
    def current_slot(self) -> int | None:
        info = self.currentIndex().data(SlotRole)
        return info.slot if isinstance(info, SlotInfo) else None

    def has_agent(self, slot: int) -> bool:
        return bool(self._model.agent_at(slot))

    def show_slot(self, slot: int | None) -> None:
        """Make a card current and visible without telling anybody."""
        index = self._model.index_of(slot) if slot is not None else QModelIndex()
        self._syncing = True
        self.setCurrentIndex(index)
        if index.isValid():
            self.scrollTo(index)
        else:
            self.clearSelection()
        self._syncing = False

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        agent_id = current.data(AgentIdRole) if current.isValid() else ""
        if agent_id and not self._syncing:
            self.agent_chosen.emit(agent_id)

    def _remember_current(self) -> None:
        self._current = self.current_slot

    def _restore_current(self) -> None:
        if self._current is not None:
            self.show_slot(self._current)

    # -- input -------------------------------------------------------------------------------------
    def keyPressEvent(self, event: QKeyEvent) -> None:
        self.setProperty("keyboardFocus", True)
        slot = self.current_slot
        if slot is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.slot_activated.emit(slot)
        elif slot is not None and event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            if self._model.agent_at(slot):
                self.unassign_requested.emit(slot)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.setProperty("keyboardFocus", event.reason() in _BY_KEY)
        super().focusInEvent(event)
        if not self.currentIndex().isValid() and event.reason() in _BY_KEY:
            first = next((r for r in range(self._model.rowCount()) if isinstance(self._model.row_at(r), SlotInfo)), -1)
            if first >= 0:
                self.setCurrentIndex(self._model.index(first))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        slot = self.slot_at(event.position().toPoint())
        if slot is not None and event.button() == Qt.MouseButton.LeftButton:
            self.slot_activated.emit(slot)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        slot = self.slot_at(event.position().toPoint())
        self._note_hover(-1 if slot is None else slot)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._note_hover(-1)

    def _note_hover(self, slot: int) -> None:
        if slot != self._hovered:
            self._hovered = slot
            self.slot_hovered.emit(slot)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        slot = self.current_slot if by_key else self.slot_at(event.pos())
        if slot is not None:
            spot = self.slot_point(slot) if by_key else None
            self.menu_requested.emit(slot, self.viewport().mapToGlobal(spot) if spot else event.globalPos())

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._delegate.measure()
        super().resizeEvent(event)
