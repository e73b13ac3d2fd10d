"""Start and stop an office server on a thread of its own."""

from __future__ import annotations

import asyncio
import errno
import logging
import socket
import sys
import threading
from pathlib import Path

import uvicorn

from office_studio import paths
from office_studio.errors import StorageError, UsageError
from office_studio.server.config import ServerAddress, ServerConfig
from office_studio.server.db import Database, sqlite_url
from office_studio.server.demo import Demo
from office_studio.server.files import DirLock, make_private, not_writable, prepare_data_dir
from office_studio.server.office.accounts import Accounts
from office_studio.server.office.activity_log import ActivityLog
from office_studio.server.office.agents import AgentDirectory
from office_studio.server.office.app import create_app
from office_studio.server.office.bindings import BindingStore
from office_studio.server.office.context import OfficeContext
from office_studio.server.office.rooms import Rooms
from office_studio.server.office.theme_store import ThemeStore

START_TIMEOUT_S = 15.0
# The client has to be the one who lets go of an idle connection: where the server does, a call that is on its way at
# that moment is lost, and nobody knows whether it was done. Clients of all kinds give up after 5 to 60 s.
KEEP_ALIVE_S = 75
# A blocked reader is noticed when the system's buffer is full. Left alone that grows to megabytes, minutes of old
# news; this much still carries a theme at full speed on a local network.
_SEND_BUFFER_BYTES = 256 * 1024

log = logging.getLogger(__name__)


class OfficeServer:
    """One server: ``start`` returns when it accepts connections, ``stop`` when everything is written and closed."""

    def __init__(self, config: ServerConfig | None = None) -> None:
        self.config = config or ServerConfig()
        self.address: ServerAddress | None = None
        self._lock: DirLock | None = None
        self._context: OfficeContext | None = None
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None
        self._demo: Demo | None = None

    def start(self) -> ServerAddress:
        """Open the folder and the database, bind, and serve. Blocks for as long as that takes (50 ms and up).

        Raises:
            UsageError: PORT_IN_USE, PORT_NOT_ALLOWED, HOST_UNKNOWN, REMOTE_NOT_ALLOWED, OWNER_NEEDED,
                DATABASE_URL_INVALID, DATABASE_DRIVER_MISSING.
            StorageError: DATA_DIR_NOT_WRITABLE, DATA_DIR_IN_USE, DATABASE_LOCKED, DATABASE_READ_ONLY and others.
        """
        if self._thread is not None:
            raise RuntimeError("the server was started already")
        if not self.config.is_loopback and not self.config.allow_remote:
            raise UsageError(
                "REMOTE_NOT_ALLOWED",
                f"{self.config.host} can be reached from other computers.",
                "Add --allow-remote if that is wanted, or leave out --host to serve this computer alone.",
            )
        data_dir = self.config.data_dir or paths.data_dir() / "office"
        prepare_data_dir(data_dir)
        self._lock = DirLock(data_dir).acquire()
        listener: socket.socket | None = None
        try:
            # The port first: it is what fails most often, and nothing is written yet.
            listener = listen(self.config.host, self.config.port)
            self._context, token = _open_context(self.config, data_dir)
            self.address = ServerAddress(_url(listener), token, data_dir)
            self._serve(listener, self._context)
        except BaseException:
            if listener is not None:
                listener.close()
            self._close()
            raise
        if self.config.demo:
            self._demo = Demo(self.address, self.config.demo_agents, self.config.demo_rate)
            self._demo.start()
        return self.address

    def stop(self, timeout_s: float = 10.0) -> None:
        """End all streams, finish the requests at hand, write what waits, close. Harmless when not running."""
        if self._demo is not None:
            self._demo.stop(timeout_s)
            self._demo = None
        if self._thread is not None and self._server is not None:
            self._server.finish()
            self._thread.join(timeout_s)
            if self._thread.is_alive():
                log.error("the office server did not stop within %.0f s", timeout_s)
            self._thread = None
        self._close()

    def tick(self) -> None:
        """Run the state machine's time-driven pass now, on the server's thread; returns when it is done."""
        assert self._server is not None
        assert self._context is not None
        context, done = self._context, threading.Event()

        def run() -> None:
            context.rooms.tick(context.now_ms())
            done.set()

        self._server.loop.call_soon_threadsafe(run)
        done.wait(5)

    @property
    def streams(self) -> int:
        """Number of open streams."""
        return 0 if self._context is None else self._context.rooms.open_streams

    def _serve(self, listener: socket.socket, context: OfficeContext) -> None:
        config = uvicorn.Config(
            create_app(context),
            http="httptools",
            loop="asyncio",
            ws="none",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=KEEP_ALIVE_S,
            timeout_graceful_shutdown=3,
        )
        self._server = _Server(config, context)
        self._thread = threading.Thread(
            target=self._server.run_on_thread, args=(listener,), name="office-server", daemon=True
        )
        self._thread.start()
        self._server.ready.wait(START_TIMEOUT_S)
        if not self._server.started:
            raise StorageError(
                "SERVER_NOT_STARTED",
                f"The office server did not start: {self._server.failure or 'no answer in time'}",
                "Look into the log for the cause.",
            )

    def _close(self) -> None:
        if self._context is not None:
            self._context.database.close()
            self._context = None
        if self._lock is not None:
            self._lock.release()
            self._lock = None


