"""Lets a scripted day happen in a real office, through ``POST /api/office/event`` with the agents' bot tokens."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from office_studio.core.office import workplace
from office_studio.core.office.workday import ScriptedEvent, Workday
from office_studio.errors import ApiError, UsageError
from office_studio.services.http import Credentials
from office_studio.services.ingest import EventSender, event_sender, is_lasting
from office_studio.services.office_client import OfficeClient

MAX_AGENTS = 1_000
MAX_RATE = 2_000.0
POSTS_IN_FLIGHT = 8  # as the published plugin (Office API 4.4)
MAX_BACKLOG = 4_000  # events waiting to be sent; beyond it the script waits, so nothing is dropped
STATS_PERIOD_S = 1.0
MAX_FAILURES_IN_A_ROW = 50


@dataclass(slots=True)
class SimulationStats:
    """Running counts, handed to ``on_stats`` about once a second."""

    agents: int = 0
    sent: int = 0
    failed: int = 0
    seconds: float = 0.0
    by_type: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class SimulationSummary:
    """What a simulation did. ``rate`` is events a second that the office accepted."""

    agents: int
    events: int
    failed: int
    seconds: float
    rate: float
    by_type: Mapping[str, int]


async def run_simulation(
    url: str,
    token: str | None,
    *,
    agents: int = 12,
    rate: float = 4.0,
    seed: int = 7,
    seconds: float | None = None,
    stop: asyncio.Event | None = None,
    on_stats: Callable[[SimulationStats], None] | None = None,
) -> SimulationSummary:
    """Simulate until ``stop`` is set or ``seconds`` are over (None: for ever).

    Args:
        token: The user's token; the agents are made in its account and send with their own tokens.
        rate: Events a second of the whole office, up to 2,000.

    Raises:
        UsageError: SIMULATION_AGENTS, SIMULATION_RATE, an address or token that cannot be one.
        ApiError: the office is not there, refuses the token, or stopped accepting events.
    """
    if not 1 <= agents <= MAX_AGENTS:
        raise UsageError("SIMULATION_AGENTS", f"Number of agents must be 1 to {MAX_AGENTS}: {agents}")
    if not 0 < rate <= MAX_RATE:
        raise UsageError("SIMULATION_RATE", f"Rate must be above 0 and at most {MAX_RATE:g} events a second: {rate:g}")
    async with OfficeClient(url, Credentials(token)) as client:
        tokens = await ensure_agents(client, agents)
        script = Workday(random.Random(seed), agents, rate)
        sender = event_sender(client)
        try:
            run = _Run(sender, tokens, on_stats)
            return await run.play(script, seconds, stop or asyncio.Event())
        finally:
            await sender.aclose()


async def ensure_agents(client: OfficeClient, count: int) -> list[str]:
    """Bot tokens of ``count`` agents with friendly names; those that are missing are made."""
    known = {record.name: record.id for record in await client.agents()}
    tokens = []
    for name in workplace.names(count):
        agent_id = known.get(name) or (await client.create_agent(name)).id
        tokens.append(await client.agent_token(agent_id))
    return tokens


class _Run:
    """Sends the script in time: events of one agent in order, at most ``POSTS_IN_FLIGHT`` calls at once."""

    def __init__(
        self, sender: EventSender, tokens: list[str], on_stats: Callable[[SimulationStats], None] | None
    ) -> None:
        self._sender = sender
        self._tokens = tokens
        self._on_stats = on_stats
        self._waiting: list[deque[ScriptedEvent]] = [deque() for _ in tokens]
        self._backlog = 0
        self._ready: asyncio.Queue[int] = asyncio.Queue()  # agents with events waiting and no call in flight
        self._busy: set[int] = set()
        self._drained = asyncio.Event()  # nothing waits and no call is in flight, or a fault ends the run
        self._stats = SimulationStats(agents=len(tokens))
        self._failures_in_a_row = 0
        self._fault: ApiError | None = None
        self._began_s = time.monotonic()

    async def play(self, script: Workday, seconds: float | None, stop: asyncio.Event) -> SimulationSummary:
        senders = [asyncio.create_task(self._send()) for _ in range(POSTS_IN_FLIGHT)]
        reporter = asyncio.create_task(self._report())
        try:
            await self._schedule(script, seconds, stop)
            if self._busy and not stop.is_set() and self._fault is None:
                await self._drained.wait()
        finally:
            for task in (*senders, reporter):
                task.cancel()
            await asyncio.gather(*senders, reporter, return_exceptions=True)
        if self._fault is not None:
            raise self._fault
        self._tell()
        stats = self._stats
        rate = stats.sent / stats.seconds if stats.seconds else 0.0
        return SimulationSummary(
            stats.agents, stats.sent, stats.failed, round(stats.seconds, 3), round(rate, 2), dict(stats.by_type)
        )

    async def _schedule(self, script: Workday, seconds: float | None, stop: asyncio.Event) -> None:
        self._began_s = start_s = time.monotonic()
        for event in script:
            due_s = event.at_ms / 1000
            if seconds is not None and due_s >= seconds:
                await _wait(stop, start_s + seconds - time.monotonic())
                return
            wait_s = start_s + due_s - time.monotonic()
            if wait_s > 0.002:  # finer steps than that are lost in the timer's grain
                await _wait(stop, wait_s)
            while self._backlog >= MAX_BACKLOG and self._fault is None:
                await asyncio.sleep(0.02)
                start_s += 0.02  # the day waits for the office
            if stop.is_set() or self._fault is not None:
                return
            self._enqueue(event)

    def _enqueue(self, event: ScriptedEvent) -> None:
        self._waiting[event.agent].append(event)
        self._backlog += 1
        if event.agent not in self._busy:
            self._busy.add(event.agent)
            self._drained.clear()
            self._ready.put_nowait(event.agent)

    async def _send(self) -> None:
        while True:
            agent = await self._ready.get()
            event = self._waiting[agent].popleft()
            self._backlog -= 1
            await self._post(agent, event)
            if self._waiting[agent]:
                self._ready.put_nowait(agent)
            else:
                self._busy.discard(agent)
                if not self._busy:
                    self._drained.set()

    async def _post(self, agent: int, event: ScriptedEvent) -> None:
        document: dict[str, Any] = {
            "type": event.type,
            "agentId": "",  # the office puts in the id that the token stands for
            "sessionId": event.session_id,
            "timestamp": time.time_ns() // 1_000_000,
            "data": event.data,
        }
        try:
            await self._sender.post(self._tokens[agent], document)
        except ApiError as error:
            self._stats.failed += 1
            self._failures_in_a_row += 1
            if is_lasting(error) or self._failures_in_a_row >= MAX_FAILURES_IN_A_ROW:
                self._fault = error
                self._drained.set()
            else:
                await asyncio.sleep(min(1.0, 0.02 * 2 ** min(self._failures_in_a_row, 6)))
        else:
            self._failures_in_a_row = 0
            self._stats.sent += 1
            self._stats.by_type[event.type] += 1

    async def _report(self) -> None:
        while True:
            await asyncio.sleep(STATS_PERIOD_S)
            self._tell()

    def _tell(self) -> None:
        self._stats.seconds = time.monotonic() - self._began_s
        if self._on_stats is not None:
            self._on_stats(self._stats)


async def _wait(stop: asyncio.Event, seconds: float) -> None:
    """Sleep, or until ``stop`` is set."""
    if seconds <= 0 or stop.is_set():
        return
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        pass
