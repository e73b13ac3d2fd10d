"""Secrets are nowhere but where they belong: not in logs, reports, settings, the outbox, ``ps`` or what is printed."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import psutil
import pytest

from office_studio.cli.main import main
from office_studio.core.officex.links import launch_url, without_query
from office_studio.core.officex.money import MICRO
from office_studio.server.officex.lifecycle import SandboxServer
from office_studio.server.officex.sandbox import SandboxConfig
from office_studio.services import officex_local
from office_studio.services.officex_accounts import AccountBook, KnownAccount
from office_studio.services.officex_errors import OfficeXError
from office_studio.services.officex_http import InstallKey
from office_studio.services.officex_outbox import Entry, Kind, Outbox
from office_studio.services.officex_till import Till
from office_studio.services.secrets import SecretStore

from .test_client import Stage

PRIVATE = {"address.json", "admin-secret"}  # mode 0600, and what opens the sandbox is all they are for


def test_no_secret_is_left_behind(
    own_home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    log = tmp_path / "all.log"
    handler = logging.FileHandler(log)
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)  # all that httpx, uvicorn, SQLAlchemy and we say
    data = tmp_path / "market"
    data.mkdir()
    server = SandboxServer(SandboxConfig(data_dir=data, durable=False))
    address = server.start()
    secrets = {"control": address.control_token, "admin": address.admin_secret}
    said = ""
    try:
        said += asyncio.run(_a_day(address, tmp_path, secrets))
        account = officex_local.Account("u", secrets["key"])
        note = officex_local.LocalSandbox(address.root, 1, address.control_token, address.admin_secret, {"c": account})
        said += repr(note) + repr(address) + repr(server.sandbox)
        officex_local.write(data, officex_local.LocalSandbox(note.root, psutil.Process().pid, note.control_token,
                                                             note.admin_secret, {}))  # fmt: skip
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
        server.stop()
        root.removeHandler(handler)
        root.setLevel(level)
        handler.close()
    assert "POST" in log.read_text()  # the log did see the calls
    assert len(secrets) >= 7
    for name, secret in secrets.items():
        assert len(secret) >= 20
        assert secret not in said, f"{name} was printed, or is in the process list"
        for path in [*tmp_path.rglob("*"), *own_home.rglob("*")]:
            if path.is_file() and path.name not in PRIVATE:
                assert secret.encode() not in path.read_bytes(), f"{name} is in {path.name}"
    for name in PRIVATE:
        assert (data / name).stat().st_mode & 0o077 == 0


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
                said += repr(error) + str(error) + repr(error.details)
        url = launch_url("https://a.test/o?x=1#f", account.user_id, made.install_id, secrets["rotated"])
        assert secrets["rotated"] in url
        logging.getLogger("office_studio").info("opening %s", without_query(url))
        secrets["own"] = "k" * 8 + account.master_key[::-1]
        await stage.user.rotate_key(secrets["own"])
        secrets["key"], secrets["old key"] = secrets["own"], secrets.pop("key")
        del secrets["own"]
    return said
