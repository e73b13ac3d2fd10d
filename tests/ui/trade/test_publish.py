"""Publishing a theme in the window: what stops it, what an update shows, cancelling, and lost answers."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from office_studio.core.officex.money import MICRO
from office_studio.paths import bundled_themes_dir
from office_studio.services.officex.environments import STAGING
from office_studio.services.officex.http import Account
from office_studio.services.officex.listing import problems_of, theme_facts
from office_studio.services.officex.publish import Step
from office_studio.ui.trade.market_session import AccountChoice
from office_studio.ui.trade.publish import publish_previews
from office_studio.ui.trade.publish.publish_page import PublishPage
from office_studio.ui.trade.publish.publish_pictures import NAMES
from tests.ui.trade.conftest import Bazaar


@pytest.fixture
def theme(tmp_path: Path) -> Path:
    """A theme of one's own that may be changed."""
    folder = tmp_path / "my-loft"
    shutil.copytree(bundled_themes_dir() / "pixel-loft", folder)
    _change(folder, id="my-loft", name="My Loft", tagline="A loft like no other")
    return folder


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Previews that lie there already: drawing them is what ``test_theme_sale`` does."""
    from PIL import Image

    kept = tmp_path / "previews"
    kept.mkdir()
    for number, name in enumerate((*NAMES, "icon")):
        Image.new("RGB", (64, 36), (40 * number, 90, 120)).save(publish_previews._file(kept, name))
    monkeypatch.setattr(publish_previews, "_folder_of", lambda _source, is_fresh: kept)


def _change(folder: Path, **changes: object) -> None:
    path = folder / "theme.json"
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | changes), "utf-8")


def _page(bazaar: Bazaar, theme: Path) -> PublishPage:
    market = bazaar.market
    if market.choice is None or market.choice.role != "vendor":
        market.switch(next(choice for choice in market.choices if choice.role == "vendor"))
        bazaar.wait(lambda: market.data is not None)
    page = bazaar.page("publish")
    assert isinstance(page, PublishPage)
    page.add(theme)
    bazaar.wait(lambda: page.model.index_of(theme).isValid())
    page.choose(theme)
    bazaar.wait(lambda: page.form.facts is not None and page.report is not None and not page.previews.is_drawing)
    return page


def _publish(bazaar: Bazaar, page: PublishPage) -> None:
    page.open_sheet()
    assert page.sheet is not None
    done = []
    page.sheet.closed.connect(lambda: done.append(1))
    bazaar.qtbot.mouseClick(page.sheet.primary, Qt.MouseButton.LeftButton)
    bazaar.wait(lambda: done)
    bazaar.wait(lambda: page.offer is not None)


@pytest.mark.usefixtures("drawn")
def test_limits_count_while_writing_and_an_update_shows_what_changes(bazaar: Bazaar, theme: Path) -> None:
    page = _page(bazaar, theme)
    form = page.form
    assert form.fields["subtitle"] == "A loft like no other"
    assert form.fields_of["name"].counter.text() == "7 / 50"
    form.fields_of["name"].set_value("ab")
    assert not page.publish.isEnabled()
    form.fields_of["name"].set_value("My Loft")
    for wrong in ("-1", "1.0000001", "1e309", "NaN", "twelve", ""):
        form.price.setText(wrong)
        assert not page.publish.isEnabled(), wrong
    form.price.setText("0")
    assert form.fields["price_type"] == "FREE"
    form.price.setText("7.5")
    assert form.lines.text() == "7.5 credits: full theme, all updates of version 1"
    assert "You are paid ≈ $0.075" in form.price_words.accessibleName()
    assert page.publish.isEnabled()
    _publish(bazaar, page)
    offer = page.offer
    assert offer is not None
    assert (offer.price, offer.version, offer.job_id) == (7_500_000, "1.0.0", "theme-my-loft-1")
    first = bazaar.ask("vendor", lambda client: client.my_app(offer.app_id))

    # The same again would change nothing; a new version and other words do.
    bazaar.wait(lambda: page.app is not None and page.publish.text().strip() == "Update…")
    assert page.changes() == ()
    _change(theme, description="Now with a roof.")
    page.open_sheet()
    sheet = page.sheet
    assert sheet is not None
    bazaar.qtbot.mouseClick(sheet.primary, Qt.MouseButton.LeftButton)
    bazaar.wait(lambda: "other files" in sheet.problem.accessibleName())
    assert sheet.primary.text() == "Publish it all the same"
    bazaar.qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    _change(theme, version="1.1.0")
    page.read_again()
    bazaar.wait(lambda: page.facts is not None and page.facts.version == "1.1.0" and page.report is not None)
    bazaar.wait(lambda: not page.why_not())
    page.form.fields_of["description"].set_value("Now with a roof.")
    assert {change.field for change in page.changes()} == {"description", "documentation"}
    _publish_update(bazaar, page)
    bazaar.wait(lambda: page.offer is not None and page.offer.version == "1.1.0")
    second = bazaar.ask("vendor", lambda client: client.my_app(offer.app_id))
    assert second.text("description") == "Now with a roof."
    assert second.texts("preview_images") == first.texts("preview_images")  # the same pictures are not sent again
    assert len(bazaar.ask("vendor", lambda client: client.my_apps())) == 5

    # Pictures that lie elsewhere are asked for only when somebody wants to see them.
    elsewhere = {"preview_images": ["https://cdn.example.org/a.jpg"]}
    bazaar.ask("vendor", lambda client: client.change_app(offer.app_id, elsewhere))
    bazaar.again()
    catalog = bazaar.page("catalog")
    catalog.choose(offer.app_id)
    strip = catalog.details.pictures
    bazaar.wait(lambda: strip.ask.text().strip() == "Show 1 picture from cdn.example.org")
    assert strip.shown == 0

    # An app that is gone is not sold any more.
    bazaar.ask("vendor", lambda client: client.delete_app(offer.app_id))
    page = bazaar.page("publish")
    bazaar.wait(lambda: page.offer is None and page.publish.text().strip() == "Publish…")


def _publish_update(bazaar: Bazaar, page: PublishPage) -> None:
    page.open_sheet()
    assert page.sheet is not None
    assert page.sheet.diff is not None
    assert page.sheet.primary.text() == "Publish 2 changes"
    bazaar.qtbot.mouseClick(page.sheet.primary, Qt.MouseButton.LeftButton)


@pytest.mark.usefixtures("drawn")
def test_errors_and_addresses_that_nobody_reaches_are_not_for_sale(bazaar: Bazaar, theme: Path) -> None:
    facts = theme_facts(json.loads((theme / "theme.json").read_text("utf-8")))
    _change(theme, zones=[])
    page = _page(bazaar, theme)
    assert not page.publish.isEnabled()
    assert "cannot be sold" in page.verdict.accessibleName()
    assert page.publish.toolTip() == "Mend its errors first"
    bazaar.qtbot.mouseClick(page.problems, Qt.MouseButton.LeftButton)
    assert bazaar.studio.window.workspace == "make"

    # Outside the sandbox nobody reaches this computer.
    fields = page.form.fields | {"webhook_url": "http://127.0.0.1:9/hook", "iframe_url": None}
    assert "cannot reach this computer" in problems_of(fields, STAGING)["webhook_url"]
    bazaar.market.switch(AccountChoice(STAGING, Account("u", "k" * 40), "me@example.org"))
    assert page.form.webhook.isVisibleTo(page.form)
    page.form.fill(facts, 12 * MICRO, None)
    page.form.webhook.set_value("http://localhost:8000/hook")
    assert "cannot reach this computer" in page.form.why_not()
    page.form.webhook.set_value("https://shop.example.org/hook")
    assert page.form.why_not() == ""


@pytest.mark.usefixtures("drawn")
def test_what_breaks_off_lists_nothing_and_what_was_lost_is_found(bazaar: Bazaar, theme: Path) -> None:
    page = _page(bazaar, theme)
    apps = lambda: bazaar.ask("vendor", lambda client: client.my_apps())  # noqa: E731

    # OfficeX takes no picture.
    _fault(bazaar, "POST /uploads/presign", "error")
    page.open_sheet()
    sheet = page.sheet
    assert sheet is not None
    bazaar.qtbot.mouseClick(sheet.primary, Qt.MouseButton.LeftButton)
    bazaar.wait(lambda: sheet.problem.accessibleName())
    assert sheet.primary.text() == "Try again"
    assert (page.offer, len(apps())) == (None, 4)

    # The user thinks better of it while the pictures are on their way.
    _fault(bazaar, "POST /uploads/presign", "delay", delay_s=4)
    done = []
    sheet.closed.connect(lambda: done.append(1))
    bazaar.qtbot.mouseClick(sheet.primary, Qt.MouseButton.LeftButton)
    bazaar.wait(lambda: sheet.steps[Step.PICTURES].state == 0)
    bazaar.qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    assert done
    assert (page.offer, len(apps())) == (None, 4)

    # The app comes into being, and its answer is lost: no second one is listed.
    _fault(bazaar, "POST /register-app", "drop_after")
    _publish(bazaar, page)
    assert [app.name for app in apps()].count("My Loft") == 1
    assert page.offer is not None
    assert page.offer.app_id == apps()[-1].app_id
    assert len(apps()[-1].texts("preview_images")) == 4


def _fault(bazaar: Bazaar, route: str, kind: str, delay_s: float = 0) -> None:
    import httpx

    sandbox = bazaar.market.sandbox
    assert sandbox is not None
    fault = {"route": route, "kind": kind, "calls": 1, "delay_s": delay_s}
    headers = {"x-sandbox-token": sandbox.control_token}
    answer = httpx.post(f"{sandbox.root}/__sandbox/faults", json=fault, headers=headers, verify=False)
    assert answer.is_success, answer.text
