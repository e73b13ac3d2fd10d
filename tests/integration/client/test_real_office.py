"""The client services against a real office server: feed, calls, themes."""

from __future__ import annotations

import asyncio
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from office_studio.core.office.live import ConnectionState as S
from office_studio.core.office.model import AgentStatus
from office_studio.core.office.wire import encode_agent
from office_studio.errors import ApiError, AssetError, AuthError, OfficeStudioError
from office_studio.server.config import ServerAddress, ServerConfig
from office_studio.server.lifecycle import OfficeServer
from office_studio.services.http import Credentials
from office_studio.services.office_client import OfficeClient
from office_studio.services.runner import ServiceRunner
from office_studio.services.simulator import run_simulation
from office_studio.services.theme_client import ThemeClient

from .helpers import FAST, Viewer, following, until


@pytest.fixture
def server(tmp_path: Path) -> Iterator[OfficeServer]:
    server = OfficeServer(ServerConfig(data_dir=tmp_path / "office"))
    server.start()
    yield server
    server.stop()


def address(server: OfficeServer) -> ServerAddress:
    assert server.address is not None
    return server.address


def client_of(server: OfficeServer) -> OfficeClient:
    at = address(server)
    return OfficeClient(at.url, Credentials(at.token))


@pytest.mark.parametrize("mode", ["events", "snapshots"])
def test_a_simulated_office_is_seen_as_the_server_sees_it(mode: Any, tmp_path: Path) -> None:
    server = OfficeServer(ServerConfig(data_dir=tmp_path / "office", stream_mode=mode))
    at = server.start()

    async def story() -> None:
        viewer = Viewer()
        async with (
            following(at.url, viewer, FAST, at.token) as feed,
            OfficeClient(at.url, Credentials(at.token)) as api,
        ):
            summary = await run_simulation(at.url, at.token, agents=12, rate=60, seconds=4)
            assert summary.failed == 0
            last = await api.status()
            assert last is not None
            expected = {one.id: encode_agent(one) for one in last.agents}

            def same() -> bool:
                got = {one.id: encode_agent(one.agent) for one in viewer.agents.values() if one.agent.online}
                for row in (*got.values(), *expected.values()):
                    row["collaboratingWith"].sort()
                return got == expected

            await until(same, what="the viewer's office is the server's")
            assert {one.status for one in viewer.agents.values()} >= {AgentStatus.WORKING, AgentStatus.BLOCKED}
            assert not any(one.is_foreign for one in viewer.agents.values())
            assert {"Vivi", "Otto"} <= {one.name for one in viewer.agents.values()}
            assert feed.stats.bad_frames == 0

    try:
        asyncio.run(story())
    finally:
        server.stop()


def test_the_feed_outlives_a_restart_of_the_server(tmp_path: Path) -> None:
    config = ServerConfig(data_dir=tmp_path / "office")
    server = OfficeServer(config)
    at = server.start()

    async def story() -> None:
        nonlocal server
        viewer = Viewer()
        async with following(at.url, viewer, FAST, at.token):
            await run_simulation(at.url, at.token, agents=3, rate=30, seconds=1)
            await until(lambda: len(viewer.agents) == 3)
            await asyncio.to_thread(server.stop)
            await until(lambda: viewer.state is S.RECONNECTING)
            assert len(viewer.agents) == 3
            port = int(at.url.rpartition(":")[2])
            server = OfficeServer(ServerConfig(data_dir=tmp_path / "office", port=port))
            await asyncio.to_thread(server.start)
            await run_simulation(at.url, at.token, agents=3, rate=30, seconds=1, seed=8)
            await until(lambda: viewer.state is S.LIVE, 10)
            assert S.RECONNECTING in viewer.states

    try:
        asyncio.run(story())
    finally:
        server.stop()


def test_agents_bindings_and_account(server: OfficeServer) -> None:
    async def story() -> None:
        async with client_of(server) as api:
            assert await api.health() is False
            assert await api.status() is None
            ada, bo = await api.create_agent("Ada"), await api.create_agent("Bo")
            assert [one.name for one in await api.agents()] == ["Ada", "Bo"]
            await api.bind("loft", 0, ada.id)
            await api.bind("loft", 3, ada.id)
            await api.bind("loft", 1, bo.id)
            assert [(row.slot_index, row.agent_name) for row in await api.bindings("loft")] == [(1, "Bo"), (3, "Ada")]
            await api.unbind("loft", 3)
            await api.unbind("loft", 3)
            assert len(await api.bindings("loft")) == 1
            with pytest.raises(AuthError) as caught:
                await api.bind("loft", 0, "00000000-0000-0000-0000-000000000000")
            assert caught.value.code == "BINDING_FOREIGN_AGENT"
            token = await api.agent_token(ada.id)
            event = {"type": "session_start", "agentId": "", "sessionId": "s", "timestamp": 1, "data": {}}
            await api.post_event(token, event)
            assert await api.health() is True
            with pytest.raises(AuthError):
                await api.post_event("wrong", event)
            with pytest.raises(AuthError) as caught:
                await api.sign_in("nobody@example.org", "wrong-password")
            assert caught.value.code == "SIGN_IN_REFUSED"
            assert (await api.session()).id

    asyncio.run(story())


