"""Who has an app installed, as its vendor sees it: what it may still charge, and what came in."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter
from PySide6.QtWidgets import QStackedWidget, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from office_studio.core.officex.limits import NEVER
from office_studio.core.officex.wire import InstallView
from office_studio.ui import formats
from office_studio.ui.theming import theme
from office_studio.ui.trade import market_words
from office_studio.ui.trade.installs.installs_view import bars, paint_bar, share
from office_studio.ui.trade.vendor.vendor_data import AppDesk
from office_studio.ui.trade.vendor.vendor_desk import VendorDesk
from office_studio.ui.trade.vendor.vendor_side import VendorSide
from office_studio.ui.trade.vendor.vendor_table import TradeTable
from office_studio.ui.widgets.basics import EmptyState, Paragraph
from office_studio.ui.widgets.layouts import button, hbox, label, search_field, vbox

_Index = QModelIndex | QPersistentModelIndex
COLUMNS = ("User", "Since", "May charge", "Charges", "Taken", "Open")
USER, SINCE, STATE, CHARGES, TAKEN, OPEN = range(6)
InstallRole = Qt.ItemDataRole.UserRole
_NUMBERS = (TAKEN, OPEN)
_WIDTHS = {USER: 86, SINCE: 74, STATE: 148, TAKEN: 92, OPEN: 86}


def state_of(install: InstallView, now_s: float) -> tuple[str, str]:
    """Whether it may charge this user, and the colour role of that."""
    limits, usage = install.limits, install.usage
    if limits.allowed_until != NEVER and now_s >= limits.allowed_until:
        return "No: ended or paused", "error"
    if limits.lifetime_micro != NEVER and usage.settled + usage.open_reserved >= limits.lifetime_micro:
        return "No: cap reached", "error"
    if limits.allowed_until == NEVER:
        return "Yes", "text"
    return f"Until {formats.day(limits.allowed_until * 1000)}", "text"


def fullest(install: InstallView) -> float:
    """Share of the window that will refuse first."""
    usage, limits = install.usage, install.limits
    return max(share(usage.hour, limits.max_per_hour), share(usage.day, limits.max_per_day),
               share(usage.month, limits.max_per_month))  # fmt: skip


_KEYS: dict[int, Callable[[InstallView], object]] = {
    USER: lambda one: one.user_id,
    SINCE: lambda one: one.installed_ms or 0,
    STATE: lambda one: one.limits.allowed_until if one.limits.allowed_until != NEVER else 1 << 60,
    CHARGES: fullest,
    TAKEN: lambda one: one.usage.settled,
    OPEN: lambda one: one.usage.open_reserved,
}


class VendorInstallsModel(QAbstractTableModel):
    """Rows by the column whose head was clicked; new ones first at the beginning."""

    def __init__(self) -> None:
        super().__init__()
        self._all: tuple[InstallView, ...] = ()
        self.rows: list[InstallView] = []
        self._words = ""
        self._by, self._is_down = SINCE, True

    @property
    def total(self) -> int:
        return len(self._all)

    def show(self, installs: tuple[InstallView, ...]) -> None:
        if installs != self._all:
            self._all = installs
            self._apply()

    def set_filter(self, words: str) -> None:
        self._words = words.strip().casefold()
        self._apply()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self._by, self._is_down = column, order is Qt.SortOrder.DescendingOrder
        self._apply()

    def _apply(self) -> None:
        self.beginResetModel()
        found = [one for one in self._all if self._words in f"{one.user_id} {one.install_id} {one.nickname}".casefold()]
        key = _KEYS.get(self._by, _KEYS[SINCE])
        self.rows = sorted(found, key=lambda one: (key(one), one.install_id), reverse=self._is_down)
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
        install, column = self.rows[index.row()], index.column()
        if role == InstallRole:
            return install
        if role == Qt.ItemDataRole.DisplayRole:
            return cells(install)[column]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(column)
        if role == Qt.ItemDataRole.FontRole:
            return _font(column)
        if role == Qt.ItemDataRole.ForegroundRole:
            return _ink(install, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            since = formats.moment(install.installed_ms)
            return {USER: tip_of(install), SINCE: since}.get(column, cells(install)[column])
        return None


def cells(install: InstallView) -> tuple[str, ...]:
    since = formats.day(install.installed_ms) if install.installed_ms is not None else formats.UNKNOWN
    return (
        short_id(install.user_id or install.install_id), since, state_of(install, time.time())[0],
        bars(install)[1][0].replace(" charges ", " "),
        market_words.credits(install.usage.settled, 6), market_words.credits(install.usage.open_reserved, 6),
    )  # fmt: skip


def short_id(text: str) -> str:
    """The first part of a UUID: enough to tell rows apart; the tool tip has all of it."""
    return text.split("-")[0] if text.count("-") == 4 else text


def tip_of(install: InstallView) -> str:
    return f"User {install.user_id}\nInstall {install.install_id}"


def _alignment(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column in _NUMBERS else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


def _font(column: int) -> QFont | None:
    if column == USER:
        return theme().font("small", family="mono")
    return theme().font(numeric=True) if column in (*_NUMBERS, SINCE) else None


def _ink(install: InstallView, column: int) -> QColor | None:
    if column == STATE:
        return theme().color(state_of(install, time.time())[1])
    return theme().color("text_muted") if column in (SINCE, CHARGES) else None


class VendorInstalls(VendorSide):
    """The side "Installs" of an app."""

    def __init__(self, vendor: VendorDesk) -> None:
        super().__init__(vendor)
        self.model = VendorInstallsModel()

    def making(self) -> Iterator[None]:
        self._stack = QStackedWidget()
        self.setLayout(vbox((self._stack, 1), spacing=0))
        self._table = QWidget()
        self._stack.addWidget(self._table)
        self.view = TradeTable(self.model, "Installs of the app")
        self.view.set_widths(_WIDTHS, CHARGES, hides=(SINCE, OPEN))
        self.view.setItemDelegateForColumn(CHARGES, _ChargesDelegate(self.view))
        self.view.setSortingEnabled(True)
        self.view.sortByColumn(SINCE, Qt.SortOrder.DescendingOrder)
        yield
        self.search = search_field("Find a user or install")
        self.search.setFixedWidth(220)
        self.search.textChanged.connect(self._filter)
        self.sums = label("", "muted")
        clear = button("Show all installs")
        clear.clicked.connect(self.search.clear)
        yield
        self.nothing_fits = EmptyState("funnel", "No install fits", "", clear)
        words = "As soon as somebody installs the app, it stands here with what it may charge and what it took."
        self.empty = EmptyState("users", "Nobody has installed it yet", words)
        yield
        note = Paragraph(
            "Users set these limits; you see them so that you know why a charge is refused.", "small-muted"
        )
        head = hbox(self.sums, None, self.search, margins=(24, 10, 20, 6))
        self._table.setLayout(vbox(head, (self.view, 1), hbox((note, 1), margins=(24, 6, 20, 12)), spacing=0))
        yield
        for page in (self.nothing_fits, self.empty):
            self._stack.addWidget(page)
        yield

    def refresh(self) -> None:
        desk = self._vendor.desk
        chosen = {self.model.rows[row].install_id for row in self.view.chosen_rows()}
        self.model.show(desk.installs if desk is not None else ())
        for row, one in enumerate(self.model.rows):
            if one.install_id in chosen:
                self.view.selectRow(row)
        self.sums.setText(sums_told(desk) if desk is not None else "")
        self._tell()

    def _filter(self, words: str) -> None:
        self.model.set_filter(words)
        self._tell()

    def _tell(self) -> None:
        if not self.model.total:
            self._stack.setCurrentWidget(self.empty)
        elif not self.model.rows:
            hidden = formats.plural(self.model.total, "install")
            self.nothing_fits.say("funnel", "No install fits", f"The filter hides {hidden}.")
            self._stack.setCurrentWidget(self.nothing_fits)
        else:
            self._stack.setCurrentWidget(self._table)


def sums_told(desk: AppDesk) -> str:
    able = sum(state_of(one, time.time())[1] != "error" for one in desk.installs)
    return f"{formats.plural(len(desk.installs), 'install')} · {formats.quantity(able)} may be charged now"


class _ChargesDelegate(QStyledItemDelegate):
    """ "4 of 5 charges a day" over a bar that turns amber and red, drawn over the row's own ground."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        super().paint(painter, option, index)
        install = index.data(InstallRole)
        if isinstance(install, InstallView):
            cell = QRectF(option.rect)
            paint_bar(
                painter, QRectF(cell.x() + 11, cell.bottom() - 6, max(10.0, cell.width() - 24), 3), fullest(install)
            )
