"""One theme of this computer that is open in Make: its problems, what mends them, undo, and changes by others."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from office_studio.core.theme.manifest import parse_manifest
from office_studio.core.validation.report import Finding, Report
from office_studio.core.validation.rule import RULES, Profile
from office_studio.errors import OfficeStudioError
from office_studio.services.theme_loader import LoadedTheme, load_theme, open_files, read_manifest
from office_studio.ui.make.local_facts import Stamp, stamp_of

if TYPE_CHECKING:
    from office_studio.core.validation.fixes.model import Fix
    from office_studio.core.validation.fixes.session import FileChange
    from office_studio.services.theme_check import ThemeChecker
    from office_studio.services.theme_mending import Mending
    from office_studio.ui.jobs import Jobs

# Rules and fixes take a fifth of a second to import: only what runs on a worker thread does it.

_DEBOUNCE_MS = 80  # a save is several events: truncate, write, rename
_MAX_WATCHED = 512  # files; of larger themes only the folders are watched
_UNDO_STEPS = 50


@dataclass(frozen=True, slots=True)
class Checked:
    """What one check found. ``text``: of ``theme.json``, "" when it cannot be read."""

    report: Report
    fixes: Mapping[Finding, Fix]
    text: str
    document: dict[str, Any]
    files: int
    rules: int
    took_ms: float
    at_ms: int
    loaded: LoadedTheme | None
    stamp: Stamp = field(default=(), repr=False)

    @property
    def safe_count(self) -> int:
        return sum(fix.is_safe for fix in self.fixes.values())


class ThemeDocument(QObject):
    """Signals:
    checked(Checked): problems are known anew.
    checking_changed(bool)
    failed(str title, OfficeStudioError): something could not be read, mended or written.
    mended(Mending): a fix was written.
    """

    checked = Signal(object)
    checking_changed = Signal(bool)
    failed = Signal(str, object)
    mended = Signal(object)

    def __init__(self, path: Path, jobs: Jobs, parent: QObject) -> None:
        super().__init__(parent)
        self.path = path
        self.profile = Profile.SCHEMA
        self.result: Checked | None = None
        self.is_mendable = path.suffix.lower() != ".zip"
        self.undo_stack = QUndoStack(self)
        self.undo_stack.setUndoLimit(_UNDO_STEPS)
        self.saved_at_ms: int | None = None
        self._jobs, self._scope = jobs, jobs.scope()
        self._checker = _Checker(path)
        self._is_busy = self._is_check_wanted = False
        self._writes: list[tuple[FileChange, ...]] = []
        self._watcher = QFileSystemWatcher(self)
        self._later = QTimer(self, singleShot=True, interval=_DEBOUNCE_MS)
        self._later.timeout.connect(lambda: self.check(only_if_changed=True))
        self._watcher.directoryChanged.connect(lambda _path: self._later.start())
        self._watcher.fileChanged.connect(lambda _path: self._later.start())

    @property
    def name(self) -> str:
        if self.result is not None and self.result.loaded is not None and self.result.loaded.theme.name:
            return self.result.loaded.theme.name
        return self.path.stem if self.path.suffix else self.path.name

    @property
    def is_busy(self) -> bool:
        return self._is_busy

    # -- checking ----------------------------------------------------------------------------------
    def set_profile(self, profile: Profile) -> None:
        if profile is not self.profile:
            self.profile = profile
            self.check()

    def check(self, *, only_if_changed: bool = False) -> None:
        """Look at every file that is not known yet, on a worker thread. While one runs, another is done after it."""
        if self._is_busy:
            self._is_check_wanted = True
            return
        self._begin()
        known = self.result.stamp if only_if_changed and self.result is not None else None
        checker, path, profile = self._checker, self.path, self.profile

        def work() -> Checked | None:
            stamp = stamp_of(path)
            return None if stamp == known else _check(checker, path, profile, stamp)

        self._scope.run_blocking(work, self._on_checked, partial(self._on_failed, "Not checked"))

    def _on_checked(self, result: Checked | None) -> None:
        if result is not None:
            self.result = result
            self._follow(result.stamp)
            self.checked.emit(result)
        self._end()

    # -- mending -----------------------------------------------------------------------------------
    def fix(self, finding: Finding) -> None:
        """Mend one problem; one step of undo."""
        profile, path = self.profile, self.path

        def work() -> Mending:
            from office_studio.services.theme_mending import mend

            return mend(path, finding, profile, _painter())

        self._mend(work)

    def fix_all_safe(self) -> None:
        profile, path = self.profile, self.path

        def work() -> Mending:
            from office_studio.services.theme_mending import mend_all_safe

            return mend_all_safe(path, profile, _painter())

        self._mend(work)

    def put(self, title: str, values: Mapping[str, object]) -> None:
        """Set members of ``theme.json`` by pointer; one step of undo."""
        path = self.path
        if self._is_busy:
            busy = OfficeStudioError("THEME_BUSY", "The theme is being checked.", "Try again in a moment.")
            self.failed.emit("Not saved", busy)

        def work() -> Mending:
            from office_studio.services.theme_mending import put_values

            return put_values(path, title, values)

        self._mend(work)

    def ignore(self, rule: str) -> None:
        path = self.path

        def work() -> Mending:
            from office_studio.services.theme_mending import ignore_rule

            return ignore_rule(path, rule)

        self._mend(work)

    def _mend(self, work: Any) -> None:
        if self._is_busy or not self.is_mendable:
            return
        self._begin()
        self._scope.run_blocking(work, self._on_made, partial(self._on_failed, "Not mended"))

    def _on_made(self, mending: Mending) -> None:
        self._end()
        if mending.changes:
            self.undo_stack.push(_Step(self, mending))
            self.mended.emit(mending)
        for _finding, why in mending.failures[:1]:
            self.failed.emit(
                "Some problems are left", OfficeStudioError("FIX_NOT_POSSIBLE", f"{why[:1].upper()}{why[1:]}.")
            )

    def write(self, changes: tuple[FileChange, ...]) -> None:
        """Write in the order of calls, on a worker thread; then check again."""
        self._writes.append(changes)
        self._write_next()

    def _write_next(self) -> None:
        if self._is_busy or not self._writes:
            return
        self._begin()
        changes, path = self._writes.pop(0), self.path

        def work() -> None:
            from office_studio.services.theme_mending import write_changes

            write_changes(path, changes)

        self._scope.run_blocking(work, self._on_written, self._on_not_written)

    def _on_written(self, _nothing: object) -> None:
        self.saved_at_ms = time.time_ns() // 1_000_000
        self._is_check_wanted = True
        self._end()

    def _on_not_written(self, error: OfficeStudioError) -> None:
        # The steps of undo no longer fit the files.
        self._writes.clear()
        self.undo_stack.clear()
        self._is_check_wanted = True
        self._on_failed("Not saved", error)

    # -- inside ------------------------------------------------------------------------------------
    def _begin(self) -> None:
        self._is_busy = True
        self.checking_changed.emit(True)

    def _end(self) -> None:
        self._is_busy = False
        self.checking_changed.emit(False)
        if self._writes:
            self._write_next()
        elif self._is_check_wanted:
            self._is_check_wanted = False
            self.check()

    def _on_failed(self, title: str, error: OfficeStudioError) -> None:
        self.failed.emit(title, error)
        self._end()

    def _follow(self, stamp: Stamp) -> None:
        """Watch what there is now: an editor that replaces a file by another leaves the watch on nothing."""
        files = [name for name, _, _ in stamp]
        folders = {str(Path(name).parent) for name in files} | {str(self.path)}
        wanted = {*folders, *(files if len(files) <= _MAX_WATCHED else ())}
        known = {*self._watcher.files(), *self._watcher.directories()}
        if gone := list(known - wanted):
            self._watcher.removePaths(gone)
        if new := list(wanted - known):
            self._watcher.addPaths(new)

    def close(self) -> None:
        self._scope.close()
        self.undo_stack.blockSignals(True)  # it tells of its end too
        self._later.stop()
        if known := [*self._watcher.files(), *self._watcher.directories()]:
            self._watcher.removePaths(known)


class _Step(QUndoCommand):
    """Files before and after a fix."""

    def __init__(self, document: ThemeDocument, mending: Mending) -> None:
        super().__init__(mending.title)
        self._document, self._changes = document, mending.changes

    def redo(self) -> None:
        self._document.write(self._changes)

    def undo(self) -> None:
        from office_studio.core.validation.fixes.session import FileChange

        self._document.write(tuple(FileChange(c.name, c.after, c.before) for c in reversed(self._changes)))


def _painter() -> Any:
    from office_studio.ui.make.preview import paint_preview

    return paint_preview


class _Checker:
    """What is kept from one check to the next; made by the first one. Only one runs at a time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._made: ThemeChecker | None = None

    def check(self, profile: Profile) -> Report:
        if self._made is None:
            from office_studio.services.theme_check import ThemeChecker

            self._made = ThemeChecker(self._path)
        return self._made.check(profile)


def _check(checker: _Checker, path: Path, profile: Profile, stamp: Stamp) -> Checked:
    """On a worker thread."""
    from office_studio.services.theme_mending import is_mendable, offers

    started = time.perf_counter()
    report = checker.check(profile)
    took_ms = (time.perf_counter() - started) * 1000
    fixes = offers(path, report) if is_mendable(path) else {}
    text, document, count, loaded = "", {}, 0, None
    try:
        files = open_files(path)
        count = len(files.names)
        raw = read_manifest(files, path)
        text = raw.decode("utf-8-sig", "replace")
        document = parse_manifest(raw)
        loaded = load_theme(path)
    except OfficeStudioError:
        pass  # the report says why
    rules = sum(rule.applies_to(profile) for rule in RULES.values())
    now = time.time_ns() // 1_000_000
    return Checked(report, fixes, text, dict(document), count, rules, took_ms, now, loaded, stamp)
