"""Where a theme's furniture and walls stand on the floor: as its ``navigation`` says, else guessed. Canvas units."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from office_studio.core.theme.model import Furniture, Point, Rect, Theme, Zone

Polygon = Sequence[Point]

_FOOT_OF_HEIGHT, _FOOT_OF_WIDTH = 0.25, 0.35
_BACKDROP = 0.6  # a picture that covers more than this of both sides of the canvas is scenery, not furniture
_FAR = 1e7  # canvas units; nothing beyond is drawn, and arithmetic stays finite
_MARGIN = 0.04  # of the canvas' width, around zones and seats


@dataclass(frozen=True, slots=True)
class Ground:
    """What may be walked on and what stands in the way."""

    floor: tuple[Polygon, ...]
    blocks: tuple[Rect, ...] = ()  # upright rectangles, of which a theme may have thousands
    obstacles: tuple[Polygon, ...] = ()
    entrance: Point = field(default_factory=lambda: Point(0, 0))


def ground_of(theme: Theme) -> Ground:
    """The ground of a theme. Each part that ``navigation`` leaves out is guessed."""
    said = theme.navigation
    unsaid = _canvas(theme) if said is not None else _lived_in(theme)
    floor: tuple[Polygon, ...] = said.floor if said is not None and said.floor else (_corners(unsaid),)
    entrance = said.entrance if said is not None and said.entrance is not None else _default_entrance(floor, theme)
    if said is not None and said.obstacles:
        return Ground(_bounded(floor), (), _bounded(said.obstacles), entrance)
    feet = tuple(foot for item in theme.furniture if (foot := furniture_foot(item, theme)) is not None)
    walls = () if said is not None else tuple(wall for zone in theme.zones for wall in zone_walls(zone, theme))
    return Ground(_bounded(floor), feet + walls, (), entrance)


def furniture_foot(item: Furniture, theme: Theme) -> Rect | None:
    """The strip of floor under a piece of furniture that takes part in y-sorting; None for what can be walked over.

    It lies at the bottom edge: as wide as the piece, and as deep as a quarter of its height or 35 % of its width,
    whichever is less, so that neither a tall shelf nor a broad board blocks more than it stands on.
    """
    canvas = theme.canvas
    if max(abs(item.at.x), abs(item.at.y), item.width, item.height) > _FAR:
        return None
    is_scenery = item.width > _BACKDROP * canvas.width and item.height > _BACKDROP * canvas.height
    if not item.sort_y or is_scenery:
        return None
    depth = min(item.height * _FOOT_OF_HEIGHT, item.width * _FOOT_OF_WIDTH)
    bottom = item.at.y + (1 - item.anchor.y) * item.height
    return Rect(item.at.x - item.anchor.x * item.width, bottom - depth, item.width, depth)


def zone_walls(zone: Zone, theme: Theme) -> Iterator[Rect]:
    """Thin walls on the rim of a zone with a door, open where the door meets the rim.

    A door that does not touch the rim would leave the room without a way in; such a zone has no walls.
    """
    door, room = zone.door, zone.bounds
    if door is None:
        return
    thick = max(theme.canvas.width / 480, 1e-6)
    right, bottom = room.x + room.width, room.y + room.height
    sides = (
        (Rect(room.x, room.y, room.width, thick), True),
        (Rect(room.x, bottom - thick, room.width, thick), True),
        (Rect(room.x, room.y, thick, room.height), False),
        (Rect(right - thick, room.y, thick, room.height), False),
    )
    reach = 2 * thick  # doors are drawn by hand, a little beside the wall
    if not any(_meet(side, door, reach) for side, _ in sides):
        return
    for side, is_level in sides:
        yield from _opened(side, door, is_level, reach)


def _opened(side: Rect, door: Rect, is_level: bool, reach: float) -> Iterator[Rect]:
    if not _meet(side, door, reach):
        yield side
    elif is_level:
        if door.x > side.x:
            yield Rect(side.x, side.y, door.x - side.x, side.height)
        if (rest := side.x + side.width - door.x - door.width) > 0:
            yield Rect(door.x + door.width, side.y, rest, side.height)
    else:
        if door.y > side.y:
            yield Rect(side.x, side.y, side.width, door.y - side.y)
        if (rest := side.y + side.height - door.y - door.height) > 0:
            yield Rect(side.x, door.y + door.height, side.width, rest)


def _meet(a: Rect, b: Rect, reach: float) -> bool:
    return (
        a.x <= b.x + b.width + reach
        and b.x <= a.x + a.width + reach
        and a.y <= b.y + b.height + reach
        and b.y <= a.y + a.height + reach
    )


def _lived_in(theme: Theme) -> Rect:
    """The part of the canvas around zones and seats: beyond it may be walls. Without either, the whole canvas."""
    canvas = _canvas(theme)
    seats = [seat.at for seat in theme.seats if canvas.contains(seat.at)]
    rooms = [zone.bounds for zone in theme.zones]
    if not rooms:
        return canvas
    margin = _MARGIN * theme.canvas.width
    left = min([room.x for room in rooms] + [at.x for at in seats]) - margin
    top = min([room.y for room in rooms] + [at.y for at in seats]) - margin
    right = max([room.x + room.width for room in rooms] + [at.x for at in seats]) + margin
    bottom = max([room.y + room.height for room in rooms] + [at.y for at in seats]) + margin
    left, top = max(0.0, left), max(0.0, top)
    right, bottom = min(float(canvas.width), right), min(float(canvas.height), bottom)
    return Rect(left, top, right - left, bottom - top) if right > left and bottom > top else canvas


def _bounded(polygons: Sequence[Polygon]) -> tuple[Polygon, ...]:
    """The polygons with corners at most ``_FAR`` away."""
    return tuple(
        tuple(Point(min(max(p.x, -_FAR), _FAR), min(max(p.y, -_FAR), _FAR)) for p in corners) for corners in polygons
    )


def _canvas(theme: Theme) -> Rect:
    return Rect(0, 0, theme.canvas.width, theme.canvas.height)


def _default_entrance(floor: Sequence[Polygon], theme: Theme) -> Point:
    """The middle of the bottom edge of the floor, where the design document lets newcomers in."""
    xs = [point.x for polygon in floor for point in polygon]
    ys = [point.y for polygon in floor for point in polygon]
    if not xs:
        return Point(theme.canvas.width / 2, float(theme.canvas.height))
    return Point((min(xs) + max(xs)) / 2, max(ys))


def _corners(rect: Rect) -> Polygon:
    right, bottom = rect.x + rect.width, rect.y + rect.height
    return (Point(rect.x, rect.y), Point(right, rect.y), Point(right, bottom), Point(rect.x, bottom))
