"""One HTTP exchange, and no more of it than the sandbox needs: what was asked, and the JSON that answers it.

Starlette's Request and Response cost more than a charge does in SQLite.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from office_studio.core.officex.codes import CODES, Refusal
from office_studio.core.officex.money import dumps, loads
from office_studio.errors import OfficeStudioError

MAX_BODY_BYTES = 1 << 20
_JSON = (b"content-type", b"application/json")


def _no_nul(text: bytes) -> None:
    if b"%00" in text or b"\0" in text:  # PostgreSQL fails at it, and nothing is called like that
        raise Refusal("INVALID_REQUEST", "There is a NUL in the address.")


class Asked:
    """A request. ``path`` is as it was sent, percent-encoded and without its query; header names are lower case.

    Raises Refusal INVALID_REQUEST: an address with a NUL in it.
    """

    __slots__ = ("_receive", "headers", "method", "path", "scope")

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self.scope, self._receive = scope, receive
        self.method: str = scope["method"]
        raw: bytes = scope.get("raw_path") or scope["path"].encode()
        _no_nul(raw)
        self.path = raw.decode("ascii", "replace").partition("?")[0]
        # Of several headers of one name the first counts.
        self.headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in reversed(scope["headers"])}

    @property
    def query(self) -> dict[str, str]:
        text: bytes = self.scope["query_string"]
        if not text:
            return {}
        _no_nul(text)
        return dict(parse_qsl(text.decode("latin-1"), keep_blank_values=True))

    @property
    def root(self) -> str:
        """This server's address as the caller wrote it."""
        return f"{self.scope['scheme']}://{self.headers.get('host', '')}"

    async def body(self, most: int) -> bytes:
        """The body. One that is too long is read to its end, within reason: who still sends would not hear the refusal.

        Raises Refusal INVALID_REQUEST, ClientDisconnect.
        """
        body, size, has_more = b"", 0, True
        while has_more and size <= 16 * most:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise ClientDisconnect
            piece: bytes = message.get("body", b"")
            has_more = bool(message.get("more_body", False))
            size += len(piece)
            if size <= most:
                body = body + piece if body else piece
        if size > most:
            raise Refusal("INVALID_REQUEST", f"The body is over {most:,} bytes.")
        return body

    async def object(self) -> dict[str, Any]:
        """The body as an object; nothing at all is an empty one. Raises as ``body``."""
        body = await self.body(MAX_BODY_BYTES)
        if not body.strip():
            return {}
        found = loads(body)
        if not isinstance(found, dict):
            raise Refusal("INVALID_REQUEST", "The body has to be a JSON object.")
        return found


class Answered:
    """A whole response, an ASGI application."""

    __slots__ = ("body", "headers", "status")

    def __init__(self, body: bytes, status: int, headers: list[tuple[bytes, bytes]]) -> None:
        self.body, self.status, self.headers = body, status, headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        length = (b"content-length", str(len(self.body)).encode())
        await send({"type": "http.response.start", "status": self.status, "headers": [length, *self.headers]})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else self.body})


def answered(fields: Mapping[str, Any], status: int = 200) -> Answered:
    return Answered(dumps({"success": True} | dict(fields)).encode(), status, [_JSON])


def refused(refusal: Refusal, status: int | None = None, headers: Mapping[str, str] | None = None) -> Answered:
    """The envelope of section 5."""
    more = [(name.encode(), value.encode()) for name, value in (headers or {}).items()]
    if "retry_after" in refusal.details:
        more.append((b"retry-after", str(refusal.details["retry_after"]).encode()))
    body = {"success": False, "error": {"code": refusal.code, "message": refusal.message}}
    return Answered(dumps(body).encode(), status or CODES[refusal.code].status, [_JSON, *more])


def failed(error: OfficeStudioError, status: int) -> Answered:
    """The envelope of section 5 for what is no refusal of OfficeX: its words say what to do, too."""
    body = {"success": False, "error": {"code": error.code, "message": f"{error.message} {error.hint}".strip()}}
    return Answered(dumps(body).encode(), status, [_JSON])
