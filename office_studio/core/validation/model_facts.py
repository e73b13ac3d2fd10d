"""Facts about a 3D model: size in triangles and pixels, clips, bones, materials, extent. No mesh is decoded."""

from __future__ import annotations

import base64
import binascii
import io
import math
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from office_studio.core.validation.glb import COSMETIC_EXTENSIONS, SUPPORTED_EXTENSIONS, external_uris, read_model

Vector = tuple[float, float, float]
Box = tuple[Vector, Vector]
_IDENTITY = (1.0, 0, 0, 0, 0, 1.0, 0, 0, 0, 0, 1.0, 0, 0, 0, 0, 1.0)  # column by column, as glTF writes it
_METALLIC = 0.5


@dataclass(frozen=True, slots=True)
class Texture:
    name: str
    width: int
    height: int

    @property
    def decoded_bytes(self) -> int:
        """RGBA with all mipmaps."""
        return self.width * self.height * 4 * 4 // 3


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """``problem``: why it cannot be used; all else is then empty. ``box`` in model units, None without meshes."""

    size_bytes: int
    problem: str = ""
    triangles: int = 0
    primitives: int = 0
    textures: tuple[Texture, ...] = ()
    joints: int = 0  # of the largest skin
    has_more_influences: bool = False  # more than 4 bones a vertex
    clips: tuple[str, ...] = ()
    clip_targets: frozenset[str] = frozenset()  # names of nodes that clips move
    nodes: frozenset[str] = frozenset()
    bare_meshes: tuple[str, ...] = ()  # with a primitive that has no material
    metallic: tuple[str, ...] = ()  # materials that need reflections
    cameras: int = 0
    lights: int = 0
    unsupported_required: tuple[str, ...] = ()
    unsupported_used: tuple[str, ...] = ()  # what it requires and is shown without, too
    external: tuple[str, ...] = ()
    box: Box | None = None


def model_facts(data: bytes) -> ModelFacts:
    """Look at a GLB or glTF JSON. Never raises for bad data."""
    model = read_model(data)
    if isinstance(model, str):
        return ModelFacts(len(data), model)
    try:
        return _facts(data, *model)
    except (TypeError, ValueError, AttributeError, KeyError, IndexError, OverflowError, RecursionError):
        return ModelFacts(len(data), "its JSON has values of the wrong type")


def _facts(data: bytes, document: dict[str, Any], binary: bytes | None) -> ModelFacts:
    meshes, skins, clips = _list(document, "meshes"), _list(document, "skins"), _list(document, "animations")
    primitives = [p for mesh in meshes for p in _list(mesh, "primitives")]
    required = _names(document.get("extensionsRequired"))
    unknown = [name for name in required if name not in SUPPORTED_EXTENSIONS | COSMETIC_EXTENSIONS]
    used = [name for name in _names(document.get("extensionsUsed")) if name not in unknown]
    nodes = _list(document, "nodes")
    names = [str(node.get("name", "")) for node in nodes]
    lights = document.get("extensions", {}).get("KHR_lights_punctual", {}) if document.get("extensions") else {}
    return ModelFacts(
        size_bytes=len(data),
        triangles=sum(_triangles(document, primitive) for primitive in primitives),
        primitives=len(primitives),
        textures=tuple(_textures(document, binary)),
        joints=max((len(skin.get("joints") or ()) for skin in skins), default=0),
        has_more_influences=any("JOINTS_1" in (p.get("attributes") or {}) for p in primitives),
        clips=tuple(str(clip.get("name") or f"clip {i}") for i, clip in enumerate(clips)),
        clip_targets=frozenset(_targets(clips, names)),
        nodes=frozenset(name for name in names if name),
        bare_meshes=tuple(_bare(meshes)),
        metallic=tuple(_metallic(document)),
        cameras=len(_list(document, "cameras")),
        lights=len(lights.get("lights") or ()),
        unsupported_required=tuple(unknown),
        unsupported_used=tuple(name for name in used if name not in SUPPORTED_EXTENSIONS),
        external=tuple(external_uris(document)),
        box=_box(document, nodes),
    )  # fmt: skip


