"""The undo stack and the history of one theme in one office. Survives switching to another theme and back."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtGui import QUndoCommand, QUndoStack

from office_studio.ui.assign.deeds import Deed, HistoryEntry

HISTORY_LINES = 100

Send = Callable[["DeedCommand", Deed, bool], HistoryEntry]


class SeatLog(QObject):
    def __init__(self, send: Send, parent: QObject) -> None:
        super().__init__(parent)
        self.stack = QUndoStack(self)
        self.entries: deque[HistoryEntry] = deque(maxlen=HISTORY_LINES)
        self._send = send

    def push(self, deed: Deed) -> HistoryEntry:
        """Do it: goes to the office at once."""
        command = DeedCommand(deed, self._send)
        self.stack.push(command)
        assert command.entry is not None
        return command.entry

    def drop(self, command: DeedCommand) -> None:
        """It never happened, or can never be undone: nobody is offered to undo or redo it."""
        command.is_dropped = True
        command.setObsolete(True)
        self._trim()

    def put_back(self, command: DeedCommand) -> None:
        """Undoing failed: it is still done, so it can still be undone. Likewise for redoing."""
        index = self.stack.index()
        command.is_silent = True
        if command.is_undoing and index < self.stack.count() and self.stack.command(index) is command:
            self.stack.redo()
        elif not command.is_undoing and index > 0 and self.stack.command(index - 1) is command:
            self.stack.undo()
        command.is_silent = False

    def has(self, command: DeedCommand) -> bool:
        return any(self.stack.command(number) is command for number in range(self.stack.count()))

    def undo(self) -> None:
        self.stack.undo()
        self._trim()

    def redo(self) -> None:
        self.stack.redo()
        self._trim()

    def _trim(self) -> None:
        """Take dropped commands off both ends of what can be undone and redone; Qt removes them on the way."""
        while self.stack.index() > 0:
            top = self.stack.command(self.stack.index() - 1)
            if not isinstance(top, DeedCommand) or not top.is_dropped:
                break
            self.stack.undo()
        while self.stack.index() < self.stack.count():
            following = self.stack.command(self.stack.index())
            if not isinstance(following, DeedCommand) or not following.is_dropped:
                break
            self.stack.redo()


class DeedCommand(QUndoCommand):
    """One deed on the undo stack. Doing and undoing are both sent to the office."""

    def __init__(self, deed: Deed, send: Send) -> None:
        super().__init__(deed.title)
        self.deed = deed
        self.entry: HistoryEntry | None = None  # of the last time it was done
        self.is_dropped = False
        self.is_silent = False
        self.is_undoing = False
        self.was_done = False
        self._send = send

    def redo(self) -> None:
        if not self.is_dropped and not self.is_silent:
            self.is_undoing = False
            self.entry = self._send(self, self.deed, False)

    def undo(self) -> None:
        if not self.is_dropped and not self.is_silent:
            self.is_undoing = True
            self._send(self, self.deed.reversed(), True)
