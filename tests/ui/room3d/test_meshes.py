"""Meshes packed for drawing: nothing is lost, nothing turned inside out, few batches."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from office_studio.core.gltf.animation import clips
from office_studio.core.gltf.model import Model, read_glb
from office_studio.core.gltf.pose import rest_pose
from office_studio.errors import ModelError
from office_studio.ui.room3d.batches import facing, merged, placed
from office_studio.ui.room3d.meshes import read_shape

MODELS = Path(__file__).parents[2] / "fixtures" / "models"


def model(name: str) -> Model:
    return read_glb((MODELS / f"{name}.glb").read_bytes())


def outward(points: np.ndarray, indices: np.ndarray) -> np.ndarray:
    """For each triangle, whether its front looks away from the middle of its own part (x above or below 0)."""
    a, b, c = (points[indices[corner::3]] for corner in range(3))
    middle = np.where(a[:, :1] > 0, 2.0, -2.0) * np.array([1.0, 0, 0])
    return np.einsum("ij,ij->i", np.cross(b - a, c - a), (a + b + c) / 3 - middle) > 0


def mirrored_pair() -> Model:
    """The cube at x = 2, and its mirror image at x = -2, in one mesh."""
    found = model("cube")
    nodes = found.document["nodes"]
    nodes[0]["translation"] = [2, 0, 0]
    nodes.append({"mesh": 0, "name": "mirror", "scale": [-1, 1, 1], "translation": [-2, 0, 0]})
    found.document["scenes"][0]["nodes"] = [0, 1]
    return found


def test_parts_that_look_alike_become_one_and_mirrored_ones_keep_their_outside():
    pair = mirrored_pair()
    shape = read_shape(pair)
    assert len(shape.batches) == 1
    assert shape.batches[0].triangles == 24
    palette = shape.skeleton.palette(rest_pose(pair))
    still = merged([placed(batch, palette, None) for batch in shape.batches])[0]
    assert outward(still.positions, still.indices).all()
    assert np.einsum("ij,ij->i", still.normals, still.positions - np.sign(still.positions[:, :1]) * [2, 0, 0]).min() > 0
    moved = facing(shape.batches[0], palette)  # as figures are drawn: corners stay, matrices move them later
    seen = np.einsum("nij,nj->ni", palette[moved.entries[:, 0]][:, :3, :3], moved.positions)
    seen += palette[moved.entries[:, 0]][:, :3, 3]
    assert outward(seen, moved.indices).all()


def test_bounds_of_a_moment_hold_everything():
    bar = model("bar")
    shape, rest = read_shape(bar), rest_pose(bar)
    bend = next(clip for clip in clips(bar) if clip.name == "bend")
    for moment_s in (0.0, 0.4, 1.0):
        pose = bend.apply(moment_s, rest)
        palette = shape.skeleton.palette(pose)
        low, high = shape.skeleton.bounds(palette)
        points = np.concatenate([placed(batch, palette, None).positions for batch in shape.batches])
        assert (points >= low - 1e-5).all()
        assert (points <= high + 1e-5).all()
        assert (high - low <= (points.max(axis=0) - points.min(axis=0)) * 1.6 + 0.1).all()


def test_strips_and_fans_are_triangles_in_the_end():
    found = model("unlit")
    primitive = found.document["meshes"][0]["primitives"][0]
    whole = read_shape(found).batches[0]
    del primitive["indices"]
    primitive["mode"] = 6  # a fan around the first corner: 0 1 2, 0 2 3
    assert read_shape(found).batches[0].indices.tolist() == whole.indices.tolist()
    primitive["mode"] = 5
    assert read_shape(found).batches[0].indices.tolist() == [0, 1, 2, 2, 1, 3]
    primitive["mode"] = 1
    shape = read_shape(found)
    assert not shape.batches
    assert "not drawn" in shape.problems[0]


@pytest.mark.parametrize(
    ("name", "spoil", "words"),
    [
        ("cube", lambda doc: doc["accessors"][0].update(type="VEC2"), "positions"),
        ("cube", lambda doc: doc["meshes"][0]["primitives"][0]["attributes"].update(NORMAL=2), "NORMAL"),
        ("bar", lambda doc: doc["skins"][0].update(joints=[]), "joints"),
        ("bar", lambda doc: doc["skins"][0].update(joints=[0]), "joint"),
        ("bar", lambda doc: doc["skins"][0].update(joints=[0, 99]), "99"),
    ],
)
def test_what_leads_nowhere_is_refused_by_name(name, spoil, words):
    found = model(name)
    spoil(found.document)
    with pytest.raises(ModelError) as caught:
        read_shape(found)
    assert caught.value.code == "MODEL_INVALID"
    assert words in caught.value.message
