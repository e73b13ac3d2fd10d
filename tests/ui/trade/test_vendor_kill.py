"""A window that is killed while somebody fills in a listing: the next one has what was typed."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui.trade.vendor_window import VendorWindow, open_window

ROOT = Path(__file__).resolve().parents[3]
TYPING = """
import sys
from pathlib import Path
from PySide6.QtWidgets import QApplication
from tests.ui.trade.vendor_window import open_window

app = QApplication([sys.argv[0]])
with open_window(app, Path(sys.argv[1])) as made:
    market = made.studio.market
    market.switch(next(one for one in market.choices if one.role == "vendor"))
    page = made.studio.market_page.page
    page.open_register()

    def type_when_open():
        if page.sheet is not None:
            page.vendor.changed.disconnect(type_when_open)
            page.sheet.form.fields["name"].set_raw("Nearly registered")
            page.sheet.form.fields["documentation"].set_raw("POST /half")

    page.vendor.changed.connect(type_when_open)
    app.exec()
"""


@pytest.mark.full
def test_what_was_typed_survives_a_kill(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    kept = home / "config" / "officex-vendor.json"
    environment = os.environ | {"OFFICE_STUDIO_HOME": str(home), "PYTHONPATH": str(ROOT)}
    with subprocess.Popen([sys.executable, "-c", TYPING, str(home)], env=environment, cwd=ROOT) as window:
        until = time.monotonic() + 90
        while not kept.exists() or "POST /half" not in kept.read_text("utf-8"):
            assert window.poll() is None, "the window ended by itself"
            assert time.monotonic() < until, "nothing was kept"
            time.sleep(0.05)
        window.kill()
    with open_window(qapp, home) as again:
        shop = VendorWindow(qtbot, again, home)
        shop.desk.open_register()
        sheet = shop.sheet
        assert sheet.banner.isVisible()
        assert sheet.form.changes == {"name": "Nearly registered", "documentation": "POST /half"}
        assert sheet.primary.isEnabled()
        sheet.save()
        shop.wait(lambda: shop.desk.desk is not None and shop.desk.desk.app.name == "Nearly registered")
