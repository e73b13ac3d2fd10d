"""The stage without a screen: where every figure is, what it does, and when the next picture is due.

Deterministic: the same calls with the same times give the same figures. The drawing (``ui/render``) only mirrors it.
A step costs what changes in it, not what there is (``cast.py``, ``seating.py``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from office_studio.core.office.actor import Manner, Spot
from office_studio.core.office.bubbles import Bubble, Speech, said_by
from office_studio.core.office.cast import CROWD, Cast
from office_studio.core.office.fallback import fallback_positions, fallback_room, fallback_zone_type, fallback_zones
from office_studio.core.office.figure import Figure, Overflow, StageStep
from office_studio.core.office.floor_grid import FloorGrid
from office_studio.core.office.live import LiveAgent
from office_studio.core.office.model import AgentStatus, Binding
from office_studio.core.office.overflow import StandingRoom, figure_size, standing_places
from office_studio.core.office.seating import Seating, Sitter, sitters_of
from office_studio.core.office.ways import Ways
from office_studio.core.theme.atlas import Atlas
from office_studio.core.theme.model import Point, Theme

__all__ = ["Bubble", "Figure", "Overflow", "StageModel", "StageStep"]


@dataclass(slots=True)
class StageModel:
    """Figures of one office on one theme."""

    reduced_motion: bool = False  # neither walks nor fades nor frames
    is_far: bool = False  # seen from so far that frames cannot be told apart: only places and statuses change
    walk_in: bool = False  # newcomers walk in from the entrance, leavers walk out to it; else they fade in place
    overflow: Overflow | None = None
    busy_doors: frozenset[str] = frozenset()  # zones with a door in which somebody sits
    in_step: bool = False  # all start a clip at frame 0, as the original did; else each has its own phase
    most_told: int | None = None  # agents looked at in one step after news of many; None: all at once
    unseated: tuple[str, ...] = ()  # neither a seat nor a place to stand
    next_due_ms: float | None = None
    _theme: Theme | None = None
    _atlas: Atlas | None = None
    _seating: Seating | None = None
    _room: StandingRoom | None = None
    _cast: Cast = field(default_factory=Cast)
    _agents: dict[str, LiveAgent] = field(default_factory=dict)
    _bindings: tuple[Binding, ...] = ()
    _bound: dict[str, Binding] = field(default_factory=dict)  # those to slots of the theme
    _view: tuple[float, float] = (1000.0, 700.0)
    # What was told since the last step.
    _told: dict[str, None] = field(default_factory=dict)
    _heard: dict[str, None] = field(default_factory=dict)
    _all_told: bool = True
    _is_all_told_on: bool = False  # what is left of ``_told`` comes from news of everybody
    _is_edit: bool = False  # whoever lost a seat to an edit takes none from others
    _is_opening: bool = True  # whoever is placed next was there before us

    # -- telling -----------------------------------------------------------------------------------
    def set_theme(
        self, theme: Theme | None, atlas: Atlas | None = None, *, pinned: bool = False, ways: Ways | None = None
    ) -> None:
        """Another theme: everybody is placed anew, nobody walks. None: the built-in office (format section 19).

        Args:
            ways: Those of the theme when they were made before, see :meth:`Ways.built`.
        """
        self._use(theme, atlas, pinned=pinned)
        self._room, self.overflow, self._is_opening = None, None, True
        self._cast.clear(None if theme is None else ways or Ways(theme), self._width)

    def replace_theme(
        self, theme: Theme, atlas: Atlas | None = None, *, pinned: bool = False, ways: Ways | None = None
    ) -> None:
        """The theme was edited: who still has its seat keeps it (and goes there when it was moved); clocks run on."""
        before, room = self._seating, self._room
        if before is None:
            self.set_theme(theme, atlas, pinned=pinned, ways=ways)
            return
        seating = self._use(theme, atlas, pinned=pinned)
        if seating is not None:
            seating.adopt(before)
        self._cast.change_ground(ways or Ways(theme), self._width)
        self._is_edit = True
        if room is not None:
            self._room = self._standing_room()
            self._room.adopt(room)

    def set_grid(self, grid: FloorGrid | None) -> None:
        """Use a grid that was built elsewhere: ``FloorGrid.build(theme)`` may run on any thread. Else it is built
        when the first figure walks, in about 10 ms."""
        if self._cast.ways is not None:
            self._cast.ways.use(grid)

    def set_view_size(self, width: float, height: float) -> None:
        """Size of the view in pixels; only the built-in office depends on it."""
        if (width, height) != self._view:
            self._view = (width, height)
            self._all_told = self._all_told or self._theme is None

    def set_agents(self, agents: Iterable[LiveAgent]) -> None:
        """The whole office."""
        self._agents = {agent.id: agent for agent in agents}
        self._heard |= dict.fromkeys(self._agents)
        self._all_told = True
        self._is_opening = self._is_opening or not self._cast.actors

    def update_agents(self, changed: Iterable[LiveAgent], removed: Iterable[str] = ()) -> None:
        """Only what changed."""
        for agent in changed:
            before = self._agents.get(agent.id)
            self._agents[agent.id] = agent
            if before is None or (before.status, before.agent.name) != (agent.status, agent.agent.name):
                self._told[agent.id] = None
            if before is None or said_by(before) != said_by(agent):
                self._heard[agent.id] = None
        for agent_id in removed:
            if self._agents.pop(agent_id, None) is not None:
                self._told[agent_id] = None

    def set_bindings(self, bindings: Sequence[Binding]) -> None:
        if tuple(bindings) != self._bindings:
            self._bindings = tuple(bindings)
            self._bind()

    def refresh(self) -> None:
        """Look at everybody again at the next ``advance``; for a changed switch such as ``reduced_motion``."""
        self._cast.restate(stand_still=self.reduced_motion)

    # -- asking ------------------------------------------------------------------------------------
    @property
    def figures(self) -> Mapping[str, Figure]:
        """All figures as of the last ``advance``."""
        return {agent_id: actor.figure for agent_id, actor in self._cast.actors.items() if actor.figure is not None}

    def figure(self, agent_id: str) -> Figure | None:
        actor = self._cast.actors.get(agent_id)
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
        cast = self._cast
        cast.manner = Manner(
            atlas=self._atlas,
            has_theme=self._theme is not None,
            reduced_motion=self.reduced_motion,
            is_far=self.is_far,
            in_step=self.in_step,
            fades=not (self.reduced_motion or self.is_far) and len(cast.actors) <= CROWD,
            walk_in=self.walk_in,
        )
        cast.begin_step(now_ms)
        if self._all_told or self._told:
            self._place(now_ms)
        self._listen(now_ms)
        step = cast.advance(now_ms)
        self.next_due_ms, self.busy_doors = cast.next_due_ms(), cast.busy_doors
        if self.is_behind:
            self.next_due_ms = now_ms
        return step

    @property
    def is_behind(self) -> bool:
        """Whether there is news that no step has taken in yet, see ``most_told``."""
        return bool(self._all_told or self._told or self._heard)

    # -- who -----------------------------------------------------------------------------------------
    def _use(self, theme: Theme | None, atlas: Atlas | None, *, pinned: bool) -> Seating | None:
        self._theme, self._atlas = theme, atlas
        self._seating = None if theme is None else Seating(theme, pinned=pinned)
        self._bind()
        return self._seating

    @property
    def _width(self) -> float:
        return self._view[0] if self._theme is None else self._theme.canvas.width

    def _bind(self) -> None:
        slots = 0 if self._seating is None else self._seating.slot_count
        self._bound = {b.agent_id: b for b in self._bindings if 0 <= b.slot_index < slots}
        self._all_told = True

    def _listen(self, now_ms: float) -> None:
        """Pass on what agents were heard to do, to those who are on the stage."""
        newcomers = self._cast.newcomers
        heard = self._heard if self.most_told is None else dict.fromkeys(islice(self._heard, self.most_told))
        for agent_id in {**heard, **newcomers}:
            actor, agent = self._cast.actors.get(agent_id), self._agents.get(agent_id)
            if actor is not None and agent is not None:
                actor.speech = actor.speech or Speech()
                actor.speech.hear(agent, now_ms, self._name_of, is_old_news=newcomers.get(agent_id, False))
                self._cast.note(actor)
        for agent_id in list(heard):
            del self._heard[agent_id]
        newcomers.clear()

    def _name_of(self, agent_id: str) -> str:
        agent = self._agents.get(agent_id)
        return agent_id if agent is None else agent.name

    # -- where ---------------------------------------------------------------------------------------
    def _place(self, now_ms: float) -> None:
        told, everybody = self._told, self._all_told or self._is_all_told_on
        is_anew, self._told, self._all_told, self._is_all_told_on = self._all_told, {}, False, False
        opening, self._is_opening = self._is_opening, False
        disturb, self._is_edit = not self._is_edit, False
        if self._seating is None:
            self._place_without_theme(now_ms, opening)
            return
        seating = self._seating
        if is_anew:
            told = dict.fromkeys([*self._agents, *self._bound, *seating.agent_ids, *self._cast.actors])
        if self.most_told is not None and len(told) > self.most_told:
            told = self._first_of(told, in_order=not is_anew)
            self._is_all_told_on, self._is_opening, self._is_edit = everybody, opening, not disturb
        changed, removed = [], []
        for agent_id in told:
            sitter = self._sitter(agent_id)
            if sitter is None:
                removed.append(agent_id)
            elif everybody or sitter != seating.sitter_of(agent_id):
                changed.append(sitter)
        touched = seating.update([s for s in changed if s != seating.sitter_of(s.agent_id)], removed, disturb=disturb)
        for agent_id in removed:
            self._cast.leave(agent_id, now_ms)
        for agent_id in dict.fromkeys([*(s.agent_id for s in changed), *sorted(touched)]):
            place, known = seating.place_of(agent_id), seating.sitter_of(agent_id)
            if place is not None and known is not None:
                self._cast.put(known, Spot.on(place), now_ms, opening=opening)
        self._stand(seating, now_ms, opening)

    def _first_of(self, told: dict[str, None], *, in_order: bool) -> dict[str, None]:
        """Those to be looked at now; the others are left for the next steps.

        Who left goes first and makes room, then come those who have a seat of their own.
        """
        names = list(told)
        if not in_order:
            names.sort(key=lambda a: 1 if a in self._bound else 2 if a in self._agents else 0)
        self._told = dict.fromkeys(names[self.most_told :])
        return dict.fromkeys(names[: self.most_told])

    def _sitter(self, agent_id: str) -> Sitter | None:
        """Who is to be seated: agents that are online, and everybody bound to a slot (format 8.2, 22)."""
        agent, binding = self._agents.get(agent_id), self._bound.get(agent_id)
        if agent is None:
            if binding is None:
                return None
            return Sitter(agent_id, binding.agent_name or agent_id, AgentStatus.OFFLINE, binding.slot_index)
        if binding is None and agent.status is AgentStatus.OFFLINE:
            return None
        return Sitter(agent_id, agent.agent.name, agent.status, binding.slot_index if binding else None)

    def _stand(self, seating: Seating, now_ms: float, opening: bool) -> None:
        """Places for those without a seat, and a number for those without either."""
        waiting = seating.unseated
        if not waiting and self._room is None:
            self.unseated, self.overflow = (), None
            return
        room = self._room = self._room or self._standing_room()
        places, self.unseated = room.assign(waiting)
        for agent_id, at in places.items():
            sitter = seating.sitter_of(agent_id)
            if sitter is not None:
                self._cast.put(sitter, Spot(at, standing=True), now_ms, opening=opening)
        seatless = set(self.unseated)
        for agent_id in [agent_id for agent_id in self._cast.actors if agent_id in seatless]:
            self._cast.leave(agent_id, now_ms)
        self.overflow = Overflow(len(self.unseated), room.badge) if self.unseated else None

    def _standing_room(self) -> StandingRoom:
        ways, theme = self._cast.ways, self._theme
        if ways is None or theme is None:
            return StandingRoom()
        return StandingRoom(standing_places(theme, ways.grid, figure_size(self._atlas)), ways.entrance)

    def _place_without_theme(self, now_ms: float, opening: bool) -> None:
        sitters = sorted(sitters_of(self._agents.values(), (), 0), key=lambda s: (s.name.casefold(), s.agent_id))
        left: list[str] = []
        placed: set[str] = set()
        badge = Point(0, 0)
        for zone in fallback_zones(*self._view):
            here = [sitter for sitter in sitters if fallback_zone_type(sitter.status) is zone.type]
            room = fallback_room(zone.bounds)
            if len(here) > room:
                badge = Point(zone.bounds.x + zone.bounds.width - 28, zone.bounds.y + 24)
            left += [sitter.agent_id for sitter in here[room:]]
            here = here[:room]
            for sitter, at in zip(here, fallback_positions(zone.bounds, len(here)), strict=True):
                placed.add(sitter.agent_id)
                self._cast.put(sitter, Spot(at, None, zone.id, zone.type), now_ms, opening=opening)
        for agent_id in [agent_id for agent_id in self._cast.actors if agent_id not in placed]:
            self._cast.leave(agent_id, now_ms)
        self.unseated = tuple(left)
        self.overflow = Overflow(len(left), badge) if left else None
