"""The sandbox over HTTP: what its endpoints share."""

from __future__ import annotations

import http.client
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from office_studio.server.lifecycle import KEEP_ALIVE_S
from office_studio.server.officex.lifecycle import SandboxAddress, SandboxServer
from office_studio.server.officex.sandbox import SandboxConfig
from office_studio.services.officex.http import POOL

_OPEN: list[httpx.Client] = []


def client(**options: Any) -> httpx.Client:
    """Closed when the test is over."""
    _OPEN.append(httpx.Client(**options))
    return _OPEN[-1]


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    yield
    while _OPEN:
        _OPEN.pop().close()


class Person:
    """An account at the sandbox."""

    def __init__(self, address: SandboxAddress, email: str) -> None:
        self.http = client(base_url=address.api, timeout=60)
        self.post("/auth/register", email=email)
        found = self.post("/auth/verify-otp", email=email, code="0000")
        self.http.headers.update({"x-officex-user-id": found["user_id"], "x-officex-master-key": found["api_key"]})
        self.id, self.wallet = found["user_id"], found["wallet_id"]

    def post(self, path: str, **body: Any) -> Any:
        return self.http.post(path, json=body).json()

    def code(self, method: str, path: str, body: Any = None) -> tuple[int, str]:
        answer = self.http.request(method, path, json=body)
        return answer.status_code, answer.json().get("error", {}).get("code", "")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxAddress]:
    server = SandboxServer(SandboxConfig(data_dir=tmp_path_factory.mktemp("officex")))
    yield server.start()
    server.stop()


def test_an_account_an_app_a_purchase_and_a_charge(address: SandboxAddress):
    user, vendor = Person(address, "a@x.test"), Person(address, "v@x.test")
    bought = user.post("/purchase-credits", amount=100, payment_method={"type": "stripe", "token": "tok_ok"})
    assert (bought["success"], bought["credits_added"], bought["new_balance"]) == (True, 100, 100)
    (entry,) = user.http.get(f"/wallets/{user.wallet}/transactions").json()["transactions"]
    assert (entry["log_id"], entry["type"]) == (bought["transaction_id"], "PURCHASE")
    app = vendor.post("/register-app", name="Test App")["app_id"]
    made = user.post(f"/install/{app}", allowed_until=-1)
    till = client(
        base_url=address.api,
        headers={"x-officex-install-id": made["install_id"], "x-officex-install-secret": made["install_secret"]},
    )
    assert till.post("/reserve", json={"amount": 10, "job_id": "a/b #1"}).json()["reservation_id"] == "RESV#a/b #1"
    path = "/reservations/RESV%23a%2Fb%20%231"
    assert till.post(f"{path}/settle", json={"amount": 3}).json()["remaining_reserved"] == 7
    assert till.get(path).json()["reservation"]["status"] == "partial"
    assert till.post(f"{path}/cancel").json() == {"success": True, "refunded_amount": 7, "status": "cancelled"}
    assert user.http.get("/balance").json()["available"] == 97
    assert vendor.http.get(f"/users/me/apps/{app}/inbox").json()["reservations"][0]["acked"] is False


def test_refusals_have_the_envelope_of_the_contract(address: SandboxAddress):
    user = Person(address, "b@x.test")
    assert user.code("GET", "/wallets/nope") == (404, "WALLET_NOT_FOUND")
    assert user.code("GET", "/nowhere") == (404, "INVALID_REQUEST")
    assert user.code("DELETE", "/balance") == (405, "INVALID_REQUEST")
    assert user.code("POST", "/payout", [1]) == (400, "INVALID_REQUEST")
    answer = user.http.post("/purchase-credits", content=b'{"amount": NaN}')
    assert (answer.status_code, answer.json()["success"]) == (400, False)
    assert user.http.post("/reserve", content=b"x" * 1_100_000).status_code in (400, 401)
    assert httpx.get(f"{address.api}/balance").json()["error"]["code"] == "UNAUTHORIZED"
    assert httpx.get(f"{address.api}/apps", headers={"host": "evil.test"}).status_code == 400


def test_controls_need_the_token_of_this_start(address: SandboxAddress):
    assert httpx.get(f"{address.root}/__sandbox/clock").status_code == 401
    held = client(base_url=f"{address.root}/__sandbox", headers={"x-sandbox-token": address.control_token})
    assert held.post("/clock", json={"unix": 1_773_136_800}).json()["now"] == "2026-03-10T10:00:00.000Z"
    assert held.get("/books").json()["balanced"] is True
    assert held.post("/clock", json={}).json()["running"] is True


@pytest.mark.parametrize("kind", ["drop_before", "drop_after", "error", "not_json"])
def test_faults_are_played_once(address: SandboxAddress, kind: str):
    user = Person(address, f"{kind}@x.test")
    held = client(base_url=f"{address.root}/__sandbox", headers={"x-sandbox-token": address.control_token})
    assert held.post("/faults", json={"route": "GET /balance", "kind": kind}).status_code == 200
    if kind.startswith("drop"):
        with pytest.raises(httpx.TransportError):
            user.http.get("/balance")
    else:
        assert user.http.get("/balance").status_code >= 500
    assert user.http.get("/balance").status_code == 200


def test_idle_connections_are_let_go_by_the_client_first():
    """A server that closes them first loses calls that are just leaving (seen as ReadError on a busy machine)."""
    assert POOL.keepalive_expiry is not None
    assert POOL.keepalive_expiry * 2 <= 5 < KEEP_ALIVE_S


@pytest.mark.full
def test_a_connection_may_idle_for_longer_than_servers_usually_allow(address: SandboxAddress):
    connection = http.client.HTTPConnection(address.root.removeprefix("http://"), timeout=20)
    for pause_s in (0, 6):
        time.sleep(pause_s)
        connection.request("GET", "/v1/apps")
        answer = connection.getresponse()
        assert answer.status == 200
        answer.read()
    connection.close()


def test_a_chat_is_streamed_and_kept(address: SandboxAddress):
    user = Person(address, "c@x.test")
    body = {"messages": [{"role": "user", "content": "hello there"}], "tracer_id": "trc_a-b"}
    answer = httpx.post(address.chat, json=body, headers=user.http.headers)
    lines = answer.text.split("\n")
    assert lines[0].startswith("t:")
    assert lines[1] == "tracer:trc_a-b"
    assert lines[-3] == "data: [DONE]"
    thread = user.http.get(f"/users/me/chats/{lines[0][2:]}").json()
    assert [message["status"] for message in thread["messages"]] == ["complete", "complete"]
    assert httpx.post(address.chat, json=body).json()["error"]["code"] == "UNAUTHORIZED"


def test_a_restart_keeps_the_books_and_a_hole_in_them_is_told(tmp_path: Path):
    import sqlite3

    from office_studio.errors import StorageError

    config = SandboxConfig(data_dir=tmp_path)
    server = SandboxServer(config)
    user = Person(server.start(), "a@x.test")
    user.post("/vouchers/WELCOME/redeem", wallet_id=user.wallet)
    server.stop()
    server = SandboxServer(config)
    user.http.base_url = server.start().api
    assert user.http.get("/balance").json()["available"] == 25
    server.stop()
    connection = sqlite3.connect(tmp_path / "officex.db")
    connection.execute("UPDATE ox_entries SET delta_available = delta_available + 1 WHERE log_id = 2")
    connection.commit()
    connection.close()
    with pytest.raises(StorageError, match="do not add up"):
        SandboxServer(config).start()
    assert (tmp_path / "unbalanced.txt").is_file()
