"""The ``officex`` verbs against a sandbox that ``officex serve`` runs as a process of its own."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from office_studio.cli.main import main
from office_studio.cli.officex_options import MASK
from office_studio.services.officex import local as officex_local

ROOT = Path(__file__).resolve().parents[3]


class Served:
    """``folder``: its data; ``told``: what it printed when it was ready."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        command = [sys.executable, "-m", "office_studio", "officex", "serve", "--port", "0"]
        self.process = subprocess.Popen(
            [*command, "--data", str(folder), "--chat-delay", "0", "--json"],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self.told: dict[str, Any] = json.loads(self.process.stdout.readline())

    def stop(self, number: int = signal.SIGINT) -> int:
        self.process.send_signal(number)
        self.process.communicate(timeout=30)
        return self.process.returncode


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    found = Served(tmp_path_factory.mktemp("market"))
    yield found
    assert found.stop() == 130
    assert not (found.folder / officex_local.FILE).exists()


class Cli:
    def __init__(self, served: Served, capsys: pytest.CaptureFixture[str]) -> None:
        self.served, self._capsys = served, capsys

    def __call__(self, *words: str, code: int = 0) -> Any:
        """JSON of stdout, or of the error on stderr where the exit code is another than 0."""
        found = main(["officex", *words, "--data", str(self.served.folder), "--json"])
        out, err = self._capsys.readouterr()
        assert (found, "Traceback" in err) == (code, False), err
        return json.loads(out) if code in (0, 3) else json.loads(err.strip().splitlines()[-1])["error"]


@pytest.fixture
def cli(served: Served, capsys: pytest.CaptureFixture[str], own_home: Path) -> Cli:
    return Cli(served, capsys)


def test_serve_tells_where_it_is_and_keeps_its_tokens_to_itself(served: Served):
    assert set(served.told) == {"url", "api", "chat", "data"}
    note = served.folder / officex_local.FILE
    assert stat.S_IMODE(note.stat().st_mode) == 0o600
    found = officex_local.read(served.folder)
    assert found is not None
    assert (found.root, set(found.accounts)) == (served.told["url"], {"consumer", "vendor"})
    assert found.control_token not in repr(found)


def test_a_whole_charge_by_verbs(cli: Cli, monkeypatch: pytest.MonkeyPatch):
    before = cli("balance")
    assert cli("whoami")["user"]["email"] == "you@sandbox.test"
    assert {"film-desk", "lead-finder"} <= {app["slug"] for app in cli("apps")["apps"]}
    assert cli("apps", "film-desk")["app"]["name"] == "Film Desk"
    hidden = cli("install", "film-desk", "--cap", "20")
    assert hidden["install_secret"] == MASK
    install = hidden["install_id"]
    limits = cli("limits", install)["install"]
    assert (limits["lifetime_spend_limit"], limits["max_per_hour"]) == (20, 20)
    # Without a keyring the secret is nowhere; whoever needs it asks for a new one to be shown.
    assert cli("reserve", install, "10", "job-1", code=2)["code"] == "OFFICEX_SECRET_UNKNOWN"
    secret = cli("rotate", install, "--show-secret")["install_secret"]
    monkeypatch.setenv("OFFICE_STUDIO_OFFICEX_SECRET", secret)
    assert cli("reserve", install, "10", "job-1", "--metadata", '{"agent_id": "a1"}')["amount_reserved"] == 10
    assert cli("sip", install, "job-1", "0.4")["remaining_reserved"] == 9.6
    assert cli("settle", install, "job-1", "1")["settled_amount"] == 1.4
    assert cli("reserve", install, "2", "job-2")["reservation_id"] == "RESV#job-2"
    assert cli("cancel", install, "job-2")["refunded_amount"] == 2
    assert cli("balance")["available"] == pytest.approx(before["available"] - 1.4)
    kinds = [row["type"] for row in cli("transactions", "--limit", "5")["transactions"]]
    assert kinds == ["CANCEL", "RESERVE", "REFUND", "SETTLE", "SIP"]
    assert cli("reservations")["reservations"][1]["metadata"] == {"agent_id": "a1"}
    assert cli("reserve", install, "19", "job-3", code=5)["code"] == "LIFETIME_LIMIT_REACHED"
    assert cli("limits", install, "--pause")["install"]["allowed_until"] > 0
    assert cli("reserve", install, "1", "job-4", code=5)["code"] == "INSTALL_EXPIRED"
    assert [one["install_id"] for one in cli("installs")["installs"]] == [install]
    cli("uninstall", install)
    assert cli("cancel", install, "job-3", code=5)["code"] == "UNAUTHORIZED"


def test_buying_vouchers_and_being_paid_out(cli: Cli):
    assert cli("buy", "5", "--key", "k1")["transaction_id"] == cli("buy", "5", "--key", "k1")["transaction_id"]
    assert cli("buy", "5", "--token", "tok_fail_1", code=5)["code"] == "PAYMENT_FAILED"
    assert cli("voucher", "WELCOME")["voucher"]["credits"] == 25
    assert cli("voucher", "WELCOME", "--redeem")["credits_added"] == 25
    assert cli("voucher", "WELCOME", "--redeem", code=5)["code"] == "DUPLICATE_REQUEST"
    made = cli("vendor", "register", "Second Desk", "--set", "price_type=FREE", "--account", "vendor")
    app, wallet = made["app_id"], made["destination_wallet_id"]
    assert cli("payout", wallet, "5", "--to", "a", "--account", "vendor", code=5)["code"] == "INSUFFICIENT_FUNDS"
    assert cli("payout", wallet, "--account", "vendor") == {"payouts": []}
    changed = cli("vendor", "change", app, "--set", 'tags=["x"]', "--account", "vendor")
    assert changed["app"]["tags"] == ["x"]
    assert cli("vendor", "delete", app, "--account", "vendor", code=2)["code"] == "OFFICEX_DELETE_UNCONFIRMED"
    cli("vendor", "delete", app, "--account", "vendor", "--yes")
    assert cli("vendor", "show", app, code=5)["code"] in ("FORBIDDEN", "APP_NOT_FOUND")


def test_a_chat_streams(cli: Cli, capsys: pytest.CaptureFixture[str]):
    assert main(["officex", "chat", "hello", "--data", str(cli.served.folder), "--json"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert (rows[0]["type"], rows[-1]["type"]) == ("thread", "done")
    assert "".join(row["text"] for row in rows if row["type"] == "text")


def test_what_a_typist_gets_wrong(cli: Cli, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    assert cli("install", "film-desk", code=2)["code"] == "OFFICEX_CAP_NEEDED"
    assert cli("apps", "nope", code=5)["code"] == "APP_NOT_FOUND"
    for amount in ("0x1", "-1", "1e309", "NaN", "0.1234567", ""):
        with pytest.raises(SystemExit) as left:
            main(["officex", "buy", "--data", str(cli.served.folder), f"--key=k {amount}", "--", amount])
        assert left.value.code == 2
    assert "amount" in capsys.readouterr().err.lower()
    monkeypatch.setenv("OFFICE_STUDIO_OFFICEX_SECRET", "x")
    assert cli("reserve", "i", "1", "j", "--metadata", "[1]", code=2)["code"] == "OFFICEX_METADATA_INVALID"
    assert cli("balance", "--env", "ftp://x", code=2)["code"] == "OFFICE_URL_INVALID"


def test_without_a_sandbox_the_way_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["officex", "balance", "--data", str(tmp_path)]) == 2
    assert "officex serve" in capsys.readouterr().err
    note = {"root": "http://127.0.0.1:9", "pid": 2**22 + 5, "controlToken": "c", "adminSecret": "s", "accounts": {}}
    (tmp_path / officex_local.FILE).write_text(json.dumps(note))  # left by one that was killed
    assert main(["officex", "balance", "--data", str(tmp_path)]) == 2


@pytest.mark.parametrize(
    "words",
    [("buy", "1"), ("reserve", "i", "1", "j"), ("sip", "i", "j", "1"), ("settle", "i", "j", "1"),
     ("install", "a", "--cap", "5"), ("limits", "i", "--uncap"), ("payout", "w", "1", "--to", "a")],
)  # fmt: skip
def test_real_money_is_asked_for(words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, cli: Cli):
    """Nothing leaves: the guard comes before any call."""
    monkeypatch.setenv("OFFICE_STUDIO_OFFICEX_USER", "u")
    monkeypatch.setenv("OFFICE_STUDIO_OFFICEX_KEY", "k")
    monkeypatch.setattr(httpx.AsyncClient, "stream", None)
    assert cli(*words, "--env", "production", code=2)["code"] == "OFFICEX_REAL_MONEY"


def test_conformance_counts_and_refuses(cli: Cli, capsys: pytest.CaptureFixture[str]):
    assert main(["officex", "conformance", "--only", "V08,60", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["passed"], found["failed"], found["skipped"]) == (2, 0, 0)
    assert [one["name"] for one in found["vectors"]] == ["V08", "V60"]
    before = cli("transactions")
    there = ("conformance", "--env", "sandbox")
    assert cli(*there, "--only", "V50")["skipped"] == 1  # nobody said --reset, so nothing is emptied
    assert cli("transactions") == before
    assert cli("conformance", "--env", "production", code=2)["code"] == "OFFICEX_NOT_TESTABLE"
    assert cli("conformance", "--env", "staging", code=2)["code"] == "OFFICEX_NOT_TESTABLE"
    assert cli("conformance", "--only", "V99", code=2)["code"] == "OFFICEX_VECTOR_UNKNOWN"


def test_a_failing_vector_is_exit_code_3(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    from office_studio.services.officex.conformance import world

    async def wrong(w: world.World) -> None:
        """Wrong"""
        await w.money("99/0")

    monkeypatch.setitem(world.VECTORS, "V08", wrong)
    assert main(["officex", "conformance", "--only", "V08", "--json"]) == 3
    (vector,) = json.loads(capsys.readouterr().out)["vectors"]
    assert (vector["outcome"], "99/0" in vector["words"]) == ("failed", True)


def test_webhooks_are_listened_to(cli: Cli, tmp_path: Path):
    context = tmp_path / "context.json"
    context.write_text('{"base_url": "https://x.test"}')
    command = [sys.executable, "-m", "office_studio", "officex", "webhooks", "listen", "--json", "--count", "1"]
    with subprocess.Popen(
        [*command, "--context", str(context)], cwd=ROOT, stdout=subprocess.PIPE, text=True, env=os.environ
    ) as listener:
        assert listener.stdout is not None
        url = json.loads(listener.stdout.readline())["url"]
        assert httpx.post(url.rsplit("/", 1)[0] + "/guess", json={}, trust_env=False).status_code == 404
        hook = ("--set", f"webhook_url={url}", "--account", "vendor")
        app = cli("vendor", "register", "Hook Desk", *hook)["app_id"]
        made = cli("install", app, "--cap", "1", "--show-secret")
        assert made["agent_context"] == {"base_url": "https://x.test"}
        event = json.loads(listener.stdout.readline())
        assert (event["event"], event["payload"]["install_secret"]) == ("INSTALL", MASK)
        assert listener.wait(30) == 0
