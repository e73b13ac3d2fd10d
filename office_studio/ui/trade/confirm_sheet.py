"""A question before something that cannot be undone; the button says what it does."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from office_studio.services.officex.client import OfficeXClient
from office_studio.ui.trade.trade_sheet import TradeSheet
from office_studio.ui.widgets.basics import Paragraph
from office_studio.ui.widgets.layouts import restyle

if TYPE_CHECKING:
    from office_studio.ui.studio import Studio


class ConfirmSheet(TradeSheet):
    """``act`` runs on the service loop once the user agreed.

    ``told``: the toast after it. ``destroys``: something is gone then; the button says so by its colour.
    """

    def __init__(
        self,
        studio: Studio,
        title: str,
        words: str,
        verb: str,
        act: Callable[[OfficeXClient], Coroutine[Any, Any, Any]],
        told: str,
        *,
        destroys: bool = False,
    ) -> None:
        super().__init__(studio, title, Paragraph(words), glyph="warning")
        self._act, self._verb, self._told = act, verb, told
        if destroys:
            restyle(self.primary, kind="danger")
        self.set_primary(verb)
        self.primary.clicked.connect(self._go)
        self.open(self.cancel_button)

    def _go(self) -> None:
        if not self.is_busy:
            self.set_busy("Working…")
            self.market.run(self._act, self._done, self._failed)

    def _done(self, _found: object) -> None:
        self.market.refresh()
        self.studio.toast(self._told, key="confirmed")
        self.close_sheet()

    def _failed(self, error: Any) -> None:
        self.refuse(error)
        self.set_primary(self._verb)
        self.market.refresh()
