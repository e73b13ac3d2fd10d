"""The office refuses, is slow, answers out of order, or is not there: shown at once, taken back with the reason."""

from __future__ import annotations

import httpx
import pytest
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from office_studio.ui.assign.controller import EntryState, HistoryEntry
from tests.ui.assign_gestures.desk import Desk
from tests.ui.assign_gestures.proxy import Fault


def assign(desk: Desk, name: str, slot: int) -> HistoryEntry:
    entry = desk.studio.assignments.assign(desk.agents[name].id, slot)
    assert entry is not None
    return entry


def press(toast: QWidget) -> None:
    """The one thing a toast offers."""
    toast.findChildren(QPushButton)[0].click()


REFUSALS = [
    (401, {"error": "unauthorized"}, "The office does not know this token."),
    (403, {"error": "agent not owned by user"}, "That agent belongs to someone else, or does not exist."),
    (403, {"error": "no"}, "The office does not allow this (no)."),
    (404, "not here", "The office has no /api/office/bindings (not here)."),
    (409, {"error": "binding conflict"}, "Slot 3 was changed by someone else at the same time."),
    (422, "slotIndex: too large", "The office refused: slotIndex: too large."),
    (500, {"error": "db error"}, "The office could not do it: HTTP 500 (db error)."),
]


@pytest.mark.parametrize(("status", "body", "reason"), REFUSALS)
def test_what_the_office_refuses_is_taken_back_with_its_reason(
    desk: Desk, status: int, body: object, reason: str
) -> None:
    desk.seat_all({3: "Ron"})
    desk.proxy.refusals.extend([(status, body)] * 2)  # type: ignore[attr-defined]  # 409 is tried twice
    entry = assign(desk, "Lumi", 3)
    assert desk.seated() == {3: "Lumi"}  # shown at once
    assert 3 in desk.studio.assignments.pending_slots()
    desk.settle()
    assert entry.state is EntryState.FAILED
    assert entry.reason == reason
    assert desk.seated() == desk.on_server() == {3: "Ron"}
    assert not desk.studio.assignments.undo_stack.canUndo()
    assert desk.toasts[-1].startswith("Not saved: Assign Lumi to Desk 4, in place of Ron")
    assert reason in desk.toasts[-1]


def test_try_again_is_offered_and_works(desk: Desk) -> None:
    desk.proxy.refusals.append((500, "busy"))  # type: ignore[attr-defined]
    entry = assign(desk, "Lumi", 3)
    desk.settle()
    desk.studio.assignments.retry(entry)
    desk.becomes({3: "Lumi"})
    assert [one.state for one in desk.studio.assignments.history] == [EntryState.SAVED]


def test_an_answer_that_is_lost_is_looked_up(desk: Desk) -> None:
    desk.proxy.faults.append(Fault.ERROR_AFTER)
    entry = assign(desk, "Lumi", 3)
    desk.becomes({3: "Lumi"})
    assert entry.state is EntryState.SAVED
    desk.studio.assignments.undo()
    desk.becomes({})


def test_a_failed_undo_can_be_tried_again(desk: Desk) -> None:
    assign(desk, "Lumi", 3)
    desk.becomes({3: "Lumi"})
    desk.proxy.refusals.append((500, "busy"))  # type: ignore[attr-defined]
    desk.studio.assignments.undo()
    desk.settle()
    assert desk.seated() == desk.on_server() == {3: "Lumi"}
    assert desk.studio.assignments.undo_stack.canUndo()
    desk.studio.assignments.undo()
    desk.becomes({})
    assert desk.studio.assignments.undo_stack.canRedo()


def test_what_depends_on_a_refused_step_is_not_sent(desk: Desk) -> None:
    desk.seat_all({0: "Ron"})
    desk.proxy.refusals.append((500, "busy"))  # type: ignore[attr-defined]
    first = assign(desk, "Ron", 5)
    second = assign(desk, "Lumi", 0)  # free only if the first is done
    third = assign(desk, "Kai", 9)
    desk.settle()
    assert [entry.state for entry in (first, second, third)] == [
        EntryState.FAILED, EntryState.FAILED, EntryState.SAVED,
    ]  # fmt: skip
    assert second.reason == "The step before it was not saved."
    assert desk.seated() == desk.on_server() == {0: "Ron", 9: "Kai"}


