"""Real and hostile models of many tools: each is shown, or refused with a sentence, as the table beside this says.

``OFFICE_STUDIO_REFRESH_GOLDEN=1`` writes the table anew; look at every line that changed.
"""

from __future__ import annotations

import json
import os
import time
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from office_studio.core.gltf.animation import clips
from office_studio.core.gltf.facts import box_of
from office_studio.core.gltf.model import read_glb
from office_studio.core.gltf.pose import rest_pose
from office_studio.errors import ModelError
from office_studio.services.model_store import ModelStore

TABLE = Path(__file__).with_name("corpus_table.md")
MOST_S = 10.0
HEAD = """# Models of the corpus

Written by `test_corpus.py`. *Khronos*: errors that the glTF-Validator finds; – when it could not read the file. Refused
models have the code of the error, then its sentence; of those shown, what is shown otherwise than meant. Empty ones are
opened, and say that they show nothing: most models of the validator's own tests are a material or a node alone.
`valid/magnum/mesh-sparse.gltf` looks empty from the usual side: all of its triangles have one side only, and turn
it away; from below and behind (`render --camera=-1,-1,-1`) they are there.

"""
# Free of errors by the glTF-Validator, and refused all the same.
REFUSED_THOUGH_VALID = {
    "invalid/magnum/required-extensions-unsupported.gltf": "MODEL_EXTENSION",
    "valid/magnum/image-basis.gltf": "MODEL_EXTENSION",  # GOOGLE_texture_basis
    "valid/pipeline/box-shared-image-references/box-shared-image-references.gltf": "MODEL_EXTENSION",  # WebGL programs
    "validator-suite/root/named_objects.gltf": "MODEL_INVALID",  # its buffer has no data, which is legal
}


class Outcome(NamedTuple):
    word: str  # "shown", "empty" or the code of the error
    why: str
    triangles: int
    seconds: float
    path: Path | None


@pytest.fixture(scope="module")
def expected(shared_dir):
    return json.loads((shared_dir / "data" / "gltf" / "expected.json").read_text())


@pytest.fixture(scope="module")
def outcomes(shared_dir, expected, tmp_path_factory):
    store = ModelStore(tmp_path_factory.mktemp("models"), idle_s=60)
    found = {}
    try:
        for name in expected:
            path = shared_dir / "data" / "gltf" / name
            start = time.monotonic()
            try:
                made = store.prepare(path, path.parent)
            except ModelError as error:
                found[name] = Outcome(error.code, error.message, 0, time.monotonic() - start, None)
            else:
                why, spent = " ".join(made.facts.problems), time.monotonic() - start
                count = made.facts.triangles
                found[name] = Outcome("shown" if count else "empty", why, count, spent, made.path)
    finally:
        store.close()
    return found


def table(outcomes, expected) -> str:
    lines = [HEAD]
    for word, count in sorted(Counter(outcome.word for outcome in outcomes.values()).items()):
        lines.append(f"- {word}: {count}\n")
    lines.append("\n| Model | Khronos | Outcome | Triangles | Sentence |\n|---|---|---|---|---|\n")
    for name, outcome in outcomes.items():
        errors = expected[name]["validator"]["errors"]
        why = outcome.why.replace("|", "\\|")
        lines.append(
            f"| `{name}` | {'–' if errors is None else errors} | {outcome.word} | {outcome.triangles} | {why} |\n"
        )
    return "".join(lines)


def test_every_model_ends_as_the_table_says(outcomes, expected):
    now = table(outcomes, expected)
    if os.environ.get("OFFICE_STUDIO_REFRESH_GOLDEN"):
        TABLE.write_text(now, encoding="utf-8")
    assert now == TABLE.read_text(encoding="utf-8")


def test_none_crashes_the_program_or_takes_too_long(outcomes):
    bad = ("MODEL_CRASHED", "MODEL_TIMEOUT", "MODEL_UNCONVERTED", "MODEL_UNWRITTEN", "MODEL_NOT_FOUND")
    assert {name: outcome.word for name, outcome in outcomes.items() if outcome.word in bad} == {}
    assert all(o.why.endswith(".") for o in outcomes.values() if o.path is None or o.word == "empty")
    assert {name: outcome.seconds for name, outcome in outcomes.items() if outcome.seconds > MOST_S} == {}


def test_what_the_validator_finds_sound_is_shown(outcomes, expected):
    sound = {name for name, entry in expected.items() if entry["validator"]["errors"] == 0}
    assert {name: outcomes[name].word for name in sound if outcomes[name].path is None} == REFUSED_THOUGH_VALID


def test_what_common_loaders_accept_is_shown_unless_a_file_or_an_extension_is_missing(outcomes):
    refused = {n: o.word for n, o in outcomes.items() if n.startswith("valid/") and o.path is None}
    assert set(refused.values()) <= {"MODEL_EXTENSION", "MODEL_FILE_MISSING", "MODEL_VERSION"}
    assert [name for name, word in refused.items() if word == "MODEL_VERSION"] == [
        "valid/pipeline/box-1.0/box-textured-embedded.gltf"
    ]


def test_triangles_are_counted_as_the_validator_does_or_more_where_meshes_are_drawn_twice(outcomes, expected):
    shown = {name: outcome.triangles for name, outcome in outcomes.items() if outcome.word == "shown"}
    counts = {name: expected[name]["triangles"] or 0 for name in shown}
    assert len(shown) > 110
    assert sum(shown[name] > count for name, count in counts.items()) < 12
    # Four of its meshes have nothing but indices.
    assert [name for name, count in counts.items() if shown[name] < count] == ["valid/magnum/mesh-sparse.gltf"]
    empty = {name for name, outcome in outcomes.items() if outcome.word == "empty" and name.startswith("valid/")}
    assert {name for name in empty if expected[name]["triangles"]} == set()


@pytest.mark.parametrize(
    "name",
    ["transform/BoxDraco.gltf", "transform/BoxMeshopt.glb", "transform/BoxMeshopt.gltf", "trimesh/BoxInterleaved.glb"],
)
def test_a_packed_box_is_the_same_box(outcomes, name):
    plain, packed = (
        np.array(box_of(model, rest_pose(model)))
        for model in (
            read_glb(outcomes[f"valid/{each}"].path.read_bytes())
            for each in ("transform/box_gltf-binary/Box.glb", name)
        )
    )
    assert np.ptp(packed, axis=0) == pytest.approx(np.ptp(plain, axis=0), abs=2e-3)
    assert outcomes[f"valid/{name}"].triangles == 12


def test_what_comes_out_is_plain(outcomes):
    plain = {"KHR_lights_punctual", "KHR_materials_emissive_strength", "KHR_materials_unlit", "KHR_texture_transform"}
    for outcome in outcomes.values():
        if outcome.path is None:
            continue
        model = read_glb(outcome.path.read_bytes())
        assert "extensionsRequired" not in model.document
        assert set(model.document.get("extensionsUsed", ())) <= plain
        assert not any("sparse" in accessor for accessor in model.items("accessors"))
        assert not any("uri" in item for key in ("buffers", "images") for item in model.items(key))
        names = [node["name"] for node in model.items("nodes")]
        assert len(set(names)) == len(names)
        assert all(clip.problems == () for clip in clips(model))
