"""Collects the bytes of a new GLB: one buffer, views on four-byte bounds, accessors."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from office_studio.core.gltf.accessors import COMPONENT_TYPES, Array
from office_studio.core.gltf.limits import MAX_OUTPUT_BYTES, check_limit
from office_studio.core.gltf.model import Json, write_glb

_TYPES: Final = {1: "SCALAR", 2: "VEC2", 3: "VEC3", 4: "VEC4", 16: "MAT4"}


class GlbWriter:
    """``document`` is filled by whoever writes; views, accessors and the buffer are kept here."""

    def __init__(self) -> None:
        self.document: Json = {"asset": {"version": "2.0", "generator": "Office Studio"}}
        self._views: list[Json] = []
        self._accessors: list[Json] = []
        self._parts: list[bytes] = []
        self._size = 0

    def view(self, data: bytes) -> int:
        """Index of a new buffer view.

        Raises:
            ModelError: MODEL_TOO_LARGE.
        """
        check_limit(self._size + len(data), MAX_OUTPUT_BYTES, "bytes when unpacked")
        self._views.append({"buffer": 0, "byteOffset": self._size, "byteLength": len(data)})
        filler = b"\0" * (-len(data) % 4)
        self._parts += [data, filler]
        self._size += len(data) + len(filler)
        return len(self._views) - 1

    def accessor(self, rows: Array, *, has_bounds: bool = False, is_normalized: bool = False) -> int:
        """Index of a new accessor; rows (count, width) of an element type that glTF knows, its size a multiple of 4
        unless these are indices."""
        values = np.ascontiguousarray(rows.reshape(len(rows), -1))
        entry: Json = {
            "bufferView": self.view(values.tobytes()),
            "componentType": COMPONENT_TYPES[values.dtype.newbyteorder("<")],
            "count": len(values),
            "type": _TYPES[values.shape[1]],
        }
        if is_normalized:
            entry["normalized"] = True
        if has_bounds and len(values):
            entry |= {"min": _plain(values.min(axis=0)), "max": _plain(values.max(axis=0))}
        self._accessors.append(entry)
        return len(self._accessors) - 1

    def glb(self) -> bytes:
        """The whole file. Forgets the bytes, so ask once."""
        document = dict(self.document)
        for key, items in (("bufferViews", self._views), ("accessors", self._accessors)):
            if items:
                document[key] = items
        parts, self._parts = self._parts, []
        return write_glb(document, *parts)


def _plain(row: Array) -> list[Any]:
    return [float(value) for value in row]
