"""Seat plans: who sits where in a theme, as a value that outlives the office and travels to other themes. No disk.

``resources/schemas/seat-plan.schema.json`` describes the file; ``parse_plan`` checks the same by hand, with better
words. To apply a plan, see ``seat_changes.py`` (which changes) and ``services/binding_writer.py`` (sends them).
"""

from __future__ import annotations

import json
from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NoReturn

from office_studio.core.office.model import Binding
from office_studio.core.office.seating import home_places, seat_label, slot_count
from office_studio.core.theme.model import Theme, ZoneType
from office_studio.errors import UsageError

FORMAT = "seat-plan/1"
MAX_PLAN_BYTES = 8 * 1024 * 1024
MAX_ENTRIES = 10_000
MAX_TEXT = 4_096  # characters
MAX_SLOT = 2**31 - 1


@dataclass(frozen=True, slots=True)
class SlotPlace:
    """A slot of a theme with its home seat. ``slot`` counts from 0."""

    slot: int
    seat_id: str
    zone_id: str
    zone_type: ZoneType
    label: str


@dataclass(frozen=True, slots=True)
class PlanEntry:
    """One agent with its slot; ``seat_id``, ``zone_type`` and ``seat_label`` as the theme had them then."""

    slot: int
    agent_id: str
    agent_name: str = ""
    seat_id: str = ""
    zone_type: ZoneType | None = None
    seat_label: str = ""


@dataclass(frozen=True, slots=True)
class SeatPlan:
    """Entries by slot; no slot and no agent occurs twice."""

    theme_id: str
    theme_name: str
    entries: tuple[PlanEntry, ...]
    name: str = ""

    @property
    def target(self) -> dict[int, str]:
        """Slot -> agent id."""
        return {entry.slot: entry.agent_id for entry in self.entries}


@dataclass(frozen=True, slots=True)
class Unfit:
    """An entry that found no seat, and why."""

    entry: PlanEntry
    reason: str


@dataclass(frozen=True, slots=True)
class Carried:
    """A plan in its new place, and who did not fit."""

    plan: SeatPlan
    unfit: tuple[Unfit, ...]


def slot_places(theme: Theme) -> tuple[SlotPlace, ...]:
    """The slots a theme offers, index = slot."""
    homes = home_places(theme)[: slot_count(theme)]
    return tuple(
        SlotPlace(slot, place.id, place.zone.id, place.zone.type, seat_label(place, slot + 1))
        for slot, place in enumerate(homes)
    )


def plan_of(
    theme_id: str, theme_name: str, rows: Iterable[Binding], places: Sequence[SlotPlace] = (), name: str = ""
) -> SeatPlan:
    """The present seating as a plan. Rows that contradict an earlier one, and negative slots, are left out."""
    by_slot = {place.slot: place for place in places}
    entries: dict[int, PlanEntry] = {}
    seen: set[str] = set()
    for row in sorted(rows, key=lambda row: row.slot_index):
        if row.slot_index in entries or row.agent_id in seen or row.slot_index < 0:
            continue
        seen.add(row.agent_id)
        entry = PlanEntry(row.slot_index, row.agent_id, row.agent_name or "")
        entries[row.slot_index] = _placed(entry, by_slot.get(row.slot_index))
    return SeatPlan(theme_id, theme_name, tuple(entries.values()), name)


def carry(plan: SeatPlan, places: Sequence[SlotPlace], theme_id: str, theme_name: str = "") -> Carried:
    """The plan for another theme: the seat with the same label in a zone of the same type, else any of that type.

    Entries go in slot order, those with a seat of the same label first. Within the plan's own theme slots stay what
    they are. Who finds no free seat of its zone type is in ``unfit``.
    """
    if theme_id == plan.theme_id:
        return fit(plan, places, theme_name)
    free = _FreePlaces(places)
    found: list[PlanEntry] = []
    rest: list[PlanEntry] = []
    for entry in plan.entries:
        place = free.same(entry)
        if place is None:
            rest.append(entry)
        else:
            found.append(_placed(entry, place))
    unfit = []
    for entry in rest:
        place = free.any_of(entry.zone_type)
        if place is None:
            unfit.append(Unfit(entry, free.why_none(entry.zone_type)))
        else:
            found.append(_placed(entry, place))
    entries = tuple(sorted(found, key=lambda entry: entry.slot))
    return Carried(SeatPlan(theme_id, theme_name, entries, plan.name), tuple(unfit))


def fit(plan: SeatPlan, places: Sequence[SlotPlace], theme_name: str = "") -> Carried:
    """The plan for the same theme as it is now: entries of slots that it no longer offers are ``unfit``."""
    by_slot = {place.slot: place for place in places}
    entries = tuple(_placed(entry, by_slot[entry.slot]) for entry in plan.entries if entry.slot in by_slot)
    reason = f"the theme has {len(places)} slots now"
    unfit = tuple(Unfit(entry, reason) for entry in plan.entries if entry.slot not in by_slot)
    return Carried(replace(plan, theme_name=theme_name or plan.theme_name, entries=entries), unfit)


