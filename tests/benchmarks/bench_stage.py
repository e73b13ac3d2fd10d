"""What a stage costs: CPU time of the GUI thread per frame, of a second at the rates actually due, and memory.

Run by hand: QT_QPA_PLATFORM=offscreen python tests/benchmarks/bench_stage.py [--agents 12,100,1000,10000]
[--sizes 1280x720,1920x1080] [--seconds 5] [--frames 60] [--theme themes/cozy-loft]

The office is ``stage_scene``'s: as many seats as agents; or that of a theme's folder. Every row is a process of its
own. Columns:

- ``frame``: one tick (model, items, labels) and the painting of what it made dirty, while a fifth of all walk.
- ``whole``: the same tick, and the whole view painted: what a renderer does that knows nothing of dirty regions.
- ``CPU %``: of one core, over some seconds in which nothing happens but the animations that are due.
- ``rests``: paint events a second in that time, and the area they paint, megapixels a second.
- ``RSS``: resident memory of the process, MB, and what of it the office added.
"""

# ruff: noqa: T201
from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parent))

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QApplication
from stage_scene import agent, agents, synthetic_theme

from office_studio.core.office.model import AgentStatus
from office_studio.services.theme_loader import LoadedTheme, load_theme
from office_studio.ui.render.stage_view import StageView


class Timed(StageView):
    """Adds up the CPU time of ticks and of painting, on the GUI thread."""

    def __init__(self) -> None:
        super().__init__()
        self.spent = 0.0
        self.frames: list[float] = []
        self.area_px = 0

    def _tick(self) -> None:
        start = time.thread_time()
        super()._tick()
        self.spent += time.thread_time() - start

    def paintEvent(self, event: QPaintEvent) -> None:
        start = time.thread_time()
        self.area_px += sum(rect.width() * rect.height() for rect in event.region())
        super().paintEvent(event)
        self.frames.append((time.thread_time() - start + self.spent) * 1000)
        self.spent = 0.0


def spin(milliseconds: int) -> None:
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def rss_mb() -> float:
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return 0.0


def open_stage(loaded: LoadedTheme, count: int, size: tuple[int, int]) -> Timed:
    view = Timed()
    view.resize(*size)
    ready: list[bool] = []
    view.theme_shown.connect(lambda *_: ready.append(True))
    view.set_theme(loaded)
    view.set_agents(agents(count))
    view.show()
    deadline = time.monotonic() + 60
    while not ready and time.monotonic() < deadline:
        spin(20)
    while view.model.is_behind and time.monotonic() < deadline:
        spin(20)  # a crowd is taken in some at a time
    spin(1500)
    return view


def walk(view: StageView, count: int, turn: int) -> None:
    """In each second a fifth of all go from desk to sofa or back, some in each frame."""
    if not count:
        return
    goers = range(0, count, 5)
    some = max(1, len(goers) // 30)
    status = AgentStatus.IDLE if turn // 30 % 2 else AgentStatus.WORKING
    if len(goers) >= 30 or turn % (30 // len(goers)) == 0:
        first = turn % 30 * some if len(goers) >= 30 else turn % 30 // (30 // len(goers))
        view.update_agents([agent(i, status) for i in goers[first : first + some]])


def measure(view: Timed, count: int, frames: int, *, whole: bool) -> list[float]:
    view.frames.clear()
    turn = 0
    deadline = time.monotonic() + 40
    while len(view.frames) < frames and time.monotonic() < deadline:
        walk(view, count, turn)
        if whole:
            view.viewport().update()
        spin(33)
        turn += 1
    return view.frames[:frames]


def idle_share(view: Timed, seconds: float) -> tuple[float, float, float]:
    """CPU of one core in percent; paint events a second; megapixels a second."""
    view.frames.clear()
    view.area_px = 0
    before, start = time.process_time(), time.monotonic()
    spin(round(seconds * 1000))
    spent, passed = time.process_time() - before, time.monotonic() - start
    return spent / passed * 100, len(view.frames) / passed, view.area_px / passed / 1e6


def of(values: list[float]) -> str:
    if not values:
        return f"{'–':>7} {'–':>7} {'–':>7}"
    ordered = sorted(values)
    p95 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
    return f"{statistics.median(values):7.2f} {p95:7.2f} {ordered[-1]:7.2f}"


def row(count: int, size: tuple[int, int], seconds: float, frames: int, theme: str) -> str:
    app = QApplication([])
    before = rss_mb()
    with tempfile.TemporaryDirectory() as folder:
        loaded = load_theme(Path(theme)) if theme else synthetic_theme(Path(folder), max(1, count))
        view = open_stage(loaded, count, size)
        share, paints, area = idle_share(view, seconds)
        due = measure(view, count, frames, whole=False) if frames else []
        whole = measure(view, count, frames, whole=True) if frames else []
        now = rss_mb()
        how = "far" if view.stage.crowd.is_far else "near"
        view.close()
        view.close_stage()
    app.processEvents()
    what = f"{count:>6} {size[0]}×{size[1]:<5} {how:<5}"
    return f"{what} {of(due)}   {of(whole)}   {share:6.2f} {paints:5.1f} {area:5.2f}   {now:6.0f} {now - before:+6.0f}"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--agents", default="12,100,1000,10000")
    parser.add_argument("--sizes", default="1280x720,1920x1080")
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--frames", type=int, default=60)
    parser.add_argument("--theme", default="", help="folder of a theme, instead of the office made for the purpose")
    parser.add_argument("--one", nargs=2, metavar=("AGENTS", "SIZE"), help="one row, in this process")
    asked = parser.parse_args()
    if asked.one:
        wide, high = map(int, asked.one[1].split("x"))
        print(row(int(asked.one[0]), (wide, high), asked.seconds, asked.frames, asked.theme), flush=True)
        return
    print("CPU ms of the GUI thread per frame: median, p95, worst; % of one core at rest; MB")
    head = f"{'agents':>6} {'view':<10} {'':<5} {'frame':>7} {'p95':>7} {'max':>7}   {'whole':>7} {'p95':>7} {'max':>7}"
    print(f"{head}   {'CPU %':>6} {'rests':>5} {'MPx':>5}   {'RSS':>6} {'added':>6}", flush=True)
    for size in asked.sizes.split(","):
        for count in asked.agents.split(","):
            command = [sys.executable, __file__, "--one", count, size]
            command += ["--seconds", str(asked.seconds), "--frames", str(asked.frames), "--theme", asked.theme]
            subprocess.run(command, check=False)


if __name__ == "__main__":
    main()
