"""One window and one office for all tests of a file; each test begins with empty seats."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from office_studio.core.theme.viewport import FitMode
from tests.ui.assign_gestures.desk import SLOTS, Desk
from tests.ui.assign_gestures.proxy import Proxy
from tests.ui.conftest import Office, _destroy
from tests.ui.hand import settle

NAMES = ("Bram", "Kai", "Lumi", "Mika", "Otto", "Pia", "Ron", "Sana", "Vivi", "Zoe")


@pytest.fixture(scope="module")
def open_desk(qapp: QApplication, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[QtBot], Desk]]:
    """Opens the desk at the first call, and hands out the same one later."""
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
    proxy = Proxy(address.url)
    agents = {name: office.add_agent(name) for name in NAMES}
    guest = office.add_agent("guest-7f2")
    for agent in (*agents.values(), guest):
        agent.work()
    proxy.hidden_agents.add(guest.id)
    application = Application(qapp)
    desk = Desk(application, office, proxy, agents, guest)

    def opened(qtbot: QtBot) -> Desk:
        desk.qtbot = qtbot
        studio = application.studio
        if not studio.is_furnished or studio.session.office is None:
            studio.window.resize(1280, 720)
            studio.window.show()
            studio.window.activateWindow()
            application.start()
            qtbot.waitUntil(lambda: studio.stage.slot_count == SLOTS, timeout=20_000)
            desk.connect()
            everybody = len(agents) + 1
            qtbot.waitUntil(lambda: len(studio.store.live_agents) == everybody, timeout=15_000)
            qtbot.waitUntil(lambda: studio.store.live_agents[guest.id].is_foreign, timeout=15_000)
            # Rows move when a status comes in; where one stands is asked before the mouse gets there.
            at_work = [agent.id for agent in agents.values()]
            qtbot.waitUntil(
                lambda: all(studio.store.live_agents[id].status == "working" for id in at_work), timeout=15_000
            )
            qtbot.waitUntil(lambda: studio.assignments.label(0) == "Desk 1", timeout=15_000)
            studio.apply_motion(True)  # figures are at their places at once
            studio.gestures.live.said.connect(desk.told.append)
        return desk

    yield opened
    application.studio.window.close()
    application.close()
    _destroy(application)
    desk.http.close()
    proxy.close()
    server.stop()
    patch.undo()


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
    made.seat_all({})
    studio.assignments.undo_stack.clear()
    studio.assignments.history.clear()
    studio.store.select("")
    studio.gestures.live.hush()
    made.told.clear()
    studio.window.stage_frame.toasts.clear()
    settle(qtbot, studio.roster)
    QApplication.processEvents()
    yield made
    studio.gestures.drag.cancel()
    made.proxy.faults.clear()
    made.proxy.come_back()
    qtbot.waitUntil(lambda: studio.store.is_connected and not made.is_busy, timeout=20_000)
