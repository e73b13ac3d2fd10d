"""The left panel of Market: whose account, in which environment, and the pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QListView,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from office_studio.ui import formats, paint
from office_studio.ui.icons import check_glyph, draw_glyph, icon
from office_studio.ui.theming import theme
from office_studio.ui.trade import market_words
from office_studio.ui.trade.market_session import AccountChoice, MarketSession
from office_studio.ui.trade.pages import MarketPageSpec, pages
from office_studio.ui.widgets.basics import PanelHeader
from office_studio.ui.widgets.layouts import hbox, vbox

if TYPE_CHECKING:
    from office_studio.ui.studio import Studio
    from office_studio.ui.trade.sign_in_sheet import SignInSheet

_Index = QModelIndex | QPersistentModelIndex
_ROW, _DIVIDED = 34, 51  # px
PageRole = Qt.ItemDataRole.UserRole


class MarketPanel(QFrame):
    def __init__(self, studio: Studio, market: MarketSession) -> None:
        super().__init__()
        self.setProperty("level", "surface")
        self._studio, self._market = studio, market
        self.tile = AccountTile(market)
        self.tile.clicked.connect(self.show_accounts)
        self.counts: dict[str, Callable[[], int]] = {
            "catalog": lambda: len(market.data.apps) if market.data is not None else 0,
            "installs": lambda: len(market.data.installs) if market.data is not None else 0,
            "inbox": lambda: unread_count(market),
        }
        self.model = PagesModel(self.counts)
        self.view = QListView()
        self.view.setModel(self.model)
        self.view.setItemDelegate(_PageDelegate(self.view))
        self.view.setFrameShape(QListView.Shape.NoFrame)
        self.view.setAccessibleName("Pages of Market")
        self.view.setMouseTracking(True)
        self.view.selectionModel().currentChanged.connect(self._on_current)
        self.setLayout(
            vbox(PanelHeader("Market"), hbox(self.tile, margins=(12, 8, 12, 8)), (self.view, 1), spacing=0,
                 margins=(0, 0, 0, 0))
        )  # fmt: skip
        market.page_requested.connect(self.show_page)
        market.data_changed.connect(self.model.refresh)
        market.marks_changed.connect(self.model.refresh)
        self.show_page(pages()[0].id)

    def show_page(self, page_id: str) -> None:
        index = self.model.index_of(page_id)
        if index.isValid() and index != self.view.currentIndex():
            self.view.setCurrentIndex(index)

    def _on_current(self, now: QModelIndex) -> None:
        spec = now.data(PageRole)
        if isinstance(spec, MarketPageSpec):
            self._market.page_requested.emit(spec.id)

    def show_accounts(self) -> None:
        menu = accounts_menu(self._studio, self._market, self)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.setMinimumWidth(self.tile.width())
        menu.popup(self.tile.mapToGlobal(QPoint(0, self.tile.height() + 4)))


def unread_count(market: MarketSession) -> int:
    place = market.environment
    if market.data is None or place is None:
        return 0
    return sum(not market.memory.is_read(place.name, one.message_id) for one in market.data.inbox)


def accounts_menu(studio: Studio, market: MarketSession, parent: QWidget) -> QMenu:
    """Every known account, with its environment; who is on has a check mark."""
    menu = QMenu(parent)
    for choice in market.choices:
        entry = menu.addAction(icon(market_words.glyph(choice.environment)), account_line(choice))
        entry.setCheckable(True)
        entry.setChecked(choice == market.choice)
        entry.triggered.connect(lambda _checked=False, found=choice: market.switch(found))
    menu.addSeparator()
    menu.addAction(icon("sign-in"), "Sign in…").triggered.connect(lambda: sign_in(studio))
    choice = market.choice
    if choice is not None and not choice.role:
        leave = menu.addAction(icon("trash"), f"Forget {choice.email} here")
        leave.triggered.connect(lambda: market.forget_account(choice))
    return menu


def sign_in(studio: Studio) -> SignInSheet:
    from office_studio.ui.trade.sign_in_sheet import SignInSheet

    return SignInSheet(studio)


def account_line(choice: AccountChoice) -> str:
    role = {"consumer": "buys", "vendor": "sells"}.get(choice.role, "")
    return " · ".join(filter(None, (choice.email, choice.environment.label, role)))


class AccountTile(QAbstractButton):
    """Who is signed in; the tile's colour is that of the environment."""

    def __init__(self, market: MarketSession) -> None:
        super().__init__()
        self._market = market
        self.setFixedHeight(50)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setToolTip("Switch account")
        self.setProperty("radius", 8)
        market.account_changed.connect(self._refresh)
        market.state_changed.connect(self._refresh)
        self._refresh()

    @property
    def lines(self) -> tuple[str, str]:
        choice = self._market.choice
        if choice is None:
            return "Nobody signed in", "Sandbox"
        role = {"consumer": "buyer", "vendor": "seller"}.get(choice.role, "")
        return choice.email, " · ".join(filter(None, (choice.environment.label, role)))

    def _refresh(self) -> None:
        self.setAccessibleName(f"Account: {', '.join(self.lines)}")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, 50)

    def paintEvent(self, event: QPaintEvent) -> None:
        ui, painter, rect = theme(), QPainter(self), QRectF(self.rect())
        is_lit = self.underMouse() or self.isDown()
        paint.pill(painter, rect, ui.color("hover" if is_lit else "raised"), ui.color("border"), radius=8)
        env = self._market.environment
        tone = market_words.tone(env) if env is not None else "collaborating"
        tile = QRectF(11, 9, 32, 32)
        paint.pill(painter, tile, ui.color(f"{tone}_tint" if tone else "pressed"), radius=7)
        glyph = market_words.glyph(env) if env is not None else "flask"
        draw_glyph(painter, tile.adjusted(8, 8, -8, -8), glyph, ui.color(tone or "text_muted"))
        name, place = self.lines
        width = rect.width() - 53 - 30
        paint.text(painter, QRectF(53, 7, width, 18), name, "text", ui.font("body", "semibold"))
        paint.text(painter, QRectF(53, 25, width, 17), place, "text_muted", ui.font("small"))
        draw_glyph(painter, QRectF(rect.right() - 26, 18, 14, 14), "caret-down", ui.color("text_muted"))


