"""The webhook receiver against the real sandbox: what it trusts, sells, hands over, and how it fails when told to."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import pytest

from office_studio.core.officex.money import MICRO, Amount
from office_studio.errors import OfficeStudioError
from office_studio.server.officex.lifecycle import SandboxServer
from office_studio.server.officex.sandbox import SandboxConfig
from office_studio.services.officex.client import Installed, OfficeXClient
from office_studio.services.officex.environments import STAGING, Environment, sandbox_environment
from office_studio.services.officex.http import Account
from office_studio.services.officex.receiver import WebhookReceiver
from office_studio.services.officex.receiver_log import Mode, Proof, Received, typed_context
from office_studio.services.officex.shop import Offer, Shop
from office_studio.services.secrets import SecretStore

# Without it each call reads all certificates of the machine, for a plain loopback address.
_get, _post = partial(httpx.get, verify=False), partial(httpx.post, verify=False)
BUNDLE = b"PK\x05\x06" + bytes(18)
PRICE = 12 * MICRO


class Memory:
    """A keyring that this test alone has."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self.kept.pop((service, username), None)


@dataclass
class Market:
    """A running sandbox, and who is there."""

    environment: Environment
    root: str
    token: str
    vendor: Account

    def as_(self, account: Account, act: Callable[[OfficeXClient], Awaitable[Any]]) -> Any:
        async def run() -> Any:
            async with OfficeXClient(self.environment, account) as client:
                return await act(client)

        return asyncio.run(run())

    def new_buyer(self, credits: int = 100) -> Account:
        async def run() -> Account:
            async with OfficeXClient(self.environment) as client:
                email = f"{uuid.uuid4().hex}@x.test"
                await client.send_code(email)
                account = await client.enter_code(email, "0000")
            async with OfficeXClient(self.environment, account) as client:
                if credits:
                    await client.purchase(credits * MICRO, "tok_visa", str(uuid.uuid4()))
            return account

        return asyncio.run(run())

    def available(self, account: Account) -> int:
        return int(self.as_(account, lambda client: client.balance()).available)


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Market]:
    config = SandboxConfig(data_dir=tmp_path_factory.mktemp("officex"), webhook_timeout_s=2.5, durable=False)
    server = SandboxServer(config)
    address = server.start()
    seeded = _post(
        f"{address.root}/__sandbox/seed", json={}, headers={"x-sandbox-token": address.control_token}
    ).json()["vendor"]
    vendor = Account(seeded["user_id"], seeded["api_key"])
    yield Market(sandbox_environment(address.root), address.root, address.control_token, vendor)
    server.stop()


class Store:
    """The vendor's receiver with one app that sells a theme."""

    def __init__(self, market: Market, folder: Path) -> None:
        self.market = market
        self.keyring = Memory()
        self.shop = Shop(folder)
        self.receiver = WebhookReceiver(market.environment, market.vendor, self.shop, SecretStore(self.keyring))
        self.receiver.start()
        fields = {"name": f"Shop {uuid.uuid4().hex[:8]}", "price_type": "ONE_TIME", "webhook_url": self.receiver.url}
        self.app_id, wallet_id = market.as_(market.vendor, lambda client: client.register_app(fields))
        digest = sha256(BUNDLE).hexdigest()
        self.offer = Offer("sandbox", self.app_id, wallet_id, "loft", "Loft", "1.2.0", PRICE, digest, len(BUNDLE))
        source = folder / "source.zip"
        source.write_bytes(BUNDLE)
        self.shop.keep_bundle(source, digest)
        self.shop.put(self.offer)

    def install(self, buyer: Account, **limits: int) -> Installed:
        made = self.market.as_(buyer, lambda client: client.install(self.app_id, **limits))
        assert isinstance(made, Installed)
        return made

    def change(self, buyer: Account, made: Installed, **changes: Any) -> None:
        self.market.as_(buyer, lambda client: client.change_install(made.install_id, **changes))

    def context(self, buyer: Account, made: Installed) -> dict[str, str]:
        return dict(self.market.as_(buyer, lambda client: client.install_of(made.install_id)).agent_context)

    def wait(self, is_so: Callable[[], object], seconds: float = 60) -> None:
        until = time.monotonic() + seconds
        while not is_so():
            assert time.monotonic() < until, self.receiver.log.entries()
            time.sleep(0.02)

    @property
    def last(self) -> Received:
        return self.receiver.log.entries()[-1]

    def send(self, event: str, payload: dict[str, Any], number: str = "") -> httpx.Response:
        """A delivery that does not come from OfficeX."""
        body = {"event": event, "payload": payload, "uuid": number or str(uuid.uuid4())}
        return _post(self.receiver.url, json=body, timeout=30)


