"""Who collects reference cycles while the window lives."""

from __future__ import annotations

import gc
import threading
from typing import ClassVar

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from office_studio.ui.garbage import GuiCollector


class _Page(QObject):
    """A QObject in a cycle, which tells the thread that destroys it."""

    destroyed_in: ClassVar[list[str]] = []

    def __init__(self) -> None:
        super().__init__()
        self.itself = self
        self.startTimer(60_000)  # can be stopped in its own thread only: Qt warns otherwise, and warnings fail tests

    def __del__(self) -> None:
        _Page.destroyed_in.append(threading.current_thread().name)


def _allocate() -> None:
    """Enough to make the interpreter collect, were it left to itself."""
    for _ in range(20):
        _ = [[] for _ in range(5_000)]


def test_a_page_is_destroyed_in_the_gui_thread_only(qapp: QApplication, qtbot: QtBot):
    _Page.destroyed_in.clear()
    collector = GuiCollector()
    collector.start()
    try:
        for _ in range(50):
            _Page()
        thread = threading.Thread(target=_allocate)
        thread.start()
        thread.join()
        assert _Page.destroyed_in == []
        keep = [[] for _ in range(5_000)]  # something is due
        qtbot.wait(20)  # the loop goes to sleep
        assert set(_Page.destroyed_in) == {threading.current_thread().name}
        assert len(keep) == 5_000
    finally:
        collector.stop()


def test_what_it_was_before_is_what_it_is_afterwards(qapp: QApplication):
    collector = GuiCollector()
    collector.stop()  # never started: nothing happens
    for is_on in (True, False):
        if is_on:
            gc.enable()
        collector.start()
        assert not gc.isenabled()
        collector.stop()
        assert gc.isenabled() == is_on
        gc.disable()
