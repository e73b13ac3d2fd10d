"""The office fails in the middle of a swap or a plan: nobody is lost, and the user is told."""

from __future__ import annotations

import threading

import httpx
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from office_studio.core.office.seat_changes import changes_to, whole_seating
from office_studio.ui.assign.controller import EntryState, HistoryEntry
from office_studio.ui.assign.proposal_sheet import ProposalSheet
from tests.ui.assign.faulty import FaultyProxy
from tests.ui.assign_gestures.desk import THEME, Desk
from tests.ui.assign_gestures.proxy import Fault

OTHERS = ("Bram", "Kai", "Mika", "Otto", "Pia", "Sana", "Vivi", "Zoe")


def proxy_of(desk: Desk) -> FaultyProxy:
    assert isinstance(desk.proxy, FaultyProxy)
    return desk.proxy


def swap(desk: Desk) -> HistoryEntry:
    desk.seat_all({0: "Ron", 4: "Lumi"})
    entry = desk.studio.assignments.assign(desk.agents["Lumi"].id, 0)
    assert entry is not None
    assert desk.seated() == {0: "Lumi", 4: "Ron"}
    return entry


def test_the_second_half_is_refused_and_the_first_is_undone(desk: Desk) -> None:
    proxy_of(desk).refusals.extend([None, (500, {"error": "db error"})])
    entry = swap(desk)
    desk.settle()
    assert entry.state is EntryState.FAILED
    assert desk.seated() == desk.on_server() == {0: "Ron", 4: "Lumi"}
    assert "Both sit where they sat." in desk.toasts[-1]
    assert not desk.studio.assignments.undo_stack.canUndo()


def test_the_line_breaks_in_the_middle_and_comes_back(desk: Desk) -> None:
    proxy = proxy_of(desk)
    desk.studio.assignments.queue.restore_waits_s = (0.0, 0.2, 0.4, 0.8)

    def cut() -> None:
        proxy.go_down()
        threading.Timer(0.5, proxy.come_back).start()

    proxy.after_write[1] = cut
    entry = swap(desk)
    desk.settle()
    assert entry.state in (EntryState.FAILED, EntryState.SAVED)  # as it was, or done after all; never half
    wanted = {0: "Lumi", 4: "Ron"} if entry.state is EntryState.SAVED else {0: "Ron", 4: "Lumi"}
    desk.becomes(wanted)


def test_leaving_in_the_middle_puts_the_half_back(desk: Desk, qtbot: QtBot) -> None:
    proxy, studio = proxy_of(desk), desk.studio
    reached, go_on = threading.Event(), threading.Event()

    def stay() -> None:
        reached.set()
        go_on.wait(5)

    proxy.after_write[1] = stay
    swap(desk)
    qtbot.waitUntil(reached.is_set, timeout=5_000)
    assert len(desk.on_server()) == 1  # half of it
    studio.session.leave()
    try:
        qtbot.waitUntil(lambda: desk.on_server() == {0: "Ron", 4: "Lumi"}, timeout=5_000)
    finally:
        go_on.set()
        desk.connect()
        qtbot.waitUntil(lambda: not studio.assignments.why_not(), timeout=15_000)
    desk.becomes({0: "Ron", 4: "Lumi"})


def test_the_office_dies_in_the_middle_and_who_lost_a_seat_is_named_and_put_back(desk: Desk, qtbot: QtBot) -> None:
    proxy, studio = proxy_of(desk), desk.studio
    proxy.after_write[1] = proxy.go_down
    entry = swap(desk)
    desk.settle()
    assert entry.state is EntryState.FAILED
    assert not entry.gone  # not known yet: the office did it, and could not say so
    proxy.come_back()
    studio.session.retry()
    qtbot.waitUntil(lambda: len(entry.gone) == 1, timeout=20_000)
    lost, slot = next(iter(entry.gone.items()))
    assert lost not in desk.office.bindings(THEME).values()
    words = f"{desk.name(lost)} has lost {studio.assignments.label(slot)}"
    toast = next(one for one in studio.window.stage_frame.toasts.toasts if one.title == words)
    toast.findChildren(QPushButton)[0].click()  # Put back
    desk.settle()
    assert sorted(desk.on_server().values()) == ["Lumi", "Ron"]


def plan_sheet(desk: Desk, target: dict[int, str]) -> ProposalSheet:
    """A plan of the user, opened in its preview."""
    flow = desk.studio.assign_flow
    ids = {slot: desk.agents[name].id for slot, name in target.items()}
    plan = flow.present_plan("Monday")
    from dataclasses import replace

    from office_studio.core.office.seat_plan import PlanEntry

    entries = tuple(PlanEntry(slot, who, desk.name(who)) for slot, who in sorted(ids.items()))
    flow.apply_plan(replace(plan, entries=entries))
    sheet = flow.sheet
    assert isinstance(sheet, ProposalSheet)
    return sheet


