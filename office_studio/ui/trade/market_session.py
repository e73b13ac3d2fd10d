"""Who trades where: environment, account, what is known of it, and the way to ask OfficeX without waiting."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import aclosing
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal

from office_studio import paths
from office_studio.errors import OfficeStudioError
from office_studio.services.http import is_loopback
from office_studio.services.officex.accounts import AccountBook, KnownAccount
from office_studio.services.officex.client import OfficeXClient
from office_studio.services.officex.environments import Environment
from office_studio.services.officex.http import Account, InstallKey
from office_studio.services.secrets import SecretStore
from office_studio.ui.trade import market_data
from office_studio.ui.trade.market_data import Snapshot
from office_studio.ui.trade.market_memory import MarketMemory
from office_studio.ui.trade.sandbox_host import RunningSandbox, SandboxHost

if TYPE_CHECKING:
    from office_studio.services.officex.till import Till
    from office_studio.ui.jobs import Jobs, Scope

T = TypeVar("T")
Done = Callable[[Any], None]
Failed = Callable[[OfficeStudioError], None]

_POLL_MS = 15_000  # while Market is looked at; hidden it asks for nothing
_TICK_MS = 1_000


class MarketState(StrEnum):
    IDLE = "idle"  # nobody has looked yet
    STARTING = "starting"
    READY = "ready"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class AccountChoice:
    """An account that can be switched to. ``role``: "consumer" or "vendor" in the sandbox, else ""."""

    environment: Environment
    account: Account
    email: str
    role: str = ""


class MarketSession(QObject):
    """One account in one environment. Results arrive on the GUI thread; those of an account left behind never do.

    Signals:
        state_changed(): ``state``, ``error``.
        environment_changed(): before ``account_changed``.
        account_changed(): ``choice`` is other; ``data`` is None until it has been read.
        data_changed(): ``data`` is newer.
        balance_changed(object, int): ``WalletBalance``, and the Unix ms of which it is.
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
        self._keeper: _ClientKeeper | None = None
        self.host = SandboxHost()
        self.sandbox: RunningSandbox | None = None
        self.book = AccountBook(paths.config_dir() / "officex-accounts.json", SecretStore())
        self.memory = MarketMemory(paths.config_dir() / "officex-market.json", self.scope.run_blocking)
        self.choice: AccountChoice | None = None
        self.choices: tuple[AccountChoice, ...] = ()
        self.state = MarketState.IDLE
        self.error: OfficeStudioError | None = None
        self.data: Snapshot | None = None
        self._is_reading, self._reads_again = False, False
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
        """On the first visit: start the sandbox and sign its consumer in. Later calls do nothing, unless it failed."""
        if self.state in (MarketState.STARTING, MarketState.READY):
            return
        self._set_state(MarketState.STARTING)
        self.scope.run(self._prepare, self._on_prepared, self._on_failed)

    async def _prepare(self) -> tuple[RunningSandbox, tuple[AccountChoice, ...]]:
        sandbox = await self.host.start()
        return sandbox, await asyncio.to_thread(self._known_choices, sandbox)

    def _known_choices(self, sandbox: RunningSandbox) -> tuple[AccountChoice, ...]:
        """The sandbox's own accounts and those that signed in before and whose keys the keyring still has."""
        from office_studio.server.officex.demo import CONSUMER, VENDOR
        from office_studio.services.officex.environments import environment_of

        self.memory.load()
        mails = {"consumer": CONSUMER, "vendor": VENDOR}
        found = [
            AccountChoice(sandbox.environment, account, mails.get(role, role), role)
            for role, account in sandbox.accounts.items()
        ]
        for known in self.book.accounts():
            if known.environment == sandbox.environment.name and not known.email.endswith("@sandbox.test"):
                account = self.book.account(known)
                if account is not None:
                    found.append(AccountChoice(sandbox.environment, account, known.email))
            elif known.environment != sandbox.environment.name:
                account = self.book.account(known)
                try:
                    environment = environment_of(known.environment)
                except OfficeStudioError:
                    continue  # an address that nothing reaches any more
                if account is not None:
                    found.append(AccountChoice(environment, account, known.email))
        return tuple(found)

    def _on_prepared(self, found: tuple[RunningSandbox, tuple[AccountChoice, ...]]) -> None:
        self.sandbox, self.choices = found
        self.switch(self.choices[0])
        self._set_state(MarketState.READY)

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
        self.choice, self.data = choice, None
        self._is_reading = self._reads_again = False
        self._keeper = keeper = _ClientKeeper(choice.environment, choice.account)
        self._account_scope.run(keeper.hold)
        if old != choice.environment:
            self.environment_changed.emit()
        self.account_changed.emit()
        self.data_changed.emit()
        self.refresh()

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

        self._account_scope.run(ask, on_done, on_error)

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
        self._end_reading()
        self.data_changed.emit()
        self.balance_changed.emit(found.balance, found.at_ms)

    def _on_not_read(self, error: OfficeStudioError) -> None:
        self.error = error  # what is shown stays, with its age
        self._end_reading()
        self.data_changed.emit()

    def _end_reading(self) -> None:
        self._is_reading = False
        if self._reads_again:
            self._reads_again = False
            self.refresh()

    # -- being looked at ---------------------------------------------------------------------------
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


class _ClientKeeper:
    """The client of one account: made and closed on the service loop, where it is used."""

    def __init__(self, environment: Environment, account: Account) -> None:
        self._environment, self._account = environment, account
        self._client: OfficeXClient | None = None
        self._lock: asyncio.Lock | None = None

    async def client(self) -> OfficeXClient:
        if self._lock is None:
            self._lock = asyncio.Lock()
        async with self._lock:
            found = self._client
            if found is None:
                # Away from this computer it reads certificates, which takes a tenth of a second.
                is_here = is_loopback(self._environment.api)
                found = self._make() if is_here else await asyncio.to_thread(self._make)
                self._client = found
            return found

    def _make(self) -> OfficeXClient:
        return OfficeXClient(self._environment, self._account)

    async def hold(self) -> None:
        """Until cancelled, then close the connections."""
        try:
            await asyncio.Event().wait()
        finally:
            if self._client is not None:
                await self._client.close()
