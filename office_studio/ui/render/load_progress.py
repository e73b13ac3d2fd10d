"""How far the pictures of a theme are, told only of what takes longer than people like to wait."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

PROGRESS_AFTER_MS = 300  # what is quicker shows no progress


class LoadProgress(QObject):
    """Signals:
    progressed(share): from 0 up, at last 1; never of what is there within 300 ms.
    """

    progressed = Signal(float)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.slow = QTimer(self)
        self.slow.setSingleShot(True)
        self.slow.setInterval(PROGRESS_AFTER_MS)
        self.slow.timeout.connect(self._tell)
        self._share = 1.0
        self._is_told = False  # somebody shows it, and has to be told the end

    def begin(self) -> None:
        """From now on the time counts."""
        self._share = 0.0
        self.slow.start()

    def note(self, share: float) -> None:
        """So much is done; never less than before, and the end is told by ``finish`` alone."""
        share = min(0.99, share)
        if share > self._share:
            self._share = share
            if not self.slow.isActive():
                self._tell()

    def finish(self) -> None:
        """It is there, or nobody waits for it any more."""
        self.slow.stop()
        self._share = 1.0
        if self._is_told:
            self._is_told = False
            self.progressed.emit(1.0)

    def _tell(self) -> None:
        self._is_told = True
        self.progressed.emit(self._share)
