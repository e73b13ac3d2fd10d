"""Fixes of single findings as changes of files: offered, made, written. Blocking; whole themes: ``theme_fixer``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from office_studio.core.theme.manifest import parse_manifest
from office_studio.core.validation.fixes import find_fix
from office_studio.core.validation.fixes.json_text import edited
from office_studio.core.validation.fixes.model import Fix, FixContext, FixFailed, Put
from office_studio.core.validation.fixes.session import FileChange
from office_studio.core.validation.lint import LINT_FILE
from office_studio.core.validation.report import Finding, Report
from office_studio.core.validation.rule import Profile
from office_studio.core.validation.subject import Subject
from office_studio.errors import OfficeStudioError, UsageError
from office_studio.services.theme_fixer import Painter, open_session, write_files
from office_studio.services.theme_loader import MANIFEST, is_folder, open_files, read_manifest


@dataclass(frozen=True, slots=True)
class Mending:
    """Changes that belong together. ``title``: what was done, for undo."""

    title: str
    changes: tuple[FileChange, ...]
    count: int = 1  # findings mended
    failures: tuple[tuple[Finding, str], ...] = ()


def is_mendable(path: Path) -> bool:
    """Whether files at ``path`` can be changed: folders can, zips cannot."""
    try:
        return is_folder(path) or path.suffix.lower() == ".json"
    except OfficeStudioError:
        return False


def offers(path: Path, report: Report) -> Mapping[Finding, Fix]:
    """What would mend each finding of ``report``; nothing for zips and for text that is no JSON."""
    wanted = [finding for finding in report.findings if finding.fix]
    if not wanted or not is_mendable(path):
        return {}
    try:
        context = FixContext(_subject(path), _would_draw)
    except OfficeStudioError:
        return {}
    found = ((finding, find_fix(context, finding)) for finding in wanted)
    return {finding: fix for finding, fix in found if fix is not None}


def mend(path: Path, finding: Finding, profile: Profile, painter: Painter | None = None) -> Mending:
    """The changes that mend one finding; nothing is written.

    Raises UsageError FIX_GONE when the theme changed meanwhile, FIX_NOT_POSSIBLE; and what reading raises.
    """
    session = open_session(path, profile, painter)
    context = FixContext(_subject(path), session.render_preview)
    same = next((f for f in session.report().findings if _key(f) == _key(finding)), None)
    fix = find_fix(context, same) if same is not None else None
    if same is None or fix is None:
        raise UsageError("FIX_GONE", "This problem is no longer there.", "The theme was changed meanwhile.")
    try:
        applied = session.apply(fix, same)
    except FixFailed as error:
        raise UsageError("FIX_NOT_POSSIBLE", f"Not mended: {error}.", "Mend it by hand.") from error
    return Mending(fix.title, applied.changes)


def put_values(path: Path, title: str, values: Mapping[str, object]) -> Mending:
    """The change that sets members of ``theme.json`` by pointer and leaves all other text as it is; nothing is written.

    Raises UsageError THEME_PUT when a place is not there or the text is no JSON; and what reading raises.
    """
    before = read_manifest(open_files(path), path)
    try:
        after = edited(before, [Put(pointer, value) for pointer, value in values.items()])
    except FixFailed as error:
        raise UsageError("THEME_PUT", f"Not saved: {error}.", "Mend the text first.") from error
    changes = (FileChange(MANIFEST, before, after),) if after != before else ()
    return Mending(title, changes)


def mend_all_safe(path: Path, profile: Profile, painter: Painter | None = None) -> Mending:
    """The changes of every fix that loses nothing and cannot mean something else; nothing is written."""
    session = open_session(path, profile, painter)
    applied = session.fix_all()
    first: dict[str, bytes | None] = {}
    last: dict[str, bytes | None] = {}
    for each in applied:
        for change in each.changes:
            first.setdefault(change.name, change.before)
            last[change.name] = change.after
    changes = tuple(FileChange(name, first[name], last[name]) for name in first if first[name] != last[name])
    return Mending(f"Fix {len(applied)} problems", changes, len(applied), tuple(session.failures))


def ignore_rule(path: Path, rule: str) -> Mending:
    """The change of ``.themelint.toml`` that silences a rule in this theme; nothing is written."""
    folder = path if path.is_dir() else path.parent
    target = folder / LINT_FILE
    try:
        before = target.read_bytes() if target.is_file() else None
    except OSError as exc:
        raise UsageError("LINT_UNREADABLE", f"{LINT_FILE} cannot be read: {exc.strerror}.", "See its rights.") from exc
    text = before or b""
    gap = b"\n" if text and not text.endswith(b"\n") else b""
    after = text + gap + (b"\n" if text else b"") + f'[[suppress]]\nrule = "{rule}"\n'.encode()
    return Mending(f"Ignore {rule}", (FileChange(LINT_FILE, before, after),))


def write_changes(path: Path, changes: Iterable[FileChange]) -> None:
    """Write all changes or none, each file at once.

    Raises UsageError FIX_CHANGED_SINCE when a file is no longer what it was; PackageError FIX_WRITE.
    """
    folder, wanted = (path if path.is_dir() else path.parent), tuple(changes)
    for change in wanted:
        target = folder / change.name
        try:
            now = target.read_bytes() if target.is_file() else None
        except OSError:
            now = None
        if now != change.before:
            raise UsageError(
                "FIX_CHANGED_SINCE", f"“{change.name}” was changed by another program.", "Nothing was written."
            )
    write_files(folder, wanted)


def _subject(path: Path) -> Subject:
    files = open_files(path)
    raw = read_manifest(files, path)
    folder = path if path.is_dir() else path.parent
    return Subject(parse_manifest(raw), raw, files, folder.resolve().name)


def _key(finding: Finding) -> tuple[str, str | None, str | None, str]:
    return finding.rule, finding.pointer, finding.file, finding.message


def _would_draw(width: int, height: int) -> bytes:
    raise FixFailed("nothing can draw here")
