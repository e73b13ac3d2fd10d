"""The controls of the sandbox answer whatever else goes on: resets, moved clocks, webhooks, a file that is held."""

from __future__ import annotations

import asyncio
import contextlib
import http.server
import json
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from sqlalchemy.exc import OperationalError

from office_studio.server import db
from office_studio.server.db import Database
from office_studio.server.officex import controls
from office_studio.server.officex.lifecycle import SandboxAddress, SandboxServer
from office_studio.server.officex.sandbox import SandboxConfig

from .world import START, World

PAYMENT = {"payment_method": {"type": "stripe", "token": "tok_ok"}}
LAST = 253_339_228_799  # seconds; the latest that the clock takes
TICKING = ("seed", "reset", "seed", "payouts/run", "schedules/tick", "clock", "clock/advance", "seed", "faults")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxAddress]:
    server = SandboxServer(
        SandboxConfig(data_dir=tmp_path_factory.mktemp("officex"), durable=False, webhook_timeout_s=90)
    )
    yield server.start()
    server.stop()


@contextlib.contextmanager
def vendor(answer: Callable[[], bytes]) -> Iterator[str]:
    """The address of a vendor's server, which says ``answer`` to every webhook."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            body = answer()
            self.send_response(200)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    serving = threading.Thread(target=server.serve_forever, args=(0.02,))
    serving.start()
    yield f"http://127.0.0.1:{server.server_port}/hook"
    server.shutdown()
    serving.join()
    server.server_close()


def control(w: World, name: str, **body: Any) -> httpx.Response:
    return w.http.post(f"{w.root}/__sandbox/{name}", headers=w.control_headers, json=body)


def outcomes(w: World, url: str) -> list[str]:
    """How deliveries to an address went. The clock stands, so the log has no order."""
    found = w.http.get(f"{w.root}/__sandbox/webhooks/log", headers=w.control_headers)
    assert found.status_code == 200
    return [one["outcome"] for one in found.json()["deliveries"] if one["url"] == url]


def install(w: World, webhook: str, name: str) -> httpx.Response:
    body = {"name": name, "webhook_url": webhook}
    app = w.answer("POST", "/register-app", w.vendor, body)["app_id"]
    return w.http.post(f"/install/{app}", headers=w.user, json={"allowed_until": -1})


def _life(keys: dict[str, Any], webhook: str) -> list[tuple[str, dict[str, str], dict[str, Any]]]:
    """What accounts do meanwhile; they may be gone at any time."""
    who = {
        role: {"x-officex-user-id": keys[role]["user_id"], "x-officex-master-key": keys[role]["api_key"]}
        for role in ("consumer", "vendor")
    }
    return [
        ("/register-app", who["vendor"], {"name": "Busy", "webhook_url": webhook}),
        ("/purchase-credits", who["consumer"], {"amount": 5, **PAYMENT}),
        ("/install/busy", who["consumer"], {}),
        ("/install/lead-finder", who["consumer"], {}),
        ("/users/me/schedules", who["consumer"], {"prompt": "x", "every_minutes": 1}),
    ]


def test_controls_never_fail_beside_everything_else(w: World):
    asked: list[tuple[str, httpx.Response]] = []

    async def all_at_once(webhook: str) -> None:
        limits = httpx.Limits(max_connections=16)
        async with httpx.AsyncClient(limits=limits, timeout=120, trust_env=False) as http:

            async def ask(path: str, headers: dict[str, str], body: dict[str, Any]) -> httpx.Response:
                answer = await http.post(f"{w.root}{path}", headers=headers, json=body)
                asked.append((path, answer))
                return answer

            async def turn(number: int) -> None:
                for name in TICKING[number % 3 :] + TICKING[: number % 3]:
                    body = {"unix": START + number} if name == "clock" else {"seconds": 60 * number}
                    fault = {"route": "GET /nowhere", "kind": "late"}
                    found = await ask(f"/__sandbox/{name}", w.control_headers, fault if name == "faults" else body)
                    if name == "seed" and found.status_code == 200:
                        for path, who, sent in _life(found.json(), webhook):
                            await ask(f"/v1{path}", who, sent)

            await asyncio.gather(*(turn(number) for number in range(4)))

    with vendor(lambda: b'{"agent_context": {"a": "b"}}') as webhook:
        asyncio.run(all_at_once(webhook))
    assert [(path, answer.text) for path, answer in asked if answer.status_code >= 500] == []
    assert {answer.status_code for path, answer in asked if path.startswith("/__sandbox/")} == {200}
    assert sum(path == "/__sandbox/seed" for path, _ in asked) == 12


def test_seeding_twice_gives_keys_that_both_work(w: World):
    assert control(w, "reset").status_code == 200
    first, second = control(w, "seed").json(), control(w, "seed").json()
    for found in (first, second):
        assert found["consumer"]["user_id"] == first["consumer"]["user_id"]
        key = {"x-officex-master-key": found["consumer"]["api_key"]}
        assert w.answer("GET", "/balance", key)["available"] == 100  # the gift is given once
    assert len(w.answer("GET", "/apps", {})["apps"]) == 4


def test_a_reset_while_a_vendor_thinks_leaves_nobody_with_a_failure(w: World):
    is_asked, may_answer = threading.Event(), threading.Event()

    def slowly() -> bytes:
        is_asked.set()
        may_answer.wait(80)
        return b'{"agent_context": {"key": "value"}}'

    with vendor(slowly) as webhook, ThreadPoolExecutor(1) as pool:
        installing = pool.submit(install, w, webhook, "Slow App")
        try:
            assert is_asked.wait(60)
            assert control(w, "reset").status_code == 200
        finally:
            may_answer.set()
        answer = installing.result(90)
    assert answer.status_code == 200
    assert "agent_context" not in answer.json()
    assert outcomes(w, webhook) == ["delivered, its agent_context was dropped: There is no such install."]


@pytest.mark.parametrize("text", ["\\ud800", "\\u0000"])
def test_a_webhook_that_answers_half_a_character_breaks_nothing(w: World, text: str):
    with vendor(lambda: f'{{"agent_context": {{"key": "{text}"}}}}'.encode()) as webhook:
        answer = install(w, webhook, "Odd App")
    assert answer.status_code == 200
    assert "agent_context" not in answer.json()
    assert w.http.get("/users/me/installs", headers=w.user).status_code == 200


@pytest.mark.parametrize("host", ["127.999.1.1", "127.0.0.1\x7f", "127." + "0" * 70 + ".0.1"])
def test_an_address_that_names_nothing_is_told_in_the_log(w: World, host: str):
    url = f"http://{host}/"
    answer = w.http.post("/register-app", headers=w.vendor, json={"name": "Nowhere", "webhook_url": url})
    if answer.status_code == 400:
        assert answer.json()["error"]["code"] == "INVALID_REQUEST"
        return
    made = w.http.post(f"/install/{answer.json()['app_id']}", headers=w.user, json={})
    assert made.status_code == 200
    assert [words.startswith("not delivered") for words in outcomes(w, url)] == [True]


def test_the_clock_may_stand_at_either_end(w: World):
    try:
        for unix in (0, LAST):
            assert control(w, "clock", unix=unix).status_code == 200
            assert control(w, "seed").status_code == 200
            made = {"prompt": "x", "every_minutes": 527_040}
            w.answer("POST", "/users/me/schedules", w.user, made)
            w.answer("POST", "/users/me/schedules", w.user, {"prompt": "x", "time": "23:59", "weekday": "monday"})
            assert len(w.answer("GET", "/users/me/schedules", w.user)["schedules"]) >= 2
            for name in ("schedules/tick", "payouts/run"):
                assert control(w, name).status_code == 200
        for refused in ({"unix": LAST + 1}, {"unix": -1}, {"now": "9999-12-31T23:59:59-12:00"}):
            assert control(w, "clock", **refused).status_code == 400
        assert control(w, "clock/advance", seconds=1).status_code == 400
    finally:
        w.control("clock", unix=START)


# -- a file that somebody else holds -----------------------------------------------------------------
def test_a_locked_file_is_told_as_such_and_switches_do_not_need_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(db, "BUSY_TIMEOUT_MS", 20)
    server = SandboxServer(SandboxConfig(data_dir=tmp_path, durable=False))
    found = server.start()
    http = httpx.Client(
        base_url=f"{found.root}/__sandbox",
        headers={"x-sandbox-token": found.control_token},
        timeout=60,
        trust_env=False,
    )
    other = sqlite3.connect(tmp_path / "officex.db", isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
        for name in ("seed", "reset", "payouts/run", "schedules/tick"):
            answer = http.post(f"/{name}", json={})
            assert (answer.status_code, answer.json()["error"]["code"]) == (503, "DATABASE_LOCKED")
            assert "Close the program" in answer.json()["error"]["message"]
        assert http.post("/clock", json={"unix": START}).json()["unix"] == START
        assert http.post("/faults", json={"route": "GET /apps", "kind": "error"}).status_code == 200
        other.execute("COMMIT")
        assert http.post("/seed", json={}).status_code == 200
    finally:
        other.close()
        http.close()
        server.stop()


def test_a_control_waits_for_a_file_that_is_held_for_a_while():
    locked = OperationalError("BEGIN IMMEDIATE", None, sqlite3.OperationalError("database is locked"))

    def ask(failures: int) -> tuple[int, list[bool]]:
        tries: list[bool] = []

        async def run(_: object, *, write: bool) -> dict[str, Any]:
            tries.append(write)
            if len(tries) <= failures:
                raise locked
            return {"done": True}

        app: Any = SimpleNamespace(run=run, database=Database("sqlite://"))
        answer = asyncio.run(controls._lasting(app, lambda _: {}, write=True))
        app.database.close()
        assert json.loads(answer.body)["success"] is (answer.status == 200)
        return answer.status, tries

    assert ask(2) == (200, [True] * 3)
    assert ask(3) == (503, [True] * 3)
