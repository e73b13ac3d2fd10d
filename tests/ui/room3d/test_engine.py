"""The drawing process as the window uses it: pictures on demand, nothing when nothing changes, recovery, refusal."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from pytestqt.qtbot import QtBot

from office_studio.errors import OfficeStudioError
from office_studio.ui.room3d.engine import PROGRAM, Frame, RoomEngine
from office_studio.ui.room3d.engine_memory import MOST_DATA_BYTES, SCENE_BYTES
from office_studio.ui.room3d.picture import RoomPictures
from office_studio.ui.room3d.scene import Camera, Figure, Light, ModelFile, Opened, Prop, Scene

MODELS = Path(__file__).parents[2] / "fixtures" / "models"
CAMERA = Camera(position=(0, 0, 10), target=(0, 0, 0), half_height=1.5)
WHITE = Light(kind="ambient", color=(3, 3, 3))


class Watcher:
    """An engine and all that it said."""

    def __init__(self, engine: RoomEngine, qtbot: QtBot) -> None:
        self.engine, self._qtbot = engine, qtbot
        self.frames: list[Frame] = []
        self.opened: list[Opened] = []
        self.failures: list[OfficeStudioError] = []
        engine.frame_ready.connect(self.frames.append)
        engine.opened.connect(self.opened.append)
        engine.failed.connect(self.failures.append)

    def until(self, is_so: Callable[[], bool]) -> None:
        self._qtbot.waitUntil(is_so, timeout=40_000)


@pytest.fixture
def watcher(display: str, qtbot: QtBot) -> Iterator[Watcher]:
    engine = RoomEngine()
    yield Watcher(engine, qtbot)
    engine.shut_down()


def scene(name: str = "cube") -> Scene:
    file = ModelFile(key="it", path=str(MODELS / f"{name}.glb"))
    return Scene(models=(file,), props=(Prop(model="it"),), figure_models=("it",), lights=(WHITE,))


def figure(x: float) -> Figure:
    return Figure(id="a", model="it", position=(x, 0, 0), scale=(0.5, 0.5, 0.5))


def show(watcher: Watcher) -> None:
    watcher.engine.resize(120, 80, 1)
    watcher.engine.set_camera(CAMERA)
    watcher.engine.open(scene())
    watcher.until(lambda: bool(watcher.frames))


@pytest.mark.gl
def test_only_changes_are_drawn_and_at_most_one_picture_is_under_way(watcher, qtbot):
    show(watcher)
    engine = watcher.engine
    assert (watcher.frames[0].image.width(), watcher.frames[0].image.height()) == (120, 80)
    assert [model.key for model in watcher.opened[0].models] == ["it"]
    assert engine.asked == 1
    engine.set_camera(CAMERA)
    engine.resize(120, 80, 1)
    qtbot.wait(200)
    assert engine.asked == 1, "nothing changed, so nothing is drawn"
    before = psutil.Process(engine.process_id).cpu_times()
    qtbot.wait(500)
    after = psutil.Process(engine.process_id).cpu_times()
    assert (after.user + after.system) - (before.user + before.system) <= 0.02, "an idle room costs nothing"
    for step in range(20):
        engine.set_figures((figure(step / 20),))
    assert engine.asked == 2
    assert engine.is_busy
    watcher.until(lambda: not engine.is_busy)
    assert len(watcher.frames) == 3, "what came meanwhile became one picture"
    moved = watcher.frames[-1].changed
    assert 0 < moved.width() * moved.height() < 120 * 80


@pytest.mark.gl
def test_out_of_sight_nothing_is_drawn_and_waking_shows_the_newest(watcher, qtbot):
    show(watcher)
    watcher.engine.set_awake(False)
    for step in range(5):
        watcher.engine.set_figures((figure(step / 5),))
    qtbot.wait(200)
    assert watcher.engine.asked == 1
    watcher.engine.set_awake(True)
    watcher.until(lambda: len(watcher.frames) == 2)
    assert watcher.engine.asked == 2


@pytest.mark.gl
def test_a_crash_is_told_and_the_room_comes_back_by_itself(watcher):
    show(watcher)
    watcher.engine.set_figures((figure(0.9),))
    watcher.until(lambda: len(watcher.frames) == 2)
    picture = watcher.frames[-1].image.copy()
    first = watcher.engine.process_id
    os.kill(first, signal.SIGSEGV)
    watcher.until(lambda: bool(watcher.failures))
    assert watcher.failures[0].code == "ROOM_ENGINE_CRASHED"
    assert watcher.failures[0].details["recovers"]
    watcher.until(lambda: len(watcher.frames) == 3)
    assert watcher.engine.process_id not in (0, first)
    assert watcher.frames[-1].image == picture, "size, camera, lights and figures are told anew"


@pytest.mark.gl
def test_who_crashes_before_the_first_picture_is_not_started_again(watcher):
    watcher.engine.resize(120, 80, 1)
    watcher.engine.open(scene())  # no camera, so no picture
    watcher.until(lambda: bool(watcher.opened))
    os.kill(watcher.engine.process_id, signal.SIGKILL)
    watcher.until(lambda: bool(watcher.failures))
    assert not watcher.failures[0].details["recovers"]
    assert watcher.engine.process_id == 0
    watcher.engine.set_camera(CAMERA)
    watcher.engine.restart()
    watcher.until(lambda: bool(watcher.frames))


@pytest.mark.gl
def test_a_model_that_cannot_be_read_is_a_message_and_the_rest_is_drawn(watcher, tmp_path):
    broken, cut = tmp_path / "broken.glb", tmp_path / "cut.glb"
    broken.write_bytes(b"glTF but not really")
    whole = (MODELS / "cube.glb").read_bytes()
    cut.write_bytes(whole[: len(whole) // 2])
    files = (
        ModelFile(key="it", path=str(MODELS / "cube.glb")),
        ModelFile(key="broken", path=str(broken)),
        ModelFile(key="cut", path=str(cut)),
        ModelFile(key="gone", path=str(tmp_path / "gone.glb")),
    )
    watcher.engine.resize(120, 80, 1)
    watcher.engine.set_camera(CAMERA)
    watcher.engine.open(Scene(models=files, props=tuple(Prop(model=file.key) for file in files), lights=(WHITE,)))
    watcher.until(lambda: bool(watcher.frames))
    problems = {problem.model: problem for problem in watcher.opened[0].problems}
    assert set(problems) == {"broken", "cut", "gone"}
    assert all(problem.code.startswith("MODEL_") and problem.message for problem in problems.values())
    assert watcher.frames[0].image.pixelColor(60, 40).lightness() > 50
    assert not watcher.failures


@pytest.mark.gl
def test_scenes_follow_each_other_without_the_memory_growing(watcher):
    show(watcher)
    used = []
    for turn in range(10):
        count = len(watcher.frames)
        watcher.engine.open(scene("bar" if turn % 2 else "textured"))
        watcher.engine.set_figures((figure(turn / 12),))
        watcher.until(lambda count=count: len(watcher.frames) > count and not watcher.engine.is_busy)
        used.append(psutil.Process(watcher.engine.process_id).memory_info().rss)
    assert used[-1] - used[3] < 12 << 20
    if sys.platform == "linux" and watcher.engine.driver.startswith("llvmpipe"):
        soft, hard = psutil.Process(watcher.engine.process_id).rlimit(psutil.RLIMIT_DATA)
        assert SCENE_BYTES < soft < hard <= MOST_DATA_BYTES  # what a scene may have is bounded by now


@pytest.mark.gl
def test_the_process_ends_with_who_started_it(display):
    """The app may be killed: then nobody closes anything, but the pipe breaks."""
    code = (
        "import sys; from PySide6.QtCore import QCoreApplication, QTimer\n"
        "app = QCoreApplication([])\n"
        "from office_studio.ui.room3d.engine import RoomEngine\n"
        "engine = RoomEngine(); engine.start()\n"
        "timer = QTimer(); timer.timeout.connect(lambda: engine.driver and (print(engine.process_id, flush=True)))\n"
        "timer.start(20); app.exec()\n"
    )
    app = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    assert app.stdout is not None
    engine = psutil.Process(int(app.stdout.readline()))
    app.kill()
    app.wait()
    app.stdout.close()
    _, alive = psutil.wait_procs([engine], timeout=10)
    assert not alive


def test_without_a_display_it_says_what_to_do(qtbot, monkeypatch):
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    if not sys.platform.startswith("linux"):
        pytest.skip("other systems always have one")
    with RoomPictures() as pictures, pytest.raises(OfficeStudioError) as caught:
        pictures.open(scene())
    assert caught.value.code == "ROOM_NO_DISPLAY"
    assert "xvfb-run" in str(caught.value)


@pytest.mark.gl
def test_nonsense_is_answered_not_obeyed(display):
    said = [
        b"no json",
        b'{"type":"draw"}',
        b'{"type":"format","disk":1}',
        b'{"type":"open","serial":1,"scene":{"tone":7}}',
    ]
    environment = {**os.environ, "QT_QPA_PLATFORM": "xcb", "PYTHONPATH": str(PROGRAM.parents[3])}
    pipe = subprocess.PIPE
    program = subprocess.Popen([sys.executable, "-P", str(PROGRAM)], env=environment, stdin=pipe, stdout=pipe)
    assert program.stdin is not None
    assert program.stdout is not None
    assert b'"type":"ready"' in program.stdout.readline()
    for line in said:
        program.stdin.write(line + b"\n")
        program.stdin.flush()
        assert b"ROOM_COMMAND" in program.stdout.readline()
    program.stdin.close()
    assert program.wait(timeout=20) == 0
    program.stdout.close()
