"""The webhook receiver of the window: one vendor's, also while somebody else trades. Ends with the window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from office_studio import paths
from office_studio.errors import OfficeStudioError
from office_studio.services.officex.receiver import WebhookReceiver
from office_studio.services.officex.receiver_log import Received, ReceiverLog
from office_studio.services.officex.shop import Offer, Shop
from office_studio.services.secrets import SecretStore
from office_studio.ui.trade.market_session import AccountChoice, MarketSession

if TYPE_CHECKING:
    from office_studio.ui.jobs import Jobs
    from office_studio.ui.studio import Studio


@dataclass(frozen=True, slots=True)
class Listener:
    """What listens, for whom."""

    receiver: WebhookReceiver
    choice: AccountChoice


class ReceiverHost(QObject):
    """Signals:
    changed(): it runs or does not, or ``error`` is another.
    received(): the log has changed; at most once for each turn of the event loop.
    """

    changed = Signal()
    received = Signal()

    def __init__(self, market: MarketSession, jobs: Jobs) -> None:
        super().__init__(market)
        self._market, self._jobs = market, jobs
        self._scope = jobs.scope()
        self.shop = Shop(paths.data_dir() / "officex-shop")
        self._secrets: SecretStore | None = None
        self.listener: Listener | None = None
        self.is_starting = False
        self.error: OfficeStudioError | None = None
        self._is_told = False
        self._waiting: list[Callable[[], object]] = []
        market.closing.connect(self.close)

    @property
    def url(self) -> str:
        return self.listener.receiver.url if self.listener is not None else ""

    @property
    def launch_url(self) -> str:
        return self.listener.receiver.launch_url if self.listener is not None else ""

    @property
    def log(self) -> ReceiverLog | None:
        return self.listener.receiver.log if self.listener is not None else None

    def why_not(self) -> str:
        """Why it cannot be started, "" where it can."""
        environment = self._market.environment
        if environment is None:
            return "Nobody is signed in"
        if not environment.allows_loopback:
            return f"{environment.label} cannot reach this computer; the receiver is for the sandbox"
        return ""

    # -- life --------------------------------------------------------------------------------------
    def start(self, then: Callable[[], object] = lambda: None) -> None:
        """Listen for the present account, then point its apps here. ``then`` is called once it listens.

        There is one receiver: whoever it listened for before is no longer heard.
        """
        choice, listener = self._market.choice, self.listener
        if listener is not None and listener.receiver.is_running and listener.choice == choice:
            then()
            return
        if choice is None or self.why_not():
            return
        self._waiting.append(then)
        if not self.is_starting:
            self._start(choice)

    def resume(self) -> None:
        """Listen again for whom it did when the window was closed: a shop stays open over restarts."""
        if self.listener is None and not self.is_starting:
            self._scope.run_blocking(self.shop.load, lambda _nothing: self._on_shop())

    def _on_shop(self) -> None:
        for choice in self._market.choices:
            is_it = self.shop.open_for == f"{choice.environment.name}/{choice.account.user_id}"
            if is_it and choice.environment.allows_loopback and self.listener is None and not self.is_starting:
                self._start(choice)

    def _start(self, choice: AccountChoice) -> None:
        self.is_starting, self.error = True, None
        self.changed.emit()
        self._scope.run_blocking(partial(self._make, choice), self._on_started, self._on_failed)

    def _make(self, choice: AccountChoice) -> Listener:
        if self.listener is not None:
            self.listener.receiver.stop()
        if self._secrets is None:
            self._secrets = SecretStore()
        receiver = WebhookReceiver(
            choice.environment, choice.account, self.shop, self._secrets, on_change=self._on_change
        )
        receiver.start()
        self.shop.note_open(choice.environment.name, choice.account.user_id)
        return Listener(receiver, choice)

    def _on_started(self, listener: Listener) -> None:
        self.listener, self.is_starting = listener, False
        self.changed.emit()
        waiting, self._waiting = self._waiting, []
        for then in waiting:
            then()
        self._point_apps_here(listener)

    def _on_failed(self, error: OfficeStudioError) -> None:
        self.is_starting, self.error = False, error
        self._waiting = []
        self.changed.emit()

    def _point_apps_here(self, listener: Listener) -> None:
        """Apps that sell from this computer are told where it listens now; others are left alone."""
        from office_studio.services.officex.client import OfficeXClient

        choice = listener.choice
        offered = {offer.app_id for offer in self.shop.offers(choice.environment.name)}
        here = {"webhook_url": listener.receiver.url, "iframe_url": listener.receiver.launch_url}

        async def point() -> None:
            async with OfficeXClient(choice.environment, choice.account) as client:
                for app in await client.my_apps():
                    if app.app_id in offered and any(app.text(name) != url for name, url in here.items()):
                        await client.change_app(app.app_id, here)

        if offered:
            self._scope.run(point)

    def stop(self) -> None:
        """Stop listening. What is being answered is finished, in the background."""
        listener, self.listener = self.listener, None
        if listener is not None:
            self._scope.run_blocking(partial(self._stop, listener))
            self.changed.emit()

    def _stop(self, listener: Listener) -> None:
        listener.receiver.stop()
        self.shop.note_open("", "")

    def close(self) -> None:
        listener, self.listener = self.listener, None
        self._scope.close()
        if listener is not None:
            listener.receiver.stop()

    def announce(self, offer: Offer, done: Callable[[int], object] = lambda _reached: None) -> None:
        """Hand a new version to those who bought it; ``done`` gets how many were reached."""
        listener = self.listener
        if listener is not None and listener.receiver.is_running:
            work = lambda: listener.receiver.run(lambda seller: seller.announce(offer))  # noqa: E731
            self._scope.run_blocking(work, done)

    # -- the log -----------------------------------------------------------------------------------
    def _on_change(self) -> None:
        """Called on the receiver's thread."""
        if not self._is_told:
            self._is_told = True
            self._jobs.post(self._tell)

    def _tell(self) -> None:
        self._is_told = False
        self.received.emit()

    def replay(self, entry: Received, on_error: Callable[[OfficeStudioError], Any], *, is_same: bool = False) -> None:
        listener = self.listener
        if listener is not None:
            self._scope.run(lambda: listener.receiver.replay(entry, is_same=is_same), failed=on_error)


def receiver_host(studio: Studio) -> ReceiverHost:
    """The one of this window; made when it is asked for."""
    found = studio.market.findChild(ReceiverHost)
    return found if isinstance(found, ReceiverHost) else ReceiverHost(studio.market, studio.jobs)


def resume_receiver(studio: Studio) -> None:
    """Open the shop again, if one was open when the window was closed. Costs a look for a file where none was."""
    if (paths.data_dir() / "officex-shop").is_dir():
        receiver_host(studio).resume()
