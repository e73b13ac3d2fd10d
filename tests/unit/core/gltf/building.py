"""Small glTF documents for tests, put together by hand."""

from __future__ import annotations

from typing import Any

import numpy as np

from office_studio.core.gltf.accessors import COMPONENT_TYPES
from office_studio.core.gltf.model import Model

TYPES = {1: "SCALAR", 2: "VEC2", 3: "VEC3", 4: "VEC4", 16: "MAT4"}


class Builder:
    """Collects a document and its one buffer."""

    def __init__(self) -> None:
        self.document: dict[str, Any] = {"asset": {"version": "2.0"}, "scene": 0, "scenes": [{"nodes": [0]}]}
        self.data = bytearray()

    def add(self, key: str, item: dict[str, Any]) -> int:
        self.document.setdefault(key, []).append(item)
        return len(self.document[key]) - 1

    def view(self, raw: bytes, **more: Any) -> int:
        self.data += b"\0" * (-len(self.data) % 4)
        view = {"buffer": 0, "byteOffset": len(self.data), "byteLength": len(raw), **more}
        self.data += raw
        return self.add("bufferViews", view)

    def accessor(self, rows: Any, dtype: str = "<f4", **more: Any) -> int:
        values = np.array(rows, dtype)
        values = values.reshape(len(values), -1)
        entry = {
            "bufferView": self.view(values.tobytes()),
            "componentType": COMPONENT_TYPES[values.dtype],
            "count": len(values),
            "type": TYPES[values.shape[1]],
        }
        return self.add("accessors", entry | more)

    def clip(self, node: int, path: str, times: Any, values: int, interpolation: str = "LINEAR") -> int:
        sampler = {"input": self.accessor(times), "output": values, "interpolation": interpolation}
        channel = {"sampler": 0, "target": {"node": node, "path": path}}
        return self.add("animations", {"name": "clip", "samplers": [sampler], "channels": [channel]})

    def model(self) -> Model:
        self.document["buffers"] = [{"byteLength": len(self.data)}]
        return Model(self.document, (bytes(self.data),))
