"""GLB files of coloured boxes, with clips that turn and move them: enough for a first room and a first figure."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

Vec3 = tuple[float, float, float]
_ARRAY, _ELEMENTS = 34962, 34963
_FLOAT, _SHORT = 5126, 5123
_SIDES: tuple[tuple[Vec3, tuple[Vec3, Vec3, Vec3, Vec3]], ...] = tuple(
    (normal, corners)
    for normal, corners in (
        ((0, 0, 1), ((-1, -1, 1), (1, -1, 1), (1, 1, 1), (-1, 1, 1))),
        ((0, 0, -1), ((1, -1, -1), (-1, -1, -1), (-1, 1, -1), (1, 1, -1))),
        ((1, 0, 0), ((1, -1, 1), (1, -1, -1), (1, 1, -1), (1, 1, 1))),
        ((-1, 0, 0), ((-1, -1, -1), (-1, -1, 1), (-1, 1, 1), (-1, 1, -1))),
        ((0, 1, 0), ((-1, 1, 1), (1, 1, 1), (1, 1, -1), (-1, 1, -1))),
        ((0, -1, 0), ((-1, -1, -1), (1, -1, -1), (1, -1, 1), (-1, -1, 1))),
    )
)


@dataclass(frozen=True, slots=True)
class Part:
    """A box. ``at``: its joint, in metres, +Y up, seen from its parent; ``centre``: of the box, seen from the joint."""

    name: str
    at: Vec3
    size: Vec3
    color: str  # #rrggbb
    centre: Vec3 = (0, 0, 0)
    parent: str = ""


@dataclass(frozen=True, slots=True)
class Track:
    """Rotations (x, y, z, w) or translations of one part; ``times_s`` from 0, rising."""

    part: str
    path: str
    times_s: Sequence[float]
    values: Sequence[Sequence[float]]


@dataclass(slots=True)
class _Binary:
    data: bytearray = field(default_factory=bytearray)
    views: list[dict[str, int]] = field(default_factory=list)
    accessors: list[dict[str, object]] = field(default_factory=list)

    def add(self, rows: Sequence[Sequence[float]], kind: str, target: int = 0, *, short: bool = False) -> int:
        """Index of a new accessor over the rows."""
        flat = [value for row in rows for value in row]
        raw = struct.pack(f"<{len(flat)}{'H' if short else 'f'}", *flat)
        view = {"buffer": 0, "byteOffset": len(self.data), "byteLength": len(raw)}
        self.views.append(view | ({"target": target} if target else {}))
        self.data += raw + bytes(-len(raw) % 4)
        columns = list(zip(*struct.iter_unpack(f"<{len(rows[0])}{'H' if short else 'f'}", raw), strict=True))
        bounds = {"min": [min(column) for column in columns], "max": [max(column) for column in columns]}
        accessor: dict[str, object] = {"bufferView": len(self.views) - 1, "componentType": _SHORT if short else _FLOAT}
        self.accessors.append(accessor | {"count": len(rows), "type": kind} | bounds)
        return len(self.accessors) - 1


def boxes_glb(parts: Sequence[Part], clips: Mapping[str, Iterable[Track]] | None = None) -> bytes:
    """A binary glTF 2.0 file of the parts, one mesh each. Parents come before their children."""
    binary = _Binary()
    names = {part.name: number for number, part in enumerate(parts)}
    colors = sorted({part.color for part in parts})
    nodes: list[dict[str, object]] = []
    for number, part in enumerate(parts):
        nodes.append({"name": part.name, "mesh": number, "translation": list(part.at)})
    for number, part in enumerate(parts):
        if part.parent:
            children = nodes[names[part.parent]].setdefault("children", [])
            assert isinstance(children, list)
            children.append(number)
    document: dict[str, object] = {
        "asset": {"version": "2.0", "generator": "office-studio"},
        "scene": 0,
        "scenes": [{"nodes": [number for number, part in enumerate(parts) if not part.parent]}],
        "nodes": nodes,
        "meshes": [_mesh(binary, part, colors.index(part.color)) for part in parts],
        "materials": [_material(color) for color in colors],
    }
    if clips:
        document["animations"] = [_animation(binary, name, tracks, names) for name, tracks in clips.items()]
    document |= {"bufferViews": binary.views, "accessors": binary.accessors}
    document["buffers"] = [{"byteLength": len(binary.data)}]
    text = json.dumps(document, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 4)
    body = (
        struct.pack("<I4s", len(text), b"JSON") + text + struct.pack("<I4s", len(binary.data), b"BIN\0") + binary.data
    )
    return struct.pack("<4sII", b"glTF", 2, 12 + len(body)) + body


def _mesh(binary: _Binary, part: Part, material: int) -> dict[str, object]:
    half = [side / 2 for side in part.size]
    points: list[list[float]] = []
    normals: list[list[float]] = []
    triangles: list[list[float]] = []
    for normal, corners in _SIDES:
        start = len(points)
        points += [[part.centre[i] + corner[i] * half[i] for i in range(3)] for corner in corners]
        normals += [list(normal)] * 4
        triangles += [[start + index] for index in (0, 1, 2, 0, 2, 3)]
    attributes = {"POSITION": binary.add(points, "VEC3", _ARRAY), "NORMAL": binary.add(normals, "VEC3", _ARRAY)}
    indices = binary.add(triangles, "SCALAR", _ELEMENTS, short=True)
    return {"name": part.name, "primitives": [{"attributes": attributes, "indices": indices, "material": material}]}


def _material(color: str) -> dict[str, object]:
    srgb = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in srgb]
    surface = {"baseColorFactor": [*(round(c, 6) for c in linear), 1], "metallicFactor": 0, "roughnessFactor": 0.9}
    return {"name": color, "pbrMetallicRoughness": surface}


def _animation(binary: _Binary, name: str, tracks: Iterable[Track], names: Mapping[str, int]) -> dict[str, object]:
    samplers: list[dict[str, object]] = []
    channels: list[dict[str, object]] = []
    for track in tracks:
        times = binary.add([[time] for time in track.times_s], "SCALAR")
        values = binary.add(track.values, "VEC4" if track.path == "rotation" else "VEC3")
        channels.append({"sampler": len(samplers), "target": {"node": names[track.part], "path": track.path}})
        samplers.append({"input": times, "interpolation": "LINEAR", "output": values})
    return {"name": name, "samplers": samplers, "channels": channels}
