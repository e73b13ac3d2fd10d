"""Dragging an agent onto a seat: the mime type, and what a drop would do, in words, before it happens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QByteArray, QMimeData

from office_studio.core.office.model import Binding

AGENT_MIME = "application/x-office-studio-agent"  # utf-8 agent id


def agent_mime(agent_id: str) -> QMimeData:
    data = QMimeData()
    data.setData(AGENT_MIME, QByteArray(agent_id.encode()))
    data.setText(agent_id)
    return data


def agent_of(data: QMimeData) -> str | None:
    """The dragged agent's id, None when something else is dragged."""
    if not data.hasFormat(AGENT_MIME):
        return None
    return bytes(data.data(AGENT_MIME).data()).decode("utf-8", "replace") or None


@dataclass(frozen=True, slots=True)
class DropPlan:
    """What a drop would do. ``title``: "Lumi → Desk 3"; ``detail``: to whom else something happens."""

    agent_id: str
    slot: int | None  # None: not over a seat
    allowed: bool
    title: str
    detail: str = ""
    displaced: str | None = None  # agent id of the one who loses or changes the seat


def plan_drop(
    agent_id: str,
    slot: int | None,
    bindings: Sequence[Binding],
    names: Mapping[str, str],
    seats: Sequence[str],
    *,
    is_foreign: bool = False,
) -> DropPlan:
    """Effect of dropping an agent on a slot (decision 5). ``seats``: label of each slot's home seat."""
    name = names.get(agent_id, agent_id)
    if is_foreign:
        return DropPlan(agent_id, slot, False, name, "Not your agent; it cannot be moved")
    if slot is None or not 0 <= slot < len(seats):
        return DropPlan(agent_id, None, False, name, "Drop on a seat")
    title = f"{name} → {seats[slot]}"
    by_slot = {binding.slot_index: binding for binding in bindings}
    own = next((binding.slot_index for binding in bindings if binding.agent_id == agent_id), None)
    if own == slot:
        return DropPlan(agent_id, slot, False, title, f"{name} has this seat already")
    other = by_slot.get(slot)
    if other is None:
        return DropPlan(agent_id, slot, True, title, "Free seat" if own is None else f"Leaves {_seat(seats, own)}")
    loser = names.get(other.agent_id) or other.agent_name or other.agent_id
    if own is None:
        return DropPlan(agent_id, slot, True, title, f"Replaces {loser}", other.agent_id)
    detail = f"Swaps with {loser}, who moves to {_seat(seats, own)}"
    return DropPlan(agent_id, slot, True, title, detail, other.agent_id)


def _seat(seats: Sequence[str], slot: int) -> str:
    return seats[slot] if slot < len(seats) else f"slot {slot + 1}"