def recast(plan: SeatPlan, agents: Mapping[str, str]) -> Carried:
    """The plan with agents of this office (id -> name): by id, else by a name that only one of them has."""
    by_name: dict[str, list[str]] = {}
    for agent_id, name in agents.items():
        by_name.setdefault(name.casefold(), []).append(agent_id)
    taken = {entry.agent_id for entry in plan.entries if entry.agent_id in agents}
    entries, unfit = [], []
    for entry in plan.entries:
        same = [agent_id for agent_id in by_name.get(entry.agent_name.casefold(), ()) if agent_id not in taken]
        if entry.agent_id in agents:
            name = agents[entry.agent_id]  # mostly as it was: making 500 entries anew takes longer than all else
            entries.append(entry if entry.agent_name == name else replace(entry, agent_name=name))
        elif len(same) == 1:
            taken.add(same[0])
            entries.append(replace(entry, agent_id=same[0]))
        else:
            why = "several agents have this name" if same else "this office has no such agent"
            unfit.append(Unfit(entry, why))
    return Carried(replace(plan, entries=tuple(entries)), tuple(unfit))


def _placed(entry: PlanEntry, place: SlotPlace | None) -> PlanEntry:
    if place is None:
        return entry
    now = (entry.slot, entry.seat_id, entry.zone_type, entry.seat_label)
    if now == (place.slot, place.seat_id, place.zone_type, place.label):
        return entry
    return replace(entry, slot=place.slot, seat_id=place.seat_id, zone_type=place.zone_type, seat_label=place.label)


class _FreePlaces:
    """Places nobody has yet, found by label and zone type without looking through all of them."""

    def __init__(self, places: Sequence[SlotPlace]) -> None:
        self._taken: set[int] = set()
        self._same: dict[tuple[ZoneType, str], deque[SlotPlace]] = {}
        self._of_type: dict[ZoneType | None, deque[SlotPlace]] = {None: deque(places)}
        self._counts = Counter(place.zone_type for place in places)
        for place in places:
            self._same.setdefault((place.zone_type, place.label.casefold()), deque()).append(place)
            self._of_type.setdefault(place.zone_type, deque()).append(place)

    def same(self, entry: PlanEntry) -> SlotPlace | None:
        """Take the first free place with the label and zone type of the entry's seat."""
        if entry.zone_type is None or not entry.seat_label:
            return None
        return self._take(self._same.get((entry.zone_type, entry.seat_label.casefold())))

    def any_of(self, kind: ZoneType | None) -> SlotPlace | None:
        """Take the first free place of a zone type; None is any."""
        return self._take(self._of_type.get(kind))

    def why_none(self, kind: ZoneType | None) -> str:
        if kind is None:
            return f"all {self._counts.total()} seats are taken"
        count = self._counts[kind]
        return f"all {count} {kind.value} seats are taken" if count else f"the theme has no {kind.value} seats"

    def _take(self, waiting: deque[SlotPlace] | None) -> SlotPlace | None:
        while waiting:
            place = waiting.popleft()
            if place.slot not in self._taken:
                self._taken.add(place.slot)
                return place
        return None


# -- the file ----------------------------------------------------------------------------------------------
def encode_plan(plan: SeatPlan) -> dict[str, Any]:
    """The JSON document of a plan."""
    entries = []
    for entry in plan.entries:
        row: dict[str, Any] = {"slotIndex": entry.slot, "agentId": entry.agent_id, "agentName": entry.agent_name}
        if entry.zone_type is not None:
            row |= {"seatId": entry.seat_id, "zoneType": entry.zone_type.value, "seatLabel": entry.seat_label}
        entries.append(row)
    theme = {"id": plan.theme_id, "name": plan.theme_name}
    return {"format": FORMAT, "name": plan.name, "theme": theme, "entries": entries}


def parse_plan(data: bytes, file: str) -> SeatPlan:
    """The plan in a file; unknown keys are ignored.

    Args:
        file: Its name, for the words of errors.

    Raises:
        UsageError: SEAT_PLAN_TOO_LARGE, SEAT_PLAN_UNREADABLE, SEAT_PLAN_NEWER or SEAT_PLAN_INVALID;
            ``details`` hold ``file`` and, where there is one, ``pointer``.
    """
    if len(data) > MAX_PLAN_BYTES:
        words = f"{file} is {len(data)} bytes; a seat plan has at most {MAX_PLAN_BYTES}."
        raise UsageError("SEAT_PLAN_TOO_LARGE", words, "Is it another file?", file=file)
    try:
        document = json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as exc:
        words = f"{file} is no text: byte {exc.start} is not UTF-8."
        raise UsageError("SEAT_PLAN_UNREADABLE", words, "Export the plan again.", file=file) from exc
    except json.JSONDecodeError as exc:
        words = f"{file}, line {exc.lineno}, column {exc.colno}: {exc.msg}."
        raise UsageError("SEAT_PLAN_UNREADABLE", words, "Mend the JSON there.", file=file, line=exc.lineno) from exc
    except (RecursionError, ValueError) as exc:  # nested too deeply, or a number of thousands of digits
        words = f"{file} is not a seat plan: {exc}."
        raise UsageError("SEAT_PLAN_UNREADABLE", words, "Export the plan again.", file=file) from exc
    return _Reader(file).plan(document)


