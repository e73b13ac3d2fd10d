"""A hand with a mouse: presses, moves in steps and lets go, with the events Qt gets from a real one."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from office_studio.ui.watch.roster_panel import RosterPanel

_LEFT = Qt.MouseButton.LeftButton


class Hand:
    """Holds the button down from ``__init__`` to ``release``. While it does, the pressed widget gets all events."""

    def __init__(self, source: QWidget, at: QPoint) -> None:
        self.source, self._at = source, at
        QTest.mouseMove(source, at)
        QTest.mousePress(source, _LEFT, Qt.KeyboardModifier.NoModifier, at)

    def move(self, target: QWidget, at: QPoint, steps: int = 3) -> Hand:
        """Go there in a few steps."""
        end = self.source.mapFromGlobal(target.mapToGlobal(at))
        start = self._at
        for step in range(1, steps + 1):
            self._send(start + (end - start) * (step / steps))
        self._at = end
        return self

    def release(self) -> None:
        QTest.mouseRelease(self.source, _LEFT, Qt.KeyboardModifier.NoModifier, self._at)
        QApplication.processEvents()

    def _send(self, at: QPoint) -> None:
        from PySide6.QtCore import QEvent, QPointF
        from PySide6.QtGui import QMouseEvent

        # QTest.mouseMove tells of no pressed button, but that is what a drag is.
        where = QPointF(self.source.mapToGlobal(at))
        event = QMouseEvent(
            QEvent.Type.MouseMove, QPointF(at), where, Qt.MouseButton.NoButton, _LEFT, Qt.KeyboardModifier.NoModifier
        )
        QApplication.sendEvent(self.source, event)


def drag(source: QWidget, start: QPoint, target: QWidget, end: QPoint | None) -> None:
    """From a point of one widget to a point of another."""
    assert end is not None
    Hand(source, start).move(target, end).release()


def settle(qtbot: QtBot, roster: RosterPanel) -> None:
    """Wait until the rows of the roster stay where they are: they change places some time after the news."""
    qtbot.waitUntil(lambda: not roster.model.is_unsettled, timeout=5_000)
