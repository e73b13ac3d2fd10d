"""Every code of the contract's section 5 by a call; odd amounts, races, edges of windows, answers that get lost."""

from __future__ import annotations

import asyncio
import http.server
import json
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from office_studio.core.officex.codes import CODES
from office_studio.services.officex.client import OfficeXClient
from office_studio.services.officex.environments import sandbox_environment
from office_studio.services.officex.errors import OfficeXUnreachable, error_of

from .world import START, World

HOUR = 3600


def test_every_code_is_reached_by_a_call(w: World):
    none = "00000000-0000-0000-0000-000000000000"
    me, till, pay = w.user, w.till, {"payment_method": {"type": "stripe", "token": "tok_fail"}}
    wrong = me | {"x-officex-master-key": "wrong"}
    assert w.reserve("1", "held") == ""
    seen = {
        w.code("GET", "/balance", {}),
        w.code("GET", "/balance", wrong),
        w.code("POST", "/reserve", till, {"amount": 0, "job_id": "x"}),
        w.code("GET", f"/apps/{none}", {}),
        w.code("GET", f"/admin/users/{none}", w.admin),
        w.code("GET", f"/wallets/{none}", me),
        w.code("GET", f"/wallets/{w.user_wallet}/transactions/999999999", me),
        w.code("GET", f"/wallets/{w.app_wallet}/payouts/{none}", w.vendor),
        w.code("GET", "/reservations/RESV%23nope", till),
        w.code("GET", f"/users/me/installs/{none}", me),
        w.code("GET", f"/wallets/{w.app_wallet}", me),
        w.reserve("1", "held"),
        w.reserve("1000", "rich"),
        w.code("POST", "/purchase-credits", me, {"amount": 1, "idempotency_key": "k"} | pay),
        w.code("POST", "/purchase-credits", me, {"amount": 1, "idempotency_key": "k"} | pay),
        w.buy("1", idempotency_key="k2") or w.buy("2", idempotency_key="k2"),
        w.code("GET", "/refs/abcdef", {}),
        w.code("GET", "/vouchers/NOPE", {}),
        w.code("GET", f"/users/me/chats/{none}", me),
        w.code("GET", f"/users/me/prompts/{none}", me),
        w.code("GET", f"/users/me/schedules/{none}", me),
    }
    w.limits(lifetime_spend_limit=2)
    seen.add(w.reserve("1.5", "cap"))
    w.limits(lifetime_spend_limit=-1, max_per_hour=0)
    seen.add(w.reserve("1", "limited"))
    w.limits(allowed_until=START)
    seen.add(w.reserve("1", "late"))
    seen.add(w.code("POST", "/users/me/refs", me, {"about_project": "<script>"}))
    w.control("faults", route="GET /balance", kind="error")
    seen.add(w.code("GET", "/balance", me))
    seen.add(_failed_payout(w))
    missing = set(CODES) - seen
    assert missing == {"MESSAGE_NOT_FOUND"}  # no route reads one letter by its id
    assert seen <= set(CODES)


def _failed_payout(w: World) -> str:
    w.limits(allowed_until=-1, max_per_hour=100)
    assert w.reserve("5", "earned") == ""
    path = "/reservations/RESV%23earned/settle"
    w.answer("POST", path, w.till, {"amount": 5, "final": True})
    target = {"type": "stripe", "account_id": "acct_fail_1"}
    body = {"wallet_id": w.app_wallet, "amount": 5, "destination": target}
    made = w.answer("POST", "/payout", w.vendor, body)
    return w.code("POST", f"/admin/payouts/{made['payout_id']}/approve", w.admin)


def test_every_code_has_words_and_an_exception():
    for code, facts in CODES.items():
        error = error_of(code, facts.status)
        assert (error.code, error.exit_code, bool(error.message), bool(error.hint)) == (code, 5, True, True)


