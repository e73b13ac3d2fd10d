"""The demo office: our own server on this computer, with simulated agents in it. Started once, kept until the end."""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from office_studio.errors import OfficeStudioError
from office_studio.paths import data_dir
from office_studio.ui.jobs import Jobs

if TYPE_CHECKING:
    import asyncio

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
        self._is_closed = False
        self._url = ""
        self._lock: asyncio.Lock | None = None

    @property
    def is_running(self) -> bool:
        return self._server is not None

    async def start(self) -> tuple[str, str]:
        """Address and token of the running demo office."""
        import asyncio

        if self._lock is None:
            self._lock = asyncio.Lock()
        async with self._lock:
            if self._address is None:
                # The imports alone take half a second: in a thread, while the window paints.
                self._address = await asyncio.to_thread(self._start_server)
                if self._server is not None:  # else another window's simulator is at work there
                    self._simulation = asyncio.create_task(self._simulate(*self._address))
            return self._address

    async def _simulate(self, url: str, token: str) -> None:
        import asyncio

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
        self._is_closed = True
        server, self._server, self._address = self._server, None, None
        if server is not None:
            server.stop()
        if self._url:
            from office_studio.services import local_offices

            local_offices.unregister(self._url)
            self._url = ""

    def _start_server(self) -> tuple[str, str]:
        from office_studio.errors import StorageError
        from office_studio.server.config import ServerConfig
        from office_studio.server.lifecycle import OfficeServer

        folder = data_dir() / "demo"
        server = OfficeServer(ServerConfig(data_dir=folder, port=0))
        try:
            address = server.start()
        except StorageError as error:
            if error.code != "DATA_DIR_IN_USE":
                raise
            return _running_demo(folder, error)
        self._server = server
        if self._is_closed:  # the window went away while this was starting
            self.stop()
        else:
            self._register(address.url, address.token, folder)
        return address.url, address.token

    def _register(self, url: str, token: str, folder: Path) -> None:
        from office_studio.services import local_offices

        local_offices.register(url, token, os.getpid(), folder)
        self._url = url


def _running_demo(folder: Path, error: OfficeStudioError) -> tuple[str, str]:
    """The demo office of another window, which this one joins."""
    from office_studio.services import local_offices

    for office in local_offices.running():
        if office.data_dir == folder:
            return office.url, office.token
    raise error
