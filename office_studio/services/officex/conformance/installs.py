"""V35 – V43, V61, V62: secrets, agent_context, webhooks, inboxes, app fields."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from office_studio.core.officex.money import MICRO, Amount
from office_studio.services.officex.conformance.hook import Hook, http_answer
from office_studio.services.officex.conformance.world import START, Who, World, check, equal, plain, resv, vector


@vector(35)
async def secrets(w: World) -> None:
    """The secret of an install"""
    install = (await w.good(w.user, "GET", f"/users/me/installs/{w.till.id}"))["install"]
    check("install_secret" not in install, "the secret can be read again")
    wrong = Who(dict(w.till.headers) | {"x-officex-install-secret": "wrong"})
    await w.refused(401, "INVALID_SECRET", 1, "a", wrong)
    secret = w.till.headers["x-officex-install-secret"]
    other_way = Who({"x-officex-user-id": w.user.id, "x-officex-app-id": w.app, "x-officex-install-secret": secret})
    await w.reserved(1, "b", other_way)
    fresh = await w.good(w.user, "POST", f"/users/me/installs/{w.till.id}/rotate-secret")
    await w.refused(401, "INVALID_SECRET", 1, "c")
    await w.reserved(1, "c", Who(dict(w.till.headers) | {"x-officex-install-secret": fresh["install_secret"]}))


@vector(36)
async def context_from_webhook(w: World) -> None:
    """Only agent_context is taken from a webhook's answer"""
    held = {"base_url": "https://a.test", "token": "t"}

    async def answer(_event: str, _payload: Mapping[str, Any]) -> bytes:
        return http_answer({"agent_context": held, "admin": True})

    async with Hook(answer) as hook:
        app, _ = await w.new_app("Context App", webhook_url=hook.url)
        made = await w.good(w.user, "POST", f"/install/{app}", {})
        equal(made["agent_context"], held, "answer")
        found = await w.good(w.user, "GET", f"/users/me/installs/{made['install_id']}")
        equal(found["install"]["agent_context"], held, "install")


@vector(37)
async def bad_webhooks(w: World) -> None:
    """A webhook that hangs, fails or babbles"""
    gone = asyncio.Event()

    async def hang(_event: str, _payload: Mapping[str, Any]) -> bytes:
        await asyncio.wait_for(gone.wait(), 40)
        return b""

    async def fail(_event: str, _payload: Mapping[str, Any]) -> bytes:
        return http_answer({"agent_context": {"a": "b"}}, "500 Oops")

    async def babble(_event: str, _payload: Mapping[str, Any]) -> bytes:
        return http_answer("hello")

    for name, answer in (("Hanging", hang), ("Failing", fail), ("Babbling", babble)):
        async with Hook(answer) as hook:
            app, _ = await w.new_app(f"{name} App", webhook_url=hook.url)
            made = await w.good(w.user, "POST", f"/install/{app}", {})
            check("agent_context" not in made.body, f"{name}: a context came from nowhere")
            equal(len(hook.calls), 1, f"{name}: attempts")
    gone.set()


@vector(38)
async def context_limits(w: World) -> None:
    """Limits of agent_context"""
    path = f"/users/me/installs/{w.till.id}/context"
    await w.good(w.user, "PATCH", path, {f"k{number}": "v" for number in range(50)})
    for body in ({"k50": "v"}, {"k0": None, "k" * 201: "v"}, {"k0": "v" * 1001}, {"k0": 5}):
        await w.bad(400, "INVALID_REQUEST", w.user, "PATCH", path, body)
    found = (await w.good(w.user, "PATCH", path, {"k0": None, "k1": None, "x": "1", "y": "2"}))["agent_context"]
    equal((len(found), "k0" in found, found["x"]), (50, False, "1"), "merge")
    found = (await w.good(w.user, "PATCH", path, {"x": None}))["agent_context"]
    equal((len(found), "y" in found), (49, True), "one deleted")


@vector(39)
async def context_by_app(w: World) -> None:
    """An app changes its own context only"""
    found = await w.good(w.till, "PATCH", f"/installs/{w.till.id}/context", {"a": "1"})
    equal(found["agent_context"], {"a": "1"}, "context")
    other = await w.install(await w.person("other"), w.app)
    await w.bad(403, "FORBIDDEN", w.till, "PATCH", f"/installs/{other.id}/context", {"a": "2"})


@vector(40)
async def letters(w: World) -> None:
    """A message comes once"""
    path = f"/installs/{w.till.id}/inbox"
    first = await w.good(w.till, "POST", path, {"id": "m1", "title": "First", "text": "x"})
    equal(first.status, 201, "status")
    second = await w.good(w.till, "POST", path, {"id": "m1", "title": "Second", "text": "y"})
    equal((second.status, second["message_id"], second["deduplicated"]), (200, first["message_id"], True), "again")
    listed = (await w.good(w.user, "GET", "/users/me/inbox"))["messages"]
    equal([item["title"] for item in listed if item["id"] == "m1"], ["First"], "list")
    other_app, _ = await w.new_app("Other App")
    other = await w.install(w.user, other_app)
    equal(
        (await w.call(other, "POST", f"/installs/{other.id}/inbox", {"id": "m1", "title": "T", "text": "t"})).status,
        201,
        "another app",
    )
    for name, most in (("title", 200), ("text", 2000)):
        body = {"id": f"long-{name}", "title": "t", "text": "t"}
        await w.bad(400, "INVALID_REQUEST", w.till, "POST", path, body | {name: "x" * (most + 1)})
        await w.good(w.till, "POST", path, body | {name: "x" * most})


