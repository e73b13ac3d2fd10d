"""Fixes for single values: numbers into their range, colours and versions into their form, seats into their zone."""

from __future__ import annotations

import re
from typing import Any

from office_studio.core.theme.color import parse_color
from office_studio.core.theme.reading import is_number
from office_studio.core.validation.fixes.model import Drop, Fix, FixContext, Put, StripBom, fix
from office_studio.core.validation.fixes.names import value_at
from office_studio.core.validation.report import Finding
from office_studio.core.validation.rules.zones import box

_VERSION = re.compile(r"\s*[vV]?([0-9]+)(?:\.([0-9]+))?(?:\.([0-9]+))?")


@fix("T2D-SEAT-ZONE", "T2D-SEAT-CANVAS", title="move the seat into its zone")
def seat_into_zone(context: FixContext, finding: Finding) -> Fix | None:
    pointer = finding.pointer or ""
    seat = value_at(context.subject, pointer)
    zone = value_at(context.subject, pointer.rpartition("/seats/")[0])
    bounds = box(zone.get("bounds")) if isinstance(zone, dict) else None
    if bounds is None or not isinstance(seat, dict):
        return None
    low_x, low_y, high_x, high_y = bounds[0], bounds[1], bounds[0] + bounds[2], bounds[1] + bounds[3]
    size = context.subject.canvas_size
    if size is not None:
        low_x, low_y, high_x, high_y = max(0, low_x), max(0, low_y), min(size[0], high_x), min(size[1], high_y)
    if low_x > high_x or low_y > high_y:  # the zone itself lies outside
        return None
    x, y = min(max(seat["x"], low_x), high_x), min(max(seat["y"], low_y), high_y)
    edits = [Put(f"{pointer}/{key}", value) for key, value in (("x", x), ("y", y)) if seat[key] != value]
    return Fix("seat-into-zone", f"Move the seat to ({x:g}, {y:g})", tuple(edits)) if edits else None


@fix("T2D-CANVAS-COLOR", "T2D-CANVAS-COLOR-UPSTREAM", "T3D-COLOR-FORM", title="write the colour as 0xRRGGBB")
def color_as_number(context: FixContext, finding: Finding) -> Fix | None:
    color = parse_color(value_at(context.subject, finding.pointer))
    if color is None or finding.pointer is None:
        return None
    # The original renderer takes pure black for no colour at all; one step of blue cannot be seen.
    blue = 1 if color[:3] == (0, 0, 0) and finding.rule == "T2D-CANVAS-COLOR-UPSTREAM" else color.blue
    text = f"0x{color.red:02x}{color.green:02x}{blue:02x}"
    return Fix("color-form", f"Write {text}", (Put(finding.pointer, text),))


@fix("T2D-CHAR-BADGE-COLOR", title="write the colour as #RRGGBB")
def color_as_css(context: FixContext, finding: Finding) -> Fix | None:
    color = parse_color(value_at(context.subject, finding.pointer))
    if color is None or finding.pointer is None:
        return None
    text = f"#{color.red:02x}{color.green:02x}{color.blue:02x}"
    return Fix("color-form", f"Write {text}", (Put(finding.pointer, text),))


@fix("T2D-META-VERSION", title="write the version as three numbers")
def version_form(context: FixContext, finding: Finding) -> Fix | None:
    written = value_at(context.subject, "/version")
    found = _VERSION.match(str(written)) if isinstance(written, str | int | float) and written is not True else None
    if found is None or not str(written)[:30].isascii():
        return None
    text = ".".join(part or "0" for part in found.groups())
    return Fix("version-form", f"Write {text}", (Put("/version", text),))


@fix("T2D-META-VERSION-SAME", title="raise the version")
def version_up(context: FixContext, finding: Finding) -> Fix | None:
    parts = str(value_at(context.subject, "/version")).split(".")
    if len(parts) != 3 or not all(part.isdigit() and part.isascii() for part in parts):
        return None
    text = f"{parts[0]}.{parts[1]}.{int(parts[2][:300]) + 1}"
    return Fix("version-up", f"Write {text}", (Put("/version", text),))


@fix("T2D-META-ID", title="write the id with small letters, digits and hyphens")
def id_form(context: FixContext, finding: Finding) -> Fix | None:
    written = value_at(context.subject, "/id") or value_at(context.subject, "/name")
    slug = re.sub(r"[^a-z0-9]+", "-", written.lower()).strip("-")[:100].strip("-") if isinstance(written, str) else ""
    return Fix("id-form", f"Write “{slug}”", (Put("/id", slug),), is_safe=False) if slug else None


@fix("T2D-JSON-BOM", title="remove the byte-order mark")
def strip_bom(context: FixContext, finding: Finding) -> Fix | None:
    return Fix("strip-bom", "Remove the byte-order mark", (StripBom(),))


@fix("T2D-ZONE-CAPSEATS", title="count the seats")
def capacity(context: FixContext, finding: Finding) -> Fix | None:
    pointer = finding.pointer or ""
    seats = value_at(context.subject, pointer.rpartition("/")[0] + "/seats")
    count = len(seats) if isinstance(seats, list) else 0
    return Fix("capacity-of-seats", f"Write {count}", (Put(pointer, count),)) if count else None


@fix("T2D-META-MAXAGENTS-SEATS", title="lower maxAgents to the number of seats")
def max_agents(context: FixContext, finding: Finding) -> Fix | None:
    count = sum(1 for _ in context.subject.seats())
    return Fix("max-agents", f"Write {count}", (Put("/maxAgents", count),), is_safe=False) if count else None


@fix("T2D-VIEW-RANGE", title="exchange minZoom and maxZoom")
def zoom_order(context: FixContext, finding: Finding) -> Fix | None:
    view = context.subject.section("viewport")
    edits = (Put("/viewport/minZoom", view.get("maxZoom")), Put("/viewport/maxZoom", view.get("minZoom")))
    return Fix("zoom-order", "Exchange minZoom and maxZoom", edits)


@fix("T2D-VIEW-DEFAULT-RANGE", "T3D-ZOOM-LIMITS", title="move the zoom into its limits")
def zoom_into_range(context: FixContext, finding: Finding) -> Fix | None:
    view, value = context.subject.section("viewport"), value_at(context.subject, finding.pointer)
    low, high = view.get("minZoom", 0.5), view.get("maxZoom", 3.0)
    if not (is_number(low) and is_number(high) and is_number(value)) or finding.pointer is None:
        return None
    number: Any = min(max(value, low), high)
    return Fix("zoom-into-range", f"Write {number:g}", (Put(finding.pointer, number),))


@fix("T2D-FURN-TOOLTIP", title="make what has a tooltip interactive")
def tooltip(context: FixContext, finding: Finding) -> Fix | None:
    pointer = finding.pointer or ""
    item = value_at(context.subject, pointer)
    if not isinstance(item, dict):
        return None
    if item.get("tooltip"):
        return Fix("tooltip", "Make it interactive", (Put(f"{pointer}/interactive", True),))
    return Fix("tooltip", "Take “interactive” away", (Drop(f"{pointer}/interactive"),), is_safe=False)


@fix("T2D-ANIM-MINMAX", title="exchange minOpacity and maxOpacity")
def opacity_order(context: FixContext, finding: Finding) -> Fix | None:
    at = (finding.pointer or "").rpartition("/")[0]
    low, high = value_at(context.subject, f"{at}/minOpacity"), value_at(context.subject, f"{at}/maxOpacity")
    high = 1 if high is None else high
    return Fix("opacity-order", "Exchange them", (Put(f"{at}/minOpacity", high), Put(f"{at}/maxOpacity", low)))
