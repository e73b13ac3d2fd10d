"""The slots as an item model: heads (zone names) and slots, read from the controller."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from office_studio.core.office.model import AgentStatus
from office_studio.ui import formats
from office_studio.ui.assign.controller import AssignController, SlotInfo
from office_studio.ui.office_store import OfficeStore

Index = QModelIndex | QPersistentModelIndex
SlotRole = Qt.ItemDataRole.UserRole + 1  # SlotInfo, None for a head
AgentIdRole = Qt.ItemDataRole.UserRole + 2  # "" for an empty slot
SURPLUS = "Not in this theme"


class SlotsModel(QAbstractListModel):
    """Slots in theme order by zone, then those the office has bound though the theme has no such seat."""

    def __init__(self, controller: AssignController, store: OfficeStore, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._controller, self._store = controller, store
        self._words: list[str] = []
        self._rows: list[str | SlotInfo] = []
        self._row_of: dict[int, int] = {}
        self._seated: Mapping[int, str] = {}
        controller.changed.connect(self.refresh)
        self.refresh()

    # -- reading -----------------------------------------------------------------------------------
    @property
    def slot_total(self) -> int:
        """Slots shown, without heads."""
        return len(self._row_of)

    @property
    def surplus(self) -> tuple[int, ...]:
        """Bound slots that the theme does not have."""
        return tuple(sorted(self._controller.strays()))

    def row_at(self, row: int) -> str | SlotInfo | None:
        return self._rows[row] if 0 <= row < len(self._rows) else None

    def agent_at(self, slot: int) -> str:
        return self._seated.get(slot, "")

    def index_of(self, slot: int) -> QModelIndex:
        row = self._row_of.get(slot)
        return self.index(row) if row is not None else QModelIndex()

    def slot_of(self, agent_id: str) -> int | None:
        return next((slot for slot, who in self._seated.items() if who == agent_id), None)

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self.row_at(index.row()) if index.isValid() else None
        if row is None:
            return None
        if isinstance(row, str):
            return row if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole) else None
        if role == SlotRole:
            return row
        if role == AgentIdRole:
            return self.agent_at(row.slot)
        if role == Qt.ItemDataRole.DisplayRole:
            return row.label
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self.spoken(row)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tool_tip(row)
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        row = self.row_at(index.row()) if index.isValid() else None
        if not isinstance(row, SlotInfo):
            return Qt.ItemFlag.NoItemFlags  # arrow keys go past heads
        flag = Qt.ItemFlag
        return flag.ItemIsEnabled | flag.ItemIsSelectable | flag.ItemNeverHasChildren

    # -- words -------------------------------------------------------------------------------------
    def spoken(self, info: SlotInfo) -> str:
        """For screen readers: "Slot 3, Desk 3, Work, Ron, blocked"."""
        agent_id = self.agent_at(info.slot)
        who = f"{self._controller.name(agent_id)}, {self.state_of(agent_id)}" if agent_id else "empty"
        parts = [f"Slot {info.slot + 1}", info.label, info.zone, who]
        if self._controller.is_pinned(agent_id):
            parts.append("pinned")
        if info.slot in self._controller.pending_slots():
            parts.append("saving")
        return ", ".join(parts)

    def state_of(self, agent_id: str) -> str:
        """Live status of a bound agent, or when it was last seen."""
        agent = self._store.agent(agent_id)
        if agent is None:
            return "no longer in the office"
        if agent.status is AgentStatus.OFFLINE:
            seen = agent.agent.last_activity_ms
            return f"last seen {formats.clock(seen)}" if seen else "not connected"
        return f"was {agent.status.value}" if self._store.is_stale else agent.status.value

    def _tool_tip(self, info: SlotInfo) -> str:
        agent_id = self.agent_at(info.slot)
        if info.zone == SURPLUS:
            return "This theme has no such seat. Drag the agent to another one, or press Del."
        if agent_id:
            who = f"{self._controller.name(agent_id)}, {self.state_of(agent_id)}"
            return f"{who}\nEnter chooses another agent, Del removes"
        return "Empty. Drop an agent here, or press Enter to choose one"

    # -- changing ----------------------------------------------------------------------------------
    def set_filter(self, words: str) -> None:
        self._words = words.casefold().split()
        self.refresh()

    def refresh(self) -> None:
        """Read the controller anew; a reset only when other rows are shown."""
        self._seated = self._controller.seated()
        rows = list(self._arranged())
        if rows == self._rows:
            if rows:
                self.dataChanged.emit(self.index(0), self.index(len(rows) - 1))
            return
        self.beginResetModel()
        self._rows = rows
        self._row_of = {row.slot: i for i, row in enumerate(rows) if isinstance(row, SlotInfo)}
        self.endResetModel()

    def _arranged(self) -> Iterator[str | SlotInfo]:
        extra = [SlotInfo(slot, f"Slot {slot + 1}", SURPLUS) for slot in self.surplus]
        zone = None
        for info in (*self._controller.slots, *extra):
            if self._words and not self._matches(info):
                continue
            if info.zone != zone:
                zone = info.zone
                yield zone
            yield info

    def _matches(self, info: SlotInfo) -> bool:
        agent_id = self.agent_at(info.slot)
        who = f"{self._controller.name(agent_id)} {self.state_of(agent_id)}" if agent_id else "empty free"
        about = f"{info.slot + 1} {info.label} {info.zone} {who}".casefold()
        return all(word in about for word in self._words)
