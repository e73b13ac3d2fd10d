"""A theme is sold end to end, through the window: published by one account, bought by another, proven and imported."""

from __future__ import annotations

import hashlib
import http.server
import io
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from PIL import Image, ImageStat
from PySide6.QtCore import Qt

from office_studio.core.officex.money import MICRO
from office_studio.core.validation.rule import Profile
from office_studio.paths import bundled_themes_dir, data_dir
from office_studio.services.officex.theme_offer import BOUGHT
from office_studio.services.theme_check import check_path
from office_studio.ui.trade.installs.catalog_page import CatalogPage
from office_studio.ui.trade.installs.installs_page import InstallsPage
from office_studio.ui.trade.publish.publish_page import PublishPage
from tests.ui.trade.conftest import Bazaar

THEME = "pixel-loft"


def _sign_in_as(bazaar: Bazaar, role: str) -> None:
    market = bazaar.market
    market.switch(next(choice for choice in market.choices if choice.role == role))
    bazaar.wait(lambda: market.data is not None)


def _light(picture: Path) -> float:
    with Image.open(picture) as image:
        assert (image.format, image.size) == ("JPEG", (1280, 720))
        return sum(ImageStat.Stat(image).mean)


def _publish(bazaar: Bazaar, credits: str) -> PublishPage:
    page = bazaar.page("publish")
    assert isinstance(page, PublishPage)
    source = bundled_themes_dir() / THEME
    bazaar.wait(lambda: page.model.index_of(source).isValid())
    page.choose(source)
    drawn = lambda: not page.why_not() or page.previews.error  # noqa: E731
    bazaar.qtbot.waitUntil(lambda: bool(drawn()), timeout=90_000)  # four pictures, by a program that starts first
    assert not page.why_not()
    assert "no errors" in page.verdict.accessibleName()
    light = {name: _light(page.previews.files[name]) for name in ("day", "night", "busy", "empty")}
    assert light["night"] < 0.6 * light["day"]
    assert len(set(light.values())) == 4
    page.form.price.setText(credits)
    bazaar.qtbot.mouseClick(page.publish, Qt.MouseButton.LeftButton)
    assert page.sheet is not None
    assert page.sheet.primary.text() == f"Publish for {credits} credits"
    bazaar.qtbot.mouseClick(page.sheet.primary, Qt.MouseButton.LeftButton)
    bazaar.wait(lambda: page.offer is not None)
    return page


