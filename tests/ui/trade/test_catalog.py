"""The catalog and the guarded install."""

from __future__ import annotations

import time

import pytest
from PySide6.QtCore import Qt

from office_studio.core.officex.limits import NEVER
from office_studio.core.officex.money import MICRO
from office_studio.services.officex.errors import OfficeXError
from office_studio.services.officex.http import InstallKey
from office_studio.ui.trade.installs.catalog_page import CatalogPage
from office_studio.ui.trade.installs.install_sheets import InstallSheet
from tests.ui.trade.conftest import Bazaar


def _opened(bazaar: Bazaar, name: str) -> tuple[CatalogPage, InstallSheet]:
    page = bazaar.page("catalog")
    assert isinstance(page, CatalogPage)
    page.search.setText(name)
    assert [app.name for app in page.model.rows] == [name]
    bazaar.qtbot.mouseClick(page.details.install, Qt.MouseButton.LeftButton)
    assert page.sheet is not None
    return page, page.sheet


def test_an_install_is_capped_before_it_can_charge(bazaar: Bazaar) -> None:
    page, sheet = _opened(bazaar, "Lead Finder")
    assert sheet.primary.text() == "Install, up to 25 credits"
    assert "At worst it takes 25 credits in all (≈ $0.75)" in sheet.form.worst.accessibleName()
    assert "midnight" in sheet.form.windows.accessibleName()
    sheet.form.cap.setText("-3")
    assert not sheet.primary.isEnabled()
    sheet.form.no_cap.setChecked(True)
    assert "everything" in sheet.form.worst.accessibleName()
    assert not sheet.primary.isEnabled()
    sheet.agree.setChecked(True)
    assert sheet.primary.isEnabled()
    sheet.form.no_cap.setChecked(False)
    sheet.form.cap.setText("3")
    sheet.form.counts["max_per_day"].setValue(7)
    assert sheet.primary.text() == "Install, up to 3 credits"
    sheet.primary.click()
    bazaar.wait(lambda: bazaar.market.data is not None and bazaar.market.data.installs)
    data = bazaar.market.data
    assert data is not None
    (install,) = data.installs
    assert (install.limits.lifetime_micro, install.limits.max_per_day) == (3 * MICRO, 7)
    assert install.limits.allowed_until == pytest.approx(time.time() + 30 * 86_400, abs=120)
    key = bazaar.market.book.install_key("sandbox", install.install_id)
    assert isinstance(key, InstallKey)
    with pytest.raises(OfficeXError, match="cap"):
        bazaar.till(key, lambda till: till.reserve(3 * MICRO + 1, "too-much"))
    bazaar.till(key, lambda till: till.reserve(3 * MICRO, "just-right"))
    assert page.details.install.text() == "Show install"


def test_free_apps_are_capped_at_nothing_and_bought_ones_at_their_price(bazaar: Bazaar) -> None:
    page, sheet = _opened(bazaar, "Daily Digest")
    assert sheet.form.permission.cap == 0
    assert "cannot charge anything" in sheet.form.worst.accessibleName()
    bazaar.qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    shop = next(app for app in bazaar.market.data.apps.values() if app.text("price_type") == "ONE_TIME")  # type: ignore[union-attr]
    page.search.setText(shop.name)
    page.install()
    assert page.sheet is not None
    assert page.sheet.form.permission.cap == 12 * MICRO
    assert page.sheet.form.permission.cap != NEVER
    page.search.setText("no app has this name")
    assert page._stack.currentWidget() is page.nothing_fits


def test_the_catalog_is_asked_by_keyboard(bazaar: Bazaar) -> None:
    page = bazaar.page("catalog")
    page.view.setFocus()
    first = page.view.app()
    bazaar.qtbot.keyClick(page.view, Qt.Key.Key_Down)
    assert page.view.app() != first
    assert page.details.app == page.view.app()
    bazaar.qtbot.keyClick(page.view, Qt.Key.Key_Return)
    assert page.sheet is not None
    assert page.sheet.isVisible()