@pytest.mark.parametrize(
    "amount",
    ["-1", "0", "-0.0", "0.1234567", "1e309", "1e-9", "NaN", "Infinity", '"1"', "true", "null", "[1]", "{}", "1" * 61,
     "1e999999999", "999999999.9999991", "1000000000", "", "0x10", "01", "+1"],
)  # fmt: skip
def test_what_is_no_amount_is_refused_everywhere(w: World, amount: str):
    before = w.balance()
    assert w.reserve("10", "open") == ""
    assert w.buy(amount) == "INVALID_REQUEST"
    assert w.reserve(amount, "odd") == "INVALID_REQUEST"
    sip = w.code("POST", "/reservations/RESV%23open/settle", w.till, raw=f'{{"amount": {amount}, "final": false}}')
    assert sip == "INVALID_REQUEST"
    assert w.balance() == (before[0] - 10, 10)


def test_fifty_reserves_at_once_on_a_wallet_that_can_pay_ten(w: World):
    async def all_at_once() -> list[str]:
        limits = httpx.Limits(max_connections=50)
        async with httpx.AsyncClient(base_url=str(w.http.base_url), limits=limits, timeout=60, verify=False) as http:
            calls = [
                http.post("/reserve", headers=w.till, json={"amount": 10, "job_id": f"race-{number}"})
                for number in range(50)
            ]
            return [answer.json().get("error", {}).get("code", "") for answer in await asyncio.gather(*calls)]

    codes = asyncio.run(all_at_once())
    assert sorted(codes) == [""] * 10 + ["INSUFFICIENT_FUNDS"] * 40
    assert w.balance() == (0, 100)


def test_the_same_job_fifty_times_at_once_is_one_reservation(w: World):
    async def all_at_once() -> list[str]:
        async with httpx.AsyncClient(base_url=str(w.http.base_url), timeout=60, verify=False) as http:
            calls = [http.post("/reserve", headers=w.till, json={"amount": 1, "job_id": "one"}) for _ in range(50)]
            return [answer.json().get("error", {}).get("code", "") for answer in await asyncio.gather(*calls)]

    assert sorted(asyncio.run(all_at_once())) == [""] + ["DUPLICATE_JOB"] * 49
    assert w.balance() == (99, 1)


@pytest.mark.parametrize(
    ("changes", "last", "first"),
    [({"max_per_hour": 1}, START + HOUR - 1, START + HOUR),
     ({"max_per_day": 1}, START + 14 * HOUR - 1, START + 14 * HOUR),
     ({"max_per_month": 1}, 1_775_001_599, 1_775_001_600)],
)  # fmt: skip
def test_windows_end_at_their_second(w: World, changes: dict[str, int], last: int, first: int):
    w.limits(**changes)
    assert w.reserve("1", "a") == ""
    w.control("clock", unix=last)
    assert w.reserve("1", "b") == "RATE_LIMITED"
    w.control("clock", unix=first)
    assert w.reserve("1", "b") == ""


@pytest.mark.parametrize("kind", ["drop_before", "drop_after", "error", "not_json"])
def test_a_reserve_that_goes_wrong_is_repeated_safely(w: World, kind: str):
    w.control("faults", route="POST /reserve", kind=kind)
    try:
        w.http.post("/reserve", headers=w.till, json={"amount": 10, "job_id": "j"})
    except httpx.TransportError:
        pass  # the connection was cut, as two of the faults do
    assert w.reserve("10", "j") == ("DUPLICATE_JOB" if kind == "drop_after" else "")
    assert w.balance() == (90, 10)


def test_a_letter_may_be_long_but_not_huge(w: World):
    path = f"/installs/{w.install_id}/inbox"
    assert w.code("POST", path, w.till, {"id": "a", "title": "t", "text": "é" * 2000}) == ""
    assert w.code("POST", path, w.till, {"id": "b", "title": "t", "text": "x" * 900_000}) == "INVALID_REQUEST"
    assert w.code("POST", path, w.till, {"id": "c", "title": "t", "text": "x" * 2_000_000}) == "INVALID_REQUEST"
    assert (
        w.code("POST", path, w.till, {"id": "d", "title": "t", "text": "x", "url": "file:///etc"}) == "INVALID_REQUEST"
    )
    hostile = "\x1b[2J<b>\u202e&amp;\x00"
    assert w.code("POST", path, w.till, {"id": "e", "title": "t", "text": hostile}) in ("", "INVALID_REQUEST")
    kept = {one["id"] for one in w.answer("GET", "/users/me/inbox", w.user)["messages"]}
    assert "a" in kept
    assert kept <= {"a", "e"}


