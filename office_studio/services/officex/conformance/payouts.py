"""V44 – V50: payouts, vouchers, the treasury."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from office_studio.services.officex.conformance.world import START, Who, World, equal, plain, vector


async def _earned(w: World, credits: int) -> None:
    """A user who has spent everything, an app that has earned it."""
    await w.buy(w.user, credits - 100)
    await w.reserved(credits, "all")
    await w.settled(credits, "all", final=True)


async def _payout(
    w: World, amount: int, account: str = "acct_1", wallet: str = "", who: Who | None = None, **more: Any
) -> Any:
    body = {
        "wallet_id": wallet or w.app_wallet,
        "amount": amount,
        "destination": {"type": "stripe", "account_id": account},
    }
    return await w.call(who or w.vendor, "POST", "/payout", body | more)


async def _read(w: World, payout_id: str) -> Any:
    return (await w.good(w.vendor, "GET", f"/wallets/{w.app_wallet}/payouts/{payout_id}"))["payout"]


@vector(44)
async def paid_out(w: World) -> None:
    """A payout that works"""
    _ = w.admin
    await _earned(w, 500)
    made = await _payout(w, 500)
    equal((made["status"], await w.app_wallet_of()), ("pending", "0/500"), "requested")
    await w.good(w.admin, "POST", f"/admin/payouts/{made['payout_id']}/approve")
    found = await _read(w, made["payout_id"])
    equal([step["status"] for step in found["history"]], ["pending", "burned", "completed"], "history")
    equal((await w.app_wallet_of(), await w.treasury(), Decimal(found["usd"])), ("0/0", "0", Decimal("5.00")), "end")


@vector(45)
async def transfer_fails(w: World) -> None:
    """A transfer that fails gives the credits back"""
    _ = w.admin
    await _earned(w, 500)
    made = await _payout(w, 200, "acct_fail")
    equal((made["status"], await w.app_wallet_of()), ("pending", "300/200"), "requested")
    await w.bad(500, "PAYOUT_FAILED", w.admin, "POST", f"/admin/payouts/{made['payout_id']}/approve")
    found = await _read(w, made["payout_id"])
    equal((found["status"], await w.app_wallet_of(), await w.treasury()), ("failed", "500/0", "-500"), "end")


@vector(46)
async def rejected(w: World) -> None:
    """A payout that is rejected"""
    _ = w.admin
    await _earned(w, 500)
    made = await _payout(w, 200)
    path = f"/admin/payouts/{made['payout_id']}"
    reply = await w.good(w.admin, "POST", f"{path}/reject")
    equal((reply["payout"]["status"], await w.app_wallet_of(), await w.treasury()), ("failed", "500/0", "-500"), "end")
    await w.bad(400, "INVALID_REQUEST", w.admin, "POST", f"{path}/approve")


@vector(47)
async def who_may_be_paid(w: World) -> None:
    """What cannot be paid out"""
    await _earned(w, 500)
    too_much = await _payout(w, 501)
    equal((too_much.status, too_much.code), (402, "INSUFFICIENT_FUNDS"), "too much")
    personal = await _payout(w, 1, wallet=w.vendor.wallet)
    equal((personal.status, personal.code), (400, "INVALID_REQUEST"), "personal wallet")
    other = await _payout(w, 1, who=w.user)
    equal((other.status, other.code), (403, "FORBIDDEN"), "another vendor's wallet")
    twice = [await _payout(w, 100, idempotency_key="p1") for _ in range(2)]
    equal(twice[0]["payout_id"], twice[1]["payout_id"], "the same key")
    equal(await w.app_wallet_of(), "400/100", "one hold")


@vector(48)
async def vouchers(w: World) -> None:
    """Vouchers"""
    await w.good(w.admin, "POST", "/admin/vouchers", {"code": "GIFT", "credits": 25})
    await w.good(w.admin, "POST", "/admin/vouchers", {"code": "OLD", "credits": 25, "expires_at": START - 1})
    await w.good(Who(), "GET", "/vouchers/GIFT")
    body = {"wallet_id": w.user.wallet}
    reply = await w.good(w.user, "POST", "/vouchers/GIFT/redeem", body)
    equal((plain(reply["credits_added"]), await w.wallet(), await w.treasury()), ("25", "125/0", "-125"), "redeemed")
    await w.bad(409, "DUPLICATE_REQUEST", w.user, "POST", "/vouchers/GIFT/redeem", body)
    await w.bad(400, "INVALID_REQUEST", w.vendor, "POST", "/vouchers/GIFT/redeem", {"wallet_id": w.app_wallet})
    await w.bad(404, "VOUCHER_NOT_FOUND", w.user, "POST", "/vouchers/NONE/redeem", body)
    await w.bad(400, "INVALID_REQUEST", w.user, "POST", "/vouchers/OLD/redeem", body)


@vector(49)
async def all_together(w: World) -> None:
    """Two users, two apps, a payout: it adds up"""
    _ = w.admin
    second = await w.person("second", 65)
    other, other_wallet = await w.new_app("Other App")
    one_b, two_b = await w.install(w.user, other), await w.install(second, other)
    await w.reserved(30)
    await w.settled("12.5")
    await w.settled("7.25", final=True)
    await w.reserved(20, till=two_b)
    await w.settled("4.000001", till=two_b)
    await w.reserved(10, till=one_b)
    await w.cancel(till=one_b)
    found = (await w.wallet(), await w.wallet(second), await w.app_wallet_of(), await w.app_wallet_of(other_wallet))
    equal(found, ("80.25/0", "45/15.999999", "19.75/0", "4.000001/0"), "wallets")
    equal(await w.treasury(), "-165", "T")
    made = await _payout(w, 15)
    await w.good(w.admin, "POST", f"/admin/payouts/{made['payout_id']}/approve")
    equal((await w.app_wallet_of(), await w.treasury()), ("4.75/0", "-150"), "after the payout")
    books = await w.good(w.admin, "POST", "/admin/reconcile")
    equal((books["balanced"], plain(books["difference"])), (True, "0"), "reconcile")


@vector(50)
async def adjusted(w: World) -> None:
    """Adjusting a wallet"""
    path = f"/admin/wallets/{w.user.wallet}/adjust"
    await w.good(w.admin, "POST", path, {"amount": 10})
    equal((await w.treasury(), await w.wallet()), ("-110", "110/0"), "after +10")
    await w.bad(402, "INSUFFICIENT_FUNDS", w.admin, "POST", path, {"amount": -200})
    equal((await w.treasury(), await w.wallet()), ("-110", "110/0"), "after −200")
