"""Rules on 3D themes: the room, its files and numbers. 3D theme format, section 14."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from office_studio.core.theme.files import is_safe_name
from office_studio.core.theme.reading import is_number
from office_studio.core.validation.rule import E, Hit, Scope, W, rule
from office_studio.core.validation.rules.layout import is_whole
from office_studio.core.validation.subject import IMAGE_EXTENSIONS, Reference, Subject, extension

MODES = ("high", "performance")
_VECTORS = (
    "room/scale", "room/position", "room/rotation", "character/scale", "camera/position", "camera/target",
    "lighting/directional/position", "lighting/fill/position", "lighting/spot/position", "lighting/spot/target",
)  # fmt: skip


def get(subject: Subject, path: str) -> Any:
    value: Any = subject.document
    for key in path.split("/"):
        value = value.get(key) if isinstance(value, dict) else None
    return value


def dotted(pointer: str) -> str:
    return pointer[1:].replace("/", ".")


def models(subject: Subject) -> Iterator[tuple[str, Any]]:
    """Pointer and value of every path to a model."""
    for path in ("room/model", "character/model", "character/idleModel"):
        value = get(subject, path)
        if value is not None:
            yield f"/{path}", value
    variants = subject.section("character").get("variants")
    for number, value in enumerate(variants if isinstance(variants, list) else ()):
        yield f"/character/variants/{number}", value
    for mode, data in subject.section("quality").items():
        for part in ("room", "character"):
            value = subject.section(part, data).get("model") if isinstance(data, dict) else None
            if value is not None:
                yield f"/quality/{mode}/{part}/model", value


def used_models(subject: Subject) -> Iterator[tuple[str, str]]:
    """Pointer and name of models that are among the files, each file once."""
    seen: set[str] = set()
    for pointer, name in models(subject):
        if isinstance(name, str) and name in subject.names and name not in seen:
            seen.add(name)
            yield pointer, name


def furniture_models(subject: Subject) -> list[tuple[str, str]]:
    """Models of the furniture-based layout that came before rooms."""
    found = ((at, item.get("sprite")) for at, item in subject.objects("furniture"))
    return [
        (f"{at}/sprite", name) for at, name in found if isinstance(name, str) and extension(name) in ("glb", "gltf")
    ]


def _paths(subject: Subject) -> Iterator[Reference]:
    """Every path of a 3D theme that is written down."""
    yield from (reference for reference in subject.references() if reference.value)
    yield from (Reference(pointer, value, "model") for pointer, value in models(subject))
    yield from (Reference(pointer, value, "furniture") for pointer, value in furniture_models(subject))


@rule("T3D-ROOM-MISSING", E, "SRV", "A 3D theme needs a room model: set room.model to a .glb file", scope=Scope.ALL)
def room_missing(subject: Subject) -> Iterator[Hit]:
    model = get(subject, "room/model")
    wants_room = subject.document.get("renderer") == "threejs" or "room" in subject.document
    if wants_room and not (isinstance(model, str) and model):
        yield Hit("/room/model")


@rule(
    "T3D-LEGACY-FURNITURE",
    W,
    "U",
    "This theme uses the old furniture-based 3D layout. It previews here but servers reject it",
    "Add room.model.",
)
def legacy_furniture(subject: Subject) -> Iterator[Hit]:
    if not get(subject, "room/model") and furniture_models(subject):
        yield Hit("/furniture")


@rule("T3D-RENDERER-MISSING", W, "U", 'Set renderer to "threejs", otherwise viewers open this theme as 2D')
def renderer_missing(subject: Subject) -> Iterator[Hit]:
    # "pixi" together with a room is the business of T2D-META-ROOM.
    if get(subject, "room/model") and subject.document.get("renderer") not in ("threejs", "pixi"):
        yield Hit("/renderer")


@rule(
    "T3D-PATH-UNSAFE",
    E,
    "U",
    '"{path}" must be a relative path inside the theme',
    'Without "..", ":" or leading slash.',
)
def model_path(subject: Subject) -> Iterator[Hit]:
    for reference in _paths(subject):
        if isinstance(reference.value, str) and not is_safe_name(reference.value):
            yield Hit(reference.pointer, {"path": reference.value[:80]})


@rule("T3D-MODEL-EXT", E, "U", "{field}: use a .glb or .gltf file")
def model_extension(subject: Subject) -> Iterator[Hit]:
    for pointer, value in models(subject):
        if not isinstance(value, str) or extension(value) not in ("glb", "gltf"):
            yield Hit(pointer, {"field": dotted(pointer)})


@rule("T3D-IMAGE-EXT", E, "U", "{field}: use PNG, JPEG or WebP")
def image_extension(subject: Subject) -> Iterator[Hit]:
    for reference in subject.references():
        value = reference.value
        if reference.kind == "image" and isinstance(value, str) and value and extension(value) not in IMAGE_EXTENSIONS:
            yield Hit(reference.pointer, {"field": dotted(reference.pointer)})


def _lost(subject: Subject) -> Iterator[tuple[Reference, str | None]]:
    """Paths without a file, and the file that has the same name but for the case of its letters."""
    if subject.files is None:
        return
    by_lower = {name.lower(): name for name in subject.names}
    for reference in _paths(subject):
        value = reference.value
        if not is_safe_name(value) or value in subject.names:
            continue
        # Old furniture comes from a kit outside the theme, and atlases are not read here.
        if reference.kind not in ("furniture", "atlas") and reference.pointer != "/preview":
            yield reference, by_lower.get(value.lower())


@rule("T3D-FILE-MISSING", E, "P", '{field} points to "{path}", which is not in the theme', "Add the file.")
def model_missing(subject: Subject) -> Iterator[Hit]:
    for reference, actual in _lost(subject):
        if actual is None:
            args = {"field": dotted(reference.pointer), "path": reference.value[:80]}
            yield Hit(reference.pointer, args, file=reference.value)


@rule("T3D-FILE-CASE", W, "P", '"{path}" differs in upper/lower case from "{actual}"')
def model_case(subject: Subject) -> Iterator[Hit]:
    for reference, actual in _lost(subject):
        if actual is not None:
            # Here and on servers names are exact, so what is written is not found.
            yield Hit(reference.pointer, {"path": reference.value, "actual": actual}, file=actual, severity=E)


@rule("T3D-SUBDIR", W, "U", 'Hosted themes are served from one flat folder; move "{path}" next to theme.json')
def subfolder(subject: Subject) -> Iterator[Hit]:
    for reference in _paths(subject):
        if is_safe_name(reference.value) and "/" in reference.value and reference.kind != "furniture":
            yield Hit(reference.pointer, {"path": reference.value})
            return


@rule("T3D-CANVAS", E, "U", "canvas.width and canvas.height must be whole numbers above 0")
def canvas(subject: Subject) -> Iterator[Hit]:
    data = subject.section("canvas")
    for key in ("width", "height"):
        if not (is_whole(data.get(key)) and data[key] > 0):
            yield Hit(f"/canvas/{key}")


@rule(
    "T3D-BG-MISSING",
    E,
    "U",
    "canvas.background.image is required",
    "Name a picture; it fills the view behind the room.",
)
def background_missing(subject: Subject) -> Iterator[Hit]:
    back = subject.section("canvas").get("background")
    if not isinstance(back, dict) or not back.get("image"):
        yield Hit("/canvas/background/image")


@rule("T3D-VEC3", E, "U", "{field} must be three numbers [x, y, z]")
def vectors(subject: Subject) -> Iterator[Hit]:
    positions = subject.section("positions", subject.section("character"))
    for path in (*_VECTORS, *(f"character/positions/{key}" for key in positions if "/" not in key)):
        value = get(subject, path)
        if value is None:
            continue
        if not isinstance(value, list) or len(value) != 3 or not all(is_number(part) for part in value):
            yield Hit(f"/{path}", {"field": path.replace("/", ".")})


@rule("T3D-SCALE-ZERO", W, "P", "{field}: a scale of {v} hides or mirrors the model")
def scale_zero(subject: Subject) -> Iterator[Hit]:
    for path in ("room/scale", "character/scale"):
        value = get(subject, path)
        bad = next((part for part in (value if isinstance(value, list) else ()) if is_number(part) and part <= 0), None)
        if bad is not None:
            yield Hit(f"/{path}", {"field": path.replace("/", "."), "v": bad})


@rule("T3D-QUALITY-PAIR", W, "U", "quality.{a}.{cat} is set but quality.{b}.{cat} is not")
def quality_pair(subject: Subject) -> Iterator[Hit]:
    for key in ("room/model", "character/model", "background/image"):
        having = [mode for mode in MODES if get(subject, f"quality/{mode}/{key}") is not None]
        if len(having) == 1:
            other = next(mode for mode in MODES if mode != having[0])
            yield Hit(f"/quality/{having[0]}/{key}", {"a": having[0], "b": other, "cat": key.replace("/", ".")})


@rule("T3D-QUALITY-RANGE", E, "U", "quality.{mode}.renderer.{key}: {allowed}")
def quality_range(subject: Subject) -> Iterator[Hit]:
    for mode in MODES:
        hints = get(subject, f"quality/{mode}/renderer")
        for key, allowed in _HINTS.items():
            if isinstance(hints, dict) and key in hints and not _hint_fits(key, hints[key]):
                args = {"mode": mode, "key": key, "allowed": allowed}
                yield Hit(f"/quality/{mode}/renderer/{key}", args)


_HINTS = {
    "pixelRatio": "a number from 1 to 4",
    "antialias": "true or false",
    "lighting": '"full" or "ambient-only"',
    "anisotropy": "true or false",
}


def _hint_fits(key: str, value: Any) -> bool:
    if key == "pixelRatio":
        return is_number(value) and 1 <= value <= 4
    return value in ("full", "ambient-only") if key == "lighting" else isinstance(value, bool)
