"""What happened in an upload, fact by fact: what was sent, what the server said, what was read back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QFrame, QGridLayout, QLabel, QWidget

from office_studio.ui import formats
from office_studio.ui.file_manager import short_path
from office_studio.ui.widgets.layouts import button, hbox, label, vbox

if TYPE_CHECKING:
    from office_studio.services.uploader import ReadBack
    from office_studio.ui.upload_job import UploadJob

Rows = Sequence[tuple[str, str]]
_COMPARED = {True: "the same", False: "not the same", None: "the server shows it to nobody"}


def upload_facts(job: UploadJob) -> Rows:
    """Name and value of what is known by now; figures in full, for people who look for what went wrong."""
    rows = [("Server", job.url), ("From", short_path(job.path))]
    if job.sha256:
        rows += [("Bundle", f"{job.total_bytes:,} bytes"), ("SHA-256", job.sha256)]
    if job.replaced:
        rows.append(("Had before", job.replaced))
    if job.attempt > 1:
        rows.append(("Tries", str(job.attempt)))
    outcome, error = job.outcome, job.error
    if outcome is not None:
        answer = outcome.answer
        said = f"stored {answer.theme_id}, {answer.name}, {answer.version}" if answer is not None else ""
        rows.append(("Server said", said or "nothing: the connection broke, so it was asked what it has"))
        rows += _compared(outcome.read_back)
        rows += [("Note", note) for note in outcome.notes]
    if error is not None:
        rows += _of_error(error.code, error.details)
        rows += _compared(error.details.get("read_back", ()))
    return rows


def _of_error(code: str, details: dict[str, Any]) -> Rows:
    status, said = details.get("status"), str(details.get("error") or "")
    answer = " · ".join(filter(None, (f"HTTP {status}" if status else "", said)))
    rows = [("Server said", answer)] if answer else []
    state = {"unchanged": "what it had before", "stored": "the new version", "gone": "nothing of it",
             "different": "something else", "unknown": "not known"}.get(str(details.get("state")), "")  # fmt: skip
    return [*rows, *([("Server has", state)] if state else []), ("Code", code)]


def _compared(facts: Sequence[ReadBack]) -> Rows:
    rows = []
    for fact in facts:
        found = fact.found if fact.is_same is not False else f"{fact.found}, sent: {fact.sent}"
        rows.append((f"Read back: {fact.what}", " · ".join(filter(None, (found, _COMPARED[fact.is_same])))))
    return rows


class DetailsGrid(QFrame):
    """Facts in two columns; values can be selected and copied."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("level", "card")
        self.setAccessibleName("Details of the upload")
        self._rows: Rows = ()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(12, 10, 12, 10)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(1, 1)

    @property
    def rows(self) -> Rows:
        return self._rows

    def show_rows(self, rows: Rows) -> None:
        if list(rows) == list(self._rows):
            return
        self._rows = rows
        while self._grid.count():
            item = self._grid.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for at, (name, value) in enumerate(rows):
            self._grid.addWidget(label(name, "small-muted"), at, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(_value(name, value), at, 1)


def _value(name: str, words: str) -> QLabel:
    # A long path or digest has no spaces to break at; these invisible ones allow it anywhere.
    found = label(
        "\u200b".join(words[at : at + 16] for at in range(0, len(words), 16)) if " " not in words else words, "mono"
    )
    found.setWordWrap(True)
    found.setAccessibleName(f"{name}: {words}")
    flags = Qt.TextInteractionFlag
    found.setTextInteractionFlags(flags.TextSelectableByMouse | flags.TextSelectableByKeyboard)
    return found


class UploadDetails(QDialog):
    """The facts of an upload that is over."""

    def __init__(self, title: str, rows: Rows, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setFixedWidth(560)
        self.grid = DetailsGrid()
        self.grid.show_rows(rows)
        close = button("Close", "primary")
        close.clicked.connect(self.accept)
        self.setLayout(vbox(label(title, "title"), self.grid, hbox(None, close), margins=(24, 20, 24, 18), spacing=12))


def finished(job: UploadJob) -> str:
    """Title for the facts of a job that is over: "Cozy Loft 1.2.0, 14:31:07"."""
    name = " ".join(filter(None, (job.name or job.path.name, job.version)))
    return f"{name}, {formats.clock_seconds(job.ended_at_ms)}" if job.ended_at_ms else name
