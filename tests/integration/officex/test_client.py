"""The client against the real sandbox: lost answers, waiting charges, vendors that charge from their webhook."""

from __future__ import annotations

import asyncio
import http.server
import json
import threading
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from office_studio.core.officex.chat_stream import Done, Status, TextDelta, ThreadResolved
from office_studio.core.officex.money import MICRO, Amount
from office_studio.server.officex.lifecycle import SandboxAddress, SandboxServer
from office_studio.server.officex.sandbox import SandboxConfig
from office_studio.services.officex import http as officex_http
from office_studio.services.officex.client import OfficeXClient, new_idempotency_key
from office_studio.services.officex.environments import PRODUCTION, environment_of, sandbox_environment
from office_studio.services.officex.errors import (
    DuplicateRequest,
    InstallExpired,
    InsufficientFunds,
    InvalidSecret,
    OfficeXUnreachable,
    PreviousFailure,
    Unauthorized,
)
from office_studio.services.officex.http import InstallKey
from office_studio.services.officex.outbox import Entry, Kind, Outbox, Result
from office_studio.services.officex.till import Till

Scene = Callable[[OfficeXClient], Coroutine[Any, Any, None]]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxAddress]:
    server = SandboxServer(SandboxConfig(data_dir=tmp_path_factory.mktemp("officex")))
    yield server.start()
    server.stop()


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Five seconds are right for people and too long for tests; the way through the code is the same."""
    for name in ("READ", "CHARGE"):
        monkeypatch.setattr(officex_http, name, httpx.Timeout(0.4))


class Stage:
    """A signed-in consumer with 100 credits, a vendor with an app, an install of it, and the sandbox's controls."""

    number = 0

    def __init__(self, address: SandboxAddress) -> None:
        self.address, self.env = address, sandbox_environment(address.root)
        Stage.number += 1
        self._open: list[Any] = []

    async def __aenter__(self) -> Stage:
        self.user = await self.sign_in(f"user{self.number}@x.test")
        self.vendor = await self.sign_in(f"vendor{self.number}@x.test")
        await self.user.purchase(100 * MICRO, "tok_ok", new_idempotency_key())
        self.wallet = (await self.user.me()).wallet_id
        self.app_id, self.app_wallet = await self.vendor.register_app({"name": "Test App"})
        return self

    async def __aexit__(self, *_: object) -> None:
        for client in self._open:
            await client.close()

    async def sign_in(self, email: str) -> OfficeXClient:
        async with OfficeXClient(self.env) as nobody:
            await nobody.send_code(email)
            account = await nobody.enter_code(email, "0000")
        self._open.append(OfficeXClient(self.env, account))
        return self._open[-1]

    async def till(self, **limits: Any) -> Till:
        made = await self.user.install(self.app_id, **limits)
        self._open.append(Till(self.env, InstallKey(made.install_id, made.secret)))
        return self._open[-1]

    def fault(self, route: str, kind: str, calls: int = 1, delay_s: float = 0) -> None:
        body = {"route": route, "kind": kind, "calls": calls, "delay_s": delay_s}
        headers = {"x-sandbox-token": self.address.control_token}
        assert httpx.post(f"{self.address.root}/__sandbox/faults", json=body, headers=headers).status_code == 200

    async def available(self) -> float:
        return (await self.user.balance()).available / MICRO


def play(address: SandboxAddress, scene: Callable[[Stage], Coroutine[Any, Any, None]]) -> None:
    async def run() -> None:
        async with Stage(address) as stage:
            await scene(stage)

    asyncio.run(run())


