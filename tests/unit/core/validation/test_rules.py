"""Rules on themes: historic ones with their documented findings, and one broken part at a time."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from office_studio.core.theme.files import MemoryFiles
from office_studio.core.validation.engine import check_theme
from office_studio.core.validation.report import Finding, Severity, Verdict
from office_studio.core.validation.rule import RULES, Profile
from office_studio.services.theme_check import check_path


def rules_of(findings: tuple[Finding, ...], *levels: Severity) -> set[str]:
    return {finding.rule for finding in findings if not levels or finding.severity in levels}


# -- historic themes (format section 23) ---------------------------------------------------------------
def test_starter_desk_has_exactly_the_documented_findings(shared_dir: Path):
    report = check_path(shared_dir / "data" / "themes" / "starter-desk")
    assert report.verdict is Verdict.WARN
    assert rules_of(report.findings, Severity.WARNING) == {"T2D-IMG-DOCSIZE", "T2D-PREVIEW-SIZE"}
    assert "T2D-ZONE-NOMEETING" in rules_of(report.findings, Severity.INFO)
    assert rules_of(report.findings, Severity.ERROR) == set()


def test_starter_desk_is_what_a_server_takes(shared_dir: Path):
    report = check_path(shared_dir / "data" / "themes" / "starter-desk", Profile.SERVER)
    assert report.verdict is Verdict.ACCEPT


@pytest.mark.parametrize(
    ("name", "verdict", "expected"),
    [
        ("default-office", Verdict.WARN, {"T2D-CHAR-ATLAS-EMPTY"}),
        ("_template", Verdict.REJECT, {"T2D-LAYER-WELLKNOWN", "T2D-CHAR-STATES", "T2D-FILE-MISSING"}),
        (
            "avg-classroom",
            Verdict.REJECT,
            {"T2D-ZONES-EMPTY", "T2D-LAYERS-EMPTY", "T2D-META-RENDERER", "T2D-IMG-MAGIC"},
        ),
        ("cozy-studio", Verdict.REJECT, {"T3D-ROOM-MISSING", "T3D-PATH-UNSAFE", "T2D-IMG-MAGIC"}),
    ],
)
def test_historic_themes(shared_dir: Path, name, verdict, expected):
    report = check_path(shared_dir / "data" / "themes" / name)
    assert report.verdict is verdict
    assert expected <= rules_of(report.findings, Severity.ERROR, Severity.WARNING)


# -- one broken part at a time ---------------------------------------------------------------------------
@pytest.fixture(scope="module")
def good(shared_dir: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((shared_dir / "data" / "bad-bundles" / "good" / "v2-minimal.json").read_text())
    return loaded


def check(document: dict[str, Any], files: MemoryFiles | None = None, **more: Any) -> tuple[Finding, ...]:
    return check_theme(json.dumps(document, indent=1).encode(), files, **more).findings


def test_the_good_manifest_has_no_errors(good):
    assert rules_of(check(good), Severity.ERROR) == set()


def seat(number: int) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda d: d["zones"][0]["seats"][number]


def _effect(**more: Any) -> dict[str, Any]:
    return {"id": "e", "type": "sprite", "sprite": "e.png", "layer": "background", "x": 0, "y": 0} | more


def _pulse(low: float, high: float) -> dict[str, Any]:
    return {"type": "pulse", "minOpacity": low, "maxOpacity": high}


AUDIO = {"ambient": {"src": "a.flac", "volume": 1, "loop": True}}
PULSE_DOWN, PULSE_OUT = _effect(animation=_pulse(1, 0)), _effect(animation=_pulse(0, 2))

CASES: list[tuple[str, str, Callable[[dict[str, Any]], Any]]] = [
    ("T2D-META-ID", "/id", lambda d: d.update(id="My Theme")),
    ("T2D-META-ID-RESERVED", "/id", lambda d: d.update(id="upload")),
    ("T2D-META-NAME", "/name", lambda d: d.update(name="  ")),
    ("T2D-META-VERSION", "/version", lambda d: d.update(version="1.0")),
    ("T2D-META-AUTHOR", "/author", lambda d: d.pop("author")),
    ("T2D-META-MAXAGENTS", "/maxAgents", lambda d: d.update(maxAgents=0)),
    ("T2D-META-MAXAGENTS-SEATS", "/maxAgents", lambda d: d.update(maxAgents=50)),
    ("T2D-META-UNKNOWN", "/mood", lambda d: d.update(mood=1)),
    ("T2D-META-RENDERER-CASE", "/renderer", lambda d: d.update(renderer="Pixi")),
    ("T2D-TYPE", "/viewport/panBounds", lambda d: d["viewport"].update(panBounds="yes")),
    ("T2D-CANVAS-SIZE", "/canvas/width", lambda d: d["canvas"].update(width=1.5)),
    ("T2D-CANVAS-BGIMAGE", "/canvas/background/image", lambda d: d["canvas"]["background"].pop("image")),
    ("T2D-CANVAS-COLOR", "/canvas/background/color", lambda d: d["canvas"]["background"].update(color="red")),
    ("T2D-VIEW-RANGE", "/viewport/maxZoom", lambda d: d["viewport"].update(minZoom=3, maxZoom=1)),
    ("T2D-VIEW-DEFAULT-RANGE", "/viewport/defaultZoom", lambda d: d["viewport"].update(defaultZoom=2.5)),
    ("T2D-LAYER-DUP", "/layers/1/id", lambda d: d["layers"][1].update(id="background")),
    ("T2D-LAYER-Z", "/layers/0/zIndex", lambda d: d["layers"][0].update(zIndex="0")),
    ("T2D-ZONE-TYPE", "/zones/0/type", lambda d: d["zones"][0].update(type="garden")),
    ("T2D-ZONE-BOUNDS", "/zones/0/bounds", lambda d: d["zones"][0].pop("bounds")),
    ("T2D-ZONE-OUTSIDE", "/zones/0/bounds", lambda d: d["zones"][0]["bounds"].update(width=9999)),
    ("T2D-ZONE-CAPSEATS", "/zones/0/capacity", lambda d: d["zones"][0].update(capacity=9)),
    ("T2D-DOOR", "/zones/0/door", lambda d: d["zones"][0].update(door={"x": 1, "y": 1, "width": 0, "height": 5})),
    ("T2D-SEAT-DUP", "/zones/0/seats/1/id", lambda d: seat(1)(d).update(id="s1")),
    ("T2D-SEAT-XY", "/zones/0/seats/0", lambda d: seat(0)(d).pop("x")),
    ("T2D-SEAT-CANVAS", "/zones/0/seats/0", lambda d: seat(0)(d).update(x=-1)),
    ("T2D-SEAT-ZONE", "/zones/0/seats/0", lambda d: seat(0)(d).update(x=300)),
    ("T2D-SEAT-DIR", "/zones/0/seats/0/direction", lambda d: seat(0)(d).update(direction="north")),
    ("T2D-SEAT-CLOSE", "/zones/0/seats/1", lambda d: seat(1)(d).update(x=61)),
    ("T2D-CHAR-MISSING", "/characters", lambda d: d.update(characters={})),
    ("T2D-CHAR-BADGE", "/characters/statusBadge/colors", lambda d: d["characters"].pop("statusBadge")),
    ("T2D-CHAR-STATE-VAL", "/characters/states/idle", lambda d: d["characters"]["states"]["idle"].update(fps=0)),
    ("T2D-CHAR-ATLAS-EXT", "/characters/atlas", lambda d: d["characters"].update(atlas="a.bmp")),
    ("T2D-FURN-LAYER", "/furniture/0/layer", lambda d: d["furniture"][0].update(layer="attic")),
    ("T2D-FURN-FIELDS", "/furniture/0/width", lambda d: d["furniture"][0].update(width=-1)),
    ("T2D-PATH-TRAVERSAL", "/furniture/0/sprite", lambda d: d["furniture"][0].update(sprite="../x.png")),
    ("T2D-PATH-SCHEME", "/furniture/0/sprite", lambda d: d["furniture"][0].update(sprite="http://x/y.png")),
    ("T2D-IMG-EXT", "/furniture/0/sprite", lambda d: d["furniture"][0].update(sprite="x.glb")),
    ("T2D-FX-BLEND", "/effects/0/blendMode", lambda d: d.update(effects=[_effect(blendMode="glow")])),
    ("T2D-ANIM-MINMAX", "/effects/0/animation/minOpacity", lambda d: d.update(effects=[PULSE_DOWN])),
    ("T2D-ANIM-RANGE", "/effects/0/animation/maxOpacity", lambda d: d.update(effects=[PULSE_OUT])),
    ("T2D-AUDIO-EXT", "/audio/ambient/src", lambda d: d.update(audio=AUDIO)),
    ("T2D-QUALITY-PAIR", "/quality", lambda d: d.update(quality={"high": {}})),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "pointer", "spoil"), CASES, ids=[case[0] for case in CASES])
def test_rule(good, rule, pointer, spoil):
    assert (rule, pointer) not in {(f.rule, f.pointer) for f in check(good)}
    document = copy.deepcopy(good)
    spoil(document)
    found = [f for f in check(document) if f.rule == rule]
    assert [f.pointer for f in found] == [pointer]
    assert found[0].message
    assert "{" not in found[0].message


def test_findings_point_at_the_line(good):
    document = copy.deepcopy(good)
    seat(1)(document)["direction"] = "north"
    (finding,) = [f for f in check(document) if f.rule == "T2D-SEAT-DIR"]
    lines = json.dumps(document, indent=1).splitlines()
    assert finding.line is not None
    assert finding.column is not None
    assert lines[finding.line - 1][finding.column - 1 :].startswith('"north"')


def test_a_syntax_error_is_one_finding_with_its_place():
    (finding,) = check_theme(b'{\n "id": }').findings
    assert (finding.rule, finding.line, finding.column) == ("T2D-JSON-PARSE", 2, 8)


def test_missing_and_misspelt_files(good):
    files = MemoryFiles({"theme.json": b"{}", "Background.png": b"x"})
    by_rule = {f.rule: f for f in check(good, files)}
    assert by_rule["T2D-PATH-CASE"].pointer == "/canvas/background/image"
    assert by_rule["T2D-SPRITE-MISSING"].pointer == "/furniture/0/sprite"
    assert "T2D-PREVIEW-MISSING" in by_rule
    assert by_rule["T2D-IMG-BROKEN"].file == "Background.png"


def test_the_server_profile_asks_only_what_a_server_asks(good):
    document = copy.deepcopy(good)
    document["zones"][0]["type"] = "garden"
    document.pop("description")
    assert rules_of(check(document, profile=Profile.SERVER), Severity.ERROR) == set()


def test_the_store_profile_raises_hints_of_the_design_document(good):
    document = copy.deepcopy(good) | {"id": "a"}

    def level(profile: Profile) -> Severity:
        return {f.rule: f.severity for f in check(document, profile=profile)}["T2D-META-ID-DOCLEN"]

    assert (level(Profile.SCHEMA), level(Profile.STORE)) == (Severity.INFO, Severity.WARNING)


def test_every_rule_is_filed_under_its_id():
    assert len(RULES) >= 120
    assert all(ident.startswith(("T2D-", "T3D-", "GLTF-*")) and rule.message for ident, rule in RULES.items())
