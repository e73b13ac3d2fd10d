"""``.themelint.toml``: which findings its author does not want, and at what level others count. And: never too many."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from office_studio.core.validation.report import Finding, Severity, worst
from office_studio.core.validation.rule import RULES, SERVER_SOURCES, W, declare, rule_of

LINT_FILE = ".themelint.toml"
MAX_LINT_BYTES = 65_536
MAX_PER_RULE = 50
MAX_FINDINGS = 1_000

declare("T2D-LINT-CONFIG", W, "P", ".themelint.toml cannot be used: {why}", "See the page of rules for its form.")
declare("T2D-LINT-UNKNOWN", W, "P", '.themelint.toml names the rule "{id}", which does not exist')
declare("T2D-LINT-SERVER", W, "P", '"{id}" cannot be silenced: servers refuse such a theme')
declare("T2D-LINT-MORE", Severity.INFO, "P", "and {n} more findings", "Mend some of those above first.")


@dataclass(frozen=True, slots=True)
class Suppression:
    """Findings whose rule, file and pointer fit all the patterns that are given (``*`` within, ``**`` across ``/``)."""

    rules: tuple[str, ...] = ()
    path: str | None = None
    pointer: str | None = None

    def fits(self, finding: Finding) -> bool:
        if self.rules and not any(_fits(pattern, finding.rule) for pattern in self.rules):
            return False
        # A finding about a file may point at the place in theme.json that names it.
        if self.path is not None and not any(_fits(self.path, name) for name in (finding.file, finding.object) if name):
            return False
        return self.pointer is None or (finding.pointer is not None and _fits(self.pointer, finding.pointer))


@dataclass(frozen=True, slots=True)
class LintConfig:
    """``findings``: what is wrong with the settings themselves."""

    suppressions: tuple[Suppression, ...] = ()
    severities: Mapping[str, Severity] | None = None
    findings: tuple[Finding, ...] = ()

    def apply(self, findings: Iterable[Finding]) -> Iterator[Finding]:
        """Findings as their author wants them. What servers refuse stays."""
        for finding in findings:
            level = (self.severities or {}).get(finding.rule, finding.severity)
            if is_fixed(finding):
                yield finding
            elif not any(each.fits(finding) for each in self.suppressions):
                yield replace(finding, severity=level)


def is_fixed(finding: Finding) -> bool:
    """Whether it says that an upload would fail, so that nobody is served by its absence."""
    rule = RULES.get(finding.rule)
    return (
        finding.severity is Severity.ERROR
        and rule is not None
        and (rule.check is None or rule.source in SERVER_SOURCES)
    )


def parse_lint(raw: bytes) -> LintConfig:
    """Settings from the text of ``.themelint.toml``. What cannot be used is left out and reported; never raises."""
    try:
        text = raw.decode("utf-8")
        data = tomllib.loads(text)
    except (ValueError, RecursionError) as exc:
        found = re.search(r"at line (\d+), column (\d+)", str(exc))
        line, column = (int(found[1]), int(found[2])) if found else (1, 1)
        return LintConfig(findings=(_problem("T2D-LINT-CONFIG", f"cannot be used: {exc}", line, column),))
    notes: list[Finding] = []
    suppressions = tuple(_suppressions(data, text, notes))
    severities = dict(_severities(data, text, notes))
    for key in data.keys() - {"suppress", "severity"}:
        notes.append(_config(text, key, f'"{key}" means nothing'))
    return LintConfig(suppressions, severities, tuple(notes))


def _suppressions(data: Mapping[str, Any], text: str, notes: list[Finding]) -> Iterator[Suppression]:
    listed = data.get("suppress", [])
    for item in listed if isinstance(listed, list) else [None]:
        rules = item.get("rule", []) if isinstance(item, dict) else None
        rules = [rules] if isinstance(rules, str) else rules
        if not isinstance(item, dict) or not isinstance(rules, list) or not all(isinstance(r, str) for r in rules):
            notes.append(_config(text, "suppress", "suppress must be a list of tables with rule, path or pointer"))
            continue
        path, pointer = item.get("path"), item.get("pointer")
        if not all(value is None or isinstance(value, str) for value in (path, pointer)):
            notes.append(_config(text, "suppress", "path and pointer must be text"))
        elif not (rules or path or pointer):
            notes.append(_config(text, "suppress", "a suppression must name a rule, a path or a pointer"))
        else:
            for ident in rules:
                notes += _known(ident, text)
            yield Suppression(tuple(rules), path, pointer)


def _severities(data: Mapping[str, Any], text: str, notes: list[Finding]) -> Iterator[tuple[str, Severity]]:
    table = data.get("severity", {})
    if not isinstance(table, dict):
        notes.append(_config(text, "severity", "severity must be a table of rule = level"))
        return
    for ident, level in table.items():
        unknown = _known(ident, text)
        notes += unknown
        if level not in tuple(Severity):
            notes.append(_config(text, ident, f'the level of {ident} must be "error", "warning" or "info"'))
        elif not unknown:
            yield ident, Severity(level)


def _known(ident: str, text: str) -> list[Finding]:
    family = rule_of(ident)
    matching = [rule for name, rule in RULES.items() if _fits(ident, name)] or ([family] if family else [])
    if not matching:
        return [
            _problem("T2D-LINT-UNKNOWN", f'names the rule "{ident[:60]}", which does not exist', *_place(text, ident))
        ]
    rule = matching[0]
    is_servers = rule.check is None or rule.source in SERVER_SOURCES
    if "*" not in ident + rule.id and is_servers and rule.severity is Severity.ERROR:
        message = f'"{ident}" cannot be silenced: servers refuse such a theme'
        return [_problem("T2D-LINT-SERVER", message, *_place(text, ident), whole=True)]
    return []


def _config(text: str, word: str, why: str) -> Finding:
    return _problem("T2D-LINT-CONFIG", f"cannot be used as written: {why}", *_place(text, word))


def _place(text: str, word: str) -> tuple[int, int]:
    at = max(0, text.find(word))
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)


def _problem(rule: str, message: str, line: int, column: int, *, whole: bool = False) -> Finding:
    text = message if whole else f"{LINT_FILE} {message}"
    return Finding(rule, RULES[rule].severity, text, RULES[rule].help, LINT_FILE, None, line, column)


def _fits(pattern: str, name: str) -> bool:
    parts = (
        ".*" if part == "**" else "[^/]*" if part == "*" else "[^/]" if part == "?" else re.escape(part)
        for part in re.split(r"(\*\*|\*|\?)", pattern)
    )
    return re.fullmatch("".join(parts), name, re.DOTALL) is not None


# -- never too many --------------------------------------------------------------------------------------------
def capped(findings: Iterable[Finding], per_rule: int = MAX_PER_RULE, total: int = MAX_FINDINGS) -> list[Finding]:
    """At most ``per_rule`` findings of a rule and ``total`` in all, in their order; the last says how many more.

    No level is lost: what is left out counts with its worst severity.
    """
    kept: list[Finding] = []
    left_out: dict[str, list[Finding]] = {}
    seen: dict[str, int] = {}
    for finding in findings:
        seen[finding.rule] = seen.get(finding.rule, 0) + 1
        if seen[finding.rule] <= per_rule:
            kept.append(finding)
        else:
            left_out.setdefault(finding.rule, []).append(finding)
    for rule, more in left_out.items():
        kept.append(_and_more(rule, more, f"and {len(more)} more like this"))
    if len(kept) > total:
        kept, rest = kept[:total], kept[total:]
        kept.append(_and_more("T2D-LINT-MORE", rest, f"and {len(rest)} more findings"))
    return kept


def _and_more(rule: str, more: list[Finding], message: str) -> Finding:
    return Finding(rule, worst(f.severity for f in more), message, RULES["T2D-LINT-MORE"].help, more[0].file)
