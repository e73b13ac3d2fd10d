"""From who sits where to who shall sit where: the changes, in an order in which no agent is left without a seat.

Follows the server (Office API 7.6): seating an agent takes it out of its other slot and unseats whoever had the new
one. So a seat is taken only after the agent that keeps a seat elsewhere has left it; two who want each other's seat
swap; of three and more in a ring one steps aside into a free slot first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from office_studio.core.office.model import Binding

Names = Callable[[str], str]  # agent id -> name
Labels = Callable[[int], str]  # slot -> what people call its seat


class ChangeKind(StrEnum):
    SET = "set"
    MOVE = "move"
    SWAP = "swap"
    CLEAR = "clear"


@dataclass(frozen=True, slots=True)
class Change:
    """One step of a new seating.

    Attributes:
        slot: Where ``agent_id`` goes, or what it leaves when ``kind`` is CLEAR.
        from_slot: Where it comes from; None when it had no seat.
        other_id: SWAP: who goes to ``from_slot``. SET, MOVE: who loses the seat for good.
        group: Changes of one number belong together: all of them or none.
        is_aside: Only steps aside to let the others of its group pass.
    """

    kind: ChangeKind
    slot: int
    agent_id: str
    from_slot: int | None = None
    other_id: str | None = None
    group: int = 0
    is_aside: bool = False

    @property
    def calls(self) -> int:
        """How many calls of the server it takes."""
        return 2 if self.kind is ChangeKind.SWAP else 1


def seated(rows: Iterable[Binding]) -> dict[int, str]:
    """Slot -> agent. Of several rows for one slot the first counts."""
    found: dict[int, str] = {}
    for row in rows:
        found.setdefault(row.slot_index, row.agent_id)
    return found


def changes_to(rows: Iterable[Binding], wanted: Mapping[int, str | None]) -> tuple[Change, ...]:
    """What to change so that each slot of ``wanted`` has its agent, or nobody where it says None.

    Slots that are not named stay as they are, except that an agent leaves its old slot for a new one. Rows that
    contradict each other (one agent in two slots, two agents in one) are mended where they are concerned.

    Raises:
        ValueError: ``wanted`` has one agent in two slots.
    """
    return _Ordering(list(rows), wanted).ordered()


def whole_seating(rows: Iterable[Binding], target: Mapping[int, str]) -> dict[int, str | None]:
    """``target`` as the whole truth: every other slot that has somebody becomes empty."""
    return {row.slot_index: None for row in rows} | dict(target)


class _Ordering:
    def __init__(self, rows: list[Binding], wanted: Mapping[int, str | None]) -> None:
        self._now = seated(rows)
        self._homes: dict[str, list[int]] = {}  # agent -> its slots, more than one only in contradictory rows
        for row in rows:
            self._homes.setdefault(row.agent_id, []).append(row.slot_index)
        for slots in self._homes.values():
            slots[:] = sorted(set(slots))
        owners: dict[int, set[str]] = {}
        for row in rows:
            owners.setdefault(row.slot_index, set()).add(row.agent_id)
        targets = [agent_id for agent_id in wanted.values() if agent_id is not None]
        if len(set(targets)) != len(targets):
            raise ValueError("one agent cannot be wanted in two slots")
        self._waiting = {
            slot: agent_id
            for slot, agent_id in wanted.items()
            if agent_id is not None and (self._homes.get(agent_id) != [slot] or len(owners.get(slot, ())) > 1)
        }
        self._movers = set(self._waiting.values())
        leaving = {slot: who - set(targets) for slot, who in owners.items() if slot in wanted and wanted[slot] is None}
        self._to_clear = {slot: min(who) for slot, who in sorted(leaving.items()) if who}
        known = {*self._now, *wanted}
        self._spare = next(slot for slot in range(len(rows) + len(wanted) + 1) if slot not in known)
        self._found: list[Change] = []
        self._group = 0

    def ordered(self) -> tuple[Change, ...]:
        for slot in sorted(self._waiting):
            self._unwind([slot])
        for slot in sorted(self._waiting):  # what is left are rings: everybody waits for somebody
            if slot in self._waiting:
                self._turn(slot)
        for slot, agent_id in self._to_clear.items():
            self._add(Change(ChangeKind.CLEAR, slot, agent_id, slot, group=self._next_group()))
        return tuple(self._found)

    def _unwind(self, slots: list[int], group: int | None = None) -> None:
        """Seat who waits for these slots, then who waits for what becomes free by it; in one group, or one each."""
        while slots:
            slot = slots.pop()
            agent_id = self._waiting.get(slot)
            if agent_id is None:
                continue
            sitting = self._now.get(slot)
            if sitting is not None and sitting != agent_id and sitting in self._movers:
                continue
            loser = sitting if sitting != agent_id else None
            slots.extend(self._seat(agent_id, slot, loser, group or self._next_group()))

    def _seat(self, agent_id: str, slot: int, loser: str | None, group: int) -> list[int]:
        """Returns the slots that become free."""
        del self._waiting[slot]
        self._movers.discard(agent_id)
        came_from = next((old for old in self._homes.get(agent_id, ()) if old != slot), None)
        kind = ChangeKind.SET if came_from is None else ChangeKind.MOVE
        freed = self._leave(agent_id)
        self._now[slot] = agent_id
        self._add(Change(kind, slot, agent_id, came_from, loser, group))
        return [old for old in freed if old != slot]

    def _leave(self, agent_id: str) -> list[int]:
        """Seating an agent takes it out of every slot it had: of more than one, when rows contradict each other."""
        freed = [old for old in self._homes.get(agent_id, ()) if self._now.get(old) == agent_id]
        for old in freed:
            del self._now[old]
        return freed

    def _turn(self, slot: int) -> None:
        """Let those pass who wait for each other, from the one in this slot on."""
        first, group = self._first_of_ring(slot), self._next_group()
        goes_to = self._goal(first)
        other = self._now[goes_to]
        other_goes_to = self._goal(other)
        if self._now.get(other_goes_to) == first:
            del self._waiting[goes_to], self._waiting[other_goes_to]
            freed = [*self._leave(first), *self._leave(other)]
            self._now[goes_to], self._now[other_goes_to] = first, other
            self._movers -= {first, other}
            self._add(Change(ChangeKind.SWAP, goes_to, first, other_goes_to, other, group))
            self._unwind(freed)
            return
        self._add(Change(ChangeKind.MOVE, self._spare, first, self._homes[first][0], group=group, is_aside=True))
        self._unwind(self._leave(first), group)

    def _first_of_ring(self, slot: int) -> str:
        """Who is in that slot; or, when that one only waits for a ring of others, somebody of the ring."""
        met: list[str] = []
        while (who := self._now[slot]) not in met:
            met.append(who)
            slot = self._goal(who)
        return who

    def _goal(self, agent_id: str) -> int:
        return next(at for at, who in self._waiting.items() if who == agent_id)

    def _next_group(self) -> int:
        self._group += 1
        return self._group

    def _add(self, change: Change) -> None:
        self._found.append(change)


def seated_after(rows: Iterable[Binding], changes: Iterable[Change]) -> dict[int, str]:
    """Slot -> agent when all of ``changes`` have been done."""
    now = seated(rows)
    homes: dict[str, set[int]] = {}
    for slot, who in now.items():
        homes.setdefault(who, set()).add(slot)

    def leave(slot: int | None) -> None:
        if slot is not None and (who := now.pop(slot, None)) is not None:
            homes[who].discard(slot)

    def take(slot: int, who: str) -> None:
        leave(slot)
        now[slot] = who
        homes.setdefault(who, set()).add(slot)

    for change in changes:
        if change.kind is ChangeKind.CLEAR:
            leave(change.slot)
            continue
        for one in filter(None, (change.agent_id, change.other_id)):
            for slot in tuple(homes.get(one, ())):
                leave(slot)
        take(change.slot, change.agent_id)
        if change.kind is ChangeKind.SWAP and change.from_slot is not None and change.other_id is not None:
            take(change.from_slot, change.other_id)
    return now


def changed_meanwhile(
    rows: Iterable[Binding], expected: Mapping[int, str], changes: Iterable[Change]
) -> tuple[int, ...]:
    """Slots in which the office differs from what ``changes`` start from, in slot order.

    Looked at are the slots that change hands, and where the agents that move sit: one that somebody else has seated
    meanwhile must not be taken from there unasked.
    """
    known = tuple(rows)
    now = seated(known)
    slots: set[int] = set()
    movers: set[str] = set()
    for change in changes:
        slots.update(slot for slot in (change.slot, change.from_slot) if slot is not None)
        if change.kind is not ChangeKind.CLEAR:
            movers.add(change.agent_id)
        if change.kind is ChangeKind.SWAP and change.other_id is not None:
            movers.add(change.other_id)
    slots.update(slot for slot, who in now.items() if who in movers)
    slots.update(slot for slot, who in expected.items() if who in movers)
    return tuple(sorted(slot for slot in slots if now.get(slot) != expected.get(slot)))


def losers(changes: Iterable[Change]) -> dict[str, int]:
    """Agents that have no seat afterwards, and the slot each of them loses."""
    gone = {}
    for change in changes:
        if change.kind is ChangeKind.CLEAR:
            gone[change.agent_id] = change.slot
        elif change.kind is not ChangeKind.SWAP and change.other_id is not None:
            gone[change.other_id] = change.slot
    return gone


def describe(change: Change, name: Names, label: Labels) -> str:
    """A change in words ("Move Lumi from Desk 2 to Sofa 1, in place of Ron")."""
    who, where = name(change.agent_id), label(change.slot)
    if change.is_aside:
        return f"{who} steps aside for a moment"
    if change.kind is ChangeKind.CLEAR:
        return f"Remove {who} from {where}"
    if change.kind is ChangeKind.SWAP and change.other_id is not None:
        return f"Swap {who} and {name(change.other_id)}"
    rest = f", in place of {name(change.other_id)}" if change.other_id is not None else ""
    if change.from_slot is None or change.from_slot == change.slot:
        return f"Assign {who} to {where}{rest}"
    return f"Move {who} from {label(change.from_slot)} to {where}{rest}"
