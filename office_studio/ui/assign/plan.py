"""What an assignment does, worked out before anything is sent: who moves where, in which calls, in which words. No Qt.

Rules (spec decision 5): from another slot onto an occupied one is a swap; from outside it replaces, and who loses the
seat is named before the drop.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from office_studio.core.office.model import Binding

Names = Callable[[str], str]  # agent id -> name
Labels = Callable[[int], str]  # slot -> label of its seat


@dataclass(frozen=True, slots=True)
class Step:
    """One call: bind ``agent_id`` to ``slot``, or empty the slot when it is None."""

    slot: int
    agent_id: str | None


@dataclass(frozen=True, slots=True)
class AssignPlan:
    """``before`` and ``after``: occupants of the slots concerned, None for empty.

    ``title`` and ``detail`` say what will happen ("Lumi → Desk 3", "Swaps with Ron, who moves to Sofa 1"); ``done`` is
    the same as a deed ("Assign Lumi to Desk 3").
    """

    before: Mapping[int, str | None]
    after: Mapping[int, str | None]
    title: str
    detail: str
    done: str

    def reversed(self) -> AssignPlan:
        return AssignPlan(self.after, self.before, self.title, self.detail, self.done)


def occupants(bindings: Iterable[Binding]) -> dict[int, str]:
    return {row.slot_index: row.agent_id for row in bindings}


def plan_assign(seated: Mapping[int, str], agent_id: str, slot: int, name: Names, label: Labels) -> AssignPlan | None:
    """What dropping the agent on the slot does; None when the agent sits there already."""
    old_slot = next((at for at, who in seated.items() if who == agent_id), None)
    if old_slot == slot:
        return None
    occupant = seated.get(slot)
    who, where = name(agent_id), label(slot)
    before: dict[int, str | None] = {slot: occupant}
    after: dict[int, str | None] = {slot: agent_id}
    title = f"{who} → {where}"
    if old_slot is not None:
        before[old_slot], after[old_slot] = agent_id, occupant
    if occupant is None:
        came = f"Moves from {label(old_slot)}" if old_slot is not None else "Free seat"
        done = f"Move {who} from {label(old_slot)} to {where}" if old_slot is not None else f"Assign {who} to {where}"
        return AssignPlan(before, after, title, came, done)
    if old_slot is not None:
        detail = f"Swaps with {name(occupant)}, who moves to {label(old_slot)}"
        return AssignPlan(before, after, title, detail, f"Swap {who} and {name(occupant)}")
    detail = f"{name(occupant)} loses this seat"
    return AssignPlan(before, after, title, detail, f"Assign {who} to {where}, in place of {name(occupant)}")


def plan_unassign(seated: Mapping[int, str], agent_id: str, name: Names, label: Labels) -> AssignPlan | None:
    slot = next((at for at, who in seated.items() if who == agent_id), None)
    if slot is None:
        return None
    words = f"Remove {name(agent_id)} from {label(slot)}"
    return AssignPlan({slot: agent_id}, {slot: None}, words, "The seat becomes free", words)


def steps(seated: Mapping[int, str], wanted: Mapping[int, str | None]) -> list[Step]:
    """Calls that bring the slots of ``wanted`` from what they are to what they shall be.

    Follows the server: binding an agent takes it out of its other slot and unseats the occupant of the new one.
    """
    now = dict(seated)
    found = []
    for slot, agent_id in wanted.items():
        if agent_id is not None and now.get(slot) != agent_id:
            found.append(Step(slot, agent_id))
            now = {at: who for at, who in now.items() if who != agent_id} | {slot: agent_id}
    for slot, agent_id in wanted.items():
        if agent_id is None and slot in now:
            found.append(Step(slot, None))
            del now[slot]
    return found


def apply_plan(seated: Mapping[int, str], plan: AssignPlan) -> dict[int, str]:
    """Occupants after the plan, for showing it before the server has answered."""
    result = {slot: who for slot, who in seated.items() if slot not in plan.after}
    moved = {who for who in plan.after.values() if who is not None}
    result = {slot: who for slot, who in result.items() if who not in moved}
    return result | {slot: who for slot, who in plan.after.items() if who is not None}


def stranger_change(seated: Mapping[int, str], plan: AssignPlan) -> int | None:
    """The first slot of the plan that somebody else has changed meanwhile, None when all is as expected."""
    return next((slot for slot, who in plan.before.items() if seated.get(slot) != who), None)
