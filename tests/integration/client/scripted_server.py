"""A tiny HTTP/1.1 server that plays what a test says, byte by byte: drops, stalls, odd answers, streams."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any


@dataclass
class Request:
    method: str
    path: str  # without the query
    query: str
    headers: dict[str, str]
    body: bytes


class Connection:
    """What a handler writes to."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer

    async def send(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()

    async def answer(self, status: int, body: Any = b"", media_type: str = "application/json", **headers: str) -> None:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(data)}", f"Content-Type: {media_type}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        await self.send(("\r\n".join([*lines, "Connection: close"]) + "\r\n\r\n").encode() + data)

    async def begin_stream(self, media_type: str = "text/event-stream") -> None:
        await self.send(f"HTTP/1.1 200 OK\r\nContent-Type: {media_type}\r\nConnection: close\r\n\r\n".encode())

    async def frame(self, document: Any) -> None:
        await self.send(b"data: " + json.dumps(document).encode() + b"\n\n")

    def abort(self) -> None:
        self._writer.transport.abort()


Handler = Callable[[Connection, Request], Awaitable[None]]


class ScriptedServer:
    """Serves handlers by path; everything else is 404. Counts the requests of each path."""

    def __init__(self) -> None:
        self.routes: dict[str, Handler] = {}
        self.hits: Counter[str] = Counter()
        self.requests: list[Request] = []
        self.url = ""
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[Any]] = set()

    def on(self, path: str) -> Callable[[Handler], Handler]:
        def keep(handler: Handler) -> Handler:
            self.routes[path] = handler
            return handler

        return keep

    def always(self, path: str, status: int, body: Any = b"", media_type: str = "application/json") -> None:
        async def handler(connection: Connection, _: Request) -> None:
            await connection.answer(status, body, media_type)

        self.routes[path] = handler

    async def __aenter__(self) -> ScriptedServer:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        port = self._server.sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        try:
            request = await _read_request(reader)
            if request is not None:
                self.hits[request.path] += 1
                self.requests.append(request)
                connection = Connection(writer)
                handler = self.routes.get(request.path)
                if handler is None:
                    await connection.answer(404)
                else:
                    await handler(connection, request)
        except (ConnectionError, asyncio.CancelledError):
            pass  # the client went away, or the test ended
        finally:
            writer.close()


async def _read_request(reader: asyncio.StreamReader) -> Request | None:
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    except asyncio.IncompleteReadError:
        return None
    first, *lines = head.strip().split("\r\n")
    method, target, _ = first.split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    path, _, query = target.partition("?")
    return Request(method, path, query, headers, body)
