"""The office as the original web renderer kept it: who goes where, how they move, which frame they show.

*Reference mode* (decision 7) exists to be compared with pictures of that renderer, so its oddities are kept on purpose:
only one zone of a type is used, agents beyond its seats stand on top of each other, nobody has a home seat. Format
sections 3.3, 7, 9, 11.1 and 19. Canvas units and milliseconds; no clock, the time is passed in.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from office_studio.core.office.fallback import fallback_positions, fallback_zone_type, fallback_zones
from office_studio.core.office.live import LiveAgent
from office_studio.core.office.model import AgentStatus
from office_studio.core.office.movement import ARRIVED, KEEP_PER_FRAME
from office_studio.core.theme.model import Point, Seat, Theme, Zone, ZoneType

TICKS_PER_MS = 60 / 1000
FRAME_COUNT = 4
OVERLAY_STEP_MS = 2000.0
OVERLAYS_SHOWN = 2  # of a list of pictures, however long it is
WALK_STEP_MS = 16.0
_ZONE_OF = {AgentStatus.IDLE: ZoneType.LOUNGE, AgentStatus.COLLABORATING: ZoneType.MEETING}

Overlays = Mapping[str, Mapping[str, tuple[str, ...]]]  # seat id -> status -> names of pictures that did load


class FrameSet(StrEnum):
    """A row of the grid sheet."""

    IDLE = "idle"
    WORKING = "working"
    WALK_RIGHT = "walk-right"
    WALK_LEFT = "walk-left"

    @property
    def row(self) -> int:
        return tuple(FrameSet).index(self)

    @property
    def speed(self) -> float:
        """Frames per tick of 1/60 s."""
        return {FrameSet.IDLE: 0.03, FrameSet.WORKING: 0.05}.get(self, 0.13)


@dataclass(frozen=True, slots=True)
class ReferenceFigure:
    """One agent as it is drawn now. ``at``: foot point of a sheet's figure, centre of a disc; canvas units."""

    agent_id: str
    name: str
    status: AgentStatus
    at: Point
    target: Point
    zone_id: str | None
    zone_type: ZoneType | None
    seat_id: str | None
    walking: bool
    frame_set: FrameSet | None  # None: drawn as a disc
    frame: int
    is_hidden: bool  # its seat has pictures of its own; name and marks are hidden too
    overlay: str | None  # name of that picture


@dataclass(slots=True)
class _Actor:
    agent: LiveAgent
    zone: Zone | None
    seat: Seat | None
    start: Point
    target: Point
    started_ms: float
    arrives_ms: float
    walking: bool = False
    frame_set: FrameSet = FrameSet.IDLE
    frames_since_ms: float = 0.0
    is_hidden: bool = False

    def at(self, now_ms: float) -> Point:
        if now_ms >= self.arrives_ms:
            return self.target
        keep = KEEP_PER_FRAME ** (max(0.0, now_ms - self.started_ms) * TICKS_PER_MS)
        return Point(
            self.target.x + (self.start.x - self.target.x) * keep, self.target.y + (self.start.y - self.target.y) * keep
        )


def arrival_ms(start: Point, target: Point) -> float:
    """How long the way takes: whole ticks of 1/60 s until both axes are less than one unit off (section 9)."""
    distance = max(abs(start.x - target.x), abs(start.y - target.y))
    if distance < ARRIVED:
        return 0.0
    ticks = math.floor(math.log(distance / ARRIVED) / -math.log(KEEP_PER_FRAME)) + 1
    return ticks / TICKS_PER_MS


def zones_in_order(theme: Theme) -> tuple[Zone, ...]:
    """Zones with seats, those nearest to the middle of the canvas (left to right) first."""
    middle = theme.canvas.width / 2
    return tuple(sorted((zone for zone in theme.zones if zone.seats), key=lambda z: abs(z.bounds.center.x - middle)))


def seats_for(theme: Theme, agents: Sequence[LiveAgent]) -> list[tuple[Zone | None, Seat | None]]:
    """Zone and seat of each agent, in their order. More than one agent may get the same seat."""
    zones = zones_in_order(theme)
    if not zones:
        return [(None, None)] * len(agents)
    taken: dict[str, int] = {}
    found: list[tuple[Zone | None, Seat | None]] = []
    for agent in agents:
        wanted = _ZONE_OF.get(agent.status, ZoneType.WORK)
        zone = next((zone for zone in zones if zone.type is wanted), zones[0])
        index = taken.get(zone.id, 0)
        taken[zone.id] = index + 1
        found.append((zone, zone.seats[index % len(zone.seats)]))
    return found


