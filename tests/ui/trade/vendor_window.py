"""The vendor's side of Market in one window for a whole module, since opening it costs seconds."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from office_studio.app import Application
from office_studio.services.officex import local as officex_local
from office_studio.services.officex.errors import AppNotFound
from office_studio.services.officex.http import InstallKey
from office_studio.ui.trade.vendor.app_sheet import AppSheet
from office_studio.ui.trade.vendor.vendor_page import VendorPage
from tests.ui.trade.conftest import WAIT_MS, Bazaar


@contextmanager
def open_window(qapp: QApplication, home: Path) -> Iterator[Application]:
    """The window in user folders of its own, at 1280 x 720."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OFFICE_STUDIO_HOME", str(home))
        patch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
        made = Application(qapp)
        try:
            made.studio.window.resize(1280, 720)
            made.studio.window.show()
            made.start()
            made.studio.window.show_workspace("market")
            _wait(lambda: made.studio.market.data is not None)
            made.studio.market.page_requested.emit("vendor")
            assert made.studio.market_page is not None
            assert made.studio.market_page.page is not None  # made at once: it finds its folder while that is ours
            yield made
        finally:
            _close(made)


def _close(made: Application) -> None:
    made.studio.window.close()
    made.close()
    for one in (made.studio.window, made.studio, made.settings, made.jobs):
        one.deleteLater()
    for _ in range(3):
        QApplication.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def _wait(is_so: Callable[[], bool]) -> None:
    """``QTest.qWait`` would hold Python's lock meanwhile: the thread that imports the server would hardly get on."""
    until = time.monotonic() + WAIT_MS / 1000
    while not is_so():
        assert time.monotonic() < until, "the sandbox did not open in time"
        loop = QEventLoop()
        QTimer.singleShot(20, loop.quit)
        loop.exec()


class VendorWindow(Bazaar):
    """The page "My apps", signed in as the sandbox's vendor. ``home``: its user folders."""

    def __init__(self, qtbot: QtBot, application: Application, home: Path) -> None:
        super().__init__(qtbot, application)
        self.home = home
        self._made: list[str] = []
        if self.market.choice is None or self.market.choice.role != "vendor":
            self.market.switch(next(one for one in self.market.choices if one.role == "vendor"))
        self.desk: VendorPage = self.page("vendor")
        self.wait(lambda: self.desk.vendor.data is not None)

    @property
    def vendor(self) -> Any:
        return self.desk.vendor

    def read(self) -> None:
        """Have the desk read anew, and wait for it."""
        self.wait(lambda: not self.vendor._is_reading)  # what is under way may have begun before what is looked for
        before = self.vendor.data
        self.vendor.refresh()
        self.wait(lambda: self.vendor.data is not before)

    def app(self, name: str, **fields: Any) -> str:
        """Register an app beside the window and choose it; its id."""
        app_id, _wallet = self.ask("vendor", lambda client: client.register_app({"name": name, **fields}))
        self._made.append(app_id)
        self.vendor.refresh()
        self.wait(lambda: self.desk.model.index_of(app_id).isValid())
        self.choose(app_id)
        return str(app_id)

    def tidy_up(self) -> None:
        """Delete what this test registered: reading many apps takes its time in the tests that follow."""

        async def delete(client: Any) -> None:
            for app_id in self._made:
                with suppress(AppNotFound):
                    await client.delete_app(app_id)

        self.ask("vendor", delete)

    def choose(self, app_id: str) -> None:
        self.desk.choose(app_id)
        self.wait(lambda: self.desk.desk is not None and self.desk.desk.app_id == app_id)

    def listing(self, app_id: str) -> Mapping[str, Any]:
        """As the server has it now."""
        found = self.ask("vendor", lambda client: client.my_app(app_id))
        fields: Mapping[str, Any] = found.fields
        return fields

    @property
    def sheet(self) -> AppSheet:
        """With its form whole."""
        found = self.desk.sheet
        assert isinstance(found, AppSheet)
        assert found.form.fields
        return found

    def install_app(self, app_id: str, **limits: int) -> InstallKey:
        """As the sandbox's buyer, who has credits."""
        made = self.ask("consumer", lambda client: client.install(app_id, **limits))
        return InstallKey(made.install_id, made.secret)

    def control(self, name: str, **body: Any) -> None:
        """A control of the sandbox (contract, section 22)."""
        sandbox = self.market.sandbox
        assert sandbox is not None
        headers = {"x-sandbox-token": sandbox.control_token}
        url = f"{sandbox.root}/__sandbox/{name}"
        httpx.post(url, json=body, headers=headers, trust_env=False).raise_for_status()

    def clear_faults(self) -> None:
        sandbox = self.market.sandbox
        assert sandbox is not None
        headers = {"x-sandbox-token": sandbox.control_token}
        httpx.delete(f"{sandbox.root}/__sandbox/faults", headers=headers, trust_env=False).raise_for_status()

    def decide(self, path: str, **body: Any) -> int:
        """As OfficeX's own staff; the HTTP status."""
        note = officex_local.read(self.home / "data" / "officex")
        assert note is not None
        headers = {"x-officex-admin-secret": note.admin_secret}
        return httpx.post(f"{note.root}/v1/admin/{path}", json=body, headers=headers, trust_env=False).status_code