def test_a_charge_of_which_the_answer_came_too_late_is_made_once(address: SandboxAddress, tmp_path: Path, quick: None):
    async def scene(stage: Stage) -> None:
        till = await stage.till()
        now = [1_000_000]
        outbox = Outbox(tmp_path / "out", lambda: now[0], lambda: 0.5)
        stage.fault("POST /reserve", "late", delay_s=1)
        entry = Entry("sandbox", till.install_id, Kind.RESERVE, "j", 10 * MICRO)
        report = await outbox.send(till, entry)
        assert (report.result, report.error.code if report.error else "") == (Result.WAITING, "OFFICEX_UNREACHABLE")
        assert len(outbox.entries) == 1
        assert outbox.due() == []
        now[0] += 2_001
        (waiting,) = outbox.due()
        assert (await outbox.send(till, waiting)).result is Result.DONE
        assert outbox.entries == []
        assert await stage.available() == 90

    play(address, scene)


@pytest.mark.parametrize(("settled", "result", "left"), [(0, Result.DONE, 5), (2, Result.DONE, 5), (1, Result.ASK, 6)])
def test_a_sip_of_unknown_outcome_is_looked_up_first(
    address: SandboxAddress, tmp_path: Path, settled: int, result: Result, left: int
):
    """V57: three were settled before; 0, 1 or 2 more arrived without our knowing; the sip was of 2."""

    async def scene(stage: Stage) -> None:
        till = await stage.till()
        await till.reserve(10 * MICRO, "j")
        await till.settle("RESV#j", 3 * MICRO, final=False)
        if settled:
            await till.settle("RESV#j", settled * MICRO, final=False)
        outbox = Outbox(tmp_path / "out", lambda: 0, lambda: 0.5)
        lost = Entry("sandbox", till.install_id, Kind.SETTLE, "j", 2 * MICRO, expected=3 * MICRO, tries=1)
        assert (await outbox.send(till, lost)).result is result
        assert (await till.reservation("RESV#j")).remaining == left * MICRO

    play(address, scene)


def test_what_waits_outlives_a_kill(address: SandboxAddress, tmp_path: Path, quick: None):
    async def scene(stage: Stage) -> None:
        till = await stage.till()
        folder = tmp_path / "out"
        first = Outbox(folder, lambda: 5, lambda: 0.5)
        stage.fault("POST /reserve", "drop_before")
        await first.send(till, Entry("sandbox", till.install_id, Kind.RESERVE, "k", MICRO, metadata={"agent_id": "a"}))
        (folder / "broken.json").write_text("{")
        again = Outbox(folder, lambda: 10_000_000, lambda: 0.5)
        (entry,) = again.open()
        assert (entry.kind, entry.job_id, entry.metadata, entry.tries) == (Kind.RESERVE, "k", {"agent_id": "a"}, 1)
        assert (await again.send(till, entry)).result is Result.DONE
        assert [path.name for path in folder.iterdir()] == ["broken.unreadable"]
        text = (folder / "broken.unreadable").read_text()
        assert text == "{"

    play(address, scene)


def test_a_refusal_is_told_once_a_job(address: SandboxAddress, tmp_path: Path):
    async def scene(stage: Stage) -> None:
        till = await stage.till()
        outbox = Outbox(tmp_path / "out", lambda: 0, lambda: 0.5)
        for _ in range(3):
            report = await outbox.send(till, Entry("sandbox", till.install_id, Kind.RESERVE, "q", 1000 * MICRO))
            assert report.result is Result.REFUSED
            assert isinstance(report.error, InsufficientFunds)
        assert [message.id for message in await stage.user.inbox()] == ["topup-q"]

    play(address, scene)


def test_a_purchase_may_be_repeated_with_its_key(address: SandboxAddress):
    async def scene(stage: Stage) -> None:
        key = new_idempotency_key()
        first = await stage.user.purchase(50 * MICRO, "tok_ok", key)
        assert await stage.user.purchase(50 * MICRO, "tok_ok", key) == first
        with pytest.raises(DuplicateRequest):
            await stage.user.purchase(60 * MICRO, "tok_ok", key)
        assert await stage.available() == 150
        failed = new_idempotency_key()
        with pytest.raises(Exception, match="provider"):
            await stage.user.purchase(50 * MICRO, "tok_fail_1", failed)
        with pytest.raises(PreviousFailure):
            await stage.user.purchase(50 * MICRO, "tok_ok", failed)
        assert await stage.available() == 150

    play(address, scene)


