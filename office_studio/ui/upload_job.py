"""Uploading a theme: check, pack, compare, send, read back. Steps and their figures, without widgets."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from office_studio.errors import OfficeStudioError, PackageError
from office_studio.ui import formats
from office_studio.ui.jobs import Jobs, Scope
from office_studio.ui.upload_words import Review, review_of, when

if TYPE_CHECKING:
    from office_studio.services.bundle_history import KeptBundle
    from office_studio.services.http import Credentials
    from office_studio.services.theme_diff import PublishedDiff
    from office_studio.services.uploader import Uploader, UploadOutcome, UploadProgress

CHECK, PACK, SEND, VERIFY = range(4)


class StepState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    UNKNOWN = "unknown"  # sent, but nobody knows whether the office has it


@dataclass(slots=True)
class Step:
    title: str
    state: StepState = StepState.WAITING
    detail: str = ""


@dataclass(frozen=True, slots=True)
class _Prepared:
    theme_id: str
    name: str
    version: str
    bundle: Path
    size_bytes: int
    sha256: str
    manifest: bytes
    checked: str  # words for the first two steps
    packed: str


class UploadJob(QObject):
    """One upload. ``review`` is there while it waits for a word: what the office has would lose something.

    With ``kept`` a bundle that was uploaded before goes out again, byte for byte; else ``path`` is packed anew.

    Signals:
        changed(): steps or progress differ.
        uploaded(str theme_id, str name)
        failed(OfficeStudioError)
        cancelled(str): and what that means for the office.
    """

    changed = Signal()
    uploaded = Signal(str, str)
    failed = Signal(object)
    cancelled = Signal(str)

    def __init__(
        self,
        path: Path,
        url: str,
        credentials: Credentials | None,
        jobs: Jobs,
        parent: QObject | None = None,
        kept: KeptBundle | None = None,
    ) -> None:
        super().__init__(parent)
        self.path, self.url, self._credentials, self._jobs, self.kept = path, url, credentials, jobs, kept
        self._scope: Scope = jobs.scope()
        self.steps = [Step("Check"), Step("Pack"), Step("Send"), Step("Verify")]
        self.sent_bytes, self.total_bytes = 0, 0
        self.is_running = False
        self.is_asked = True  # whether to stop at ``review``
        self.review: Review | None = None
        self.error: OfficeStudioError | None = None
        self.outcome: UploadOutcome | None = None
        self.sha256, self.attempt, self.ended_at_ms = "", 1, 0
        self.replaced = ""  # version that the office has, as far as is known
        self.name = self.version = ""
        self._prepared: _Prepared | None = None
        self._uploader: Uploader | None = None
        # Cleaning up may meet a thread that still writes into it, when the upload was cancelled.
        self._folder = tempfile.TemporaryDirectory(prefix="office-studio-upload-", ignore_cleanup_errors=True)

    @property
    def is_sending(self) -> bool:
        return self.is_running and self.steps[SEND].state is not StepState.WAITING

    @property
    def is_unknown(self) -> bool:
        """It was sent, and the office could not be asked whether it has it."""
        return not self.is_running and any(step.state is StepState.UNKNOWN for step in self.steps)

    @property
    def share(self) -> float:
        """Of the bytes, 0 to 1."""
        return self.sent_bytes / self.total_bytes if self.total_bytes else 0.0

    def start(self) -> None:
        self.is_running = True
        self._set(CHECK, StepState.RUNNING, "Looking at every file")
        self._scope.run_blocking(self._prepare, self._on_prepared, self._fail)

    def go_on(self) -> None:
        """Upload all the same, after ``review``."""
        if self.review is not None and self._prepared is not None:
            self.review = None
            self._start_sending()

    def ask_again(self) -> None:
        """Whether the office has what was sent, when that is not known; nothing is sent."""
        prepared = self._prepared
        if prepared is None or not self.is_unknown:
            return

        async def ask() -> bool:
            from office_studio.services.theme_client import ThemeClient

            async with ThemeClient(self.url, self._credentials) as client:
                found = await client.published(prepared.theme_id)
            if found is None:
                return False
            return found.version == prepared.version and found.manifest in (None, prepared.manifest)

        def answered(is_there: bool) -> None:
            if is_there:
                self._set(SEND, StepState.DONE, formats.size(self.total_bytes))
                self._set(VERIFY, StepState.DONE, f"The server has {prepared.version}")
                self._finish()
                self.uploaded.emit(prepared.theme_id, prepared.name)
            else:
                self._set(SEND, StepState.FAILED, f"The server does not have {prepared.version}. Upload it again.")
                self._finish()

        def silent(error: OfficeStudioError) -> None:
            self._set(SEND, StepState.UNKNOWN, formats.sentences("Sent, not confirmed", error.message))
            self._finish()

        self.is_running = True
        self._set(SEND, StepState.UNKNOWN, "Sent, not confirmed. Checking the server…")
        self._scope.run(ask, answered, silent)

    def cancel(self) -> None:
        """Stop. When everything was sent already, the office is asked what it has before ``cancelled`` tells."""
        was_sending = self.is_sending
        self._scope.close()
        self._finish()
        if not was_sending:
            self.cancelled.emit("Nothing was sent.")

    # -- steps -------------------------------------------------------------------------------------
    def _prepare(self) -> _Prepared:
        """On a thread: check and pack. Raises PackageError PACKAGE_HAS_ERRORS with the first problem."""
        return _take_kept(self.url, self.kept) if self.kept is not None else _pack(self.path, Path(self._folder.name))

    def _on_prepared(self, prepared: _Prepared) -> None:
        self._prepared, self.name, self.version = prepared, prepared.name, prepared.version
        self.total_bytes, self.sha256 = prepared.size_bytes, prepared.sha256
        self._set(CHECK, StepState.DONE, prepared.checked)
        self._set(PACK, StepState.DONE, prepared.packed)
        self._set(SEND, StepState.WAITING, "Comparing with the server")
        self._scope.run(self._compare, self._on_compared, lambda _error: self._on_compared(None))

    async def _compare(self) -> PublishedDiff:
        from office_studio.services.office_client import OfficeClient
        from office_studio.services.theme_client import ThemeClient
        from office_studio.services.theme_diff import diff_with_published

        async with (
            ThemeClient(self.url, self._credentials) as themes,
            OfficeClient(self.url, self._credentials) as office,
        ):
            return await diff_with_published(self.path, themes, office)

    def _on_compared(self, found: PublishedDiff | None) -> None:
        """What cannot be compared is no reason not to upload; sending will say what is wrong with the office."""
        if found is not None and found.diff is not None:
            self.replaced = found.diff.before_version
        can_bump, is_kept = self.path.suffix.lower() != ".zip", self.kept is not None
        review = review_of(found, can_bump=can_bump, is_kept=is_kept) if found is not None else None
        if review is not None and self.is_asked:
            self.review = review
            self._set(SEND, StepState.WAITING, "Waits for your word")
        else:
            self._start_sending()

    def _start_sending(self) -> None:
        prepared = self._prepared
        assert prepared is not None
        self._set(SEND, StepState.RUNNING, f"0 B of {formats.size(self.total_bytes)}")
        self._scope.run(lambda: self._send(prepared), self._on_done, self._fail)

    async def _send(self, prepared: _Prepared) -> UploadOutcome:
        from asyncio import CancelledError

        from office_studio.services.bundle_history import BundleHistory
        from office_studio.services.theme_client import ThemeClient
        from office_studio.services.uploader import Uploader

        async with ThemeClient(self.url, self._credentials) as client:
            uploader = self._uploader = Uploader(client, BundleHistory(self.url))
            try:
                return await uploader.upload(prepared.bundle, self._on_progress)
            except CancelledError:
                state = uploader.state.value
                self._jobs.post(lambda: self._on_cancelled(state))
                raise

    def _on_cancelled(self, state: str) -> None:
        kept = f"The server keeps {self.replaced}." if self.replaced else "The server has nothing of it."
        words = {"stored": "It was too late: the server has it.", "unknown": "Whether the server has it is not known."}
        self.cancelled.emit(words.get(state, kept))

    def _on_progress(self, progress: UploadProgress) -> None:
        """On the service loop."""
        self._post(lambda: self._show_progress(progress))

    def _post(self, call: Callable[[], None]) -> None:
        self._jobs.post(lambda: self._scope.is_open and call())

    def _show_progress(self, progress: UploadProgress) -> None:
        phase, again = progress.phase.value, f"try {progress.attempt}" if progress.attempt > 1 else ""
        self.attempt = max(self.attempt, progress.attempt)
        total = formats.size(self.total_bytes)
        if phase == "sending":
            self.sent_bytes = progress.sent_bytes
            parts = [f"{formats.size(self.sent_bytes)} of {total}"]
            if progress.speed:
                parts.append(f"{formats.size(round(progress.speed))}/s")
            if progress.seconds_left is not None and progress.seconds_left >= 1:
                parts.append(f"{formats.duration(round(progress.seconds_left) * 1000)} left")
            self._set(SEND, StepState.RUNNING, " · ".join(filter(None, (*parts, again))))
        elif phase == "waiting":
            self.sent_bytes = self.total_bytes
            self._set(SEND, StepState.RUNNING, f"{total} sent, the server unpacks")
        elif phase == "asking":
            self._set(SEND, StepState.UNKNOWN, "Sent, not confirmed. Checking the server…")
        elif phase == "retrying":
            self.sent_bytes = 0
            self._set(SEND, StepState.RUNNING, "The connection broke; sending again")
        elif phase == "confirming":
            self._set(SEND, StepState.DONE, total)
            self._set(VERIFY, StepState.RUNNING, "Reading back")

    def _on_done(self, outcome: UploadOutcome) -> None:
        self.outcome = outcome
        if outcome.confirmed_later:
            self._set(SEND, StepState.DONE, "Connection broke, the server has it all the same")
        elif self.steps[SEND].state is not StepState.DONE:
            self._set(SEND, StepState.DONE, formats.size(self.total_bytes))
        words = f"The server has {outcome.version}" if outcome.is_verified else "Taken, could not be read back"
        self._set(VERIFY, StepState.DONE, words)
        self._finish()
        self.uploaded.emit(outcome.theme_id, outcome.name)

    def _finish(self) -> None:
        self.is_running = False
        self.ended_at_ms = time.time_ns() // 1_000_000
        self._folder.cleanup()
        self.changed.emit()

    def _fail(self, error: OfficeStudioError) -> None:
        # What is wrong with the package is known by its code, whichever step was on screen.
        states = [step.state for step in self.steps]
        active = (StepState.RUNNING, StepState.UNKNOWN)
        running = next((i for i, state in enumerate(states) if state in active), SEND)
        where = CHECK if isinstance(error, PackageError) else running
        self.error = error
        is_unknown = error.details.get("state") == "unknown"
        self._set(where, StepState.UNKNOWN if is_unknown else StepState.FAILED, self._reason(error))
        self._finish()
        self.failed.emit(error)

    def _reason(self, error: OfficeStudioError) -> str:
        after = {
            "gone": "The server has lost the version it had.",
            "different": "The server has something else now.",
        }.get(str(error.details.get("state")), "")
        if not after and self.replaced and error.details.get("state") == "unchanged":
            after = f"The server keeps {self.replaced}."
        # These hints are about the command line; the sheet has a button for it.
        hint = "" if error.code in ("PACKAGE_HAS_ERRORS", "THEME_WOULD_BE_REFUSED") else error.hint
        return formats.sentences(error.message, hint, after)

    def _set(self, index: int, state: StepState, detail: str) -> None:
        self.steps[index].state, self.steps[index].detail = state, detail
        self.changed.emit()


# -- on a thread -------------------------------------------------------------------------------------------------
def _pack(path: Path, folder: Path) -> _Prepared:
    from office_studio.services.theme_loader import load_theme, open_files, read_manifest
    from office_studio.services.theme_packer import pack_theme

    theme = load_theme(path).theme
    packed = pack_theme(path, folder / f"{theme.id}.zip")
    manifest = read_manifest(open_files(packed.path), packed.path)
    warnings = packed.report.counts.get("warning", 0)
    checked = "0 errors" + (f", {formats.plural(warnings, 'warning')}" if warnings else "")
    files = sum(1 for line in packed.plan if line.packed)
    words = f"{formats.plural(files, 'file')} · {formats.size(packed.size_bytes)}"
    return _Prepared(theme.id, theme.name, theme.version, packed.path, packed.size_bytes, packed.sha256, manifest,
                     checked, words)  # fmt: skip


def _take_kept(url: str, kept: KeptBundle) -> _Prepared:
    """Raises UsageError BUNDLE_NOT_KEPT, StorageError BUNDLE_DAMAGED, PackageError THEME_WOULD_BE_REFUSED."""
    from office_studio.services.bundle_history import BundleHistory
    from office_studio.services.preflight import preflight

    found = BundleHistory(url).find(kept.theme_id, kept.sha256)
    checked = preflight(found.path)
    if not checked.is_accepted:
        raise checked.refusal()
    words = f"As sent on {when(found.uploaded_at_ms)} · {formats.size(found.size_bytes)}"
    return _Prepared(found.theme_id, found.name, found.version, found.path, found.size_bytes, found.sha256,
                     checked.manifest or b"", "The server would take it", words)  # fmt: skip
