"""When OfficeX is asked for live spend: while the office is seen, rarely while only budgets wait, never for nobody."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QTimer

from office_studio.core.officex.wire import WalletBalance
from office_studio.errors import OfficeStudioError
from office_studio.ui.trade.market_session import MarketSession
from office_studio.ui.trade.spending import spend_pace
from office_studio.ui.trade.spending.spend_scene import SpendScene
from office_studio.ui.trade.spending.spend_watch import SpendWatch

if TYPE_CHECKING:
    from office_studio.ui.studio import Studio

_log = logging.getLogger(__name__)


class SpendOverlay(QObject):
    """Keeps what ``scene`` shows up to date. Lives as long as the session, its parent."""

    def __init__(self, studio: Studio, market: MarketSession) -> None:
        super().__init__(market)
        self._studio, self._market = studio, market
        self.watch = SpendWatch(studio, market)  # budgets are watched wherever one looks
        self._is_closed, self.is_under_way, self._was_seen = False, False, False
        self._asked_at: float | None = None  # s, of a clock that only goes forward
        self._failed = 0  # calls in a row that did not reach OfficeX
        self.scene = SpendScene(studio, market, self)
        self._poll = QTimer(self, singleShot=True)
        self._poll.timeout.connect(self._ask)
        for changed in (
            market.data_changed,
            market.refused_changed,
            market.marks_changed,
            studio.store.agents_reset,
            self.watch.changed,
        ):
            changed.connect(self.refresh)
        market.account_changed.connect(self._begin_anew)
        studio.options.changed.connect(lambda name: self._plan() if name == "spend" else None)
        studio.window.workspace_changed.connect(lambda _name: self.refresh())
        market.closing.connect(self.close)
        studio.stage.installEventFilter(self)
        studio.window.installEventFilter(self)
        self._plan()

    def close(self) -> None:
        self._is_closed = True
        self._poll.stop()
        self.scene.set_seen(False)

    @property
    def is_asking(self) -> bool:
        """Whether OfficeX is asked from time to time."""
        return self._poll.isActive() or self.is_under_way

    @property
    def pause_ms(self) -> int | None:
        """How long it is from one question to the next now; None while nobody needs an answer."""
        return spend_pace.pause_ms(self._looking())

    @property
    def is_old(self) -> bool:
        """Whether what is shown may have changed since, because OfficeX does not answer."""
        return self._failed > 0 or self._market.error is not None

    def refresh(self) -> None:
        """Show what is known now."""
        self.scene.refresh()
        self._plan()

    # -- asking ------------------------------------------------------------------------------------
    def _looking(self) -> spend_pace.Looking:
        """Who needs answers now. Market itself reads while it is looked at."""
        window, stage, market = self._studio.window, self._studio.stage, self._market
        place, data = market.environment, market.data
        if self._is_closed or place is None or market.is_looked_at:
            return spend_pace.Looking(is_seen=False, is_watched=False)
        is_open = stage.isVisible() and window.workspace != "assign" and not window.isMinimized()
        return spend_pace.Looking(
            is_seen=is_open and bool(self._studio.options["spend"]),
            is_watched=bool(self.watch.budgets),
            is_held=data is not None and bool(data.open_reservations),
            is_here=place.is_testable,
            failed=self._failed + (market.error is not None),
        )

    def _plan(self) -> None:
        """Ask when it is due, and not before; at once where somebody begins to look at old news."""
        looking = self._looking()
        if looking.is_seen and not self._was_seen and self._failed:
            self._asked_at = None
        self._was_seen = looking.is_seen
        self.scene.set_seen(looking.is_seen)
        pause = spend_pace.pause_ms(looking)
        if pause is None:
            self._poll.stop()
        elif not self.is_under_way:  # else the answer plans the next
            gone = 1000 * (time.monotonic() - self._asked_at) if self._asked_at is not None else pause
            self._poll.start(max(0, round(pause - gone)))

    def _ask(self) -> None:
        """One small call; only when the balance is another, or all of it is old, is all of it read."""
        if self.pause_ms is None or self.is_under_way:
            return
        self.is_under_way, self._asked_at = True, time.monotonic()
        self._market.run(lambda client: client.balance(), self._on_balance, self._on_error)

    def _on_balance(self, now: WalletBalance) -> None:
        was_old, data = self.is_old, self._market.data
        self.is_under_way, self._failed = False, 0
        is_other = data is None or (now.available, now.reserved) != (data.balance.available, data.balance.reserved)
        # Letters and limits change without the balance; only who looks sees them.
        is_late = data is not None and self._was_seen and _now_ms() - data.at_ms >= spend_pace.WHOLE_MS
        if was_old or is_other or is_late:
            self._market.refresh()
        self._plan()

    def _on_error(self, error: OfficeStudioError) -> None:
        """What is shown stays, with its age."""
        self.is_under_way = False
        self._failed += 1
        _log.info("OfficeX was not asked (%s, %d in a row)", error.code, self._failed)
        self.refresh()

    def _begin_anew(self) -> None:
        """Somebody else's account: what was asked for the one before is never answered."""
        self.is_under_way, self._asked_at, self._failed = False, None, 0
        self.refresh()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Show, QEvent.Type.Hide, QEvent.Type.WindowStateChange):
            self._plan()
        return False


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