def test_sign_in_gives_credentials_that_work(tmp_path: Path) -> None:
    config = ServerConfig(data_dir=tmp_path / "o", owner_email="me@example.org", owner_password="long enough")
    server = OfficeServer(config)
    at = server.start()

    async def story() -> None:
        async with OfficeClient(at.url) as stranger:
            with pytest.raises(AuthError):
                await stranger.agents()
            credentials = await stranger.sign_in("me@example.org", "long enough")
        async with OfficeClient(at.url, credentials) as api:
            assert (await api.session()).email == "me@example.org"
            assert await api.agents() == ()

    try:
        asyncio.run(story())
    finally:
        server.stop()


@pytest.fixture
def bundle(shared_dir: Path, tmp_path: Path) -> tuple[bytes, Path]:
    source = shared_dir / "data/themes/starter-desk"
    path = tmp_path / "b.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(source.rglob("*")):
            if file.is_file() and file.suffix in (".json", ".png", ".svg", ".jpg", ".webp"):
                archive.write(file, file.relative_to(source).as_posix())
    return (source / "theme.json").read_bytes(), path


def test_a_theme_comes_back_as_it_went(server: OfficeServer, bundle: tuple[bytes, Path], tmp_path: Path) -> None:
    manifest, path = bundle
    at = address(server)

    async def story() -> None:
        async with ThemeClient(at.url, Credentials(at.token), cache=tmp_path / "cache") as api:
            sent: list[tuple[int, int]] = []
            result = await api.upload(manifest, path, lambda *step: sent.append(step))
            assert sent[-1] == (path.stat().st_size, path.stat().st_size)
            (listed,) = await api.list()
            assert (listed.id, listed.version) == (result.theme_id, result.version)
            assert await api.manifest(result.theme_id) == manifest
            missing: list[str] = []
            folder = await api.download(result.theme_id, on_missing=missing.append)
            assert missing == []
            with zipfile.ZipFile(path) as archive:
                images = [name for name in archive.namelist() if name.endswith(".png")]
                fetched = {file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()}
                assert fetched <= set(archive.namelist())
                assert len(fetched & set(images)) >= 2
                assert all((folder / name).read_bytes() == archive.read(name) for name in fetched)
            assert await api.download(result.theme_id) == folder  # from the cache
            assert not list(folder.parent.glob(".part-*"))
            await api.upload(manifest, path)  # perhaps with other pictures under the same manifest
            assert await api.download(result.theme_id) != folder
            with pytest.raises(AssetError):
                await api.asset(result.theme_id, "no/such.png")
            await api.delete(result.theme_id)
            with pytest.raises(ApiError) as caught:
                await api.delete(result.theme_id)
            assert caught.value.code == "THEME_NOT_FOUND"

    asyncio.run(story())


def test_a_refused_theme_says_why(server: OfficeServer, tmp_path: Path) -> None:
    at = address(server)
    broken = tmp_path / "x.zip"
    broken.write_bytes(b"no zip")
    manifest = b'{"id":"a","name":"A","version":"1.0","zones":[{}],"layers":[{}],"characters":{"a":1}}'

    async def story() -> None:
        async with ThemeClient(at.url, Credentials(at.token)) as api:
            with pytest.raises(OfficeStudioError) as caught:
                await api.upload(manifest, broken)
            assert caught.value.code == "THEME_REFUSED"
            assert "semver" in caught.value.message

    asyncio.run(story())


def test_runner_runs_a_feed_and_stops_it(server: OfficeServer) -> None:
    at = address(server)
    runner = ServiceRunner()
    runner.start()
    viewer = Viewer()

    async def follow() -> None:
        async with following(at.url, viewer, FAST, at.token):
            await asyncio.sleep(3600)

    future = runner.submit(follow())
    end = time.monotonic() + 60
    while not viewer.connections and time.monotonic() < end:
        time.sleep(0.01)
    assert viewer.state in (S.CONNECTING, S.WAITING)
    runner.stop()
    assert future.cancelled() or future.done()
    assert viewer.state is S.OFFLINE
    assert not runner.is_running
    with pytest.raises(RuntimeError):
        runner.submit(asyncio.sleep(0))
    runner.call_soon(print)
    runner.stop()
