"""The list of the vendor's own apps: state, price, installs, what came in, what is held."""

from __future__ import annotations

from decimal import Decimal

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from office_studio.ui import formats, paint
from office_studio.ui.theming import theme
from office_studio.ui.trade import market_words
from office_studio.ui.trade.installs.catalog_view import paint_icon, price_words
from office_studio.ui.trade.vendor import app_prices
from office_studio.ui.trade.vendor.vendor_data import AppDesk
from office_studio.ui.trade.vendor.vendor_desk import VendorDesk

_Index = QModelIndex | QPersistentModelIndex
DeskRole = Qt.ItemDataRole.UserRole
_ROW = 84  # px


def state_words(desk: AppDesk) -> tuple[str, str]:
    """Where buyers find it, and the colour role of that."""
    if desk.is_deleted:
        return "Deleted", "text_faint"
    return ("In the catalog", "success") if desk.is_listed else ("Taken down", "error")


def price_summary(desk: AppDesk) -> str:
    """ "Pay per use, from 0.25 credits"."""
    least = app_prices.smallest_price(desk.app.texts("pricing_lines"))
    kind = price_words(desk.app)
    if least is None:
        return kind if desk.app.text("price_type") else "No price"
    several = "from " if len(desk.app.texts("pricing_lines")) > 1 else ""
    return f"{kind}, {several}{market_words.amount(least)}"


def money_words(desk: AppDesk) -> str:
    """ "3 installs · 12.54 earned · 4.00 reserved"."""
    held = desk.balance.reserved
    parts = [formats.plural(len(desk.installs), "install"), f"{market_words.credits(desk.earned)} earned"]
    if desk.is_deleted:
        parts = [f"{market_words.credits(desk.balance.available)} left"]
    return " · ".join([*parts, *([f"{market_words.credits(held)} reserved"] if held else [])])


class VendorModel(QAbstractListModel):
    def __init__(self) -> None:
        super().__init__()
        self.rows: list[AppDesk] = []
        self.losing: frozenset[str] = frozenset()

    def show(self, vendor: VendorDesk, price_usd: Decimal, rate_usd: Decimal) -> None:
        rows = sorted(
            vendor.data.desks if vendor.data is not None else (),
            key=lambda one: (one.is_deleted, one.app.name.casefold(), one.app_id),
        )
        losing = frozenset(
            one.app_id
            for one in rows
            if app_prices.losing_lines(one.app, vendor.costs(one.app_id), price_usd, rate_usd)
        )
        is_same = [one.app_id for one in rows] == [one.app_id for one in self.rows]
        if is_same:
            changed = (rows, losing) != (self.rows, self.losing)
            self.rows, self.losing = rows, losing
            if rows and changed:
                self.dataChanged.emit(self.index(0), self.index(len(rows) - 1))
            return
        self.beginResetModel()
        self.rows, self.losing = rows, losing
        self.endResetModel()

    def index_of(self, app_id: str) -> QModelIndex:
        return next((self.index(i) for i, one in enumerate(self.rows) if one.app_id == app_id), QModelIndex())

    def rowCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        desk = self.rows[index.row()]
        if role == DeskRole:
            return desk
        if role == Qt.ItemDataRole.DisplayRole:
            return desk.app.name
        if role == Qt.ItemDataRole.AccessibleTextRole:
            loss = "a price loses money" if desk.app_id in self.losing else ""
            words = (desk.app.name, state_words(desk)[0], price_summary(desk), money_words(desk), loss)
            return ", ".join(filter(None, words))
        if role == Qt.ItemDataRole.ToolTipRole and desk.app_id in self.losing:
            return "A price of this app is below what it costs you"
        return None


class VendorView(QListView):
    def __init__(self, model: VendorModel) -> None:
        super().__init__()
        self.setModel(model)
        self.setItemDelegate(_DeskDelegate(self))
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setMouseTracking(True)
        self.setAccessibleName("My apps")

    def app_id(self) -> str:
        found = self.currentIndex().data(DeskRole)
        return found.app_id if isinstance(found, AppDesk) else ""


class _DeskDelegate(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(200, _ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        desk, model, ui = index.data(DeskRole), index.model(), theme()
        if not isinstance(desk, AppDesk) or not isinstance(model, VendorModel):
            return
        row = QRectF(option.rect).adjusted(8, 1, -8, -1)
        is_on = bool(option.state & QStyle.StateFlag.State_Selected)
        if is_on or option.state & QStyle.StateFlag.State_MouseOver:
            paint.pill(painter, row, ui.color("selection" if is_on else "hover"), radius=6)
        paint_icon(painter, QRectF(row.x() + 10, row.y() + 12, 38, 38), desk.app)
        left, width = row.x() + 60, row.width() - 72
        small = ui.font("small", numeric=True)
        state, ink = state_words(desk)
        head, below = QRectF(left, row.y() + 9, width, 20), QRectF(left, row.y() + 31, width, 18)
        used = paint.text(painter, head, state, ink, small, paint.RIGHT)
        name = head.adjusted(0, 0, -used - 10, 0)
        paint.text(painter, name, desk.app.name, "text", ui.font("body", "semibold"))
        if desk.letters:
            count = f"{formats.quantity(len(desk.letters))}{'+' if desk.has_more_letters else ''} new"
            used = paint.text(painter, below, count, "accent", small, paint.RIGHT)
            below = below.adjusted(0, 0, -used - 10, 0)
        is_losing = desk.app_id in model.losing
        price = f"{price_summary(desk)} · loses money" if is_losing else price_summary(desk)
        paint.text(painter, below, price, "error" if is_losing else "text_muted", small)
        paint.text(painter, QRectF(left, row.y() + 52, width, 18), money_words(desk), "text_muted", small)
