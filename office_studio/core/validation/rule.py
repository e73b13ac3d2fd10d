"""Rules: a check with its id, severity, origin, message and help beside it. Write one, and it runs everywhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from office_studio.core.validation.report import Finding, Severity
from office_studio.core.validation.subject import Subject

E, W, I = Severity.ERROR, Severity.WARNING, Severity.INFO  # noqa: E741 - the letters of the format's own tables


class Profile(StrEnum):
    """How strictly a theme is judged (decision 15)."""

    SERVER = "server"  # exactly what an upload is judged by
    SCHEMA = "schema"  # the full manifest schema; what editing and packing use
    STORE = "store"  # also the design document's tighter limits


SERVER_SOURCES = frozenset({"SEED", "SRV", "SRV17"})
STORE_SOURCE = "STORE"  # budgets of the marketplace, asked in no other profile


class Scope(StrEnum):
    """Which themes a rule is about."""

    ALL = "all"
    FLAT = "2d"
    SPACE = "3d"


@dataclass(frozen=True, slots=True)
class Hit:
    """One place where a rule fires. ``args`` fill the rule's message; ``severity`` overrides the rule's own.

    With a ``pointer`` the finding points into theme.json, and ``file`` is the file it is about.
    """

    pointer: str | None = None
    args: dict[str, Any] = field(default_factory=dict)
    file: str | None = None
    object: str | None = None
    severity: Severity | None = None
    message: str | None = None


Check = Callable[[Subject], Iterator[Hit]]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the format.

    Attributes:
        source: Who enforces or states it (column "Src" of the format's tables).
        check: Finds the places; None for rules that a reader reports while it reads (zip, JSON, the server's verdict).
        scope: Which themes it is about. Its check is not run on others.
    """

    id: str
    severity: Severity
    source: str
    message: str
    help: str
    check: Check | None
    scope: Scope = Scope.ALL

    def applies_to(self, profile: Profile) -> bool:
        if self.source == STORE_SOURCE:
            return profile is Profile.STORE
        return profile is not Profile.SERVER or self.source in SERVER_SOURCES

    def level(self, profile: Profile, severity: Severity | None = None) -> Severity | None:
        """Severity of the rule, or of one hit of it, in a profile; None where the rule is not asked."""
        if not self.applies_to(profile):
            return None
        severity = severity or self.severity
        if profile is Profile.STORE and self.source == "DOC" and severity is Severity.INFO:
            return Severity.WARNING
        return severity

    def findings(self, subject: Subject, profile: Profile) -> Iterator[Finding]:
        if self.check is None or (self.scope is not Scope.ALL and (self.scope is Scope.SPACE) != subject.is_3d):
            return
        for hit in self.check(subject):
            severity = self.level(profile, hit.severity)
            if severity is not None:
                yield self._finding(subject, hit, severity)

    def _finding(self, subject: Subject, hit: Hit, severity: Severity) -> Finding:
        line, column = subject.place(hit.pointer) if hit.pointer is not None else (None, None)
        message = hit.message or self.message.format_map(_Missing(hit.args))
        return Finding(
            rule=self.id,
            severity=severity,
            message=message if self.message.startswith("{") else message[:1].upper() + message[1:],
            help=self.help,
            file="theme.json" if hit.pointer is not None else hit.file,
            pointer=hit.pointer,
            line=line,
            column=column,
            object=hit.object or (hit.file if hit.pointer is not None else None),
        )


class _Missing(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return f"{{{key}}}"


RULES: dict[str, Rule] = {}


def rule(
    ident: str, severity: Severity, source: str, message: str, help: str = "", scope: Scope | None = None
) -> Callable[[Check], Check]:
    """Register a check. Without ``scope`` a ``T3D-…`` rule is about 3D themes and a ``T2D-…`` rule about all."""

    def register(check: Check) -> Check:
        _add(Rule(ident, severity, source, message, help, check, scope or _scope(ident)))
        return check

    return register


def declare(ident: str, severity: Severity, source: str, message: str, help: str = "") -> None:
    """Register a rule that is checked elsewhere, while something is read."""
    _add(Rule(ident, severity, source, message, help, None, _scope(ident)))


def rule_of(ident: str) -> Rule | None:
    """The rule of that id, or the family it belongs to: ``GLTF-IO_ERROR`` is one of ``GLTF-*``."""
    return RULES.get(ident) or RULES.get(f"{ident.partition('-')[0]}-*")


def _scope(ident: str) -> Scope:
    return Scope.SPACE if ident.startswith("T3D-") else Scope.ALL


def _add(new: Rule) -> None:
    assert new.id not in RULES, new.id
    RULES[new.id] = new
