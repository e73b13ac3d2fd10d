"""The sandbox of OfficeX that lives as long as the window: a marketplace on loopback, seeded, with its accounts."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from office_studio.errors import StorageError
from office_studio.services.officex.environments import Environment, sandbox_environment
from office_studio.services.officex.http import Account

if TYPE_CHECKING:
    from office_studio.server.officex.lifecycle import SandboxAddress, SandboxServer

_log = logging.getLogger(__name__)
_CHAT_DELAY_S = 0.03  # between words: an answer that is there at once shows nothing of streaming
_SEED_TIMEOUT_S = 10.0


@dataclass(frozen=True, slots=True)
class RunningSandbox:
    """``accounts`` by role: "consumer", "vendor". ``root``, ``control_token``: for the controls of section 22."""

    environment: Environment
    root: str
    control_token: str
    accounts: Mapping[str, Account]

    def __repr__(self) -> str:  # keeps the token out of logs
        return f"RunningSandbox({self.root!r})"


class SandboxHost:
    """``start`` runs on the service loop; ``stop`` may be called from any other thread, once the loop has ended."""

    def __init__(self) -> None:
        self._server: SandboxServer | None = None
        self._running: RunningSandbox | None = None
        self._lock: asyncio.Lock | None = None
        self._is_closed = False

    async def start(self) -> RunningSandbox:
        """Where it is. Another window's, or one of the command line, is used as well.

        Raises StorageError, UsageError as ``SandboxServer.start``.
        """
        if self._lock is None:
            self._lock = asyncio.Lock()
        async with self._lock:
            if self._running is None:
                # Importing the server alone takes half a second: in a thread, while the window paints.
                self._running = await asyncio.to_thread(self._start)
            return self._running

    def stop(self) -> None:
        self._is_closed = True
        server, self._server, self._running = self._server, None, None
        if server is not None:
            from office_studio.services.officex import local as officex_local

            if server.address is not None:
                officex_local.remove(server.address.data_dir)
            server.stop()

    def _start(self) -> RunningSandbox:
        from office_studio.server.officex.lifecycle import SandboxServer
        from office_studio.server.officex.sandbox import SandboxConfig
        from office_studio.services.officex import local as officex_local

        server = SandboxServer(SandboxConfig(chat_delay_s=_CHAT_DELAY_S))
        try:
            address = server.start()
        except StorageError as error:
            if error.code != "DATA_DIR_IN_USE" or (other := officex_local.read()) is None:
                raise
            return RunningSandbox(sandbox_environment(other.root), other.root, other.control_token, other.accounts)
        if self._is_closed:
            server.stop()
            raise StorageError("SANDBOX_CLOSED", "The window closed while the sandbox was starting.")
        self._server = server
        accounts = _seeded(address)
        note = officex_local.LocalSandbox(
            address.root, os.getpid(), address.control_token, address.admin_secret, accounts
        )
        try:
            officex_local.write(address.data_dir, note)  # lets the command line find it
        except StorageError:
            _log.warning("the address of the sandbox was not written down")
        return RunningSandbox(sandbox_environment(address.root), address.root, address.control_token, accounts)


def _seeded(address: SandboxAddress) -> dict[str, Account]:
    """New keys of the demo accounts; demo data that is missing is put back."""
    import httpx

    answer = httpx.post(
        f"{address.root}/__sandbox/seed", json={}, headers={"x-sandbox-token": address.control_token},
        timeout=_SEED_TIMEOUT_S, trust_env=False,
    ).raise_for_status().json()  # fmt: skip
    return {role: Account(answer[role]["user_id"], answer[role]["api_key"]) for role in ("consumer", "vendor")}
