"""Reports for other programs."""

from __future__ import annotations

from office_studio.core.validation.formats import github_lines, sarif
from office_studio.core.validation.report import Finding, Report, Severity

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
