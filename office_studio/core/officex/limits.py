"""What an install may charge (contract, section 9): counts per UTC hour, day and month, an end, a lifetime cap.

Times are Unix seconds. Only a reserve is ever refused by a limit; what is open can always be settled or cancelled.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal

from office_studio.core.officex.codes import Refusal

DEFAULTS = {"max_per_hour": 100, "max_per_day": 300, "max_per_month": 1000}
WINDOWS = {"max_per_hour": "hour", "max_per_day": "day", "max_per_month": "month"}
MAX_COUNT = 1_000_000
PERMISSION_S = 30 * 86_400
NEVER = -1
_LATEST = 253_402_300_799  # 9999-12-31T23:59:59Z


@dataclass(frozen=True, slots=True)
class Limits:
    """``allowed_until`` in Unix seconds, ``lifetime_micro`` in micro-credits; -1 in either: without end."""

    max_per_hour: int
    max_per_day: int
    max_per_month: int
    allowed_until: int
    lifetime_micro: int = NEVER


@dataclass(frozen=True, slots=True)
class Usage:
    """Accepted reserves in the windows that hold one moment, and what the install has cost so far (micro-credits)."""

    hour: int = 0
    day: int = 0
    month: int = 0
    settled: int = 0
    open_reserved: int = 0


def window_start(window: str, at_s: float) -> int:
    """Start of the UTC clock hour, calendar day or calendar month that holds the moment."""
    second = math.floor(at_s)
    if window != "month":
        return second - second % (3600 if window == "hour" else 86_400)  # Unix time knows no leap seconds
    moment = datetime.fromtimestamp(second, UTC).replace(day=1, hour=0, minute=0, second=0)
    return int(moment.timestamp())


def window_end(window: str, at_s: float) -> int:
    """The first second of the next window."""
    start = window_start(window, at_s)
    if window == "hour":
        return start + 3600
    if window == "day":
        return start + 86_400
    return window_start("month", start + 32 * 86_400)


def check_reserve(limits: Limits, usage: Usage, amount: int, now_s: float) -> None:
    """Checks 4 to 6 of a reserve, in their order (section 8.2).

    Raises Refusal INSTALL_EXPIRED, LIFETIME_LIMIT_REACHED, or RATE_LIMITED with ``window`` and ``retry_after`` (s).
    """
    if limits.allowed_until != NEVER and now_s >= limits.allowed_until:
        raise Refusal("INSTALL_EXPIRED", allowed_until=limits.allowed_until)
    if limits.lifetime_micro != NEVER and usage.settled + usage.open_reserved + amount > limits.lifetime_micro:
        raise Refusal("LIFETIME_LIMIT_REACHED")
    binding: tuple[int, str] | None = None
    for field, window in WINDOWS.items():
        if getattr(usage, window) >= getattr(limits, field):
            binding = max(binding or (0, ""), (window_end(window, now_s), window))
    if binding is not None:
        ends, window = binding
        retry_after = max(1, int(ends - now_s))
        raise Refusal(
            "RATE_LIMITED", f"The limit of this {window} is used up.", window=window, ends=ends, retry_after=retry_after
        )


def limits_of_install(
    asked: Mapping[str, object], suggested: Mapping[str, object], floor: Mapping[str, object], now_s: float
) -> Limits:
    """Limits of a new install: the user's values, else the app's, else the platform's, and never under the app's floor.

    A default below the floor is lifted to it; a value of the user below it is refused.

    Raises Refusal INVALID_REQUEST.
    """
    counts = {}
    for field, default in DEFAULTS.items():
        least = _count(floor.get(field), field) if floor.get(field) is not None else 0
        if asked.get(field) is not None:
            counts[field] = _above_floor(_count(asked[field], field), least, field)
        else:
            usual = suggested.get(field)
            counts[field] = max(least, default if usual is None else _count(usual, field))
    until = asked.get("allowed_until")
    if until is not None:
        allowed = _after_floor(moment_value(until, "allowed_until"), floor)
    else:
        wished = suggested.get("expires_at")
        value = int(now_s) + PERMISSION_S if wished is None else moment_value(wished, "expires_at")
        allowed = value if value == NEVER or value > now_s else int(now_s) + PERMISSION_S
    return Limits(**counts, allowed_until=allowed)


def changed_limits(
    now: Limits, asked: Mapping[str, object], floor: Mapping[str, object], lifetime: int | None
) -> Limits:
    """Limits after a PATCH: what is not named stays. ``lifetime``: micro-credits, -1, or None when it is not named.

    Raises Refusal INVALID_REQUEST; nothing changes then.
    """
    result = now
    for field in DEFAULTS:
        if asked.get(field) is not None:
            least = _count(floor.get(field), field) if floor.get(field) is not None else 0
            result = replace(result, **{field: _above_floor(_count(asked[field], field), least, field)})
    if asked.get("allowed_until") is not None:
        until = moment_value(asked["allowed_until"], "allowed_until")
        result = replace(result, allowed_until=_after_floor(until, floor))
    return result if lifetime is None else replace(result, lifetime_micro=lifetime)


def _above_floor(value: int, least: int, field: str) -> int:
    if value < least:
        raise Refusal("INVALID_REQUEST", f"{field}: this app needs at least {least}.", field=field)
    return value


def _after_floor(value: int, floor: Mapping[str, object]) -> int:
    earliest = floor.get("expires_at")
    if earliest is None or value == NEVER:
        return value
    least = moment_value(earliest, "expires_at")
    if least == NEVER or value < least:
        raise Refusal("INVALID_REQUEST", "allowed_until: this app needs a longer permission.", field="allowed_until")
    return value


def _count(value: object, field: str) -> int:
    number = whole(value, field)
    if not 0 <= number <= MAX_COUNT:
        raise Refusal("INVALID_REQUEST", f"{field} is a whole number from 0 to 1,000,000.", field=field)
    return number


def moment_value(value: object, field: str) -> int:
    """Unix seconds or -1. Raises Refusal INVALID_REQUEST."""
    number = whole(value, field)
    if number != NEVER and not 0 <= number <= _LATEST:
        raise Refusal("INVALID_REQUEST", f"{field} is a time in Unix seconds, or -1 for never.", field=field)
    return number


def whole(value: object, field: str) -> int:
    """A whole number as JSON gives it (5, 5.0). Raises Refusal INVALID_REQUEST."""
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        number = Decimal(value)
        # The size comes first: as an integer 1e999999999 would take half a gigabyte.
        if number.is_finite() and number.adjusted() < 18 and number == number.to_integral_value():
            return int(number)
    raise Refusal("INVALID_REQUEST", f"{field} has to be a whole number.", field=field)
