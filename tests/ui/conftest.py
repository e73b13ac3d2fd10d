"""The real window, a real office server, and a guard that nothing of either outlives a test."""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

if TYPE_CHECKING:
    from office_studio.app import Application
    from office_studio.server.lifecycle import OfficeServer

# What the offscreen platform says of calls it has no use for, and QtMultimedia of a sound service that is not there.
_PLATFORM_NOISE = r"This plugin does not support|pipewire-0.3"
# Without it each call reads all certificates of the machine, 30 ms and more, for a plain loopback address.
_PLAIN: dict[str, Any] = {"verify": False}
# A wait ends when what it waits for is there. How long that may take says something of the machine, not of the app.
_PATIENCE_MS = 30_000


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.qt_log_ignore(_PLATFORM_NOISE, extend=True))


class PatientBot(QtBot):
    """Waits are meant for what must come; on a busy machine it comes later."""

    def waitUntil(self, callback: Callable[[], bool | None], *, timeout: int = 5000) -> None:
        super().waitUntil(callback, timeout=max(timeout, _PATIENCE_MS))

    def waitSignal(self, signal: Any, *, timeout: int = 5000, **how: Any) -> Any:
        return super().waitSignal(signal, timeout=max(timeout, _PATIENCE_MS), **how)

    def waitSignals(self, signals: Any, *, timeout: int = 5000, **how: Any) -> Any:
        return super().waitSignals(signals, timeout=max(timeout, _PATIENCE_MS), **how)


@pytest.fixture
def qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> QtBot:
    return PatientBot(request)


@pytest.fixture(autouse=True)
def collected_in_this_thread() -> Iterator[None]:
    """As in the window (``ui/garbage.py``): a worker thread that collects would destroy what belongs to this one."""
    was_on = gc.isenabled()
    gc.disable()
    yield
    gc.collect(1)
    if was_on:
        gc.enable()


@pytest.fixture
def nothing_left() -> Iterator[None]:
    """Fails the test when a thread or a running timer outlives it."""
    threads, timers = set(threading.enumerate()), {id(timer) for timer in _running_timers()}
    yield
    until = time.monotonic() + 20
    while time.monotonic() < until:
        QApplication.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        gc.collect()
        left = [thread for thread in threading.enumerate() if thread not in threads and thread.is_alive()]
        running = [timer for timer in _running_timers() if id(timer) not in timers]
        if not left and not running:
            return
        time.sleep(0.02)
    assert not left, f"threads outlive the test: {left}"
    assert not running, f"timers outlive the test: {[(t, t.parent(), t.interval()) for t in running]}"


def _running_timers() -> list[QTimer]:
    found = (thing for thing in gc.get_objects() if type(thing) is QTimer)
    return [timer for timer in found if shiboken6.isValid(timer) and timer.isActive()]


@pytest.fixture
def application(qapp: QApplication, nothing_left: None) -> Iterator[Application]:
    """The window as ``office-studio`` opens it, at 1280 x 720, not yet connected."""
    from office_studio.app import Application

    made = Application(qapp)
    made.studio.window.resize(1280, 720)
    made.studio.window.show()
    made.start()
    yield made
    made.studio.window.close()
    made.close()
    _destroy(made)


def _destroy(application: Application) -> None:
    application.studio.window.deleteLater()
    application.studio.deleteLater()
    application.settings.deleteLater()
    application.jobs.deleteLater()
    for _ in range(3):
        QApplication.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def new_application(qapp: QApplication, nothing_left: None) -> Iterator[Callable[[], Application]]:
    """Opens windows one after the other on the same settings, as restarts do."""
    from office_studio.app import Application

    made: list[Application] = []

    def open_window() -> Application:
        for old in made:
            old.studio.window.close()
            old.close()
            _destroy(old)
        made.clear()
        found = Application(qapp)
        found.studio.window.show()
        found.start()
        made.append(found)
        return found

    yield open_window
    for old in made:
        old.studio.window.close()
        old.close()
        _destroy(old)


@dataclass
class Office:
    """A running office server and ways to make things happen in it."""

    server: OfficeServer
    url: str
    token: str
    data_dir: Path

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def add_agent(self, name: str) -> Agent:
        how: dict[str, Any] = {"headers": self.headers, **_PLAIN}
        row = httpx.post(f"{self.url}/api/agents", json={"name": name}, **how).raise_for_status().json()
        answer = httpx.get(f"{self.url}/api/agents/{row['id']}/token", **how).raise_for_status().json()
        return Agent(self, row["id"], name, answer.get("token") or answer["botToken"])

    def bindings(self, theme_id: str) -> dict[int, str]:
        answer = httpx.get(
            f"{self.url}/api/office/bindings", params={"themeId": theme_id}, headers=self.headers, **_PLAIN
        )
        return {row["slotIndex"]: row["agentId"] for row in answer.raise_for_status().json()}

    def bind(self, theme_id: str, slot: int, agent_id: str) -> None:
        body = {"themeId": theme_id, "slotIndex": slot, "agentId": agent_id}
        httpx.put(f"{self.url}/api/office/bindings", json=body, headers=self.headers, **_PLAIN).raise_for_status()


@dataclass
class Agent:
    office: Office
    id: str
    name: str
    bot_token: str

    def send(self, kind: str, **data: object) -> None:
        event = {
            "type": kind,
            "agentId": self.id,
            "sessionId": f"s-{self.id}",
            "timestamp": time.time_ns() // 1_000_000,
            "data": data,
        }
        headers = {"Authorization": f"Bearer {self.bot_token}"}
        httpx.post(f"{self.office.url}/api/office/event", json=event, headers=headers, **_PLAIN).raise_for_status()

    def work(self, tool: str = "read inbox") -> None:
        self.send("session_start")
        self.send("tool_call", toolName=tool)


@pytest.fixture
def office(tmp_path: Path, nothing_left: None) -> Iterator[Office]:
    from office_studio.server.config import ServerConfig
    from office_studio.server.lifecycle import OfficeServer

    server = OfficeServer(ServerConfig(data_dir=tmp_path / "office", port=0))
    address = server.start()
    yield Office(server, address.url, address.token, tmp_path / "office")
    server.stop()