def displayed(theme: Theme | None, agents: Iterable[LiveAgent]) -> list[LiveAgent]:
    """Who is drawn: the first ``maxAgents`` of those who are there, in the order of the stream; all without it."""
    there = [agent for agent in agents if agent.status is not AgentStatus.OFFLINE]
    limit = theme.max_agents if theme is not None else None
    return there if limit is None else there[: max(0, limit)]


@dataclass(slots=True)
class ReferenceModel:
    """Figures of one office. Positions depend only on the times at which agents were told, not on how often it is
    asked."""

    next_due_ms: float | None = None
    _theme: Theme | None = None
    _has_sheet: bool = False
    _overlays: Overlays = field(default_factory=dict)
    _agents: dict[str, LiveAgent] = field(default_factory=dict)
    _actors: dict[str, _Actor] = field(default_factory=dict)
    _figures: tuple[ReferenceFigure, ...] = ()
    _view: tuple[float, float] = (1000.0, 700.0)
    _is_dirty: bool = True

    def set_theme(self, theme: Theme | None, *, has_sheet: bool = False, overlays: Overlays | None = None) -> None:
        """Another theme (None: the built-in office). ``has_sheet``: its grid sheet could be loaded; ``overlays``:
        pictures of ``seatSprites`` that could be loaded, a status without any left out."""
        self._theme, self._has_sheet, self._overlays = theme, has_sheet, overlays or {}
        self._actors.clear()
        self._is_dirty = True

    def set_view_size(self, width: float, height: float) -> None:
        """Size of the view in pixels; only the built-in office depends on it."""
        if (width, height) != self._view:
            self._view = (width, height)
            self._is_dirty = self._is_dirty or self._theme is None

    def set_agents(self, agents: Iterable[LiveAgent]) -> None:
        """The whole office, in the order of the stream."""
        self._agents = {agent.id: agent for agent in agents}
        self._is_dirty = True

    def update_agents(self, changed: Iterable[LiveAgent], removed: Iterable[str] = ()) -> None:
        """Only what changed; newcomers go to the end."""
        for agent in changed:
            self._agents[agent.id] = agent
        for agent_id in removed:
            self._agents.pop(agent_id, None)
        self._is_dirty = True

    @property
    def theme(self) -> Theme | None:
        return self._theme

    @property
    def view_size(self) -> tuple[float, float]:
        return self._view

    @property
    def has_sheet(self) -> bool:
        return self._has_sheet

    @property
    def figures(self) -> tuple[ReferenceFigure, ...]:
        """As of the last ``advance``, in drawing order."""
        return self._figures

    def links(self) -> tuple[tuple[ReferenceFigure, ReferenceFigure], ...]:
        """Who collaborates with whom. The original's gap is kept: no line when the one with the smaller id is not
        collaborating itself (section 10)."""
        figures = {figure.agent_id: figure for figure in self._figures}
        pairs = []
        for figure in self._figures:
            if figure.status is AgentStatus.COLLABORATING:
                for other in self._agents[figure.agent_id].agent.collaborating_with:
                    if figure.agent_id < other and other in figures:
                        pairs.append((figure, figures[other]))
        return tuple(pairs)

    def advance(self, now_ms: float) -> bool:
        """Bring everybody to ``now_ms``; whether anything looks different now. Times must not go back."""
        if self._is_dirty:
            self._is_dirty = False
            self._place_all(now_ms)
        for actor in self._actors.values():
            if actor.walking and now_ms >= actor.arrives_ms:
                actor.walking = False
                self._refresh(actor, actor.arrives_ms)
        before, self._figures = self._figures, tuple(self._figure(actor, now_ms) for actor in self._actors.values())
        self.next_due_ms = min(
            (due for actor in self._actors.values() if (due := self._due_ms(actor, now_ms)) is not None), default=None
        )
        return before != self._figures

    # -- inside ------------------------------------------------------------------------------------
    def _place_all(self, now_ms: float) -> None:
        agents = displayed(self._theme, self._agents.values())
        for agent_id in set(self._actors) - {agent.id for agent in agents}:
            del self._actors[agent_id]
        if self._theme is None:
            self._place_without_theme(agents, now_ms)
            return
        for agent, (zone, seat) in zip(agents, seats_for(self._theme, agents), strict=True):
            if zone is not None and seat is not None:
                self._put(agent, zone, seat, seat.at, now_ms)

    def _place_without_theme(self, agents: list[LiveAgent], now_ms: float) -> None:
        spots: dict[str, Point] = {}
        for zone in fallback_zones(*self._view):
            here = [agent for agent in agents if fallback_zone_type(agent.status) is zone.type]
            spots |= {a.id: at for a, at in zip(here, fallback_positions(zone.bounds, len(here)), strict=True)}
        for agent in agents:
            self._put(agent, None, None, spots[agent.id], now_ms)

    def _put(self, agent: LiveAgent, zone: Zone | None, seat: Seat | None, target: Point, now_ms: float) -> None:
        actor = self._actors.get(agent.id)
        if actor is None:
            actor = self._actors[agent.id] = _Actor(agent, zone, seat, target, target, now_ms, now_ms)
            actor.frames_since_ms = now_ms
        else:
            has_moved = seat is not None and (actor.seat is None or actor.seat.id != seat.id)
            if target != actor.target:
                actor.start, actor.started_ms, actor.target = actor.at(now_ms), now_ms, target
                actor.arrives_ms = now_ms + arrival_ms(actor.start, target)
            actor.walking = actor.walking or has_moved
            actor.agent, actor.zone, actor.seat = agent, zone, seat
        # The original never shows a figure again that it hid once.
        actor.is_hidden = actor.is_hidden or (seat is not None and seat.id in self._overlays)
        self._refresh(actor, now_ms)

    def _refresh(self, actor: _Actor, now_ms: float) -> None:
        """Choose the row of frames; a new row starts with its first frame."""
        if actor.walking:
            chosen = FrameSet.WALK_LEFT if actor.target.x < actor.at(now_ms).x else FrameSet.WALK_RIGHT
        else:
            chosen = FrameSet.WORKING if actor.agent.status is AgentStatus.WORKING else FrameSet.IDLE
        if chosen is not actor.frame_set:
            actor.frame_set, actor.frames_since_ms = chosen, now_ms

    def _figure(self, actor: _Actor, now_ms: float) -> ReferenceFigure:
        step = int((now_ms - actor.frames_since_ms) * TICKS_PER_MS * actor.frame_set.speed + 1e-6)
        return ReferenceFigure(
            agent_id=actor.agent.id,
            name=actor.agent.name,
            status=actor.agent.status,
            at=actor.at(now_ms),
            target=actor.target,
            zone_id=actor.zone.id if actor.zone else None,
            zone_type=actor.zone.type if actor.zone else None,
            seat_id=actor.seat.id if actor.seat else None,
            walking=actor.walking,
            frame_set=actor.frame_set if self._has_sheet else None,
            frame=step % FRAME_COUNT if self._has_sheet else 0,
            is_hidden=actor.is_hidden,
            overlay=self._overlay(actor, now_ms),
        )

    def _overlay(self, actor: _Actor, now_ms: float) -> str | None:
        sets = self._overlays.get(actor.seat.id) if actor.seat else None
        if not sets:
            return None
        names = sets.get(actor.agent.status.value) or sets.get("idle") or ()
        shown = names[:OVERLAYS_SHOWN]
        return shown[int(now_ms / OVERLAY_STEP_MS) % OVERLAYS_SHOWN % len(shown)] if shown else None

    def _due_ms(self, actor: _Actor, now_ms: float) -> float | None:
        due: list[float] = []
        if now_ms < actor.arrives_ms:
            due.append(now_ms + WALK_STEP_MS)
        if actor.is_hidden:
            if actor.seat is not None and actor.seat.id in self._overlays:
                due.append((math.floor(now_ms / OVERLAY_STEP_MS) + 1) * OVERLAY_STEP_MS)
        elif self._has_sheet:
            pace_ms = 1 / (TICKS_PER_MS * actor.frame_set.speed)
            step = int((now_ms - actor.frames_since_ms) / pace_ms + 1e-6)
            due.append(actor.frames_since_ms + (step + 1) * pace_ms)
        return min(due, default=None)
