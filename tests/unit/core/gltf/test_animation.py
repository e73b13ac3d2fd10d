"""Clips sampled at a time: numbers worked out by hand, and real characters."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from office_studio.core.gltf.animation import clips, node_names, plain_clips, retarget
from office_studio.core.gltf.convert import convert
from office_studio.core.gltf.model import Model, read_glb
from office_studio.core.gltf.pose import blend, rest_pose, slerp, world_matrices
from office_studio.errors import ModelError
from tests.unit.core.gltf.building import Builder

MODELS = Path(__file__).parents[3] / "fixtures" / "models"
HALF = math.sqrt(0.5)


def moved(path, times, rows, interpolation="LINEAR", dtype="<f4", **more):
    builder = Builder()
    builder.add("nodes", {"name": "box"})
    builder.clip(0, path, times, builder.accessor(rows, dtype, **more), interpolation)
    (clip,) = clips(builder.model())
    assert clip.problems == ()
    return clip


def turned(degrees: float) -> tuple[float, float, float, float]:
    """About Z."""
    half = math.radians(degrees) / 2
    return (0.0, 0.0, math.sin(half), math.cos(half))


@pytest.mark.parametrize(
    ("time_s", "x"), [(-1, 0), (0, 0), (0.5, 2), (1, 4), (1.5, 5), (2, 6), (9, 6)], ids=lambda v: str(v)
)
def test_linear_values_lie_on_the_line_and_hold_at_the_ends(time_s, x):
    clip = moved("translation", [0, 1, 2], [(0, 0, 1), (4, 0, 1), (6, 0, 1)])
    assert clip.length_s == 2
    assert clip.sample(time_s)[0].translation == pytest.approx((x, 0, 1))


@pytest.mark.parametrize(("time_s", "x"), [(0, 1), (0.99, 1), (1, 2), (1.5, 2), (3, 3)])
def test_steps_hold_until_the_next_key(time_s, x):
    clip = moved("scale", [0, 1, 2], [(1, 1, 1), (2, 1, 1), (3, 1, 1)], "STEP")
    assert clip.sample(time_s)[0].scale == pytest.approx((x, 1, 1))


@pytest.mark.parametrize("time_s", [0, 0.25, 0.5, 1, 1.5, 2])
def test_cubic_splines_follow_the_parabola_whose_tangents_they_have(time_s):
    # x = t² over two spans of different length: a cubic spline through it is exact.
    times = [0, 0.5, 2]
    rows = [(value, 0, 0) for t in times for value in (2 * t, t * t, 2 * t)]
    clip = moved("translation", times, rows, "CUBICSPLINE")
    assert clip.sample(time_s)[0].translation == pytest.approx((time_s**2, 0, 0))


def test_turns_go_the_shorter_way_at_an_even_pace():
    minus = tuple(-value for value in turned(80))
    clip = moved("rotation", [0, 1], [turned(0), minus])
    for share in (0.1, 0.5, 0.9):
        found = np.array(clip.sample(share)[0].rotation)
        assert abs(found @ turned(80 * share)) == pytest.approx(1, abs=1e-7)


def test_a_cubic_turn_is_of_unit_length():
    still = (0, 0, 0, 0)
    clip = moved("rotation", [0, 1], [still, turned(0), still, still, turned(90), still], "CUBICSPLINE")
    assert clip.sample(0.5)[0].rotation == pytest.approx(turned(45), abs=1e-6)
    assert np.linalg.norm(clip.sample(0.3)[0].rotation) == pytest.approx(1)


@pytest.mark.parametrize(("dtype", "most"), [("i1", 127), ("<i2", 32767)])
def test_signed_integers_are_normalised(dtype, most):
    rows = [(0, 0, 0, most), (0, 0, most, 0)]
    clip = moved("rotation", [0, 1], rows, dtype=dtype, normalized=True)
    assert clip.sample(0.5)[0].rotation == pytest.approx((0, 0, HALF, HALF), abs=1e-6)


def test_weights_belong_to_the_targets_of_the_mesh():
    builder = Builder()
    target = {"POSITION": builder.accessor([(0, 0, 0)] * 3)}
    builder.add("meshes", {"primitives": [{"attributes": {}, "targets": [target, target]}], "weights": [0.5, 0]})
    builder.add("nodes", {"mesh": 0})
    builder.clip(0, "weights", [0, 1], builder.accessor([0, 255, 255, 0], "u1", normalized=True))
    model = builder.model()
    (clip,) = clips(model)
    assert clip.sample(0.25)[0].weights == pytest.approx((0.25, 0.75))
    assert rest_pose(model).weights[0].tolist() == [0.5, 0]
    assert clip.apply(0.25, rest_pose(model)).weights[0] == pytest.approx([0.25, 0.75])


@pytest.mark.parametrize(
    ("times", "rows", "why"),
    [
        ([0, 1], [(0, 0, 0)] * 3, "2 times and 9 numbers"),
        ([1, 0], [(0, 0, 0)] * 2, "run back"),
        ([0, math.nan], [(0, 0, 0)] * 2, "not a number"),
        ([0, 1], [(0, 0, 0), (math.inf, 0, 0)], "infinite"),
    ],
)
def test_a_channel_that_cannot_be_used_is_left_out_and_named(times, rows, why):
    builder = Builder()
    builder.add("nodes", {"name": "box"})
    builder.clip(0, "translation", times, builder.accessor(rows))
    (clip,) = clips(builder.model())
    assert clip.sample(0.5) == {}
    assert len(clip.problems) == 1
    assert why in clip.problems[0]


def test_local_time_wraps_or_holds():
    clip = moved("translation", [0, 2], [(0, 0, 0), (1, 0, 0)])
    assert clip.local_time(5) == 1
    assert clip.local_time(5, is_looping=False) == 2
    assert clip.local_time(-1, is_looping=False) == 0


def test_the_bar_bends_at_its_upper_joint():
    model = read_glb((MODELS / "bar.glb").read_bytes())
    bend, still = clips(model)
    rest, upper = rest_pose(model), node_names(model).index("upper")
    assert (bend.name, bend.length_s, still.length_s) == ("bend", 2, 1)
    tip = world_matrices(model, bend.apply(1, rest))[upper] @ (0, 1, 0, 1)
    assert tip == pytest.approx((-1, 1, 0, 1), abs=1e-6)
    half = blend(bend.apply(1, rest), still.apply(0, rest), 0.5)
    assert half.rotations[upper] == pytest.approx(turned(45), abs=1e-6)


def test_what_only_one_of_two_clips_moves_fades_towards_rest():
    clip = moved("translation", [0, 1], [(4, 0, 0)] * 2)
    builder = Builder()
    builder.add("nodes", {"name": "box", "translation": [2, 0, 0]})
    rest = rest_pose(builder.model())
    assert blend(clip.apply(0, rest), rest, 0.25).translations[0] == pytest.approx((3.5, 0, 0))
    assert blend(clip.apply(0, rest), rest, 0).translations[0] == pytest.approx((4, 0, 0))
    assert blend(clip.apply(0, rest), rest, 1).translations[0] == pytest.approx((2, 0, 0))


def test_a_clip_is_carried_over_by_names():
    model = read_glb((MODELS / "bar.glb").read_bytes())
    bend = clips(model)[0]
    carried = retarget(bend, node_names(model), ("root", "upper", "upper"))
    assert carried.nodes == {1}
    assert carried.sample(1)[1].rotation == pytest.approx(turned(90), abs=1e-6)
    lost = retarget(bend, node_names(model), ("root",))
    assert lost.tracks == ()
    assert lost.problems == ('it moves "upper", which the other model does not have',)


def test_a_matrix_at_rest_is_taken_apart():
    builder = Builder()
    turn = [0, 2, 0, 0, -2, 0, 0, 0, 0, 0, 3, 0, 5, 6, 7, 1]  # columns: 90° about Z, scale 2, 2, 3
    builder.add("nodes", {"matrix": turn})
    rest = rest_pose(builder.model())
    assert rest.translations[0] == pytest.approx((5, 6, 7))
    assert rest.rotations[0] == pytest.approx(turned(90))
    assert rest.scales[0] == pytest.approx((2, 2, 3))


def test_slerp_of_opposite_turns_stays_finite():
    assert np.isfinite(slerp(np.array(turned(0)), np.array(turned(180)), 0.5)).all()


def test_real_characters_have_no_unusable_channel(shared_dir):
    lengths = {}
    for name in ("fox/Fox.glb", "robot/robot.glb", "kaykit-character/Mage.glb"):
        model = read_glb((shared_dir / "data" / "gltf" / "valid" / name).read_bytes())
        rest = rest_pose(model)
        for clip in clips(model):
            assert clip.problems == ()
            lengths[clip.name] = clip.length_s
            pose = clip.apply(clip.length_s / 3, rest)
            assert np.linalg.norm(pose.rotations, axis=1) == pytest.approx(1)
    assert lengths["Survey"] == pytest.approx(3.4167, abs=1e-3)
    assert len(lengths) == 93


def test_clips_of_a_converted_model_are_read_when_they_are_played(shared_dir):
    data = (shared_dir / "data" / "gltf" / "valid" / "fox" / "Fox.glb").read_bytes()
    model = read_glb(convert(data, lambda uri: b"").glb)
    now, later = clips(model), plain_clips(model)
    assert [(clip.name, clip.length_s) for clip in now] == [(clip.name, clip.length_s) for clip in later]
    assert [clip.sample(0.2) for clip in now] == [clip.sample(0.2) for clip in later]
    with pytest.raises(ModelError, match="does not say how long"):
        plain_clips(Model({"animations": [{"samplers": [{"input": 3}]}]}))
