"""Cold start: from the start of the process to the first painted scene, against a bare ``QMainWindow``.

    python tests/benchmarks/bench_cold_start.py [--runs 7]

Each run is a new process that goes through the whole of ``office-studio``; bare window and office window alternate, so
that both meet the same machine. Times run from the start of the process to the paint that shows background and
furniture. The first start with a theme or window size has no cached scene and is told apart. Target: at most twice the
bare window.
"""

# ruff: noqa: T201  (a benchmark prints its figures)
from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

_BARE = """
import sys, time
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMainWindow
class Window(QMainWindow):
    def paintEvent(self, event):
        super().paintEvent(event)
        QTimer.singleShot(0, app.quit)
app = QApplication(["bare"])
window = Window(); window.resize(1280, 720); window.show()
app.exec()
print(time.time())
"""
_OURS = """
import time
from office_studio.cli.main import main
import office_studio.app as program
marks = {}
make = program.Application.__init__
def watched(self, *args, **more):
    make(self, *args, **more)
    view = self.studio.stage
    paint = view.paintEvent
    def painted(event):
        paint(event)
        marks.setdefault("window", time.time())
        if view.stage.assets is not None and "scene" not in marks:
            marks["scene"] = time.time()
            self.app.quit()
    view.paintEvent = painted
program.Application.__init__ = watched
main(["--size", "1280x720"])
print(marks["window"], marks["scene"])
"""


def run(code: str, home: str) -> list[float]:
    root = str(Path(__file__).resolve().parents[2])
    env = {
        **os.environ,
        "PYTHONPATH": root,
        "PYTHONDONTWRITEBYTECODE": "",
        "OFFICE_STUDIO_HOME": home,
        "QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen"),
    }
    began = time.time()
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    return [(float(stamp) - began) * 1000 for stamp in done.stdout.split()]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=7)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as home:
        run(_BARE, home)
        run(_OURS, home)  # byte code and file cache are warm from here on, for both
        firsts = []
        for _ in range(3):
            shutil.rmtree(Path(home) / "cache", ignore_errors=True)
            firsts.append(run(_OURS, home)[1])
        pairs = [(run(_BARE, home), run(_OURS, home)) for _ in range(runs)]
    bare = statistics.median(pair[0][0] for pair in pairs)
    window = statistics.median(pair[1][0] for pair in pairs)
    scene = statistics.median(pair[1][1] for pair in pairs)
    print(f"median of {runs}: bare window {bare:.0f} ms, first paint {window:.0f} ms, first scene {scene:.0f} ms")
    print(f"first scene without a cached one: {statistics.median(firsts):.0f} ms")
    print(f"ratio: first paint {window / bare:.2f}, first scene {scene / bare:.2f} (target 2)")


if __name__ == "__main__":
    main()