@pytest.mark.parametrize("kind", ["drop_before", "drop_after", "not_json"])
def test_what_has_a_key_is_sent_once_more_and_made_once(address: SandboxAddress, kind: str):
    async def scene(stage: Stage) -> None:
        stage.fault("POST /purchase-credits", kind)
        await stage.user.purchase(50 * MICRO, "tok_ok", new_idempotency_key())
        assert await stage.available() == 150
        stage.fault("POST /purchase-credits", kind, calls=2)
        with pytest.raises(OfficeXUnreachable):
            await stage.user.purchase(50 * MICRO, "tok_ok", new_idempotency_key())
        assert await stage.available() == (200 if kind == "drop_after" else 150)

    play(address, scene)


@pytest.mark.parametrize("kind", ["drop_before", "not_json"])
def test_reads_are_repeated_and_writes_are_not(address: SandboxAddress, kind: str):
    async def scene(stage: Stage) -> None:
        stage.fault("GET /balance", kind, calls=2)
        assert await stage.available() == 100
        till = await stage.till()
        stage.fault("POST /reserve", kind)
        with pytest.raises(OfficeXUnreachable):
            await till.reserve(MICRO, "j")
        assert await till.reserve(MICRO, "j") == "RESV#j"

    play(address, scene)


def test_secrets_rotate_and_the_wrong_one_is_told(address: SandboxAddress):
    async def scene(stage: Stage) -> None:
        till = await stage.till()
        fresh = await stage.user.rotate_secret(till.install_id)
        with pytest.raises(InvalidSecret):
            await till.reserve(MICRO, "j")
        async with Till(stage.env, InstallKey(till.install_id, fresh)) as other:
            assert await other.reserve(MICRO, "j") == "RESV#j"
        await stage.user.uninstall(till.install_id)
        assert await stage.available() == 100
        with pytest.raises(Unauthorized):
            await till.reserve(MICRO, "k")
        assert fresh not in repr(InstallKey(till.install_id, fresh))

    play(address, scene)


