"""Hostile themes on the stage: processor time of the GUI thread in its longest turns of the event loop.

Run by hand: python tests/benchmarks/bench_hostile.py [CASE …]        cases: tests/ui/render/hostile_themes.py
Columns, ms: the longest turn while the theme is loaded and shown, in the second after that, and while zooming.
Processor time, not time on the clock, because another program may have the processor meanwhile.
"""

# ruff: noqa: T201
from __future__ import annotations

import gc
import os
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from PySide6.QtCore import QAbstractEventDispatcher, QEventLoop, QPointF, QTimer
from PySide6.QtWidgets import QApplication

from office_studio.services.theme_loader import load_theme
from office_studio.ui.render.stage_view import StageView
from tests.ui.render.conftest import make_agent
from tests.ui.render.hostile_themes import CASES


class Turns:
    """Lengths of the turns of the event loop since the last look, in ms of the thread's processor time."""

    def __init__(self) -> None:
        self._last, self._longest = time.thread_time(), 0.0
        dispatcher = QAbstractEventDispatcher.instance()
        dispatcher.awake.connect(self._mark)
        dispatcher.aboutToBlock.connect(self._mark)

    def longest(self) -> float:
        found, self._longest = self._longest, 0.0
        return found

    def _mark(self) -> None:
        now = time.thread_time()
        self._longest = max(self._longest, (now - self._last) * 1000)
        self._last = now


def spin(milliseconds: int) -> None:
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def row(name: str, folder: Path, turns: Turns) -> str:
    loaded = load_theme(CASES[name]().write(folder / name))
    view = StageView()
    view.resize(1280, 720)
    view.set_agents([make_agent(f"a{i}") for i in range(8)])
    view.show()
    spin(200)
    gc.collect()
    turns.longest()
    loop = QEventLoop()
    view.theme_shown.connect(lambda *_: loop.quit())
    QTimer.singleShot(30_000, loop.quit)
    start = time.monotonic()
    view.set_theme(loaded)
    loop.exec()
    shown_s, load = time.monotonic() - start, turns.longest()
    spin(1500)
    after = turns.longest()
    for factor in (1.2, 1.2, 0.7):
        view.zoom_by(factor, QPointF(400, 300))
        spin(400)
    zoom = turns.longest()
    view.close_stage()
    view.close()
    view.deleteLater()
    spin(50)
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    rss_mb = pages * os.sysconf("SC_PAGE_SIZE") / 1e6
    return f"{name:<38} {shown_s:7.2f} {load:7.0f} {after:7.0f} {zoom:7.0f} {rss_mb:7.0f}"


def main() -> None:
    app = QApplication([])
    turns = Turns()
    print(f"{'theme':<38} {'shown s':>7} {'load':>7} {'after':>7} {'zoom':>7} {'RSS MB':>7}")
    with tempfile.TemporaryDirectory() as folder:
        for name in sys.argv[1:] or CASES:
            print(row(name, Path(folder), turns), flush=True)
    app.processEvents()


if __name__ == "__main__":
    main()
