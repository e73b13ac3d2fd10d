"""Market in the real window, over a socket to the sandbox that the window itself starts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from pytestqt.qtbot import QtBot

from office_studio.services.officex.client import OfficeXClient
from office_studio.services.officex.http import Account, InstallKey
from office_studio.services.officex.till import Till

if TYPE_CHECKING:
    from office_studio.app import Application
    from office_studio.ui.studio import Studio
    from office_studio.ui.trade.market_page import MarketPage
    from office_studio.ui.trade.market_session import MarketSession

WAIT_MS = 20_000


class Bazaar:
    """The opened window, and what others (vendors, apps) do at the same sandbox behind its back."""

    def __init__(self, qtbot: QtBot, application: Application) -> None:
        self.qtbot, self.application = qtbot, application
        self.studio: Studio = application.studio
        self.market: MarketSession = self.studio.market
        self.studio.window.show_workspace("market")
        self.wait(lambda: self.market.data is not None)

    @property
    def middle(self) -> MarketPage:
        found = self.studio.market_page
        assert found is not None
        return found

    def page(self, page_id: str) -> Any:
        self.market.page_requested.emit(page_id)
        return self.middle.page

    def wait(self, is_so: Callable[[], object]) -> None:
        self.qtbot.waitUntil(lambda: bool(is_so()), timeout=WAIT_MS)

    def again(self) -> None:
        """Have the window read anew, and wait for it. A reading that had begun before does not count."""
        self.wait(lambda: not self.market._is_reading)
        before = self.market.data
        self.market.refresh()
        self.wait(lambda: self.market.data is not before)

    def ask(self, role: str, act: Callable[[OfficeXClient], Any]) -> Any:
        """As a demo account ("consumer", "vendor"), beside the window."""
        sandbox = self.market.sandbox
        assert sandbox is not None
        account: Account = sandbox.accounts[role]

        async def run() -> Any:
            async with OfficeXClient(sandbox.environment, account) as client:
                return await act(client)

        return self._run(run)

    def till(self, key: InstallKey, act: Callable[[Till], Any]) -> Any:
        """As the app of an install."""
        environment = self.market.environment
        assert environment is not None

        async def run() -> Any:
            async with Till(environment, key) as till:
                return await act(till)

        return self._run(run)

    def install(self, slug: str, **limits: int) -> InstallKey:
        made = self.ask("consumer", lambda client: client.install(slug, **limits))
        return InstallKey(made.install_id, made.secret)

    def _run(self, make: Callable[[], Any]) -> Any:
        runner = self.application.runner
        assert runner is not None
        return runner.submit(make()).result(20)


@pytest.fixture
def bazaar(qtbot: QtBot, application: Application) -> Iterator[Bazaar]:
    return Bazaar(qtbot, application)
