"""Sends deeds to the office, one after the other: the order of the calls is the order of the user's steps."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field

from PySide6.QtCore import QObject, Qt, Signal

from office_studio.core.office.model import Binding
from office_studio.core.office.seat_changes import Change
from office_studio.errors import OfficeStudioError
from office_studio.services.binding_writer import RESTORE_WAITS_S, WriteReport, write_changes
from office_studio.ui.assign.deeds import Deed, HistoryEntry
from office_studio.ui.assign.seat_log import DeedCommand, SeatLog
from office_studio.ui.connect.session import OfficeSession

_TELL_S = 0.25  # progress is told at most this often: every telling costs the window a repaint

Outcome = WriteReport | OfficeStudioError


@dataclass(slots=True, eq=False)
class WriteJob:
    """A deed on its way.

    Attributes:
        base: Rows the deed starts from, with all that was queued before it counted as done.
        expected: The same as slot -> agent.
        confirmed: Slots that the office has answered for.
    """

    deed: Deed
    entry: HistoryEntry
    theme_id: str
    base: tuple[Binding, ...]
    expected: Mapping[int, str]
    changes: tuple[Change, ...]
    command: DeedCommand
    log: SeatLog
    confirmed: set[int] = field(default_factory=set)
    stop: threading.Event = field(default_factory=threading.Event)

    @property
    def slots(self) -> set[int]:
        return {slot for change in self.changes for slot in (change.slot, change.from_slot) if slot is not None}


class WriteQueue(QObject):
    """Signals:
    finished(WriteJob, WriteReport | OfficeStudioError)
    progressed(WriteJob)
    """

    finished = Signal(object, object)
    progressed = Signal(object)
    _ticked = Signal(object, int, object)

    def __init__(self, session: OfficeSession, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._jobs: deque[WriteJob] = deque()
        self._running: WriteJob | None = None
        self.restore_waits_s: tuple[float, ...] = RESTORE_WAITS_S
        self._ticked.connect(self._on_ticked, Qt.ConnectionType.QueuedConnection)

    @property
    def jobs(self) -> tuple[WriteJob, ...]:
        return tuple(self._jobs)

    def add(self, job: WriteJob) -> None:
        self._jobs.append(job)
        self._send_next()

    def cancel(self, job: WriteJob) -> None:
        """Stop it between two changes; one that was not begun is not sent at all."""
        job.stop.set()

    def refuse(self, job: WriteJob, reason: str) -> None:
        """Take a job that was not begun out of the queue; it ends with that reason."""
        if job in self._jobs and job is not self._running:
            self._jobs.remove(job)
            self.finished.emit(job, OfficeStudioError("ASSIGNMENT_NOT_SENT", reason, "Do it again."))

    def forget(self) -> None:
        """The office is gone; what runs ends with its scope."""
        for job in self._jobs:
            job.stop.set()
        self._jobs.clear()
        self._running = None

    def _send_next(self) -> None:
        client = self._session.client
        if not self._jobs or self._running is not None or client is None:
            return
        job = self._running = self._jobs[0]
        self._session.note_write()
        progress = _Progress(self, job)
        waits = self.restore_waits_s
        self._session.scope.run(
            lambda: self._session.write(
                lambda: write_changes(
                    client,
                    job.theme_id,
                    job.changes,
                    expected=job.expected,
                    progress=progress,
                    is_cancelled=job.stop.is_set,
                    restore_waits_s=waits,
                )
            ),
            lambda report: self._finish(job, report),
            lambda error: self._finish(job, error),
        )

    def _finish(self, job: WriteJob, outcome: Outcome) -> None:
        if job is not self._running:
            return
        self._session.note_write()
        self._jobs.remove(job)
        self.finished.emit(job, outcome)  # who hears it may add or refuse jobs; none is sent before all have heard
        self._running = None
        self._send_next()

    def _on_ticked(self, job: WriteJob, calls: int, changes: tuple[Change, ...]) -> None:
        if job in self._jobs:
            job.entry.done = calls
            for change in changes:
                job.confirmed.update(slot for slot in (change.slot, change.from_slot) if slot is not None)
            self.progressed.emit(job)

    def tell(self, job: WriteJob, calls: int, changes: tuple[Change, ...]) -> None:
        """From the service thread."""
        try:
            self._ticked.emit(job, calls, changes)
        except RuntimeError:
            pass  # the application is closing


class _Progress:
    """Runs on the service thread; gathers what is done between two tellings."""

    def __init__(self, queue: WriteQueue, job: WriteJob) -> None:
        self._queue, self._job = queue, job
        self._told = time.monotonic()
        self._done: list[Change] = []

    def __call__(self, calls: int, total: int, change: Change) -> None:
        self._done.append(change)
        if calls < total and time.monotonic() - self._told >= _TELL_S:
            self._told = time.monotonic()
            self._queue.tell(self._job, calls, tuple(self._done))
            self._done.clear()
