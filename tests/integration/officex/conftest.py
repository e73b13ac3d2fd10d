"""A sandbox's tables in a file of their own, and a sandbox that runs; each with a user, an app and an install in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, Row, create_engine, event, insert, select

from office_studio.core.officex.money import typed_amount
from office_studio.server.officex.ledger import TREASURY, About, Line, balance, post, reconcile
from office_studio.server.officex.lifecycle import SandboxAddress, SandboxServer
from office_studio.server.officex.sandbox import SandboxConfig
from office_studio.server.officex.tables import apps, installs, metadata, users, wallets

from .world import World

NOW_MS = 1_773_136_800_000  # 2026-03-10T10:00:00Z


class Books:
    """Direct access to the tables, each call in one transaction of its own, each followed by a look at the sums."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.now_ms = NOW_MS

    def run(self, work: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        try:
            with self.engine.begin() as connection:
                return work(connection, *arguments, **named)
        finally:
            with self.engine.begin() as connection:
                books = reconcile(connection)
                assert (books.difference, books.violations) == (0, ())

    def add_user(self, name: str, credits: str = "0") -> str:
        with self.engine.begin() as connection:
            connection.execute(insert(wallets), {"wallet_id": f"w-{name}", "owner_type": "user", "owner_id": name})
            row = {"user_id": name, "email": f"{name}@x.test", "wallet_id": f"w-{name}", "status": "active"}
            connection.execute(insert(users), row | {"created_ms": self.now_ms})
            micro = typed_amount(credits)
            if micro:
                lines = [Line(TREASURY, "PURCHASE", available=-micro), Line(f"w-{name}", "PURCHASE", available=micro)]
                post(connection, lines, About(self.now_ms))
        return name

    def add_app(self, name: str, owner: str) -> str:
        with self.engine.begin() as connection:
            connection.execute(insert(wallets), {"wallet_id": f"w-{name}", "owner_type": "app", "owner_id": name})
            row = {"app_id": name, "owner_id": owner, "slug": name, "wallet_id": f"w-{name}", "fields": {}}
            times = {"created_ms": self.now_ms, "updated_ms": self.now_ms}
            connection.execute(insert(apps), row | times | {"status": "active"})
        return name

    def add_install(self, user: str, app: str, **changes: Any) -> str:
        row = {
            "install_id": f"{user}-{app}", "app_id": app, "user_id": user, "secret_hash": "x", "status": "active",
            "max_per_hour": 100, "max_per_day": 300, "max_per_month": 1000, "allowed_until": -1, "lifetime_micro": -1,
            "agent_context": {}, "installed_ms": self.now_ms,
        }  # fmt: skip
        with self.engine.begin() as connection:
            connection.execute(insert(installs), row | changes)
        return f"{user}-{app}"

    def install(self, install_id: str) -> Row[Any]:
        with self.engine.begin() as connection:
            return connection.execute(select(installs).where(installs.c.install_id == install_id)).one()

    def wallet(self, name: str) -> tuple[str, str]:
        """Available and reserved as people write them."""
        from office_studio.core.officex.money import literal

        with self.engine.begin() as connection:
            found = balance(connection, name if name == TREASURY else f"w-{name}")
        return literal(found.available), literal(found.reserved)


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Books]:
    engine = create_engine(f"sqlite:///{tmp_path / 'officex.db'}")

    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _: object) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA foreign_keys=ON")

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    metadata.create_all(engine)
    found = Books(engine)
    with engine.begin() as connection:
        connection.execute(insert(wallets), {"wallet_id": TREASURY, "owner_type": "treasury", "owner_id": TREASURY})
    found.add_user("u", "100")
    found.add_user("vendor")
    found.add_app("a", "vendor")
    found.add_install("u", "a")
    yield found
    engine.dispose()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxAddress]:
    folder = tmp_path_factory.mktemp("officex")
    server = SandboxServer(SandboxConfig(data_dir=folder, durable=False, webhook_timeout_s=1.0))
    yield server.start()
    server.stop()


@pytest.fixture
def w(address: SandboxAddress) -> Iterator[World]:
    found = World(address)
    yield found
    found.check_books()
    found.http.close()
