"""``kill -9`` of the server in the middle of an upload and of a PUT: old or new, never something in between."""

from __future__ import annotations

import contextlib
import io
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
import zipfile
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).resolve().parents[3]

TIMES = [
    pytest.param(3, id="3-times"),
    pytest.param(20, id="20-times", marks=[pytest.mark.full, pytest.mark.timeout(900)]),
]


class Victim:
    """A server process that can be killed and started again on the same folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.process: subprocess.Popen | None = None
        self.client: httpx.Client | None = None

    def start(self) -> httpx.Client:
        self.close()
        command = [sys.executable, "-m", "office_studio", "serve", "--port", "0", "--json", "--data", str(self.folder)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT, text=True)
        ready = json.loads(self.process.stdout.readline())
        headers = {"Authorization": f"Bearer {ready['token']}"}
        self.client = httpx.Client(base_url=ready["url"], headers=headers, timeout=30)
        return self.client

    def kill(self) -> None:
        if self.process is not None:
            os.kill(self.process.pid, signal.SIGKILL)
            self.process.communicate()
            self.process = None

    def close(self) -> None:
        self.kill()
        if self.client is not None:
            self.client.close()

    def check_database(self) -> None:
        with contextlib.closing(sqlite3.connect(self.folder / "office.db")) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


@pytest.fixture
def victim(tmp_path):
    found = Victim(tmp_path / "office")
    yield found
    found.close()


def during(call, kill, delay_s: float) -> None:
    """Run ``call`` and kill the server ``delay_s`` after it began."""

    def quietly() -> None:
        with contextlib.suppress(httpx.TransportError):
            call()

    thread = threading.Thread(target=quietly)
    thread.start()
    time.sleep(delay_s)
    kill()
    thread.join()


def bundle(version: int, files: int = 40) -> bytes:
    """Every file holds the version, so that a mixture would show."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for number in range(files):
            archive.writestr(f"f{number}.png", f"{version}:{number}:".encode() * 2_000)
    return buffer.getvalue()


def manifest(version: int) -> bytes:
    parts = {"zones": [{}], "layers": [{}], "characters": {"atlas": ""}}
    return json.dumps({"id": "theme", "name": "Theme", "version": f"1.0.{version}"} | parts).encode()


def upload(client: httpx.Client, version: int) -> httpx.Response:
    files = {"manifest": (None, manifest(version)), "bundle": ("b.zip", bundle(version))}
    return client.post("/api/themes/upload", files=files)


def stored_version(client: httpx.Client) -> int:
    """The version that is served, after checking that every file is of it."""
    listed = client.get("/api/themes").json()["themes"]
    assert len(listed) == 1
    version = int(listed[0]["version"].rpartition(".")[2])
    assert client.get("/api/themes/theme/manifest").content == manifest(version)
    for number in range(40):
        answer = client.get(f"/api/themes/assets/theme/f{number}.png")
        assert answer.content == f"{version}:{number}:".encode() * 2_000, (version, number)
    return version


@pytest.mark.parametrize("times", TIMES)
def test_a_server_killed_during_an_upload_has_the_old_theme_or_the_new(victim, times):
    client = victim.start()
    began = time.perf_counter()
    assert upload(client, 0).status_code == 201
    usual_s = time.perf_counter() - began
    random_ = random.Random(7)
    outcomes = []
    current = 0
    for version in range(1, times + 1):
        during(lambda c=client, v=version: upload(c, v), victim.kill, random_.uniform(0.05, 1.3) * usual_s)
        client = victim.start()
        found = stored_version(client)
        assert found in (current, version)
        outcomes.append(found == version)
        current = found
        victim.check_database()
        assert list((victim.folder / "themes" / ".incoming").iterdir()) == []
    if times >= 20:
        assert False in outcomes, "no kill came before the switch: the test did not test"


@pytest.mark.parametrize("times", TIMES)
def test_a_server_killed_during_puts_has_each_binding_old_or_new(victim, times):
    client = victim.start()
    ids = [client.post("/api/agents", json={"name": f"Agent {n}"}).json()["id"] for n in range(4)]
    random_ = random.Random(11)
    for _ in range(times):
        confirmed: dict[str, int] = {}
        attempted: dict[str, int] = {}

        def shuffle(c=client, done=confirmed, tried=attempted) -> None:
            # Moves in a ring: an agent's slot is always its number plus the same step for all.
            for step in range(10_000):
                for number, agent_id in enumerate(ids):
                    slot = 100 * number + step % 100
                    tried[agent_id] = slot
                    body = {"themeId": "t", "slotIndex": slot, "agentId": agent_id}
                    assert c.put("/api/office/bindings", json=body).status_code == 200
                    done[agent_id] = slot

        during(shuffle, victim.kill, random_.uniform(0.1, 0.6))
        client = victim.start()
        victim.check_database()
        rows = client.get("/api/office/bindings", params={"themeId": "t"}).json()
        found = {row["agentId"]: row["slotIndex"] for row in rows}
        assert len(rows) == len(found)
        for agent_id, slot in confirmed.items():
            # A confirmed PUT is kept; one that was never answered may have come through, or not.
            assert found[agent_id] in (slot, attempted[agent_id])
        assert confirmed
