"""Rules on zones and seats. 2D theme format, section 21.3."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Any

from office_studio.core.theme.reading import is_number
from office_studio.core.validation.rule import E, Hit, I, W, rule
from office_studio.core.validation.rules.layout import duplicates, is_whole
from office_studio.core.validation.subject import Subject, texts

_TYPES = ("work", "meeting", "lounge", "custom")
_NEAR = 60
_MAX_PAIRS = 300  # seats; beyond that comparing all pairs would take too long


def box(value: Any) -> tuple[float, float, float, float] | None:
    """x, y, width, height of a rectangle with a positive size."""
    if not isinstance(value, dict):
        return None
    numbers = [value.get(key) for key in ("x", "y", "width", "height")]
    if not all(is_number(n) for n in numbers) or value["width"] <= 0 or value["height"] <= 0:
        return None
    return value["x"], value["y"], value["width"], value["height"]


def named(item: Mapping[str, Any]) -> str:
    return str(item.get("id") or "?")


@rule("T2D-ZONES-EMPTY", E, "SEED", "zones must not be empty")
def zones_empty(subject: Subject) -> Iterator[Hit]:
    value = subject.document.get("zones")
    if not subject.is_3d and not (isinstance(value, list) and value):
        yield Hit("/zones")


@rule("T2D-ZONE-ID", E, "ZOD", "zone needs an id")
def zone_id(subject: Subject) -> Iterator[Hit]:
    for at, zone in subject.objects("zones"):
        if not isinstance(zone.get("id"), str) or not zone["id"]:
            yield Hit(f"{at}/id")


@rule("T2D-ZONE-DUP", E, "P", 'zone "{id}" is defined twice')
def zone_duplicate(subject: Subject) -> Iterator[Hit]:
    yield from duplicates(subject.objects("zones"), "id")


@rule("T2D-ZONE-NAME", E, "ZOD", 'zone "{id}" needs a name')
def zone_name(subject: Subject) -> Iterator[Hit]:
    for at, zone in subject.objects("zones"):
        if not isinstance(zone.get("name"), str) or not zone["name"]:
            yield Hit(f"{at}/name", {"id": named(zone)})


@rule("T2D-ZONE-TYPE", E, "ZOD", "type must be work, meeting, lounge or custom")
def zone_type(subject: Subject) -> Iterator[Hit]:
    for at, zone in subject.objects("zones"):
        if zone.get("type") not in _TYPES:
            yield Hit(f"{at}/type", object=named(zone))


@rule("T2D-ZONE-BOUNDS", E, "ZOD", 'zone "{id}" needs positive bounds')
def zone_bounds(subject: Subject) -> Iterator[Hit]:
    for at, zone in subject.objects("zones"):
        if box(zone.get("bounds")) is None:
            yield Hit(f"{at}/bounds", {"id": named(zone)})


@rule("T2D-ZONE-OUTSIDE", W, "P", 'zone "{id}" extends beyond the canvas')
def zone_outside(subject: Subject) -> Iterator[Hit]:
    size = subject.canvas_size
    for at, zone in subject.objects("zones"):
        bounds = box(zone.get("bounds"))
        if size and bounds:
            x, y, width, height = bounds
            if x < 0 or y < 0 or x + width > size[0] or y + height > size[1]:
                yield Hit(f"{at}/bounds", {"id": named(zone)})


@rule("T2D-ZONE-CAPACITY", E, "ZOD", "capacity must be a positive whole number")
def zone_capacity(subject: Subject) -> Iterator[Hit]:
    for at, zone in subject.objects("zones"):
        value = zone.get("capacity")
        if not is_whole(value) or value < 1:  # type: ignore[operator]
            yield Hit(f"{at}/capacity", object=named(zone))


@rule("T2D-ZONE-CAPSEATS", W, "P", 'zone "{id}": capacity {c} but {n} seats')
def zone_capacity_seats(subject: Subject) -> Iterator[Hit]:
    for at, zone in subject.objects("zones"):
        seats, capacity = zone.get("seats"), zone.get("capacity")
        if isinstance(seats, list) and seats and is_whole(capacity) and capacity != len(seats):
            yield Hit(f"{at}/capacity", {"id": named(zone), "c": capacity, "n": len(seats)})


@rule("T2D-ZONE-NOSEATS", E, "LOADER", 'zone "{id}" must have at least 1 seat')
def zone_no_seats(subject: Subject) -> Iterator[Hit]:
    for at, zone in subject.objects("zones"):
        seats = zone.get("seats")
        if not (isinstance(seats, list) and seats) and not subject.is_3d:
            yield Hit(f"{at}/seats", {"id": named(zone)})


def _fallback_zone(subject: Subject) -> str:
    """Where agents go whose zone type is missing: the zone nearest the middle (7)."""
    width = (subject.canvas_size or (1920, 1080))[0]
    zones = [
        (abs(b[0] + b[2] / 2 - width / 2), named(z)) for _, z in subject.objects("zones") if (b := box(z.get("bounds")))
    ]
    return min(zones, key=lambda pair: pair[0])[1] if zones else "?"


def _types(subject: Subject) -> set[str]:
    return texts(subject.objects("zones"), "type")


@rule("T2D-ZONE-NOWORK", W, "P", 'No work zone: working agents will sit in "{zone}"')
def zone_no_work(subject: Subject) -> Iterator[Hit]:
    if _types(subject) and "work" not in _types(subject) and not subject.is_3d:
        yield Hit("/zones", {"zone": _fallback_zone(subject)})


@rule("T2D-ZONE-NOMEETING", I, "P", 'No meeting zone: collaborating agents will sit in "{zone}"')
def zone_no_meeting(subject: Subject) -> Iterator[Hit]:
    if _types(subject) and "meeting" not in _types(subject) and not subject.is_3d:
        yield Hit("/zones", {"zone": _fallback_zone(subject)})


@rule("T2D-ZONE-NOLOUNGE", I, "P", 'No lounge zone: idle agents will sit in "{zone}"')
def zone_no_lounge(subject: Subject) -> Iterator[Hit]:
    if _types(subject) and "lounge" not in _types(subject) and not subject.is_3d:
        yield Hit("/zones", {"zone": _fallback_zone(subject)})


@rule("T2D-ZONE-SAMETYPE", I, "PIXI", 'Upstream uses only one zone of type {type}, the one nearest the centre ("{id}")')
def zone_same_type(subject: Subject) -> Iterator[Hit]:
    width = (subject.canvas_size or (1920, 1080))[0]
    for kind in _TYPES[:3]:
        same = [
            (at, zone, b)
            for at, zone in subject.objects("zones")
            if zone.get("type") == kind and (b := box(zone.get("bounds")))
        ]
        if len(same) > 1:
            near = min(same, key=lambda item: abs(item[2][0] + item[2][2] / 2 - width / 2))
            yield Hit(same[1][0], {"type": kind, "id": named(near[1])})


@rule("T2D-ZONE-OVERLAP", I, "P", "zones {a} and {b} overlap")
def zone_overlap(subject: Subject) -> Iterator[Hit]:
    zones = [(at, named(z), b) for at, z in subject.objects("zones") if (b := box(z.get("bounds")))][:100]
    for (_, first, p), (at, second, q) in combinations(zones, 2):
        if p[0] < q[0] + q[2] and q[0] < p[0] + p[2] and p[1] < q[1] + q[3] and q[1] < p[1] + p[3]:
            yield Hit(f"{at}/bounds", {"a": first, "b": second})


@rule("T2D-DOOR", E, "ZOD", "door needs a positive size")
def door(subject: Subject) -> Iterator[Hit]:
    for at, zone in subject.objects("zones"):
        if zone.get("door") is not None and box(zone["door"]) is None:
            yield Hit(f"{at}/door", object=named(zone))


@rule("T2D-SEAT-ID", E, "ZOD", "seat needs an id")
def seat_id(subject: Subject) -> Iterator[Hit]:
    for at, seat, _ in subject.seats():
        if not isinstance(seat.get("id"), str) or not seat["id"]:
            yield Hit(f"{at}/id")


@rule("T2D-SEAT-DUP", W, "P", 'seat id "{id}" is used twice')
def seat_duplicate(subject: Subject) -> Iterator[Hit]:
    yield from duplicates(((at, seat) for at, seat, _ in subject.seats()), "id")


@rule("T2D-SEAT-XY", E, "ZOD", 'seat "{id}" needs x and y')
def seat_place(subject: Subject) -> Iterator[Hit]:
    for at, seat, _ in subject.seats():
        if not (is_number(seat.get("x")) and is_number(seat.get("y"))):
            yield Hit(at, {"id": named(seat)})


def _placed(subject: Subject) -> Iterator[tuple[str, Mapping[str, Any], Mapping[str, Any]]]:
    for at, seat, zone in subject.seats():
        if is_number(seat.get("x")) and is_number(seat.get("y")):
            yield at, seat, zone


@rule("T2D-SEAT-CANVAS", W, "DOC", 'seat "{id}" lies outside the canvas', "Move it inside.")
def seat_outside_canvas(subject: Subject) -> Iterator[Hit]:
    size = subject.canvas_size
    for at, seat, _ in _placed(subject):
        if size and not (0 <= seat["x"] <= size[0] and 0 <= seat["y"] <= size[1]):
            yield Hit(at, {"id": named(seat)}, object=named(seat))


@rule("T2D-SEAT-ZONE", W, "P", 'seat "{id}" lies outside zone "{zone}"', "Move the seat, or enlarge the zone.")
def seat_outside_zone(subject: Subject) -> Iterator[Hit]:
    for at, seat, zone in _placed(subject):
        bounds = box(zone.get("bounds"))
        if bounds is None:
            continue
        x, y, width, height = bounds  # edges count as inside: authors snap seats to the border on purpose
        if not (x <= seat["x"] <= x + width and y <= seat["y"] <= y + height):
            yield Hit(at, {"id": named(seat), "zone": named(zone)}, object=named(seat))


@rule("T2D-SEAT-DIR", E, "ZOD", "direction must be up, down, left or right")
def seat_direction(subject: Subject) -> Iterator[Hit]:
    for at, seat, _ in subject.seats():
        if seat.get("direction") not in ("up", "down", "left", "right"):
            yield Hit(f"{at}/direction", object=named(seat))


@rule("T2D-SEAT-CLOSE", W, "P", "seats {a} and {b} overlap", "Keep 60 units between seats.")
def seat_close(subject: Subject) -> Iterator[Hit]:
    seats = list(_placed(subject))[:_MAX_PAIRS]
    for (_, a, _), (at, b, _) in combinations(seats, 2):
        if math.hypot(a["x"] - b["x"], a["y"] - b["y"]) < _NEAR:
            yield Hit(at, {"a": named(a), "b": named(b)})
