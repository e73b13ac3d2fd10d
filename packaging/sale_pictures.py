#!/usr/bin/env python3
"""Takes the pictures of selling a theme anew: the real window, one account that publishes, another that buys.

    .venv/bin/python packaging/sale_pictures.py [FOLDER]     about a minute; needs no display

Look at every picture before you commit it.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "resources" / "screenshots"
SIZES = ((1280, 720), (1920, 1080))
THEME = "cozy-loft"


def main() -> None:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    sys.path.insert(0, str(ROOT))
    out = Path(sys.argv[1]) if len(sys.argv) > 1 else OUT
    with tempfile.TemporaryDirectory(prefix="office-studio-pictures-") as home:
        os.environ |= {"OFFICE_STUDIO_HOME": home, "HOME": home, "USERPROFILE": home}
        os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"
        Camera(out).run()


class Camera:
    """One window that plays both sides, and a picture of each page at each size, dark and light."""

    def __init__(self, out: Path) -> None:
        from PySide6.QtWidgets import QApplication

        from office_studio.app import Application
        from office_studio.ui.theming import STYLE_ARGUMENTS, STYLE_CHOSEN

        self._out = out
        self.app = QApplication([sys.argv[0], *STYLE_ARGUMENTS])
        self.app.setProperty(STYLE_CHOSEN, True)
        self.made = Application(self.app)
        self.studio, self.window = self.made.studio, self.made.studio.window
        self.market: Any = self.studio.market

    def run(self) -> None:
        self.window.resize(*SIZES[0])
        self.window.show()
        self.made.start()
        self.window.show_workspace("market")
        wait_for(lambda: self.market.data is not None)
        self.publish()
        self.buy()
        self.look_at_the_webhooks()
        self.window.close()
        self.made.close()

    # -- the scenes --------------------------------------------------------------------------------
    def publish(self) -> None:
        self.sign_in_as("vendor")
        page = self.page("publish")
        source = next(Path(one.where) for one in self.studio.library.bundled if one.where.endswith(THEME))
        wait_for(lambda: page.model.index_of(source).isValid())
        page.choose(source)
        wait_for(lambda: not page.why_not() or page.previews.error)
        self.take("publish")
        page.open_sheet()
        page.sheet.primary.click()
        wait_for(lambda: page.offer is not None)
        self.offer = page.offer

    def buy(self) -> None:
        self.sign_in_as("consumer")
        catalog = self.page("catalog")
        wait_for(lambda: any(row.app_id == self.offer.app_id for row in catalog.model.rows))
        catalog.choose(self.offer.app_id)
        wait_for(lambda: catalog.details.pictures.shown == 4)
        self.take("theme-listing")
        catalog.install()
        catalog.sheet.primary.click()
        log = self.page("webhooks").host.log
        wait_for(lambda: log.entries() and log.entries()[-1].later)
        self.market.refresh()
        wait_for(lambda: (found := self.market.data.install_of_app(self.offer.app_id)) and found.agent_context)
        installs = self.page("installs")
        installs.choose(self.market.data.install_of_app(self.offer.app_id).install_id)
        self.take("theme-bought")
        installs.purchase.start()
        wait_for(lambda: installs.purchase.bought is not None)
        self.take("theme-imported", SIZES[:1])

    def look_at_the_webhooks(self) -> None:
        """A repeat, trouble on demand, and a replay."""
        self.sign_in_as("vendor")
        page = self.page("webhooks")
        first = page.host.log.entries()[0]
        for mode, is_same in (("500", False), ("Normally", True), ("Normally", False)):
            page.modes.button_of(mode).click()
            count = len(page.model.rows)
            page.replay(first, is_same)
            wait_for(lambda seen=count: len(page.model.rows) > seen and page.model.rows[0].status)
        wait_for(lambda: page.model.rows[0].later)
        page.view.setCurrentIndex(page.model.index(3, 0))
        self.take("webhooks")

    # -- the camera --------------------------------------------------------------------------------
    def sign_in_as(self, role: str) -> None:
        self.market.switch(next(choice for choice in self.market.choices if choice.role == role))
        wait_for(lambda: self.market.data is not None)

    def page(self, name: str) -> Any:
        self.market.page_requested.emit(name)
        return self.studio.market_page.page  # type: ignore[union-attr]

    def take(self, name: str, sizes: tuple[tuple[int, int], ...] = SIZES) -> None:
        from market_pictures import write
        from PySide6.QtTest import QTest

        from office_studio.ui.theming import theme

        for mode in ("light", "dark"):
            theme().prefer(self.app, mode)
            for width, height in reversed(sizes):
                self.window.resize(width, height)
                for toast in list(self.studio.market_page.toasts.toasts):  # type: ignore[union-attr]
                    toast.dismiss()
                QTest.qWait(300)
                path = self._out / f"market-{name}-{mode}-{width}.png"
                write(self.window, path)
                sys.stdout.write(f"{path.name} {path.stat().st_size}\n")


def wait_for(is_so: Callable[[], object], seconds: float = 40) -> None:
    from PySide6.QtTest import QTest

    until = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > until:
            raise SystemExit("The window did not get there in time.")
        QTest.qWait(50)


if __name__ == "__main__":
    main()
