"""What a vector works with: people, apps, installs, replies, and the sandbox's controls where there are any."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import httpx

from office_studio.core.officex.codes import Refusal
from office_studio.core.officex.money import dumps, loads
from office_studio.services.officex.environments import Environment

START = 1_773_136_800  # 2026-03-10T10:00:00Z
RESERVE = "POST /reserve"


class Mismatch(Exception):
    """The environment answered something else than the vector expects."""


class Skip(Exception):
    """The vector needs what this environment does not have."""


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    body: Any
    headers: httpx.Headers

    @property
    def code(self) -> str:
        error = self.body.get("error") if isinstance(self.body, dict) else None
        return str(error.get("code", "")) if isinstance(error, dict) else ""

    def __getitem__(self, name: str) -> Any:
        if not isinstance(self.body, dict) or name not in self.body:
            raise Mismatch(f"the answer {self.status} has no {name}: {str(self.body)[:200]}")
        return self.body[name]


@dataclass(frozen=True, slots=True)
class Who:
    """Credentials of somebody, and what is known of them."""

    headers: Mapping[str, str] = field(repr=False, default_factory=dict)
    id: str = ""
    wallet: str = ""
    email: str = ""
    app: str = ""


NOBODY = Who()


@dataclass(frozen=True, slots=True)
class Controls:
    """Secrets of a sandbox; they let a vector move the clock, play faults and be superadmin."""

    root: str
    token: str = field(repr=False)
    admin_secret: str = field(repr=False)


class World:
    """One vector's world. ``user``, ``vendor``, ``app`` and ``till`` exist from the start, as section 19 says."""

    def __init__(self, environment: Environment, http: httpx.AsyncClient, controls: Controls | None) -> None:
        self.environment, self.http, self._controls = environment, http, controls
        self.user = self.vendor = self.till = NOBODY
        self.app = self.app_wallet = ""
        self._run = uuid.uuid4().hex[:8]

    async def prepare(self) -> None:
        if self._controls is not None:
            await self.control("POST", "reset")
            await self.control("POST", "clock", {"unix": START})
        self.user = await self.person("u", 100)
        self.vendor = await self.person("v")
        self.app, self.app_wallet = await self.new_app("Test App")
        self.till = await self.install(self.user, self.app)

    # -- calls -----------------------------------------------------------------------------------------
    async def call(self, who: Who, method: str, path: str, body: Any = None, raw: str | None = None) -> Reply:
        content = raw.encode() if raw is not None else None if body is None else dumps(body).encode()
        headers = dict(who.headers) | ({"Content-Type": "application/json"} if content is not None else {})
        answer = await self.http.request(method, self.environment.api + path, content=content, headers=headers)
        try:
            return Reply(answer.status_code, loads(answer.content), answer.headers)
        except Refusal:  # not JSON
            return Reply(answer.status_code, answer.text, answer.headers)

    async def good(self, who: Who, method: str, path: str, body: Any = None, raw: str | None = None) -> Reply:
        """The reply of a call that has to succeed."""
        reply = await self.call(who, method, path, body, raw)
        check(200 <= reply.status < 300, f"{method} {path}: {reply.status} {reply.code}")
        return reply

    async def bad(
        self, status: int, code: str, who: Who, method: str, path: str, body: Any = None, raw: str | None = None
    ) -> None:
        """A call that has to be refused with this status and code."""
        reply = await self.call(who, method, path, body, raw)
        equal((reply.status, reply.code), (status, code), f"{method} {path} {raw or body or ''}")

    # -- people, apps, installs --------------------------------------------------------------------------
    def email(self, name: str) -> str:
        return f"{name}-{self._run}@x.test"

    async def person(self, name: str, credits: int = 0) -> Who:
        email = self.email(name)
        await self.good(NOBODY, "POST", "/auth/register", {"email": email})
        found = await self.good(NOBODY, "POST", "/auth/verify-otp", {"email": email, "code": "0000"})
        headers = {"x-officex-user-id": found["user_id"], "x-officex-master-key": found["api_key"]}
        me = await self.good(Who(headers), "GET", "/users/me")
        who = Who(headers, found["user_id"], me["user"]["wallet_id"], email)
        if credits:
            await self.buy(who, credits)
        return who

    async def buy(self, who: Who, credits: Any, token: str = "tok_ok", key: str | None = None) -> Reply:  # noqa: S107
        body = {"amount": credits, "payment_method": {"type": "stripe", "token": token}}
        return await self.call(who, "POST", "/purchase-credits", body | ({"idempotency_key": key} if key else {}))

    async def new_app(self, name: str, **fields: Any) -> tuple[str, str]:
        made = await self.good(self.vendor, "POST", "/register-app", {"name": name} | fields)
        return str(made["app_id"]), str(made["destination_wallet_id"])

    async def install(self, who: Who, app: str, *, forever: bool = True, **limits: Any) -> Who:
        body = ({"allowed_until": -1} if forever else {}) | limits
        made = await self.good(who, "POST", f"/install/{app}", body)
        headers = {"x-officex-install-id": made["install_id"], "x-officex-install-secret": made["install_secret"]}
        return Who(headers, made["install_id"], who.wallet, app=app)

    # -- charging ----------------------------------------------------------------------------------------
    async def reserve(self, amount: Any, job: str = "j", till: Who | None = None) -> Reply:
        return await self.call(till or self.till, "POST", "/reserve", {"amount": number(amount), "job_id": job})

    async def reserved(self, amount: Any, job: str = "j", till: Who | None = None) -> Reply:
        reply = await self.reserve(amount, job, till)
        check(reply.status == 200, f"reserve {amount}: {reply.status} {reply.code}")
        return reply

    async def refused(self, status: int, code: str, amount: Any, job: str = "j", till: Who | None = None) -> Reply:
        reply = await self.reserve(amount, job, till)
        equal((reply.status, reply.code), (status, code), f"reserve {amount}")
        return reply

    async def settle(self, amount: Any, job: str = "j", *, final: bool = False, till: Who | None = None) -> Reply:
        body = {"amount": number(amount), "final": final}
        return await self.call(till or self.till, "POST", f"/reservations/{resv(job)}/settle", body)

    async def settled(
        self, amount: Any, job: str = "j", *, final: bool = False, till: Who | None = None
    ) -> tuple[str, str, str]:
        """Running total, what is left, status; amounts as people write them."""
        reply = await self.settle(amount, job, final=final, till=till)
        check(reply.status == 200, f"settle {amount}: {reply.status} {reply.code}")
        return plain(reply["settled_amount"]), plain(reply["remaining_reserved"]), str(reply["status"])

    async def cancel(self, job: str = "j", till: Who | None = None) -> Reply:
        return await self.call(till or self.till, "POST", f"/reservations/{resv(job)}/cancel")

    # -- balances ------------------------------------------------------------------------------------------
    async def wallet(self, who: Who | None = None) -> str:
        """``available/reserved`` of a user."""
        who = who or self.user
        found = await self.good(who, "GET", f"/wallets/{who.wallet}")
        equal(found["total"], found["available"] + found["reserved"], "total of a wallet")
        return f"{plain(found['available'])}/{plain(found['reserved'])}"

    async def app_wallet_of(self, wallet: str | None = None, vendor: Who | None = None) -> str:
        found = await self.good(vendor or self.vendor, "GET", f"/wallets/{wallet or self.app_wallet}")
        return f"{plain(found['available'])}/{plain(found['reserved'])}"

    async def money(self, user: str, app: str | None = None) -> None:
        """What the user's wallet holds now, and the app's."""
        equal(await self.wallet(), user, "U")
        if app is not None:
            equal(await self.app_wallet_of(), app if "/" in app else f"{app}/0", "A")

    # -- the sandbox ---------------------------------------------------------------------------------------
    @property
    def admin(self) -> Who:
        return Who({"x-officex-admin-secret": self._need().admin_secret})

    def _need(self) -> Controls:
        if self._controls is None:
            raise Skip("needs the controls of a sandbox")
        return self._controls

    async def control(self, method: str, name: str, body: Any = None) -> Any:
        """Raises Skip where there are no controls."""
        held = self._need()
        content = None if body is None else dumps(body).encode()
        answer = await self.http.request(
            method, f"{held.root}/__sandbox/{name}", content=content, headers={"x-sandbox-token": held.token}
        )
        found = loads(answer.content)
        check(answer.status_code == 200, f"control {name}: {found}")
        return found

    async def clock(self, unix: int) -> None:
        await self.control("POST", "clock", {"unix": unix})

    async def fault(self, route: str, kind: str, delay_s: float = 0) -> None:
        await self.control("POST", "faults", {"route": route, "kind": kind, "delay_s": Decimal(str(delay_s))})

    async def treasury(self) -> str:
        found = await self.good(self.admin, "GET", "/admin/treasury")
        return plain(found["balance"])

    async def deliveries(self, event: str) -> list[Any]:
        found = await self.control("GET", "webhooks/log")
        return [item for item in found["deliveries"] if item["event"] == event]

    async def check_books(self) -> None:
        if self._controls is not None:
            found = await self.control("GET", "books")
            check(found["balanced"], f"the books do not balance: {found['violations']}")


# -- comparing -----------------------------------------------------------------------------------------
def check(holds: bool, words: str) -> None:
    if not holds:
        raise Mismatch(words)


def equal(found: object, expected: object, what: str) -> None:
    if found != expected:
        raise Mismatch(f"{what}: expected {expected!r}, found {found!r}")


def number(value: Any) -> Any:
    """Literals of a vector as numbers of JSON, without a binary float in between."""
    return Decimal(value) if isinstance(value, str) else value


def plain(value: Any) -> str:
    """An amount as people write it."""
    if not isinstance(value, Decimal):
        raise Mismatch(f"{value!r} is not a number")
    text = format(value.normalize(), "f")
    return "0" if text in ("-0", "0") else text


def resv(job: str) -> str:
    return quote(f"RESV#{job}", safe="")


async def together(*calls: Awaitable[Reply]) -> list[Reply]:
    return list(await asyncio.gather(*calls))


Vector = Callable[[World], Awaitable[None]]
VECTORS: dict[str, Vector] = {}


def vector(number_: int) -> Callable[[Vector], Vector]:
    """Register the vector V<number>; its docstring is its title."""

    def register(work: Vector) -> Vector:
        VECTORS[f"V{number_:02d}"] = work
        return work

    return register
