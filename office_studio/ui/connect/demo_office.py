"""The demo office: our own server on this computer, with simulated agents in it. Started once, kept until the end."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

from office_studio.paths import data_dir
from office_studio.ui.jobs import Jobs

if TYPE_CHECKING:
    from office_studio.server.lifecycle import OfficeServer

_log = logging.getLogger(__name__)

AGENTS, EVENTS_PER_S, SEED = 12, 4.0, 7


class DemoOffice:
    """Server and simulator. ``start`` runs on the service loop; ``stop`` may be called from any other thread."""

    def __init__(self, jobs: Jobs) -> None:
        self._jobs = jobs
        self._server: OfficeServer | None = None
        self._address: tuple[str, str] | None = None
        self._simulation: asyncio.Task[Any] | None = None
        self._stop: asyncio.Event | None = None
        self._lock: asyncio.Lock | None = None

    @property
    def is_running(self) -> bool:
        return self._server is not None

    async def start(self) -> tuple[str, str]:
        """Address and token of the running demo office."""
        if self._lock is None:
            self._lock = asyncio.Lock()
        async with self._lock:
            if self._address is None:
                # The imports alone take half a second: in a thread, while the window paints.
                self._server, self._address = await asyncio.to_thread(_start_server)
                self._simulation = asyncio.create_task(self._simulate(*self._address))
            return self._address

    async def _simulate(self, url: str, token: str) -> None:
        try:
            from office_studio.services.simulator import run_simulation

            self._stop = asyncio.Event()
            await run_simulation(url, token, agents=AGENTS, rate=EVENTS_PER_S, seed=SEED, stop=self._stop)
        except asyncio.CancelledError:
            raise
        except Exception:
            _log.exception("the simulator stopped")

    def stop(self) -> None:
        """Stop the server; the simulator ends with the service loop."""
        if self._server is not None:
            self._server.stop()
            self._server, self._address = None, None


def _start_server() -> tuple[OfficeServer, tuple[str, str]]:
    from office_studio.server.config import ServerConfig
    from office_studio.server.lifecycle import OfficeServer

    server = OfficeServer(ServerConfig(data_dir=data_dir() / "demo", port=0))
    address = server.start()
    return server, (address.url, address.token)
