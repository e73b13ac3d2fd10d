"""Seat plans: taken from bindings, written and read, carried to another theme."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from office_studio.core.office.model import Binding
from office_studio.core.office.seat_plan import (
    MAX_PLAN_BYTES,
    PlanEntry,
    SeatPlan,
    SlotPlace,
    carry,
    encode_plan,
    parse_plan,
    plan_of,
    recast,
    slot_places,
)
from office_studio.core.theme.manifest import parse_manifest, theme_from_document
from office_studio.core.theme.model import ZoneType
from office_studio.errors import UsageError
from office_studio.paths import resources_dir

WORK, MEETING, LOUNGE = ZoneType.WORK, ZoneType.MEETING, ZoneType.LOUNGE
GOOD = {"format": "seat-plan/1", "theme": {"id": "loft"}, "entries": [{"slotIndex": 0, "agentId": "a"}]}


@pytest.fixture(scope="module")
def schema() -> Draft202012Validator:
    document = json.loads((resources_dir() / "schemas" / "seat-plan.schema.json").read_text("utf-8"))
    Draft202012Validator.check_schema(document)
    return Draft202012Validator(document)


def place(slot: int, kind: ZoneType, label: str) -> SlotPlace:
    return SlotPlace(slot, f"seat-{slot}", kind.value, kind, label)


def entry(slot: int, agent_id: str, kind: ZoneType | None, label: str) -> PlanEntry:
    return PlanEntry(slot, agent_id, agent_id.upper(), f"old-{slot}", kind, label)


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
ENTRIES = st.lists(
    st.builds(
        PlanEntry,
        st.integers(0, 2**31 - 1),
        TEXTS.filter(bool),
        TEXTS,
        TEXTS,
        st.sampled_from(list(ZoneType)),
        TEXTS,
    ),
    unique_by=(lambda e: e.slot, lambda e: e.agent_id),
).map(lambda found: tuple(sorted(found, key=lambda e: e.slot)))


@given(st.builds(SeatPlan, TEXTS.filter(bool), TEXTS, ENTRIES, TEXTS))
def test_what_is_written_is_read_again_and_fits_the_schema(schema, plan):
    document = encode_plan(plan)
    assert list(schema.iter_errors(document)) == []
    assert parse_plan(json.dumps(document).encode(), "x.json") == plan


def test_the_plan_of_an_office_leaves_out_what_contradicts_itself(shared_dir: Path):
    raw = (shared_dir / "data" / "themes" / "default-office" / "theme.json").read_bytes()
    places = slot_places(theme_from_document(parse_manifest(raw))[0])
    rows = [
        Binding(0, "a", "Ada"),
        Binding(0, "b"),
        Binding(3, "a"),
        Binding(-1, "c"),
        Binding(10, "d"),
        Binding(77, "e"),
    ]
    plan = plan_of("default-office", "Default", rows, places, "Monday")
    assert plan.target == {0: "a", 10: "d", 77: "e"}
    assert [(e.seat_id, e.zone_type, e.agent_name) for e in plan.entries] == [
        ("desk-1", WORK, "Ada"),
        ("sofa-1", LOUNGE, ""),
        ("", None, ""),
    ]


@pytest.mark.parametrize(
    ("change", "pointer", "words"),
    [
        (lambda d: d.pop("format"), "/format", "must be “seat-plan/1”"),
        (lambda d: d.pop("theme"), "/theme", "must be an object"),
        (lambda d: d["theme"].pop("id"), "/theme/id", "is missing"),
        (lambda d: d["theme"].update(id=""), "/theme/id", "is missing"),
        (lambda d: d.update(entries={}), "/entries", "must be a list"),
        (lambda d: d.update(entries=[0] * 10_001), "/entries", "10000 is the limit"),
        (lambda d: d["entries"].append(3), "/entries/1", "must be an object"),
        (lambda d: d["entries"][0].update(slotIndex=-1), "/entries/0/slotIndex", "not -1"),
        (lambda d: d["entries"][0].update(slotIndex=2**31), "/entries/0/slotIndex", "must be 0 to 2147483647"),
        (lambda d: d["entries"][0].update(slotIndex=True), "/entries/0/slotIndex", "whole number"),
        (lambda d: d["entries"][0].update(slotIndex=1.5), "/entries/0/slotIndex", "whole number"),
        (lambda d: d["entries"][0].update(agentId=7), "/entries/0/agentId", "must be a text"),
        (lambda d: d["entries"][0].update(agentName="x" * 4097), "/entries/0/agentName", "4096 is the limit"),
        (lambda d: d["entries"][0].update(zoneType="attic"), "/entries/0/zoneType", "work, meeting"),
        (lambda d: d["entries"][0].update(zoneType=[]), "/entries/0/zoneType", "work, meeting"),
        (lambda d: d.update(name=[]), "/name", "must be a text"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_place_and_the_schema_agrees(schema, change, pointer, words):
    document = json.loads(json.dumps(GOOD))
    assert list(schema.iter_errors(document)) == []
    change(document)
    with pytest.raises(UsageError) as caught:
        parse_plan(json.dumps(document).encode(), "monday.json")
    error = caught.value
    assert (error.code, error.details) == ("SEAT_PLAN_INVALID", {"file": "monday.json", "pointer": pointer})
    assert error.message.startswith(f"monday.json, {pointer}: ")
    assert words in error.message or words == "is missing"
    assert error.hint
    assert list(schema.iter_errors(document))


@pytest.mark.parametrize(
    ("rows", "pointer"),
    [
        ([(0, "a"), (1, "b"), (0, "c")], "/entries/2/slotIndex"),
        ([(0, "a"), (1, "b"), (2, "a")], "/entries/2/agentId"),
    ],
)
def test_nobody_and_no_slot_twice(rows, pointer):
    document = {**GOOD, "entries": [{"slotIndex": slot, "agentId": who} for slot, who in rows]}
    with pytest.raises(UsageError) as caught:
        parse_plan(json.dumps(document).encode(), "x.json")
    assert caught.value.details["pointer"] == pointer
    assert "already, in /entries/0" in caught.value.message


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "SEAT_PLAN_UNREADABLE"),
        (b"\xff\xfe", "SEAT_PLAN_UNREADABLE"),
        (b'{"format": }', "SEAT_PLAN_UNREADABLE"),
        (b"[" * 200_000, "SEAT_PLAN_UNREADABLE"),
        (b'{"a": ' + b"9" * 10_000 + b"}", "SEAT_PLAN_UNREADABLE"),
        (b"[]", "SEAT_PLAN_INVALID"),
        (b'{"format": "seat-plan/2"}', "SEAT_PLAN_NEWER"),
        (json.dumps({**GOOD, "name": "\ud800"}).encode(), "SEAT_PLAN_INVALID"),
        (b" " * (MAX_PLAN_BYTES + 1), "SEAT_PLAN_TOO_LARGE"),
    ],
)
def test_what_is_no_plan_at_all(data, code):
    with pytest.raises(UsageError) as caught:
        parse_plan(data, "x.json")
    assert caught.value.code == code
    assert "x.json" in caught.value.message
    assert caught.value.hint


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), st.lists, max_leaves=5))
def test_any_value_anywhere_is_an_error_with_words_or_a_plan(value):
    for document in (value, {**GOOD, "theme": value}, {**GOOD, "entries": [value]}, {**GOOD, "entries": value}):
        try:
            plan = parse_plan(json.dumps(document).encode(), "x.json")
        except UsageError:
            continue
        assert plan.theme_id == "loft"


def test_a_plan_is_carried_by_zone_type_and_label_and_who_does_not_fit_is_named():
    old = (entry(0, "a", WORK, "Desk 1"), entry(1, "b", WORK, "Desk 2"), entry(2, "c", WORK, "Desk 3"),
           entry(3, "d", LOUNGE, "Sofa"), entry(4, "e", MEETING, "Chair"), entry(9, "f", None, ""))  # fmt: skip
    places = (place(0, WORK, "Bench"), place(1, WORK, "DESK 2"), place(2, LOUNGE, "Sofa"), place(3, LOUNGE, "Mat"))
    carried = carry(SeatPlan("old", "Old", old, "Monday"), places, "new", "New")
    assert carried.plan.target == {0: "a", 1: "b", 2: "d", 3: "f"}
    assert (carried.plan.theme_id, carried.plan.theme_name, carried.plan.name) == ("new", "New", "Monday")
    assert [(e.seat_id, e.seat_label) for e in carried.plan.entries][:2] == [("seat-0", "Bench"), ("seat-1", "DESK 2")]
    assert [(u.entry.agent_id, u.reason) for u in carried.unfit] == [
        ("c", "all 2 work seats are taken"),
        ("e", "the theme has no meeting seats"),
    ]


def test_in_its_own_theme_slots_stay_and_slots_that_are_gone_are_named():
    plan = SeatPlan("t", "T", (entry(0, "a", WORK, "Renamed"), entry(5, "b", WORK, "Gone")))
    carried = carry(plan, (place(0, WORK, "Desk 1"), place(1, WORK, "Desk 2")), "t")
    assert carried.plan.target == {0: "a"}
    assert [(u.entry.slot, u.reason) for u in carried.unfit] == [(5, "the theme has 2 slots now")]


def test_agents_of_another_office_are_known_by_a_name_that_only_one_has():
    entries = tuple(PlanEntry(i, who, name) for i, (who, name) in enumerate(
        [("a1", "Ada"), ("x", "vivi 🚀"), ("y", "Twin"), ("z", "Nobody"), ("w", "ADA")]))  # fmt: skip
    agents = {"a1": "Ada", "v": "Vivi 🚀", "t1": "Twin", "t2": "twin"}
    found = recast(SeatPlan("t", "T", entries), agents)
    assert found.plan.target == {0: "a1", 1: "v"}
    assert [(u.entry.agent_id, u.reason) for u in found.unfit] == [
        ("y", "several agents have this name"),
        ("z", "this office has no such agent"),
        ("w", "this office has no such agent"),
    ]
