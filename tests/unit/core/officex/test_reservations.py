"""Reservations and payouts: every row of the tables, and the invariants under any order of steps."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from office_studio.core.officex.codes import Refusal
from office_studio.core.officex.payouts import PayoutEvent, PayoutStatus, after, requested
from office_studio.core.officex.reservations import (
    Pocket,
    Posting,
    Reservation,
    ReservationStatus,
    broken_rules,
    cancel,
    expire,
    reserve,
    settle,
    total,
)

C = 1_000_000


def moved(*steps: tuple[Posting, ...]) -> dict[str, int]:
    found: Counter[str] = Counter()
    for postings in steps:
        assert total(postings) == 0
        for posting in postings:
            found[posting.pocket.value] += posting.micro
    return {pocket: micro for pocket, micro in found.items() if micro}


def test_a_sip_and_a_final_settle_give_the_rest_back():
    held, first = reserve(10 * C)
    held, second = settle(held, 3 * C, final=False)
    assert (held.settled, held.remaining, held.status) == (3 * C, 7 * C, ReservationStatus.PARTIAL)
    held, third = settle(held, 4 * C, final=True)
    assert (held.settled, held.remaining, held.refunded) == (7 * C, 0, 3 * C)
    assert held.status is ReservationStatus.COMPLETED
    assert moved(first, second, third) == {"user.available": -7 * C, "app.available": 7 * C}


def test_a_sip_that_empties_stays_partial_until_a_final_of_nothing():
    held, _ = settle(reserve(5 * C)[0], 5 * C, final=False)
    assert (held.remaining, held.status) == (0, ReservationStatus.PARTIAL)
    with pytest.raises(Refusal):
        settle(held, 0, final=False)
    held, postings = settle(held, 0, final=True)
    assert (held.status, postings) == (ReservationStatus.COMPLETED, ())


def test_cancel_gives_back_what_is_left_and_may_be_repeated():
    held, _ = settle(reserve(10 * C)[0], 3 * C, final=False)
    held, postings = cancel(held)
    assert (held.refunded, held.status) == (7 * C, ReservationStatus.CANCELLED)
    assert moved(postings) == {"user.reserved": -7 * C, "user.available": 7 * C}
    assert cancel(held) == (held, ())


@pytest.mark.parametrize("amount", [5 * C + 1, 6 * C])
@pytest.mark.parametrize("final", [True, False])
def test_more_than_is_left_is_refused(amount: int, final: bool):
    with pytest.raises(Refusal) as refused:
        settle(reserve(5 * C)[0], amount, final=final)
    assert refused.value.code == "INVALID_REQUEST"


def test_what_is_closed_stays_closed():
    completed, _ = settle(reserve(C)[0], C, final=True)
    expired, _ = expire(reserve(C)[0])
    cancelled, _ = cancel(reserve(C)[0])
    for closed in (completed, expired, cancelled):
        with pytest.raises(Refusal):
            settle(closed, 0, final=True)
        assert expire(closed) == (closed, ())
    for closed in (completed, expired):
        with pytest.raises(Refusal):
            cancel(closed)


STEPS = st.lists(st.tuples(st.sampled_from(["sip", "final", "cancel", "expire"]), st.integers(0, 12 * C)), max_size=20)


@given(st.integers(1, 10 * C), STEPS)
def test_the_invariants_hold_in_any_order(amount: int, steps: list[tuple[str, int]]):
    held, postings = reserve(amount)
    pockets = Counter({Pocket.USER_AVAILABLE: amount})
    pockets.update({posting.pocket: posting.micro for posting in postings})
    for name, micro in steps:
        before: Reservation = held
        try:
            if name == "cancel":
                held, postings = cancel(held)
            elif name == "expire":
                held, postings = expire(held)
            else:
                held, postings = settle(held, micro, final=name == "final")
        except Refusal:
            postings = ()
        for posting in postings:
            pockets[posting.pocket] += posting.micro
        assert broken_rules(before, held) == []
        assert total(postings) == 0
        assert pockets[Pocket.USER_RESERVED] == held.remaining
        assert pockets[Pocket.APP_AVAILABLE] == held.settled
        assert min(pockets.values()) >= 0


def test_payouts_follow_their_table():
    burned, burn = after(PayoutStatus.PENDING, PayoutEvent.APPROVE, 5)
    done, nothing = after(burned, PayoutEvent.TRANSFERRED, 5)
    failed, back = after(burned, PayoutEvent.TRANSFER_FAILED, 5)
    rejected, released = after(PayoutStatus.PENDING, PayoutEvent.REJECT, 5)
    assert (burned, done, failed, rejected) == (
        PayoutStatus.BURNED, PayoutStatus.COMPLETED, PayoutStatus.FAILED, PayoutStatus.FAILED,
    )  # fmt: skip
    assert moved(requested(5), burn, nothing) == {"app.available": -5, "treasury": 5}
    assert moved(requested(5), burn, back) == {}
    assert moved(requested(5), released) == {}
    for status in (PayoutStatus.COMPLETED, PayoutStatus.FAILED, PayoutStatus.BURNED):
        with pytest.raises(Refusal):
            after(status, PayoutEvent.APPROVE, 5)
