"""Runs coroutines on the service loop and brings their results back to the GUI thread.

Every job belongs to a scope (an office, a dialog). When the scope closes, its jobs are cancelled and results that still
arrive are dropped, so nobody is told about an office that is no longer there.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, ThreadPoolExecutor
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

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runner: ServiceRunner | None = None
        # More than a library and an open theme occupy while they wait for models to be examined.
        self._threads = ThreadPoolExecutor(max_workers=4, thread_name_prefix="ui-work")
        self._arrived.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def scope(self) -> Scope:
        return Scope(self)

    def start(self, scope: Scope, make: Callable[[], Coroutine[Any, Any, Any]], done: Done, failed: Failed) -> None:
        async def wrapped() -> None:
            from asyncio import CancelledError  # the loop runs by now; before, asyncio is not worth its import

            try:
                # ``make`` runs here, on the service thread: it may import what is slow to import.
                result = await make()
            except CancelledError:
                raise
            except OfficeStudioError as error:
                self._send(partial(_if_open, scope, failed, error))
            except Exception as error:
                _log.exception("background work stopped unexpectedly")
                self._send(partial(_if_open, scope, failed, _unexpected(error)))
            else:
                self._send(partial(_if_open, scope, done, result))

        if self._runner is None:
            _log.debug("there is no service loop; work not started")
            return
        try:
            scope.add(self._runner.submit(wrapped()))
        except RuntimeError:
            _log.debug("the service loop is closed; work not started")

    def start_blocking(self, scope: Scope, work: Callable[[], Any], done: Done, failed: Failed) -> None:
        def wrapped() -> None:
            try:
                result = work()
            except OfficeStudioError as error:
                self._send(partial(_if_open, scope, failed, error))
            except Exception as error:
                _log.exception("background work stopped unexpectedly")
                self._send(partial(_if_open, scope, failed, _unexpected(error)))
            else:
                self._send(partial(_if_open, scope, done, result))

        scope.add(self._threads.submit(wrapped))

    def attach(self, runner: ServiceRunner) -> None:
        """The loop that coroutines run on; it comes after the first paint."""
        self._runner = runner

    def close(self) -> None:
        """Wait for blocking work at hand, drop what has not begun."""
        self._threads.shutdown(wait=True, cancel_futures=True)

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


def _unexpected(error: Exception) -> OfficeStudioError:
    words = f"Something unexpected happened: {error}"
    return OfficeStudioError("UNEXPECTED", words, "The log file has the details.")


def _if_open(scope: Scope, call: Callable[[Any], None], argument: Any) -> None:
    if scope.is_open:
        call(argument)


class Scope:
    """Jobs that end together."""

    def __init__(self, jobs: Jobs) -> None:
        self._jobs = jobs
        self._futures: set[Future[Any]] = set()
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

    def run_blocking(
        self,
        work: Callable[[], Any],
        done: Done = lambda _result: None,
        failed: Failed = lambda error: _log.warning("%s", error),
    ) -> None:
        """Run ``work()`` on a thread of its own, for files; results as with :meth:`run`."""
        if self.is_open:
            self._jobs.start_blocking(self, work, done, failed)

    def add(self, future: Future[Any]) -> None:
        self._futures.add(future)
        future.add_done_callback(self._futures.discard)

    def close(self) -> None:
        self.is_open = False
        for future in list(self._futures):
            future.cancel()
