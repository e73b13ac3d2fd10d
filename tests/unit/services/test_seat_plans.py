"""Seat plans as files, and what applying one would change."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from office_studio.core.office.model import Binding
from office_studio.core.office.seat_changes import ChangeKind
from office_studio.core.office.seat_plan import MAX_PLAN_BYTES, PlanEntry, SeatPlan, SlotPlace
from office_studio.core.theme.model import ZoneType
from office_studio.errors import StorageError, UsageError
from office_studio.services.seat_plans import SUFFIX, SeatPlanStore, prepare, read_plan, save_plan

ENTRIES = (
    PlanEntry(0, "a", "Ada 🚀", "desk-1", ZoneType.WORK, "Desk 1"),
    PlanEntry(1, "b", "بوب", "sofa-1", ZoneType.LOUNGE, "Sofa"),
)
PLAN = SeatPlan("loft", "Loft", ENTRIES, "Monday / early")
PLACES = (SlotPlace(0, "s", "w", ZoneType.WORK, "Bench"),)


def test_what_is_saved_is_read(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_text("something else")
    save_plan(PLAN, path)
    assert read_plan(path) == PLAN
    assert "Ada 🚀" in path.read_text("utf-8")  # for people too
    assert [p.name for p in tmp_path.iterdir()] == ["plan.json"]


def test_a_failed_save_leaves_the_old_file_and_no_rest(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    save_plan(PLAN, path)
    broken = SeatPlan("x", "half \ud800", ())
    with pytest.raises(StorageError):
        save_plan(broken, path)
    assert read_plan(path) == PLAN
    assert [p.name for p in tmp_path.iterdir()] == ["plan.json"]


@pytest.mark.parametrize("name", ["", "missing.json", "bad\0name", "x" * 5000])
def test_what_cannot_be_read_is_said(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_plan(tmp_path / name)
    assert caught.value.code in ("SEAT_PLAN_NOT_FOUND", "SEAT_PLAN_UNREADABLE")


def test_a_giant_file_is_not_read_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "giant.json"
    path.touch()
    os.truncate(path, MAX_PLAN_BYTES * 100)
    with pytest.raises(UsageError) as caught:
        read_plan(path)
    assert caught.value.code == "SEAT_PLAN_TOO_LARGE"


def test_named_plans_are_kept_apart_replaced_and_forgotten(tmp_path: Path) -> None:
    store = SeatPlanStore(tmp_path / "plans")
    assert store.names() == ()
    names = ["Monday / early", "monday early", "../../etc", "月曜日", "🚀"]
    for name in names:
        store.save(SeatPlan("loft", "Loft", ENTRIES, name))
    store.save(SeatPlan("loft", "Loft", (), "🚀"))
    (store.folder / "damaged.seats.json").write_text("{")
    assert store.names() == tuple(sorted(names, key=str.casefold))
    assert store.load("🚀").entries == ()
    assert store.load("../../etc").entries == ENTRIES
    assert all(path.parent == store.folder for path in tmp_path.rglob("*.json"))
    store.delete("🚀")
    store.delete("🚀")
    with pytest.raises(UsageError):
        store.load("🚀")
    with pytest.raises(UsageError) as caught:
        store.save(SeatPlan("loft", "Loft", ENTRIES, " "))
    assert caught.value.code == "SEAT_PLAN_NAME"


def test_without_a_folder_plans_lie_among_the_users_data(own_home: Path) -> None:
    SeatPlanStore().save(PLAN)
    (file,) = (own_home / "data" / "seat-plans").iterdir()
    assert json.loads(file.read_text("utf-8"))["name"] == PLAN.name


def test_preparing_tells_changes_and_who_does_not_fit() -> None:
    rows = [Binding(3, "c"), Binding(0, "d")]
    ready = prepare(PLAN, rows, {"a": "Ada", "b": "Bob"}, PLACES, "small", "Small")
    assert ready.plan.target == {0: "a"}
    assert [(c.kind, c.slot, c.agent_id, c.other_id) for c in ready.changes] == [
        (ChangeKind.SET, 0, "a", "d"),
        (ChangeKind.CLEAR, 3, "c", None),
    ]
    assert [(u.entry.agent_id, u.reason) for u in ready.unfit] == [("b", "the theme has no lounge seats")]
    same = prepare(PLAN, rows, {"b": "Bob"}, (), "loft")
    assert same.plan.target == {1: "b"}
    assert [u.reason for u in same.unfit] == ["this office has no such agent"]
    with pytest.raises(UsageError) as caught:
        prepare(PLAN, rows, {}, (), "elsewhere")
    assert caught.value.code == "THEME_SLOTS_UNKNOWN"


def test_a_plan_is_renamed_and_never_over_another(tmp_path: Path) -> None:
    store = SeatPlanStore(tmp_path)
    for name in ("Monday", "Tuesday"):
        store.save(SeatPlan("loft", "Loft", ENTRIES, name))
    with pytest.raises(UsageError) as caught:
        store.rename("Monday", "Tuesday")
    assert caught.value.code == "SEAT_PLAN_NAME_TAKEN"
    assert store.rename("Monday", " Früh 🌅 ").name == "Früh 🌅"
    assert store.names() == ("Früh 🌅", "Tuesday")
    assert store.rename("Tuesday", "Tuesday").name == "Tuesday"
    (tmp_path / f"half{SUFFIX}").write_text("{", encoding="utf-8")
    plans, damaged = store.contents()
    assert [plan.name for plan in plans] == ["Früh 🌅", "Tuesday"]
    assert [path.name for path in damaged] == [f"half{SUFFIX}"]
