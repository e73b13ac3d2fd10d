"""The 62 scenario vectors of the contract, over real HTTP against the sandbox."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import httpx
import pytest

from office_studio.server.officex.lifecycle import SandboxServer
from office_studio.server.officex.sandbox import SandboxConfig
from office_studio.services.officex import http as officex_http
from office_studio.services.officex.conformance.run import names, run_vector, title
from office_studio.services.officex.conformance.world import Controls
from office_studio.services.officex.environments import Environment, sandbox_environment


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Environment, Controls]]:
    folder = tmp_path_factory.mktemp("officex")
    config = SandboxConfig(data_dir=folder, seed=False, webhook_timeout_s=1.0, durable=False)
    server = SandboxServer(config)
    address = server.start()
    yield sandbox_environment(address.root), Controls(address.root, address.control_token, address.admin_secret)
    server.stop()


def test_all_62_are_there():
    assert names() == [f"V{number:02d}" for number in range(1, 63)]
    assert all(map(title, names()))


@pytest.mark.parametrize("name", names())
def test_vector(name: str, sandbox: tuple[Environment, Controls], monkeypatch: pytest.MonkeyPatch):
    if name == "V56":  # five seconds of silence are right for people and too long for tests
        monkeypatch.setattr(officex_http, "CHARGE", httpx.Timeout(1.0))
    environment, controls = sandbox
    result = asyncio.run(run_vector(environment, name, controls))
    assert (result.outcome, result.words) == ("passed", "")
