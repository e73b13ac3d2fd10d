"""The sound of a theme: real decoder, real files; played to nobody, because test machines have no sound device."""

from __future__ import annotations

import io
import itertools
import math
import struct
import subprocess
import sys
import wave
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QWidget

from office_studio.core.theme.files import MemoryFiles, ThemeFiles
from office_studio.core.theme.manifest import theme_from_document
from office_studio.services.theme_loader import LoadedTheme, load_theme
from office_studio.ui.sound.ambient import NO_DEVICE, AmbientPlayer


def tone(seconds: float) -> bytes:
    data, rate = io.BytesIO(), 8000
    with wave.open(data, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        steps = range(round(rate * seconds))
        file.writeframes(b"".join(struct.pack("<h", round(9000 * math.sin(i * 0.3))) for i in steps))
    return data.getvalue()


def document(**ambient: Any) -> dict[str, Any]:
    canvas = {"width": 100, "height": 100, "background": {"color": "#ffffff"}}
    audio = {"ambient": {"src": "hum.wav", "volume": 0.5, "loop": True} | ambient}
    return {"id": "t", "name": "T", "canvas": canvas, "audio": audio}


def themed(data: bytes | None, **ambient: Any) -> LoadedTheme:
    theme, findings = theme_from_document(document(**ambient))
    files: ThemeFiles = MemoryFiles({theme.audio.src: data} if data is not None and theme.audio else {})
    return LoadedTheme(theme, files, findings, Path("memory"))


@pytest.fixture
def player(qapp: Any, nothing_left: None) -> Iterator[AmbientPlayer]:
    made = AmbientPlayer(needs_device=False)
    yield made
    made.close()
    made.deleteLater()


def volume(player: AmbientPlayer) -> float:
    return player._voice.output.volume() if player._voice is not None else -1.0


def position(player: AmbientPlayer) -> int:
    return player._voice.player.position() if player._voice is not None else -1


def test_it_fades_in_to_both_volumes_and_out_again(player: AmbientPlayer, qtbot: Any):
    player.set_theme(themed(tone(1.0)))
    player.set_volume(0.8)
    player.set_muted(False)
    qtbot.waitUntil(lambda: player.is_playing)
    heard: list[float] = []
    player._voice.output.volumeChanged.connect(heard.append)
    qtbot.waitUntil(lambda: volume(player) == pytest.approx(0.4))
    assert len(heard) > 2
    assert heard == sorted(heard)
    qtbot.waitUntil(lambda: position(player) > 0)
    player.set_muted(True)
    with qtbot.waitSignal(player.playing_changed) as done:
        assert player.is_playing  # still fading
    assert done.args == [False]
    assert heard[-1] == 0.0
    assert player._voice is None
    assert player._leaving == []


def test_a_sound_from_a_zip_goes_round_when_it_loops(player: AmbientPlayer, qtbot: Any, tmp_path: Path):
    import json

    with zipfile.ZipFile(tmp_path / "t.zip", "w") as archive:
        archive.writestr("theme.json", json.dumps(document()))
        archive.writestr("hum.wav", tone(0.3))
    player.set_theme(load_theme(tmp_path / "t.zip"))
    player.set_muted(False)
    qtbot.waitUntil(lambda: position(player) > 0)
    seen: list[int] = []
    player._voice.player.positionChanged.connect(seen.append)
    # Positions that go back: round the end, and still playing.
    qtbot.waitUntil(lambda: any(after < before for before, after in itertools.pairwise(seen)))
    assert player.is_playing


def test_a_sound_that_does_not_loop_ends_and_is_freed(player: AmbientPlayer, qtbot: Any):
    player.set_theme(themed(tone(0.6), loop=False))
    player.set_muted(False)
    qtbot.waitUntil(lambda: player.is_playing)
    qtbot.waitUntil(lambda: not player.is_playing)
    player.set_hidden(True)
    player.set_hidden(False)
    qtbot.wait(50)
    assert not player.is_playing  # coming back into sight is no wish to hear it again
    player.set_muted(True)
    player.set_muted(False)
    qtbot.waitUntil(lambda: player.is_playing)


def test_a_hidden_window_holds_the_sound_where_it_is(player: AmbientPlayer, qtbot: Any):
    from PySide6.QtMultimedia import QMediaPlayer

    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    player.watch(window)
    player.set_theme(themed(tone(20)))
    player.set_muted(False)
    qtbot.waitUntil(lambda: position(player) > 0)
    voice = player._voice
    window.hide()
    qtbot.waitUntil(lambda: voice.player.playbackState() == QMediaPlayer.PlaybackState.PausedState)
    stopped_at = position(player)
    window.show()
    qtbot.waitUntil(lambda: position(player) > stopped_at)
    assert player._voice is voice
    window.showMinimized()
    qtbot.waitUntil(lambda: voice.player.playbackState() == QMediaPlayer.PlaybackState.PausedState)


def test_another_theme_takes_over_with_a_cross_fade(player: AmbientPlayer, qtbot: Any):
    player.set_theme(themed(tone(20)))
    player.set_muted(False)
    qtbot.waitUntil(lambda: volume(player) == pytest.approx(0.5))
    first = player._voice
    player.set_theme(themed(tone(20), volume=1.0))
    assert player._leaving == [first]
    qtbot.waitUntil(lambda: volume(player) == pytest.approx(1.0) and player._leaving == [])
    with qtbot.waitSignal(player.available_changed) as told:
        player.set_theme(None)
    assert told.args == [False]
    qtbot.waitUntil(lambda: not player.is_playing)


@pytest.mark.parametrize(
    ("data", "ambient", "words"),
    [
        (None, {}, "no file “hum.wav”"),
        (b"#EXTM3U\nhttp://127.0.0.1:9/a.ts\n", {}, "neither MP3, Ogg nor WAV"),
        (tone(0.1)[:30], {}, "cannot be played"),
        (b"RIFF\xff\xff\xff\xffWAVE" + b"\xff" * 2000, {}, "cannot be played"),
        (b"OggS" + bytes(range(256)) * 20, {"src": "a.ogg"}, "cannot be played"),
        (b"RIFF\x24\x00\x00\x00WAVE" + bytes(5 * 1024 * 1024), {}, "5 MB is the limit"),
    ],
    ids=["missing", "playlist", "cut", "damaged wav", "damaged ogg", "too large"],
)
def test_what_cannot_be_played_is_said_once(
    player: AmbientPlayer, qtbot: Any, data: bytes | None, ambient: dict[str, Any], words: str
):
    said: list[str] = []
    player.failed.connect(said.append)
    player.set_theme(themed(data, **ambient))
    player.set_muted(False)
    qtbot.waitUntil(lambda: bool(said))
    qtbot.waitUntil(lambda: not player.is_playing)
    player.set_hidden(True)
    player.set_hidden(False)
    qtbot.wait(100)
    assert len(said) == 1
    assert words in said[0]


def test_a_machine_without_sound_device_says_so(qapp: Any, nothing_left: None, qtbot: Any, monkeypatch: Any):
    player = AmbientPlayer()
    said: list[str] = []
    player.failed.connect(said.append)
    from office_studio.ui.sound import voice

    monkeypatch.setattr(voice, "has_output", lambda: False)
    player.set_theme(themed(tone(0.2)))
    player.set_muted(False)
    qtbot.waitUntil(lambda: bool(said))
    assert said == [NO_DEVICE]
    assert not player.is_playing
    player.close()
    player.deleteLater()


def test_a_missing_library_is_told_in_a_sentence(qapp: Any, nothing_left: None, qtbot: Any, monkeypatch: Any):
    monkeypatch.setitem(sys.modules, "office_studio.ui.sound.voice", None)  # the import fails, as without libpulse
    player = AmbientPlayer()
    player.set_theme(themed(tone(0.2)))
    with qtbot.waitSignal(player.failed) as said:
        player.set_muted(False)
    assert "libpulse0" in said.args[0]
    player.close()
    player.deleteLater()


def test_muted_nothing_is_loaded(tmp_path: Path):
    """In a fresh interpreter: no QtMultimedia, no thread, no file read."""
    code = """
import sys, threading
from pathlib import Path
from PySide6.QtWidgets import QApplication
from office_studio.core.theme.manifest import theme_from_document
from office_studio.services.theme_loader import LoadedTheme
from office_studio.ui.sound.ambient import AmbientPlayer
class Unread:
    names = ("a.wav",)
    def read(self, name): raise AssertionError("read while muted")
    size = read
app = QApplication([])
theme, found = theme_from_document(
    {"canvas": {"width": 9, "height": 9}, "audio": {"ambient": {"src": "a.wav"}}})
player = AmbientPlayer()
player.set_theme(LoadedTheme(theme, Unread(), found, Path()))
player.set_volume(0.3)
player.set_hidden(True)
player.set_hidden(False)
for _ in range(20): app.processEvents()
assert player.is_available and not player.is_playing
assert "PySide6.QtMultimedia" not in sys.modules
assert threading.active_count() == 1
"""
    run: Callable[..., Any] = subprocess.run
    run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[3])


