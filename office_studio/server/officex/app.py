"""The sandbox as an ASGI application: matching, faults, one transaction a request, webhooks after the commit."""

from __future__ import annotations

import asyncio
import functools
import logging
import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from urllib.parse import unquote

from sqlalchemy import Connection, insert, select, text, update
from starlette.requests import ClientDisconnect
from starlette.responses import StreamingResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from office_studio.core.officex.codes import Refusal
from office_studio.core.officex.requests import merged_context
from office_studio.server.config import LOOPBACK_HOSTS
from office_studio.server.db import Database
from office_studio.server.group_commit import GroupCommit
from office_studio.server.http import Guard
from office_studio.server.officex import (
    account_routes,
    admin_routes,
    chat_routes,
    chat_stream,
    controls,
    install_routes,
    money_routes,
    schedule_routes,
    uploads,
    vendor_routes,
)
from office_studio.server.officex.call import Answer, Call, Route, authenticate
from office_studio.server.officex.exchange import Answered, Asked, answered, refused
from office_studio.server.officex.sandbox import Fault, Sandbox
from office_studio.server.officex.tables import deliveries, installs
from office_studio.server.officex.webhooks import Outcome, Webhooks

T = TypeVar("T")

BASE = "/v1"
CHAT = "/chat/"
CHAT_ROUTE = "POST /chat/"

ROUTES: list[Route] = [
    *account_routes.ROUTES,
    *install_routes.ROUTES,
    *vendor_routes.ROUTES,
    *money_routes.ROUTES,
    *chat_routes.ROUTES,
    *schedule_routes.ROUTES,
    *admin_routes.ROUTES,
]

log = logging.getLogger(__name__)


class _Drop(Exception):
    """The connection is to be cut without an answer."""


