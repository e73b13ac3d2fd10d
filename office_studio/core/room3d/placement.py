"""Dialect 3a: a flat floor plan in space; canvas units become world units on the XZ plane. Format section 9."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from office_studio.core.office.model import AgentStatus
from office_studio.core.room3d.color_space import darkened
from office_studio.core.room3d.space import Box, sub, times
from office_studio.core.theme.files import is_safe_name
from office_studio.core.theme.model import Canvas, Point, Seat, Theme, Zone, ZoneType
from office_studio.core.theme.room_model import ModelPiece, Tint, Vec3

WORLD_PER_UNIT = 0.5  # world units a canvas unit
PIECE_WORLD_PER_UNIT = 0.25  # of the larger side of a piece of furniture
SHELL = "room-shell"  # furniture of this id is the room itself
ROBOT_HEIGHT = 40.0
BALL_RADIUS = 15.0  # stands for a robot that is not there
NAME_HEIGHT = 52.0  # above an agent
HIT_RADIUS, HIT_HEIGHT = 15.0, 40.0
ROW_STEP = 80.0  # canvas units between agents of an office without zones
FLOOR_Y = 0.1  # of zones, above the ground
_KIT = "office/models/"


@dataclass(frozen=True, slots=True)
class PlacedPiece:
    """``position``: where the model's origin comes to lie, after ``scale``; ``box``: the piece as it stands."""

    id: str
    scale: Vec3
    position: Vec3
    box: Box


@dataclass(frozen=True, slots=True)
class FloorPatch:
    """A flat rectangle that faces up; ``size`` along x and z, world units."""

    center: Vec3
    size: tuple[float, float]
    color: Tint
    opacity: float
    roughness: float


@dataclass(frozen=True, slots=True)
class ZoneLabel:
    """Text of 50 × 12 world units that faces the camera."""

    text: str
    at: Vec3


@dataclass(frozen=True, slots=True)
class ZoneSpot:
    """Where an agent stands. Zone and seat None: an office without zones."""

    at: Vec3
    zone: Zone | None = None
    seat: Seat | None = None


def to_world(x: float, y: float, canvas: Canvas) -> Vec3:
    """A point of the canvas on the floor."""
    return ((x - canvas.width / 2) * WORLD_PER_UNIT, 0.0, (y - canvas.height / 2) * WORLD_PER_UNIT)


def to_canvas(at: Vec3, canvas: Canvas) -> Point:
    """The point of the canvas that lies below a point of the room: the inverse of ``to_world``."""
    return Point(at[0] / WORLD_PER_UNIT + canvas.width / 2, at[2] / WORLD_PER_UNIT + canvas.height / 2)


def ground_box(canvas: Canvas) -> Box:
    """The floor, and as much room above it as figures need."""
    half_x, half_z = canvas.width * WORLD_PER_UNIT / 2, canvas.height * WORLD_PER_UNIT / 2
    return Box((-half_x, 0.0, -half_z), (half_x, ROBOT_HEIGHT, half_z))


# -- furniture ---------------------------------------------------------------------------------------
def place_piece(piece: ModelPiece, box: Box, canvas: Canvas, *, exact: bool = False) -> PlacedPiece:
    """Stands a model on its place: its middle there, its lowest point on the floor.

    Args:
        box: Of the model as it comes, its own units.
        exact: As the reference drew it: the model's origin at the place, wherever its middle is (defect D1).
    """
    width, height, depth = (max(side, 1e-9) for side in box.size)
    if piece.id == SHELL:
        across = canvas.width * WORLD_PER_UNIT / width
        scale: Vec3 = (across, across, canvas.height * WORLD_PER_UNIT / depth)
        at: Vec3 = (0.0, 0.0, 0.0)
    else:
        factor = max(piece.width, piece.height) * PIECE_WORLD_PER_UNIT / max(width, height, depth)
        scale, at = (factor, factor, factor), to_world(piece.x, piece.y, canvas)
    if not exact or piece.id == SHELL:
        middle = (box.center[0], box.low[1], box.center[2])
        at = sub(at, times(middle, scale))
    return PlacedPiece(piece.id, scale, at, box.scaled(scale).moved(at))


