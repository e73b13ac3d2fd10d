"""The sheet that uploads a theme: choose it, watch the steps, go on working meanwhile."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFileDialog, QProgressBar, QVBoxLayout, QWidget

from office_studio.errors import OfficeStudioError
from office_studio.ui import formats
from office_studio.ui.connect.session import OfficeSession
from office_studio.ui.file_manager import short_path
from office_studio.ui.jobs import Jobs
from office_studio.ui.upload_details import DetailsGrid, upload_facts
from office_studio.ui.upload_job import SEND, Step, StepState, UploadJob
from office_studio.ui.widgets.basics import ElidingLabel, Glyph, Paragraph
from office_studio.ui.widgets.floating import Floating, Scrim
from office_studio.ui.widgets.layouts import button, frame, hbox, label, restyle, vbox

if TYPE_CHECKING:
    from office_studio.services.bundle_history import KeptBundle

_WIDTH = 500
_LOOKS = {
    StepState.WAITING: ("circle", "text_disabled"),
    StepState.RUNNING: ("spinner-gap", "accent"),
    StepState.DONE: ("check-circle-fill", "success"),
    StepState.FAILED: ("x-circle-fill", "error"),
    StepState.UNKNOWN: ("question-fill", "warning"),
}
# Of each step: to come, under way, done.
_TITLES = (("Check", "Checking", "Checked"), ("Pack", "Packing", "Packed"), ("Send", "Sending", "Sent"),
           ("Verify on the server", "Verifying", "Verified"))  # fmt: skip
_AHEAD = ("", "", "", "compares theme.json byte for byte")


class UploadSheet(QObject):
    """Lives until the upload ends, also when its surface is closed before.

    Signals:
        uploaded(str theme_id, str name)
        failed(OfficeStudioError): while the surface is closed; else the sheet says it itself.
        cancelled(str name, str): and what the office has now.
        progressed(str): for the status bar while the surface is closed; "" at the end.
        problems_requested(Path): show what is wrong with the theme.
        ended(): stored, failed or cancelled; the facts of ``job`` are whole.
    """

    uploaded = Signal(str, str)
    failed = Signal(object)
    cancelled = Signal(str, str)
    progressed = Signal(str)
    problems_requested = Signal(object)
    ended = Signal()

    def __init__(
        self,
        window: QWidget,
        session: OfficeSession,
        jobs: Jobs,
        start: Path | None,
        kept: KeptBundle | None = None,
    ) -> None:
        """``kept``: publish this bundle again, whatever ``start`` is by now."""
        super().__init__(window)
        self._window, self._session, self._jobs, self._kept = window, session, jobs, kept
        self._path = kept.path if kept is not None else start
        self.job: UploadJob | None = None
        self._office = session.office.name if session.office is not None else "the office"
        self._scrim = Scrim(window, self.close)
        self._build()
        self._scrim.show()
        self.sheet.show()
        window.installEventFilter(self)
        self.refresh()
        self.upload_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _build(self) -> None:
        self._title, self._subtitle = label("", "title"), ElidingLabel("", "muted")
        self._where = ElidingLabel("", "mono-muted")
        self._rows = [_StepRow(at) for at in range(4)]
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName("Sent")
        self._reason = Paragraph("", "small")
        self._review_title, self._review = label("", "strong"), Paragraph("", "small")
        self._review_box = frame(vbox(self._review_title, self._review, spacing=4, margins=(12, 10, 12, 10)), "card")
        self._keeps = Paragraph("", "small-muted")
        self._keeps_row = QWidget()
        self._keeps_row.setLayout(hbox(Glyph("shield-check", "text_muted", 16), (self._keeps, 1), spacing=6))
        self._folder, self._zip = button("Choose folder…", density="small"), button("Choose zip…", density="small")
        self._problems = button("Show problems", "ghost")
        self.details = DetailsGrid()
        self.details_button = button("Details", "ghost")
        self.details_button.setCheckable(True)
        self.details_button.setToolTip("What was sent, what the server said, what was read back")
        self._anyway = button("Upload as it is")
        self._close = button("Close", "ghost")
        self._background = button("Run in background")
        self.upload_button = button("Upload", "primary")
        self._choice = QWidget()
        self._choice.setLayout(hbox((self._where, 1), self._folder, self._zip))
        bar = hbox(26, (self._bar, 1), spacing=0)
        foot = hbox(
            self.details_button, self._problems, None, self._close, self._background, self._anyway, self.upload_button
        )
        body: QVBoxLayout = vbox(
            vbox(self._title, self._subtitle, spacing=2), self._choice, 2, *self._rows[:3], bar, self._rows[3],
            self._reason, self._review_box, self._keeps_row, self.details, 4, foot, margins=(24, 18, 24, 16), spacing=8,
        )  # fmt: skip
        self.sheet = _Sheet(body, self._window)
        self.sheet.setFixedWidth(_WIDTH + 2 * self.sheet.pad)
        self.sheet.setAccessibleName("Upload a theme")
        self.sheet.escaped.connect(self.close)
        self._folder.clicked.connect(self._choose_folder)
        self._zip.clicked.connect(self._choose_zip)
        self._close.clicked.connect(self._on_close_clicked)
        self._background.clicked.connect(self.close)
        self._problems.clicked.connect(self._show_problems)
        self.details_button.toggled.connect(lambda _on: self.refresh())
        self._anyway.clicked.connect(self._go_on)
        self.upload_button.clicked.connect(self._on_primary)

    @property
    def is_open(self) -> bool:
        return self.sheet.isVisible()

    # -- choosing ----------------------------------------------------------------------------------
    def choose(self, path: Path) -> None:
        self._path, self.job = path, None
        self.refresh()

    def _choose_folder(self) -> None:
        path = QFileDialog.getExistingDirectory(self._window, "Theme folder to upload")
        if path:
            self.choose(Path(path))

    def _choose_zip(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self._window, "Theme package to upload", "", "Theme packages (*.zip)")
        if path:
            self.choose(Path(path))

    # -- running -----------------------------------------------------------------------------------
    def start(self, *, is_asked: bool = True) -> None:
        """Check, pack and send. ``is_asked``: stop before sending when somebody would lose a seat."""
        if self._path is None or (self.job is not None and self.job.is_running):
            return
        self.job = UploadJob(self._path, self._session.url, self._session.credentials, self._jobs, self, self._kept)
        self.job.is_asked = is_asked
        self.job.changed.connect(self.refresh)
        self.job.uploaded.connect(self._on_uploaded)
        self.job.failed.connect(self._on_failed)
        self.job.cancelled.connect(self._on_cancelled)
        self.job.start()

    def _on_primary(self) -> None:
        review = self.job.review if self.job is not None else None
        if self.job is not None and self.job.is_unknown:
            self.job.ask_again()
        elif review is None:
            self.start()
        elif review.version:
            self._bump(review.version)
        else:
            self._go_on()

    def _go_on(self) -> None:
        if self.job is not None:
            self.job.go_on()

    def _bump(self, version: str) -> None:
        """Write the advised version, and begin again: what is packed must be what is on disk."""
        from office_studio.services.theme_diff import write_version

        job, path = self.job, self._path
        if job is None or path is None:
            return
        job.cancelled.disconnect(self._on_cancelled)
        job.cancel()
        done = lambda _nothing: self.start(is_asked=False)  # noqa: E731
        self._jobs.scope().run_blocking(partial(write_version, path, version), done, self._on_not_bumped)

    def _on_not_bumped(self, error: OfficeStudioError) -> None:
        self._review_title.setText("Version not written")
        self._review.set_words(formats.sentences(error.message, error.hint))
        self._review_box.show()
        self._place()

    def _on_uploaded(self, theme_id: str, name: str) -> None:
        self.ended.emit()
        self.progressed.emit("")
        self.uploaded.emit(theme_id, name)
        if self.is_open and self.details_button.isChecked():
            self.refresh()  # somebody reads them
            self._close.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self._dispose()

    def _on_failed(self, error: OfficeStudioError) -> None:
        self.ended.emit()
        self.progressed.emit("")
        if not self.is_open:
            self.failed.emit(error)
            self._dispose()

    def _on_cancelled(self, words: str) -> None:
        self.ended.emit()
        self.progressed.emit("")
        name = self.job.name if self.job is not None and self.job.name else "The theme"
        self.cancelled.emit(name, words)
        self._dispose()

    def _on_close_clicked(self) -> None:
        if self.job is not None and self.job.is_running:
            self._hide()
            self.job.cancel()
        else:
            self.close()

    def _show_problems(self) -> None:
        self.problems_requested.emit(self._path)
        self.close()

    def reopen(self) -> None:
        """Show a running upload again."""
        self._window.installEventFilter(self)
        self._scrim.show()
        self.sheet.show()
        self.progressed.emit("")
        self.refresh()

    def close(self) -> None:
        """Close the surface. A running upload goes on, and ends in a toast."""
        self._hide()
        if self.job is None or not self.job.is_running or self.job.review is not None:
            self._dispose()
        else:
            self.refresh()

    def _hide(self) -> None:
        self._window.removeEventFilter(self)
        self.sheet.hide()
        self._scrim.hide()

    def _dispose(self) -> None:
        self._hide()
        self.sheet.deleteLater()
        self._scrim.deleteLater()
        self.deleteLater()

    # -- showing -----------------------------------------------------------------------------------
    def refresh(self) -> None:
        job = self.job
        running, review = job is not None and job.is_running, job.review if job is not None else None
        steps = job.steps if job is not None else [Step(titles[0]) for titles in _TITLES]
        if running and not self.is_open and job is not None:
            share = f", {formats.percent(job.share)}" if job.is_sending else ""
            self.progressed.emit(f"Uploading {job.name or 'a theme'}{share}")
        self._show_head(job)
        for row, step in zip(self._rows, steps, strict=True):
            row.show_step(step)
        bad = (StepState.FAILED, StepState.UNKNOWN)
        broken = "" if running else next((step.detail for step in steps if step.state in bad), "")
        self._reason.set_words(broken)
        self._reason.setVisible(bool(broken))
        self._bar.setVisible(running and steps[SEND].state is StepState.RUNNING)
        self._bar.setRange(0, 1000)
        self._bar.setValue(round(1000 * job.share) if job is not None else 0)
        self.details_button.setText("Hide details" if self.details_button.isChecked() else "Details")
        shows_details = self.details_button.isChecked() and job is not None
        self.details.setVisible(shows_details)
        if shows_details and job is not None:
            self.details.show_rows(upload_facts(job))
        self._review_box.setVisible(review is not None)
        if review is not None:
            self._review_title.setText(review.title)
            self._review.set_words(" ".join(review.sentences))
        self._show_buttons(job, running=running, broken=bool(broken))
        self._place()

    def _show_head(self, job: UploadJob | None) -> None:
        is_named = job is not None and job.name
        title = f"Upload {job.name} {job.version}" if job is not None and is_named else "Upload a theme"
        if self._kept is not None:
            title = f"Publish {self._kept.name} {self._kept.version} again"
        self._title.setText(title)
        replaced = f", replaces {job.replaced}" if job is not None and job.replaced else ""
        self._subtitle.setText(f"to {self._office}{replaced}")
        self._where.setText(short_path(self._path) if self._path is not None else "Choose a theme folder or a zip")
        keeps = f"The server keeps {job.replaced} until the new version is whole." if replaced and job else ""
        self._keeps.set_words(keeps or "Until the last step is done, the server keeps what it has.")

    def _show_buttons(self, job: UploadJob | None, *, running: bool, broken: bool) -> None:
        review = job.review if job is not None else None
        is_done = job is not None and job.outcome is not None
        self._choice.setVisible(not running and not is_done and self._kept is None)
        self._keeps_row.setVisible(not broken and not is_done)
        codes = ("PACKAGE_HAS_ERRORS", "THEME_WOULD_BE_REFUSED")
        has_errors = job is not None and job.error is not None and job.error.code in codes
        self._problems.setVisible(broken and has_errors)
        is_sending = running and job is not None and job.is_sending
        self._background.setVisible(is_sending)
        self._anyway.setVisible(review is not None and bool(review.version))
        self.upload_button.setVisible(not is_sending and not is_done)
        self.upload_button.setEnabled(self._path is not None and (not running or review is not None))
        is_unknown = job is not None and job.is_unknown
        words = (
            "Ask the server" if is_unknown else "Try again" if broken else "Publish again" if self._kept else "Upload"
        )
        if review is not None:
            words = f"Upload as {review.version}" if review.version else "Upload all the same"
        self.upload_button.setText(words)
        self._close.setText("Close" if not running else "Cancel upload" if is_sending else "Cancel")

    def _place(self) -> None:
        layout = self.sheet.layout()
        if layout is None or not self.sheet.isVisible():
            return
        layout.activate()
        self.sheet.resize(self.sheet.width(), layout.totalHeightForWidth(self.sheet.width()))
        width, _ = self.sheet.visible_size()
        self.sheet.move_visible((self._window.width() - width) // 2, 92)
        self._scrim.raise_()
        self.sheet.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._window and event.type() == QEvent.Type.Resize:
            self._place()
        return False


class _Sheet(Floating):
    escaped = Signal()

    def __init__(self, content: QVBoxLayout, parent: QWidget) -> None:
        super().__init__(content, parent, radius=12, pad=28)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.escaped.emit()
        else:
            super().keyPressEvent(event)


class _StepRow(QWidget):
    def __init__(self, number: int) -> None:
        super().__init__()
        self._number = number
        self._glyph, self._title = Glyph("circle", "text_disabled", 18), label("")
        self._detail = ElidingLabel("", "small-muted")
        self._detail.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.setLayout(hbox(self._glyph, self._title, (self._detail, 1), spacing=8))

    def show_step(self, step: Step) -> None:
        ahead, now, done = _TITLES[self._number]
        is_waiting, is_done = step.state is StepState.WAITING, step.state is StepState.DONE
        self._glyph.set_glyph(*_LOOKS[step.state])
        is_under_way = step.state in (StepState.RUNNING, StepState.UNKNOWN)
        restyle(self._title, role="strong" if is_under_way else "muted" if is_waiting else None)
        self._title.setText(
            ahead if is_waiting else done if is_done else now if step.state is StepState.RUNNING else ahead
        )
        detail = step.detail or (_AHEAD[self._number] if is_waiting else "")
        if step.state is StepState.FAILED:
            detail = "See below"
        self._detail.setText(detail)
        self.setAccessibleName(f"{self._title.text()}: {step.state.value}. {step.detail}")
