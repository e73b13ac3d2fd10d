"""No secret of the marketplace is left in what the window writes, reports or starts."""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
import pytest
from PySide6.QtWidgets import QApplication

from office_studio.core.officex.money import MICRO
from office_studio.ui.crash_dialog import CrashDialog, install_hook
from office_studio.ui.logs import start_logging, without_secrets

if TYPE_CHECKING:
    from .conftest import Bazaar

LONG = "k3y-" + "x" * 40


@pytest.mark.parametrize(
    "text",
    [f"x-officex-master-key: {LONG}", f"{{'x-officex-install-secret': '{LONG}'}}", f'{{"api_key": "{LONG}"}}',
     f"(b'x-officex-admin-secret', b'{LONG}')", f"https://a.test/?officex_install_secret={LONG}&x=1",
     f"Authorization: Bearer {LONG}", f"install_secret={LONG!r})", f'"new_master_key" : "{LONG}"', f"password={LONG}",
     f"x-sandbox-token: {LONG}"],
)  # fmt: skip
def test_what_looks_like_a_secret_is_cut_out(text: str):
    assert LONG not in without_secrets(text)
    assert without_secrets(text) != text


def test_ordinary_words_stay():
    text = "The secret of this install was rotated: relaunch the app. key=1, password: short"
    assert without_secrets(text) == text


@pytest.fixture
def hooks(monkeypatch: pytest.MonkeyPatch):
    import threading

    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    monkeypatch.setattr(sys, "__excepthook__", lambda *_: None)  # the terminal of the tests


@pytest.mark.usefixtures("hooks")
def test_log_crash_report_files_and_processes_hold_no_secret(bazaar: Bazaar, own_home: Path, tmp_path: Path):
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    log_file = start_logging(tmp_path)
    assert log_file is not None
    install_hook(bazaar.application, log_file)
    sandbox = bazaar.market.sandbox
    assert sandbox is not None
    key = bazaar.install("film-desk")
    (admin_file,) = own_home.rglob("admin-secret")
    secrets = {"control": sandbox.control_token, "admin": admin_file.read_text().strip(), "install": key.secret}
    secrets |= {role: account.master_key for role, account in sandbox.accounts.items()}
    try:
        bazaar.till(key, lambda till: till.reserve(MICRO, "left-behind"))
        bazaar.again()
        for page in ("wallet", "catalog", "installs", "inbox", "chat"):
            bazaar.page(page)
        # As bad as it gets: somebody's error that carries all headers, and a library that logs them.
        headers = {**sandbox.accounts["consumer"].headers, **key.headers}
        logging.getLogger("somelib").warning("sent %s", headers)
        try:
            raise RuntimeError(f"cannot send {headers} to ?officex_install_secret={key.secret}")
        except RuntimeError as error:
            sys.excepthook(RuntimeError, error, error.__traceback__)
        (dialog,) = (one for one in QApplication.topLevelWidgets() if isinstance(one, CrashDialog))
        said = dialog.report
        dialog.close()
        for process in (psutil.Process(), *psutil.Process().children(recursive=True)):
            said += _all_of(process)
    finally:
        for handler in set(root.handlers) - set(handlers):
            root.removeHandler(handler)
            handler.close()
        root.setLevel(level)
    assert "cannot send" in said
    assert "somelib" in log_file.read_text("utf-8")
    private = {"address.json", "admin-secret"}  # mode 0600: what opens the sandbox of this window is all they are for
    for name, secret in secrets.items():
        assert len(secret) >= 20
        assert secret not in said, f"{name} is in the crash report or in a process"
        for path in [*tmp_path.rglob("*"), *own_home.rglob("*")]:
            if path.is_file() and path.name not in private:
                assert secret.encode() not in path.read_bytes(), f"{name} is in {path.name}"


def _all_of(process: Any) -> str:
    """What everybody, and what the same user, can read of a process."""
    try:
        return "\n".join([*process.cmdline(), *(f"{name}={value}" for name, value in process.environ().items())])
    except psutil.Error:
        return ""  # it is gone
