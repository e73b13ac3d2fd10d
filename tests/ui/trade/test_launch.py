"""Opening an app from its install: the browser gets an address without the secret, the app gets the secret."""

from __future__ import annotations

import logging
from typing import Any

import httpx
import psutil
import pytest
from PySide6.QtCore import Qt

from office_studio.ui.trade.installs.installs_page import InstallsPage
from office_studio.ui.trade.installs.launch_sheet import LaunchSheet
from tests.ui.trade.conftest import Bazaar


def _page(bazaar: Bazaar, install_id: str) -> InstallsPage:
    found = bazaar.page("installs")
    assert isinstance(found, InstallsPage)
    found.choose(install_id)
    return found


def _give_a_page(bazaar: Bazaar, url: str | None) -> None:
    """The vendor says where the app is."""

    async def change(client: Any) -> None:
        app = next(one for one in await client.my_apps() if one.slug == "lead-finder")
        await client.change_app(app.app_id, {"iframe_url": url})

    bazaar.ask("vendor", change)


def test_the_browser_is_led_to_the_app_once(bazaar: Bazaar, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    key = bazaar.install("lead-finder")
    _give_a_page(bazaar, None)
    bazaar.again()
    page = _page(bazaar, key.install_id)
    assert not page.launch.isEnabled()
    assert "no page of its own" in page.launch.toolTip()

    _give_a_page(bazaar, "https://leads.example/open?x=1#f")
    bazaar.market.book.keep_install("sandbox", key)
    bazaar.again()
    page = _page(bazaar, key.install_id)
    given: list[str] = []
    page.open_url = given.append
    bazaar.qtbot.mouseClick(page.launch, Qt.MouseButton.LeftButton)
    sheet = page.sheet
    assert isinstance(sheet, LaunchSheet)
    assert given == []  # what goes along is said first
    bazaar.qtbot.mouseClick(sheet.primary, Qt.MouseButton.LeftButton)
    bazaar.wait(lambda: given)
    assert key.secret not in given[0]
    assert key.install_id not in given[0]
    answer = httpx.get(given[0], trust_env=False)
    account = bazaar.market.account
    assert account is not None
    assert answer.headers["location"] == (
        f"https://leads.example/open?x=1&officex_customer_id={account.user_id}"
        f"&officex_install_id={key.install_id}&officex_install_secret={key.secret}#f"
    )
    # What this test reads of the answer is the browser's part: httpcore tells it at DEBUG.
    said = [record.getMessage() for record in caplog.records if not record.name.startswith("httpcore")]
    assert said
    assert not any(key.secret in words for words in said)
    lines = [" ".join(process.info["cmdline"] or []) for process in psutil.process_iter(["cmdline"])]
    assert not any(key.secret in line for line in lines)
    with pytest.raises(httpx.HTTPError):
        _again(given[0])


def _again(address: str) -> None:
    """A second visit, once the door has gone."""
    for _ in range(50):
        answer = httpx.get(address, trust_env=False)
        assert answer.status_code == 410


def test_a_lost_secret_is_replaced_when_asked_for(bazaar: Bazaar) -> None:
    key = bazaar.install("lead-finder")
    _give_a_page(bazaar, "https://leads.example/")
    bazaar.again()
    page = _page(bazaar, key.install_id)
    given: list[str] = []
    page.open_url = given.append
    page.launch.click()
    sheet = page.sheet
    assert isinstance(sheet, LaunchSheet)
    sheet.primary.click()
    bazaar.wait(lambda: not sheet.problem.isHidden())
    assert "not on this computer" in sheet.problem.accessibleName()
    assert given == []
    assert sheet.primary.text() == "Make a new secret and open"
    sheet.primary.click()
    bazaar.wait(lambda: given)
    found = httpx.get(given[0], trust_env=False).headers["location"]
    kept = bazaar.market.book.install_key("sandbox", key.install_id)
    assert kept is not None
    assert kept.secret != key.secret
    assert kept.secret in found
