"""The 3D fields of ``theme.json`` to values, lenient as all reading. Source: 3D theme format, section 2."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from office_studio.core.theme.color import parse_color
from office_studio.core.theme.files import is_safe_name
from office_studio.core.theme.reading import Reader, is_number
from office_studio.core.theme.room_model import (
    CLEAR_DEFAULT,
    DEFAULT_FOV_DEG,
    FOV_LIMITS_DEG,
    ONES,
    ORIGIN,
    WHITE,
    Ambient,
    CameraSpec,
    CharacterModel,
    Dialect,
    Directional,
    Hemisphere,
    Lighting,
    ModelPiece,
    Projection,
    QualityName,
    RoomQuality,
    RoomTheme,
    Spot,
    Tint,
    Vec3,
)

Json = Mapping[str, Any]
MODEL_ENDINGS = (".glb", ".gltf")

_PACKED = re.compile(r"0[xX][0-9a-fA-F]{8}\Z")  # 0xAARRGGBB: only the low 24 bits count
_DECIMAL = re.compile(r"[0-9]{7,8}\Z")  # six digits are read as hex


def room_color(written: object) -> Tint | None:
    """A colour in any form of section 2.6, or None. Transparency is ignored."""
    if isinstance(written, int) and not isinstance(written, bool):
        return _from_number(written)
    if not isinstance(written, str):
        return None
    text = written.strip()
    if _PACKED.match(text):
        return _from_number(int(text, 16) & 0xFFFFFF)
    if _DECIMAL.match(text):
        return _from_number(int(text))
    color = parse_color(text)
    return None if color is None else Tint(color.red, color.green, color.blue)


def read_room(read: Reader, document: Json) -> RoomTheme:
    """The 3D part of a manifest whose renderer is ``threejs``."""
    room, back = read.section(document, "room", ""), _background(read, document)
    model = read.path(room, "model", "/room")
    character = _character(read, document)
    # A path that may not be read still says which dialect was meant.
    dialect = Dialect.ROOM if isinstance(room.get("model"), str) and room["model"] else Dialect.ZONES
    # The canvas is read, and its faults noted, by the common part. Dialect 3a never draws the picture (section 2.2).
    picture = back["image"] if dialect is Dialect.ROOM and is_safe_name(back.get("image")) else None
    return RoomTheme(
        dialect=dialect,
        model=model,
        scale=_vec3(read, room, "scale", "/room") or ONES,
        character=character,
        camera=_camera(read, document),
        lighting=_lighting(read, document),
        pieces=_pieces(read, document) if dialect is Dialect.ZONES else (),
        clear=_color(read, back, "color", "/canvas/background") or CLEAR_DEFAULT,
        qualities={name: _quality(read, document, name, model, character, picture) for name in QualityName},
    )


def _background(read: Reader, document: Json) -> Json:
    return read.section(read.section(document, "canvas", ""), "background", "/canvas")


def _camera(read: Reader, document: Json) -> CameraSpec:
    data, at = read.section(document, "camera", ""), "/camera"
    written = read.text(data, "type", at, Projection.ORTHOGRAPHIC)
    if written not in tuple(Projection):
        read.note("T3D-CAM-TYPE", f"{at}/type", 'camera.type must be "orthographic" or "perspective".')
        written = Projection.ORTHOGRAPHIC
    fov = read.positive(data, "fov", at, DEFAULT_FOV_DEG) or DEFAULT_FOV_DEG
    return CameraSpec(
        projection=Projection(written),
        position=_vec3(read, data, "position", at),
        target=_vec3(read, data, "target", at) or ORIGIN,
        zoom=read.positive(data, "zoom", at, 1.0) or 1.0,
        frustum=read.positive(data, "frustum", at, 8.0) or 8.0,
        fov_deg=min(FOV_LIMITS_DEG[1], max(FOV_LIMITS_DEG[0], fov)),
    )


def _lighting(read: Reader, document: Json) -> Lighting:
    data, at = read.section(document, "lighting", ""), "/lighting"
    ambient = read.section(data, "ambient", at)
    return Lighting(
        ambient=Ambient(
            _color(read, ambient, "color", f"{at}/ambient") or WHITE, _amount(read, ambient, f"{at}/ambient", 1.0)
        ),
        directional=_directional(read, data, "directional"),
        hemisphere=_hemisphere(read, data),
        fill=_directional(read, data, "fill") if _has(data, "fill") else None,
        spot=_spot(read, data) if _has(data, "spot") else None,
    )


def _has(data: Json, key: str) -> bool:
    return isinstance(data.get(key), dict)


def _directional(read: Reader, data: Json, key: str) -> Directional:
    light, at, plain = read.section(data, key, "/lighting"), f"/lighting/{key}", Directional()
    return Directional(
        color=_color(read, light, "color", at) or plain.color,
        intensity=_amount(read, light, at, plain.intensity),
        position=_vec3(read, light, "position", at) or plain.position,
    )


def _hemisphere(read: Reader, data: Json) -> Hemisphere | None:
    light, at = read.section(data, "hemisphere", "/lighting"), "/lighting/hemisphere"
    if not _has(data, "hemisphere"):
        return None
    return Hemisphere(
        sky=_color(read, light, "skyColor", at) or WHITE,
        ground=_color(read, light, "groundColor", at) or WHITE,
        intensity=_amount(read, light, at, 1.0),
    )


def _spot(read: Reader, data: Json) -> Spot:
    light, at = read.section(data, "spot", "/lighting"), "/lighting/spot"
    plain = Spot(WHITE, 1.0, (0.0, 10.0, 0.0))
    return Spot(
        color=_color(read, light, "color", at) or plain.color,
        intensity=_amount(read, light, at, plain.intensity),
        position=_vec3(read, light, "position", at) or plain.position,
        target=_vec3(read, light, "target", at) or plain.target,
        angle=_within(read, light, "angle", at, plain.angle, math.pi),
        distance=_within(read, light, "distance", at, plain.distance),
        penumbra=_within(read, light, "penumbra", at, plain.penumbra, 1.0),
        decay=_within(read, light, "decay", at, plain.decay),
    )


def _character(read: Reader, document: Json) -> CharacterModel | None:
    data, at = read.section(document, "character", ""), "/character"
    model = read.path(data, "model", at)
    if model is None:
        return None
    return CharacterModel(
        model=model,
        idle_model=read.path(data, "idleModel", at),
        scale=_vec3(read, data, "scale", at) or ONES,
        height=read.positive(data, "height", at, 1.6) or 1.6,
        animations={
            key: clip for key, clip in read.section(data, "animations", at).items() if isinstance(clip, str) and clip
        },
        positions=_vectors(read, data, "positions", at),
        facings={
            key: float(degrees) % 360
            for key, degrees in read.section(data, "facings", at).items()
            if is_number(degrees)
        },
        variants=tuple(name for _, name in read.items(data, "variants", at) if is_safe_name(name)),
    )


def _vectors(read: Reader, data: Json, key: str, at: str) -> dict[str, Vec3]:
    section = read.section(data, key, at)
    return {name: point for name in section if (point := _vec3(read, section, name, f"{at}/{key}"))}


def _pieces(read: Reader, document: Json) -> tuple[ModelPiece, ...]:
    """Furniture that is a model. Its path is not judged here: such themes name files from the site's root (2.7)."""
    found = []
    for number, item in read.items(document, "furniture", ""):
        at = f"/furniture/{number}"
        sprite = item.get("sprite") if isinstance(item, dict) else None
        if not isinstance(sprite, str) or not sprite.lower().endswith(MODEL_ENDINGS):
            continue
        x, y = read.number(item, "x", at), read.number(item, "y", at)
        width, height = read.positive(item, "width", at), read.positive(item, "height", at)
        if x is None or y is None or width is None or height is None:
            read.note("T2D-FURN-FIELDS", at, f"{at} is incomplete and is not drawn.")
            continue
        found.append(ModelPiece(read.text(item, "id", at) or at, sprite, x, y, width, height))
    return tuple(found)


