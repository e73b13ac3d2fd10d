"""Sends events to an office: through httpx in general, over lean connections to an office on this computer.

httpx spends about 3 ms of processor time on a POST (0.28, CPython 3.11, a 2.5 GHz server core), which alone would
stop a simulation at 300 events a second. On loopback there is neither TLS, proxy nor redirect to deal with, so a
kept-alive asyncio connection with httptools' parser does the same for a tenth.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Protocol

import httptools
import httpx
import msgspec

from office_studio.errors import ApiError
from office_studio.services.http import USER_AGENT, is_loopback, response_error, transport_error
from office_studio.services.office_client import OfficeClient

EVENT_PATH = "/api/office/event"
POST_TIMEOUT_S = 10.0  # as the published plugin (Office API 4.4)


class EventSender(Protocol):
    """Sends one event as the agent of ``bot_token``. Raises ApiError."""

    async def post(self, bot_token: str, event: Mapping[str, Any]) -> None: ...
    async def aclose(self) -> None: ...


def event_sender(client: OfficeClient) -> EventSender:
    """The fastest sender that works for the office. Close it; the client stays the caller's."""
    url = httpx.URL(client.base_url)
    return _LoopbackSender(client.base_url) if url.scheme == "http" and is_loopback(str(url)) else _AnySender(client)


class _AnySender:
    def __init__(self, client: OfficeClient) -> None:
        self._client = client

    async def post(self, bot_token: str, event: Mapping[str, Any]) -> None:
        await self._client.post_event(bot_token, event)

    async def aclose(self) -> None:
        """The client is the caller's."""


class _LoopbackSender:
    """A pool of kept-alive connections; each carries one exchange at a time."""

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url
        url = httpx.URL(base_url)
        self._host, self._port = url.host, url.port or 80
        self._free: list[_Connection] = []
        self._head = (
            f"POST {url.raw_path.decode().rstrip('/')}{EVENT_PATH} HTTP/1.1\r\nHost: {url.netloc.decode()}\r\n"
            f"User-Agent: {USER_AGENT}\r\nContent-Type: application/json\r\n"
        ).encode()

    async def post(self, bot_token: str, event: Mapping[str, Any]) -> None:
        body = msgspec.json.encode(event)
        request = b"%bAuthorization: Bearer %b\r\nContent-Length: %d\r\n\r\n%b" % (
            self._head,
            bot_token.encode(),
            len(body),
            body,
        )
        status, answer = await self._exchange(request)
        if not 200 <= status < 300:
            asked = httpx.Request("POST", self._base_url + EVENT_PATH)
            raise response_error(httpx.Response(status, request=asked), answer)

    async def aclose(self) -> None:
        for connection in self._free:
            connection.close()
        self._free.clear()

    async def _exchange(self, request: bytes) -> tuple[int, bytes]:
        kept = self._free.pop() if self._free else None
        if kept is not None and kept.is_open:
            try:
                return await self._over(kept, request)
            except httpx.ReadError as exc:
                # A server may close an idle connection in the moment we use it; then not a byte of answer came.
                # Should it have taken the event all the same, a simulated office bears one event twice.
                if not kept.closed_unanswered:
                    raise transport_error(exc, self._base_url) from exc
        try:
            return await self._over(await self._connect(), request)
        except httpx.HTTPError as exc:
            raise transport_error(exc, self._base_url) from exc

    async def _connect(self) -> _Connection:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(POST_TIMEOUT_S):
                _, connection = await loop.create_connection(_Connection, self._host, self._port)
        except TimeoutError as exc:
            raise httpx.ConnectTimeout("timed out") from exc
        except OSError as exc:
            raise httpx.ConnectError(str(exc)) from exc
        return connection

    async def _over(self, connection: _Connection, request: bytes) -> tuple[int, bytes]:
        try:
            found = await connection.exchange(request)
        except BaseException:
            connection.close()
            raise
        if connection.is_open:
            self._free.append(connection)
        return found


class _Connection(asyncio.Protocol):
    """One HTTP/1.1 connection of a client. httptools calls the ``on_`` methods while it parses."""

    def __init__(self) -> None:
        self.closed_unanswered = False
        self._transport: asyncio.Transport | None = None
        self._parser: Any = None
        self._body: list[bytes] = []
        self._answer: asyncio.Future[tuple[int, bytes]] | None = None
        self._heard = False

    @property
    def is_open(self) -> bool:
        return self._transport is not None and not self._transport.is_closing()

    async def exchange(self, request: bytes) -> tuple[int, bytes]:
        """Status and body. Raises httpx.ReadError or ReadTimeout, RemoteProtocolError for what is no HTTP."""
        assert self._transport is not None
        loop = asyncio.get_running_loop()
        self._answer = loop.create_future()
        self._heard = False
        self._body = []
        self._parser = httptools.HttpResponseParser(self)
        self._transport.write(request)
        timer = loop.call_later(POST_TIMEOUT_S, self._fail, httpx.ReadTimeout("timed out"))
        try:
            return await self._answer
        finally:
            timer.cancel()

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    # -- asyncio ---------------------------------------------------------------------------------------
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        if self._answer is None or self._answer.done():
            self.close()  # nobody asked
            return
        self._heard = True
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError as exc:
            self._fail(httpx.RemoteProtocolError(str(exc)))
            self.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self.closed_unanswered = not self._heard
        self._fail(httpx.ReadError(str(exc or "closed")))

    # -- httptools -------------------------------------------------------------------------------------
    def on_body(self, data: bytes) -> None:
        self._body.append(data)

    def on_message_complete(self) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_result((self._parser.get_status_code(), b"".join(self._body)))
        if not self._parser.should_keep_alive():
            self.close()

    def _fail(self, error: Exception) -> None:
        if self._answer is not None and not self._answer.done():
            with suppress(asyncio.InvalidStateError):
                self._answer.set_exception(error)


def is_lasting(error: ApiError) -> bool:
    """Whether sending on makes no sense: the token is refused, or there is no ingest at all."""
    return error.details.get("status") in (401, 403, 404, 405)
