"""Rules on ``navigation``, our extension: where figures may walk. Only asked of themes that have one."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from office_studio.core.office.feet import ground_of
from office_studio.core.office.floor_grid import MAX_CORNERS, FloorGrid
from office_studio.core.office.paths import approach
from office_studio.core.theme.manifest import theme_from_document
from office_studio.core.theme.model import Point, Theme
from office_studio.core.theme.reading import is_number
from office_studio.core.validation.rule import Hit, I, W, rule
from office_studio.core.validation.subject import Subject
from office_studio.errors import OfficeStudioError

_FAR = 0.08  # of the canvas' width: the longest step from free floor to a seat
_DOORSTEP = 0.03  # of the canvas' width: an entrance may lie so far beside the floor, on a door's sill
_KNOWN = ("floor", "obstacles", "entrance")
_FLOOR = ("floor", "")  # of no file, so that it outlives changes of files


def _navigation(subject: Subject) -> Mapping[str, Any] | None:
    value = subject.document.get("navigation")
    return value if isinstance(value, dict) and not subject.is_3d else None


def _corners(value: Any) -> int:
    """How many usable corners a polygon has."""
    points = value if isinstance(value, list) else ()
    return sum(isinstance(p, dict) and is_number(p.get("x")) and is_number(p.get("y")) for p in points)


def _theme_and_grid(subject: Subject) -> tuple[Theme, FloorGrid | None] | None:
    """The theme and its floor; None when there is no navigation, or too little else to build a floor."""
    if _navigation(subject) is None or subject.canvas_size is None:
        return None
    return subject.once(_read_floor)


def _read_floor(subject: Subject) -> tuple[Theme, FloorGrid | None] | None:
    """Rastering takes as long as many rules together, and few edits concern what it depends on: it is kept."""
    raw, theme, ground, grid = subject.cache.get(_FLOOR) or (b"", None, None, None)
    if theme is None or not raw or raw != subject.raw:
        try:
            theme = theme_from_document(dict(subject.document))[0]
        except OfficeStudioError:
            return None
    here = (theme.canvas.width, theme.canvas.height, ground_of(theme))
    if ground != here:
        grid = FloorGrid.build(theme)
    subject.cache[_FLOOR] = (subject.raw, theme, here, grid)
    return theme, grid


@rule("T2D-NAV-SHAPE", W, "P", "{what} needs {needs}; it is ignored")
def navigation_shape(subject: Subject) -> Iterator[Hit]:
    said = _navigation(subject) or {}
    for key in ("floor", "obstacles"):
        polygons = said.get(key)
        if key in said and not isinstance(polygons, list):
            yield Hit(f"/navigation/{key}", {"what": key, "needs": "a list of polygons"})
        for number, corners in enumerate(polygons if isinstance(polygons, list) else ()):
            if _corners(corners) < 3:
                what = {"what": f"polygon {number + 1} of {key}", "needs": "at least three corners with x and y"}
                yield Hit(f"/navigation/{key}/{number}", what)
    entrance = said.get("entrance")
    if "entrance" in said and _corners([entrance]) < 1:
        yield Hit("/navigation/entrance", {"what": "entrance", "needs": "x and y"})


@rule("T2D-NAV-KEY", I, "P", '"{key}" is not a part of navigation', "Use floor, obstacles and entrance.")
def navigation_key(subject: Subject) -> Iterator[Hit]:
    for key in _navigation(subject) or {}:
        if key not in _KNOWN:
            yield Hit(f"/navigation/{key.replace('~', '~0').replace('/', '~1')}", {"key": key[:80]})


@rule("T2D-NAV-NOFLOOR", W, "P", "{why}: figures walk straight", "Draw the floor larger, or with fewer corners.")
def navigation_no_floor(subject: Subject) -> Iterator[Hit]:
    found = _theme_and_grid(subject)
    if found is not None and found[1] is None:
        said = found[0].navigation
        corners = 0 if said is None else sum(map(len, (*said.floor, *said.obstacles)))
        is_large = corners > MAX_CORNERS
        yield Hit(
            "/navigation",
            {"why": f"{corners} corners are more than {MAX_CORNERS}" if is_large else "no part of the floor is free"},
        )


@rule("T2D-NAV-ENTRANCE", W, "P", "the entrance lies outside the floor", "Move it to where newcomers come in.")
def navigation_entrance(subject: Subject) -> Iterator[Hit]:
    found = _theme_and_grid(subject)
    if found is None or found[1] is None or found[0].navigation is None or found[0].navigation.entrance is None:
        return
    theme, grid, at = found[0], found[1], found[0].navigation.entrance
    if not _is_near_floor(grid, at, _DOORSTEP * theme.canvas.width):
        yield Hit("/navigation/entrance")


@rule("T2D-NAV-SEAT", W, "P", 'seat "{id}" cannot be reached on the floor', "Leave a way to it between the obstacles.")
def navigation_seat(subject: Subject) -> Iterator[Hit]:
    found = _theme_and_grid(subject)
    if found is None or found[1] is None:
        return
    theme, grid = found[0], found[1]
    for at, seat, _ in subject.seats():
        if not (is_number(seat.get("x")) and is_number(seat.get("y"))):
            continue
        place = Point(seat["x"], seat["y"])
        if not _is_near_floor(grid, place, _FAR * theme.canvas.width):
            yield Hit(at, {"id": str(seat.get("id") or "?")})


def _is_near_floor(grid: FloorGrid, at: Point, reach: float) -> bool:
    """Whether a straight step of at most ``reach`` leads to the part of the floor where all others walk."""
    cell = approach(grid, at)
    if cell is None or grid.regions[cell] != grid.main_region:
        return False
    beside = grid.middle_of(cell)
    return math.hypot(beside.x - at.x, beside.y - at.y) <= max(reach, 2 * grid.cell)
