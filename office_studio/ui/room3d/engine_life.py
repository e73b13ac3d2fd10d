"""How a drawing process begins and ends: its environment, and the wait until it is gone."""

from __future__ import annotations

import os
from pathlib import Path

import shiboken6
from PySide6.QtCore import QProcess, QProcessEnvironment, QTimer

END_MS = 1500
_PACKAGE_PARENT = Path(__file__).resolve().parents[3]
_DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY")
# What a scene needed is given back when it is closed, not kept for later in ever larger pieces: glibc raises the first
# by itself up to 32 MB. Pictures of a window, one for each frame, stay below it.
_GLIBC = {"MALLOC_MMAP_THRESHOLD_": 16 << 20, "MALLOC_TRIM_THRESHOLD_": 64 << 20}
_BLIND_PLATFORMS = ("offscreen", "minimal", "vnc", "linuxfb")


class Reaper:
    """Keeps processes that are to end until they are gone: a QProcess that is destroyed before would wait for it, and
    so would the window."""

    _dying: set[QProcess] = set()  # noqa: RUF012

    @classmethod
    def take(cls, process: QProcess, *, gently: bool = False) -> None:
        """End it. Returns at once. ``gently``: it may keep its shaders first, for at most ``END_MS``."""
        for signal in (process.finished, process.readyReadStandardOutput, process.errorOccurred):
            signal.disconnect()
        process.setParent(None)
        if process.state() == QProcess.ProcessState.NotRunning:
            process.deleteLater()
            return
        cls._dying.add(process)
        process.finished.connect(lambda *_: cls._let_go(process))
        if gently:
            process.closeWriteChannel()
            QTimer.singleShot(END_MS, process, process.kill)
        else:
            process.kill()

    @classmethod
    def wait(cls) -> None:
        """Return when all are gone: at the end of the app, which would not wait for them."""
        for process in tuple(cls._dying):
            if not process.waitForFinished(END_MS):
                process.kill()
                process.waitForFinished(END_MS)

    @classmethod
    def _let_go(cls, process: QProcess) -> None:
        cls._dying.discard(process)
        if shiboken6.isValid(process):  # not at the end of the program, when Qt has gone first
            process.deleteLater()


def engine_environment() -> QProcessEnvironment:
    """Ours, with a platform on which there is a GPU context, and with this package to import."""
    environment = QProcessEnvironment.systemEnvironment()
    platform = environment.value("QT_QPA_PLATFORM", "").partition(":")[0]
    if platform in _BLIND_PLATFORMS and any(os.environ.get(name) for name in _DISPLAYS):
        environment.remove("QT_QPA_PLATFORM")
    home = os.environ.get("OFFICE_STUDIO_HOME")
    if home and not environment.contains("XDG_CACHE_HOME"):  # Qt keeps its shaders there
        environment.insert("XDG_CACHE_HOME", str(Path(home) / "cache"))
    for name, size in _GLIBC.items():
        if not environment.contains(name):
            environment.insert(name, str(size))
    old = environment.value("PYTHONPATH", "")
    environment.insert("PYTHONPATH", str(_PACKAGE_PARENT) + (os.pathsep + old if old else ""))
    environment.insert("QT_MAC_DISABLE_FOREGROUND_APPLICATION_TRANSFORM", "1")  # no second icon in the dock
    return environment