def test_qt_is_imported_on_no_other_thread_than_that_of_the_window():
    """Importing a Qt module on a thread while the window is painted can crash."""
    words = """if True:
        import importlib.abc, sys, threading
        from pathlib import Path
        from PySide6.QtWidgets import QApplication
        app = QApplication([])
        threads = []
        class Note(importlib.abc.MetaPathFinder):
            def find_spec(self, name, path=None, target=None):
                if name == "PySide6.QtMultimedia":
                    threads.append(threading.current_thread() is threading.main_thread())
        from office_studio.paths import bundled_themes_dir
        from office_studio.services.theme_loader import load_theme
        from office_studio.ui.sound.ambient import AmbientPlayer
        from office_studio.ui.sound.sound_file import warm_library
        warm_library()
        assert "PySide6.QtMultimedia" not in sys.modules
        if sys.platform == "linux":  # nothing of it runs there either
            assert "QtMultimedia" not in Path("/proc/self/maps").read_text()
        sys.meta_path.insert(0, Note())
        player = AmbientPlayer(needs_device=False)
        player.set_theme(load_theme(bundled_themes_dir() / "cozy-loft"))
        player.playing_changed.connect(app.quit)
        player.failed.connect(app.quit)
        player.set_muted(False)
        app.exec()
        assert "PySide6.QtMultimedia" in sys.modules
        assert threads and all(threads), threads
        player.close()
    """
    run: Callable[..., Any] = subprocess.run
    done = run([sys.executable, "-c", words], capture_output=True, text=True, timeout=60, cwd=Path(__file__).parents[3])
    assert done.returncode == 0, done.stderr


