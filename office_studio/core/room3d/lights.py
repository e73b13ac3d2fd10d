"""The lights of a room, in three.js' units, and what Qt Quick 3D is to be told for the same picture.

Format sections 3 and 5. A surface shows albedo / π × the irradiance that falls on it (linear light).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from office_studio.core.room3d.color_space import encoded, linear
from office_studio.core.room3d.space import (
    UP,
    Quaternion,
    add,
    dot,
    length,
    looking,
    normalized,
    scaled,
    sub,
    times,
)
from office_studio.core.theme.room_model import (
    ORIGIN,
    Ambient,
    Dialect,
    Directional,
    Hemisphere,
    Lighting,
    RoomTheme,
    Spot,
    Tint,
    Vec3,
)

Light = Ambient | Hemisphere | Directional | Spot

# Dialect 3a, fixed (5.2). three.js' own decay, 2, makes its spot practically invisible; so it is here.
ZONE_LIGHTING = Lighting(
    ambient=Ambient(Tint(0xFF, 0xFF, 0xFF), 0.7),
    hemisphere=Hemisphere(Tint(0x87, 0xCE, 0xEB), Tint(0x36, 0x2D, 0x22), 0.3),
    directional=Directional(Tint(0xFF, 0xF5, 0xE6), 0.8, (200.0, 500.0, 200.0)),
    fill=Directional(Tint(0xC4, 0xD4, 0xFF), 0.3, (-200.0, 300.0, -100.0)),
    spot=Spot(Tint(0xFF, 0xF0, 0xD4), 0.6, (-200.0, 400.0, -200.0), distance=600.0, penumbra=0.0, decay=2.0),
)


@dataclass(frozen=True, slots=True)
class ShadowSpec:
    """Of the main directional light in dialect 3a: side of the square it covers and depth, world units."""

    map_px: int = 1024
    half_side: float = 500.0
    near: float = 1.0
    far: float = 1500.0  # the reference's 500 left most of the floor out (5.2)
    bias: float = -0.002
    normal_bias: float = 0.02


@dataclass(frozen=True, slots=True)
class LightSet:
    """Every light of a picture, and how the picture is finished."""

    lights: tuple[Light, ...]
    shadow: ShadowSpec | None = None  # cast by the first Directional
    filmic: bool = False  # ACES, else raw colours
    exposure: float = 1.0


def room_lights(room: RoomTheme, full: bool = True) -> LightSet:
    """The lights of a theme; ``full`` False: the ambient light alone (``quality…renderer.lighting``, dialect 3b)."""
    if room.dialect is Dialect.ZONES:
        return LightSet(_listed(ZONE_LIGHTING), ShadowSpec(), filmic=True, exposure=1.2)
    return LightSet(_listed(room.lighting) if full else (room.lighting.ambient,))


def _listed(lighting: Lighting) -> tuple[Light, ...]:
    found = (lighting.ambient, lighting.hemisphere, lighting.directional, lighting.fill, lighting.spot)
    return tuple(light for light in found if light is not None)


# -- arithmetic of section 3 --------------------------------------------------------------------------
def irradiance(light: Light, point: Vec3, normal: Vec3) -> Vec3:
    """Linear light that falls on a surface at ``point``; ``normal`` has length 1."""
    if isinstance(light, Ambient):
        return scaled(linear(light.color), light.intensity)
    if isinstance(light, Hemisphere):
        sky = 0.5 + 0.5 * dot(normal, UP)
        mixed = add(scaled(linear(light.ground), 1 - sky), scaled(linear(light.sky), sky))
        return scaled(mixed, light.intensity)
    if isinstance(light, Directional):
        towards = normalized(light.position)
        return scaled(linear(light.color), light.intensity * max(0.0, dot(normal, towards)))
    towards = sub(light.position, point)
    distance = length(towards)
    towards = normalized(towards)
    axis = normalized(sub(light.position, light.target))
    cone = _smooth(math.cos(light.angle), math.cos(light.angle * (1 - light.penumbra)), dot(towards, axis))
    amount = light.intensity * max(0.0, dot(normal, towards)) * cone * falloff(light, distance)
    return scaled(linear(light.color), amount)


def falloff(light: Spot, distance: float) -> float:
    """How much of a spot's light is left at a distance, world units."""
    left = 1 / max(float(distance**light.decay), 0.01)
    if light.distance > 0:
        left *= max(0.0, 1 - (distance / light.distance) ** 4) ** 2
    return left


def diffuse(lights: tuple[Light, ...], albedo: Vec3, point: Vec3, normal: Vec3) -> Vec3:
    """Linear colour that a dull surface shows, before tone mapping."""
    total: Vec3 = (0.0, 0.0, 0.0)
    for light in lights:
        total = add(total, irradiance(light, point, normal))
    return scaled(times(albedo, total), 1 / math.pi)


