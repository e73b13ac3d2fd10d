"""Where the nodes of a model are: at rest, in a moment of a clip, between two clips."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from office_studio.core.gltf.model import Json, Model, objects, pick

Doubles = NDArray[np.float64]
_ALMOST_ONE = 0.9995  # of a cosine; so close, a straight line between two turns differs by less than a float can tell


class NodePose(NamedTuple):
    """What a clip sets on one node, relative to its parent; None: it leaves that alone."""

    translation: tuple[float, float, float] | None = None  # model units
    rotation: tuple[float, float, float, float] | None = None  # unit quaternion x, y, z, w
    scale: tuple[float, float, float] | None = None
    weights: tuple[float, ...] | None = None  # of morph targets


@dataclass(slots=True)
class Pose:
    """All nodes of a model, relative to their parents. Rows follow the document's ``nodes``."""

    translations: Doubles  # (n, 3), model units
    rotations: Doubles  # (n, 4), unit quaternions x, y, z, w
    scales: Doubles  # (n, 3)
    weights: dict[int, Doubles] = field(default_factory=dict)  # node -> (targets,)

    def copy(self) -> Pose:
        return Pose(
            self.translations.copy(),
            self.rotations.copy(),
            self.scales.copy(),
            {node: weights.copy() for node, weights in self.weights.items()},
        )


def rest_pose(model: Model) -> Pose:
    """As the file has it, without any clip. Matrices are taken apart; a sheared one loses its shear."""
    nodes = model.items("nodes")
    pose = Pose(np.zeros((len(nodes), 3)), np.zeros((len(nodes), 4)), np.ones((len(nodes), 3)))
    pose.rotations[:, 3] = 1
    for number, node in enumerate(nodes):
        matrix = _numbers(node.get("matrix"), 16)
        if matrix is not None:
            # glTF writes columns first.
            parts = decomposed(np.array(matrix).reshape(4, 4).T)
            pose.translations[number], pose.rotations[number], pose.scales[number] = parts
            continue
        for key, width, rows in (
            ("translation", 3, pose.translations),
            ("rotation", 4, pose.rotations),
            ("scale", 3, pose.scales),
        ):
            values = _numbers(node.get(key), width)
            if values is not None:
                rows[number] = values
    pose.rotations = _unit(pose.rotations)
    pose.weights = _rest_weights(model)
    return pose


def blend(a: Pose, b: Pose, share: float) -> Pose:
    """Between two poses of one model: 0 is ``a``, 1 is ``b``. Turns take the shorter way round (slerp)."""
    if share <= 0:
        return a.copy()
    if share >= 1:
        return b.copy()
    rest = 1 - share
    weights = {
        node: rest * a.weights[node] + share * b.weights[node]
        for node in a.weights.keys() & b.weights.keys()
        if len(a.weights[node]) == len(b.weights[node])
    }
    return Pose(
        rest * a.translations + share * b.translations,
        slerp(a.rotations, b.rotations, share),
        rest * a.scales + share * b.scales,
        weights,
    )


def slerp(a: Doubles, b: Doubles, share: Any) -> Doubles:
    """Rows of unit quaternions, turned from ``a`` to ``b`` the shorter way. ``share``: number or column, 0 to 1."""
    cosine = np.einsum("...i,...i->...", a, b)
    b = np.where(cosine < 0, -1.0, 1.0)[..., None] * b
    cosine = np.abs(cosine)
    share = np.broadcast_to(np.asarray(share, dtype=float), cosine.shape)
    straight = cosine > _ALMOST_ONE
    angle = np.arccos(np.clip(cosine, 0, _ALMOST_ONE))
    sine = np.sin(angle)
    first = np.where(straight, 1 - share, np.sin((1 - share) * angle) / sine)
    second = np.where(straight, share, np.sin(share * angle) / sine)
    return _unit(first[..., None] * a + second[..., None] * b)


