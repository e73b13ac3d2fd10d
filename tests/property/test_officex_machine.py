"""Anything, in any order, to a real sandbox that is killed now and then: the books balance after each step."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from office_studio.core.officex.money import literal, loads

from .officex_model import EVENTS, GIFT, MICRO, START, WEIGHTED, Install, Market, Wallet

ROOT = Path(__file__).resolve().parents[2]
CHILD = """
import sys, json, threading
from pathlib import Path
from office_studio.server.officex.lifecycle import SandboxServer
from office_studio.server.officex.sandbox import SandboxConfig
found = SandboxServer(SandboxConfig(data_dir=Path(sys.argv[1]), seed=False, durable=False)).start()
print(json.dumps([found.root, found.admin_secret, found.control_token]), flush=True)
threading.Event().wait()
"""


class Server:
    """The sandbox as a process that may be killed; its books stay."""

    def __init__(self) -> None:
        self.folder = tempfile.TemporaryDirectory(prefix="officex-machine-")
        self.kills = 0
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", CHILD, self.folder.name], cwd=ROOT, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # uvicorn is loud about the connections that our faults cut
            text=True,
        )  # fmt: skip
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, "the sandbox does not start again: its books do not balance"
        root, admin, token = json.loads(line)
        self.http = httpx.Client(base_url=root, timeout=30, trust_env=False)
        self.admin, self.token = {"x-officex-admin-secret": admin}, {"x-sandbox-token": token}

    def kill(self) -> None:
        self.kills += 1
        self.http.close()
        self.process.kill()
        self.process.communicate()

    def close(self) -> None:
        self.kill()
        self.folder.cleanup()


server: Server
steps = 0


def call(headers: dict[str, str], method: str, path: str, body: dict[str, Any] | None = None) -> tuple[str, Any]:
    """Error code ("" for success) and body. Raises httpx.TransportError for a cut connection."""
    content = None
    if body is not None:
        amounts = {name: literal(value) for name, value in body.items() if name in ("amount", "lifetime_spend_limit")}
        rest = json.dumps({name: value for name, value in body.items() if name not in amounts})[1:-1]
        content = "{" + ", ".join([f'"{name}": {value}' for name, value in amounts.items()] + [rest] * bool(rest)) + "}"
    answer = server.http.request(method, path, headers=headers, content=content)
    if "json" not in answer.headers.get("content-type", ""):
        return "NOT_JSON", None
    found = loads(answer.content)
    return ("" if found["success"] else found["error"]["code"]), found


def micro(value: Decimal) -> int:
    assert value * MICRO == int(value * MICRO)
    return int(value * MICRO)


class Machine(RuleBasedStateMachine):
    """Two users, two apps of a vendor; everything else comes up as it goes."""

    def __init__(self) -> None:
        super().__init__()
        self.market = Market()
        self.headers: dict[str, dict[str, str]] = {}
        self.wallets: dict[str, str] = {}  # wallet id: name of its user or app

    @initialize()
    def open_market(self) -> None:
        assert call(server.token, "POST", "/__sandbox/reset")[0] == ""
        self._clock()
        for name in ("u1", "u2", "vendor"):
            email = {"email": f"{name}@x.test"}
            call({}, "POST", "/v1/auth/register", email)
            _, made = call({}, "POST", "/v1/auth/verify-otp", email | {"code": "0000"})
            self.headers[name] = {"x-officex-user-id": made["user_id"], "x-officex-master-key": made["api_key"]}
            self.wallets[made["wallet_id"]] = name
            self.market.users[name] = Wallet()
        for name in ("App One", "App Two"):
            _, made = call(self.headers["vendor"], "POST", "/v1/register-app", {"name": name})
            self.market.apps[made["app_id"]] = Wallet()
            self.wallets[made["destination_wallet_id"]] = made["app_id"]
        gift = {"code": "GIFT", "credits": GIFT // MICRO}
        assert call(server.admin, "POST", "/v1/admin/vouchers", gift)[0] == ""
        for user, number in (("u1", 0), ("u1", 1), ("u2", 0)):
            self._buy(user, 100 * MICRO, f"first{number}", None, fails=False)
            self.install(user=user, number=number)

    # -- how a call goes, with and without trouble -----------------------------------------------------
    def _play(self, who: dict[str, str], method: str, path: str, body: Any, fault: str | None, expected: str) -> bool:
        """Whether the call took effect; ``expected`` is what it answers when nothing goes wrong."""
        if fault is not None:
            assert call(server.token, "POST", "/__sandbox/faults", {"route": "*", "kind": fault})[0] == ""
        try:
            code, self.found = call(who, method, path, body)
        except httpx.TransportError:
            code = "LOST"
        wanted = {"drop_before": "LOST", "drop_after": "LOST", "error": "INTERNAL_ERROR", "not_json": "NOT_JSON"}
        assert code == (expected if fault is None else wanted[fault])
        return fault in (None, "drop_after")

    def _buy(self, user: str, amount: int, key: str, fault: str | None, *, fails: bool) -> None:
        token = "tok_fail_x" if fails else "tok_ok"
        payment = {"payment_method": {"type": "stripe", "token": token}, "idempotency_key": key}
        expected = self.market.expect_buy(user, amount, key, fails=fails)
        path = "/v1/purchase-credits"
        if self._play(self.headers[user], "POST", path, {"amount": amount} | payment, fault, expected):
            self.market.do_buy(user, amount, key, fails=fails)

    def buy(self, user: str, amount: int, key: str, fails: bool, fault: str | None) -> None:
        self._buy(user, amount, key, fault, fails=fails)

    def redeem(self, user: str, fault: str | None) -> None:
        wallet = next(one for one, name in self.wallets.items() if name == user)
        body, expected = {"wallet_id": wallet}, self.market.expect_redeem(user)
        took = self._play(self.headers[user], "POST", "/v1/vouchers/GIFT/redeem", body, fault, expected)
        if took and not expected:
            self.market.do_redeem(user, GIFT)

    # -- installs ----------------------------------------------------------------------------------------
    def install(self, user: str, number: int) -> None:
        app = list(self.market.apps)[number]
        is_there = any(one.is_active and (one.user, one.app) == (user, app) for one in self.market.installs.values())
        body = {"allowed_until": -1}
        self._play(self.headers[user], "POST", f"/v1/install/{app}", body, None, "DUPLICATE_REQUEST" * is_there)
        if not is_there:
            made = self.found
            self.market.installs[made["install_id"]] = Install(user, app)
            self.headers[made["install_id"]] = {
                "x-officex-install-id": made["install_id"], "x-officex-install-secret": made["install_secret"],
            }  # fmt: skip

    def limit(self, which: int, hour: int, cap: int, until: int) -> None:
        install_id = self._install(which)
        install = self.market.installs.get(install_id)
        if install is None or not install.is_active:
            return
        ends = -1 if until == -1 else self.market.now + until
        body = {"max_per_hour": hour, "allowed_until": ends, "lifetime_spend_limit": cap}
        path = f"/v1/users/me/installs/{install_id}"
        self._play(self.headers[install.user], "PATCH", path, body, None, "")
        install.until, install.cap = ends, max(-1, cap)
        install.limits["hour"] = hour

    def uninstall(self, which: int) -> None:
        install_id = self._install(which)
        install = self.market.installs.get(install_id)
        if install is not None and install.is_active:
            path = f"/v1/users/me/installs/{install_id}"
            self._play(self.headers[install.user], "DELETE", path, None, None, "")
            self.market.do_uninstall(install_id)

    def _install(self, which: int) -> str:
        known = list(self.market.installs)
        return known[which % len(known)] if known else ""

    # -- charges -----------------------------------------------------------------------------------------
    def reserve(self, which: int, job: str, amount: int, fault: str | None) -> None:
        if not (install_id := self._install(which)):
            return
        expected = self.market.expect_reserve(install_id, job, amount)
        body = {"amount": amount, "job_id": job}
        for trouble in (fault, None) if fault else (None,):  # who lost an answer asks again, as our outbox does
            if self._play(self.headers[install_id], "POST", "/v1/reserve", body, trouble, expected) and not expected:
                self.market.do_reserve(install_id, job, amount)
            expected = self.market.expect_reserve(install_id, job, amount)

    def settle(self, which: int, job: int, share: int, final: bool, fault: str | None) -> None:
        """Quarters of what is left; five of them are too much."""
        install_id, job_id = self._job(which, job)
        held = self.market.job_of(install_id, job_id)
        amount = (held.left if held is not None else MICRO) * share // 4
        expected = self.market.expect_settle(install_id, job_id, amount, final=final)
        path, body = f"/v1/reservations/RESV%23{job_id}/settle", {"amount": amount, "final": final}
        if self._play(self.headers[install_id], "POST", path, body, fault, expected) and not expected:
            self.market.do_settle(install_id, job_id, amount, final=final)
            if fault is None and held is not None:
                assert (micro(self.found["settled_amount"]), micro(self.found["remaining_reserved"])) == (
                    held.settled, held.left,
                )  # fmt: skip

    def cancel(self, which: int, job: int, fault: str | None) -> None:
        install_id, job_id = self._job(which, job)
        expected = self.market.expect_cancel(install_id, job_id)
        path = f"/v1/reservations/RESV%23{job_id}/cancel"
        if self._play(self.headers[install_id], "POST", path, None, fault, expected) and not expected:
            self.market.do_cancel(install_id, job_id)

    def _job(self, which: int, job: int) -> tuple[str, str]:
        """An install, and one of the jobs of its user at its app; sometimes one that nobody has reserved for."""
        install_id = self._install(which)
        install = self.market.installs[install_id]
        mine = [name for user, app, name in self.market.jobs if (user, app) == (install.user, install.app)]
        return install_id, mine[job % len(mine)] if mine and job < 38 else "unknown"

    # -- payouts -----------------------------------------------------------------------------------------
    def ask_for_payout(self, number: int, amount: int, fails: bool) -> None:
        app = list(self.market.apps)[number]
        wallet = next(one for one, name in self.wallets.items() if name == app)
        target = {"type": "stripe", "account_id": "acct_fail" if fails else "acct_1"}
        expected = self.market.expect_payout(app, amount)
        body = {"amount": amount, "wallet_id": wallet, "destination": target}
        self._play(self.headers["vendor"], "POST", "/v1/payout", body, None, expected)
        if not expected:
            self.market.do_payout(self.found["payout_id"], app, amount, fails=fails)

    def decide(self, which: int, approve: bool, fault: str | None) -> None:
        if not self.market.payouts:
            return
        payout_id = list(self.market.payouts)[which % len(self.market.payouts)]
        expected = self.market.expect_decision(payout_id, approve=approve)
        path = f"/v1/admin/payouts/{payout_id}/{'approve' if approve else 'reject'}"
        if self._play(server.admin, "POST", path, None, fault, expected):
            self.market.do_decision(payout_id, approve=approve)

    # -- time, and the end of the server ------------------------------------------------------------------
    def wait(self, seconds: int) -> None:
        self.market.now += seconds
        self._clock()

    def _clock(self) -> None:
        assert call(server.token, "POST", "/__sandbox/clock", {"unix": self.market.now})[0] == ""

    def kill_during_a_reserve(self, which: int, job: str, amount: int, after_ms: int, calm: int) -> None:
        """What the kill left undone or done, the repeat settles: the job is reserved once, or refused as before."""
        install_id = self._install(which)
        if not install_id or calm:  # starting it again takes a second
            return
        body, path, headers = {"amount": amount, "job_id": job}, "/v1/reserve", self.headers[install_id]
        expected = self.market.expect_reserve(install_id, job, amount)

        def send() -> None:
            try:
                call(headers, "POST", path, body)
            except (httpx.HTTPError, RuntimeError, OSError):
                pass  # killed in the middle, as it should be

        sending = threading.Thread(target=send)
        sending.start()
        sending.join(after_ms / 1000)
        server.process.kill()
        sending.join()
        server.kill()
        server.start()
        self._clock()
        code, _ = call(headers, "POST", path, body)
        assert code == expected or (not expected and code == "DUPLICATE_JOB")
        if not expected:
            self.market.do_reserve(install_id, job, amount)

    @rule(name=st.sampled_from(WEIGHTED), data=st.data())
    def happen(self, name: str, data: st.DataObject) -> None:
        getattr(self, name)(**data.draw(EVENTS[name][1]))

    # -- after every step ---------------------------------------------------------------------------------
    @invariant()
    def books_balance(self) -> None:
        global steps
        steps += 1
        if not self.wallets:
            return
        code, books = call(server.token, "GET", "/__sandbox/books")
        assert (code, books["balanced"], books["violations"]) == ("", True, [])
        _, found = call(server.admin, "GET", "/v1/admin/wallets")
        total = 0
        for one in found["wallets"]:
            available, reserved = micro(one["available"]), micro(one["reserved"])
            total += available + reserved
            name = self.wallets.get(one["wallet_id"])
            if name is None:
                assert (available, reserved) == (self.market.treasury, 0)
                continue
            wallet = self.market.users.get(name) or self.market.apps[name]
            assert min(available, reserved) >= 0
            assert (available, reserved) == (wallet.available, wallet.reserved), name
        assert total == 0

    def teardown(self) -> None:
        """Nothing lost: every job stands as the model has it."""
        for install_id, install in self.market.installs.items():
            if not install.is_active:
                continue
            for (user, app, job), held in self.market.jobs.items():
                if (user, app) == (install.user, install.app):
                    _, found = call(self.headers[install_id], "GET", f"/v1/reservations/RESV%23{job}")
                    one = found["reservation"]
                    assert (micro(one["settled_amount"]), micro(one["refunded_amount"]), one["status"]) == (
                        held.settled, held.refunded, held.status,
                    )  # fmt: skip


@pytest.fixture(autouse=True)
def _server() -> Iterator[None]:
    global server, steps
    server, steps = Server(), 0
    yield
    server.close()


def _run(examples: int, length: int) -> None:
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=length,
            deadline=None,
            phases=[Phase.generate],  # shrinking replays kills by the hundred; the steps that failed are printed
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_the_books_balance_whatever_happens():
    assert START % 3600 == 0
    _run(examples=3, length=40)


@pytest.mark.full
@pytest.mark.timeout(7200)
def test_the_books_balance_for_thousands_of_steps():
    _run(examples=60, length=100)
    assert steps >= 5000
    print(f"{steps} steps, {server.kills} kills")  # noqa: T201  the figure of the run
