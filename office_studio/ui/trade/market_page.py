"""The middle of Market: the page that the left panel shows, or why there is none yet."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QWidget

from office_studio.core.officex.codes import UNREACHABLE
from office_studio.ui import formats
from office_studio.ui.slices import Sliced, Slices, polishing
from office_studio.ui.trade import market_words
from office_studio.ui.trade.market_session import MarketSession, MarketState
from office_studio.ui.trade.market_trouble import TroubleBanner
from office_studio.ui.trade.pages import MarketPageSpec, pages
from office_studio.ui.widgets.basics import Chip, EmptyState
from office_studio.ui.widgets.floating import ToastStack
from office_studio.ui.widgets.layouts import button, hbox, label, vbox
from office_studio.ui.widgets.pages import Pages

if TYPE_CHECKING:
    from office_studio.ui.studio import Studio

_HEAD_HEIGHT = 14 + 28 + 10


class MarketPage(QFrame):
    """A page is made in slices when it is asked for the first time; what was there before stays until it is ready."""

    def __init__(self, studio: Studio, market: MarketSession) -> None:
        super().__init__()
        self.setProperty("level", "surface")
        self._studio, self.market = studio, market
        self._made: dict[str, QWidget] = {}
        self._making: dict[str, Slices] = {}
        self._half_made: dict[str, QWidget] = {}
        self._has_resumed = False
        self.page_id = pages()[0].id
        retry = button("Try again")
        retry.clicked.connect(market.begin)
        self._retry = retry
        self.waiting = EmptyState("flask", "Opening the sandbox", "", retry, width=400)
        self._stack = Pages()
        self._stack.addWidget(self.waiting)
        self.trouble = TroubleBanner(studio, market)
        self.setLayout(vbox(self.trouble, (self._stack, 1), spacing=0))
        self.toasts = ToastStack(self)
        market.state_changed.connect(self._refresh)
        market.page_requested.connect(self.show_page)
        market.environment_changed.connect(self._begin_again)
        market.account_changed.connect(self._begin_again)
        market.data_changed.connect(self._tell_status)
        market.ticked.connect(self._tell_status)
        self._refresh()

    @property
    def page(self) -> QWidget | None:
        """What is on top, once there is something to trade with. What is still missing of it is made now."""
        if self.page_id in self._making:
            self._making[self.page_id].finish()
        return self._made.get(self.page_id) if self.market.state is MarketState.READY else None

    def show_page(self, page_id: str) -> None:
        self.page_id = page_id
        self._refresh()

    def _refresh(self) -> None:
        market = self.market
        self._retry.setVisible(market.state is MarketState.FAILED)
        if market.state is not MarketState.READY:
            error = market.error
            if error is not None:
                self.waiting.say("warning", "The sandbox did not start", market_words.refusal(error))
            else:
                words = "A complete marketplace on this computer: nothing here can spend money."
                self.waiting.say("flask", "Opening the sandbox", words)
            self._stack.setCurrentWidget(self.waiting)
            return
        if self.page_id in self._made:
            self._stack.setCurrentWidget(self._made[self.page_id])
            self._studio.window.give_back_room()  # which a wider page may have taken
            self._tell_status()
        elif self.page_id not in self._making:
            spec = next(spec for spec in pages() if spec.id == self.page_id)
            done = partial(self._on_made, spec.id)
            self._making[spec.id] = Slices(self._steps(spec), done, self)

    # -- making ------------------------------------------------------------------------------------
    def _steps(self, spec: MarketPageSpec) -> Iterator[None]:
        yield from spec.reading()
        self._resume_receiver()
        page = self._half_made[spec.id] = spec.factory(self._studio, self.market)
        self._stack.addWidget(page)  # now, while it holds little: Qt styles all it holds anew
        yield
        if isinstance(page, Sliced):
            yield from page.making()
        yield from polishing(page)

    def _resume_receiver(self) -> None:
        """Before the first page."""
        from office_studio.ui.trade.webhooks.receiver_host import resume_receiver

        if not self._has_resumed:
            self._has_resumed = True
            resume_receiver(self._studio)

    def _on_made(self, page_id: str) -> None:
        self._making.pop(page_id).deleteLater()
        self._made[page_id] = self._half_made.pop(page_id)
        if page_id == self.page_id:
            self._refresh()

    def _begin_again(self) -> None:
        """Somebody else trades, or elsewhere: a page that knows half of the one before is of no use."""
        for page_id, slices in self._making.items():
            slices.stop()
            slices.deleteLater()
            if page_id in self._half_made:
                page = self._half_made.pop(page_id)
                self._stack.removeWidget(page)
                page.deleteLater()
        if self._making:
            self._making.clear()
            self._refresh()

    # -- status bar --------------------------------------------------------------------------------
    def _tell_status(self) -> None:
        if self._studio.window.workspace == "market":
            self._studio.window.status.set_place(self.status_words())
            self._studio.window.status.set_facts(*self.status_facts())

    def status_words(self) -> str:
        market = self.market
        if market.environment is None:
            return "Market"
        place = "Sandbox server" if market.environment.is_testable else market.environment.label
        if market.data is None:
            return f"{place} · reading…"
        age = formats.age(market.data.at_ms, self._studio.store.now_ms())
        if market.error is None:
            return f"{place} · {age} ago"
        return f"{place} · {'not reached' if market.error.code == UNREACHABLE else 'not read'} for {age}"

    def status_facts(self) -> tuple[str, ...]:
        data = self.market.data
        if data is None:
            return ()
        count = len(data.open_reservations)
        opened = f"{formats.plural(count, 'reservation')} open" if count else "No reservation open"
        return opened, f"{market_words.credits(data.balance.available)} credits available"

    # -- being looked at ---------------------------------------------------------------------------
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.market.set_looked_at(True)
        QTimer.singleShot(0, self, self.market.begin)  # the page is painted first

    def hideEvent(self, event: QHideEvent) -> None:
        self.market.set_looked_at(False)
        super().hideEvent(event)


class PageHead(QFrame):
    """Title of a page, the chip that says whose money it is, then what can be done here."""

    def __init__(self, market: MarketSession, title: str, *actions: QWidget) -> None:
        super().__init__()
        self._market = market
        self.chip = Chip()
        self.setFixedHeight(_HEAD_HEIGHT)  # titles stand still while one leafs, whatever there is to do on a page
        self.setLayout(hbox(label(title, "heading"), self.chip, None, *actions, margins=(20, 14, 20, 10), spacing=10))
        market.environment_changed.connect(self._refresh)
        self._refresh()

    def _refresh(self) -> None:
        environment = self._market.environment
        if environment is not None:
            self.chip.set_fact(
                market_words.money_chip(environment),
                glyph=market_words.glyph(environment),
                tone=market_words.tone(environment),
                tip=environment.api,
            )
