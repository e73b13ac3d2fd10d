"""The wallet: what there is, what is held, what went and for whom, and the ledger of all of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame

from office_studio.ui import formats
from office_studio.ui.make.library_page import Segments
from office_studio.ui.trade import market_words
from office_studio.ui.trade.market_page import PageHead
from office_studio.ui.trade.market_session import MarketSession
from office_studio.ui.trade.spending import spend
from office_studio.ui.trade.spending.spend_chart import SpendChart
from office_studio.ui.trade.spending.spend_sheet import SpendSheet
from office_studio.ui.trade.spending.spend_strip import BudgetStrip
from office_studio.ui.trade.spending.spend_watch import SpendWatch
from office_studio.ui.trade.wallet.ledger_model import SHARED
from office_studio.ui.trade.wallet.ledger_panel import LedgerPanel
from office_studio.ui.trade.wallet.money_sheets import BuySheet, VoucherSheet
from office_studio.ui.trade.wallet.wallet_cards import FigureCard
from office_studio.ui.widgets.layouts import button, hbox, label, vbox

if TYPE_CHECKING:
    from office_studio.ui.studio import Studio
    from office_studio.ui.trade.trade_sheet import TradeSheet

_DAYS = 14
_CHART_HEIGHT, _LEAST_CHART, _TALL_PAGE = 176, 104, 620  # px


class WalletPage(QFrame):
    def __init__(self, studio: Studio, market: MarketSession) -> None:
        super().__init__()
        self.setProperty("level", "surface")
        self._studio, self._market = studio, market
        self.sheet: TradeSheet | None = None
        self.redeem, self.buy = button("Redeem voucher…", "ghost"), button("Buy credits…", "primary")
        self.redeem.clicked.connect(self.open_voucher)
        self.buy.clicked.connect(self.open_purchase)
        self.head = PageHead(market, "Wallet", self.redeem, self.buy)
        self.chart = SpendChart()  # its height follows that of the page from the beginning
        self._column = vbox(self.head, spacing=0)
        self.setLayout(self._column)

    def making(self) -> Iterator[None]:
        studio, market, column = self._studio, self._market, self._column
        self.available, self.reserved, self.spent = (FigureCard(w) for w in ("Available", "Reserved", "Spent today"))
        cards = hbox(*((card, 1) for card in (self.available, self.reserved, self.spent)), spacing=16,
                     margins=(20, 0, 20, 0))  # fmt: skip
        column.addLayout(cards)
        yield
        self.by = Segments(("By app", "By agent"), "Spend chart")
        self.by.chosen.connect(lambda _word: self._refresh_chart())
        self.agents = button("Agents and budgets…", "ghost")
        self.agents.setToolTip("Which agent uses which app, and what each is meant to spend in a month")
        self.agents.clicked.connect(self.open_budgets)
        chart_head = hbox(label("Where it went", "title"), None, self.agents, self.by, margins=(20, 12, 20, 6))
        column.addLayout(chart_head)
        column.addLayout(hbox(self.chart, margins=(20, 0, 20, 0)))
        yield
        self.watch = market.findChild(SpendWatch) or SpendWatch(studio, market)
        self.budgets = BudgetStrip()
        column.addLayout(hbox(self.budgets, margins=(20, 4, 20, 0)))
        yield
        self.ledger = LedgerPanel(studio, market)
        column.addWidget(self.ledger, 1)
        yield
        market.data_changed.connect(self.refresh)
        market.account_changed.connect(self._refresh_actions)
        market.ticked.connect(self._refresh_cards)
        self.watch.changed.connect(self._refresh_budgets)
        self._refresh_actions()
        self.refresh()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a low window the chart gives way, so that the ledger has some rows."""
        height = max(_LEAST_CHART, min(_CHART_HEIGHT, _CHART_HEIGHT - _TALL_PAGE + self.height()))
        self.chart.setFixedHeight(height)
        super().resizeEvent(event)

    def open_purchase(self) -> None:
        self.sheet = BuySheet(self._studio)

    def open_voucher(self) -> None:
        self.sheet = VoucherSheet(self._studio)

    def open_budgets(self) -> None:
        self.sheet = SpendSheet(self._studio)

    def _refresh_budgets(self) -> None:
        self.budgets.show_budgets(self.watch.budgets)

    def refresh(self) -> None:
        self._refresh_cards()
        self._refresh_budgets()
        self._refresh_chart()
        self.ledger.refresh(self._bound())

    def _bound(self) -> dict[str, str]:
        """Install -> agent, as the user said."""
        environment = self._market.environment
        return self._market.memory.agents(environment.name) if environment is not None else {}

    def _refresh_actions(self) -> None:
        why = market_words.why_no_purchase(self._market.environment)
        self.buy.setEnabled(not why)
        self.buy.setToolTip(why)

    def _refresh_cards(self) -> None:
        data = self._market.data
        if data is None:
            for card in (self.available, self.reserved, self.spent):
                card.say(formats.UNKNOWN, "reading…")
            return
        now_ms = self._studio.store.now_ms()
        held, is_old = data.balance, self._market.error is not None
        worth = market_words.dollars(held.available, self._market.price_usd)
        when = f"{formats.age(data.at_ms, now_ms)} ago"
        if is_old:
            when = f"as of {formats.clock_seconds(data.at_ms)}, not read since"
        ink, exact = "warning" if is_old else "text_muted", market_words.credits(held.available, 6)
        self.available.say(market_words.credits(held.available), f"{worth} · {when}", ink, exact)
        jobs = formats.plural(len(data.open_reservations), "open job") if held.reserved else "nothing is held"
        self.reserved.say(market_words.credits(held.reserved), jobs, tip=market_words.credits(held.reserved, 6))
        found = spend.spendings(data.entries, {}, {})
        today = spend.spent_since(found, spend.day_start(now_ms))
        week = spend.spent_since(found, spend.day_start(now_ms) - 6 * spend.DAY_MS)
        tip = "Days begin at midnight UTC, as those of limits"
        self.spent.say(market_words.credits(today), f"{market_words.credits(week)} in 7 days", tip=tip)

    def _refresh_chart(self) -> None:
        data, by_agent = self._market.data, self.by.current == "By agent"
        what = "agent" if by_agent else "app"
        if data is None:
            self.chart.show_sums(f"Spend per {what}, {_DAYS} days", [], {})
            return
        jobs = spend.agents_of_jobs(data.entries, data.reservations)
        found = spend.spendings(data.entries, jobs, self._bound())
        starts, sums = spend.by_day(found, data.at_ms, _DAYS, by_agent=by_agent)
        named: dict[str, list[int]] = {}
        for key, days in sums.items():
            name = (self._studio.store.name(key) if key else SHARED) if by_agent else data.app_name(key)
            before = named.get(name, [0] * _DAYS)
            named[name] = [a + b for a, b in zip(before, days, strict=True)]
        self.chart.show_sums(f"Spend per {what}, {_DAYS} days", starts, named)
