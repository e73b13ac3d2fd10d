"""Many at once, and answers that never arrive: whatever is asked how often, it is done once, and the books balance."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from office_studio.services.officex import http as officex_http
from office_studio.services.officex.client import OfficeXClient
from office_studio.services.officex.environments import sandbox_environment
from office_studio.services.officex.errors import OfficeXUnreachable

from .world import World

PAYMENT = {"payment_method": {"type": "stripe", "token": "tok_ok"}}
BANK = {"destination": {"type": "bank", "account_id": "x"}}


def at_once(w: World, calls: list[tuple[str, dict[str, str], Any]]) -> list[str]:
    """POSTs, all on their way at the same time; the codes of their refusals, "" for none, in their order."""

    async def send() -> list[str]:
        limits = httpx.Limits(max_connections=len(calls))
        async with httpx.AsyncClient(base_url=str(w.http.base_url), limits=limits, timeout=60, verify=False) as http:
            answers = await asyncio.gather(*(http.post(path, headers=who, json=body) for path, who, body in calls))
        return [str(answer.json().get("error", {}).get("code", "")) for answer in answers]

    return asyncio.run(send())


def test_thirty_sips_at_once_take_what_is_there(w: World):
    assert w.reserve("10", "one") == ""
    path = "/reservations/RESV%23one/settle"
    codes = at_once(w, [(path, w.till, {"amount": 1})] * 30)
    assert sorted(codes) == [""] * 10 + ["INVALID_REQUEST"] * 20
    assert w.balance() == (90, 0)
    assert w.answer("GET", f"/wallets/{w.app_wallet}", w.vendor)["available"] == 10


def test_settle_and_cancel_at_once_have_one_winner(w: World):
    for number in range(8):
        assert w.reserve("10", f"j{number}") == ""
    calls = [
        call
        for number in range(8)
        for call in (
            (f"/reservations/RESV%23j{number}/settle", w.till, {"amount": 10, "final": True}),
            (f"/reservations/RESV%23j{number}/cancel", w.till, {}),
        )
    ]
    codes = at_once(w, calls)
    pairs = list(zip(codes[::2], codes[1::2], strict=True))
    assert all(sorted(pair) == ["", "INVALID_REQUEST"] for pair in pairs)
    settled = sum(pair[0] == "" for pair in pairs)
    assert w.balance() == (100 - 10 * settled, 0)


def test_a_purchase_sent_twenty_times_at_once_is_made_once(w: World):
    codes = at_once(w, [("/purchase-credits", w.user, {"amount": 5, "idempotency_key": "k", **PAYMENT})] * 20)
    assert codes == [""] * 20  # the others are told what the first one did
    assert w.balance() == (105, 0)


def test_payouts_at_once_take_no_more_than_is_there(w: World):
    assert w.reserve("10", "one") == ""
    w.answer("POST", "/reservations/RESV%23one/settle", w.till, {"amount": 10, "final": True})
    codes = at_once(w, [("/payout", w.vendor, {"wallet_id": w.app_wallet, "amount": 4, **BANK})] * 6)
    assert sorted(codes) == [""] * 2 + ["INSUFFICIENT_FUNDS"] * 4
    found = w.answer("GET", f"/wallets/{w.app_wallet}", w.vendor)
    assert (found["available"], found["reserved"]) == (2, 8)


def test_a_voucher_for_three_is_redeemed_by_three(w: World):
    code = f"RACE{w.number}"
    w.answer("POST", "/admin/vouchers", w.admin, {"code": code, "credits": 7, "max_redemptions": 3})
    people = [w.person(f"r{number}-") for number in range(6)]
    calls = [(f"/vouchers/{code}/redeem", who, {"wallet_id": wallet}) for who, wallet in people for _ in range(2)]
    codes = at_once(w, calls)
    assert codes.count("") == 3
    got = [w.answer("GET", "/balance", who)["available"] for who, _ in people]
    assert sorted(got) == [0, 0, 0, 7, 7, 7]


def test_a_cap_and_an_hour_hold_against_many_at_once(w: World):
    w.limits(lifetime_spend_limit=25, max_per_hour=5)
    codes = at_once(w, [("/reserve", w.till, {"amount": 10, "job_id": f"cap{number}"}) for number in range(20)])
    assert sorted(codes) == [""] * 2 + ["LIFETIME_LIMIT_REACHED"] * 18
    codes = at_once(w, [("/reserve", w.till, {"amount": 1, "job_id": f"hour{number}"}) for number in range(20)])
    assert sorted(codes) == [""] * 3 + ["RATE_LIMITED"] * 17
    assert w.balance() == (77, 23)


# -- answers that get lost ---------------------------------------------------------------------------
def _final(w: World) -> tuple[str, str, dict[str, str], Any]:
    assert w.reserve("10", "lost") == ""
    return "/reservations/{resv}/settle", "/reservations/RESV%23lost/settle", w.till, {"amount": 4, "final": True}


def _cancel(w: World) -> tuple[str, str, dict[str, str], Any]:
    assert w.reserve("10", "lost") == ""
    return "/reservations/{resv}/cancel", "/reservations/RESV%23lost/cancel", w.till, {}


def _payout(w: World) -> tuple[str, str, dict[str, str], Any]:
    assert w.reserve("10", "earn") == ""
    w.answer("POST", "/reservations/RESV%23earn/settle", w.till, {"amount": 10, "final": True})
    return "/payout", "/payout", w.vendor, {"wallet_id": w.app_wallet, "amount": 5, "idempotency_key": "p", **BANK}


def _purchase(w: World) -> tuple[str, str, dict[str, str], Any]:
    return "/purchase-credits", "/purchase-credits", w.user, {"amount": 5, "idempotency_key": "b", **PAYMENT}


def _letter(w: World) -> tuple[str, str, dict[str, str], Any]:
    body = {"id": "once", "title": "t", "text": "x"}
    return "/installs/{id}/inbox", f"/installs/{w.install_id}/inbox", w.till, body


# What is called, and what the second try is told when the first one was done unheard.
LOST: list[tuple[Callable[[World], tuple[str, str, dict[str, str], Any]], str]] = [
    (_final, "INVALID_REQUEST"), (_cancel, ""), (_payout, ""), (_purchase, ""), (_letter, ""),
]  # fmt: skip


@pytest.mark.parametrize("kind", ["drop_before", "drop_after", "not_json", "error"])
@pytest.mark.parametrize(("prepare", "told_after"), LOST)
def test_a_lost_answer_changes_nothing_about_what_is_done(
    w: World, kind: str, prepare: Callable[[World], Any], told_after: str
):
    route, path, who, body = prepare(w)
    expected = _state_after(w, prepare)
    w.control("faults", route=f"POST {route}", kind=kind)
    try:
        assert w.http.post(path, headers=who, json=body).status_code >= 500
    except httpx.TransportError:
        assert kind.startswith("drop")
    again = w.code("POST", path, who, body)
    assert again == (told_after if kind == "drop_after" else "")
    assert _state(w) == expected
    assert w.code("POST", path, who, body) == told_after  # a third time changes nothing either
    assert _state(w) == expected


def _state(w: World) -> tuple[Any, ...]:
    vendor = w.answer("GET", f"/wallets/{w.app_wallet}", w.vendor)
    letters = len(w.answer("GET", "/users/me/inbox", w.user)["messages"])
    return (*w.balance(), vendor["available"], vendor["reserved"], letters)


def _state_after(w: World, prepare: Callable[[World], Any]) -> tuple[Any, ...]:
    """Figures once the call was done exactly once."""
    user, held, earned, paying, letters = _state(w)
    if prepare is _final:
        return (user + 6, 0, earned + 4, paying, letters)
    if prepare is _cancel:
        return (user + 10, 0, earned, paying, letters)
    if prepare is _payout:
        return (user, held, earned - 5, paying + 5, letters)
    if prepare is _purchase:
        return (user + 5, held, earned, paying, letters)
    return (user, held, earned, paying, letters + 1)


# -- what is no amount, elsewhere ----------------------------------------------------------------------
@pytest.mark.parametrize("amount", ["-5", "0.1234567", "1e309", "NaN", '"1"', "true", "1e999999999", "1000000000"])
def test_what_is_no_amount_is_refused_by_payouts_caps_vouchers_and_adjustments(w: World, amount: str):
    before = _state(w)
    body = json.dumps({"wallet_id": w.app_wallet, **BANK})[1:]
    assert w.code("POST", "/payout", w.vendor, raw=f'{{"amount": {amount}, {body}') == "INVALID_REQUEST"
    cap = w.code("PATCH", f"/users/me/installs/{w.install_id}", w.user, raw=f'{{"lifetime_spend_limit": {amount}}}')
    assert cap == "INVALID_REQUEST"
    voucher = w.code("POST", "/admin/vouchers", w.admin, raw=f'{{"code": "ODD{w.number}", "credits": {amount}}}')
    assert voucher == "INVALID_REQUEST"
    assert _state(w) == before


# -- what the client is told by something that is no OfficeX -----------------------------------------------
@pytest.mark.parametrize("how", ["endless", "drip", "letter"])
def test_an_answer_without_end_is_given_up(how: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(officex_http, "_PAUSES_S", ())
    monkeypatch.setattr(officex_http, "READ", httpx.Timeout(0.5 if how == "drip" else 20.0))

    async def scene() -> None:
        over = asyncio.Event()

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n")
            try:
                if how == "letter":
                    writer.write(b'{"success": true, "messages": [{"id": "a", "text": "')
                while True:  # until whoever reads hangs up
                    writer.write(b" " if how == "drip" else b"x" * 1_000_000)
                    await writer.drain()
                    if how == "drip":
                        await asyncio.sleep(0.05)
            except OSError:
                writer.transport.abort()
                over.set()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        async with OfficeXClient(sandbox_environment(f"http://127.0.0.1:{port}")) as client:
            with pytest.raises(OfficeXUnreachable) as told:
                await client.inbox()
        assert told.value.hint
        await asyncio.wait_for(over.wait(), 60)
        await asyncio.sleep(0)  # for the connection to be closed
        server.close()

    asyncio.run(scene())
