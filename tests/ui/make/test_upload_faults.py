"""The upload sheet when the line fails: cancelled on the way, cut after the last byte, asked again."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from office_studio.app import Application
from office_studio.ui.upload_job import SEND, StepState
from tests.ui.conftest import Office
from tests.ui.make.test_library import on_server, open_library
from tests.ui.test_live_window import connect


class Line:
    """A connection to the office that can be cut. ``mode``: "ok", "cut" after the upload was answered, "slow"."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._target = (parts.hostname, parts.port)
        self._server = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._server.getsockname()[1]}"
        self.mode = "ok"
        self.is_dead = False
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def close(self) -> None:
        self._stop.set()
        self._server.close()
        for thread in self._threads:
            thread.join(3)

    def _accept(self) -> None:
        self._server.settimeout(0.1)
        while not self._stop.is_set():
            try:
                client, _ = self._server.accept()
            except OSError:
                continue
            if self.is_dead:
                client.close()
                continue
            thread = threading.Thread(target=self._serve, args=(client,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, client: socket.socket) -> None:
        with client, socket.create_connection(self._target) as office:
            client.settimeout(0.05)
            office.settimeout(0.05)
            is_upload = False
            while not self._stop.is_set():
                try:
                    data = client.recv(4096 if self.mode == "slow" else 65_536)
                    if not data:
                        return
                    is_upload |= data.startswith(b"POST /api/themes/upload")
                    if is_upload and self.mode == "slow":
                        self._stop.wait(0.2)
                    office.sendall(data)
                except TimeoutError:
                    pass
                except OSError:
                    return
                try:
                    answer = office.recv(65_536)
                    if not answer:
                        return
                    if is_upload and self.mode == "cut":
                        self.is_dead = True
                        return
                    client.sendall(answer)
                except TimeoutError:
                    pass
                except OSError:
                    return


@pytest.fixture
def line(office: Office) -> Iterator[Line]:
    made = Line(office.url)
    yield made
    made.close()


def test_an_unknown_outcome_is_asked_about_before_anything_is_sent_again(
    qtbot: QtBot, application: Application, office: Office, line: Line, good_theme: Path
) -> None:
    office.add_agent("Ada").work()
    connect(qtbot, application, office, 1)
    open_library(qtbot, application).open_path(good_theme)
    studio = application.studio
    studio.upload_theme()
    sheet = studio.upload_sheet
    studio.session.url = line.url
    line.mode = "cut"
    sheet.start()
    job = sheet.job
    qtbot.waitUntil(lambda: job.steps[SEND].state is StepState.UNKNOWN, timeout=20_000)
    assert job.steps[SEND].detail == "Sent, not confirmed. Checking the server…"
    qtbot.waitUntil(lambda: not job.is_running, timeout=40_000)
    assert job.is_unknown
    assert sheet.upload_button.text() == "Ask the server"
    assert on_server(office) == {"good-room": "1.0.0"}

    line.mode, line.is_dead = "ok", False
    with qtbot.waitSignal(sheet.uploaded, timeout=20_000):
        qtbot.mouseClick(sheet.upload_button, Qt.MouseButton.LeftButton)
    studio.session.url = office.url


def test_cancelling_on_the_way_leaves_the_server_as_it_was(
    qtbot: QtBot, application: Application, office: Office, line: Line, good_theme: Path
) -> None:
    office.add_agent("Ada").work()
    connect(qtbot, application, office, 1)
    (good_theme / "theme.json").chmod(0o644)
    page = open_library(qtbot, application)
    page.open_path(good_theme)
    studio = application.studio
    studio.upload_theme()
    sheet = studio.upload_sheet
    studio.session.url = line.url
    line.mode = "slow"
    sheet.start()
    qtbot.waitUntil(lambda: sheet.job.is_sending, timeout=20_000)
    qtbot.mouseClick(sheet._background, Qt.MouseButton.LeftButton)
    assert not sheet.is_open
    assert studio.window.status.job.text().startswith("Uploading Good Room")
    qtbot.mouseClick(studio.window.status.job, Qt.MouseButton.LeftButton)
    assert sheet.is_open
    with qtbot.waitSignal(sheet.cancelled, timeout=15_000) as told:
        qtbot.mouseClick(sheet._close, Qt.MouseButton.LeftButton)
    assert told.args == ["Good Room", "The server has nothing of it."]
    assert on_server(office) == {}
    studio.session.url = office.url
