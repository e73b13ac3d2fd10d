"""The letter tray: what apps wrote, what can be done about it. Their words are plain text, their links ask."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QStackedWidget, QWidget

from office_studio.core.officex.limits import NEVER
from office_studio.core.officex.wire import InboxMessage, InstallView
from office_studio.ui import formats
from office_studio.ui.make.library_page import Segments
from office_studio.ui.trade import market_words
from office_studio.ui.trade.inbox.inbox_view import InboxModel, InboxView
from office_studio.ui.trade.installs.install_sheets import LimitsSheet
from office_studio.ui.trade.installs.installing import DAY_S
from office_studio.ui.trade.market_page import PageHead
from office_studio.ui.trade.market_session import MarketSession
from office_studio.ui.trade.spending.spend_consent import ConsentSheet
from office_studio.ui.trade.trade_sheet import TradeSheet
from office_studio.ui.trade.wallet.money_sheets import BuySheet
from office_studio.ui.widgets.basics import ElidingLabel, EmptyState, Paragraph
from office_studio.ui.widgets.flow import FlowLayout
from office_studio.ui.widgets.layouts import button, hbox, label, line, vbox
from office_studio.ui.widgets.pages import ListColumn

if TYPE_CHECKING:
    from office_studio.ui.studio import Studio

_EXTENSION_S = 30 * DAY_S


class InboxPage(QFrame):
    """``open_url`` opens a link in the browser, after the user agreed."""

    def __init__(self, studio: Studio, market: MarketSession) -> None:
        super().__init__()
        self.setProperty("level", "surface")
        self._studio, self._market = studio, market
        self.sheet: TradeSheet | None = None
        self.open_url: Callable[[str], object] = lambda url: QDesktopServices.openUrl(QUrl(url))
        self.model = InboxModel(self._is_read, studio.store.now_ms)

    def making(self) -> Iterator[None]:
        market = self._market
        self.view = InboxView(self.model)
        self.shown = Segments(("All", "Unread"), "Letters")
        self.order = Segments(("By time", "By app"), "Order of letters")
        self.read_all = button("Mark all as read", "ghost")
        yield
        self._build_letter()
        yield
        words = "Apps write here when they need you: a permission that ends, a limit, a result."
        self.empty = EmptyState("envelope-open", "No letters", words)
        self.nothing_fits = EmptyState("envelope-open", "Everything is read", "", width=260)
        yield
        self._list = QStackedWidget()
        self._list.addWidget(self.view)
        self._list.addWidget(self.nothing_fits)
        tools = hbox(self.shown, None, self.order, margins=(20, 0, 12, 8))
        self._column = ListColumn(vbox(tools, (self._list, 1), spacing=0), 380, 328)
        self._body = QWidget()
        self._body.setLayout(hbox(self._column, (self.details, 1), spacing=0))
        self.setLayout(vbox(PageHead(market, "Inbox", self.read_all), (self._body, 1), (self.empty, 1), spacing=0))
        self.shown.chosen.connect(lambda _word: self._filter())
        self.order.chosen.connect(lambda _word: self._filter())
        self.read_all.clicked.connect(self._read_all)
        self.view.selectionModel().currentChanged.connect(lambda *_: self._show_letter())
        market.data_changed.connect(self.refresh)
        market.account_changed.connect(self.refresh)
        self.refresh()

    def _build_letter(self) -> None:
        self.title, self.sender = label("", "heading"), ElidingLabel("", "muted")
        self.title.setWordWrap(True)
        self.text = QLabel()
        self.text.setTextFormat(Qt.TextFormat.PlainText)  # it comes from strangers
        self.text.setWordWrap(True)
        self.text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.link = button("", glyph="arrow-square-out")
        self.unread = button("Mark as unread", "ghost")
        self.extend, self.raise_limit = button("Allow 30 more days"), button("Change limits…")
        self.top_up = button("Buy credits…")
        for made, act in ((self.link, self.ask_to_open), (self.unread, self.mark_unread),
                          (self.extend, self.allow_longer),
                          (self.raise_limit, self.change_limits), (self.top_up, self.buy)):  # fmt: skip
            made.clicked.connect(act)
        self.facts = Paragraph("", "small-muted")
        ways_on = FlowLayout(spacing=8)
        for made in (self.extend, self.raise_limit, self.top_up):
            ways_on.addWidget(made)
        body = QWidget()
        body.setProperty("level", "clear")
        body.setLayout(
            vbox(hbox((vbox(self.title, self.sender, spacing=2), 1), self.unread), 6, line(), 6, self.text, 4,
                 hbox(self.link, None), 8, ways_on, self.facts, None,
                 margins=(24, 6, 20, 20))
        )  # fmt: skip
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(body)
        self.letter_area = area
        self.no_choice = EmptyState("envelope-simple", "No letter is open", "Choose one at the left.")
        self.details = QStackedWidget()
        self.details.addWidget(self.no_choice)
        self.details.addWidget(area)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._column.fit(self.width())
        super().resizeEvent(event)

    # -- showing -----------------------------------------------------------------------------------
    @property
    def letter(self) -> InboxMessage | None:
        return self.view.letter()

    @property
    def install(self) -> InstallView | None:
        """What the letter is about, while it is installed."""
        letter, data = self.letter, self._market.data
        return data.install(letter.install_id) if letter is not None and data is not None else None

    def choose(self, message_id: str) -> None:
        self.view.setCurrentIndex(self.model.index_of(message_id))

    def refresh(self) -> None:
        chosen = self.letter
        self.model.show(self._market.data)
        if chosen is not None and self.letter is None:
            self.choose(chosen.message_id)
        self._tell()

    def _filter(self) -> None:
        chosen = self.letter
        self.model.set_only_unread(self.shown.current == "Unread")
        self.model.set_by_app(self.order.current == "By app")
        if chosen is not None:
            self.choose(chosen.message_id)
        self._tell()

    def _tell(self) -> None:
        has_any = self.model.total > 0
        self._body.setVisible(has_any)
        self.empty.setVisible(not has_any)
        unread = [one for one in self.model.rows if not self._is_read(one.message_id)]
        self.read_all.setVisible(has_any)
        self.read_all.setEnabled(bool(unread))
        self.read_all.setToolTip("" if unread else "Every letter that is shown is read")
        self.nothing_fits.say(
            "envelope-open", "Everything is read", f"{formats.plural(self.model.total, 'letter')} in all."
        )
        self._list.setCurrentWidget(self.view if self.model.rows else self.nothing_fits)
        self._show_letter()

    def _show_letter(self) -> None:
        letter = self.letter
        self.details.setCurrentWidget(self.letter_area if letter is not None else self.no_choice)
        if letter is None:
            return
        if not self._is_read(letter.message_id):
            self._mark(letter, is_read=True)
        self.title.setText(letter.title)
        self.sender.setText(f"{self.model.sender(letter)} · {formats.moment(letter.created_ms)}")
        if letter.text != self.text.text():
            self.text.setText(letter.text)
        host = urlsplit(letter.url).netloc.rpartition("@")[2]
        is_web = urlsplit(letter.url).scheme in ("http", "https") and bool(host)
        self.link.setVisible(is_web)
        self.link.setText(f" Open {host}…")
        install = self.install
        for made in (self.extend, self.raise_limit):
            made.setEnabled(install is not None)
            made.setToolTip("" if install is not None else "This app is no longer installed")
        why = market_words.why_no_purchase(self._market.environment)
        self.top_up.setEnabled(not why)
        self.top_up.setToolTip(why)
        self.facts.set_words(_state_of(install))

    # -- read or not -------------------------------------------------------------------------------
    def _is_read(self, message_id: str) -> bool:
        place = self._market.environment
        return place is not None and self._market.memory.is_read(place.name, message_id)

    def _mark(self, letter: InboxMessage, *, is_read: bool) -> None:
        place = self._market.environment
        if place is not None:
            self._market.memory.mark_read(place.name, letter.message_id, is_read)
            self.model.repaint_rows()
            self._market.marks_changed.emit()

    def mark_unread(self) -> None:
        """And look away: what is looked at is read."""
        letter = self.letter
        if letter is not None:
            self.view.clearSelection()
            self.view.setCurrentIndex(self.model.index(-1))
            self._mark(letter, is_read=False)
            self.read_all.setEnabled(True)

    def _read_all(self) -> None:
        for letter in self.model.rows:
            self._mark(letter, is_read=True)
        self._filter()

    # -- acting ------------------------------------------------------------------------------------
    def allow_longer(self) -> None:
        """Thirty days from the end of the permission, or from now where that is past; real money asks first."""
        install = self.install
        if install is None:
            return
        until, now = install.limits.allowed_until, int(time.time())
        name = self.model.sender(self.letter) if self.letter is not None else ""
        if until == NEVER:
            self._studio.toast(f"{name} may charge for ever already", tone="info", key="letter")
            return
        longer = max(until, now) + _EXTENSION_S
        if self._market.has_real_money:
            self.sheet = ConsentSheet(
                self._studio, [(install, longer)], lambda _one: name, lambda: self._extend(install, name, longer)
            )
        else:
            self._extend(install, name, longer)

    def _extend(self, install: InstallView, name: str, longer: int) -> None:
        def done(_now: object) -> None:
            self._market.refresh()
            self._studio.toast(f"{name} may charge until {formats.date(longer * 1000)}", key="letter")

        self._market.run(
            lambda client: client.change_install(install.install_id, allowed_until=longer), done,
            lambda error: self._studio.toast("Not extended", market_words.refusal(error), tone="error", key="letter"),
        )  # fmt: skip

    def change_limits(self) -> None:
        if self.install is not None:
            self.sheet = LimitsSheet(self._studio, self.install)

    def buy(self) -> None:
        self.sheet = BuySheet(self._studio)

    def ask_to_open(self) -> None:
        letter = self.letter
        if letter is not None:
            self.sheet = LinkSheet(self._studio, letter.url, self.open_url)


class LinkSheet(TradeSheet):
    """Where a link of a stranger leads, before it is followed."""

    def __init__(self, studio: Studio, url: str, open_url: Callable[[str], object]) -> None:
        host = urlsplit(url).netloc.rpartition("@")[2]
        words = Paragraph("An app wrote this link. OfficeX has not checked where it leads.")
        shown = QLabel(url if len(url) <= 300 else f"{url[:300]}…")
        shown.setTextFormat(Qt.TextFormat.PlainText)
        shown.setProperty("role", "mono-muted")
        shown.setWordWrap(True)
        super().__init__(studio, f"Open {host}?", words, shown, glyph="arrow-square-out")
        self.set_primary(f"Open {host}")
        self.primary.clicked.connect(lambda: (open_url(url), self.close_sheet()))
        self.open(self.cancel_button)


def _state_of(install: InstallView | None) -> str:
    if install is None:
        return "This app is no longer installed."
    until = install.limits.allowed_until
    if until == NEVER:
        return "It may charge for ever, within its limits."
    verb = "may charge until" if until > time.time() else "could charge until"
    return f"It {verb} {formats.moment(until * 1000)}."
