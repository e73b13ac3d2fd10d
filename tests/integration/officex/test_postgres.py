"""The scenario vectors on PostgreSQL: all of them with ``--full``, one of each kind by default."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from office_studio.server.officex.lifecycle import SandboxServer
from office_studio.server.officex.sandbox import SandboxConfig
from office_studio.services.officex import http as officex_http
from office_studio.services.officex.conformance.run import names, run_vector
from office_studio.services.officex.conformance.world import Controls
from office_studio.services.officex.environments import Environment, sandbox_environment

from .postgres import running_postgres

# Sums, races, unique jobs, counting up, JSON columns, webhooks, payouts, vouchers, chat.
SOME = ("V09", "V20", "V22", "V28", "V32", "V38", "V42", "V45", "V48", "V49", "V55")


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Environment, Controls]]:
    folder: Path = tmp_path_factory.mktemp("postgres")
    with running_postgres(folder) as url:
        data = tmp_path_factory.mktemp("officex")
        server = SandboxServer(SandboxConfig(data_dir=data, database_url=url, seed=False, webhook_timeout_s=1.0))
        address = server.start()
        yield sandbox_environment(address.root), Controls(address.root, address.control_token, address.admin_secret)
        server.stop()


def run(name: str, sandbox: tuple[Environment, Controls]) -> None:
    result = asyncio.run(run_vector(sandbox[0], name, sandbox[1]))
    assert (result.outcome, result.words) == ("passed", "")


@pytest.mark.parametrize("name", SOME)
def test_vector_on_postgresql(name: str, sandbox: tuple[Environment, Controls]):
    run(name, sandbox)


@pytest.mark.full
@pytest.mark.parametrize("name", [name for name in names() if name not in SOME])
def test_every_other_vector_on_postgresql(
    name: str, sandbox: tuple[Environment, Controls], monkeypatch: pytest.MonkeyPatch
):
    if name == "V56":
        monkeypatch.setattr(officex_http, "CHARGE", httpx.Timeout(1.0))
    run(name, sandbox)