@pytest.fixture
def store(market: Market, tmp_path: Path) -> Iterator[Store]:
    made = Store(market, tmp_path / "shop")
    yield made
    made.receiver.stop()


def test_a_plain_install_pays_once_and_gets_its_address_in_the_answer(market: Market, store: Store) -> None:
    buyer = market.new_buyer()
    made = store.install(buyer)
    assert set(made.agent_context) == {"theme_url", "theme_sha256", "theme_version", "license"}
    assert made.agent_context["theme_sha256"] == sha256(BUNDLE).hexdigest()
    assert _get(made.agent_context["theme_url"]).content == BUNDLE
    assert market.available(buyer) == 88 * MICRO
    assert (store.last.event, store.last.proof, store.last.outcome) == ("INSTALL", Proof.GOOD, "sold")
    assert store.last.payload["install_secret"] == "•••"
    assert made.secret not in repr(store.receiver.log.entries()) + json.dumps(dict(store.last.payload))
    assert "•••" in store.last.answer["agent_context"]["theme_url"]

    market.as_(buyer, lambda client: client.uninstall(made.install_id))
    store.wait(lambda: store.last.event == "UNINSTALL" and store.last.status == 200)
    assert store.last.outcome == "gone: its secret and its download are forgotten"
    assert _get(made.agent_context["theme_url"]).status_code == 404
    again = store.install(buyer)
    assert store.last.outcome == "paid before, delivered"
    assert again.agent_context["theme_url"] != made.agent_context["theme_url"]
    assert _get(again.agent_context["theme_url"]).content == BUNDLE
    assert market.available(buyer) == 88 * MICRO


def test_a_guarded_install_pays_when_it_may(market: Market, store: Store) -> None:
    buyer = market.new_buyer()
    made = store.install(buyer, allowed_until=int(time.time()) - 1)
    assert made.agent_context == {}
    assert store.last.outcome == "may not charge yet; sold once it may"
    assert not store.last.is_trouble
    store.change(buyer, made, lifetime_spend_limit=Amount(PRICE), allowed_until=-1)
    store.wait(lambda: store.context(buyer, made))
    assert _get(store.context(buyer, made)["theme_url"]).content == BUNDLE
    assert market.available(buyer) == 88 * MICRO
    store.change(buyer, made, max_per_day=7)
    store.wait(lambda: store.last.outcome == "taken; it has the theme already")
    assert market.available(buyer) == 88 * MICRO


def test_a_book_that_was_lost_charges_nobody_twice(market: Market, store: Store, tmp_path: Path) -> None:
    """The vendor's file is gone; what was paid stands in the app's wallet."""
    buyer = market.new_buyer()
    made = store.install(buyer)
    market.as_(buyer, lambda client: client.uninstall(made.install_id))
    store.shop.put(store.offer)
    store.shop._paid.clear()
    again = store.install(buyer)
    assert store.last.outcome == "paid before, delivered"
    assert _get(again.agent_context["theme_url"]).content == BUNDLE
    assert market.available(buyer) == 88 * MICRO


def test_what_was_given_back_is_sold_under_the_next_number(market: Market, store: Store) -> None:
    """Somebody takes the app away between reserve and settle: nothing was paid, so nothing is given."""
    from office_studio.services.officex.http import InstallKey
    from office_studio.services.officex.till import Till

    buyer = market.new_buyer()
    store.receiver.set_switches(mode=Mode.FAIL)
    made = store.install(buyer)

    async def reserve() -> None:
        async with Till(market.environment, InstallKey(made.install_id, made.secret)) as till:
            await till.reserve(PRICE, store.offer.job_id, {"customer": buyer.user_id})

    asyncio.run(reserve())
    market.as_(buyer, lambda client: client.uninstall(made.install_id))
    assert market.available(buyer) == 100 * MICRO
    store.receiver.set_switches(mode=Mode.ANSWER)
    again = store.install(buyer)
    assert again.agent_context["license"].endswith("RESV#theme-loft-1#2")
    assert market.available(buyer) == 88 * MICRO


def test_a_sale_that_broke_off_is_settled_the_next_time(market: Market, store: Store) -> None:
    from office_studio.services.officex.http import InstallKey
    from office_studio.services.officex.till import Till

    buyer = market.new_buyer()
    store.receiver.set_switches(mode=Mode.GARBAGE)
    made = store.install(buyer)

    async def reserve() -> None:
        async with Till(market.environment, InstallKey(made.install_id, made.secret)) as till:
            await till.reserve(PRICE, store.offer.job_id)

    asyncio.run(reserve())
    store.receiver.set_switches(mode=Mode.ANSWER)
    page = _get(
        store.receiver.launch_url,
        params={
            "officex_customer_id": buyer.user_id,
            "officex_install_id": made.install_id,
            "officex_install_secret": made.secret,
        },
        timeout=30,
    )
    assert (page.status_code, "Loft is yours" in page.text) == (200, True)
    assert made.secret not in page.text
    assert _get(store.context(buyer, made)["theme_url"]).content == BUNDLE
    balance = market.as_(buyer, lambda client: client.balance())
    assert (balance.available, balance.reserved) == (88 * MICRO, 0)


