"""Tells once when a budget is nearly used up, and once when it is; offers to pause the app."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from office_studio.ui import formats
from office_studio.ui.trade import market_words
from office_studio.ui.trade.installs import pausing
from office_studio.ui.trade.market_session import MarketSession
from office_studio.ui.trade.spending.spend_budgets import APP, Budget, Level, budgets_now, month_start

if TYPE_CHECKING:
    from office_studio.errors import OfficeStudioError
    from office_studio.ui.studio import Studio


class SpendWatch(QObject):
    """Signals:
    changed(): ``budgets`` are newer.
    """

    changed = Signal()

    def __init__(self, studio: Studio, market: MarketSession) -> None:
        super().__init__(market)
        self._studio, self._market = studio, market
        self.budgets: list[Budget] = []
        self._told: set[tuple[str, int, Level]] = set()
        market.data_changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        data, place = self._market.data, self._market.environment
        found: list[Budget] = []
        if data is not None and place is not None:
            memory, now_ms = self._market.memory, self._studio.store.now_ms()
            found = budgets_now(
                data, memory.budgets(place.name), memory.agents(place.name), self._studio.store.name, now_ms
            )
            for one in found:
                self._warn(place.name, one, month_start(now_ms))
        if found != self.budgets:
            self.budgets = found
            self.changed.emit()

    def _warn(self, place: str, one: Budget, month: int) -> None:
        if one.level is Level.WITHIN or (f"{place}/{one.key}", month, one.level) in self._told:
            return
        self._told.add((f"{place}/{one.key}", month, one.level))
        title = f"{one.name} has used up its budget" if one.level is Level.OVER else f"{one.name} nears its budget"
        pause = ("Pause app", lambda: self._pause(one)) if self._can_pause(one) else None
        self._studio.toast(title, f"{one.words}.", tone="warning", action=pause, key=f"budget-{one.key}")

    def _can_pause(self, one: Budget) -> bool:
        data = self._market.data
        install = data.install_of_app(one.key.removeprefix(APP)) if data is not None else None
        return one.key.startswith(APP) and install is not None and pausing.can_charge(install)

    def _pause(self, one: Budget) -> None:
        market = self._market
        install = market.data.install_of_app(one.key.removeprefix(APP)) if market.data is not None else None
        if install is None:
            return

        def done(found: tuple[list[str], list[tuple[str, OfficeStudioError]]]) -> None:
            did, left = found
            market.refresh()
            if left:
                self._studio.toast(f"{one.name} not paused", market_words.refusal(left[0][1]), tone="error")
            elif did:
                self._studio.toast(formats.sentences(f"{one.name} paused"), "Installs lets it go on.", key="pause")

        market.run(
            lambda client: pausing.pause(client, market.memory, [install]), done,
            lambda error: self._studio.toast(f"{one.name} not paused", market_words.refusal(error), tone="error"),
        )  # fmt: skip
