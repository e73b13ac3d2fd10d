"""A reservation's life (contract, section 8): reserve, sip, settle, cancel, and the postings each step makes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from office_studio.core.officex.codes import Refusal
from office_studio.core.officex.money import literal


class ReservationStatus(StrEnum):
    RESERVED = "reserved"
    PARTIAL = "partial"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"

    @property
    def is_open(self) -> bool:
        return self in (ReservationStatus.RESERVED, ReservationStatus.PARTIAL)


class Pocket(StrEnum):
    """Where credits can lie. The treasury has one pocket, and it is never above zero."""

    USER_AVAILABLE = "user.available"
    USER_RESERVED = "user.reserved"
    APP_AVAILABLE = "app.available"
    APP_RESERVED = "app.reserved"
    TREASURY = "treasury"


@dataclass(frozen=True, slots=True)
class Posting:
    """Micro-credits that enter (or leave, when negative) one pocket. The postings of one operation sum to zero."""

    pocket: Pocket
    micro: int


@dataclass(frozen=True, slots=True)
class Reservation:
    """Amounts in micro-credits; figures are running totals, not steps."""

    amount: int
    settled: int = 0
    refunded: int = 0
    status: ReservationStatus = ReservationStatus.RESERVED

    @property
    def remaining(self) -> int:
        return self.amount - self.settled - self.refunded


Step = tuple[Reservation, tuple[Posting, ...]]


def reserve(amount: int) -> Step:
    """``amount`` > 0 micro-credits, checked by the caller."""
    return Reservation(amount), _moved(Pocket.USER_AVAILABLE, Pocket.USER_RESERVED, amount)


def settle(held: Reservation, amount: int, *, final: bool) -> Step:
    """Take ``amount``; with ``final`` also give the rest back and close.

    Raises Refusal INVALID_REQUEST: closed, more than is left, or nothing without ``final``. Nothing changes then.
    """
    if not held.status.is_open:
        raise Refusal("INVALID_REQUEST", f"The reservation is {held.status.value}; nothing can be settled any more.")
    if amount > held.remaining:
        raise Refusal("INVALID_REQUEST", f"{literal(amount)} is more than the {literal(held.remaining)} that is left.")
    if amount == 0 and not final:
        raise Refusal("INVALID_REQUEST", "A sip takes more than 0.")
    taken = _moved(Pocket.USER_RESERVED, Pocket.APP_AVAILABLE, amount)
    if not final:
        return replace(held, settled=held.settled + amount, status=ReservationStatus.PARTIAL), taken
    rest = held.remaining - amount
    closed = replace(
        held,
        settled=held.settled + amount,
        refunded=held.refunded + rest,
        status=ReservationStatus.COMPLETED,
    )
    return closed, (*taken, *_moved(Pocket.USER_RESERVED, Pocket.USER_AVAILABLE, rest))


def cancel(held: Reservation) -> Step:
    """Give back what is left; what was sipped stays with the app. Cancelled already: the same again, nothing moves.

    Raises Refusal INVALID_REQUEST: completed or expired.
    """
    if held.status is ReservationStatus.CANCELLED:
        return held, ()
    if not held.status.is_open:
        raise Refusal("INVALID_REQUEST", f"The reservation is {held.status.value}; it can no longer be cancelled.")
    return _released(held, ReservationStatus.CANCELLED)


def expire(held: Reservation) -> Step:
    """The sandbox's optional time to live is over."""
    return _released(held, ReservationStatus.EXPIRED) if held.status.is_open else (held, ())


def _released(held: Reservation, status: ReservationStatus) -> Step:
    rest = held.remaining
    closed = replace(held, refunded=held.refunded + rest, status=status)
    return closed, _moved(Pocket.USER_RESERVED, Pocket.USER_AVAILABLE, rest)


def _moved(source: Pocket, target: Pocket, micro: int) -> tuple[Posting, ...]:
    return (Posting(source, -micro), Posting(target, micro)) if micro else ()


def broken_rules(before: Reservation | None, after: Reservation) -> list[str]:
    """Which invariants of section 8 a step has broken; empty when all hold."""
    found = []
    if min(after.amount, after.settled, after.refunded, after.remaining) < 0:
        found.append("a figure is negative")
    if before is not None:
        if after.settled < before.settled:
            found.append("settled_amount went down")
        if after.remaining > before.remaining:
            found.append("remaining_reserved went up")
        if after.amount != before.amount:
            found.append("amount_reserved changed")
        if not before.status.is_open and after != before:
            found.append("a closed reservation changed")
    if not after.status.is_open and after.remaining:
        found.append("a closed reservation holds credits")
    return found


def total(postings: Iterable[Posting]) -> int:
    """Zero for every whole operation."""
    return sum(posting.micro for posting in postings)
