"""Sending events, and uploads whose outcome is unknown, against a scripted server."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from office_studio.errors import ApiError, AuthError, ConflictError, UsageError
from office_studio.services.http import Credentials
from office_studio.services.ingest import event_sender
from office_studio.services.office_client import OfficeClient
from office_studio.services.simulator import run_simulation
from office_studio.services.theme_client import ThemeClient

from .scripted_server import Connection, Request, ScriptedServer

EVENT = "/api/office/event"


def test_events_travel_with_the_bot_token() -> None:
    async def story() -> None:
        async with ScriptedServer() as server:
            server.always(EVENT, 204)
            async with OfficeClient(server.url, Credentials("user")) as client:
                sender = event_sender(client)
                await sender.post("bot", {"type": "dance", "text": "é"})
                await sender.post("bot", {"type": "dance"})
                await sender.aclose()
            request = server.requests[0]
            assert request.headers["authorization"] == "Bearer bot"
            assert request.headers["content-type"] == "application/json"
            assert json.loads(request.body) == {"type": "dance", "text": "é"}
            assert server.hits[EVENT] == 2

    asyncio.run(story())


@pytest.mark.parametrize(("status", "kind"), [(401, AuthError), (422, ApiError), (500, ApiError)])
def test_refusals_are_told(status: int, kind: type[ApiError]) -> None:
    async def story() -> None:
        async with ScriptedServer() as server, OfficeClient(server.url) as client:
            server.always(EVENT, status, {"error": "because"})
            sender = event_sender(client)
            with pytest.raises(kind) as caught:
                await sender.post("bot", {})
            assert caught.value.details["status"] == status
            await sender.aclose()

    asyncio.run(story())


def test_no_server_and_no_http_are_told() -> None:
    async def story() -> None:
        async with ScriptedServer() as server, OfficeClient(server.url) as client:

            @server.on(EVENT)
            async def garbage(connection: Connection, _: Request) -> None:
                await connection.send(b"\x15\x03\x01 what?\r\n\r\n")

            sender = event_sender(client)
            with pytest.raises(ApiError) as caught:
                await sender.post("bot", {})
            assert caught.value.code == "OFFICE_NOT_HTTP"
            await sender.aclose()
        async with OfficeClient(server.url) as client:
            sender = event_sender(client)
            with pytest.raises(ApiError) as caught:
                await sender.post("bot", {})
            assert caught.value.code == "OFFICE_UNREACHABLE"

    asyncio.run(story())


def test_a_connection_that_was_closed_while_idle_is_replaced() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        head = await reader.readuntil(b"\r\n\r\n")
        await reader.readexactly(int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]))
        writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
        await writer.drain()
        writer.close()  # without saying so

    connections = 0

    async def story() -> None:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        async with server, OfficeClient(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}") as client:
            sender = event_sender(client)
            await sender.post("bot", {})
            await sender.post("bot", {})
            await asyncio.sleep(0.05)
            await sender.post("bot", {})
            await sender.aclose()

    asyncio.run(story())
    assert connections == 3


class Producer:
    """The part of an office that a simulation needs; checks order and concurrency."""

    def __init__(self, server: ScriptedServer, *, delay_s: float = 0, fail_every: int = 0) -> None:
        self.events: dict[str, list[dict[str, Any]]] = {}
        self.in_flight = self.most_in_flight = self.posts = 0
        self._delay_s, self._fail_every = delay_s, fail_every
        self._agents: list[dict[str, str]] = []
        server.routes["/api/agents"] = self._agents_route
        server.routes[EVENT] = self._event_route
        for number in range(64):
            server.always(f"/api/agents/id{number}/token", 200, {"botToken": f"bot{number}"})

    async def _agents_route(self, connection: Connection, request: Request) -> None:
        if request.method == "POST":
            self._agents.append({"id": f"id{len(self._agents)}", "name": json.loads(request.body)["name"]})
            await connection.answer(201, self._agents[-1])
        else:
            await connection.answer(200, self._agents)

    async def _event_route(self, connection: Connection, request: Request) -> None:
        self.posts += 1
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        await asyncio.sleep(self._delay_s)
        self.in_flight -= 1
        if self._fail_every and self.posts % self._fail_every == 0:
            await connection.answer(500, {"error": "db error"})
            return
        self.events.setdefault(request.headers["authorization"], []).append(json.loads(request.body))
        await connection.answer(204)


def test_a_simulation_keeps_order_and_at_most_eight_calls() -> None:
    async def story() -> None:
        async with ScriptedServer() as server:
            office = Producer(server, delay_s=0.02)
            summary = await run_simulation(server.url, "t", agents=20, rate=400, seconds=2)
            assert summary.events == sum(map(len, office.events.values()))
            assert summary.failed == 0
            assert 4 <= office.most_in_flight <= 8
            for events in office.events.values():
                assert events[0]["type"] == "session_start"
                stamps = [event["timestamp"] for event in events]
                assert stamps == sorted(stamps)

    asyncio.run(story())


def test_two_runs_of_a_seed_send_the_same() -> None:
    async def day() -> dict[str, list[tuple[str, Any]]]:
        async with ScriptedServer() as server:
            office = Producer(server)
            await run_simulation(server.url, "t", agents=4, rate=50, seconds=1.2, seed=3)
            return {key: [(e["type"], e["data"]) for e in events] for key, events in office.events.items()}

    assert asyncio.run(day()) == asyncio.run(day())


def test_single_faults_are_counted_and_lasting_ones_end_the_run() -> None:
    async def story() -> None:
        async with ScriptedServer() as server:
            Producer(server, fail_every=4)
            summary = await run_simulation(server.url, "t", agents=4, rate=30, seconds=1.5)
            assert summary.failed >= 2
            server.always(EVENT, 401, {"error": "Unauthorized"})
            with pytest.raises(AuthError):
                await run_simulation(server.url, "t", agents=4, rate=30, seconds=5)

    asyncio.run(story())


def test_stop_ends_a_simulation() -> None:
    async def story() -> None:
        async with ScriptedServer() as server:
            Producer(server)
            stop = asyncio.Event()
            asyncio.get_running_loop().call_later(0.5, stop.set)
            summary = await run_simulation(server.url, "t", agents=4, rate=5, stop=stop)
            assert summary.seconds < 3

    asyncio.run(story())


def test_absurd_wishes_are_usage() -> None:
    for wish in ({"agents": 0}, {"agents": 100_000}, {"rate": 0}, {"rate": 1e9}, {"rate": float("nan")}):
        with pytest.raises(UsageError):
            asyncio.run(run_simulation("http://127.0.0.1:9", "t", **wish))  # type: ignore[arg-type]


# -- bindings ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("conflicts", "puts", "ok"), [(1, 2, True), (2, 2, False)])
def test_a_conflict_is_read_again_and_retried_once(conflicts: int, puts: int, ok: bool) -> None:
    async def story() -> None:
        async with ScriptedServer() as server, OfficeClient(server.url) as client:
            count = {"PUT": 0, "GET": 0}

            @server.on("/api/office/bindings")
            async def bindings(connection: Connection, request: Request) -> None:
                count[request.method] += 1
                if request.method == "GET":
                    await connection.answer(200, [])
                elif count["PUT"] <= conflicts:
                    await connection.answer(409, {"error": "binding conflict"})
                else:
                    await connection.answer(200, json.loads(request.body))

            if ok:
                await client.bind("loft", 0, "a")
            else:
                with pytest.raises(ConflictError):
                    await client.bind("loft", 0, "a")
            assert count == {"PUT": puts, "GET": 1}

    asyncio.run(story())


# -- uploads -------------------------------------------------------------------------------------------------
MANIFEST = json.dumps({"id": "loft", "name": "Loft", "version": "1.0.0"}).encode()


@pytest.mark.parametrize("stored", [True, False])
def test_an_upload_with_unknown_outcome_is_checked_before_it_is_repeated(stored: bool, tmp_path: Path) -> None:
    bundle = tmp_path / "b.zip"
    bundle.write_bytes(b"PK" * 1000)

    async def story() -> None:
        async with ScriptedServer() as server:
            kept: bytes | None = None

            @server.on("/api/themes/upload")
            async def upload(connection: Connection, request: Request) -> None:
                nonlocal kept
                first = server.hits["/api/themes/upload"] == 1
                if stored or not first:
                    kept = MANIFEST
                if first:
                    connection.abort()
                    return
                await connection.answer(201, {"themeId": "loft", "name": "Loft", "version": "1.0.0"})

            @server.on("/api/themes/loft/manifest")
            async def manifest(connection: Connection, _: Request) -> None:
                await connection.answer(200 if kept else 404, kept or b"")

            server.always("/api/themes", 200, {"themes": []})
            async with ThemeClient(server.url) as client:
                result = await client.upload(MANIFEST, bundle)
            assert result.theme_id == "loft"
            assert result.confirmed_later is stored
            assert server.hits["/api/themes/upload"] == (1 if stored else 2)

    asyncio.run(story())


@pytest.mark.parametrize(("status", "body"), [(400, {"error": "Failed to read bundle field"}), (413, b"too large")])
def test_a_body_too_large_for_the_server_is_told(status: int, body: Any, tmp_path: Path) -> None:
    bundle = tmp_path / "b.zip"
    bundle.write_bytes(b"PK")

    async def story() -> None:
        async with ScriptedServer() as server, ThemeClient(server.url) as client:
            server.always("/api/themes/upload", status, body)
            with pytest.raises(ApiError) as caught:
                await client.upload(MANIFEST, bundle)
            assert caught.value.code == "THEME_TOO_LARGE_FOR_SERVER"

    asyncio.run(story())


def files_below(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_a_download_never_leaves_its_folder(tmp_path: Path) -> None:
    names = ["../out.png", "/etc/x.png", "a/../../b.png", "C:\\x.png", "http://x/y.png", "%2e%2e/z.png", "ok/in.png"]
    hostile = json.dumps({"id": "loft", "version": "../..", "images": names, "atlas": "atlas.json"}).encode()

    async def story() -> None:
        async with ScriptedServer() as server, ThemeClient(server.url, cache=tmp_path / "cache") as client:
            server.always("/api/themes/loft/manifest", 200, hostile)
            server.always("/api/themes/assets/loft/ok/in.png", 200, b"png")
            server.always("/api/themes/assets/loft/atlas.json", 200, b'{"meta": {"image": "atlas.png"}}')
            server.always("/api/themes/assets/loft/atlas.png", 200, b"png2")
            missing: list[str] = []
            folder = await client.download("loft", on_missing=missing.append)
            files = [path.relative_to(tmp_path).as_posix() for path in files_below(tmp_path)]
            inside = [(folder / name).relative_to(tmp_path).as_posix() for name in
                      ("atlas.json", "atlas.png", "ok/in.png", "theme.json")]  # fmt: skip
            assert files == inside
            assert missing == []

    asyncio.run(story())


def test_a_failed_download_leaves_nothing(tmp_path: Path) -> None:
    async def story() -> None:
        async with ScriptedServer() as server, ThemeClient(server.url, cache=tmp_path / "cache") as client:
            server.always("/api/themes/loft/manifest", 200, {"id": "loft", "image": "a.png"})
            server.always("/api/themes/assets/loft/a.png", 500)
            with pytest.raises(ApiError):
                await client.download("loft")
            assert files_below(tmp_path) == []

    asyncio.run(story())
