"""What an assignment would do, in words, before anything is sent. No Qt.

Rules (spec decision 5): from another slot onto an occupied one is a swap; from outside it replaces, and who loses the
seat is named before the drop.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from office_studio.core.office.model import Binding
from office_studio.core.office.seat_changes import Change, ChangeKind, Labels, Names, changes_to, describe, seated


@dataclass(frozen=True, slots=True)
class Preview:
    """What a drop would do.

    Attributes:
        title: "Lumi → Desk 3".
        detail: To whom else something happens: "Swaps with Ron, who moves to Sofa 1".
        done: The same as a deed: "Swap Lumi and Ron".
        displaced: Id of the agent that loses or changes its seat.
        is_swap: Whether that agent gets the other seat instead.
    """

    changes: tuple[Change, ...]
    title: str
    detail: str
    done: str
    displaced: str | None = None
    is_swap: bool = False


def preview_assign(
    rows: Iterable[Binding], agent_id: str, slot: int, slots: Collection[int], name: Names, label: Labels
) -> Preview | None:
    """What seating the agent there does; None when it sits there already.

    Args:
        slots: Those of the theme. An agent in a slot beyond them has no seat to swap with.
    """
    known = tuple(rows)
    homes = sorted({row.slot_index for row in known if row.agent_id == agent_id})
    occupant = seated(known).get(slot)
    if homes == [slot] and occupant == agent_id:
        return None
    occupant = None if occupant == agent_id else occupant
    old = next((home for home in homes if home in slots and home != slot), None)
    wanted: dict[int, str | None] = {slot: agent_id}
    is_swap = occupant is not None and old is not None
    if is_swap and old is not None:
        wanted[old] = occupant
    changes = changes_to(known, wanted)
    title = f"{name(agent_id)} → {label(slot)}"
    if occupant is None:
        detail = f"Moves from {label(old)}" if old is not None else "Free seat"
    elif is_swap and old is not None:
        detail = f"Swaps with {name(occupant)}, who moves to {label(old)}"
    else:
        detail = f"{name(occupant)} loses this seat"
    # Of a swap the one that is carried comes first, whichever goes first on the server.
    done = f"Swap {name(agent_id)} and {name(occupant)}" if is_swap and occupant else deed_words(changes, name, label)
    return Preview(changes, title, detail, done, occupant, is_swap)


def preview_unassign(rows: Iterable[Binding], agent_id: str, name: Names, label: Labels) -> Preview | None:
    """What taking the agent's seat away does; None when it has none."""
    known = tuple(rows)
    homes = {slot for slot, who in seated(known).items() if who == agent_id}
    if not homes:
        return None
    changes = changes_to(known, dict.fromkeys(sorted(homes)))
    words = deed_words(changes, name, label)
    return Preview(changes, words, "The seat becomes free", words)


def deed_words(changes: Sequence[Change], name: Names, label: Labels) -> str:
    """Changes as one sentence: what the first does, and how many follow."""
    shown = [change for change in changes if not change.is_aside]
    if not shown:
        return "Nothing to change"
    if len(shown) == 1:
        return describe(shown[0], name, label)
    kinds = {change.kind for change in shown}
    if kinds == {ChangeKind.CLEAR}:
        return f"Empty {len(shown)} seats"
    return f"{describe(shown[0], name, label)}, and {len(shown) - 1} more"
