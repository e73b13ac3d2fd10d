"""Applies fixes to a theme held in memory, one after the other, each undoable. Writing the result is the caller's."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from office_studio.core.theme.files import ThemeFiles, missing
from office_studio.core.theme.manifest import parse_manifest
from office_studio.core.validation.engine import check_theme
from office_studio.core.validation.fixes import find_fix
from office_studio.core.validation.fixes.json_text import edited
from office_studio.core.validation.fixes.model import DropFile, Fix, FixContext, FixFailed, RenameFile, WriteFile
from office_studio.core.validation.gltf_checker import GltfChecker
from office_studio.core.validation.lint import LintConfig
from office_studio.core.validation.report import Finding, Report
from office_studio.core.validation.rule import RULES, Profile
from office_studio.core.validation.schema import ManifestSchema
from office_studio.core.validation.subject import Subject
from office_studio.errors import OfficeStudioError

MANIFEST = "theme.json"
MAX_FIXES = 500


class ChangedFiles:
    """Files of a theme with changes on top; None stands for a file that is gone."""

    def __init__(self, base: ThemeFiles, changes: Mapping[str, bytes | None] | None = None) -> None:
        self._base = base
        self.changes: dict[str, bytes | None] = dict(changes or {})

    @property
    def names(self) -> tuple[str, ...]:
        kept = {name for name in self._base.names if self.changes.get(name, b"") is not None}
        return tuple(sorted(kept | {name for name, data in self.changes.items() if data is not None}))

    def read(self, name: str) -> bytes:
        if name not in self.changes:
            return self._base.read(name)
        data = self.changes[name]
        if data is None:
            raise missing(name)
        return data

    def size(self, name: str) -> int:
        return len(self.read(name)) if name in self.changes else self._base.size(name)


@dataclass(frozen=True, slots=True)
class FileChange:
    """One file before and after; None: not there."""

    name: str
    before: bytes | None
    after: bytes | None


@dataclass(frozen=True, slots=True)
class Applied:
    """What a fix did. ``inverse`` undoes it byte for byte."""

    fix: Fix
    finding: Finding
    changes: tuple[FileChange, ...]

    def inverse(self) -> Applied:
        return replace(self, changes=tuple(FileChange(c.name, c.after, c.before) for c in reversed(self.changes)))


@dataclass(slots=True)
class FixSession:
    """A theme that is being mended.

    ``failures``: fixes that could not do what they promised, with the reason. ``models``: who knows the whole glTF
    specification; ``more``: findings that reading the folder gave. Both count in reports, there is no fix for them.
    """

    raw: bytes
    files: ChangedFiles
    folder_name: str | None = None
    profile: Profile = Profile.SCHEMA
    render_preview: Callable[[int, int], bytes] | None = None
    schema: ManifestSchema | None = None
    lint: LintConfig | None = None
    published_version: str | None = None
    models: GltfChecker | None = None
    more: tuple[Finding, ...] = ()
    failures: list[tuple[Finding, str]] = field(default_factory=list)

    def report(self) -> Report:
        return check_theme(
            self.raw,
            self.files,
            profile=self.profile,
            folder_name=self.folder_name,
            published_version=self.published_version,
            schema=self.schema,
            lint=self.lint,
            models=self.models,
            more=self.more,
        )

    def fix_all(self, rules: Iterable[str] = (), *, safe_only: bool = True) -> list[Applied]:
        """Mend what can be mended: findings of ``rules``, or of all. One fix may make another possible."""
        wanted = {rule.upper() for rule in rules}
        done: list[Applied] = []
        tried: set[tuple[str, str | None, str | None, str]] = set()
        while len(done) < MAX_FIXES:
            before = len(done)
            for rule in dict.fromkeys(f.rule for f in self.report().findings if not wanted or f.rule in wanted):
                done += self._fix_rule(rule, tried, safe_only, MAX_FIXES - len(done))
            if len(done) == before:
                break
        return done

    def _fix_rule(
        self, rule: str, tried: set[tuple[str, str | None, str | None, str]], safe_only: bool, limit: int
    ) -> Iterator[Applied]:
        for _ in range(limit):
            subject = self._subject()
            if subject is None:
                return
            for finding in self._findings(rule, subject):
                key = (finding.rule, finding.pointer, finding.file, finding.message)
                found = find_fix(FixContext(subject, self.render_preview), finding) if key not in tried else None
                tried.add(key)
                if found is not None and (found.is_safe or not safe_only):
                    applied = self._try(found, finding)
                    if applied is not None:
                        yield applied
                        break
            else:
                return

    def _findings(self, rule: str, subject: Subject) -> list[Finding]:
        found = RULES[rule].findings(subject, self.profile) if rule in RULES else iter(())
        return list(found if self.lint is None else self.lint.apply(found))

    def _try(self, fix: Fix, finding: Finding) -> Applied | None:
        try:
            return self.apply(fix, finding)
        except (FixFailed, OfficeStudioError) as error:
            self.failures.append((finding, str(error)))
            return None

    def apply(self, fix: Fix, finding: Finding) -> Applied:
        """Raises FixFailed; nothing is changed then."""
        after: dict[str, bytes | None] = {}

        def read(name: str) -> bytes:
            data = after[name] if name in after else self.files.read(name)
            if data is None:
                raise FixFailed(f"{name} is gone")
            return data

        raw = edited(self.raw, fix.edits)
        for edit in fix.files:
            if isinstance(edit, WriteFile):
                after[edit.name] = edit.make()
            elif isinstance(edit, RenameFile):
                after[edit.new_name] = read(edit.name)
                after[edit.name] = None
            elif isinstance(edit, DropFile):
                after[edit.name] = None
        if raw != self.raw:
            after[MANIFEST] = raw
        names = set(self.files.names)
        changes = tuple(
            FileChange(name, self._before(name) if name in names or name == MANIFEST else None, data)
            for name, data in after.items()
        )
        applied = Applied(fix, finding, tuple(change for change in changes if change.before != change.after))
        self._take(applied)
        return applied

    def undo(self, applied: Applied) -> None:
        """Take back the last fix applied."""
        self._take(applied.inverse())

    def _before(self, name: str) -> bytes:
        return self.raw if name == MANIFEST else self.files.read(name)

    def _take(self, applied: Applied) -> None:
        for change in applied.changes:
            if change.name == MANIFEST and change.after is not None:
                self.raw = change.after
            self.files.changes[change.name] = change.after

    def _subject(self) -> Subject | None:
        try:
            document = parse_manifest(self.raw)
        except OfficeStudioError:
            return None
        return Subject(document, self.raw, self.files, self.folder_name, published_version=self.published_version)
