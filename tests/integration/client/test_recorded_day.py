"""Recorded streams through the real client over a real socket end in the states that their notes expect."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from office_studio.core.office.model import Agent, AgentStatus
from office_studio.core.office.state import TICK_PERIOD_MS, UPSTREAM_2026_03
from office_studio.core.office.wire import encode_agent
from office_studio.services.live_feed import LiveFeed

from .helpers import FAST, Viewer, agent, following, snapshot, until
from .scripted_server import Connection, Request, ScriptedServer

STREAM = "/api/office/stream"
# Silence and quiet are other tests' subject; the injected clock stands still between two ticks.
CALM = replace(FAST, silent_s=600, min_keepalive_s=600, quiet_ms=10**9, first_picture_s=600, reconcile_delay_s=600)


class Clock:
    def __init__(self, now_ms: int) -> None:
        self.now_ms = now_ms

    def __call__(self) -> int:
        return self.now_ms


def by_tick(events: list[dict[str, Any]], start_ms: int) -> Iterator[tuple[int, list[dict[str, Any]]]]:
    """Time of each tick of the day and the events that arrive before it.

    Arrival follows the file, not the stamps: late and skewed stamps arrive where they stand.
    """
    tick_ms, batch, latest = start_ms + TICK_PERIOD_MS, [], start_ms
    for event in events:
        skewed = event["timestamp"] - latest > 3_600_000
        latest = latest if skewed else max(latest, event["timestamp"])
        while latest >= tick_ms:
            yield tick_ms, batch
            tick_ms, batch = tick_ms + TICK_PERIOD_MS, []
        batch.append(event)
    yield tick_ms, batch


def shown(agents: Iterator[Agent] | list[Agent]) -> dict[str, dict[str, Any]]:
    return {one.id: encode_agent(one) for one in agents if one.online}


def without_names(agents: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    # In the form with events a stream carries no names; they come from /api/agents, which is another test.
    return {one["agentId"]: {key: value for key, value in one.items() if key != "name"} for one in agents}


def test_the_day_of_twelve_agents(shared_dir: Path) -> None:
    folder = shared_dir / "data/streams"
    lines = (folder / "day-12-agents.events.jsonl").read_text("utf-8").splitlines()
    expected = json.loads((folder / "day-12-agents.expected.json").read_text("utf-8"))
    names = {one["agentId"]: one["name"] for one in json.loads((folder / "agents.json").read_text("utf-8"))}
    events = [json.loads(line) for line in lines]
    start_ms = events[0]["timestamp"]
    hours: dict[str, dict[str, str]] = {}

    async def story() -> LiveFeed:
        clock = Clock(start_ms)
        async with ScriptedServer() as server:
            feed: LiveFeed

            @server.on(STREAM)
            async def stream(connection: Connection, _: Request) -> None:
                await connection.begin_stream()
                await connection.frame({"type": "status_update", "agents": [], "timestamp": start_ms})
                await until(lambda: feed.stats.snapshots == 1)
                sent = 0
                for number, (tick_ms, batch) in enumerate(by_tick(events, start_ms)):
                    # A clock that lags behind the stamps would cut them to its own now (Office API 5.1).
                    clock.now_ms = tick_ms - 1
                    for event in batch:
                        await connection.frame(event)
                    sent += sum(event["type"] != "heartbeat" for event in batch)
                    await until(lambda: feed.stats.events == sent)  # noqa: B023
                    clock.now_ms = tick_ms
                    await connection.send(b": tick\n\n")
                    await until(lambda: feed.stats.ticks == number + 1)  # noqa: B023
                    if (tick_ms - start_ms) % 3_600_000 == 0:
                        hour = 9 + (tick_ms - start_ms) // 3_600_000
                        hours[f"{hour:02}:00"] = {
                            names.get(one.id, one.id): one.status.value if one.online else "offline"
                            for one in feed.office.state.agents.values()
                        }
                await asyncio.sleep(3600)

            viewer = Viewer()
            async with following(server.url, viewer, CALM, clock=clock, rules=UPSTREAM_2026_03) as feed:
                ticks = sum(1 for _ in by_tick(events, start_ms))
                await until(lambda: feed.stats.ticks >= ticks, 200)
                assert feed.stats.events == 31_614
                assert feed.stats.bad_frames == 0
                assert {one.id for one in viewer.agents.values()} == set(feed.office.state.agents)
                return feed

    feed = asyncio.run(story())
    final = [encode_agent(one) for one in feed.office.state.agents.values() if one.online]
    assert without_names(final) == without_names(expected["finalState"]["agents"])
    offline = [names[one.id] for one in feed.office.state.agents.values() if not one.online]
    assert offline == expected["offlineAtEnd"]
    for hour, statuses in expected["statusAtFullHour"].items():
        got = {name: status for name, status in hours.get(hour, {}).items() if status != "offline"}
        assert got == {name: status for name, status in statuses.items() if status != "offline"}, hour


def frames_of(path: Path) -> list[dict[str, Any]]:
    lines = path.read_text("utf-8").splitlines()
    return [json.loads(line[5:]) for line in lines if line.startswith("data:")]


def play(frames: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The model of a client that was sent these frames, with ticks at the times the stamps imply."""
    start_ms = frames[0]["timestamp"]

    async def story() -> dict[str, dict[str, Any]]:
        clock = Clock(start_ms)
        async with ScriptedServer() as server:
            feed: LiveFeed

            @server.on(STREAM)
            async def stream(connection: Connection, _: Request) -> None:
                await connection.begin_stream()
                sent = 0
                for number, (tick_ms, batch) in enumerate(by_tick(frames, start_ms)):
                    for frame in batch:
                        clock.now_ms = max(clock.now_ms, frame["timestamp"])
                        await connection.frame(frame)
                        sent += 1
                        await until(lambda: feed.stats.events + feed.stats.snapshots == sent)  # noqa: B023
                    clock.now_ms = tick_ms
                    await connection.send(b": tick\n\n")
                    await until(lambda: feed.stats.ticks == number + 1)  # noqa: B023
                await asyncio.sleep(3600)

            ticks = sum(1 for _ in by_tick(frames, start_ms))
            async with following(server.url, Viewer(), CALM, clock=clock, rules=UPSTREAM_2026_03) as feed:
                await until(lambda: feed.stats.ticks >= ticks, 60)
                return shown(list(feed.office.state.agents.values()))

    return asyncio.run(story())