def test_a_plan_of_which_one_change_is_refused_says_which_and_does_the_rest(desk: Desk) -> None:
    desk.seat_all({0: "Ron"})
    target = dict(enumerate(OTHERS))
    proxy_of(desk).refusals.extend([None, (403, {"error": "agent not owned by user"})])
    sheet = plan_sheet(desk, target)
    assert sheet.primary.text() == "Apply 9 changes"
    sheet.primary.click()
    desk.settle()
    assert sheet.entry is not None
    assert sheet.entry.state is EntryState.PARTLY
    assert sheet.title.text() == "Not all was done"
    assert any(words.startswith("Assign Kai to Desk 2: That agent belongs") for words in sheet.list.words)
    assert "Kai" not in desk.on_server().values()
    assert len(desk.on_server()) == 7
    sheet.primary.click()  # Try the rest
    assert sheet.primary.text() == "Apply 1 change"
    sheet.primary.click()
    desk.becomes(target)
    desk.studio.assignments.undo()  # the rest
    desk.settle()
    desk.studio.assignments.undo()  # what was done at first
    desk.becomes({0: "Ron"})


def test_the_office_dies_in_the_middle_of_a_plan(desk: Desk, qtbot: QtBot) -> None:
    proxy, studio = proxy_of(desk), desk.studio
    target = dict(enumerate(OTHERS))
    proxy.after_write[3] = proxy.go_down
    sheet = plan_sheet(desk, target)
    sheet.primary.click()
    desk.settle(30)
    entry = sheet.entry
    assert entry is not None
    assert entry.state is EntryState.PARTLY
    assert "Not tried 5" in sheet.list.words
    proxy.come_back()
    studio.session.retry()
    qtbot.waitUntil(lambda: studio.store.is_connected and desk.seated() == desk.on_server(), timeout=20_000)
    done = {slot: name for slot, name in target.items() if slot < 3}
    assert desk.on_server() == done
    sheet.primary.click()  # Try the rest
    qtbot.waitUntil(lambda: sheet.primary.text() == "Apply 5 changes", timeout=5_000)
    sheet.primary.click()
    desk.becomes(target)


def test_half_a_swap_that_the_office_does_late_is_told(desk: Desk, qtbot: QtBot) -> None:
    """The second call is given up and the first undone, and only then the office does the second after all."""
    client = desk.studio.session.client
    assert client is not None
    proxy = proxy_of(desk)
    patient, client.http.timeout = client.http.timeout, httpx.Timeout(1.0)
    try:
        proxy.late_s = 2.5
        proxy.faults.extend([Fault.NONE, Fault.LATE])
        entry = swap(desk)
        desk.settle()
    finally:
        client.http.timeout = patient
    assert entry.state is EntryState.FAILED
    qtbot.waitUntil(lambda: len(entry.gone) == 1, timeout=10_000)
    assert sorted(entry.gone) == [
        desk.agents["Lumi"].id if "Lumi" not in desk.on_server().values() else desk.agents["Ron"].id
    ]
    toast = next(one for one in desk.studio.window.stage_frame.toasts.toasts if "has lost" in one.title)
    toast.findChildren(QPushButton)[0].click()
    desk.settle()
    assert sorted(desk.on_server().values()) == ["Lumi", "Ron"]


def test_a_plan_is_cancelled_between_two_changes_and_shows_how_far_it_is(desk: Desk, qtbot: QtBot) -> None:
    proxy = proxy_of(desk)
    proxy.late_s = 0.2
    proxy.faults.extend([Fault.LATE] * 8)
    sheet = plan_sheet(desk, dict(enumerate(OTHERS)))
    sheet.primary.click()
    assert not sheet.primary.isVisible()
    assert sheet.background.isVisible()
    qtbot.waitUntil(lambda: sheet.entry is not None and sheet.entry.done >= 2, timeout=10_000)
    assert sheet._how_far.text() == f"{sheet.entry.done} of 8"  # type: ignore[union-attr]
    pending = desk.studio.assignments.pending_slots()
    assert 0 < len(pending) < 8  # what the office has answered is no longer pending
    sheet.cancel_button.click()
    desk.settle()
    entry = sheet.entry
    assert entry is not None
    assert entry.state is EntryState.PARTLY
    assert "Cancelled." in entry.reason
    count = len(desk.on_server())
    assert 2 <= count < 8
    assert desk.seated() == desk.on_server()
    desk.studio.assignments.undo()
    desk.becomes({})


def test_a_ring_that_breaks_leaves_everybody_where_they_were(desk: Desk) -> None:
    desk.seat_all({0: "Ron", 1: "Kai", 2: "Pia"})
    controller = desk.studio.assignments
    ids = {name: desk.agents[name].id for name in ("Ron", "Kai", "Pia")}
    target = {0: ids["Pia"], 1: ids["Ron"], 2: ids["Kai"]}
    proxy_of(desk).refusals.extend([None, None, (503, "busy")])
    entry = controller.apply_changes(changes_to(controller.rows(), whole_seating(controller.rows(), target)), "Turn")
    assert entry is not None
    desk.settle()
    assert entry.state is EntryState.FAILED
    assert desk.seated() == desk.on_server() == {0: "Ron", 1: "Kai", 2: "Pia"}
