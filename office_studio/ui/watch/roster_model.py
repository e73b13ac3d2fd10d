"""The roster as an item model. Rows are ids; what is painted is read from the store when it is painted."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
)

from office_studio.core.office.live import LiveAgent
from office_studio.ui.office_store import OfficeStore
from office_studio.ui.watch.roster_rows import (
    GROUPS,
    GroupHead,
    RosterFilter,
    RosterRow,
    arrange,
    group_of,
    matches,
    spoken,
    task_line,
)

AgentRole = Qt.ItemDataRole.UserRole
IdRole = Qt.ItemDataRole.UserRole + 1
HeadRole = Qt.ItemDataRole.UserRole + 2

# Rows change places at most this often: a list that hops at 60 Hz cannot be read, and laying out 500 rows costs.
REARRANGE_MS = 200
Index = QModelIndex | QPersistentModelIndex


class RosterModel(QAbstractListModel):
    """Heads and agents in screen order.

    Signals:
        rows_touched(list[int]): rows that look different now. (``dataChanged`` tells only the first and the last.)
    """

    rows_touched = Signal(object)

    def __init__(self, store: OfficeStore, parent: Any = None) -> None:
        super().__init__(parent)
        self._store = store
        self._filter = RosterFilter()
        self._rows: list[RosterRow] = []
        self._row_of: dict[str, int] = {}
        self._group_of: dict[str, str] = {}
        self._looks: dict[str, tuple[object, ...]] = {}
        self._later = QTimer(self, singleShot=True, interval=REARRANGE_MS)
        self._later.timeout.connect(self.rearrange)
        store.agents_reset.connect(self._reset)
        store.agents_changed.connect(self._on_agents_changed)
        self._reset()

    # -- reading -----------------------------------------------------------------------------------
    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or not 0 <= index.row() < len(self._rows):
            return None
        row = self._rows[index.row()]
        if isinstance(row, GroupHead):
            if role == HeadRole:
                return row
            return self.head_words(row) if role in _WORDS else None
        if role == IdRole:
            return row
        agent = self._store.agent(row)
        if role == AgentRole:
            return agent
        if role == Qt.ItemDataRole.DisplayRole:
            return agent.agent.name if agent is not None else ""
        if role == Qt.ItemDataRole.AccessibleTextRole and agent is not None:
            return spoken(agent, self._store.name, self._store.now_ms())
        return None

    def head_words(self, head: GroupHead) -> str:
        return GROUPS[head.group][1 if self._store.is_stale else 0]

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid() or not 0 <= index.row() < len(self._rows):
            return Qt.ItemFlag.NoItemFlags
        row = self._rows[index.row()]
        if isinstance(row, GroupHead):
            return Qt.ItemFlag.ItemIsEnabled
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren

    def index_of(self, agent_id: str) -> QModelIndex:
        row = self._row_of.get(agent_id)
        return self.index(row) if row is not None else QModelIndex()

    def row_at(self, row: int) -> RosterRow | None:
        """The row itself, for painters; faster than asking by role."""
        return self._rows[row] if 0 <= row < len(self._rows) else None

    @property
    def agent_count(self) -> int:
        return len(self._row_of)

    @property
    def hidden_count(self) -> int:
        return len(self._store.agents()) - len(self._row_of)

    @property
    def is_unsettled(self) -> bool:
        """Whether rows are about to change places."""
        return self._later.isActive()

    # -- changing ----------------------------------------------------------------------------------
    def set_filter(self, wanted: RosterFilter) -> None:
        if wanted != self._filter:
            self._filter = wanted
            self.rearrange()

    def _reset(self) -> None:
        self.beginResetModel()
        self._take(arrange(self._store.agents().values(), self._filter))
        self.endResetModel()

    def _on_agents_changed(self, changed: frozenset[str], removed: frozenset[str]) -> None:
        moved = bool(removed & self._row_of.keys())
        touched = []
        for agent_id in changed:
            agent = self._store.agent(agent_id)
            if agent is None:
                continue
            row = self._row_of.get(agent_id)
            if row is None:
                moved = moved or matches(agent, self._filter)
                continue
            moved = moved or self._group_of[agent_id] != group_of(agent) or not matches(agent, self._filter)
            looks = self._looks_of(agent)
            if looks != self._looks.get(agent_id):  # most news is about tokens, which a row does not show
                self._looks[agent_id] = looks
                touched.append(row)
        if touched:
            self.rows_touched.emit(touched)
            self.dataChanged.emit(self.index(min(touched)), self.index(max(touched)))
        if moved and not self._later.isActive():
            # A list of many rows takes longer to lay out, so it is laid out less often.
            self._later.start(max(REARRANGE_MS, 2 * len(self._rows)))

    def _looks_of(self, agent: LiveAgent) -> tuple[object, ...]:
        about = agent.agent
        return (about.name, agent.status, agent.status_since_ms, agent.is_foreign, task_line(agent, self._store.name))

    def rearrange(self) -> None:
        """Put every row where it belongs now; selection and scroll position stay with their rows."""
        self._later.stop()
        rows = arrange(self._store.agents().values(), self._filter)
        if rows == self._rows:
            return
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        keys = [self._key(index.row()) for index in before]
        self._take(rows)
        heads = {row.group: i for i, row in enumerate(rows) if isinstance(row, GroupHead)}
        after = []
        for key in keys:
            row = self._row_of.get(key[1]) if key[0] == "agent" else heads.get(key[1])
            after.append(self.index(row) if row is not None else QModelIndex())
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()

    def _key(self, row: int) -> tuple[str, str]:
        found = self._rows[row]
        return ("head", found.group) if isinstance(found, GroupHead) else ("agent", found)

    def _take(self, rows: list[RosterRow]) -> None:
        self._rows = rows
        self._row_of = {row: i for i, row in enumerate(rows) if isinstance(row, str)}
        self._group_of = {}
        for agent_id in self._row_of:
            agent: LiveAgent | None = self._store.agent(agent_id)
            self._group_of[agent_id] = group_of(agent) if agent is not None else "offline"


_WORDS = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole)