def test_a_theme_is_published_bought_delivered_proven_and_imported(bazaar: Bazaar) -> None:
    _sign_in_as(bazaar, "vendor")
    published = _publish(bazaar, "12")
    offer = published.offer
    assert offer is not None
    app = bazaar.ask("vendor", lambda client: client.my_app(offer.app_id))
    assert app.name == "Pixel Loft"
    assert app.text("category") == "Office themes"
    assert app.text("price_type") == "ONE_TIME"
    assert app.texts("pricing_lines") == ("12 credits: full theme, all updates of version 1",)
    assert {"office-theme", "pixi"} <= set(app.texts("tags"))
    assert app.text("webhook_url") == published.host.url
    assert app.fields["suggested_rate_limits"] == {"max_per_hour": 5, "max_per_day": 10, "max_per_month": 20}
    assert len(app.texts("preview_images")) == 4
    assert app.fields["icon"]["type"] == "image"
    assert all(name in app.text("documentation") for name in ("theme_url", "theme_sha256", "license"))

    # Somebody else looks at the catalog of the same window and buys it.
    _sign_in_as(bazaar, "consumer")
    catalog = bazaar.page("catalog")
    assert isinstance(catalog, CatalogPage)
    bazaar.wait(lambda: any(row.app_id == offer.app_id for row in catalog.model.rows))
    catalog.choose(offer.app_id)
    bazaar.wait(lambda: catalog.details.pictures.shown == 4)
    bazaar.qtbot.mouseClick(catalog.details.install, Qt.MouseButton.LeftButton)
    assert catalog.sheet is not None
    assert catalog.sheet.primary.text() == "Install, up to 12 credits"
    bazaar.qtbot.mouseClick(catalog.sheet.primary, Qt.MouseButton.LeftButton)
    bazaar.wait(lambda: bazaar.market.data is not None and bazaar.market.data.install_of_app(offer.app_id))

    # The vendor sells once the install may charge, and hands the theme over by agent_context.
    log = published.host.log
    assert log is not None
    bazaar.wait(lambda: [entry.outcome for entry in log.entries()][-1:] == ["sold"])
    assert [entry.event for entry in log.entries()] == ["INSTALL", "RATE_LIMIT_CHANGE"]
    bazaar.wait(lambda: log.entries()[-1].later == "handed over by agent_context")
    bazaar.again()
    installs = bazaar.page("installs")
    assert isinstance(installs, InstallsPage)
    assert bazaar.market.data is not None
    install = bazaar.market.data.install_of_app(offer.app_id)
    assert install is not None
    installs.choose(install.install_id)
    context = install.agent_context
    assert context["theme_sha256"] == offer.sha256
    assert bazaar.market.data.balance.available == 88 * MICRO
    wallet = bazaar.ask("vendor", lambda client: client.wallet(offer.wallet_id))
    assert wallet.available == 12 * MICRO

    # Import theme: fetched, compared, checked, in the library, open in Make.
    bar = installs.purchase
    assert bar.isVisible()
    assert bar.title.text() == "Pixel Loft 1.0.0 is yours"
    bazaar.qtbot.mouseClick(bar.go, Qt.MouseButton.LeftButton)
    bazaar.wait(lambda: bar.bought is not None or bar.error)
    assert bar.error is None
    bought = bar.bought
    assert bought is not None
    assert (bought.sha256, bought.theme_id, bought.version) == (offer.sha256, THEME, "1.0.0")
    bundle = published.host.shop.bundle(offer).read_bytes()
    assert hashlib.sha256(bundle).hexdigest() == offer.sha256
    assert _files(bought.path) == _unzipped(bundle)
    assert not check_path(bought.path, Profile.SCHEMA).errors
    assert bazaar.studio.settings.now.recent_themes[0] == bought.folder
    bazaar.qtbot.mouseClick(bar.make, Qt.MouseButton.LeftButton)
    assert bazaar.studio.window.workspace == "make"
    make = bazaar.studio.make_page
    assert make is not None
    bazaar.wait(lambda: make.page is not None and make.page.document.path == bought.path)
    bazaar.studio.window.show_workspace("market")
    bazaar.qtbot.mouseClick(bar.watch, Qt.MouseButton.LeftButton)
    bazaar.wait(lambda: bazaar.studio.library.loaded is not None and bazaar.studio.library.loaded.source == bought.path)

    # The seller hands a new version over: what was imported stays as it is.
    key = bazaar.market.book.install_key("sandbox", install.install_id)
    assert key is not None
    newer = {"theme_sha256": "1" * 64, "theme_version": "1.1.0"}
    bazaar.till(key, lambda till: till.change_context(newer))
    bazaar.studio.window.show_workspace("market")
    bazaar.wait(lambda: bar.go.isVisible())
    assert (bar.title.text(), bar.go.text().strip()) == ("Version 1.1.0 is ready", "Import the update")

    # Taken away and bought again, it is handed over again and charged no second time.
    bazaar.ask("consumer", lambda client: client.uninstall(install.install_id))
    again = bazaar.install(app.slug)
    mine = bazaar.ask("consumer", lambda client: client.install_of(again.install_id))
    assert mine.agent_context["theme_sha256"] == offer.sha256
    assert log.entries()[-1].outcome == "paid before, delivered"
    assert bazaar.ask("consumer", lambda client: client.balance()).available == 88 * MICRO

    # Nothing that opens an install lies about: neither in what the shop keeps nor in a log.
    first = bazaar.market.book.install_key("sandbox", install.install_id)
    assert first is not None
    kept = b"".join(path.read_bytes() for path in data_dir().parent.rglob("*") if path.is_file())
    assert again.install_id.encode() in kept
    for secret in (first.secret, again.secret):
        assert secret.encode() not in kept
        assert secret not in repr(log.entries())


