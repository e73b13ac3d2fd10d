"""Everybody on the stage: who comes, goes and walks, and whose picture is due. Canvas units, ms.

Figures that did not change cost nothing: due times lie in a heap.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush

from office_studio.core.office.actor import Actor, Manner, Spot
from office_studio.core.office.figure import StageStep
from office_studio.core.office.movement import Walk
from office_studio.core.office.seating import Sitter
from office_studio.core.office.ways import PATIENT, Ways
from office_studio.core.theme.model import Point

CROWD = 100  # more figures than this do not fade


@dataclass(slots=True)
class Cast:
    """The actors of one office on one theme."""

    manner: Manner = field(default_factory=Manner)
    ways: Ways | None = None
    width: float = 1000.0  # of the canvas; sets the pace of walks
    actors: dict[str, Actor] = field(default_factory=dict)
    newcomers: dict[str, bool] = field(default_factory=dict)  # came since somebody last asked; True: at the opening
    busy_doors: frozenset[str] = frozenset()
    _numbers: dict[int, Actor] = field(default_factory=dict)
    _next_number: int = 0
    _stale: set[int] = field(default_factory=set)  # something was told of them since their figure was made
    _due: list[tuple[float, int]] = field(default_factory=list)  # heap; entries that no longer hold are passed over
    _walkers: set[int] = field(default_factory=set)
    _held: dict[int, None] = field(default_factory=dict)  # wait for their way
    _behind_doors: dict[str, set[int]] = field(default_factory=dict)
    _gone: set[str] = field(default_factory=set)

    # -- telling -----------------------------------------------------------------------------------
    def clear(self, ways: Ways | None, width: float) -> None:
        """Everybody leaves at once, for another theme."""
        self._gone |= set(self.actors)
        for each in (self.actors, self.newcomers, self._numbers, self._stale, self._due, self._walkers, self._held):
            each.clear()
        self._use(ways, width)

    def change_ground(self, ways: Ways, width: float) -> None:
        """The same theme, edited: everybody stays where they are until ``put`` says where they belong now."""
        self._use(ways, width)
        for actor in self.actors.values():
            if not actor.is_leaving and actor.held_at is None and actor.walk is None:
                actor.held_at = actor.spot.at
            self._note_door(actor)
        self.restate()

    def restate(self, *, stand_still: bool = False) -> None:
        """Make every figure anew in the next step; ``stand_still``: and end whatever moves."""
        self._stale.update(self._numbers)
        if stand_still:
            self._held.clear()
            for actor in self.actors.values():
                actor.stand_still()

    def note(self, actor: Actor) -> None:
        """Something about an actor changed."""
        self._stale.add(actor.number)

    def put(self, sitter: Sitter, spot: Spot, now_ms: float, *, opening: bool = False) -> None:
        """Say where an agent belongs. It goes there; ``opening``: a newcomer is there at once."""
        actor = self.actors.get(sitter.agent_id)
        if actor is None:
            self._enter(sitter, spot, now_ms, opening)
            return
        if not actor.is_leaving and sitter == actor.sitter and spot == actor.spot and actor.held_at is None:
            return  # nearly everybody, nearly always
        here, before = actor.at(now_ms), actor.spot
        actor.sitter, actor.spot = sitter, spot
        self._stale.add(actor.number)
        if actor.is_leaving:
            actor.is_leaving = False
            if actor.walk is None and actor.held_at is None:
                actor.come(now_ms)
        if here == spot.at:
            self._stop(actor)
        elif actor.walk is None or actor.walk.end != spot.at:
            self._send(actor, here, now_ms, before)

    def leave(self, agent_id: str, now_ms: float) -> None:
        """Let an agent go; it is seen until it is out."""
        actor = self.actors.get(agent_id)
        if actor is None or actor.is_leaving:
            return
        actor.is_leaving = True
        self._stale.add(actor.number)
        here, before = actor.at(now_ms), actor.spot
        if self.manner.reduced_motion or actor.figure is None:
            self._remove(actor)
        elif self.manner.walk_in and self.ways is not None:
            actor.spot = Spot(self.ways.entrance)
            self._send(actor, here, now_ms, before)
        elif len(self.actors) <= CROWD:
            actor.spot = Spot(here, before.place)
            self._stop(actor)
            actor.go(now_ms)
        else:
            self._remove(actor)

    # -- time --------------------------------------------------------------------------------------
    def begin_step(self, now_ms: float) -> None:
        """A new picture: those who wait for their way get it, first come, first served."""
        if self.ways is None:
            return
        self.ways.begin_step()
        for number in list(self._held):
            actor = self._numbers[number]
            if actor.held_at is None:
                self._held.pop(number)
                continue
            self._send(actor, actor.held_at, now_ms, actor.spot)
            self._stale.add(number)
            if actor.held_at is not None:
                return  # no more in this step

    def advance(self, now_ms: float) -> StageStep:
        """The figures that are due, as they are now."""
        changed, moved, touched = set(), set(), []
        stale = self._stale
        for number in self._numbers_due(now_ms):
            actor = self._numbers[number]
            before = actor.figure
            after = actor.advance(now_ms, self.manner, is_stale=number in stale)
            if after is before:
                self._keep_in_mind(actor)
                continue
            if actor.is_gone:
                self._remove(actor)
                continue
            if before is None or before.at != after.at:
                moved.add(after.agent_id)
            if before is None or not after.looks_like(before):
                changed.add(after.agent_id)
            touched.append(after)
            self._keep_in_mind(actor)
        removed, self._gone = frozenset(self._gone - self.actors.keys()), set()
        walking = bool(self._walkers or self._held)
        return StageStep(frozenset(changed), frozenset(moved), removed, tuple(touched), walking)

    def next_due_ms(self) -> float | None:
        """When the next figure looks different by itself."""
        if self._held:
            return self._due[0][0] if self._due else None
        while self._due:
            actor = self._numbers.get(self._due[0][1])
            if actor is not None and actor.due_ms == self._due[0][0]:
                return self._due[0][0]
            heappop(self._due)
        return None

    # -- inside ------------------------------------------------------------------------------------
    def _use(self, ways: Ways | None, width: float) -> None:
        self.ways, self.width = ways, width
        zones = () if ways is None else ways.theme.zones
        self._behind_doors = {zone.id: set() for zone in zones if zone.door is not None}
        self.busy_doors = frozenset()

    def _enter(self, sitter: Sitter, spot: Spot, now_ms: float, opening: bool) -> None:
        number = self._next_number
        self._next_number += 1
        actor = Actor(number, sitter, spot, clip_started_ms=now_ms)
        self.actors[sitter.agent_id] = self._numbers[number] = actor
        self.newcomers[sitter.agent_id] = opening
        self._stale.add(number)
        if opening or self.manner.reduced_motion:
            return
        if len(self.actors) <= CROWD:
            actor.come(now_ms)
        if self.manner.walk_in and self.ways is not None:
            self._send(actor, self.ways.entrance, now_ms, None)

    def _send(self, actor: Actor, here: Point, now_ms: float, left: Spot | None) -> None:
        """Let a figure go from ``here`` to its spot: round furniture, or straight where there is no floor plan.

        Args:
            left: The spot it was on or on its way to.
        """
        self._stop(actor)
        if self.manner.reduced_motion:
            return
        points: tuple[Point, ...] | None = (here, actor.spot.at)
        if self.ways is not None:
            leaves = left.direction if left is not None and left.place is not None and left.at == here else None
            faces = actor.spot.direction if actor.spot.place is not None else None
            points = self.ways.way(here, actor.spot.at, leaves, faces, now=len(self._held) >= PATIENT)
        if points is None:
            actor.held_at = here
            self._held[actor.number] = None
        else:
            actor.walk = Walk.along(points, now_ms, self.width)

    def _stop(self, actor: Actor) -> None:
        actor.walk = actor.held_at = None
        self._held.pop(actor.number, None)

    def _remove(self, actor: Actor) -> None:
        agent_id, number = actor.sitter.agent_id, actor.number
        if actor.figure is not None:
            self._gone.add(agent_id)
        del self.actors[agent_id], self._numbers[number]
        self.newcomers.pop(agent_id, None)
        self._stale.discard(number)
        self._walkers.discard(number)
        self._held.pop(number, None)
        self._leave_rooms(number)

    def _numbers_due(self, now_ms: float) -> Iterable[int]:
        """Actors whose figure is to be made, in the order of coming."""
        numbers, self._stale = set(self._stale), set()
        while self._due and self._due[0][0] <= now_ms:
            due_ms, number = heappop(self._due)
            actor = self._numbers.get(number)
            if actor is not None and actor.due_ms == due_ms:
                numbers.add(number)
        return sorted(numbers)

    def _keep_in_mind(self, actor: Actor) -> None:
        """Note when the actor is due, and what of it others ask for."""
        if actor.due_ms is not None:
            heappush(self._due, (actor.due_ms, actor.number))
            if len(self._due) > 4 * len(self._numbers) + 64:
                self._due = [(a.due_ms, a.number) for a in self.actors.values() if a.due_ms is not None]
                heapify(self._due)
        if actor.walk is not None:
            self._walkers.add(actor.number)
        elif actor.number in self._walkers:
            self._walkers.discard(actor.number)
        if self._behind_doors:
            self._note_door(actor)

    def _note_door(self, actor: Actor) -> None:
        figure = actor.figure
        if not self._behind_doors or figure is None:
            return
        sits = figure.seat_id is not None and not figure.walking and not figure.dimmed
        inside = self._behind_doors.get(figure.zone_id or "") if sits else None
        if inside is not None and actor.number in inside:
            return
        self._leave_rooms(actor.number)
        if inside is not None:
            inside.add(actor.number)
            self._count_doors()

    def _leave_rooms(self, number: int) -> None:
        for inside in self._behind_doors.values():
            if number in inside:
                inside.discard(number)
                self._count_doors()

    def _count_doors(self) -> None:
        self.busy_doors = frozenset(zone_id for zone_id, inside in self._behind_doors.items() if inside)
