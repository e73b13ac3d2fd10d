"""Run a feed against a server in a test, and wait for what it says."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from typing import Any

from office_studio.core.office.live import Connection, ConnectionState, LiveAgent
from office_studio.services.http import Credentials
from office_studio.services.live_feed import FeedPolicy, FeedUpdate, LiveFeed

# The real policy with waits of a tenth of a second instead of seconds. Silence is judged as in the real one: a busy
# machine is silent for longer than a tenth of a second.
FAST = FeedPolicy(
    check_s=0.02,
    first_retry_s=0.05,
    max_retry_s=0.4,
    health_poll_s=0.1,
    first_health_poll_s=0.05,
    status_poll_s=0.05,
    first_picture_s=0.15,
    reconcile_delay_s=0.02,
)
NERVOUS = replace(FAST, silent_s=0.5, min_keepalive_s=0.05, quiet_ms=300, probe_s=0.3)


class Viewer:
    """A sink that keeps what a window would: the agents, the connection, every update."""

    def __init__(self) -> None:
        self.updates: list[FeedUpdate] = []
        self.agents: dict[str, LiveAgent] = {}
        self.connections: list[Connection] = []
        self.times: list[float] = []

    def __call__(self, update: FeedUpdate) -> None:
        self.times.append(time.monotonic())
        self.updates.append(update)
        if update.reset:
            self.agents.clear()
        self.agents |= {agent.id: agent for agent in update.agents}
        for agent_id in update.removed:
            self.agents.pop(agent_id, None)
        if update.connection is not None:
            self.connections.append(update.connection)

    @property
    def state(self) -> ConnectionState:
        return self.connections[-1].state

    @property
    def states(self) -> list[ConnectionState]:
        """Every state in order, without repetitions."""
        found: list[ConnectionState] = []
        for connection in self.connections:
            if not found or found[-1] is not connection.state:
                found.append(connection.state)
        return found


@asynccontextmanager
async def following(
    url: str, viewer: Viewer, policy: FeedPolicy = FAST, token: str | None = "a" * 64, **options: Any
) -> AsyncIterator[LiveFeed]:
    feed = LiveFeed(url, Credentials(token), viewer, policy=policy, random=random.Random(1), **options)
    task = asyncio.create_task(feed.run())
    try:
        yield feed
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def until(condition: Callable[[], object], timeout_s: float = 30, what: str = "") -> None:
    end = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"did not happen within {timeout_s} s: {what or condition}")
        await asyncio.sleep(0.0005)  # waited for thousands of times in a recorded day


def agent(agent_id: str, status: str = "working", **fields: Any) -> dict[str, Any]:
    now = time.time_ns() // 1_000_000
    return {
        "agentId": agent_id,
        "name": agent_id.title(),
        "status": status,
        "lastActivity": now,
        "collaboratingWith": [],
        "currentTask": None,
        "online": True,
        **fields,
    }


def snapshot(*agents: dict[str, Any]) -> dict[str, Any]:
    return {"type": "status_update", "agents": list(agents), "timestamp": time.time_ns() // 1_000_000}


def event(type_name: str, agent_id: str, session_id: str = "s", **data: Any) -> dict[str, Any]:
    now = time.time_ns() // 1_000_000
    return {"type": type_name, "agentId": agent_id, "sessionId": session_id, "timestamp": now, "data": data}