class Vendor(http.server.BaseHTTPRequestHandler):
    """A webhook that misbehaves as the last part of its path says."""

    seen: list[str]

    def do_POST(self) -> None:
        how = self.path.rsplit("/", 1)[1]
        self.seen.append(self.path)
        if how == "hang":
            time.sleep(1.5)
        if how == "redirect":
            self.send_response(307)
            self.send_header("location", "/elsewhere/followed")
            self.send_header("content-length", "0")
            self.end_headers()
            return
        answers = {"garbage": b"\xff\xfe<html>", "array": b"[1]", "huge": b"{" + b" " * 200_000 + b"}",
                   "numbers": b'{"agent_context": {"a": 1}}',
                   "long": b'{"agent_context": {"a": "%s"}}' % (b"x" * 1001)}  # fmt: skip
        body = answers.get(how, b"{}")
        if how == "cut":
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        if how == "drip":
            self.drip()
            return
        try:
            self.send_response(500 if how == "fault" else 200)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except OSError:
            pass  # the sandbox has given up waiting, as it should

    def drip(self) -> None:
        """A byte now and then: never silent for long, and never done."""
        self.send_response(200)
        self.send_header("content-length", "1000")
        self.end_headers()
        for _ in range(15):
            try:
                self.wfile.write(b" ")
            except OSError:
                return
            time.sleep(0.1)

    def log_message(self, *_: Any) -> None: ...


@pytest.fixture(scope="module")
def vendor() -> Iterator[tuple[str, list[str]]]:
    Vendor.seen = []
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Vendor)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", Vendor.seen
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    "how", ["hang", "drip", "cut", "redirect", "garbage", "array", "huge", "numbers", "long", "fault"]
)
def test_a_bad_webhook_never_stops_an_install(w: World, vendor: tuple[str, list[str]], how: str):
    url, seen = vendor
    hook = f"{url}/{w.number}/{how}"
    made = w.answer("POST", "/register-app", w.vendor, {"name": "Hook App", "webhook_url": hook})
    installed = w.answer("POST", f"/install/{made['app_id']}", w.user, {})
    assert installed["install_secret"]
    assert not installed.get("agent_context")
    until = time.monotonic() + 30
    while not (came := [path for path in seen if path.startswith(f"/{w.number}/")]) and time.monotonic() < until:
        time.sleep(0.01)  # given up before the vendor got round to it
    assert came == [f"/{w.number}/{how}"]  # once, not repeated
    assert not any("followed" in path for path in seen)
    log = w.http.get(f"{w.root}/__sandbox/webhooks/log", headers=w.control_headers).json()["deliveries"]
    assert installed["install_secret"] not in json.dumps(log)


@pytest.mark.parametrize(
    "answer",
    [b"HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\n<html>", b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nnull",
     b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n", b"SSH-2.0-x\r\n\r\n", b"",
     b"HTTP/1.1 200 OK\r\ncontent-length: 40\r\n\r\n{\"success\": true",
     b"HTTP/1.1 200 OK\r\ncontent-length: 17\r\n\r\n{\"success\": true}",
     b"HTTP/1.1 200 OK\r\ncontent-length: 33\r\n\r\n{\"success\": true, \"available\": NaN"],
)  # fmt: skip
def test_what_is_no_answer_is_told_as_unreachable(answer: bytes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    from office_studio.services.officex import http as officex_http

    monkeypatch.setattr(officex_http, "_PAUSES_S", ())

    async def scene() -> None:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(answer)
            await writer.drain()
            writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        async with OfficeXClient(sandbox_environment(f"http://127.0.0.1:{port}")) as client:
            with pytest.raises(OfficeXUnreachable) as told:
                await client.balance()
        assert told.value.hint
        server.close()

    asyncio.run(scene())
