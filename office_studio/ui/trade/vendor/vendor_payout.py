"""Asking for a payout: how much, to where, and what arrives there."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QComboBox, QLineEdit

from office_studio.core.officex.money import MICRO, usd_paid_out
from office_studio.core.officex.wire import PayoutView
from office_studio.errors import OfficeStudioError
from office_studio.services.officex.client import new_idempotency_key
from office_studio.ui import formats
from office_studio.ui.trade import market_words
from office_studio.ui.trade.trade_sheet import AmountField, TradeSheet, field_row
from office_studio.ui.trade.vendor.vendor_data import AppDesk
from office_studio.ui.trade.vendor.vendor_desk import VendorDesk
from office_studio.ui.trade.vendor.vendor_track import WAY_NAMES, month_end_ms
from office_studio.ui.widgets.basics import Paragraph
from office_studio.ui.widgets.layouts import restyle

if TYPE_CHECKING:
    from office_studio.ui.studio import Studio

# What people read -> what OfficeX is sent. Only "stripe" is shown in public; the others are named in its text.
WAYS = {words: way for way, words in WAY_NAMES.items()}
_LONGEST = 200  # characters of an account id
_IN_DOUBT = ("OFFICEX_UNREACHABLE", "DUPLICATE_REQUEST")
_EXAMPLES = {"stripe": "acct_…", "bank": "IBAN, or what OfficeX gave you", "usdc_solana": "Address of the wallet"}


def why_no_payout(desk: AppDesk | None) -> str:
    """Why nothing can be asked for now, "" where it can."""
    if desk is None:
        return "No app is chosen"
    if desk.balance.available <= 0:
        return "All credits are held by payouts already" if desk.balance.reserved else "The app has earned nothing yet"
    return ""


def proposed(available: int) -> int:
    """Whole credits, since one credit is one cent and fractions of a cent are not paid; all of it below one credit."""
    return available // MICRO * MICRO or available


class PayoutSheet(TradeSheet):
    """One key for one attempt: pressing the button again after a lost answer never asks twice."""

    def __init__(self, studio: Studio, vendor: VendorDesk, desk: AppDesk, like: PayoutView | None = None) -> None:
        self._vendor, self._app_id, self._is_in_doubt = vendor, desk.app_id, False
        last = like or next(iter(sorted(desk.payouts, key=lambda one: -(one.created_ms or 0))), None)
        wanted = min(like.amount, desk.balance.available) if like is not None else proposed(desk.balance.available)
        self.amount = AmountField("Credits to pay out", wanted)
        self.way = QComboBox()
        self.way.setAccessibleName("Paid to")
        for words, kind in WAYS.items():
            self.way.addItem(words, kind)
        kind = str(last.destination.get("type", "")) if last is not None else ""
        if kind and kind not in WAYS.values():
            self.way.addItem(kind, kind)
        self.way.setCurrentIndex(max(0, self.way.findData(kind)))
        self.account = QLineEdit(str(last.destination.get("account_id", "")) if last is not None else "")
        self.account.setAccessibleName("Account")
        self.brings, self.when = Paragraph(), Paragraph("", "small-muted")
        of_all = f"of {market_words.short(desk.balance.available)}"
        super().__init__(
            studio, f"Pay out {desk.app.name}", field_row("Credits", self.amount, of_all),
            field_row("Paid to", self.way), field_row("Account", self.account), 4, self.brings, self.when, width=520,
            glyph="money",
        )  # fmt: skip
        self._key = new_idempotency_key()
        for changed in (self.amount.textChanged, self.way.currentTextChanged, self.account.textChanged):
            changed.connect(self._on_changed)
        self.primary.clicked.connect(self._request)
        self._refresh()
        self.open(self.amount if self.account.text() else self.account)
        self.amount.selectAll()

    @property
    def _desk(self) -> AppDesk | None:
        return self._vendor.data.desk(self._app_id) if self._vendor.data is not None else None

    @property
    def reason(self) -> str:
        """Why it cannot be asked for as it stands; "" where it can, or where something is still to be typed."""
        desk, micro, account = self._desk, self.amount.micro, self.account.text().strip()
        if self.amount.reason:
            return self.amount.reason
        is_over = desk is not None and micro is not None and micro > desk.balance.available
        if desk is not None and is_over and not self._is_in_doubt:
            held = (
                f"; {market_words.amount(desk.balance.reserved)} more are held by payouts"
                if desk.balance.reserved
                else ""
            )
            return f"The wallet has {market_words.amount(desk.balance.available)} to pay out{held}."
        if len(account) > _LONGEST:
            return f"An account has at most {_LONGEST} characters; this one has {len(account)}."
        return ""

    def _missing(self) -> str:
        if not self.amount.micro:
            return "Say how many credits"
        return "" if self.account.text().strip() else "Say which account gets the money"

    def _on_changed(self, _text: str) -> None:
        self._key, self._is_in_doubt = new_idempotency_key(), False  # another payout than the one tried before
        self._refresh()

    def _refresh(self) -> None:
        place, micro, reason = self.market.environment, self.amount.micro or 0, self.reason
        if place is None:
            return
        kind = str(self.way.currentData())
        self.account.setPlaceholderText(_EXAMPLES.get(kind, ""))
        usd = usd_paid_out(micro, place.payout_rate_usd)
        restyle(self.account, invalid="true" if len(self.account.text().strip()) > _LONGEST else "")
        self.brings.set_words(_brings_told(micro, usd) if not reason else " ")
        sent = formats.date(month_end_ms(self._vendor.data.at_ms if self._vendor.data is not None else 0))
        held = "The credits are held at once, leave the wallet when OfficeX approves, and come back if it does not."
        self.when.set_words(f"{held} Transfers run at the end of each month; the next on {sent}.")
        self.say_problem(reason)
        missing = self._missing()
        self.primary.setEnabled(not reason and not missing and not self.is_busy)
        self.primary.setToolTip(reason or missing)
        if not self.is_busy:
            self.set_primary(
                f"Request {market_words.amount(micro)} (${usd:,.2f})" if micro and not reason else "Request"
            )
        self.place()

    def _request(self) -> None:
        desk, micro = self._desk, self.amount.micro
        if desk is None or not micro or self.reason or self._missing() or self.is_busy:
            return
        target = {"type": str(self.way.currentData()), "account_id": self.account.text().strip()}
        wallet_id, key, known = desk.balance.wallet_id, self._key, {one.payout_id for one in desk.payouts}

        def failed(error: OfficeStudioError) -> None:
            if error.code in _IN_DOUBT:
                self._look(wallet_id, micro, target, known, error)
            else:
                self._failed(error)

        self.set_busy("Requesting…")
        self.market.run(
            lambda client: client.payout(wallet_id, micro, target, key), lambda _id: self._done(micro), failed
        )

    def _look(
        self, wallet_id: str, micro: int, target: dict[str, str], known: set[str], error: OfficeStudioError
    ) -> None:
        """The answer was lost, or says that it was asked for before: is it among the payouts?"""

        def found(payouts: list[PayoutView]) -> None:
            if any(
                one.payout_id not in known and (one.amount, dict(one.destination)) == (micro, target) for one in payouts
            ):
                self._done(micro)
            else:
                self._failed(error)

        self.market.run(lambda client: client.payouts(wallet_id), found, lambda _error: self._failed(error))

    def _done(self, micro: int) -> None:
        self._vendor.refresh()
        self.studio.toast(f"Payout of {market_words.amount(micro)} requested", "Its way stands below.", key="payout")
        self.close_sheet()

    def _failed(self, error: OfficeStudioError) -> None:
        if error.code == "PREVIOUS_FAILURE":
            self._key = new_idempotency_key()  # that attempt is over
        # The key of the attempt makes a repeat harmless, even where the credits are held by it already.
        self._is_in_doubt = error.code in _IN_DOUBT
        self._vendor.refresh()
        self.set_busy("")
        self._refresh()
        self.say_problem(refusal_told(error))


def _brings_told(micro: int, usd: Decimal) -> str:
    if not micro:
        return "A payout can be any part of what is available."
    arrives = f"${usd:,.2f} arrives there"
    return formats.sentences(
        arrives, "Parts of a cent are not paid: whole credits lose nothing" if micro % MICRO else ""
    )


_REFUSALS = {
    "INSUFFICIENT_FUNDS": "The wallet does not have that much any more. Take what is available now.",
    "PAYOUT_FAILED": "The transfer did not go through; the credits are back in the wallet. Check the account first.",
    "DUPLICATE_REQUEST": "This was asked for before and is probably on its way. Look at the list of payouts first.",
    "PREVIOUS_FAILURE": "That attempt is over. Press the button again for a new one.",
    "WALLET_NOT_FOUND": "OfficeX no longer knows this wallet. Close this and refresh.",
    "FORBIDDEN": "This wallet belongs to another account. Switch to the account that owns the app.",
    "OFFICEX_UNREACHABLE": "No answer. Press the button again: the payout is never asked for twice.",
}


def refusal_told(error: OfficeStudioError) -> str:
    """A refused payout in plain words: the general hints speak of buying credits, which helps no vendor."""
    return _REFUSALS.get(error.code) or market_words.refusal(error)
