"""How a drawing process begins and ends: its environment, and the wait for those that were killed."""

from __future__ import annotations

import os
from pathlib import Path

from PySide6.QtCore import QProcess, QProcessEnvironment

END_MS = 1500
_PACKAGE_PARENT = Path(__file__).resolve().parents[3]
_DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY")
_BLIND_PLATFORMS = ("offscreen", "minimal", "vnc", "linuxfb")


class Reaper:
    """Keeps killed processes until they are gone: a QProcess that is destroyed before waits for it."""

    _dying: set[QProcess] = set()  # noqa: RUF012

    @classmethod
    def take(cls, process: QProcess) -> None:
        process.blockSignals(False)
        if process.state() == QProcess.ProcessState.NotRunning:
            return
        for signal in (process.finished, process.readyReadStandardOutput, process.errorOccurred):
            signal.disconnect()
        cls._dying.add(process)
        process.finished.connect(lambda *_: cls._dying.discard(process))

    @classmethod
    def wait(cls) -> None:
        for process in tuple(cls._dying):
            process.waitForFinished(END_MS)


def engine_environment() -> QProcessEnvironment:
    """Ours, with a platform on which there is a GPU context, and with this package to import."""
    environment = QProcessEnvironment.systemEnvironment()
    platform = environment.value("QT_QPA_PLATFORM", "").partition(":")[0]
    if platform in _BLIND_PLATFORMS and any(os.environ.get(name) for name in _DISPLAYS):
        environment.remove("QT_QPA_PLATFORM")
    home = os.environ.get("OFFICE_STUDIO_HOME")
    if home and not environment.contains("XDG_CACHE_HOME"):  # Qt keeps its shaders there
        environment.insert("XDG_CACHE_HOME", str(Path(home) / "cache"))
    old = environment.value("PYTHONPATH", "")
    environment.insert("PYTHONPATH", str(_PACKAGE_PARENT) + (os.pathsep + old if old else ""))
    environment.insert("QT_MAC_DISABLE_FOREGROUND_APPLICATION_TRANSFORM", "1")  # no second icon in the dock
    return environment