@vector(41)
async def vendor_inbox(w: World) -> None:
    """Reservations are letters to the vendor"""
    await w.reserved(1, "a")
    await w.reserved(1, "b")
    path = f"/users/me/apps/{w.app}/inbox"
    listed = (await w.good(w.vendor, "GET", path))["reservations"]
    equal(len(listed), 2, "entries")
    for _ in range(2):
        await w.good(w.vendor, "POST", f"{path}/{listed[0]['log_id']}/ack")
        equal(len((await w.good(w.vendor, "GET", path))["reservations"]), 1, "entries left")
    await w.bad(404, "RESERVATION_NOT_FOUND", w.vendor, "POST", f"{path}/999999999/ack")


@vector(42)
async def uninstall(w: World) -> None:
    """Uninstalling releases what is open"""
    async with Hook() as hook:
        app, wallet = await w.new_app("Leaving App", webhook_url=hook.url)
        till = await w.install(w.user, app)
        await w.reserved(10, till=till)
        await w.settled(4, till=till)
        equal((await w.wallet(), await w.app_wallet_of(wallet)), ("90/6", "4/0"), "before")
        await w.good(w.user, "DELETE", f"/users/me/installs/{till.id}")
        equal((await w.wallet(), await w.app_wallet_of(wallet)), ("96/0", "4/0"), "after")
        equal([event for event, _ in hook.calls], ["INSTALL", "UNINSTALL"], "deliveries")
        await w.refused(401, "UNAUTHORIZED", 1, "k", till)
        again = await w.install(w.user, app)
        check(again.id != till.id and again.headers != till.headers, "ids are not new")


@vector(43)
async def app_fields(w: World) -> None:
    """Limits of app fields"""
    good = {"name": "abc"}
    wrong: list[dict[str, Any]] = [
        {"name": "ab"},
        {"name": "x" * 51},
        good | {"pricing_lines": ["x"] * 11},
        good | {"pricing_lines": ["x" * 101]},
        good | {"tags": ["t"] * 11},
        good | {"subtitle": "s" * 201},
        good | {"context_prompt": "c" * 5001},
        good | {"webhook_url": "http://example.org/h"},
    ]
    for body in wrong:
        await w.bad(400, "INVALID_REQUEST", w.vendor, "POST", "/register-app", body)
    made = await w.call(w.vendor, "POST", "/register-app", good | {"subtitle": "s"})
    equal(made.status, 201, "status")
    path = f"/users/me/apps/{made['app_id']}"
    changed = (await w.good(w.vendor, "PATCH", path, {"subtitle": None}))["app"]
    check(not changed.get("subtitle"), "subtitle is not cleared")
    await w.bad(400, "INVALID_REQUEST", w.vendor, "PATCH", path, {"name": None})


class Shop:
    """A vendor that sells one theme for 12 credits, at most once (section 21.1)."""

    def __init__(self, w: World) -> None:
        self._w, self.till = w, Who()
        self.codes: list[str] = []

    async def answer(self, event: str, payload: Mapping[str, Any]) -> bytes:
        if event == "INSTALL":
            secret = payload["install_secret"]
            headers = {"x-officex-install-id": payload["install_id"], "x-officex-install-secret": secret}
            self.till = Who(headers, payload["install_id"])
        if event == "UNINSTALL":
            return http_answer({})
        reply = await self._w.reserve(12, "theme-t1-1", self.till)
        self.codes.append(reply.code)
        if reply.code not in ("", "DUPLICATE_JOB"):
            return http_answer({})
        if not reply.code:
            await self._w.settled(12, "theme-t1-1", final=True, till=self.till)
        context = {"theme_url": "https://shop.test/t1.zip"}
        if event != "INSTALL":
            await self._w.good(self.till, "PATCH", f"/installs/{self.till.id}/context", context)
        return http_answer({"agent_context": context})


@vector(61)
async def theme_sale(w: World) -> None:
    """A theme is sold from inside the webhook, once"""
    shop = Shop(w)
    async with Hook(shop.answer) as hook:
        app, wallet = await w.new_app("Theme Shop", webhook_url=hook.url)
        for expected in ("", "DUPLICATE_JOB"):
            made = await w.good(w.user, "POST", f"/install/{app}", {})
            equal(made["agent_context"], {"theme_url": "https://shop.test/t1.zip"}, "agent_context")
            equal(shop.codes[-1], expected, "reserve in the handler")
            equal((await w.wallet(), await w.app_wallet_of(wallet)), ("88/0", "12/0"), "wallets")
            await w.good(w.user, "DELETE", f"/users/me/installs/{made['install_id']}")


@vector(62)
async def guarded_sale(w: World) -> None:
    """A guarded install is charged once its cap is set"""
    shop = Shop(w)
    async with Hook(shop.answer) as hook:
        app, _ = await w.new_app("Theme Shop", webhook_url=hook.url)
        till = await w.install(w.user, app, allowed_until=START - 1)
        equal(shop.codes, ["INSTALL_EXPIRED"], "reserve in the handler")
        path = f"/users/me/installs/{till.id}"
        await w.good(w.user, "PATCH", path, {"lifetime_spend_limit": Amount(20 * MICRO), "allowed_until": -1})
        found = (await w.good(w.user, "GET", path))["install"]
        equal(found["agent_context"], {"theme_url": "https://shop.test/t1.zip"}, "agent_context")
        equal(await w.wallet(), "88/0", "U")
        read = await w.good(shop.till, "GET", f"/reservations/{resv('theme-t1-1')}")
        equal(plain(read["reservation"]["settled_amount"]), "12", "settled")
