"""Cross-fade from the picture before to the scene as it is now."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QWidget

FADE_MS = 320.0
_FRAME_MS = 16


class Fade(QWidget):
    """Lies over a view, shows what it showed before, ever fainter, and goes."""

    def __init__(self, view: QWidget) -> None:
        super().__init__(view)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._picture: QPixmap | None = None
        self._clock = QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.setInterval(_FRAME_MS)
        self._timer.timeout.connect(self._step)
        view.installEventFilter(self)
        self.hide()

    @property
    def is_running(self) -> bool:
        return self._picture is not None

    def begin(self, *, reduced: bool) -> None:
        """Take the view's picture and begin to let it go. Nothing without motion, or when nobody can see it."""
        view = self.parentWidget()
        self.stop()
        if reduced or not view.isVisible() or view.window().isMinimized():
            return
        self._picture = view.grab()
        self.setGeometry(view.rect())
        self.raise_()
        self.show()
        self._clock.start()
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()
        self._picture = None
        self.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.parent() and event.type() in (QEvent.Type.Resize, QEvent.Type.Hide):
            self.stop()
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._picture is None:
            return
        part = min(1.0, self._clock.nsecsElapsed() / 1e6 / FADE_MS)
        painter = QPainter(self)
        painter.setOpacity((1 - part) ** 3)  # OutCubic
        painter.drawPixmap(0, 0, self._picture)

    def _step(self) -> None:
        if self._clock.nsecsElapsed() / 1e6 >= FADE_MS:
            self.stop()
        else:
            self.update()
