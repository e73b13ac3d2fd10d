"""The desk of the gestures, with a proxy that can do worse, and what tests of sheets and plans look at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui.assign.faulty import FaultyProxy
from tests.ui.assign_gestures.desk import SLOTS, Desk
from tests.ui.conftest import Office, _destroy

NAMES = ("Bram", "Kai", "Lumi", "Mika", "Otto", "Pia", "Ron", "Sana", "Vivi", "Zoe")


@pytest.fixture(scope="module")
def open_desk(qapp: QApplication, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[QtBot], Desk]]:
    """Opens window and office at the first call, and hands out the same ones later."""
    from office_studio.app import Application
    from office_studio.server.config import ServerConfig
    from office_studio.server.lifecycle import OfficeServer

    folder: Path = tmp_path_factory.mktemp("desk")
    patch = pytest.MonkeyPatch()
    patch.setenv("OFFICE_STUDIO_HOME", str(folder / "home"))
    patch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    server = OfficeServer(ServerConfig(data_dir=folder / "office", port=0))
    address = server.start()
    office = Office(server, address.url, address.token, folder / "office")
    proxy = FaultyProxy(address.url)
    agents = {name: office.add_agent(name) for name in NAMES}
    for agent in agents.values():
        agent.work()
    application = Application(qapp)
    desk = Desk(application, office, proxy, agents, agents["Zoe"])

    def opened(qtbot: QtBot) -> Desk:
        desk.qtbot = qtbot
        studio = application.studio
        if studio.session.office is None if studio.is_furnished else True:
            studio.window.resize(1280, 720)
            studio.window.show()
            application.start()
            qtbot.waitUntil(lambda: studio.stage.slot_count == SLOTS, timeout=20_000)
            desk.connect()
            qtbot.waitUntil(lambda: len(studio.store.live_agents) == len(agents), timeout=15_000)
            qtbot.waitUntil(lambda: studio.assignments.label(0) == "Desk 1", timeout=15_000)
            studio.apply_motion(True)
        return desk

    yield opened
    desk.http.close()
    application.studio.window.close()
    application.close()
    _destroy(application)
    proxy.close()
    server.stop()
    patch.undo()


@pytest.fixture
def desk(open_desk: Callable[[QtBot], Desk], qtbot: QtBot) -> Iterator[Desk]:
    made = open_desk(qtbot)
    studio = made.studio
    studio.window.show_workspace("assign")
    studio.window.activateWindow()
    made.seat_all({})
    studio.assignments.undo_stack.clear()
    studio.assignments.history.clear()
    studio.assignments.queue.restore_waits_s = (0.0, 0.1, 0.2)
    studio.assignments.set_pins(())
    studio.store.select("")
    studio.window.stage_frame.toasts.clear()
    yield made
    made.proxy.reset()  # type: ignore[attr-defined]
    if studio.assign_flow.sheet is not None:
        studio.assign_flow.sheet.close_sheet()
    qtbot.waitUntil(lambda: studio.store.is_connected and not made.is_busy, timeout=20_000)
