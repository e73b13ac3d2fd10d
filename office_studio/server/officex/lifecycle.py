"""Start and stop a sandbox on a thread of its own."""

from __future__ import annotations

import logging
import secrets
import socket
import threading
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from sqlalchemy import Column, Connection, Integer, MetaData, Table, inspect, select

from office_studio import paths
from office_studio.errors import StorageError
from office_studio.server.db import Database, sqlite_url
from office_studio.server.files import DirLock, make_private, not_writable, prepare_data_dir, write_private
from office_studio.server.lifecycle import KEEP_ALIVE_S, listen
from office_studio.server.officex import controls, demo
from office_studio.server.officex.app import BASE, CHAT, SandboxApp
from office_studio.server.officex.call import Call
from office_studio.server.officex.ledger import Books, reconcile
from office_studio.server.officex.sandbox import Sandbox, SandboxConfig
from office_studio.server.officex.tables import metadata, users

START_TIMEOUT_S = 15.0
VERSION = 1
_versions = Table("ox_version", MetaData(), Column("version", Integer, primary_key=True, autoincrement=False))

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SandboxAddress:
    """Where a running sandbox is, and the secrets of this start."""

    root: str  # http://127.0.0.1:<port>
    admin_secret: str
    control_token: str
    data_dir: Path

    @property
    def api(self) -> str:
        return self.root + BASE

    @property
    def chat(self) -> str:
        return self.root + CHAT

    def __repr__(self) -> str:  # keeps the secrets out of logs and tracebacks
        return f"SandboxAddress(root={self.root!r}, data_dir={str(self.data_dir)!r})"


class SandboxServer:
    """One sandbox, on loopback only: ``start`` returns when it answers, ``stop`` when everything is written."""

    def __init__(self, config: SandboxConfig | None = None) -> None:
        self.config = config or SandboxConfig()
        self.address: SandboxAddress | None = None
        self.sandbox: Sandbox | None = None
        self._database: Database | None = None
        self._lock: DirLock | None = None
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> SandboxAddress:
        """Open the books, prove that they balance, bind, and serve.

        Raises:
            UsageError: PORT_IN_USE, PORT_NOT_ALLOWED, DATABASE_URL_INVALID, DATABASE_DRIVER_MISSING.
            StorageError: BOOKS_UNBALANCED (an export was written), DATA_DIR_NOT_WRITABLE, DATA_DIR_IN_USE, DATABASE_….
        """
        if self._thread is not None:
            raise RuntimeError("the sandbox was started already")
        data_dir = self.config.data_dir or paths.data_dir() / "officex"
        prepare_data_dir(data_dir)
        self._lock = DirLock(data_dir).acquire()
        listener: socket.socket | None = None
        try:
            listener = listen("127.0.0.1", self.config.port)
            port = listener.getsockname()[1]
            self.sandbox = Sandbox(self.config, data_dir, _admin_secret(data_dir), secrets.token_urlsafe(24))
            self.sandbox.month_end_payouts = self.config.month_end_payouts
            self._database = self._open(data_dir)
            self.address = SandboxAddress(
                f"http://127.0.0.1:{port}", self.sandbox.admin_secret, self.sandbox.control_token, data_dir
            )
            self._serve(listener)
        except BaseException:
            if listener is not None:
                listener.close()
            self._close()
            raise
        return self.address

    def stop(self, timeout_s: float = 10.0) -> None:
        """Finish the requests at hand and close. Harmless when not running."""
        if self._thread is not None and self._server is not None:
            self._server.should_exit = True
            self._thread.join(timeout_s)
            if self._thread.is_alive():
                log.error("the sandbox did not stop within %.0f s", timeout_s)
            self._thread = None
        self._close()

    def _open(self, data_dir: Path) -> Database:
        if self.config.database_url is None:
            make_private(data_dir / "officex.db")
        url = self.config.database_url or sqlite_url(data_dir / "officex.db")
        database = Database(url, upgrade=_create_tables, durable=self.config.durable)
        try:
            database.open()
            books = database.call(reconcile)
            if not books.is_balanced:
                raise _unbalanced(books, data_dir)
            database.call(self._prepare, write=True)
        except OSError as exc:
            database.close()
            raise not_writable(data_dir, exc) from exc
        except BaseException:
            database.close()
            raise
        return database

    def _prepare(self, connection: Connection) -> None:
        assert self.sandbox is not None
        controls.open_treasury(connection)
        if self.config.seed and connection.execute(select(users.c.user_id).limit(1)).first() is None:
            demo.seed(Call(self.sandbox, connection, self.sandbox.clock(), {}, {}, {}))

    def _serve(self, listener: socket.socket) -> None:
        assert self.sandbox is not None
        assert self._database is not None
        config = uvicorn.Config(
            SandboxApp(self.sandbox, self._database).guarded(),
            http="httptools",
            loop="asyncio",
            lifespan="off",
            ws="none",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=KEEP_ALIVE_S,
            timeout_graceful_shutdown=3,
        )
        self._server = _Server(config)
        self._thread = threading.Thread(
            target=self._server.run_on_thread, args=(listener,), name="officex-sandbox", daemon=True
        )
        self._thread.start()
        self._server.ready.wait(START_TIMEOUT_S)
        if not self._server.started:
            raise StorageError("SERVER_NOT_STARTED", "The sandbox did not start.", "Look into the log for the cause.")

    def _close(self) -> None:
        if self._database is not None:
            self._database.close()
            self._database = None
        if self._lock is not None:
            self._lock.release()
            self._lock = None


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()

    def run_on_thread(self, listener: socket.socket) -> None:
        try:
            self.run(sockets=[listener])
        except (Exception, SystemExit):
            log.exception("the sandbox failed")
        finally:
            self.ready.set()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()


def _create_tables(connection: Connection) -> None:
    """Raises StorageError DATABASE_TOO_NEW."""
    if inspect(connection).has_table(_versions.name):
        found = connection.execute(select(_versions.c.version)).scalar_one_or_none()
        if found is not None and found > VERSION:
            raise StorageError(
                "DATABASE_TOO_NEW",
                f"The sandbox's database has version {found}, which this program does not know.",
                "Update Office Studio, or choose another data folder.",
            )
        if found == VERSION:
            return
    metadata.create_all(connection)
    _versions.create(connection, checkfirst=True)
    connection.execute(_versions.delete())
    connection.execute(_versions.insert(), {"version": VERSION})


def _admin_secret(data_dir: Path) -> str:
    path = data_dir / "admin-secret"
    if path.is_file():
        found = path.read_text("utf-8").strip()
        if len(found) >= 32:
            return found
    secret = secrets.token_urlsafe(32)
    write_private(path, secret + "\n")
    return secret


def _unbalanced(books: Books, data_dir: Path) -> StorageError:
    export = data_dir / "unbalanced.txt"
    export.write_text(
        "\n".join([f"treasury {books.treasury}", f"wallets {books.wallets_total}", *books.violations]), "utf-8"
    )
    return StorageError(
        "BOOKS_UNBALANCED",
        f"The books of the sandbox do not add up ({books.difference} micro-credits, {len(books.violations)} faults).",
        f"Read {export.name} in its folder; move officex.db away to begin anew.",
        violations=list(books.violations[:20]),
    )
