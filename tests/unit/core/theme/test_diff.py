"""What changed between two manifests, and what it means for the version."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from office_studio.core.theme.diff import Bump, bumped, diff_manifests, slots_of

BASE: dict[str, Any] = {
    "id": "t", "name": "T", "version": "1.2.3", "canvas": {"width": 100, "height": 50},
    "zones": [
        {"id": "work", "name": "Work", "seats": [{"id": "a", "x": 1}, {"id": "b", "x": 2}]},
        {"id": "rest", "name": "Rest", "seats": [{"id": "c", "x": 3}]},
    ],
    "furniture": [{"id": "desk", "sprite": "desk.png", "width": 10}], "layers": [{"id": "floor", "zIndex": 0}],
}  # fmt: skip


def after(change) -> dict[str, Any]:
    document = copy.deepcopy(BASE)
    change(document)
    return document


def remove_seat(d):
    del d["zones"][0]["seats"][0]


def remove_zone(d):
    del d["zones"][1]


def add_seat(d):
    d["zones"][1]["seats"].append({"id": "d"})


def add_piece(d):
    d["furniture"].append({"id": "lamp"})


def move_seat(d):
    d["zones"][0]["seats"][0]["x"] = 9


def rename(d):
    d["name"] = "U"


def drop_piece(d):
    d["furniture"].clear()


def nothing(_):
    pass


@pytest.mark.parametrize(
    ("change", "bump", "version"),
    [(remove_seat, Bump.MAJOR, "2.0.0"), (remove_zone, Bump.MAJOR, "2.0.0"), (add_seat, Bump.MINOR, "1.3.0"),
     (add_piece, Bump.MINOR, "1.3.0"), (move_seat, Bump.PATCH, "1.2.4"), (rename, Bump.PATCH, "1.2.4"),
     (drop_piece, Bump.PATCH, "1.2.4"), (nothing, Bump.NONE, "1.2.3")],
)  # fmt: skip
def test_the_version_follows_from_what_changed(change, bump: Bump, version: str):
    diff = diff_manifests(BASE, after(change))
    assert (diff.advice, diff.advised_version) == (bump, version)
    assert diff.is_same == (bump is Bump.NONE)
    assert diff.needs_bump == (bump is not Bump.NONE)


@pytest.mark.parametrize(
    ("here", "advised"), [("1.3.0", "1.3.0"), ("2.0.0", "2.0.0"), ("1.2.9", "1.3.0"), ("x", "1.3.0")]
)
def test_a_version_that_is_high_enough_stays(here: str, advised: str):
    diff = diff_manifests(BASE, after(add_seat) | {"version": here})
    assert diff.advised_version == advised
    assert diff.needs_bump == (here != advised)


def test_slots_move_up_when_a_seat_goes():
    diff = diff_manifests(BASE, after(remove_seat))
    assert [(slot.slot_index, slot.before, slot.after) for slot in diff.slots] == [
        (0, "a", "b"), (1, "b", "c"), (2, "c", None),
    ]  # fmt: skip
    assert ("removed", "seat", "a") in {(c.what, c.kind, c.name) for c in diff.changes}
    assert diff_manifests(BASE, after(add_seat)).slots == ()


def test_max_agents_cuts_slots_or_adds_nameless_ones():
    assert slots_of(BASE | {"maxAgents": 2}) == ("a", "b")
    assert slots_of(BASE | {"maxAgents": 5}) == ("a", "b", "c", "slot-3", "slot-4")
    assert diff_manifests(BASE, BASE | {"maxAgents": 2}).advice is Bump.MAJOR


def test_details_are_told():
    changes = {(c.kind, c.name): c.detail for c in diff_manifests(BASE, after(move_seat)).changes}
    assert changes == {("seat", "a"): "x: 1 → 9"}
    sized = diff_manifests(BASE, BASE | {"canvas": {"width": 200, "height": 50}})
    assert [(c.kind, c.detail) for c in sized.changes] == [("size", "100 × 50 → 200 × 50")]


@pytest.mark.parametrize("bad", [{}, {"zones": 1}, {"zones": [1, {"seats": [2, {"id": 3}]}]}, {"maxAgents": True}])
def test_bad_manifests_raise_nothing(bad: dict):
    diff_manifests(BASE, bad)
    diff_manifests(bad, BASE)


def test_bumping():
    assert [bumped("1.2.3", bump) for bump in (Bump.NONE, Bump.PATCH, Bump.MINOR, Bump.MAJOR)] == [
        "1.2.3", "1.2.4", "1.3.0", "2.0.0",
    ]  # fmt: skip
    assert bumped("x", Bump.PATCH) == "1.0.0"
