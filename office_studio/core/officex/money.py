"""Amounts: integer micro-credits inside, decimal literals outside (contract, section 6.2). No binary float touches one.

One credit is 1,000,000 micro-credits. At nine digits before the point and six behind it every amount survives the
journey through the IEEE doubles of other programs.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal, localcontext
from json.encoder import encode_basestring
from typing import Any

from office_studio.core.officex.codes import Refusal

MICRO = 1_000_000
MAX_MICRO = 999_999_999_999_999  # 999,999,999.999999 credits: the largest amount, and the largest total of a wallet
_QUANTUM = Decimal("0.000001")
_NOISE = Decimal("0.000000001")  # what binary floats of other programs leave behind
_MAX_DIGITS = 60  # of a literal; the arithmetic below is exact up to there


def loads(text: str | bytes) -> Any:
    """JSON whose numbers are ``Decimal`` and that knows no NaN and no Infinity.

    Raises Refusal INVALID_REQUEST for anything that is not such JSON.
    """
    try:
        return json.loads(text, parse_float=_decimal, parse_int=_decimal, parse_constant=_no_constant)
    except Refusal:
        raise
    except (ValueError, RecursionError) as error:
        raise Refusal("INVALID_REQUEST", f"The body is not JSON: {error}.") from None


def _decimal(literal: str) -> Decimal:
    if len(literal) > _MAX_DIGITS:
        raise Refusal("INVALID_REQUEST", f"A number has more than {_MAX_DIGITS} digits.")
    return Decimal(literal)


def _no_constant(literal: str) -> Any:
    raise Refusal("INVALID_REQUEST", f"{literal} is not a number that JSON knows.")


def parse_amount(value: object, field: str = "amount", *, signed: bool = False) -> int:
    """Micro-credits of a value as ``loads`` gives it.

    A number only: strings, booleans and null are refused. More than six decimals are taken as binary noise when they
    move the value by at most a billionth. Zero passes: whether it makes sense is the caller's to say.

    Raises Refusal INVALID_REQUEST.
    """
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
        raise Refusal("INVALID_REQUEST", f"{field} has to be a number.", field=field)
    amount = Decimal(value)
    if not amount.is_finite() or amount.copy_abs() > MAX_MICRO // MICRO + 1:
        raise Refusal("INVALID_REQUEST", f"{field} is over 999,999,999.999999 credits.", field=field)
    with localcontext() as exact:
        exact.prec = 2 * _MAX_DIGITS
        quantised = amount.quantize(_QUANTUM, rounding=ROUND_HALF_EVEN)
        if abs(quantised - amount) > _NOISE:
            raise Refusal("INVALID_REQUEST", f"{field} has more than six decimals.", field=field)
        micro = int(quantised * MICRO)
    if micro < 0 and not signed:
        raise Refusal("INVALID_REQUEST", f"{field} must not be negative.", field=field)
    if abs(micro) > MAX_MICRO:
        raise Refusal("INVALID_REQUEST", f"{field} is over 999,999,999.999999 credits.", field=field)
    return micro


def positive_amount(value: object, field: str = "amount") -> int:
    """As ``parse_amount``, and more than zero."""
    micro = parse_amount(value, field)
    if micro == 0:
        raise Refusal("INVALID_REQUEST", f"{field} has to be more than 0.", field=field)
    return micro


def typed_amount(text: str) -> int:
    """Micro-credits of what somebody typed ("12.5"). Raises Refusal INVALID_REQUEST with a sentence for the field."""
    words = text.strip()
    if not words or not set(words) <= set("0123456789.+-") or len(words) > _MAX_DIGITS:
        raise Refusal("INVALID_REQUEST", "An amount is a number such as 12 or 0.25.", field="amount")
    try:
        value = Decimal(words)
    except ArithmeticError:
        raise Refusal("INVALID_REQUEST", "An amount is a number such as 12 or 0.25.", field="amount") from None
    return parse_amount(value)


def literal(micro: int) -> str:
    """Plain decimal literal without exponent and trailing zeros: ``0.1``, ``7``, ``16.3``, ``-0.000001``."""
    whole, rest = divmod(abs(micro), MICRO)
    sign = "-" if micro < 0 else ""
    return f"{sign}{whole}" if rest == 0 else f"{sign}{whole}.{rest:06d}".rstrip("0")


@dataclass(frozen=True, slots=True)
class Amount:
    """Micro-credits on their way into JSON, see ``dumps``."""

    micro: int


def dumps(value: Any) -> str:
    """JSON with every ``Amount`` as its exact literal."""
    pieces: list[str] = []
    _write(value, pieces)
    return "".join(pieces)


def _write(value: Any, pieces: list[str]) -> None:
    if isinstance(value, str):
        pieces.append(encode_basestring(value))
    elif isinstance(value, Amount):
        pieces.append(literal(value.micro))
    elif isinstance(value, Decimal):
        pieces.append(format(value, "f"))
    elif isinstance(value, dict):
        before = "{"
        for key, item in value.items():
            pieces += (before, encode_basestring(str(key)), ": ")
            _write(item, pieces)
            before = ", "
        pieces.append("}" if value else "{}")
    elif isinstance(value, (list, tuple)):
        before = "["
        for item in value:
            pieces.append(before)
            _write(item, pieces)
            before = ", "
        pieces.append("]" if value else "[]")
    else:
        pieces.append(json.dumps(value, allow_nan=False))


# -- fiat ------------------------------------------------------------------------------------------
def usd_shown(micro: int, price_usd: Decimal) -> Decimal:
    """Worth in dollars to four decimals, half-even; shown with "≈"."""
    return (Decimal(micro) / MICRO * price_usd).quantize(Decimal("0.0001"), rounding=ROUND_HALF_EVEN)


def usd_charged(micro: int, price_usd: Decimal) -> Decimal:
    """What a purchase costs: rounded up to the cent."""
    return (Decimal(micro) / MICRO * price_usd).quantize(Decimal("0.01"), rounding=ROUND_CEILING)


def usd_paid_out(micro: int, rate_usd: Decimal) -> Decimal:
    """What a payout brings: rounded down to the cent."""
    return (Decimal(micro) / MICRO * rate_usd).quantize(Decimal("0.01"), rounding=ROUND_FLOOR)


def break_even(cost_usd: Decimal, rate_usd: Decimal) -> int:
    """The least price in micro-credits at which the vendor's income covers a cost in dollars."""
    return math.ceil(cost_usd / rate_usd * MICRO)
