"""Carries updates of the live feed from the service thread to the GUI thread.

A deque and one queued signal: however many updates wait, at most one wake-up is in the event queue, and the GUI thread
works them off in slices, so that a burst never holds up a frame. Nothing is dropped but what belongs to an office the
user has left.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal

DRAIN_BUDGET_S = 0.004


class FeedBridge(QObject):
    """Post from any thread, receive on the GUI thread, in order.

    Signals:
        _woken(): internal, crosses the threads.
    """

    _woken = Signal()

    def __init__(self, receive: Callable[[Any], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._receive = receive
        self._waiting: deque[tuple[int, Any]] = deque()
        self._lock = threading.Lock()
        self._wake_sent = False
        self._generation = 0
        self.posted = 0
        self.received = 0
        self._again = QTimer(self, singleShot=True, interval=0)
        self._again.timeout.connect(self._drain)
        self._woken.connect(self._drain, Qt.ConnectionType.QueuedConnection)

    def sink(self) -> Callable[[Any], None]:
        """A function for one connection; what it posts is dropped once :meth:`forget` was called."""
        generation = self._generation
        return lambda update: self._post(generation, update)

    def forget(self) -> None:
        """Drop what waits and whatever earlier sinks still post: it belongs to an office the user has left."""
        self._generation += 1
        self._waiting.clear()

    def _post(self, generation: int, update: Any) -> None:
        self._waiting.append((generation, update))
        self.posted += 1
        with self._lock:
            if self._wake_sent:
                return
            self._wake_sent = True
        try:
            self._woken.emit()
        except RuntimeError:
            pass  # the window is gone; so is everybody who could be told

    def _drain(self) -> None:
        with self._lock:
            self._wake_sent = False
        until = time.perf_counter() + DRAIN_BUDGET_S
        while self._waiting:
            generation, update = self._waiting.popleft()
            if generation == self._generation:
                self.received += 1
                self._receive(update)
            if time.perf_counter() > until and self._waiting:
                self._again.start()
                return
