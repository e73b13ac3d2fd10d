"""The right panel of Assign: a card per slot, in theme order by zone. Cards take and give agents by drag and drop."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QByteArray,
    QMimeData,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QDragMoveEvent, QDropEvent, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QStackedLayout,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from office_studio.ui import formats, paint
from office_studio.ui.assign.controller import AssignController, SlotInfo
from office_studio.ui.office_store import OfficeStore
from office_studio.ui.portraits import Portraits
from office_studio.ui.render.drag import AGENT_MIME
from office_studio.ui.status_shapes import draw_status
from office_studio.ui.theming import theme
from office_studio.ui.widgets.basics import EmptyState, PanelHeader
from office_studio.ui.widgets.layouts import line, search_field, vbox

_Index = QModelIndex | QPersistentModelIndex
SlotRole = Qt.ItemDataRole.UserRole + 1
AgentIdRole = Qt.ItemDataRole.UserRole + 2


class SlotsModel(QAbstractListModel):
    """Heads (zone names) and slots. Read from the controller; a row is a str or a SlotInfo."""

    def __init__(self, controller: AssignController, store: OfficeStore, parent: QWidget) -> None:
        super().__init__(parent)
        self._controller, self._store = controller, store
        self._words = ""
        self._rows: list[str | SlotInfo] = []
        self._seated: dict[int, str] = {}
        controller.changed.connect(self.refresh)
        self.refresh()

    def set_filter(self, words: str) -> None:
        self._words = words.casefold().strip()
        self.refresh()

    def refresh(self) -> None:
        self._seated = self._controller.seated()
        rows: list[str | SlotInfo] = []
        zone = None
        for info in self._controller.slots:
            if self._words and self._words not in self._about(info).casefold():
                continue
            if info.zone != zone:
                zone = info.zone
                rows.append(zone)
            rows.append(info)
        if rows == self._rows:
            if rows:
                self.dataChanged.emit(self.index(0), self.index(len(rows) - 1))
            return
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def _about(self, info: SlotInfo) -> str:
        who = self._seated.get(info.slot)
        return f"{info.slot + 1} {info.label} {info.zone} {self._store.name(who) if who else 'empty'}"

    def rowCount(self, parent: _Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or not 0 <= index.row() < len(self._rows):
            return None
        row = self._rows[index.row()]
        if isinstance(row, str):
            return row if role == Qt.ItemDataRole.DisplayRole else None
        who = self._seated.get(row.slot)
        if role == SlotRole:
            return row
        if role == AgentIdRole:
            return who or ""
        if role == Qt.ItemDataRole.DisplayRole:
            return row.label
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"Slot {row.slot + 1}, {row.label}, {self._store.name(who) if who else 'empty'}"
        return None

    def flags(self, index: _Index) -> Qt.ItemFlag:
        slot = index.data(SlotRole) if index.isValid() else None
        if slot is None:
            return Qt.ItemFlag.ItemIsEnabled if index.isValid() else Qt.ItemFlag.NoItemFlags
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsDropEnabled
        return flags | Qt.ItemFlag.ItemIsDragEnabled if index.data(AgentIdRole) else flags

    def mimeTypes(self) -> list[str]:
        return [AGENT_MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        mime = QMimeData()
        agent_id = next((index.data(AgentIdRole) for index in indexes), "")
        mime.setData(AGENT_MIME, QByteArray(agent_id.encode()))
        return mime

    def supportedDragActions(self) -> Qt.DropAction:
        return Qt.DropAction.MoveAction

    def supportedDropActions(self) -> Qt.DropAction:
        return Qt.DropAction.MoveAction


class _CardDelegate(QStyledItemDelegate):
    def __init__(
        self, panel: SlotsView, controller: AssignController, store: OfficeStore, portraits: Portraits
    ) -> None:
        super().__init__(panel)
        self._panel, self._controller, self._store, self._portraits = panel, controller, store, portraits

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(100, 30 if index.data(SlotRole) is None else 54)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        rect, info = QRectF(option.rect), index.data(SlotRole)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if info is None:
            head = rect.adjusted(12, 8, -12, 0)
            paint.text(painter, head, str(index.data()).upper(), "text_faint", theme().font("micro", "semibold"))
        else:
            is_selected = bool(option.state & QStyle.StateFlag.State_Selected)
            is_hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
            self._card(painter, rect.adjusted(12, 2, -12, -4), info, index.data(AgentIdRole), is_selected, is_hovered)
        painter.restore()

    def _card(
        self, painter: QPainter, rect: QRectF, info: SlotInfo, agent_id: str, is_selected: bool, is_hovered: bool
    ) -> None:
        ui, is_target = theme(), self._panel.target_slot == info.slot
        ground = ui.color("selection" if is_target or is_selected else "hover" if is_hovered else "raised")
        pen = QPen(
            ui.color("accent" if is_target else "border_strong" if not agent_id else "border"), 2 if is_target else 1
        )
        if not agent_id and not is_target:
            pen.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.setBrush(ground if agent_id or is_target or is_selected else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), 8, 8)
        number = QRectF(rect.x() + 6, rect.y(), 24, rect.height())
        small = ui.font("small", "medium", numeric=True)
        paint.text(painter, number, str(info.slot + 1), "text_faint", small, paint.CENTER, elide=False)
        left = rect.x() + (80 if agent_id else 36)
        note, tone = self._note(info)
        area = QRectF(left, rect.y() + 6, rect.right() - 12 - left, 18)
        used = paint.text(painter, area, note, tone, ui.font("small", "medium"), paint.RIGHT) + 8 if note else 0
        name = self._store.name(agent_id) if agent_id else "Empty"
        bold = ui.font("body", "medium" if agent_id else "regular")
        paint.text(painter, area.adjusted(0, 0, -used, 0), name, "text" if agent_id else "text_muted", bold)
        below = QRectF(left, rect.y() + 24, rect.right() - 12 - left, 16)
        paint.text(painter, below, info.label, "text_muted", ui.font("small"))
        if agent_id:
            self._figure(painter, rect, agent_id, ground)

    def _figure(self, painter: QPainter, rect: QRectF, agent_id: str, ground: object) -> None:
        agent = self._store.agent(agent_id)
        status = agent.status.value if agent is not None else "offline"
        dpr = self._panel.devicePixelRatioF()
        picture = self._portraits.of(agent_id, 32, dpr, dim=status == "offline")
        top = rect.y() + (rect.height() - 32) / 2
        painter.drawPixmap(QPointF(rect.x() + 36, top), picture)
        grey = theme().color("offline_mark") if self._store.is_stale else None
        draw_status(painter, QPointF(rect.x() + 66, top + 30), 11, status, grey, halo=ground)  # type: ignore[arg-type]

    def _note(self, info: SlotInfo) -> tuple[str, str]:
        if self._panel.target_slot == info.slot and self._panel.target_note:
            return self._panel.target_note, "accent"
        return ("saving…", "text_muted") if info.slot in self._controller.pending_slots() else ("", "text")


class SlotsView(QListView):
    """Signals:
    agent_dropped(str, int): agent id onto slot.
    agent_chosen(str), unassign_requested(str), slot_opened(int)
    """

    agent_dropped = Signal(str, int)
    agent_chosen = Signal(str)
    unassign_requested = Signal(str)

    def __init__(
        self, model: SlotsModel, controller: AssignController, store: OfficeStore, portraits: Portraits
    ) -> None:
        super().__init__()
        self._controller, self._store = controller, store
        self.target_slot: int | None = None
        self.target_note = ""
        self.setModel(model)
        self.setItemDelegate(_CardDelegate(self, controller, store, portraits))
        self.setAccessibleName("Slots")
        self.setProperty("ownFocus", True)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragDrop)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setDropIndicatorShown(False)
        store.agents_changed.connect(lambda *_: self.viewport().update())
        portraits.changed.connect(self.viewport().update)

    def dataChanged(self, top_left: QModelIndex, bottom_right: QModelIndex, roles: list[int] | None = None) -> None:
        self.viewport().update()  # cards never change height; see RosterView

    def currentChanged(self, current: _Index, previous: _Index) -> None:
        super().currentChanged(current, previous)
        agent_id = current.data(AgentIdRole) if current.isValid() else ""
        if agent_id:
            self.agent_chosen.emit(agent_id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        agent_id = self.currentIndex().data(AgentIdRole)
        if event.key() == Qt.Key.Key_Delete and agent_id:
            self.unassign_requested.emit(agent_id)
            return
        super().keyPressEvent(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        info = self.indexAt(event.position().toPoint()).data(SlotRole)
        agent_id = bytes(event.mimeData().data(AGENT_MIME).data()).decode()
        plan = self._controller.preview(agent_id, info.slot) if info is not None and agent_id else None
        self.set_target(info.slot if plan is not None and info is not None else None, plan.detail if plan else "")
        if plan is None:
            event.ignore()
        else:
            event.setDropAction(Qt.DropAction.MoveAction)
            event.accept()

    def dragLeaveEvent(self, event: object) -> None:
        self.set_target(None, "")

    def dropEvent(self, event: QDropEvent) -> None:
        info = self.indexAt(event.position().toPoint()).data(SlotRole)
        agent_id = bytes(event.mimeData().data(AGENT_MIME).data()).decode()
        self.set_target(None, "")
        if info is not None and agent_id:
            event.acceptProposedAction()
            self.agent_dropped.emit(agent_id, info.slot)

    def set_target(self, slot: int | None, note: str) -> None:
        if (slot, note) != (self.target_slot, self.target_note):
            self.target_slot, self.target_note = slot, note
            self.viewport().update()


class SlotsPanel(QFrame):
    """Signals:
    agent_chosen(str)
    """

    agent_chosen = Signal(str)

    def __init__(self, store: OfficeStore, controller: AssignController, portraits: Portraits) -> None:
        super().__init__()
        self.setProperty("level", "surface")
        self._controller = controller
        self.header = PanelHeader("Slots")
        self.search = search_field("Filter slots and agents")
        self.model = SlotsModel(controller, store, self)
        self.view = SlotsView(self.model, controller, store, portraits)
        self.view.agent_dropped.connect(controller.assign)
        self.view.unassign_requested.connect(controller.unassign)
        self.view.agent_chosen.connect(self.agent_chosen)
        self.empty = EmptyState(
            "armchair", "This theme has no seats", "Choose a theme with seats to assign agents.", width=208
        )
        body = QWidget()
        self._stack = QStackedLayout(body)
        self._stack.addWidget(self.view)
        self._stack.addWidget(self.empty)
        top = vbox(self.search, margins=(12, 0, 12, 8))
        self.setLayout(vbox(self.header, top, line(), (body, 1), spacing=0))
        self.search.textChanged.connect(self.model.set_filter)
        controller.changed.connect(self._refresh)
        self._refresh()

    def _refresh(self) -> None:
        total = len(self._controller.slots)
        used = sum(slot.slot in self._controller.seated() for slot in self._controller.slots)
        self.header.set_count(f"{formats.quantity(used)} of {formats.quantity(total)}")
        self._stack.setCurrentIndex(0 if total else 1)
