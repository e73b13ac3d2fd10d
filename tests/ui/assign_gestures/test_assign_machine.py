"""Random gestures through the real window, with faults on the line: window, client and office always agree.

A proxy makes the faults: every third step that writes meets one, by turns of each kind, and chance adds more. After
each step everything is answered and looked at: nobody is in two seats, nobody lost a seat who should have one, and
without a fault the outcome is exactly what a dozen lines of plain rules say.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import combinations

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from office_studio.core.theme.viewport import FitMode
from office_studio.ui.assign.conflict_sheet import ConflictSheet
from office_studio.ui.assign.deeds import EntryState
from office_studio.ui.assign.pick_dialog import PickDialog
from tests.ui.assign_gestures.desk import SLOTS, Desk
from tests.ui.assign_gestures.proxy import Fault

Seats = dict[int, str]  # slot -> agent's name
Step = tuple[Seats, Seats] | None  # before, after; None when somebody interfered: undo may rightly refuse
NAMES = ("Kai", "Lumi", "Otto", "Ron", "Vivi", "Zoe")
AGENTS, SEATS, CROWDED = st.sampled_from(NAMES), st.integers(0, SLOTS - 1), st.integers(0, 4)
SLOT = CROWDED | SEATS  # a few slots often, so that agents meet
FAULTS = tuple(fault for fault in Fault if fault is not Fault.NONE)
FAULT_EVERY = 3  # steps that write
NO_GESTURES = ("fault", "conflict", "outsider")  # of what is counted
STEPS = 25


# -- the rules, once more and plainly (spec decision 5) ------------------------------------------------
def seated(seats: Seats, name: str, slot: int) -> Seats:
    """An agent put on a slot: swaps when it comes from another, else replaces."""
    old = next((at for at, who in seats.items() if who == name), None)
    other = seats.get(slot)
    found = {at: who for at, who in seats.items() if who != name and at != slot} | {slot: name}
    if old is not None and other is not None and old != slot:
        found[old] = other
    return found


class Gestures(RuleBasedStateMachine):
    desk: Desk  # set by the test
    counted: Counter[str]

    def __init__(self) -> None:
        super().__init__()
        self.seats: Seats = {}
        self.is_faulty = False  # what happens now may go wrong
        self.is_blind = False  # somebody else did something the window has not looked at yet
        self.done: list[Step] = []
        self.undone: list[Step] = []
        self.saved: Seats | None = None
        self.writes = 0  # steps that asked the office to change something
        self.first_fault = 0
        self.was_auto = False  # the last step was auto-assign: once more would do nothing

    # -- one gesture -------------------------------------------------------------------------------
    def act(self, what: str, gesture: Callable[[], object], wanted: Seats, may_lose: set[str] = set()) -> None:  # noqa: B006
        before = dict(self.seats)
        self.count(what, will_write=wanted != before)
        gesture()
        self.answer()
        after = self.look(what)
        must_sit = set(before.values()) & set(wanted.values()) - may_lose
        assert must_sit <= set(after.values()), f"{what}: {must_sit - set(after.values())} lost: {before} -> {after}"
        if not (self.is_faulty or self.is_blind):
            assert after == wanted, f"{what}: {before} became {after}, not {wanted}; {self.desk.toasts[-2:]}"
            if after != before:
                self.done.append((before, after))
                self.undone.clear()
        else:
            self.forget()
        self.seats = after
        self.is_faulty = self.is_blind = False
        self.desk.proxy.faults.clear()

    def forget(self) -> None:
        """Nobody can say what undo and redo would do now; of what is done from here on one can."""
        self.done, self.undone = [None], [None]

    def count(self, what: str, *, will_write: bool) -> None:
        """Before each step. Every so many that write meet a fault, the first call or the second."""
        self.counted[what] += 1
        self.was_auto = what == "auto"
        if not will_write:
            return
        self.writes += 1
        turn, rest = divmod(self.writes, FAULT_EVERY)
        if rest == 0 and not self.is_faulty:
            fault = FAULTS[(self.first_fault + turn) % len(FAULTS)]
            self.make_faulty([Fault.NONE, fault] if turn % 3 == 0 else [fault])

    def make_faulty(self, faults: list[Fault]) -> None:
        self.is_faulty = True
        self.desk.proxy.faults.extend(faults)

    def answer(self) -> None:
        """Wait for the office; where somebody else was first, take what they did."""
        self.desk.settle(40)
        flow = self.desk.studio.assign_flow
        for _ in range(6):
            QApplication.processEvents()
            if not isinstance(flow.sheet, ConflictSheet):
                break
            assert flow.sheet.theirs.isChecked()
            self.counted["conflict"] += 1
            flow.sheet.primary.click()
            self.desk.settle(40)
        if flow.sheet is not None:
            flow.sheet.close_sheet()

    def look(self, what: str) -> Seats:
        """Window, client and office agree; returns who sits where."""
        desk = self.desk
        desk.studio.session.refresh_bindings()
        truth = desk.on_server()
        store = desk.studio.store

        def client() -> Seats:
            return {row.slot_index: desk.name(row.agent_id) for row in store.bindings}

        try:
            desk.qtbot.waitUntil(lambda: client() == truth and not desk.is_busy, timeout=10_000)  # type: ignore[union-attr]
        finally:
            assert client() == truth, f"{what}: the client believes {client()}, the office has {truth}"
        assert desk.seated() == truth
        assert len(set(truth.values())) == len(truth), f"{what}: somebody sits twice: {truth}"
        cards = {slot: desk.name(who) for slot in range(SLOTS) if (who := desk.slots.model.agent_at(slot))}
        assert cards == truth
        stage = {row.slot_index: desk.name(row.agent_id) for row in desk.studio.stage.bindings}
        assert stage == truth
        assert not desk.studio.assignments.pending_slots()
        states = {entry.state for entry in desk.studio.assignments.history}
        assert EntryState.SAVING not in states
        return truth

    # -- setting -----------------------------------------------------------------------------------
    @initialize(some=st.dictionaries(SLOT, AGENTS, max_size=5), first_fault=st.integers(0, len(FAULTS) - 1))
    def begin(self, some: Seats, first_fault: int) -> None:
        seats = {slot: name for slot, name in some.items() if list(some.values()).count(name) == 1}
        self.desk.proxy.faults.clear()
        self.desk.studio.assignments.undo_stack.clear()
        self.desk.studio.assignments.history.clear()
        self.desk.studio.window.stage_frame.toasts.clear()
        self.desk.studio.stage.set_fit_mode(FitMode.CONTAIN)
        self.desk.studio.stage.stop_motion()
        self.desk.seat_all(seats)
        self.seats, self.first_fault = seats, first_fault

    @rule(faults=st.lists(st.sampled_from(Fault), min_size=1, max_size=3))
    @precondition(lambda self: not self.is_faulty)
    def something_is_wrong_with_the_line(self, faults: list[Fault]) -> None:
        self.make_faulty(faults)

    # -- by mouse ----------------------------------------------------------------------------------
    @rule(name=AGENTS, slot=SLOT)
    def row_to_seat(self, name: str, slot: int) -> None:
        desk = self.desk
        self.act("row to seat", lambda: desk.drag(desk.row(name), desk.seat(slot)), seated(self.seats, name, slot))

    @rule(name=AGENTS, slot=SLOT)
    def row_to_card(self, name: str, slot: int) -> None:
        desk = self.desk
        self.act("row to card", lambda: desk.drag(desk.row(name), desk.card(slot)), seated(self.seats, name, slot))

    @rule(data=st.data(), slot=SLOT)
    @precondition(lambda self: self.seats)
    def card_to_card(self, data: st.DataObject, slot: int) -> None:
        start, desk = data.draw(st.sampled_from(sorted(self.seats))), self.desk

        def gesture() -> None:
            card, at = desk.card(start)
            hand = desk.take((card, at)).move(card, at + QPoint(12, 8))
            hand.move(*desk.card(slot)).release()  # the list scrolls under the hand

        self.act("card to card", gesture, seated(self.seats, self.seats[start], slot))

    @rule(data=st.data(), slot=SLOT)
    @precondition(lambda self: self.seats)
    def card_to_seat(self, data: st.DataObject, slot: int) -> None:
        start, desk = data.draw(st.sampled_from(sorted(self.seats))), self.desk
        wanted = seated(self.seats, self.seats[start], slot)
        self.act("card to seat", lambda: desk.drag(desk.card(start), desk.seat(slot)), wanted)

    @rule(data=st.data())
    @precondition(lambda self: self.seats)
    def card_to_roster(self, data: st.DataObject) -> None:
        start, desk = data.draw(st.sampled_from(sorted(self.seats))), self.desk
        wanted = {slot: name for slot, name in self.seats.items() if slot != start}
        self.act("card to roster", lambda: desk.drag(desk.card(start), desk.row("Kai")), wanted)

    @rule(data=st.data(), slot=SLOT)
    @precondition(lambda self: self.seats)
    def figure_to_seat(self, data: st.DataObject, slot: int) -> None:
        desk = self.desk
        name = data.draw(st.sampled_from(sorted(self.seats.values())))
        at = desk.studio.stage.agent_position(desk.agents[name].id)
        if at is None or desk.studio.stage.agent_at(at.toPointF()) != desk.agents[name].id:
            return  # another figure stands before it
        self.act(
            "figure to seat", lambda: desk.drag(desk.figure(name), desk.seat(slot)), seated(self.seats, name, slot)
        )

    @rule(name=AGENTS)
    def drop_on_nothing(self, name: str) -> None:
        desk = self.desk
        nothing = (desk.studio.stage.viewport(), QPoint(60, 60))
        self.act("drop on nothing", lambda: desk.drag(desk.row(name), nothing), self.seats)

    @rule(name=AGENTS, slot=SLOT)
    def esc(self, name: str, slot: int) -> None:
        desk = self.desk

        def gesture() -> None:
            hand = desk.take(desk.row(name)).move(*desk.seat(slot))
            QTest.keyClick(desk.studio.window, Qt.Key.Key_Escape)
            hand.release()

        self.act("esc", gesture, self.seats)

    # -- by keys -----------------------------------------------------------------------------------
    @rule(data=st.data())
    @precondition(lambda self: self.seats)
    def delete_key(self, data: st.DataObject) -> None:
        start, desk = data.draw(st.sampled_from(sorted(self.seats))), self.desk
        desk.view.show_slot(start)
        wanted = {slot: name for slot, name in self.seats.items() if slot != start}

        def gesture() -> None:
            desk.view.setFocus()  # keys that the roster has are its own while it has the focus
            QTest.keyClick(desk.view, Qt.Key.Key_Delete)

        self.act("delete", gesture, wanted)

    @rule(name=AGENTS, slot=SLOT)
    def slot_dialog(self, name: str, slot: int) -> None:
        desk = self.desk

        def gesture() -> None:
            desk.studio.store.select(desk.agents[name].id)
            desk.studio.actions.run("assign.assign")
            self.choose(lambda dialog: next(i for i, one in enumerate(dialog.model.shown) if one.key == slot))

        self.act("slot dialog", gesture, seated(self.seats, name, slot))

    @rule(name=AGENTS, slot=SLOT)
    def agent_dialog(self, name: str, slot: int) -> None:
        desk = self.desk

        def gesture() -> None:
            desk.view.show_slot(slot)
            QTest.keyClick(desk.view, Qt.Key.Key_Return)
            agent_id = desk.agents[name].id
            self.choose(lambda dialog: next(i for i, one in enumerate(dialog.model.shown) if one.key == agent_id))

        self.act("agent dialog", gesture, seated(self.seats, name, slot))

    def choose(self, row_of: Callable[[PickDialog], int]) -> None:
        dialog = next(one for one in self.desk.studio.window.findChildren(PickDialog) if one.isVisible())
        dialog.select(row_of(dialog))
        if dialog.do_button.isEnabled():
            QTest.keyClick(dialog.search, Qt.Key.Key_Return)
        else:
            dialog.reject()

    # -- many at once ------------------------------------------------------------------------------
    def press_sheet(self, action: str) -> None:
        """Run an action and press the first button of its sheet, where it can be pressed."""
        desk = self.desk
        desk.studio.actions.run(action)
        sheet = desk.studio.assign_flow.sheet
        if sheet is not None and sheet.primary.isEnabled():
            sheet.primary.click()

    @rule()
    @precondition(lambda self: self.seats)
    def clear_all(self) -> None:
        self.act("clear all", lambda: self.press_sheet("assign.clear"), {})

    @rule()
    @precondition(lambda self: not self.was_auto)
    def auto(self) -> None:
        """Whom auto-assign seats is tested elsewhere; here: nobody who sat is moved, and all agree."""
        before = dict(self.seats)
        self.count("auto", will_write=True)
        self.press_sheet("assign.auto")
        self.answer()
        after = self.look("auto")
        if self.is_faulty or self.is_blind:
            self.forget()
        else:
            assert {slot: after.get(slot) for slot in before} == before
            if after != before:
                self.done.append((before, after))
                self.undone.clear()
        self.seats, self.is_faulty, self.is_blind = after, False, False
        self.desk.proxy.faults.clear()

    @rule()
    @precondition(lambda self: self.seats)
    def save_plan(self) -> None:
        desk = self.desk
        self.count("save plan", will_write=False)
        if self.is_blind:  # a plan keeps what is seen
            self.seats, self.is_blind = self.look("before saving a plan"), False
        shelf = desk.studio.assign_flow.shelf
        desk.studio.assign_flow.save_as("Machine")
        wanted = {slot: desk.agents[name].id for slot, name in self.seats.items()}
        desk.qtbot.waitUntil(  # type: ignore[union-attr]
            lambda: (plan := shelf.plan("Machine")) is not None and plan.target == wanted, timeout=8_000
        )
        self.saved = dict(self.seats)

    @rule()
    @precondition(lambda self: self.saved is not None)
    def apply_plan(self) -> None:
        desk, saved = self.desk, self.saved
        assert saved is not None

        def gesture() -> None:
            flow = desk.studio.assign_flow
            plan = flow.shelf.plan("Machine")
            assert plan is not None
            flow.apply_plan(plan)
            if flow.sheet is not None and flow.sheet.primary.isEnabled():
                flow.sheet.primary.click()

        self.act("apply plan", gesture, saved)

    # -- undo and redo -----------------------------------------------------------------------------
    @rule()
    def undo(self) -> None:
        self._step_back("undo", "edit.undo", self.done, self.undone, 0)

    @rule()
    def redo(self) -> None:
        self._step_back("redo", "edit.redo", self.undone, self.done, 1)

    def _step_back(self, what: str, action: str, source: list[Step], target: list[Step], side: int) -> None:
        """Exactly back, as long as nobody interfered; else only that all agree and nobody sits twice."""
        self.count(what, will_write=bool(source))
        is_sure, self.is_faulty, self.is_blind = not (self.is_faulty or self.is_blind), False, False
        self.desk.studio.actions.run(action)
        self.answer()
        after = self.look(what)
        if not is_sure or (source and source[-1] is None):
            self.forget()
        elif source and (step := source.pop()) is not None:
            target.append(step)
            assert after == step[side], f"{what}: {after} is not {step[side]}"
        else:
            assert after == self.seats, f"{what}: {self.seats} became {after}, and nothing was to be done"
        self.seats = after
        self.desk.proxy.faults.clear()

    # -- others, and haste -------------------------------------------------------------------------
    @rule(name=AGENTS, slot=SLOT, is_seen=st.booleans())
    def an_outsider_seats_somebody(self, name: str, slot: int, is_seen: bool) -> None:
        desk = self.desk
        self.counted["outsider"] += 1
        desk.bind(slot, name)
        self.seats = desk.on_server()
        self.forget()
        self.is_blind = not is_seen
        if is_seen:
            self.look("outsider")

    @rule(data=st.data())
    @precondition(lambda self: self.seats)
    def an_outsider_empties_a_seat(self, data: st.DataObject) -> None:
        slot = data.draw(st.sampled_from(sorted(self.seats)))
        self.counted["outsider"] += 1
        self.desk.unbind(slot)
        self.seats = self.desk.on_server()
        self.forget()
        self.look("outsider empties")

    @rule(steps=st.lists(st.tuples(AGENTS, SLOT), min_size=2, max_size=4))
    def in_haste(self, steps: list[tuple[str, int]]) -> None:
        """Several before the first is answered."""
        desk, seats, states = self.desk, dict(self.seats), []
        before = dict(self.seats)
        for name, slot in steps:
            then = seated(seats, name, slot)
            if then != seats:
                states.append((seats, then))
            seats = then
        may_lose = set(before.values()) - set(seats.values())
        # A step that goes wrong may be known to have before the next one is made: that one then meets other people.
        for count in range(len(steps)):
            for some in combinations(steps, count):
                seats_then = dict(before)
                for name, slot in some:
                    seats_then = seated(seats_then, name, slot)
                may_lose |= set(before.values()) - set(seats_then.values())
        done_before = list(self.done)

        is_sure = True

        def gesture() -> None:
            nonlocal is_sure
            is_sure = not (self.is_faulty or self.is_blind)
            for name, slot in steps:
                desk.drag(desk.row(name), desk.seat(slot))

        self.act("in haste", gesture, seats, may_lose)
        if is_sure and states:  # even when they led back to where they began
            self.done = [*done_before, *states]
            self.undone.clear()

    @invariant()
    def nothing_hangs(self) -> None:
        if hasattr(self, "desk"):
            drag = self.desk.studio.gestures.drag
            assert not drag.is_carrying
            assert not drag.ghost.isVisible()

    def teardown(self) -> None:
        made = self.desk.proxy.made
        self.counted["fault"] += made.total() - made[Fault.NONE]
        for fault in FAULTS:
            self.counted[f"fault: {fault.value}"] += made[fault]
        made.clear()
        print(f"{gestures_in(self.counted)} gestures", flush=True)  # noqa: T201 - a long run that says how far it is


def gestures_in(counted: Counter[str]) -> int:
    return sum(count for what, count in counted.items() if not what.startswith(NO_GESTURES))


def play(desk: Desk, gestures: int, *, is_random: bool) -> Counter[str]:
    """About so many gestures, at least so many when chance is free; how many of each kind there were."""
    counted: Counter[str] = Counter()
    desk.proxy.made.clear()
    machine = type("Machine", (Gestures,), {"desk": desk, "counted": counted})
    while gestures_in(counted) < gestures:
        how = settings(
            max_examples=max(4, (gestures - gestures_in(counted)) // STEPS), stateful_step_count=STEPS, deadline=None,
            database=None, derandomize=not is_random, phases=(Phase.generate,),
            suppress_health_check=list(HealthCheck), print_blob=False,
        )  # fmt: skip
        run_state_machine_as_test(machine, settings=how)
        if not is_random:
            break  # the next round would be the same
    print(sorted(counted.items()))  # noqa: T201 - what was tried, for whoever asked for it
    return counted


@pytest.mark.timeout(240)
def test_random_gestures_with_faults(desk: Desk) -> None:
    counted = play(desk, 70, is_random=False)
    assert gestures_in(counted) > 35
    assert counted["fault"] > 0  # every third step that writes meets one
    assert sum(not what.startswith(NO_GESTURES) for what in counted) > 8


@pytest.mark.full
@pytest.mark.timeout(7200)
def test_two_thousand_random_gestures_with_faults(desk: Desk) -> None:
    counted = play(desk, 2_000, is_random=True)
    assert gestures_in(counted) >= 2_000
    assert all(counted[f"fault: {fault.value}"] for fault in FAULTS)
