"""What a check has to say: findings, and the report that sums them up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Severity(StrEnum):
    ERROR = "error"  # blocks packing and upload
    WARNING = "warning"  # works, but the author must be told
    INFO = "info"


class Verdict(StrEnum):
    ACCEPT = "accept"
    WARN = "warn"
    REJECT = "reject"


@dataclass(frozen=True, slots=True)
class Finding:
    """One reported problem.

    ``pointer`` is a JSON Pointer into ``theme.json``; ``file`` a POSIX name inside the package; ``line`` and
    ``column`` count from 1 (column in characters); ``object`` names what is concerned ("seat desk-1").
    """

    rule: str
    severity: Severity
    message: str
    help: str = ""
    file: str | None = None
    pointer: str | None = None
    line: int | None = None
    column: int | None = None
    object: str | None = None
    fix: str | None = None

    def as_json(self) -> dict[str, Any]:
        return {
            "rule": self.rule,
            "severity": self.severity.value,
            "message": self.message,
            "help": self.help,
            "file": self.file,
            "pointer": self.pointer,
            "line": self.line,
            "column": self.column,
            "object": self.object,
            "fix": self.fix,
        }


_ORDER = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}


def worst(severities: Iterable[Severity]) -> Severity:
    """The most severe of them."""
    return min(severities, key=lambda severity: _ORDER[severity])


@dataclass(frozen=True, slots=True)
class Report:
    """All findings of one check, worst first, then in the order of the file."""

    theme: str
    profile: str
    findings: tuple[Finding, ...]

    @property
    def verdict(self) -> Verdict:
        severities = {finding.severity for finding in self.findings}
        if Severity.ERROR in severities:
            return Verdict.REJECT
        return Verdict.WARN if Severity.WARNING in severities else Verdict.ACCEPT

    @property
    def counts(self) -> Mapping[str, int]:
        return {level.value: sum(f.severity is level for f in self.findings) for level in Severity}

    @property
    def errors(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.severity is Severity.ERROR)

    def as_json(self) -> dict[str, Any]:
        return {
            "theme": self.theme,
            "profile": self.profile,
            "verdict": self.verdict.value,
            "findings": [finding.as_json() for finding in self.findings],
            "counts": dict(self.counts),
        }


def sorted_findings(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Worst first, then by line; findings without a place come after those with one. Doubles are dropped."""
    return tuple(sorted(dict.fromkeys(findings), key=lambda f: (_ORDER[f.severity], f.line or 10**9, f.column or 0)))
