"""A payout's life (contract, section 15.3): held at request, burned at approval, restored when the transfer fails."""

from __future__ import annotations

from enum import StrEnum

from office_studio.core.officex.codes import Refusal
from office_studio.core.officex.reservations import Pocket, Posting


class PayoutStatus(StrEnum):
    PENDING = "pending"
    BURNED = "burned"
    COMPLETED = "completed"
    FAILED = "failed"


class PayoutEvent(StrEnum):
    APPROVE = "approve"
    REJECT = "reject"
    TRANSFERRED = "transferred"
    TRANSFER_FAILED = "transfer failed"


_NEXT = {
    (PayoutStatus.PENDING, PayoutEvent.APPROVE): PayoutStatus.BURNED,
    (PayoutStatus.PENDING, PayoutEvent.REJECT): PayoutStatus.FAILED,
    (PayoutStatus.BURNED, PayoutEvent.TRANSFERRED): PayoutStatus.COMPLETED,
    (PayoutStatus.BURNED, PayoutEvent.TRANSFER_FAILED): PayoutStatus.FAILED,
}
_MOVES = {
    PayoutEvent.APPROVE: (Pocket.APP_RESERVED, Pocket.TREASURY),
    PayoutEvent.REJECT: (Pocket.APP_RESERVED, Pocket.APP_AVAILABLE),
    PayoutEvent.TRANSFER_FAILED: (Pocket.TREASURY, Pocket.APP_AVAILABLE),
}


def requested(micro: int) -> tuple[Posting, ...]:
    """The credits are held in the app's wallet until somebody decides."""
    return (Posting(Pocket.APP_AVAILABLE, -micro), Posting(Pocket.APP_RESERVED, micro))


def after(status: PayoutStatus, event: PayoutEvent, micro: int) -> tuple[PayoutStatus, tuple[Posting, ...]]:
    """The next state and what moves. Raises Refusal INVALID_REQUEST where the event does not fit the state."""
    found = _NEXT.get((status, event))
    if found is None:
        raise Refusal("INVALID_REQUEST", f"A payout that is {status.value} cannot be followed by “{event.value}”.")
    move = _MOVES.get(event)
    if move is None:
        return found, ()
    source, target = move
    return found, (Posting(source, -micro), Posting(target, micro))
