"""The prices of an app: what each brings after what it costs, a warning where it loses money, saved as one change."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent, QKeyEvent
from PySide6.QtWidgets import QComboBox, QFrame, QScrollArea, QWidget

from office_studio.core.officex.app_fields import PRICE_TYPES
from office_studio.errors import OfficeStudioError
from office_studio.ui import formats
from office_studio.ui.trade import market_words
from office_studio.ui.trade.installs.catalog_view import PRICES
from office_studio.ui.trade.vendor.app_price_rows import PriceRows
from office_studio.ui.trade.vendor.vendor_data import AppDesk
from office_studio.ui.trade.vendor.vendor_desk import VendorDesk
from office_studio.ui.trade.vendor.vendor_side import VendorSide
from office_studio.ui.widgets.basics import ElidingLabel
from office_studio.ui.widgets.floating import Banner
from office_studio.ui.widgets.layouts import button, hbox, label, vbox

if TYPE_CHECKING:
    from office_studio.ui.studio import Studio

_DRAFT_MS = 300


class VendorPrices(VendorSide):
    """The side "Prices" of an app. What is not saved yet is kept as a draft, per app."""

    def __init__(self, studio: Studio, vendor: VendorDesk) -> None:
        super().__init__(vendor)
        self._studio = studio
        self._app_id, self._where = "", ""
        self._base: tuple[Any, list[str]] = (None, [])
        self._is_saving = self._is_filling = False
        self._draft_later = QTimer(self, singleShot=True, interval=_DRAFT_MS)
        self._draft_later.timeout.connect(self._keep)

    def making(self) -> Iterator[None]:
        place = self._vendor.market.environment
        assert place is not None
        self.kind = QComboBox()
        self.kind.setAccessibleName("How it is paid")
        self.kind.addItem("Does not say", None)
        for one in PRICE_TYPES:
            self.kind.addItem(PRICES[one], one)
        yield
        self.rows = PriceRows(place.credit_price_usd, place.payout_rate_usd)
        yield
        self.loss = Banner()
        self.state = ElidingLabel("", "small-muted")
        self.save, self.revert = button("Save prices", "primary"), button("Revert", "ghost")
        self.save.clicked.connect(self.save_prices)
        self.revert.clicked.connect(self.take_back)
        yield
        self._lay_out()
        self.kind.currentIndexChanged.connect(lambda _at: self._on_changed())
        self.rows.changed.connect(self._on_changed)
        yield

    def _lay_out(self) -> None:
        name = label("How it is paid", "muted")
        name.setBuddy(self.kind)
        body = QWidget()
        body.setProperty("level", "clear")
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(body)
        foot = hbox((self.state, 1), self.revert, self.save, margins=(24, 8, 20, 14))
        self.setLayout(vbox((area, 1), foot, spacing=0))
        body.setLayout(vbox(self.loss, hbox(name, self.kind, None, spacing=12), self.rows, None,
                            margins=(24, 14, 20, 12), spacing=12))  # fmt: skip

    # -- showing -----------------------------------------------------------------------------------
    @property
    def _now(self) -> tuple[Any, list[str]]:
        return self.kind.currentData(), self.rows.lines

    @property
    def is_changed(self) -> bool:
        return self._now != self._base

    @property
    def _key(self) -> str:
        return f"{self._app_id}#prices"

    def refresh(self) -> None:
        desk = self._vendor.desk
        if desk is None or desk.is_deleted:
            return
        theirs = desk.app.fields.get("price_type"), list(desk.app.texts("pricing_lines"))
        is_other = (desk.app_id, self._vendor.where) != (self._app_id, self._where)
        if is_other or (theirs != self._base and not self.is_changed and not self._is_saving):
            self._flush()
            self._app_id, self._where = desk.app_id, self._vendor.where
            self._fill(desk)
        self._tell()

    def _fill(self, desk: AppDesk) -> None:
        self._is_filling = True
        self.kind.setCurrentIndex(max(0, self.kind.findData(desk.app.fields.get("price_type"))))
        self.rows.set_lines(list(desk.app.texts("pricing_lines")), self._vendor.costs(desk.app_id))
        self._base = self._now
        draft = self._vendor.memory.draft(self._where, self._key)
        if draft is not None:
            self.kind.setCurrentIndex(max(0, self.kind.findData(draft["fields"].get("price_type"))))
            self.rows.set_raw(draft["fields"].get("pricing_lines"))
        self._is_filling = False

    def _on_changed(self) -> None:
        if not self._is_filling:
            self._draft_later.start()
            self._tell()

    @property
    def why_not(self) -> str:
        """Why it cannot be saved as it stands; "" where it can."""
        reason = self.rows.reason
        return reason or ("" if self.is_changed else "Nothing is changed")

    def _tell(self) -> None:
        why, losses = self.why_not, self.rows.losses
        self.save.setEnabled(not why and not self._is_saving)
        self.save.setToolTip(why or "Buyers see the new prices at once  Ctrl+Enter")
        self.revert.setEnabled(self.is_changed and not self._is_saving)
        self.revert.setToolTip("" if self.is_changed else "Nothing is changed")
        told = "Not saved yet; a draft is kept on this computer." if self.is_changed else ""
        self.state.setText(told or "What it costs you stays on this computer; nobody else is told.")
        if losses:
            which = "One price loses money" if losses == 1 else f"{losses} prices lose money"
            self.loss.say("blocked", "trend-down", which, "with each charge, as things stand below.")
        else:
            self.loss.hide()

    # -- saving ------------------------------------------------------------------------------------
    def _keep(self) -> None:
        """What was typed and what charges cost survive the window."""
        self._draft_later.stop()
        memory = self._vendor.memory
        if self.is_changed:
            fields = {"price_type": self.kind.currentData(), "pricing_lines": self.rows.raw()}
            memory.keep_draft(self._where, self._key, time.time_ns() // 1_000_000, fields)
        else:
            memory.drop_draft(self._where, self._key)
            if not self.rows.reason:
                memory.keep_costs(self._where, self._app_id, self.rows.costs)
                self._vendor.changed.emit()  # the list says which prices lose money

    def _flush(self) -> None:
        if self._draft_later.isActive():
            self._keep()

    def take_back(self) -> None:
        """Back to what the listing says; what was typed can be had again."""
        desk, kind, raw = self._vendor.desk, self.kind.currentData(), self.rows.raw()
        if desk is None:
            return
        self._draft_later.stop()
        self._vendor.memory.drop_draft(self._where, self._key)
        self._fill(desk)
        self._tell()
        app_id = desk.app_id

        def undo() -> None:
            if self._app_id == app_id:
                self.kind.setCurrentIndex(max(0, self.kind.findData(kind)))
                self.rows.set_raw(raw)

        self._studio.toast("Prices are back as they are listed", action=("Undo", undo), key="app")

    def save_prices(self) -> None:
        desk = self._vendor.desk
        if desk is None or self.why_not or self._is_saving:
            return
        kind, lines = self._now
        changes: dict[str, Any] = {"price_type": kind, "pricing_lines": lines or None}
        before = {name: desk.app.fields.get(name) for name in changes}
        costs, app_id, where = self.rows.costs, self._app_id, self._where
        self._is_saving = True
        self._tell()

        def saved(_app: object) -> None:
            self._is_saving = False
            self._vendor.memory.keep_costs(where, app_id, costs)
            self._vendor.memory.drop_draft(where, f"{app_id}#prices")
            if app_id == self._app_id:
                self._base = (kind, lines)
            self._vendor.market.refresh()
            self._tell()
            self._tell_saved(desk, before)

        self._vendor.change(app_id, changes, saved, self._not_saved)

    def _tell_saved(self, desk: AppDesk, before: dict[str, Any]) -> None:
        def undo() -> None:
            self._vendor.change(
                desk.app_id, before,
                lambda _app: self._studio.toast(f"Prices of {desk.app.name} are as before", key="app"), self._not_saved,
            )  # fmt: skip

        lost = f"{formats.plural(self.rows.losses, 'price')} below your cost" if self.rows.losses else ""
        self._studio.toast(f"Prices of {desk.app.name} saved", lost, action=("Undo", undo), key="app")

    def _not_saved(self, error: OfficeStudioError) -> None:
        self._is_saving = False
        self._tell()
        words = market_words.refusal(error)
        if error.code == "OFFICEX_UNREACHABLE":
            words = "No answer from OfficeX. Save again: the same change twice does no harm."
        self._studio.toast("Prices not saved", words, tone="error", key="app")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if is_enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.save_prices()
        else:
            super().keyPressEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        self._flush()
        super().hideEvent(event)
