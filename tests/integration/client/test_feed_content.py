"""What the feed makes of what a server sends: gaps, foreign agents, bad frames (Office API 8.2, 8.3)."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace

import pytest

from office_studio.core.office.live import ConnectionState as S
from office_studio.core.office.model import AgentStatus

from .helpers import FAST, Viewer, agent, event, following, snapshot, until
from .scripted_server import Connection, Request, ScriptedServer

STREAM = "/api/office/stream"
FOREVER = 3600


def test_a_stream_without_a_first_snapshot_is_reconciled() -> None:
    async def story() -> None:
        async with ScriptedServer() as server:

            @server.on(STREAM)
            async def stream(connection: Connection, _: Request) -> None:
                await connection.begin_stream()
                await connection.frame(event("tool_call", "ada", toolName="newer"))
                await asyncio.sleep(FOREVER)

            agents = [agent("ada", "idle", currentTask="older"), agent("bo", "idle")]
            server.always("/api/office/status", 200, {"connected": True, "agents": agents})
            viewer = Viewer()
            async with following(server.url, viewer):
                await until(lambda: set(viewer.agents) == {"ada", "bo"})

    asyncio.run(story())


def test_a_sub_agent_of_a_session_from_before_is_reconciled() -> None:
    """The parent's session began before this viewer came, so only the office knows who the parent is."""

    async def story() -> None:
        async with ScriptedServer() as server:

            @server.on(STREAM)
            async def stream(connection: Connection, _: Request) -> None:
                await connection.begin_stream()
                await connection.frame(snapshot(agent("ada"), agent("bo")))
                await connection.frame(event("subagent_start", "bo", "child", parentSessionKey="unseen"))
                await asyncio.sleep(FOREVER)

            pair = [
                agent("ada", "collaborating", collaboratingWith=["bo"]),
                agent("bo", "collaborating", collaboratingWith=["ada"]),
            ]
            server.always("/api/office/status", 200, {"connected": True, "agents": pair})
            viewer = Viewer()
            async with following(server.url, viewer):
                await until(lambda: viewer.agents and viewer.agents["ada"].status is AgentStatus.COLLABORATING)
                assert viewer.agents["bo"].agent.collaborating_with == ("ada",)

    asyncio.run(story())


def test_foreign_agents_and_names_come_from_the_list_of_agents() -> None:
    uuid = "e23ac830-e0d2-414c-b4bb-06de47722c48"

    async def story() -> None:
        async with ScriptedServer() as server:

            @server.on(STREAM)
            async def stream(connection: Connection, _: Request) -> None:
                await connection.begin_stream()
                await connection.frame(snapshot(agent(uuid, name=uuid), agent("foreign")))
                await asyncio.sleep(FOREVER)

            server.always("/api/agents", 200, [{"id": uuid, "name": "Scout", "avatarUrl": "/uploads/s.png"}])
            viewer = Viewer()
            async with following(server.url, viewer):
                await until(lambda: viewer.agents.get("foreign") and viewer.agents["foreign"].is_foreign)
                assert viewer.agents[uuid].name == "Scout"
                assert not viewer.agents[uuid].is_foreign

    asyncio.run(story())


def test_an_agent_made_later_is_not_taken_for_foreign() -> None:
    async def story() -> None:
        async with ScriptedServer() as server:
            known = [{"id": "ada", "name": "Ada"}]

            @server.on(STREAM)
            async def stream(connection: Connection, _: Request) -> None:
                await connection.begin_stream()
                await connection.frame(snapshot(agent("ada")))
                await asyncio.sleep(0.2)
                known.append({"id": "new", "name": "Newcomer"})
                await connection.frame(event("session_start", "new"))
                await asyncio.sleep(FOREVER)

            @server.on("/api/agents")
            async def agents(connection: Connection, _: Request) -> None:
                await connection.answer(200, known)

            viewer = Viewer()
            async with following(server.url, viewer):
                await until(lambda: viewer.agents.get("new") and viewer.agents["new"].name == "Newcomer")
                assert not viewer.agents["new"].is_foreign

    asyncio.run(story())


def test_bad_frames_are_skipped_and_the_stream_goes_on() -> None:
    async def story() -> None:
        async with ScriptedServer() as server:

            @server.on(STREAM)
            async def stream(connection: Connection, _: Request) -> None:
                await connection.begin_stream()
                await connection.frame(snapshot(agent("ada")))
                await connection.send(b"data: {nope\n\n" + b"data: " + b"[" * 50_000 + b"\n\n")
                await connection.frame({"type": "dance", "agentId": "ada", "sessionId": "s", "timestamp": 1})
                await connection.frame(event("tool_call", "ada", toolName="x" * 1_000_000))
                await connection.frame(event("agent_error", "ada", error="Stuck"))
                await asyncio.sleep(FOREVER)

            viewer = Viewer()
            async with following(server.url, viewer) as feed:
                await until(lambda: viewer.agents and viewer.agents["ada"].status is AgentStatus.BLOCKED)
                assert viewer.agents["ada"].blocked_by == "Stuck"
                assert feed.stats.bad_frames == 2
                assert feed.stats.connections == 1

    asyncio.run(story())


def test_nobody_shows_as_working_on_old_news() -> None:
    async def story() -> None:
        async with ScriptedServer() as server:

            @server.on(STREAM)
            async def stream(connection: Connection, _: Request) -> None:
                if server.hits[STREAM] > 1:
                    connection.abort()
                    return
                await connection.begin_stream()
                await connection.frame(snapshot(agent("ada", lastActivity=int(time.time() * 1000) - 59_500)))

            viewer = Viewer()
            async with following(server.url, viewer, replace(FAST, tick_ms=100)):
                await until(lambda: viewer.agents and viewer.agents["ada"].status is AgentStatus.IDLE)
                assert viewer.state is S.RECONNECTING
                assert viewer.agents["ada"].reason == "nothing was heard for a while"

    asyncio.run(story())


def test_a_fault_of_the_receiver_does_not_stop_the_feed(caplog: pytest.LogCaptureFixture) -> None:
    async def story() -> None:
        async with ScriptedServer() as server:

            @server.on(STREAM)
            async def stream(connection: Connection, _: Request) -> None:
                await connection.begin_stream()
                for number in range(3):
                    await connection.frame(snapshot(agent(f"a{number}")))
                    await asyncio.sleep(0.05)
                await asyncio.sleep(FOREVER)

            class Faulty(Viewer):
                def __call__(self, update: object) -> None:
                    if not self.times:
                        self.times.append(0)
                        raise ValueError("first call fails")
                    super().__call__(update)  # type: ignore[arg-type]

            viewer = Faulty()
            async with following(server.url, viewer):
                await until(lambda: "a2" in viewer.agents)
        assert "receiver of the feed failed" in caplog.text

    asyncio.run(story())
