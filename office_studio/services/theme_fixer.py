"""Mends a theme folder: applies fixes in memory, then writes all of them or none, and can undo them. Blocking."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from office_studio.core.theme.files import ThemeFiles
from office_studio.core.validation.fixes.session import Applied, ChangedFiles, FileChange, FixSession
from office_studio.core.validation.report import Finding, Report
from office_studio.core.validation.rule import Profile
from office_studio.errors import PackageError, UsageError
from office_studio.paths import data_dir
from office_studio.services.theme_check import ThemeChecker, links_of, read_lint
from office_studio.services.theme_loader import FolderFiles, is_folder, open_files, read_manifest
from office_studio.services.theme_schema import manifest_schema

# PNG of the theme with this manifest and these files, in a size in pixels.
Painter = Callable[[bytes, ThemeFiles, int, int], bytes]
KEPT_UNDOS = 20
_LISTING = "undo.json"


@dataclass(frozen=True, slots=True)
class FixResult:
    """What was done, or would be with ``dry_run``. ``failures`` could not be done; ``undo``: None when nothing was.

    Both reports are those that ``theme validate`` gives, the Khronos validator's findings among them.
    """

    applied: tuple[Applied, ...]
    failures: tuple[tuple[Finding, str], ...]
    before: Report
    after: Report
    undo: Path | None = None


def fix_theme(
    path: Path,
    rules: Iterable[str] = (),
    *,
    safe_only: bool = True,
    dry_run: bool = False,
    profile: Profile = Profile.SCHEMA,
    painter: Painter | None = None,
    checker: ThemeChecker | None = None,
) -> FixResult:
    """Mend the theme folder at ``path`` (or that of its ``theme.json``).

    Args:
        rules: Only findings of these; empty: of all.
        safe_only: Leave out fixes that their author should be asked about.
        painter: Draws previews; without one none are drawn.
        checker: One that knows this theme already; saves looking at its files once more.
    Raises:
        UsageError: FIX_ZIP, PACKAGE_MISSING.
        PackageError: PACKAGE_NO_MANIFEST, FIX_WRITE.
    """
    folder, session = _folder(path), open_session(path, profile, painter)
    files = open_files(path)
    assert isinstance(files, FolderFiles)
    checker = checker or ThemeChecker(path)
    before = checker.check(profile)
    applied = tuple(session.fix_all(rules, safe_only=safe_only))
    failures, changes = tuple(session.failures), _whole(applied)
    if not changes:
        return FixResult(applied, failures, before, before)
    if dry_run:
        session.models, session.more = checker.models, links_of(files)
        return FixResult(applied, failures, before, session.report())
    undo = _keep_undo(folder, changes)
    write_files(folder, changes)
    return FixResult(applied, failures, before, checker.check(profile), undo)


def open_session(path: Path, profile: Profile, painter: Painter | None) -> FixSession:
    """The theme folder at ``path`` (or that of its ``theme.json``), ready to be mended; nothing is written."""
    folder, files = _folder(path), open_files(path)
    assert isinstance(files, FolderFiles)
    session = FixSession(
        read_manifest(files, path),
        ChangedFiles(files),
        folder.resolve().name,
        profile,
        schema=manifest_schema(),
        lint=read_lint(folder),
    )
    if painter is not None:
        draw = painter
        session.render_preview = lambda width, height: draw(session.raw, session.files, width, height)
    return session


def undo_last(path: Path) -> tuple[str, ...]:
    """Take back the last mending of a theme folder. Returns the names of the files that were restored.

    Raises UsageError FIX_NOTHING_TO_UNDO, FIX_CHANGED_SINCE; PackageError FIX_WRITE.
    """
    folder = _folder(path)
    records = _records(folder)
    if not records:
        raise UsageError("FIX_NOTHING_TO_UNDO", f"Nothing was mended in {folder.name}, or it is too long ago.")
    record = records[-1]
    changes = _read_record(record)
    for name, digest, _ in changes:
        if _digest(_read(folder / name)) != digest:
            raise UsageError(
                "FIX_CHANGED_SINCE", f"“{name}” was changed after it was mended.", "Take your own change back first."
            )
    write_files(folder, [FileChange(name, None, before) for name, _, before in changes])
    record.unlink()
    return tuple(name for name, _, _ in changes)


def _folder(path: Path) -> Path:
    if is_folder(path):
        return path
    if path.suffix.lower() != ".json":
        raise UsageError("FIX_ZIP", f"{path.name} is a zip, and fixes change files.", "Give the theme's folder.")
    return path.parent


def _whole(applied: Iterable[Applied]) -> list[FileChange]:
    """All changes together: of each file the first state and the last."""
    first: dict[str, bytes | None] = {}
    last: dict[str, bytes | None] = {}
    for each in applied:
        for change in each.changes:
            first.setdefault(change.name, change.before)
            last[change.name] = change.after
    return [FileChange(name, first[name], last[name]) for name in first if first[name] != last[name]]


# -- writing ---------------------------------------------------------------------------------------------------
def write_files(folder: Path, changes: Iterable[FileChange]) -> None:
    """All new content is on disk before the first file is replaced, so that a full disk changes nothing."""
    staged: list[tuple[Path, Path]] = []
    try:
        for change in changes:
            if change.after is not None:
                staged.append((_stage(folder / change.name, change.after), folder / change.name))
        for temporary, target in staged:
            temporary.replace(target)
        for change in changes:
            if change.after is None:
                (folder / change.name).unlink(missing_ok=True)
    except OSError as exc:
        raise PackageError("FIX_WRITE", f"{folder.name} cannot be changed: {exc.strerror}.", "See its rights.") from exc
    finally:
        for temporary, _ in staged:
            temporary.unlink(missing_ok=True)


def _stage(target: Path, data: bytes) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{target.name}-", dir=target.parent)
    with os.fdopen(handle, "wb") as stream:
        stream.write(data)
    mode = target.stat().st_mode & 0o777 if target.exists() else 0o644
    Path(name).chmod(mode)
    return Path(name)


# -- undo ------------------------------------------------------------------------------------------------------
def _keep_undo(folder: Path, changes: Iterable[FileChange]) -> Path:
    """A zip with the former content of each file, and what it must be now for undo to be right."""
    changes = list(changes)
    place = _undo_dir()
    target = place / f"{_key(folder)}-{time.time_ns():020d}.zip"
    listing = [
        {"name": change.name, "now": _digest(change.after), "was": None if change.before is None else f"{number}.bin"}
        for number, change in enumerate(changes)
    ]
    try:
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(_LISTING, json.dumps({"folder": str(folder.resolve()), "files": listing}))
            for number, change in enumerate(changes):
                if change.before is not None:
                    archive.writestr(f"{number}.bin", change.before)
    except OSError as exc:
        raise PackageError("FIX_WRITE", f"What undoes the fixes cannot be kept: {exc.strerror}.") from exc
    for old in sorted(place.glob("*.zip"), key=lambda p: p.name.rpartition("-")[2])[:-KEPT_UNDOS]:
        old.unlink(missing_ok=True)
    return target


def _read_record(record: Path) -> list[tuple[str, str | None, bytes | None]]:
    """Name, digest of what a fix made of it, and what it was before."""
    with zipfile.ZipFile(record) as archive:
        listing = json.loads(archive.read(_LISTING))["files"]
        return [(f["name"], f["now"], None if f["was"] is None else archive.read(f["was"])) for f in listing]


def _records(folder: Path) -> list[Path]:
    return sorted(_undo_dir().glob(f"{_key(folder)}-*.zip"))


def _undo_dir() -> Path:
    place = data_dir() / "undo"
    place.mkdir(parents=True, exist_ok=True)
    return place


def _key(folder: Path) -> str:
    return hashlib.sha256(str(folder.resolve()).encode("utf-8", "surrogateescape")).hexdigest()[:16]


def _read(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _digest(data: bytes | None) -> str | None:
    return None if data is None else hashlib.sha256(data).hexdigest()
