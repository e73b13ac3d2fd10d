"""A glTF document with its bytes: reading GLB, writing GLB, looking things up without stumbling."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from office_studio.core.validation.glb import read_model
from office_studio.errors import ModelError

Json = dict[str, Any]
_MAGIC, _JSON, _BIN = 0x46546C67, 0x4E4F534A, 0x004E4942


@dataclass(frozen=True, slots=True)
class Model:
    """``buffers[i]`` holds the bytes of ``document["buffers"][i]``."""

    document: Json
    buffers: tuple[bytes, ...] = ()
    _lists: dict[str, list[Json]] = field(default_factory=dict, repr=False, compare=False)

    def items(self, key: str) -> list[Json]:
        """A list of the document's root; entries that are no objects become empty ones, so that indices hold.

        Remembered, so the document must not change under it.
        """
        if key not in self._lists:
            self._lists[key] = objects(self.document, key)
        return self._lists[key]


def read_glb(data: bytes) -> Model:
    """A self-contained GLB, as ``ModelStore`` hands out.

    Raises:
        ModelError: MODEL_INVALID.
    """
    found = read_model(data)
    if isinstance(found, str):
        raise invalid(found)
    document, binary = found
    return Model(document, (binary or b"",))


def write_glb(document: Json, binary: bytes) -> bytes:
    """One GLB 2.0 container. ``binary`` becomes buffer 0, whose length is set here."""
    document = dict(document)
    if binary:
        document["buffers"] = [{"byteLength": len(binary)}]
    else:
        document.pop("buffers", None)
    text = json.dumps(document, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()
    chunks = _chunk(_JSON, text, b" ") + (_chunk(_BIN, binary, b"\0") if binary else b"")
    return struct.pack("<III", _MAGIC, 2, 12 + len(chunks)) + chunks


def _chunk(kind: int, data: bytes, filler: bytes) -> bytes:
    padded = data + filler * (-len(data) % 4)
    return struct.pack("<II", len(padded), kind) + padded


def objects(data: Mapping[str, Any], key: str) -> list[Json]:
    """``data[key]`` as a list of objects; what is none becomes empty."""
    value = data.get(key)
    return [item if isinstance(item, dict) else {} for item in value] if isinstance(value, list) else []


def obj(data: Mapping[str, Any], key: str) -> Json:
    """``data[key]`` when it is an object, else an empty one."""
    value = data.get(key)
    return value if isinstance(value, dict) else {}


def pick(items: Sequence[Json], index: Any) -> Json | None:
    """``items[index]``; None when that is no index of it."""
    is_index = isinstance(index, int) and not isinstance(index, bool) and 0 <= index < len(items)
    return items[index] if is_index else None


def name_of(item: Mapping[str, Any], kind: str, index: int) -> str:
    """What a person may know it by."""
    name = item.get("name")
    return str(name)[:80] if isinstance(name, str) and name else f"{kind} {index}"


def invalid(why: str, hint: str = "Export the model again as glTF 2.0 (GLB).") -> ModelError:
    """``why`` goes on after "The model cannot be used: "."""
    return ModelError("MODEL_INVALID", f"The model cannot be used: {why}.", hint)
