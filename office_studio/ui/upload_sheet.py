"""The sheet that uploads a theme: choose it, watch the steps, go on working meanwhile."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFileDialog, QProgressBar, QVBoxLayout, QWidget

from office_studio.errors import OfficeStudioError
from office_studio.ui.connect.session import OfficeSession
from office_studio.ui.jobs import Jobs
from office_studio.ui.upload_job import Step, StepState, UploadJob
from office_studio.ui.widgets.basics import ElidingLabel, Glyph, Paragraph
from office_studio.ui.widgets.floating import Floating, Scrim
from office_studio.ui.widgets.layouts import button, hbox, label, vbox

_WIDTH = 520
_LOOKS = {
    StepState.WAITING: ("circle", "text_disabled"),
    StepState.RUNNING: ("spinner-gap", "accent"),
    StepState.DONE: ("check-circle-fill", "success"),
    StepState.FAILED: ("x-circle-fill", "error"),
}


class UploadSheet(QObject):
    """Lives until the upload ends, also when its surface is closed before.

    Signals:
        uploaded(str theme_id, str name)
        failed(OfficeStudioError): while the surface is closed; else the sheet says it itself.
    """

    uploaded = Signal(str, str)
    failed = Signal(object)

    def __init__(self, window: QWidget, session: OfficeSession, jobs: Jobs, start: Path | None) -> None:
        super().__init__(window)
        self._window, self._session, self._jobs = window, session, jobs
        self._path = start
        self.job: UploadJob | None = None
        office = session.office.name if session.office is not None else "the office"
        self._scrim = Scrim(window, self.close)
        self._where = ElidingLabel("", "mono-muted")
        self._rows = [_StepRow() for _ in range(4)]
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._reason = Paragraph("", "small")
        keeps = "Until the last step is done, the office keeps the version it has."
        self._folder, self._zip = button("Choose folder…", density="small"), button("Choose zip…", density="small")
        self._close = button("Close", "ghost")
        self.upload_button = button("Upload", "primary")
        head = vbox(label(f"Upload a theme to {office}", "heading"), Paragraph(keeps, "muted"), spacing=2)
        choice = hbox((self._where, 1), self._folder, self._zip)
        foot = hbox(None, self._close, self.upload_button)
        body: QVBoxLayout = vbox(
            head, 4, choice, *self._rows, self._bar, self._reason, 4, foot, margins=(24, 20, 24, 18), spacing=8
        )
        self.sheet = _Sheet(body, window)
        self.sheet.setFixedWidth(_WIDTH + 2 * self.sheet.pad)
        self.sheet.setAccessibleName("Upload a theme")
        self.sheet.escaped.connect(self.close)
        self._folder.clicked.connect(self._choose_folder)
        self._zip.clicked.connect(self._choose_zip)
        self._close.clicked.connect(self._on_close_clicked)
        self.upload_button.clicked.connect(self.start)
        self._scrim.show()
        self.sheet.show()
        window.installEventFilter(self)
        self.refresh()
        self.upload_button.setFocus(Qt.FocusReason.OtherFocusReason)

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
    def start(self) -> None:
        if self._path is None or (self.job is not None and self.job.is_running):
            return
        self.job = UploadJob(self._path, self._session.url, self._session.credentials, self._jobs, self)
        self.job.changed.connect(self.refresh)
        self.job.uploaded.connect(self._on_uploaded)
        self.job.failed.connect(self._on_failed)
        self.job.start()

    def _on_uploaded(self, theme_id: str, name: str) -> None:
        self.uploaded.emit(theme_id, name)
        self._dispose()

    def _on_failed(self, error: OfficeStudioError) -> None:
        if not self.is_open:
            self.failed.emit(error)
            self._dispose()

    def _on_close_clicked(self) -> None:
        if self.job is not None and self.job.is_running and self.job.steps[2].state is StepState.WAITING:
            self.job.cancel()
        self.close()

    def close(self) -> None:
        """Close the surface. A running upload goes on, and ends in a toast."""
        self._hide()
        if self.job is None or not self.job.is_running:
            self._dispose()

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
        running = job is not None and job.is_running
        self._where.setText(str(self._path) if self._path is not None else "Choose a theme folder or a zip")
        steps = job.steps if job is not None else [Step(title) for title in ("Check", "Pack", "Send", "Verify")]
        for row, step in zip(self._rows, steps, strict=True):
            row.show_step(step)
        broken = next((step.detail for step in steps if step.state is StepState.FAILED), "")
        self._reason.set_words(broken)
        self._reason.setVisible(bool(broken))
        self._bar.setVisible(steps[2].state is StepState.RUNNING)
        if job is not None and job.total_bytes:
            self._bar.setRange(0, 1000)
            self._bar.setValue(round(1000 * job.sent_bytes / job.total_bytes))
        for choice in (self._folder, self._zip):
            choice.setEnabled(not running)
        self.upload_button.setEnabled(self._path is not None and not running)
        self.upload_button.setText("Try again" if broken else "Upload")
        self._close.setText(
            "Close" if not running else "Cancel" if steps[2].state is StepState.WAITING else "Run in background"
        )
        self._place()

    def _place(self) -> None:
        layout = self.sheet.layout()
        if layout is None or not self.sheet.isVisible():
            return
        layout.activate()
        self.sheet.resize(self.sheet.width(), layout.totalHeightForWidth(self.sheet.width()))
        width, _ = self.sheet.visible_size()
        self.sheet.move_visible((self._window.width() - width) // 2, 72)
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
    def __init__(self) -> None:
        super().__init__()
        self._glyph, self._title, self._detail = (
            Glyph("circle", "text_disabled", 18),
            label(""),
            ElidingLabel("", "muted"),
        )
        self._title.setFixedWidth(64)
        self.setLayout(hbox(self._glyph, self._title, (self._detail, 1), spacing=8))

    def show_step(self, step: Step) -> None:
        self._glyph.set_glyph(*_LOOKS[step.state])
        self._title.setText(step.title)
        failed = step.state is StepState.FAILED
        self._detail.setText("Not possible as it is, see below" if failed else step.detail)
        self.setAccessibleName(f"{step.title}: {step.state.value}. {step.detail}")