def sprite_names(sprite: str, theme_id: str) -> tuple[str, ...]:
    """Files of the theme that a piece may mean, the likeliest first (2.7); only safe names."""
    plain = sprite.lstrip("/")
    names = [plain]
    own = f"themes/{theme_id}/"
    if plain.startswith(own):
        names.append(plain.removeprefix(own))
    elif plain.startswith("themes/") and plain.count("/") > 1:  # copied from a theme of another id
        names.append(plain.split("/", 2)[2])
    return tuple(dict.fromkeys(name for name in names if is_safe_name(name)))


def kit_name(sprite: str) -> str | None:
    """The file of the application's own furniture kit that a piece means, or None."""
    plain = sprite.lstrip("/")
    rest = plain.removeprefix(_KIT)
    return rest if plain.startswith(_KIT) and is_safe_name(rest) else None


# -- floor -------------------------------------------------------------------------------------------
def floor_patches(theme: Theme) -> Iterator[FloorPatch]:
    """The ground, then one patch for each zone."""
    assert theme.room is not None
    canvas, color = theme.canvas, theme.room.clear
    whole = (canvas.width * WORLD_PER_UNIT, canvas.height * WORLD_PER_UNIT)
    yield FloorPatch((0.0, 0.0, 0.0), whole, color, 1.0, 0.9)
    for zone in theme.zones:
        x, _, z = to_world(zone.bounds.center.x, zone.bounds.center.y, canvas)
        size = (zone.bounds.width * WORLD_PER_UNIT, zone.bounds.height * WORLD_PER_UNIT)
        yield FloorPatch((x, FLOOR_Y, z), size, darkened(color, 0.08), 0.5, 0.85)


def zone_labels(theme: Theme) -> Iterator[ZoneLabel]:
    for zone in theme.zones:
        x, _, z = to_world(zone.bounds.center.x, zone.bounds.center.y, theme.canvas)
        yield ZoneLabel(zone.name, (x, 55.0, z - zone.bounds.height * WORLD_PER_UNIT / 2 + 10))


def zone_below(theme: Theme, at: Vec3) -> Zone | None:
    """The smallest zone that a point of the floor lies in."""
    point = to_canvas(at, theme.canvas)
    hits = [zone for zone in theme.zones if zone.bounds.contains(point)]
    return min(hits, key=lambda zone: zone.bounds.width * zone.bounds.height, default=None)


def zone_corners(zone: Zone, canvas: Canvas) -> tuple[Vec3, Vec3, Vec3, Vec3]:
    """Corners of a zone on the floor, in the order in which a line around it meets them."""
    left, top = zone.bounds.x, zone.bounds.y
    right, bottom = left + zone.bounds.width, top + zone.bounds.height
    ground = [to_world(x, y, canvas) for x, y in ((left, top), (right, top), (right, bottom), (left, bottom))]
    a, b, c, d = ((x, FLOOR_Y, z) for x, _, z in ground)
    return a, b, c, d


# -- agents ------------------------------------------------------------------------------------------
_WANTED = {AgentStatus.COLLABORATING: ZoneType.MEETING, AgentStatus.IDLE: ZoneType.LOUNGE}


def zone_spots(theme: Theme, agents: Sequence[tuple[str, AgentStatus]]) -> dict[str, ZoneSpot]:
    """Where agents stand, given in the order in which they claim seats.

    The n-th agent of a zone gets its seat n modulo the number of seats: who finds none free shares one, as the
    reference has it.
    """
    canvas = theme.canvas
    seated = [zone for zone in theme.zones if zone.seats]
    if not seated:
        middle = (len(agents) - 1) / 2
        return {
            agent_id: ZoneSpot(to_world(canvas.width / 2 + (n - middle) * ROW_STEP, canvas.height / 2, canvas))
            for n, (agent_id, _) in enumerate(agents)
        }
    counts: dict[str, int] = {}
    found = {}
    for agent_id, status in agents:
        wanted = _WANTED.get(status, ZoneType.WORK)
        zone = next((zone for zone in seated if zone.type is wanted), seated[0])
        number = counts.get(zone.id, 0)
        counts[zone.id] = number + 1
        seat = zone.seats[number % len(zone.seats)]
        found[agent_id] = ZoneSpot(to_world(seat.at.x, seat.at.y, canvas), zone, seat)
    return found
