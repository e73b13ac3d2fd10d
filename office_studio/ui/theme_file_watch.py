"""Notices when the files of the local theme on the stage change, and reads it anew off the GUI thread."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer, Signal

from office_studio.errors import OfficeStudioError

if TYPE_CHECKING:
    from office_studio.services.theme_loader import LoadedTheme
    from office_studio.ui.jobs import Jobs

DEBOUNCE_MS = 60  # a save is several events: truncate, write, rename
RETRY_MS = 700  # a file that could not be read may have been written without another event
_MAX_WATCHED = 512  # files and folders; of larger themes only the folders are watched


class ThemeFileWatch(QObject):
    """Signals:
    changed(LoadedTheme): read anew.
    broken(OfficeStudioError): it cannot be read as it is now.
    """

    changed = Signal(object)
    broken = Signal(object)

    def __init__(self, jobs: Jobs, parent: QObject) -> None:
        super().__init__(parent)
        self._scope = jobs.scope()
        self._source: Path | None = None
        self._watcher = QFileSystemWatcher(self)
        self._watcher.directoryChanged.connect(self._on_event)
        self._watcher.fileChanged.connect(self._on_event)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(DEBOUNCE_MS)
        self._later.timeout.connect(self._read)
        self._retry = QTimer(self)
        self._retry.setSingleShot(True)
        self._retry.setInterval(RETRY_MS)
        self._retry.timeout.connect(self._read)
        self._stamps: dict[str, tuple[int, int, int]] = {}
        self._is_reading = self._is_asked_again = False

    def watch(self, source: Path | None) -> None:
        """The folder, theme.json or zip on the stage; None when nothing of this computer is shown."""
        if source != self._source:
            self._later.stop()
            self._retry.stop()
        self._source = source
        self._scope.run_blocking(lambda: _stamps_of(source), lambda stamps: self._on_listed(source, stamps))

    def close(self) -> None:
        self._later.stop()
        self._retry.stop()
        self._source = None
        self._scope.close()
        if known := [*self._watcher.files(), *self._watcher.directories()]:
            self._watcher.removePaths(known)

    # -- inside ------------------------------------------------------------------------------------
    def _on_listed(self, source: Path | None, stamps: dict[str, tuple[int, int, int]]) -> None:
        if source != self._source:
            return
        self._stamps = stamps
        self._follow(stamps)

    def _follow(self, stamps: dict[str, tuple[int, int, int]]) -> None:
        """Watch what there is now: an editor that replaces a file by another leaves the watch on nothing."""
        wanted = set(stamps) if len(stamps) <= _MAX_WATCHED else {p for p in stamps if p.endswith(os.sep)}
        wanted = {path.rstrip(os.sep) for path in wanted}
        known = {*self._watcher.files(), *self._watcher.directories()}
        if gone := list(known - wanted):
            self._watcher.removePaths(gone)
        if new := list(wanted - known):
            self._watcher.addPaths(new)

    def _on_event(self, _path: str) -> None:
        self._later.start()

    def _read(self) -> None:
        source = self._source
        if source is None:
            return
        if self._is_reading:
            self._is_asked_again = True
            return
        self._is_reading = True
        before = self._stamps

        def read() -> tuple[dict[str, tuple[int, int, int]], LoadedTheme | OfficeStudioError | None]:
            from office_studio.services.theme_loader import load_theme

            stamps = _stamps_of(source)
            if stamps == before:
                return stamps, None
            try:
                return stamps, load_theme(source)
            except OfficeStudioError as error:
                return stamps, error

        def failed(error: OfficeStudioError) -> None:
            self._is_reading = False
            self.broken.emit(error)

        self._scope.run_blocking(read, lambda result: self._on_read(source, result), failed)

    def _on_read(
        self,
        source: Path,
        result: tuple[dict[str, tuple[int, int, int]], LoadedTheme | OfficeStudioError | None],
    ) -> None:
        self._is_reading = False
        if source != self._source:
            return
        stamps, found = result
        self._follow(stamps)
        if isinstance(found, OfficeStudioError):
            self._stamps = {}  # whatever comes next is news
            self.broken.emit(found)
            self._retry.start()
        elif found is not None:
            self._stamps = stamps
            self._retry.stop()
            self.changed.emit(found)
        if self._is_asked_again:
            self._is_asked_again = False
            self._later.start()


def _stamps_of(source: Path | None) -> dict[str, tuple[int, int, int]]:
    """Time, size and inode of every file of a theme; folders end with a separator. Hidden ones do not count."""
    if source is None:
        return {}
    found: dict[str, tuple[int, int, int]] = {}
    if source.is_file() and source.suffix.lower() != ".json":
        folders, files = [], [source]
    else:
        root = source if source.is_dir() else source.parent
        folders, files = [root], []
        for folder, below, names in os.walk(root):
            below[:] = [name for name in below if not name.startswith(".")]
            folders += [Path(folder, name) for name in below]
            files += [Path(folder, name) for name in names if not name.startswith(".")]
    for path in folders:
        found[f"{path}{os.sep}"] = (0, 0, 0)
    for path in files:
        try:
            stat = path.stat()
        except OSError:
            continue
        found[str(path)] = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
    return found
