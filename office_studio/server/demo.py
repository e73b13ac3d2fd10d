"""Simulated agents inside a server, for ``serve --demo`` and the window's demo office."""

from __future__ import annotations

import asyncio
import logging
import threading

from office_studio.errors import OfficeStudioError
from office_studio.server.config import ServerAddress

_SEED = 7

log = logging.getLogger(__name__)


class Demo:
    """Runs the simulator against a server on a thread of its own, as any other producer would: over HTTP."""

    def __init__(self, address: ServerAddress, agents: int, rate: float) -> None:
        self._address = address
        self._agents = agents
        self._rate = rate
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run_on_thread, name="office-demo", daemon=True)

    def start(self) -> None:
        self._thread.start()
        self._ready.wait(5)

    def stop(self, timeout_s: float) -> None:
        """Let the agents stop. Call it before the server stops, or they report a lost office."""
        if self._loop is not None and self._stop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(timeout_s)

    def _run_on_thread(self) -> None:
        try:
            asyncio.run(self._simulate())
        except OfficeStudioError as exc:
            log.error("the simulated agents stopped: %s", exc)
        except Exception:
            log.exception("the simulated agents stopped")
        finally:
            self._ready.set()

    async def _simulate(self) -> None:
        from office_studio.services.simulator import run_simulation

        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        self._ready.set()
        await run_simulation(
            self._address.url,
            self._address.token,
            agents=self._agents,
            rate=self._rate,
            seed=_SEED,
            stop=self._stop,
        )
