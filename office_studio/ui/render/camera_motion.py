"""Movement of the camera in time: eased on the way to somewhere, coasting after a flick. Its timer runs only then."""

from __future__ import annotations

from collections.abc import Callable
from math import exp, hypot
from typing import Any

from PySide6.QtCore import QElapsedTimer, QObject, Qt, QTimer

GLIDE_MS = 220.0
COAST_MS = 600.0  # after which a flick has stopped
_COAST_DECAY_MS = 140.0
_SLOWEST, _FASTEST = 0.15, 4.0  # px/ms: slower is no flick, faster is an error of measurement
_FRAME_MS = 16
_SAMPLE_MS = 90.0  # the last part of a drag, which tells how fast it ended


class CameraMotion(QObject):
    """Moves one camera at a time, of any kind; a new movement ends the one before."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(_FRAME_MS)
        self._timer.timeout.connect(self._step)
        self._clock = QElapsedTimer()
        self._advance: Callable[[float], bool] | None = None
        self.target: Any = None  # the camera at the end of a glide under way

    @property
    def is_moving(self) -> bool:
        return self._advance is not None

    def glide(
        self, start: Any, end: Any, show: Callable[[Any], None], between: Callable[[Any, Any, float], Any]
    ) -> None:
        """Go from one camera to another, fast at first. ``between(start, end, part)`` is a camera on the way."""
        self.stop()
        self.target = end

        def advance(ms: float) -> bool:
            part = min(1.0, ms / GLIDE_MS)
            show(between(start, end, 1 - (1 - part) ** 3))
            return part < 1

        self._begin(advance)

    def coast(self, velocity: tuple[float, float], push: Callable[[float, float], None]) -> None:
        """Go on after a drag that ended with this velocity (px/ms), ever slower."""
        self.stop()
        speed = hypot(*velocity)
        if speed < _SLOWEST:
            return
        factor = min(1.0, _FASTEST / speed)
        vx, vy = velocity[0] * factor, velocity[1] * factor
        gone = 0.0

        def advance(ms: float) -> bool:
            nonlocal gone
            way = _COAST_DECAY_MS * (1 - exp(-min(ms, COAST_MS) / _COAST_DECAY_MS))
            push(vx * (way - gone), vy * (way - gone))
            gone = way
            return ms < COAST_MS and hypot(vx, vy) * exp(-ms / _COAST_DECAY_MS) > 0.01

        self._begin(advance)

    def stop(self) -> None:
        self._timer.stop()
        self._advance = self.target = None

    def _begin(self, advance: Callable[[float], bool]) -> None:
        self._advance = advance
        self._clock.start()
        self._timer.start()

    def _step(self) -> None:
        advance = self._advance
        if advance is None or advance(self._clock.nsecsElapsed() / 1e6):
            return
        if self._advance is advance:  # what was shown may have begun another movement
            self.stop()


class Velocity:
    """How fast a drag is at its end, px/ms."""

    def __init__(self) -> None:
        self._clock = QElapsedTimer()
        self._clock.start()
        self._samples: list[tuple[float, float, float]] = []

    def begin(self) -> None:
        self._samples.clear()

    def note(self, dx: float, dy: float) -> None:
        now = self._clock.nsecsElapsed() / 1e6
        self._samples = [sample for sample in self._samples if now - sample[0] <= _SAMPLE_MS]
        self._samples.append((now, dx, dy))

    def now(self) -> tuple[float, float]:
        """Zero when the pointer rested before it was let go, or when too little is known."""
        now = self._clock.nsecsElapsed() / 1e6
        recent = [sample for sample in self._samples if now - sample[0] <= _SAMPLE_MS]
        if len(recent) < 3 or now - recent[-1][0] > _SAMPLE_MS / 2:
            return 0.0, 0.0
        took = recent[-1][0] - recent[0][0]
        if took < 8:
            return 0.0, 0.0
        return sum(s[1] for s in recent[1:]) / took, sum(s[2] for s in recent[1:]) / took
