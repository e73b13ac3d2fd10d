"""Who sits where: slots to home seats, and a seat for each agent by status. Format section 8.2, decision 4."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush

from office_studio.core.office.live import LiveAgent
from office_studio.core.office.model import AgentStatus, Binding
from office_studio.core.room3d.places import room_slots
from office_studio.core.theme.model import Rect, Seat, Theme, Zone, ZoneType
from office_studio.core.theme.room_model import Dialect

_HOME_ORDER = (ZoneType.WORK, ZoneType.CUSTOM, ZoneType.MEETING, ZoneType.LOUNGE)
_TARGETS = {
    AgentStatus.WORKING: ZoneType.WORK,
    AgentStatus.IDLE: ZoneType.LOUNGE,
    AgentStatus.BLOCKED: ZoneType.WORK,
    AgentStatus.COLLABORATING: ZoneType.MEETING,
}


@dataclass(frozen=True, slots=True)
class Place:
    """A seat together with its zone."""

    seat: Seat
    zone: Zone

    @property
    def id(self) -> str:
        return self.seat.id


@dataclass(frozen=True, slots=True)
class Occupancy:
    """Seat of each agent that has one, and the agents that found none, in claiming order."""

    places: Mapping[str, Place]
    unseated: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sitter:
    """What seating needs to know of an agent. ``slot`` None: not bound."""

    agent_id: str
    name: str
    status: AgentStatus
    slot: int | None = None


@dataclass(frozen=True, slots=True)
class _Claim:
    """Why an agent sits where it does; while this stays the same, the seat stays the same."""

    target: ZoneType | None
    slot: int | None


_Right = tuple[int, int, str, str]  # order in which agents claim seats; the smaller, the earlier


@dataclass(slots=True)
class _Free:
    """Free seats of one list, the first of the list first."""

    places: tuple[Place, ...]
    numbers: dict[str, int] = field(default_factory=dict)
    heap: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        for number, place in enumerate(self.places):
            if place.id not in self.numbers:  # of two seats with one id, the first counts
                self.numbers[place.id] = number
        self.heap = list(self.numbers.values())

    def first(self, taken: Mapping[str, str]) -> Place | None:
        while self.heap and self.places[self.heap[0]].id in taken:
            heappop(self.heap)  # comes back when the seat is given up
        return self.places[self.heap[0]] if self.heap else None

    def give_back(self, seat_id: str) -> None:
        if (number := self.numbers.get(seat_id)) is not None:
            heappush(self.heap, number)


@dataclass(slots=True)
class Seating:
    """Seats of one theme. Remembers who sits where, so that nobody moves without a reason.

    The cost of ``update`` depends on how many agents changed, not on how many there are.
    """

    theme: Theme
    pinned: bool = False  # always the home seat; a status changes only the look
    homes: tuple[Place, ...] = ()  # index = slot
    slot_count: int = 0
    _by_type: dict[ZoneType, _Free] = field(default_factory=dict)
    _any: _Free = field(default_factory=lambda: _Free(()))
    _sitters: dict[str, Sitter] = field(default_factory=dict)
    _claims: dict[str, _Claim] = field(default_factory=dict)
    _places: dict[str, Place] = field(default_factory=dict)
    _taken: dict[str, str] = field(default_factory=dict)  # seat id -> agent id
    _waiting: list[tuple[_Right, str]] = field(default_factory=list)  # without a seat, sorted
    _elsewhere: dict[ZoneType, list[tuple[_Right, str]]] = field(default_factory=dict)  # would rather sit there, sorted

    _disturb: bool = True

    def __post_init__(self) -> None:
        self.homes = home_places(self.theme)
        self.slot_count = slot_count(self.theme)
        zones = sorted(self.theme.zones, key=lambda zone: abs(zone.bounds.center.x - self.theme.canvas.width / 2))
        for kind in ZoneType:
            self._by_type[kind] = _Free(tuple(Place(s, z) for z in zones if z.type is kind for s in z.seats))
            self._elsewhere[kind] = []
        self._any = _Free(self.homes)

    # -- asking ------------------------------------------------------------------------------------
    def home(self, slot: int | None) -> Place | None:
        """Home seat of a slot, None for no slot or one the theme does not offer."""
        return self.homes[slot] if slot is not None and 0 <= slot < self.slot_count else None

    def place_of(self, agent_id: str) -> Place | None:
        return self._places.get(agent_id)

    def sitter_of(self, agent_id: str) -> Sitter | None:
        """What was last told of an agent; None for one that is not to be seated."""
        return self._sitters.get(agent_id)

    @property
    def agent_ids(self) -> Iterable[str]:
        """All who are to be seated, with or without a seat."""
        return self._sitters.keys()

    @property
    def unseated(self) -> tuple[str, ...]:
        """Agents that found no seat, in claiming order."""
        return tuple(agent_id for _, agent_id in self._waiting)

    # -- seating -----------------------------------------------------------------------------------
    def plan(self, sitters: Iterable[Sitter]) -> Occupancy:
        """Seats for all, bound agents first by slot, then the others by name and id. Who is not named leaves."""
        wanted = {sitter.agent_id: sitter for sitter in sitters}
        changed = [sitter for sitter in wanted.values() if self._sitters.get(sitter.agent_id) != sitter]
        self.update(changed, [agent_id for agent_id in self._sitters if agent_id not in wanted])
        return Occupancy(dict(self._places), self.unseated)

    def update(self, changed: Iterable[Sitter], removed: Iterable[str] = (), *, disturb: bool = True) -> frozenset[str]:
        """Seat those who came or changed, and whoever that touches.

        Args:
            disturb: Whether somebody may be sent off a seat by who has more right to it.

        Returns:
            Agents whose place may be another than before.
        """
        self._disturb = disturb
        for agent_id in removed:
            self._forget(agent_id)
        queue: list[tuple[_Right, str]] = []
        for sitter in changed:
            claim = self._claim(sitter)
            if self._claims.get(sitter.agent_id) == claim and sitter.agent_id in self._places:
                self._rename(sitter)
                continue
            self._forget(sitter.agent_id)
            self._sitters[sitter.agent_id], self._claims[sitter.agent_id] = sitter, claim
            queue.append((_right(sitter), sitter.agent_id))
        touched = {agent_id for _, agent_id in queue}
        for agent_id in self._sit_at_home(sorted(queue)):
            touched.add(agent_id)
        self._settle(touched)
        return frozenset(touched)

    def adopt(self, before: Seating) -> None:
        """Take over who sat where from the same theme as it was before an edit; seats are known by their id."""
        for agent_id, sitter in before._sitters.items():
            place = before._places.get(agent_id)
            number = None if place is None else self._any.numbers.get(place.id)
            if number is not None and sitter.agent_id not in self._sitters:
                self._sitters[agent_id], self._claims[agent_id] = sitter, self._claim(sitter)
                self._sit(agent_id, self.homes[number], is_stopgap=False)

    # -- inside ------------------------------------------------------------------------------------
    def _claim(self, sitter: Sitter) -> _Claim:
        return _Claim(self._target(sitter), sitter.slot)

    def _target(self, sitter: Sitter) -> ZoneType | None:
        """Zone type the status asks for; None when the agent should simply be at home."""
        home = self.home(sitter.slot)
        if sitter.status in (AgentStatus.OFFLINE, AgentStatus.UNBOUND):
            return None
        if home is not None and (self.pinned or home.id in self.theme.characters.seat_sprites):
            return None
        target = _TARGETS[sitter.status]
        return target if self._by_type[target].places else None

    def _sit_at_home(self, queue: Sequence[tuple[_Right, str]]) -> Iterator[str]:
        """Who belongs home and wants to be there goes first: nobody else is offered that seat. The rest waits.

        Yields agents that were sent off their seat.
        """
        for right, agent_id in queue:
            home, target = self.home(self._sitters[agent_id].slot), self._claims[agent_id].target
            if home is not None and target in (None, home.zone.type) and self._yields(home, right):
                if (sent_off := self._take(agent_id, home)) is not None:
                    yield sent_off
            else:
                insort(self._waiting, (right, agent_id))

    def _settle(self, touched: set[str]) -> None:
        """Seats for those who wait, then better ones for those who sit in the wrong zone, while there are any."""
        stuck = 0  # so many at the head of those waiting have no chance before a seat is given up
        while True:
            while stuck < len(self._waiting):
                right, agent_id = self._waiting[stuck]
                place = self._seat_for(agent_id, right)
                if place is None:
                    if self._sitters[agent_id].slot is None:
                        break  # no seat at all is free, and who comes later has no better right
                    stuck += 1
                    continue
                del self._waiting[stuck]
                touched.add(agent_id)
                if (sent_off := self._take(agent_id, place)) is not None:
                    touched.add(sent_off)
                    stuck = 0
            mover = self._first_mover()
            if mover is None:
                return
            agent_id, place = mover
            self._leave(agent_id)
            self._sit(agent_id, place, is_stopgap=False)
            touched.add(agent_id)
            stuck = 0

    def _seat_for(self, agent_id: str, right: _Right) -> Place | None:
        target, home = self._claims[agent_id].target, self.home(self._sitters[agent_id].slot)
        if target is not None and (place := self._by_type[target].first(self._taken)) is not None:
            return place
        if home is not None and self._yields(home, right):
            return home
        if (place := self._any.first(self._taken)) is not None:
            return place
        if home is None:
            return None
        # Bound, and every seat is taken: of those with less right, the first one in the room moves.
        return next((place for place in self.homes if self._yields(place, right)), None)

    def _yields(self, place: Place, right: _Right) -> bool:
        """Whether a seat is free, or its sitter comes later in the order of claims."""
        sitter = self._taken.get(place.id)
        return sitter is None or (self._disturb and right < _right(self._sitters[sitter]))

    def _first_mover(self) -> tuple[str, Place] | None:
        for kind, agents in self._elsewhere.items():
            if agents and (place := self._by_type[kind].first(self._taken)) is not None:
                return agents[0][1], place
        return None

    def _take(self, agent_id: str, place: Place) -> str | None:
        """Sit down; returns who had to get up for it, who waits now."""
        sent_off = self._taken.get(place.id)
        if sent_off is not None:
            self._leave(sent_off)
            insort(self._waiting, (_right(self._sitters[sent_off]), sent_off))
        claim, home = self._claims[agent_id], self.home(self._sitters[agent_id].slot)
        # Who found the right zone full sat down elsewhere, and goes over as soon as a place there is free; not so
        # from home.
        is_stopgap = claim.target is not None and place.zone.type is not claim.target and place != home
        self._sit(agent_id, place, is_stopgap=is_stopgap)
        return sent_off

    def _sit(self, agent_id: str, place: Place, *, is_stopgap: bool) -> None:
        self._places[agent_id], self._taken[place.id] = place, agent_id
        target = self._claims[agent_id].target
        if is_stopgap and target is not None:
            insort(self._elsewhere[target], (_right(self._sitters[agent_id]), agent_id))

    def _leave(self, agent_id: str) -> None:
        """Give up the seat."""
        place = self._places.pop(agent_id, None)
        if place is None:
            return
        del self._taken[place.id]
        self._any.give_back(place.id)
        for kind, free in self._by_type.items():
            free.give_back(place.id)
            _remove(self._elsewhere[kind], (_right(self._sitters[agent_id]), agent_id))

    def _forget(self, agent_id: str) -> None:
        sitter = self._sitters.get(agent_id)
        if sitter is None:
            return
        self._leave(agent_id)
        _remove(self._waiting, (_right(sitter), agent_id))
        del self._sitters[agent_id], self._claims[agent_id]

    def _rename(self, sitter: Sitter) -> None:
        """Another name or status, the same claim: the seat stays; only the order among those waiting may change."""
        before, agent_id = self._sitters[sitter.agent_id], sitter.agent_id
        self._sitters[agent_id] = sitter
        for agents in self._elsewhere.values():
            if _remove(agents, (_right(before), agent_id)):
                insort(agents, (_right(sitter), agent_id))


def _remove(agents: list[tuple[_Right, str]], entry: tuple[_Right, str]) -> bool:
    """Take an entry out of a sorted list, if it is there."""
    index = bisect_left(agents, entry)
    found = index < len(agents) and agents[index] == entry
    if found:
        del agents[index]
    return found


def slot_count(theme: Theme) -> int:
    """``maxAgents`` of the theme, else its number of seats; never more than it has seats (decision 4)."""
    if _is_room(theme):
        return len(home_places(theme))
    seats = sum(len(zone.seats) for zone in theme.zones)
    return min(theme.max_agents, seats) if theme.max_agents else seats


def home_places(theme: Theme) -> tuple[Place, ...]:
    """All seats in slot order: work zones first, then custom, meeting, lounge, each in manifest order.

    Of a room in space one for each slot: what is in the manifest's zones has no place in it.
    """
    if _is_room(theme):
        return _room_places(theme)
    return tuple(
        Place(seat, zone) for kind in _HOME_ORDER for zone in theme.zones if zone.type is kind for seat in zone.seats
    )


def _is_room(theme: Theme) -> bool:
    return theme.room is not None and theme.room.dialect is Dialect.ROOM


def _room_places(theme: Theme) -> tuple[Place, ...]:
    assert theme.room is not None
    whole = Rect(0, 0, theme.canvas.width, theme.canvas.height)
    slots = room_slots(theme.room, theme.max_agents, len(theme.seats))
    zone = Zone("room", "Room", ZoneType.WORK, whole, len(slots), ())
    return tuple(Place(Seat(slot.id, whole.center, label=slot.label), zone) for slot in slots)


def seat_label(place: Place, number: int) -> str:
    """What people call a seat: its label, else its id in words, else zone and number ("Desk 3", "Seat 4")."""
    if place.seat.label:
        return place.seat.label
    words = place.seat.id.replace("_", " ").replace("-", " ").strip()
    return words[:1].upper() + words[1:] if words and "/" not in words else f"Seat {number}"


def sitters_of(agents: Iterable[LiveAgent], bindings: Iterable[Binding], slots: int) -> tuple[Sitter, ...]:
    """Who is to be seated: agents that are online, and everybody bound to a slot, there or not (format 8.2, 22)."""
    by_id = {agent.id: agent for agent in agents}
    bound = {binding.agent_id: binding for binding in bindings if 0 <= binding.slot_index < slots}
    sitters = [
        Sitter(agent.id, agent.agent.name, agent.status, bound[agent.id].slot_index if agent.id in bound else None)
        for agent in by_id.values()
        if agent.id in bound or agent.status is not AgentStatus.OFFLINE
    ]
    sitters += [
        Sitter(agent_id, binding.agent_name or agent_id, AgentStatus.OFFLINE, binding.slot_index)
        for agent_id, binding in bound.items()
        if agent_id not in by_id
    ]
    return tuple(sitters)


def _right(sitter: Sitter) -> _Right:
    if sitter.slot is None:
        return (1, 0, sitter.name.casefold(), sitter.agent_id)
    return (0, sitter.slot, "", sitter.agent_id)
