"""Every model of the corpus through the Khronos glTF-Validator as the app asks it, and our structural checks."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from office_studio.core.validation.glb import glb_problem
from office_studio.core.validation.gltf_checker import MAX_MODEL_BYTES, ExternalFiles, GltfVerdict
from office_studio.core.validation.model_facts import model_facts
from office_studio.core.validation.report import Severity
from office_studio.core.validation.rules.khronos import TOLERATED
from office_studio.services.gltf_validator import KhronosValidator, validator_script
from office_studio.services.theme_loader import FolderFiles

_CORPUS = Path(os.environ.get("OFFICE_STUDIO_SHARED", Path(__file__).resolve().parents[4] / "shared")) / "data" / "gltf"
_LARGE_BYTES = 100_000  # seconds each
# Models of which we say otherwise than `expected.json` whether they conform, and why. 95 % must agree.
OUTCOMES: dict[str, str] = {}
# Models that fail as expected, but with another number of errors, and why.
COUNTS = {
    "invalid/magnum/mesh-invalid.gltf": "Qt's engine throws at a view that V8 accepts, so the validator gives up; "
    "our structural checks refuse the model",
    "validator-suite/node/infinite_transform.gltf": "V8 reads 1e999 as Infinity, which is twice out of range; "
    "for Qt's engine it is no JSON, which is one error",
}


def _expected() -> dict[str, Any]:
    try:
        loaded: dict[str, Any] = json.loads((_CORPUS / "expected.json").read_text("utf-8"))
    except OSError:
        return {}
    return loaded


EXPECTED = _expected()
_MODELS = [
    pytest.param(name, marks=pytest.mark.full if facts["bytes"] > _LARGE_BYTES else ())
    for name, facts in EXPECTED.items()
] or [pytest.param("", marks=pytest.mark.skip(f"the corpus is not at {_CORPUS}"))]


@pytest.fixture(scope="module")
def validator() -> Iterator[KhronosValidator]:
    if not validator_script().is_file():
        pytest.skip("the glTF-Validator was not fetched: python packaging/fetch_gltf_validator.py")
    validator = KhronosValidator()
    yield validator
    validator.close()


class Recorder:
    """The files beside a model, and which of them were given out."""

    def __init__(self, path: Path) -> None:
        self._files = FolderFiles(path.parent)
        self._external = ExternalFiles(self._files, path.name)
        self.given: list[bytes] = []

    def read(self, uri: str) -> bytes:
        content = self._external.read(uri)
        self.given.append(content)
        return content


def _conforms(verdict: GltfVerdict, data: bytes) -> bool:
    return glb_problem(data) is None if verdict.is_conformant is None else verdict.is_conformant


@pytest.mark.parametrize("name", _MODELS)
def test_model(name: str, validator: KhronosValidator) -> None:
    path, expected = _CORPUS / name, EXPECTED[name]["validator"]
    data = path.read_bytes()
    facts = model_facts(data)
    assert facts.size_bytes == len(data) <= MAX_MODEL_BYTES
    beside = Recorder(path)
    verdict = validator.check(data, path.name, beside.read)
    if beside.given:
        own = {file.read_bytes() for file in path.parent.rglob("*") if file.is_file()}
        assert set(beside.given) <= own, "a file outside the model's folder"

    expects_conformant = not expected["errors"] and expected["exception"] is None
    assert (_conforms(verdict, data) == expects_conformant) == (name not in OUTCOMES)
    errors = [message for message in verdict.messages if message.severity is Severity.ERROR]
    if expected["errors"] is not None and expected["errors"] < 50:
        assert (len(errors) == expected["errors"]) == (name not in COUNTS), [each.code for each in errors]
    if name not in COUNTS and expected["errorCodes"] and verdict.left_out == 0:
        assert {each.code for each in errors} == set(expected["errorCodes"])
    for message in verdict.messages:
        assert message.code
        assert message.message
        assert message.pointer is None or message.offset is None


def test_the_share_that_agrees_is_large_enough() -> None:
    if not EXPECTED:
        pytest.skip(f"the corpus is not at {_CORPUS}")
    assert len(EXPECTED) >= 340
    assert set(OUTCOMES) | set(COUNTS) <= set(EXPECTED)
    assert len(OUTCOMES) <= 0.05 * len(EXPECTED)


def test_what_is_forgiven_occurs_in_models_that_loaders_accept() -> None:
    if not EXPECTED:
        pytest.skip(f"the corpus is not at {_CORPUS}")
    accepted = [facts["validator"] for name, facts in EXPECTED.items() if name.startswith("valid/")]
    assert {code for each in accepted for code in each["errorCodes"] or ()} >= TOLERATED
