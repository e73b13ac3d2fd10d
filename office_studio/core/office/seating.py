"""Who sits where: slots to home seats, and a seat for each agent by status. Format section 8.2, decision 4."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from office_studio.core.office.live import LiveAgent
from office_studio.core.office.model import AgentStatus, Binding
from office_studio.core.theme.model import Seat, Theme, Zone, ZoneType

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
class SeatPlan:
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


@dataclass(slots=True)
class Seating:
    """Seats of one theme. Remembers the last plan, so that nobody moves without a reason."""

    theme: Theme
    pinned: bool = False  # always the home seat; a status changes only the look
    homes: tuple[Place, ...] = ()  # index = slot
    _by_type: dict[ZoneType, tuple[Place, ...]] = field(default_factory=dict)
    _last: dict[str, tuple[_Claim, Place]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.homes = home_places(self.theme)
        zones = sorted(self.theme.zones, key=lambda zone: abs(zone.bounds.center.x - self.theme.canvas.width / 2))
        for kind in ZoneType:
            self._by_type[kind] = tuple(Place(s, z) for z in zones if z.type is kind for s in z.seats)

    @property
    def slot_count(self) -> int:
        return slot_count(self.theme)

    def home(self, slot: int | None) -> Place | None:
        """Home seat of a slot, None for no slot or one the theme does not offer."""
        return self.homes[slot] if slot is not None and 0 <= slot < self.slot_count else None

    def plan(self, sitters: Iterable[Sitter]) -> SeatPlan:
        """Seats for all, bound agents first by slot, then the others by name and id."""
        order = sorted(sitters, key=_claim_order)
        taken: dict[str, str] = {}
        reserved = self._wanted(order)
        places: dict[str, Place] = {}
        unseated = []
        for sitter in order:
            place = self._seat_for(sitter, taken, reserved)
            if place is None:
                unseated.append(sitter.agent_id)
                continue
            taken[place.id] = sitter.agent_id
            places[sitter.agent_id] = place
        self._last = {s.agent_id: (self._claim(s), places[s.agent_id]) for s in order if s.agent_id in places}
        return SeatPlan(places, tuple(unseated))

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
        return target if self._by_type[target] else None

    def _wanted(self, order: Sequence[Sitter]) -> dict[str, str]:
        """Seats that somebody sits on or calls home and wants now: others take them only when nothing else is left."""
        wanted: dict[str, str] = {}
        for sitter in order:
            home, target = self.home(sitter.slot), self._target(sitter)
            if home is not None and target in (None, home.zone.type):
                wanted.setdefault(home.id, sitter.agent_id)
        for sitter in order:
            before = self._last.get(sitter.agent_id)
            if before is not None and before[0] == self._claim(sitter):
                wanted.setdefault(before[1].id, sitter.agent_id)
        return wanted

    def _seat_for(self, sitter: Sitter, taken: Mapping[str, str], reserved: Mapping[str, str]) -> Place | None:
        claim, home = self._claim(sitter), self.home(sitter.slot)
        target = claim.target
        before = self._last.get(sitter.agent_id)
        if before is not None and before[0] == claim and before[1].id not in taken:
            # Who found the right zone full sat down elsewhere, and goes over as soon as a place there is nobody's.
            is_stopgap = target is not None and before[1].zone.type is not target and before[1] != home
            better = _first_unreserved(self._by_type[target], taken, reserved) if is_stopgap and target else None
            return better or before[1]
        if home is not None and target in (None, home.zone.type) and home.id not in taken:
            return home
        wanted = self._by_type[target] if target is not None else ()
        # Seats that somebody else sits on, or calls home and wants right now, come last.
        found = _first_free(wanted, taken, reserved, sitter.agent_id)
        if found is not None:
            return found
        if home is not None and home.id not in taken:
            return home
        return _first_free(self.homes, taken, reserved, None)


def _first_unreserved(places: Iterable[Place], taken: Mapping[str, str], reserved: Mapping[str, str]) -> Place | None:
    return next((place for place in places if place.id not in taken and place.id not in reserved), None)


def _first_free(
    places: Iterable[Place], taken: Mapping[str, str], reserved: Mapping[str, str], agent_id: str | None
) -> Place | None:
    """The first free place that is not reserved for another than ``agent_id``, else the first free one."""
    second = None
    for place in places:
        ident = place.seat.id
        if ident in taken:
            continue
        if ident not in reserved or reserved[ident] == agent_id:
            return place
        second = second or place
    return second


def slot_count(theme: Theme) -> int:
    """``maxAgents`` of the theme, else its number of seats; never more than it has seats (decision 4)."""
    seats = sum(len(zone.seats) for zone in theme.zones)
    return min(theme.max_agents, seats) if theme.max_agents else seats


def home_places(theme: Theme) -> tuple[Place, ...]:
    """All seats in slot order: work zones first, then custom, meeting, lounge, each in manifest order."""
    return tuple(
        Place(seat, zone) for kind in _HOME_ORDER for zone in theme.zones if zone.type is kind for seat in zone.seats
    )


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


def _claim_order(sitter: Sitter) -> tuple[int, int, str, str]:
    if sitter.slot is None:
        return (1, 0, sitter.name.casefold(), sitter.agent_id)
    return (0, sitter.slot, "", sitter.agent_id)
