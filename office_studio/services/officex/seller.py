"""What a vendor does when a webhook arrives: prove it, sell, hand over, write letters. On the receiver's loop."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import defaultdict
from collections.abc import Coroutine, Mapping
from typing import TYPE_CHECKING, Any

from office_studio.core.officex.wire import ReservationView
from office_studio.errors import OfficeStudioError
from office_studio.services.officex.client import OfficeXClient
from office_studio.services.officex.errors import InvalidSecret, OfficeXError, ReservationNotFound, Unauthorized
from office_studio.services.officex.http import InstallKey
from office_studio.services.officex.receiver_log import EVENTS, Proof, Received
from office_studio.services.officex.sale import Sale, sell
from office_studio.services.officex.shop import Offer
from office_studio.services.officex.till import Till
from office_studio.services.secrets import SecretStore

if TYPE_CHECKING:
    from office_studio.services.officex.receiver import WebhookReceiver

ANSWER_S = 1.6  # what takes longer goes on after the answer: two seconds are the rule
_ASK_AGAIN_S = 3.0
_MOST_PAGES = 40

log = logging.getLogger(__name__)


class Seller:
    """The vendor's side of ``WebhookReceiver``. Everything it learns goes into the receiver's log."""

    def __init__(self, receiver: WebhookReceiver, secrets: SecretStore) -> None:
        self._receiver, self._secrets = receiver, secrets
        self._client: OfficeXClient | None = None
        self._apps: frozenset[str] = frozenset()
        self._asked_s = 0.0
        self._in_order: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._tasks: set[asyncio.Task[Any]] = set()

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._client is not None:
            await self._client.close()

    # -- webhooks ----------------------------------------------------------------------------------
    async def hear(self, entry: Received, payload: Mapping[str, Any]) -> dict[str, str]:
        """The agent_context to answer with. After 1.6 s it is empty, and what comes later is sent by E22."""
        late = asyncio.Event()
        task = self._begin(self._work(entry, payload, late))
        done, _ = await asyncio.wait((task,), timeout=ANSWER_S)
        if done:
            return dict(task.result())
        late.set()
        self._note(entry, later="answered first, still at work")
        return {}

    async def _work(self, entry: Received, payload: Mapping[str, Any], late: asyncio.Event) -> dict[str, str]:
        try:
            async with self._in_order[entry.install_id]:
                context = await self._act(entry, payload)
                if context and (late.is_set() or entry.event != "INSTALL" or entry.is_replay):
                    await self._hand_over(entry, context)
                return context
        except OfficeStudioError as error:
            self._tell(entry, late, f"{error.code}: {error.message}", is_trouble=True)
        except Exception as error:
            log.exception("a webhook was not understood")
            self._tell(entry, late, f"not understood: {error}", is_trouble=True)
        return {}

    async def _act(self, entry: Received, payload: Mapping[str, Any]) -> dict[str, str]:
        if entry.event not in EVENTS:
            self._note(entry, outcome="unknown event, ignored")
            return {}
        if not entry.install_id or not await self._is_ours(entry.app_id):
            self._note(entry, outcome="not one of your apps, ignored", is_trouble=True)
            return {}
        if entry.event == "INSTALL":
            return await self._installed(entry, payload)
        key = await self._key(entry.install_id)
        if key is None:
            words = "its secret is not known here: it comes when the app is opened"
            self._note(entry, outcome=words, is_trouble=entry.event != "UNINSTALL")
            return {}
        proof = await self.probe(key)
        self._note(entry, proof=proof)
        if entry.event == "UNINSTALL":
            return await self._uninstalled(entry, proof)
        if proof is not Proof.GOOD:
            return self._distrust(entry, proof, "its secret is another now: it comes when the app is opened")
        return await self._serve(entry, key)

    async def _installed(self, entry: Received, payload: Mapping[str, Any]) -> dict[str, str]:
        secret = payload.get("install_secret")
        key = InstallKey(entry.install_id, secret if isinstance(secret, str) else "")
        proof = await self.probe(key)
        self._note(entry, proof=proof)
        if proof is not Proof.GOOD:
            return self._distrust(entry, proof, "its secret opens nothing, ignored")
        await self._keep(key, entry.app_id, entry.user_id)
        return dict(self._receiver.switches.context) | await self._serve(entry, key)

    async def _serve(self, entry: Received, key: InstallKey) -> dict[str, str]:
        """What a known install gets now: the theme, when it is paid."""
        offer = self._receiver.shop.offer(self._receiver.environment.name, entry.app_id)
        if offer is None:
            self._note(entry, outcome="taken")
            return {}
        buyer = self._receiver.shop.buyer(entry.install_id)
        if entry.event != "INSTALL" and buyer is not None and self._receiver.shop.may_download(key.install_id, offer):
            self._note(entry, outcome="taken; it has the theme already")
            return {}
        sale = await self._sell(key, offer, entry.user_id)
        is_waiting = sale.letter is not None and sale.letter[0].startswith("renew-")
        words = "may not charge yet; sold once it may" if is_waiting else sale.words
        self._note(entry, outcome=words, is_trouble=not sale.is_sold and not is_waiting)
        if sale.letter is not None and not is_waiting:
            await self._write(key, sale.letter)
        return self._context(key.install_id, offer, sale)

    async def _uninstalled(self, entry: Received, proof: Proof) -> dict[str, str]:
        if proof is Proof.GOOD:  # whoever is really gone has no secret that opens anything
            self._note(entry, outcome="it is still installed, ignored", is_trouble=True)
            return {}
        if proof is Proof.UNKNOWN:
            return self._distrust(entry, proof, "")
        await asyncio.to_thread(self._receiver.shop.forget_buyer, entry.install_id)
        await asyncio.to_thread(self._secrets.delete, self._name(entry.install_id))
        self._note(entry, outcome="gone: its secret and its download are forgotten")
        return {}

    async def _hand_over(self, entry: Received, context: Mapping[str, str]) -> None:
        key = await self._key(entry.install_id)
        if key is not None:
            async with Till(self._receiver.environment, key) as till:
                await till.change_context(context)
            self._note(entry, later="handed over by agent_context")

    # -- opening the app ---------------------------------------------------------------------------
    async def opened(self, user_id: str, key: InstallKey) -> tuple[str, str, int]:
        """Somebody opens the app: title and words of its page, and the HTTP status. Sells what was not sold."""
        if await self.probe(key) is not Proof.GOOD:
            return "This install is not known", "Open the app from your installs; its secret may be another now.", 403
        app_id = await self._app_of(key.install_id)
        if app_id is None:
            return "This install is not known", "It belongs to another app.", 403
        offer = self._receiver.shop.offer(self._receiver.environment.name, app_id)
        if offer is None:
            await self._keep(key, app_id, user_id)
            return "You are known here now", "This app has nothing to hand over.", 200
        async with self._in_order[key.install_id]:
            await self._keep(key, app_id, user_id)
            sale = await self._sell(key, offer, user_id)
            if not sale.is_sold:
                if sale.letter is not None:
                    await self._write(key, sale.letter)
                return f"{offer.name} is not yours yet", sale.letter[2] if sale.letter else sale.words, 402
            async with Till(self._receiver.environment, key) as till:
                await till.change_context(self._context(key.install_id, offer, sale))
        return f"{offer.name} is yours", "Import it from your installs in Office Studio.", 200

    async def _app_of(self, install_id: str) -> str | None:
        """Which of our apps it is an install of: our own book, else the installs of each app."""
        known = self._receiver.shop.buyer(install_id)
        if known is not None:
            return known.app_id
        client = self._vendor()
        for app in await client.my_apps():
            if any(one.install_id == install_id for one in await client.app_installs(app.app_id)):
                return app.app_id
        return None

    # -- a new version -----------------------------------------------------------------------------
    async def announce(self, offer: Offer) -> int:
        """Hand a new version to all who have paid its major version, with a letter; how many were reached."""
        reached = 0
        for buyer in self._receiver.shop.buyers(offer.app_id):
            key = await self._key(buyer.install_id)
            job_id = next((job for job in buyer.paid if job.partition("#")[0] == offer.job_id), "")
            if key is None or not job_id:
                continue
            sale, version = Sale(job_id, 0, "updated"), offer.version
            try:
                async with Till(self._receiver.environment, key) as till:
                    await till.change_context(self._context(buyer.install_id, offer, sale))
                    text = f"Version {version} is part of what you bought. Import it from your installs."
                    await till.tell(f"update-{job_id}-{version}"[:200], f"{offer.name} {version}"[:200], text)
                reached += 1
            except OfficeXError as error:
                log.info("an update was not handed over: %s", error.code)
        return reached

    # -- charging ----------------------------------------------------------------------------------
    async def _sell(self, key: InstallKey, offer: Offer, user_id: str) -> Sale:
        shop = self._receiver.shop
        if not await asyncio.to_thread(shop.bundle(offer).is_file):
            return Sale("", 0, "not sold: the bundle is gone. Publish the theme again.")
        async with Till(self._receiver.environment, key) as till:
            sale = await sell(till, offer, user_id, self._past(offer), lambda job: shop.has_paid(offer, user_id, job))
        if sale.is_sold:
            await asyncio.to_thread(shop.note_paid, offer, key.install_id, user_id, sale.job_id, sale.charged)
        return sale

    def _past(self, offer: Offer) -> Any:
        async def find(user_id: str, job_id: str) -> ReservationView | None:
            client, cursor = self._vendor(), ""
            for _ in range(_MOST_PAGES):
                page, cursor = await client.reservations(offer.wallet_id, "incoming", cursor or None)
                for one in page:
                    if one.job_id == job_id and one.metadata.get("customer") == user_id:
                        return one
                if not cursor:
                    return None
            return None

        return find

    def _context(self, install_id: str, offer: Offer, sale: Sale) -> dict[str, str]:
        delivery = self._receiver.delivery
        assert delivery is not None
        return delivery.context(self._receiver.root, install_id, offer, sale.job_id) if sale.is_sold else {}

    async def _write(self, key: InstallKey, letter: tuple[str, str, str]) -> None:
        try:
            async with Till(self._receiver.environment, key) as till:
                await till.tell(*letter)
        except OfficeXError as error:
            log.info("a letter was not sent: %s", error.code)

    async def probe(self, key: InstallKey) -> Proof:
        """Whether a secret opens its install: a read that does nothing (contract, section 12)."""
        if not key.secret.isascii() or not key.secret.isprintable() or not key.install_id.isascii():
            return Proof.BAD
        try:
            async with Till(self._receiver.environment, key) as till:
                await till.reservation("RESV#probe")
        except ReservationNotFound:
            return Proof.GOOD
        except (InvalidSecret, Unauthorized):
            return Proof.BAD
        except OfficeXError:
            return Proof.UNKNOWN
        return Proof.GOOD

    # -- who we are --------------------------------------------------------------------------------
    async def _is_ours(self, app_id: str) -> bool:
        if app_id not in self._apps and time.monotonic() - self._asked_s > _ASK_AGAIN_S:
            self._apps = frozenset(app.app_id for app in await self._vendor().my_apps())
            self._asked_s = time.monotonic()
        return app_id in self._apps

    async def know_app(self, app_id: str) -> None:
        """Registered a moment ago: no need to ask."""
        self._apps |= {app_id}

    def _vendor(self) -> OfficeXClient:
        if self._client is None:
            self._client = OfficeXClient(self._receiver.environment, self._receiver.account)
        return self._client

    async def _keep(self, key: InstallKey, app_id: str, user_id: str) -> None:
        await asyncio.to_thread(self._secrets.set, self._name(key.install_id), key.secret)
        await asyncio.to_thread(self._receiver.shop.note_buyer, key.install_id, app_id, user_id)

    async def _key(self, install_id: str) -> InstallKey | None:
        secret = await asyncio.to_thread(self._secrets.get, self._name(install_id))
        return InstallKey(install_id, secret) if secret else None

    def _name(self, install_id: str) -> str:
        # Not the name under which a buyer of this computer keeps the same secret: neither knows of the other.
        return f"officex:{self._receiver.environment.name}:sold:{install_id}"

    # -- small things ------------------------------------------------------------------------------
    def _begin(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def _note(self, entry: Received, **facts: Any) -> None:
        self._receiver.log.change(entry.number, **facts)
        self._receiver.told()

    def _distrust(self, entry: Received, proof: Proof, words: str) -> dict[str, str]:
        unsure = "OfficeX was not reached, so nothing is trusted"
        self._note(entry, outcome=words if proof is Proof.BAD else unsure, is_trouble=True)
        return {}

    def _tell(self, entry: Received, late: asyncio.Event, words: str, **facts: Any) -> None:
        self._note(entry, **{"later" if late.is_set() else "outcome": words}, **facts)
