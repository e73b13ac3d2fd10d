"""The HTTP side of the webhook receiver: its routes, and uvicorn on a thread. Imported only when one is started."""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
import socket
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from html import escape
from typing import TYPE_CHECKING, Any

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from office_studio.errors import StorageError
from office_studio.services.officex.delivery import PATH
from office_studio.services.officex.http import InstallKey
from office_studio.services.officex.receiver_log import MAX_BODY_BYTES, Mode, Received, masked

if TYPE_CHECKING:
    from office_studio.services.officex.receiver import WebhookReceiver
    from office_studio.services.officex.seller import Seller

HOST = "127.0.0.1"
_HANG_S = 120.0
_NOT_FOUND = "There is nothing here."

log = logging.getLogger(__name__)


class Pages:
    """The webhook, the page of an app, and the bundles of buyers."""

    def __init__(self, receiver: WebhookReceiver) -> None:
        self._receiver = receiver
        self._released = asyncio.Event()

    def app(self) -> ASGIApp:
        assert self._receiver.delivery is not None
        routes = [
            Route("/webhooks/officex/{token}", self.webhook, methods=["POST"]),
            Route("/open/{token}", self.open, methods=["GET"]),
            Route(PATH + "/{ticket}/{name}", self._receiver.delivery.answer, methods=["GET", "HEAD"]),
        ]
        # A web page whose own name was made to point at this computer arrives with its own name.
        hosts = Middleware(TrustedHostMiddleware, allowed_hosts=[HOST, "localhost"])
        return Starlette(routes=routes, middleware=[hosts])

    def let_go(self) -> None:
        """Answer now all that waits. On the receiver's loop."""
        self._released.set()
        self._released = asyncio.Event()

    async def webhook(self, request: Request) -> Response:
        receiver = self._receiver
        if not self._is_ours(request):
            return PlainTextResponse(_NOT_FOUND, 404)
        body = await _bounded(request)
        document = _envelope(body)
        if body is None or document is None:
            return JSONResponse({"error": "A webhook is a JSON object with event, payload and uuid."}, 400)
        from office_studio.services.officex.receiver import REPLAY_HEADER

        start = time.monotonic()
        entry = receiver.log.add(document, body, is_replay=REPLAY_HEADER in request.headers)
        receiver.told()
        answer = await self._answer(entry, document["payload"])
        receiver.log.change(entry.number, status=answer.status_code, duration_ms=int((time.monotonic() - start) * 1000))
        receiver.told()
        return answer

    async def _answer(self, entry: Received, payload: Mapping[str, Any]) -> Response:
        receiver, switches = self._receiver, self._receiver.switches
        note = receiver.log.change
        if switches.delay_s:
            await self._wait(switches.delay_s)
        if switches.mode is not Mode.ANSWER:
            return await self._in_trouble(entry, switches.mode)
        if entry.is_repeat:
            note(entry.number, outcome="repeated, ignored")
            return JSONResponse({})
        assert receiver.seller is not None
        context = await receiver.seller.hear(entry, payload)
        answer = {"agent_context": context} if entry.event == "INSTALL" and context else {}
        note(entry.number, answer={"agent_context": _hidden(context)} if answer else {})
        return JSONResponse(answer)

    async def _in_trouble(self, entry: Received, mode: Mode) -> Response:
        """What a vendor's server in trouble does. The delivery counts as lost: nothing is done for it."""
        note = self._receiver.log.change
        words = {
            Mode.HANG: "held back, as you asked",
            Mode.FAIL: "answered 500, as you asked",
            Mode.REDIRECT: "sent elsewhere, as you asked",
            Mode.GARBAGE: "answered garbage, as you asked",
        }
        note(entry.number, outcome=words[mode], is_trouble=True)
        self._receiver.told()
        if mode is Mode.HANG:
            await self._wait(_HANG_S)
            return JSONResponse({})
        if mode is Mode.FAIL:
            return JSONResponse({"error": "This server is in trouble."}, 500)
        if mode is Mode.REDIRECT:
            return RedirectResponse(f"{self._receiver.root}/elsewhere", 302)
        return HTMLResponse('<!doctype html><title>Welcome</title>{"agent_context":')

    async def _wait(self, seconds: float) -> None:
        """Until then, or until the receiver is told to let go."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._released.wait()

    async def open(self, request: Request) -> Response:
        """An app's page, as the store opens it: serves who comes, also when the webhook never did."""
        receiver, query = self._receiver, request.query_params
        if not self._is_ours(request):
            return PlainTextResponse(_NOT_FOUND, 404)
        install_id, secret = query.get("officex_install_id", ""), query.get("officex_install_secret", "")
        user_id = query.get("officex_customer_id", "")
        if not install_id or not secret or not user_id:
            return _page("Open this app through OfficeX", "It needs to know for which install it is opened.", 400)
        assert receiver.seller is not None
        title, words, status = await receiver.seller.opened(user_id, InstallKey(install_id[:200], secret[:200]))
        receiver.told()
        return _page(title, words, status)

    def _is_ours(self, request: Request) -> bool:
        return hmac.compare_digest(request.path_params["token"].encode(), self._receiver.token.encode())


