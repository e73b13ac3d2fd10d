"""Market goes on by itself in the next run where it was in use, and costs nobody anything who never used it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from pytestqt.qtbot import QtBot

from office_studio import paths
from office_studio.core.office.live import LiveAgent
from office_studio.core.office.model import Agent, AgentStatus
from office_studio.core.officex.money import MICRO
from office_studio.server.officex.lifecycle import SandboxServer
from office_studio.server.officex.sandbox import SandboxConfig
from office_studio.services import secrets
from office_studio.services.officex import environments
from office_studio.services.officex.accounts import AccountBook, KnownAccount
from office_studio.services.officex.client import OfficeXClient
from office_studio.services.officex.http import Account, InstallKey
from office_studio.services.officex.till import Till
from office_studio.ui.trade import market_resume
from office_studio.ui.trade.market_memory import LastUse, MarketMemory
from office_studio.ui.trade.market_session import MarketState
from office_studio.ui.trade.spending.spend_overlay import SpendOverlay
from tests.ui.trade.conftest import WAIT_MS, Bazaar

if TYPE_CHECKING:
    from office_studio.app import Application
    from office_studio.ui.studio import Studio


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> list[LastUse | None]:
    """It looks at once; what it found."""
    found: list[LastUse | None] = []
    look = market_resume._last_use

    def note() -> LastUse | None:
        found.append(look())
        return found[-1]

    monkeypatch.setattr(market_resume, "LATER_MS", 0)
    monkeypatch.setattr(market_resume, "_last_use", note)
    return found


def _file() -> Path:
    return paths.config_dir() / "officex-market.json"


def _says(is_in_use: bool) -> bool:
    return _file().is_file() and json.loads(_file().read_text("utf-8"))["last"].get("isInUse") is is_in_use


def _put_in(studio: Studio, *agents: str) -> None:
    working = AgentStatus.WORKING
    studio.store.replace_agents([LiveAgent(Agent(one, one.title(), working), working, 0) for one in agents])
    studio.apply_motion(True)


def _jars(studio: Studio) -> dict[str, Any]:
    """Jars that stand in the office, and where."""
    return {one: rect for one, rect in studio.stage.stage.jars.shown.items() if "RESV#" in one}


def test_jars_are_there_before_market_is_opened(qtbot: QtBot, new_application: Callable[[], Application]) -> None:
    bazaar = Bazaar(qtbot, new_application())
    bazaar.wait(lambda: _says(False))  # looked at, no more
    key = bazaar.install("lead-finder")
    bazaar.till(key, lambda till: till.reserve(4 * MICRO, "7f2c", {"agent_id": "sana"}))
    bazaar.again()
    bazaar.wait(lambda: _says(True))
    before = bazaar.market.choice

    studio = new_application().studio
    _put_in(studio, "sana")
    qtbot.waitUntil(lambda: bool(_jars(studio)), timeout=WAIT_MS)
    assert studio.market_page is None
    assert studio.window.workspace == "watch"
    assert studio.market.choice is not None
    assert before is not None
    assert studio.market.choice.account.user_id == before.account.user_id
    overlay = studio.market.findChild(SpendOverlay)
    assert overlay is not None
    qtbot.waitUntil(lambda: overlay.is_asking, timeout=WAIT_MS)
    studio.window.show_workspace("market")  # nothing begins anew
    assert studio.market.state is MarketState.READY
    assert studio.market.data is not None


def test_who_only_looked_starts_no_sandbox(
    qtbot: QtBot, new_application: Callable[[], Application], soon: list[LastUse | None], own_home: Path
) -> None:
    MarketMemory(_file(), lambda write: write()).note_last(LastUse("sandbox", "u", False))
    studio = new_application().studio
    qtbot.waitUntil(lambda: len(soon) == 1, timeout=WAIT_MS)
    assert soon == [None]
    studio.scope.run_blocking(lambda: "after it", lambda word: soon.append(word))
    qtbot.waitUntil(lambda: len(soon) == 2, timeout=WAIT_MS)
    assert studio.market_session is None
    assert not list(own_home.rglob("*.sqlite*"))
    assert not list(own_home.rglob("admin-secret"))


class _Ring:
    """A keyring that outlives windows."""

    def __init__(self) -> None:
        self._kept: dict[str, str] = {}

    def get_password(self, _service: str, name: str) -> str | None:
        return self._kept.get(name)

    def set_password(self, _service: str, name: str, word: str) -> None:
        self._kept[name] = word

    def delete_password(self, _service: str, name: str) -> None:
        self._kept.pop(name, None)


class Elsewhere:
    """An OfficeX at another address, that goes by the name of staging; somebody signed in there, and used it."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.server = SandboxServer(SandboxConfig(data_dir=folder))
        self.address = self.server.start()
        root = self.address.root
        self.place = replace(environments.STAGING, api=f"{root}/v1", chat=f"{root}/chat/")
        monkeypatch.setattr(environments, "STAGING", self.place)
        self.ring = _Ring()
        monkeypatch.setattr(secrets, "_system_keyring", lambda: self.ring)
        headers = {"x-sandbox-token": self.address.control_token}
        with httpx.Client(trust_env=False, verify=False) as http:
            seeded = http.post(f"{root}/__sandbox/seed", json={}, headers=headers).raise_for_status().json()["consumer"]
        self.account = Account(seeded["user_id"], seeded["api_key"])
        book = AccountBook(paths.config_dir() / "officex-accounts.json", secrets.SecretStore(self.ring))
        book.remember(KnownAccount("staging", self.account.user_id, "me@example.org"), self.account.master_key)
        MarketMemory(_file(), lambda write: write()).note_last(LastUse("staging", self.account.user_id, True))

    def hold(self) -> None:
        """Lead Finder holds 2 for Sana."""

        async def run() -> None:
            async with OfficeXClient(self.place, self.account) as client:
                made = await client.install("lead-finder")
            async with Till(self.place, InstallKey(made.install_id, made.secret)) as till:
                await till.reserve(2 * MICRO, "7f2c", {"agent_id": "sana"})

        asyncio.run(run())


