"""Installs: what may charge, how much of its limits is used, and stopping one or all of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QFrame, QWidget

from office_studio.core.officex.wire import InstallView
from office_studio.errors import OfficeStudioError
from office_studio.services.officex.http import InstallKey
from office_studio.ui import formats
from office_studio.ui.trade import market_words
from office_studio.ui.trade.confirm_sheet import ConfirmSheet
from office_studio.ui.trade.installs import installing, pausing
from office_studio.ui.trade.installs.context_sheet import ContextSheet
from office_studio.ui.trade.installs.install_sheets import LimitsSheet
from office_studio.ui.trade.installs.installs_view import InstallsModel, InstallsView
from office_studio.ui.trade.installs.launch_sheet import LaunchSheet, why_not_launched
from office_studio.ui.trade.market_page import PageHead
from office_studio.ui.trade.market_session import MarketSession
from office_studio.ui.trade.publish.theme_purchase import PurchaseBar
from office_studio.ui.trade.spending.spend_consent import ConsentSheet
from office_studio.ui.trade.trade_sheet import TradeSheet, field_row
from office_studio.ui.widgets.basics import ElidingLabel, EmptyState, Paragraph
from office_studio.ui.widgets.layouts import button, hbox, line, restyle, vbox
from office_studio.ui.widgets.pages import ListColumn

if TYPE_CHECKING:
    from office_studio.ui.studio import Studio

_SHARED = "Nobody: shared"


class InstallsPage(QFrame):
    def __init__(self, studio: Studio, market: MarketSession) -> None:
        super().__init__()
        self.setProperty("level", "surface")
        self._studio, self._market = studio, market
        self.sheet: TradeSheet | None = None
        self.model = InstallsModel()
        self.view = InstallsView(self.model)
        self.panic = button("Pause all", glyph="hand-palm")
        self.panic.setToolTip("Nothing charges any more until you let it go on")
        self.panic.clicked.connect(self.pause_all)
        self.resume_all = button("Resume all", "ghost")
        self.resume_all.clicked.connect(self.let_all_go_on)
        self._build_details()
        to_catalog = button("Open the catalog")
        to_catalog.clicked.connect(lambda: market.page_requested.emit("catalog"))
        words = "Apps you install stand here, with what they may still charge."
        self.empty = EmptyState("link-simple", "Nothing is installed", words, to_catalog)
        self._column = ListColumn(vbox(self.view, spacing=0), 400, 230)
        self._body = QWidget()
        self._body.setLayout(hbox(self._column, (self.details, 1), spacing=0))
        head = PageHead(market, "Installs", self.resume_all, self.panic)
        self.setLayout(vbox(head, (self._body, 1), (self.empty, 1), spacing=0))
        self.view.selectionModel().currentChanged.connect(lambda *_: self._show_details())
        self.view.activated.connect(lambda _index: self.change_limits())
        market.data_changed.connect(self.refresh)
        self.refresh()

    def _build_details(self) -> None:
        self.name, self.state = ElidingLabel("", "heading"), ElidingLabel("", "muted")
        self.pause, self.limits = button("Pause"), button("Limits…", "primary")
        self.launch = button("Open…", glyph="arrow-square-out")
        self.open_url: Callable[[str], object] | None = None  # the system's browser
        self.context, self.rotate = button("Credentials…"), button("Rotate secret…")
        self.uninstall = button("Uninstall…", "ghost")
        self.facts, self.told = Paragraph("", "muted"), Paragraph()
        self.agent = QComboBox()
        self.agent.setAccessibleName("Agent that uses it")
        self.agent.setToolTip("Whose spending it counts as, where a charge names no agent itself")
        for made, act in ((self.pause, self.pause_or_resume), (self.limits, self.change_limits),
                          (self.context, self.edit_context), (self.rotate, self.rotate_secret),
                          (self.launch, self.open_app), (self.uninstall, self.remove)):  # fmt: skip
            made.clicked.connect(act)
        self.agent.activated.connect(lambda _at: self._bind())
        self.purchase = PurchaseBar(self._studio, self._market)
        self.purchase.imported.connect(lambda _bought: self._show_details())
        self.details = QWidget()
        self.details.setLayout(
            vbox(hbox((vbox(self.name, self.state, spacing=2), 1), self.launch, self.pause, self.limits), 6, line(), 6,
                 self.purchase, 4, self.told,
                 self.facts, 8, field_row("Used by", self.agent), None,
                 hbox(self.context, self.rotate, None, self.uninstall),
                 margins=(24, 6, 20, 20))
        )  # fmt: skip

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._column.fit(self.width())
        super().resizeEvent(event)

    # -- showing -----------------------------------------------------------------------------------
    @property
    def install(self) -> InstallView | None:
        """The chosen one."""
        return self.view.install()

    def choose(self, install_id: str) -> None:
        self.view.setCurrentIndex(self.model.index_of(install_id))

    def refresh(self) -> None:
        market, chosen = self._market, self.install
        data, place = market.data, market.environment
        paused: frozenset[str] = frozenset()
        if data is not None and place is not None:
            paused = frozenset(
                one.install_id for one in data.installs
                if market.memory.paused_until(place.name, one.install_id) is not None
            )  # fmt: skip
        self.model.show(data, paused)
        if self.install is None and self.model.rows:
            index = self.model.index_of(chosen.install_id) if chosen is not None else self.model.index(0)
            self.view.setCurrentIndex(index if index.isValid() else self.model.index(0))
        has_any = bool(self.model.rows)
        self._body.setVisible(has_any)
        self.empty.setVisible(not has_any)
        able = [one for one in self.model.rows if pausing.can_charge(one)]
        self.panic.setEnabled(bool(able))
        self.resume_all.setVisible(bool(paused))
        self._show_details()

    def _show_details(self) -> None:
        install, data = self.install, self._market.data
        if install is None or data is None:
            return
        words, _ink = self.model.state(install)
        self.name.setText(self.model.name(install))
        since = f"installed {formats.date(install.installed_ms)}" if install.installed_ms is not None else ""
        self.state.setText(" · ".join(filter(None, (words, since))))
        self.pause.setText("Pause" if pausing.can_charge(install) else "Resume")
        wanted = installing.permission_of(install.limits)
        self.told.set_words(installing.worst_case(wanted, data.balance.available, self._market.price_usd))
        held = f"{market_words.amount(install.usage.open_reserved)} held by open jobs"
        taken = f"Taken so far: {market_words.amount(install.usage.settled)}"
        self.facts.set_words(formats.sentences(taken, held, installing.windows_told(wanted)))
        self.purchase.show_install(install, data.apps.get(install.app_id), self.model.name(install))
        restyle(self.limits, kind="primary" if self.purchase.go.isHidden() or self.purchase.isHidden() else "")
        app = data.apps.get(install.app_id)
        why = why_not_launched(app.text("iframe_url") if app is not None else "")
        self.launch.setEnabled(not why)
        self.launch.setToolTip(why or "Open its page in the browser")
        self._offer_agents(install)

    def _offer_agents(self, install: InstallView) -> None:
        place = self._market.environment
        bound = self._market.memory.agents(place.name).get(install.install_id, "") if place is not None else ""
        names = {agent_id: self._studio.store.name(agent_id) for agent_id in self._studio.store.agents()}
        if bound:
            names.setdefault(bound, self._studio.store.name(bound))
        self.agent.clear()
        self.agent.addItem(_SHARED, "")
        for agent_id, name in sorted(names.items(), key=lambda item: item[1].casefold()):
            self.agent.addItem(name, agent_id)
        self.agent.setCurrentIndex(max(0, self.agent.findData(bound)))

    def _bind(self) -> None:
        install, place = self.install, self._market.environment
        if install is not None and place is not None:
            self._market.memory.bind(place.name, install.install_id, str(self.agent.currentData() or ""))
            self._market.data_changed.emit()

    # -- pausing -----------------------------------------------------------------------------------
    def pause_or_resume(self) -> None:
        install = self.install
        if install is not None:
            (self._pause if pausing.can_charge(install) else self._resume)([install])

    def pause_all(self) -> None:
        """At once and without a question: what stops spending must not wait for an answer."""
        self._pause([one for one in self.model.rows if pausing.can_charge(one)])

    def let_all_go_on(self) -> None:
        self._resume([one for one in self.model.rows if one.install_id in self.model.paused])

    def _pause(self, installs: Sequence[InstallView]) -> None:
        memory = self._market.memory
        back = ("Undo", lambda: self._resume(installs))
        self._act(lambda client: pausing.pause(client, memory, installs), installs, "paused", back)

    def _resume(self, installs: Sequence[InstallView]) -> None:
        """With real money it asks first, with the most that can be taken."""
        memory, place = self._market.memory, self._market.environment
        if self._market.has_real_money and place is not None:
            wanted = [(one, pausing.resumed_until(memory, place.name, one)) for one in installs]
            self.sheet = ConsentSheet(self._studio, wanted, self.model.name, lambda: self._let_go_on(installs))
        else:
            self._let_go_on(installs)

    def _let_go_on(self, installs: Sequence[InstallView]) -> None:
        memory = self._market.memory
        self._act(lambda client: pausing.resume(client, memory, installs), installs, "may charge again", None)

    def _act(
        self, act: Callable[[Any], Any], installs: Sequence[InstallView], what: str, back: tuple[str, Any] | None
    ) -> None:
        names = {one.install_id: self.model.name(one) for one in installs}

        def done(found: tuple[list[str], list[tuple[str, OfficeStudioError]]]) -> None:
            did, left = found
            self._market.refresh()
            if left:
                which = formats.sentence_list(names[install_id] for install_id, _ in left)
                self._studio.toast(f"Not {what}: {which}", market_words.refusal(left[0][1]), tone="error", key="pause")
            elif did:
                who = names[did[0]] if len(did) == 1 else formats.plural(len(did), "install")
                detail = "Open jobs can still finish." if back is not None else ""
                self._studio.toast(f"{who} {what}", detail, action=back, key="pause")

        self._market.run(act, done, lambda error: self._say_not(f"Not {what}", error))

    def _say_not(self, title: str, error: OfficeStudioError) -> None:
        self._studio.toast(title, market_words.refusal(error), tone="error", key="pause")

    # -- the rest ----------------------------------------------------------------------------------
    def change_limits(self) -> None:
        if self.install is not None:
            self.sheet = LimitsSheet(self._studio, self.install)

    def open_app(self) -> None:
        if self.install is not None:
            self.sheet = LaunchSheet(self._studio, self.install, self.model.name(self.install), self.open_url)

    def edit_context(self) -> None:
        if self.install is not None:
            self.sheet = ContextSheet(self._studio, self.install, self.model.name(self.install))

    def remove(self) -> None:
        install, market, place = self.install, self._market, self._market.environment
        if install is None or place is None:
            return
        name, install_id = self.model.name(install), install.install_id
        held = install.usage.open_reserved
        back = f"The {market_words.amount(held)} it holds come back. " if held else ""
        words = f"{back}What it took stays taken. Its secret stops working, and it forgets your credentials."

        async def act(client: Any) -> None:
            await client.uninstall(install_id)
            await asyncio.to_thread(market.book.forget_install, place.name, install_id)
            market.memory.note_paused(place.name, install_id, None)

        self.sheet = ConfirmSheet(
            self._studio, f"Uninstall {name}?", words, f"Uninstall {name}", act, f"{name} is gone", destroys=True
        )

    def rotate_secret(self) -> None:
        install, market, place = self.install, self._market, self._market.environment
        if install is None or place is None:
            return
        name, install_id = self.model.name(install), install.install_id

        async def act(client: Any) -> None:
            key = InstallKey(install_id, await client.rotate_secret(install_id))
            await asyncio.to_thread(market.book.keep_install, place.name, key)

        words = "The old secret stops working at once. The vendor is told the new one; your agents find it here."
        title = f"Rotate the secret of {name}?"
        self.sheet = ConfirmSheet(self._studio, title, words, "Rotate the secret", act, f"{name} has a new secret")
