"""Cold start: from the start of the process to the first painted scene, against a bare ``QMainWindow``.

    python tests/benchmarks/bench_cold_start.py [--runs 7]

Each run is a new process; bare window and office window alternate, so that both meet the same machine. Times include
the start of the interpreter. Target: at most twice the bare window.
"""

# ruff: noqa: T201  (a benchmark prints its figures)
from __future__ import annotations

import argparse
import os
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
import sys, time
from office_studio.cli.window import prepare
prepare()
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
app = QApplication(["office"])
from office_studio.app import Application
application = Application(app)
window = application.studio.window
window.resize(1280, 720)
marks = {}
paint = application.studio.stage.paintEvent
def painted(event):
    paint(event)
    marks.setdefault("window", time.time())
    if application.studio.stage.stage.assets is not None:
        marks.setdefault("scene", time.time())
        QTimer.singleShot(0, app.quit)
application.studio.stage.paintEvent = painted
window.show()
QTimer.singleShot(0, application.start)
app.exec()
print(marks["window"], marks["scene"])
window.close()
application.close()
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
        pairs = [(run(_BARE, home), run(_OURS, home)) for _ in range(runs)]
    bare = statistics.median(pair[0][0] for pair in pairs)
    window = statistics.median(pair[1][0] for pair in pairs)
    scene = statistics.median(pair[1][1] for pair in pairs)
    print(f"median of {runs}: bare window {bare:.0f} ms, first paint {window:.0f} ms, first scene {scene:.0f} ms")
    print(f"ratio: first paint {window / bare:.2f}, first scene {scene / bare:.2f} (target 2)")


if __name__ == "__main__":
    main()
