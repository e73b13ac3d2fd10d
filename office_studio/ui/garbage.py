"""Collects reference cycles in the GUI thread, and nowhere else.

Python collects in whichever thread happens to allocate. A cycle that holds a ``QObject`` (a page and its closures)
would then be destroyed in a worker thread: its timers cannot be stopped there, and an event on its way to it ends the
process. So the automatic collection is off while the window lives, and the GUI thread collects when it is about to
sleep: it is between two events then, and a window nothing happens to costs nothing.
"""

from __future__ import annotations

import gc
import time

from PySide6.QtCore import QAbstractEventDispatcher, QObject

# A full collection looks at every object there is: it gets at most this share of the time.
_FULL_SHARE = 0.02


class GuiCollector(QObject):
    """At work from ``start`` to ``stop``. Lives in the GUI thread."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._full_at = 0.0
        self._was_on: bool | None = None  # None: not started

    def start(self) -> None:
        """Take the collecting over from the interpreter. What exists now is taken to live until the end."""
        self._was_on = gc.isenabled()
        gc.freeze()
        gc.disable()
        self._full_at = time.monotonic()
        QAbstractEventDispatcher.instance().aboutToBlock.connect(self._collect)

    def stop(self) -> None:
        """Leave the collecting to whom it was before; nothing happens to one that was not started."""
        if self._was_on is None:
            return
        QAbstractEventDispatcher.instance().aboutToBlock.disconnect(self._collect)
        if self._was_on:
            gc.enable()
        self._was_on = None

    def _collect(self) -> None:
        young, middle, old = gc.get_count()
        after_young, after_middle, after_old = gc.get_threshold()
        if young <= after_young:
            return
        started = time.monotonic()
        if old > after_old and started >= self._full_at:
            gc.collect(2)
            ended = time.monotonic()
            self._full_at = ended + (ended - started) / _FULL_SHARE
        else:
            gc.collect(1 if middle > after_middle else 0)
