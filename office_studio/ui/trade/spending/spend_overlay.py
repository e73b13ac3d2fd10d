"""Live spend in the office: a coin jar for each open reservation, at the agent it is for; asked for only while seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QTimer

from office_studio.core.officex.limits import NEVER
from office_studio.core.officex.wire import ReservationView, WalletBalance
from office_studio.ui import formats
from office_studio.ui.render.jar_layer import Jar
from office_studio.ui.trade import market_words
from office_studio.ui.trade.market_data import Snapshot
from office_studio.ui.trade.market_session import MarketSession
from office_studio.ui.trade.spending import spend
from office_studio.ui.trade.spending.spend_watch import SpendWatch

if TYPE_CHECKING:
    from office_studio.ui.studio import Studio

_POLL_MS = 15_000  # while the office is looked at
_OPEN_POLL_MS = 5_000  # while something is held, that may be taken any moment


def jars_of(data: Snapshot | None, bound: dict[str, str], names: dict[str, str]) -> list[Jar]:
    """A jar for each open reservation, oldest first.

    Args:
        bound: Install -> agent, as the user said; what a reservation says itself counts more (contract, section 21).
        names: Of agents, by id.
    """
    if data is None:
        return []
    found = sorted(data.open_reservations, key=lambda one: (one.created_ms or 0, one.reservation_id, one.install_id))
    return [_jar(one, agent_of(one, bound), data, names) for one in found]


def agent_of(one: ReservationView, bound: dict[str, str]) -> str:
    """Who it is held for: metadata, else the binding, else nobody. Never guessed."""
    said = one.metadata.get("agent_id")
    return said if isinstance(said, str) and said else bound.get(one.install_id, spend.SHARED)


def _jar(one: ReservationView, agent_id: str, data: Snapshot, names: dict[str, str]) -> Jar:
    used, whole = market_words.short(one.settled), market_words.short(one.amount)
    who = f"for {names.get(agent_id, agent_id)}" if agent_id else "for nobody in particular: shared"
    install = data.install(one.install_id)
    since = f"job {one.job_id}, since {formats.moment(one.created_ms)}"
    lines = [
        f"{data.app_name(one.app_id)} holds {market_words.amount(one.amount)} {who}",
        f"{used} used, {market_words.short(one.remaining)} left in it",
        since,
    ]
    if install is not None:
        until = install.limits.allowed_until
        lines.append(
            "may charge for ever" if until == NEVER else f"may charge until {formats.moment(until * 1000)}; "
            "what is held stays held until the app settles it"
        )  # fmt: skip
    # Names come from strangers, and tool tips take markup.
    tip = "\n".join(lines).replace("<", "‹").replace(">", "›")
    level = one.remaining / one.amount if one.amount else 0.0
    owner = names.get(agent_id, agent_id)[:16] if agent_id else "shared"
    return Jar(f"{one.install_id}/{one.reservation_id}", agent_id, level, f"{used}/{whole}", tip, owner)


class SpendOverlay(QObject):
    """Keeps the stage's jars as the account's reservations are. Lives as long as the session, its parent."""

    def __init__(self, studio: Studio, market: MarketSession) -> None:
        super().__init__(market)
        self._studio, self._market = studio, market
        self.watch = SpendWatch(studio, market)  # budgets are watched wherever one looks
        self._is_closed = False
        self._poll = QTimer(self, interval=_POLL_MS)
        self._poll.timeout.connect(self._ask)
        for changed in (market.data_changed, market.account_changed, studio.store.agents_reset):
            changed.connect(self.refresh)
        studio.options.changed.connect(lambda name: self._look() if name == "spend" else None)
        studio.window.workspace_changed.connect(lambda _name: self.refresh())
        market.closing.connect(self.close)
        studio.stage.installEventFilter(self)
        studio.window.installEventFilter(self)
        self._look()

    def close(self) -> None:
        self._is_closed = True
        self._poll.stop()

    @property
    def is_asking(self) -> bool:
        """Whether OfficeX is asked from time to time."""
        return self._poll.isActive()

    def refresh(self) -> None:
        """Show what is known now."""
        place, store = self._market.environment, self._studio.store
        bound = self._market.memory.agents(place.name) if place is not None else {}
        names = {agent_id: store.name(agent_id) for agent_id in store.agents()}
        jars = jars_of(self._market.data, bound, names)
        # While seats are given out, only what matters for that is shown.
        self._studio.stage.set_jars(jars if self._studio.window.workspace != "assign" else [])
        wanted = _OPEN_POLL_MS if jars else _POLL_MS
        if self._poll.interval() != wanted:
            self._poll.setInterval(wanted)
        self._look()

    # -- asking ------------------------------------------------------------------------------------
    def _look(self) -> None:
        """Ask only while somebody can see the answer."""
        window, stage = self._studio.window, self._studio.stage
        is_seen = (
            not self._is_closed
            and self._market.choice is not None
            and bool(self._studio.options["spend"])
            and stage.isVisible()
            and window.workspace != "assign"
            and not window.isMinimized()
        )
        if is_seen and not self._poll.isActive():
            self._poll.start()
            self._ask()
        elif not is_seen:
            self._poll.stop()

    def _ask(self) -> None:
        """One small call; only when the balance is another is all of it read."""
        self._market.run(lambda client: client.balance(), self._on_balance, lambda _error: None)

    def _on_balance(self, now: WalletBalance) -> None:
        data = self._market.data
        if data is None or (now.available, now.reserved) != (data.balance.available, data.balance.reserved):
            self._market.refresh()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Show, QEvent.Type.Hide, QEvent.Type.WindowStateChange):
            self._look()
        return False
