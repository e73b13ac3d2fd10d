"""What comes out at the other end: a PulseAudio server of the test's own with a device nobody hears, recorded."""

from __future__ import annotations

import array
import json
import os
import shutil
import subprocess
import sys
import wave
from collections.abc import Iterator
from pathlib import Path

import pytest

_PROGRAM = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from office_studio.services.theme_loader import load_theme
from office_studio.ui.sound.ambient import AmbientPlayer
app = QApplication([])
player = AmbientPlayer()
player.failed.connect(lambda words: (print(words, flush=True), app.exit(1)))
player.set_theme(load_theme(Path(sys.argv[1])))
def on_playing(playing):
    QTimer.singleShot(3000, lambda: player.set_muted(True)) if playing else app.quit()
player.playing_changed.connect(on_playing)
QTimer.singleShot(60_000, app.quit)
player.set_muted(False)
code = app.exec()
player.close()
sys.exit(code)
"""


@pytest.fixture
def sound_server(tmp_path: Path) -> Iterator[dict[str, str]]:
    """Environment of a client of a PulseAudio server whose only device is a null sink."""
    if shutil.which("pulseaudio") is None or shutil.which("parec") is None:
        pytest.skip("no pulseaudio and parec here (Debian: pulseaudio pulseaudio-utils)")
    home = tmp_path / "pulse"
    home.mkdir(mode=0o700)
    socket = home / "native"
    names = {"HOME": home, "XDG_RUNTIME_DIR": home, "PULSE_RUNTIME_PATH": home, "PULSE_STATE_PATH": home}
    environment = {**os.environ, **{key: str(value) for key, value in names.items()}}
    command = ["pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no", "--log-level=error"]
    modules = ["module-null-sink sink_name=quiet", f"module-native-protocol-unix auth-anonymous=1 socket={socket}"]
    server = subprocess.Popen([*command, *(f"--load={each}" for each in modules)], env=environment)
    environment["PULSE_SERVER"] = f"unix:{socket}"
    try:
        asked = ["pactl", "info"]
        for _ in range(100):
            if subprocess.run(asked, env=environment, capture_output=True).returncode == 0:
                break
        else:
            pytest.skip("PulseAudio does not start here")
        yield environment
    finally:
        server.terminate()
        server.wait(timeout=20)


def test_the_sound_reaches_the_device_with_fades_and_then_silence(sound_server: dict[str, str], tmp_path: Path):
    theme = tmp_path / "theme"
    theme.mkdir()
    canvas = {"width": 9, "height": 9, "background": {"color": "#ffffff"}}
    ambient = {"src": "a.wav", "volume": 0.5, "loop": True}
    (theme / "theme.json").write_text(json.dumps({"canvas": canvas, "audio": {"ambient": ambient}}))
    with wave.open(str(theme / "a.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(array.array("h", ([20_000] * 8 + [-20_000] * 8) * 500).tobytes())
    recorded = tmp_path / "recorded.raw"
    with recorded.open("wb") as out:
        command = ["parec", "-d", "quiet.monitor", "--format=s16le", "--rate=8000", "--channels=1"]
        recorder = subprocess.Popen(command, stdout=out, env=sound_server)
        try:
            program = [sys.executable, "-c", _PROGRAM, str(theme)]
            subprocess.run(program, env=sound_server, check=True, timeout=100, cwd=Path(__file__).parents[3])
        finally:
            recorder.terminate()
            recorder.wait(timeout=20)
    data = recorded.read_bytes()
    samples = array.array("h", data[: len(data) // 2 * 2])
    peaks = [max(map(abs, samples[at : at + 400])) for at in range(0, len(samples) - 400, 400)]  # of 50 ms
    loudest = max(peaks)
    heard = [number for number, peak in enumerate(peaks) if peak > 0.02 * loudest]
    assert loudest > 1000
    assert len(heard) >= 20  # more than the file's own second goes round
    start = [peaks[number] for number in heard[:5]]  # a busy machine may leave a gap
    assert start[0] < 0.7 * loudest  # it rises
    assert start == sorted(start)
