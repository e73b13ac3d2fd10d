"""Secrets are nowhere but where they belong: not in logs, reports, settings, the outbox, processes, or printed."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import subprocess
import sys
import time
import traceback
from pathlib import Path

import psutil
import pytest

from office_studio.cli.main import main
from office_studio.core.officex.links import launch_url, without_query
from office_studio.core.officex.money import MICRO
from office_studio.server.officex.lifecycle import SandboxAddress
from office_studio.services.officex import local as officex_local
from office_studio.services.officex.accounts import AccountBook, KnownAccount
from office_studio.services.officex.client import OfficeXClient
from office_studio.services.officex.environments import sandbox_environment
from office_studio.services.officex.errors import OfficeXError
from office_studio.services.officex.http import InstallKey
from office_studio.services.officex.launch import LaunchDoor
from office_studio.services.officex.outbox import Entry, Kind, Outbox
from office_studio.services.officex.receiver import WebhookReceiver
from office_studio.services.officex.shop import Shop
from office_studio.services.officex.till import Till
from office_studio.services.secrets import SecretStore

from .test_client import Stage

ROOT = Path(__file__).resolve().parents[3]
PRIVATE = {"address.json", "admin-secret"}  # mode 0600, and what opens the sandbox is all they are for


class Served:
    """A sandbox as people run it: a process of its own, whose output goes where the test can read it."""

    def __init__(self, data: Path, out: Path) -> None:
        data.mkdir()
        self._data = data
        words = ["officex", "serve", "--port", "0", "--chat-delay", "0", "--data", str(data)]
        self._out = out.open("wb")
        self.process = psutil.Popen(
            [sys.executable, "-m", "office_studio", *words], cwd=ROOT, stdout=self._out, stderr=subprocess.STDOUT
        )
        until = time.monotonic() + 60
        while (found := officex_local.read(data)) is None:
            assert time.monotonic() < until, out.read_text()
            time.sleep(0.02)
        self.note = found

    def stop(self) -> None:
        self.process.send_signal(signal.SIGINT)
        self.process.wait(30)
        self._out.close()


def test_no_secret_is_left_behind(
    own_home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    log = tmp_path / "all.log"
    handler = logging.FileHandler(log)
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)  # all that httpx, the receiver's uvicorn and we say
    data = tmp_path / "market"
    served = Served(data, tmp_path / "serve.log")
    note = served.note
    address = SandboxAddress(note.root, note.admin_secret, note.control_token, data)
    secrets = {"control": note.control_token, "admin": note.admin_secret}
    secrets |= {f"demo {role}": account.master_key for role, account in note.accounts.items()}
    said = repr(note) + repr(address)
    browser: subprocess.Popen[bytes] | None = None
    try:
        said += asyncio.run(_a_day(address, tmp_path, secrets))
        said += _a_sale(note, tmp_path, secrets)
        door = asyncio.run(_door(secrets["rotated"]))
        browser = subprocess.Popen([sys.executable, "-c", "input()", door], stdin=subprocess.PIPE)  # as browsers do
        said += _of_processes(served.process, psutil.Process(), psutil.Process(browser.pid))
        monkeypatch.setenv("OFFICE_STUDIO_OFFICEX_USER", secrets.pop("user"))
        monkeypatch.setenv("OFFICE_STUDIO_OFFICEX_KEY", secrets["key"])
        where = ("--env", address.root, "--data", str(data))
        for words in (("whoami",), ("balance", "--json"), ("installs", "--json"), ("transactions",), ("apps", "nope"),
                      ("install", "film-desk", "--cap", "5", "--json"), ("--debug", "chat", "hi", "--json"),
                      ("conformance", "--only", "V35", "--json")):  # fmt: skip
            main(["officex", *words, *(where if words[0] != "conformance" else ())])
        for process in psutil.process_iter(["cmdline"]):
            said += " ".join(process.info["cmdline"] or ())
        out, err = capsys.readouterr()
        said += out + err
    finally:
        if browser is not None:
            browser.communicate(b"\n", timeout=10)
        served.stop()
        root.removeHandler(handler)
        root.setLevel(level)
        handler.close()
    assert "POST" in log.read_text()  # the log did see the calls
    assert door.rsplit("/", 1)[1] in said  # and the processes were looked at
    assert secrets.keys() >= {"control", "admin", "key", "old key", "vendor", "install", "rotated", "heard"}
    for name, secret in secrets.items():
        assert len(secret) >= 20
        assert secret not in said, f"{name} was printed, reported, or can be seen in a process"
        for path in [*tmp_path.rglob("*"), *own_home.rglob("*")]:
            if path.is_file() and path.name not in PRIVATE:
                assert secret.encode() not in path.read_bytes(), f"{name} is in {path.name}"
    assert (data / "admin-secret").stat().st_mode & 0o077 == 0


def test_what_opens_a_sandbox_is_for_its_user_alone(tmp_path: Path):
    officex_local.write(tmp_path, officex_local.LocalSandbox("http://127.0.0.1:1", os.getpid(), "c", "a", {}))
    assert (tmp_path / officex_local.FILE).stat().st_mode & 0o077 == 0


def _of_processes(*found: psutil.Process) -> str:
    """Command lines, which everybody can read, and environments, which children inherit; theirs too."""
    everyone = [one for process in found for one in (process, *process.children(recursive=True))]
    return "\n".join(
        "\n".join([*one.cmdline(), *(f"{name}={value}" for name, value in one.environ().items())]) for one in everyone
    )


def _reported(error: BaseException) -> str:
    """As the window's crash report writes it."""
    return "".join(traceback.format_exception(error)) + repr(error) + repr(getattr(error, "details", ""))


