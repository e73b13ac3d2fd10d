"""What changed between two manifests of one theme, what that means for those who sit in it, and for its version. Pure.

Seats are the slots of a theme, numbered in the order of its zones (2D theme format, section 4): slot 0 is the first
seat of the first zone. ``maxAgents`` may end them early.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

_VERSION = re.compile(r"([0-9]+)\.([0-9]+)\.([0-9]+)\Z")


class Bump(StrEnum):
    """Which part of the version the changes ask for."""

    NONE = "none"
    PATCH = "patch"
    MINOR = "minor"
    MAJOR = "major"


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. ``what``: added, removed or changed; ``kind``: zone, seat, slot, sprite, layer, file, …"""

    what: str
    kind: str
    name: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class SlotChange:
    """A slot that is another seat now. ``after`` None: the slot is gone."""

    slot_index: int
    before: str
    after: str | None


@dataclass(frozen=True, slots=True)
class ThemeDiff:
    """From what is published to what is here."""

    before_version: str
    after_version: str
    changes: tuple[Change, ...]
    slots: tuple[SlotChange, ...]  # those that are not the seat they were

    @property
    def is_same(self) -> bool:
        return not self.changes

    @property
    def advice(self) -> Bump:
        """A seat or zone removed is major; anything added minor; else patch."""
        if any(change.what == "removed" and change.kind in ("zone", "seat", "slot") for change in self.changes):
            return Bump.MAJOR
        if any(change.what == "added" for change in self.changes):
            return Bump.MINOR
        return Bump.PATCH if self.changes else Bump.NONE

    @property
    def advised_version(self) -> str:
        """The version that the changes ask for: what is here when that is enough, else one up from the published."""
        wanted = bumped(self.before_version, self.advice)
        if _parts(self.after_version) > _parts(self.before_version) and _parts(self.after_version) >= _parts(wanted):
            return self.after_version
        return wanted

    @property
    def needs_bump(self) -> bool:
        return self.advised_version != self.after_version


def bumped(version: str, bump: Bump) -> str:
    """The next version; 1.0.0 after what is no version."""
    found = _VERSION.match(version)
    if found is None:
        return "1.0.0"
    major, minor, patch = (int(part) for part in found.groups())
    if bump is Bump.MAJOR:
        return f"{major + 1}.0.0"
    if bump is Bump.MINOR:
        return f"{major}.{minor + 1}.0"
    return f"{major}.{minor}.{patch + 1}" if bump is Bump.PATCH else version


def diff_manifests(before: Mapping[str, Any], after: Mapping[str, Any]) -> ThemeDiff:
    """Differences in zones, seats, slots, pieces, layers, sizes and other fields. Bad values count as absent."""
    changes = [*_zones(before, after), *_seats(before, after)]
    old, new = slots_of(before), slots_of(after)
    if len(old) != len(new):
        what = "removed" if len(new) < len(old) else "added"
        changes.append(Change(what, "slot", f"{abs(len(new) - len(old))} slots", f"{len(old)} → {len(new)}"))
    for kind, title in (("furniture", "sprite"), ("effects", "effect"), ("layers", "layer")):
        changes += _compare(title, _by_id(before, kind), _by_id(after, kind))
    changes += _fields(before, after)
    slots = [
        SlotChange(number, seat, new[number] if number < len(new) else None)
        for number, seat in enumerate(old) if number >= len(new) or new[number] != seat
    ]  # fmt: skip
    return ThemeDiff(_text(before, "version"), _text(after, "version"), tuple(changes), tuple(slots))


def slots_of(document: Mapping[str, Any]) -> tuple[str, ...]:
    """Seat ids in the order of slots; an unnamed slot is called after its number."""
    seats = [seat_id for zone in _objects(document, "zones") for seat_id in _seat_ids(zone)]
    limit = document.get("maxAgents")
    if isinstance(limit, int) and not isinstance(limit, bool) and limit >= 1:
        seats += [f"slot-{number}" for number in range(len(seats), min(limit, 1000))]
        seats = seats[:limit]
    return tuple(seats)


# -- parts ---------------------------------------------------------------------------------------------------
def _zones(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterable[Change]:
    def plain(document: Mapping[str, Any]) -> dict[str, Any]:
        zones = _by_id(document, "zones")
        return {key: {k: v for k, v in zone.items() if k != "seats"} for key, zone in zones.items()}

    return _compare("zone", plain(before), plain(after))


def _seats(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterable[Change]:
    def seats(document: Mapping[str, Any]) -> dict[str, Any]:
        return {
            seat["id"]: seat | {"zone": zone.get("id")}
            for zone in _objects(document, "zones") for seat in _objects(zone, "seats")
            if isinstance(seat.get("id"), str)
        }  # fmt: skip

    return _compare("seat", seats(before), seats(after))


def _fields(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterable[Change]:
    told = {"zones", "furniture", "effects", "layers", "version"}
    for key in sorted((set(before) | set(after)) - told):
        old, new = before.get(key), after.get(key)
        if old == new:
            continue
        if key == "canvas" and isinstance(old, dict) and isinstance(new, dict) and _size(old) != _size(new):
            yield Change("changed", "size", "canvas", f"{_size(old)} → {_size(new)}")
        elif isinstance(old, dict) and isinstance(new, dict):
            parts = sorted(part for part in set(old) | set(new) if old.get(part) != new.get(part))
            yield Change("changed", "field", key, ", ".join(map(str, parts)))
        else:
            what = "added" if key not in before else "removed" if key not in after else "changed"
            yield Change(what, "field", key, "" if isinstance(new, dict | list) else f"{_short(old)} → {_short(new)}")


def _compare(kind: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterable[Change]:
    for name in sorted(before.keys() - after.keys()):
        yield Change("removed", kind, name)
    for name in sorted(after.keys() - before.keys()):
        yield Change("added", kind, name)
    for name in sorted(before.keys() & after.keys()):
        old, new = before[name], after[name]
        if old != new:
            keys = sorted(key for key in set(old) | set(new) if old.get(key) != new.get(key))
            parts = [f"{key}: {_short(old.get(key))} → {_short(new.get(key))}" for key in keys[:4]]
            yield Change("changed", kind, name, "; ".join(parts) + ("; …" if len(keys) > 4 else ""))


def _by_id(document: Mapping[str, Any], key: str) -> dict[str, Any]:
    return {item["id"]: item for item in _objects(document, key) if isinstance(item.get("id"), str)}


def _objects(document: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    value = document.get(key)
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _seat_ids(zone: Mapping[str, Any]) -> list[str]:
    return [str(seat.get("id", "?")) for seat in _objects(zone, "seats")]


def _size(canvas: Mapping[str, Any]) -> str:
    return f"{canvas.get('width')} × {canvas.get('height')}"


def _text(document: Mapping[str, Any], key: str) -> str:
    value = document.get(key)
    return value if isinstance(value, str) else ""


def _parts(version: str) -> tuple[int, ...]:
    found = _VERSION.match(version)
    return tuple(int(part) for part in found.groups()) if found else (0,)


def _short(value: Any) -> str:
    text = "none" if value is None else str(value)
    return text if len(text) <= 40 else text[:39] + "…"
