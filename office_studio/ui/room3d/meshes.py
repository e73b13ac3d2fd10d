"""The meshes of a model, packed for drawing: few batches, each one material and one run of triangles. Qt-free.

Every corner hangs on entries of one *palette* of matrices (model space of the rest pose to model space of a moment).
A skin brings an entry per joint; a mesh without one hangs on its node alone. So a figure is drawn with one list of
matrices, whatever it is made of, and a prop is baked into place with the same code.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from office_studio.core.gltf.accessors import read_array, read_floats
from office_studio.core.gltf.model import Json, Model, invalid, name_of, obj, objects, pick
from office_studio.core.gltf.pose import Pose, local_matrices, parents_of
from office_studio.ui.room3d.batches import Batch, merged
from office_studio.ui.room3d.looks import DEFAULT, PAINTED, Surface, read_surface

Array = NDArray[Any]
_TRIANGLES, _STRIP, _FAN = 4, 5, 6
_WEIGHT_SETS = 4  # influences a corner: as three.js and Qt draw


@dataclass(frozen=True, slots=True)
class Skeleton:
    """``levels``: node numbers from the roots outwards, with their parents. ``bind`` is multiplied to the right."""

    levels: tuple[tuple[Array, Array], ...]
    nodes: Array  # (p,) of the palette
    bind: Array  # (p, 4, 4)
    low: Array  # (p, 3) of the corners that hang on an entry, before ``bind``; nan where none does
    high: Array

    def palette(self, pose: Pose) -> Array:
        """(p, 4, 4) for a pose of this model."""
        world = local_matrices(pose)
        for nodes, parents in self.levels:
            world[nodes] = world[parents] @ world[nodes]
        return np.asarray(world[self.nodes] @ self.bind)

    def bounds(self, palette: Array) -> tuple[Array, Array] | None:
        """A box around everything in a moment, a little too large; None when there is nothing."""
        used = np.isfinite(self.low[:, 0])
        if not used.any():
            return None
        low, high, matrices = self.low[used], self.high[used], palette[used]
        picks = np.array([[(i >> axis) & 1 for axis in range(3)] for i in range(8)], dtype=bool)
        corners = np.where(picks[None], high[:, None], low[:, None])
        seen = np.einsum("pij,pkj->pki", matrices[:, :3, :3], corners) + matrices[:, None, :3, 3]
        return seen.min(axis=(0, 1)), seen.max(axis=(0, 1))


@dataclass(frozen=True, slots=True)
class Shape:
    batches: tuple[Batch, ...]
    skeleton: Skeleton
    problems: tuple[str, ...] = ()


def read_shape(model: Model) -> Shape:
    """Everything of the model's scene that has triangles.

    Raises:
        ModelError: MODEL_INVALID.
    """
    return _Reader(model).read()


class _Reader:
    def __init__(self, model: Model) -> None:
        self._model = model
        self._nodes = model.items("nodes")
        self._palette: list[tuple[int, Array]] = []
        self._skins: dict[int, tuple[int, int]] = {}  # skin -> first entry and count
        self._problems: list[str] = []

    def read(self) -> Shape:
        shown = self._shown()
        raw = [batch for number in shown for batch in self._of_node(number)]
        batches = tuple(merged(raw))
        count = len(self._palette)
        low, high = _entry_boxes(batches, count)
        skeleton = Skeleton(
            self._levels(),
            np.array([node for node, _ in self._palette], dtype=int),
            np.array([bind for _, bind in self._palette]).reshape(count, 4, 4),
            low,
            high,
        )
        return Shape(batches, skeleton, tuple(dict.fromkeys(self._problems)))

    def _shown(self) -> list[int]:
        """Nodes of the scene, parents first."""
        scenes = self._model.items("scenes")
        scene = pick(scenes, self._model.document.get("scene", 0))
        parents = parents_of(self._nodes)
        roots = [number for number in range(len(self._nodes)) if number not in parents]
        if scene is not None and isinstance(scene.get("nodes"), list):
            roots = [number for number in scene["nodes"] if isinstance(number, int) and 0 <= number < len(self._nodes)]
        found: list[int] = []
        open_ = list(reversed(roots))
        seen: set[int] = set()
        while open_:
            number = open_.pop()
            if number in seen:
                continue
            seen.add(number)
            found.append(number)
            open_ += reversed(_children(self._nodes, number))
        return found

    def _levels(self) -> tuple[tuple[Array, Array], ...]:
        parents = parents_of(self._nodes)
        depth: dict[int, int] = {}
        for number in range(len(self._nodes)):
            chain = [number]
            while chain[-1] in parents and chain[-1] not in depth and len(chain) <= len(self._nodes):
                chain.append(parents[chain[-1]])
            start = depth.get(chain[-1], 0)
            for step, member in enumerate(reversed(chain)):
                depth[member] = start + step
        deepest = max(depth.values(), default=0)
        levels = []
        for level in range(1, deepest + 1):
            members = [number for number, at in depth.items() if at == level]
            levels.append((np.array(members), np.array([parents[number] for number in members])))
        return tuple(levels)

    # -- one mesh ------------------------------------------------------------------------------------------
    def _of_node(self, number: int) -> Iterator[Batch]:
        node = self._nodes[number]
        mesh = pick(self._model.items("meshes"), node.get("mesh"))
        if mesh is None:
            return
        skin = self._skin(node.get("skin"))
        if skin is None:
            self._palette.append((number, np.eye(4)))
            skin = (len(self._palette) - 1, 1)
            is_skinned = False
        else:
            is_skinned = True
        for primitive in objects(mesh, "primitives"):
            batch = self._primitive(primitive, name_of(mesh, "mesh", int(node["mesh"])), skin, is_skinned, number)
            if batch is not None:
                yield batch

    def _skin(self, index: Any) -> tuple[int, int] | None:
        skin = pick(self._model.items("skins"), index)
        if skin is None:
            return None
        if index not in self._skins:
            joints = skin.get("joints")
            if not isinstance(joints, list) or not joints:
                raise invalid(f"skin {index} has no joints")
            for joint in joints:
                if pick(self._nodes, joint) is None:
                    raise invalid(f"skin {index} names node {joint!s:.20}, which does not exist")
            binds = np.broadcast_to(np.eye(4), (len(joints), 4, 4))
            if skin.get("inverseBindMatrices") is not None:
                what = f"the bind matrices of skin {index}"
                flat = read_floats(self._model, skin["inverseBindMatrices"], what)
                if flat.shape[0] < len(joints) or flat.shape[1] != 16:
                    raise invalid(f"{what} are {flat.shape[0]}; {len(joints)} are needed")
                binds = flat[: len(joints)].reshape(-1, 4, 4).transpose(0, 2, 1).astype(float)
            self._skins[index] = (len(self._palette), len(joints))
            self._palette += [(int(joint), np.array(bind)) for joint, bind in zip(joints, binds, strict=True)]
        return self._skins[index]

    def _primitive(
        self, data: Json, name: str, skin: tuple[int, int], is_skinned: bool, node: int
    ) -> Batch | None:  # fmt: skip
        mode = data.get("mode", _TRIANGLES)
        if mode not in (_TRIANGLES, _STRIP, _FAN):
            self._problems.append(f"points and lines of mesh {name} are not drawn")
            return None
        attributes = obj(data, "attributes")
        if "POSITION" not in attributes:
            return None
        positions = self._floats(attributes["POSITION"], 3, f"the positions of mesh {name}")
        count = len(positions)
        indices = self._indices(data, mode, count, name)
        if not count or not len(indices):
            return None
        extra = {
            key: self._attribute(attributes, key, count, widths, name)
            for key, widths in (("NORMAL", (3,)), ("TEXCOORD_0", (2,)), ("TEXCOORD_1", (2,)), ("COLOR_0", (3, 4)))
        }
        painted = extra["COLOR_0"]
        surface = read_surface(self._model, data.get("material")) or (DEFAULT if painted is None else PAINTED)
        entries, weights = self._influences(attributes, count, skin, is_skinned, name)
        used = {use.uv for _, use in surface.textures}
        return Batch(
            surface=surface,
            positions=positions,
            normals=extra["NORMAL"],
            colors=_colors(surface, painted, count),
            uv0=_uv(extra["TEXCOORD_0"], count) if 0 in used else None,
            uv1=_uv(extra["TEXCOORD_1"], count) if 1 in used else None,
            rough=None
            if 1 in used
            else np.tile(np.array([surface.roughness, surface.metallic], np.float32), (count, 1)),
            entries=entries,
            weights=weights,
            indices=indices,
            node=node,
            targets=self._targets(data, count, name),
        )

    def _floats(self, index: Any, width: int, what: str) -> Array:
        values = read_floats(self._model, index, what)
        if values.shape[1] != width:
            raise invalid(f"{what} have {values.shape[1]} parts instead of {width}")
        return values

    def _attribute(self, attributes: Json, key: str, count: int, widths: tuple[int, ...], name: str) -> Array | None:
        if key not in attributes:
            return None
        what = f"{key} of mesh {name}"
        values = read_floats(self._model, attributes[key], what)
        if len(values) != count or values.shape[1] not in widths:
            raise invalid(f"{what} are {len(values)} of {values.shape[1]} parts; the mesh has {count} corners")
        return values

    def _indices(self, data: Json, mode: int, count: int, name: str) -> Array:
        if data.get("indices") is None:
            indices = np.arange(count, dtype=np.uint32)
        else:
            what = f"the indices of mesh {name}"
            stored = read_array(self._model, data["indices"], what)
            if stored.shape[1] != 1 or stored.dtype.kind != "u":
                raise invalid(f"{what} are no whole numbers")
            indices = stored[:, 0].astype(np.uint32)
            if len(indices) and int(indices.max()) >= count:
                raise invalid(f"{what} reach corner {int(indices.max())} of {count}")
        if mode == _STRIP and len(indices) >= 3:
            rows = np.stack([indices[:-2], indices[1:-1], indices[2:]], axis=1)
            rows[1::2] = rows[1::2][:, (1, 0, 2)]
            return rows.reshape(-1)
        if mode == _FAN and len(indices) >= 3:
            first = np.full(len(indices) - 2, indices[0], dtype=np.uint32)
            return np.stack([first, indices[1:-1], indices[2:]], axis=1).reshape(-1)
        return indices[: len(indices) // 3 * 3]

    def _influences(
        self, attributes: Json, count: int, skin: tuple[int, int], is_skinned: bool, name: str
    ) -> tuple[Array, Array]:
        first, size = skin
        entries = np.zeros((count, _WEIGHT_SETS), dtype=np.uint16)
        weights = np.zeros((count, _WEIGHT_SETS), dtype=np.float32)
        if not is_skinned or "JOINTS_0" not in attributes or "WEIGHTS_0" not in attributes:
            entries[:] = first
            weights[:, 0] = 1
            return entries, weights
        joints = read_array(self._model, attributes["JOINTS_0"], f"the joints of mesh {name}")
        given = self._attribute(attributes, "WEIGHTS_0", count, (4,), name)
        assert given is not None
        if joints.shape != (count, _WEIGHT_SETS) or joints.dtype.kind != "u":
            raise invalid(f"the joints of mesh {name} are not four whole numbers for each of {count} corners")
        if count and int(np.where(given > 0, joints, 0).max()) >= size:
            raise invalid(f"mesh {name} names joint {int(joints.max())} of a skin with {size}")
        total = given.sum(axis=1, keepdims=True)
        weights[:] = np.where(total > 0, given / np.where(total > 0, total, 1), (1, 0, 0, 0))
        entries[:] = first + np.where(weights > 0, joints, 0)
        return entries, weights

    def _targets(self, data: Json, count: int, name: str) -> tuple[tuple[Array, Array | None], ...]:
        found: list[tuple[Array, Array | None]] = []
        for target in objects(data, "targets"):
            moved = self._attribute(target, "POSITION", count, (3,), f"{name}, morph target")
            turned = self._attribute(target, "NORMAL", count, (3,), f"{name}, morph target")
            found.append((np.zeros((count, 3), np.float32) if moved is None else moved, turned))
        return tuple(found)


def _entry_boxes(batches: tuple[Batch, ...], count: int) -> tuple[Array, Array]:
    low, high = np.full((count, 3), np.inf), np.full((count, 3), -np.inf)
    for batch in batches:
        reach = np.sum([np.abs(moved).max(axis=0) for moved, _ in batch.targets], axis=0) if batch.targets else 0.0
        for column in range(_WEIGHT_SETS):
            used = batch.weights[:, column] > 0
            np.minimum.at(low, batch.entries[used, column], batch.positions[used] - reach)
            np.maximum.at(high, batch.entries[used, column], batch.positions[used] + reach)
    empty = ~np.isfinite(low)
    low[empty], high[empty] = np.nan, np.nan
    return low, high


def _colors(surface: Surface, painted: Array | None, count: int) -> Array:
    colors = np.tile(np.array(surface.base, np.float32), (count, 1))
    if painted is not None:
        colors[:, : painted.shape[1]] *= painted
    return colors


def _uv(values: Array | None, count: int) -> Array:
    return np.zeros((count, 2), np.float32) if values is None else values


def _children(nodes: list[Json], number: int) -> list[int]:
    children = nodes[number].get("children")
    if not isinstance(children, list):
        return []
    return [child for child in children if isinstance(child, int) and 0 <= child < len(nodes)]