def _smooth(low: float, high: float, value: float) -> float:
    if high <= low:  # no soft edge
        return 1.0 if value >= high else 0.0
    part = min(1.0, max(0.0, (value - low) / (high - low)))
    return part * part * (3 - 2 * part)


# -- Qt Quick 3D ---------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class QtDirectional:
    """``color`` is sRGB; a negative ``brightness`` takes light away. ``direction``: from the light, of length 1."""

    color: Tint
    brightness: float
    direction: Vec3
    casts_shadow: bool = False

    @property
    def rotation(self) -> Quaternion:
        """Turns -Z, where Qt's lights shine, to ``direction``."""
        return looking(ORIGIN, self.direction).quaternion


@dataclass(frozen=True, slots=True)
class QtSpot:
    """Angles are whole cones in degrees; fades are Qt's properties of those names."""

    color: Tint
    brightness: float
    position: Vec3
    direction: Vec3
    cone_deg: float
    inner_cone_deg: float
    constant_fade: float
    linear_fade: float
    quadratic_fade: float

    @property
    def rotation(self) -> Quaternion:
        return looking(ORIGIN, self.direction).quaternion


@dataclass(frozen=True, slots=True)
class QtLights:
    """``ambient``: linear light, for the ``ambientColor`` of lights; above 1 it needs more than one of them."""

    ambient: Vec3
    directionals: tuple[QtDirectional, ...]
    spots: tuple[QtSpot, ...]


def qt_lights(light_set: LightSet) -> QtLights:
    """What Qt Quick 3D is told for the same picture.

    Qt leaves out the division by π, so intensity I becomes brightness I / π. A hemisphere becomes an ambient light of
    half sky and half ground, and a light from above of half their difference; faces that look down get the ambient
    part only, since Qt has no light that takes away from one side.
    """
    ambient: Vec3 = (0.0, 0.0, 0.0)
    directionals: list[QtDirectional] = []
    spots: list[QtSpot] = []
    for light in light_set.lights:
        if isinstance(light, Ambient):
            ambient = add(ambient, scaled(linear(light.color), light.intensity / math.pi))
        elif isinstance(light, Hemisphere):
            half = light.intensity / math.pi / 2
            sky, ground = linear(light.sky), linear(light.ground)
            ambient = add(ambient, scaled(add(sky, ground), half))
            directionals += _from_above(scaled(sub(sky, ground), half))
        elif isinstance(light, Directional):
            first = not any(known.casts_shadow for known in directionals)
            directionals.append(
                QtDirectional(
                    light.color,
                    light.intensity / math.pi,
                    normalized(scaled(light.position, -1)),
                    casts_shadow=first and light_set.shadow is not None,
                )
            )
        else:
            spots.append(_qt_spot(light))
    return QtLights(ambient, tuple(directionals), tuple(spots))


def _from_above(light: Vec3) -> list[QtDirectional]:
    """Lights straight down that add up to a linear colour, which may be below 0 in a channel."""
    found = []
    for sign in (1, -1):
        part = tuple(max(0.0, sign * channel) for channel in light)
        brightest = max(part)
        if brightest > 1e-6:
            shade = (part[0] / brightest, part[1] / brightest, part[2] / brightest)
            found.append(QtDirectional(encoded(shade), sign * brightest, (0.0, -1.0, 0.0)))
    return found


def _qt_spot(light: Spot) -> QtSpot:
    aim = sub(light.target, light.position)
    distance = max(length(aim), 1e-3)
    constant, linear_part, quadratic = _fades(light.decay, distance)
    left = 1.0
    if light.distance > 0:  # Qt knows no end of a light: as bright as it is where it aims
        left = max(0.0, 1 - (distance / light.distance) ** 4) ** 2
    cone = min(180.0, math.degrees(2 * light.angle))
    return QtSpot(
        color=light.color,
        brightness=light.intensity / math.pi * left,
        position=light.position,
        direction=normalized(aim) if length(aim) > 0 else (0.0, -1.0, 0.0),
        cone_deg=cone,
        inner_cone_deg=cone * (1 - light.penumbra),
        constant_fade=constant,
        linear_fade=100 * linear_part,
        quadratic_fade=10_000 * quadratic,
    )


def _fades(decay: float, distance: float) -> tuple[float, float, float]:
    """Constant, linear and quadratic parts that equal distance ** decay at ``distance``, in value and, up to a decay
    of 2, in slope. Whole decays from 0 to 2 come out exact everywhere."""
    if decay <= 1:
        slope = decay * distance ** (decay - 1)
        return (distance**decay - slope * distance, slope, 0.0)
    if decay <= 2:
        quadratic = (decay - 1) * distance ** (decay - 2)
        return (0.0, (2 - decay) * distance ** (decay - 1), quadratic)
    return (0.0, 0.0, distance ** (decay - 2))
