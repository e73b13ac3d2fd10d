"""Deleting an app: who loses what, and what stays. OfficeX knows no way back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from office_studio.core.officex.app_fields import FIELDS
from office_studio.errors import OfficeStudioError
from office_studio.ui import formats
from office_studio.ui.trade import market_words
from office_studio.ui.trade.trade_sheet import TradeSheet
from office_studio.ui.trade.vendor.vendor_data import AppDesk
from office_studio.ui.trade.vendor.vendor_desk import VendorDesk
from office_studio.ui.widgets.basics import Paragraph

if TYPE_CHECKING:
    from office_studio.ui.studio import Studio


def consequences(desk: AppDesk) -> tuple[str, ...]:
    """One sentence for buyers, one for open jobs, one for the wallet; those that concern nobody are left out."""
    users = f"{formats.plural(len(desk.installs), 'user')} can no longer be charged" if desk.installs else ""
    back = f"Its open jobs give {market_words.amount(desk.expected)} back to their users" if desk.expected else ""
    left = desk.balance.total
    kept = f"Its wallet keeps {market_words.amount(left)}, which can still be paid out from here" if left else ""
    return tuple(filter(None, (f"{desk.app.name} leaves the catalog, for good", users, back, kept)))


class DeleteSheet(TradeSheet):
    def __init__(self, studio: Studio, vendor: VendorDesk, desk: AppDesk) -> None:
        self._vendor, self._desk = vendor, desk
        self._title = f"Delete {desk.app.name}"
        words = formats.sentences(*consequences(desk))
        way_back = "It cannot be taken back: listing it again makes a new app without these users."
        super().__init__(
            studio, f"{self._title}?", Paragraph(words), Paragraph(way_back, "small-muted"), glyph="warning", width=500
        )
        self.primary.setProperty("kind", "danger")
        self.set_primary(self._title)
        self.primary.clicked.connect(self._delete)
        self.open(self.cancel_button)

    def _delete(self) -> None:
        if not self.is_busy:
            self.set_busy("Deleting…")
            app_id = self._desk.app_id
            self.market.run(lambda client: client.delete_app(app_id), lambda _none: self._done(), self._failed)

    def _done(self) -> None:
        vendor, app = self._vendor, self._desk.app
        vendor.memory.note_closed(vendor.where, app.app_id, app.name, app.text("destination_wallet_id"))
        vendor.memory.drop_draft(vendor.where, app.app_id)
        vendor.refresh()
        self.market.refresh()
        studio, fields = self.studio, listing_of(app.fields)
        detail = "Its wallet stays here as long as there is something in it." if self._desk.balance.total else ""
        studio.toast(
            f"{app.name} is deleted", detail, action=("List it again…", lambda: self._list_again(fields)), key="app"
        )
        self.close_sheet()

    def _list_again(self, fields: Mapping[str, Any]) -> None:
        from office_studio.ui.trade.vendor.app_sheet import AppSheet

        AppSheet(self.studio, self._vendor, None, begin=fields)

    def _failed(self, error: OfficeStudioError) -> None:
        self._vendor.refresh()
        if error.code == "APP_NOT_FOUND":
            self._done()  # somebody was quicker, or an answer was lost
            return
        self.refuse(error)
        self.set_primary(self._title)


def listing_of(fields: Mapping[str, Any]) -> dict[str, Any]:
    """What a new app can be registered with."""
    return {name: fields[name] for name in FIELDS if fields.get(name) is not None}
