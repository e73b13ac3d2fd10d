"""A window with a real office behind a proxy, and a hand and a keyboard that act on it as people do."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import httpx
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from office_studio.core.theme.viewport import FitMode
from office_studio.ui.assign.slots_panel import SlotsPanel
from office_studio.ui.assign.slots_view import SlotsView
from office_studio.ui.connect.office_ref import OfficeKind, OfficeRef
from tests.ui.assign_gestures.proxy import Proxy
from tests.ui.conftest import Agent, Office
from tests.ui.hand import Hand, drag

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from office_studio.app import Application
    from office_studio.ui.studio import Studio

THEME = "cozy-loft"
SLOTS = 16


@dataclass
class Desk:
    application: Application
    office: Office
    proxy: Proxy
    agents: dict[str, Agent]  # by name
    guest: Agent
    qtbot: QtBot | None = None
    told: list[str] = field(default_factory=list)  # what a screen reader was told
    http: httpx.Client = field(init=False)  # to the office itself, past the proxy; a client per call costs 30 ms each

    def __post_init__(self) -> None:
        self.http = httpx.Client(base_url=self.office.url, headers=self.office.headers, verify=False, timeout=20)

    @property
    def studio(self) -> Studio:
        return self.application.studio

    @property
    def slots(self) -> SlotsPanel:
        panel = self.studio.window.panel("slots")
        assert isinstance(panel, SlotsPanel)
        return panel

    @property
    def view(self) -> SlotsView:
        return self.slots.view

    # -- where things are --------------------------------------------------------------------------
    def row(self, name: str) -> tuple[QWidget, QPoint]:
        """An agent's row of the roster, scrolled into view."""
        view = self.studio.roster.view
        agent = self.guest if name == "guest" else self.agents[name]
        index = self.studio.roster.model.index_of(agent.id)
        view.scrollTo(index)
        return view.viewport(), view.visualRect(index).center()

    def card(self, slot: int) -> tuple[QWidget, QPoint]:
        index = self.slots.model.index_of(slot)
        assert index.isValid(), f"no card of slot {slot}"
        self.view.scrollTo(index)
        return self.view.viewport(), self.view.visualRect(index).center()

    def seat(self, slot: int) -> tuple[QWidget, QPoint]:
        """A seat of the scene, which is shown whole when that one is out of view."""
        stage = self.studio.stage
        at = stage.slot_point(slot)
        if at is None or not stage.viewport().rect().adjusted(8, 8, -8, -8).contains(at):
            stage.set_fit_mode(FitMode.CONTAIN)
            stage.stop_motion()
            at = stage.slot_point(slot)
        assert at is not None
        return stage.viewport(), at

    def figure(self, name: str) -> tuple[QWidget, QPoint]:
        at = self.studio.stage.agent_position(self.agents[name].id)
        assert at is not None
        return self.studio.stage.viewport(), at

    # -- hands -------------------------------------------------------------------------------------
    def drag(self, start: tuple[QWidget, QPoint], end: tuple[QWidget, QPoint]) -> None:
        drag(*start, *end)

    def take(self, start: tuple[QWidget, QPoint]) -> Hand:
        return Hand(*start)

    def key(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """A key for whoever has the focus, through the window, so that shortcuts count."""
        QTest.keyClick(self.focused(), key, modifier)
        QApplication.processEvents()

    def focused(self) -> QWidget:
        """Who has the focus. The window gets it back after a dialog, for which other platforms have window managers."""
        window = self.studio.window
        if QApplication.activeModalWidget() is None and not window.isActiveWindow():
            window.activateWindow()
            assert self.qtbot is not None
            self.qtbot.waitUntil(window.isActiveWindow, timeout=5_000)
        return QApplication.focusWidget() or QApplication.activeModalWidget() or window

    def key_to(self, widget: QWidget, key: Qt.Key) -> None:
        """A key for a menu, which has no focus of its own."""
        QTest.keyClick(widget, key)
        QApplication.processEvents()

    def type(self, words: str) -> None:
        QTest.keyClicks(self.focused(), words)
        QApplication.processEvents()

    # -- what is so --------------------------------------------------------------------------------
    def seated(self) -> dict[int, str]:
        """Slot -> name, as the window has it."""
        return {slot: self.name(who) for slot, who in self.studio.assignments.seated().items()}

    def on_server(self) -> dict[int, str]:
        rows = self.http.get("/api/office/bindings", params={"themeId": THEME}).raise_for_status().json()
        return {row["slotIndex"]: self.name(row["agentId"]) for row in rows}

    def name(self, agent_id: str) -> str:
        return next((agent.name for agent in (*self.agents.values(), self.guest) if agent.id == agent_id), agent_id)

    @property
    def is_busy(self) -> bool:
        return bool(self.studio.assignments.queue.jobs)

    def settle(self, seconds: float = 60) -> None:
        """Until everything that was asked for is answered."""
        assert self.qtbot is not None
        self.qtbot.waitUntil(lambda: not self.is_busy, timeout=round(seconds * 1000))

    def becomes(self, wanted: dict[int, str], seconds: float = 60) -> None:
        """Until window and office both have this."""
        assert self.qtbot is not None
        self.settle()
        try:
            self.qtbot.waitUntil(lambda: self.seated() == wanted, timeout=round(seconds * 1000))
        finally:
            assert (self.seated(), self.on_server()) == (wanted, wanted)

    def seat_all(self, wanted: dict[int, str]) -> None:
        """Set the stage: behind the window's back, then let it look."""
        for slot in self.on_server():
            self.unbind(slot)
        for slot, name in wanted.items():
            self.bind(slot, name)
        self.studio.session.refresh_bindings()
        self.becomes(wanted)

    def unbind(self, slot: int) -> None:
        self.http.delete(f"/api/office/bindings/{THEME}/{slot}").raise_for_status()

    def bind(self, slot: int, name: str) -> None:
        body = {"themeId": THEME, "slotIndex": slot, "agentId": self.agents[name].id}
        self.http.put("/api/office/bindings", json=body).raise_for_status()

    @property
    def toasts(self) -> list[str]:
        return [f"{toast.title} | {toast.detail}" for toast in self.studio.window.stage_frame.toasts.toasts]

    def connect(self) -> None:
        office = OfficeRef(OfficeKind.GIVEN, self.proxy.url, "Test office", self.office.token)
        self.studio.open_office(office)
