"""A theme as values: what ``theme.json`` says of a 2D office. Coordinates are canvas units, origin top left, y down.

``manifest.py`` builds these from JSON; unknown keys stay in ``Theme.document``. What a theme in space
has besides: ``room_model.py``. Source: 2D theme format, section 2.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from office_studio.core.theme.room_model import RoomTheme


class Direction(StrEnum):
    UP = "up"
    DOWN = "down"
    LEFT = "left"
    RIGHT = "right"


class ZoneType(StrEnum):
    WORK = "work"
    MEETING = "meeting"
    LOUNGE = "lounge"
    CUSTOM = "custom"


@dataclass(frozen=True, slots=True)
class Point:
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Rect:
    x: float
    y: float
    width: float
    height: float

    def contains(self, point: Point) -> bool:
        """Whether the point lies inside or on the edge."""
        return self.x <= point.x <= self.x + self.width and self.y <= point.y <= self.y + self.height

    @property
    def center(self) -> Point:
        return Point(self.x + self.width / 2, self.y + self.height / 2)


@dataclass(frozen=True, slots=True)
class Background:
    """Paths are POSIX names inside the package; colours are as written in the manifest."""

    image: str | None = None
    image2x: str | None = None
    mobile: str | None = None
    color: str | None = None


@dataclass(frozen=True, slots=True)
class Canvas:
    width: int
    height: int
    background: Background = Background()


@dataclass(frozen=True, slots=True)
class Viewport:
    min_zoom: float = 0.5
    max_zoom: float = 3.0
    default_zoom: float = 1.0
    pan_bounds: bool = True
    mobile_default_zoom: float | None = None
    mobile_pinch_to_zoom: bool = True
    mobile_double_tap_zoom: float | None = None


@dataclass(frozen=True, slots=True)
class Layer:
    id: str
    z_index: int


@dataclass(frozen=True, slots=True)
class Seat:
    id: str
    at: Point  # foot point of a character, canvas
    direction: Direction = Direction.DOWN
    label: str | None = None


@dataclass(frozen=True, slots=True)
class Zone:
    id: str
    name: str
    type: ZoneType
    bounds: Rect
    capacity: int
    seats: tuple[Seat, ...]
    door: Rect | None = None


ANIMATION_TYPES = ("flicker", "pulse", "sway", "bob")


@dataclass(frozen=True, slots=True)
class Animation:
    """Of furniture and effects. ``type`` is kept as written.

    ``flicker`` and ``pulse`` are the format's (2.9.1); ``sway`` (turns by ``angle_deg`` to both sides around the foot
    of the picture) and ``bob`` (rises by ``distance`` canvas units) are ours. Others do not move.
    """

    type: str
    interval_ms: float = 3000
    min_opacity: float | None = None
    max_opacity: float = 1.0
    duration_ms: float = 4000
    angle_deg: float = 2.0
    distance: float = 6.0


@dataclass(frozen=True, slots=True)
class Furniture:
    id: str
    sprite: str
    layer: str
    at: Point  # of the anchor, canvas
    width: float
    height: float
    anchor: Point = Point(0, 0)  # 0..1 of the drawn size
    sort_y: bool = False
    interactive: bool = False
    tooltip: str | None = None
    animation: Animation | None = None


@dataclass(frozen=True, slots=True)
class Effect:
    id: str
    type: str
    sprite: str
    layer: str
    at: Point
    width: float | None = None
    height: float | None = None
    opacity: float = 1.0
    blend_mode: str = "normal"
    animation: Animation | None = None


@dataclass(frozen=True, slots=True)
class HitArea:
    type: str  # "rect" or "circle", relative to the foot point
    x: float = 0
    y: float = 0
    width: float | None = None
    height: float | None = None
    radius: float | None = None


@dataclass(frozen=True, slots=True)
class NameTag:
    offset_y: float = -68
    font: str = "12px sans-serif"
    color: str = "#FFFFFF"
    background: str = "rgba(0, 0, 0, 0.55)"
    padding: Point = Point(6, 2)
    border_radius: float = 4
    max_width: float = 100


@dataclass(frozen=True, slots=True)
class StatusBadge:
    offset_x: float = 0
    offset_y: float = 0
    radius: float = 5
    colors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AnimationState:
    prefix: str
    frames: int
    fps: float
    loop: bool = True


@dataclass(frozen=True, slots=True)
class Characters:
    """``atlas`` empty: agents are round avatars. ``variants`` is our extension (decision 11a)."""

    atlas: str = ""
    frame_width: int = 0
    frame_height: int = 0
    anchor: Point = Point(0.5, 1)
    hit_area: HitArea | None = None
    name_tag: NameTag | None = None
    status_badge: StatusBadge = field(default_factory=StatusBadge)
    states: Mapping[str, AnimationState] = field(default_factory=dict)
    directions: tuple[Direction, ...] = ()
    seat_sprites: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    variants: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Audio:
    src: str
    volume: float = 1.0
    loop: bool = True


@dataclass(frozen=True, slots=True)
class QualityMode:
    """One of ``quality.high`` and ``quality.performance`` (format 2.11, 18). None: the mode's own default."""

    background: str | None = None
    pixel_ratio: float | None = None  # highest device pixel ratio drawn
    antialias: bool | None = None  # False: pixel art, scaled by nearest neighbour


@dataclass(frozen=True, slots=True)
class Navigation:
    """Where figures may walk; our extension ``navigation``, ignored by other programs. Polygons in canvas units.

    ``floor``: walkable ground (none: the whole canvas); ``obstacles``: feet of furniture and walls (none: guessed
    from ``furniture``); ``entrance``: where newcomers come in.
    """

    floor: tuple[tuple[Point, ...], ...] = ()
    obstacles: tuple[tuple[Point, ...], ...] = ()
    entrance: Point | None = None


@dataclass(frozen=True, slots=True)
class Theme:
    """One theme. ``document`` is the whole manifest as read, so that unknown keys survive load and save."""

    id: str
    name: str
    version: str
    canvas: Canvas
    viewport: Viewport = Viewport()
    layers: tuple[Layer, ...] = ()
    zones: tuple[Zone, ...] = ()
    furniture: tuple[Furniture, ...] = ()
    characters: Characters = Characters()
    effects: tuple[Effect, ...] = ()
    audio: Audio | None = None
    quality: Mapping[str, QualityMode] = field(default_factory=dict)  # "high", "performance"
    navigation: Navigation | None = None
    renderer: str = "pixi"
    room: RoomTheme | None = None  # the 3D part; None in flat themes
    max_agents: int | None = None
    description: str = ""
    author: str = ""
    license: str = "standard"
    tags: tuple[str, ...] = ()
    preview: str = "preview.png"
    document: Mapping[str, Any] = field(default_factory=dict)

    @property
    def seats(self) -> tuple[Seat, ...]:
        """All seats in manifest order (zone order, then seat order)."""
        return tuple(seat for zone in self.zones for seat in zone.seats)
