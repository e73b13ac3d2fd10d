#!/usr/bin/env python3
"""Takes the pictures of Market anew: the real window with the demo office, its own sandbox, two weeks of made-up trade.

    .venv/bin/python packaging/market_pictures.py            about a minute; needs no display

Look at every picture before you commit it.
"""

from __future__ import annotations

import asyncio
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "resources" / "screenshots"
SIZES = ((1280, 720), (1920, 1080))
PAGES = ("wallet", "catalog", "installs", "inbox", "chat")
MICRO, DAY_S = 1_000_000, 86_400
AGENTS = ("Sana", "Otto", "Lumi")  # of the demo office, whom the apps work for


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
    from office_studio.ui.theming import STYLE_ARGUMENTS, STYLE_CHOSEN

    app = QApplication([sys.argv[0], *STYLE_ARGUMENTS])
    app.setProperty(STYLE_CHOSEN, True)
    made = Application(app)
    window, market = made.studio.window, made.studio.market
    window.resize(*SIZES[0])
    window.show()
    made.start()
    people = open_demo(made)
    window.show_workspace("market")
    wait_for(lambda: market.data is not None)
    assert made.runner is not None
    made.runner.submit(trade(market, people)).result(120)
    before = market.data
    market.refresh()
    wait_for(lambda: market.data is not before)
    set_budgets(made, people)
    talk_about_bakeries(made)
    charge_for_bakeries(made, people)
    for mode, (width, _height) in looks(app, window):
        for name in PAGES:
            market.page_requested.emit(name)
            page = made.studio.market_page.page
            if name == "inbox":
                page.order.choose("By app")
                page.view.setCurrentIndex(page.model.index(1))
            for toast in list(made.studio.market_page.toasts.toasts):
                toast.dismiss()
            QTest.qWait(300)
            save(window, f"{name}-{mode}-{width}")
        take_more(made, f"{mode}-{width}")
    run_the_lab(made)  # last, for it fills ledger and chart
    for mode, (width, _height) in looks(app, window):
        save(window, f"lab-{mode}-{width}")
    window.close()
    made.close()


def open_demo(made: Any) -> dict[str, str]:
    """Ids of ``AGENTS`` in the demo office, by name."""
    from office_studio.ui.connect.office_ref import DEMO

    store = made.studio.store
    made.studio.open_office(DEMO)
    wait_for(lambda: len(store.live_agents) >= 12)
    found = {store.name(agent_id): agent_id for agent_id in store.live_agents}
    return {name: found[name] for name in AGENTS}


def looks(app: Any, window: Any) -> Iterator[tuple[str, tuple[int, int]]]:
    """The window in every look, one after the other."""
    from PySide6.QtTest import QTest

    from office_studio.ui.theming import theme

    for mode in ("dark", "light"):
        theme().prefer(app, mode)
        for size in SIZES:
            window.resize(*size)
            QTest.qWait(300)
            yield mode, size


def save(window: Any, name: str) -> None:
    path = OUT / f"market-{name}.png"
    write(window, path, is_flat=not name.startswith("jars-"))
    print(path.name, path.stat().st_size)


def write(window: Any, path: Path, *, is_flat: bool = True) -> None:
    """``is_flat``: words and areas, for which 256 colours are enough and a third of the bytes."""
    from PIL import Image

    take_pointer_away(window)
    window.grab().save(str(path))
    if is_flat:
        with Image.open(path) as shot:
            small = shot.convert("RGB").quantize(256, kmeans=1, dither=Image.Dither.NONE)
        small.save(path, optimize=True)


def take_pointer_away(window: Any) -> None:
    """The pointer of a machine without one lies at 0, 0, on the menu button."""
    from PySide6.QtCore import Qt
    from PySide6.QtWidgets import QWidget

    for widget in window.findChildren(QWidget):
        widget.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, False)


def take_more(made: Any, ending: str) -> None:
    """Sheets, what stands on top when OfficeX says no, and the office with what it shows of OfficeX."""
    from PySide6.QtTest import QTest

    from office_studio.services.officex.errors import error_of
    from office_studio.ui.trade.installs.launch_sheet import LaunchSheet

    studio, market, window = made.studio, made.studio.market, made.studio.window
    market.page_requested.emit("wallet")
    wallet = studio.market_page.page
    wallet.open_budgets()
    QTest.qWait(200)
    save(window, f"budgets-{ending}")
    wallet.sheet.close_sheet()
    market.page_requested.emit("installs")
    installs = studio.market_page.page
    install = install_of(market, "Lead Finder")
    installs.choose(install.install_id)
    sheet = LaunchSheet(studio, install, "Lead Finder", lambda _url: None)
    QTest.qWait(200)
    save(window, f"launch-{ending}")
    sheet.close_sheet()
    market.page_requested.emit("wallet")
    market.error = error_of("INVALID_SECRET", 401)
    market.data_changed.emit()
    QTest.qWait(200)
    save(window, f"refused-{ending}")
    market.error = None
    market.data_changed.emit()
    films = install_of(market, "Film Desk")
    limit(market, films, films.usage.hour)  # a lamp
    window.show_workspace("watch")
    wait_for(lambda: len(studio.stage.stage.figures) >= len(AGENTS))
    QTest.qWait(1500)  # until all have gone to their seats
    save(window, f"jars-{ending}")
    window.show_workspace("market")
    limit(market, films, films.limits.max_per_hour)


