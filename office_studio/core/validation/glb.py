"""Structural check of a GLB container and of the references inside it (glTF 2.0, section 4.4). No mesh is decoded."""

from __future__ import annotations

import json
import struct
from typing import Any

# What core/gltf turns into a picture.
SUPPORTED_EXTENSIONS = frozenset(
    {
        "EXT_mesh_gpu_instancing",
        "EXT_meshopt_compression",
        "EXT_texture_webp",
        "KHR_draco_mesh_compression",
        "KHR_lights_punctual",
        "KHR_materials_emissive_strength",
        "KHR_materials_pbrSpecularGlossiness",
        "KHR_materials_transmission",
        "KHR_materials_unlit",
        "KHR_mesh_quantization",
        "KHR_meshopt_compression",
        "KHR_node_visibility",
        "KHR_texture_basisu",
        "KHR_texture_transform",
    }
)
# A model only looks plainer without them, so it is shown even if it requires them.
COSMETIC_EXTENSIONS = frozenset(
    {
        "KHR_animation_pointer",
        "KHR_materials_anisotropy",
        "KHR_materials_clearcoat",
        "KHR_materials_dispersion",
        "KHR_materials_ior",
        "KHR_materials_iridescence",
        "KHR_materials_sheen",
        "KHR_materials_specular",
        "KHR_materials_variants",
        "KHR_materials_volume",
    }
)
_JSON, _BIN = 0x4E4F534A, 0x004E4942
_COMPONENT_BYTES = {5120: 1, 5121: 1, 5122: 2, 5123: 2, 5125: 4, 5126: 4}
_COMPONENTS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT2": 4, "MAT3": 9, "MAT4": 16}


class _Bad(Exception):
    pass


def read_model(data: bytes) -> tuple[dict[str, Any], bytes | None] | str:
    """The JSON and the binary part of a GLB, or of glTF JSON; a sentence when it cannot be used as a model.

    Numbers and references inside are checked, so that a reader can follow them. Never raises.
    """
    try:
        if is_plain_gltf(data):
            document, binary = _json(data), None
        else:
            document, binary = _container(data)
        _check_version(document)
        if not is_plain_gltf(data):
            _check_buffers(document, len(binary) if binary is not None else None)
        _check_accessors(document)
        _check_nodes(document)
    except _Bad as bad:
        return str(bad)
    except (TypeError, ValueError, AttributeError, OverflowError):
        return "its JSON has values of the wrong type"
    return document, binary


def glb_problem(data: bytes) -> str | None:
    """Why the bytes are no usable model, or None."""
    model = read_model(data)
    return model if isinstance(model, str) else None


def glb_warning(data: bytes, name: str = "x.glb") -> str | None:
    """What is odd about a model that can be used."""
    if is_plain_gltf(data):
        return None if name.lower().endswith(".gltf") else "it is glTF JSON, not a binary GLB"
    model = read_model(data)
    if isinstance(model, str):
        return None
    return None if model[0].get("nodes") and model[0].get("meshes") else "its scene shows nothing"


def is_plain_gltf(data: bytes) -> bool:
    return data.lstrip()[:1] == b"{" and b'"asset"' in data


def _check_version(document: dict[str, Any]) -> None:
    asset = document.get("asset")
    version = asset.get("version") if isinstance(asset, dict) else None
    if version is not None and not str(version).startswith("2."):
        raise _Bad(f"it is glTF {str(version)[:10]}; version 2.0 is needed")


