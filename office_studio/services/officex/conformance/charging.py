"""V08 – V25: reserve, sip, settle, cancel."""

from __future__ import annotations

from office_studio.services.officex.conformance.world import (
    World,
    check,
    equal,
    plain,
    resv,
    together,
    vector,
)


@vector(8)
async def one_charge(w: World) -> None:
    """A charge of its whole amount"""
    reply = await w.reserved("0.5", "e-1")
    equal(reply["reservation_id"], "RESV#e-1", "id")
    await w.money("99.5/0.5")
    equal(await w.settled("0.5", "e-1", final=True), ("0.5", "0", "completed"), "final")
    await w.money("99.5/0", "0.5")


@vector(9)
async def sip_then_final(w: World) -> None:
    """A sip, then less than the rest"""
    await w.reserved(10)
    equal(await w.settled(3), ("3", "7", "partial"), "sip")
    equal(await w.settled(4, final=True), ("7", "0", "completed"), "final")
    found = (await w.good(w.till, "GET", f"/reservations/{resv('j')}"))["reservation"]
    equal(plain(found["refunded_amount"]), "3", "refunded")
    await w.money("93/0", "7")


@vector(10)
async def running_totals(w: World) -> None:
    """Figures are running totals"""
    await w.reserved(100)
    equal([(await w.settled(10))[:2] for _ in range(3)], [("10", "90"), ("20", "80"), ("30", "70")], "sips")
    equal((await w.settled(70, final=True))[0], "100", "final")
    await w.money("0/0", "100")


@vector(11)
async def both_settle_calls(w: World) -> None:
    """Both ways to settle"""
    await w.reserved(10, "job-1")
    body = {"reservation_id": "RESV#job-1", "amount": 8, "final": True}
    first = await w.good(w.till, "POST", "/settle", body)
    await w.money("92/0", "8")
    await w.reserved(10, "job-2")
    second = await w.settled(8, "job-2", final=True)
    equal((plain(first["settled_amount"]), plain(first["remaining_reserved"]), first["status"]), second, "figures")


@vector(12)
async def ten_tenths(w: World) -> None:
    """Ten sips of 0.1 are exactly 1"""
    await w.reserved(1)
    last = [await w.settled("0.1") for _ in range(10)][-1]
    equal(last, ("1", "0", "partial"), "ten sips")
    equal(await w.settled(0, final=True), ("1", "0", "completed"), "final 0")
    equal(await w.app_wallet_of(), "1/0", "A")


@vector(13)
async def many_sips(w: World) -> None:
    """37 sips of 0.1, the rest comes back"""
    poor = await w.person("poor", 20)
    till = await w.install(poor, w.app)
    await w.reserved(10, till=till)
    for _ in range(37):
        await w.settled("0.1", till=till)
    equal((await w.settled(0, final=True, till=till))[0], "3.7", "settled")
    equal(await w.wallet(poor), "16.3/0", "U")
    equal(await w.app_wallet_of(), "3.7/0", "A")


@vector(14)
async def cancel_all(w: World) -> None:
    """Cancel gives all back, and may be repeated"""
    await w.reserved(10)
    for _ in range(2):
        reply = await w.cancel()
        equal((reply.status, plain(reply["refunded_amount"]), reply["status"]), (200, "10", "cancelled"), "cancel")
        await w.money("100/0", "0")


@vector(15)
async def cancel_rest(w: World) -> None:
    """Cancel after a sip gives the rest back"""
    await w.reserved(10)
    await w.settled(3)
    equal(plain((await w.cancel())["refunded_amount"]), "7", "refunded")
    await w.money("97/0", "3")


@vector(16)
async def too_much(w: World) -> None:
    """More than is left"""
    await w.reserved(5)
    for amount, final in ((6, False), ("5.000001", True)):
        reply = await w.settle(amount, final=final)
        equal((reply.status, reply.code), (400, "INVALID_REQUEST"), f"settle {amount}")
    await w.money("95/5")
    equal((await w.settled(5, final=True))[2], "completed", "final 5")


@vector(17)
async def emptied_by_a_sip(w: World) -> None:
    """A sip of all stays partial"""
    await w.reserved(5)
    equal((await w.settled(5))[1:], ("0", "partial"), "sip 5")
    equal((await w.settle(0)).status, 400, "sip 0")
    equal((await w.settled(0, final=True))[2], "completed", "final 0")


