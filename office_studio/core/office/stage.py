"""The stage without a screen: where every figure is, what it does, and when the next picture is due.

Deterministic: the same calls with the same times give the same figures. The drawing (``ui/render``) only mirrors it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from zlib import crc32

from office_studio.core.office.bubbles import Bubble
from office_studio.core.office.fallback import fallback_positions, fallback_zone_type, fallback_zones
from office_studio.core.office.live import LiveAgent
from office_studio.core.office.model import AgentStatus, Binding
from office_studio.core.office.movement import Walk
from office_studio.core.office.seating import Place, Seating, Sitter, sitters_of
from office_studio.core.theme.atlas import Atlas, Clip, state_chain
from office_studio.core.theme.model import Direction, Point, Theme, ZoneType

WALK_FRAME_MS = 16.0


@dataclass(frozen=True, slots=True)
class Figure:
    """One character as it is to be drawn now. ``at`` is its foot point (centre of the disc in avatar mode), canvas."""

    agent_id: str
    name: str
    status: AgentStatus
    at: Point
    target: Point
    state: str  # animation state, "" in avatar mode
    direction: Direction
    frame: int
    seat_id: str | None
    zone_id: str | None
    slot: int | None
    walking: bool = False
    dimmed: bool = False  # bound, but not there
    clip: Clip | None = None
    alpha: float = 1.0  # opacity 0..1 from state changes, entrance and exit; on top of the 40 % of ``dimmed``
    bubble: Bubble | None = None
    standing: bool = False  # found no seat, stands in the overflow


@dataclass(frozen=True, slots=True)
class Overflow:
    """Agents that found neither a seat nor a place to stand: how many, and where their "+n" is drawn (canvas)."""

    count: int
    at: Point


@dataclass(frozen=True, slots=True)
class StageStep:
    """What one ``advance`` did. ``changed``: another frame, state or status; ``moved``: another place.

    ``figures``: those that changed or moved, as they are now, in the order of the office.
    """

    changed: frozenset[str] = frozenset()
    moved: frozenset[str] = frozenset()
    removed: frozenset[str] = frozenset()
    figures: tuple[Figure, ...] = ()
    walking: bool = False  # somebody is on the way


@dataclass(slots=True)
class _Actor:
    """Mutable side of a figure."""

    sitter: Sitter
    target: Point
    place: Place | None
    zone_type: ZoneType | None
    zone_id: str | None
    walk: Walk | None = None
    clip: Clip | None = None
    clip_started_ms: float = 0.0
    figure: Figure | None = None
    due_ms: float | None = None  # when the figure looks different next; None: not by itself
    is_stale: bool = True  # something was told since the figure was made


@dataclass(slots=True)
class StageModel:
    """Figures of one office on one theme."""

    reduced_motion: bool = False
    walk_in: bool = False  # newcomers walk in from the entrance, leavers walk out to it; else they fade in place
    overflow: Overflow | None = None
    busy_doors: frozenset[str] = frozenset()  # zones with a door in which somebody sits
    in_step: bool = False  # all start a clip at frame 0, as the original did; else each has its own phase
    unseated: tuple[str, ...] = ()
    next_due_ms: float | None = None
    _theme: Theme | None = None
    _atlas: Atlas | None = None
    _seating: Seating | None = None
    _agents: dict[str, LiveAgent] = field(default_factory=dict)
    _bindings: tuple[Binding, ...] = ()
    _actors: dict[str, _Actor] = field(default_factory=dict)
    _view: tuple[float, float] = (1000.0, 700.0)
    _is_dirty: bool = True
    _gone: set[str] = field(default_factory=set)

    # -- telling -----------------------------------------------------------------------------------
    def set_theme(self, theme: Theme | None, atlas: Atlas | None = None, *, pinned: bool = False) -> None:
        """Another theme: everybody is placed anew, nobody walks. None: the built-in office (format section 19)."""
        self._theme, self._atlas = theme, atlas
        self._seating = None if theme is None else Seating(theme, pinned=pinned)
        self._gone |= set(self._actors)
        self._actors.clear()
        self._is_dirty = True

    def replace_theme(self, theme: Theme, atlas: Atlas | None = None, *, pinned: bool = False) -> None:
        """The theme was edited: who still has its seat keeps it (and goes there when it was moved); clocks run on."""
        self._theme, self._atlas, self._seating = theme, atlas, Seating(theme, pinned=pinned)
        self._is_dirty = True
        for actor in self._actors.values():
            actor.is_stale = True

    def set_view_size(self, width: float, height: float) -> None:
        """Size of the view in pixels; only the built-in office depends on it."""
        if (width, height) != self._view:
            self._view = (width, height)
            self._is_dirty = self._is_dirty or self._theme is None

    def set_agents(self, agents: Iterable[LiveAgent]) -> None:
        self._agents = {agent.id: agent for agent in agents}
        self._is_dirty = True

    def update_agents(self, changed: Iterable[LiveAgent], removed: Iterable[str] = ()) -> None:
        for agent in changed:
            before = self._agents.get(agent.id)
            self._agents[agent.id] = agent
            if before is None or (before.status, before.agent.name) != (agent.status, agent.agent.name):
                self._is_dirty = True
        for agent_id in removed:
            if self._agents.pop(agent_id, None) is not None:
                self._is_dirty = True

    def set_bindings(self, bindings: Sequence[Binding]) -> None:
        if tuple(bindings) != self._bindings:
            self._bindings = tuple(bindings)
            self._is_dirty = True

    def refresh(self) -> None:
        """Look at everybody again at the next ``advance``; for a changed switch such as ``reduced_motion``."""
        for actor in self._actors.values():
            actor.is_stale = True
            if self.reduced_motion:
                actor.walk = None

    # -- asking ------------------------------------------------------------------------------------
    @property
    def figures(self) -> Mapping[str, Figure]:
        """All figures as of the last ``advance``."""
        return {agent_id: actor.figure for agent_id, actor in self._actors.items() if actor.figure is not None}

    def figure(self, agent_id: str) -> Figure | None:
        actor = self._actors.get(agent_id)
        return None if actor is None else actor.figure

    @property
    def seating(self) -> Seating | None:
        return self._seating

    @property
    def view_size(self) -> tuple[float, float]:
        return self._view

    # -- time --------------------------------------------------------------------------------------
    def advance(self, now_ms: float) -> StageStep:
        """Bring every figure to ``now_ms`` and say what differs. Times must not go back."""
        if self._is_dirty:
            self._is_dirty = False
            self._place_all(now_ms)
        changed, moved, touched = set(), set(), []
        for agent_id, actor in self._actors.items():
            if not actor.is_stale and (actor.due_ms is None or now_ms < actor.due_ms):
                continue
            before, after = actor.figure, self._figure(actor, now_ms)
            if before is None or before.at != after.at:
                moved.add(agent_id)
            if before is None or _look(before) != _look(after):
                changed.add(agent_id)
            actor.figure, actor.is_stale = after, False
            touched.append(after)
        removed, self._gone = frozenset(self._gone - set(self._actors)), set()
        self.next_due_ms = min((a.due_ms for a in self._actors.values() if a.due_ms is not None), default=None)
        walking = any(actor.walk is not None for actor in self._actors.values())
        return StageStep(frozenset(changed), frozenset(moved), removed, tuple(touched), walking)

    # -- inside ------------------------------------------------------------------------------------
    def _place_all(self, now_ms: float) -> None:
        if self._seating is None:
            self._place_without_theme(now_ms)
            return
        sitters = sitters_of(self._agents.values(), self._bindings, self._seating.slot_count)
        plan = self._seating.plan(sitters)
        self.unseated = plan.unseated
        self._keep(plan.places)
        for sitter in sitters:
            if place := plan.places.get(sitter.agent_id):
                self._put(sitter, place.seat.at, place, place.zone.type, place.zone.id, now_ms)

    def _place_without_theme(self, now_ms: float) -> None:
        sitters = sorted(sitters_of(self._agents.values(), (), 0), key=lambda s: (s.name.casefold(), s.agent_id))
        self.unseated = ()
        self._keep({sitter.agent_id for sitter in sitters})
        for zone in fallback_zones(*self._view):
            here = [sitter for sitter in sitters if fallback_zone_type(sitter.status) is zone.type]
            for sitter, at in zip(here, fallback_positions(zone.bounds, len(here)), strict=True):
                self._put(sitter, at, None, zone.type, zone.id, now_ms)

    def _keep(self, agent_ids: Iterable[str]) -> None:
        gone = set(self._actors) - set(agent_ids)
        self._gone |= gone
        for agent_id in gone:
            del self._actors[agent_id]

    def _put(
        self,
        sitter: Sitter,
        target: Point,
        place: Place | None,
        zone_type: ZoneType,
        zone_id: str,
        now_ms: float,
    ) -> None:
        actor = self._actors.get(sitter.agent_id)
        if actor is None:
            actor = self._actors[sitter.agent_id] = _Actor(sitter, target, place, zone_type, zone_id)
            actor.clip_started_ms = now_ms
            return
        is_same = (sitter, target, zone_id) == (actor.sitter, actor.target, actor.zone_id) and place is actor.place
        if is_same:
            return  # nearly everybody, nearly always
        if target != actor.target:
            here = actor.figure.at if actor.figure is not None else actor.target
            width = self._theme.canvas.width if self._theme is not None else self._view[0]
            actor.walk = None if self.reduced_motion else Walk.between(here, target, now_ms, width)
            actor.target = target
        actor.sitter, actor.place, actor.zone_type, actor.zone_id = sitter, place, zone_type, zone_id
        actor.is_stale = True

    def _figure(self, actor: _Actor, now_ms: float) -> Figure:
        if actor.walk is not None and actor.walk.is_over(now_ms):
            actor.walk = None
        walking = actor.walk is not None
        dimmed = actor.sitter.status in (AgentStatus.OFFLINE, AgentStatus.UNBOUND)
        direction = (
            actor.walk.direction_at(now_ms)
            if actor.walk
            else actor.place.seat.direction
            if actor.place
            else Direction.DOWN
        )
        clip = self._clip(actor, direction, walking)
        if clip is not actor.clip:
            if actor.clip is None or clip is None or clip.state != actor.clip.state:
                actor.clip_started_ms = now_ms
            actor.clip = clip
        frame, change_ms = 0, None
        if clip is not None and not dimmed and (walking or not self.reduced_motion):
            frame, change_ms = self._frame(actor, clip, now_ms)
        actor.due_ms = now_ms + WALK_FRAME_MS if walking else change_ms
        sitter = actor.sitter
        return Figure(
            agent_id=sitter.agent_id,
            name=sitter.name,
            status=sitter.status,
            at=actor.walk.at(now_ms) if actor.walk else actor.target,
            target=actor.target,
            state=clip.state if clip else "",
            direction=direction,
            frame=frame,
            seat_id=actor.place.id if actor.place else None,
            zone_id=actor.zone_id,
            slot=sitter.slot,
            walking=walking and self._theme is not None,
            dimmed=dimmed,
            clip=clip,
        )

    def _clip(self, actor: _Actor, direction: Direction, walking: bool) -> Clip | None:
        if self._atlas is None:
            return None
        return self._atlas.clip(state_chain(actor.sitter.status, actor.zone_type, walking=walking), direction)

    def _frame(self, actor: _Actor, clip: Clip, now_ms: float) -> tuple[int, float | None]:
        """Index of the frame, and when it changes."""
        phase_ms = self._phase_ms(actor.sitter.agent_id, clip)
        elapsed = now_ms - actor.clip_started_ms + phase_ms
        change = clip.next_change_ms(elapsed)
        due_ms = None if change is None else change - phase_ms + actor.clip_started_ms
        return clip.index_at(elapsed), due_ms

    def _phase_ms(self, agent_id: str, clip: Clip) -> float:
        """Head start into the clip, so that neighbours do not move in step. None for clips that end."""
        if self.in_step or not clip.loop:
            return 0.0
        return crc32(agent_id.encode()) % 1000 / 1000 * len(clip.frames) / clip.fps * 1000


def _look(figure: Figure) -> tuple[object, ...]:
    """Everything but the place."""
    return (
        figure.name,
        figure.status,
        figure.state,
        figure.direction,
        figure.frame,
        figure.walking,
        figure.dimmed,
        figure.seat_id,
        figure.clip,
        figure.alpha,
        figure.bubble,
        figure.standing,
    )