def test_voices_end_while_the_window_connects_signals():
    """The decoder's threads part from what they played; that must not wait for the interpreter."""
    words = """if True:
        from pathlib import Path
        from PySide6.QtCore import QTimer
        from PySide6.QtWidgets import QApplication
        app = QApplication([])
        from office_studio.paths import bundled_themes_dir
        from office_studio.ui.sound.sound_file import SoundFile
        from office_studio.ui.sound.voice import Voice
        source = next((bundled_themes_dir() / "cozy-loft").rglob("*.ogg"))
        voices, dropped = [], 0
        others = [QTimer() for _ in range(60)]

        def nothing(): pass

        def connect():
            for other in others:
                other.timeout.connect(nothing)
                other.timeout.disconnect(nothing)

        def step():
            global dropped
            if len(voices) == 2:
                voices.pop(0).drop()
                dropped += 1
            if dropped == 80:
                app.quit()
            voice = Voice(SoundFile(source.read_bytes(), ".ogg"), loop=True)
            voice.play()
            voices.append(voice)

        timers = [QTimer(interval=4, timeout=connect), QTimer(interval=15, timeout=step)]
        for timer in timers:
            timer.start()
        app.exec()
    """
    run: Callable[..., Any] = subprocess.run
    done = run([sys.executable, "-c", words], capture_output=True, text=True, timeout=60, cwd=Path(__file__).parents[3])
    assert done.returncode == 0, done.stderr