class PagesModel(QAbstractListModel):
    def __init__(self, counts: dict[str, Callable[[], int]]) -> None:
        super().__init__()
        self._counts = counts
        self.rows = list(pages())
        for spec in self.rows:
            check_glyph(spec.icon)

    def rowCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        spec = self.rows[index.row()]
        if role == PageRole:
            return spec
        if role == Qt.ItemDataRole.DisplayRole:
            return spec.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            count = self.count(spec)
            return f"{spec.title}, {count}" if count else spec.title
        return None

    def count(self, spec: MarketPageSpec) -> int:
        made = self._counts.get(spec.id)
        return made() if made is not None else 0

    def index_of(self, page_id: str) -> QModelIndex:
        return next((self.index(i) for i, spec in enumerate(self.rows) if spec.id == page_id), QModelIndex())

    def begins_group(self, row: int) -> bool:
        return row > 0 and self.rows[row].group != self.rows[row - 1].group

    def refresh(self) -> None:
        self.dataChanged.emit(self.index(0), self.index(len(self.rows) - 1))


class _PageDelegate(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        model = index.model()
        return QSize(100, _DIVIDED if isinstance(model, PagesModel) and model.begins_group(index.row()) else _ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        ui, spec, model = theme(), index.data(PageRole), index.model()
        if not isinstance(spec, MarketPageSpec) or not isinstance(model, PagesModel):
            return
        cell = QRectF(option.rect)
        row = QRectF(cell.x() + 8, cell.bottom() - _ROW + 1, cell.width() - 16, _ROW - 2)
        if model.begins_group(index.row()):
            painter.fillRect(QRectF(cell.x() + 12, cell.y() + 8, cell.width() - 24, 1), ui.color("border"))
        is_on = bool(option.state & QStyle.StateFlag.State_Selected)
        if is_on or option.state & QStyle.StateFlag.State_MouseOver:
            paint.pill(painter, row, ui.color("selection" if is_on else "hover"), radius=6)
        glyph = QRectF(row.x() + 11, row.center().y() - 8, 16, 16)
        draw_glyph(painter, glyph, spec.icon, ui.color("accent" if is_on else "text_muted"))
        count = model.count(spec)
        words = formats.quantity(count) if count else ""
        font = ui.font("small", numeric=True)
        paint.text(painter, row.adjusted(0, 0, -10, 0), words, "text_muted", font, paint.RIGHT)
        area = row.adjusted(38, 0, -40 if words else -8, 0)
        paint.text(painter, area, spec.title, "text", ui.font("body", "medium"))