def _hidden(context: Mapping[str, str]) -> dict[str, str]:
    """As the log shows it: addresses that open something are not for eyes."""
    return {key: value if key in ("license", "theme_version", "theme_sha256") else "•••" for key, value in
            masked(context).items()}  # fmt: skip


async def _bounded(request: Request) -> bytes | None:
    body = bytearray()
    try:
        async for piece in request.stream():
            body += piece
            if len(body) > MAX_BODY_BYTES:
                return None
    except ClientDisconnect:
        return None
    return bytes(body)


def _envelope(body: bytes | None) -> dict[str, Any] | None:
    try:
        document = json.loads(body or b"")
    except (ValueError, RecursionError):
        return None
    if not isinstance(document, dict) or not isinstance(document.get("payload"), dict):
        return None
    texts = (document.get("event"), document.get("uuid"))
    return document if all(isinstance(text, str) and 0 < len(text) <= 200 for text in texts) else None


def _page(title: str, words: str, status: int = 200) -> Response:
    headers = {
        "content-security-policy": "default-src 'none'; frame-ancestors 'self' https://officex.app https://*.officex.app",
        "referrer-policy": "no-referrer",
        "cache-control": "no-store",
    }
    text = (
        f'<!doctype html><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<h1>{escape(title)}</h1><p>{escape(words)}</p>"
    )
    return HTMLResponse(text, status, headers)


class ReceiverServer(uvicorn.Server):
    """uvicorn on a thread: tells when it accepts, and ends with it what still works."""

    def __init__(self, receiver: WebhookReceiver, seller: Seller) -> None:
        self.pages = Pages(receiver)
        super().__init__(
            uvicorn.Config(
                self.pages.app(),
                http="httptools",
                loop="asyncio",
                lifespan="off",
                ws="none",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                date_header=False,
                limit_concurrency=64,
                timeout_graceful_shutdown=2,
            )
        )
        self.ready = threading.Event()
        self.event_loop: asyncio.AbstractEventLoop
        self._seller, self._over = seller, asyncio.Event()

    def run_on_thread(self, listener: socket.socket) -> None:
        try:
            self.run(sockets=[listener])
        except (Exception, SystemExit):
            log.exception("the receiver failed")
        finally:
            self.ready.set()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        self.event_loop = asyncio.get_running_loop()
        await super().startup(sockets)
        self.ready.set()

    async def main_loop(self) -> None:
        """Until it is told to end. uvicorn's own looks ten times a second, which an idle shop need not."""
        await self._over.wait()

    def finish(self) -> None:
        """End; from any thread."""
        self.should_exit = True
        with suppress(RuntimeError, AttributeError):  # it never ran, or has ended by itself
            self.event_loop.call_soon_threadsafe(self._over.set)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self.pages.let_go()
        await super().shutdown(sockets)
        await self._seller.close()


def listen(port: int) -> socket.socket:
    """A listening socket on loopback, at ``port`` if that is free. Raises StorageError SERVER_NOT_STARTED."""
    for wanted in dict.fromkeys((port, 0)):
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        try:
            if sys.platform != "win32":  # there it would let two servers share one port
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((HOST, wanted))
            listener.listen(128)
        except (OSError, OverflowError) as error:
            listener.close()
            if not wanted:
                raise StorageError("SERVER_NOT_STARTED", f"No port is free: {error}.") from error
        else:
            return listener
    raise AssertionError
