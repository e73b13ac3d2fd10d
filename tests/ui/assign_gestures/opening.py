"""Opens a desk: window, office and proxy that all tests of a file share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui.assign_gestures.desk import SLOTS, Desk
from tests.ui.assign_gestures.proxy import Proxy
from tests.ui.conftest import Office, _destroy

NAMES = ("Bram", "Kai", "Lumi", "Mika", "Otto", "Pia", "Ron", "Sana", "Vivi", "Zoe")


@contextmanager
def opening(
    qapp: QApplication, folder: Path, make_proxy: Callable[[str], Proxy], *, has_guest: bool
) -> Iterator[Callable[[QtBot], Desk]]:
    """A function that opens window and office at its first call, and hands out the same ones later.

    ``has_guest``: there is one more agent, which is not the user's own.
    """
    from office_studio.app import Application
    from office_studio.server.config import ServerConfig
    from office_studio.server.lifecycle import OfficeServer

    patch = pytest.MonkeyPatch()
    patch.setenv("OFFICE_STUDIO_HOME", str(folder / "home"))
    patch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    server = OfficeServer(ServerConfig(data_dir=folder / "office", port=0))
    address = server.start()
    office = Office(server, address.url, address.token, folder / "office")
    proxy = make_proxy(address.url)
    agents = {name: office.add_agent(name) for name in NAMES}
    guest = office.add_agent("guest-7f2") if has_guest else agents["Zoe"]
    for agent in {id(agent): agent for agent in (*agents.values(), guest)}.values():
        agent.work()
    if has_guest:
        proxy.hidden_agents.add(guest.id)
    application = Application(qapp)
    desk = Desk(application, office, proxy, agents, guest)

    def opened(qtbot: QtBot) -> Desk:
        desk.qtbot = qtbot
        studio = application.studio
        if not studio.is_furnished or studio.session.office is None:
            _furnish(desk, qtbot, has_guest=has_guest)
        return desk

    yield opened
    desk.http.close()
    application.studio.window.close()
    application.close()
    _destroy(application)
    proxy.close()
    server.stop()
    patch.undo()


def _furnish(desk: Desk, qtbot: QtBot, *, has_guest: bool) -> None:
    """Show the window, and wait until the whole office is known in it."""
    studio = desk.studio
    studio.window.resize(1280, 720)
    studio.window.show()
    studio.window.activateWindow()
    desk.application.start()
    qtbot.waitUntil(lambda: studio.stage.slot_count == SLOTS, timeout=20_000)
    desk.connect()
    own = [agent.id for agent in desk.agents.values()]
    qtbot.waitUntil(lambda: len(studio.store.live_agents) == len(own) + has_guest, timeout=15_000)
    if has_guest:
        qtbot.waitUntil(lambda: studio.store.live_agents[desk.guest.id].is_foreign, timeout=15_000)
    # Rows move when a status comes in; where one stands is asked before the mouse gets there.
    qtbot.waitUntil(lambda: all(studio.store.live_agents[id].status == "working" for id in own), timeout=15_000)
    qtbot.waitUntil(lambda: not studio.roster.model.is_unsettled, timeout=5_000)
    qtbot.waitUntil(lambda: studio.assignments.label(0) == "Desk 1", timeout=15_000)
    studio.apply_motion(True)  # figures are at their places at once
    studio.gestures.live.said.connect(desk.told.append)


def tidy(desk: Desk) -> None:
    """As each test begins: the page of seats, all of them empty, nothing to undo, nobody chosen."""
    studio = desk.studio
    studio.window.show_workspace("assign")
    studio.window.activateWindow()
    desk.seat_all({})
    studio.assignments.undo_stack.clear()
    studio.assignments.history.clear()
    studio.store.select("")
    studio.window.stage_frame.toasts.clear()
