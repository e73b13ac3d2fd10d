"""Batches of triangles: joined where they look alike, bent by morph targets, baked into place. Qt-free."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from office_studio.ui.room3d.looks import Surface

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Batch:
    """Triangles of one material. ``normals`` None: flat faces. ``colors``: base colour with the corner's own, linear.

    ``rough``: roughness and metalness by corner; None where a second set of texture coordinates needs the place.
    ``targets``: morph targets as (position offsets, normal offsets), all of mesh node ``node``.
    """

    surface: Surface
    positions: Array
    normals: Array | None
    colors: Array
    uv0: Array | None
    uv1: Array | None
    rough: Array | None
    entries: Array  # (n, 4) uint16 into the palette
    weights: Array  # (n, 4) float32
    indices: Array  # (m,) uint32
    node: int = -1
    targets: tuple[tuple[Array, Array | None], ...] = ()

    @property
    def triangles(self) -> int:
        return len(self.indices) // 3


def morphed(batch: Batch, weights: Array) -> tuple[Array, Array | None]:
    """Positions and normals under the weights of a moment; those missing count as 0."""
    positions, normals = batch.positions, batch.normals
    for (moved, turned), weight in zip(batch.targets, weights, strict=False):
        if weight:
            positions = positions + np.float32(weight) * moved
            if normals is not None and turned is not None:
                normals = normals + np.float32(weight) * turned
    return positions, normals


def placed(batch: Batch, palette: Array, weights: Array | None) -> Batch:
    """Baked into place: positions and normals as a palette puts them; faces turned inside out are turned back."""
    positions, normals = (batch.positions, batch.normals) if weights is None else morphed(batch, weights)
    blend = np.einsum("nk,nkij->nij", batch.weights, palette[batch.entries].astype(np.float32), optimize=True)
    seen = np.einsum("nij,nj->ni", blend[:, :3, :3], positions) + blend[:, :3, 3]
    indices = _turned_round(batch.indices, blend)
    if normals is not None:
        normals = _turned_normals(blend[:, :3, :3], normals)
    return replace(batch, positions=seen.astype(np.float32), normals=normals, indices=indices)


def facing(batch: Batch, palette: Array) -> Batch:
    """With the faces of mirrored parts turned back, for corners that a palette like this one will move later."""
    blend = np.einsum("nk,nkij->nij", batch.weights, palette[batch.entries].astype(np.float32), optimize=True)
    return replace(batch, indices=_turned_round(batch.indices, blend))


def _turned_round(indices: Array, blend: Array) -> Array:
    """Triangles whose matrix mirrors, the other way round."""
    triangles = indices.reshape(-1, 3)
    mirrored = np.linalg.det(blend[triangles[:, 0], :3, :3]) < 0
    if not mirrored.any():
        return indices
    triangles = triangles.copy()
    triangles[mirrored] = triangles[mirrored][:, ::-1]
    return triangles.reshape(-1)


def _turned_normals(blend: Array, normals: Array) -> Array:
    """By the cofactors, which is the inverse transpose without dividing by nothing."""
    a, b, c = blend[:, :, 0], blend[:, :, 1], blend[:, :, 2]
    cofactors = np.stack([np.cross(b, c), np.cross(c, a), np.cross(a, b)], axis=2)
    sign = np.sign(np.einsum("ni,ni->n", a, np.cross(b, c)))[:, None]
    turned = np.einsum("nij,nj->ni", cofactors, normals) * np.where(sign == 0, 1, sign)
    length = np.linalg.norm(turned, axis=1, keepdims=True)
    return np.asarray(turned / np.where(length > 0, length, 1), dtype=np.float32)


def merged(batches: list[Batch]) -> list[Batch]:
    """Those that look alike but for colour, roughness and metalness, joined."""
    return list(_merged(batches))


def _merged(batches: list[Batch]) -> Iterator[Batch]:
    groups: dict[Any, list[Batch]] = {}
    for number, batch in enumerate(batches):
        alone = batch.targets or batch.surface.alpha == "BLEND" or batch.rough is None
        key = (batch.surface, number) if alone else (_plain(batch.surface), batch.normals is None)
        groups.setdefault(key, []).append(batch)
    for members in groups.values():
        yield members[0] if len(members) == 1 else _joined(members)


def _plain(surface: Surface) -> Surface:
    """Without what corners carry."""
    return replace(surface, base=(1, 1, 1, 1), metallic=1.0, roughness=1.0)


def _joined(members: list[Batch]) -> Batch:
    starts = np.cumsum([0] + [len(batch.positions) for batch in members[:-1]])

    def all_of(name: str) -> Array | None:
        parts = [getattr(batch, name) for batch in members]
        return None if any(part is None for part in parts) else np.concatenate(parts)

    indices = [batch.indices + np.uint32(start) for batch, start in zip(members, starts, strict=True)]
    parts = {name: all_of(name) for name in ("positions", "normals", "colors", "uv0", "uv1", "rough")}
    return replace(
        members[0],
        **parts,
        entries=np.concatenate([batch.entries for batch in members]),
        weights=np.concatenate([batch.weights for batch in members]),
        indices=np.concatenate(indices),
    )
