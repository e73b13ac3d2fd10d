"""What an assignment would do, in words, and what undoing it would restore."""

from __future__ import annotations

import pytest

from office_studio.core.office.model import Binding
from office_studio.core.office.seat_changes import ChangeKind, changed_meanwhile, changes_to, seated, seated_after
from office_studio.ui.assign.deeds import deed_of
from office_studio.ui.assign.words import deed_words, preview_assign, preview_unassign

SLOTS = range(9)


def rows(seating: dict[int, str]) -> list[Binding]:
    return [Binding(slot, who) for slot, who in seating.items()]


def name(agent_id: str) -> str:
    return agent_id.capitalize()


def label(slot: int) -> str:
    return f"Desk {slot + 1}"


def test_previews_say_who_loses_what() -> None:
    now = rows({0: "ron", 4: "lumi"})
    swap = preview_assign(now, "lumi", 0, SLOTS, name, label)
    assert swap is not None
    assert (swap.title, swap.detail) == ("Lumi → Desk 1", "Swaps with Ron, who moves to Desk 5")
    assert (swap.displaced, swap.is_swap) == ("ron", True)
    assert seated_after(now, swap.changes) == {0: "lumi", 4: "ron"}
    assert [change.kind for change in swap.changes] == [ChangeKind.SWAP]
    replace = preview_assign(now, "vivi", 0, SLOTS, name, label)
    assert replace is not None
    assert (replace.detail, replace.displaced, replace.is_swap) == ("Ron loses this seat", "ron", False)
    assert seated_after(now, replace.changes) == {0: "vivi", 4: "lumi"}
    move = preview_assign(now, "lumi", 7, SLOTS, name, label)
    assert move is not None
    assert move.done == "Move Lumi from Desk 5 to Desk 8"
    assert move.displaced is None
    assert preview_assign(now, "ron", 0, SLOTS, name, label) is None
    gone = preview_unassign(now, "ron", name, label)
    assert gone is not None
    assert seated_after(now, gone.changes) == {4: "lumi"}
    assert preview_unassign(now, "vivi", name, label) is None


def test_nobody_is_swapped_into_a_slot_that_the_theme_does_not_have() -> None:
    for beyond in (-1, 12):
        now = rows({0: "ron", beyond: "lumi"})
        found = preview_assign(now, "lumi", 0, SLOTS, name, label)
        assert found is not None
        assert found.detail == "Ron loses this seat"
        assert seated_after(now, found.changes) == {0: "lumi"}


def test_an_agent_that_the_office_names_twice_ends_in_one_slot() -> None:
    now = [Binding(1, "ron"), Binding(3, "ron"), Binding(5, "kai")]
    for slot, after in ((1, {1: "ron", 5: "kai"}), (7, {7: "ron", 5: "kai"})):
        found = preview_assign(now, "ron", slot, SLOTS, name, label)
        assert found is not None
        assert seated_after(now, found.changes) == after
    gone = preview_unassign(now, "ron", name, label)
    assert gone is not None
    assert seated_after(now, gone.changes) == {5: "kai"}


@pytest.mark.parametrize("agent_id", ["lumi", "vivi"])
@pytest.mark.parametrize("slot", [0, 4, 7])
def test_undoing_a_deed_restores_everything(agent_id: str, slot: int) -> None:
    before = {0: "ron", 4: "lumi", 5: "kai"}
    found = preview_assign(rows(before), agent_id, slot, SLOTS, name, label)
    if found is None:
        return
    deed = deed_of(rows(before), found.changes, found.done)
    after = seated_after(rows(before), found.changes)
    back = changes_to(rows(after), deed.reversed().after)
    assert changed_meanwhile(rows(after), after, back) == ()
    assert seated_after(rows(after), back) == before
    assert deed.agents >= {agent_id}


def test_a_strangers_change_is_noticed_wherever_the_agent_is() -> None:
    changes = changes_to(rows({0: "ron"}), {0: "vivi"})
    assert changed_meanwhile(rows({0: "ron"}), {0: "ron"}, changes) == ()
    assert changed_meanwhile(rows({0: "kai"}), {0: "ron"}, changes) == (0,)
    assert changed_meanwhile([], {0: "ron"}, changes) == (0,)
    # Somebody seated Vivi elsewhere meanwhile: taking her from there is not what the user saw.
    assert changed_meanwhile(rows({0: "ron", 5: "vivi"}), {0: "ron"}, changes) == (5,)
    assert changed_meanwhile(rows({0: "ron", 6: "kai"}), {0: "ron"}, changes) == ()


def test_many_changes_are_one_sentence() -> None:
    now = rows({0: "ron", 1: "kai"})
    assert deed_words(changes_to(now, {0: None, 1: None}), name, label) == "Empty 2 seats"
    assert deed_words(changes_to(now, {2: "a", 3: "b"}), name, label) == "Assign A to Desk 3, and 1 more"
    assert deed_words((), name, label) == "Nothing to change"
    assert seated(now) == {0: "ron", 1: "kai"}
