"""How Market writes amounts, accounts and refusals. Pure text, no Qt."""

from __future__ import annotations

from decimal import Decimal

from office_studio.core.officex.codes import facts_of
from office_studio.core.officex.money import MICRO, usd_shown
from office_studio.errors import OfficeStudioError
from office_studio.services.officex.environments import Environment
from office_studio.ui import formats

MINUS = "−"


def credits(micro: int | None, digits: int = 2) -> str:
    """Grouped, without sign: "1,284.37". Cards show two decimals, a ledger six; nothing is rounded up."""
    if micro is None:
        return formats.UNKNOWN
    whole, rest = divmod(abs(micro), MICRO)
    sign = MINUS if micro < 0 else ""
    point = formats.decimal_point()
    return f"{sign}{formats.quantity(whole)}" + (f"{point}{rest:06d}"[: 1 + digits] if digits else "")


def signed(micro: int) -> str:
    """As a ledger writes it: "+0.620000", "−1.250000"."""
    return f"{'+' if micro > 0 else ''}{credits(micro, 6)}"


def short(micro: int) -> str:
    """In a sentence: "25", "0.4", "1,284.37"."""
    words = credits(micro, 6)
    point = formats.decimal_point()
    return words.rstrip("0").removesuffix(point) if point in words else words


def amount(micro: int) -> str:
    """ "25 credits", "1 credit"."""
    return f"{short(micro)} {'credit' if micro == MICRO else 'credits'}"


def dollars(micro: int, price: Decimal) -> str:
    """ "≈ $12.84"."""
    return f"≈ ${usd_shown(micro, price):,.2f}"


def money_chip(environment: Environment) -> str:
    """What stands beside the title of a page: where you are, and whether it costs."""
    return environment.label if environment.is_real_money else f"{environment.label} · no real money"


def tone(environment: Environment) -> str:
    """Colour role of tile and chip; "" is neutral, which production is."""
    if environment.is_real_money:
        return ""
    return "collaborating" if environment.is_testable else "idle"


def glyph(environment: Environment) -> str:
    return "flask" if not environment.is_real_money else "globe"


def refusal(error: OfficeStudioError) -> str:
    """What happened and the way on, in plain words, for every code of the contract; the server's words where it has
    better ones."""
    if error.hint:
        return formats.sentences(error.message, error.hint)
    return formats.sentences(error.message, facts_of(error.code, 0).way_on)


def why_no_purchase(environment: Environment | None) -> str:
    """Why credits cannot be bought in this window, "" where they can."""
    if environment is None:
        return "Nobody is signed in"
    return "" if environment.is_testable else f"Credits of {environment.label} are bought on OfficeX's own site"
