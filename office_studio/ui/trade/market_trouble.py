"""What stands on top of Market while OfficeX says no: what happened, since when the rest is old, and the way on."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from office_studio.core.officex.codes import UNREACHABLE, facts_of
from office_studio.errors import OfficeStudioError
from office_studio.ui import formats
from office_studio.ui.trade.market_session import MarketSession, MarketState
from office_studio.ui.widgets.floating import Banner

if TYPE_CHECKING:
    from office_studio.ui.studio import Studio

# What helps besides asking again (contract, section 5): words, and the page of Market where it is done.
_PAGES = {
    "INSTALL_EXPIRED": ("Open Installs", "installs"),
    "INSTALL_NOT_FOUND": ("Open Installs", "installs"),
    "LIFETIME_LIMIT_REACHED": ("Open Installs", "installs"),
    "RATE_LIMITED": ("Open Installs", "installs"),
    "APP_NOT_FOUND": ("Open the catalog", "catalog"),
    "INSUFFICIENT_FUNDS": ("Open the wallet", "wallet"),
    "PAYMENT_FAILED": ("Open the wallet", "wallet"),
}
_SIGN_IN = frozenset({"UNAUTHORIZED", "INVALID_SECRET", "FORBIDDEN", "USER_NOT_FOUND"})


def ways_on(studio: Studio, market: MarketSession, code: str) -> list[tuple[str, Callable[[], object]]]:
    """Buttons for a code: what solves it first, then asking again."""
    found: list[tuple[str, Callable[[], object]]] = []
    if code in _SIGN_IN:
        found.append(("Sign in…", lambda: _sign_in(studio)))
    elif code in _PAGES:
        words, page = _PAGES[code]
        found.append((words, lambda: market.page_requested.emit(page)))
    return [*found, ("Try again", market.refresh)]


def _sign_in(studio: Studio) -> object:
    from office_studio.ui.trade.nav_panel import sign_in

    return sign_in(studio)


class TroubleBanner(Banner):
    """Shown while the last reading of the account did not work."""

    def __init__(self, studio: Studio, market: MarketSession) -> None:
        super().__init__()
        self._studio, self._market = studio, market
        for changed in (market.data_changed, market.account_changed, market.state_changed):
            changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        error = self._market.error
        if error is None or self._market.state is not MarketState.READY:
            self.hide()
            return
        title, way = told(error)
        data = self._market.data
        age = f"What is shown is of {formats.clock_seconds(data.at_ms)}." if data is not None else ""
        tone = "idle" if error.code == UNREACHABLE else "blocked"
        self.say(tone, "warning", title, formats.sentences(way, age), *ways_on(self._studio, self._market, error.code))
        status = error.details.get("status")
        self.setToolTip(" · ".join(str(part) for part in (error.code, status) if part))


def told(error: OfficeStudioError) -> tuple[str, str]:
    """What happened, and what to do; in the server's words where it has some."""
    return error.message.rstrip("."), error.hint or facts_of(error.code, 0).way_on
