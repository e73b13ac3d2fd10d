"""Health, status, stream and event (Office API 7.1 to 7.4, 8)."""

from __future__ import annotations

import asyncio
import functools

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from office_studio.server.http import Endpoint, Problem, json_response, rfc3339
from office_studio.server.office.context import OfficeContext
from office_studio.server.office.ingest import post_event
from office_studio.server.schemas import ref
from office_studio.server.sse_hub import SseHub

_NOT_CONNECTED = "Office plugin not connected"


class StreamResponse(Response):
    """An endless ``text/event-stream`` fed by a hub.

    Not sse-starlette's response: the hub hands out framed bytes that all streams share, so only its watch for the
    end of the connection would be used, at half the price again. Measured with ``tests/benchmarks/bench_server.py``,
    200 streams x 100 events/s: the server takes 31 % of one core like this, 47 % through ``EventSourceResponse``.
    Importing it also replaces uvicorn's signal handler for the whole process, the window's included.
    """

    def __init__(self, hub: SseHub) -> None:
        super().__init__(headers={"Cache-Control": "no-cache"}, media_type="text/event-stream")
        del self.headers["content-length"]
        # The charset that Starlette appends to text types is not part of this one.
        self.headers["content-type"] = "text/event-stream"
        self._hub = hub

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        if scope["method"] == "HEAD":
            await send({"type": "http.response.body", "body": b""})
            return
        subscriber = self._hub.subscribe()
        watch = asyncio.ensure_future(_closed_by_client(receive))
        watch.add_done_callback(lambda _: subscriber.close())
        try:
            while (chunk := await subscriber.next_chunk()) is not None:
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
        finally:
            subscriber.close()
            watch.cancel()


async def _closed_by_client(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def health(context: OfficeContext, _: Request) -> Response:
    now_ms = context.now_ms()
    return json_response({"connected": context.rooms.is_healthy(now_ms), "timestamp": rfc3339(now_ms)})


async def status(context: OfficeContext, request: Request) -> Response:
    caller = await context.caller(request)
    now_ms = context.now_ms()
    if not context.rooms.is_healthy(now_ms):
        if context.config.disconnected_status == 200:
            return json_response({"connected": False, "timestamp": rfc3339(now_ms)})
        raise Problem(503, _NOT_CONNECTED)
    agents = context.rooms.of(caller.user.id).agents()
    return json_response({"connected": True, "agents": agents, "timestamp": rfc3339(now_ms)})


async def stream(context: OfficeContext, request: Request) -> Response:
    caller = await context.caller(request)
    if not context.rooms.is_healthy(context.now_ms()):
        raise Problem(503, _NOT_CONNECTED)
    return StreamResponse(context.rooms.of(caller.user.id).hub)


async def liveness(context: OfficeContext, _: Request) -> Response:
    return json_response({"status": "ok", "timestamp": rfc3339(context.now_ms())})


def endpoints(context: OfficeContext) -> list[Endpoint]:
    frames = {
        "description": "One snapshot (`status_update`), then one frame a change: in mode `events` the accepted event "
        "with the agent id of its token, and a snapshot after a time-driven change; in mode `snapshots` always a "
        "snapshot. A reader that falls behind is given a fresh snapshot. Comment frames keep an idle stream alive.",
        "content": {
            "text/event-stream": {"schema": {"oneOf": [ref("OfficeStatusEvent"), ref("InternalEvent")]}},
        },
    }
    disconnected = {503: ref("Error")}
    if context.config.disconnected_status == 200:
        disconnected = {}
    return [
        # First, because routes are tried in this order and this one is asked for all the time.
        Endpoint(
            "POST",
            "/api/office/event",
            functools.partial(post_event, context),
            "Accept one event of the agent whose bot token is sent",
            "bot",
            body={"application/json": ref("InternalEvent")},
            responses={204: "Accepted"},
        ),
        Endpoint(
            "GET",
            "/health",
            functools.partial(liveness, context),
            "Whether the server runs",
            "",
            responses={200: ref("Liveness")},
        ),
        Endpoint(
            "GET",
            "/api/office/health",
            functools.partial(health, context),
            "Whether an event came within five minutes",
            "",
            responses={200: ref("Health")},
        ),
        Endpoint(
            "GET",
            "/api/office/status",
            functools.partial(status, context),
            "All online agents of the caller",
            responses={200: ref("Status"), **disconnected},
        ),
        Endpoint(
            "GET",
            "/api/office/stream",
            functools.partial(stream, context),
            "Live stream of the caller's office",
            responses={200: frames, 503: ref("Error")},
        ),
    ]
