"""Uploads to a server that dies or has no room: a process of its own, really killed, really limited."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from office_studio.errors import ApiError
from office_studio.services.uploader import State, UploadOutcome
from tests.integration.theme.uploading import TEN_TIMES, bundle, send

ROOT = Path(__file__).resolve().parents[3]


class ServerProcess:
    def __init__(self, data: Path, limit_bytes: int = 0) -> None:
        self._data, self._limit = data, limit_bytes
        self._port = _free_port()
        self.start()

    def start(self) -> None:
        code = "import resource, sys; n = int(sys.argv[1]); " \
               "n and resource.setrlimit(resource.RLIMIT_FSIZE, (n, n)); " \
               "from office_studio.cli.main import main; sys.exit(main(sys.argv[2:]))"  # fmt: skip
        words = ["serve", "--data", str(self._data), "--port", str(self._port), "--json"]
        self.process = subprocess.Popen(
            [sys.executable, "-c", code, str(self._limit), *words], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            text=True, env=os.environ | {"PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        assert self.process.stdout is not None
        ready = json.loads(self.process.stdout.readline())
        self.url, self.token = ready["url"], ready["token"]

    def close(self) -> None:
        """Kill it, as the system would: no time to clean up."""
        self.process.kill()
        self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


@pytest.fixture
def processes() -> Iterator[list[ServerProcess]]:
    found: list[ServerProcess] = []
    yield found
    for each in found:
        each.close()


def version_of(server: ServerProcess) -> str | None:
    answer = httpx.get(f"{server.url}/api/themes", headers={"Authorization": f"Bearer {server.token}"}, timeout=20)
    rows = answer.json()["themes"]
    return rows[0]["version"] if rows else None


@pytest.mark.timeout(300)
@pytest.mark.parametrize("time_", TEN_TIMES)
@pytest.mark.parametrize("part", [0.0, pytest.param(0.5, marks=pytest.mark.full),
                                  pytest.param(0.99, marks=pytest.mark.full), 1.0])  # fmt: skip
def test_a_killed_server_is_told_and_keeps_a_whole_version(tmp_path: Path, proxy, processes, part: float, time_: int):
    server = ServerProcess(tmp_path / "office")
    processes.append(server)
    first, _, _ = send(server.url, server.token, bundle(tmp_path, "1.0.0"))
    assert isinstance(first, UploadOutcome), first
    between = proxy(server.url)
    between.cut_at, between.at_cut = part, server.close
    error, uploader, _ = send(between.url, server.token, bundle(tmp_path, "2.0.0"))
    assert isinstance(error, ApiError)
    assert (error.code, error.details["state"]) == ("THEME_UPLOAD_UNKNOWN", "unknown")
    assert "cannot be asked" in error.message
    server.start()
    found = version_of(server)
    assert found in (("1.0.0",) if part < 1 else ("1.0.0", "2.0.0"))
    # And when it is back, the same upload goes through.
    again, uploader, _ = send(server.url, server.token, tmp_path / "2.0.0.zip")
    assert isinstance(again, UploadOutcome), again
    assert (uploader.state, version_of(server)) == (State.STORED, "2.0.0")


@pytest.mark.skipif(sys.platform == "win32", reason="no limit on file sizes there")
@pytest.mark.timeout(300)
@pytest.mark.parametrize("time_", TEN_TIMES)
def test_a_server_without_room_is_told(tmp_path: Path, processes, time_: int):
    server = ServerProcess(tmp_path / "office", limit_bytes=1_000_000)
    processes.append(server)
    first, _, _ = send(server.url, server.token, bundle(tmp_path, "1.0.0", 1000))
    assert isinstance(first, UploadOutcome), first
    error, uploader, _ = send(server.url, server.token, bundle(tmp_path, "2.0.0"))
    assert isinstance(error, ApiError)
    assert (error.code, error.details["status"], uploader.state) == ("OFFICE_FAULT", 500, State.UNCHANGED)
    assert "Failed to store the bundle: File too large" in error.message
    assert version_of(server) == "1.0.0"
    assert not list((tmp_path / "office" / "themes" / ".incoming").iterdir())
