"""A real server on a loopback socket, its owner's client, agents that post events, and a reader of streams."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from office_studio.server import OfficeServer, ServerAddress, ServerConfig

MINUTE_MS = 60_000


class FakeClock:
    """Time that only moves when told."""

    def __init__(self, now_ms: int = 1_000_000_000) -> None:
        self.now_ms = now_ms

    def __call__(self) -> int:
        return self.now_ms


@dataclass(frozen=True)
class Producer:
    """An agent with its bot token."""

    id: str
    token: str
    http: httpx.Client

    def post(self, kind: str, at: int, session: str = "s1", **data: Any) -> httpx.Response:
        return self.send({"type": kind, "agentId": "claimed", "sessionId": session, "timestamp": at, "data": data})

    def send(self, body: object) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token}"}
        if isinstance(body, bytes):
            headers["Content-Type"] = "application/json"
            return self.http.post("/api/office/event", content=body, headers=headers)
        return self.http.post("/api/office/event", json=body, headers=headers)


class Stream:
    """Frames of ``/api/office/stream``: dictionaries, or the text of a comment."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self._chunks = response.iter_raw()
        self._rest = b""

    def next(self) -> dict[str, Any] | str:
        while b"\n\n" not in self._rest:
            self._rest += next(self._chunks)
        frame, self._rest = self._rest.split(b"\n\n", 1)
        if frame.startswith(b":"):
            return frame[1:].decode().strip()
        assert frame.startswith(b"data: ")
        assert b"\n" not in frame
        return json.loads(frame[6:])


class Office:
    """A running server and its owner."""

    def __init__(self, server: OfficeServer, address: ServerAddress) -> None:
        self.server = server
        self.address = address
        self._stack = ExitStack()
        self.anyone = self._client()
        self.owner = self._client(address.token)

    def client(self, token: str) -> httpx.Client:
        """Client of another account."""
        return self._client(token)

    def agent(self, name: str = "Ada", owner: httpx.Client | None = None) -> Producer:
        answer = (owner or self.owner).post("/api/agents", json={"name": name})
        assert answer.status_code == 201, answer.text
        return Producer(answer.json()["id"], answer.json()["botToken"], self.anyone)

    def guest(self, email: str = "guest@example.org") -> httpx.Client:
        """A second account, signed in."""
        body = {"email": email, "password": "long enough", "name": "Guest"}
        answer = self.anyone.post("/api/auth/sign-up/email", json=body)
        assert answer.status_code == 200, answer.text
        self.anyone.cookies.clear()
        return self._client(answer.json()["session"]["token"])

    def status(self) -> dict[str, dict[str, Any]]:
        """Online agents by id."""
        answer = self.owner.get("/api/office/status")
        assert answer.status_code == 200, answer.text
        return {agent["agentId"]: agent for agent in answer.json()["agents"]}

    def stream(self, client: httpx.Client | None = None) -> Stream:
        """An open stream, closed with the office."""
        response = self._stack.enter_context((client or self.owner).stream("GET", "/api/office/stream"))
        assert response.status_code == 200
        return Stream(response)

    def close(self) -> None:
        self._stack.close()
        self.server.stop()

    def _client(self, token: str = "") -> httpx.Client:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return self._stack.enter_context(httpx.Client(base_url=self.address.url, headers=headers, timeout=60))


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Office]]:
    """Starts servers with the given fields of ``ServerConfig``; all are stopped at the end."""
    with ExitStack() as stack:

        def start_one(**fields: Any) -> Office:
            # The tests tick by hand; a tick of the server itself would only come in between.
            config = replace(ServerConfig(data_dir=tmp_path / "office", tick_period_s=3600), **fields)
            server = OfficeServer(config)
            office = Office(server, server.start())
            stack.callback(office.close)
            return office

        yield start_one


@pytest.fixture
def office(start: Callable[..., Office]) -> Office:
    return start()


@pytest.fixture
def timed_office(start: Callable[..., Office], clock: FakeClock) -> Office:
    """An office whose clock the test moves."""
    return start(clock=clock)


@pytest.fixture
def wait_until() -> Callable[[Callable[[], bool]], None]:
    def wait(condition: Callable[[], bool], timeout_s: float = 60.0) -> None:
        end = time.monotonic() + timeout_s
        while not condition():
            assert time.monotonic() < end, "the condition never came true"
            time.sleep(0.01)

    return wait


@pytest.fixture
def manifest() -> Callable[..., dict[str, Any]]:
    """A valid 2D manifest; keywords replace fields, None removes one."""

    def make(**fields: Any) -> dict[str, Any]:
        document: dict[str, Any] = {
            "id": "test-theme",
            "name": "Test theme",
            "version": "1.0.0",
            "zones": [{"id": "work", "capacity": 3}],
            "layers": [{"id": "floor", "zIndex": 0}],
            "characters": {"atlas": ""},
        }
        document |= fields
        return {key: value for key, value in document.items() if value is not None}

    return make


@pytest.fixture
def upload() -> Callable[..., httpx.Response]:
    """Uploads a manifest (dictionary or bytes) and a bundle (bytes, or None for none)."""

    def send(client: httpx.Client, manifest: object, bundle: bytes | None = None) -> httpx.Response:
        content = manifest if isinstance(manifest, bytes) else json.dumps(manifest).encode()
        files: list[tuple[str, Any]] = [("manifest", (None, content, "application/json"))]
        if bundle is not None:
            files.append(("bundle", ("theme.zip", bundle, "application/zip")))
        return client.post("/api/themes/upload", files=files)

    return send


@pytest.fixture
def zipped() -> Callable[..., bytes]:
    """A zip with the given entries: name -> content."""
    import io
    import zipfile

    def make(entries: dict[str, bytes]) -> bytes:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in entries.items():
                archive.writestr(name, content)
        return buffer.getvalue()

    return make
