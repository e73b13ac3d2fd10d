"""Problems as rows: filtered, sorted, grouped; and the sentence that sums them up. Pure, no Qt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from office_studio.core.validation.report import Finding, Report, Severity
from office_studio.ui import formats

if TYPE_CHECKING:
    from office_studio.core.validation.fixes.model import Fix

_ORDER = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}
SEVERITY_WORDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
GLYPHS = {Severity.ERROR: "warning-octagon", Severity.WARNING: "warning", Severity.INFO: "info"}
SORTS = ("severity", "problem", "where", "rule")
# What the button of a fix says. Most titles fit as they are; these are verbs for those that do not.
_VERBS = {
    "seat-into-zone": "Move inside",
    "draw-preview": "Draw preview",
    "store-smaller": "Make smaller",
    "drop-file": "Delete file",
    "exclude-file": "Take it out",
    "strip-bom": "Remove mark",
    "opacity-order": "Exchange",
    "zoom-order": "Exchange",
}
_LONGEST = 24


@dataclass(frozen=True, slots=True)
class GroupRow:
    """Head of the problems of one file."""

    name: str
    count: int


Row = GroupRow | Finding


def where(finding: Finding) -> str:
    """ "theme.json:112:13"; "—" for what is nowhere."""
    if finding.line is not None:
        return f"{finding.file or 'theme.json'}:{finding.line}:{finding.column or 1}"
    return finding.file or finding.pointer or formats.UNKNOWN


def verb(fix: Fix) -> str:
    """For a button in a row: short."""
    known = _VERBS.get(fix.id)
    if known is not None:
        return known
    if fix.id == "did-you-mean" and fix.title.startswith("Write “"):
        return f"Use {fix.title[6 : fix.title.index('”') + 1]}"
    return fix.title if len(fix.title) <= _LONGEST else f"{fix.title[: _LONGEST - 1].rstrip()}…"


def rows_of(
    findings: Sequence[Finding],
    words: str = "",
    severities: frozenset[Severity] = frozenset(Severity),
    *,
    by_file: bool = True,
    sort: str = "severity",
    is_descending: bool = False,
) -> list[Row]:
    """Rows to show. With ``by_file`` each file has a head, unless there is only one file."""
    fitting = [f for f in findings if f.severity in severities and _fits(f, words)]
    keys = {
        "severity": lambda f: (_ORDER[f.severity], f.line or 10**9, f.column or 0),
        "problem": lambda f: (f.message.casefold(),),
        "where": lambda f: (f.file or "~", f.line or 0, f.column or 0),
        "rule": lambda f: (f.rule, f.line or 0),
    }
    ordered = sorted(fitting, key=keys[sort], reverse=is_descending)
    groups: dict[str, list[Finding]] = {}
    for finding in ordered:
        groups.setdefault(finding.file or "The theme as a whole", []).append(finding)
    if not by_file or len(groups) < 2:
        return list(ordered)
    rows: list[Row] = []
    for name in sorted(groups, key=lambda n: (n != "theme.json", min(_ORDER[f.severity] for f in groups[n]), n)):
        rows += [GroupRow(name, len(groups[name])), *groups[name]]
    return rows


def _fits(finding: Finding, words: str) -> bool:
    about = f"{finding.message} {finding.file or ''} {finding.rule} {finding.object or ''}".casefold()
    return all(word in about for word in words.casefold().split())


def verdict(report: Report) -> str:
    """What the problems mean for what the profile is about."""
    errors, warnings = report.counts["error"], report.counts["warning"]
    what = {"server": "Upload", "schema": "Upload", "store": "The marketplace"}[report.profile]
    if errors:
        count = formats.plural(errors, "error")
        return f"{what} is blocked by {count}" if what == "Upload" else f"{what} would refuse it: {count}"
    ready = "Ready to upload" if what == "Upload" else "Ready for the marketplace"
    return f"{ready}, with {formats.plural(warnings, 'warning')}" if warnings else ready


def counts_line(counts: Mapping[str, int]) -> str:
    """ "2 errors · 4 warnings · 1 note"; "No problems"."""
    names = (("error", "error"), ("warning", "warning"), ("info", "note"))
    return " · ".join(formats.plural(counts[key], word) for key, word in names if counts[key]) or "No problems"


def as_tsv(findings: Sequence[Finding]) -> str:
    lines = ["Severity\tProblem\tWhere\tRule"]
    lines += [f"{SEVERITY_WORDS[f.severity]}\t{f.message}\t{where(f)}\t{f.rule}" for f in findings]
    return "\n".join(line.replace("\n", " ") for line in lines)
