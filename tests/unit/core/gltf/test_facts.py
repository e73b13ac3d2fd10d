"""What is told of a model: numbers worked out by hand for the small models of the tests."""

from __future__ import annotations

import math
from pathlib import Path

import msgspec
import pytest

from office_studio.core.gltf.animation import clips
from office_studio.core.gltf.convert import convert
from office_studio.core.gltf.facts import ModelFacts3D, box_of
from office_studio.core.gltf.model import read_glb
from office_studio.core.gltf.pose import rest_pose
from office_studio.errors import ModelError

MODELS = Path(__file__).parents[3] / "fixtures" / "models"


def no_file(uri: str) -> bytes:
    raise ModelError("MODEL_FILE_MISSING", "none.")


def made(name: str):
    return convert((MODELS / f"{name}.glb").read_bytes(), no_file)


def test_a_skinned_bar_with_its_clips():
    facts = made("bar").facts
    assert facts.low == pytest.approx((-0.1, 0, -0.1))
    assert facts.high == pytest.approx((0.1, 2, 0.1))
    assert facts.height == pytest.approx(2)
    assert facts.joints == 2
    assert [(clip.name, clip.length_s, clip.nodes) for clip in facts.clips] == [("bend", 2, 1), ("still", 1, 1)]
    kinds = {node.name: (node.kind, node.parent) for node in facts.nodes}
    assert kinds == {"lower": ("joint", -1), "upper": ("joint", 0), "bar": ("skinned mesh", -1)}
    assert [(m.name, m.color, m.alpha) for m in facts.materials] == [("clay", (0.2, 0.5, 0.8, 1), "OPAQUE")]
    assert facts.problems == ()


def test_the_box_follows_the_skin_through_a_clip():
    model = read_glb(made("bar").glb)
    bend = clips(model)[0]
    box = box_of(model, bend.apply(1, rest_pose(model)))
    assert box is not None
    low, high = box
    assert low[0] == pytest.approx(-1, abs=1e-5)  # the upper half lies to the left
    assert high[1] == pytest.approx(1.1, abs=1e-5)


def test_a_light_is_told_where_it_shines():
    (light,) = made("light").facts.lights
    assert (light.kind, light.name, light.color, light.intensity, light.range) == (
        "point",
        "lamp",
        (1, 0.5, 0.25),
        5,
        10,
    )
    assert light.position == (0, 1, 0)
    assert light.direction == (0, 0, -1)


def test_textures_and_looks():
    facts = made("textured").facts
    assert [(t.width, t.height, t.decoded_bytes) for t in facts.textures] == [(4, 4, 4 * 4 * 4 * 4 // 3)]
    assert facts.materials[0].textures == (("baseColorTexture", 0),)
    assert made("unlit").facts.materials[0].is_unlit
    assert [m.alpha for m in made("blend").facts.materials] == ["OPAQUE", "BLEND"]
    assert made("mask").facts.materials[0].alpha == "MASK"
    assert made("colours-bare").facts.materials[0].metallic == 0
    assert made("morph").facts.morph_targets == 1


def test_facts_survive_being_kept():
    facts = made("light").facts
    assert msgspec.json.decode(msgspec.json.encode(facts), type=ModelFacts3D) == facts
    assert not math.isnan(facts.height)
