"""What a screen reader hears without being asked: results, who is blocked, lost, back. Politely, a line at a time."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QWidget

PAUSE_MS = 5_000  # between two lines


class LiveRegion(QObject):
    """One per window.

    Signals:
        said(str): handed to the screen reader.
    """

    said = Signal(str)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._waiting: list[str] = []
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self._go_on)

    def say(self, words: str) -> None:
        """At once, or when the pause after the line before is over; then together with what else waits."""
        if not words or (self._waiting and self._waiting[-1] == words):
            return
        self._waiting.append(words)
        if not self._pause.isActive():
            self._go_on()

    def hush(self) -> None:
        """Forget what waits; the next line is said at once."""
        self._waiting.clear()
        self._pause.stop()

    def _go_on(self) -> None:
        if not self._waiting:
            return
        words = self._waiting[-1]
        if len(self._waiting) > 1:  # the latest matters; the others are in the history
            words = f"{words}. {len(self._waiting) - 1} more before"
        self._waiting.clear()
        if QAccessible.isActive():
            event = QAccessibleAnnouncementEvent(self._window, words)
            event.setPoliteness(QAccessible.AnnouncementPoliteness.Polite)
            QAccessible.updateAccessibility(event)
        self.said.emit(words)
        self._pause.start()
