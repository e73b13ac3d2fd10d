"""Opening an app's own page in the browser: what goes along is said first."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from office_studio.core.officex.wire import InstallView
from office_studio.errors import OfficeStudioError
from office_studio.services.officex.http import InstallKey
from office_studio.services.officex.launch import LaunchDoor, target_of
from office_studio.ui.trade import market_words
from office_studio.ui.trade.trade_sheet import TradeSheet
from office_studio.ui.widgets.basics import Paragraph

if TYPE_CHECKING:
    from office_studio.ui.studio import Studio

_LOST = "The secret of this install is not on this computer. A new one can be made; the old one stops working at once."


def why_not_launched(iframe_url: str) -> str:
    """Why an app cannot be opened, "" where it can."""
    return "" if urlsplit(iframe_url).hostname else "This app has no page of its own; your agents use it by chat"


class LaunchSheet(TradeSheet):
    """``open_url`` gives an address to the browser; it never holds the secret."""

    def __init__(
        self, studio: Studio, install: InstallView, name: str, open_url: Callable[[str], object] | None = None
    ) -> None:
        market = studio.market
        app = market.data.apps.get(install.app_id) if market.data is not None else None
        self._url = app.text("iframe_url") if app is not None else ""
        self._install, self._name = install, name
        self._open_url = open_url or (lambda url: QDesktopServices.openUrl(QUrl(url)))
        host = urlsplit(self._url).hostname or "its own site"
        words = (
            f"Its page at {host} opens in your browser. Your account's id and the secret of this install go along, by "
            "which the app charges; the browser keeps them in its history."
        )
        super().__init__(studio, f"Open {name}?", Paragraph(words), glyph="arrow-square-out")
        self._has_lost_secret = False
        self.set_primary("Open in browser")
        self.primary.clicked.connect(self._go)
        self.open(self.cancel_button)

    def _go(self) -> None:
        if self.is_busy:
            return
        market, install_id = self.market, self._install.install_id
        place, account = market.environment, market.account
        assert place is not None
        assert account is not None
        makes_new, self._has_lost_secret = self._has_lost_secret, False
        url = self._url

        async def begin(client: Any) -> tuple[LaunchDoor, str]:
            if makes_new:
                key: InstallKey | None = InstallKey(install_id, await client.rotate_secret(install_id))
                assert key is not None
                await asyncio.to_thread(market.book.keep_install, place.name, key)
            else:
                key = await asyncio.to_thread(market.book.install_key, place.name, install_id)
            if key is None:
                raise OfficeStudioError("OFFICEX_SECRET_UNKNOWN", _LOST)
            door = LaunchDoor(target_of(place, url, account.user_id, key))
            return door, await door.open()

        self.set_busy("Opening…")
        market.run(begin, self._on_door, self._failed)

    def _on_door(self, found: tuple[LaunchDoor, str]) -> None:
        door, address = found
        studio, name, market = self.studio, self._name, self.market
        market.scope.run(
            door.wait,
            lambda came: None if came else studio.toast(f"{name} was not opened", "No browser came for it.",
                                                        tone="warning", key="launch"),
        )  # fmt: skip
        if self._open_url(address) is False:
            self.refuse(OfficeStudioError("BROWSER_MISSING", "No browser was found.", "Choose one in the system."))
            self.set_primary("Open in browser")
            return
        studio.toast(f"{name} opens in your browser", key="launch")
        self.close_sheet()

    def _failed(self, error: OfficeStudioError) -> None:
        self.set_busy("")
        self._has_lost_secret = error.code in ("OFFICEX_SECRET_UNKNOWN", "INVALID_SECRET")
        self.set_primary("Make a new secret and open" if self._has_lost_secret else "Open in browser")
        self.say_problem(_LOST if self._has_lost_secret else market_words.refusal(error))
