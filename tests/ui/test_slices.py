"""Making in slices: in turns of the event loop, at once when somebody cannot wait, or not at all."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from office_studio.ui.slices import Slices, polishing


class Parts:
    """Twenty parts, each of which takes a whole turn."""

    def __init__(self) -> None:
        self.made: list[int] = []
        self.done = 0

    def steps(self) -> Iterator[None]:
        for at in range(20):
            self.made.append(at)
            _spend_a_turn()
            yield

    def on_done(self) -> None:
        self.done += 1


def _spend_a_turn() -> None:
    until = time.thread_time() + 0.004
    while time.thread_time() < until:
        pass


@pytest.fixture
def owner(qapp: object) -> Iterator[QObject]:
    found = QObject()
    yield found
    found.deleteLater()


def test_other_events_come_between_the_parts(qtbot: QtBot, owner: QObject) -> None:
    parts, seen = Parts(), []
    watch = QTimer(owner, interval=0)
    watch.timeout.connect(lambda: seen.append(len(parts.made)))
    watch.start()
    Slices(parts.steps(), parts.on_done, owner)
    assert parts.made == []
    qtbot.waitUntil(lambda: parts.done == 1)
    watch.stop()
    assert parts.made == list(range(20))
    assert len(set(seen)) > 10, "the event loop came round while the parts were made"


def test_the_rest_can_be_had_at_once(owner: QObject) -> None:
    parts = Parts()
    slices = Slices(parts.steps(), parts.on_done, owner)
    slices.finish()
    assert (parts.made, parts.done, slices.is_running) == (list(range(20)), 1, False)
    slices.finish()
    assert parts.done == 1


def test_what_was_stopped_goes_no_further(qtbot: QtBot, owner: QObject) -> None:
    parts = Parts()
    slices = Slices(parts.steps(), parts.on_done, owner)
    qtbot.waitUntil(lambda: bool(parts.made))
    slices.stop()
    count, came_round = len(parts.made), []
    QTimer.singleShot(0, owner, lambda: came_round.append(1))
    qtbot.waitUntil(lambda: bool(came_round))
    slices.finish()
    assert (len(parts.made), parts.done) == (count, 0)


def test_an_error_ends_it(owner: QObject) -> None:
    def steps() -> Iterator[None]:
        yield
        raise ValueError("no such part")

    parts = Parts()
    slices = Slices(steps(), parts.on_done, owner)
    with pytest.raises(ValueError, match="no such part"):
        slices.finish()
    assert (parts.done, slices.is_running) == (0, False)


def test_hidden_widgets_are_measured_before_they_are_shown(qtbot: QtBot) -> None:
    place = QWidget()
    qtbot.addWidget(place)
    place.resize(640, 400)
    place.show()
    page = QWidget(place)
    labels = [QLabel(f"Line {at}") for at in range(9)]
    column = QVBoxLayout(page)
    for one in labels:
        column.addWidget(one)
    steps = sum(1 for _ in polishing(page))
    assert steps > 2
    assert page.size() == place.size()
    assert not page.isVisible()
    assert len({one.y() for one in labels}) == len(labels), "each has its place"
