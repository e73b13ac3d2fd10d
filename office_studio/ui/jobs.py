"""Runs coroutines on the service loop and brings their results back to the GUI thread.

Every job belongs to a scope (an office, a dialog). When the scope closes, its jobs are cancelled and results that still
arrive are dropped, so nobody is told about an office that is no longer there.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import logging
from collections.abc import Callable, Coroutine
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, Signal

from office_studio.errors import OfficeStudioError

if TYPE_CHECKING:
    from office_studio.services.runner import ServiceRunner

_log = logging.getLogger(__name__)

Done = Callable[[Any], None]
Failed = Callable[[OfficeStudioError], None]


class Jobs(QObject):
    """Owner of background work started by the GUI.

    Signals:
        _arrived(object): internal, crosses the threads.
    """

    _arrived = Signal(object)

    def __init__(self, runner: ServiceRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runner = runner
        self._arrived.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def scope(self) -> Scope:
        return Scope(self)

    def start(self, scope: Scope, make: Callable[[], Coroutine[Any, Any, Any]], done: Done, failed: Failed) -> None:
        async def wrapped() -> None:
            try:
                # ``make`` runs here, on the service thread: it may import what is slow to import.
                result = await make()
            except asyncio.CancelledError:
                raise
            except OfficeStudioError as error:
                self._send(partial(_if_open, scope, failed, error))
            except Exception as error:
                _log.exception("background work stopped unexpectedly")
                unexpected = OfficeStudioError(
                    "UNEXPECTED", f"Something unexpected happened: {error}", "The log file has the details."
                )
                self._send(partial(_if_open, scope, failed, unexpected))
            else:
                self._send(partial(_if_open, scope, done, result))

        try:
            scope.add(self._runner.submit(wrapped()))
        except RuntimeError:
            _log.debug("the service loop is closed; work not started")

    def post(self, call: Callable[[], object]) -> None:
        """Have ``call`` run on the GUI thread; from any thread."""
        self._send(call)

    def _send(self, call: Callable[[], object]) -> None:
        try:
            self._arrived.emit(call)
        except RuntimeError:
            pass  # the application is closing

    def _deliver(self, call: Callable[[], object]) -> None:
        call()


def _if_open(scope: Scope, call: Callable[[Any], None], argument: Any) -> None:
    if scope.is_open:
        call(argument)


class Scope:
    """Jobs that end together."""

    def __init__(self, jobs: Jobs) -> None:
        self._jobs = jobs
        self._futures: set[concurrent.futures.Future[Any]] = set()
        self.is_open = True

    def run(
        self,
        make: Callable[[], Coroutine[Any, Any, Any]],
        done: Done = lambda _result: None,
        failed: Failed = lambda error: _log.warning("%s", error),
    ) -> None:
        """Run ``make()`` on the service loop; ``done`` or ``failed`` is called on the GUI thread while open."""
        if self.is_open:
            self._jobs.start(self, make, done, failed)

    def add(self, future: concurrent.futures.Future[Any]) -> None:
        self._futures.add(future)
        future.add_done_callback(self._futures.discard)

    def close(self) -> None:
        self.is_open = False
        for future in list(self._futures):
            future.cancel()
