"""The desk of the gestures, with a proxy that can do worse, and what tests of sheets and plans look at."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui.assign.faulty import FaultyProxy
from tests.ui.assign_gestures.desk import Desk
from tests.ui.assign_gestures.opening import opening, tidy


@pytest.fixture(scope="module")
def open_desk(qapp: QApplication, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[QtBot], Desk]]:
    with opening(qapp, tmp_path_factory.mktemp("desk"), FaultyProxy, has_guest=False) as opened:
        yield opened


@pytest.fixture
def desk(open_desk: Callable[[QtBot], Desk], qtbot: QtBot) -> Iterator[Desk]:
    made = open_desk(qtbot)
    studio = made.studio
    tidy(made)
    studio.assignments.queue.restore_waits_s = (0.0, 0.1, 0.2)
    studio.assignments.set_pins(())
    yield made
    made.proxy.reset()  # type: ignore[attr-defined]
    if studio.assign_flow.sheet is not None:
        studio.assign_flow.sheet.close_sheet()
    qtbot.waitUntil(lambda: studio.store.is_connected and not made.is_busy, timeout=20_000)
