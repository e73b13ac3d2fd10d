"""Decodes and scales pictures of a theme on a thread of its own, and brings them to the GUI thread."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal

_log = logging.getLogger(__name__)


class Cancelled(Exception):
    """Raised by work whose result nobody waits for any more."""


class PictureLoader(QObject):
    """One worker thread, results in order. A result whose request is no longer wanted is dropped by the receiver.

    Signals:
        arrived(tag, result): result is what the work returned, or the exception it raised.
    """

    arrived = Signal(object, object)
    _done = Signal(object, object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="stage-pictures")
        self._done.connect(self.arrived, Qt.ConnectionType.QueuedConnection)
        pool = self._pool
        self.destroyed.connect(lambda: pool.shutdown(wait=False, cancel_futures=True))

    def start(self, tag: object, work: Callable[[], Any]) -> None:
        """Run ``work`` off the GUI thread; it must not touch widgets or pixmaps."""
        try:
            self._pool.submit(self._run, tag, work)
        except RuntimeError:
            _log.debug("the view is closing; pictures are not prepared")

    def close(self) -> None:
        """Stop after the running piece of work and wait for it."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _run(self, tag: object, work: Callable[[], Any]) -> None:
        try:
            result: object = work()
        except Cancelled:
            return
        except Exception as error:
            _log.exception("pictures of a theme could not be prepared")
            result = error
        try:
            self._done.emit(tag, result)
        except RuntimeError:
            pass  # the view went away meanwhile
