"""My apps: what the signed-in account sells at the left, one app with its five sides at the right."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QFrame, QStackedWidget, QTabBar, QWidget

from office_studio.ui import formats
from office_studio.ui.trade import market_words
from office_studio.ui.trade.market_page import PageHead
from office_studio.ui.trade.market_session import MarketSession
from office_studio.ui.trade.nav_panel import MarketPanel
from office_studio.ui.trade.trade_sheet import TradeSheet
from office_studio.ui.trade.vendor.vendor_data import AppDesk
from office_studio.ui.trade.vendor.vendor_desk import VendorDesk
from office_studio.ui.trade.vendor.vendor_inbox import VendorInbox
from office_studio.ui.trade.vendor.vendor_installs import VendorInstalls
from office_studio.ui.trade.vendor.vendor_list import VendorModel, VendorView, state_words
from office_studio.ui.trade.vendor.vendor_listing import VendorListing
from office_studio.ui.trade.vendor.vendor_prices import VendorPrices
from office_studio.ui.trade.vendor.vendor_side import VendorSide
from office_studio.ui.trade.vendor.vendor_wallet import VendorWallet
from office_studio.ui.widgets.basics import ElidingLabel, EmptyState
from office_studio.ui.widgets.layouts import button, frame, hbox, tool, vbox
from office_studio.ui.widgets.pages import Pages

if TYPE_CHECKING:
    from office_studio.ui.studio import Studio

S = TypeVar("S", bound=VendorSide)
_LIST_WIDTH, _NARROW_LIST, _NARROW_PAGE = 336, 264, 900  # px
TABS = ("Listing", "Prices", "Installs", "Inbox", "Wallet && payouts")
LISTING, PRICES, INSTALLS, INBOX, WALLET = range(5)


class VendorPage(QFrame):
    """``sheet``: the last one that was opened."""

    def __init__(self, studio: Studio, market: MarketSession) -> None:
        super().__init__()
        self.setProperty("level", "surface")
        self._studio, self._market = studio, market
        self.vendor = VendorDesk(market, self)
        self.sheet: TradeSheet | None = None
        self._registers = False
        self.register_app = button("Register an app…", glyph="plus")
        self.register_app.setToolTip("List an app in the catalog  Ins")
        self.register_app.clicked.connect(self.open_register)
        self._column = frame(edge="right")
        self._column.setFixedWidth(_LIST_WIDTH)
        self._stack = QStackedWidget()
        self.setLayout(vbox(PageHead(market, "My apps", self.register_app), (self._stack, 1), spacing=0))

    def making(self) -> Iterator[None]:
        self._body, self.details = QWidget(), QWidget()
        self._stack.addWidget(self._body)
        self.model = VendorModel()
        self.view = VendorView(self.model)
        self._body.setLayout(hbox(self._column, (self.details, 1), spacing=0))
        self._column.setLayout(vbox(self.view, spacing=0))
        yield
        self._build_details()
        yield
        yield from self._make_sides()
        self._build_empty()
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self.waiting)
        self.view.selectionModel().currentChanged.connect(lambda *_: self._on_chosen())
        self.view.activated.connect(lambda _index: self.open_edit())
        self.vendor.changed.connect(self.refresh)
        self.vendor.memory_loaded.connect(self.refresh)
        yield
        self.refresh()

    def _build_details(self) -> None:
        self.name, self.state = ElidingLabel("", "heading"), ElidingLabel("", "muted")
        self.edit, self.delete = button("Edit…"), tool("trash", "Delete this app…  Del")
        self.edit.setToolTip("Change the listing  F2")
        self.edit.clicked.connect(lambda: self.open_edit())
        self.delete.clicked.connect(self.ask_to_delete)
        self.tabs = QTabBar()
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setAccessibleName("Sides of the app")
        for words in TABS:
            self.tabs.addTab(words)
        self.sides = Pages()
        head = hbox((vbox(self.name, self.state, spacing=2), 1), self.edit, self.delete, margins=(24, 6, 20, 4))
        bar = frame(edge="bottom")
        self.details.setLayout(vbox(head, bar, (self.sides, 1), spacing=0))
        bar.setLayout(hbox(self.tabs, None, margins=(12, 0, 0, 0)))

    def _make_sides(self) -> Iterator[None]:
        """In the order of the tabs; each has its place before it holds anything."""
        studio, vendor = self._studio, self.vendor
        self.listing = self._add_side(VendorListing(studio, vendor))
        yield from self.listing.making()
        self.prices = self._add_side(VendorPrices(studio, vendor))
        yield from self.prices.making()
        self.installs = self._add_side(VendorInstalls(vendor))
        yield from self.installs.making()
        self.inbox = self._add_side(VendorInbox(studio, vendor))
        yield from self.inbox.making()
        self.wallet = self._add_side(VendorWallet(studio, vendor))
        yield from self.wallet.making()
        self.tabs.currentChanged.connect(self.sides.setCurrentIndex)
        self.listing.edit_requested.connect(self.open_edit)

    def _add_side(self, side: S) -> S:
        self.sides.addWidget(side)
        return side

    def _build_empty(self) -> None:
        first = button("Register an app…", "primary", "plus")
        first.clicked.connect(self.open_register)
        words = "What you list here others install, and what it charges is yours. A name is enough to begin with."
        self.empty = EmptyState("storefront", "You sell no apps yet", words, first, width=360)
        self._retry = button("Try again")
        self._retry.clicked.connect(self.vendor.refresh)
        self.waiting = EmptyState("storefront", "Reading your apps", "", self._retry, width=360)

    # -- showing -----------------------------------------------------------------------------------
    @property
    def desk(self) -> AppDesk | None:
        """The chosen app."""
        return self.vendor.desk

    def choose(self, app_id: str) -> None:
        self.view.setCurrentIndex(self.model.index_of(app_id))

    def show_side(self, at: int) -> None:
        """LISTING, PRICES, INSTALLS, INBOX or WALLET."""
        self.tabs.setCurrentIndex(at)

    def refresh(self) -> None:
        place = self._market.environment
        if place is None:
            return
        self.model.show(self.vendor, place.credit_price_usd, place.payout_rate_usd)
        index = self.model.index_of(self.vendor.chosen) if self.vendor.chosen else self.model.index(0)
        if self.model.rows and index.isValid() and index != self.view.currentIndex():
            self.view.setCurrentIndex(index)
        self._show_stack()
        self._show_head()
        self._tell_panel()
        if self._registers and self.vendor.data is not None:
            self.open_register()

    def _tell_panel(self) -> None:
        """The left panel counts the charges that nobody has acknowledged."""
        panel = self._studio.window.panel("market")
        if isinstance(panel, MarketPanel):
            panel.counts["vendor"] = lambda: self.vendor.data.letters if self.vendor.data is not None else 0
            panel.model.refresh()

    def _show_stack(self) -> None:
        data, error = self.vendor.data, self.vendor.error
        if data is None:
            self._retry.setVisible(error is not None)
            if error is not None:
                self.waiting.say("warning", "Your apps could not be read", market_words.refusal(error))
            else:
                self.waiting.say("storefront", "Reading your apps", "")
            self._stack.setCurrentWidget(self.waiting)
        else:
            self._stack.setCurrentWidget(self._body if data.desks else self.empty)
        self.register_app.setVisible(data is not None and bool(data.desks))

    def _show_head(self) -> None:
        desk = self.desk
        if desk is None:
            return
        self.name.setText(desk.app.name)
        slug = desk.app.slug
        state, error = state_words(desk)[0], self.vendor.error
        old = (
            f"as of {formats.clock_seconds(self.vendor.data.at_ms)}, not reached since"
            if error and self.vendor.data
            else ""
        )
        self.state.setText(" · ".join(filter(None, (state, slug, old))))
        for at in (LISTING, PRICES, INSTALLS, INBOX):
            self.tabs.setTabEnabled(at, not desk.is_deleted)
        if desk.is_deleted:
            self.tabs.setCurrentIndex(WALLET)
        count = len(desk.letters)
        more = "+" if desk.has_more_letters else ""
        self.tabs.setTabText(INBOX, f"Inbox  {formats.quantity(count)}{more}" if count else "Inbox")
        self.tabs.setTabText(
            INSTALLS, f"Installs  {formats.quantity(len(desk.installs))}" if desk.installs else "Installs"
        )
        self.edit.setVisible(not desk.is_deleted)
        self.delete.setVisible(not desk.is_deleted)

    def _on_chosen(self) -> None:
        app_id = self.view.app_id()
        if app_id:
            self.vendor.choose(app_id)

    # -- acting ------------------------------------------------------------------------------------
    def open_register(self) -> None:
        from office_studio.ui.trade.vendor.app_sheet import AppSheet

        self._registers = self.vendor.data is None  # the form comes once it is known what there is
        if not self._registers:
            self.sheet = AppSheet(self._studio, self.vendor, None, on_registered=self._on_registered)

    def open_edit(self, field: str = "name") -> None:
        from office_studio.ui.trade.vendor.app_sheet import AppSheet

        desk = self.desk
        if desk is not None and not desk.is_deleted:
            self.sheet = AppSheet(self._studio, self.vendor, desk.app, at_field=field)

    def _on_registered(self, app_id: str) -> None:
        self.vendor.choose(app_id)
        self.show_side(LISTING)

    def ask_to_delete(self) -> None:
        from office_studio.ui.trade.vendor.vendor_delete import DeleteSheet

        desk = self.desk
        if desk is not None and not desk.is_deleted:
            self.sheet = DeleteSheet(self._studio, self.vendor, desk)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key == Qt.Key.Key_F2:
            self.open_edit()
        elif key == Qt.Key.Key_Delete and QApplication.focusWidget() is self.view:
            self.ask_to_delete()
        elif key == Qt.Key.Key_Insert:
            self.open_register()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._column.setFixedWidth(_LIST_WIDTH if self.width() >= _NARROW_PAGE else _NARROW_LIST)
        super().resizeEvent(event)

    # -- being looked at ---------------------------------------------------------------------------
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.vendor.set_looked_at(True)

    def hideEvent(self, event: QHideEvent) -> None:
        self.vendor.set_looked_at(False)
        super().hideEvent(event)
