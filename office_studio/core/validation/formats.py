"""A report for other programs: SARIF 2.1.0 for code scanners, and the log lines that GitHub turns into annotations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from office_studio.core.validation.report import Finding, Report, Severity
from office_studio.core.validation.rule import rule_of

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def sarif(report: Report, version: str, folder: str = "") -> dict[str, Any]:
    """The report as SARIF. ``folder``: what comes before the names of files, POSIX, "" for none."""
    used = sorted({finding.rule for finding in report.findings})
    index = {rule: number for number, rule in enumerate(used)}
    driver = {
        "name": "office-studio",
        "version": version,
        "rules": [_descriptor(rule) for rule in used],
    }
    results = [_result(finding, index, folder) for finding in report.findings]
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [{"tool": {"driver": driver}, "results": results}]}


def _descriptor(ident: str) -> dict[str, Any]:
    rule = rule_of(ident)
    if rule is None:
        return {"id": ident}
    body: dict[str, Any] = {"id": ident, "shortDescription": {"text": rule.message}}
    if rule.help:
        body["help"] = {"text": rule.help}
    return body | {"defaultConfiguration": {"level": _LEVELS[rule.severity]}}


def _result(finding: Finding, index: dict[str, int], folder: str) -> dict[str, Any]:
    text = f"{finding.message} {finding.help}".strip()
    body: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": index[finding.rule],
        "level": _LEVELS[finding.severity],
        "message": {"text": text},
    }
    place: dict[str, Any] = {}
    if finding.file:
        place["physicalLocation"] = {"artifactLocation": {"uri": quote(_inside(folder, finding.file))}}
        if finding.line is not None:
            place["physicalLocation"]["region"] = {"startLine": finding.line, "startColumn": finding.column or 1}
    if finding.pointer:
        place["logicalLocations"] = [{"fullyQualifiedName": finding.pointer, "kind": "member"}]
    if place:
        body["locations"] = [place]
    if finding.fix:
        body["properties"] = {"fix": finding.fix}
    return body


def github_lines(report: Report, folder: str = "") -> Iterator[str]:
    """One workflow command a finding."""
    for finding in report.findings:
        fields = {"title": finding.rule}
        if finding.file:
            fields["file"] = _inside(folder, finding.file)
        if finding.line is not None:
            fields |= {"line": str(finding.line), "col": str(finding.column or 1)}
        listed = ",".join(f"{key}={_escaped(value, ':,')}" for key, value in fields.items())
        text = f"{finding.message} {finding.help}".strip()
        yield f"::{_COMMANDS[finding.severity]} {listed}::{_escaped(text)}"


def _inside(folder: str, name: str) -> str:
    return f"{folder.rstrip('/')}/{name}" if folder and folder != "." else name


def _escaped(text: str, more: str = "") -> str:
    for char in f"%\r\n{more}":
        text = text.replace(char, f"%{ord(char):02X}")
    return text