class _Server(uvicorn.Server):
    """uvicorn on a thread: tells when it accepts, and ends its streams before it waits for them."""

    def __init__(self, config: uvicorn.Config, context: OfficeContext) -> None:
        super().__init__(config)
        self.ready = threading.Event()
        self.failure = ""
        self.loop: asyncio.AbstractEventLoop
        self._context = context

    def run_on_thread(self, listener: socket.socket) -> None:
        try:
            self.run(sockets=[listener])
        except (Exception, SystemExit) as exc:
            self.failure = str(exc) or type(exc).__name__
            log.exception("the office server failed")
        finally:
            self.ready.set()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        self.loop = asyncio.get_running_loop()
        await super().startup(sockets)
        self.ready.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._context.rooms.close_streams()
        await super().shutdown(sockets)

    def finish(self) -> None:
        self.should_exit = True


def _open_context(config: ServerConfig, data_dir: Path) -> tuple[OfficeContext, str]:
    if config.database_url is None:
        make_private(data_dir / "office.db")  # it holds bot tokens as they are
    database = Database(config.database_url or sqlite_url(data_dir / "office.db"))
    try:
        database.open()
        accounts = Accounts(database, data_dir, config.clock)
        owner, token = accounts.ensure_owner(config.owner_email, config.owner_password)
        if not config.is_loopback and not accounts.has_password(owner):
            raise UsageError(
                "OWNER_NEEDED",
                "An office that other computers can reach needs an owner who signs in.",
                "Give --owner-email, and the password in OFFICE_STUDIO_PASSWORD or when asked.",
            )
        agents = AgentDirectory(database, config.clock)
        agents.load()
        activity = ActivityLog(database)
        activity.load()
        themes = ThemeStore(data_dir / "themes")
        themes.open()
    except OSError as exc:
        database.close()
        raise not_writable(data_dir, exc) from exc
    except BaseException:
        database.close()
        raise
    context = OfficeContext(
        config, data_dir, database, accounts, agents, BindingStore(database), activity, themes, Rooms(config)
    )
    return context, token


def listen(host: str, port: int) -> socket.socket:
    """A listening socket. Raises UsageError PORT_IN_USE, PORT_NOT_ALLOWED, HOST_UNKNOWN."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except (socket.gaierror, UnicodeError, OverflowError) as exc:
        raise UsageError(
            "HOST_UNKNOWN", f"{host}:{port} is not an address of this computer: {exc}.", "Try --host 127.0.0.1."
        ) from exc
    # Named as TCP, or asyncio leaves Nagle's algorithm on: the body of an answer then waits 40 ms for its head.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if sys.platform != "win32":  # there it would let two servers share one port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER_BYTES)  # inherited by connections
        listener.bind(address)
        listener.listen(2048)
    except (OSError, OverflowError) as exc:
        listener.close()
        raise _bind_error(host, port, exc) from exc
    return listener


def _bind_error(host: str, port: int, error: Exception) -> UsageError:
    number = getattr(error, "errno", None)
    if number == errno.EADDRINUSE:
        return UsageError(
            "PORT_IN_USE",
            f"Port {port} is already in use.",
            "Stop the program that uses it, or choose another with --port (0 takes a free one).",
            port=port,
        )
    if number in (errno.EACCES, errno.EPERM):
        return UsageError(
            "PORT_NOT_ALLOWED", f"This user may not open port {port}.", "Choose a port above 1023.", port=port
        )
    return UsageError(
        "HOST_UNKNOWN", f"{host}:{port} is not an address of this computer: {error}.", "Try --host 127.0.0.1."
    )


def _url(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  every address includes this one
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
