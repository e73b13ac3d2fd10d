"""Every rule has a sample that it lets pass and one that it does not, and names the place."""

from __future__ import annotations

import pytest

from office_studio.core.validation.catalogue import markdown
from office_studio.core.validation.rule import RULES, Profile
from office_studio.paths import resources_dir
from tests.unit.core.validation import samples
from tests.unit.core.validation.cases import Case
from tests.unit.core.validation.rule_cases import CASES, ELSEWHERE


@pytest.mark.parametrize("base", [samples.flat, samples.space])
@pytest.mark.parametrize("profile", list(Profile))
def test_the_samples_are_without_fault(base, profile):
    assert base().report(profile).findings == ()


@pytest.mark.parametrize("case", CASES, ids=[case.rule for case in CASES])
def test_rule(case: Case):
    profile = Profile.SERVER if case.rule == "T2D-BUNDLE-REFUSED" else Profile.STORE
    good = case.base()
    case.setup(good)
    assert good.findings(case.rule, profile) == []
    bad = case.base()
    case.setup(bad)
    case.spoil(bad)
    found = bad.findings(case.rule, profile)
    assert found, [f"{f.rule} {f.pointer or f.file}" for f in bad.report(profile).findings]
    assert {place(f) for f in found} == {case.where}
    first = found[0]
    assert first.severity is (case.level or RULES[case.rule].level(profile))
    assert first.message
    assert "{" not in first.message
    if first.pointer is not None and first.file == "theme.json":
        assert first.line is not None
        assert first.column is not None


def place(finding) -> str:
    return finding.pointer if finding.pointer is not None else f"file:{finding.file or ''}"


def test_no_rule_is_without_a_case():
    assert {case.rule for case in CASES} | set(ELSEWHERE) == set(RULES)


def test_the_page_of_rules_is_current():
    page = (resources_dir() / "rules.md").read_text(encoding="utf-8")
    assert page == markdown(), "write it anew: office-studio theme rules --markdown > resources/rules.md"
