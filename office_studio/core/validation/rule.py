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
    id: str
    severity: Severity
    source: str
    message: str
    help: str
    check: Check

    def applies_to(self, profile: Profile) -> bool:
        return profile is not Profile.SERVER or self.source in SERVER_SOURCES

    def findings(self, subject: Subject, profile: Profile) -> Iterator[Finding]:
        for hit in self.check(subject):
            severity = hit.severity or self.severity
            if profile is Profile.STORE and self.source == "DOC" and severity is Severity.INFO:
                severity = Severity.WARNING
            line, column = subject.place(hit.pointer) if hit.pointer is not None else (None, None)
            message = hit.message or self.message.format_map(_Missing(hit.args))
            yield Finding(
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


def rule(ident: str, severity: Severity, source: str, message: str, help: str = "") -> Callable[[Check], Check]:
    """Register a check. ``source``: who enforces or states it (column "Src" of the format's tables)."""

    def register(check: Check) -> Check:
        assert ident not in RULES, ident
        RULES[ident] = Rule(ident, severity, source, message, help, check)
        return check

    return register