@pytest.mark.full
def test_both_stream_forms_end_in_the_same_model(shared_dir: Path) -> None:
    """API-29: fed with InternalEvents only, the client reaches the model that snapshots give."""
    folder = shared_dir / "data/streams/sse"
    documented = frames_of(folder / "stream-documented-form.sse")
    server_form = frames_of(folder / "stream-server-form.sse")
    assert [frame["type"] for frame in documented].count("status_update") == 1
    assert {frame["type"] for frame in server_form} == {"status_update"}
    assert play(documented) == play(server_form)


def test_an_odd_snapshot_is_survived() -> None:
    """API-30: unknown status, duplicate and own id among the partners, extra keys."""

    async def story() -> None:
        async with ScriptedServer() as server:

            @server.on(STREAM)
            async def stream(connection: Connection, _: Request) -> None:
                await connection.begin_stream()
                odd = agent("ada", "dancing", future={"x": 1}, tokenUsage="many", name=5)
                pair = agent("bo", "collaborating", collaboratingWith=["bo", "ada", "ada", 7])
                await connection.frame({**snapshot(odd, pair, {"name": "no id"}), "extra": None})
                await asyncio.sleep(3600)

            viewer = Viewer()
            async with following(server.url, viewer):
                await until(lambda: set(viewer.agents) == {"ada", "bo"})
                assert viewer.agents["ada"].status is AgentStatus.IDLE
                assert viewer.agents["bo"].status is AgentStatus.COLLABORATING
                assert viewer.agents["bo"].agent.collaborating_with == ("ada",)

    asyncio.run(story())
