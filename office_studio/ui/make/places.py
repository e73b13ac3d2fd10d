"""Where in the room a problem is, and what its object is called. Pure, over the manifest as it was written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from office_studio.core.theme.model import Rect
from office_studio.core.validation.report import Finding

_SEAT = (28.0, 44.0)  # what is marked around a seat's foot point, canvas units
_LISTS = {"zones": "Zone", "furniture": "Furniture", "effects": "Effect"}


@dataclass(frozen=True, slots=True)
class Place:
    """``words``: "Lounge › Sofa 2". ``rect`` in canvas units; None for what is nowhere in the room."""

    words: str
    rect: Rect | None = None


def place_of(finding: Finding, document: Mapping[str, Any]) -> Place | None:
    """The object of a finding; None when it is about none."""
    parts = (finding.pointer or "").split("/")[1:]
    if len(parts) >= 2 and parts[0] in _LISTS and parts[1].isdigit():
        found = _listed(parts, document)
        if found is not None:
            return found
    return Place(finding.object) if finding.object and finding.object != finding.file else None


def _listed(parts: Sequence[str], document: Mapping[str, Any]) -> Place | None:
    item = _item(document.get(parts[0]), parts[1])
    if item is None:
        return None
    name = str(item.get("name") or item.get("id") or f"{_LISTS[parts[0]]} {parts[1]}")
    if parts[0] != "zones":
        return Place(name, _box(item))
    bounds = item.get("bounds")
    zone = _rect(bounds) if isinstance(bounds, Mapping) else None
    if len(parts) >= 4 and parts[2] == "seats" and parts[3].isdigit():
        seat = _item(item.get("seats"), parts[3])
        if seat is not None:
            label = str(seat.get("label") or seat.get("id") or f"Seat {parts[3]}")
            return Place(f"{name} › {label}", _around_foot(seat) or zone)
    return Place(name, zone)


def _item(items: object, index: str) -> Mapping[str, Any] | None:
    number = int(index) if len(index) < 9 else -1
    found = items[number] if isinstance(items, list) and 0 <= number < len(items) else None
    return found if isinstance(found, dict) else None


def _number(data: Mapping[str, Any], key: str) -> float | None:
    value = data.get(key)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number and abs(value) < 1e7 else None  # type: ignore[arg-type, operator]


def _rect(data: Mapping[str, Any]) -> Rect | None:
    x, y, width, height = (_number(data, key) for key in ("x", "y", "width", "height"))
    if x is None or y is None or width is None or height is None or width <= 0 or height <= 0:
        return None
    return Rect(x, y, width, height)


def _box(item: Mapping[str, Any]) -> Rect | None:
    rect, anchor = _rect(item), item.get("anchor")
    if rect is None:
        x, y = _number(item, "x"), _number(item, "y")
        return Rect(x - 20, y - 20, 40, 40) if x is not None and y is not None else None
    ax, ay = ((_number(anchor, "x") or 0), (_number(anchor, "y") or 0)) if isinstance(anchor, Mapping) else (0, 0)
    return Rect(rect.x - ax * rect.width, rect.y - ay * rect.height, rect.width, rect.height)


def _around_foot(seat: Mapping[str, Any]) -> Rect | None:
    x, y = _number(seat, "x"), _number(seat, "y")
    width, height = _SEAT
    return Rect(x - width / 2, y - height, width, height + 8) if x is not None and y is not None else None