def limit(market: Any, install: Any, an_hour: int) -> None:
    """Let an install charge so often in an hour, and know it."""
    done: list[object] = []
    market.run(lambda client: client.change_install(install.install_id, max_per_hour=an_hour), done.append)
    wait_for(lambda: bool(done))
    before = market.data
    market.refresh()
    wait_for(lambda: market.data is not before)


def wait_for(is_so: Callable[[], bool], seconds: float = 30) -> None:
    """``QTest.qWait`` would hold Python's lock meanwhile, and what is waited for would hardly get on."""
    from PySide6.QtCore import QEventLoop, QTimer

    until = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > until:
            raise SystemExit("The window did not get there in time.")
        loop = QEventLoop()
        QTimer.singleShot(50, loop.quit)
        loop.exec()


async def trade(market: Any, people: Mapping[str, str]) -> None:
    """Two apps charge over fourteen days, one job stays open, three letters come. ``people``: agent ids by name."""
    import httpx

    from office_studio.core.officex.money import Amount
    from office_studio.services.officex.client import OfficeXClient
    from office_studio.services.officex.http import InstallKey
    from office_studio.services.officex.till import Till

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
                    about = {"agent_id": people[chance.choice(AGENTS)]} if chance.random() < 0.8 else None
                    held = await till.reserve(amount, f"{number:04x}", about)
                    await till.settle(held, amount // 2, final=True)
        await set_clock({})
        await client.redeem("WELCOME", market.data.profile.wallet_id)
        await tills[0].reserve(4 * MICRO, "7f2c", {"agent_id": people["Sana"]})
        await tills[0].tell("a", "40 leads found", "The list waits in the app.", "https://leads.example/list/7")
        await tills[0].tell("b", "Your permission ends soon", "In 30 days I can no longer charge. Extend it to go on.")
        await tills[1].tell("c", "Nearly out of charges", "Your limit of 16 a day is nearly used up; two scenes wait.")
        for till in tills:
            await till.close()


def set_budgets(made: Any, people: Mapping[str, str]) -> None:
    """One agent uses an app and has spent too much; the app is near its budget."""
    market = made.studio.market
    apps = {market.data.app_name(one.app_id): one for one in market.data.installs}
    market.memory.bind("sandbox", apps["Lead Finder"].install_id, people["Sana"])
    app, sana, lumi = apps["Lead Finder"].app_id, people["Sana"], people["Lumi"]
    budgets = {f"app:{app}": 10, f"agent:{sana}": 5, f"agent:{lumi}": 9}
    for key, credits in budgets.items():
        market.memory.set_budget("sandbox", key, credits * MICRO)
    market.data_changed.emit()


def install_of(market: Any, name: str) -> Any:
    return next(one for one in market.data.installs if market.data.app_name(one.app_id) == name)


def charge_for_bakeries(made: Any, people: Mapping[str, str]) -> None:
    """What the conversation cost, what is held for Otto and for nobody; Lead Finder gets a page of its own."""
    from office_studio.services.officex.client import OfficeXClient
    from office_studio.services.officex.http import InstallKey
    from office_studio.services.officex.till import Till

    market = made.studio.market
    leads, films = install_of(market, "Lead Finder"), install_of(market, "Film Desk")
    tracer = made.studio.market_page.page.talk.tracer_id

    async def charge(client: Any) -> None:
        keys = [InstallKey(one.install_id, await client.rotate_secret(one.install_id)) for one in (leads, films)]
        for key in keys:
            market.book.keep_install("sandbox", key)
        async with Till(market.environment, keys[0]) as till:
            held = await till.reserve(MICRO, "bakeries", {"tracer_id": tracer, "agent_id": people["Sana"]})
            for _ in range(3):
                await asyncio.sleep(0.7)
                await till.settle(held, 150_000, final=False)
        async with Till(market.environment, keys[1]) as till:
            held = await till.reserve(MICRO, "scene-12", {"agent_id": people["Otto"], "tracer_id": tracer})
            await till.settle(held, 800_000, final=False)
            await till.reserve(MICRO // 2, "scene-13")
        async with OfficeXClient(market.environment, market.sandbox.accounts["vendor"]) as vendor:
            await vendor.change_app(leads.app_id, {"iframe_url": "https://leads.example/open"})

    done: list[object] = []
    market.run(charge, done.append)
    wait_for(lambda: bool(done))
    before = market.data
    market.refresh()
    wait_for(lambda: market.data is not before)


def run_the_lab(made: Any) -> None:
    """All five patterns."""
    from office_studio.services.officex.billing import Pattern

    market = made.studio.market
    install = install_of(market, "Lead Finder")
    done: list[object] = []
    limits = {"max_per_hour": 200, "max_per_day": 400}
    market.run(lambda client: client.change_install(install.install_id, **limits), done.append)
    wait_for(lambda: bool(done))
    market.page_requested.emit("lab")
    page = made.studio.market_page.page
    page.install.setCurrentIndex(page.install.findData(install.install_id))
    page.run_or_stop()
    wait_for(lambda: page.job.rows and not page.job.is_running)
    page.choose(Pattern.PROGRESSIVE)
    before = market.data
    market.refresh()  # what is told of the budgets comes with it
    wait_for(lambda: market.data is not before)
    for toast in list(made.studio.market_page.toasts.toasts):
        toast.dismiss()


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
