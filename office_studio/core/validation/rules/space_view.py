"""Rules on camera, lights and colours of 3D themes. 3D theme format, section 14."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from office_studio.core.theme.color import parse_color
from office_studio.core.theme.reading import is_number
from office_studio.core.validation.rule import E, Hit, I, W, rule
from office_studio.core.validation.rules.space import dotted, get
from office_studio.core.validation.subject import Subject, escape

_FAR = 200  # where the reference renderer's camera stops
_AUTOFIT_OFFSET = (-8, 12, -8)
_DARK = 0.3
_LIGHTS = ("ambient", "hemisphere", "directional", "fill", "spot")
_COLORS = ("color", "skyColor", "groundColor")


def _vector(value: Any) -> tuple[float, float, float] | None:
    if isinstance(value, list) and len(value) == 3 and all(is_number(part) for part in value):
        return value[0], value[1], value[2]
    return None


def _direction(subject: Subject) -> tuple[float, float, float]:
    """From the target to the camera, with the defaults of the automatic fit (4.1)."""
    position, target = _vector(get(subject, "camera/position")), _vector(get(subject, "camera/target")) or (0, 0, 0)
    if position is None:
        return _AUTOFIT_OFFSET
    return position[0] - target[0], position[1] - target[1], position[2] - target[2]


@rule("T3D-CAM-TYPE", E, "U", 'camera.type must be "orthographic" or "perspective"')
def camera_type(subject: Subject) -> Iterator[Hit]:
    kind = get(subject, "camera/type")
    if kind is not None and kind not in ("orthographic", "perspective"):
        yield Hit("/camera/type")


@rule(
    "T3D-CAM-PERSPECTIVE", I, "P", "Perspective is an Office Studio extension; other viewers show an orthographic view"
)
def camera_perspective(subject: Subject) -> Iterator[Hit]:
    if get(subject, "camera/type") == "perspective":
        yield Hit("/camera/type")


@rule("T3D-CAM-POSITIVE", E, "U", "{field} must be greater than 0")
def camera_positive(subject: Subject) -> Iterator[Hit]:
    for key in ("frustum", "zoom", "fov"):
        value = get(subject, f"camera/{key}")
        if value is not None and not (is_number(value) and value > 0):
            yield Hit(f"/camera/{key}", {"field": f"camera.{key}"})


@rule("T3D-CAM-DEGENERATE", W, "P", "The camera {why}; move camera.position")
def camera_direction(subject: Subject) -> Iterator[Hit]:
    if _vector(get(subject, "camera/position")) is None:
        return
    x, y, z = _direction(subject)
    if x == z == 0:
        why = "has no direction" if y == 0 else "looks straight down" if y > 0 else "looks straight up"
        yield Hit("/camera/position", {"why": why})


@rule("T3D-CAM-FAR", W, "P", "The room is too large: parts farther than 200 units are cut off in other viewers")
def camera_far(subject: Subject) -> Iterator[Hit]:
    facts, scale = subject.model(get(subject, "room/model")), _vector(get(subject, "room/scale")) or (1, 1, 1)
    if facts is None or facts.box is None:
        return
    offset = _direction(subject)
    length = math.hypot(*offset)
    if length == 0:
        return
    # The camera stands at centre + offset, so the depth of a corner is the offset's length less its share of it.
    halves = [abs(scale[i]) * (facts.box[1][i] - facts.box[0][i]) / 2 for i in range(3)]
    if length + sum(halves[i] * abs(offset[i]) for i in range(3)) / length > _FAR:
        yield Hit("/camera/position" if get(subject, "camera/position") else "/room/model")


@rule("T3D-CAM-FRUSTUM-IGNORED", I, "U", "camera.frustum is replaced by the automatic fit; use camera.zoom")
def camera_frustum(subject: Subject) -> Iterator[Hit]:
    if get(subject, "camera/frustum") is not None and get(subject, "room/model"):
        yield Hit("/camera/frustum")


@rule("T3D-ZOOM-LIMITS", W, "P", "camera.zoom {z} is outside the zoom limits {a}–{b}")
def zoom_limits(subject: Subject) -> Iterator[Hit]:
    viewport, zoom = subject.section("viewport"), get(subject, "camera/zoom")
    low, high = viewport.get("minZoom", 0.5), viewport.get("maxZoom", 3.0)
    if is_number(low) and is_number(high) and low <= high and is_number(zoom) and zoom > 0 and not low <= zoom <= high:
        yield Hit("/camera/zoom", {"z": zoom, "a": low, "b": high})


# -- lights -------------------------------------------------------------------------------------------------
_RANGES: dict[str, tuple[float, float, str]] = {
    "intensity": (0, math.inf, "0 or more"),
    "distance": (0, math.inf, "0 or more"),
    "decay": (0, math.inf, "0 or more"),
    "angle": (0, math.pi, "from 0 to π"),
    "penumbra": (0, 1, "from 0 to 1"),
}


def _lights(subject: Subject) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, value in subject.section("lighting").items():
        if isinstance(value, dict):
            yield f"/lighting/{escape(name)}", value
        for number, item in enumerate(value if isinstance(value, list) else ()):
            if isinstance(item, dict):
                yield f"/lighting/{escape(name)}/{number}", item


@rule("T3D-LIGHT-RANGE", E, "U", "{field} must be {range}")
def light_range(subject: Subject) -> Iterator[Hit]:
    for at, light in _lights(subject):
        for key, (low, high, words) in _RANGES.items():
            value = light.get(key)
            if value is not None and not (is_number(value) and low <= value <= high):
                yield Hit(f"{at}/{key}", {"field": dotted(f"{at}/{key}"), "range": words})


@rule("T3D-LIGHT-ANGLE-WIDE", W, "P", "Spot angles above 90° are not drawn correctly", "Write at most π/2 = 1.5708.")
def light_angle(subject: Subject) -> Iterator[Hit]:
    angle = get(subject, "lighting/spot/angle")
    if is_number(angle) and math.pi / 2 < angle <= math.pi:
        yield Hit("/lighting/spot/angle")


@rule("T3D-LIGHT-DARK", W, "P", "The scene will be very dark in {mode} mode", "Raise lighting.ambient.intensity.")
def light_dark(subject: Subject) -> Iterator[Hit]:
    if "lighting" not in subject.document:
        return
    ambient = _intensity(subject, "ambient", 1.0)
    for mode, plain in (("high", "full"), ("performance", "ambient-only")):
        full = (get(subject, f"quality/{mode}/renderer/lighting") or plain) == "full"
        total = ambient + (_intensity(subject, "directional", 0.3) if full else 0)
        if total < _DARK:
            yield Hit("/lighting", {"mode": mode})


def _intensity(subject: Subject, name: str, default: float) -> float:
    value = get(subject, f"lighting/{name}/intensity")
    return max(0.0, float(value)) if is_number(value) else default


# -- colours ------------------------------------------------------------------------------------------------
def _shown_colors(subject: Subject) -> Iterator[tuple[str, Any]]:
    """Colours that the reference renderer turns into numbers itself (2.6)."""
    value = get(subject, "canvas/background/color")
    if value is not None:
        yield "/canvas/background/color", value
    for at, light in _lights(subject):
        for key in _COLORS:
            if key in light:
                yield f"{at}/{key}", light[key]


def _text_colors(subject: Subject) -> Iterator[tuple[str, Any]]:
    for key in ("color", "bgColor"):
        value = get(subject, f"characters/nameTag/{key}")
        if value is not None:
            yield f"/characters/nameTag/{key}", value
    colors = get(subject, "characters/statusBadge/colors")
    for key, value in colors.items() if isinstance(colors, dict) else ():
        yield f"/characters/statusBadge/colors/{escape(key)}", value


@rule("T3D-COLOR-INVALID", E, "P", '{field}: "{v}" is not a colour', "Write 0xRRGGBB or #RRGGBB.")
def color_invalid(subject: Subject) -> Iterator[Hit]:
    for pointer, value in (*_shown_colors(subject), *_text_colors(subject)):
        if parse_color(value) is None:
            yield Hit(pointer, {"field": dotted(pointer), "v": str(value)[:40]})


@rule("T3D-COLOR-FORM", W, "U", '{field}: write 0x{hex}; other viewers show "{v}" as black')
def color_form(subject: Subject) -> Iterator[Hit]:
    for pointer, value in _shown_colors(subject):
        color = parse_color(value)
        if color is not None and not str(value).startswith("0x"):
            digits = f"{color.red:02x}{color.green:02x}{color.blue:02x}"
            yield Hit(pointer, {"field": dotted(pointer), "hex": digits, "v": value})