def test_a_redirect_takes_no_secret_along(address: SandboxAddress):
    seen: list[str] = []

    class Elsewhere(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append(self.path)
            self.send_response(307)
            self.send_header("location", f"{address.api}/balance")
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None: ...

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:

        async def scene(stage: Stage) -> None:
            env = sandbox_environment(f"http://127.0.0.1:{server.server_port}")
            async with OfficeXClient(env, stage.user.account) as client:
                with pytest.raises(OfficeXUnreachable, match="another address"):
                    await client.balance()

        play(address, scene)
        assert set(seen) == {"/v1/balance"}
    finally:
        server.shutdown()
        server.server_close()


class Vendor:
    """A vendor's server on loopback that charges 12 credits for a theme from inside its webhook (V61, V62)."""

    def __init__(self, address: SandboxAddress) -> None:
        vendor, self.calls = self, []
        self.calls: list[tuple[str, str]] = []
        self.secret, self.install_id = "", ""

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                answer = json.dumps(vendor.handle(address, body["event"], body["payload"])).encode()
                self.send_response(200)
                self.send_header("content-length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: Any) -> None: ...

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"

    def handle(self, address: SandboxAddress, event: str, payload: dict[str, Any]) -> dict[str, Any]:
        if event == "INSTALL":
            self.install_id, self.secret = payload["install_id"], payload["install_secret"]
        if event == "UNINSTALL":
            return {}
        headers = {"x-officex-install-id": self.install_id, "x-officex-install-secret": self.secret}
        with httpx.Client(base_url=address.api, headers=headers, timeout=30) as http_client:
            answer = http_client.post("/reserve", json={"amount": 12, "job_id": "theme-t1-1"})
            code = answer.json().get("error", {}).get("code", "")
            self.calls.append((event, code))
            if code == "INSTALL_EXPIRED":
                return {}
            if not code:
                body = {"amount": 12, "final": True}
                assert http_client.post("/reservations/RESV%23theme-t1-1/settle", json=body).status_code == 200
            if event != "INSTALL":
                http_client.patch(f"/installs/{self.install_id}/context", json={"theme_url": "https://t.test/t1.zip"})
        return {"agent_context": {"theme_url": "https://t.test/t1.zip"}, "admin": True}

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def vendor(address: SandboxAddress) -> Iterator[Vendor]:
    found = Vendor(address)
    yield found
    found.close()


def test_a_vendor_charges_from_inside_its_webhook_once(address: SandboxAddress, vendor: Vendor):
    async def scene(stage: Stage) -> None:
        await stage.vendor.change_app(stage.app_id, {"webhook_url": vendor.url})
        made = await stage.user.install(stage.app_id)
        assert made.agent_context == {"theme_url": "https://t.test/t1.zip"}
        assert await stage.available() == 88
        await stage.user.uninstall(made.install_id)
        again = await stage.user.install(stage.app_id)
        assert again.agent_context == {"theme_url": "https://t.test/t1.zip"}
        assert await stage.available() == 88
        assert vendor.calls == [("INSTALL", ""), ("INSTALL", "DUPLICATE_JOB")]
        assert (await stage.vendor.wallet(stage.app_wallet)).available == 12 * MICRO

    play(address, scene)


def test_a_guarded_install_is_charged_once_the_cap_is_set(address: SandboxAddress, vendor: Vendor):
    async def scene(stage: Stage) -> None:
        await stage.vendor.change_app(stage.app_id, {"webhook_url": vendor.url})
        made = await stage.user.install(stage.app_id, allowed_until=1)
        assert made.agent_context == {}
        assert await stage.available() == 100
        await stage.user.change_install(made.install_id, lifetime_spend_limit=Amount(20 * MICRO), allowed_until=-1)
        found = await stage.user.install_of(made.install_id)
        assert (found.agent_context, found.limits.lifetime_micro) == (
            {"theme_url": "https://t.test/t1.zip"},
            20 * MICRO,
        )
        assert await stage.available() == 88
        assert vendor.calls == [("INSTALL", "INSTALL_EXPIRED"), ("RATE_LIMIT_CHANGE", "")]

    play(address, scene)


def test_a_chat_comes_in_pieces_and_may_be_left(address: SandboxAddress):
    async def scene(stage: Stage) -> None:
        await stage.till()
        events = [event async for event in stage.user.chat("How are you?", include_apps=True)]
        thread = next(event for event in events if isinstance(event, ThreadResolved))
        assert [event.state for event in events if isinstance(event, Status)] == ["thinking", "calling_app", "writing"]
        assert isinstance(events[-1], Done)
        said = "".join(event.text for event in events if isinstance(event, TextDelta))
        _, messages = await stage.user.thread(thread.thread_id)
        assert [message.content for message in messages] == ["How are you?", said]
        async with OfficeXClient(stage.env) as nobody:
            with pytest.raises(Unauthorized):
                [event async for event in nobody.chat("x")]

    play(address, scene)


def test_an_expired_install_says_so(address: SandboxAddress):
    async def scene(stage: Stage) -> None:
        till = await stage.till(allowed_until=1)
        with pytest.raises(InstallExpired) as refused:
            await till.reserve(MICRO, "j")
        assert refused.value.hint == "Extend the permission."

    play(address, scene)


def test_environments_by_name_and_address():
    assert environment_of("production") is PRODUCTION
    assert environment_of("https://cloud.officex.app/v1") is PRODUCTION
    assert environment_of("http://127.0.0.1:5").chat == "http://127.0.0.1:5/chat/"
    assert environment_of("https://other.example").is_real_money
    for wrong in ("http://other.example", "ftp://x", "nonsense"):
        with pytest.raises(Exception, match="http"):
            environment_of(wrong)
