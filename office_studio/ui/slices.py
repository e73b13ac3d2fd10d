"""Making what takes long in slices: a few milliseconds a turn of the event loop, so that the window goes on meanwhile.

What is made is a generator that yields wherever it may be held up: after a module is read, after a widget or two. The
widgets stand in the window from the beginning, but hidden; they are shown when all is there.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Protocol, runtime_checkable

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

_TURN_MS = 3.0  # of CPU; the step that goes over it is the last of its turn
_POLISHED_AT_ONCE = 4  # widgets


@runtime_checkable
class Sliced(Protocol):
    """A widget whose constructor makes little. ``making`` makes the rest, once it has its place in the window."""

    def making(self) -> Iterator[None]: ...


class Slices(QObject):
    """Runs one generator, whose ``StopIteration`` calls ``done``. Whoever owns it ends what was begun.

    What a step raises goes the way of all errors of the event loop, or to the caller of :meth:`finish`; nothing more
    runs after it.
    """

    def __init__(self, steps: Iterator[None], done: Callable[[], None], parent: QObject) -> None:
        super().__init__(parent)
        self._steps: Iterator[None] | None = steps
        self._done = done
        self._is_at_work = False
        # Zero: whenever nothing else waits. Painting and input come before it.
        self._turn = QTimer(self, interval=0)
        self._turn.timeout.connect(self._go_on)
        self._turn.start()

    @property
    def is_running(self) -> bool:
        return self._steps is not None

    def finish(self) -> None:
        """Do the rest at once. For the step that is under way itself nothing happens: it is the one who makes."""
        if not self._is_at_work:
            self._run(None)

    def stop(self) -> None:
        """Do no more of it, and do not call ``done``."""
        self._turn.stop()
        self._steps = None

    def _go_on(self) -> None:
        self._run(_TURN_MS)

    def _run(self, limit_ms: float | None) -> None:
        begin, steps = time.thread_time(), self._steps
        if steps is None:
            return
        self._is_at_work = True
        try:
            for _ in steps:
                if self._steps is None:  # a step has stopped it
                    return
                if limit_ms is not None and (time.thread_time() - begin) * 1000 >= limit_ms:
                    return
        except BaseException:
            self.stop()
            raise
        finally:
            self._is_at_work = False
        self.stop()
        self._done()


def polishing(widget: QWidget) -> Iterator[None]:
    """Style and measure what is hidden, so that showing it is little more than painting it.

    Qt would style a whole page in the moment in which it is shown.
    """
    for at, one in enumerate((widget, *widget.findChildren(QWidget))):
        one.ensurePolished()
        if at % _POLISHED_AT_ONCE == _POLISHED_AT_ONCE - 1:
            yield
    parent, layout = widget.parentWidget(), widget.layout()
    if parent is not None and layout is not None:
        widget.resize(parent.size())
        layout.activate()
        yield
