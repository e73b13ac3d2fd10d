"""Opening an app in the browser without telling anybody else its secret (contract, section 18.1).

Addresses given to a browser stand in its command line, where every user of the computer can read them. So the browser
gets the address of a door of ours on loopback: it opens once, for this user only, and leads on to the app.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
import os
import secrets
import sys
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from office_studio.core.officex.links import launch_url, without_query
from office_studio.errors import UsageError
from office_studio.services.http import is_loopback
from office_studio.services.officex.environments import Environment
from office_studio.services.officex.http import InstallKey

_log = logging.getLogger(__name__)
_OPEN_S = 60.0  # a browser that starts anew takes a while
_HEAD_S = 5.0
_MAX_HEAD = 16_384  # bytes
_PROC = ("/proc/net/tcp", "/proc/net/tcp6")


def target_of(environment: Environment, iframe_url: str, user_id: str, key: InstallKey) -> str:
    """The app's address with its three parameters; it carries the secret.

    Raises UsageError APP_NOT_LAUNCHABLE for apps without a page, or one that is not on HTTPS.
    """
    parts = urlsplit(iframe_url)
    if not parts.scheme or not parts.hostname:
        raise UsageError("APP_NOT_LAUNCHABLE", "This app has no page of its own.", "Your agents use it by chat.")
    is_here = environment.allows_loopback and parts.scheme == "http" and is_loopback(iframe_url)
    if parts.scheme != "https" and not is_here:
        raise UsageError(
            "APP_NOT_LAUNCHABLE", f"The page of this app is not on HTTPS: {without_query(iframe_url)}",
            "Its secret would travel in the open. Ask its vendor.",
        )  # fmt: skip
    return launch_url(iframe_url, user_id, key.install_id, key.secret)


class LaunchDoor:
    """Leads one visitor to ``target``, then is gone. ``repr`` and logs never show where it leads."""

    def __init__(self, target: str, *, open_s: float = _OPEN_S) -> None:
        self._target, self._open_s = target, open_s
        self._token = secrets.token_urlsafe(32)
        self._server: asyncio.Server | None = None
        self._port = 0
        self._passed: asyncio.Event | None = None

    def __repr__(self) -> str:
        return f"LaunchDoor(port={self._port})"

    async def open(self) -> str:
        """Its address, for the browser. Raises OSError when this computer has no port left."""
        self._passed = asyncio.Event()
        self._server = await asyncio.start_server(self._meet, "127.0.0.1", 0, limit=_MAX_HEAD)
        self._port = self._server.sockets[0].getsockname()[1]
        _log.info("an app is opened in the browser: %s", without_query(self._target))
        return f"http://127.0.0.1:{self._port}/{self._token}"

    async def wait(self) -> bool:
        """Until somebody went through, or it closes by itself. Whether somebody did."""
        assert self._server is not None
        assert self._passed is not None
        try:
            async with asyncio.timeout(self._open_s):
                await self._passed.wait()
            return True
        except TimeoutError:
            return False
        finally:
            self._server.close()
            with suppress(TimeoutError):
                async with asyncio.timeout(1):
                    await self._server.wait_closed()

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(_HEAD_S):
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            writer.write(self._answer(head, writer))
            await writer.drain()
        except (TimeoutError, OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # no browser
        finally:
            writer.close()

    def _answer(self, head: str, writer: asyncio.StreamWriter) -> bytes:
        assert self._passed is not None
        lines = head.split("\r\n")
        words = lines[0].split(" ")
        hosts = [line[5:].strip() for line in lines[1:] if line.lower().startswith("host:")]
        is_ours = len(words) == 3 and hmac.compare_digest(words[1].encode(), f"/{self._token}".encode())
        if not is_ours or hosts != [f"127.0.0.1:{self._port}"]:
            return _page(404, "Nothing here")
        if words[0] != "GET":
            return _page(405, "Only to be opened")
        if not _is_same_user(writer.get_extra_info("peername")[1], self._port):
            return _page(403, "Not yours to open")
        if self._passed.is_set():
            return _page(410, "Opened once already: open it again in Office Studio")
        self._passed.set()
        fields = {"Location": self._target, "Referrer-Policy": "no-referrer", "Cache-Control": "no-store"}
        return _page(303, "On to the app", fields)


def _page(status: int, words: str, fields: dict[str, str] | None = None) -> bytes:
    body = words.encode()
    named = {"Content-Type": "text/plain; charset=utf-8", "Content-Length": str(len(body)), "Connection": "close"}
    lines = [f"HTTP/1.1 {status} {words}", *(f"{name}: {value}" for name, value in (named | (fields or {})).items())]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def _is_same_user(peer_port: int, our_port: int) -> bool:
    """Whether the other end of a loopback connection belongs to whoever runs us. Only Linux tells; elsewhere the door
    relies on its token alone."""
    if not sys.platform.startswith("linux"):
        return True
    wanted = f":{peer_port:04X}", f":{our_port:04X}"
    for name in _PROC:
        try:
            lines = Path(name).read_text("ascii").splitlines()[1:]
        except OSError:
            continue
        for line in lines:
            fields = line.split()
            if len(fields) > 7 and fields[1].endswith(wanted[0]) and fields[2].endswith(wanted[1]):
                return int(fields[7]) == os.getuid()
    return True
