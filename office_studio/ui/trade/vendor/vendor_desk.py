"""Keeps what the vendor desk shows up to date while somebody looks at it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import QObject, Signal

from office_studio import paths
from office_studio.core.officex.app_fields import Setup
from office_studio.errors import OfficeStudioError
from office_studio.ui.trade.market_session import MarketSession
from office_studio.ui.trade.vendor import vendor_data
from office_studio.ui.trade.vendor.vendor_data import AppDesk, VendorSnapshot
from office_studio.ui.trade.vendor.vendor_memory import VendorMemory

Done = Callable[[Any], None]
Failed = Callable[[OfficeStudioError], None]


class VendorDesk(QObject):
    """The apps of whoever is signed in.

    Signals:
        changed(): ``data``, ``error`` or what is chosen is other.
        memory_loaded(): drafts and costs of earlier days are there.
    """

    changed = Signal()
    memory_loaded = Signal()

    def __init__(self, market: MarketSession, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.market = market
        self.memory = VendorMemory(paths.config_dir() / "officex-vendor.json", market.scope.run_blocking)
        self.has_memory = False
        self.data: VendorSnapshot | None = None
        self.error: OfficeStudioError | None = None
        self.chosen = ""
        self._is_looked_at = self._is_reading = self._reads_again = False
        market.scope.run_blocking(self.memory.load, lambda _none: self._on_memory(), lambda _error: self._on_memory())
        market.account_changed.connect(self._on_account)
        market.data_changed.connect(self._on_market)

    # -- who ---------------------------------------------------------------------------------------
    @property
    def where(self) -> str:
        """Environment and account: what is kept on this computer is kept under it."""
        place, account = self.market.environment, self.market.account
        return f"{place.name}/{account.user_id}" if place is not None and account is not None else ""

    @property
    def setup(self) -> Setup:
        place = self.market.environment
        return Setup(place.documentation_limit, place.allows_loopback) if place is not None else Setup()

    @property
    def desk(self) -> AppDesk | None:
        return self.data.desk(self.chosen) if self.data is not None else None

    def costs(self, app_id: str) -> dict[str, str]:
        return self.memory.costs(self.where, app_id)

    def choose(self, app_id: str) -> None:
        if app_id != self.chosen:
            self.chosen = app_id
            self.changed.emit()
            self.refresh()

    # -- reading -----------------------------------------------------------------------------------
    def set_looked_at(self, is_looked_at: bool) -> None:
        self._is_looked_at = is_looked_at
        if is_looked_at:
            self.refresh()

    def refresh(self) -> None:
        """Read anew; asked for while it is under way, it is done once more after it."""
        if not self._is_looked_at or not self.has_memory or self.market.choice is None:
            return
        if self._is_reading:
            self._reads_again = True
            return
        self._is_reading = True
        before, chosen, closed = self.data, self.chosen, self.memory.closed(self.where)

        def on_read(found: VendorSnapshot) -> None:
            for app_id in closed:
                if found.desk(app_id) is None:
                    self.memory.forget_closed(self.where, app_id)  # paid out, or gone with a sandbox of earlier days
            self._on_read(found)

        self.market.run(lambda client: vendor_data.load(client, before, chosen, closed), on_read, self._on_not_read)

    def _on_read(self, found: VendorSnapshot) -> None:
        self.data, self.error = found, None
        if not self._reads_again and found.desk(self.chosen) is None:
            self.chosen = ""  # it is gone; one that is only just registered comes with the next answer
        self._end_reading()

    def _on_not_read(self, error: OfficeStudioError) -> None:
        self.error = error  # what is shown stays, with its age
        self._end_reading()

    def _end_reading(self) -> None:
        self._is_reading = False
        self.changed.emit()
        if self._reads_again:
            self._reads_again = False
            self.refresh()

    def _on_market(self) -> None:
        """Market polls; where it has read something, so does the desk."""
        if self.market.data is not None:
            self.refresh()

    def _on_account(self) -> None:
        self.data, self.error, self.chosen = None, None, ""
        self._is_reading = self._reads_again = False  # what was asked for is dropped by the session
        self.changed.emit()

    def _on_memory(self) -> None:
        self.has_memory = True
        self.memory_loaded.emit()
        self.refresh()

    # -- changing ----------------------------------------------------------------------------------
    def change(self, app_id: str, changes: Mapping[str, Any], done: Done, failed: Failed) -> None:
        """PATCH a listing, then read what there is now."""

        def changed(found: Any) -> None:
            self.refresh()
            done(found)

        self.market.run(lambda client: client.change_app(app_id, changes), changed, failed)
