"""The database: SQLite beside the themes, or any other SQLAlchemy URL. Blocking calls run on worker threads."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, OperationalError, SQLAlchemyError
from sqlalchemy.pool import StaticPool

from office_studio.errors import OfficeStudioError, StorageError, UsageError
from office_studio.server import migrate

T = TypeVar("T")

BUSY_TIMEOUT_MS = 5_000
_WORKERS = 4

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Done:
    """How one of several functions has ended: its result, or why everything that it wrote was taken back."""

    result: Any = None
    error: Exception | None = None


class Database:
    """Runs functions of a connection, each in one transaction. ``upgrade`` makes or updates the tables.

    ``durable``: what is confirmed outlives a power cut; without it, only the end of the program.

    Raises:
        UsageError: DATABASE_URL_INVALID, DATABASE_DRIVER_MISSING.
    """

    def __init__(
        self,
        url: str | URL,
        upgrade: Callable[[Connection], None] = migrate.upgrade,
        *,
        durable: bool = True,
    ) -> None:
        self.url = _parse(url)
        self._upgrade = upgrade
        self.shown = self.url.render_as_string(hide_password=True)
        self._is_sqlite = self.url.get_backend_name() == "sqlite"
        in_memory = self._is_sqlite and self.url.database in (None, "", ":memory:")
        self._is_file = self._is_sqlite and not in_memory
        self._engine = _engine(self.url, in_memory)
        if self._is_sqlite:
            _prepare_sqlite(self._engine, BUSY_TIMEOUT_MS, durable)
        self._for_writing = self._engine.execution_options(office_write=True)
        # SQLite has one writer at a time. Waiting here costs nothing; waiting in SQLite polls.
        self._lock = threading.Lock()
        self._writing = self._lock if self._is_sqlite else contextlib.nullcontext()
        self._writer = _Writer(self._engine)
        self._hasty = _Writer(self._engine, waits=False)
        self._pool = ThreadPoolExecutor(1 if in_memory else _WORKERS, thread_name_prefix="office-db")

    def open(self) -> None:
        """Connect, and create or update the tables.

        Raises:
            StorageError: DATABASE_LOCKED, DATABASE_READ_ONLY, DATABASE_CORRUPT, DATABASE_FULL,
                DATABASE_UNREACHABLE, DATABASE_TOO_NEW.
        """
        try:
            self.call(self._upgrade, write=True)
        except (SQLAlchemyError, sqlite3.Error) as exc:  # the driver's own comes from ``on_connect``
            raise self.explain(exc) from exc

    def call(self, work: Callable[[Connection], T], *, write: bool = False) -> T:
        """Run ``work`` on this thread."""
        with self._writing if write else contextlib.nullcontext():
            engine = self._for_writing if write else self._engine
            with engine.begin() as connection:
                return work(connection)

    def call_each(
        self, works: Sequence[Callable[[Connection], Any]], before: Callable[[Connection], None] | None = None
    ) -> list[Done]:
        """Run ``works`` in order, on this thread, in one writing transaction. Each that fails takes back its own only.

        Where the transaction itself cannot be begun or committed, nothing is written, and all have failed for that.
        """
        with self._writing:
            return self._each(works, before, self._writer)

    def call_each_now(self, works: Sequence[Callable[[Connection], Any]]) -> list[Done] | None:
        """As ``call_each``, or None, and nothing done, where that would have to wait for another writer.

        For the thread of an event loop and for what takes microseconds: all that is waited for is the disk. It is for
        files of SQLite only: others wait for a network, and a database in memory is one connection for all.
        """
        if not self._is_file or not self._lock.acquire(blocking=False):
            return None
        try:
            done = self._each(works, None, self._hasty)
        finally:
            self._lock.release()
        return None if isinstance(done[0].error, _Busy) else done

    def _each(
        self,
        works: Sequence[Callable[[Connection], Any]],
        before: Callable[[Connection], None] | None,
        writer: _Writer,
    ) -> list[Done]:
        try:
            with writer.transaction() if self._is_sqlite else self._for_writing.begin() as connection:
                if before is not None:
                    before(connection)
                if len(works) == 1:
                    return [Done(works[0](connection))]
                return [_apart(connection, work) for work in works]
        except Exception as exc:
            return [Done(error=exc)] * len(works)

    def submit(self, work: Callable[[], None]) -> None:
        """Run ``work`` on a worker thread."""
        self._pool.submit(work)

    async def run(self, work: Callable[[Connection], T], *, write: bool = False) -> T:
        """Run ``work`` on a worker thread. Raises what SQLAlchemy raises."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, lambda: self.call(work, write=write))

    def close(self) -> None:
        self._pool.shutdown(wait=True)
        self._writer.close()
        self._hasty.close()
        self._engine.dispose()

    def explain(self, error: Exception) -> OfficeStudioError:
        """What a person should read instead of a driver's exception."""
        reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        for words, code, message, hint in _REASONS:
            if any(word in reason.lower() for word in words):
                return StorageError(code, message.format(url=self.shown), hint, reason=reason)
        return StorageError(
            "DATABASE_UNREACHABLE",
            f"The database {self.shown} cannot be used: {reason}",
            "Check that the address is right, that its folder exists, and that the database server runs.",
            reason=reason,
        )


