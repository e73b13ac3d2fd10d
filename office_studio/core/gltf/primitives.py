"""One primitive of a mesh as plain arrays: triangles, floats, everything inside its bounds."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from office_studio.core.gltf import draco
from office_studio.core.gltf.accessors import Array, read_array, read_floats
from office_studio.core.gltf.model import Json, Model, invalid, obj, objects

_TRIANGLES, _STRIP, _FAN = 4, 5, 6
_FURTHEST: Final = 1e12  # model units; beyond, floats have no room left for transforms
_KNOWN: Final = {"POSITION": (3,), "NORMAL": (3,), "TANGENT": (4,), "COLOR_0": (3, 4)}
_MAX_UV_SETS: Final = 4


@dataclass(slots=True)
class Piece:
    """Corners and triangles. ``attributes`` are float32 (count, width), ``JOINTS_0`` uint16 (count, 4)."""

    attributes: dict[str, Array]
    indices: Array  # (3 × triangles,) uint32
    targets: list[dict[str, Array]] = field(default_factory=list)  # offsets
    problems: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        return len(self.attributes["POSITION"])

    @property
    def triangles(self) -> int:
        return len(self.indices) // 3


def read_piece(model: Model, primitive: Json, name: str, joints: int | None) -> Piece | str:
    """The primitive; a sentence when it shows nothing that can be drawn.

    Args:
        name: Of the mesh, for sentences.
        joints: Joints of the skin it is worn with, None without.
    Raises:
        ModelError: MODEL_INVALID.
    """
    mode = primitive.get("mode", _TRIANGLES)
    if isinstance(mode, bool) or not isinstance(mode, int) or not 0 <= mode <= 6:
        raise invalid(f"mesh {name} is drawn in mode {mode!s:.20}, which glTF 2.0 does not know")
    if mode < _TRIANGLES:
        return f"points and lines of mesh {name} are not drawn"
    if "POSITION" not in obj(primitive, "attributes"):
        return f"mesh {name} has no positions"
    if draco.EXTENSION in obj(primitive, "extensions"):
        packed, corners = draco.unpack(model, primitive, name)
        plain = {key: index for key, index in obj(primitive, "attributes").items() if key not in packed}
        attributes = _attributes(model, plain, name) | packed
        positions = attributes.get("POSITION")
        if positions is None or positions.shape[1] != 3:
            raise invalid(f"the packed mesh {name} has no positions")
        _check_indices(corners, len(positions), name)
        # Faces as the file's mode has them are triangles already: Draco knows no strips.
        piece = Piece(attributes, corners)
    else:
        attributes = _attributes(model, obj(primitive, "attributes"), name)
        piece = Piece(attributes, _triangles(_indices(model, primitive, len(attributes["POSITION"]), name), mode))
    _check_positions(piece, name)
    piece.attributes = _cleaned(piece, name)
    _set_influences(piece, name, joints)
    piece.targets = [_target(model, target, piece, name) for target in objects(primitive, "targets")]
    return piece


# -- attributes ------------------------------------------------------------------------------------------
def _attributes(model: Model, semantics: Json, name: str) -> dict[str, Array]:
    found: dict[str, Array] = {}
    for semantic, index in semantics.items():
        what = f"the {_WORDS.get(semantic, semantic[:30])} of mesh {name}"
        if semantic.startswith("JOINTS_"):
            found[semantic] = read_array(model, index, what)
        elif semantic in _KNOWN or semantic.startswith(("TEXCOORD_", "WEIGHTS_")):
            found[semantic] = read_floats(model, index, what, may_be_odd=True)
    return found


_WORDS: Final = {
    "POSITION": "positions",
    "NORMAL": "normals",
    "TANGENT": "tangents",
    "COLOR_0": "vertex colours",
    "TEXCOORD_0": "texture coordinates",
    "JOINTS_0": "joints",
    "WEIGHTS_0": "weights",
}


def _check_positions(piece: Piece, name: str) -> None:
    positions = piece.attributes["POSITION"]
    if positions.shape[1] != 3:
        raise invalid(f"the positions of mesh {name} have {positions.shape[1]} parts instead of 3")
    reach = max(abs(float(positions.max())), abs(float(positions.min()))) if piece.count else 0.0
    if not math.isfinite(reach):  # NaN wins every comparison of numpy's
        raise invalid(f"the positions of mesh {name} hold numbers that are infinite or not a number")
    if reach > _FURTHEST:
        raise invalid(f"mesh {name} reaches farther than {_FURTHEST:.0e} units")


def _cleaned(piece: Piece, name: str) -> dict[str, Array]:
    """Of the right size and finite; what is not is left out, as it only decorates."""
    kept: dict[str, Array] = {}
    for semantic, values in piece.attributes.items():
        is_influence = semantic.startswith(("JOINTS_", "WEIGHTS_"))
        widths = _widths(semantic)
        if not widths and not is_influence:
            continue
        if len(values) != piece.count or (widths and values.shape[1] not in widths):
            raise invalid(f"{semantic[:30]} of mesh {name} has {len(values)} × {values.shape[1]} numbers "
                          f"for {piece.count} corners")  # fmt: skip
        if values.dtype.kind == "f" and not np.isfinite(values).all():
            piece.problems.append(f"{semantic} of mesh {name} holds numbers that are infinite or not a number")
            values = np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0)
        kept[semantic] = values
    if "NORMAL" in kept and (np.linalg.norm(kept["NORMAL"], axis=1) < 1e-6).any():
        piece.problems.append(f"mesh {name} has normals of no length; its faces are drawn flat")
        del kept["NORMAL"]
    if "NORMAL" not in kept:
        kept.pop("TANGENT", None)
    return kept


def _widths(semantic: str) -> tuple[int, ...]:
    if semantic.startswith("TEXCOORD_"):
        number = semantic.removeprefix("TEXCOORD_")
        return (2,) if number.isdigit() and int(number) < _MAX_UV_SETS else ()
    return _KNOWN.get(semantic, ())


# -- triangles -------------------------------------------------------------------------------------------
def _indices(model: Model, primitive: Json, count: int, name: str) -> Array:
    if primitive.get("indices") is None:
        return np.arange(count, dtype=np.uint32)
    stored = read_array(model, primitive["indices"], f"the indices of mesh {name}")
    if stored.shape[1] != 1 or stored.dtype.kind != "u":
        raise invalid(f"the indices of mesh {name} are no whole numbers from 0 on")
    corners = stored[:, 0].astype(np.uint32, copy=False)
    _check_indices(corners, count, name)
    return corners


def _check_indices(corners: Array, count: int, name: str) -> None:
    if len(corners) and int(corners.max()) >= count:
        raise invalid(f"mesh {name} uses corner {int(corners.max())} and has {count}")


def _triangles(corners: Array, mode: int) -> Array:
    """Strips and fans taken apart (glTF 2.0, section 3.7.2.1)."""
    if mode == _TRIANGLES:
        return corners[: len(corners) // 3 * 3]
    if len(corners) < 3:
        return corners[:0]
    if mode == _STRIP:
        rows = np.stack([corners[:-2], corners[1:-1], corners[2:]], axis=1)
        rows[1::2] = rows[1::2][:, (0, 2, 1)]
        return rows.reshape(-1)
    first = np.full(len(corners) - 2, corners[0], dtype=np.uint32)
    return np.stack([first, corners[1:-1], corners[2:]], axis=1).reshape(-1)


# -- skins -----------------------------------------------------------------------------------------------
def _set_influences(piece: Piece, name: str, joints: int | None) -> None:
    """Four for each corner, their weights summing to 1; none at all without a skin."""
    groups: list[tuple[Array, Array]] = []
    number = 0
    while f"JOINTS_{number}" in piece.attributes and f"WEIGHTS_{number}" in piece.attributes:
        groups.append((piece.attributes[f"JOINTS_{number}"], piece.attributes[f"WEIGHTS_{number}"]))
        number += 1
    for semantic in [key for key in piece.attributes if key.startswith(("JOINTS_", "WEIGHTS_"))]:
        del piece.attributes[semantic]
    if joints is None or not groups:
        return
    for places, weights in groups:
        if places.shape[1] != 4 or weights.shape[1] != 4 or places.dtype.kind != "u":
            raise invalid(f"joints and weights of mesh {name} are not in fours")
    places = np.concatenate([group[0].astype(np.int64) for group in groups], axis=1)
    weights = np.maximum(np.concatenate([group[1] for group in groups], axis=1), 0)
    if len(groups) > 1:
        piece.problems.append(f"mesh {name} hangs on more than 4 joints a corner; the strongest 4 count")
        strongest = np.argsort(-weights, axis=1, kind="stable")[:, :4]
        places, weights = np.take_along_axis(places, strongest, 1), np.take_along_axis(weights, strongest, 1)
    used = np.where(weights > 0, places, 0)
    if piece.count and int(used.max()) >= joints:
        raise invalid(f"mesh {name} hangs on joint {int(used.max())} of a skin with {joints}")
    total = weights.sum(axis=1, keepdims=True)
    # As three.js does: a corner without weights hangs on its first joint.
    used[:, 0] = np.where(total[:, 0] > 0, used[:, 0], np.minimum(places[:, 0], joints - 1))
    piece.attributes["JOINTS_0"] = used.astype("<u2")
    shares = np.where(total > 0, weights / np.where(total > 0, total, 1), (1, 0, 0, 0))
    piece.attributes["WEIGHTS_0"] = shares.astype(np.float32)


# -- morph targets ---------------------------------------------------------------------------------------
def _target(model: Model, data: dict[str, Any], piece: Piece, name: str) -> dict[str, Array]:
    found: dict[str, Array] = {}
    for semantic in ("POSITION", "NORMAL"):
        if semantic not in data or semantic not in piece.attributes:
            continue
        offsets = read_floats(model, data[semantic], f"a morph target of mesh {name}")
        if offsets.shape != (piece.count, 3):
            raise invalid(f"a morph target of mesh {name} has {len(offsets)} corners instead of {piece.count}")
        found[semantic] = offsets
    return found
