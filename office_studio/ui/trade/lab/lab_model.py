"""The table of the billing lab: a pattern a row, what the user pays, what the vendor gets, what a crash would cost."""

from __future__ import annotations

from decimal import Decimal

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QApplication, QHeaderView, QTableView

from office_studio.core.officex.codes import facts_of
from office_studio.core.officex.money import MICRO, usd_shown
from office_studio.services.officex.billing import FACTS, Pattern
from office_studio.services.officex.environments import STAGING, Environment
from office_studio.ui import formats
from office_studio.ui.theming import theme
from office_studio.ui.trade import market_words
from office_studio.ui.trade.lab.lab_runs import Crash, LabRow, State, open_jobs

_Index = QModelIndex | QPersistentModelIndex
RowRole = Qt.ItemDataRole.UserRole
COLUMNS = ("Pattern", "Delivered", "Calls", "User pays", "Each", "Vendor gets", "A crash half-way leaves")
PATTERN, DELIVERED, CALLS, PAYS, EACH, GETS, CRASH = range(7)
_NUMBERS = (DELIVERED, CALLS, PAYS, EACH, GETS)
_WIDTHS = {PATTERN: 150, DELIVERED: 92, CALLS: 62, PAYS: 140, EACH: 78, GETS: 100}
_TIPS = {
    PAYS: "Credits that left the user's wallet, and what they cost there",
    EACH: "Credits for an item that was delivered",
    GETS: "What the vendor is paid out for them: a third of what the user paid",
    CRASH: "If the app dies after half of the items, until it is started again",
}


def _usd(micro: int, rate: Decimal) -> str:
    """With four digits: sums of a test are small."""
    return f"≈ ${usd_shown(micro, rate):,.4f}"


def crash_words(crash: Crash) -> str:
    parts = (
        (crash.held, "held"),
        (crash.ahead, "paid ahead"),
        (crash.unpaid, "not charged"),
    )
    return ", ".join(f"{market_words.short(micro)} {what}" for micro, what in parts if micro) or "nothing open"


def told(row: LabRow) -> str:
    """What a pattern does, and how its run went, in sentences."""
    words = [FACTS[row.pattern][1]]
    run = row.run
    if row.state is State.STOPPED:
        words.append("You stopped it; what it held went back.")
    elif row.state is State.BROKEN:
        words.append(f"OfficeX was lost after {formats.plural(row.items_done, 'item')}.")
        left = open_jobs(row.steps)
        words.append(
            f"{formats.plural(len(left), 'job')} may still hold credits: uninstalling the app frees them."
            if left
            else "What it held went back."
        )
    elif run is not None and run.stopped_by:
        facts = facts_of(run.stopped_by, 0)
        words += [f"It ended after {formats.plural(row.items_done, 'item')}: {facts.words}", facts.way_on]
    elif run is not None:
        words.append(f"{formats.plural(run.failed, 'item')} failed at work.")
        if run.refunded:
            words.append(f"{market_words.amount(run.refunded)} of what was held went back.")
        if run.minted:
            words.append(f"{market_words.amount(run.minted)} are left in the app's own ledger.")
    return formats.sentences(*words)


class LabModel(QAbstractTableModel):
    def __init__(self) -> None:
        super().__init__()
        self.rows: list[LabRow] = []
        self._environment: Environment = STAGING

    def show(self, rows: list[LabRow], environment: Environment | None) -> None:
        self._environment = environment or STAGING
        if [row.pattern for row in rows] != [row.pattern for row in self.rows]:
            self.beginResetModel()
            self.rows = list(rows)
            self.endResetModel()
        elif rows != self.rows:
            self.rows = list(rows)
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, len(COLUMNS) - 1))

    def row_of(self, pattern: Pattern) -> int:
        return next((at for at, row in enumerate(self.rows) if row.pattern is pattern), -1)

    def rowCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def columnCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation is Qt.Orientation.Horizontal:
            if role == Qt.ItemDataRole.DisplayRole:
                return COLUMNS[section]
            if role == Qt.ItemDataRole.TextAlignmentRole:
                return _alignment(section)
            if role == Qt.ItemDataRole.ToolTipRole:
                return _TIPS.get(section)
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row = self.rows[index.row()]
        if role == RowRole:
            return row
        if role == Qt.ItemDataRole.DisplayRole:
            return self.words(row, index.column())
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(index.column())
        if role == Qt.ItemDataRole.FontRole and index.column() in _NUMBERS:
            return theme().font("body", numeric=True)
        if role == Qt.ItemDataRole.ForegroundRole:
            return self._ink(row, index.column())
        if role == Qt.ItemDataRole.ToolTipRole:
            return told(row)
        return None

    def _ink(self, row: LabRow, column: int) -> object:
        if row.state is State.WAITING:
            return theme().color("text_faint")
        is_broken_off = row.run is not None and row.run.stopped_by
        if column == DELIVERED and is_broken_off:
            return theme().color("warning")
        return theme().color("text" if column in (PATTERN, PAYS) else "text_muted")

    def words(self, row: LabRow, column: int) -> str:
        if column == PATTERN:
            return row.name
        if row.state is State.WAITING:
            return formats.UNKNOWN
        if column == CALLS:
            return formats.quantity(len(row.steps))
        if column == PAYS:
            return f"{market_words.short(row.taken)}  {_usd(row.taken, self._environment.credit_price_usd)}"
        if column == GETS:
            return _usd(row.taken, self._environment.payout_rate_usd)
        if row.run is None:  # the rest is known at its end
            return f"{row.items_done} of {row.plan.items}…" if column == DELIVERED else formats.UNKNOWN
        if column == DELIVERED:
            return f"{row.run.delivered} of {row.plan.items}"
        if column == EACH:
            each = row.run.income / row.run.delivered / MICRO if row.run.delivered else None
            return formats.UNKNOWN if each is None else f"{each:.3f}".rstrip("0").rstrip(".")
        return crash_words(row.crash)


def _alignment(column: int) -> int:
    side = Qt.AlignmentFlag.AlignRight if column in _NUMBERS else Qt.AlignmentFlag.AlignLeft
    return int(side | Qt.AlignmentFlag.AlignVCenter)


class LabView(QTableView):
    """As high as its rows."""

    def __init__(self, model: LabModel) -> None:
        super().__init__()
        self._lab = model
        self.setModel(model)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setAccessibleName("Billing patterns compared")
        self.setProperty("inset", "page")
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(32)
        head = self.horizontalHeader()
        head.setHighlightSections(False)
        head.setSectionsClickable(False)
        for column, width in _WIDTHS.items():
            self.setColumnWidth(column, width)
        head.setSectionResizeMode(CRASH, QHeaderView.ResizeMode.Stretch)
        model.modelReset.connect(self._fit)
        self._fit()

    def _fit(self) -> None:
        self.setFixedHeight(self.horizontalHeader().sizeHint().height() + 32 * max(1, self._lab.rowCount()) + 4)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
            return
        super().keyPressEvent(event)

    def copy(self) -> None:
        """The whole comparison as text with tabs."""
        lines = ["\t".join(COLUMNS)]
        lines += ["\t".join(self._lab.words(row, at) for at in range(len(COLUMNS))) for row in self._lab.rows]
        QApplication.clipboard().setText("\n".join(lines))