def test_an_empty_wallet_gets_a_letter_and_a_full_one_the_theme(market: Market, store: Store) -> None:
    buyer = market.new_buyer(credits=3)
    made = store.install(buyer)
    assert made.agent_context == {}
    assert store.last.outcome == "not sold: INSUFFICIENT_FUNDS"
    letters = market.as_(buyer, lambda client: client.inbox())
    assert [letter.id for letter in letters] == ["topup-theme-loft-1"]
    market.as_(buyer, lambda client: client.purchase(20 * MICRO, "tok_visa", str(uuid.uuid4())))
    store.change(buyer, made, max_per_day=5)
    store.wait(lambda: store.context(buyer, made))
    assert market.available(buyer) == 11 * MICRO
    assert len(market.as_(buyer, lambda client: client.inbox())) == 1


def test_nothing_unsigned_is_trusted(market: Market, store: Store) -> None:
    buyer = market.new_buyer()
    made = store.install(buyer)
    address = store.context(buyer, made)["theme_url"]
    payload = {"install_id": made.install_id, "user_id": buyer.user_id, "app_id": store.app_id}

    assert _post(f"{store.receiver.root}/webhooks/officex/guess", json={}).status_code == 404
    assert _post(store.receiver.url, content=b"[1").status_code == 400
    assert _post(store.receiver.url, json={"event": "INSTALL", "payload": {}}).status_code == 400
    assert _post(store.receiver.url, content=b'{"a":"' + b"x" * 70_000 + b'"}').status_code == 400
    assert _post(store.receiver.url, json={}, headers={"host": "evil.test"}).status_code == 400
    count = len(store.receiver.log.entries())

    assert store.send("INSTALL", payload | {"app_id": "other", "install_secret": made.secret}).json() == {}
    assert store.last.outcome == "not one of your apps, ignored"
    assert store.send("INSTALL", payload | {"install_secret": "guessed"}).json() == {}
    assert (store.last.proof, store.last.outcome) == (Proof.BAD, "its secret opens nothing, ignored")
    store.send("UNINSTALL", payload)
    assert store.last.outcome == "it is still installed, ignored"
    assert _get(address).content == BUNDLE
    store.send("PARTY", payload)
    assert store.last.outcome == "unknown event, ignored"
    assert len(store.receiver.log.entries()) == count + 4
    for wrong in ("0" * 40, address.split("/")[-2][:-1]):
        assert _get(f"{store.receiver.root}/themes/{wrong}/loft-1.2.0.zip").status_code == 404
    assert _get(f"{store.receiver.root}/themes/../shop.json").status_code == 404


def test_a_repeated_uuid_is_ignored_and_a_replay_is_not(market: Market, store: Store) -> None:
    buyer = market.new_buyer()
    store.install(buyer)
    first = store.last
    asyncio.run(store.receiver.replay(first, is_same=True))
    assert (store.last.is_repeat, store.last.outcome) == (True, "repeated, ignored")
    asyncio.run(store.receiver.replay(first))
    assert (store.last.is_repeat, store.last.is_replay) == (False, True)
    assert store.last.outcome == "paid before, delivered"
    assert market.available(buyer) == 88 * MICRO
    with pytest.raises(OfficeStudioError, match="too old"):
        asyncio.run(store.receiver.replay(replace(first, number=999)))


def test_trouble_on_demand_never_stops_an_install(market: Market, store: Store) -> None:
    for mode, outcome, status in (
        (Mode.FAIL, "answered 500", 500), (Mode.REDIRECT, "answered 302", 302), (Mode.GARBAGE, "delivered", 200)
    ):  # fmt: skip
        store.receiver.set_switches(mode=mode)
        buyer = market.new_buyer()
        made = store.install(buyer)
        assert made.agent_context == {}
        assert (store.last.status, store.last.is_trouble) == (status, True)
        (delivery,) = _deliveries(market, made.install_id)
        assert delivery["outcome"] == outcome
        assert market.available(buyer) == 100 * MICRO
    assert len(store.receiver.log.entries()) == 3  # nobody followed the redirect