def _quality(
    read: Reader,
    document: Json,
    name: QualityName,
    room: str | None,
    character: CharacterModel | None,
    background: str | None,
) -> RoomQuality:
    at = f"/quality/{name}"
    mode = read.section(read.section(document, "quality", ""), name, "/quality")
    hints, high = read.section(mode, "renderer", at), name is QualityName.HIGH
    ratio = read.positive(hints, "pixelRatio", f"{at}/renderer")
    lighting = read.text(hints, "lighting", f"{at}/renderer", "full" if high else "ambient-only")

    def override(part: str, key: str) -> str | None:
        return read.path(read.section(mode, part, at), key, f"{at}/{part}")

    return RoomQuality(
        room_model=override("room", "model") or room,
        character_model=(override("character", "model") or character.model) if character else None,
        background=override("background", "image") or background,
        pixel_ratio=(None if high else 1.0) if ratio is None else min(4.0, max(1.0, ratio)),
        antialias=read.flag(hints, "antialias", f"{at}/renderer", high),
        full_lighting=lighting == "full",
        anisotropy=read.flag(hints, "anisotropy", f"{at}/renderer", high),
    )


def _vec3(read: Reader, data: Json, key: str, at: str) -> Vec3 | None:
    value = data.get(key)
    if value is None:
        return None
    if isinstance(value, list) and len(value) == 3 and all(is_number(part) and abs(part) <= 1e9 for part in value):
        return (float(value[0]), float(value[1]), float(value[2]))
    read.note("T3D-VEC3", f"{at}/{key}", f"{at[1:].replace('/', '.')}.{key} must be three numbers [x, y, z].")
    return None


def _color(read: Reader, data: Json, key: str, at: str) -> Tint | None:
    if key not in data:
        return None
    color = room_color(data[key])
    if color is None:
        written = str(data[key])[:40]
        read.note(
            "T3D-COLOR-INVALID",
            f"{at}/{key}",
            f'{at[1:].replace("/", ".")}.{key}: "{written}" is not a colour (use 0xRRGGBB or #RRGGBB).',
        )
    return color


def _amount(read: Reader, light: Json, at: str, default: float) -> float:
    return _within(read, light, "intensity", at, default)


def _within(read: Reader, light: Json, key: str, at: str, default: float, highest: float = math.inf) -> float:
    value = read.number(light, key, at, default)
    if value is None or 0 <= value <= highest:
        return default if value is None else value
    wanted = "at least 0" if highest == math.inf else f"from 0 to {highest:.4g}"
    read.note("T3D-LIGHT-RANGE", f"{at}/{key}", f"{at[1:].replace('/', '.')}.{key} must be {wanted}.")
    return default


def _from_number(number: int) -> Tint | None:
    if not 0 <= number <= 0xFFFFFF:
        return None
    return Tint(number >> 16, number >> 8 & 255, number & 255)
