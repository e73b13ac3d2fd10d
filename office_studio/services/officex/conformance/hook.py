"""A vendor's webhook on loopback, for vectors that need one: notes what comes, answers what it is told to."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from types import TracebackType
from typing import Any, Self

Answer = Callable[[str, Mapping[str, Any]], Awaitable[bytes]]
MAX_BODY = 1 << 20


def http_answer(body: Any, status: str = "200 OK") -> bytes:
    """A whole HTTP answer; text as it is, anything else as JSON."""
    content = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    return f"HTTP/1.1 {status}\r\ncontent-length: {len(content)}\r\nconnection: close\r\n\r\n".encode() + content


class Hook:
    """``calls``: event and payload of every delivery, in order. ``answer`` gives the bytes to answer with."""

    def __init__(self, answer: Answer | None = None, *, port: int = 0, path: str = "/hook") -> None:
        self.calls: list[tuple[str, Mapping[str, Any]]] = []
        self._answer, self._port, self._path = answer, port, path
        self._server: asyncio.Server | None = None
        self.url = ""

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self._port)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}{self._path}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            if head.split(" ")[:2] != ["POST", self._path]:
                writer.write(http_answer({}, "404 Not Found"))
                return
            head = head.lower()
            length = next(int(line.split(":")[1]) for line in head.splitlines() if line.startswith("content-length:"))
            body = json.loads(await reader.readexactly(min(length, MAX_BODY)))
            self.calls.append((body["event"], body["payload"]))
            found = http_answer({}) if self._answer is None else await self._answer(body["event"], body["payload"])
            writer.write(found)
            await writer.drain()
        except (
            OSError,
            ValueError,
            LookupError,
            TypeError,
            StopIteration,
            asyncio.IncompleteReadError,
            asyncio.LimitOverrunError,
        ):
            pass  # the other side has gone, as some vectors want
        finally:
            writer.close()
