"""The inbox of an app: charges that its vendor has not acknowledged yet, and all charges of late."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QFont
from PySide6.QtWidgets import QStackedWidget

from office_studio.core.officex.reservations import ReservationStatus
from office_studio.core.officex.wire import ReservationView
from office_studio.errors import OfficeStudioError
from office_studio.ui import formats
from office_studio.ui.make.library_page import Segments
from office_studio.ui.theming import theme
from office_studio.ui.trade import market_words
from office_studio.ui.trade.vendor import vendor_data
from office_studio.ui.trade.vendor.vendor_desk import VendorDesk
from office_studio.ui.trade.vendor.vendor_installs import short_id
from office_studio.ui.trade.vendor.vendor_side import VendorSide
from office_studio.ui.trade.vendor.vendor_table import TradeTable
from office_studio.ui.trade.wallet.ledger_model import when
from office_studio.ui.widgets.basics import EmptyState
from office_studio.ui.widgets.layouts import button, hbox, label, vbox

if TYPE_CHECKING:
    from office_studio.ui.studio import Studio

_Index = QModelIndex | QPersistentModelIndex
COLUMNS = ("Time", "Job", "User", "Reserved", "Settled", "Open", "State")
TIME, JOB, USER, RESERVED, SETTLED, OPEN, STATE = range(7)
ChargeRole = Qt.ItemDataRole.UserRole
NEW, ALL = "New", "All charges"
_PAGES = 4  # of 50 charges, read at once
_NUMBERS = (RESERVED, SETTLED, OPEN)
_WIDTHS = {TIME: 108, USER: 84, RESERVED: 94, SETTLED: 90, OPEN: 90, STATE: 104}
_STATES = {
    ReservationStatus.RESERVED.value: "Open",
    ReservationStatus.PARTIAL.value: "Partly settled",
    ReservationStatus.COMPLETED.value: "Settled",
    ReservationStatus.CANCELLED.value: "Cancelled",
    ReservationStatus.EXPIRED.value: "Expired",
}


class ChargesModel(QAbstractTableModel):
    def __init__(self) -> None:
        super().__init__()
        self.rows: list[ReservationView] = []
        self._users: Mapping[str, str] = {}

    def show(self, rows: Sequence[ReservationView], users: Mapping[str, str]) -> None:
        """``users``: install -> user."""
        if (list(rows), users) != (self.rows, self._users):
            self.beginResetModel()
            self.rows, self._users = list(rows), users
            self.endResetModel()

    def rowCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def columnCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section]
        return _alignment(section) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        charge, column = self.rows[index.row()], index.column()
        if role == ChargeRole:
            return charge
        if role == Qt.ItemDataRole.DisplayRole:
            return self._cells(charge)[column]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(column)
        if role == Qt.ItemDataRole.FontRole:
            return _font(column)
        if role == Qt.ItemDataRole.ForegroundRole:
            return _ink(charge, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tip(charge, column)
        return None

    def _cells(self, charge: ReservationView) -> tuple[str, ...]:
        user = self._users.get(charge.install_id, "")
        amounts = (market_words.credits(micro, 6) for micro in (charge.amount, charge.settled, charge.remaining))
        state = _STATES.get(charge.status, charge.status.capitalize())
        return (when(charge.created_ms), charge.job_id, short_id(user) if user else "no longer", *amounts, state)

    def _tip(self, charge: ReservationView, column: int) -> str:
        if column == TIME:
            return formats.moment(charge.created_ms)
        if column == USER:
            user = self._users.get(charge.install_id)
            return f"User {user}\nInstall {charge.install_id}" if user else f"Install {charge.install_id} is gone"
        if column == JOB and charge.metadata:
            about = "\n".join(f"{key}: {value}" for key, value in charge.metadata.items())
            return plain_tip(f"{charge.job_id}\n{about}"[:1000])  # Qt would take it for a page of its own
        return self._cells(charge)[column]


def plain_tip(words: str) -> str:
    """A tool tip of words that others wrote: nothing in them is markup."""
    return f"<qt>{escape(words)}</qt>".replace("\n", "<br>")


def _alignment(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column in _NUMBERS else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


def _font(column: int) -> QFont | None:
    if column == USER:
        return theme().font("small", family="mono")
    return theme().font(numeric=True) if column in (TIME, *_NUMBERS) else None


def _ink(charge: ReservationView, column: int) -> QColor | None:
    if column == SETTLED and charge.settled:
        return theme().color("success")
    return theme().color("text_muted") if column in (TIME, USER, OPEN, STATE) else None


class VendorInbox(VendorSide):
    """The side "Inbox" of an app. What is acknowledged stays among all charges; it cannot become new again."""

    def __init__(self, studio: Studio, vendor: VendorDesk) -> None:
        super().__init__(vendor)
        self._studio = studio
        self._all: list[ReservationView] = []
        self._all_of = ""  # the app whose charges those are
        self._pages = _PAGES
        self._has_older = self._is_asking = self._is_acking = False

    def making(self) -> Iterator[None]:
        self._stack = QStackedWidget()
        self.model = ChargesModel()
        self.view = TradeTable(self.model, "Charges of the app")
        self.view.set_widths(_WIDTHS, JOB, hides=(OPEN, USER))
        self._stack.addWidget(self.view)
        yield
        self.shown = Segments((NEW, ALL), "Charges")
        self.count = label("", "muted")
        self.older = button("Show older", "ghost")
        self.older.clicked.connect(self.show_older)
        self.ack = button("Acknowledge")
        self.ack_all = button("Acknowledge all", "ghost")
        self.ack.clicked.connect(self.acknowledge_chosen)
        self.view.space_pressed.connect(self.acknowledge_chosen)
        self.ack_all.clicked.connect(self.acknowledge_all)
        head = hbox(self.shown, self.count, self.older, None, self.ack_all, self.ack, margins=(24, 10, 20, 6))
        self.setLayout(vbox(head, (self._stack, 1), spacing=0))
        yield
        words = "Each charge an app begins lands here until you acknowledge it, so that none goes by unseen."
        self.nothing_new = EmptyState("check-circle", "Nothing new", words)
        self.nothing = EmptyState("receipt", "No charges yet", "What the app reserves and settles stands here.")
        for page in (self.nothing_new, self.nothing):
            self._stack.addWidget(page)
        self.shown.chosen.connect(lambda _word: self._on_shown())
        self.view.selectionModel().selectionChanged.connect(lambda *_: self._refresh_actions())
        yield

    # -- showing -----------------------------------------------------------------------------------
    @property
    def shows_all(self) -> bool:
        return self.shown.current == ALL

    def refresh(self) -> None:
        desk = self._vendor.desk
        if desk is None:
            return
        if self._all_of != desk.app_id:
            self._all, self._all_of, self._has_older, self._pages = [], desk.app_id, False, _PAGES
        if self.shows_all:
            self._ask_for_all()
        self._show()

    def _on_shown(self) -> None:
        self.refresh()

    def _show(self) -> None:
        desk = self._vendor.desk
        if desk is None:
            return
        chosen = {self._key(self.model.rows[row]) for row in self.view.chosen_rows()}
        rows = self._all if self.shows_all else desk.letters
        self.model.show(rows, {one.install_id: one.user_id for one in desk.installs})
        if not self.view.chosen_rows():  # else the model has not changed
            for row, one in enumerate(self.model.rows):
                if self._key(one) in chosen:
                    self.view.selectRow(row)
        self.count.setText(self._count_told(len(rows), desk.has_more_letters))
        self.older.setVisible(self.shows_all and self._has_older)
        page = self.view if rows else self.nothing if self.shows_all or not desk.installs else self.nothing_new
        self._stack.setCurrentWidget(page)
        self._refresh_actions()

    def _count_told(self, count: int, has_more: bool) -> str:
        if not count:
            return ""
        older = self._has_older if self.shows_all else has_more
        what = formats.plural(count, "charge")
        return f"{what}, and older ones" if older else what

    @staticmethod
    def _key(charge: ReservationView) -> tuple[str, str]:
        return charge.install_id, charge.job_id

    def _ask_for_all(self) -> None:
        desk = self._vendor.desk
        if desk is None or self._is_asking:
            return
        self._is_asking, app_id, wallet_id, pages = True, desk.app_id, desk.balance.wallet_id, self._pages

        def found(answer: tuple[list[ReservationView], bool]) -> None:
            self._is_asking = False
            if app_id == self._all_of:
                self._all, self._has_older = answer
                self._show()
            elif self.shows_all:
                self._ask_for_all()

        self._vendor.market.run(
            lambda client: vendor_data.all_charges(client, wallet_id, pages), found, self._not_found
        )

    def show_older(self) -> None:
        """As many more."""
        self._pages += _PAGES
        self._ask_for_all()

    def _not_found(self, _error: OfficeStudioError) -> None:
        self._is_asking = False  # the next poll asks again; the head says how old the page is

    # -- acknowledging -----------------------------------------------------------------------------
    def _refresh_actions(self) -> None:
        desk = self._vendor.desk
        count, has_new = len(self._chosen_new()), desk is not None and bool(desk.letters)
        self.ack.setEnabled(bool(count) and not self._is_acking)
        self.ack.setText(f"Acknowledge {count}" if count > 1 else "Acknowledge")
        tip = "Take it off the new ones; it stays among all charges  Space"
        self.ack.setToolTip(tip if count else "Choose a new charge first")
        self.ack_all.setEnabled(has_new and not self._is_acking)
        self.ack_all.setToolTip("" if has_new else "Everything is acknowledged")

    def _chosen_new(self) -> list[str]:
        desk = self._vendor.desk
        new = {self._key(one): one.log_id for one in desk.letters} if desk is not None else {}
        rows = [self.model.rows[row] for row in self.view.chosen_rows() if row < len(self.model.rows)]
        return [new[self._key(one)] for one in rows if self._key(one) in new]

    def acknowledge_chosen(self) -> None:
        self._acknowledge(self._chosen_new())

    def acknowledge_all(self) -> None:
        """Those that are shown as new; what comes in meanwhile stays new."""
        desk = self._vendor.desk
        self._acknowledge([one.log_id for one in desk.letters] if desk is not None else [])

    def _acknowledge(self, log_ids: list[str]) -> None:
        desk = self._vendor.desk
        if desk is None or not log_ids or self._is_acking:
            return
        self._is_acking, app_id = True, desk.app_id
        self._refresh_actions()
        self._vendor.market.run(
            lambda client: vendor_data.acknowledge(client, app_id, log_ids), self._acked, self._not_acked
        )

    def _acked(self, count: int) -> None:
        self._is_acking = False
        self._vendor.refresh()
        told = "The charge is acknowledged" if count == 1 else f"{formats.plural(count, 'charge')} acknowledged"
        self._studio.toast(
            told, "It stays among all charges." if count == 1 else "They stay among all charges.", key="ack"
        )

    def _not_acked(self, error: OfficeStudioError) -> None:
        self._is_acking = False
        self._vendor.refresh()
        self._studio.toast("Not acknowledged", market_words.refusal(error), tone="error", key="ack")
