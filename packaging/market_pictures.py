#!/usr/bin/env python3
"""Takes the pictures of Market anew: the real window on its own sandbox, after two weeks of made-up trade.

    .venv/bin/python packaging/market_pictures.py            about a minute; needs no display

Look at every picture before you commit it.
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "resources" / "screenshots"
SIZES = ((1280, 720), (1920, 1080))
PAGES = ("wallet", "catalog", "installs", "inbox", "chat")
MICRO, DAY_S = 1_000_000, 86_400
AGENTS = ("Sana", "Otto", "Lumi")


def main() -> None:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    sys.path.insert(0, str(ROOT))
    with tempfile.TemporaryDirectory(prefix="office-studio-pictures-") as home:
        os.environ |= {"OFFICE_STUDIO_HOME": home, "HOME": home, "USERPROFILE": home}
        os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"
        take_pictures()


def take_pictures() -> None:
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication

    from office_studio.app import Application
    from office_studio.ui.theming import STYLE_ARGUMENTS, STYLE_CHOSEN, theme

    app = QApplication([sys.argv[0], *STYLE_ARGUMENTS])
    app.setProperty(STYLE_CHOSEN, True)
    made = Application(app)
    window, market = made.studio.window, made.studio.market
    window.resize(*SIZES[0])
    window.show()
    made.start()
    window.show_workspace("market")
    wait_for(lambda: market.data is not None)
    assert made.runner is not None
    made.runner.submit(trade(market)).result(120)
    before = market.data
    market.refresh()
    wait_for(lambda: market.data is not before)
    talk_about_bakeries(made)
    for mode in ("dark", "light"):
        theme().prefer(app, mode)
        for width, height in SIZES:
            window.resize(width, height)
            for name in PAGES:
                market.page_requested.emit(name)
                page = made.studio.market_page.page
                if name == "inbox":
                    page.view.setCurrentIndex(page.model.index(1))
                QTest.qWait(300)
                path = OUT / f"market-{name}-{mode}-{width}.png"
                window.grab().save(str(path))
                print(path.name, path.stat().st_size)
    window.close()
    made.close()


def wait_for(is_so: Callable[[], bool], seconds: float = 30) -> None:
    from PySide6.QtTest import QTest

    until = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > until:
            raise SystemExit("The window did not get there in time.")
        QTest.qWait(50)


async def trade(market: Any) -> None:
    """Two apps charge over fourteen days, one job stays open, three letters come."""
    import httpx

    from office_studio.core.officex.money import Amount
    from office_studio.services.officex_client import OfficeXClient
    from office_studio.services.officex_http import InstallKey
    from office_studio.services.officex_till import Till

    chance, sandbox, number = random.Random(4), market.sandbox, 0

    async def set_clock(body: dict[str, Any]) -> None:
        async with httpx.AsyncClient(trust_env=False) as http:
            headers = {"x-sandbox-token": sandbox.control_token}
            await http.post(f"{sandbox.root}/__sandbox/clock", json=body, headers=headers)

    async with OfficeXClient(sandbox.environment, market.account) as client:
        tills = []
        for slug, cap, a_day in (("lead-finder", 40, 40), ("film-desk", 7, 16)):
            one = await client.install(slug, max_per_day=a_day)
            await client.change_install(one.install_id, lifetime_spend_limit=Amount(cap * MICRO))
            tills.append(Till(sandbox.environment, InstallKey(one.install_id, one.secret)))
        for days_ago in range(13, -1, -1):
            await set_clock({"unix": int(time.time()) - days_ago * DAY_S - 3600, "running": True})
            for at, till in enumerate(tills):
                for _ in range(chance.randint(0, 3) if days_ago else 5 + 6 * at):
                    number += 1
                    amount = int(chance.uniform(0.1, 0.5 if at else 1.2) * MICRO)
                    about = {"agent_id": chance.choice(AGENTS)} if chance.random() < 0.8 else None
                    held = await till.reserve(amount, f"{number:04x}", about)
                    await till.settle(held, amount // 2, final=True)
        await set_clock({})
        await client.redeem("WELCOME", market.data.profile.wallet_id)
        await tills[0].reserve(4 * MICRO, "7f2c", {"agent_id": "Sana"})
        await tills[0].tell("a", "40 leads found", "The list waits in the app.", "https://leads.example/list/7")
        await tills[0].tell("b", "Your permission ends soon", "In 30 days I can no longer charge. Extend it to go on.")
        await tills[1].tell("c", "Nearly out of charges", "Your limit of 16 a day is nearly used up; two scenes wait.")
        for till in tills:
            await till.close()


def talk_about_bakeries(made: Any) -> None:
    made.studio.market.page_requested.emit("chat")
    page = made.studio.market_page.page
    page.apps.choose(made.studio.market.data.installs[0].app_id, True)
    page.input.setPlainText("Find forty bakeries in Berlin that sell online")
    page.send_or_stop()
    wait_for(lambda: not page.talk.is_talking)
    wait_for(lambda: page.threads.count() == 1)


if __name__ == "__main__":
    main()
