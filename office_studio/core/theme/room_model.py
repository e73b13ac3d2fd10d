"""What ``theme.json`` says of a room in space, as values. Source: 3D theme format, sections 2 to 7.

Vectors are (x, y, z) in world units (those of the room's model; dialect 3a: half a canvas unit), +Y up. Colours are
sRGB, 0 to 255. Paths are POSIX names inside the package, but ``ModelPiece.sprite``, which is as written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from math import pi
from typing import NamedTuple

Vec3 = tuple[float, float, float]

ORIGIN: Vec3 = (0.0, 0.0, 0.0)
ONES: Vec3 = (1.0, 1.0, 1.0)
DEFAULT_FOV_DEG = 50.0  # decision 13
FOV_LIMITS_DEG = (10.0, 120.0)


class Tint(NamedTuple):
    """A colour without transparency, sRGB, each channel 0 to 255."""

    red: int
    green: int
    blue: int

    @property
    def hex(self) -> str:
        return f"#{self.red:02x}{self.green:02x}{self.blue:02x}"


WHITE = Tint(255, 255, 255)
CLEAR_DEFAULT = Tint(0x1A, 0x1A, 0x2E)


class Dialect(StrEnum):
    """Two formats share the value ``threejs`` (section 1)."""

    ZONES = "3a"  # canvas, zones and furniture models; no ``room.model``
    ROOM = "3b"  # one model of a room, animated characters


class Projection(StrEnum):
    ORTHOGRAPHIC = "orthographic"
    PERSPECTIVE = "perspective"


class QualityName(StrEnum):
    HIGH = "high"
    PERFORMANCE = "performance"


@dataclass(frozen=True, slots=True)
class CameraSpec:
    """``position`` None: not given, so the fit looks from (-8, 12, -8) and an unfitted camera from (7, 7, 6)."""

    projection: Projection = Projection.ORTHOGRAPHIC
    position: Vec3 | None = None
    target: Vec3 = ORIGIN
    zoom: float = 1.0
    frustum: float = 8.0  # half the height of the view before the fit, world units
    fov_deg: float = DEFAULT_FOV_DEG  # vertical


@dataclass(frozen=True, slots=True)
class Ambient:
    color: Tint = WHITE
    intensity: float = 1.0


@dataclass(frozen=True, slots=True)
class Hemisphere:
    sky: Tint
    ground: Tint
    intensity: float


@dataclass(frozen=True, slots=True)
class Directional:
    """Shines from ``position`` to the world's origin."""

    color: Tint = WHITE
    intensity: float = 0.3
    position: Vec3 = (0.0, 10.0, 0.0)


@dataclass(frozen=True, slots=True)
class Spot:
    """``angle`` in radians, from the axis to the edge; ``distance`` 0: no end."""

    color: Tint
    intensity: float
    position: Vec3
    target: Vec3 = ORIGIN
    angle: float = pi / 4
    distance: float = 0.0
    penumbra: float = 0.3
    decay: float = 1.0


@dataclass(frozen=True, slots=True)
class Lighting:
    ambient: Ambient = Ambient()
    directional: Directional = Directional()
    hemisphere: Hemisphere | None = None
    fill: Directional | None = None
    spot: Spot | None = None


@dataclass(frozen=True, slots=True)
class CharacterModel:
    """``animations``: canonical key to name of the clip; ``positions``: name of a place to a point of the room.

    Ours: ``variants`` (models with the same clips, decision 11a); ``facings``, which way an agent looks at a place, in
    degrees about the vertical, 0 along +Z and 90 along +X.
    """

    model: str
    idle_model: str | None = None
    scale: Vec3 = ONES
    height: float = 1.6  # of the click volume, in units of the model before ``scale``
    animations: Mapping[str, str] = field(default_factory=dict)
    positions: Mapping[str, Vec3] = field(default_factory=dict)
    facings: Mapping[str, float] = field(default_factory=dict)
    variants: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ModelPiece:
    """Dialect 3a: one model on the floor. Place and size in canvas units; ``sprite`` as written (see ``places``)."""

    id: str
    sprite: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class RoomQuality:
    """How one quality mode draws. Fallbacks of paths are resolved; ``pixel_ratio`` None: the screen's, at most 2."""

    room_model: str | None
    character_model: str | None
    background: str | None
    pixel_ratio: float | None
    antialias: bool
    full_lighting: bool
    anisotropy: bool

    def ratio_on(self, device_ratio: float) -> float:
        """Picture pixels per logical pixel on a screen."""
        return min(device_ratio, 2.0) if self.pixel_ratio is None else min(device_ratio, self.pixel_ratio)


@dataclass(frozen=True, slots=True)
class RoomTheme:
    """The 3D part of a theme."""

    dialect: Dialect
    model: str | None = None  # None in dialect 3a
    scale: Vec3 = ONES
    character: CharacterModel | None = None
    camera: CameraSpec = CameraSpec()
    lighting: Lighting = Lighting()
    pieces: tuple[ModelPiece, ...] = ()
    clear: Tint = CLEAR_DEFAULT
    qualities: Mapping[QualityName, RoomQuality] = field(default_factory=dict)  # both, always

    def quality(self, name: QualityName | str) -> RoomQuality:
        """Of an unknown name: the high one (section 12)."""
        known = name if name in tuple(QualityName) else QualityName.HIGH
        return self.qualities[QualityName(known)]

    def model_names(self, name: QualityName | str = QualityName.HIGH) -> tuple[str, ...]:
        """Every model file of one quality mode, each once; ``pieces`` as written."""
        mode = self.quality(name)
        character = self.character
        names = [mode.room_model, mode.character_model]
        if character is not None:
            names += [character.idle_model, *character.variants]
        names += [piece.sprite for piece in self.pieces]
        return tuple(dict.fromkeys(entry for entry in names if entry))
