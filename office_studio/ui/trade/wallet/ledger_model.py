"""The rows of the ledger: entries with names, filtered by kind, app and words. Sorted by time as the ledger is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QFont

from office_studio.core.officex.wire import LedgerEntry
from office_studio.ui import formats
from office_studio.ui.theming import theme
from office_studio.ui.trade import market_words
from office_studio.ui.trade.market_data import Snapshot
from office_studio.ui.trade.spending import spend

_Index = QModelIndex | QPersistentModelIndex
EntryRole = Qt.ItemDataRole.UserRole
SHARED = "shared"

KINDS = {
    "PURCHASE": "Purchase",
    "VOUCHER": "Voucher",
    "RESERVE": "Reserve",
    "SIP": "Sip",
    "SETTLE": "Settle",
    "REFUND": "Refund",
    "CANCEL": "Cancel",
    "EARN": "Earning",
    "PAYOUT_HOLD": "Payout held",
    "PAYOUT_BURN": "Payout sent",
    "PAYOUT_RESTORE": "Payout returned",
    "ADJUST": "Correction",
}
_NOTES = {"RESERVE": "held", "SIP": "part of what was held", "SETTLE": "last part of what was held",
          "REFUND": "rest of what was held", "CANCEL": "all that was held"}  # fmt: skip
# What the filter offers: words -> types.
FILTERS: dict[str, frozenset[str]] = {
    "All kinds": frozenset(),
    "Spent": frozenset({"SIP", "SETTLE"}),
    "Held and given back": frozenset({"RESERVE", "REFUND", "CANCEL"}),
    "Added": frozenset({"PURCHASE", "VOUCHER", "EARN", "ADJUST"}),
    "Payouts": frozenset({"PAYOUT_HOLD", "PAYOUT_BURN", "PAYOUT_RESTORE"}),
}
COLUMNS = ("Time", "Entry", "App", "Agent", "Credits", "Balance", "Note")
TIME, KIND, APP, AGENT, CREDITS, BALANCE, NOTE = range(7)


@dataclass(frozen=True, slots=True)
class Row:
    entry: LedgerEntry
    app: str
    agent: str

    @property
    def kind(self) -> str:
        return KINDS.get(self.entry.type, self.entry.type.replace("_", " ").capitalize())

    @property
    def note(self) -> str:
        job = f"job {self.entry.job_id}" if self.entry.job_id else ""
        return " · ".join(filter(None, (job, _NOTES.get(self.entry.type, ""))))


class LedgerModel(QAbstractTableModel):
    """``agent_name``: name of an agent id; ``bound``: install -> agent, as the user said."""

    def __init__(self, agent_name: Callable[[str], str]) -> None:
        super().__init__()
        self._agent_name = agent_name
        self._all: list[Row] = []
        self.rows: list[Row] = []
        self._words, self._kinds, self._app = "", FILTERS["All kinds"], ""
        self._source: tuple[object, ...] = ()

    @property
    def total(self) -> int:
        return len(self._all)

    @property
    def hidden_count(self) -> int:
        return len(self._all) - len(self.rows)

    @property
    def apps(self) -> list[str]:
        """Names of those that have entries, by name."""
        return sorted({row.app for row in self._all if row.app})

    def show(self, data: Snapshot | None, bound: Mapping[str, str]) -> None:
        entries = data.entries if data is not None else ()
        source = (entries, dict(bound), dict(data.apps) if data is not None else {})
        if source == self._source:
            return
        self._source = source
        jobs = spend.agents_of_jobs(entries, data.reservations if data is not None else ())
        self._all = [self._row(entry, data, jobs, bound) for entry in entries] if data is not None else []
        self._apply()

    def _row(
        self, entry: LedgerEntry, data: Snapshot, jobs: Mapping[tuple[str, str], str], bound: Mapping[str, str]
    ) -> Row:
        agent_id = spend.agent_of(entry, jobs, bound)
        agent = self._agent_name(agent_id) if agent_id else SHARED if entry.install_id else formats.UNKNOWN
        return Row(entry, data.app_name(entry.app_id), agent)

    def set_filter(self, words: str, kinds: str = "All kinds", app: str = "") -> None:
        self._words, self._kinds, self._app = words.strip().casefold(), FILTERS[kinds], app
        self._apply()

    def _apply(self) -> None:
        self.beginResetModel()
        self.rows = [row for row in self._all if self._fits(row)]
        self.endResetModel()

    def _fits(self, row: Row) -> bool:
        if (self._kinds and row.entry.type not in self._kinds) or (self._app and row.app != self._app):
            return False
        return not self._words or any(self._words in cell.casefold() for cell in cells(row))

    # -- Qt ----------------------------------------------------------------------------------------
    def rowCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def columnCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(section)
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row, column = self.rows[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return cells(row)[column]
        if role == EntryRole:
            return row
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(column)
        if role == Qt.ItemDataRole.FontRole:
            return _font(column)
        if role == Qt.ItemDataRole.ForegroundRole:
            return _ink(row, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return formats.moment(row.entry.created_ms) if column == TIME else cells(row)[column]
        return None


def cells(row: Row) -> tuple[str, ...]:
    entry = row.entry
    return (
        when(entry.created_ms), row.kind, row.app or formats.UNKNOWN, row.agent,
        market_words.signed(spend.moved(entry)), market_words.credits(entry.available_after, 6), row.note,
    )  # fmt: skip


def as_tsv(rows: Sequence[Row]) -> str:
    return "\n".join("\t".join(line) for line in (COLUMNS, *(cells(row) for row in rows)))


def when(at_ms: int | None) -> str:
    import time

    if at_ms is None or spend.day_start(at_ms) == spend.day_start(time.time_ns() // 1_000_000):
        return formats.clock_seconds(at_ms)
    return formats.day_clock(at_ms)


def _alignment(column: int) -> int:
    side = Qt.AlignmentFlag.AlignRight if column in (CREDITS, BALANCE) else Qt.AlignmentFlag.AlignLeft
    return int(side | Qt.AlignmentFlag.AlignVCenter)


def _font(column: int) -> QFont:
    if column in (TIME, CREDITS, BALANCE):
        return theme().font("body", "medium" if column == CREDITS else "regular", numeric=True)
    return theme().font()


def _ink(row: Row, column: int) -> QColor:
    if column == CREDITS and spend.moved(row.entry) > 0:
        return theme().color("success")
    if column == CREDITS and row.entry.type == "RESERVE":
        return theme().color("text_muted")
    return theme().color("text" if column in (KIND, APP, CREDITS) else "text_muted")
