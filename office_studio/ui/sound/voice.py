"""One sound being played: decoder, output and fades. QtMultimedia is imported here, and here only.

Importing this module takes long (a decoder of 20 MB; less after ``sound_file.warm_library``) and fails where system
libraries are missing. On the GUI thread only: Qt modules register their types with the interpreter while they are
imported, and on another thread, while something is painted, that has ended in a crash.
"""

from __future__ import annotations

from functools import cache
from typing import cast

from PySide6.QtCore import QEasingCurve, QObject, QUrl, QVariantAnimation, Signal
from PySide6.QtMultimedia import QAudioOutput, QMediaDevices, QMediaPlayer
from PySide6.QtQml import QQmlComponent, QQmlEngine

from office_studio.ui.sound.sound_file import SoundFile

FADE_MS = 500

_State, _Status = QMediaPlayer.PlaybackState, QMediaPlayer.MediaStatus


def has_output() -> bool:
    """Whether there is anything to hear with."""
    return not QMediaDevices.defaultAudioOutput().isNull()


@cache
def _factory() -> tuple[QQmlComponent, QQmlEngine]:
    """Makes players that Python knows nothing of; see :class:`Voice`. The engine must live as long."""
    engine = QQmlEngine()
    component = QQmlComponent(engine)
    component.setData(b"import QtMultimedia\nMediaPlayer { audioOutput: AudioOutput { volume: 0 } }", QUrl())
    return component, engine


class Devices(QObject):
    """Watches the sound devices of the system.

    Signals:
        changed(): one came or went, or another is the default now.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._devices = QMediaDevices(self)
        self._devices.audioOutputsChanged.connect(self.changed)


class Voice(QObject):
    """Plays one file, beginning silent. Give it up with :meth:`drop`, which deletes the file.

    QML makes its player. One made in Python asks the interpreter who it is whenever something parts from it. The
    decoder's threads do that at their end, holding a lock of Qt for which the GUI thread may be waiting, which holds
    the interpreter: the window stood still for ever.

    Raises ImportError when a library is missing.

    Signals:
        faded_out(): the volume reached 0 after ``fade_to(0)``.
        ended(): a sound that does not loop is over.
        failed(str): it cannot be played; the words of the decoder.
    """

    faded_out = Signal()
    ended = Signal()
    failed = Signal(str)

    def __init__(self, file: SoundFile, *, loop: bool, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._file = file
        self._is_heard = False
        self._first_fade: float | None = None
        component, _ = _factory()
        player = component.create()
        if player is None:
            raise ImportError(component.errorString().strip())
        self.player = cast(QMediaPlayer, player)
        self.player.setParent(self)
        self.output: QAudioOutput = self.player.audioOutput()
        self.player.setLoops(QMediaPlayer.Loops.Infinite if loop else QMediaPlayer.Loops.Once)
        self.player.errorOccurred.connect(lambda _error, words: self.failed.emit(words))
        self.player.mediaStatusChanged.connect(self._on_status)
        self.player.positionChanged.connect(self._on_position)
        self.player.setSource(QUrl.fromLocalFile(str(file.path)))
        self._fade = QVariantAnimation(self)
        self._fade.setDuration(FADE_MS)
        self._fade.setEasingCurve(QEasingCurve.Type.InOutSine)
        self._fade.valueChanged.connect(self._on_fading)
        self._fade.finished.connect(self._on_faded)

    def play(self) -> None:
        """Begin, or go on after :meth:`pause`; not heard before a fade."""
        self.player.play()

    def pause(self) -> None:
        """Stand still: nothing is decoded, nothing is sent to the device."""
        self.player.pause()

    def fade_to(self, volume: float) -> None:
        """Change the volume, 0 to 1, within ``FADE_MS``; from the first sample on when it has not begun yet."""
        self._first_fade = None if self._is_heard else volume
        if volume == 0.0 or self._is_heard:
            self._start_fade(volume)

    def _start_fade(self, volume: float) -> None:
        self._fade.stop()
        self._fade.setStartValue(float(self.output.volume()))
        self._fade.setEndValue(float(volume))
        self._fade.start()

    def set_volume(self, volume: float) -> None:
        """Change the volume at once, as a slider being dragged does; a fade under way goes there instead."""
        if self._first_fade is not None:
            self._first_fade = volume
        elif self._fade.state() == QVariantAnimation.State.Running:
            self._fade.setEndValue(float(volume))
        else:
            self.output.setVolume(volume)

    def use_default_device(self) -> None:
        """Go on where the system plays now."""
        self.output.setDevice(QMediaDevices.defaultAudioOutput())

    def drop(self) -> None:
        """Stop and free the decoder."""
        self.blockSignals(True)
        self._fade.stop()
        self.player.stop()
        self.player.setSource(QUrl())
        self._file.delete()
        self.deleteLater()

    def _on_position(self, position_ms: int) -> None:
        # Opening the file and filling the device's buffer may take longer than a fade.
        if position_ms > 0 and not self._is_heard:
            self._is_heard = True
            if self._first_fade:
                self._start_fade(self._first_fade)
            self._first_fade = None

    def _on_fading(self, volume: float) -> None:
        self.output.setVolume(volume)

    def _on_faded(self) -> None:
        if self._fade.endValue() == 0.0:
            self.faded_out.emit()

    def _on_status(self, status: QMediaPlayer.MediaStatus) -> None:
        if status == _Status.EndOfMedia:
            self.ended.emit()
