"""A model as its author saved it: container, version, extensions, buffers, compressed views."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import unquote_to_bytes

import numpy as np

from office_studio.core.gltf.accessors import view_bytes
from office_studio.core.gltf.limits import MAX_IMAGES, MAX_MESHES, MAX_NODES, check_limit
from office_studio.core.gltf.model import Buffer, Json, Model, binary_part, invalid, obj, objects
from office_studio.core.validation.glb import COSMETIC_EXTENSIONS, SUPPORTED_EXTENSIONS, is_plain_gltf, read_model
from office_studio.errors import ModelError

ReadFile = Callable[[str], bytes]
"""Bytes of a file that the model names by a relative URI; raises ModelError MODEL_FILE_MISSING or MODEL_OUTSIDE."""

MESHOPT: Final = ("EXT_meshopt_compression", "KHR_meshopt_compression")
_FILTERS: Final = ("NONE", "OCTAHEDRAL", "QUATERNION", "EXPONENTIAL", "COLOR")


def open_source(data: bytes, read_file: ReadFile) -> Model:
    """The document with all its buffers, nothing compressed by meshopt any more.

    Raises:
        ModelError: MODEL_INVALID, MODEL_VERSION, MODEL_EXTENSION, MODEL_TOO_LARGE, and what ``read_file`` raises.
    """
    document, binary = _opened(data)
    _check_extensions(document)
    check_limit(len(objects(document, "nodes")), MAX_NODES, "nodes")
    check_limit(len(objects(document, "meshes")), MAX_MESHES, "meshes")
    check_limit(len(objects(document, "images")), MAX_IMAGES, "pictures")
    needed = _needed_buffers(document)
    buffers: list[Buffer] = [
        _buffer(item, number, binary, read_file) if number in needed else b""
        for number, item in enumerate(objects(document, "buffers"))
    ]
    return _without_meshopt(Model(document, tuple(buffers)))


def data_uri(uri: str) -> tuple[str, bytes] | None:
    """Media type and content of a ``data:`` URI; None when it is another URI.

    Raises:
        ModelError: MODEL_INVALID.
    """
    if uri[:5].lower() != "data:":
        return None
    head, comma, payload = uri[5:].partition(",")
    if not comma:
        raise invalid("a data URI in it has no content")
    raw = unquote_to_bytes(payload)
    if head.lower().endswith(";base64"):
        try:
            raw = base64.b64decode(raw, validate=True)
        except (binascii.Error, ValueError) as error:
            raise invalid("a data URI in it is no valid base64") from error
    return head.partition(";")[0].lower(), raw


def _opened(data: bytes) -> tuple[Json, Buffer | None]:
    if not data:
        raise invalid("the file is empty")
    found = read_model(data)
    if isinstance(found, str):
        code = "MODEL_VERSION" if "version 2.0 is needed" in found else "MODEL_INVALID"
        raise ModelError(code, f"The model cannot be used: {found}.", "Export the model again as glTF 2.0 (GLB).")
    document = found[0]
    version = obj(document, "asset").get("version")
    if not isinstance(version, str | int | float) or isinstance(version, bool) or not str(version).startswith("2"):
        raise invalid("it does not say which version of glTF it is (asset.version)")
    return document, None if is_plain_gltf(data) else binary_part(data)


def _check_extensions(document: Json) -> None:
    required = document.get("extensionsRequired", [])
    if not isinstance(required, list):
        raise invalid("extensionsRequired is no list")
    known = SUPPORTED_EXTENSIONS | COSMETIC_EXTENSIONS
    unknown = [name for name in required if isinstance(name, str) and name not in known]
    if unknown:
        raise ModelError(
            "MODEL_EXTENSION",
            f'The model needs "{unknown[0][:80]}", which is not supported.',
            "Export it without this extension.",
            extensions=unknown,
        )


def _needed_buffers(document: Json) -> set[int]:
    """Without those that only stand in for compressed ones."""
    needed = set()
    for view in objects(document, "bufferViews"):
        packed = [obj(obj(view, "extensions"), name) for name in MESHOPT]
        for source in [each for each in packed if each] or [view]:
            if isinstance(source.get("buffer"), int):
                needed.add(source["buffer"])
    return needed


def _buffer(item: Json, number: int, binary: Buffer | None, read_file: ReadFile) -> Buffer:
    uri = item.get("uri")
    if uri is None:
        if number == 0 and binary is not None:
            return binary
        return b""  # it may be that nobody reads it
    if not isinstance(uri, str):
        raise invalid(f"the URI of buffer {number} is no text")
    inline = data_uri(uri)
    data = inline[1] if inline is not None else read_file(uri)
    length = item.get("byteLength")
    if isinstance(length, int) and len(data) < length:
        raise invalid(f"its buffer {number} should have {length} bytes and has {len(data)}")
    return data


# -- meshopt ---------------------------------------------------------------------------------------------------------
def _without_meshopt(model: Model) -> Model:
    packed = {
        number: extension
        for number, view in enumerate(model.items("bufferViews"))
        for name in MESHOPT
        if (extension := obj(obj(view, "extensions"), name))
    }
    if not packed:
        return model
    views = [dict(view) for view in model.items("bufferViews")]
    buffers = list(model.buffers)
    source_views = [_source_view(packed.get(number)) for number in range(len(views))]
    sources = Model({"bufferViews": source_views}, model.buffers)
    for number, extension in packed.items():
        data = _unpacked(view_bytes(sources, number, f"compressed view {number}"), extension, number)
        views[number] = {"buffer": len(buffers), "byteLength": len(data)}
        if extension.get("mode") == "ATTRIBUTES":
            views[number]["byteStride"] = extension["byteStride"]
        buffers.append(data)
    return Model({**model.document, "bufferViews": views}, tuple(buffers))


def _source_view(extension: Json | None) -> Json:
    return (
        {key: extension[key] for key in ("buffer", "byteOffset", "byteLength") if key in extension} if extension else {}
    )


def _unpacked(data: bytes, extension: Json, number: int) -> bytes:
    import meshopt

    count, stride = extension.get("count"), extension.get("byteStride")
    mode, kind = extension.get("mode"), extension.get("filter", "NONE")
    fits = isinstance(count, int) and isinstance(stride, int) and 0 < stride <= 256 and count > 0
    if not fits or mode not in ("ATTRIBUTES", "TRIANGLES", "INDICES") or kind not in _FILTERS:
        raise invalid(f"compressed view {number} does not say what it holds")
    assert isinstance(count, int)
    assert isinstance(stride, int)
    check_limit(count * stride, 128 << 20, "bytes in one compressed view")
    try:
        rows: Any = meshopt.decode_gltf_buffer(data, count, stride, mode, None if kind == "NONE" else kind)
    except (ValueError, RuntimeError, TypeError) as error:
        raise invalid(f"compressed view {number} cannot be unpacked (meshopt: {str(error)[:80]})") from error
    return np.ascontiguousarray(rows).tobytes()