def _files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _unzipped(bundle: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        return {name: archive.read(name) for name in archive.namelist() if not name.endswith("/")}


def test_what_is_not_what_was_sold_is_refused_in_words(bazaar: Bazaar, tmp_path: Path) -> None:
    """A seller that names another hash, one that is gone, one whose theme has errors."""
    broken = tmp_path / "broken.zip"
    with zipfile.ZipFile(broken, "w") as archive:
        archive.writestr("theme.json", '{"id": "x", "name": "X", "version": "1.0.0"}')
    bundle = broken.read_bytes()
    right, wrong = hashlib.sha256(bundle).hexdigest(), "0" * 64
    with _served(tmp_path) as root:
        key = bazaar.install("loft-sons-themes")
        page = bazaar.page("installs")
        for context, title, words in (
            ({"theme_url": f"{root}/broken.zip", "theme_sha256": wrong}, "The theme was not imported", "not what was"),
            ({"theme_url": f"{root}/gone.zip"}, "The theme was not imported", "no longer has"),
            ({"theme_url": f"{root}/broken.zip", "theme_sha256": right}, "The theme was not imported", "errors"),
            ({"theme_sha256": ""}, "The theme was not imported", "no SHA-256"),
            ({"theme_url": "http://shop.example.org/x", "theme_sha256": right}, "The theme was not imported", "https"),
        ):
            bazaar.till(key, lambda till, now=context: till.change_context(now))
            bazaar.again()
            bar = page.purchase
            assert bar.error is None  # that was about another one
            failed: list[object] = []
            bar.failed.connect(failed.append)
            bazaar.qtbot.mouseClick(bar.go, Qt.MouseButton.LeftButton)
            bazaar.wait(lambda got=failed: got)
            assert bar.title.text() == title
            assert words in bar.words.accessibleName()
            assert bar.go.text().strip() == "Try again"
            assert bar.problems.isVisible() == ("errors" in words)
            if bar.problems.isVisible():
                bazaar.qtbot.mouseClick(bar.problems, Qt.MouseButton.LeftButton)
                assert bar.sheet is not None
                assert bar.sheet.list.count() == len(bar.sheet.report.findings) > 0
                bazaar.qtbot.keyClick(bar.sheet, Qt.Key.Key_Escape)
        assert bar.bought is None

        # Cancelled while the seller's server says nothing: it is offered as before.
        stuck = {"theme_url": f"{root}/stuck.zip", "theme_sha256": right}
        bazaar.till(key, lambda till: till.change_context(stuck))
        bazaar.again()
        bazaar.qtbot.mouseClick(bar.go, Qt.MouseButton.LeftButton)
        assert bar.is_running
        assert bar.stop.isVisible()
        bazaar.qtbot.mouseClick(bar.stop, Qt.MouseButton.LeftButton)
        assert not bar.is_running
        assert bar.go.text().strip() == "Import theme"
        bazaar.wait(lambda: not list((data_dir() / BOUGHT).glob("*")))
        bazaar.till(key, lambda till: till.change_context({"theme_url": None}))
        bazaar.again()
        assert bar.title.text() == "The seller is handing it over"
        assert bar._again.isActive()
        bazaar.page("catalog")
        assert not bar._again.isActive()


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    released = threading.Event()

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path.startswith("/stuck"):
                released.wait(20)
            super().do_GET()

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder))
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        released.set()
        server.shutdown()
        server.server_close()
        thread.join()
