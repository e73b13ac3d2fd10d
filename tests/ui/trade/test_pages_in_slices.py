"""Pages of Market are made while the window goes on; nobody sees half of one."""

from __future__ import annotations

import json
import subprocess
import sys

from PySide6.QtCore import QTimer

from office_studio.ui.trade.pages import pages
from tests.ui.trade.conftest import Bazaar

_MOST_AT_ONCE = 3  # modules of ours that one step may bring
_COUNT = """
import json, sys
import office_studio.ui.studio, office_studio.ui.trade.market_page, office_studio.ui.trade.nav_panel
import office_studio.ui.trade.spending.spend_overlay
from office_studio.ui.trade.pages import pages
ours = lambda: {name for name in sys.modules if name.startswith("office_studio.")}
found = []
for page in pages():
    before = ours()
    for name, _ in zip(page.needs, page.reading(), strict=True):
        found.append((page.id, name, sorted(ours() - before)))
        before = ours()
print(json.dumps(found))
"""


def _top(bazaar: Bazaar) -> object:
    return bazaar.middle._stack.currentWidget()


def test_a_page_is_shown_once_it_is_whole(bazaar: Bazaar) -> None:
    bazaar.page("wallet")
    wallet, turns = _top(bazaar), []
    watch = QTimer(bazaar.studio, interval=0)
    watch.timeout.connect(lambda: turns.append(_top(bazaar)))
    watch.start()
    bazaar.market.page_requested.emit("vendor")
    assert _top(bazaar) is wallet
    bazaar.wait(lambda: _top(bazaar) is not wallet)
    watch.stop()
    desk = bazaar.page("vendor")
    assert _top(bazaar) is desk
    assert desk.sides.count() == 5
    assert turns.count(wallet) > 2, "the event loop came round while the page was made"

    bazaar.market.page_requested.emit("publish")
    page = bazaar.middle.page  # whoever asks for it does not wait
    assert page is not None
    assert page is _top(bazaar)
    assert page.isVisible()
    assert set(page.form.fields_of) == {"name", "subtitle", "description", "developer", "tags"}

    bazaar.market.page_requested.emit("lab")
    bazaar.market.page_requested.emit("inbox")  # chosen while the other is made
    bazaar.wait(lambda: {"lab", "inbox"} <= set(bazaar.middle._made))
    assert _top(bazaar) is bazaar.middle._made["inbox"]


def test_another_account_makes_the_page_anew(bazaar: Bazaar) -> None:
    bazaar.market.page_requested.emit("vendor")
    bazaar.wait(lambda: "vendor" in bazaar.middle._half_made)
    half = bazaar.middle._half_made["vendor"]
    bazaar.market.switch(next(one for one in bazaar.market.choices if one.role == "vendor"))
    bazaar.wait(lambda: "vendor" in bazaar.middle._made)
    desk = bazaar.page("vendor")
    assert desk is not half
    bazaar.wait(lambda: desk.vendor.data is not None)
    assert desk.vendor.data.desks, "it shows what this account sells"


def test_each_step_of_reading_brings_few_modules() -> None:
    made = subprocess.run([sys.executable, "-c", _COUNT], capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr
    found = json.loads(made.stdout)
    assert {page for page, *_ in found} == {page.id for page in pages()}
    too_many = [(page, name, new) for page, name, new in found if len(new) > _MOST_AT_ONCE]
    assert not too_many
