"""The sound of a theme, for those who want to hear it. Muted until asked for; muted it costs nothing.

When sound is first wanted, its library is loaded and the file read on a thread; then QtMultimedia is imported.
"""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QWidget

from office_studio.core.theme.audio import MAX_AUDIO_BYTES, audio_container
from office_studio.errors import AssetError, OfficeStudioError
from office_studio.ui.sound.sound_file import SoundFile, warm_library

if TYPE_CHECKING:
    from office_studio.core.theme.files import ThemeFiles
    from office_studio.services.theme_loader import LoadedTheme
    from office_studio.ui.sound.voice import Devices, Voice

_log = logging.getLogger(__name__)

NO_DEVICE = "There is no sound device, so the theme's sound is not heard. Connect one; it is used at once."


class AmbientPlayer(QObject):
    """Plays ``audio.ambient`` of the theme shown, with fades.

    Signals:
        failed(str): why nothing is heard, and what to do, in a sentence or two.
        available_changed(bool): whether the theme shown has a sound.
        playing_changed(bool): whether it is heard, or fading in or out.
    """

    failed = Signal(str)
    available_changed = Signal(bool)
    playing_changed = Signal(bool)
    _read = Signal(int, object)

    def __init__(self, parent: QObject | None = None, *, needs_device: bool = True) -> None:
        """``needs_device`` False: play also where nobody can hear it, at the pace of the clock."""
        super().__init__(parent)
        self._needs_device = needs_device
        self._loaded: LoadedTheme | None = None
        self._is_muted, self._volume, self._is_hidden, self._is_over = True, 1.0, False, False
        self._voice: Voice | None = None
        self._leaving: list[Voice] = []  # fading out, to be dropped
        self._devices: Devices | None = None
        self._lacks_device = False
        self._request = 0  # of the file being read; 0 when none is
        self._requests = 0
        self._thread: threading.Thread | None = None
        self._window: QWidget | None = None
        self._read.connect(self._on_read, Qt.ConnectionType.QueuedConnection)

    # -- what is wanted ----------------------------------------------------------------------------
    @property
    def is_available(self) -> bool:
        """Whether the theme shown has a sound."""
        return self._loaded is not None and self._loaded.theme.audio is not None

    @property
    def is_muted(self) -> bool:
        return self._is_muted

    @property
    def volume(self) -> float:
        """The user's, 0 to 1; the theme's own is multiplied with it."""
        return self._volume

    @property
    def is_playing(self) -> bool:
        return self._voice is not None or bool(self._leaving)

    def set_theme(self, loaded: LoadedTheme | None) -> None:
        """The theme shown now; the sound of the one before fades out."""
        if loaded is self._loaded:
            return
        was_available, self._loaded = self.is_available, loaded
        self._is_over = False
        self._request = 0
        self._leave()
        self._follow()
        if was_available != self.is_available:
            self.available_changed.emit(self.is_available)

    def set_muted(self, muted: bool) -> None:
        if muted == self._is_muted:
            return
        self._is_muted = muted
        self._is_over = False  # to unmute is to want to hear it, also what had ended
        self._follow()

    def set_volume(self, volume: float) -> None:
        """The user's volume; bounded to 0 to 1."""
        self._volume = min(1.0, max(0.0, volume))
        if self._voice is not None and not self._is_hidden:
            self._voice.set_volume(self._level())

    def set_hidden(self, hidden: bool) -> None:
        """Stand still while nobody looks; goes on at the same place."""
        if hidden != self._is_hidden:
            self._is_hidden = hidden
            self._follow()

    def watch(self, window: QWidget) -> None:
        """Stand still while this window is hidden or minimised."""
        if self._window is not None:
            self._window.removeEventFilter(self)
        self._window = window
        window.installEventFilter(self)
        self.set_hidden(not window.isVisible() or window.isMinimized())

    def close(self) -> None:
        """Stop at once and wait for the reading thread. Nothing is played afterwards."""
        self._is_muted, self._loaded, self._request = True, None, 0
        for voice in [*self._leaving, *([self._voice] if self._voice is not None else [])]:
            voice.drop()
        self._voice, self._leaving = None, []
        if self._window is not None:
            self._window.removeEventFilter(self)
            self._window = None
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.WindowStateChange, QEvent.Type.Show, QEvent.Type.Hide):
            window = self._window
            if window is not None and watched is window:
                self.set_hidden(not window.isVisible() or window.isMinimized())
        return False

    # -- what happens ------------------------------------------------------------------------------
    def _follow(self) -> None:
        """Bring what is heard in line with what is wanted."""
        wanted = self.is_available and not self._is_muted and not self._is_over
        if not wanted:
            self._request = 0
            self._leave()
        elif self._voice is None:
            if not self._is_hidden and not self._request:
                self._start_reading()
        elif self._is_hidden:
            self._voice.fade_to(0.0)
        else:
            self._voice.play()
            self._voice.fade_to(self._level())

    def _level(self) -> float:
        audio = self._loaded.theme.audio if self._loaded is not None else None
        return 0.0 if audio is None else self._volume * min(1.0, max(0.0, audio.volume))

    def _leave(self) -> None:
        """Fade out what is heard, then free it."""
        voice, self._voice = self._voice, None
        if voice is not None:
            self._leaving.append(voice)
            voice.fade_to(0.0)

    def _start_reading(self) -> None:
        loaded = self._loaded
        if loaded is None or loaded.theme.audio is None:
            return
        self._requests += 1
        self._request = self._requests
        work = (self._request, loaded.files, loaded.theme.audio.src)
        self._thread = threading.Thread(target=self._read_on_thread, args=work, name="ambient-sound", daemon=True)
        self._thread.start()

    def _read_on_thread(self, request: int, files: ThemeFiles, name: str) -> None:
        result: object
        try:
            data, container = read_sound(files, name)
            warm_library()
            result = SoundFile(data, f".{container}")
        except OfficeStudioError as error:
            result = str(error)
        except OSError as error:
            result = f"The theme's sound “{name}” cannot be unpacked: {error.strerror}. Make room on the disk."
        except Exception:
            _log.exception("the sound of a theme could not be read")
            result = f"The theme's sound “{name}” cannot be read. The log file has the details."
        try:
            self._read.emit(request, result)
        except RuntimeError:
            pass  # the player went away meanwhile

    def _on_read(self, request: int, result: object) -> None:
        if request != self._request or self._loaded is None:
            return
        self._request, self._thread = 0, None
        if isinstance(result, str):
            self._give_up(result)
        else:
            self._start(result)  # type: ignore[arg-type]

    def _start(self, file: SoundFile) -> None:
        try:
            from office_studio.ui.sound.voice import Devices, Voice, has_output  # here, because it takes long
        except ImportError as error:
            self._give_up(f"This computer lacks a library for sound: {error}. On Debian and Ubuntu, install libpulse0.")
            return
        audio = self._loaded.theme.audio if self._loaded is not None else None
        if audio is None:
            return
        if self._devices is None:
            self._devices = Devices(self)
            self._devices.changed.connect(self._on_devices)
        if self._needs_device and not has_output():
            self._lacks_device = True
            self._give_up(NO_DEVICE)
            return
        try:
            voice = Voice(file, loop=audio.loop, parent=self)
        except ImportError as error:
            self._give_up(f"This computer lacks a library for sound: {error}.")
            return
        voice.faded_out.connect(lambda: self._on_faded_out(voice))
        voice.ended.connect(lambda: self._on_ended(voice))
        voice.failed.connect(lambda words: self._on_failed(voice, words))
        self._voice = voice
        if not voice.player.isAvailable():
            self._on_failed(voice, "no decoder could be loaded")
            return
        self.playing_changed.emit(True)
        if not self._is_hidden:
            voice.play()
            voice.fade_to(self._level())

    def _on_faded_out(self, voice: Voice) -> None:
        if voice in self._leaving:
            self._drop(voice)
        elif self._is_hidden:
            voice.pause()

    def _on_ended(self, voice: Voice) -> None:
        self._is_over = self._is_over or voice is self._voice
        self._drop(voice)

    def _on_failed(self, voice: Voice, words: str) -> None:
        is_wanted = voice is self._voice
        name = self._loaded.theme.audio.src if self._loaded is not None and self._loaded.theme.audio else ""
        self._drop(voice)
        if is_wanted:
            self._give_up(f"The theme's sound “{name}” cannot be played: {words.rstrip('.')}. Save it anew as Ogg.")

    def _give_up(self, words: str) -> None:
        self._is_over = True  # until it is unmuted again, or another theme comes
        self.failed.emit(words)

    def _drop(self, voice: Voice) -> None:
        if voice is self._voice:
            self._voice = None
        if voice in self._leaving:
            self._leaving.remove(voice)
        voice.drop()
        if not self.is_playing:
            self.playing_changed.emit(False)

    def _on_devices(self) -> None:
        if self._voice is not None:
            self._voice.use_default_device()
        elif self._lacks_device:
            self._lacks_device = self._is_over = False
            self._follow()


def read_sound(files: ThemeFiles, name: str) -> tuple[bytes, str]:
    """The bytes of a theme's sound and its container: "mp3", "ogg" or "wav". Blocking.

    Raises AssetError: ASSET_MISSING, ASSET_UNREADABLE, ASSET_TOO_LARGE (above 5 MB), ASSET_FORMAT (neither MP3, Ogg
    nor WAV by its bytes).
    """
    size = files.size(name)
    if size > MAX_AUDIO_BYTES:
        raise AssetError(
            "ASSET_TOO_LARGE", f"The theme's sound “{name}” is {size / 1e6:.1f} MB.", "5 MB is the limit.", file=name
        )
    data = files.read(name)
    container = audio_container(data)
    if container is None:
        raise AssetError(
            "ASSET_FORMAT", f"The theme's sound “{name}” is neither MP3, Ogg nor WAV.", "Save it as Ogg.", file=name
        )
    return data, container
