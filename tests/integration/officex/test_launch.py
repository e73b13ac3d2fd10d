"""The door through which a browser gets to an app: once, for its own user, and without the secret in an address."""

from __future__ import annotations

import asyncio
import logging
import os
import time
from pathlib import Path

import httpx
import pytest

from office_studio.errors import UsageError
from office_studio.services.officex import launch as officex_launch
from office_studio.services.officex.environments import PRODUCTION, sandbox_environment
from office_studio.services.officex.http import InstallKey
from office_studio.services.officex.launch import LaunchDoor, target_of

KEY = InstallKey("i-1", "s3cr3t/with?odd&chars")
APP = "https://leads.example/open?x=1#start"


def _through(door: LaunchDoor, visit) -> bool:
    async def run() -> bool:
        address = await door.open()
        waiting = asyncio.create_task(door.wait())
        async with httpx.AsyncClient(trust_env=False) as http:
            await visit(http, address)
        return await waiting

    return asyncio.run(run())


def test_it_leads_one_visitor_on(caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG)
    target = target_of(PRODUCTION, APP, "u-1", KEY)
    assert target.endswith("officex_install_secret=s3cr3t%2Fwith%3Fodd%26chars#start")
    door = LaunchDoor(target)

    async def visit(http: httpx.AsyncClient, address: str) -> None:
        assert "s3cr3t" not in address + repr(door)
        strange = address.rsplit("/", 1)[0] + "/" + "x" * 43
        assert (await http.get(strange)).status_code == 404
        assert (await http.get(address, headers={"Host": "evil.example"})).status_code == 404
        assert (await http.head(address)).status_code == 405
        found = await http.get(address)
        assert found.status_code == 303
        assert found.headers["location"] == target
        assert found.headers["referrer-policy"] == "no-referrer"
        assert found.headers["cache-control"] == "no-store"

    assert _through(door, visit)
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("office_studio")]
    assert any("https://leads.example/open" in words for words in ours)
    assert not any("s3cr3t" in words or "officex_install" in words for words in ours)


def test_a_second_visitor_finds_nothing():
    async def visit(http: httpx.AsyncClient, address: str) -> None:
        first, second = await asyncio.gather(*(http.get(address) for _ in range(2)), return_exceptions=True)
        statuses = [one.status_code for one in (first, second) if isinstance(one, httpx.Response)]
        assert statuses.count(303) == 1

    assert _through(LaunchDoor("https://a.test/"), visit)


def test_it_closes_by_itself_and_bears_nonsense():
    async def visit(_http: httpx.AsyncClient, address: str) -> None:
        port = int(address.split(":")[2].split("/")[0])
        for words in (b"", b"\r\n\r\n", b"GET\r\n\r\n", b"x" * 40_000 + b"\r\n\r\n"):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(words)
            try:
                writer.write_eof()
                assert b"303" not in await reader.read()
            except OSError:
                pass  # cut off, for it was too long
            writer.close()

    began = time.monotonic()
    assert not _through(LaunchDoor("https://a.test/", open_s=0.3), visit)
    assert time.monotonic() - began < 30  # by itself


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="only Linux tells whose a connection is")
def test_another_user_of_the_computer_is_turned_away(monkeypatch: pytest.MonkeyPatch):
    uid = os.getuid()

    async def visit(http: httpx.AsyncClient, address: str) -> None:
        monkeypatch.setattr(officex_launch.os, "getuid", lambda: uid + 1)
        assert (await http.get(address)).status_code == 403
        monkeypatch.undo()
        assert (await http.get(address)).status_code == 303

    assert _through(LaunchDoor("https://a.test/"), visit)


def test_only_pages_that_keep_the_secret_safe_are_opened():
    sandbox = sandbox_environment("http://127.0.0.1:9")
    assert target_of(sandbox, "http://127.0.0.1:5000/app", "u", KEY).startswith("http://127.0.0.1:5000/app?officex_")
    for environment, url in ((PRODUCTION, "http://leads.example/"), (PRODUCTION, "http://127.0.0.1:5/"),
                             (sandbox, "http://leads.example/"), (sandbox, ""), (sandbox, "javascript:alert(1)"),
                             (sandbox, "file:///etc/passwd")):  # fmt: skip
        with pytest.raises(UsageError) as caught:
            target_of(environment, url, "u", KEY)
        assert caught.value.code == "APP_NOT_LAUNCHABLE"
        assert "s3cr3t" not in str(caught.value)
