"""The form of a listing in the real window: refusals at their field, drafts that survive, lost answers, pictures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from office_studio.app import Application
from office_studio.ui.trade.vendor.app_form_fields import LineField, TextField
from office_studio.ui.trade.vendor.app_limits_field import LimitsField
from office_studio.ui.trade.vendor.app_sheet import AppSheet
from office_studio.ui.trade.vendor.vendor_memory import NEW, VendorMemory
from office_studio.ui.trade.vendor.vendor_page import LISTING
from tests.ui.trade.vendor_window import VendorWindow, open_window


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("vendor-form")


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


def test_what_the_server_refuses_stands_at_its_field(shop: VendorWindow) -> None:
    """This sandbox takes 50,000 characters of documentation; some environments take ten times that, so do we."""
    app_id = shop.app("Long Words")
    shop.desk.open_edit("documentation")
    sheet = shop.sheet
    docs = _text(sheet, "documentation")
    assert docs.text.hasFocus()
    docs.text.setPlainText("x" * 50_001)
    assert "some environments refuse that" in docs.message.accessibleName()
    assert docs.text.property("invalid") == "warning"
    assert sheet.primary.isEnabled()
    sheet.primary.click()
    shop.wait(lambda: docs.message.accessibleName().startswith("OfficeX refused it"))
    assert not sheet._is_closed
    assert sheet.primary.isEnabled()
    assert shop.vendor.memory.draft(shop.vendor.where, app_id) is not None
    docs.text.setPlainText("x" * 50_000)
    assert docs.message.accessibleName().startswith("Public")
    sheet.primary.click()
    shop.wait(lambda: len(shop.listing(app_id).get("documentation", "")) == 50_000)


def test_the_sheet_is_there_before_its_form(shop: VendorWindow) -> None:
    shop.desk.open_register()
    sheet = shop.desk.sheet
    assert isinstance(sheet, AppSheet)
    assert sheet._making.is_running
    shop.qtbot.keyClick(sheet, "L")  # typed for a field that is not there yet
    shop.qtbot.keyClicks(QApplication.focusWidget(), "eads")
    assert _line(sheet, "name").line.text() == "Leads"
    sheet.discard()
    shop.desk.open_register()
    quick = shop.desk.sheet
    assert isinstance(quick, AppSheet)
    shop.qtbot.keyClick(quick, Qt.Key.Key_Escape)
    assert quick._is_closed
    shop.desk.open_register()
    slow = shop.desk.sheet
    assert isinstance(slow, AppSheet)
    shop.wait(lambda: not slow._making.is_running)  # by itself
    assert slow.form.fields["name"].editor.hasFocus()
    assert all(field.isVisible() for field in slow.form.fields.values())
    assert [slow.form.index.item(at).text() for at in range(slow.form.index.count())][:2] == ["Basics", "Price"]


def test_esc_asks_before_it_leaves_what_is_not_saved(shop: VendorWindow) -> None:
    app_id, qtbot = shop.app("Guarded", subtitle="Old"), shop.qtbot
    shop.desk.open_edit()
    sheet = shop.sheet
    qtbot.keyClick(sheet, Qt.Key.Key_Escape)  # nothing is changed: nobody asks
    assert sheet._is_closed
    shop.desk.open_edit("subtitle")
    sheet = shop.sheet
    _line(sheet, "subtitle").line.setText("New")
    qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    guard = sheet.guard
    assert guard is not None
    qtbot.keyClick(guard, Qt.Key.Key_Escape)  # go on editing
    assert sheet.guard is None
    assert not sheet._is_closed
    sheet.cancel_button.click()
    assert sheet.guard is not None
    sheet.guard.primary.click()
    assert sheet._is_closed
    shop.desk.open_edit()
    again = shop.sheet
    assert again.banner.isVisible()
    assert again.form.changes == {"subtitle": "New"}
    qtbot.keyClick(again, Qt.Key.Key_Escape)
    assert again.guard is not None
    again.guard.discard.click()
    assert again._is_closed
    shop.desk.open_edit()
    assert shop.sheet.form.changes == {}
    assert not shop.sheet.banner.isVisible()
    assert shop.listing(app_id)["subtitle"] == "Old"


def test_a_draft_never_takes_back_what_others_changed_meanwhile(shop: VendorWindow) -> None:
    app_id = shop.app("Twice Edited", subtitle="Old", category="Old")
    shop.desk.open_edit("subtitle")
    _line(shop.sheet, "subtitle").line.setText("Mine")
    shop.sheet.keep_and_close()
    shop.ask("vendor", lambda client: client.change_app(app_id, {"category": "Theirs"}))
    shop.read()
    shop.desk.open_edit()
    sheet = shop.sheet
    assert sheet.form.changes == {"subtitle": "Mine"}
    assert _line(sheet, "category").line.text() == "Theirs"
    sheet.form.prices.rows.set_raw([["-", "", ""]])  # cannot be sent, and is still not lost in silence
    assert sheet.form.unsaved == ["subtitle", "pricing_lines"]


def test_a_thin_listing_says_what_would_help_and_goes_there(shop: VendorWindow) -> None:
    shop.app("Thin", price_type="FREE")
    shop.desk.show_side(LISTING)
    hints, kind = shop.desk.listing.hints, type(shop.desk.edit)
    shop.wait(lambda: hints.isVisible() and all(one.isVisible() for one in hints.findChildren(kind)))
    links = hints.findChildren(kind)
    assert [one.text() for one in links] == [
        "Add subtitle",
        "Add icon",
        "Add description",
        "Add documentation for agents",
        "Add suggested limits",
    ]
    shop.qtbot.mouseClick(links[-1], Qt.MouseButton.LeftButton)
    limits = shop.sheet.form.fields["suggested_rate_limits"]
    assert isinstance(limits, LimitsField)
    assert limits.counts["max_per_hour"].hasFocus()
    limits.presets.activated.emit(5)
    assert limits.value == {"max_per_hour": 5, "max_per_day": 10, "max_per_month": 20}
    limits.until.setText("tomorrow")
    assert "2027-01-31" in limits.message.accessibleName()
    assert limits.until.property("invalid") == "true"
    limits.until.setText("never")
    assert shop.sheet.form.changes == {
        "suggested_rate_limits": {"max_per_hour": 5, "max_per_day": 10, "max_per_month": 20, "expires_at": -1}
    }


def test_a_listing_of_odd_values_opens_and_is_left_alone(shop: VendorWindow) -> None:
    """Other programs write listings too, and servers may be newer than this window."""
    app_id = shop.app("Odd")
    app = shop.desk.desk.app if shop.desk.desk is not None else None
    assert app is not None
    odd = {"pricing_lines": "one", "tags": "x", "price_type": "BARTER", "icon": {"type": "smell", "content": 5},
           "suggested_rate_limits": {"max_per_hour": "many"}, "minimum_rate_limits": 7, "description": 3}  # fmt: skip
    sheet = AppSheet(shop.studio, shop.vendor, replace(app, fields={**app.fields, **odd}))
    assert sheet.form.changes == {}
    assert sheet.form.unsaved == []
    _line(sheet, "subtitle").line.setText("Mine")
    assert sheet.form.changes == {"subtitle": "Mine"}
    sheet.save()
    shop.wait(lambda: shop.listing(app_id).get("subtitle") == "Mine")
    shop.wait(lambda: sheet._is_closed)


def test_a_draft_is_on_disk_before_anything_is_closed(shop: VendorWindow) -> None:
    """A kill leaves what the file has: read it as the next start does, while this form still stands open."""
    shop.desk.open_register()
    sheet, path = shop.sheet, shop.home / "config" / "officex-vendor.json"
    _line(sheet, "name").line.setText("Half")  # all of it, however odd, comes back
    _line(sheet, "contact_email").line.setText("not yet")
    sheet.form.prices.rows.set_raw([["abc", "typed so far", "0.1"]])
    sheet.form.prices._on_changed()

    def kept() -> bool:
        if not path.exists():
            return False
        found = VendorMemory(path, lambda _work: None)
        found.load()
        draft = found.draft(shop.vendor.where, NEW)
        return draft is not None and draft["fields"]["pricing_lines"] == [["abc", "typed so far", "0.1"]]

    shop.wait(kept)
    assert sheet.kept.text().startswith("Draft kept ")
    shop.vendor.memory.load()
    sheet.close_sheet()  # as a crash: nobody is asked
    shop.desk.open_register()
    again = shop.sheet
    assert again.banner.isVisible()
    assert _line(again, "name").line.text() == "Half"
    assert _line(again, "contact_email").line.text() == "not yet"
    assert again.form.prices.rows.raw() == [["abc", "typed so far", "0.1"]]
    assert not again.primary.isEnabled()
    again.start_over()
    assert again.form.changes == {}
    assert shop.vendor.memory.draft(shop.vendor.where, NEW) is None


@pytest.mark.parametrize(("fault", "is_there"), [("drop_before", False), ("drop_after", True)])
def test_a_lost_answer_never_lists_an_app_twice(shop: VendorWindow, fault: str, is_there: bool) -> None:
    name = f"Lost {fault}"
    shop.desk.open_register()
    sheet = shop.sheet
    _line(sheet, "name").line.setText(name)
    shop.control("faults", route="POST /register-app", kind=fault, calls=1)
    sheet.save()
    if is_there:
        shop.wait(lambda: sheet._is_closed)
    else:
        shop.wait(lambda: "It is not registered" in sheet.problem.accessibleName())
        sheet.save()
        shop.wait(lambda: sheet._is_closed)
    names = [app.name for app in shop.ask("vendor", lambda client: client.my_apps())]
    assert names.count(name) == 1
    shop.wait(lambda: shop.desk.desk is not None and shop.desk.desk.app.name == name)


def test_a_picture_is_uploaded_and_stands_in_the_form(shop: VendorWindow, tmp_path: Path) -> None:
    from PySide6.QtGui import QImage

    app_id = shop.app("Pictured")
    shop.desk.open_edit()
    sheet, path = shop.sheet, tmp_path / "view.png"
    wrong = tmp_path / "view.gif"
    wrong.write_text("no picture")
    sheet.ask_path = lambda: str(wrong)
    sheet.form.upload_preview.click()
    shop.wait(lambda: "is no PNG" in sheet.problem.accessibleName())
    image = QImage(8, 8, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.darkCyan)
    assert image.save(str(path))
    sheet.ask_path = lambda: str(path)
    sheet.form.upload_preview.click()
    shop.wait(lambda: "preview_images" in sheet.form.changes)
    sheet.form.upload_icon.click()
    shop.wait(lambda: "icon" in sheet.form.changes)
    sheet.save()
    shop.wait(lambda: "preview_images" in shop.listing(app_id))
    listing = shop.listing(app_id)
    assert len(listing["preview_images"]) == 1
    assert listing["icon"]["type"] == "image"