class SandboxApp:
    """All endpoints over one sandbox and its database."""

    def __init__(self, sandbox: Sandbox, database: Database) -> None:
        self.sandbox, self.database = sandbox, database
        self._writes = GroupCommit(database, _alone)
        # With a time to live a reserve closes whatever has run out, which may be much.
        self._closes_none = sandbox.config.reservation_ttl_s is None
        self.webhooks = Webhooks(sandbox.config.webhook_timeout_s)
        self._plain = {(route.method, BASE + route.path): route for route in ROUTES if "{" not in route.path}
        # Raw paths are matched: RESV%2F… is one segment, and only after that it is decoded.
        self._routes: dict[tuple[str, int], list[tuple[Route, re.Pattern[str]]]] = {}  # by the number of segments
        for route in ROUTES:
            path = BASE + route.path
            self._routes.setdefault((route.method, path.count("/")), []).append((route, _pattern(path)))

    def guarded(self) -> ASGIApp:
        return Guard(self, LOOPBACK_HOSTS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        try:
            response = await self._answer(Asked(scope, receive))
        except _Drop:
            _cut(send)
            return
        except ClientDisconnect:
            return
        except Refusal as refusal:
            response = refused(refusal)
        except RecursionError:
            response = refused(Refusal("INVALID_REQUEST", "The body is nested too deeply."))
        except Exception:
            log.exception("%s %s failed", scope["method"], scope["path"])
            response = refused(Refusal("INTERNAL_ERROR"))
        await response(scope, receive, send)

    # -- one request -----------------------------------------------------------------------------------
    async def _answer(self, asked: Asked) -> ASGIApp:
        path = asked.path
        plain = self._plain.get((asked.method, path))
        if plain is not None:
            return await self._call(asked, plain, {})
        if path.startswith("/__sandbox/"):
            return await controls.answer(self, asked, path.removeprefix("/__sandbox/"))
        if path.startswith("/__uploads/"):
            return await uploads.answer(self, asked, path.removeprefix("/__uploads/"))
        if path.rstrip("/") == CHAT.rstrip("/") and asked.method == "POST":
            return await self._talk(asked)
        for route, pattern in self._routes.get((asked.method, path.count("/")), ()):
            match = pattern.fullmatch(path)
            if match is not None:
                named = {name: unquote(value) for name, value in match.groupdict().items()}
                return await self._call(asked, route, named)
        return self._nothing(path)

    def _nothing(self, path: str) -> ASGIApp:
        others = [one for routes in self._routes.values() for one in routes]
        found = {route.method for route, pattern in others if pattern.fullmatch(path) is not None}
        if not found:
            return refused(Refusal("INVALID_REQUEST", "There is no such endpoint."), 404)
        allowed = ", ".join(sorted(found))
        return refused(Refusal("INVALID_REQUEST", f"This address takes {allowed}."), 405, {"allow": allowed})

    async def _call(self, asked: Asked, route: Route, path: Mapping[str, str]) -> ASGIApp:
        fault = self.sandbox.faults.next(f"{route.method} {route.path}")
        early = await _before(fault)
        if early is not None:
            return early
        body = await asked.object() if route.writes else {}
        made: list[Call] = []

        def work(connection: Connection) -> Answer:
            call = Call(self.sandbox, connection, self.sandbox.clock(), path, asked.query, body, asked.root)
            made.append(call)
            authenticate(call, route.auth, asked.headers)
            return route.handler(call)

        try:
            quickly = route.is_quick and self._closes_none
            answer = await (self._writes.run_quick(work) if quickly else self.run(work, write=route.writes))
        except Refusal as refusal:  # everything is taken back; a fault loses this answer as it loses others
            answer = refusal
        if isinstance(answer, Refusal):
            response: ASGIApp = refused(answer)
        else:
            fields = dict(answer)
            for delivery in made[-1].deliveries:
                outcome = await self.webhooks.deliver(delivery)
                context = await self.run(functools.partial(self._note, outcome), write=True)
                if context:
                    fields["agent_context"] = context
            response = answered(fields, made[-1].status)
        return await _after(fault, response)

    async def run(self, work: Callable[[Connection], T], *, write: bool) -> T:
        """``work`` on a worker thread in one transaction; writers come one after the other."""
        return await (self._writes.run(work) if write else self.database.run(work))

    def _note(self, outcome: Outcome, connection: Connection) -> dict[str, str] | None:
        """Log a delivery; the context that it brought, if it keeps to the limits, is merged into the install."""
        now_ms, delivery, words, context = self.sandbox.clock(), outcome.delivery, outcome.words, None
        here = installs.c.install_id == delivery.install_id
        if outcome.context is not None:
            row = connection.execute(select(installs).where(here)).first()
            try:
                if row is None:  # the sandbox was reset while the vendor was thinking
                    raise Refusal("INSTALL_NOT_FOUND")
                merged_context({}, outcome.context)  # the answer by itself has to keep to the limits
                context = merged_context(row.agent_context, outcome.context)
                connection.execute(update(installs).where(here), {"agent_context": context})
            except Refusal as refusal:
                words = f"delivered, its agent_context was dropped: {refusal.message}"
        values = {"uuid": outcome.uuid, "app_id": delivery.app_id, "event": delivery.event, "url": delivery.url}
        facts = {"outcome": words[:200], "status": outcome.status, "duration_ms": outcome.duration_ms}
        request = {"request": outcome.shown_request(), "created_ms": now_ms}
        connection.execute(insert(deliveries), values | facts | request)
        return context

    async def _talk(self, asked: Asked) -> ASGIApp:
        fault = self.sandbox.faults.next(CHAT_ROUTE)
        early = await _before(fault)
        if early is not None:
            return early
        body = await asked.object()
        users: list[Any] = []

        def call_of(connection: Connection) -> Call:
            return Call(self.sandbox, connection, self.sandbox.clock(), {}, {}, body)

        def begin(connection: Connection) -> chat_stream.Talk:
            call = call_of(connection)
            authenticate(call, "mk", asked.headers)
            users.append(call.user)
            return chat_stream.begin(call)

        talk = await self.run(begin, write=True)

        async def body_of_answer() -> Any:
            sent = 0
            async for line in chat_stream.lines(talk, self.sandbox.config.chat_delay_s):
                sent += 1
                if fault is not None and fault.kind == "drop_after" and sent > 6:
                    return  # the stream ends without its end mark
                if line == chat_stream.END:  # whoever reads it hangs up: what was sent whole has to be whole by then
                    await self.run(lambda connection: chat_stream.finish(call_of(connection), talk), write=True)
                yield line

        return StreamingResponse(body_of_answer(), media_type="text/event-stream")


def _alone(connection: Connection) -> None:
    """SQLite has one writer at a time by itself."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(20260310)"))


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path))


# -- faults ------------------------------------------------------------------------------------------
async def _before(fault: Fault | None) -> Answered | None:
    if fault is None:
        return None
    if fault.kind == "delay":
        await asyncio.sleep(fault.delay_s)
    if fault.kind == "drop_before":
        raise _Drop
    if fault.kind == "error":
        return refused(Refusal(fault.code))
    if fault.kind == "not_json":
        return Answered(b"<html><body>Bad gateway</body></html>", 502, [(b"content-type", b"text/html")])
    return None


async def _after(fault: Fault | None, response: ASGIApp) -> ASGIApp:
    if fault is not None and fault.kind == "drop_after":
        raise _Drop
    if fault is not None and fault.kind == "late":
        await asyncio.sleep(fault.delay_s)
    return response


def _cut(send: Send) -> None:
    """Close the connection as a broken network would. Only uvicorn's own ``send`` leads to the transport."""
    transport = getattr(getattr(send, "__self__", None), "transport", None)
    if transport is not None:
        transport.abort()
