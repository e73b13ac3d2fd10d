"""Buying credits (in the sandbox, with test cards) and redeeming vouchers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QComboBox, QLineEdit

from office_studio.core.officex.money import MICRO, usd_charged
from office_studio.core.officex.wire import VoucherView
from office_studio.errors import OfficeStudioError
from office_studio.services.officex.client import new_idempotency_key
from office_studio.ui.trade import market_words
from office_studio.ui.trade.trade_sheet import AmountField, TradeSheet, field_row
from office_studio.ui.widgets.basics import Paragraph

if TYPE_CHECKING:
    from office_studio.ui.studio import Studio

CARDS = {"Test card that pays": "tok_visa", "Test card that is refused": "tok_chargeDeclined"}
_USUAL = 25 * MICRO


class BuySheet(TradeSheet):
    """One key for one attempt: pressing the button again after a lost answer never pays twice."""

    def __init__(self, studio: Studio) -> None:
        self.amount = AmountField("Credits to buy", _USUAL)
        self.card = QComboBox()
        self.card.addItems(list(CARDS))
        self.card.setAccessibleName("Payment method")
        self.cost = Paragraph("", "small-muted")
        super().__init__(
            studio, "Buy credits", field_row("Credits", self.amount), field_row("Paid with", self.card), self.cost,
            glyph="credit-card",
        )  # fmt: skip
        self._key = new_idempotency_key()
        for changed in (self.amount.textChanged, self.card.currentTextChanged):
            changed.connect(self._on_changed)
        self.primary.clicked.connect(self._buy)
        self._refresh()
        self.open(self.amount)
        self.amount.selectAll()

    def _on_changed(self, _text: str) -> None:
        self._key = new_idempotency_key()  # another purchase than the one tried before
        self._refresh()

    def _refresh(self) -> None:
        micro = self.amount.micro
        self.say_problem(self.amount.reason)
        self.primary.setEnabled(bool(micro) and not self.is_busy)
        self.primary.setToolTip("" if micro else "Say how many credits")
        self.set_primary(f"Pay {market_words.amount(micro)}" if micro else "Pay")
        price = usd_charged(micro or 0, self.market.price_usd)
        self.cost.set_words(
            f"${price:,.2f} at ${self.market.price_usd} a credit. No real money moves." if micro else " "
        )

    def _buy(self) -> None:
        micro = self.amount.micro
        if not micro or self.is_busy:
            return
        token, key = CARDS[self.card.currentText()], self._key
        self.set_busy("Paying…")
        self.market.run(
            lambda client: client.purchase(micro, token, key), lambda _found: self._done(micro), self._failed
        )

    def _done(self, micro: int) -> None:
        self.market.refresh()
        self.studio.toast(f"{market_words.amount(micro)} bought", "They are in your wallet.", key="wallet")
        self.close_sheet()

    def _failed(self, error: OfficeStudioError) -> None:
        if error.code in ("PAYMENT_FAILED", "PREVIOUS_FAILURE"):
            self._key = new_idempotency_key()  # that attempt is over
        self.set_busy("")
        self._refresh()
        self.say_problem(market_words.refusal(error))


class VoucherSheet(TradeSheet):
    """First looks at the voucher, then the button says what it brings."""

    def __init__(self, studio: Studio) -> None:
        self.code = QLineEdit()
        self.code.setAccessibleName("Voucher code")
        self.code.setPlaceholderText(
            "WELCOME" if studio.market.environment and studio.market.environment.is_testable else ""
        )
        self.worth = Paragraph(
            "The code stands on the voucher. It can be redeemed once for each account.", "small-muted"
        )
        super().__init__(studio, "Redeem a voucher", field_row("Code", self.code), self.worth, glyph="ticket")
        self._found: VoucherView | None = None
        self.code.textChanged.connect(self._on_changed)
        self.primary.clicked.connect(self._act)
        self._on_changed("")
        self.open(self.code)

    def _on_changed(self, _text: str) -> None:
        self._found = None
        self.say_problem("")
        self.primary.setEnabled(bool(self.code.text().strip()) and not self.is_busy)
        self.set_primary("Look it up")

    def _act(self) -> None:
        code = self.code.text().strip()
        if not code or self.is_busy:
            return
        if self._found is None:
            self.set_busy("Looking…")
            self.market.run(lambda client: client.voucher(code), self._on_found, self._failed)
            return
        data = self.market.data
        if data is None:
            self.say_problem("The wallet has not been read yet. Wait a moment.")
            return
        wallet_id = data.profile.wallet_id
        self.set_busy("Adding…")
        self.market.run(lambda client: client.redeem(code, wallet_id), self._done, self._failed)

    def _on_found(self, voucher: VoucherView) -> None:
        self.set_busy("")
        if not voucher.is_active:
            self.set_primary("Look it up")
            self.say_problem("This voucher no longer counts. Ask who gave it to you for another.")
            return
        self._found = voucher
        self.set_primary(f"Add {market_words.amount(voucher.credits)}")
        self.primary.setFocus()

    def _failed(self, error: OfficeStudioError) -> None:
        words = market_words.refusal(error)
        if error.code == "DUPLICATE_REQUEST":
            words = "This account has redeemed the voucher before. Use another code."
        self.set_busy("")
        self._on_changed("")
        self.say_problem(words)
        self.code.setFocus()

    def _done(self, micro: int) -> None:
        self.market.refresh()
        self.studio.toast(f"{market_words.amount(micro)} added", "The voucher is redeemed.", key="wallet")
        self.close_sheet()