class _Reader:
    def __init__(self, file: str) -> None:
        self._file = file

    def plan(self, document: object) -> SeatPlan:
        if not isinstance(document, dict):
            self._fail("", "a seat plan is a JSON object", "Choose a file that “bindings export” wrote.")
        kind = document.get("format")
        if kind != FORMAT:
            self._wrong_format(kind)
        theme = document.get("theme")
        if not isinstance(theme, dict):
            self._fail("/theme", "must be an object with the theme's id")
        rows = document.get("entries")
        if not isinstance(rows, list):
            self._fail("/entries", "must be a list")
        if len(rows) > MAX_ENTRIES:
            self._fail("/entries", f"has {len(rows)} rows; {MAX_ENTRIES} is the limit")
        entries = [self._entry(row, f"/entries/{number}") for number, row in enumerate(rows)]
        self._check_once(entries)
        return SeatPlan(
            self._text(theme, "id", "/theme", needed=True),
            self._text(theme, "name", "/theme"),
            tuple(sorted(entries, key=lambda entry: entry.slot)),
            self._text(document, "name", ""),
        )

    def _entry(self, row: object, at: str) -> PlanEntry:
        if not isinstance(row, dict):
            self._fail(at, "must be an object")
        slot, kind = row.get("slotIndex"), row.get("zoneType")
        if isinstance(slot, float) and slot.is_integer():
            slot = int(slot)  # JSON has one kind of number
        if not isinstance(slot, int) or isinstance(slot, bool):
            self._fail(f"{at}/slotIndex", "must be a whole number", "Slots are counted from 0.")
        if not 0 <= slot <= MAX_SLOT:
            self._fail(f"{at}/slotIndex", f"must be 0 to {MAX_SLOT}, not {slot}", "Slots are counted from 0.")
        if kind is not None and kind not in list(ZoneType):
            self._fail(f"{at}/zoneType", f"must be one of {', '.join(ZoneType)}")
        return PlanEntry(
            slot,
            self._text(row, "agentId", at, needed=True),
            self._text(row, "agentName", at),
            self._text(row, "seatId", at),
            ZoneType(kind) if kind is not None else None,
            self._text(row, "seatLabel", at),
        )

    def _check_once(self, entries: Sequence[PlanEntry]) -> None:
        slots: dict[int, int] = {}
        agents: dict[str, int] = {}
        for number, entry in enumerate(entries):
            at = f"/entries/{number}"
            if (first := slots.setdefault(entry.slot, number)) != number:
                self._fail(f"{at}/slotIndex", f"slot {entry.slot} has an agent already, in /entries/{first}")
            if (first := agents.setdefault(entry.agent_id, number)) != number:
                who = entry.agent_name or entry.agent_id
                self._fail(f"{at}/agentId", f"{who} has a slot already, in /entries/{first}")

    def _text(self, row: Mapping[str, object], key: str, at: str, *, needed: bool = False) -> str:
        value = row.get(key)
        if value is None and not needed:
            return ""
        if not isinstance(value, str) or (needed and not value):
            self._fail(f"{at}/{key}", "must be a text" if value is not None else "is missing")
        if len(value) > MAX_TEXT:
            self._fail(f"{at}/{key}", f"has {len(value)} characters; {MAX_TEXT} is the limit")
        try:
            value.encode()
        except UnicodeEncodeError:
            self._fail(f"{at}/{key}", "contains half a character, which cannot be written")
        return value

    def _wrong_format(self, kind: object) -> NoReturn:
        if isinstance(kind, str) and kind.startswith("seat-plan/"):
            words = f"{self._file} has the format {kind[:40]}; this version reads {FORMAT}."
            raise UsageError(
                "SEAT_PLAN_NEWER", words, "Update Office Studio, or export the plan again.",
                file=self._file, pointer="/format",
            )  # fmt: skip
        self._fail("/format", f"must be “{FORMAT}”", "Choose a file that “bindings export” wrote.")

    def _fail(self, pointer: str, what: str, hint: str = "Correct it there, or export the plan again.") -> NoReturn:
        where = f"{self._file}, {pointer}" if pointer else self._file
        raise UsageError("SEAT_PLAN_INVALID", f"{where}: {what}.", hint, file=self._file, pointer=pointer)
