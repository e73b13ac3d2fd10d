"""Somebody else changed the seat: theirs, yours, or not now; and undo that looks before it leaps."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from office_studio.ui.assign.conflict_sheet import ConflictSheet
from office_studio.ui.assign.controller import EntryState, HistoryEntry
from tests.ui.assign_gestures.desk import THEME, Desk


def behind_our_back(desk: Desk, slot: int, name: str) -> None:
    """Another window seats somebody, and this one has not looked yet."""
    desk.office.bind(THEME, slot, desk.agents[name].id)


def conflict(desk: Desk, name: str, slot: int) -> tuple[HistoryEntry, ConflictSheet]:
    entry = desk.studio.assignments.assign(desk.agents[name].id, slot)
    assert entry is not None
    desk.settle()
    assert entry.state is EntryState.CONFLICT
    return entry, sheet_of(desk)


def sheet_of(desk: Desk) -> ConflictSheet:
    sheet = desk.studio.assign_flow.sheet
    assert isinstance(sheet, ConflictSheet)
    assert sheet.isVisible()
    return sheet


def test_theirs_is_preselected_and_keeps_what_the_office_has(desk: Desk) -> None:
    behind_our_back(desk, 3, "Ron")
    entry, sheet = conflict(desk, "Lumi", 3)
    assert sheet.title.text() == "Desk 4 was changed somewhere else"
    assert sheet.theirs.isChecked()
    assert sheet.theirs.accessibleName().startswith("On the server: Ron")
    assert sheet.mine.accessibleName().startswith("Yours: Lumi")
    assert sheet.primary.text() == "Keep Ron"
    assert desk.seated() == {3: "Ron"}
    sheet.primary.click()
    assert entry.state is EntryState.KEPT
    desk.becomes({3: "Ron"})
    assert not desk.studio.assignments.undo_stack.canUndo()


def test_mine_is_written_over_it_and_can_be_undone(desk: Desk) -> None:
    behind_our_back(desk, 3, "Ron")
    _, sheet = conflict(desk, "Lumi", 3)
    QTest.mouseClick(sheet.mine, Qt.MouseButton.LeftButton)
    assert sheet.primary.text() == "Seat Lumi"
    QTest.mouseClick(sheet.primary, Qt.MouseButton.LeftButton)
    desk.becomes({3: "Lumi"})
    assert [one.state for one in desk.studio.assignments.history] == [EntryState.SAVED]
    desk.studio.assignments.undo()
    desk.becomes({3: "Ron"})


def test_by_keys_alone_and_the_window_behind_hears_none_of_them(desk: Desk, qtbot: QtBot) -> None:
    desk.studio.roster.view.setFocus()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is desk.studio.roster.view, timeout=5_000)
    behind_our_back(desk, 3, "Ron")
    _, sheet = conflict(desk, "Lumi", 3)
    qtbot.waitUntil(lambda: QApplication.focusWidget() is sheet.primary, timeout=5_000)
    workspace = desk.studio.window.workspace
    desk.key(Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)  # would go to Watch
    assert desk.studio.window.workspace == workspace
    seen = []
    for _ in range(5):
        desk.key(Qt.Key.Key_Tab)
        seen.append(QApplication.focusWidget())
    assert set(seen) == {sheet.theirs, sheet.cancel_button, sheet.primary}  # arrows go from card to card
    sheet.theirs.setFocus()
    desk.key(Qt.Key.Key_Right)
    assert sheet.mine.isChecked()
    desk.key(Qt.Key.Key_Return)
    desk.becomes({3: "Lumi"})
    assert QApplication.focusWidget() is desk.studio.roster.view


def test_cancel_leaves_it_open_and_the_history_resolves_it(desk: Desk) -> None:
    behind_our_back(desk, 3, "Ron")
    entry, _ = conflict(desk, "Lumi", 3)
    desk.key(Qt.Key.Key_Escape)
    assert desk.studio.assign_flow.sheet is None
    assert entry.state is EntryState.CONFLICT
    panel = desk.studio.window.panel("history")
    assert panel.sentences[0] == "Not saved: Assign Lumi to Desk 4. Another window changed it."  # type: ignore[attr-defined]
    links = [one for one in panel.findChildren(QPushButton) if one.isVisible() and one.text() == "Resolve…"]
    QTest.mouseClick(links[0], Qt.MouseButton.LeftButton)
    sheet = sheet_of(desk)
    sheet.mine.setChecked(True)
    sheet.primary.click()
    desk.becomes({3: "Lumi"})


def test_an_agent_that_was_seated_elsewhere_is_not_taken_from_there_unasked(desk: Desk) -> None:
    behind_our_back(desk, 8, "Lumi")
    _, sheet = conflict(desk, "Lumi", 3)
    assert sheet.title.text() == "Lumi was seated somewhere else"
    assert sheet.primary.text() == f"Keep {desk.studio.assignments.label(8)}"
    sheet.mine.setChecked(True)
    assert sheet.primary.text() == "Move to Desk 4"
    sheet.primary.click()
    desk.becomes({3: "Lumi"})


def test_a_seat_that_was_emptied_and_one_to_be_emptied(desk: Desk) -> None:
    desk.seat_all({3: "Ron", 4: "Kai"})
    desk.unbind(3)
    _, sheet = conflict(desk, "Lumi", 3)
    assert sheet.primary.text() == "Leave it empty"
    sheet.primary.click()
    behind_our_back(desk, 4, "Pia")
    entry = desk.studio.assignments.unassign(desk.agents["Kai"].id)
    assert entry is not None
    desk.settle()
    sheet = sheet_of(desk)
    assert sheet.primary.text() == "Keep Pia"
    sheet.mine.setChecked(True)
    assert sheet.primary.text() == "Empty Desk 5"
    sheet.primary.click()
    desk.becomes({})


def test_two_conflicts_are_asked_one_after_the_other(desk: Desk, qtbot: QtBot) -> None:
    behind_our_back(desk, 3, "Ron")
    behind_our_back(desk, 5, "Kai")
    first = desk.studio.assignments.assign(desk.agents["Lumi"].id, 3)
    second = desk.studio.assignments.assign(desk.agents["Pia"].id, 5)
    assert first is not None
    assert second is not None
    desk.settle()
    sheet_of(desk).primary.click()
    qtbot.waitUntil(lambda: desk.studio.assign_flow.sheet is not None, timeout=5_000)
    assert sheet_of(desk).primary.text() == "Keep Kai"
    sheet_of(desk).primary.click()
    assert (first.state, second.state) == (EntryState.KEPT, EntryState.KEPT)
    desk.becomes({3: "Ron", 5: "Kai"})


def test_undo_asks_when_the_office_no_longer_has_what_it_undoes(desk: Desk) -> None:
    desk.studio.assignments.assign(desk.agents["Lumi"].id, 3)
    desk.becomes({3: "Lumi"})
    behind_our_back(desk, 3, "Ron")
    desk.studio.assignments.undo()
    desk.settle()
    sheet = sheet_of(desk)
    assert sheet.primary.text() == "Keep Ron"
    desk.key(Qt.Key.Key_Escape)
    assert desk.seated() == desk.on_server() == {3: "Ron"}
    assert desk.studio.assignments.undo_stack.canUndo()  # put off, not forgotten
    desk.studio.assignments.undo()
    desk.settle()
    sheet_of(desk).primary.click()
    desk.becomes({3: "Ron"})
    assert not desk.studio.assignments.undo_stack.canUndo()  # it cannot be undone any more


def test_redo_asks_too(desk: Desk) -> None:
    desk.studio.assignments.assign(desk.agents["Lumi"].id, 3)
    desk.becomes({3: "Lumi"})
    desk.studio.assignments.undo()
    desk.becomes({})
    behind_our_back(desk, 3, "Ron")
    desk.studio.assignments.redo()
    desk.settle()
    sheet = sheet_of(desk)
    sheet.mine.setChecked(True)
    sheet.primary.click()
    desk.becomes({3: "Lumi"})


def test_a_plan_that_meets_a_change_is_not_begun(desk: Desk) -> None:
    desk.seat_all({0: "Ron", 1: "Kai"})
    rows = desk.studio.assignments.rows()
    behind_our_back(desk, 1, "Pia")
    from office_studio.core.office.seat_changes import changes_to

    changes = changes_to(rows, {1: desk.agents["Lumi"].id, 2: desk.agents["Vivi"].id})
    entry = desk.studio.assignments.apply_changes(changes, "Apply plan Monday")
    assert entry is not None
    desk.settle()
    assert entry.state is EntryState.CONFLICT
    assert desk.on_server() == {0: "Ron", 1: "Pia"}  # not even the part that nobody touched
    sheet = sheet_of(desk)
    sheet.mine.setChecked(True)
    sheet.primary.click()
    desk.becomes({0: "Ron", 1: "Lumi", 2: "Vivi"})
