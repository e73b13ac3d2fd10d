"""The corpus of hostile and malformed input: what must be refused is refused, what is right is accepted."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from office_studio.core.validation.report import Severity, Verdict
from office_studio.services.theme_check import check_manifest_alone, check_path

# Verdicts of the corpus that a decision of the specification overrules.
OVERRULED = {
    "manifests/field-atlas-empty.json": "an empty atlas is a warning, because real themes have one (decision 10)",
}


def cases() -> list[tuple[str, str]]:
    import os

    root = Path(__file__).resolve().parents[4]
    shared = Path(os.environ.get("OFFICE_STUDIO_SHARED", root.parent / "shared"))
    table = shared / "data" / "bad-bundles" / "expected.json"
    if not table.is_file():
        return []
    return [(name, entry["verdict"]) for name, entry in json.loads(table.read_text(encoding="utf-8")).items()]


@pytest.mark.parametrize(("name", "expected"), cases())
def test_verdict(shared_dir: Path, name: str, expected: str):
    path = shared_dir / "data" / "bad-bundles" / name
    started = time.process_time()
    report = check_manifest_alone(path.read_bytes()) if path.suffix == ".json" else check_path(path)
    took = time.process_time() - started
    rules = [finding.rule for finding in report.findings if finding.severity is not Severity.INFO]
    if name in OVERRULED:
        assert report.verdict is not Verdict.REJECT, OVERRULED[name]
    elif expected == "reject":
        assert report.verdict is Verdict.REJECT, rules
    elif expected == "accept":
        assert report.verdict is not Verdict.REJECT, rules
    else:
        assert report.verdict is Verdict.WARN, rules
    assert took < 5


def test_the_corpus_was_found(shared_dir: Path):
    assert len(cases()) > 200
