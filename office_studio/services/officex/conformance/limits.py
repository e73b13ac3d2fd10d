"""V26 – V34: rate limits, permission, lifetime cap."""

from __future__ import annotations

from typing import Any

from office_studio.core.officex.money import MICRO, Amount
from office_studio.services.officex.conformance.hook import Hook
from office_studio.services.officex.conformance.world import START, Who, World, equal, number, together, vector

HOUR = 3600


async def _usage(w: World, till: Who) -> dict[str, int]:
    found = (await w.good(w.user, "GET", f"/users/me/installs/{till.id}"))["install"]["usage"]
    return {name: int(value) for name, value in found.items()}


async def _many(w: World, count: int, prefix: str) -> None:
    for start in range(0, count, 20):
        jobs = [w.reserve("0.01", f"{prefix}{number_}") for number_ in range(start, min(count, start + 20))]
        for reply in await together(*jobs):
            equal((reply.status, reply.code), (200, ""), "a reserve within the limit")


@vector(26)
async def an_hour(w: World) -> None:
    """A hundred an hour"""
    await w.clock(START)
    await _many(w, 100, "a")
    reply = await w.refused(429, "RATE_LIMITED", "0.01", "one more")
    equal(reply.headers.get("retry-after"), "3600", "Retry-After")
    other, _ = await w.new_app("Other App")
    await w.reserved(1, till=await w.install(w.user, other))
    await w.clock(START + HOUR)
    await w.reserved("0.01", "next hour")
    equal({"hour": 1, "day": 101, "month": 101}, await _usage(w, w.till), "usage")


@vector(27)
async def a_day(w: World) -> None:
    """Three hundred a day"""
    for hour in range(3):
        await w.clock(START + hour * HOUR)
        await _many(w, 100, f"h{hour}-")
    await w.clock(START + 3 * HOUR)
    await w.refused(429, "RATE_LIMITED", "0.01", "one more")
    await w.clock(START + 14 * HOUR)
    await w.reserved("0.01", "next day")


@vector(28)
async def what_counts(w: World) -> None:
    """Refusals do not count, cancelling gives nothing back"""
    other, _ = await w.new_app("Other App")
    till = await w.install(w.user, other, max_per_hour=2)
    await w.reserved(1, "a", till)
    await w.refused(402, "INSUFFICIENT_FUNDS", 1000, "b", till)
    await w.reserved(1, "c", till)
    await w.cancel("c", till)
    await w.refused(429, "RATE_LIMITED", 1, "d", till)


@vector(29)
async def under_the_floor(w: World) -> None:
    """The app's floor; a change is told once"""
    async with Hook() as hook:
        app, _ = await w.new_app("Floor App", minimum_rate_limits={"max_per_hour": 10}, webhook_url=hook.url)
        till = await w.install(w.user, app)
        path = f"/users/me/installs/{till.id}"
        await w.bad(400, "INVALID_REQUEST", w.user, "PATCH", path, {"max_per_hour": 5})
        found = (await w.good(w.user, "GET", path))["install"]
        equal(int(found["max_per_hour"]), 100, "unchanged")
        for _ in range(2):
            await w.good(w.user, "PATCH", path, {"max_per_hour": 10})
        told = [payload for event, payload in hook.calls if event == "RATE_LIMIT_CHANGE"]
        equal(len(told), 1, "deliveries")
        names = ("max_per_hour", "max_per_day", "max_per_month", "allowed_until")
        equal([int(told[0][name]) for name in names], [10, 300, 1000, -1], "values")


@vector(30)
async def defaults(w: World) -> None:
    """Suggestion, floor, platform"""

    async def hour(**fields: Any) -> tuple[int, int, int]:
        app, _ = await w.new_app("Some App", **fields)
        till = await w.install(w.user, app)
        found = (await w.good(w.user, "GET", f"/users/me/installs/{till.id}"))["install"]
        return int(found["max_per_hour"]), int(found["max_per_day"]), int(found["max_per_month"])

    floor = {"minimum_rate_limits": {"max_per_hour": 10}}
    equal((await hour(suggested_rate_limits={"max_per_hour": 5}, **floor))[0], 10, "suggestion below the floor")
    equal((await hour(suggested_rate_limits={"max_per_hour": 20}, **floor))[0], 20, "suggestion above it")
    equal(await hour(), (100, 300, 1000), "neither")


@vector(31)
async def permission(w: World) -> None:
    """The permission ends at its second"""
    await w.clock(START)
    path = f"/users/me/installs/{w.till.id}"
    await w.good(w.user, "PATCH", path, {"allowed_until": START + HOUR})
    await w.clock(START + HOUR - 1)
    await w.reserved(1, "a")
    await w.clock(START + HOUR)
    await w.refused(403, "INSTALL_EXPIRED", 1, "b")
    await w.clock(START + HOUR + 300)
    equal((await w.settled(1, "a", final=True))[2], "completed", "settle of what was open")
    await w.good(w.user, "PATCH", path, {"allowed_until": -1})
    await w.reserved(1, "c")


@vector(32)
async def lifetime_cap(w: World) -> None:
    """The cap counts what is open"""
    await w.good(w.user, "PATCH", f"/users/me/installs/{w.till.id}", {"lifetime_spend_limit": 10})
    await w.reserved(6, "a")
    await w.settled(6, "a", final=True)
    await w.reserved(3, "b")
    await w.refused(403, "LIFETIME_LIMIT_REACHED", 2, "c")
    await w.reserved(1, "d")
    await w.cancel("b")
    await w.reserved(3, "e")
    await w.refused(403, "LIFETIME_LIMIT_REACHED", "0.000001", "f")


@vector(33)
async def thirty_days(w: World) -> None:
    """Thirty days, no cap"""
    await w.clock(START)
    app, _ = await w.new_app("Some App")
    till = await w.install(w.user, app, forever=False)
    found = (await w.good(w.user, "GET", f"/users/me/installs/{till.id}"))["install"]
    equal(int(found["allowed_until"]), 1_775_728_800, "allowed_until")
    equal(int(found["lifetime_spend_limit"]), -1, "lifetime_spend_limit")


@vector(34)
async def guarded(w: World) -> None:
    """A guarded install"""
    app, _ = await w.new_app("Some App")
    till = await w.install(w.user, app, allowed_until=START - 1)
    await w.refused(403, "INSTALL_EXPIRED", 1, "a", till)
    body = {"lifetime_spend_limit": Amount(20 * MICRO), "allowed_until": -1}
    await w.good(w.user, "PATCH", f"/users/me/installs/{till.id}", body)
    await w.reserved(5, "b", till)
    await w.refused(403, "LIFETIME_LIMIT_REACHED", number("15.5"), "c", till)
