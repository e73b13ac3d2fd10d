"""Offices that say odd things, agents that vanish, themes that shrink, several windows, and windows nobody sees."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from office_studio.app import Application
from office_studio.ui.assign.controller import EntryState
from office_studio.ui.assign.flow import AssignFlow
from office_studio.ui.connect.office_ref import OfficeKind, OfficeRef
from tests.ui.assign.faulty import FaultyProxy
from tests.ui.assign_gestures.desk import THEME, Desk
from tests.ui.conftest import _destroy

LONG = "L" + "o" * 197 + "ng"
STRANGE_NAMES = ("👩‍🚀🚀 Ada", "שרה كريم", "‮evil‬ <b>x</b> & co", "e\u0301" * 20, LONG)


def tell(desk: Desk, *rows: tuple[int, str, str | None]) -> None:
    """Have the office answer with these rows."""
    proxy = desk.proxy
    assert isinstance(proxy, FaultyProxy)
    told: list[dict[str, Any]] = [{"slotIndex": slot, "agentId": who, "agentName": name} for slot, who, name in rows]
    proxy.rows = told
    desk.studio.session.refresh_bindings()
    assert desk.qtbot is not None
    desk.qtbot.waitUntil(lambda: len(desk.studio.store.bindings) == len(rows), timeout=5_000)


def test_rows_that_contradict_each_other_are_shown_once_and_can_be_mended(desk: Desk, qtbot: QtBot) -> None:
    ron, kai = desk.agents["Ron"].id, desk.agents["Kai"].id
    controller = desk.studio.assignments
    tell(desk, (2, ron, "Ron"), (2, kai, "Kai"), (5, ron, "Ron"), (5, ron, "Ron"))
    assert controller.seated() == {2: ron, 5: ron}
    assert controller.doubles() == {ron: (2, 5)}
    assert desk.slots.model.rowCount() > 0
    # What the user asks for is sent as ever, and the office's next, sane answer is believed.
    desk.proxy.rows = None  # type: ignore[attr-defined]
    desk.seat_all({2: "Ron"})
    assert controller.doubles() == {}
    entry = controller.assign(ron, 5)
    desk.becomes({5: "Ron"})
    assert entry is not None
    assert entry.state is EntryState.SAVED


def test_negative_and_surplus_slots_are_flagged_and_can_be_emptied(desk: Desk) -> None:
    for slot, name in ((-3, "Ron"), (99, "Kai"), (2_147_483_647, "Pia"), (0, "Zoe")):
        desk.office.bind(THEME, slot, desk.agents[name].id)
    desk.studio.session.refresh_bindings()
    everything = {-3: "Ron", 99: "Kai", 2_147_483_647: "Pia", 0: "Zoe"}
    desk.becomes(everything)
    controller = desk.studio.assignments
    assert {slot: desk.name(who) for slot, who in controller.strays().items()} == {
        slot: name for slot, name in everything.items() if slot
    }
    assert controller.assign(desk.agents["Ron"].id, 99) is None  # no such seat to move to
    assert desk.toasts[-1].startswith("Not saved: Ron to slot 100 | The theme has no slot 100.")
    controller.assign(desk.agents["Ron"].id, 0)  # replaces: nobody is swapped into slot -3
    desk.becomes({0: "Ron", 99: "Kai", 2_147_483_647: "Pia"})
    controller.unassign_slot(99)
    desk.becomes({0: "Ron", 2_147_483_647: "Pia"})
    controller.undo()
    desk.becomes({0: "Ron", 99: "Kai", 2_147_483_647: "Pia"})
    controller.clear_all()
    desk.becomes({})


def test_an_agent_deleted_on_the_server_is_told_and_does_not_stop_the_rest(desk: Desk, qtbot: QtBot) -> None:
    office, studio = desk.office, desk.studio
    gone = office.add_agent("Gone")
    studio.session._refresh_own_agents()
    qtbot.waitUntil(lambda: studio.store.knows(gone.id), timeout=10_000)
    studio.assignments.assign(gone.id, 3)
    qtbot.waitUntil(lambda: office.bindings(THEME) == {3: gone.id}, timeout=5_000)
    desk.settle()
    desk.http.delete(f"/api/agents/{gone.id}").raise_for_status()
    entry = studio.assignments.assign(gone.id, 4)
    desk.settle()
    assert entry is not None
    if entry.state is EntryState.CONFLICT:  # the office has taken it out of its seat as well
        assert studio.assign_flow.sheet is not None
        studio.assign_flow.sheet.mine.setChecked(True)  # type: ignore[attr-defined]
        studio.assign_flow.sheet.primary.click()
        desk.settle()
        entry = studio.assignments.history[0]
    assert entry.state is EntryState.FAILED
    assert entry.reason == "That agent belongs to someone else, or does not exist."
    desk.becomes({})
    studio.assignments.assign(desk.agents["Ron"].id, 4)
    desk.becomes({4: "Ron"})
    studio.assignments.undo()
    desk.becomes({})


def test_an_agent_nobody_knows_is_not_even_sent(desk: Desk) -> None:
    writes = len(desk.proxy.writes)
    assert desk.studio.assignments.assign("00000000-0000-4000-8000-000000000000", 3) is None
    assert "The office does not know this agent." in desk.toasts[-1]
    assert len(desk.proxy.writes) == writes
    # One that only the rows know can be moved: it is the user's, or the row would not be there.
    tell(desk, (1, "11111111-0000-4000-8000-000000000000", "Old hand"))
    assert desk.studio.assignments.name("11111111-0000-4000-8000-000000000000") == "Old hand"
    entry = desk.studio.assignments.assign("11111111-0000-4000-8000-000000000000", 3)
    desk.settle()
    assert entry is not None
    assert entry.state is EntryState.FAILED  # the office's word


def test_names_of_every_kind_fit_everywhere(desk: Desk, qtbot: QtBot) -> None:
    studio = desk.studio
    made = [desk.office.add_agent(name[:100]) for name in STRANGE_NAMES]  # our office takes no more; others do
    assert isinstance(desk.proxy, FaultyProxy)
    desk.proxy.renamed |= {agent.id: name for agent, name in zip(made, STRANGE_NAMES, strict=True)}
    desk.proxy.hidden_agents.add("nobody")
    studio.session._refresh_own_agents()
    qtbot.waitUntil(lambda: all(studio.store.knows(one.id) for one in made), timeout=10_000)
    assert studio.store.name(made[-1].id) == LONG
    width = studio.window.width()
    studio.actions.run("assign.auto")
    sheet = studio.assign_flow.sheet
    assert sheet is not None
    sheet.primary.click()
    desk.settle()
    assert {one.id for one in made} <= set(desk.office.bindings(THEME).values())
    for agent in made:
        studio.assignments.unassign(agent.id)
    desk.settle()
    QApplication.processEvents()
    assert studio.window.width() == width
    assert studio.assignments.history[0].words.startswith(f"Remove {STRANGE_NAMES[-1]} from ")
    host = studio.window.stage_frame
    for toast in host.toasts.toasts:
        assert toast.visible_geometry().right() <= host.width()
    desk.office.bind(THEME, 0, made[-1].id)
    studio.assignments.assign(desk.agents["Ron"].id, 0)
    desk.settle()
    conflict = studio.assign_flow.sheet
    assert conflict is not None
    assert conflict.primary.width() < conflict.width()
    conflict.close_sheet()
    for agent in made:
        desk.http.delete(f"/api/agents/{agent.id}").raise_for_status()
    studio.session._refresh_own_agents()
    qtbot.waitUntil(lambda: not any(studio.store.knows(one.id) for one in made), timeout=10_000)


def test_five_hundred_rows_of_an_office_are_taken_in(desk: Desk) -> None:
    tell(desk, *((slot, f"{slot:08d}-0000-4000-8000-000000000000", f"Agent {slot}") for slot in range(500)))
    controller = desk.studio.assignments
    assert len(controller.seated()) == 500
    assert len(controller.strays()) == 484
    assert controller.free_slots() == ()
    preview = controller.preview(desk.agents["Ron"].id, 3)
    assert preview is not None
    assert preview.detail == "Agent 3 loses this seat"


def test_a_theme_that_loses_slots_keeps_its_agents_in_sight(desk: Desk) -> None:
    desk.seat_all({1: "Kai", 14: "Ron"})
    controller = desk.studio.assignments
    whole = controller.slots
    flow = desk.studio.assign_flow
    plan = flow.present_plan("Before")
    try:
        controller.set_slots(whole[:6])  # the designer took some away
        assert controller.strays() == {14: desk.agents["Ron"].id}
        proposal = flow.propose(plan)
        assert proposal.unfit == (("Ron", "the theme has 6 slots now"),)
        controller.assign(desk.agents["Ron"].id, 1)
        desk.becomes({1: "Ron"})
        assert controller.undo_stack.canUndo()  # the same theme still: what was done in it can be undone
        controller.undo()
        desk.becomes({1: "Kai", 14: "Ron"})
    finally:
        controller.set_slots(whole)


def test_every_theme_has_its_own_history_and_pins(desk: Desk, qtbot: QtBot) -> None:
    studio = desk.studio
    controller = studio.assignments
    controller.assign(desk.agents["Ron"].id, 0)
    desk.becomes({0: "Ron"})
    controller.set_pinned(desk.agents["Ron"].id, True)
    studio.library.choose_key("bundled:night-lab")
    qtbot.waitUntil(lambda: studio.session.theme_id == "night-lab", timeout=20_000)
    assert not controller.undo_stack.canUndo()
    assert controller.history.maxlen
    assert not controller.history
    assert controller.pins == frozenset()
    controller.assign(desk.agents["Kai"].id, 0)
    desk.settle()
    assert desk.office.bindings("night-lab") == {0: desk.agents["Kai"].id}
    studio.library.choose_key("bundled:cozy-loft")
    qtbot.waitUntil(lambda: studio.session.theme_id == THEME, timeout=20_000)
    assert controller.pins == {desk.agents["Ron"].id}
    assert controller.undo_stack.undoText() == "Assign Ron to Desk 1"
    qtbot.waitUntil(lambda: desk.seated() == {0: "Ron"}, timeout=10_000)
    controller.undo()
    desk.becomes({})
    assert desk.office.bindings("night-lab") == {0: desk.agents["Kai"].id}


@pytest.fixture
def second(desk: Desk, qapp: QApplication, qtbot: QtBot) -> Iterator[Application]:
    """Another window of the program on the same office."""
    other = Application(qapp)
    other.studio.window.resize(1100, 700)
    other.studio.window.show()
    other.start()
    studio = other.studio
    qtbot.waitUntil(lambda: studio.stage.slot_count > 0, timeout=20_000)
    studio.library.choose_key("bundled:cozy-loft")
    studio.open_office(OfficeRef(OfficeKind.GIVEN, desk.proxy.url, "Test office", desk.office.token))
    qtbot.waitUntil(lambda: studio.store.is_connected and studio.session.theme_id == THEME, timeout=20_000)
    qtbot.waitUntil(lambda: not studio.assignments.why_not(), timeout=20_000)
    yield other
    studio.window.close()
    other.close()
    _destroy(other)


def test_two_windows_agree_within_five_seconds_and_do_not_overwrite_each_other(
    desk: Desk, second: Application, qtbot: QtBot
) -> None:
    one, two = desk.studio.assignments, second.studio.assignments
    one.assign(desk.agents["Ron"].id, 0)
    desk.becomes({0: "Ron"})
    qtbot.waitUntil(lambda: two.seated() == one.seated(), timeout=5_000)
    two.assign(desk.agents["Kai"].id, 5)
    qtbot.waitUntil(lambda: desk.seated() == {0: "Ron", 5: "Kai"}, timeout=6_000)
    # Both change the same seat before either has looked.
    two.assign(desk.agents["Pia"].id, 0)
    qtbot.waitUntil(lambda: not two.queue.jobs, timeout=5_000)
    entry = one.assign(desk.agents["Zoe"].id, 0) if desk.seated()[0] == "Ron" else None
    if entry is not None:
        desk.settle()
        assert entry.state is EntryState.CONFLICT
        assert desk.studio.assign_flow.sheet is not None
        desk.studio.assign_flow.sheet.primary.click()
    desk.becomes({0: "Pia", 5: "Kai"})


def test_nobody_asks_for_seats_that_nobody_sees(desk: Desk, qtbot: QtBot) -> None:
    proxy, studio = desk.proxy, desk.studio
    assert isinstance(proxy, FaultyProxy)
    polling = studio.session._polling
    assert polling.isActive()
    studio.window.setWindowState(Qt.WindowState.WindowMinimized)
    qtbot.waitUntil(lambda: not polling.isActive(), timeout=5_000)
    studio.window.setWindowState(Qt.WindowState.WindowNoState)
    qtbot.waitUntil(polling.isActive, timeout=5_000)
    studio.window.hide()
    qtbot.waitUntil(lambda: not polling.isActive(), timeout=5_000)
    qtbot.wait(200)  # what was on its way
    reads = proxy.reads
    desk.office.bind(THEME, 2, desk.agents["Ron"].id)
    qtbot.wait(300)
    assert proxy.reads == reads
    studio.window.show()
    qtbot.waitUntil(lambda: desk.seated() == {2: "Ron"}, timeout=3_000)  # looked at once it is seen again
    assert polling.isActive()


def test_the_flow_is_one_object_for_the_window(desk: Desk) -> None:
    flow = desk.studio.assign_flow
    assert isinstance(flow, AssignFlow)
    flow.keep(replace(flow.memory, plan="not there"))
    assert flow.plan_in_use() == ("", 0)  # a plan that was deleted is not in use
    flow.keep(replace(flow.memory, plan=""))
