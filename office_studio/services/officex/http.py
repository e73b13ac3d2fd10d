"""What every call to OfficeX shares: credentials, time-outs, bounds, and what no answer means.

Time-outs and repeats are those of the contract's section 18.2: reads are repeated twice, writes with an
idempotency key once, nothing else by itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self, TypeVar
from urllib.parse import quote

import httpx

from office_studio.core.officex import wire
from office_studio.core.officex.money import dumps
from office_studio.services.http import USER_AGENT, is_loopback
from office_studio.services.officex.environments import Environment
from office_studio.services.officex.errors import OfficeXError, read_answer, unreachable

T = TypeVar("T")

READ = httpx.Timeout(5.0, connect=3.0)
CHARGE = httpx.Timeout(5.0, connect=3.0)
PAY = httpx.Timeout(30.0, connect=3.0)
INSTALL = httpx.Timeout(35.0, connect=3.0)
CHAT = httpx.Timeout(60.0, connect=5.0)
UPLOAD = httpx.Timeout(120.0, connect=5.0)
# Many servers close what is idle for 5 s. A call that leaves at that very moment is lost, and a charge is in doubt.
POOL = httpx.Limits(max_connections=100, max_keepalive_connections=20, keepalive_expiry=2.5)
MAX_ANSWER_BYTES = 16 << 20
_PAUSES_S = (0.2, 0.6)  # before the repeats of a read


@dataclass(frozen=True, slots=True)
class Account:
    """Who asks. The key never appears in ``repr``, so never in a log."""

    user_id: str
    master_key: str = field(repr=False)

    @property
    def headers(self) -> dict[str, str]:
        return {"x-officex-user-id": self.user_id, "x-officex-master-key": self.master_key}


@dataclass(frozen=True, slots=True)
class InstallKey:
    """What lets an app charge: an install and its secret."""

    install_id: str
    secret: str = field(repr=False)

    @property
    def headers(self) -> dict[str, str]:
        return {"x-officex-install-id": self.install_id, "x-officex-install-secret": self.secret}


class OfficeXHttp:
    """One connection pool, one set of credentials. Use and close it on one event loop."""

    def __init__(
        self, environment: Environment, headers: Mapping[str, str], transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self.environment = environment
        self.secret_headers = dict(headers)  # per request: client headers show up in tracebacks
        is_here = is_loopback(environment.api) and environment.api.startswith("http://")
        self.http = httpx.AsyncClient(
            headers={"User-Agent": USER_AGENT, "Accept": "application/json"},
            follow_redirects=False,
            transport=transport,
            limits=POOL,
            trust_env=not is_here,
            verify=not is_here,  # without TLS there is nothing to verify, and reading certificates takes 0.1 s
        )

    async def close(self) -> None:
        await self.http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def get(self, path: str, **query: str | None) -> dict[str, Any]:
        """Read, with two repeats where OfficeX could not be reached."""
        params = {name: value for name, value in query.items() if value is not None}
        return await self._repeated(lambda: self._send("GET", path, None, READ, params), _PAUSES_S)

    async def call(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, patience: httpx.Timeout | None = None
    ) -> dict[str, Any]:
        """Write, once; with an ``idempotency_key`` in the body once more where OfficeX could not be reached.

        Whether a call that could not be confirmed took effect is for the caller to find out.
        """
        pauses = _PAUSES_S[:1] if body and body.get("idempotency_key") else ()
        return await self._repeated(lambda: self._send(method, path, body, patience or CHARGE, None), pauses)

    async def _repeated(
        self, send: Callable[[], Awaitable[dict[str, Any]]], pauses_s: tuple[float, ...]
    ) -> dict[str, Any]:
        for pause in (*pauses_s, None):
            try:
                return await send()
            except OfficeXError as error:
                is_passing = error.code == "OFFICEX_UNREACHABLE" or error.details.get("status", 0) in (502, 503, 504)
                if pause is None or not is_passing:
                    raise
                await asyncio.sleep(pause)
        raise AssertionError

    async def _send(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None,
        patience: httpx.Timeout,
        params: Mapping[str, str] | None,
    ) -> dict[str, Any]:
        headers = dict(self.secret_headers)
        content = None
        if body is not None:
            content, headers["Content-Type"] = dumps(body).encode(), "application/json"
        url = self.environment.api + path
        try:
            async with (
                asyncio.timeout(patience.read),
                self.http.stream(
                    method, url, content=content, headers=headers, params=params, timeout=patience
                ) as answer,
            ):
                data = await bounded(answer)
        except TimeoutError:
            raise unreachable("no answer in time") from None
        except httpx.HTTPError as error:
            raise unreachable(reason_of(error)) from None
        return read_answer(answer, data)


async def bounded(answer: httpx.Response) -> bytes:
    data = bytearray()
    async for chunk in answer.aiter_bytes():
        data += chunk
        if len(data) > MAX_ANSWER_BYTES:
            raise unreachable("its answer is too long")
    return bytes(data)


def reason_of(error: httpx.HTTPError) -> str:
    # The text of some errors holds the whole address; that of ours never has a secret in it, but other's may.
    if isinstance(error, httpx.TimeoutException):
        return "no answer in time"
    if isinstance(error, httpx.ConnectError):
        return "nobody answers at its address"
    return "the connection broke"


def part(text: str) -> str:
    """One segment of a path: everything is encoded, since a bare ``#`` would cut the address."""
    return quote(text, safe="")


def read(reader: Callable[[], T]) -> T:
    """The value of an answer. Raises OfficeXUnreachable where it is not what OfficeX answers."""
    try:
        return reader()
    except wire.NotUnderstood as error:
        raise unreachable(f"its answer is not understood ({error})") from None
