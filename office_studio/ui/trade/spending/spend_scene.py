"""What the office shows of OfficeX: jars, lamps, signs, the safe, threads, and what happens to them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from office_studio.ui.render.jar_looks import Thing, accessible_name
from office_studio.ui.render.thread_layer import Thread
from office_studio.ui.trade.market_data import Snapshot
from office_studio.ui.trade.market_session import MarketSession
from office_studio.ui.trade.spending import spend_open
from office_studio.ui.trade.spending.spend_jars import jars_of
from office_studio.ui.trade.spending.spend_moves import moves_of
from office_studio.ui.trade.spending.spend_signs import next_change_s, signs_of
from office_studio.ui.trade.spending.spend_threads import Talk, threads_of

if TYPE_CHECKING:
    from office_studio.ui.studio import Studio
    from office_studio.ui.trade.spending.spend_overlay import SpendOverlay

_MOST_WAIT_S = 86_400.0


class SpendScene(QObject):
    """Tells the stage. Minutes on lamps go on only while somebody sees them."""

    def __init__(self, studio: Studio, market: MarketSession, overlay: SpendOverlay) -> None:
        super().__init__(overlay)
        self._studio, self._market, self._overlay = studio, market, overlay
        self._before: Snapshot | None = None
        self._talk = Talk()
        self._is_seen = False
        self.things: list[Thing] = []
        self.threads: list[Thread] = []
        self._due = QTimer(self, singleShot=True)
        self._due.timeout.connect(self.refresh)
        studio.stage.mark_clicked.connect(self.open)

    def set_seen(self, is_seen: bool) -> None:
        if is_seen != self._is_seen:
            self._is_seen = is_seen
            self.refresh() if is_seen else self._due.stop()

    def set_talk(self, talk: Talk) -> None:
        """The conversation that is being answered; ``Talk()`` for none."""
        if talk != self._talk:
            self._talk = talk
            self.refresh()

    def refresh(self) -> None:
        """Show what is known now."""
        market, stage, now_s = self._market, self._studio.stage, time.time()
        data, is_old = market.data, self._overlay.is_old
        # While seats are given out, only what matters for that is shown.
        is_wanted = self._studio.window.workspace != "assign"
        bound, names = self._bound(), self._names()
        signs = signs_of(
            data,
            bound,
            names,
            now_s,
            paused=self._paused(),
            refused=market.refused,
            unread=self._unread(),
            is_old=is_old,
        )
        self.things = [*signs, *jars_of(data, bound, names, is_old=is_old)] if is_wanted else []
        self.threads = threads_of(data, bound, names, self._talk) if is_wanted else []
        if is_wanted and data is not self._before:
            stage.play_moves(moves_of(self._before, data))
        self._before = data
        stage.set_jars(self.things)
        stage.set_threads(self.threads)
        self._wait(next_change_s(data, now_s, market.refused) if is_wanted else None)

    # -- for those who do not point ----------------------------------------------------------------
    @property
    def marks(self) -> list[tuple[str, str]]:
        """Id and accessible name of all that the office shows."""
        return [(one.id, accessible_name(one.tip)) for one in (*self.things, *self.threads)]

    def open(self, mark_id: str) -> None:
        """Go where the mark is explained, and something can be done about it."""
        spend_open.open_mark(self._studio, mark_id, self.things)

    # -- inside ------------------------------------------------------------------------------------
    def _wait(self, due_s: float | None) -> None:
        if due_s is None or not self._is_seen:
            self._due.stop()
        else:
            self._due.start(round(min(due_s, _MOST_WAIT_S) * 1000) + 20)

    def _bound(self) -> dict[str, str]:
        """Install -> agent, as the user said."""
        place = self._market.environment
        return self._market.memory.agents(place.name) if place is not None else {}

    def _names(self) -> dict[str, str]:
        store = self._studio.store
        return {agent_id: store.name(agent_id) for agent_id in store.agents()}

    def _paused(self) -> frozenset[str]:
        place, data, memory = self._market.environment, self._market.data, self._market.memory
        if place is None or data is None:
            return frozenset()
        ids = (one.install_id for one in data.installs)
        return frozenset(one for one in ids if memory.paused_until(place.name, one) is not None)

    def _unread(self) -> frozenset[str]:
        place, data, memory = self._market.environment, self._market.data, self._market.memory
        if place is None or data is None:
            return frozenset()
        return frozenset(one.message_id for one in data.inbox if not memory.is_read(place.name, one.message_id))