def _a_sale(note: officex_local.LocalSandbox, tmp_path: Path, secrets: dict[str, str]) -> str:
    """A webhook receiver hears of an install, with its secret, and proves it."""
    environment = sandbox_environment(note.root)
    receiver = WebhookReceiver(environment, note.accounts["vendor"], Shop(tmp_path / "shop"), SecretStore())
    receiver.start()

    async def run() -> str:
        async with OfficeXClient(environment, note.accounts["vendor"]) as vendor:
            app_id, _ = await vendor.register_app({"name": "Heard App", "webhook_url": receiver.url})
        async with OfficeXClient(environment, note.accounts["consumer"]) as consumer:
            made = await consumer.install(app_id)
            await consumer.change_install(made.install_id, max_per_hour=7)
        secrets["heard"] = made.secret
        return repr(made)

    try:
        said = asyncio.run(run())
        assert receiver.log.entries()
        return (
            said + repr(receiver) + repr(receiver.log.entries()) + repr([one.payload for one in receiver.log.entries()])
        )
    finally:
        receiver.stop()


async def _door(secret: str) -> str:
    """What a browser is given to open: an address of ours."""
    door = LaunchDoor(launch_url("https://a.test/o", "u", "i", secret), open_s=0.01)
    found = await door.open()
    await door.wait()
    return found


async def _a_day(address: object, tmp_path: Path, secrets: dict[str, str]) -> str:
    """Sign in, buy, install, charge, lose answers, rotate, launch; what ``repr`` and errors say on the way."""
    said = ""
    async with Stage(address) as stage:  # type: ignore[arg-type]
        account = stage.user.account
        assert account is not None
        secrets |= {"key": account.master_key, "user": account.user_id}
        secrets["vendor"] = stage.vendor.account.master_key if stage.vendor.account is not None else ""
        book = AccountBook(tmp_path / "officex-accounts.json", SecretStore())
        book.remember(KnownAccount("sandbox", account.user_id, "u@x.test", stage.wallet), account.master_key)
        made = await stage.user.install(stage.app_id)
        secrets["install"] = made.secret
        book.keep_install("sandbox", InstallKey(made.install_id, made.secret))
        await stage.user.change_context(made.install_id, {"token": "x" * 30})
        async with Till(stage.env, InstallKey(made.install_id, made.secret)) as till:
            outbox = Outbox(tmp_path / "outbox", lambda: 0)
            for kind in ("drop_after", "not_json", "error"):
                stage.fault("POST /reserve", kind)
                report = await outbox.send(till, Entry("sandbox", made.install_id, Kind.RESERVE, kind, MICRO))
                said += repr(report) + str(report.error)
            assert len(outbox.entries) == 3
            said += repr(till) + repr(made) + repr(account) + repr(stage.user)
        secrets["rotated"] = await stage.user.rotate_secret(made.install_id)
        async with Till(stage.env, InstallKey(made.install_id, made.secret)) as dead:
            try:
                await dead.reserve(MICRO, "late")
            except OfficeXError as error:
                said += _reported(error)
        for broken in ("http://127.0.0.1:1", address.root.replace("127.0.0.1", "localhost") + "/nowhere"):
            async with OfficeXClient(sandbox_environment(broken), account) as nobody:
                try:
                    await nobody.redeem("WELCOME", stage.wallet)
                except OfficeXError as error:
                    said += _reported(error)
        url = launch_url("https://a.test/o?x=1#f", account.user_id, made.install_id, secrets["rotated"])
        assert secrets["rotated"] in url
        logging.getLogger("office_studio").info("opening %s", without_query(url))
        secrets["own"] = "k" * 8 + account.master_key[::-1]
        await stage.user.rotate_key(secrets["own"])
        secrets["key"], secrets["old key"] = secrets["own"], secrets.pop("key")
        del secrets["own"]
    return said
