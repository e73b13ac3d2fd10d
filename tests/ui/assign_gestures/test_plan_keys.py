"""Seat plans without a mouse: saved, renamed, exported, imported, deleted. No pointer moves in these tests."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog, QListWidget

from office_studio.services.seat_plans import read_plan
from office_studio.ui.assign.plan_dialog import PlanDialog
from office_studio.ui.assign.plans_sheet import NameSheet, PlansSheet
from tests.ui.assign_gestures.desk import Desk
from tests.ui.assign_gestures.test_keys import run_by_palette

Key, Modifier = Qt.Key, Qt.KeyboardModifier
CONTROL = Modifier.ControlModifier


def plans(desk: Desk) -> list[str]:
    return [plan.name for plan in desk.studio.assign_flow.shelf.plans]


def waits(desk: Desk, kind: type) -> None:
    """Until the sheet that is open is one of that kind."""
    assert desk.qtbot is not None
    desk.qtbot.waitUntil(lambda: isinstance(desk.studio.assign_flow.sheet, kind))


def begin(desk: Desk) -> None:
    """The window is that of all tests of this kind, and keeps its plans."""
    shelf = desk.studio.assign_flow.shelf
    for plan in shelf.plans:
        shelf.delete(plan)
    become(desk, [])


def become(desk: Desk, names: list[str]) -> None:
    assert desk.qtbot is not None
    desk.qtbot.waitUntil(lambda: sorted(plans(desk)) == sorted(names))


def named(desk: Desk, name: str) -> None:
    """Into the sheet that asks for a name; the old one is marked, so typing replaces it."""
    waits(desk, NameSheet)
    desk.type(name)
    desk.key(Key.Key_Return)


def file_typed(desk: Desk, path: Path) -> None:
    assert desk.qtbot is not None
    desk.qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), QFileDialog))
    desk.key(Key.Key_A, CONTROL)
    desk.type(str(path))
    desk.key(Key.Key_Return)
    desk.qtbot.waitUntil(lambda: QApplication.activeModalWidget() is None)


def asked(desk: Desk) -> None:
    """Until the dialog that asks which plan is there."""
    assert desk.qtbot is not None
    desk.qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), PlanDialog))


def chosen(desk: Desk) -> str:
    sheet = desk.studio.assign_flow.sheet
    assert isinstance(sheet, PlansSheet)
    assert isinstance(desk.focused(), QListWidget)
    return sheet.chosen.name if sheet.chosen is not None else ""


def test_all_of_it_in_the_sheet_of_plans(desk: Desk, tmp_path: Path) -> None:
    assert desk.qtbot is not None
    begin(desk)
    desk.seat_all({0: "Kai", 3: "Zoe"})
    file = tmp_path / "kept.json"
    desk.key(Key.Key_P, CONTROL | Modifier.ShiftModifier)
    waits(desk, PlansSheet)
    desk.key(Key.Key_S, CONTROL)
    named(desk, "Monday")
    become(desk, ["Monday"])
    desk.key(Key.Key_P, CONTROL | Modifier.ShiftModifier)
    waits(desk, PlansSheet)
    assert chosen(desk) == "Monday"
    desk.key(Key.Key_F2)
    named(desk, "Tuesday")
    become(desk, ["Tuesday"])
    waits(desk, PlansSheet)  # back where it was asked for
    assert chosen(desk) == "Tuesday"
    desk.key(Key.Key_E, CONTROL)
    file_typed(desk, file)
    desk.qtbot.waitUntil(file.is_file)
    assert {entry.agent_name for entry in read_plan(file).entries} == {"Kai", "Zoe"}
    desk.key(Key.Key_Delete)
    become(desk, [])
    desk.key(Key.Key_O, CONTROL)
    file_typed(desk, file)
    become(desk, ["Tuesday"])
    desk.qtbot.waitUntil(lambda: chosen(desk) == "Tuesday")
    for wanted in ("Rename", "Export…", "Delete", "Import…", "Save present seats…", "Close", "Apply…"):
        for _ in range(9):
            if desk.focused().accessibleName() == wanted:
                break
            desk.key(Key.Key_Tab)
        assert desk.focused().accessibleName() == wanted
    desk.key(Key.Key_Escape)
    assert desk.studio.assign_flow.sheet is None


def test_the_palette_asks_which_plan(desk: Desk, tmp_path: Path) -> None:
    assert desk.qtbot is not None
    flow, file = desk.studio.assign_flow, tmp_path / "palette.json"
    begin(desk)
    assert desk.studio.actions.reason(desk_action("plans.rename")) == "There are no plans yet"
    desk.seat_all({0: "Kai"})
    for name in ("Early", "Late"):
        flow.save_as(name)
        desk.qtbot.waitUntil(lambda name=name: name in plans(desk))
    run_by_palette(desk, "Rename a plan")
    asked(desk)
    assert isinstance(flow.dialog, PlanDialog)
    assert flow.dialog.chosen is not None
    assert flow.dialog.chosen.title == "Late", "the one in use"
    desk.type("early")
    assert "“Early”" in flow.dialog.search.accessibleDescription()
    desk.key(Key.Key_Return)
    named(desk, "At dawn")
    become(desk, ["At dawn", "Late"])
    assert flow.sheet is None
    assert desk.toasts[-1:] == ["“Early” is now “At dawn” | "]
    assert desk.focused().isVisible(), "the keyboard is back in the window"
    run_by_palette(desk, "Export a plan")
    asked(desk)
    desk.type("dawn")
    desk.key(Key.Key_Return)
    file_typed(desk, file)
    desk.qtbot.waitUntil(file.is_file)
    assert read_plan(file).name == "At dawn"
    run_by_palette(desk, "Delete a plan")
    asked(desk)
    desk.type("dawn")
    desk.key(Key.Key_Return)
    become(desk, ["Late"])
    run_by_palette(desk, "Import a plan")
    file_typed(desk, file)
    become(desk, ["At dawn", "Late"])


def desk_action(action_id: str) -> object:
    from office_studio.ui.action_table import BY_ID

    return BY_ID[action_id]