class _Busy(Exception):
    """Somebody else is writing."""


class _Writer:
    """Write transactions of SQLite on a connection that is kept, as ``Engine.begin``: that spares half of it all.

    SQLAlchemy begins nothing there until it is asked to execute something; the driver has begun by then.

    Args:
        waits: For other programs that hold the file, for as long as the engine's connections do; else raises _Busy.
    """

    def __init__(self, engine: Engine, *, waits: bool = True) -> None:
        self._engine, self._waits = engine, waits
        self._kept: Connection | None = None

    @contextlib.contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Raises what SQLAlchemy raises."""
        if self._kept is None:
            self._kept = self._connect()
        connection = self._kept
        try:
            self._begin(connection)
            yield connection
            if connection.in_transaction():
                connection.commit()
            else:
                _commit(connection)
        except (SQLAlchemyError, sqlite3.Error):
            self.close()  # that rolls back; whatever is wrong with it, the next group gets a fresh one
            raise
        except BaseException:
            self._roll_back(connection)
            raise

    def close(self) -> None:
        if self._kept is not None:
            self._kept.close()
            self._kept = None

    def _connect(self) -> Connection:
        connection = self._engine.connect().execution_options(office_begun=True)
        if not self._waits:
            connection.detach()  # nobody else is to get one that does not wait
            _driven(connection, "PRAGMA busy_timeout=0")
        return connection

    def _begin(self, connection: Connection) -> None:
        try:
            _begin(connection, write=True)
        except OperationalError as error:
            if self._waits or "lock" not in str(error.orig):
                raise
            raise _Busy from error

    def _roll_back(self, connection: Connection) -> None:
        """A refusal is no reason to connect anew."""
        driver: Any = connection.connection.dbapi_connection
        try:
            connection.rollback()
            if driver.in_transaction:
                driver.execute("ROLLBACK")
        except (SQLAlchemyError, sqlite3.Error):
            self.close()


def _apart(connection: Connection, work: Callable[[Connection], Any]) -> Done:
    """``work`` in a savepoint. Raises its error where the database has given up the whole transaction."""
    driver: Any = connection.connection.dbapi_connection
    driver.execute("SAVEPOINT apart")
    try:
        result = work(connection)
    except Exception as exc:
        try:
            driver.execute("ROLLBACK TO SAVEPOINT apart")
            driver.execute("RELEASE SAVEPOINT apart")
        except Exception:
            raise exc from None
        return Done(error=exc)
    driver.execute("RELEASE SAVEPOINT apart")
    return Done(result)


_REASONS = (
    (
        ("database is locked", "database table is locked"),
        "DATABASE_LOCKED",
        "The database {url} is locked by another program.",
        "Close the program that has it open (a second server, a database browser), then try again.",
    ),
    (
        ("readonly", "read-only", "attempt to write"),
        "DATABASE_READ_ONLY",
        "The database {url} can be read but not written.",
        "Give this user the right to write the file and its folder, or choose another folder with --data.",
    ),
    (
        ("not a database", "malformed", "disk image"),
        "DATABASE_CORRUPT",
        "The file behind {url} is not a usable SQLite database.",
        "Move it away and start again, or choose another folder with --data.",
    ),
    (
        ("disk is full", "no space"),
        "DATABASE_FULL",
        "The disk that holds {url} is full.",
        "Free some space, or choose another folder with --data.",
    ),
)


def sqlite_url(path: Path) -> URL:
    return URL.create("sqlite", database=str(path))


def _parse(url: str | URL) -> URL:
    try:
        return make_url(url)
    except ArgumentError as exc:
        raise UsageError(
            "DATABASE_URL_INVALID",
            f"{_without_password(str(url))!r} is not a database address.",
            "Write it as SQLAlchemy does, for example sqlite:///office.db or postgresql+psycopg://user@host/office.",
        ) from exc


def _without_password(url: str) -> str:
    # Not parsable, so cut bluntly: whatever stands before an @ may be a secret.
    return url.rsplit("@", 1)[-1]


def _engine(url: URL, in_memory: bool) -> Engine:
    options: dict[str, Any] = {}
    if url.get_backend_name() == "sqlite":
        options["connect_args"] = {"check_same_thread": False}
    if in_memory:
        options["poolclass"] = StaticPool
    else:
        options["pool_pre_ping"] = url.get_backend_name() != "sqlite"
    try:
        return create_engine(url, **options)
    except (NoSuchModuleError, ModuleNotFoundError) as exc:
        raise UsageError(
            "DATABASE_DRIVER_MISSING",
            f"There is no driver for {url.drivername!r} here: {exc}",
            "Install the driver's Python package, or leave out --database to use SQLite.",
        ) from exc
    except (ArgumentError, TypeError, ValueError) as exc:
        shown = url.render_as_string(hide_password=True)
        raise UsageError("DATABASE_URL_INVALID", f"{shown!r} is not a usable database address: {exc}") from exc


def _prepare_sqlite(engine: Engine, busy_timeout_ms: int, durable: bool) -> None:
    @event.listens_for(engine, "connect")
    def on_connect(connection: sqlite3.Connection, _: object) -> None:
        connection.isolation_level = None  # transactions are begun below, not by the driver
        for pragma in (
            f"busy_timeout={busy_timeout_ms}",
            "journal_mode=WAL",  # readers never wait for the writer, and a killed writer leaves no half page
            "synchronous=FULL" if durable else "synchronous=OFF",  # a confirmed binding outlives a power cut
            "foreign_keys=ON",
        ):
            with contextlib.closing(connection.execute(f"PRAGMA {pragma}")) as cursor:
                cursor.fetchall()

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        if not options.get("office_begun"):
            _begin(connection, write=bool(options.get("office_write")))


def _begin(connection: Connection, *, write: bool) -> None:
    """A fifth of what SQLAlchemy's own way costs.

    IMMEDIATE takes the write lock at once: a transaction that reads first and then writes cannot deadlock.
    """
    _driven(connection, "BEGIN IMMEDIATE" if write else "BEGIN")


def _commit(connection: Connection) -> None:
    _driven(connection, "COMMIT")


def _driven(connection: Connection, words: str) -> None:
    driver: Any = connection.connection.dbapi_connection
    try:
        driver.execute(words)
    except sqlite3.Error as exc:  # as SQLAlchemy would have told it: a database locked by others is told here
        raise DBAPIError.instance(words, None, exc, sqlite3.Error, dialect=connection.dialect) from exc
