"""What every endpoint shares: how it is declared, how it answers, how it refuses, who may call it at all."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

T = TypeVar("T")

MAX_BODY_BYTES = 10_485_760  # of every route but the upload (Office API, section 1)
_ENCODE = msgspec.json.Encoder().encode

log = logging.getLogger(__name__)


class Problem(Exception):
    """A refusal: HTTP status and the words of the ``error`` key."""

    def __init__(self, status: int, error: str, code: str = "", headers: Mapping[str, str] | None = None) -> None:
        super().__init__(error)
        self.status = status
        self.error = error
        self.code = code
        self.headers = dict(headers or {})

    def response(self) -> Response:
        body = {"error": self.error}
        if self.code:
            body["code"] = self.code
        return json_response(body, self.status, self.headers)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One method of one path. ``operation`` is its OpenAPI Operation object, minus what all share."""

    method: str
    path: str
    handler: Callable[..., Any]  # coroutine function of a Request, or an ASGI application
    summary: str
    auth: str = "session"  # "session", "bot" or "" for none
    parameters: tuple[Mapping[str, Any], ...] = ()
    body: Mapping[str, Any] | None = None
    responses: Mapping[int, Any] = field(default_factory=dict)


def json_response(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return Response(_ENCODE(body), status, headers, media_type="application/json")


def no_content() -> Response:
    return Response(status_code=204)


def rfc3339(at_ms: int) -> str:
    """Milliseconds since 1970 as the API writes times: UTC, three decimals, ``Z``."""
    moment = datetime.fromtimestamp(at_ms / 1000, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{at_ms % 1000:03d}Z"


async def read_body(request: Request) -> bytes:
    """The whole body. Raises Problem 413 above ``MAX_BODY_BYTES``."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            raise Problem(413, f"Request body exceeds {MAX_BODY_BYTES} bytes")
    return bytes(body)


async def read_json(request: Request, decoder: msgspec.json.Decoder[T]) -> T:
    """The body as ``decoder`` wants it. Raises Problem 415, 413, 400 (not JSON), 422 (JSON of another shape)."""
    require_json(request.headers.get("content-type", ""))
    return decode_json(await read_body(request), decoder)


def require_json(content_type: str) -> None:
    media_type = content_type.split(";", 1)[0].strip().lower()
    is_json = media_type == "application/json" or (
        media_type.startswith("application/") and media_type.endswith("+json")
    )
    if not is_json:
        raise Problem(415, "Expected request with `Content-Type: application/json`")


def decode_json(body: bytes, decoder: msgspec.json.Decoder[T]) -> T:
    try:
        return decoder.decode(body)
    except msgspec.ValidationError as exc:
        # The decoder stops at the first wrong type; what follows may not be JSON at all, which is another status.
        _decode_strictly(body)
        raise Problem(422, f"Failed to deserialize the JSON body into the target type: {exc}") from exc
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        _decode_strictly(body)
        raise


def _decode_strictly(body: bytes) -> None:
    """Raises Problem 400 when ``body`` is not JSON."""
    try:
        msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as exc:
        raise Problem(400, f"Failed to parse the request body as JSON: {exc}") from exc
    except RecursionError as exc:
        raise Problem(400, "Failed to parse the request body as JSON: recursion limit exceeded") from exc


def query_text(request: Request, name: str) -> str:
    value = request.query_params.get(name)
    if value is None:
        raise Problem(400, f"Failed to deserialize query string: missing field `{name}`")
    return value


# -- exception handlers of the application -----------------------------------------------------------
async def on_problem(_: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    return error.response()


async def on_http_exception(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return json_response({"error": error.detail}, error.status_code, error.headers)


async def on_disconnect(_: Request, __: Exception) -> Response:
    return Response(status_code=499)  # nobody is there to read it


async def on_failure(request: Request, error: Exception) -> Response:
    log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return json_response({"error": "Internal error"}, 500)


EXCEPTION_HANDLERS: dict[Any, Any] = {
    Problem: on_problem,
    HTTPException: on_http_exception,
    ClientDisconnect: on_disconnect,
    Exception: on_failure,
}


class Guard:
    """Outermost layer: refuses what a web page in the user's browser could be tricked into sending.

    Args:
        hosts: Names the ``Host`` header may carry; empty permits all. A page whose own name was made to point at
            this computer (DNS rebinding) arrives with its own name here.
    """

    def __init__(self, app: ASGIApp, hosts: Collection[str]) -> None:
        self._app = app
        self._hosts = frozenset(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            refusal = self._refusal(scope)
            if refusal is not None:
                await refusal.response()(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _refusal(self, scope: Scope) -> Problem | None:
        host = origin = None
        for name, value in scope["headers"]:  # of several the first counts
            if name == b"host" and host is None:
                host = value.decode("latin-1")
            elif name == b"origin" and origin is None:
                origin = value.decode("latin-1")
        host = host or ""
        if self._hosts and host_name(host) not in self._hosts:
            return Problem(400, "This server does not answer under that host name", "HOST_NOT_ALLOWED")
        if origin is not None and scope["method"] not in ("GET", "HEAD", "OPTIONS"):
            same = origin.partition("://")[2].lower() == host.lower()
            if not same:
                return Problem(403, "Requests from other web pages are refused", "ORIGIN_NOT_ALLOWED")
        return None


def host_name(host: str) -> str:
    """Name part of a ``Host`` header, without port and brackets, in lower case."""
    if host.startswith("["):
        return host[1:].partition("]")[0].lower()
    return host.partition(":")[0].lower()
