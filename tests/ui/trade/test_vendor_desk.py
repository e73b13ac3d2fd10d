"""My apps in the real window: registering, editing with Undo, refusals at their field, drafts, deleting."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from office_studio.app import Application
from office_studio.core.officex.money import MICRO
from office_studio.ui.trade.vendor.app_form_fields import LineField, TextField
from office_studio.ui.trade.vendor.app_sheet import AppSheet
from office_studio.ui.trade.vendor.vendor_delete import DeleteSheet
from office_studio.ui.trade.vendor.vendor_list import money_words, price_summary, state_words
from office_studio.ui.trade.vendor.vendor_memory import NEW
from office_studio.ui.trade.vendor.vendor_page import LISTING, WALLET
from tests.ui.trade.vendor_window import VendorWindow, open_window


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("vendor-home")


@pytest.fixture(scope="module")
def opened(qapp: QApplication, home: Path) -> Iterator[Application]:
    with open_window(qapp, home) as made:
        yield made


@pytest.fixture
def shop(qtbot: QtBot, opened: Application, home: Path) -> Iterator[VendorWindow]:
    found = VendorWindow(qtbot, opened, home)
    yield found
    sheet = found.desk.sheet
    if isinstance(sheet, AppSheet) and not sheet._is_closed:
        sheet.discard()
    found.tidy_up()


def _line(sheet: AppSheet, field: str) -> LineField:
    found = sheet.form.fields[field]
    assert isinstance(found, LineField)
    return found


def _text(sheet: AppSheet, field: str) -> TextField:
    found = sheet.form.fields[field]
    assert isinstance(found, TextField)
    return found


def test_my_apps_are_listed_with_state_price_and_money(shop: VendorWindow) -> None:
    rows = shop.desk.model.rows
    told = [(one.app.name, state_words(one)[0], price_summary(one), money_words(one)) for one in rows]
    assert ("Lead Finder", "In the catalog", "Pay per use, 0.25 credits", "0 installs · 0.00 earned") in told
    assert ("Film Desk", "In the catalog", "Pay per use, from 0.02 credits", "0 installs · 0.00 earned") in told
    assert [one.app.name for one in rows][:2] == ["Daily Digest", "Film Desk"]


def test_registering_by_keyboard_checks_each_field_while_it_is_typed(shop: VendorWindow) -> None:
    qtbot = shop.qtbot
    qtbot.keyClick(shop.desk.view, Qt.Key.Key_Insert)
    sheet = shop.sheet
    name = _line(sheet, "name")
    assert QApplication.focusWidget() is name.line
    assert sheet.primary.toolTip().startswith("Name: The app needs a name")
    assert name.message.isHidden() or not name.message.accessibleName().strip()  # nobody has typed anything yet
    qtbot.keyClicks(name.line, "ab")
    assert name.message.accessibleName() == "A name has at least 3 characters; this one has 2."
    assert name.counter.text() == "2 / 50"
    assert not sheet.primary.isEnabled()
    qtbot.keyClicks(name.line, "acus")
    assert name.message.accessibleName().strip() == ""
    assert sheet.primary.isEnabled()
    qtbot.keyClick(name.line, Qt.Key.Key_Return)  # Enter in a field publishes nothing
    assert sheet.primary.text() == "Register"
    hook = _line(sheet, "webhook_url")
    qtbot.keyClicks(hook.line, "http://example.org/h")
    assert hook.message.accessibleName() == "It has to begin with https://."
    assert sheet.primary.toolTip() == "Webhook address: It has to begin with https://."
    hook.line.setText("http://127.0.0.1:9/h")
    assert sheet.primary.isEnabled()
    prompt = _text(sheet, "context_prompt")
    prompt.text.setPlainText("x" * 5001)
    assert (prompt.counter.text(), sheet.primary.isEnabled()) == ("5,001 / 5,000", False)
    assert prompt.text.property("invalid") == "true"
    prompt.text.setPlainText("Use it to count beads.")
    sheet.form.prices.rows.add.click()
    row = sheet.form.prices.rows.rows[0]
    qtbot.keyClicks(row.amount, "0.07")
    qtbot.keyClicks(row.words, "a bead")
    qtbot.keyClicks(row.cost, "0.001")
    assert row.told.accessibleName().startswith("Each charge is a loss of ≈ $0.0003.")
    row.lift.click()
    assert row.amount.text() == "0.1"
    assert not row.is_loss
    qtbot.keyClick(prompt.text, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    shop.wait(lambda: shop.desk.desk is not None and shop.desk.desk.app.name == "abacus")
    made = shop.desk.desk
    assert made is not None
    listing = shop.listing(made.app_id)
    assert listing["pricing_lines"] == ["0.1 credits: a bead"]
    assert listing["context_prompt"] == "Use it to count beads."
    assert listing["webhook_url"] == "http://127.0.0.1:9/h"
    assert "subtitle" not in listing
    assert shop.vendor.costs(made.app_id) == {"0.1 credits: a bead": "0.001"}
    assert shop.vendor.memory.draft(shop.vendor.where, NEW) is None
    assert shop.desk.tabs.currentIndex() == LISTING


def test_editing_sends_only_what_changed_and_undo_puts_it_back(shop: VendorWindow) -> None:
    tags = ["one", "two"]
    app_id = shop.app("Edit Me", subtitle="Before", tags=tags, documentation="Docs", price_type="FREE")
    shop.qtbot.keyClick(shop.desk.view, Qt.Key.Key_F2)
    sheet = shop.sheet
    assert sheet.primary.toolTip() == "Nothing is changed"
    _line(sheet, "subtitle").line.setText("After")
    _text(sheet, "documentation").text.setPlainText("")
    assert sheet.form.changes == {"subtitle": "After", "documentation": None}
    assert sheet.primary.text() == "Save 2 changes"
    # Somebody else changes another field meanwhile: it is neither sent nor undone.
    shop.ask("vendor", lambda client: client.change_app(app_id, {"category": "Other"}))
    sheet.primary.click()
    shop.wait(lambda: shop.listing(app_id).get("subtitle") == "After")
    shop.wait(lambda: sheet._is_closed)
    assert "documentation" not in shop.listing(app_id)
    toast = next(one for one in shop.middle.toasts.toasts if "Edit Me is saved" in one.accessibleName())
    undo = next(one for one in toast.findChildren(type(shop.desk.edit)) if one.text() == "Undo")
    undo.click()
    shop.wait(lambda: shop.listing(app_id).get("subtitle") == "Before")
    listing = shop.listing(app_id)
    assert (listing["documentation"], listing["category"], listing["tags"]) == ("Docs", "Other", tags)


def test_deleting_says_who_loses_what_and_keeps_the_wallet(shop: VendorWindow) -> None:
    app_id = shop.app("Short Lived", subtitle="Gone soon")
    key = shop.install_app(app_id)

    async def charge(till: object) -> None:
        await till.reserve(3 * MICRO, "a")  # type: ignore[attr-defined]
        await till.settle("RESV#a", 2 * MICRO, final=True)  # type: ignore[attr-defined]
        await till.reserve(MICRO, "b")  # type: ignore[attr-defined]

    shop.till(key, charge)
    shop.read()
    shop.desk.view.setFocus()
    shop.qtbot.keyClick(shop.desk.view, Qt.Key.Key_Delete)
    ask = shop.desk.sheet
    assert isinstance(ask, DeleteSheet)
    words = " ".join(one.accessibleName() for one in ask.findChildren(type(ask.problem)))
    for part in ("1 user can no longer be charged", "Its open jobs give 1 credit back", "Its wallet keeps 2 credits"):
        assert part in words
    assert ask.cancel_button.hasFocus()  # Enter deletes nothing by itself
    ask.primary.click()
    shop.wait(lambda: shop.desk.desk is not None and shop.desk.desk.is_deleted)
    desk = shop.desk.desk
    assert desk is not None
    assert (desk.app_id, desk.balance.available) == (app_id, 2 * MICRO)
    assert shop.desk.tabs.currentIndex() == WALLET
    assert not shop.desk.tabs.isTabEnabled(LISTING)
    assert shop.desk.wallet.request.isEnabled()
    toast = next(one for one in shop.middle.toasts.toasts if "Short Lived is deleted" in one.accessibleName())
    next(one for one in toast.findChildren(type(shop.desk.edit)) if one.text() == "List it again…").click()
    again = shop.studio.window.findChildren(AppSheet)[-1]
    assert again.app is None
    assert again.form.values()["subtitle"] == "Gone soon"
    again.discard()


def test_a_wallet_that_went_with_an_earlier_sandbox_is_forgotten(shop: VendorWindow) -> None:
    vendor = shop.vendor
    vendor.memory.note_closed(vendor.where, "gone", "Gone", "no-such-wallet")
    shop.read()
    assert vendor.error is None
    assert vendor.data.desk("gone") is None
    assert "gone" not in vendor.memory.closed(vendor.where)


def test_the_menu_leads_to_the_form_even_before_the_apps_are_read(shop: VendorWindow) -> None:
    shop.page("wallet")
    shop.market.switch(next(one for one in shop.market.choices if one.role == "vendor"))
    assert shop.vendor.data is None
    shop.desk.sheet = None
    shop.studio.actions.run("market.register_app")
    shop.wait(lambda: shop.desk.sheet is not None)
    assert shop.sheet.app is None
    shop.sheet.discard()


def test_somebody_without_apps_is_told_what_to_do(shop: VendorWindow) -> None:
    shop.market.switch(next(one for one in shop.market.choices if one.role == "consumer"))
    shop.wait(lambda: shop.vendor.data is not None)
    assert shop.desk.empty.isVisible()
    assert not shop.desk.register_app.isVisible()
    button = shop.desk.empty.actions.itemAt(1).widget()
    assert button is not None
    shop.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    sheet = shop.sheet
    assert sheet.app is None
    sheet.discard()


def test_a_server_that_is_away_leaves_what_is_shown_with_its_age(shop: VendorWindow) -> None:
    shop.choose(shop.desk.model.rows[0].app_id)
    before = time.time()
    shop.control("faults", route="GET /users/me/apps", kind="not_json", calls=3)
    shop.vendor.refresh()
    shop.wait(lambda: shop.vendor.error is not None)
    assert "not reached since" in shop.desk.state.text()
    assert shop.desk.model.rows
    shop.wait(lambda: not shop.vendor._is_reading)
    shop.vendor.refresh()
    shop.wait(lambda: shop.vendor.error is None)
    assert time.time() - before < 60
