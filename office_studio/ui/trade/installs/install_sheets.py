"""The guarded install, and changing what an install may do."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QCheckBox

from office_studio.core.officex.wire import AppView, InstallView
from office_studio.errors import OfficeStudioError
from office_studio.services.officex.client import Installed
from office_studio.services.officex.http import InstallKey
from office_studio.ui.trade import market_words
from office_studio.ui.trade.installs import installing, pausing
from office_studio.ui.trade.installs.limits_form import LimitsForm, cap_words
from office_studio.ui.trade.trade_sheet import TradeSheet
from office_studio.ui.widgets.basics import Paragraph

if TYPE_CHECKING:
    from office_studio.ui.studio import Studio

_WIDTH = 620


class InstallSheet(TradeSheet):
    """Says what an app can cost at worst before it can cost anything."""

    def __init__(self, studio: Studio, app: AppView) -> None:
        market = studio.market
        available = market.data.balance.available if market.data is not None else 0
        self.app = app
        begin = installing.suggested(app, available, int(time.time()))
        self.form = LimitsForm(begin, app, available, market.price_usd, is_new=True)
        guard = "It is installed without the right to charge; cap and right come together."
        if not installing.takes_guard(app):
            guard = "This app insists on charging from the start: it may do so for a moment before its cap stands."
        self.agree = QCheckBox(f"Let {app.name} charge without a cap")
        super().__init__(
            studio, f"Install {app.name}", self.form, Paragraph(guard, "small-muted"), self.agree, width=_WIDTH,
            glyph="download-simple",
        )  # fmt: skip
        self.form.changed.connect(self._refresh)
        self.agree.toggled.connect(self._refresh)
        self.primary.clicked.connect(self._install)
        self._refresh()
        self.open(self.form.cap)

    def _refresh(self, *_: object) -> None:
        reason, has_no_cap = self.form.reason, self.form.no_cap.isChecked()
        self.agree.setVisible(has_no_cap)
        self.say_problem(reason)
        is_agreed = not has_no_cap or self.agree.isChecked()
        self.primary.setEnabled(not reason and is_agreed and not self.is_busy)
        self.primary.setToolTip("" if is_agreed else "Tick the line above first")
        self.set_primary(f"Install, {cap_words(self.form.permission)}" if not reason else "Install")
        self.place()

    def _install(self) -> None:
        if self.form.reason or self.is_busy:
            return
        app, wanted, market = self.app, self.form.permission, self.market
        environment = market.environment
        assert environment is not None

        async def keep(made: Installed) -> None:
            key = InstallKey(made.install_id, made.secret)
            await asyncio.to_thread(market.book.keep_install, environment.name, key)

        self.set_busy("Installing…")
        market.run(lambda client: installing.install(client, app, wanted, keep), self._done, self._failed)

    def _done(self, _made: Installed) -> None:
        self.market.refresh()
        words = f"It may charge {cap_words(self.form.permission)}."
        to_installs = ("Show", lambda: self.market.page_requested.emit("installs"))
        self.studio.toast(f"{self.app.name} installed", words, action=to_installs, key="install")
        self.close_sheet()

    def _failed(self, error: OfficeStudioError) -> None:
        self.market.refresh()
        words = market_words.refusal(error)
        if error.code == "OFFICEX_UNREACHABLE":
            words = f"No answer: {self.app.name} may be installed or not. Look at Installs before trying again."
        self.set_busy("")
        self._refresh()
        self.say_problem(words)


class LimitsSheet(TradeSheet):
    """Changes what an install may do; a paused one can be let go on."""

    def __init__(self, studio: Studio, install: InstallView) -> None:
        market = studio.market
        data = market.data
        assert data is not None
        self.install, self.name = install, data.app_name(install.app_id)
        self.form = LimitsForm(
            installing.permission_of(install.limits), data.apps.get(install.app_id), data.balance.available,
            market.price_usd, is_new=False,
        )  # fmt: skip
        spent = f"It has taken {market_words.amount(install.usage.settled)} so far; the cap counts that."
        super().__init__(
            studio, f"Limits of {self.name}", self.form, Paragraph(spent, "small-muted"), width=_WIDTH, glyph="gear-six"
        )
        self.form.changed.connect(self._refresh)
        self.primary.clicked.connect(self._save)
        self._refresh()
        self.open(self.form.cap)

    def _refresh(self) -> None:
        reason = self.form.reason
        self.say_problem(reason)
        self.primary.setEnabled(not reason and not self.is_busy)
        self.set_primary(f"Allow {cap_words(self.form.permission)}" if not reason else "Allow")

    def _save(self) -> None:
        if self.form.reason or self.is_busy:
            return
        changes = installing.changes_of(self.form.permission)
        self.set_busy("Saving…")
        install_id = self.install.install_id
        self.market.run(lambda client: client.change_install(install_id, **changes), self._done, self._failed)

    def _done(self, now: InstallView) -> None:
        place = self.market.environment
        if place is not None and pausing.can_charge(now):
            self.market.memory.note_paused(place.name, now.install_id, None)
        self.market.refresh()
        self.studio.toast(
            f"{self.name}: limits saved", f"It may charge {cap_words(self.form.permission)}.", key="install"
        )
        self.close_sheet()

    def _failed(self, error: OfficeStudioError) -> None:
        self.set_busy("")
        self._refresh()
        self.say_problem(market_words.refusal(error))
