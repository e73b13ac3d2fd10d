"""What a room's cast tells of each agent, as values for whoever draws it. World units, degrees, ms."""

from __future__ import annotations

from dataclasses import dataclass

from office_studio.core.office.bubbles import Bubble
from office_studio.core.office.model import AgentStatus
from office_studio.core.room3d.clips import Clip
from office_studio.core.theme.room_model import Vec3


@dataclass(frozen=True, slots=True)
class ClipShare:
    """A clip at a moment, and how much of it is seen: weights of one figure add up to 1."""

    key: str
    clip: Clip
    time_s: float
    weight: float


@dataclass(frozen=True, slots=True)
class RoomFigure:
    """One agent as it is to be drawn now.

    ``heading_deg``: about the vertical, 0 looks along +Z, 90 along +X. ``clips``: the newest first, at most two; none:
    the rest pose. ``place``: name of the position or id of the seat it belongs to, "" for none.
    """

    agent_id: str
    name: str
    status: AgentStatus
    position: Vec3
    target: Vec3
    heading_deg: float = 0.0
    clips: tuple[ClipShare, ...] = ()
    place: str = ""
    zone_id: str | None = None
    slot: int | None = None
    walking: bool = False
    asleep: bool = False
    dimmed: bool = False  # bound, but not there
    bubble: Bubble | None = None

    @property
    def doing(self) -> str:
        """Key of the clip that is seen, or is coming to be seen; "" in the rest pose."""
        return self.clips[0].key if self.clips else ""


@dataclass(frozen=True, slots=True)
class RoomStep:
    """What one ``advance`` did. ``changed``: another name, status, bubble or place; ``moved``: stands elsewhere or
    looks another way; ``posed``: another moment of a clip. ``figures``: all of those, as they are now."""

    changed: frozenset[str] = frozenset()
    moved: frozenset[str] = frozenset()
    posed: frozenset[str] = frozenset()
    removed: frozenset[str] = frozenset()
    figures: tuple[RoomFigure, ...] = ()
    walking: bool = False

    @property
    def is_nothing(self) -> bool:
        return not (self.figures or self.removed)
