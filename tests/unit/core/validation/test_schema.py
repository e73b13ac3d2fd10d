"""The JSON Schema: itself valid, agrees with what is known of real themes, gives findings without doubles."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from office_studio.core.validation.report import Severity
from office_studio.paths import bundled_themes_dir
from office_studio.services.theme_check import check_manifest_alone
from office_studio.services.theme_schema import manifest_schema, schema_folder
from tests.unit.core.validation import samples

SCHEMAS = sorted(path.name for path in schema_folder().glob("*.json"))


def pointers(document: Any) -> list[str]:
    return [problem.pointer for problem in manifest_schema().problems(document)]


@pytest.mark.parametrize("name", SCHEMAS)
def test_each_document_is_a_schema(name):
    Draft202012Validator.check_schema(manifest_schema().documents[name])


def test_every_field_is_described():
    for name, body in manifest_schema().documents.items():
        for pointer, value in samples.every_value(body):
            if pointer.endswith("/properties") and isinstance(value, dict) and "/if/" not in pointer:
                for key, field in value.items():
                    said = {"description", "title", "$ref", "enum", "minimum"} & set(field)
                    assert said or field.get("type") in ("array", "object"), f"{name} {pointer}/{key}"


@pytest.mark.parametrize("path", sorted(bundled_themes_dir().glob("*/theme.json")), ids=lambda p: p.parent.name)
def test_bundled_themes_fit(path: Path):
    assert pointers(json.loads(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize("base", [samples.flat, samples.space])
def test_the_samples_fit(base):
    assert pointers(base().document) == []


def test_the_extensions_fit():
    document = samples.flat().document
    document["characters"]["variants"] = ["other.png"]
    triangle = [{"x": 0, "y": 0}, {"x": 9, "y": 0}, {"x": 9, "y": 9}]
    document["navigation"] = {"floor": [triangle], "obstacles": [], "entrance": {"x": 1, "y": 2}}
    document["effects"] = [
        samples.effect(animation={"type": kind, "angle": 3, "distance": 4}) for kind in ("sway", "bob")
    ]
    document["$schema"] = "../schemas/theme.schema.json"
    assert pointers(document) == []
    document["navigation"]["floor"] = [triangle[:2]]
    assert pointers(document) == ["/navigation/floor/0"]


COZY = [f"/furniture/{i}/sprite" for i in range(12)] + ["/room"]
AVG = {
    "/characters/atlas", "/characters/frameWidth", "/characters/frameHeight", "/characters/hitArea/width",
    "/characters/hitArea/height", "/renderer", "/zones", "/layers",
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("starter-desk/theme.json", set()),
        ("_template/theme.json", set()),
        ("default-office/theme.json", {"/characters/atlas"}),
        ("avg-classroom/theme.json", AVG),
        ("cozy-studio/theme.json", set(COZY)),
        ("derived-manifests/cozy-studio.room-model.json", set()),
    ],
)
def test_real_themes_fail_where_the_original_schema_fails(shared_dir: Path, name, expected):
    document = json.loads((shared_dir / "data" / "themes" / name).read_text(encoding="utf-8"))
    assert set(pointers(document)) == expected


def test_nothing_is_said_twice():
    document = samples.flat().document
    document["characters"]["hitArea"]["width"] = 0  # its own rule
    document["characters"]["statusBadge"]["radius"] = "big"  # only the schema knows
    document["viewport"].pop("panBounds")
    found = check_manifest_alone(json.dumps(document, indent=1).encode()).findings
    told = {(f.rule, f.pointer, f.severity) for f in found}
    assert told >= {
        ("T2D-CHAR-HIT", "/characters/hitArea", Severity.WARNING),
        ("T2D-TYPE", "/characters/statusBadge/radius", Severity.ERROR),
        ("T2D-SCHEMA", "/viewport/panBounds", Severity.WARNING),
    }
    assert len(found) == len({f.pointer for f in found})


def test_the_number_of_problems_is_bounded():
    document = samples.flat().document | {"layers": [{"id": 1, "zIndex": "x"}] * 20_000}
    assert len(pointers(document)) <= 2 * 500