def _container(data: bytes) -> tuple[dict[str, Any], bytes | None]:
    if data[:4] != b"glTF":
        raise _Bad("it does not begin with glTF")
    if len(data) < 20:
        raise _Bad("it ends after its header")
    version, length = struct.unpack_from("<II", data, 4)
    if version != 2:
        raise _Bad(f"version {version} is not 2")
    if length != len(data):
        raise _Bad(f"it says it has {length} bytes and has {len(data)}")
    chunk_length, kind = struct.unpack_from("<II", data, 12)
    if kind != _JSON:
        raise _Bad("its first part is not JSON")
    if 20 + chunk_length > len(data):
        raise _Bad("its first part is longer than the file")
    document = _json(data[20 : 20 + chunk_length])
    binary = None
    at = 20 + chunk_length
    if at + 8 <= len(data):
        size, kind = struct.unpack_from("<II", data, at)
        if at + 8 + size > len(data):
            raise _Bad("its second part is longer than the file")
        binary = data[at + 8 : at + 8 + size] if kind == _BIN else None
    return document, binary


def _json(raw: bytes) -> dict[str, Any]:
    def refuse(name: str) -> float:
        raise _Bad(f"its JSON contains {name}")

    try:
        document = json.loads(raw.decode("utf-8"), parse_constant=refuse, parse_float=_number)
    except (ValueError, RecursionError) as exc:
        raise _Bad("its JSON is broken") from exc
    if not isinstance(document, dict):
        raise _Bad("its JSON is no object")
    return document


def _number(text: str) -> float:
    """Indices may be written with a decimal point."""
    value = float(text)
    return int(value) if value.is_integer() else value


def _objects(document: dict[str, Any], key: str) -> list[dict[str, Any]]:
    value = document.get(key)
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _check_buffers(document: dict[str, Any], binary_size: int | None) -> None:
    # Files outside the model are the business of external_uris.
    for number, buffer in enumerate(_objects(document, "buffers")):
        size = buffer.get("byteLength", 0)
        if buffer.get("uri") is None and number == 0 and isinstance(size, int) and size > (binary_size or 0):
            raise _Bad("its buffer is longer than its data")


def external_uris(document: dict[str, Any]) -> list[str]:
    """What a model names outside itself: buffers, then pictures."""
    uris = [item.get("uri") for key in ("buffers", "images") for item in _objects(document, key)]
    return [uri for uri in uris if isinstance(uri, str) and not uri.startswith("data:")]


def _check_accessors(document: dict[str, Any]) -> None:
    views, buffers = _objects(document, "bufferViews"), _objects(document, "buffers")
    for view in views:
        buffer = view.get("buffer", 0)
        if not isinstance(buffer, int) or not 0 <= buffer < len(buffers):
            raise _Bad("a view names a buffer that does not exist")
        if view.get("byteOffset", 0) + view.get("byteLength", 0) > buffers[buffer].get("byteLength", 0):
            raise _Bad("a view leaves its buffer")
    for accessor in _objects(document, "accessors"):
        view_index = accessor.get("bufferView")
        if not isinstance(view_index, int):
            continue
        if not 0 <= view_index < len(views):
            raise _Bad("an accessor names a view that does not exist")
        width = _COMPONENT_BYTES.get(accessor.get("componentType", 0), 1) * _COMPONENTS.get(accessor.get("type", ""), 1)
        stride = views[view_index].get("byteStride") or width
        count = accessor.get("count", 0)
        needed = accessor.get("byteOffset", 0) + max(0, count - 1) * stride + width
        if count and needed > views[view_index].get("byteLength", 0):
            raise _Bad("an accessor leaves its buffer")


def _check_nodes(document: dict[str, Any]) -> None:
    nodes = document.get("nodes")
    nodes = nodes if isinstance(nodes, list) else []
    parent: dict[int, int] = {}
    for number, node in enumerate(nodes):
        for child in (node.get("children") or ()) if isinstance(node, dict) else ():
            if not isinstance(child, int) or not 0 <= child < len(nodes):
                raise _Bad("a node names a child that does not exist")
            if child in parent or child == number:
                raise _Bad("a node has two parents")
            parent[child] = number
    for start in range(len(nodes)):
        at, steps = start, 0
        while at in parent:
            at, steps = parent[at], steps + 1
            if steps > len(nodes):
                raise _Bad("its nodes form a circle")
