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
Buffer = bytes | memoryview
_MAGIC, _JSON, _BIN = 0x46546C67, 0x4E4F534A, 0x004E4942


@dataclass(frozen=True, slots=True)
class Model:
    """``buffers[i]`` holds the bytes of ``document["buffers"][i]``."""

    document: Json
    buffers: tuple[Buffer, ...] = ()
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
    return Model(found[0], (binary_part(data),))


def binary_part(data: bytes) -> memoryview:
    """The second part of a sound GLB, not copied; empty when there is none."""
    begin = 20 + int(struct.unpack_from("<I", data, 12)[0])
    if begin + 8 > len(data):
        return memoryview(b"")
    size, kind = struct.unpack_from("<II", data, begin)
    return memoryview(data)[begin + 8 : begin + 8 + size] if kind == _BIN else memoryview(b"")


def write_glb(document: Json, *parts: Buffer) -> bytes:
    """One GLB 2.0 container. ``parts``, one after the other, become buffer 0, whose length is set here."""
    document = dict(document)
    size = sum(len(part) for part in parts)
    if size:
        document["buffers"] = [{"byteLength": size}]
    else:
        document.pop("buffers", None)
    text = json.dumps(document, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()
    text += b" " * (-len(text) % 4)
    filler = b"\0" * (-size % 4)
    length = 12 + 8 + len(text) + (8 + size + len(filler) if size else 0)
    head = struct.pack("<IIIII", _MAGIC, 2, length, len(text), _JSON) + text
    if not size:
        return head
    # Joined once: a model may be as large as the memory there is for it allows.
    return b"".join((head, struct.pack("<II", size + len(filler), _BIN), *parts, filler))


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
