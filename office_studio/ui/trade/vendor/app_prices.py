"""What a price means for both sides: what buyers pay, what the vendor is paid, whether that covers a cost. No Qt."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from office_studio.core.officex.money import MICRO, break_even, literal, typed_amount, usd_shown
from office_studio.core.officex.wire import AppView
from office_studio.errors import OfficeStudioError
from office_studio.ui import formats
from office_studio.ui.trade import market_words

MOST_LINES, LONGEST_LINE = 10, 100
_LINE = re.compile(r"(\d{1,9}(?:\.\d{1,6})?) credits?\b\s*:?\s*(.*)", re.DOTALL)
_MOST_COST = Decimal(1_000_000)  # dollars: nothing that is charged in credits costs more


@dataclass(frozen=True, slots=True)
class PriceLine:
    """One line of a price list. ``micro`` is None where the line names no amount ("Free")."""

    micro: int | None
    words: str

    @property
    def text(self) -> str:
        """As the listing carries it: "12 credits: full theme"."""
        if self.micro is None:
            return self.words
        amount = f"{literal(self.micro)} {'credit' if self.micro == MICRO else 'credits'}"
        return f"{amount}: {self.words}" if self.words else amount


def parse_line(text: str) -> PriceLine:
    """A line of a listing; one that names no amount in the usual way is all words."""
    found = _LINE.fullmatch(text.strip())
    if found is not None:
        try:
            line = PriceLine(typed_amount(found[1]), found[2])
        except OfficeStudioError:
            return PriceLine(None, text)
        if line.text == text:  # else writing it back would change what the vendor wrote
            return line
    return PriceLine(None, text)


def typed_cost(text: str) -> Decimal | None:
    """Dollars of what somebody typed ("0.001"); None where it is no amount from 0 to a million."""
    words = text.strip().removeprefix("$")
    if not words or not set(words) <= set("0123456789."):
        return None
    try:
        value = Decimal(words)
    except InvalidOperation:
        return None
    return value if 0 <= value <= _MOST_COST else None


@dataclass(frozen=True, slots=True)
class Outcome:
    """One charge of a price, in dollars. ``cost`` is None while the vendor has not said what it costs."""

    micro: int
    buyer_pays: Decimal
    vendor_gets: Decimal
    cost: Decimal | None
    break_even: int | None  # micro-credits

    @property
    def is_loss(self) -> bool:
        """Judged in credits, so that rounding of the shown dollars never decides."""
        return self.break_even is not None and self.micro < self.break_even


def outcome(micro: int, cost: Decimal | None, price_usd: Decimal, rate_usd: Decimal) -> Outcome:
    """What one charge of ``micro`` brings: OfficeX takes no part of a charge, but pays less for a credit than it asks.

    ``price_usd``: what a credit costs its buyer; ``rate_usd``: what it is paid out for.
    """
    even = break_even(cost, rate_usd) if cost is not None and rate_usd > 0 else None
    return Outcome(micro, usd_shown(micro, price_usd), usd_shown(micro, rate_usd), cost, even)


def dollars(value: Decimal) -> str:
    """ "$0.0021" below a cent's neighbourhood, "$12.84" above: small prices need their digits."""
    return f"${value:,.2f}" if value == value.quantize(Decimal("0.01")) or value >= 10 else f"${value:,.4f}"


def told(found: Outcome) -> str:
    """The outcome in words; a loss is named first."""
    both = f"Buyers pay ≈ {dollars(found.buyer_pays)}, you are paid ≈ {dollars(found.vendor_gets)}"
    if found.cost is None or found.break_even is None:
        return formats.sentences(both, "Say what it costs you to see whether that pays")
    even = f"It pays from {market_words.amount(found.break_even)} on"
    if found.is_loss:
        missing = found.cost - found.vendor_gets
        lost = f" of ≈ {dollars(_four(missing))}" if missing >= Decimal("0.0001") else ""
        return formats.sentences(f"Each charge is a loss{lost}", both, even)
    gain = found.vendor_gets - found.cost
    kept = f"≈ {dollars(_four(gain))} of it {'is' if gain else 'are'} yours after your cost"
    return formats.sentences(both, kept, even)


def _four(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.0001"))


def rates_told(price_usd: Decimal, rate_usd: Decimal) -> str:
    """The trap that every vendor should know of, in two sentences."""
    times = (price_usd / rate_usd).normalize() if rate_usd else Decimal(0)
    thrice = f", {times:f} times that" if times == times.to_integral_value() and times > 1 else ""
    yours, theirs = f"${rate_usd.normalize():f}", f"${price_usd.normalize():f}"
    return (
        f"You are paid {yours} for each credit you earn; its buyer paid {theirs}{thrice}. "
        "All you charge arrives in the wallet of the app; there is no other fee."
    )


def smallest_price(lines: Sequence[str]) -> int | None:
    """Micro-credits of the cheapest line that names an amount."""
    return min((line.micro for line in map(parse_line, lines) if line.micro is not None), default=None)


def losing_lines(app: AppView, costs: dict[str, str], price_usd: Decimal, rate_usd: Decimal) -> tuple[str, ...]:
    """Lines of the listing whose noted cost is more than they bring. ``costs``: dollars as typed, by line."""
    found = []
    for text in app.texts("pricing_lines"):
        line, cost = parse_line(text), typed_cost(costs.get(text, ""))
        if line.micro is not None and cost is not None and outcome(line.micro, cost, price_usd, rate_usd).is_loss:
            found.append(text)
    return tuple(found)
