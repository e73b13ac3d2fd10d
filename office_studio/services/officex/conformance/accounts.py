"""V01 – V07: accounts and purchases."""

from __future__ import annotations

from office_studio.core.officex.money import usd_charged
from office_studio.services.officex.conformance.world import NOBODY, Who, World, equal, plain, vector


@vector(1)
async def sign_up(w: World) -> None:
    """Sign up with a one-time code"""
    email = w.email("new")
    await w.good(NOBODY, "POST", "/auth/register", {"email": email})
    await w.bad(401, "INVALID_SECRET", NOBODY, "POST", "/auth/verify-otp", {"email": email, "code": "1111"})
    found = await w.good(NOBODY, "POST", "/auth/verify-otp", {"email": email, "code": "0000"})
    key = {"x-officex-master-key": found["api_key"]}
    for headers in (key | {"x-officex-user-id": found["user_id"]}, key):
        me = (await w.good(Who(headers), "GET", "/users/me"))["user"]
        equal((me["user_id"], me["wallet_id"]), (found["user_id"], found["wallet_id"]), "ids")


@vector(2)
async def who_may(w: World) -> None:
    """Missing, wrong and foreign credentials"""
    await w.bad(401, "UNAUTHORIZED", NOBODY, "GET", "/balance")
    wrong = Who(dict(w.user.headers) | {"x-officex-master-key": "wrong"})
    await w.bad(401, "INVALID_SECRET", wrong, "GET", "/balance")
    await w.bad(403, "FORBIDDEN", w.user, "GET", f"/wallets/{w.vendor.wallet}")
    await w.bad(404, "WALLET_NOT_FOUND", w.user, "GET", "/wallets/00000000-0000-0000-0000-000000000000")


@vector(3)
async def rotate_key(w: World) -> None:
    """A rotated key replaces all"""
    await w.good(NOBODY, "POST", "/auth/rotate-key", {"email": w.user.email})
    found = await w.good(NOBODY, "POST", "/auth/confirm-rotate-key", {"email": w.user.email, "code": "0000"})
    await w.bad(401, "INVALID_SECRET", w.user, "GET", "/balance")
    fresh = Who(dict(w.user.headers) | {"x-officex-master-key": found["api_key"]})
    await w.good(fresh, "GET", "/balance")


@vector(4)
async def buy(w: World) -> None:
    """A purchase"""
    fresh = await w.person("fresh")
    reply = await w.buy(fresh, 100)
    equal((plain(reply["credits_added"]), plain(reply["new_balance"])), ("100", "100"), "answer")
    equal(await w.wallet(fresh), "100/0", "U")
    equal(str(usd_charged(100_000_000, w.environment.credit_price_usd)), "3.00", "charge")


@vector(5)
async def buy_once(w: World) -> None:
    """The same key buys once"""
    first, second = await w.buy(w.user, 50, key="k1"), await w.buy(w.user, 50, key="k1")
    for reply in (first, second):
        equal((reply.status, plain(reply["new_balance"])), (200, "150"), "answer")
    equal(second["transaction_id"], first["transaction_id"], "transaction")
    other = await w.buy(w.user, 60, key="k1")
    equal((other.status, other.code), (409, "DUPLICATE_REQUEST"), "another amount")
    await w.money("150/0")


@vector(6)
async def buy_and_fail(w: World) -> None:
    """A refused payment uses its key up"""
    expected = [
        ("tok_fail_1", "k2", 402, "PAYMENT_FAILED"),
        ("tok_ok", "k2", 409, "PREVIOUS_FAILURE"),
        ("tok_ok", "k3", 200, ""),
    ]
    for token, key, status, code in expected:
        reply = await w.buy(w.user, 50, token, key)
        equal((reply.status, reply.code), (status, code), f"{token} {key}")
    await w.money("150/0")


@vector(7)
async def amounts(w: World) -> None:
    """What is an amount"""
    payment = '"payment_method": {"type": "stripe", "token": "tok_ok"}'
    for amount in ("0", "-5", '"10"', "true", "1e400", "0.0000001"):
        body = f'{{"amount": {amount}, {payment}}}'
        await w.bad(400, "INVALID_REQUEST", w.user, "POST", "/purchase-credits", raw=body)
    for amount, total in (("0.000001", "100.000001"), ("1e2", "200.000001")):
        body = f'{{"amount": {amount}, {payment}}}'
        equal(plain((await w.good(w.user, "POST", "/purchase-credits", raw=body))["new_balance"]), total, amount)
