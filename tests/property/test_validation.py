"""No manifest, however mangled, and no bytes make the validator do anything but find faults; its fixes likewise."""

from __future__ import annotations

import copy
import json
import math
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from office_studio.core.theme.files import MemoryFiles
from office_studio.core.validation.audio import audio_facts
from office_studio.core.validation.engine import check_theme
from office_studio.core.validation.fixes.session import ChangedFiles, FixSession
from office_studio.core.validation.glb import glb_problem
from office_studio.core.validation.lint import parse_lint
from office_studio.core.validation.model_facts import model_facts
from office_studio.core.validation.report import Finding, Report, Severity
from office_studio.core.validation.rule import Profile
from office_studio.services.theme_schema import manifest_schema
from tests.unit.core.validation import samples

SHORT = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
FULL = settings(max_examples=10_000, deadline=None, suppress_health_check=list(HealthCheck))

_ODD = st.sampled_from(
    [None, True, False, 0, -1, 1, 0.5, 1e308, -1e308, 10**30, "", " ", "x", "../a", "/a", "a:b", "a\\b", "0x", "#fff",
     "background.png", "sheet.png", "desk-1", "up", "work", "idle", [],
     {}, [[]], [{}], {"x": 1}, {"": {}}, "\0", "é" * 200,
     [None], {"id": "a"}, {"frames": -1}, ["a", 1], 2**63, "theme.json", "room.glb", {"model": "room.glb"}, "{v}", "{"],
)  # fmt: skip
_JSON = st.recursive(
    _ODD | st.floats(allow_nan=False, allow_infinity=False) | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=8,
)
_PLACES = {
    "flat": [pointer for pointer, _ in samples.every_value(samples.flat().document)],
    "space": [pointer for pointer, _ in samples.every_value(samples.space().document)],
}
_RICH = samples.flat()
_RICH.document |= {
    "furniture": [samples.furniture()],
    "effects": [samples.effect(animation={"type": "pulse", "minOpacity": 0, "maxOpacity": 1}, blendMode="add")],
    "audio": {"ambient": {"src": "hum.wav", "volume": 1, "loop": True}},
    "quality": {"high": {"renderer": {"pixelRatio": 2}}, "performance": {"background": {"image": "background.png"}}},
    "navigation": {"floor": [[{"x": 0, "y": 0}, {"x": 9, "y": 0}, {"x": 9, "y": 9}]], "entrance": {"x": 1, "y": 1}},
}
_RICH.document["characters"] |= {"seatSprites": {"desk-1": {"idle": ["over.png"]}}, "variants": ["other.png"]}
_RICH.files |= {"plant.png": samples.picture(32, 32, "RGBA"), "hum.wav": samples.sound()}
_PLACES["rich"] = [pointer for pointer, _ in samples.every_value(_RICH.document)]
_SAMPLES = {"flat": samples.flat(), "space": samples.space(), "rich": _RICH}


def _find(value: Any, parts: list[str]) -> Any:
    for part in parts:
        if isinstance(value, list) and part.isdigit() and int(part) < len(value):
            value = value[int(part)]
        else:
            value = value.get(part) if isinstance(value, dict) else None
    return value


@st.composite
def mutations(draw: st.DrawFn) -> tuple[str, bytes]:
    """A good manifest of which up to four places are replaced, dropped or added to."""
    name = draw(st.sampled_from(sorted(_SAMPLES)))
    document = copy.deepcopy(_SAMPLES[name].document)
    for _ in range(draw(st.integers(1, 4))):
        parts = draw(st.sampled_from(_PLACES[name])).split("/")[1:]
        at = _find(document, parts[:-1])
        if not parts:
            document = draw(_JSON)
            break
        change = draw(st.sampled_from(["put", "drop", "add"]))
        if isinstance(at, dict):
            if change == "drop":
                at.pop(parts[-1], None)
            else:
                at[parts[-1] if change == "put" else draw(st.text(max_size=5))] = draw(_JSON)
        elif isinstance(at, list) and parts[-1].isdigit() and int(parts[-1]) < len(at):
            at[int(parts[-1])] = draw(_JSON)
    return name, json.dumps(document).encode()


