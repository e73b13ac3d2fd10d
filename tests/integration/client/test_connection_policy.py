"""What the feed does when the link or the server misbehaves, over a real socket (Office API 8.3, 8.4)."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from itertools import pairwise

import pytest

from office_studio.core.office.live import ConnectionState as S
from office_studio.core.office.model import AgentStatus

from .helpers import FAST, NERVOUS, Viewer, agent, event, following, snapshot, until
from .scripted_server import Connection, Request, ScriptedServer

STREAM = "/api/office/stream"
FOREVER = 3600


def test_first_picture_comes_at_once_and_events_follow() -> None:
    async def story() -> None:
        async with ScriptedServer() as server:
            go = asyncio.Event()

            @server.on(STREAM)
            async def stream(connection: Connection, request: Request) -> None:
                assert request.headers["cookie"] == "better-auth.session_token=" + "a" * 64
                await connection.begin_stream()
                await connection.frame(snapshot(agent("ada"), agent("bo", "idle")))
                await go.wait()
                await connection.frame(event("tool_call", "bo", toolName="pytest", durationMs=7))
                await asyncio.sleep(FOREVER)

            viewer = Viewer()
            async with following(server.url, viewer) as feed:
                await until(lambda: len(viewer.agents) == 2)
                assert viewer.state is S.LIVE
                go.set()
                await until(lambda: viewer.agents["bo"].status is AgentStatus.WORKING)
                bo = viewer.agents["bo"]
                assert (bo.agent.current_task, bo.agent.current_tool_detail) == ("pytest", "pytest (7ms)")
                assert bo.reason == "a tool was used"
                assert bo.activity[0].title == "Used tool: pytest"
                assert (feed.stats.events, feed.stats.snapshots) == (1, 1)
                last = viewer.updates[-1]
                assert [one.id for one in last.agents] == ["bo"]
                assert not last.reset

    asyncio.run(story())


def test_a_burst_is_merged_into_frames_and_nothing_is_lost() -> None:
    async def story() -> None:
        async with ScriptedServer() as server:

            @server.on(STREAM)
            async def stream(connection: Connection, _: Request) -> None:
                await connection.begin_stream()
                await connection.frame(snapshot(agent("ada")))
                for number in range(1000):
                    await connection.frame(event("tool_call", "ada", toolName=f"t{number}"))
                    if number % 20 == 0:
                        await asyncio.sleep(0.005)
                await asyncio.sleep(FOREVER)

            viewer = Viewer()
            async with following(server.url, viewer) as feed:
                await until(lambda: feed.stats.events == 1000)
                await until(lambda: viewer.agents["ada"].agent.current_task == "t999")
                assert viewer.updates[-1].events_received == 1000
            with_agents = [at for at, update in zip(viewer.times, viewer.updates, strict=True) if update.agents]
            assert len(with_agents) < 200
            gaps = [after - before for before, after in pairwise(with_agents)]
            assert min(gaps) >= 0.014

    asyncio.run(story())


def test_503_waits_and_connects_when_health_says_so() -> None:
    async def story() -> None:
        async with ScriptedServer() as server:
            connected = False

            @server.on(STREAM)
            async def stream(connection: Connection, _: Request) -> None:
                if not connected:
                    await connection.answer(503, {"error": "Office plugin not connected"})
                    return
                await connection.begin_stream()
                await connection.frame(snapshot(agent("ada")))
                await asyncio.sleep(FOREVER)

            @server.on("/api/office/health")
            async def health(connection: Connection, _: Request) -> None:
                await connection.answer(200, {"connected": connected, "timestamp": "2026-03-06T10:00:00Z"})

            viewer = Viewer()
            async with following(server.url, viewer):
                await until(lambda: server.hits["/api/office/health"] >= 2)
                assert viewer.state is S.WAITING
                assert viewer.connections[-1].retry_at_ms is not None
                assert server.hits[STREAM] == 1
                connected = True
                await until(lambda: viewer.state is S.LIVE and viewer.agents)
                assert server.hits[STREAM] == 2

    asyncio.run(story())


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (401, {"error": "Unauthorized"}, "does not know this token"),
        (403, {"error": "Your account has been banned", "code": "ACCOUNT_BANNED"}, "banned"),
        (403, {"error": "Username required", "code": "USERNAME_REQUIRED"}, "user name"),
        (403, {"error": "nope"}, "does not allow"),
        (301, b"", "points to"),
    ],
)
def test_refusal_stops_until_asked_again(status: int, body: object, words: str) -> None:
    async def story() -> None:
        async with ScriptedServer() as server:
            server.always(STREAM, status, body)
            viewer = Viewer()
            async with following(server.url, viewer) as feed:
                await until(lambda: viewer.connections and viewer.state is S.REFUSED)
                assert words in viewer.connections[-1].message
                await asyncio.sleep(0.3)
                assert server.hits[STREAM] == 1
                feed.reconnect_now()
                await until(lambda: server.hits[STREAM] == 2)

    asyncio.run(story())


def test_a_web_page_is_refused_by_its_content_type() -> None:
    async def story() -> None:
        async with ScriptedServer() as server:
            server.always(STREAM, 200, b"<html>data: x\n\n</html>", "text/html")
            viewer = Viewer()
            async with following(server.url, viewer):
                await until(lambda: viewer.connections and viewer.state is S.REFUSED)
                assert "not as an office" in viewer.connections[-1].message

    asyncio.run(story())


def test_404_polls_status() -> None:
    async def story() -> None:
        async with ScriptedServer() as server:

            @server.on("/api/office/status")
            async def status(connection: Connection, _: Request) -> None:
                state = "working" if server.hits["/api/office/status"] < 3 else "blocked"
                await connection.answer(200, {"connected": True, "agents": [agent("ada", state)]})

            viewer = Viewer()
            async with following(server.url, viewer):
                await until(lambda: viewer.agents and viewer.agents["ada"].status is AgentStatus.BLOCKED)
                assert viewer.state is S.POLLING
                assert server.hits[STREAM] == 1

    asyncio.run(story())


def test_404_everywhere_polls_the_health_of_agents() -> None:
    async def story() -> None:
        async with ScriptedServer() as server:
            rows = [
                {"agentId": "ada", "agentName": "Ada", "wsConnected": True},
                {"agentId": "bo", "agentName": "Bo", "wsConnected": False},
            ]
            server.always("/api/agents/health", 200, rows)
            viewer = Viewer()
            async with following(server.url, viewer):
                await until(lambda: len(viewer.agents) == 2)
                assert viewer.state is S.POLLING
                assert viewer.agents["ada"].status is AgentStatus.IDLE
                assert viewer.agents["bo"].status is AgentStatus.OFFLINE

    asyncio.run(story())


def test_a_server_without_any_office_is_refused() -> None:
    async def story() -> None:
        async with ScriptedServer() as server:
            viewer = Viewer()
            async with following(server.url, viewer):
                await until(lambda: viewer.connections and viewer.state is S.REFUSED)
                assert "no office there" in viewer.connections[-1].message

    asyncio.run(story())


def test_drops_are_retried_with_growing_waits_and_the_picture_stays() -> None:
    async def story() -> None:
        async with ScriptedServer() as server:
            at: list[float] = []

            @server.on(STREAM)
            async def stream(connection: Connection, _: Request) -> None:
                at.append(time.monotonic())
                if len(at) > 1:
                    connection.abort()
                    return
                await connection.begin_stream()
                await connection.frame(snapshot(agent("ada")))
                await asyncio.sleep(0.05)
                connection.abort()

            viewer = Viewer()
            async with following(server.url, viewer):
                await until(lambda: len(at) >= 6)
                assert "ada" in viewer.agents
                assert viewer.state is S.RECONNECTING
                assert viewer.connections[-1].last_news_ms is not None
            # Waits grow (test_feed_policy.py); here it is enough that each try came after its wait.
            waits = [later - earlier for earlier, later in pairwise(at[1:])]
            assert all(wait >= FAST.first_retry_s / 2 for wait in waits)
            assert sum(waits) > 4 * FAST.first_retry_s

    asyncio.run(story())


def test_the_end_of_a_stream_is_a_loss_and_the_next_snapshot_replaces_everything() -> None:
    async def story() -> None:
        async with ScriptedServer() as server:

            @server.on(STREAM)
            async def stream(connection: Connection, _: Request) -> None:
                await connection.begin_stream()
                if server.hits[STREAM] == 1:
                    await connection.frame(snapshot(agent("ada"), agent("gone")))
                    await asyncio.sleep(0.05)
                    return
                await connection.frame(snapshot(agent("ada", "blocked")))
                await asyncio.sleep(FOREVER)

            viewer = Viewer()
            async with following(server.url, viewer) as feed:
                await until(lambda: viewer.agents and viewer.agents["ada"].status is AgentStatus.BLOCKED)
                assert set(viewer.agents) == {"ada"}
                assert feed.stats.reconnects == 1
                assert viewer.states == [S.CONNECTING, S.LIVE, S.RECONNECTING, S.LIVE]

    asyncio.run(story())


def test_retry_of_the_server_is_the_shortest_wait() -> None:
    async def story() -> None:
        async with ScriptedServer() as server:
            at: list[float] = []

            @server.on(STREAM)
            async def stream(connection: Connection, _: Request) -> None:
                at.append(time.monotonic())
                await connection.begin_stream()
                await connection.send(b"retry: 700\n\n")
                await connection.frame(snapshot(agent("ada")))

            viewer = Viewer()
            async with following(server.url, viewer):
                await until(lambda: len(at) >= 2)
            assert at[1] - at[0] >= 0.69

    asyncio.run(story())


def test_a_half_open_link_is_found_by_the_rhythm_of_keepalives() -> None:
    async def story() -> None:
        async with ScriptedServer() as server:
            silent_from = 0.0

            @server.on(STREAM)
            async def stream(connection: Connection, _: Request) -> None:
                nonlocal silent_from
                await connection.begin_stream()
                await connection.frame(snapshot(agent("ada")))
                for _ in range(3):
                    await asyncio.sleep(0.2)
                    await connection.send(b":\n\n")
                silent_from = silent_from or time.monotonic()
                await asyncio.sleep(FOREVER)

            viewer = Viewer()
            async with following(server.url, viewer, NERVOUS):
                await until(lambda: server.hits[STREAM] >= 2)
                took = time.monotonic() - silent_from
                assert 0.29 <= took < 10  # 1.5 times 0.2 s, then the first retry; without a rhythm it is a minute
                assert S.STALE in viewer.states

    asyncio.run(story())


def test_silence_without_keepalives_is_probed_not_cut() -> None:
    async def story() -> None:
        async with ScriptedServer() as server:

            @server.on(STREAM)
            async def stream(connection: Connection, _: Request) -> None:
                await connection.begin_stream()
                await connection.frame(snapshot(agent("ada")))
                await asyncio.sleep(FOREVER)

            server.always("/api/office/status", 200, {"connected": True, "agents": [agent("ada", "blocked")]})
            viewer = Viewer()
            async with following(server.url, viewer, replace(NERVOUS, probe_s=20)):
                await until(lambda: viewer.agents and viewer.agents["ada"].status is AgentStatus.BLOCKED)
                assert server.hits[STREAM] == 1
                assert S.STALE in viewer.states

    asyncio.run(story())


def test_silence_of_a_dead_server_is_found_by_the_probe() -> None:
    async def story() -> None:
        async with ScriptedServer() as server:

            @server.on(STREAM)
            async def stream(connection: Connection, _: Request) -> None:
                await connection.begin_stream()
                await connection.frame(snapshot(agent("ada")))
                await asyncio.sleep(FOREVER)

            @server.on("/api/office/status")
            async def status(connection: Connection, _: Request) -> None:
                await asyncio.sleep(FOREVER)

            viewer = Viewer()
            async with following(server.url, viewer, NERVOUS):
                await until(lambda: server.hits[STREAM] >= 2)
                assert S.RECONNECTING in viewer.states

    asyncio.run(story())
