"""Auto-assign: who stays, who goes where, who is left; the same every time."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from office_studio.core.office.auto_assign import Candidate, Rule, RuleField, auto_assign, parse_rule
from office_studio.core.office.model import Binding
from office_studio.core.office.seat_plan import SlotPlace
from office_studio.core.theme.model import ZoneType
from office_studio.errors import UsageError

PLACES = (
    SlotPlace(0, "sofa-1", "sofa", ZoneType.LOUNGE, "Sofa 1"),
    SlotPlace(1, "desk-1", "desks", ZoneType.WORK, "Desk 1"),
    SlotPlace(2, "desk-2", "desks", ZoneType.WORK, "Desk 2"),
    SlotPlace(3, "lab-1", "lab", ZoneType.WORK, "Bench"),
    SlotPlace(4, "meet-1", "round", ZoneType.MEETING, "Chair"),
)


def people(*names: str, **more: object) -> list[Candidate]:
    return [Candidate(name.lower(), name, **more) for name in names]  # type: ignore[arg-type]


def test_work_seats_first_by_name_and_the_rest_is_named():
    found = auto_assign(people("Eve", "ada", "Bob", "Dan", "Cyd", "Fay"), [], PLACES)
    assert found.target == {1: "ada", 2: "bob", 3: "cyd", 4: "dan", 0: "eve"}
    assert found.unplaced == ("fay",)
    assert [p.why for p in found.placed] == ["free lounge seat", *["free work seat"] * 3, "free meeting seat"]


def test_who_is_at_work_comes_before_who_is_away():
    found = auto_assign([*people("Ada", online=False), *people("Zoe")], [], PLACES[1:2])
    assert found.target == {1: "zoe"}
    assert found.unplaced == ("ada",)


def test_who_has_a_seat_keeps_it_and_who_sits_beyond_the_theme_gets_one():
    rows = [Binding(4, "bob"), Binding(99, "ada"), Binding(1, "somebody else's")]
    found = auto_assign(people("Ada", "Bob", "Cyd"), rows, PLACES)
    assert found.kept == {4: "bob", 1: "somebody else's"}
    assert found.target == {4: "bob", 1: "somebody else's", 2: "ada", 3: "cyd"}


def test_seating_anew_leaves_only_the_pinned():
    rows = [Binding(4, "bob"), Binding(0, "ada")]
    candidates = [*people("Bob", is_pinned=True), *people("Ada")]
    assert auto_assign(candidates, rows, PLACES, keep_bound=False).target == {4: "bob", 1: "ada"}


def test_rules_by_name_and_model_come_first_and_fall_back_when_the_zone_is_full():
    rules = [parse_rule("model:*OPUS*=lab"), parse_rule("name:b*=meeting"), parse_rule("name:*=lounge")]
    candidates = [
        Candidate("1", "Ada", "claude-opus-4"),
        Candidate("2", "Bob", "opus"),
        Candidate("3", "Bea", None),
        Candidate("4", "Cyd", None),
    ]
    found = auto_assign(candidates, [], PLACES, rules)
    assert found.target == {3: "1", 4: "3", 0: "4", 1: "2"}
    assert {p.agent_id: p.why for p in found.placed} == {
        "1": "rule model:*OPUS*=lab",
        "2": "lab is full, free work seat",
        "3": "rule name:b*=meeting",
        "4": "rule name:*=lounge",
    }


@pytest.mark.parametrize("text", ["", "work", "name:x", "name=work", "colour:x=work", "name:=work", "name:x=", "=x"])
def test_what_is_no_rule_is_said(text):
    with pytest.raises(UsageError) as caught:
        parse_rule(text)
    assert caught.value.code == "AUTO_RULE_INVALID"
    assert "name:PATTERN=ZONE" in caught.value.hint


def test_a_pattern_may_hold_the_signs_of_a_rule_but_not_be_endless():
    assert parse_rule(" Name : a:b=c = work ") == Rule(RuleField.NAME, "a:b=c", "work")
    with pytest.raises(UsageError):
        parse_rule(f"name:{'*a' * 200}=work")


def test_an_unknown_zone_names_the_known_ones():
    with pytest.raises(UsageError) as caught:
        auto_assign(people("Ada"), [], PLACES, [parse_rule("name:*=attic")])
    assert caught.value.code == "AUTO_RULE_ZONE"
    assert "desks, lab" in caught.value.hint


@given(st.data())
def test_same_result_in_any_order_and_nobody_twice(data):
    names = data.draw(st.lists(st.text(max_size=5), unique=True, max_size=12))
    candidates = [Candidate(f"id{i}", name, online=i % 3 > 0, is_pinned=i % 4 == 0) for i, name in enumerate(names)]
    slots = data.draw(st.permutations(range(-1, 8)))
    rows = [Binding(slot, f"id{i}") for i, slot in enumerate(slots[: len(names) // 2])]
    keep = data.draw(st.booleans())
    found = auto_assign(candidates, rows, PLACES, keep_bound=keep)
    random.Random(1).shuffle(candidates)
    assert auto_assign(candidates, rows, PLACES, keep_bound=keep) == found
    target = found.target
    assert set(target) <= {0, 1, 2, 3, 4}
    assert len(set(target.values())) == len(target) == len(found.kept) + len(found.placed)
    assert set(target.values()) | set(found.unplaced) == {f"id{i}" for i in range(len(names))}
    assert not found.unplaced or len(target) == len(PLACES)


def test_five_hundred_on_five_hundred():
    places = [SlotPlace(i, f"s{i}", "z", ZoneType.WORK, f"Desk {i}") for i in range(500)]
    found = auto_assign([Candidate(f"{i:03}", f"Agent {i:03}") for i in range(500)], [], places)
    assert found.target == {i: f"{i:03}" for i in range(500)}
