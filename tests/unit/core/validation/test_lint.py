"""Settings beside the theme silence and re-level findings, but not what servers refuse; lists stay short."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from office_studio.core.validation.lint import MAX_FINDINGS, MAX_PER_RULE, LintConfig, capped, parse_lint
from office_studio.core.validation.report import Finding, Severity
from office_studio.services.theme_check import check_path
from tests.unit.core.validation import samples


@pytest.fixture
def theme(tmp_path: Path) -> Path:
    sample = samples.flat()
    sample.document |= {"id": "My Theme", "mood": 1}
    sample.document["zones"][0]["seats"][0]["y"] = 190
    root = tmp_path / "theme"
    root.mkdir()
    for name, data in (sample.files | {"theme.json": json.dumps(sample.document).encode()}).items():
        (root / name).write_bytes(data)
    (root / "spare.png").write_bytes(samples.picture(32, 32))
    return root


def told(theme: Path, lint: str = "") -> dict[str, Severity]:
    (theme / ".themelint.toml").write_text(lint, encoding="utf-8")
    return {f.rule: f.severity for f in check_path(theme).findings}


def test_by_rule_pattern_path_and_pointer(theme: Path):
    plain = told(theme)
    assert {"T2D-META-ID", "T2D-META-UNKNOWN", "T2D-SEAT-ZONE", "T2D-FILE-UNUSED"} <= set(plain)
    assert "T2D-FILE-HIDDEN" not in plain  # the settings are no litter
    assert "T2D-META-UNKNOWN" not in told(theme, '[[suppress]]\nrule = ["T2D-META-UNKNOWN", "T2D-SEAT-*"]')
    assert "T2D-SEAT-ZONE" not in told(theme, '[[suppress]]\nrule = ["T2D-META-UNKNOWN", "T2D-SEAT-*"]')
    assert "T2D-FILE-UNUSED" not in told(theme, '[[suppress]]\npath = "spare.*"')
    assert "T2D-FILE-UNUSED" in told(theme, '[[suppress]]\npath = "other/**"')
    assert "T2D-SEAT-ZONE" not in told(theme, '[[suppress]]\nrule = "T2D-*"\npointer = "/zones/*/seats/**"')
    assert "T2D-META-UNKNOWN" in told(theme, '[[suppress]]\nrule = "T2D-*"\npointer = "/zones/*/seats/**"')


def test_levels_can_be_changed(theme: Path):
    assert told(theme, '[severity]\n"T2D-SEAT-ZONE" = "error"')["T2D-SEAT-ZONE"] is Severity.ERROR


def test_what_servers_refuse_stays(theme: Path):
    found = told(theme, '[[suppress]]\nrule = ["T2D-*", "T2D-META-ID"]')
    assert found["T2D-META-ID"] is Severity.ERROR
    assert found["T2D-LINT-SERVER"] is Severity.WARNING
    assert "T2D-SEAT-ZONE" not in found


@pytest.mark.parametrize(
    ("text", "rule", "line"),
    [
        ("\n[[suppress]\n", "T2D-LINT-CONFIG", 2),
        ('suppress = "all"', "T2D-LINT-CONFIG", 1),
        ("[[suppress]]\nreason = 'x'", "T2D-LINT-CONFIG", 1),
        ("[[suppress]]\npath = 3", "T2D-LINT-CONFIG", 1),
        ("[severity]\n'T2D-SEAT-ZONE' = 'loud'", "T2D-LINT-CONFIG", 2),
        ("severity = 3", "T2D-LINT-CONFIG", 1),
        ("rules = 3", "T2D-LINT-CONFIG", 1),
        ("[[suppress]]\nrule = 'T2D-SEET-*'", "T2D-LINT-UNKNOWN", 2),
        ("a = " + "[" * 100_000, "T2D-LINT-CONFIG", 1),
    ],
)
def test_settings_that_cannot_be_used(text, rule, line):
    config = parse_lint(text.encode())
    assert [(f.rule, f.line, f.file) for f in config.findings] == [(rule, line, ".themelint.toml")]


def test_bytes_that_are_no_text():
    assert parse_lint(b"\xff\xfe").findings
    assert parse_lint(b"") == LintConfig(severities={})


def some(count: int, rule: str = "T2D-SEAT-ZONE", severity: Severity = Severity.INFO) -> list[Finding]:
    return [Finding(rule, severity, f"{rule} {i}", file="theme.json", line=i) for i in range(count)]


def test_a_rule_is_told_fifty_times_and_the_rest_is_counted():
    found = capped([*some(50_000), *some(1, "T2D-DOOR")])
    assert len(found) == MAX_PER_RULE + 2
    assert found[-1].message == "and 49950 more like this"
    assert found[-1].rule == "T2D-SEAT-ZONE"


def test_no_level_is_lost():
    found = capped([*some(60), *some(1, severity=Severity.ERROR)])
    assert found[-1].severity is Severity.ERROR


def test_in_all_there_are_never_more_than_a_thousand():
    found = capped([finding for i in range(100) for finding in some(50, f"R{i}")])
    assert len(found) == MAX_FINDINGS + 1
    assert found[-1].message == "and 4000 more findings"