def _list(data: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    value = data.get(key)
    return [item if isinstance(item, dict) else {} for item in value] if isinstance(value, list) else []


def _names(value: Any) -> list[str]:
    return [name for name in value if isinstance(name, str)] if isinstance(value, list) else []


def _at(items: Sequence[dict[str, Any]], index: Any) -> dict[str, Any]:
    return items[index] if isinstance(index, int) and 0 <= index < len(items) else {}


def _count(document: Mapping[str, Any], accessor: Any) -> int:
    count = _at(_list(document, "accessors"), accessor).get("count", 0)
    return count if isinstance(count, int) and count > 0 else 0


def _triangles(document: Mapping[str, Any], primitive: Mapping[str, Any]) -> int:
    corners = _count(document, primitive.get("indices", (primitive.get("attributes") or {}).get("POSITION")))
    mode = primitive.get("mode", 4)
    if mode == 4:
        return corners // 3
    return max(0, corners - 2) if mode in (5, 6) else 0  # strips and fans; points and lines have none


def _targets(clips: Sequence[Mapping[str, Any]], names: Sequence[str]) -> Iterator[str]:
    for clip in clips:
        for channel in _list(clip, "channels"):
            node = (channel.get("target") or {}).get("node")
            if isinstance(node, int) and 0 <= node < len(names) and names[node]:
                yield names[node]


def _bare(meshes: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for number, mesh in enumerate(meshes):
        if any("material" not in primitive for primitive in _list(mesh, "primitives")):
            yield str(mesh.get("name") or number)


def _metallic(document: Mapping[str, Any]) -> Iterator[str]:
    for number, material in enumerate(_list(document, "materials")):
        pbr = material.get("pbrMetallicRoughness") or {}
        factor = pbr.get("metallicFactor", 1)
        unlit = "KHR_materials_unlit" in (material.get("extensions") or {})
        if (
            isinstance(factor, int | float)
            and factor >= _METALLIC
            and "metallicRoughnessTexture" not in pbr
            and not unlit
        ):
            yield str(material.get("name") or number)


# -- pictures ----------------------------------------------------------------------------------------------
def _textures(document: Mapping[str, Any], binary: bytes | None) -> Iterator[Texture]:
    views = _list(document, "bufferViews")
    for number, image in enumerate(_list(document, "images")):
        size = _picture_size(_picture(image, views, binary))
        if size is not None:
            yield Texture(str(image.get("name") or f"image {number}"), *size)


def _picture(image: Mapping[str, Any], views: Sequence[dict[str, Any]], binary: bytes | None) -> bytes:
    uri = image.get("uri")
    if isinstance(uri, str):
        _, found, payload = uri.partition(";base64,")
        try:
            return base64.b64decode(payload) if found and uri.startswith("data:") else b""
        except (binascii.Error, ValueError):
            return b""
    view = _at(views, image.get("bufferView"))
    start, length = view.get("byteOffset", 0), view.get("byteLength", 0)
    return (binary or b"")[start : start + length] if view.get("buffer", 0) == 0 else b""


def _picture_size(data: bytes) -> tuple[int, int] | None:
    """From the header alone: pixels are not decoded."""
    if not data:
        return None
    from PIL import Image

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with Image.open(io.BytesIO(data)) as picture:
                return picture.size
        except Exception:  # decoders raise what they like for damaged data
            return None


# -- extent -----------------------------------------------------------------------------------------------
def _box(document: Mapping[str, Any], nodes: Sequence[dict[str, Any]]) -> Box | None:
    """Axis-aligned box of the bind pose in world space, from the bounds that accessors state."""
    scenes = _list(document, "scenes")
    scene = _at(scenes, document.get("scene", 0))
    children = {child for node in nodes for child in node.get("children") or ()}
    roots = scene.get("nodes") or [number for number in range(len(nodes)) if number not in children]
    low, high = [math.inf] * 3, [-math.inf] * 3
    todo: list[tuple[int, tuple[float, ...]]] = [(root, _IDENTITY) for root in roots]
    while todo:  # nodes are known to form no circle
        number, parent = todo.pop()
        node = _at(nodes, number)
        world = _times(parent, _matrix(node))
        todo += [(child, world) for child in node.get("children") or ()]
        for corner in _corners(document, node):
            point = [
                sum(world[column * 4 + row] * corner[column] for column in range(3)) + world[12 + row]
                for row in range(3)
            ]
            low, high = (
                [min(a, b) for a, b in zip(low, point, strict=True)],
                [max(a, b) for a, b in zip(high, point, strict=True)],
            )
    if not all(map(math.isfinite, (*low, *high))):
        return None
    return (low[0], low[1], low[2]), (high[0], high[1], high[2])  # fmt: skip


def _corners(document: Mapping[str, Any], node: Mapping[str, Any]) -> Iterator[Vector]:
    accessors = _list(document, "accessors")
    for primitive in _list(_at(_list(document, "meshes"), node.get("mesh")), "primitives"):
        accessor = _at(accessors, (primitive.get("attributes") or {}).get("POSITION"))
        low, high = accessor.get("min"), accessor.get("max")
        if isinstance(low, list) and isinstance(high, list) and len(low) == len(high) == 3:
            for choice in range(8):
                x, y, z = ((high if choice >> axis & 1 else low)[axis] for axis in range(3))
                yield float(x), float(y), float(z)


def _matrix(node: Mapping[str, Any]) -> tuple[float, ...]:
    matrix = node.get("matrix")
    if isinstance(matrix, list) and len(matrix) == 16:
        return tuple(map(float, matrix))
    tx, ty, tz = map(float, node.get("translation") or (0, 0, 0))
    x, y, z, w = map(float, node.get("rotation") or (0, 0, 0, 1))
    sx, sy, sz = map(float, node.get("scale") or (1, 1, 1))
    return (
        (1 - 2 * (y * y + z * z)) * sx, 2 * (x * y + z * w) * sx, 2 * (x * z - y * w) * sx, 0,
        2 * (x * y - z * w) * sy, (1 - 2 * (x * x + z * z)) * sy, 2 * (y * z + x * w) * sy, 0,
        2 * (x * z + y * w) * sz, 2 * (y * z - x * w) * sz, (1 - 2 * (x * x + y * y)) * sz, 0,
        tx, ty, tz, 1,
    )  # fmt: skip


def _times(a: Sequence[float], b: Sequence[float]) -> tuple[float, ...]:
    return tuple(sum(a[k * 4 + row] * b[column * 4 + k] for k in range(4)) for column in range(4) for row in range(4))
