#!/usr/bin/env python3
"""Takes the pictures of the vendor desk anew: the real window on its own sandbox, after two weeks of made-up trade.

    .venv/bin/python packaging/vendor_pictures.py            about a minute; needs no display

Look at every picture before you commit it.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).resolve().parents[1])]

from market_pictures import AGENTS, MICRO, SIZES, looks, save, trade, wait_for  # noqa: E402  from beside this file

LOSING = [
    ["0.07", "one lead with its sources", "0.001"],
    ["2", "a list of forty leads", "0.012"],
    ["", "Free: three", ""],
]
DRAFT = {
    "name": "Bakery Atlas of the whole wide world and all its islands",
    "subtitle": "Finds bakeries that sell online",
    "category": "Research",
    "tags": "bakeries, maps",
    "webhook_url": "http://example.org/hook",
}


def main() -> None:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory(prefix="office-studio-pictures-") as home:
        os.environ |= {"OFFICE_STUDIO_HOME": home, "HOME": home, "USERPROFILE": home}
        os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"
        take_pictures()


def take_pictures() -> None:
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
    window.show_workspace("market")
    wait_for(lambda: market.data is not None)
    assert made.runner is not None
    made.runner.submit(trade(market, {name: name.lower() for name in AGENTS})).result(120)
    market.switch(next(one for one in market.choices if one.role == "vendor"))
    market.page_requested.emit("vendor")
    page = made.studio.market_page.page
    wait_for(lambda: page.vendor.data is not None)
    begin_an_atlas(made, page)
    choose(page, "Lead Finder")
    ask_for_payouts(made, page)
    for mode, (width, _height) in looks(app, window):
        take_sides(page, window, f"{mode}-{width}")
        take_form(page, window, f"{mode}-{width}")
    window.close()
    made.close()


def choose(page: Any, name: str) -> None:
    page.choose(next(one.app_id for one in page.vendor.data.desks if one.app.name == name))
    wait_for(lambda: page.desk is not None and page.desk.app.name == name and bool(page.desk.entries))


def take_sides(page: Any, window: Any, ending: str) -> None:
    from PySide6.QtTest import QTest

    from office_studio.ui.trade.vendor.vendor_page import INBOX, LISTING, PRICES, WALLET

    for at, name in ((WALLET, "wallet"), (INBOX, "inbox"), (PRICES, "prices")):
        page.show_side(at)
        if at == PRICES:
            page.prices.rows.set_raw(LOSING)
        QTest.qWait(300)
        save(window, f"vendor-{name}-{ending}")
    page.prices.take_back()
    for toast in list(window.findChildren(object)):
        if type(toast).__name__ == "Toast":
            toast.dismiss()
    page.show_side(LISTING)
    atlas = next(one.app_id for one in page.vendor.data.desks if one.app.name == "Bakery Atlas")
    page.choose(atlas)
    QTest.qWait(300)
    save(window, f"vendor-listing-{ending}")
    choose(page, "Lead Finder")


def take_form(page: Any, window: Any, ending: str) -> None:
    from PySide6.QtTest import QTest

    page.open_register()
    for name, typed in DRAFT.items():
        page.sheet.form.fields[name].set_raw(typed)
    page.sheet.form.prices.rows.set_raw(LOSING)
    QTest.qWait(500)
    save(window, f"vendor-form-{ending}")
    page.sheet.discard()


def begin_an_atlas(made: Any, page: Any) -> None:
    """An app whose listing says little yet."""
    fields = {"name": "Bakery Atlas", "subtitle": "Finds bakeries that sell online", "price_type": "PAY_PER_USE"}
    ask(made, lambda client: client.register_app(fields))
    page.vendor.refresh()
    wait_for(lambda: any(one.app.name == "Bakery Atlas" for one in page.vendor.data.desks))


def ask_for_payouts(made: Any, page: Any) -> None:
    """Three of them: one arrived, one was refused by its account, one waits."""
    import httpx

    from office_studio.services.officex import local as officex_local

    note, wallet_id = officex_local.read(), page.desk.balance.wallet_id
    assert note is not None
    for credits, account in ((2, "acct_1Nv0FGQ9"), (1, "acct_fail_77"), (3, "acct_1Nv0FGQ9")):
        target = {"type": "stripe", "account_id": account}
        payout = ask(made, lambda client, n=credits, to=target: client.payout(wallet_id, n * MICRO, to, f"key-{n}"))
        if credits < 3:
            url, headers = (
                f"{note.root}/v1/admin/payouts/{payout}/approve",
                {"x-officex-admin-secret": note.admin_secret},
            )
            httpx.post(url, json={}, headers=headers, trust_env=False)
    page.vendor.refresh()
    wait_for(lambda: len(page.desk.payouts) == 3)


def ask(made: Any, act: Callable[[Any], Any]) -> Any:
    """As the vendor, beside the window."""
    from office_studio.services.officex.client import OfficeXClient

    market = made.studio.market

    async def run() -> Any:
        async with OfficeXClient(market.environment, market.account) as client:
            return await act(client)

    return made.runner.submit(run()).result(20)


if __name__ == "__main__":
    main()