def judge(name: str, raw: bytes) -> Report:
    files = MemoryFiles(_SAMPLES[name].files | {"theme.json": raw})
    report = check_theme(raw, files, profile=Profile.STORE, schema=manifest_schema())
    for finding in report.findings:
        assert isinstance(finding, Finding)
        assert finding.message
        assert finding.line is None or finding.line >= 1
    json.dumps(report.as_json())
    return report


def mutated(case: tuple[str, bytes]) -> None:
    name, raw = case
    report = judge(name, raw)
    assert check_theme(raw, None, profile=Profile.SERVER).profile == "server"
    session = FixSession(
        raw, ChangedFiles(MemoryFiles(_SAMPLES[name].files)), profile=Profile.STORE, schema=manifest_schema()
    )
    done = session.fix_all(safe_only=False) if report.theme or report.errors else []
    for applied in reversed(done):
        session.undo(applied)
    assert session.raw == raw
    assert {n: session.files.read(n) for n in session.files.names if n != "theme.json"} == _SAMPLES[name].files


def any_bytes(raw: bytes) -> None:
    report = judge("flat", raw)
    assert report.errors or raw == b"{}"
    assert isinstance(glb_problem(raw), str | None)
    assert not math.isnan(model_facts(raw).triangles)
    assert audio_facts(raw).size_bytes == len(raw)
    assert parse_lint(raw) is not None


def spoiled(case: tuple[str, bytes, int, bytes]) -> None:
    """Single bytes of a good file replaced: pictures, models and sounds."""
    name, raw, at, change = case
    at %= len(raw)
    data = raw[:at] + change + raw[at + len(change) :]
    sample = _SAMPLES["space" if name.endswith(".glb") else "rich"]
    manifest = json.dumps(sample.document).encode()
    files = MemoryFiles(sample.files | {name: data, "theme.json": manifest})
    report = check_theme(manifest, files, profile=Profile.STORE, schema=manifest_schema())
    assert all(isinstance(finding.severity, Severity) for finding in report.findings)


_FILES = [
    *((n, d) for n, d in _SAMPLES["space"].files.items() if n.endswith(".glb")),
    *((n, d) for n, d in _SAMPLES["rich"].files.items() if n != "background.png"),
]
_BYTES = st.binary(max_size=200) | st.text(alphabet='{}[]:,"\\ \nab01.-eE/*u', max_size=80).map(str.encode)
_SPOILED = st.tuples(st.sampled_from(_FILES), st.integers(0, 10**6), st.binary(min_size=1, max_size=8)).map(
    lambda t: (t[0][0], t[0][1], t[1], t[2])
)


@pytest.mark.parametrize("value", [[], {}, [{"id": []}], 1e308], ids=["list", "object", "nested", "number"])
@pytest.mark.parametrize("name", ["rich", "space"])
def test_every_place_of_a_manifest_may_hold_anything(name, value):
    sample = _SAMPLES[name]
    files = MemoryFiles(sample.files | {"theme.json": b"{}"})
    cache: dict[tuple[str, str], Any] = {}
    for pointer in _PLACES[name][1:]:
        document = copy.deepcopy(sample.document)
        *above, last = pointer.split("/")[1:]
        at = _find(document, above)
        at[int(last) if isinstance(at, list) else last] = value
        report = check_theme(json.dumps(document).encode(), files, profile=Profile.STORE, cache=cache)
        assert report.profile == "store"


@SHORT
@given(mutations())
def test_mutated_manifests(case):
    mutated(case)


@SHORT
@given(_BYTES)
def test_any_bytes(raw):
    any_bytes(raw)


@SHORT
@given(_SPOILED)
def test_spoiled_files(case):
    spoiled(case)


@pytest.mark.full
@pytest.mark.timeout(7200)
@FULL
@given(mutations())
def test_ten_thousand_mutated_manifests(case):
    mutated(case)


@pytest.mark.full
@pytest.mark.timeout(7200)
@FULL
@given(_BYTES)
def test_ten_thousand_strings_of_bytes(raw):
    any_bytes(raw)


@pytest.mark.full
@pytest.mark.timeout(7200)
@FULL
@given(_SPOILED)
def test_ten_thousand_spoiled_files(case):
    spoiled(case)
