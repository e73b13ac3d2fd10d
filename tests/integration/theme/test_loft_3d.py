"""The bundled live room: budgets, clips that loop without a jump, places that are free and apart."""

from __future__ import annotations

import itertools
import json
import math
import struct

import pytest

from office_studio.core.room3d.clips import ONE_SHOTS, WORKING, clip_table
from office_studio.core.validation.glb import read_model
from office_studio.paths import bundled_themes_dir

FOLDER = bundled_themes_dir() / "loft-3d"
THEME = json.loads((FOLDER / "theme.json").read_text(encoding="utf-8"))
CHARACTER = THEME["character"]
FIGURES = [CHARACTER["model"], *CHARACTER["variants"]]
MODELS = {name: read_model((FOLDER / name).read_bytes()) for name in sorted(p.name for p in FOLDER.glob("*.glb"))}
ROOM, LIGHT = THEME["room"]["model"], THEME["quality"]["performance"]["room"]["model"]
# The ten that an office needs; by the key under which the office asks for them.
NEEDED = {"idle", "walk", "type", "sit", "talk", "blocked", "sleeping", "wave", "stand_up", "walk_to_sit", "lie_down"}


def document(name: str) -> dict:
    return MODELS[name][0]


def triangles(name: str) -> int:
    doc = document(name)
    return sum(doc["accessors"][p["indices"]]["count"] // 3 for m in doc["meshes"] for p in m["primitives"])


def rows(name: str, index: int) -> list[tuple[float, ...]]:
    """Values of a float accessor."""
    doc, binary = MODELS[name]
    accessor = doc["accessors"][index]
    view = doc["bufferViews"][accessor["bufferView"]]
    width = {"SCALAR": 1, "VEC3": 3, "VEC4": 4}[accessor["type"]]
    start = view.get("byteOffset", 0) + accessor.get("byteOffset", 0)
    return list(struct.iter_unpack(f"<{width}f", binary[start : start + accessor["count"] * width * 4]))


def ends(name: str, clip: str) -> tuple[dict, dict]:
    """Pose of the first and of the last key of a clip: (joint, path) to value."""
    doc = document(name)
    animation = next(a for a in doc["animations"] if a["name"] == clip)
    first, last = {}, {}
    for channel in animation["channels"]:
        values = rows(name, animation["samplers"][channel["sampler"]]["output"])
        key = doc["nodes"][channel["target"]["node"]]["name"], channel["target"]["path"]
        first[key], last[key] = values[0], values[-1]
    return first, last


def apart(a: dict, b: dict) -> float:
    """Largest difference of two poses; a quaternion and its negative are the same turn."""
    assert a.keys() == b.keys()
    found = 0.0
    for key in a:
        signs = (1, -1) if key[1] == "rotation" else (1,)
        found = max(found, min(max(abs(x - s * y) for x, y in zip(a[key], b[key], strict=True)) for s in signs))
    return found


def test_models_keep_their_budgets():
    assert set(MODELS) == {ROOM, LIGHT, *FIGURES}
    for name, size, count in ((ROOM, 5e6, 150_000), (LIGHT, 2.5e6, 75_000)):
        assert (FOLDER / name).stat().st_size <= size
        assert 10_000 < triangles(name) <= count
        assert len(document(name)["materials"]) == 1  # one draw call
    assert triangles(LIGHT) <= triangles(ROOM) / 2
    for name in FIGURES:
        assert (FOLDER / name).stat().st_size <= 1e6
        assert triangles(name) <= 20_000


@pytest.mark.parametrize("name", FIGURES)
def test_every_figure_has_every_clip_on_the_same_joints(name):
    doc, reference = document(name), document(CHARACTER["model"])
    assert len(doc["skins"]) == 1
    lengths = {a["name"]: a["duration"] for a in facts(name)}
    table = clip_table(CHARACTER["animations"], lengths)
    assert set(table.clips) >= NEEDED
    assert table.first(WORKING) == "type"
    assert set(CHARACTER["animations"].values()) <= set(lengths)
    assert lengths == {a["name"]: a["duration"] for a in facts(CHARACTER["model"])}
    joints = [[d["nodes"][j]["name"] for j in d["skins"][0]["joints"]] for d in (doc, reference)]
    assert joints[0] == joints[1]


def facts(name: str) -> list[dict]:
    """Clips with their lengths, from the clocks of their channels."""
    doc = document(name)
    return [
        {"name": a["name"], "duration": max(doc["accessors"][s["input"]]["max"][0] for s in a["samplers"])}
        for a in doc["animations"]
    ]


def test_figures_differ_in_shape_not_only_in_colour():
    assert len({triangles(name) for name in FIGURES}) >= 4


def test_loops_end_where_they_begin_and_single_clips_join():
    name, keys = CHARACTER["model"], CHARACTER["animations"]
    pose = {key: ends(name, clip) for key, clip in keys.items()}
    assert {key: gap for key in keys if key not in ONE_SHOTS and (gap := apart(*pose[key])) > 1e-4} == {}
    assert apart(pose["walk_to_sit"][0], pose["idle"][0]) < 1e-4
    assert apart(pose["walk_to_sit"][1], pose["lie_down"][0]) < 1e-4
    assert apart(pose["lie_down"][1], pose["sleeping"][0]) < 1e-4
    assert apart(pose["stand_up"][0], pose["sleeping"][0]) < 1e-4
    assert apart(pose["stand_up"][1], pose["idle"][0]) < 1e-4


def test_every_clip_sets_every_joint_that_any_clip_moves():
    name = CHARACTER["model"]
    sets = {frozenset(ends(name, a["name"])[0]) for a in document(name)["animations"]}
    assert len(sets) == 1


def test_every_slot_has_places_of_its_own_inside_the_room():
    low, high = bounds(ROOM)
    scale = THEME["room"]["scale"]
    kinds: dict[str, list] = {}
    for key, (x, y, z) in CHARACTER["positions"].items():
        assert low[0] * scale[0] < x < high[0] * scale[0]
        assert low[2] * scale[2] < z < high[2] * scale[2]
        assert y == 0
        assert key in CHARACTER["facings"]
        kinds.setdefault(key.split("-")[0], []).append((x, z))
    assert set(kinds) == {"desk", "meeting", "playground", "bed", "entrance"}
    for kind, spots in kinds.items():
        assert len(spots) == (1 if kind == "entrance" else THEME["maxAgents"])
        nearest = min((math.dist(a, b) for a, b in itertools.combinations(spots, 2)), default=1.0)
        assert nearest >= 0.3, kind  # heads are 0.285 wide


def bounds(name: str) -> tuple[list[float], list[float]]:
    doc = document(name)
    boxes = [doc["accessors"][p["attributes"]["POSITION"]] for m in doc["meshes"] for p in m["primitives"]]
    return [min(b["min"][k] for b in boxes) for k in range(3)], [max(b["max"][k] for b in boxes) for k in range(3)]
