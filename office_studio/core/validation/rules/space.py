"""The rules on 3D themes that an upload needs: the room, its paths and numbers. 3D theme format, section 21."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from office_studio.core.theme.files import is_safe_name
from office_studio.core.theme.reading import is_number
from office_studio.core.validation.rule import E, Hit, W, rule
from office_studio.core.validation.subject import Subject, extension

_VECTORS = (
    "room/scale", "room/position", "room/rotation", "character/scale", "camera/position", "camera/target",
    "lighting/directional/position", "lighting/spot/position", "lighting/spot/target",
)  # fmt: skip


def _get(subject: Subject, path: str) -> Any:
    value: Any = subject.document
    for key in path.split("/"):
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _models(subject: Subject) -> Iterator[tuple[str, Any]]:
    for path in ("room/model", "character/model", "character/idleModel"):
        value = _get(subject, path)
        if value is not None:
            yield f"/{path}", value
    for mode, data in subject.section("quality").items():
        for part in ("room", "character"):
            value = subject.section(part, data).get("model") if isinstance(data, dict) else None
            if value is not None:
                yield f"/quality/{mode}/{part}/model", value


@rule("T3D-ROOM-MISSING", E, "SRV", "A 3D theme needs a room model: set room.model to a .glb file")
def room_missing(subject: Subject) -> Iterator[Hit]:
    model = _get(subject, "room/model")
    wants_room = subject.document.get("renderer") == "threejs" or "room" in subject.document
    if wants_room and not (isinstance(model, str) and model):
        yield Hit("/room/model")


@rule("T3D-RENDERER-MISSING", W, "U", 'Set renderer to "threejs", otherwise viewers open this theme as 2D')
def renderer_missing(subject: Subject) -> Iterator[Hit]:
    if subject.is_3d and subject.document.get("renderer") not in ("threejs", None):
        yield Hit("/renderer")


@rule("T3D-PATH-UNSAFE", E, "U", '"{path}" must be a relative path inside the theme')
def model_path(subject: Subject) -> Iterator[Hit]:
    for pointer, value in _models(subject):
        if isinstance(value, str) and value and not is_safe_name(value):
            yield Hit(pointer, {"path": value[:80]})
    for at, item in subject.objects("furniture") if subject.is_3d else ():
        if isinstance(item.get("sprite"), str) and not is_safe_name(item["sprite"]):
            yield Hit(f"{at}/sprite", {"path": item["sprite"][:80]})


@rule("T3D-MODEL-EXT", E, "U", "{field}: use a .glb or .gltf file")
def model_extension(subject: Subject) -> Iterator[Hit]:
    for pointer, value in _models(subject):
        if not isinstance(value, str) or extension(value) not in ("glb", "gltf"):
            yield Hit(pointer, {"field": pointer[1:].replace("/", ".")})


@rule("T3D-FILE-MISSING", E, "P", '{field} points to "{path}", which is not in the theme')
def model_missing(subject: Subject) -> Iterator[Hit]:
    for pointer, value in _models(subject):
        if subject.files is not None and isinstance(value, str) and value and value not in subject.names:
            yield Hit(pointer, {"field": pointer[1:].replace("/", "."), "path": value[:80]})


@rule("T3D-VEC3", E, "U", "{field} must be three numbers [x, y, z]")
def vectors(subject: Subject) -> Iterator[Hit]:
    for path in _VECTORS if subject.is_3d else ():
        value = _get(subject, path)
        # Scales may be one number for all axes.
        if value is None or (path.endswith("scale") and is_number(value)):
            continue
        if not isinstance(value, list) or len(value) != 3 or not all(is_number(part) for part in value):
            yield Hit(f"/{path}", {"field": path.replace("/", ".")})


@rule("T3D-SCALE-ZERO", W, "P", "{field}: a scale of {v} hides or mirrors the model")
def scale_zero(subject: Subject) -> Iterator[Hit]:
    for path in ("room/scale", "character/scale") if subject.is_3d else ():
        value = _get(subject, path)
        parts = value if isinstance(value, list) else [value]
        bad = next((part for part in parts if is_number(part) and part <= 0), None)
        if bad is not None:
            yield Hit(f"/{path}", {"field": path.replace("/", "."), "v": bad})


@rule("T3D-CHARACTER-MODEL", E, "U", "character.model is missing")
def character_model(subject: Subject) -> Iterator[Hit]:
    character = subject.document.get("character")
    if subject.is_3d and isinstance(character, dict) and not character.get("model"):
        yield Hit("/character/model")


@rule("T3D-CAM-TYPE", E, "U", 'camera.type must be "orthographic" or "perspective"')
def camera_type(subject: Subject) -> Iterator[Hit]:
    kind = _get(subject, "camera/type")
    if subject.is_3d and kind is not None and kind not in ("orthographic", "perspective"):
        yield Hit("/camera/type")


@rule("T3D-CAM-DEGENERATE", W, "P", "The camera has no direction; move camera.position")
def camera_direction(subject: Subject) -> Iterator[Hit]:
    position, target = _get(subject, "camera/position"), _get(subject, "camera/target")
    if subject.is_3d and position is not None and position == target:
        yield Hit("/camera/position")


_LIGHT_RANGES: dict[str, tuple[float, float]] = {
    "intensity": (0, math.inf),
    "distance": (0, math.inf),
    "decay": (0, math.inf),
    "angle": (0, math.pi),
    "penumbra": (0, 1),
}


def _lights(subject: Subject) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, value in subject.section("lighting").items():
        if isinstance(value, dict):
            yield f"/lighting/{name}", value
        for number, item in enumerate(value if isinstance(value, list) else ()):
            if isinstance(item, dict):
                yield f"/lighting/{name}/{number}", item


@rule("T3D-LIGHT-RANGE", E, "U", "{field} must be between {low} and {high}")
def light_range(subject: Subject) -> Iterator[Hit]:
    for at, light in _lights(subject) if subject.is_3d else ():
        for key, (low, high) in _LIGHT_RANGES.items():
            value = light.get(key)
            if value is not None and not (is_number(value) and low <= value <= high):
                yield Hit(f"{at}/{key}", {"field": f"{at}/{key}"[1:].replace("/", "."), "low": low, "high": high})