def local_matrices(pose: Pose) -> Doubles:
    """(n, 4, 4): each node in its parent; a point is a column."""
    x, y, z, w = pose.rotations.T
    matrices = np.zeros((len(x), 4, 4))
    matrices[:, 0, 0], matrices[:, 0, 1], matrices[:, 0, 2] = (
        1 - 2 * (y * y + z * z),
        2 * (x * y - z * w),
        2 * (x * z + y * w),
    )
    matrices[:, 1, 0], matrices[:, 1, 1], matrices[:, 1, 2] = (
        2 * (x * y + z * w),
        1 - 2 * (x * x + z * z),
        2 * (y * z - x * w),
    )
    matrices[:, 2, 0], matrices[:, 2, 1], matrices[:, 2, 2] = (
        2 * (x * z - y * w),
        2 * (y * z + x * w),
        1 - 2 * (x * x + y * y),
    )
    matrices[:, :3, :3] *= pose.scales[:, None, :]
    matrices[:, :3, 3] = pose.translations
    matrices[:, 3, 3] = 1
    return matrices


def world_matrices(model: Model, pose: Pose) -> Doubles:
    """(n, 4, 4): each node in its scene. Nodes must form trees, which ``read_glb`` has seen to."""
    nodes = model.items("nodes")
    local = local_matrices(pose)
    world = local.copy()
    parents = parents_of(nodes)
    open_ = [number for number in range(len(nodes)) if number not in parents]
    while open_:
        number = open_.pop()
        for child in _children(nodes[number]):
            world[child] = world[number] @ local[child]
            open_.append(child)
    return world


def parents_of(nodes: list[Json]) -> dict[int, int]:
    """Child to parent."""
    return {child: number for number, node in enumerate(nodes) for child in _children(node)}


def _children(node: Mapping[str, Any]) -> list[int]:
    children = node.get("children")
    return [child for child in children if isinstance(child, int)] if isinstance(children, list) else []


def decomposed(matrix: Doubles) -> tuple[Doubles, Doubles, Doubles]:
    """Translation, rotation (x, y, z, w) and scale of a 4×4 matrix (column vectors); shear is lost."""
    linear = matrix[:3, :3].copy()
    scale = np.linalg.norm(linear, axis=0)
    if np.linalg.det(linear) < 0:
        scale[0] = -scale[0]
    with np.errstate(divide="ignore", invalid="ignore"):
        turn = np.where(scale != 0, linear / scale, np.eye(3))
    return matrix[:3, 3].copy(), _quaternion(turn), scale


def _quaternion(m: Doubles) -> Doubles:
    """Of a rotation matrix, by its largest component (Shepperd's method)."""
    trace = m[0, 0] + m[1, 1] + m[2, 2]
    squares = np.array([1 + 2 * m[0, 0] - trace, 1 + 2 * m[1, 1] - trace, 1 + 2 * m[2, 2] - trace, 1 + trace])
    largest = int(np.argmax(squares))
    sums = {
        0: (squares[0], m[0, 1] + m[1, 0], m[0, 2] + m[2, 0], m[2, 1] - m[1, 2]),
        1: (m[0, 1] + m[1, 0], squares[1], m[1, 2] + m[2, 1], m[0, 2] - m[2, 0]),
        2: (m[0, 2] + m[2, 0], m[1, 2] + m[2, 1], squares[2], m[1, 0] - m[0, 1]),
        3: (m[2, 1] - m[1, 2], m[0, 2] - m[2, 0], m[1, 0] - m[0, 1], squares[3]),
    }
    return _unit(np.array(sums[largest]))


def _unit(rows: Doubles) -> Doubles:
    length = np.linalg.norm(rows, axis=-1, keepdims=True)
    nothing = np.zeros(rows.shape[-1])
    nothing[-1] = 1
    return np.where(length > 0, rows / np.where(length > 0, length, 1), nothing)


def _rest_weights(model: Model) -> dict[int, Doubles]:
    weights = {}
    for number, node in enumerate(model.items("nodes")):
        mesh = pick(model.items("meshes"), node.get("mesh"))
        count = max((len(objects(p, "targets")) for p in objects(mesh, "primitives")), default=0) if mesh else 0
        if mesh is not None and count:
            given = node.get("weights", mesh.get("weights"))
            values = _numbers(given, count)
            weights[number] = np.array(values) if values is not None else np.zeros(count)
    return weights


def _numbers(value: Any, count: int) -> list[float] | None:
    is_list = isinstance(value, list) and len(value) == count
    fits = is_list and all(isinstance(each, int | float) and not isinstance(each, bool) for each in value)
    return [float(each) for each in value] if fits else None
