"""Rules on canvas, viewport and layers. 2D theme format, section 21.2."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from office_studio.core.theme.reading import is_number
from office_studio.core.validation.rule import E, Hit, I, Scope, W, rule
from office_studio.core.validation.subject import Subject, texts

_COLOR = re.compile(r"(?:0x|#)?[0-9a-fA-F]{6,8}\Z")
_WELL_KNOWN = {
    "background": "background image",
    "characters": "agents",
    "effects": "collaboration lines",
    "ui-overlay": "zone labels",
}
WELL_KNOWN_Z = {
    "background": 0, "floor-decor": 10, "furniture": 20, "characters": 30, "furniture-top": 40, "effects": 50,
    "ui-overlay": 100,
}  # fmt: skip


def is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


@rule("T2D-CANVAS-MISSING", E, "LOADER", "canvas needs width and height", scope=Scope.FLAT)
def canvas_missing(subject: Subject) -> Iterator[Hit]:
    canvas = subject.document.get("canvas")
    if not isinstance(canvas, dict) or "width" not in canvas or "height" not in canvas:
        yield Hit("/canvas")


@rule("T2D-CANVAS-SIZE", E, "ZOD", "canvas width and height must be positive whole numbers", scope=Scope.FLAT)
def canvas_size(subject: Subject) -> Iterator[Hit]:
    canvas = subject.section("canvas")
    for key in ("width", "height"):
        if key in canvas and not (is_whole(canvas[key]) and canvas[key] > 0):
            yield Hit(f"/canvas/{key}")


@rule("T2D-CANVAS-MAX", W, "DOC", "canvas is larger than 3840×2160", scope=Scope.FLAT)
def canvas_max(subject: Subject) -> Iterator[Hit]:
    size = subject.canvas_size
    if size is not None and (size[0] > 3840 or size[1] > 2160):
        yield Hit("/canvas")


@rule("T2D-CANVAS-BG", E, "LOADER", "canvas.background is missing", scope=Scope.FLAT)
def canvas_background(subject: Subject) -> Iterator[Hit]:
    if subject.section("canvas") and not isinstance(subject.section("canvas").get("background"), dict):
        yield Hit("/canvas/background")


@rule("T2D-CANVAS-BGIMAGE", W, "ZOD", "Without a background image the zones are drawn as plain boxes", scope=Scope.FLAT)
def canvas_background_image(subject: Subject) -> Iterator[Hit]:
    background = subject.section("canvas").get("background")
    if isinstance(background, dict) and not background.get("image"):
        yield Hit("/canvas/background/image")


@rule(
    "T2D-CANVAS-BGRATIO",
    W,
    "P",
    "The background will be stretched: {w} × {h} px on a canvas of {cw} × {ch}",
    scope=Scope.FLAT,
)
def canvas_background_ratio(subject: Subject) -> Iterator[Hit]:
    size = subject.canvas_size
    facts = subject.facts(subject.section("background", subject.section("canvas")).get("image"))
    if size is None or facts is None or not facts.is_usable:
        return
    if abs(facts.width / facts.height / (size[0] / size[1]) - 1) > 0.005:
        args = {"w": facts.width, "h": facts.height, "cw": size[0], "ch": size[1]}
        yield Hit("/canvas/background/image", args)


@rule("T2D-CANVAS-BG2X", I, "P", "Retina image is not larger than the normal one", scope=Scope.FLAT)
def canvas_background_2x(subject: Subject) -> Iterator[Hit]:
    background = subject.section("background", subject.section("canvas"))
    one, two = subject.facts(background.get("image")), subject.facts(background.get("image2x"))
    if one and two and one.is_usable and two.is_usable and two.width < 1.5 * one.width:
        yield Hit("/canvas/background/image2x")


@rule("T2D-CANVAS-COLOR", W, "ZOD", 'color "{v}" must be a hex colour', "Write 0xRRGGBB.", scope=Scope.FLAT)
def canvas_color(subject: Subject) -> Iterator[Hit]:
    background = subject.section("background", subject.section("canvas"))
    value = background.get("color")
    if value is not None and not (isinstance(value, str) and _COLOR.match(value)):
        yield Hit("/canvas/background/color", {"v": str(value)[:40]}, severity=E)


@rule(
    "T2D-CANVAS-COLOR-UPSTREAM",
    I,
    "PIXI",
    "The original renderer shows #0F172A instead",
    "Write 0xRRGGBB.",
    scope=Scope.FLAT,
)
def canvas_color_upstream(subject: Subject) -> Iterator[Hit]:
    value = subject.section("background", subject.section("canvas")).get("color")
    if isinstance(value, str) and _COLOR.match(value) and (not value.startswith("0x") or int(value, 16) == 0):
        yield Hit("/canvas/background/color")


@rule("T2D-VIEW-MISSING", W, "ZOD", "viewport is missing: defaults 0.5 / 3 / 1 are used")
def view_missing(subject: Subject) -> Iterator[Hit]:
    value = subject.document.get("viewport")
    if not isinstance(value, dict):
        yield Hit("/viewport", severity=None if value is None else E)


def _zooms(subject: Subject) -> Iterator[tuple[str, Any]]:
    viewport = subject.section("viewport")
    for key in ("minZoom", "maxZoom", "defaultZoom"):
        if key in viewport:
            yield f"/viewport/{key}", viewport[key]
    mobile = subject.section("mobile", viewport)
    for key in ("defaultZoom", "doubleTapZoom"):
        if key in mobile:
            yield f"/viewport/mobile/{key}", mobile[key]


@rule("T2D-VIEW-POSITIVE", E, "ZOD", "{field} must be positive")
def view_positive(subject: Subject) -> Iterator[Hit]:
    for pointer, value in _zooms(subject):
        if not is_number(value) or value <= 0:
            yield Hit(pointer, {"field": pointer[1:].replace("/", ".")})


@rule("T2D-VIEW-RANGE", E, "ZOD", "maxZoom must not be below minZoom")
def view_range(subject: Subject) -> Iterator[Hit]:
    viewport = subject.section("viewport")
    low, high = viewport.get("minZoom"), viewport.get("maxZoom")
    if is_number(low) and is_number(high) and high < low:
        yield Hit("/viewport/maxZoom")


@rule("T2D-VIEW-DEFAULT-RANGE", W, "P", "{field} will be limited to {min}–{max}", scope=Scope.FLAT)
def view_default_range(subject: Subject) -> Iterator[Hit]:
    viewport = subject.section("viewport")
    low, high = viewport.get("minZoom"), viewport.get("maxZoom")
    if not (is_number(low) and is_number(high) and low <= high):
        return
    for pointer, value in _zooms(subject):
        if pointer.endswith("/defaultZoom") and is_number(value) and value > 0 and not low <= value <= high:
            yield Hit(pointer, {"field": pointer[1:].replace("/", "."), "min": low, "max": high})


@rule("T2D-VIEW-PANBOUNDS", I, "PIXI", "The original renderer always limits panning", scope=Scope.FLAT)
def view_pan_bounds(subject: Subject) -> Iterator[Hit]:
    value = subject.section("viewport").get("panBounds")
    if value is False:
        yield Hit("/viewport/panBounds")


@rule("T2D-LAYERS-EMPTY", E, "SEED", "layers must not be empty")
def layers_empty(subject: Subject) -> Iterator[Hit]:
    value = subject.document.get("layers")
    if not subject.is_3d and not (isinstance(value, list) and value):
        yield Hit("/layers")


@rule("T2D-LAYER-ID", E, "ZOD", "layer id is empty")
def layer_id(subject: Subject) -> Iterator[Hit]:
    for at, layer in subject.objects("layers"):
        if not isinstance(layer.get("id"), str) or not layer["id"]:
            yield Hit(f"{at}/id")


@rule("T2D-LAYER-DUP", W, "P", 'layer "{id}" is defined twice')
def layer_duplicate(subject: Subject) -> Iterator[Hit]:
    yield from duplicates(subject.objects("layers"), "id")


def duplicates(items: Iterator[tuple[str, Mapping[str, Any]]], key: str) -> Iterator[Hit]:
    seen: set[str] = set()
    for at, item in items:
        value = item.get(key)
        if isinstance(value, str) and value:
            if value in seen:
                yield Hit(f"{at}/{key}", {"id": value}, object=value)
            seen.add(value)


@rule("T2D-LAYER-Z", E, "ZOD", "zIndex must be a whole number")
def layer_z(subject: Subject) -> Iterator[Hit]:
    for at, layer in subject.objects("layers"):
        if not is_whole(layer.get("zIndex")):
            yield Hit(f"{at}/zIndex")


@rule("T2D-LAYER-ZDUP", I, "P", "Layers {a} and {b} share a zIndex; manifest order decides")
def layer_z_twice(subject: Subject) -> Iterator[Hit]:
    first: dict[int, str] = {}
    for at, layer in subject.objects("layers"):
        z = layer.get("zIndex")
        if is_whole(z):
            assert isinstance(z, int)
            if z in first:
                yield Hit(f"{at}/zIndex", {"a": first[z], "b": layer.get("id")})
            first.setdefault(z, str(layer.get("id")))


@rule("T2D-LAYER-WELLKNOWN", W, "PIXI", 'Upstream draws no {what} without layer "{id}"; add it')
def layer_well_known(subject: Subject) -> Iterator[Hit]:
    present = texts(subject.objects("layers"), "id")
    if subject.is_3d or not present:
        return
    for ident, what in _WELL_KNOWN.items():
        if ident not in present:
            yield Hit("/layers", {"what": what, "id": ident})


@rule("T2D-LAYER-UNUSED", I, "P", 'layer "{id}" is empty')
def layer_unused(subject: Subject) -> Iterator[Hit]:
    used = {name for kind in ("furniture", "effects") for name in texts(subject.objects(kind), "layer")}
    for at, layer in subject.objects("layers"):
        ident = layer.get("id")
        if not subject.is_3d and isinstance(ident, str) and ident not in used and ident not in _WELL_KNOWN:
            yield Hit(at, {"id": ident})
