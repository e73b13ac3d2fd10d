"""The settings of this run: read once, changed as a whole, written in the background."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from office_studio.errors import OfficeStudioError, StorageError
from office_studio.settings import Settings, SettingsStore
from office_studio.ui.jobs import Jobs

_SAVE_AFTER_MS = 300  # several changes in a row are one write


class SettingsBox(QObject):
    """Signals:
    changed(Settings)
    save_failed(OfficeStudioError)
    """

    changed = Signal(object)
    save_failed = Signal(object)

    def __init__(self, store: SettingsStore, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._scope = jobs.scope()
        self.now: Settings = store.load()
        self._saved = self.now
        self._later = QTimer(self, singleShot=True, interval=_SAVE_AFTER_MS)
        self._later.timeout.connect(self._save)

    @property
    def warnings(self) -> tuple[str, ...]:
        return tuple(self._store.warnings)

    def change(self, make: Callable[[Settings], Settings]) -> None:
        changed = make(self.now)
        if changed != self.now:
            self.now = changed
            self.changed.emit(changed)
            self._later.start()

    def save_now(self) -> None:
        """Write at once, on this thread: for the end of the program."""
        self._later.stop()
        if self.now == self._saved:
            return
        try:
            self._store.save(self.now)
            self._saved = self.now
        except StorageError as error:
            self.save_failed.emit(error)

    def _save(self) -> None:
        settings = self.now

        def saved(_result: object) -> None:
            self._saved = settings

        def failed(error: OfficeStudioError) -> None:
            self.save_failed.emit(error)

        self._scope.run_blocking(lambda: self._store.save(settings), saved, failed)
