"""The small models of the tests: as their script makes them, and faultless glTF."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from office_studio.core.theme.files import missing
from office_studio.services.gltf_validator import KhronosValidator, validator_script

FIXTURES = Path(__file__).parents[1] / "fixtures"
MODELS = sorted((FIXTURES / "models").glob("*.glb"))


def no_files(uri: str) -> bytes:
    raise missing(uri)


def test_the_script_makes_the_files_that_are_here(tmp_path):
    spec = importlib.util.spec_from_file_location("make_models", FIXTURES / "make_models.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    made = {p.name: p.read_bytes() for p in script.write(tmp_path)}
    assert made == {p.name: p.read_bytes() for p in MODELS}


@pytest.mark.skipif(not validator_script().is_file(), reason="the glTF-Validator was not fetched")
def test_the_khronos_validator_has_nothing_to_say():
    validator = KhronosValidator(limit_s=60)
    try:
        said = {p.name: validator.check(p.read_bytes(), p.name, no_files) for p in MODELS}
    finally:
        validator.close()
    assert {name: v.messages for name, v in said.items() if v.messages or not v.is_conformant or v.unchecked} == {}
