"""The OfficeX client of one account: made when it is first asked for, closed with what the account asks."""

from __future__ import annotations

import asyncio

from office_studio.services.http import is_loopback
from office_studio.services.officex.client import OfficeXClient
from office_studio.services.officex.environments import Environment
from office_studio.services.officex.http import Account


class ClientKeeper:
    """The client of one account: made and closed on the service loop, where it is used."""

    def __init__(self, environment: Environment, account: Account) -> None:
        self._environment, self._account = environment, account
        self._client: OfficeXClient | None = None
        self._lock: asyncio.Lock | None = None

    async def client(self) -> OfficeXClient:
        if self._lock is None:
            self._lock = asyncio.Lock()
        async with self._lock:
            found = self._client
            if found is None:
                # Away from this computer it reads certificates, which takes a tenth of a second.
                is_here = is_loopback(self._environment.api)
                found = self._make() if is_here else await asyncio.to_thread(self._make)
                self._client = found
            return found

    def _make(self) -> OfficeXClient:
        return OfficeXClient(self._environment, self._account)

    async def hold(self) -> None:
        """Until cancelled, then close the connections."""
        try:
            await asyncio.Event().wait()
        finally:
            if self._client is not None:
                await self._client.close()
