"""No bytes that call themselves a model raise anything: the validator gives a verdict, and goes on with the next."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from office_studio.core.theme.files import missing
from office_studio.core.validation.model_facts import model_facts
from office_studio.services.gltf_validator import KhronosValidator, validator_script
from tests.unit.core.validation import samples

SHORT = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
FULL = settings(max_examples=10_000, deadline=None, suppress_health_check=list(HealthCheck))
GOOD = samples.model(1, ("idle",))
KEYS = st.sampled_from(["nodes", "meshes", "accessors", "buffers", "children", "mesh", "count", "uri", "asset", "skin"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS | st.text(max_size=4), inner, max_size=5),
    max_leaves=20,
)


@st.composite
def models(draw: st.DrawFn) -> bytes:
    """Random bytes, a good model with some bytes changed or its end cut off, or JSON of the right words."""
    kind = draw(st.integers(0, 2))
    if kind == 0:
        return draw(st.sampled_from([b"", b"glTF", b"glTF\2\0\0\0", b"{"])) + draw(st.binary(max_size=200))
    if kind == 1:
        data = bytearray(GOOD)
        for at, value in draw(st.lists(st.tuples(st.integers(0, len(GOOD) - 1), st.integers(0, 255)), max_size=6)):
            data[at] = value
        return bytes(data[: draw(st.integers(0, len(GOOD)))] if draw(st.booleans()) else data)
    document = {"asset": {"version": "2.0"}} | draw(st.dictionaries(KEYS, JSON, max_size=6))
    return json.dumps(document).encode()


@pytest.fixture(scope="module")
def validator() -> Iterator[KhronosValidator]:
    if not validator_script().is_file():
        pytest.skip("the glTF-Validator was not fetched: python packaging/fetch_gltf_validator.py")
    validator = KhronosValidator()
    yield validator
    validator.close()


def _no_files(uri: str) -> bytes:
    raise missing(uri)


def _judge(validator: KhronosValidator, data: bytes) -> None:
    assert model_facts(data).size_bytes == len(data)
    verdict = validator.check(data, "a.glb", _no_files)
    assert (verdict.is_conformant is None) == bool(verdict.unchecked)
    assert "stopped unexpectedly" not in verdict.unchecked
    assert "did not end" not in verdict.unchecked
    assert all(each.code and each.message for each in verdict.messages)


@SHORT
@given(data=models())
def test_any_model(validator: KhronosValidator, data: bytes) -> None:
    _judge(validator, data)


@pytest.mark.full
@pytest.mark.timeout(1500)  # five minutes on two free cores: 10 ms a model, and as much to make it up
@FULL
@given(data=models())
def test_any_model_often(validator: KhronosValidator, data: bytes) -> None:
    _judge(validator, data)
