"""A vendor's webhook receiver on loopback, for the sandbox: hears of installs, sells themes, hands them over.

By the receiver rules of the contract's section 12: answers within 2 s and works on afterwards, ignores a repeated uuid,
has a part in its address that nobody can guess, trusts no unsigned body (the app has to be ours, the secret has to open
the install), and takes a user whose webhook never came.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import logging
import secrets as random_secrets
import threading
import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import httpx

from office_studio.errors import StorageError, UsageError
from office_studio.services.officex.delivery import Delivery
from office_studio.services.officex.environments import Environment
from office_studio.services.officex.http import Account
from office_studio.services.officex.receiver_log import MAX_DELAY_S, Mode, Received, ReceiverLog, Switches
from office_studio.services.officex.shop import Shop
from office_studio.services.secrets import SecretStore

if TYPE_CHECKING:
    from office_studio.services.officex.receiver_app import ReceiverServer
    from office_studio.services.officex.seller import Seller

_log = logging.getLogger(__name__)
REPLAY_HEADER = "x-office-studio-replay"
_START_S, _STOP_S = 15.0, 5.0


class WebhookReceiver:
    """One vendor account in one environment. ``start`` and ``stop`` block; everything else is quick.

    Args:
        on_change: Called on the receiver's thread whenever the log has changed.
        port: 0 takes the one of the last time, or a free one.
    """

    def __init__(
        self,
        environment: Environment,
        account: Account,
        shop: Shop,
        secrets: SecretStore,
        *,
        on_change: Callable[[], object] = lambda: None,
        port: int = 0,
    ) -> None:
        self.environment, self.account, self.shop = environment, account, shop
        self.log = ReceiverLog()
        self.switches = Switches()
        self._secrets, self._port = secrets, port
        self._on_change = on_change
        self._server: ReceiverServer | None = None
        self._thread: threading.Thread | None = None
        self.root = ""
        self.token = ""
        self.delivery: Delivery | None = None
        self.seller: Seller | None = None

    # -- life --------------------------------------------------------------------------------------
    @property
    def is_running(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    @property
    def url(self) -> str:
        """Where an app's ``webhook_url`` has to point; "" while it does not run."""
        return f"{self.root}/webhooks/officex/{self.token}" if self.root else ""

    @property
    def launch_url(self) -> str:
        """What an app's ``iframe_url`` may be: serves users whose webhook never came."""
        return f"{self.root}/open/{self.token}" if self.root else ""

    def start(self) -> str:
        """Bind and serve; the address of the webhook. Takes 50 ms and more.

        Raises UsageError RECEIVER_NOT_LOCAL, StorageError SERVER_NOT_STARTED, SHOP_WRITE.
        """
        from office_studio.services.officex.receiver_app import HOST, ReceiverServer, listen
        from office_studio.services.officex.seller import Seller

        if self.is_running:
            return self.url
        if not self.environment.allows_loopback:
            raise UsageError(
                "RECEIVER_NOT_LOCAL",
                f"{self.environment.label} cannot reach a receiver on this computer.",
                "Use the sandbox here; a real shop needs a server of its own with an https:// address.",
            )
        self.shop.load()
        key = self._key()
        self.token = hmac.new(key, b"path", hashlib.sha256).hexdigest()[:40]
        listener = listen(self._port or self.shop.port)
        port = listener.getsockname()[1]
        self.shop.note_port(port)
        self.root = f"http://{HOST}:{port}"
        self.delivery = Delivery(self.environment.name, self.shop, key)
        self.seller = Seller(self, self._secrets)
        self._server = server = ReceiverServer(self, self.seller)
        name = "officex-receiver"
        self._thread = threading.Thread(target=server.run_on_thread, args=(listener,), name=name, daemon=True)
        self._thread.start()
        server.ready.wait(_START_S)
        if not server.started:
            self.stop()
            raise StorageError("SERVER_NOT_STARTED", "The receiver did not start.", "Look into the log for the cause.")
        return self.url

    def stop(self) -> None:
        """Finish what is being answered, end the rest. Harmless when it does not run."""
        server, thread = self._server, self._thread
        self._server = self._thread = None
        self.root = ""
        if server is not None and thread is not None:
            server.finish()
            thread.join(_STOP_S)
            if thread.is_alive():
                _log.error("the receiver did not stop within %.0f s", _STOP_S)

    def _key(self) -> bytes:
        """Of this vendor, from the keyring: addresses given away stay good over restarts."""
        name = f"officex:{self.environment.name}:receiver:{self.account.user_id}"
        found = self._secrets.get(name)
        if not found:
            found = random_secrets.token_urlsafe(32)
            self._secrets.set(name, found)
        return found.encode()

    # -- how it behaves ----------------------------------------------------------------------------
    def set_switches(self, **changes: Any) -> None:
        """``mode``, ``delay_s`` (0 to 60), ``context``. Leaving HANG answers what hangs."""
        if "delay_s" in changes:
            changes["delay_s"] = min(MAX_DELAY_S, max(0.0, float(changes["delay_s"])))
        was, server = self.switches.mode, self._server
        self.switches = replace(self.switches, **changes)
        if was is Mode.HANG and self.switches.mode is not Mode.HANG and server is not None:
            server.event_loop.call_soon_threadsafe(server.pages.let_go)

    def told(self) -> None:
        """The log has changed."""
        self._on_change()

    # -- replay ------------------------------------------------------------------------------------
    async def replay(self, entry: Received, *, is_same: bool = False) -> None:
        """Send a delivery once more, over the socket, with a new uuid; ``is_same``: as the repeat that is ignored.

        Raises UsageError RECEIVER_STOPPED, RECEIVER_FORGOT.
        """
        body = self.log.body(entry.number)
        if not self.is_running:
            raise UsageError("RECEIVER_STOPPED", "The receiver does not run.", "Start it first.")
        if body is None:
            raise UsageError("RECEIVER_FORGOT", "This delivery is too old to be sent again.", "Install once more.")
        if not is_same:
            body = json.dumps(json.loads(body) | {"uuid": str(uuid.uuid4())}, ensure_ascii=False).encode()
        headers = {"content-type": "application/json", REPLAY_HEADER: "1"}
        try:
            # Without TLS there is nothing to verify, and reading certificates takes 0.1 s.
            here = httpx.AsyncClient(timeout=MAX_DELAY_S + 5, trust_env=False, verify=False)  # noqa: S501
            async with here:
                await here.post(self.url, content=body, headers=headers)
        except httpx.HTTPError:
            pass  # the log tells how it went

    # -- after publishing --------------------------------------------------------------------------
    def run(self, make: Callable[[Seller], Any]) -> Any:
        """Run a coroutine of the seller on the receiver's loop and wait for it. Not on the GUI thread."""
        server, seller = self._server, self.seller
        if server is None or seller is None:
            raise UsageError("RECEIVER_STOPPED", "The receiver does not run.", "Start it first.")
        return asyncio.run_coroutine_threadsafe(make(seller), server.event_loop).result(60)