@vector(18)
async def closed_is_closed(w: World) -> None:
    """What is completed stays so"""
    await w.reserved("0.5", "e-1")
    await w.settled("0.5", "e-1", final=True)
    for reply in (await w.settle("0.1", "e-1"), await w.cancel("e-1")):
        equal((reply.status, reply.code), (400, "INVALID_REQUEST"), "after the end")
    await w.money("99.5/0", "0.5")
    found = await w.good(w.till, "GET", f"/reservations/{resv('e-1')}")
    equal(found["reservation"]["status"], "completed", "status")


@vector(19)
async def one_job_once(w: World) -> None:
    """A job has one reservation, for ever"""
    await w.reserved(10)
    await w.refused(409, "DUPLICATE_JOB", 5)
    await w.money("90/10")
    await w.cancel()
    await w.refused(409, "DUPLICATE_JOB", 5)


@vector(20)
async def jobs_of_two_apps(w: World) -> None:
    """The same job at two apps"""
    await w.reserved(10)
    other_app, _ = await w.new_app("Other App")
    other = await w.install(w.user, other_app)
    await w.reserved(5, till=other)
    found = await w.good(w.user, "GET", f"/wallets/{w.user.wallet}/reservations")
    equal(sorted(plain(item["amount_reserved"]) for item in found["reservations"]), ["10", "5"], "both")
    path = f"/wallets/{w.user.wallet}/reservations/{resv('j')}"
    await w.bad(400, "INVALID_REQUEST", w.user, "GET", path)
    one = await w.good(w.user, "GET", f"{path}?app_id={other_app}")
    equal(plain(one["reservation"]["amount_reserved"]), "5", "the right one")


@vector(21)
async def to_the_last_credit(w: World) -> None:
    """Reserving the last credit"""
    await w.reserved(85, "spent")
    await w.settled(85, "spent", final=True)
    await w.reserved(10, "open")
    await w.money("5/10")
    await w.refused(402, "INSUFFICIENT_FUNDS", 6, "six")
    await w.reserved(5, "five")
    await w.money("0/15")


@vector(22)
async def a_race(w: World) -> None:
    """Two reserves of 60 at once on 100"""
    replies = await together(w.reserve(60, "a"), w.reserve(60, "b"))
    equal(sorted((reply.status, reply.code) for reply in replies), [(200, ""), (402, "INSUFFICIENT_FUNDS")], "replies")
    await w.money("40/60")


@vector(23)
async def lost_answer(w: World) -> None:
    """A lost answer is learned of by repeating"""
    await w.reserved(100, "k")
    await w.refused(409, "DUPLICATE_JOB", 100, "k")
    found = await w.good(w.till, "GET", f"/reservations/{resv('k')}")
    equal(plain(found["reservation"]["amount_reserved"]), "100", "amount")


@vector(24)
async def amounts(w: World) -> None:
    """What is an amount, and a job id"""
    raw = '{"amount": 0.30000000000000004, "job_id": "noise"}'
    equal(plain((await w.good(w.till, "POST", "/reserve", raw=raw))["amount_reserved"]), "0.3", "noise")
    for amount in ("0.1234567", "-1", "null", '"1"'):
        await w.bad(400, "INVALID_REQUEST", w.till, "POST", "/reserve", raw=f'{{"amount": {amount}, "job_id": "x"}}')
    await w.bad(400, "INVALID_REQUEST", w.till, "POST", "/reserve", {"job_id": "x"})
    for job in ("", "x" * 201):
        await w.bad(400, "INVALID_REQUEST", w.till, "POST", "/reserve", {"amount": 1, "job_id": job})
    check((await w.reserve(1, "x" * 200)).status == 200, "a job id of 200 characters")


@vector(25)
async def of_somebody_else(w: World) -> None:
    """Reservations of others are not there"""
    await w.reserved("0.5", "e-1")
    other = await w.install(await w.person("other", 5), w.app)
    await w.bad(404, "RESERVATION_NOT_FOUND", other, "GET", f"/reservations/{resv('e-1')}")
    reply = await w.settle("0.1", "e-1", till=other)
    equal((reply.status, reply.code), (404, "RESERVATION_NOT_FOUND"), "settle")
