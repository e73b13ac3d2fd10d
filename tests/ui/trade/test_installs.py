"""Installs in the window: usage, pausing one and all, limits, credentials, secrets, uninstalling."""

from __future__ import annotations

import time

import pytest
from PySide6.QtCore import Qt

from office_studio.core.officex.limits import NEVER
from office_studio.core.officex.money import MICRO
from office_studio.services.officex.errors import InstallExpired, InvalidSecret
from office_studio.ui.action_table import BY_ID
from office_studio.ui.trade.confirm_sheet import ConfirmSheet
from office_studio.ui.trade.installs.context_sheet import ContextSheet
from office_studio.ui.trade.installs.install_sheets import LimitsSheet
from office_studio.ui.trade.installs.installs_page import InstallsPage
from office_studio.ui.trade.installs.installs_view import bar_role, bars, brief
from tests.ui.trade.conftest import Bazaar


def _page(bazaar: Bazaar) -> InstallsPage:
    found = bazaar.page("installs")
    assert isinstance(found, InstallsPage)
    return found


def test_pause_one_pause_all_and_go_on_as_before(bazaar: Bazaar) -> None:
    page, qtbot = _page(bazaar), bazaar.qtbot
    assert page.empty.isVisible()
    end = int(time.time()) + 90_000
    leads = bazaar.install("lead-finder", allowed_until=end, max_per_day=5)
    films = bazaar.install("film-desk", allowed_until=NEVER)
    for number in range(4):
        bazaar.till(leads, lambda till, n=number: till.reserve(MICRO, f"j{n}"))
    bazaar.again()
    assert [page.model.name(one) for one in page.model.rows] == ["Film Desk", "Lead Finder"]
    page.choose(leads.install_id)
    assert page.install is not None
    assert bars(page.install) == [("4 taken, no cap", 0.0), ("4 of 5 charges a day", 0.8)]
    assert [bar_role(part) for part in (0.79, 0.8, 0.999, 1.0)] == [
        "accent_fill",
        "idle_mark",
        "idle_mark",
        "blocked_mark",
    ]

    qtbot.mouseClick(page.pause, Qt.MouseButton.LeftButton)
    bazaar.wait(lambda: page.pause.text() == "Resume")
    assert page.state.text().startswith("Paused")
    with pytest.raises(InstallExpired):
        bazaar.till(leads, lambda till: till.reserve(MICRO, "no"))
    bazaar.till(leads, lambda till: till.settle("RESV#j0", MICRO, final=True))
    qtbot.mouseClick(page.panic, Qt.MouseButton.LeftButton)
    bazaar.wait(lambda: not page.panic.isEnabled())
    with pytest.raises(InstallExpired):
        bazaar.till(films, lambda till: till.reserve(MICRO, "no"))
    qtbot.mouseClick(page.resume_all, Qt.MouseButton.LeftButton)
    bazaar.wait(lambda: not page.resume_all.isVisible())
    assert {one.install_id: one.limits.allowed_until for one in page.model.rows} == {
        leads.install_id: end,
        films.install_id: NEVER,
    }


def test_limits_secret_and_uninstall(bazaar: Bazaar) -> None:
    page = _page(bazaar)
    leads = bazaar.install("lead-finder")
    bazaar.till(leads, lambda till: till.reserve(5 * MICRO, "open"))
    bazaar.again()
    page.change_limits()
    sheet = page.sheet
    assert isinstance(sheet, LimitsSheet)
    assert sheet.form.no_cap.isChecked()
    sheet.form.no_cap.setChecked(False)
    assert not sheet.primary.isEnabled()
    sheet.form.cap.setText("8")
    sheet.primary.click()
    bazaar.wait(lambda: page.install is not None and page.install.limits.lifetime_micro == 8 * MICRO)

    page.rotate_secret()
    ask = page.sheet
    assert isinstance(ask, ConfirmSheet)
    ask.primary.click()
    bazaar.wait(lambda: bazaar.market.book.install_key("sandbox", leads.install_id) is not None)
    with pytest.raises(InvalidSecret):
        bazaar.till(leads, lambda till: till.reserve(MICRO, "old"))
    new = bazaar.market.book.install_key("sandbox", leads.install_id)
    assert new is not None
    bazaar.till(new, lambda till: till.reserve(MICRO, "new"))
    bazaar.again()

    page.remove()
    assert isinstance(page.sheet, ConfirmSheet)
    assert page.sheet.primary.text() == "Uninstall Lead Finder"
    page.sheet.primary.click()
    bazaar.wait(lambda: page.empty.isVisible())
    data = bazaar.market.data
    assert data is not None
    assert (data.balance.available, data.balance.reserved) == (100 * MICRO, 0)
    assert bazaar.market.book.install_key("sandbox", leads.install_id) is None


def test_credentials_are_masked_checked_and_sent_together(bazaar: Bazaar) -> None:
    page = _page(bazaar)
    leads = bazaar.install("lead-finder")
    bazaar.ask("consumer", lambda client: client.change_context(leads.install_id, {"old": "1", "kept": "2"}))
    bazaar.again()
    page.edit_context()
    sheet = page.sheet
    assert isinstance(sheet, ContextSheet)
    assert all(row.value.echoMode() == row.value.EchoMode.Password for row in sheet.rows)
    next(row for row in sheet.rows if row.key.text() == "old").remove.click()
    sheet.add.click()
    row = sheet.rows[-1]
    row.value.setText("x" * 1001)
    row.key.setText("token")
    assert "1000" in sheet.problem.accessibleName()
    assert not sheet.primary.isEnabled()
    row.value.setText("s3cret")
    assert sheet.primary.text() == "Save 2 changes"
    sheet.revert.click()
    assert sheet.changes == {}
    next(row for row in sheet.rows if row.key.text() == "old").value.setText("9")
    sheet.primary.click()
    bazaar.wait(lambda: page.install is not None and page.install.agent_context == {"old": "9", "kept": "2"})


def test_everything_is_paused_from_the_menu(bazaar: Bazaar) -> None:
    actions = bazaar.studio.actions
    assert BY_ID["market.pause_all"].why_disabled(bazaar.studio) == "No app may charge now"
    leads = bazaar.install("lead-finder")
    bazaar.again()
    bazaar.studio.window.show_workspace("watch")
    assert BY_ID["market.pause_all"].why_disabled(bazaar.studio) == ""
    actions.run("market.pause_all")
    assert bazaar.studio.window.workspace == "market"
    bazaar.wait(lambda: not _page(bazaar).panic.isEnabled())
    with pytest.raises(InstallExpired):
        bazaar.till(leads, lambda till: till.reserve(MICRO, "no"))


@pytest.mark.parametrize(
    ("micro", "words"),
    [(0, "0"), (1, "0.000001"), (9_999, "0.009999"), (10_000, "0.01"), (13_549_999, "13.54"), (40 * MICRO, "40")],
)
def test_bars_name_credits_with_two_decimals_and_small_ones_in_full(micro: int, words: str) -> None:
    assert brief(micro) == words