@pytest.fixture
def elsewhere(tmp_path: Path, nothing_left: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Elsewhere]:
    made = Elsewhere(tmp_path / "elsewhere", monkeypatch)
    yield made
    made.server.stop()


def test_an_account_elsewhere_needs_no_sandbox_and_shows_its_age_offline(
    qtbot: QtBot, elsewhere: Elsewhere, new_application: Callable[[], Application]
) -> None:
    elsewhere.hold()
    studio = new_application().studio
    _put_in(studio, "sana")
    jars = studio.stage.stage.jars
    qtbot.waitUntil(lambda: bool(_jars(studio)), timeout=WAIT_MS)
    market = studio.market
    assert market.sandbox is None
    assert market.host._server is None
    assert market.environment == elsewhere.place
    overlay = market.findChild(SpendOverlay)
    assert overlay is not None

    def is_calm() -> bool:
        if overlay.is_old:  # the machine was so busy that an answer came too late
            overlay._ask()
        return overlay.pause_ms == 15_000

    qtbot.waitUntil(is_calm, timeout=WAIT_MS)

    elsewhere.server.stop()
    overlay._ask()
    qtbot.waitUntil(lambda: overlay.is_old, timeout=WAIT_MS)
    [rect] = _jars(studio).values()
    assert "as of" in jars.tip_at(rect.center())
    qtbot.waitUntil(lambda: not overlay.is_under_way, timeout=WAIT_MS)
    first = overlay.pause_ms
    assert first is not None
    assert first >= 60_000  # it only looks whether OfficeX is back
    overlay._ask()
    qtbot.waitUntil(lambda: (overlay.pause_ms or 0) > first, timeout=WAIT_MS)

    # Opening Market brings the sandbox's accounts; whoever trades goes on.
    studio.window.show_workspace("market")
    qtbot.waitUntil(lambda: market.sandbox is not None, timeout=WAIT_MS)
    assert [one.role for one in market.choices] == ["consumer", "vendor", ""]
    assert market.environment == elsewhere.place
    assert not overlay.is_asking or overlay.is_under_way  # Market asks itself while it is looked at
    qtbot.waitUntil(lambda: market._poll.interval() == 60_000, timeout=WAIT_MS)
    market.switch(market.choices[0])
    qtbot.waitUntil(lambda: market._poll.interval() == 15_000, timeout=WAIT_MS)


def test_a_key_that_is_gone_is_a_first_visit(
    qtbot: QtBot, elsewhere: Elsewhere, new_application: Callable[[], Application]
) -> None:
    elsewhere.ring._kept.clear()
    states: list[Any] = []
    studio = new_application().studio
    studio.market.state_changed.connect(lambda: states.append(studio.market.state))
    studio.market.resume(LastUse("staging", elsewhere.account.user_id, True))
    qtbot.waitUntil(lambda: states == [MarketState.STARTING, MarketState.IDLE], timeout=WAIT_MS)
    studio.market.resume(LastUse("staging", elsewhere.account.user_id, True))
    studio.window.show_workspace("market")  # while the keyring is asked
    qtbot.waitUntil(lambda: studio.market.state is MarketState.READY, timeout=WAIT_MS)
    assert studio.market.choice is not None
    assert studio.market.choice.role == "consumer"
