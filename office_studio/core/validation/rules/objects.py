"""Rules on furniture, effects, audio, quality, and types in general. 2D theme format, sections 21.1 and 21.5."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from office_studio.core.theme.model import ANIMATION_TYPES
from office_studio.core.theme.reading import is_number
from office_studio.core.validation.rule import E, Hit, I, Scope, W, declare, rule
from office_studio.core.validation.rules.layout import duplicates
from office_studio.core.validation.subject import Subject, extension, texts

BLENDS = ("normal", "screen", "add", "multiply", "overlay")

# What a key must be when it is there. A star stands for every item of a list.
_TYPES: tuple[tuple[str, type | tuple[type, ...], str], ...] = (
    ("canvas", dict, "an object"),
    ("canvas/background", dict, "an object"),
    ("canvas/background/image", str, "text"),
    ("viewport", dict, "an object"),
    ("viewport/panBounds", bool, "true or false"),
    ("viewport/mobile", dict, "an object"),
    ("viewport/mobile/pinchToZoom", bool, "true or false"),
    ("layers", list, "a list"),
    ("layers/*", dict, "an object"),
    ("zones", list, "a list"),
    ("zones/*", dict, "an object"),
    ("zones/*/seats", list, "a list"),
    ("zones/*/seats/*", dict, "an object"),
    ("furniture", list, "a list"),
    ("furniture/*", dict, "an object"),
    ("furniture/*/sortY", bool, "true or false"),
    ("furniture/*/interactive", bool, "true or false"),
    ("effects", list, "a list"),
    ("effects/*", dict, "an object"),
    ("characters", dict, "an object"),
    ("characters/atlas", str, "text"),
    ("characters/states", dict, "an object"),
    ("characters/states/*", dict, "an object"),
    ("characters/seatSprites", dict, "an object"),
    ("characters/variants", list, "a list"),
    ("audio", dict, "an object"),
    ("quality", dict, "an object"),
    ("preview", str, "text"),
    ("room", dict, "an object"),
)


declare("T2D-SCHEMA", E, "ZOD", "{path} does not fit the schema: {why}")


@rule("T2D-TYPE", E, "ZOD", "{path} must be {type}")
def types(subject: Subject) -> Iterator[Hit]:
    for path, kind, words in _TYPES:
        for pointer, value in _values(subject.document, path.split("/"), ""):
            if not isinstance(value, kind):
                yield Hit(pointer, {"path": pointer[1:].replace("/", "."), "type": words})


def _values(value: Any, keys: list[str], at: str) -> Iterator[tuple[str, Any]]:
    if not keys:
        yield at, value
        return
    key, rest = keys[0], keys[1:]
    if key == "*":
        pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        for name, item in pairs:
            yield from _values(item, rest, f"{at}/{name}")
    elif isinstance(value, dict) and key in value:
        yield from _values(value[key], rest, f"{at}/{key}")


def _named(item: Mapping[str, Any]) -> str:
    return str(item.get("id") or "?")


def _furniture(subject: Subject) -> Iterator[tuple[str, Mapping[str, Any]]]:
    return iter(()) if subject.is_3d else subject.objects("furniture")


@rule("T2D-FURN-FIELDS", E, "ZOD", 'furniture "{id}" is incomplete: {what}')
def furniture_fields(subject: Subject) -> Iterator[Hit]:
    for at, item in _furniture(subject):
        for key in ("id", "sprite", "layer"):
            if not isinstance(item.get(key), str) or not item[key]:
                yield Hit(f"{at}/{key}", {"id": _named(item), "what": key})
        for key in ("x", "y"):
            if not is_number(item.get(key)):
                yield Hit(f"{at}/{key}", {"id": _named(item), "what": key})
        for key in ("width", "height"):
            value = item.get(key)
            if not is_number(value) or value <= 0:
                yield Hit(f"{at}/{key}", {"id": _named(item), "what": key})


@rule("T2D-FURN-DUP", E, "P", 'furniture id "{id}" twice')
def furniture_duplicate(subject: Subject) -> Iterator[Hit]:
    yield from duplicates(_furniture(subject), "id")


def _unknown_layers(subject: Subject, items: Iterator[tuple[str, Mapping[str, Any]]]) -> Iterator[Hit]:
    layers = texts(subject.objects("layers"), "id")
    for at, item in items:
        layer = item.get("layer")
        if isinstance(layer, str) and layer and layer not in layers:
            yield Hit(f"{at}/layer", {"l": layer}, object=_named(item))


@rule("T2D-FURN-LAYER", W, "P", 'layer "{l}" does not exist')
def furniture_layer(subject: Subject) -> Iterator[Hit]:
    yield from _unknown_layers(subject, _furniture(subject))


@rule("T2D-FURN-OUTSIDE", W, "P", '"{id}" is never visible: it lies outside the canvas')
def furniture_outside(subject: Subject) -> Iterator[Hit]:
    size = subject.canvas_size
    for at, item in _furniture(subject):
        keys = ("x", "y", "width", "height")
        if size is None or not all(is_number(item.get(key)) for key in keys):
            continue
        anchor = subject.section("anchor", item)
        left = item["x"] - float(anchor.get("x", 0) if is_number(anchor.get("x", 0)) else 0) * item["width"]
        top = item["y"] - float(anchor.get("y", 0) if is_number(anchor.get("y", 0)) else 0) * item["height"]
        if left >= size[0] or top >= size[1] or left + item["width"] <= 0 or top + item["height"] <= 0:
            yield Hit(at, {"id": _named(item)}, object=_named(item))


@rule("T2D-FURN-TOOLTIP", I, "P", "tooltip and interactive belong together")
def furniture_tooltip(subject: Subject) -> Iterator[Hit]:
    for at, item in _furniture(subject):
        if bool(item.get("interactive")) != bool(item.get("tooltip")):
            yield Hit(at, object=_named(item))


@rule("T2D-FURN-UPSTREAM", I, "PIXI", "The original renderer did not draw furniture")
def furniture_upstream(subject: Subject) -> Iterator[Hit]:
    if any(True for _ in _furniture(subject)):
        yield Hit("/furniture")


def _animations(subject: Subject) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for kind in ("furniture", "effects"):
        for at, item in subject.objects(kind):
            if isinstance(item.get("animation"), dict):
                yield f"{at}/animation", item["animation"]


@rule("T2D-ANIM-TYPE", W, "P", 'unknown animation type "{t}"')
def animation_type(subject: Subject) -> Iterator[Hit]:
    for at, item in _animations(subject):
        if item.get("type") not in ANIMATION_TYPES:
            yield Hit(f"{at}/type", {"t": str(item.get("type"))[:40]})


@rule("T2D-ANIM-RANGE", E, "ZOD", "animation values out of range: {key}")
def animation_range(subject: Subject) -> Iterator[Hit]:
    for at, item in _animations(subject):
        for key in ("minOpacity", "maxOpacity"):
            value = item.get(key)
            if value is not None and not (is_number(value) and 0 <= value <= 1):
                yield Hit(f"{at}/{key}", {"key": key})
        for key in ("interval", "duration"):
            value = item.get(key)
            if value is not None and not (is_number(value) and value > 0):
                yield Hit(f"{at}/{key}", {"key": key})


@rule("T2D-ANIM-MINMAX", W, "P", "minOpacity is above maxOpacity")
def animation_order(subject: Subject) -> Iterator[Hit]:
    for at, item in _animations(subject):
        low, high = item.get("minOpacity"), item.get("maxOpacity", 1)
        if is_number(low) and is_number(high) and low > high:
            yield Hit(f"{at}/minOpacity")


@rule("T2D-FX-FIELDS", E, "ZOD", 'effect "{id}" is incomplete: {what}')
def effect_fields(subject: Subject) -> Iterator[Hit]:
    for at, item in subject.objects("effects"):
        for key in ("id", "type", "sprite", "layer"):
            if not isinstance(item.get(key), str) or not item[key]:
                yield Hit(f"{at}/{key}", {"id": _named(item), "what": key})
        for key in ("x", "y"):
            if not is_number(item.get(key)):
                yield Hit(f"{at}/{key}", {"id": _named(item), "what": key})
        opacity = item.get("opacity", 1)
        if not is_number(opacity) or not 0 <= opacity <= 1:
            yield Hit(f"{at}/opacity", {"id": _named(item), "what": "opacity"})


@rule("T2D-FX-LAYER", W, "P", 'layer "{l}" does not exist')
def effect_layer(subject: Subject) -> Iterator[Hit]:
    yield from _unknown_layers(subject, subject.objects("effects"))


@rule("T2D-FX-BLEND", W, "P", 'blend mode "{v}" is drawn as normal')
def effect_blend(subject: Subject) -> Iterator[Hit]:
    for at, item in subject.objects("effects"):
        if item.get("blendMode", "normal") not in BLENDS:
            yield Hit(f"{at}/blendMode", {"v": str(item.get("blendMode"))[:40]})


@rule("T2D-AUDIO-FIELDS", E, "ZOD", "audio.ambient is incomplete: {what}")
def audio_fields(subject: Subject) -> Iterator[Hit]:
    ambient = subject.section("audio").get("ambient")
    if ambient is None:
        return
    data = ambient if isinstance(ambient, dict) else {}
    volume = data.get("volume")
    if not isinstance(data.get("src"), str) or not data.get("src"):
        yield Hit("/audio/ambient/src", {"what": "src"})
    if not (is_number(volume) and 0 <= volume <= 1):
        yield Hit("/audio/ambient/volume", {"what": "volume"})
    if not isinstance(data.get("loop"), bool):
        yield Hit("/audio/ambient/loop", {"what": "loop"})


@rule("T2D-AUDIO-EXT", E, "SEED", 'unsupported audio format "{v}"', "Use mp3, ogg or wav.")
def audio_extension(subject: Subject) -> Iterator[Hit]:
    src = subject.section("ambient", subject.section("audio")).get("src")
    if isinstance(src, str) and src and extension(src) not in ("mp3", "ogg", "wav"):
        yield Hit("/audio/ambient/src", {"v": extension(src)})


@rule("T2D-QUALITY-PAIR", W, "TPL", "define both modes: high and performance", scope=Scope.FLAT)
def quality_pair(subject: Subject) -> Iterator[Hit]:
    quality = subject.section("quality")
    if len([mode for mode in ("high", "performance") if mode in quality]) == 1:
        yield Hit("/quality")


@rule("T2D-QUALITY-HINT", E, "ZOD", "quality hint out of range: {key}", scope=Scope.FLAT)
def quality_hint(subject: Subject) -> Iterator[Hit]:
    for mode, data in subject.section("quality").items():
        hints = subject.section("renderer", data) if isinstance(data, dict) else {}
        at = f"/quality/{mode}/renderer"
        ratio = hints.get("pixelRatio")
        if ratio is not None and not (is_number(ratio) and 1 <= ratio <= 4):
            yield Hit(f"{at}/pixelRatio", {"key": "pixelRatio"})
        if "lighting" in hints and hints["lighting"] not in ("full", "ambient-only"):
            yield Hit(f"{at}/lighting", {"key": "lighting"})
        for key in ("antialias", "anisotropy"):
            if key in hints and not isinstance(hints[key], bool):
                yield Hit(f"{at}/{key}", {"key": key})
