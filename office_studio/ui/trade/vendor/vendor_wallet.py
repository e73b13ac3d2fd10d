"""The wallet of an app: what can be paid out, what is held, what open jobs may bring; its payouts, each on its way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFrame, QMenu, QScrollArea, QStackedWidget, QWidget

from office_studio.core.officex.money import usd_paid_out
from office_studio.core.officex.payouts import PayoutStatus
from office_studio.core.officex.wire import PayoutView
from office_studio.errors import OfficeStudioError
from office_studio.ui import formats
from office_studio.ui.trade import market_words
from office_studio.ui.trade.spending.spend_chart import SpendChart
from office_studio.ui.trade.vendor import vendor_data, vendor_sandbox
from office_studio.ui.trade.vendor.vendor_data import AppDesk
from office_studio.ui.trade.vendor.vendor_desk import VendorDesk
from office_studio.ui.trade.vendor.vendor_payout import PayoutSheet, why_no_payout
from office_studio.ui.trade.vendor.vendor_sandbox import DECISIONS, Decision
from office_studio.ui.trade.vendor.vendor_side import VendorSide
from office_studio.ui.trade.vendor.vendor_track import PayoutsModel, PayoutsView, month_end_ms
from office_studio.ui.trade.wallet.wallet_cards import FigureCard
from office_studio.ui.widgets.basics import EmptyState, Paragraph
from office_studio.ui.widgets.layouts import button, hbox, label, vbox

if TYPE_CHECKING:
    from office_studio.ui.studio import Studio

_CHART_HEIGHT = 170
_PAYOUT_HEIGHT, _MOST_SHOWN, _EMPTY_HEIGHT = 104, 3, 176


class VendorWallet(VendorSide):
    """The side "Wallet & payouts". ``sheet``: the last one that was opened."""

    def __init__(self, studio: Studio, vendor: VendorDesk) -> None:
        super().__init__(vendor)
        self._studio = studio
        self.sheet: PayoutSheet | None = None

    def making(self) -> Iterator[None]:
        body = QWidget()
        body.setProperty("level", "clear")
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(body)
        self.setLayout(vbox((area, 1), spacing=0))
        yield
        self.available, self.reserved, self.pending = (FigureCard(w) for w in ("Available", "Reserved", "Pending"))
        self.earned = label("", "muted")
        yield
        self.request = button("Request a payout…", "primary")
        self.again = button("Request again…")
        self.decide = button("Decide…", "ghost", "flask")
        self.decide.setToolTip("Play OfficeX: only the sandbox can")
        self.decide.clicked.connect(self.show_decisions)
        self.request.clicked.connect(self.open_payout)
        self.again.clicked.connect(self.request_again)
        yield
        self.model = PayoutsModel()
        self.view = PayoutsView(self.model)
        self.view.selectionModel().currentChanged.connect(lambda *_: self._refresh_actions())
        yield
        self.note = Paragraph("", "small-muted")
        words = "Ask for what the app has earned; OfficeX approves it and sends the money at the end of the month."
        self.empty = EmptyState("money", "No payouts yet", words)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.view)
        self._stack.addWidget(self.empty)
        self.chart = SpendChart()
        self.chart.nothing = "Nothing came in in these days"
        self.chart.setFixedHeight(_CHART_HEIGHT)
        yield
        self._lay_out(body)
        self._vendor.market.ticked.connect(self._refresh_cards)
        yield

    def _lay_out(self, body: QWidget) -> None:
        cards = hbox(*((card, 1) for card in (self.available, self.reserved, self.pending)), spacing=12)
        head = hbox(label("Payouts", "title"), None, self.decide, self.again, self.request)
        body.setLayout(
            vbox(cards, hbox(self.earned, None), 4, head, self.note, self._stack, 4, self.chart, None,
                 margins=(24, 14, 20, 16), spacing=8)
        )  # fmt: skip

    # -- showing -----------------------------------------------------------------------------------
    @property
    def payout(self) -> PayoutView | None:
        """The chosen one."""
        return self.view.payout()

    def choose(self, payout_id: str) -> None:
        self.view.setCurrentIndex(self.model.index_of(payout_id))

    def refresh(self) -> None:
        desk, data = self._vendor.desk, self._vendor.data
        if desk is None or data is None:
            return
        chosen = self.payout
        self.model.show(desk.payouts, data.at_ms)
        if self.payout is None and self.model.rows:
            index = self.model.index_of(chosen.payout_id) if chosen is not None else self.model.index(0)
            self.view.setCurrentIndex(index if index.isValid() else self.model.index(0))
        self._stack.setCurrentWidget(self.view if self.model.rows else self.empty)
        shown = min(_MOST_SHOWN, len(self.model.rows))
        self._stack.setFixedHeight(shown * _PAYOUT_HEIGHT + 2 if shown else _EMPTY_HEIGHT)
        sent = formats.date(month_end_ms(data.at_ms))
        self.note.set_words(
            f"Transfers run at the end of each month; the next on {sent}. "
            f"One credit is paid out as {self._rate_words()}, rounded down to the cent."
        )
        starts, days = vendor_data.earnings_by_day(desk, data.at_ms)
        sums = {desk.app.name: days} if any(days) else {}
        self.chart.show_sums(f"Earned a day, {vendor_data.CHART_DAYS} days", starts, sums)
        self._refresh_cards()
        self._refresh_actions()

    def _rate_words(self) -> str:
        place = self._vendor.market.environment
        return f"${place.payout_rate_usd.normalize():f}" if place is not None else formats.UNKNOWN

    def _refresh_cards(self) -> None:
        desk, data, place = self._vendor.desk, self._vendor.data, self._vendor.market.environment
        if desk is None or data is None or place is None or not self.isVisible():
            return
        held, is_old = desk.balance, self._vendor.error is not None
        worth = usd_paid_out(held.available, place.payout_rate_usd)
        age = formats.age(data.at_ms, self._studio.store.now_ms())
        when = f"as of {formats.clock_seconds(data.at_ms)}" if is_old else f"{age} ago"
        self.available.say(
            market_words.credits(held.available), f"pays ${worth:,.2f} · {when}", "warning" if is_old else "text_muted",
            market_words.credits(held.available, 6),
        )  # fmt: skip
        waiting = sum(one.status == PayoutStatus.PENDING.value for one in desk.payouts)
        words = f"{formats.plural(waiting, 'payout')} to approve" if held.reserved else "nothing is held"
        self.reserved.say(market_words.credits(held.reserved), words, tip="Held by payouts until OfficeX decides")
        opened = "in users' wallets" if desk.expected else "no job is open"
        tip = "Open jobs hold it in the wallets of their users; it is yours only as far as the app settles it"
        self.pending.say(market_words.credits(desk.expected), opened, tip=tip)
        self.earned.setText(earned_told(desk))

    def _refresh_actions(self) -> None:
        why, payout = why_no_payout(self._vendor.desk), self.payout
        self.request.setEnabled(not why)
        self.request.setToolTip(why)
        place = self._vendor.market.environment
        is_open = payout is not None and payout.status in (PayoutStatus.PENDING.value, PayoutStatus.BURNED.value)
        self.decide.setVisible(is_open and place is not None and place.is_testable)
        is_broken = payout is not None and payout.status == PayoutStatus.FAILED.value
        self.again.setVisible(is_broken)
        self.again.setEnabled(not why)
        self.again.setToolTip(why or "Ask for the same amount once more")

    # -- acting ------------------------------------------------------------------------------------
    def open_payout(self) -> None:
        desk = self._vendor.desk
        if desk is not None and not why_no_payout(desk):
            self.sheet = PayoutSheet(self._studio, self._vendor, desk)

    def request_again(self) -> None:
        """The failed one that is chosen, as far as the wallet still has its amount."""
        desk, payout = self._vendor.desk, self.payout
        if desk is not None and payout is not None and not why_no_payout(desk):
            self.sheet = PayoutSheet(self._studio, self._vendor, desk, like=payout)

    # -- the sandbox's OfficeX ---------------------------------------------------------------------
    def show_decisions(self) -> None:
        """What OfficeX's own staff would do with the chosen payout, which here nobody else does."""
        payout = self.payout
        if payout is None:
            return
        menu = QMenu(self)
        for words, decision in DECISIONS.get(payout.status, {}).items():
            entry = menu.addAction(words)
            entry.triggered.connect(lambda _checked=False, how=decision: self.play_officex(payout, how))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.decide.mapToGlobal(QPoint(0, self.decide.height() + 4)))

    def play_officex(self, payout: PayoutView, how: Decision) -> None:
        self._vendor.market.run(
            lambda client: vendor_sandbox.decide(client.environment, how, payout.payout_id),
            lambda _none: self._vendor.refresh(),
            lambda error: self._not_decided(error),
        )

    def _not_decided(self, error: OfficeStudioError) -> None:
        self._vendor.refresh()
        words = market_words.refusal(error)
        self._studio.toast("The sandbox did not take it", words, tone="error", key="payout")


def earned_told(desk: AppDesk) -> str:
    """ "Earned so far 12.54 · paid out 4.00"."""
    earned = f"Earned so far {market_words.credits(desk.earned)}"
    return f"{earned} · sent out {market_words.credits(desk.paid_out)}" if desk.paid_out else earned
