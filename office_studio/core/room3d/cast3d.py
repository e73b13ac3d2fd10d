"""Everybody in a room in space: who is where, doing what, and when the next picture is due. Ms, world units.

The counterpart of ``core/office/stage.py`` for 3D themes: told the same things, asked the same way. Deterministic:
times and seeds are passed in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from office_studio.core.office.bubbles import Speech, said_by
from office_studio.core.office.live import LiveAgent
from office_studio.core.office.model import AgentStatus, Binding
from office_studio.core.office.seating import slot_count
from office_studio.core.room3d.clips import BLOCKED, COLLABORATING, RESTING, SLEEPING, WORKING, ClipTable
from office_studio.core.room3d.figure3d import ClipShare, RoomFigure, RoomStep
from office_studio.core.room3d.performer import Cycle, Go, Loop, Once, Performer, Step
from office_studio.core.room3d.placement import ZoneSpot, zone_spots
from office_studio.core.room3d.places import Places
from office_studio.core.theme.model import Theme
from office_studio.core.theme.room_model import Dialect, Vec3

LONG_IDLE_MS = 30 * 60 * 1000.0  # then an idle agent goes to bed (format 8.1)
_DOING = {
    AgentStatus.WORKING: WORKING,
    AgentStatus.BLOCKED: BLOCKED,
    AgentStatus.COLLABORATING: COLLABORATING,
}
_GETTING_UP: tuple[Step, ...] = (Once("stand_up"),)
_LYING_DOWN: tuple[Step, ...] = (Once("walk_to_sit"), Once("lie_down"))


@dataclass(frozen=True, slots=True)
class Pace:
    """How often somebody who is animated is drawn: while something moves, and while everybody stays in place."""

    smooth_ms: float = 1000 / 30
    calm_ms: float = 1000 / 20


HIGH_PACE, LOW_PACE = Pace(), Pace(1000 / 20, 1000 / 10)  # quality high, performance


@dataclass(frozen=True, slots=True)
class _Goal:
    """What an agent is to do; while it stays the same, nothing is begun anew."""

    status: AgentStatus
    asleep: bool
    place: str
    at: Vec3 | None  # None: where it is
    heading_deg: float | None = None


@dataclass(slots=True)
class _Member:
    agent_id: str
    performer: Performer
    name: str
    status: AgentStatus
    slot: int | None
    goal: _Goal | None = None
    zone_id: str | None = None
    dimmed: bool = False
    is_tired: bool = False  # was idle for so long that it went to bed
    rests_since_ms: float | None = None  # has been idle on its place since
    speech: Speech = field(default_factory=Speech)
    figure: RoomFigure | None = None


@dataclass(slots=True)
class RoomCast:
    """The agents of one office in one 3D theme."""

    seed: str = "office"
    reduced_motion: bool = False
    walk_in: bool = False  # newcomers walk in from the position ``entrance``, if there is one
    pace: Pace = HIGH_PACE
    next_due_ms: float | None = None
    unseated: tuple[str, ...] = ()  # agents for whom the theme has no slot
    _theme: Theme | None = None
    _places: Places | None = None
    _clips: ClipTable = field(default_factory=ClipTable)
    _agents: dict[str, LiveAgent] = field(default_factory=dict)
    _bindings: tuple[Binding, ...] = ()
    _members: dict[str, _Member] = field(default_factory=dict)
    _slots: dict[str, int] = field(default_factory=dict)  # of those not bound
    _removed: set[str] = field(default_factory=set)
    _heard: dict[str, bool] = field(default_factory=dict)  # agent id -> whether it was so before anybody looked
    _spots: dict[str, ZoneSpot] = field(default_factory=dict)  # dialect 3a
    _is_told: bool = True
    _is_opening: bool = True
    _is_restated: bool = False

    # -- telling -----------------------------------------------------------------------------------
    def set_theme(self, theme: Theme | None, clips: ClipTable | None = None) -> None:
        """Another room: everybody is on its place at once."""
        self._removed |= set(self._members)
        self._members.clear()
        self._slots.clear()
        self._take(theme, clips)
        self._is_opening = True

    def replace_theme(self, theme: Theme, clips: ClipTable | None = None) -> None:
        """The theme was edited: who has another place now walks there."""
        self._take(theme, clips)

    def set_clips(self, clips: ClipTable) -> None:
        """What the character can do, once its model has been read. Whoever was on the way is there."""
        if clips != self._clips:
            self._clips = clips
            self.refresh()

    def set_agents(self, agents: Iterable[LiveAgent]) -> None:
        """The whole office."""
        self._agents = {agent.id: agent for agent in agents}
        self._heard |= {agent_id: False for agent_id in self._agents if agent_id not in self._heard}
        self._is_told = True
        self._is_opening = self._is_opening or not self._members

    def update_agents(self, changed: Iterable[LiveAgent], removed: Iterable[str] = ()) -> None:
        """Only what changed."""
        for agent in changed:
            before = self._agents.get(agent.id)
            self._agents[agent.id] = agent
            if before is None or (before.status, before.agent.name) != (agent.status, agent.agent.name):
                self._is_told = True
            if before is None or said_by(before) != said_by(agent):
                self._heard[agent.id] = False
        for agent_id in removed:
            self._is_told = self._agents.pop(agent_id, None) is not None or self._is_told

    def set_bindings(self, bindings: Sequence[Binding]) -> None:
        if tuple(bindings) != self._bindings:
            self._bindings, self._is_told = tuple(bindings), True

    def refresh(self) -> None:
        """Look at everybody again at the next ``advance``; for a changed switch such as ``reduced_motion``."""
        self._is_told = self._is_restated = True

    # -- asking ------------------------------------------------------------------------------------
    @property
    def figures(self) -> Mapping[str, RoomFigure]:
        """All figures as of the last ``advance``, in the order in which they came."""
        return {name: member.figure for name, member in self._members.items() if member.figure is not None}

    def figure(self, agent_id: str) -> RoomFigure | None:
        member = self._members.get(agent_id)
        return None if member is None else member.figure

    def performer(self, agent_id: str) -> Performer | None:
        """Who acts as an agent; None for nobody, and in the flat plan, where there are no clips."""
        member = self._members.get(agent_id) if self._places is not None else None
        return None if member is None else member.performer

    @property
    def is_behind(self) -> bool:
        """Whether there is news that no step has taken in yet."""
        return self._is_told or self._is_restated or bool(self._heard)

    # -- time --------------------------------------------------------------------------------------
    def advance(self, now_ms: float) -> RoomStep:
        """Bring everybody to ``now_ms`` and say what differs. Times must not go back."""
        if self._theme is None:
            removed, self._removed = frozenset(self._removed), set()
            self.next_due_ms = None
            return RoomStep(removed=removed)
        if self._is_told or self._is_restated:
            self._place(now_ms)
        self._listen(now_ms)
        changed, moved, posed, figures = set(), set(), set(), []
        for member in self._members.values():
            if not self.reduced_motion:
                member.performer.advance(now_ms)
                self._tire(member, now_ms)
            before = member.figure
            if not self._make_figure(member, now_ms):
                continue
            after = member.figure
            assert after is not None
            figures.append(after)
            if before is None or _facts(before) != _facts(after):
                changed.add(after.agent_id)
            if before is None or (before.position, before.heading_deg) != (after.position, after.heading_deg):
                moved.add(after.agent_id)
            if before is None or before.clips != after.clips:
                posed.add(after.agent_id)
        removed, self._removed = frozenset(self._removed - self._members.keys()), set()
        self.next_due_ms = self._due(now_ms)
        walking = any(member.performer.is_walking for member in self._members.values())
        return RoomStep(frozenset(changed), frozenset(moved), frozenset(posed), removed, tuple(figures), walking)

    # -- who ---------------------------------------------------------------------------------------
    def _take(self, theme: Theme | None, clips: ClipTable | None) -> None:
        self._theme, self._places = theme, None
        if clips is not None:
            self._clips = clips
        room = theme.room if theme is not None else None
        if room is not None and room.dialect is Dialect.ROOM:
            character = room.character
            positions, facings = (character.positions, character.facings) if character else ({}, {})
            assert theme is not None
            self._places = Places(positions, facings, slot_count(theme))
        self._is_told = True

    def _place(self, now_ms: float) -> None:
        opening, self._is_opening = self._is_opening, False
        restated, self._is_told, self._is_restated = self._is_restated, False, False
        wanted = self._wanted()
        if self._places is None and self._theme is not None:
            self._spots = zone_spots(self._theme, [(agent_id, status) for agent_id, (_, status) in wanted.items()])
        for agent_id in [agent_id for agent_id in self._members if agent_id not in wanted]:
            del self._members[agent_id]
            self._removed.add(agent_id)
        for agent_id, (slot, status) in wanted.items():
            member = self._members.get(agent_id)
            is_new = member is None
            if member is None:
                member = self._members[agent_id] = self._enter(agent_id, slot, status, opening)
            agent = self._agents.get(agent_id)
            member.name = agent.agent.name if agent is not None else self._bound_name(agent_id)
            if status is not member.status:
                member.is_tired, member.rests_since_ms = False, None
            member.slot, member.status, member.dimmed = slot, status, status is AgentStatus.OFFLINE
            goal = self._goal(member)
            if goal != member.goal or restated:
                at_once = goal == member.goal or (is_new and (opening or not self._walks_in))
                self._set_goal(member, goal, now_ms, at_once=at_once or self.reduced_motion)

    @property
    def _walks_in(self) -> bool:
        return self.walk_in and self._places is not None and self._places.entrance is not None

    def _enter(self, agent_id: str, slot: int | None, status: AgentStatus, opening: bool) -> _Member:
        performer = Performer(f"{self.seed}/{agent_id}", self._clips, eases=self._places is None)
        if self._places is not None:
            entrance = self._places.entrance if self._walks_in else None
            performer.position = entrance or self._places.start(slot or 0)
        self._heard[agent_id] = opening
        return _Member(agent_id, performer, agent_id, status, slot)

    def _wanted(self) -> dict[str, tuple[int | None, AgentStatus]]:
        """Everybody who is to be seen, with slot and status: bound agents by slot, then others where there is room."""
        assert self._theme is not None
        count = slot_count(self._theme)
        bound = {binding.agent_id: binding.slot_index for binding in self._bindings if 0 <= binding.slot_index < count}
        online = {a.id: a.status for a in self._agents.values() if a.status is not AgentStatus.OFFLINE}
        found: dict[str, tuple[int | None, AgentStatus]] = {}
        if self._places is None:  # the flat plan seats everybody, in the order of coming
            for agent_id in (*online, *(a for a in bound if a not in online)):
                found[agent_id] = (bound.get(agent_id), online.get(agent_id, AgentStatus.OFFLINE))
            self.unseated = ()
            return found
        for agent_id, slot in sorted(bound.items(), key=lambda item: item[1]):
            found[agent_id] = (slot, online.get(agent_id, AgentStatus.OFFLINE))
        guests = [agent_id for agent_id in online if agent_id not in bound]
        taken = set(bound.values())
        self._slots = {a: s for a, s in self._slots.items() if a in online and a not in bound and s not in taken}
        taken |= set(self._slots.values())
        free = (slot for slot in range(count) if slot not in taken)
        names = {a: (self._agents[a].agent.name.casefold(), a) for a in guests}
        left = []
        for agent_id in sorted(guests, key=lambda a: names[a]):
            slot_or_none = self._slots.get(agent_id, -1)
            if slot_or_none < 0:
                slot_or_none = next(free, -1)
            if slot_or_none < 0:
                left.append(agent_id)
                continue
            self._slots[agent_id] = slot_or_none
            found[agent_id] = (slot_or_none, online[agent_id])
        self.unseated = tuple(left)
        return found

    def _bound_name(self, agent_id: str) -> str:
        return next((b.agent_name or agent_id for b in self._bindings if b.agent_id == agent_id), agent_id)

    # -- what they do --------------------------------------------------------------------------------
    def _goal(self, member: _Member) -> _Goal:
        asleep = member.status in (AgentStatus.OFFLINE, AgentStatus.UNBOUND) or member.is_tired
        if self._places is None:
            spot = self._spots[member.agent_id]
            member.zone_id = spot.zone.id if spot.zone is not None else None
            return _Goal(member.status, asleep, spot.seat.id if spot.seat is not None else "", spot.at)
        kind = self._places.kind_for(member.status, asleep=asleep)
        if kind is None:
            return _Goal(member.status, asleep, "", None)
        standing = self._places.standing(kind, member.slot or 0)
        heading = standing.heading_deg
        if heading is None and member.status is AgentStatus.COLLABORATING:
            heading = standing.inward_deg
        return _Goal(member.status, asleep, standing.place, standing.at, heading)

    def _set_goal(self, member: _Member, goal: _Goal, now_ms: float, *, at_once: bool) -> None:
        before, member.goal = member.goal, goal
        performer = member.performer
        performer.clips = self._clips
        script = script_of(goal, gets_up=before is not None and before.asleep)
        if self.reduced_motion and isinstance(script[-1], Cycle):
            script[-1] = Loop(RESTING)  # nobody stands there in the middle of a dance
        if at_once:
            performer.settle(script, now_ms, spread=not self.reduced_motion)
        else:
            performer.perform(script, now_ms)

    def _tire(self, member: _Member, now_ms: float) -> None:
        """Send somebody to bed who has been idle on its place for half an hour."""
        is_resting = member.status is AgentStatus.IDLE and not member.is_tired and not member.performer.is_walking
        if not is_resting or self._places is None:
            member.rests_since_ms = None
            return
        if member.rests_since_ms is None:
            member.rests_since_ms = now_ms
        elif now_ms - member.rests_since_ms >= LONG_IDLE_MS:
            member.is_tired, member.rests_since_ms = True, None
            self._set_goal(member, self._goal(member), now_ms, at_once=False)

    def _listen(self, now_ms: float) -> None:
        heard, self._heard = self._heard, {}
        for agent_id, is_old_news in heard.items():
            member, agent = self._members.get(agent_id), self._agents.get(agent_id)
            if member is not None and agent is not None:
                member.speech.hear(agent, now_ms, self._name_of, is_old_news=is_old_news)

    def _name_of(self, agent_id: str) -> str:
        agent = self._agents.get(agent_id)
        return agent_id if agent is None else agent.name

    # -- what is seen --------------------------------------------------------------------------------
    def _make_figure(self, member: _Member, now_ms: float) -> bool:
        """Whether the agent looks different than in the picture before."""
        performer, goal = member.performer, member.goal
        clips = performer.clips_at(now_ms)
        if self.reduced_motion:
            clips = tuple(ClipShare(share.key, share.clip, 0.0, 1.0) for share in clips[:1])
        figure = RoomFigure(
            agent_id=member.agent_id,
            name=member.name,
            status=member.status,
            position=performer.position_at(now_ms),
            target=performer.target,
            heading_deg=performer.heading_at(now_ms),
            clips=clips,
            place=goal.place if goal is not None else "",
            zone_id=member.zone_id,
            slot=member.slot,
            walking=performer.is_walking,
            asleep=goal is not None and goal.asleep,
            dimmed=member.dimmed,
            bubble=member.speech.bubble_at(now_ms),
        )
        if figure == member.figure:
            return False
        member.figure = figure
        return True

    def _due(self, now_ms: float) -> float | None:
        if self.is_behind:
            return now_ms
        due = [member.speech.next_change_ms(now_ms) for member in self._members.values()]
        if not self.reduced_motion:
            tick = None
            for member in self._members.values():
                performer = member.performer
                due.append(performer.next_step_ms)
                if member.rests_since_ms is not None:
                    due.append(member.rests_since_ms + LONG_IDLE_MS)
                if performer.is_smooth:
                    tick = self.pace.smooth_ms
                elif tick is None and performer.is_animated_at(now_ms):
                    tick = self.pace.calm_ms
            if tick is not None:
                # On a common beat, so that all are drawn together.
                due.append((now_ms // tick + 1) * tick)
        return min((at for at in due if at is not None), default=None)


def script_of(goal: _Goal, *, gets_up: bool) -> list[Step]:
    """What is done one after the other to reach a goal (8.2). ``gets_up``: it lies in bed until now."""
    script: list[Step] = []
    if goal.at is not None:
        if gets_up and not goal.asleep:
            script += _GETTING_UP
        script.append(Go(goal.at, goal.heading_deg))
        if goal.asleep and not gets_up:
            script += _LYING_DOWN
    if goal.asleep:
        script.append(Loop(SLEEPING))
    elif goal.status is AgentStatus.IDLE:
        script.append(Cycle() if goal.at is not None else Loop(RESTING))
    else:
        script.append(Loop(_DOING.get(goal.status, RESTING)))
    return script


def _facts(figure: RoomFigure) -> tuple[object, ...]:
    """What of a figure its label tells or stands by."""
    return figure.name, figure.status, figure.bubble, figure.place, figure.walking, figure.asleep, figure.dimmed
