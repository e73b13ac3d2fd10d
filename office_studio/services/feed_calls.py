"""The calls a feed makes beside its stream: reconcile with /status, learn which agents are the user's own."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable

from office_studio.core.office.live_office import LiveOffice
from office_studio.errors import OfficeStudioError
from office_studio.services.feed_output import FeedOutput
from office_studio.services.feed_policy import FeedPolicy
from office_studio.services.office_client import OfficeClient

_log = logging.getLogger(__name__)
_MAX_ASKED = 10_000


class FeedCalls:
    """Runs the calls as tasks of the service loop, one of a kind at a time. Their failure is none of the feed."""

    def __init__(
        self, client: OfficeClient, office: LiveOffice, out: FeedOutput, clock: Callable[[], int], policy: FeedPolicy
    ) -> None:
        self._client = client
        self._office = office
        self._out = out
        self._clock = clock
        self._policy = policy
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._touched: set[str] = set()  # agents with news since the running reconcile was asked for
        self._asked_ids: set[str] = set()  # agents because of which /api/agents was asked already

    def spawn(self, name: str, job: Callable[[], Awaitable[None]], delay_s: float = 0) -> None:
        """Run ``job`` after ``delay_s``. A running job of the same name is replaced."""
        before = self._tasks.get(name)
        if before is not None:
            before.cancel()

        async def guarded() -> None:
            try:
                await asyncio.sleep(delay_s)
                await job()
            except OfficeStudioError as error:
                _log.info("%s: %s", name, error.message)

        self._tasks[name] = asyncio.create_task(guarded(), name=f"feed: {name}")

    async def close(self) -> None:
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    # -- reconciling -----------------------------------------------------------------------------------
    def request_reconcile(self) -> None:
        running = self._tasks.get("reconcile")
        if running is None or running.done():
            self.spawn("reconcile", self.reconcile, self._policy.reconcile_delay_s)

    async def reconcile(self) -> None:
        """Compare with /status; agents that changed while it was on its way keep what their events said."""
        for _ in range(3):
            self._touched.clear()
            snapshot = await self._client.status()
            if snapshot is None:
                return
            newer = frozenset(self._touched)
            self._out.add(self._office.reconcile(snapshot, newer, self._clock()), reset=True)
            if not newer:
                return
            await asyncio.sleep(self._policy.reconcile_delay_s)

    # -- own agents ------------------------------------------------------------------------------------
    def fetch_own_agents(self) -> None:
        self.spawn("own agents", self._fetch_own_agents)

    def noticed(self, agent_ids: Iterable[str]) -> None:
        """Note news of agents. One made after the list of own agents was read makes the list be read again."""
        found = set(agent_ids)
        self._touched |= found
        strangers = found - self._asked_ids
        if not strangers:
            return
        if len(self._asked_ids) > _MAX_ASKED:
            self._asked_ids.clear()
        self._asked_ids |= strangers
        if not all(map(self._office.is_own, strangers)):
            self.spawn("own agents", self._fetch_own_agents, self._policy.reconcile_delay_s)

    async def _fetch_own_agents(self) -> None:
        records = await self._client.agents()
        self._out.add(self._office.set_own_agents({record.id: record.name for record in records}))