def test_ten_deliveries_at_once_charge_once(market: Market, store: Store) -> None:
    store.receiver.set_switches(mode=Mode.FAIL)
    buyer = market.new_buyer()
    store.install(buyer)
    lost = store.last
    store.receiver.set_switches(mode=Mode.ANSWER)

    async def storm() -> None:
        await asyncio.gather(*(store.receiver.replay(lost) for _ in range(10)))

    asyncio.run(storm())
    store.wait(lambda: all(one.outcome and one.status for one in store.receiver.log.entries()))
    outcomes = sorted(one.outcome for one in store.receiver.log.entries()[1:])
    assert outcomes == ["paid before, delivered"] * 9 + ["sold"]
    assert market.available(buyer) == 88 * MICRO


def test_a_hanging_receiver_costs_its_time_and_no_more(market: Market, store: Store) -> None:
    store.receiver.set_switches(mode=Mode.HANG)
    buyer = market.new_buyer(0)
    start = time.monotonic()
    made = store.install(buyer)
    assert made.agent_context == {}
    assert time.monotonic() - start >= 2.4
    assert _deliveries(market, made.install_id)[0]["outcome"] == "no answer within 2.5 s"
    assert store.last.status is None
    store.receiver.set_switches(mode=Mode.ANSWER)
    store.wait(lambda: store.last.status == 200)


def test_a_delayed_answer_comes_late_and_a_slow_sale_comes_after_it(market: Market, store: Store) -> None:
    store.receiver.set_switches(delay_s=0.4, context={"hello": "there"})
    made = store.install(market.new_buyer())
    assert made.agent_context["hello"] == "there"
    assert (store.last.duration_ms or 0) >= 400
    store.receiver.set_switches(delay_s=0)
    fault = {"route": "POST /reserve", "calls": 1, "delay_s": 2.0, "kind": "delay"}
    answer = _post(f"{market.root}/__sandbox/faults", json=fault, headers={"x-sandbox-token": market.token})
    assert answer.is_success, answer.text
    buyer = market.new_buyer()
    slow = store.install(buyer)
    assert slow.agent_context == {}
    assert (store.last.duration_ms or 9999) < 2000
    store.wait(lambda: store.context(buyer, slow))
    assert store.last.later == "handed over by agent_context"
    assert market.available(buyer) == 88 * MICRO


def test_a_new_version_reaches_who_bought_the_old(market: Market, store: Store, tmp_path: Path) -> None:
    buyer = market.new_buyer()
    made = store.install(buyer)
    newer = BUNDLE[:-2] + b"\x01\x00!"
    source = tmp_path / "newer.zip"
    source.write_bytes(newer)
    offer = replace(store.offer, version="1.3.0", sha256=sha256(newer).hexdigest(), size_bytes=len(newer))
    store.shop.keep_bundle(source, offer.sha256)
    store.shop.put(offer)
    assert store.receiver.run(lambda seller: seller.announce(offer)) == 1
    context = store.context(buyer, made)
    assert (context["theme_version"], context["theme_sha256"]) == ("1.3.0", offer.sha256)
    assert _get(context["theme_url"]).content == newer
    assert market.available(buyer) == 88 * MICRO
    assert [one.title for one in market.as_(buyer, lambda client: client.inbox())] == ["Loft 1.3.0"]
    store.shop.bundle(offer).write_bytes(newer + b"more")
    assert _get(context["theme_url"]).status_code == 410


def test_addresses_outlive_a_restart(market: Market, store: Store) -> None:
    url, buyer = store.receiver.url, market.new_buyer()
    context = store.install(buyer).agent_context
    store.receiver.stop()
    assert store.receiver.url == ""
    with pytest.raises(httpx.ConnectError):
        _get(context["theme_url"])
    shop = Shop(store.shop.folder)
    again = WebhookReceiver(market.environment, market.vendor, shop, SecretStore(store.keyring))
    try:
        assert again.start() == url
        assert _get(context["theme_url"]).content == BUNDLE
    finally:
        again.stop()


def test_only_the_sandbox_reaches_this_computer(market: Market, tmp_path: Path) -> None:
    receiver = WebhookReceiver(STAGING, market.vendor, Shop(tmp_path), SecretStore(Memory()))
    with pytest.raises(OfficeStudioError) as caught:
        receiver.start()
    assert caught.value.code == "RECEIVER_NOT_LOCAL"


@pytest.mark.parametrize("text", ["[1]", "{", '{"a": 1}', '{"": "x"}', json.dumps({"k": "v" * 1001})])
def test_an_answer_that_breaks_the_limits_is_not_taken(text: str) -> None:
    with pytest.raises(OfficeStudioError):
        typed_context(text)


def _deliveries(market: Market, install_id: str) -> list[dict[str, Any]]:
    answer = _get(f"{market.root}/__sandbox/webhooks/log", headers={"x-sandbox-token": market.token}).json()
    return [one for one in answer["deliveries"] if one["request"]["payload"]["install_id"] == install_id]