def test_a_late_answer_is_waited_for(desk: Desk, qtbot: QtBot) -> None:
    desk.proxy.late_s = 2
    desk.proxy.faults.append(Fault.LATE)
    entry = assign(desk, "Lumi", 3)
    qtbot.wait(100)
    assert entry.state is EntryState.SAVING
    assert desk.seated() == {3: "Lumi"}
    assert desk.studio.assignments.pending_slots() == {3}
    desk.becomes({3: "Lumi"})
    assert entry.state is EntryState.SAVED


@pytest.mark.full
def test_ten_seconds_are_waited_for_too(desk: Desk) -> None:
    desk.proxy.late_s = 10
    desk.proxy.faults.append(Fault.LATE)
    entry = assign(desk, "Lumi", 3)
    desk.settle(20)
    assert entry.state is EntryState.SAVED
    desk.becomes({3: "Lumi"})


def test_an_office_that_takes_too_long_is_given_up_and_believed_later(desk: Desk, qtbot: QtBot) -> None:
    client = desk.studio.session.client
    assert client is not None
    patient, client.http.timeout = client.http.timeout, httpx.Timeout(1.0)
    try:
        desk.proxy.late_s = 2.5
        desk.proxy.faults.append(Fault.LATE)  # the office hears of it after we have given up
        entry = assign(desk, "Lumi", 3)
        desk.settle()
    finally:
        client.http.timeout = patient
    assert entry.state is EntryState.FAILED
    assert "took too long" in entry.reason
    assert desk.seated() == {}
    qtbot.waitUntil(lambda: desk.on_server() == {3: "Lumi"}, timeout=5_000)
    qtbot.waitUntil(lambda: desk.seated() == {3: "Lumi"}, timeout=6_000)  # what is so is shown, wanted or not


def test_answers_out_of_order_do_not_bring_back_the_past(desk: Desk, qtbot: QtBot) -> None:
    proxy = desk.proxy
    proxy.hold()  # type: ignore[attr-defined]
    desk.studio.session.refresh_bindings()  # its answer, of empty seats, stays on the way
    qtbot.waitUntil(lambda: proxy.held == 1, timeout=5_000)  # type: ignore[attr-defined]
    proxy._is_holding = False  # type: ignore[attr-defined]
    assign(desk, "Lumi", 3)
    desk.becomes({3: "Lumi"})
    seen = []
    desk.studio.store.bindings_changed.connect(lambda: seen.append(desk.seated()))
    proxy.release()  # type: ignore[attr-defined]
    before = proxy.reads  # type: ignore[attr-defined]
    desk.studio.session.refresh_bindings()
    qtbot.waitUntil(lambda: proxy.reads > before, timeout=5_000)  # type: ignore[attr-defined]
    qtbot.wait(100)
    assert seen == []
    assert desk.seated() == {3: "Lumi"}


def test_offline_is_refused_and_can_be_kept_as_a_plan(desk: Desk, qtbot: QtBot) -> None:
    desk.seat_all({0: "Ron"})
    studio = desk.studio
    desk.proxy.go_down()
    qtbot.waitUntil(lambda: not studio.store.is_connected, timeout=20_000)
    assert studio.assignments.assign(desk.agents["Lumi"].id, 3) is None
    assert desk.seated() == {0: "Ron"}
    assert not studio.assignments.history
    toast = studio.window.stage_frame.toasts.toasts[-1]
    assert (toast.title, toast.detail) == ("Not saved: Assign Lumi to Desk 4", "The office is offline.")
    press(toast)
    qtbot.waitUntil(lambda: len(studio.assign_flow.shelf.plans) == 1, timeout=5_000)
    # The next one goes into the same plan.
    studio.assignments.assign(desk.agents["Ron"].id, 7)
    press(studio.window.stage_frame.toasts.toasts[-1])
    wanted = {3: desk.agents["Lumi"].id, 7: desk.agents["Ron"].id}
    qtbot.waitUntil(lambda: [plan.target for plan in studio.assign_flow.shelf.plans] == [wanted], timeout=5_000)
    desk.proxy.come_back()
    studio.session.retry()
    qtbot.waitUntil(lambda: studio.store.is_connected, timeout=20_000)
    plan = studio.assign_flow.shelf.plans[0]
    assert desk.on_server() == {0: "Ron"}  # nothing was queued in secret
    studio.assign_flow.apply_plan(plan)
    studio.assign_flow.sheet.primary.click()
    desk.becomes({3: "Lumi", 7: "Ron"})
    studio.assign_flow.shelf.delete(plan)
    qtbot.waitUntil(lambda: not studio.assign_flow.shelf.plans, timeout=5_000)
