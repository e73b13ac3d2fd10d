"""Changes between two seatings, played on a model of the server's rules call by call."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from office_studio.core.office.model import Binding
from office_studio.core.office.seat_changes import (
    Change,
    ChangeKind,
    changes_to,
    describe,
    losers,
    seated_after,
    whole_seating,
)

NAMES = {letter: f"Agent {letter.upper()}" for letter in "abcdefgh"}


def rows(seating: dict[int, str]) -> list[Binding]:
    return [Binding(slot, who) for slot, who in sorted(seating.items())]


def put(table: list[tuple[int, str]], slot: int, who: str) -> list[tuple[int, str]]:
    """What the server does (API 7.6)."""
    return [*((s, w) for s, w in table if s != slot and w != who), (slot, who)]


def play(table: list[tuple[int, str]], changes: tuple[Change, ...]) -> list[list[tuple[int, str]]]:
    """Rows after each change; a swap is one change."""
    history = [table]
    for change in changes:
        now = history[-1]
        if change.kind is ChangeKind.CLEAR:
            now = [(s, w) for s, w in now if s != change.slot]
        else:
            now = put(now, change.slot, change.agent_id)
            if change.kind is ChangeKind.SWAP:
                now = put(now, change.from_slot, change.other_id)
        history.append(now)
    return history


def seatings(agents: str = "abcdefgh") -> st.SearchStrategy[dict[int, str]]:
    return st.lists(st.sampled_from(agents), unique=True).flatmap(
        lambda who: st.lists(st.integers(-2, 9), unique=True, min_size=len(who), max_size=len(who)).map(
            lambda slots: dict(zip(slots, who, strict=True))
        )
    )


@given(seatings(), seatings())
def test_the_target_is_reached_and_nobody_who_keeps_a_seat_is_ever_without_one(before, after):
    changes = changes_to(rows(before), whole_seating(rows(before), after))
    history = play(list(before.items()), changes)
    assert dict(history[-1]) == after
    stays = set(before.values()) & set(after.values())
    for table in history:
        assert stays <= {who for _, who in table}
        assert len({who for _, who in table}) == len(table)
    assert set(losers(changes)) == set(before.values()) - set(after.values())
    assert seated_after(rows(before), changes) == after
    if before == after:
        assert changes == ()


@given(seatings(), seatings())
def test_it_takes_no_more_calls_than_a_seat_each_and_one_a_ring(before, after):
    changes = changes_to(rows(before), whole_seating(rows(before), after))
    moved = sum(before.get(slot) != who for slot, who in after.items())
    emptied = sum(slot not in after and who not in after.values() for slot, who in before.items())
    rings = len({change.group for change in changes if change.is_aside})
    assert sum(change.calls for change in changes) == moved + emptied + rings


@given(st.lists(st.tuples(st.integers(0, 5), st.sampled_from("abcdef")), unique=True), seatings("abcdef"))
@example([(0, "a"), (1, "c"), (2, "a")], {0: "b", 1: "a", 2: "c"})  # who steps aside leaves two seats
@example([(0, "a"), (1, "a"), (3, "b")], {0: "b", 3: "a", 1: "c"})  # who swaps leaves a third seat
@example([(0, "a"), (1, "b"), (2, "c"), (3, "c")], {0: "d", 1: "c", 2: "b", 4: "a"})
@example([(0, "a"), (1, "b"), (2, "c"), (3, "a"), (4, "d")], {0: "e", 1: "c", 2: "d", 4: "b", 3: "f", 5: "a"})
def test_rows_that_contradict_each_other_are_mended(table, after):
    bindings = [Binding(slot, who) for slot, who in sorted(table)]
    changes = changes_to(bindings, whole_seating(bindings, after))
    assert dict(play(table, changes)[-1]) == after
    assert len(play(table, changes)[-1]) == len(after)


@given(seatings(), seatings())
def test_slots_that_are_not_named_keep_their_agent_unless_it_moves(before, some):
    changes = changes_to(rows(before), some)
    end = dict(play(list(before.items()), changes)[-1])
    assert {slot: end[slot] for slot in some} == some
    for slot, who in before.items():
        if slot not in some and who not in some.values():
            assert end[slot] == who


def test_the_kinds_and_their_words():
    before = {0: "a", 1: "b", 2: "c", 3: "d", 5: "f"}
    after = {0: "b", 1: "a", 2: "e", 4: "d"}
    changes = changes_to(rows(before), whole_seating(rows(before), after))
    words = [describe(change, NAMES.__getitem__, lambda slot: f"Desk {slot + 1}") for change in changes]
    assert words == [
        "Assign Agent E to Desk 3, in place of Agent C",
        "Move Agent D from Desk 4 to Desk 5",
        "Swap Agent A and Agent B",
        "Remove Agent F from Desk 6",
    ]
    assert losers(changes) == {"c": 2, "f": 5}


def test_a_ring_steps_aside_into_a_slot_nobody_uses():
    changes = changes_to(rows({0: "a", 1: "b", 2: "c"}), {0: "b", 1: "c", 2: "a"})
    assert [(c.slot, c.agent_id, c.from_slot, c.is_aside) for c in changes] == [
        (3, "a", 0, True),
        (0, "b", 1, False),
        (1, "c", 2, False),
        (2, "a", 0, False),
    ]
    assert len({c.group for c in changes}) == 1


def test_one_agent_wanted_twice_is_a_mistake_of_the_caller():
    with pytest.raises(ValueError):
        changes_to([], {0: "a", 1: "a"})


def test_five_hundred_of_five_hundred_take_no_time():
    before = {slot: f"agent {slot}" for slot in range(500)}
    after = {slot: f"agent {(slot * 7 + 3) % 500}" for slot in range(500)}
    changes = changes_to(rows(before), after)
    assert dict(play(list(before.items()), changes)[-1]) == after
    assert sum(change.calls for change in changes) <= 550
