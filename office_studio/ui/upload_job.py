"""Uploading a theme: check, pack, send, ask the office what it has now. Steps and their figures, without widgets."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from office_studio.errors import ApiError, OfficeStudioError, PackageError
from office_studio.ui import formats
from office_studio.ui.jobs import Jobs, Scope

if TYPE_CHECKING:
    from office_studio.services.http import Credentials
    from office_studio.services.theme_packer import PackedTheme


class StepState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(slots=True)
class Step:
    title: str
    state: StepState = StepState.WAITING
    detail: str = ""


@dataclass(frozen=True, slots=True)
class _Prepared:
    theme_id: str
    name: str
    manifest: bytes
    packed: PackedTheme


class UploadJob(QObject):
    """One upload. Cancelling it before the end leaves the office with what it had.

    Signals:
        changed(): steps or progress differ.
        uploaded(str theme_id, str name)
        failed(OfficeStudioError)
    """

    changed = Signal()
    uploaded = Signal(str, str)
    failed = Signal(object)

    def __init__(
        self, path: Path, url: str, credentials: Credentials | None, jobs: Jobs, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.path, self._url, self._credentials, self._jobs = path, url, credentials, jobs
        self._scope: Scope = jobs.scope()
        self.steps = [Step("Check"), Step("Pack"), Step("Send"), Step("Verify")]
        self.sent_bytes, self.total_bytes = 0, 0
        self.is_running = False
        # Cleaning up may meet a thread that still writes into it, when the upload was cancelled.
        self._folder = tempfile.TemporaryDirectory(prefix="office-studio-upload-", ignore_cleanup_errors=True)

    def start(self) -> None:
        self.is_running = True
        self._set(0, StepState.RUNNING, "Looking at every file")
        self._scope.run_blocking(self._prepare, self._on_prepared, lambda error: self._fail(0, error))

    def cancel(self) -> None:
        self._scope.close()
        self._finish()

    # -- steps -------------------------------------------------------------------------------------
    def _prepare(self) -> _Prepared:
        """On a thread: check and pack. Raises PackageError PACKAGE_HAS_ERRORS with the first problem."""
        from office_studio.services.theme_loader import load_theme, open_files, read_manifest
        from office_studio.services.theme_packer import pack_theme

        loaded = load_theme(self.path)
        packed = pack_theme(self.path, Path(self._folder.name) / f"{loaded.theme.id}.zip")
        manifest = read_manifest(open_files(packed.path), packed.path)
        return _Prepared(loaded.theme.id, loaded.theme.name, manifest, packed)

    def _on_prepared(self, prepared: _Prepared) -> None:
        warnings = prepared.packed.report.counts.get("warning", 0)
        self._set(0, StepState.DONE, "No errors" + (f", {formats.plural(warnings, 'warning')}" if warnings else ""))
        files = sum(1 for line in prepared.packed.plan if line.packed)
        self.total_bytes = prepared.packed.size_bytes
        self._set(1, StepState.DONE, f"{formats.plural(files, 'file')}, {formats.size(self.total_bytes)}")
        self._set(2, StepState.RUNNING, f"0 B of {formats.size(self.total_bytes)}")
        self._scope.run(lambda: self._send(prepared), lambda _: self._on_done(prepared), lambda e: self._fail(2, e))

    async def _send(self, prepared: _Prepared) -> None:
        from office_studio.services.theme_client import ThemeClient

        async with ThemeClient(self._url, self._credentials) as client:
            result = await client.upload(prepared.manifest, prepared.packed.path, self._on_progress)
            self._post(lambda: self._on_sent(result.confirmed_later))
            rows = await client.list()
        if all(row.id != result.theme_id for row in rows):
            raise ApiError(
                "THEME_NOT_LISTED",
                f"The office took {prepared.name} but does not list it.",
                "Look at its list of themes again in a moment.",
            )

    def _on_progress(self, done: int, total: int) -> None:
        self._post(lambda: self._note_progress(done))

    def _post(self, call: Callable[[], None]) -> None:
        self._jobs.post(lambda: self._scope.is_open and call())

    def _note_progress(self, done: int) -> None:
        if self.steps[2].state is StepState.RUNNING and done != self.sent_bytes:
            self.sent_bytes = done
            self._set(2, StepState.RUNNING, f"{formats.size(done)} of {formats.size(self.total_bytes)}")

    def _on_sent(self, confirmed_later: bool) -> None:
        self.sent_bytes = self.total_bytes
        words = (
            "Connection broke, the office has it all the same" if confirmed_later else formats.size(self.total_bytes)
        )
        self._set(2, StepState.DONE, words)
        self._set(3, StepState.RUNNING, "Asking the office")

    def _on_done(self, prepared: _Prepared) -> None:
        self._set(3, StepState.DONE, f"{prepared.name} is on the server")
        self._finish()
        self.uploaded.emit(prepared.theme_id, prepared.name)

    def _finish(self) -> None:
        self.is_running = False
        self._folder.cleanup()
        self.changed.emit()

    def _fail(self, at: int, error: OfficeStudioError) -> None:
        # What went wrong with the package is known by its code, whichever step was on screen.
        running = next((i for i, step in enumerate(self.steps) if step.state is StepState.RUNNING), at)
        where = 0 if isinstance(error, PackageError) and running < 2 else running
        self._set(where, StepState.FAILED, formats.sentences(error.message, error.hint))
        self._finish()
        self.failed.emit(error)

    def _set(self, index: int, state: StepState, detail: str) -> None:
        self.steps[index].state, self.steps[index].detail = state, detail
        self.changed.emit()
