"""Amounts: integer micro-credits inside, decimal literals outside (contract, section 6.2). No binary float touches one.

One credit is 1,000,000 micro-credits. At nine digits before the point and six behind it every amount survives the
journey through the IEEE doubles of other programs.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal, localcontext
from json.encoder import encode_basestring
from typing import Any

from office_studio.core.officex.codes import Refusal

MICRO = 1_000_000
MAX_MICRO = 999_999_999_999_999  # 999,999,999.999999 credits: the largest amount, and the largest total of a wallet
_QUANTUM = Decimal("0.000001")
_NOISE = Decimal("0.000000001")  # what binary floats of other programs leave behind
# As they are written; halves of characters may turn out to be pairs, which are one character and fine.
_NOT_TEXT = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")
_MAX_DIGITS = 60  # of a literal; the arithmetic below is exact up to there


def loads(text: str | bytes, *, mends: bool = False) -> Any:
    """JSON in UTF-8 whose numbers are ``Decimal`` and that knows no NaN and no Infinity.

    Half a character ("\\ud800" alone) and NUL are refused: databases and files do not take them. With ``mends`` the
    replacement character stands for them, for answers that are worth more than their strangest word.

    Raises Refusal INVALID_REQUEST for anything that is not such JSON.
    """
    try:
        words = text if isinstance(text, str) else text.decode("utf-8-sig")
        found = _DECODER.decode(words)
        return _as_text(found, mends) if _NOT_TEXT.search(words) else found
    except Refusal:
        raise
    except (ValueError, RecursionError) as error:
        raise Refusal("INVALID_REQUEST", f"The body is not JSON: {error}.") from None


def _as_text(value: Any, mends: bool) -> Any:
    if isinstance(value, str):
        if "\0" in value and not mends:
            raise ValueError("it has the character NUL in it")
        halves = value.replace("\0", "\ufffd").encode("utf-16", "surrogatepass")
        return halves.decode("utf-16", "replace" if mends else "strict")
    if isinstance(value, dict):
        return {_as_text(key, mends): _as_text(item, mends) for key, item in value.items()}
    if isinstance(value, list):
        return [_as_text(item, mends) for item in value]
    return value


def _decimal(literal: str) -> Decimal:
    if len(literal) > _MAX_DIGITS:
        raise Refusal("INVALID_REQUEST", f"A number has more than {_MAX_DIGITS} digits.")
    return Decimal(literal)


def _no_constant(literal: str) -> Any:
    raise Refusal("INVALID_REQUEST", f"{literal} is not a number that JSON knows.")


_DECODER = json.JSONDecoder(parse_float=_decimal, parse_int=_decimal, parse_constant=_no_constant)


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
    micro = _micro(amount, field)
    if micro < 0 and not signed:
        raise Refusal("INVALID_REQUEST", f"{field} must not be negative.", field=field)
    if abs(micro) > MAX_MICRO:
        raise Refusal("INVALID_REQUEST", f"{field} is over 999,999,999.999999 credits.", field=field)
    return micro


def _micro(amount: Decimal, field: str) -> int:
    _, digits, exponent = amount.as_tuple()
    if int(exponent) >= -6 and len(digits) <= 15:
        return int(amount * MICRO)  # exact: at most 15 digits and 6 more, and the usual precision is 28
    with localcontext() as exact:
        exact.prec = 2 * _MAX_DIGITS
        quantised = amount.quantize(_QUANTUM, rounding=ROUND_HALF_EVEN)
        if abs(quantised - amount) > _NOISE:
            raise Refusal("INVALID_REQUEST", f"{field} has more than six decimals.", field=field)
        return int(quantised * MICRO)


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
            if isinstance(item, str):  # most of what is ever answered; a call of its own costs more than the rest
                pieces.append(encode_basestring(item))
            else:
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
    elif value is True:
        pieces.append("true")
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
