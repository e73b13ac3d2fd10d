"""Undo and redo of everything, clear all, bulk, auto-assign with rules and pins, and seat plans, in the real window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu, QPushButton
from pytestqt.qtbot import QtBot

from office_studio.ui.assign.auto_sheet import AutoSheet
from office_studio.ui.assign.controller import EntryState
from office_studio.ui.assign.plan_picker import PlanPicker
from office_studio.ui.assign.plans_sheet import ClearSheet, NameSheet, PlansSheet
from office_studio.ui.assign.proposal_sheet import ProposalSheet
from office_studio.ui.watch.roster_model import IdRole
from tests.ui.assign_gestures.desk import Desk


def ids(desk: Desk, *names: str) -> list[str]:
    return [desk.agents[name].id for name in names]


STEPS: list[tuple[str, Callable[[Desk], object], dict[int, str], str]] = [
    ("assign", lambda d: d.studio.assignments.assign(*ids(d, "Pia"), 5), {0: "Ron", 1: "Kai", 5: "Pia"},
     "Assign Pia to Desk 6"),
    ("move", lambda d: d.studio.assignments.assign(*ids(d, "Ron"), 5), {5: "Ron", 1: "Kai"},
     "Move Ron from Desk 1 to Desk 6"),
    ("swap", lambda d: d.studio.assignments.assign(*ids(d, "Ron"), 1), {0: "Kai", 1: "Ron"}, "Swap Ron and Kai"),
    ("replace", lambda d: d.studio.assignments.assign(*ids(d, "Pia"), 1), {0: "Ron", 1: "Pia"},
     "Assign Pia to Desk 2, in place of Kai"),
    ("clear one", lambda d: d.studio.assignments.unassign_slot(1), {0: "Ron"}, "Remove Kai from Desk 2"),
    ("clear all", lambda d: d.studio.assignments.clear_all(), {}, "Clear all seats"),
    ("bulk", lambda d: d.studio.assignments.assign_many(ids(d, "Pia", "Zoe"), (3, 4)),
     {0: "Ron", 1: "Kai", 3: "Pia", 4: "Zoe"}, "Assign Pia to Desk 4, and 1 more"),
]  # fmt: skip


@pytest.mark.parametrize(("act", "after", "words"), [step[1:] for step in STEPS], ids=[step[0] for step in STEPS])
def test_every_step_is_undone_and_redone(
    desk: Desk, act: Callable[[Desk], object], after: dict[int, str], words: str
) -> None:
    before = {0: "Ron", 1: "Kai"}
    desk.seat_all(before)
    controller = desk.studio.assignments
    act(desk)
    desk.becomes(after)
    assert controller.undo_stack.undoText() == words
    controller.undo()
    desk.becomes(before)
    controller.redo()
    desk.becomes(after)
    assert [entry.words for entry in controller.history] == [words, f"Undo: {words}", words]
    assert [entry.state for entry in controller.history] == [EntryState.SAVED, EntryState.SAVED, EntryState.UNDONE]


def test_a_line_of_the_history_is_undone_by_itself(desk: Desk) -> None:
    controller = desk.studio.assignments
    first = controller.assign(*ids(desk, "Ron"), 0)
    second = controller.assign(*ids(desk, "Kai"), 1)
    third = controller.assign(*ids(desk, "Pia"), 1)
    desk.becomes({0: "Ron", 1: "Pia"})
    assert [controller.can_undo_entry(one) for one in (first, second, third)] == [True, False, True]  # type: ignore[arg-type]
    panel = desk.studio.window.panel("history")
    undo = [
        one for one in panel.findChildren(QPushButton) if one.isVisible() and one.accessibleName().startswith("Undo A")
    ]
    assert [one.accessibleName() for one in undo] == [
        "Undo Assign Pia to Desk 2, in place of Kai", "Undo Assign Ron to Desk 1",
    ]  # fmt: skip
    QTest.mouseClick(undo[1], Qt.MouseButton.LeftButton)
    desk.becomes({1: "Pia"})
    controller.undo()  # of the undoing
    desk.becomes({0: "Ron", 1: "Pia"})


def test_clear_all_asks_names_the_number_and_can_keep_the_pinned(desk: Desk) -> None:
    desk.seat_all({0: "Ron", 1: "Kai", 2: "Pia"})
    studio = desk.studio
    studio.store.select(*ids(desk, "Kai"))
    studio.actions.run("assign.pin")
    assert studio.assignments.is_pinned(*ids(desk, "Kai"))
    studio.actions.run("assign.clear")
    sheet = studio.assign_flow.sheet
    assert isinstance(sheet, ClearSheet)
    assert sheet.primary.text() == "Clear 2 seats"
    desk.key(Qt.Key.Key_Escape)
    assert desk.on_server() == {0: "Ron", 1: "Kai", 2: "Pia"}
    studio.actions.run("assign.clear")
    sheet = studio.assign_flow.sheet
    assert isinstance(sheet, ClearSheet)
    sheet.primary.click()
    desk.becomes({1: "Kai"})
    studio.actions.run("assign.clear")
    sheet = studio.assign_flow.sheet
    assert isinstance(sheet, ClearSheet)
    sheet.keep.setChecked(False)
    assert sheet.primary.text() == "Clear 1 seat"
    sheet.primary.click()
    desk.becomes({})


def test_several_agents_of_the_roster_get_free_seats(desk: Desk) -> None:
    desk.seat_all({0: "Ron"})
    studio, view = desk.studio, desk.studio.roster.view
    model, chosen = studio.roster.model, ("Kai", "Pia", "Ron")
    for name in chosen:
        where, at = desk.row(name)
        QTest.mouseClick(where, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier, at)
    assert {desk.name(one) for one in view.chosen_ids()} == set(chosen)
    studio.actions.run("assign.free")
    sheet = studio.assign_flow.sheet
    assert isinstance(sheet, ProposalSheet)
    assert sheet.title.text() == "Assign 2 agents to free seats"
    assert desk.on_server() == {0: "Ron"}
    sheet.primary.click()
    desk.settle()
    assert set(desk.on_server()) == {0, 1, 2}
    assert set(desk.on_server().values()) == set(chosen)
    assert model.index(0).data(IdRole) is None
    view.selectionModel().select(view.currentIndex(), QItemSelectionModel.SelectionFlag.ClearAndSelect)
    studio.assignments.undo()
    desk.becomes({0: "Ron"})


def test_auto_assign_proposes_and_only_then_writes(desk: Desk) -> None:
    desk.seat_all({3: "Ron", 4: "Kai"})
    studio = desk.studio
    studio.assignments.set_pinned(ids(desk, "Kai")[0], True)
    studio.actions.run("assign.auto")
    sheet = studio.assign_flow.sheet
    assert isinstance(sheet, AutoSheet)
    assert sheet.verdict.accessibleName() == "8 get a seat, 2 stay."
    assert "Bram: Desk 1 · free work seat" in sheet.list.words
    QTest.mouseClick(sheet.add_rule, Qt.MouseButton.LeftButton)
    rule = sheet.rule_rows[0]
    QTest.keyClicks(rule.pattern, "*ia")
    rule.zone.setCurrentIndex(rule.zone.findText("Meeting"))
    assert any(words.startswith("Pia: Table 1 · rule “*ia”") for words in sheet.list.words)
    sheet.anew.setChecked(True)
    assert sheet.anew.text() == "Seat everybody anew, but the 1 pinned"
    assert any(words.startswith("Ron: Desk 4 →") for words in sheet.list.words)
    assert not any(words.startswith("Kai") for words in sheet.list.words)
    assert desk.on_server() == {3: "Ron", 4: "Kai"}
    sheet.primary.click()
    desk.settle()
    found = desk.on_server()
    assert len(found) == 10
    assert found[4] == "Kai"
    assert found[6] == "Pia"  # Table 1
    assert desk.seated() == found
    assert [str(rule) for rule in studio.assign_flow.memory.rules] == ["name:*ia=meeting"]
    studio.assignments.undo()
    desk.becomes({3: "Ron", 4: "Kai"})
    studio.actions.run("assign.auto")  # rules are remembered
    sheet = studio.assign_flow.sheet
    assert isinstance(sheet, AutoSheet)
    assert sheet.rule_rows[0].pattern.text() == "*ia"
    sheet.rule_rows[0].removed.emit()
    sheet.close_sheet()


def test_pins_and_the_plan_in_use_are_kept_per_office_and_theme(desk: Desk) -> None:
    from office_studio.ui.assign.memory import recall

    kai = ids(desk, "Kai")[0]
    desk.studio.assignments.set_pinned(kai, True)
    office = desk.studio.session.office
    assert office is not None
    assert recall(desk.studio.settings, office.key, "cozy-loft").pins == {kai}
    assert recall(desk.studio.settings, office.key, "night-lab").pins == frozenset()
    assert recall(desk.studio.settings, "elsewhere", "cozy-loft").pins == frozenset()
    desk.studio.assignments.set_pinned(kai, False)


def plans(desk: Desk) -> list[str]:
    return [plan.name for plan in desk.studio.assign_flow.shelf.plans]


def save(desk: Desk, qtbot: QtBot, name: str) -> None:
    flow = desk.studio.assign_flow
    desk.studio.actions.run("plans.save")
    sheet = flow.sheet
    assert isinstance(sheet, NameSheet)
    sheet.field.selectAll()
    sheet.field.insert(name)  # QTest types Latin letters only
    QTest.keyClick(sheet.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: name in plans(desk), timeout=5_000)


def test_a_new_user_saves_clears_and_applies_a_plan(desk: Desk, qtbot: QtBot) -> None:
    studio, flow = desk.studio, desk.studio.assign_flow
    monday = {0: "Ron", 1: "Kai", 2: "Pia"}
    desk.seat_all(monday)
    save(desk, qtbot, "Monday & co")
    picker = desk.slots.findChild(PlanPicker)
    assert picker is not None
    assert (picker.button.text().strip(), picker.note.text()) == ("Monday & co", "as saved")
    studio.assignments.assign(*ids(desk, "Ron"), 1)
    studio.assignments.assign(*ids(desk, "Zoe"), 2)
    desk.becomes({0: "Kai", 1: "Ron", 2: "Zoe"})
    assert picker.note.text() == "4 changes"
    picker.menu.aboutToShow.emit()
    entry = next(action for action in picker.menu.actions() if action.text() == "Monday && co")
    assert entry.isChecked()
    entry.trigger()
    sheet = flow.sheet
    assert isinstance(sheet, ProposalSheet)
    assert sheet.verdict.accessibleName() == "2 move, 1 gets a seat, 1 loses its seat."
    assert "Zoe: leaves Desk 3" in sheet.list.words
    assert desk.on_server() == {0: "Kai", 1: "Ron", 2: "Zoe"}
    desk.key(Qt.Key.Key_Return)
    desk.becomes(monday)
    assert picker.note.text() == "as saved"
    assert studio.assignments.undo_stack.undoText() == "Apply plan Monday & co"
    studio.assignments.undo()
    desk.becomes({0: "Kai", 1: "Ron", 2: "Zoe"})
    # The preview keeps up with what others do while it is read.
    flow.apply_plan(flow.shelf.plans[0])
    sheet = flow.sheet
    assert isinstance(sheet, ProposalSheet)
    desk.unbind(2)
    studio.session.refresh_bindings()
    qtbot.waitUntil(lambda: sheet.verdict.accessibleName() == "2 move, 1 gets a seat.", timeout=5_000)
    sheet.primary.click()
    desk.becomes(monday)
    names = [entry.title for entry in studio._palette_entries()]
    assert "Apply plan Monday & co" in names
    menu = studio.actions.submenus["Assign/Plans"]
    menu.aboutToShow.emit()
    assert menu.actions()[0].text() == "Monday && co"
    menu.aboutToHide.emit()  # while a menu is open, what cannot be done now has no key
    forget_all(desk, qtbot)


def test_six_agents_two_swapped_three_undone_saved_cleared_and_applied(desk: Desk, qtbot: QtBot) -> None:
    """What a new user tries first, without the mouse."""
    studio = desk.studio
    for slot, name in enumerate(("Bram", "Kai", "Lumi", "Mika", "Otto", "Pia")):
        studio.store.select(desk.agents[name].id)
        desk.key(Qt.Key.Key_M, Qt.KeyboardModifier.ControlModifier)  # the first free seat is chosen already
        desk.key(Qt.Key.Key_Return)
        desk.settle()
        assert desk.on_server()[slot] == name
    studio.assignments.assign(*ids(desk, "Kai"), 3)
    desk.settle()
    assert desk.on_server()[1] == "Mika"
    for _ in range(3):
        desk.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    four = {0: "Bram", 1: "Kai", 2: "Lumi", 3: "Mika"}
    desk.becomes(four)
    save(desk, qtbot, "First")
    studio.actions.run("assign.clear")
    desk.key(Qt.Key.Key_Tab)
    desk.key(Qt.Key.Key_Return)
    desk.becomes({})
    desk.key(Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert isinstance(studio.assign_flow.sheet, PlansSheet)
    desk.key(Qt.Key.Key_Return)
    assert isinstance(studio.assign_flow.sheet, ProposalSheet)
    desk.key(Qt.Key.Key_Return)
    desk.becomes(four)
    forget_all(desk, qtbot)


def forget_all(desk: Desk, qtbot: QtBot) -> None:
    for plan in desk.studio.assign_flow.shelf.plans:
        desk.studio.assign_flow.shelf.delete(plan)
    qtbot.waitUntil(lambda: not plans(desk), timeout=5_000)


def test_plans_are_renamed_deleted_exported_and_imported_by_keys(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    studio, flow = desk.studio, desk.studio.assign_flow
    desk.seat_all({0: "Ron"})
    save(desk, qtbot, "Früh 🌅")
    save(desk, qtbot, "Late")
    studio.actions.run("plans.manage")
    sheet = flow.sheet
    assert isinstance(sheet, PlansSheet)
    assert sheet.chosen is not None
    assert sheet.chosen.name == "Late"
    desk.key(Qt.Key.Key_F2)
    naming = flow.sheet
    assert isinstance(naming, NameSheet)
    naming.field.setText("Früh 🌅")
    assert not naming.primary.isEnabled()
    assert naming.note.accessibleName() == "There is a plan “Früh 🌅” already."
    naming.field.setText("Evening")
    desk.key(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: plans(desk) == ["Evening", "Früh 🌅"], timeout=5_000)
    qtbot.waitUntil(lambda: isinstance(flow.sheet, PlansSheet), timeout=5_000)
    assert flow.plan_in_use()[0] == "Evening"
    desk.key(Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: plans(desk) == ["Früh 🌅"], timeout=5_000)
    toast = studio.window.stage_frame.toasts.toasts[-1]
    assert toast.title == "Deleted “Evening”"
    toast.findChildren(QPushButton)[0].click()
    qtbot.waitUntil(lambda: plans(desk) == ["Evening", "Früh 🌅"], timeout=5_000)
    file = tmp_path / "plan.seats.json"
    flow.export_plan(flow.shelf.plans[1], file)
    qtbot.waitUntil(file.exists, timeout=5_000)
    flow.import_plan(file)
    qtbot.wait(200)
    assert plans(desk) == ["Evening", "Früh 🌅"]  # it is there already
    desk.seat_all({4: "Ron"})
    flow.save_as("Früh 🌅")
    qtbot.waitUntil(lambda: flow.shelf.plans[1].target.keys() == {4}, timeout=5_000)
    flow.import_plan(file)
    qtbot.waitUntil(lambda: plans(desk) == ["Evening", "Früh 🌅", "Früh 🌅 2"], timeout=5_000)
    broken = tmp_path / "broken.json"
    broken.write_text("{", encoding="utf-8")
    flow.import_plan(broken)
    qtbot.waitUntil(lambda: any(words.startswith("Plan not imported | ") for words in desk.toasts), timeout=5_000)
    (flow.shelf._store.folder / "half.seats.json").write_text("[]", encoding="utf-8")
    flow.manage_plans()
    manage = flow.sheet
    assert isinstance(manage, PlansSheet)
    qtbot.waitUntil(
        lambda: "1 file in the plans folder cannot be read." in manage.about.accessibleName(), timeout=5_000
    )
    (flow.shelf._store.folder / "half.seats.json").unlink()
    manage.close_sheet()
    forget_all(desk, qtbot)


def test_a_plan_is_carried_to_another_theme_and_says_who_does_not_fit(desk: Desk, qtbot: QtBot) -> None:
    from dataclasses import replace

    from office_studio.core.office.seat_plan import PlanEntry
    from office_studio.core.theme.model import ZoneType

    flow = desk.studio.assign_flow
    flow.save_as("Elsewhere")
    qtbot.waitUntil(lambda: bool(plans(desk)), timeout=5_000)
    ron, kai = ids(desk, "Ron", "Kai")
    entries = (
        PlanEntry(0, ron, "Ron", "d9", ZoneType.WORK, "Desk 3"),
        PlanEntry(1, kai, "Kai", "d1", ZoneType.CUSTOM, "Roof"),
        PlanEntry(2, "0" * 8, "Nobody Here", "d2", ZoneType.WORK, "Desk 1"),
    )
    plan = replace(flow.shelf.plans[0], theme_id="night-lab", theme_name="Night Lab", entries=entries)
    flow.apply_plan(plan)
    sheet = flow.sheet
    assert isinstance(sheet, ProposalSheet)
    assert sheet.title.text() == "Carry “Elsewhere” over from Night Lab"
    assert sheet.verdict.accessibleName() == "1 gets a seat, 2 do not fit."
    assert "Kai: the theme has no custom seats" in sheet.list.words
    assert "Nobody Here: this office has no such agent" in sheet.list.words
    sheet.primary.click()
    desk.becomes({2: "Ron"})
    forget_all(desk, qtbot)


def test_actions_say_why_they_cannot_be_done(desk: Desk) -> None:
    studio = desk.studio
    reasons = {one: studio.actions.reason(_action(one)) for one in ("assign.clear", "assign.free", "assign.pin")}
    assert reasons == {
        "assign.clear": "Nobody has a seat",
        "assign.free": "Select agents first",
        "assign.pin": "Select an agent first",
    }
    assert isinstance(studio.actions.submenus["Assign/Plans"], QMenu)


def _action(action_id: str):  # type: ignore[no-untyped-def]
    from office_studio.ui.action_table import BY_ID

    return BY_ID[action_id]
