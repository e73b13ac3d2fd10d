"""The ledger below the wallet's figures: filters, table, export."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QComboBox,
    QFileDialog,
    QHeaderView,
    QStackedWidget,
    QTableView,
    QWidget,
)

from office_studio.errors import OfficeStudioError
from office_studio.ui import formats
from office_studio.ui.trade.market_session import MarketSession
from office_studio.ui.trade.wallet import ledger_export
from office_studio.ui.trade.wallet.ledger_model import (
    AGENT,
    APP,
    BALANCE,
    CREDITS,
    FILTERS,
    KIND,
    NOTE,
    TIME,
    LedgerModel,
    as_tsv,
)
from office_studio.ui.widgets.basics import ElidingLabel, EmptyState
from office_studio.ui.widgets.layouts import button, hbox, label, search_field, vbox

if TYPE_CHECKING:
    from office_studio.ui.studio import Studio

_ALL_APPS = "All apps"
_SEARCH, _NARROW_SEARCH, _WIDE = 170, 110, 760  # px
_WIDTHS = {TIME: 104, KIND: 92, APP: 138, AGENT: 84, CREDITS: 112, BALANCE: 128}


class LedgerPanel(QWidget):
    """``ask_path``: where the CSV goes; "" when the user changed their mind."""

    def __init__(self, studio: Studio, market: MarketSession) -> None:
        super().__init__()
        self._studio, self._market = studio, market
        self.ask_path: Callable[[str], str] = self._ask_path
        self.model = LedgerModel(studio.store.name)
        self.view = LedgerView(self.model)
        self.count = ElidingLabel("", "muted")
        self.search = search_field("Filter entries")
        self.kinds, self.apps = QComboBox(), QComboBox()
        self.kinds.addItems(list(FILTERS))
        self.kinds.setAccessibleName("Kinds of entries")
        self.apps.addItem(_ALL_APPS)
        for box in (self.kinds, self.apps):
            box.setMinimumWidth(84)  # rather than pressing the left panel
        self.apps.setAccessibleName("App")
        self.export = button("Export CSV…", glyph="download-simple")
        self.export.clicked.connect(self.export_csv)
        clear = button("Show all entries")
        clear.clicked.connect(self.clear_filter)
        self.nothing_fits = EmptyState("funnel", "No entry fits", "", clear)
        self.empty = EmptyState(
            "wallet", "Nothing has happened yet", "Credits you add, and what apps take, stand here."
        )
        self._stack = QStackedWidget()
        for page in (self.view, self.nothing_fits, self.empty):
            self._stack.addWidget(page)
        head = hbox(label("Ledger", "title"), (self.count, 1), self.search, self.kinds, self.apps, self.export,
                    margins=(20, 12, 20, 6))  # fmt: skip
        self.setLayout(vbox(head, (self._stack, 1), spacing=0))
        self.search.textChanged.connect(lambda _text: self._filter())
        for box in (self.kinds, self.apps):
            box.currentTextChanged.connect(lambda _text: self._filter())

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.search.setFixedWidth(_SEARCH if self.width() >= _WIDE else _NARROW_SEARCH)
        super().resizeEvent(event)

    def refresh(self, bound: dict[str, str]) -> None:
        chosen = self.view.chosen_ids()
        self.model.show(self._market.data, bound)
        self.view.choose_ids(chosen)
        self._offer_apps()
        self._tell()

    def clear_filter(self) -> None:
        self.search.clear()
        self.kinds.setCurrentIndex(0)
        self.apps.setCurrentIndex(0)

    def show_job(self, app: str, job_id: str) -> None:
        """Only what one job of an app did, its newest entry chosen."""
        self.clear_filter()
        self.apps.setCurrentText(app)
        self.search.setText(job_id)
        if self.model.rows:
            self.view.choose_ids({self.model.rows[0].entry.log_id})
        self.view.setFocus()

    def _filter(self) -> None:
        app = self.apps.currentText()
        self.model.set_filter(self.search.text(), self.kinds.currentText(), "" if app == _ALL_APPS else app)
        self._tell()

    def _offer_apps(self) -> None:
        wanted = [_ALL_APPS, *self.model.apps]
        if [self.apps.itemText(i) for i in range(self.apps.count())] == wanted:
            return
        chosen = self.apps.currentText()
        self.apps.blockSignals(True)
        self.apps.clear()
        self.apps.addItems(wanted)
        self.apps.setCurrentText(chosen if chosen in wanted else _ALL_APPS)
        self.apps.blockSignals(False)
        if self.apps.currentText() != chosen:
            self._filter()

    def _tell(self) -> None:
        total, hidden = self.model.total, self.model.hidden_count
        many = formats.plural(total, "entry", "entries")
        older = " and older ones" if self._market.data is not None and self._market.data.has_older else ""
        self.count.setText(f"{formats.quantity(total - hidden)} of {many}{older}" if hidden else f"{many}{older}")
        self.export.setEnabled(total > hidden)
        self.export.setToolTip("" if total > hidden else "There is nothing to export")
        if not total:
            self._stack.setCurrentWidget(self.empty)
        elif hidden == total:
            self.nothing_fits.say("funnel", "No entry fits", f"The filter hides {many}.")
            self._stack.setCurrentWidget(self.nothing_fits)
        else:
            self._stack.setCurrentWidget(self.view)

    # -- export ------------------------------------------------------------------------------------
    def export_csv(self) -> None:
        """What is shown, with every digit."""
        path = self.ask_path("officex-ledger.csv")
        if not path:
            return
        rows, target = tuple(self.model.rows), Path(path)
        if not target.suffix:
            target = target.with_suffix(".csv")
        self._market.scope.run_blocking(
            lambda: ledger_export.write(target, rows),
            lambda _path: self._exported(target, len(rows)),
            self._not_exported,
        )

    def _exported(self, path: Path, count: int) -> None:
        title = f"{formats.plural(count, 'entry', 'entries')} exported"
        self._studio.toast(title, path.name, action=("Show", lambda: self._studio.reveal(path)), key="ledger")

    def _not_exported(self, error: OfficeStudioError) -> None:
        detail = formats.sentences(error.message, error.hint)
        self._studio.toast("The ledger was not exported", detail, tone="error", key="ledger")

    def _ask_path(self, name: str) -> str:
        return QFileDialog.getSaveFileName(self, "Export the ledger", name, "Comma-separated values (*.csv)")[0]


class LedgerView(QTableView):
    """32 px rows with hairlines; in narrow places columns hide from the right, the note last."""

    def __init__(self, model: LedgerModel) -> None:
        super().__init__()
        self._ledger = model
        self.setModel(model)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setAccessibleName("Ledger")
        self.setProperty("inset", "page")
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(32)
        head = self.horizontalHeader()
        head.setHighlightSections(False)
        head.setSectionsClickable(False)
        head.setMinimumSectionSize(40)
        for column, width in _WIDTHS.items():
            self.setColumnWidth(column, width)
        head.setSectionResizeMode(NOTE, QHeaderView.ResizeMode.Stretch)

    def resizeEvent(self, event: QResizeEvent) -> None:
        left = self.viewport().width() - sum(_WIDTHS.values())
        hidden: set[int] = set()
        for column in (BALANCE, AGENT):
            if left < 110:
                hidden.add(column)
                left += _WIDTHS[column]
        for column in (BALANCE, AGENT):
            self.setColumnHidden(column, column in hidden)
        super().resizeEvent(event)

    def chosen_ids(self) -> set[str]:
        return {self._ledger.rows[index.row()].entry.log_id for index in self.selectionModel().selectedRows()}

    def choose_ids(self, ids: set[str]) -> None:
        for at, row in enumerate(self._ledger.rows if ids else ()):
            if row.entry.log_id in ids:
                self.selectRow(at)

    def keyPressEvent(self, event: object) -> None:
        if hasattr(event, "matches") and event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
            return
        super().keyPressEvent(event)  # type: ignore[arg-type]

    def copy(self) -> None:
        """The chosen rows as text with tabs."""
        rows = sorted(index.row() for index in self.selectionModel().selectedRows())
        if rows:
            QApplication.clipboard().setText(as_tsv([self._ledger.rows[row] for row in rows]))
