"""Seats: drag and drop, dialog, undo, refusals. Every change is looked up on the server."""

from __future__ import annotations

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from office_studio.app import Application
from office_studio.ui.assign.assign_dialog import AssignDialog
from office_studio.ui.assign.controller import EntryState
from tests.ui.conftest import Agent, Office
from tests.ui.hand import drag, settle
from tests.ui.test_live_window import connect, wait_for_theme

THEME = "cozy-loft"


def ready(qtbot: QtBot, application: Application, office: Office, *names: str) -> list[Agent]:
    agents = [office.add_agent(name) for name in names]
    for agent in agents:
        agent.work()
    wait_for_theme(qtbot, application)
    connect(qtbot, application, office, len(agents))
    assert application.studio.assignments.why_not() == ""
    qtbot.waitUntil(lambda: application.studio.assignments.label(0) == "Desk 1", timeout=10_000)  # not “Slot 1”
    live = application.studio.store.live_agents  # a row of the roster moves when its status comes in
    qtbot.waitUntil(lambda: all(live[agent.id].status == "working" for agent in agents), timeout=10_000)
    settle(qtbot, application.studio.roster)
    return agents


def drop_row_on_seat(application: Application, agent_id: str, slot: int) -> None:
    """Press a row of the roster, move, let go over a seat of the scene: the mouse events of a hand."""
    studio = application.studio
    view = studio.roster.view
    row = view.visualRect(studio.roster.model.index_of(agent_id)).center()
    drag(view.viewport(), row, studio.stage.viewport(), studio.stage.slot_point(slot))


def test_dropping_a_row_on_a_seat_binds_on_the_server(qtbot: QtBot, application: Application, office: Office) -> None:
    vivi, otto = ready(qtbot, application, office, "Vivi", "Otto")
    studio = application.studio
    studio.window.show_workspace("assign")
    drop_row_on_seat(application, vivi.id, 2)
    assert studio.assignments.seated() == {2: vivi.id}  # shown before the server has answered
    assert studio.assignments.history[0].state is EntryState.SAVING
    qtbot.waitUntil(lambda: office.bindings(THEME) == {2: vivi.id}, timeout=5_000)
    qtbot.waitUntil(lambda: studio.assignments.history[0].state is EntryState.SAVED)
    toast = studio.window.stage_frame.toasts.toasts[-1]
    assert toast.title == f"Assign Vivi to {studio.assignments.label(2)}"

    drop_row_on_seat(application, otto.id, 3)
    drop_row_on_seat(application, otto.id, 2)  # swap
    qtbot.waitUntil(lambda: office.bindings(THEME) == {2: otto.id, 3: vivi.id}, timeout=5_000)
    assert studio.assignments.history[0].words == "Swap Otto and Vivi"


def test_undo_and_redo_reach_the_server(qtbot: QtBot, application: Application, office: Office) -> None:
    vivi, otto = ready(qtbot, application, office, "Vivi", "Otto")
    assignments = application.studio.assignments
    assignments.assign(vivi.id, 0)
    assignments.assign(otto.id, 0)  # takes the seat: Vivi loses it
    qtbot.waitUntil(lambda: office.bindings(THEME) == {0: otto.id}, timeout=5_000)
    assignments.undo()
    qtbot.waitUntil(lambda: office.bindings(THEME) == {0: vivi.id}, timeout=5_000)
    assignments.undo()
    qtbot.waitUntil(lambda: office.bindings(THEME) == {}, timeout=5_000)
    assignments.redo()
    qtbot.waitUntil(lambda: office.bindings(THEME) == {0: vivi.id}, timeout=5_000)
    assert application.studio.assignments.undo_stack.redoText().startswith("Assign Otto")
    assignments.unassign(vivi.id)
    qtbot.waitUntil(lambda: office.bindings(THEME) == {}, timeout=5_000)


def test_a_change_by_somebody_else_is_not_overwritten(qtbot: QtBot, application: Application, office: Office) -> None:
    vivi, otto = ready(qtbot, application, office, "Vivi", "Otto")
    studio = application.studio
    office.bind(THEME, 1, otto.id)  # another window, after our last look
    studio.assignments.assign(vivi.id, 1)
    entry = studio.assignments.history[0]
    qtbot.waitUntil(lambda: entry.state is EntryState.CONFLICT, timeout=5_000)
    assert entry.reason == "Another window changed it."
    assert office.bindings(THEME) == {1: otto.id}
    assert studio.assignments.seated() == {1: otto.id}  # rolled back to what really is
    assert not studio.assignments.undo_stack.canUndo()
    sheet = studio.assign_flow.sheet
    assert sheet.primary.text() == "Keep Otto"
    sheet.primary.click()
    assert entry.state is EntryState.KEPT
    assert office.bindings(THEME) == {1: otto.id}


def test_changes_from_outside_appear(qtbot: QtBot, application: Application, office: Office) -> None:
    (vivi,) = ready(qtbot, application, office, "Vivi")
    office.bind(THEME, 4, vivi.id)
    qtbot.waitUntil(lambda: application.studio.assignments.seated() == {4: vivi.id}, timeout=8_000)
    assert [row.slot_index for row in application.studio.stage.bindings] == [4]


def test_assign_dialog_names_the_loser(qtbot: QtBot, application: Application, office: Office) -> None:
    vivi, otto = ready(qtbot, application, office, "Vivi", "Otto")
    studio = application.studio
    studio.assignments.assign(otto.id, 0)
    qtbot.waitUntil(lambda: office.bindings(THEME) == {0: otto.id}, timeout=5_000)
    studio.store.select(vivi.id)
    studio.actions.run("assign.assign")
    dialog = studio.window.findChild(AssignDialog)
    dialog.select(0)
    assert "Otto loses this seat" in dialog.consequence.accessibleName()
    qtbot.keyClick(dialog.search, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: office.bindings(THEME) == {0: vivi.id}, timeout=5_000)


def test_seats_survive_a_restart_of_window_and_server(qtbot: QtBot, application: Application, office: Office) -> None:
    vivi, _ = ready(qtbot, application, office, "Vivi", "Otto")
    application.studio.assignments.assign(vivi.id, 5)
    qtbot.waitUntil(lambda: office.bindings(THEME) == {5: vivi.id}, timeout=5_000)
    application.studio.session.leave()
    assert application.studio.assignments.seated() == {}
    connect(qtbot, application, office, 2)
    qtbot.waitUntil(lambda: application.studio.assignments.seated() == {5: vivi.id}, timeout=5_000)
