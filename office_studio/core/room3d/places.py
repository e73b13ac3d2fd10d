"""Where in a room somebody stands: places by status, and room for several agents at one place. Decision 12."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from office_studio.core.office.model import AgentStatus
from office_studio.core.theme.room_model import Vec3

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


@dataclass(frozen=True, slots=True)
class Standing:
    """``place``: name of the position; ``heading_deg`` None: as the agent came."""

    place: str
    at: Vec3
    heading_deg: float | None = None


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
            form = re.compile(re.escape(kind) + r"(?:[-_ ]?(\d{1,4}))?\Z")
            found = [(int(match[1] or 0), name) for name in self._positions if (match := form.match(name))]
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
        heading = self._facings.get(name, self._facings.get(kind))
        if sharing > 1:
            turn = 2 * math.pi * (slot // len(names)) / sharing
            x, z = x + RING * math.sin(turn), z + RING * math.cos(turn)
        return Standing(name, (x, 0.0, z), heading)  # y does not count (format 2.3)

    @property
    def entrance(self) -> Vec3 | None:
        at = self._positions.get(ENTRANCE)
        return None if at is None else (at[0], 0.0, at[2])
