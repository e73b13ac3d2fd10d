"""The wallet: what there is, what is held, what went, and the ledger of all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFrame

from office_studio.ui import formats
from office_studio.ui.trade import market_words, spend
from office_studio.ui.trade.market_page import PageHead
from office_studio.ui.trade.market_session import MarketSession
from office_studio.ui.trade.wallet_cards import FigureCard
from office_studio.ui.widgets.layouts import hbox, vbox

if TYPE_CHECKING:
    from office_studio.ui.studio import Studio


class WalletPage(QFrame):
    def __init__(self, studio: Studio, market: MarketSession) -> None:
        super().__init__()
        self.setProperty("level", "surface")
        self._studio, self._market = studio, market
        self.head = PageHead(market, "Wallet")
        self.available, self.reserved, self.spent = (FigureCard(w) for w in ("Available", "Reserved", "Spent today"))
        cards = hbox(*((card, 1) for card in (self.available, self.reserved, self.spent)), spacing=16,
                     margins=(20, 0, 20, 0))  # fmt: skip
        self.setLayout(vbox(self.head, cards, None, spacing=0))
        market.data_changed.connect(self.refresh)
        market.ticked.connect(self._refresh_cards)
        self.refresh()

    def refresh(self) -> None:
        self._refresh_cards()

    def _refresh_cards(self) -> None:
        data = self._market.data
        if data is None:
            for card in (self.available, self.reserved, self.spent):
                card.say(formats.UNKNOWN, "reading…")
            return
        now_ms = self._studio.store.now_ms()
        held, age = data.balance, formats.age(data.at_ms, now_ms)
        worth = market_words.dollars(held.available, self._market.price_usd)
        is_old = self._market.error is not None
        when = f"as of {formats.clock_seconds(data.at_ms)}, not reached since" if is_old else f"{age} ago"
        self.available.say(market_words.credits(held.available), f"{worth} · {when}", "warning" if is_old else "text_muted",
                           market_words.credits(held.available, 6))  # fmt: skip
        jobs = formats.plural(len(data.open_reservations), "open job") if held.reserved else "nothing is held"
        self.reserved.say(market_words.credits(held.reserved), jobs, tip=market_words.credits(held.reserved, 6))
        found = spend.spendings(data.entries, {}, {})
        today = spend.spent_since(found, spend.day_start(now_ms))
        week = spend.spent_since(found, spend.day_start(now_ms) - 6 * spend.DAY_MS)
        self.spent.say(market_words.credits(today), f"{market_words.credits(week)} in 7 days",
                       tip="Days begin at midnight UTC, as those of limits")  # fmt: skip
