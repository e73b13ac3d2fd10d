"""Where in a room somebody stands: places by status, and room for several agents at one place. Decision 12."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from office_studio.core.office.model import AgentStatus
from office_studio.core.theme.room_model import RoomTheme, Vec3

MAX_SLOTS = 500
RING = 0.35  # world units around a position that several agents share
ENTRANCE = "entrance"  # ours: where newcomers come in

_PLACES = {
    AgentStatus.WORKING: ("desk",),
    AgentStatus.BLOCKED: ("desk",),
    AgentStatus.COLLABORATING: ("meeting", "playground"),  # "meeting" is ours
    AgentStatus.IDLE: ("playground",),
    AgentStatus.OFFLINE: ("bed",),
    AgentStatus.UNBOUND: ("bed",),
}
ASLEEP = ("bed",)


_NUMBERED = re.compile(r"(.*?)[-_ ]?(\d{1,4})\Z")


def kind_of(name: str) -> str:
    """What a position is for: ``desk-2`` is a ``desk``."""
    return _parts(name)[0]


def _parts(name: str) -> tuple[str, int]:
    """Kind and number of a position; the plain one has the number 0."""
    found = _NUMBERED.match(name)
    return (name, 0) if found is None else (found[1], int(found[2]))


@dataclass(frozen=True, slots=True)
class Standing:
    """``place``: name of the position; ``heading_deg`` None: as the agent came; ``inward_deg``: towards the others
    who share it."""

    place: str
    at: Vec3
    heading_deg: float | None = None
    inward_deg: float | None = None


@dataclass(frozen=True, slots=True)
class RoomSlot:
    """One slot of a room without zones: the position it has for work, and what people call it."""

    id: str
    label: str


def room_slots(room: RoomTheme, wanted: int | None, seats: int) -> tuple[RoomSlot, ...]:
    """The slots of a room.

    Args:
        wanted: ``maxAgents``; ``seats``: those of the manifest's zones, which count when that is missing (decision 4).
    """
    character = room.character
    desks = Places(character.positions, {}, 1).names(_PLACES[AgentStatus.WORKING][0]) if character else ()
    count = min(MAX_SLOTS, wanted or seats or len(desks) or 1)
    slots = []
    for number in range(count):
        is_own = number < len(desks) and len(desks) > 1
        name = f"{'Desk' if is_own else 'Place'} {number + 1}"
        slots.append(RoomSlot(f"{'desk' if is_own else 'place'}-{number + 1}", name))
    return tuple(slots)


class Places:
    """The positions of a room's character, shared out by slot.

    Further positions of a kind may be numbered, ``desk-2`` (ours): slots are dealt out to them in turn.
    """

    def __init__(self, positions: Mapping[str, Vec3], facings: Mapping[str, float], slots: int) -> None:
        self._positions, self._facings, self._slots = positions, facings, max(1, slots)
        self._kinds: dict[str, tuple[str, ...]] = {}

    def names(self, kind: str) -> tuple[str, ...]:
        """Positions of one kind: the plain one, then the numbered ones by number."""
        known = self._kinds.get(kind)
        if known is None:
            found = [(number, name) for name in self._positions for of, number in [_parts(name)] if of == kind]
            known = self._kinds[kind] = tuple(name for _, name in sorted(found))
        return known

    def kind_for(self, status: AgentStatus, *, asleep: bool = False) -> str | None:
        """The kind of place that a status asks for; None when the room has none of it."""
        kinds = ASLEEP if asleep else _PLACES[status]
        return next((kind for kind in kinds if self.names(kind)), None)

    def standing(self, kind: str, slot: int) -> Standing:
        """Where the agent of a slot stands at that kind of place: on it when it has it for itself, else on a ring
        around it."""
        names = self.names(kind)
        name = names[slot % len(names)]
        x, _, z = self._positions[name]
        sharing = len(range(slot % len(names), self._slots, len(names)))
        heading, inward = self._facings.get(name, self._facings.get(kind)), None
        if sharing > 1:
            aside, turn = _on_ring(slot // len(names), sharing)
            x, z = x + aside[0], z + aside[2]
            inward = (turn + 180) % 360
        return Standing(name, (x, 0.0, z), heading, inward)  # y does not count (format 2.3)

    def start(self, slot: int) -> Vec3:
        """Where the agent of a slot is as long as no place says otherwise: around the middle of the room."""
        return _on_ring(slot, self._slots)[0] if self._slots > 1 else (0.0, 0.0, 0.0)

    @property
    def entrance(self) -> Vec3 | None:
        at = self._positions.get(ENTRANCE)
        return None if at is None else (at[0], 0.0, at[2])


def _on_ring(number: int, count: int) -> tuple[Vec3, float]:
    """A spot of the ring around the origin, and its direction in degrees."""
    turn = 2 * math.pi * _spread(count)[number] / count
    return (RING * math.sin(turn), 0.0, RING * math.cos(turn)), math.degrees(turn)


@lru_cache(maxsize=64)
def _spread(count: int) -> tuple[int, ...]:
    """The order in which spots of a ring are taken: the first ones lie far apart, so that few agents do not crowd."""
    order = sorted(range(count), key=_halved)
    places = [0] * count
    for place, number in enumerate(order):
        places[number] = place
    return tuple(places)


def _halved(number: int) -> float:
    """0, 1/2, 1/4, 3/4, 1/8 …: the bits of a number, mirrored behind the point."""
    value, step = 0.0, 0.5
    while number:
        value, number, step = value + step * (number & 1), number >> 1, step / 2
    return value
