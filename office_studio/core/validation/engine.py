"""Runs the rules over a theme and sums up. Pure: bytes and files are passed in."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from office_studio.core.theme.files import ThemeFiles
from office_studio.core.theme.manifest import BOM, parse_manifest
from office_studio.core.validation import rules as _rules  # noqa: F401 - registers them
from office_studio.core.validation.fixes import find_fix
from office_studio.core.validation.fixes.model import FixContext, FixFailed
from office_studio.core.validation.gltf_checker import GltfChecker
from office_studio.core.validation.lint import LintConfig, capped
from office_studio.core.validation.report import Finding, Report, Severity, sorted_findings
from office_studio.core.validation.rule import RULES, Profile
from office_studio.core.validation.rules.khronos import khronos_findings
from office_studio.core.validation.schema import ManifestSchema, uncovered
from office_studio.core.validation.subject import FactCache, Subject
from office_studio.core.validation.syntax import faults
from office_studio.core.validation.upload import UploadProblem, check_manifest, check_parsed
from office_studio.errors import ManifestError


def check_theme(
    raw: bytes,
    files: ThemeFiles | None = None,
    *,
    profile: Profile = Profile.SCHEMA,
    folder_name: str | None = None,
    bundle: tuple[str, int] | None = None,
    published_version: str | None = None,
    schema: ManifestSchema | None = None,
    lint: LintConfig | None = None,
    cache: FactCache | None = None,
    models: GltfChecker | None = None,
    more: Iterable[Finding] = (),
) -> Report:
    """Findings on one theme.

    Args:
        raw: Bytes of ``theme.json``.
        files: Its files; None judges the manifest alone.
        folder_name: Name of the folder it lies in; None for zips and manifests alone.
        bundle: Name and size in bytes of the zip it came in.
        published_version: Version that a server has under the same id.
        schema: The manifest's JSON Schema; asked in the profiles that judge by it, for what no rule names.
        lint: What its author wants to hear.
        cache: Facts about files from an earlier check, without those that changed; filled further.
        models: Who knows the whole glTF specification; None says only what ``cache`` knows.
        more: Findings known already, e.g. of the zip it came in.
    """
    findings = list(more)
    try:
        document = parse_manifest(raw)
    except ManifestError as error:
        findings += _syntax_findings(raw) or [_parse_finding(error)]
        return make_report("", profile, findings, lint)
    name, size = bundle or (None, None)
    subject = Subject(document, raw, files, folder_name, name, size, published_version, {} if cache is None else cache)
    for each in RULES.values():
        if each.applies_to(profile):
            findings += each.findings(subject, profile)
    findings += khronos_findings(subject, profile, models)
    if schema is not None and profile is not Profile.SERVER:
        findings += _schema_says(schema, subject, findings)
    if not any(finding.severity is Severity.ERROR for finding in findings):
        findings += _server_says(subject)
    report = make_report(_text(document.get("id")), profile, findings, lint)
    context = FixContext(subject, _would_draw)
    return replace(report, findings=tuple(_with_fix(context, finding) for finding in report.findings))


def _with_fix(context: FixContext, finding: Finding) -> Finding:
    found = find_fix(context, finding)
    return finding if found is None else replace(finding, fix=found.id)


def _would_draw(width: int, height: int) -> bytes:
    """Stands for whatever draws previews when a fix is applied; here it is only asked whether there is one."""
    raise FixFailed("nothing can draw here")


def make_report(theme: str, profile: Profile, findings: Iterable[Finding], lint: LintConfig | None = None) -> Report:
    """The findings as their author wants them, sorted, and never too many."""
    if lint is not None:
        findings = (*lint.apply(findings), *lint.findings)
    return Report(theme, profile.value, tuple(capped(sorted_findings(findings))))


def _schema_says(schema: ManifestSchema, subject: Subject, known: list[Finding]) -> Iterator[Finding]:
    for problem in uncovered(schema.problems(subject.document), list(known)):
        line, column = subject.place(problem.pointer)
        yield Finding(
            rule="T2D-TYPE" if problem.keyword == "type" else "T2D-SCHEMA",
            # What is missing has a default; what is there and wrong does something else than its author thinks.
            severity=Severity.WARNING if problem.keyword == "required" else Severity.ERROR,
            message=problem.message[:1].upper() + problem.message[1:],
            help=problem.help,
            file="theme.json",
            pointer=problem.pointer,
            line=line,
            column=column,
        )


def _server_says(subject: Subject) -> list[Finding]:
    """The server's own judgement, for what the rules above do not name. Packing strips a byte-order mark."""
    raw = subject.raw.removeprefix(BOM)
    is_plain = bool(raw) and not subject.positions.duplicates
    verdict = check_parsed(raw, subject.document) if is_plain else check_manifest(raw)
    if not isinstance(verdict, UploadProblem):
        return []
    pointer = verdict.pointer or None
    return [
        Finding("T2D-UPLOAD", Severity.ERROR, f"The server refuses this: {verdict.text}", "", "theme.json", pointer)
    ]


def _syntax_findings(raw: bytes) -> list[Finding]:
    """Every fault of text that is no JSON; none when it fails otherwise, e.g. is no UTF-8."""
    try:
        text = raw.removeprefix(BOM).decode("utf-8")
    except UnicodeDecodeError:
        return []
    found = faults(text)
    lines = _line_starts(text) if found else []
    findings = []
    for fault in found:
        line = bisect_right(lines, fault.offset)
        column = fault.offset - lines[line - 1] + 1
        message = f"theme.json is not valid JSON: {fault.message} (line {line}, column {column})"
        findings.append(
            Finding("T2D-JSON-PARSE", Severity.ERROR, message, fault.help, "theme.json", fault.pointer, line, column)
        )
    return findings


def _line_starts(text: str) -> list[int]:
    return [0, *(match.end() for match in re.finditer("\n", text))]


def _parse_finding(error: ManifestError) -> Finding:
    return Finding(
        rule="T2D-JSON-PARSE",
        severity=Severity.ERROR,
        message=error.message,
        help=error.hint,
        file="theme.json",
        pointer="",
        line=error.details.get("line"),
        column=error.details.get("column"),
    )


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
