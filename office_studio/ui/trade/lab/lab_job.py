"""One run of the billing lab: begun, watched, stopped. The calls are made on the service loop."""

from __future__ import annotations

import threading
import time
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from office_studio.errors import OfficeStudioError
from office_studio.ui.trade.lab.lab_runs import LabRow, Plan, State, bill
from office_studio.ui.trade.market_session import MarketSession

if TYPE_CHECKING:
    from office_studio.ui.jobs import Jobs

_FRAME_MS = 40  # however fast calls follow each other, the window is told this often


class LabJob(QObject):
    """Signals:
    changed(): ``rows`` are newer.
    ended(object): it is over; the OfficeStudioError that broke it off, else None.
    """

    changed = Signal()
    ended = Signal(object)

    def __init__(self, market: MarketSession, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._market, self._jobs = market, jobs
        self.rows: list[LabRow] = []
        self.is_running = False
        self._number = 0
        self._stop = threading.Event()
        self._later = QTimer(self, singleShot=True, interval=_FRAME_MS)
        self._later.timeout.connect(self.changed)
        market.account_changed.connect(self._drop)

    def begin(self, install_id: str, plan: Plan) -> None:
        if self.is_running:
            return
        self._number += 1
        self.is_running = True
        self.rows = [LabRow(pattern, plan) for pattern in plan.patterns]
        stop = self._stop = threading.Event()
        # A job has one reservation for ever: each run has names of its own, the figures come from the seed alone.
        run_id = f"lab-{plan.seed}-{time.time_ns() // 1_000_000:x}"
        number, jobs = self._number, self._jobs

        async def run(till: Any) -> None:
            await bill(till, plan, run_id, lambda row: jobs.post(partial(self._on_row, number, row)),
                       lambda: not stop.is_set())  # fmt: skip

        self._market.run_till(install_id, run, lambda _none: self._end(None), self._end)
        self.changed.emit()

    def cancel(self) -> None:
        """End it after the call under way; what is held is given back first."""
        self._stop.set()

    @property
    def is_stopping(self) -> bool:
        return self.is_running and self._stop.is_set()

    @property
    def progress(self) -> tuple[int, int]:
        """Items worked on, and items in all."""
        total = sum(row.plan.items for row in self.rows)
        over = sum(
            row.plan.items if row.state in (State.DONE, State.STOPPED, State.BROKEN) else row.items_done
            for row in self.rows
        )
        return over, total

    def _on_row(self, number: int, row: LabRow) -> None:
        if number != self._number:
            return  # of a run that was left behind
        self.rows = [row if one.pattern is row.pattern else one for one in self.rows]
        if not self._later.isActive():
            self._later.start()

    def _end(self, error: OfficeStudioError | None) -> None:
        self.is_running = False
        self._later.stop()
        self.changed.emit()
        self.ended.emit(error)

    def _drop(self) -> None:
        """Somebody else is signed in: the run before is ended with the account's other work."""
        self._number += 1
        self._stop.set()
        self._later.stop()
        self.is_running, self.rows = False, []
        self.changed.emit()
