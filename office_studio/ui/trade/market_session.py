"""Who trades where: environment, account, what is known of it, and the way to ask OfficeX without waiting."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import aclosing
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal

from office_studio import paths
from office_studio.core.officex.codes import UNREACHABLE
from office_studio.errors import OfficeStudioError
from office_studio.services.officex.accounts import AccountBook, KnownAccount
from office_studio.services.officex.client import OfficeXClient
from office_studio.services.officex.environments import Environment
from office_studio.services.officex.http import Account, InstallKey
from office_studio.services.secrets import SecretStore
from office_studio.ui.trade import market_data
from office_studio.ui.trade.client_keeper import ClientKeeper
from office_studio.ui.trade.market_accounts import SANDBOX, AccountChoice, choice_of, known_choices
from office_studio.ui.trade.market_data import REFUSALS, Refused, Snapshot
from office_studio.ui.trade.market_memory import LastUse, MarketMemory
from office_studio.ui.trade.sandbox_host import RunningSandbox, SandboxHost

if TYPE_CHECKING:
    from office_studio.services.officex.till import Till
    from office_studio.ui.jobs import Jobs, Scope

_log = logging.getLogger(__name__)

__all__ = ["AccountChoice", "MarketSession", "MarketState"]

T = TypeVar("T")
Done = Callable[[Any], None]
Failed = Callable[[OfficeStudioError], None]

_POLL_MS = 15_000  # while Market is looked at; hidden it asks for nothing (the office may, ``spending/spend_pace.py``)
_OFFLINE_POLL_MS = 60_000  # while OfficeX is not reached
_TICK_MS = 1_000


class MarketState(StrEnum):
    IDLE = "idle"  # nobody has looked yet
    STARTING = "starting"
    READY = "ready"
    FAILED = "failed"


class MarketSession(QObject):
    """One account in one environment. Results arrive on the GUI thread; those of an account left behind never do.

    Signals:
        state_changed(): ``state``, ``error``.
        environment_changed(): before ``account_changed``.
        account_changed(): ``choice`` is other; ``data`` is None until it has been read.
        data_changed(): ``data`` is newer.
        balance_changed(object, int): ``WalletBalance``, and the Unix ms of which it is.
        refused_changed(): ``refused`` is another.
        marks_changed(): some letter is read, or no longer.
        ticked(): once a second while Market is looked at, for ages.
        page_requested(str): show the page of this id.
        closing(): the window goes; what belongs to Market ends with it.
    """

    state_changed = Signal()
    environment_changed = Signal()
    account_changed = Signal()
    data_changed = Signal()
    balance_changed = Signal(object, "qint64")
    refused_changed = Signal()
    marks_changed = Signal()
    ticked = Signal()
    page_requested = Signal(str)
    closing = Signal()

    def __init__(self, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self.scope: Scope = jobs.scope()  # lives as long as the session; what an account asks has its own
        self._account_scope: Scope = jobs.scope()
        self._streams: list[Scope] = []
        self._keeper: ClientKeeper | None = None
        self.host = SandboxHost()
        self.sandbox: RunningSandbox | None = None
        self.book = AccountBook(paths.config_dir() / "officex-accounts.json", SecretStore())
        self.memory = MarketMemory(paths.config_dir() / "officex-market.json", self.scope.run_blocking)
        self.choice: AccountChoice | None = None
        self.choices: tuple[AccountChoice, ...] = ()
        self.state = MarketState.IDLE
        self.error: OfficeStudioError | None = None
        self.data: Snapshot | None = None
        self.refused: tuple[Refused, ...] = ()  # calls made here since the account is on
        self._is_reading, self._reads_again = False, False
        self._wants_sandbox, self._awaits_sandbox, self._has_memory = False, False, False
        self._poll = QTimer(self, interval=_POLL_MS)
        self._poll.timeout.connect(self.refresh)
        self._tick = QTimer(self, interval=_TICK_MS)
        self._tick.timeout.connect(self.ticked)

    # -- who and where -----------------------------------------------------------------------------
    @property
    def environment(self) -> Environment | None:
        return self.choice.environment if self.choice is not None else None

    @property
    def account(self) -> Account | None:
        return self.choice.account if self.choice is not None else None

    @property
    def has_real_money(self) -> bool:
        """Whether what spends has to be confirmed with its amount."""
        return self.environment is not None and self.environment.is_real_money

    @property
    def price_usd(self) -> Any:
        """What a credit costs in dollars, for showing."""
        from office_studio.services.officex.environments import STAGING

        return (self.environment or STAGING).credit_price_usd

    def begin(self) -> None:
        """On the first visit: start the sandbox and go on as whoever traded last, else as the sandbox's consumer.

        Later calls do nothing, unless it failed; where somebody went on elsewhere, they bring the sandbox's accounts.
        """
        if self.state is MarketState.READY and self.sandbox is None and not self._awaits_sandbox:
            self._awaits_sandbox = True
            self.scope.run(self._prepare, self._on_joined, self._on_not_joined)
        self._wants_sandbox = True
        if self.state in (MarketState.STARTING, MarketState.READY):
            return
        self._set_state(MarketState.STARTING)
        self.scope.run(self._prepare, self._on_prepared, self._on_failed)

    def resume(self, last: LastUse) -> None:
        """Go on where the last run ended, before anybody opens Market. The sandbox starts only if it was in use."""
        if self.state is not MarketState.IDLE:
            return
        if last.environment == SANDBOX:
            self.begin()
            return
        self._set_state(MarketState.STARTING)
        self.scope.run_blocking(lambda: self._find_choices(None), self._on_resumed, self._on_not_resumed)

    async def _prepare(self) -> tuple[RunningSandbox, tuple[AccountChoice, ...]]:
        sandbox = await self.host.start()
        return sandbox, await asyncio.to_thread(self._find_choices, sandbox)

    def _find_choices(self, sandbox: RunningSandbox | None) -> tuple[AccountChoice, ...]:
        if not self._has_memory:  # once: what was told since then counts more
            self._has_memory = True
            self.memory.load()
        return known_choices(self.book, sandbox)

    def _on_prepared(self, found: tuple[RunningSandbox, tuple[AccountChoice, ...]]) -> None:
        self.sandbox, self.choices = found
        self.switch(choice_of(self.choices, self.memory.last) or self.choices[0])
        self._set_state(MarketState.READY)

    def _on_resumed(self, choices: tuple[AccountChoice, ...]) -> None:
        choice = choice_of(choices, self.memory.last)
        if choice is None:
            self._on_not_resumed(None)
            return
        self.choices = choices
        self.switch(choice)
        self._set_state(MarketState.READY)
        if self._wants_sandbox:  # Market was opened meanwhile
            self.begin()

    def _on_not_resumed(self, _error: OfficeStudioError | None) -> None:
        """The key is gone: as on a first visit."""
        self._set_state(MarketState.IDLE)
        if self._wants_sandbox:
            self.begin()

    def _on_joined(self, found: tuple[RunningSandbox, tuple[AccountChoice, ...]]) -> None:
        """The sandbox's accounts beside those elsewhere; whoever trades goes on."""
        self._awaits_sandbox = False
        self.sandbox = found[0]
        known = {(one.environment.name, one.account.user_id) for one in self.choices}
        others = [one for one in found[1] if (one.environment.name, one.account.user_id) not in known]
        self.choices = (*others, *self.choices)
        self.state_changed.emit()

    def _on_not_joined(self, error: OfficeStudioError) -> None:
        self._awaits_sandbox = False
        _log.warning("the sandbox did not start: %s", error)

    def _on_failed(self, error: OfficeStudioError) -> None:
        self.error = error
        self._set_state(MarketState.FAILED)

    def _set_state(self, state: MarketState) -> None:
        self.state = state
        if state is not MarketState.FAILED:
            self.error = None
        self.state_changed.emit()

    def switch(self, choice: AccountChoice) -> None:
        """Trade as somebody else. What the one before still asked is dropped."""
        old = self.environment
        self._close_streams()
        self._account_scope.close()
        self._account_scope = self._jobs.scope()
        self.choice, self.data, self.refused = choice, None, ()
        self._note_last(choice)
        self._is_reading = self._reads_again = False
        self._keeper = keeper = ClientKeeper(choice.environment, choice.account)
        self._account_scope.run(keeper.hold)
        if old != choice.environment:
            self.environment_changed.emit()
        self.account_changed.emit()
        self.data_changed.emit()
        self.refresh()

    def _note_last(self, choice: AccountChoice) -> None:
        """For the next run; it goes on by itself only where there is something to show."""
        who = choice.environment.name, choice.account.user_id
        before, data = self.memory.last, self.data
        if data is not None:
            is_in_use = bool(data.installs or self.memory.budgets(choice.environment.name))
        else:
            is_in_use = before is not None and before == LastUse(*who, True)
        self.memory.note_last(LastUse(*who, is_in_use))

    def add_account(self, environment: Environment, account: Account, email: str) -> None:
        """Somebody signed in: keep the key in the keyring, and switch to the account."""
        choice = AccountChoice(environment, account, email)
        others = [one for one in self.choices if (one.environment, one.email) != (environment, email)]
        self.choices = (*others, choice)
        known = KnownAccount(environment.name, account.user_id, email)
        self.scope.run_blocking(lambda: self.book.remember(known, account.master_key))
        self.switch(choice)

    def forget_account(self, choice: AccountChoice) -> None:
        """Take the key out of the keyring; the account itself stays where it is."""
        self.choices = tuple(one for one in self.choices if one != choice)
        known = KnownAccount(choice.environment.name, choice.account.user_id, choice.email)
        self.scope.run_blocking(lambda: self.book.forget(known))
        if self.choice == choice and self.choices:
            self.switch(self.choices[0])
        else:
            self.account_changed.emit()

    # -- asking ------------------------------------------------------------------------------------
    def run(
        self,
        make: Callable[[OfficeXClient], Coroutine[Any, Any, Any]],
        on_done: Done = lambda _result: None,
        on_error: Failed = lambda _error: None,
    ) -> None:
        """Ask as the present account, on the service loop; the answer comes to the GUI thread."""
        keeper = self._keeper
        if keeper is None:
            return

        async def ask() -> Any:
            return await make(await keeper.client())

        self._account_scope.run(ask, on_done, on_error)

    def run_till(
        self,
        install_id: str,
        make: Callable[[Till], Coroutine[Any, Any, Any]],
        on_done: Done = lambda _result: None,
        on_error: Failed = lambda _error: None,
    ) -> None:
        """Charge an install whose secret the keyring has; ``on_error`` gets OFFICEX_SECRET_UNKNOWN where it has not."""
        environment = self.environment
        if environment is None:
            return

        async def ask() -> Any:
            from office_studio.services.officex.till import Till

            key: InstallKey | None = await asyncio.to_thread(self.book.install_key, environment.name, install_id)
            if key is None:
                raise OfficeStudioError(
                    "OFFICEX_SECRET_UNKNOWN", "The secret of this install is not on this computer.", "Rotate it."
                )
            async with Till(environment, key) as till:
                return await make(till)

        def failed(error: OfficeStudioError) -> None:
            self._note_refused(install_id, error)
            on_error(error)

        self._account_scope.run(ask, on_done, failed)

    def _note_refused(self, install_id: str, error: OfficeStudioError) -> None:
        """What OfficeX refuses an app, only the app is told: of calls made here it is known."""
        if error.code not in REFUSALS:
            return
        now, wait = time.time(), error.details.get("retry_after")
        until = now + wait if isinstance(wait, int | float) else None
        others = [one for one in self.refused if (one.install_id, one.code) != (install_id, error.code)]
        self.refused = (*others, Refused(install_id, error.code, now, until))
        self.refused_changed.emit()

    def stream(
        self,
        make: Callable[[OfficeXClient], AsyncGenerator[Any, None]],
        on_event: Callable[[Any], None],
        on_done: Done = lambda _result: None,
        on_error: Failed = lambda _error: None,
    ) -> Scope:
        """Ask for something that comes in pieces. Closing what is returned closes the connection."""
        keeper, scope = self._keeper, self._jobs.scope()
        self._streams = [one for one in self._streams if one.is_open]
        self._streams.append(scope)

        async def listen() -> None:
            assert keeper is not None
            async with aclosing(make(await keeper.client())) as events:
                async for event in events:
                    self._jobs.post(partial(_tell, scope, on_event, event))

        if keeper is not None:
            scope.run(listen, on_done, on_error)
        return scope

    def refresh(self) -> None:
        """Read what is new. Asked for while one is under way, it is done once more after it."""
        if self._keeper is None:
            return
        if self._is_reading:
            self._reads_again = True
            return
        self._is_reading = True
        before = self.data
        self.run(lambda client: market_data.load(client, before), self._on_read, self._on_not_read)

    def _on_read(self, found: Snapshot) -> None:
        self.data, self.error = found, None
        if self.choice is not None:
            self._note_last(self.choice)
        self._poll.setInterval(_POLL_MS)
        self._end_reading()
        self.data_changed.emit()
        self.balance_changed.emit(found.balance, found.at_ms)

    def _on_not_read(self, error: OfficeStudioError) -> None:
        self.error = error  # what is shown stays, with its age
        if error.code == UNREACHABLE:
            self._poll.setInterval(_OFFLINE_POLL_MS)
        self._end_reading()
        self.data_changed.emit()

    def _end_reading(self) -> None:
        self._is_reading = False
        if self._reads_again:
            self._reads_again = False
            self.refresh()

    # -- being looked at ---------------------------------------------------------------------------
    @property
    def is_looked_at(self) -> bool:
        """Whether Market is on screen, and reads by itself."""
        return self._poll.isActive()

    def set_looked_at(self, is_looked_at: bool) -> None:
        """Polling and ages go on only while somebody can see them."""
        if is_looked_at and not self._poll.isActive():
            self._poll.start()
            self._tick.start()
            self.refresh()
        elif not is_looked_at:
            self._poll.stop()
            self._tick.stop()

    def close(self) -> None:
        """End all that was asked. The sandbox is stopped by whoever ends the service loop, after it."""
        self.closing.emit()
        self.set_looked_at(False)
        self._close_streams()
        self.scope.close()
        self._account_scope.close()

    def _close_streams(self) -> None:
        for one in self._streams:
            one.close()
        self._streams = []


def _tell(scope: Scope, on_event: Callable[[Any], None], event: Any) -> None:
    if scope.is_open:
        on_event(event)
