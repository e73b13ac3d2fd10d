"""Whatever is done to a model's JSON or bytes: it converts to something sound, or is refused with a sentence."""

from __future__ import annotations

import copy
import json
import math
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from office_studio.core.gltf.animation import clips
from office_studio.core.gltf.convert import Converted, convert
from office_studio.core.gltf.model import Model, read_glb, write_glb
from office_studio.core.gltf.pose import blend, rest_pose, world_matrices
from office_studio.errors import ModelError
from office_studio.services.model_store import ModelStore
from tests.unit.core.gltf.building import Builder

MODELS = [read_glb(path.read_bytes()) for path in sorted((Path(__file__).parents[1] / "fixtures/models").glob("*.glb"))]
ODD = st.one_of(
    st.none(), st.booleans(), st.integers(-3, 80), st.sampled_from([2**31, 2**63, -(2**40), 1e300, 0.5, "", "VEC3"]),
    st.just([]), st.just({}), st.lists(st.integers(-2, 9), max_size=3),
)  # fmt: skip


def no_file(uri: str) -> bytes:
    raise ModelError("MODEL_FILE_MISSING", f'The model names "{uri}", which is not there.')


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every entry of a document."""
    keys = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [found for key, inner in keys for found in ((*path, key), *places(inner, (*path, key)))]


def changed(model: Model, path: tuple[Any, ...], value: Any, *, removes: bool) -> bytes:
    document = copy.deepcopy(model.document)
    at: Any = document
    for key in path[:-1]:
        at = at[key]
    if removes:
        del at[path[-1]]
    else:
        at[path[-1]] = value
    return write_glb(document, model.buffers[0])


def outcome(data: bytes) -> Converted | str:
    try:
        return convert(data, no_file)
    except ModelError as error:
        return f"{error.code} {error.message}"


def check_sound(data: bytes) -> None:
    made = outcome(data)
    if isinstance(made, str):
        assert made.startswith("MODEL_")
        assert made.endswith(".")
        return
    model, facts = read_glb(made.glb), made.facts
    rest = rest_pose(model)
    assert np.isfinite(world_matrices(model, rest)).all()
    for clip in clips(model):
        assert clip.problems == ()
        half = clip.apply(clip.length_s / 2, rest)
        assert np.isfinite(blend(half, rest, 0.3).rotations).all()
    assert convert(made.glb, no_file).facts.triangles == facts.triangles  # what came out is plain already
    if facts.low is not None and facts.high is not None:
        assert all(low <= high and math.isfinite(high - low) for low, high in zip(facts.low, facts.high, strict=True))


@settings(max_examples=150)
@given(st.data())
def test_one_odd_value_anywhere_is_survived(data):
    model = data.draw(st.sampled_from(MODELS))
    path = data.draw(st.sampled_from(places(model.document)))
    check_sound(changed(model, path, data.draw(ODD), removes=data.draw(st.booleans())))


@settings(max_examples=100)
@given(st.sampled_from(MODELS), st.integers(0, 2**32))
def test_noise_in_the_numbers_is_survived(model, seed):
    dice = random.Random(seed)
    raw = bytearray(model.buffers[0])
    for _ in range(dice.randint(1, 40)):
        raw[dice.randrange(len(raw))] = dice.randrange(256)
    check_sound(write_glb(model.document, bytes(raw)))


@settings(max_examples=100)
@given(st.binary(max_size=200))
def test_any_bytes_are_survived(data):
    check_sound(data)
    check_sound(b"glTF" + data)
    check_sound(b'{"asset":' + data)


@settings(max_examples=60)
@given(
    st.lists(st.floats(0, 100, width=32), min_size=2, max_size=8, unique=True),
    st.sampled_from(["LINEAR", "STEP", "CUBICSPLINE"]),
    st.integers(0, 2**32),
    st.floats(-5, 120),
)
def test_a_turn_is_of_unit_length_at_any_time_and_exact_at_its_keys(times, kind, seed, time_s):
    times = sorted(times)
    rows = np.random.default_rng(seed).normal(size=(len(times), 4))
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    values = np.stack([rows * 0, rows, rows * 0], axis=1).reshape(-1, 4) if kind == "CUBICSPLINE" else rows
    builder = Builder()
    builder.add("nodes", {"name": "a"})
    builder.clip(0, "rotation", times, builder.accessor(values), kind)
    (clip,) = clips(builder.model())
    found = clip.sample(time_s)[0].rotation
    assert found is not None
    assert math.isclose(math.hypot(*found), 1, abs_tol=1e-6) or (kind == "CUBICSPLINE" and found == (0, 0, 0, 1))
    for time, row in zip(clip.tracks[0].times_s, rows, strict=True):
        assert np.allclose(clip.sample(time)[0].rotation, row, atol=1e-5)


@pytest.mark.parametrize("name", ["playcanvas/heart_draco.glb", "transform/BoxMeshopt.glb", "pirate/pirate.glb"])
def test_spoilt_compression_is_refused_and_ends_nothing_but_the_program(shared_dir, tmp_path, name):
    data = (shared_dir / "data" / "gltf" / "valid" / name).read_bytes()
    start = 20 + int.from_bytes(data[12:16], "little") + 8
    dice, store = random.Random(7), ModelStore(tmp_path / "cache")
    seen = set()
    try:
        for number in range(25):
            raw = bytearray(data)
            for _ in range(dice.randint(1, 12)):
                raw[dice.randrange(start, len(raw))] = dice.randrange(256)
            path = tmp_path / f"{number}.glb"
            path.write_bytes(raw)
            try:
                store.prepare(path)
                seen.add("shown")
            except ModelError as error:
                seen.add(error.code)
    finally:
        store.close()
    assert seen <= {"shown", "MODEL_INVALID", "MODEL_TOO_LARGE", "MODEL_CRASHED"}
    assert json.dumps(sorted(seen))
