"""The table of what the webhook receiver has received, newest on top."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QResizeEvent

from office_studio.services.officex.receiver_log import Proof, Received
from office_studio.ui import formats
from office_studio.ui.theming import theme
from office_studio.ui.trade.vendor.vendor_table import TradeTable

_Index = QModelIndex | QPersistentModelIndex
EntryRole = Qt.ItemDataRole.UserRole
COLUMNS = ("Time", "Event", "App", "Secret", "Answer", "Took", "What came of it")
TIME, EVENT, APP, PROOF, STATUS, TOOK, OUTCOME = range(7)
_WIDTHS = {TIME: 76, EVENT: 142, APP: 128, PROOF: 84, STATUS: 74, TOOK: 78}
EVENTS = {"INSTALL": "Install", "UNINSTALL": "Uninstall", "RATE_LIMIT_CHANGE": "Limits changed"}


def event_words(entry: Received) -> str:
    words = EVENTS.get(entry.event, entry.event)
    return f"{words} · replay" if entry.is_replay else words


def took_words(entry: Received) -> str:
    if entry.duration_ms is None:
        return "…"
    return f"{entry.duration_ms} ms" if entry.duration_ms < 1000 else f"{entry.duration_ms / 1000:.1f} s"


def outcome_words(entry: Received) -> str:
    found = ", ".join(filter(None, (entry.outcome, entry.later))) or "under way"
    return found[:1].upper() + found[1:]


class ReceiverModel(QAbstractTableModel):
    """``app_name``: name of an app id."""

    def __init__(self, app_name: Callable[[str], str]) -> None:
        super().__init__()
        self._app_name = app_name
        self.rows: list[Received] = []

    def show(self, entries: tuple[Received, ...]) -> None:
        """What is new comes on top; what has changed is painted anew, and the chosen row stays chosen."""
        rows = list(reversed(entries))
        kept = {row.number for row in self.rows}
        fresh = [row for row in rows if row.number not in kept]
        if self.rows and rows[len(fresh) :] and [r.number for r in rows[len(fresh) :]] == [r.number for r in self.rows]:
            if fresh:
                self.beginInsertRows(QModelIndex(), 0, len(fresh) - 1)
                self.rows = rows
                self.endInsertRows()
            self.rows = rows
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, OUTCOME))
        else:
            self.beginResetModel()
            self.rows = rows
            self.endResetModel()

    def rowCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def columnCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(COLUMNS)

    def headerData(self, at: int, way: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if way is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[at]
        if way is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole:
            return _align(at)
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row, column = self.rows[index.row()], index.column()
        if role == EntryRole:
            return row
        if role == Qt.ItemDataRole.DisplayRole:
            return self._words(row, column)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _align(column)
        if role == Qt.ItemDataRole.ForegroundRole:
            return _ink(row, column)
        if role == Qt.ItemDataRole.ToolTipRole and column == OUTCOME:
            return outcome_words(row)
        return None

    def _words(self, row: Received, column: int) -> str:
        texts = {
            TIME: lambda: formats.clock_seconds(row.at_ms),
            EVENT: lambda: event_words(row),
            APP: lambda: self._app_name(row.app_id),
            PROOF: lambda: row.proof.value.capitalize() or formats.UNKNOWN,
            STATUS: lambda: str(row.status) if row.status is not None else "…",
            TOOK: lambda: took_words(row),
            OUTCOME: lambda: outcome_words(row),
        }
        return texts[column]()


def _align(column: int) -> int:
    side = Qt.AlignmentFlag.AlignRight if column in (STATUS, TOOK) else Qt.AlignmentFlag.AlignLeft
    return int(side | Qt.AlignmentFlag.AlignVCenter)


def _ink(row: Received, column: int) -> QColor:
    ui = theme()
    if column == PROOF and row.proof is not Proof.NONE:
        roles = {Proof.GOOD: "success", Proof.BAD: "error", Proof.UNKNOWN: "warning"}
        return ui.color(roles[row.proof])
    if column == OUTCOME and row.is_trouble:
        return ui.color("warning")
    return ui.color("text" if column in (EVENT, OUTCOME) else "text_muted")


class ReceiverTable(TradeTable):
    """In narrow places columns hide from the right, the sentence last.

    Signals:
        replay_requested(): the key R.
    """

    replay_requested = Signal()

    def __init__(self, model: ReceiverModel) -> None:
        super().__init__(model, "Deliveries")
        self.setProperty("inset", "page")
        self.setSelectionMode(self.SelectionMode.SingleSelection)
        self.set_widths(_WIDTHS, OUTCOME)

    def entry(self) -> Received | None:
        found = self.currentIndex().data(EntryRole)
        return found if isinstance(found, Received) else None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_R and not event.modifiers():
            self.replay_requested.emit()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        left = self.viewport().width() - sum(_WIDTHS.values())
        for column in (TOOK, STATUS, PROOF):
            hidden = left < 170
            left += _WIDTHS[column] if hidden else 0
            self.setColumnHidden(column, hidden)
        super().resizeEvent(event)
