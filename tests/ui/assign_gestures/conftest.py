"""One window and one office for all tests of a file; each test begins with empty seats."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from office_studio.core.theme.viewport import FitMode
from tests.ui.assign_gestures.desk import Desk
from tests.ui.assign_gestures.opening import opening, tidy
from tests.ui.assign_gestures.proxy import Proxy


@pytest.fixture(scope="module")
def open_desk(qapp: QApplication, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[QtBot], Desk]]:
    with opening(qapp, tmp_path_factory.mktemp("desk"), Proxy, has_guest=True) as opened:
        yield opened


@pytest.fixture
def desk(open_desk: Callable[[QtBot], Desk], qtbot: QtBot) -> Iterator[Desk]:
    made = open_desk(qtbot)
    studio = made.studio
    studio.window.show_workspace("assign")
    studio.window.activateWindow()
    qtbot.waitUntil(studio.window.isActiveWindow, timeout=5_000)
    made.slots.search.clear()
    made.slots.set_grid(False)
    studio.roster.clear_filter()
    studio.stage.set_fit_mode(FitMode.CONTAIN)
    studio.stage.stop_motion()
    tidy(made)
    studio.gestures.live.hush()
    made.told.clear()
    QApplication.processEvents()
    yield made
    studio.gestures.drag.cancel()
    made.proxy.faults.clear()
    made.proxy.come_back()
    qtbot.waitUntil(lambda: studio.store.is_connected and not made.is_busy, timeout=20_000)
