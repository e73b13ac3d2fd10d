"""Seats for agents that have none: who would get which, before anything is written. Same input, same result.

Rules first ("Builder* to the lab"), then the rest: agents at work before those away, by name; work seats before
custom, meeting and lounge seats, each in slot order.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase

from office_studio.core.office.model import Binding
from office_studio.core.office.seat_plan import SlotPlace
from office_studio.core.theme.model import ZoneType
from office_studio.errors import UsageError

MAX_PATTERN = 200  # characters
_ZONE_ORDER = {ZoneType.WORK: 0, ZoneType.CUSTOM: 1, ZoneType.MEETING: 2, ZoneType.LOUNGE: 3}
_RULE_HINT = "Write it as name:PATTERN=ZONE or model:PATTERN=ZONE, for example “name:Build*=work”."


class RuleField(StrEnum):
    NAME = "name"
    MODEL = "model"


@dataclass(frozen=True, slots=True)
class Rule:
    """Agents whose name or model fits ``pattern`` (``*``, ``?``, ``[…]``; case does not matter) go to ``zone``.

    ``zone``: id of a zone, else a type.
    """

    field: RuleField
    pattern: str
    zone: str

    def fits(self, candidate: Candidate) -> bool:
        value = candidate.name if self.field is RuleField.NAME else candidate.model or ""
        return fnmatchcase(value.casefold(), self.pattern.casefold())

    def __str__(self) -> str:
        return f"{self.field}:{self.pattern}={self.zone}"


@dataclass(frozen=True, slots=True)
class Candidate:
    """An agent that may get a seat. ``is_pinned``: its seat is never taken away."""

    id: str
    name: str
    model: str | None = None
    online: bool = True
    is_pinned: bool = False


@dataclass(frozen=True, slots=True)
class Placement:
    """``why`` in words: the rule, "free work seat", "its zone is full"."""

    slot: int
    agent_id: str
    why: str


@dataclass(frozen=True, slots=True)
class AutoSeating:
    """What auto-assign proposes.

    Attributes:
        placed: Agents that get a (new) seat.
        kept: Agents that stay where they are, as slot -> agent.
        unplaced: Agents for whom no seat is left.
    """

    placed: tuple[Placement, ...]
    kept: dict[int, str]
    unplaced: tuple[str, ...]

    @property
    def target(self) -> dict[int, str]:
        """Slot -> agent, as ``seat_changes.changes_to`` takes it."""
        return self.kept | {placement.slot: placement.agent_id for placement in self.placed}


def parse_rule(text: str) -> Rule:
    """A rule as typed: ``name:Build*=work``, ``model:*opus*=lab``.

    Raises:
        UsageError: AUTO_RULE_INVALID.
    """
    head, _, zone = text.rpartition("=")
    kind, colon, pattern = head.partition(":")
    kind, pattern, zone = kind.strip().lower(), pattern.strip(), zone.strip()
    if not colon or kind not in list(RuleField) or not pattern or not zone:
        raise UsageError("AUTO_RULE_INVALID", f"Not a rule: {text[:80] or 'empty'}.", _RULE_HINT)
    if len(pattern) > MAX_PATTERN:
        words = f"The pattern of a rule has {len(pattern)} characters; {MAX_PATTERN} is the limit."
        raise UsageError("AUTO_RULE_INVALID", words, _RULE_HINT)
    return Rule(RuleField(kind), pattern, zone)


def auto_assign(
    candidates: Iterable[Candidate],
    rows: Iterable[Binding],
    places: Sequence[SlotPlace],
    rules: Sequence[Rule] = (),
    *,
    keep_bound: bool = True,
) -> AutoSeating:
    """A seat for everybody without one, as far as there are seats.

    Args:
        rows: Present bindings. Who is bound to a slot the theme does not have counts as without a seat. Rows of
            agents that are no candidates keep their slot.
        keep_bound: Leave who has a seat where it is. Otherwise only pinned agents stay and all others are seated anew.

    Raises:
        UsageError: AUTO_RULE_ZONE, when a rule names a zone that the theme does not have.
    """
    known = {candidate.id: candidate for candidate in candidates}
    kept = _kept(rows, known, {place.slot for place in places}, keep_bound)
    free = sorted((p for p in places if p.slot not in kept), key=lambda p: (_ZONE_ORDER[p.zone_type], p.slot))
    seated = set(kept.values())
    waiting = sorted(
        (one for one in known.values() if one.id not in seated),
        key=lambda one: (not one.online, one.name.casefold(), one.id),
    )
    zones = {rule: _places_of(rule, places) for rule in rules}
    ruled = {one.id: rule for one in waiting if (rule := next((r for r in rules if r.fits(one)), None)) is not None}
    placed: list[Placement] = []
    for rule in dict.fromkeys(rules):
        for one in waiting:
            if ruled.get(one.id) == rule:
                place = next((p for p in free if p.slot in zones[rule]), None)
                if place is not None:
                    free.remove(place)
                    placed.append(Placement(place.slot, one.id, f"rule {rule}"))
    done = {placement.agent_id for placement in placed}
    rest = [one for one in waiting if one.id not in done]
    for one, place in zip(rest, free, strict=False):
        full = f"{ruled[one.id].zone} is full, " if one.id in ruled else ""
        placed.append(Placement(place.slot, one.id, f"{full}free {place.zone_type.value} seat"))
    placed.sort(key=lambda placement: placement.slot)
    return AutoSeating(tuple(placed), kept, tuple(one.id for one in rest[len(free) :]))


def _kept(rows: Iterable[Binding], known: dict[str, Candidate], slots: set[int], keep_bound: bool) -> dict[int, str]:
    kept: dict[int, str] = {}
    for row in rows:
        candidate = known.get(row.agent_id)
        stays = candidate is None or candidate.is_pinned or keep_bound
        if row.slot_index in slots and stays and row.slot_index not in kept and row.agent_id not in kept.values():
            kept[row.slot_index] = row.agent_id
    return kept


def _places_of(rule: Rule, places: Sequence[SlotPlace]) -> frozenset[int]:
    """Slots of the zone the rule names: by id, else by type."""
    wanted = rule.zone.casefold()
    by_id = frozenset(place.slot for place in places if place.zone_id.casefold() == wanted)
    by_type = frozenset(place.slot for place in places if place.zone_type.value == wanted)
    if found := by_id or by_type:
        return found
    zones = ", ".join(dict.fromkeys(place.zone_id for place in places)) or "none"
    types = ", ".join(dict.fromkeys(place.zone_type.value for place in places)) or "none"
    raise UsageError(
        "AUTO_RULE_ZONE",
        f"The theme has no zone “{rule.zone}” with seats.",
        f"Zones with seats: {zones}. Types: {types}.",
    )
