"""What the user does to the seating: a deed, how it ended, and what came in between. No Qt."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from office_studio.core.office.model import Binding
from office_studio.core.office.seat_changes import Change, seated, seated_after
from office_studio.errors import OfficeStudioError


@dataclass(frozen=True, slots=True)
class Deed:
    """One step of the user, as who sat and who shall sit in the slots concerned; None is nobody.

    No agent occurs twice on either side, so both sides can be asked of the office.
    """

    title: str
    before: Mapping[int, str | None]
    after: Mapping[int, str | None]

    def reversed(self) -> Deed:
        return Deed(f"Undo: {self.title}", self.after, self.before)

    @property
    def agents(self) -> frozenset[str]:
        return frozenset(who for side in (self.before, self.after) for who in side.values() if who is not None)

    def touches(self, other: Deed) -> bool:
        """Whether they share a slot or an agent."""
        return bool(self.after.keys() & other.after.keys() or self.agents & other.agents)


def deed_of(rows: Iterable[Binding], changes: Sequence[Change], title: str) -> Deed:
    """The deed that ``changes`` are when they begin with ``rows``."""
    known = tuple(rows)
    now, then = seated(known), seated_after(known, changes)
    slots = {slot for change in changes for slot in (change.slot, change.from_slot) if slot is not None}
    concerned = sorted(slot for slot in slots if now.get(slot) != then.get(slot))
    return Deed(title, _once(concerned, now), _once(concerned, then))


def _once(slots: Iterable[int], seating: Mapping[int, str]) -> dict[int, str | None]:
    found: dict[int, str | None] = {}
    seen: set[str | None] = set()
    for slot in slots:
        who = seating.get(slot)
        found[slot] = who if who not in seen else None  # rows that contradict each other are not restored
        seen.add(who)
    return found


class EntryState(StrEnum):
    SAVING = "saving"
    SAVED = "saved"
    PARTLY = "partly"
    UNDONE = "undone"
    FAILED = "failed"
    CONFLICT = "conflict"
    KEPT = "kept"


@dataclass(frozen=True, slots=True)
class SeatConflict:
    """Somebody else changed seats that a deed concerns. Nothing was written.

    Attributes:
        slots: Those that differ from what the deed started from, the one to speak of first.
        rows: What the office has.
        seen_at_ms: When that was read.
    """

    slots: tuple[int, ...]
    rows: tuple[Binding, ...]
    seen_at_ms: int

    @property
    def slot(self) -> int:
        return self.slots[0]

    def theirs(self, slot: int) -> str | None:
        return seated(self.rows).get(slot)


@dataclass(slots=True, eq=False)
class HistoryEntry:
    """One line of the history: what was done, how it ended.

    Attributes:
        done, total: Calls of the office answered, calls in all.
        gone: Agents that lost their seat though they should have one, with the slot they had.
        failures: Of a deed that was done in part: what was not done, and why.
        command: What stands for it on the undo stack.
    """

    number: int
    words: str
    at_ms: int
    deed: Deed
    is_undo: bool = False
    state: EntryState = EntryState.SAVING
    reason: str = ""
    done: int = 0
    total: int = 0
    conflict: SeatConflict | None = None
    error: OfficeStudioError | None = None
    failures: tuple[tuple[Change, str], ...] = ()
    remaining: tuple[Change, ...] = ()
    gone: Mapping[str, int] = field(default_factory=dict)
    command: object = None

    @property
    def can_cancel(self) -> bool:
        """A step of one or two calls is over before anybody could stop it."""
        return self.state is EntryState.SAVING and self.total > 2
