"""Import theme: what an install's credentials offer, brought here, proven, checked, and opened."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QProgressBar

from office_studio import paths
from office_studio.core.officex.wire import AppView, InstallView
from office_studio.core.validation.report import Report
from office_studio.errors import OfficeStudioError
from office_studio.services.officex.theme_offer import BOUGHT, Bought, BoughtThemes, PurchaseStep, ThemeOffer, offer_of
from office_studio.ui import formats
from office_studio.ui.trade import market_words
from office_studio.ui.trade.market_session import MarketSession
from office_studio.ui.trade.publish.theme_problems import ProblemsSheet
from office_studio.ui.widgets.basics import ElidingLabel, Glyph, Paragraph
from office_studio.ui.widgets.layouts import button, hbox, vbox

if TYPE_CHECKING:
    from office_studio.ui.jobs import Scope
    from office_studio.ui.studio import Studio

TAG = "office-theme"  # what every theme's listing has
_ASK_AGAIN_MS, _PATIENCE_MS = 1_500, 60_000
_MAX_RECENT = 24  # as the library of Make keeps them


class PurchaseBar(QFrame):
    """Shown for an install that offers a theme, hidden for all others.

    Signals:
        imported(object): ``Bought``; it is in the library.
        failed(object): OfficeStudioError.
    """

    imported = Signal(object)
    failed = Signal(object)

    def __init__(self, studio: Studio, market: MarketSession) -> None:
        super().__init__()
        self.setProperty("level", "card")
        self._studio, self._market = studio, market
        self._scope = studio.jobs.scope()
        self._book = BoughtThemes(paths.config_dir())
        self._bought: dict[str, Bought] = {}
        self._install: InstallView | None = None
        self._app_name, self._is_theme = "", False
        self._again = QTimer(self, interval=_ASK_AGAIN_MS, singleShot=True)  # only while somebody waits and looks
        self._again.timeout.connect(market.refresh)
        self._running: _Import | None = None
        self._errors: dict[str, tuple[ThemeOffer, OfficeStudioError]] = {}  # by install
        self.sheet: ProblemsSheet | None = None
        self._build()
        market.closing.connect(self.close_bar)
        self._scope.run_blocking(self._book.all, self._on_book)
        self.hide()

    def _build(self) -> None:
        self.glyph, self.title = Glyph("palette", "accent", 20), ElidingLabel("", "strong")
        self.words = Paragraph("", "small-muted")
        self.go = button("Import theme", "primary", "download-simple")
        self.make, self.watch = button("Open in Make"), button("Show in the office")
        self.stop, self.problems = button("Cancel", "ghost"), button("Show problems", "ghost")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("Imported")
        for made, act in ((self.go, self.start), (self.make, self.open_in_make), (self.watch, self.show_in_office),
                          (self.stop, self.cancel), (self.problems, self.show_problems)):  # fmt: skip
            made.clicked.connect(act)
        self.go.setToolTip("Fetch it, compare its SHA-256, check it, and put it into your library")
        head = hbox(self.glyph, (self.title, 1), self.problems, self.stop, self.watch, self.make, self.go, spacing=8)
        self.setLayout(vbox(head, self.words, self.bar, margins=(14, 10, 12, 12), spacing=6))

    # -- what is shown -----------------------------------------------------------------------------
    @property
    def offer(self) -> ThemeOffer | None:
        return offer_of(self._install.agent_context) if self._install is not None else None

    @property
    def bought(self) -> Bought | None:
        """What was imported from this install before, whatever version."""
        return self._bought.get(self._key) if self._install is not None else None

    @property
    def error(self) -> OfficeStudioError | None:
        """Why what this install offers now was not imported."""
        offer, error = self._errors.get(self._key, (None, None))
        return error if offer == self.offer else None

    @property
    def is_running(self) -> bool:
        return self._running is not None

    @property
    def _key(self) -> str:
        place, install = self._market.environment, self._install
        return f"{place.name}/{install.install_id}" if place is not None and install is not None else ""

    def show_install(self, install: InstallView | None, app: AppView | None, app_name: str) -> None:
        self._install, self._app_name = install, app_name
        self._is_theme = app is not None and TAG in app.texts("tags")
        self.refresh()

    @property
    def is_waiting(self) -> bool:
        """Whether a theme was bought a moment ago and the seller has not handed it over."""
        install = self._install
        if install is None or not self._is_theme or self.offer is not None:
            return False
        age_ms = self._studio.store.now_ms() - (install.installed_ms or 0)
        return 0 <= age_ms < _PATIENCE_MS

    def refresh(self) -> None:
        offer = self.offer
        self.setVisible(offer is not None or self._is_theme)
        if offer is None:
            if self._is_theme:
                self._show_waiting()
            return
        running = self._running if self._running is not None and self._running.key == self._key else None
        bought, error = self.bought, self.error
        is_new = bought is None or bought.sha256 != offer.sha256
        is_here = bought is not None and running is None and error is None
        self.go.setVisible(running is None and is_new)
        self.go.setEnabled(self._running is None)
        self.make.setVisible(is_here)
        self.watch.setVisible(is_here)
        self.stop.setVisible(running is not None)
        self.bar.setVisible(running is not None)
        report = error.details.get("report") if error is not None else None
        self.problems.setVisible(running is None and isinstance(report, Report))
        self.go.setText(" Try again" if error is not None else " Import theme")
        if running is not None:
            self._tell("download-simple", "accent", f"Importing {self._app_name}", running.words)
            self.bar.setRange(0, running.whole)
            self.bar.setValue(running.done)
        elif error is not None:
            self._tell("warning", "error", "The theme was not imported", market_words.refusal(error))
        elif bought is not None and is_new:
            self.go.setText(" Import the update")
            what = f"Version {offer.version} is ready" if offer.version else "A new version is ready"
            told = f"You have {bought.version}. What you have stays as it is, with all you changed in it."
            self._tell("palette", "accent", what, told)
        elif bought is not None:
            words = formats.sentences(
                f"Imported {formats.day_clock(bought.at_ms)}; its SHA-256 is the one that was sold", _license(offer)
            )
            self._tell("check-circle-fill", "success", f"{bought.name} {bought.version} is in your library", words)
        else:
            version = f" {offer.version}" if offer.version else ""
            words = formats.sentences("The seller has handed it over", _license(offer))
            self._tell("palette", "accent", f"{self._app_name}{version} is yours", words)

    def _show_waiting(self) -> None:
        for part in (self.go, self.make, self.watch, self.stop, self.problems, self.bar):
            part.hide()
        if self.is_waiting:
            self._tell("hourglass", "text_muted", "The seller is handing it over", "That takes a moment.")
            if self.isVisible() and not self._again.isActive():
                self._again.start()
        else:
            words = "Open the app once, or change its limits: both ask the seller anew. Look into your inbox too."
            self._tell("hourglass", "warning", "The seller has not handed a theme over", words)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self.is_waiting:
            self._again.start()

    def hideEvent(self, event: QHideEvent) -> None:
        self._again.stop()
        super().hideEvent(event)

    def _tell(self, glyph: str, ink: str, title: str, words: str) -> None:
        self.glyph.set_glyph(glyph, ink)
        self.title.setText(title)
        self.words.set_words(words)
        self.setAccessibleName(f"{title}. {words}")

    def _on_book(self, found: tuple[Bought, ...]) -> None:
        self._bought = {f"{one.environment}/{one.install_id}": one for one in found} | self._bought
        self.refresh()

    # -- importing ---------------------------------------------------------------------------------
    def start(self) -> None:
        offer, install, place = self.offer, self._install, self._market.environment
        if offer is None or install is None or place is None or self._running is not None:
            return
        running = self._running = _Import(self._key, self._studio.jobs.scope())
        self._errors.pop(running.key, None)
        jobs, scope = self._studio.jobs, running.scope
        whose = Bought(place.name, install.install_id, "", "", "", "", "", "")
        folder, book = paths.data_dir() / BOUGHT, self._book

        def tell(step: PurchaseStep, done: int, whole: int) -> None:
            if running.is_due(step, done, whole):
                jobs.post(lambda: scope.is_open and self._on_step(running, step, done, whole))

        async def bring() -> Bought:
            import asyncio

            from office_studio.services.officex.theme_purchase import import_theme

            bought, _report = await import_theme(offer, whose, folder, allows_loopback=place.allows_loopback, tell=tell)
            await asyncio.to_thread(book.note, bought)
            return bought

        scope.run(bring, partial(self._on_done, running), partial(self._on_failed, running, offer))
        self.refresh()

    def cancel(self) -> None:
        """Nothing of it stays."""
        running, self._running = self._running, None
        if running is not None:
            running.scope.close()
            self.refresh()

    def _on_step(self, running: _Import, step: PurchaseStep, done: int, whole: int) -> None:
        if self._running is running:
            running.show(step, done, whole)
            self.refresh()

    def _on_done(self, running: _Import, bought: Bought) -> None:
        self._running = None
        self._bought[running.key] = bought
        self._put_into_library(bought.path)
        self.refresh()
        title = f"{bought.name} {bought.version} is in your library"
        to_make = ("Open in Make", lambda: self._studio.open_in_make(bought.path))
        self._studio.toast(title, "Its SHA-256 is the one that was sold.", action=to_make, key="purchase")
        self.imported.emit(bought)

    def _on_failed(self, running: _Import, offer: ThemeOffer, error: OfficeStudioError) -> None:
        self._running = None
        self._errors[running.key] = (offer, error)
        self.refresh()
        self.failed.emit(error)

    def _put_into_library(self, path: Path) -> None:
        """To the front of what was opened, where Make and the theme picker find it."""
        studio = self._studio
        kept = [text for text in studio.settings.now.recent_themes if text != str(path)]
        recent = (str(path), *kept)[:_MAX_RECENT]
        studio.settings.change(lambda now: replace(now, recent_themes=recent))
        if studio.make_page is not None:
            studio.make_page.shelf.look()

    # -- afterwards --------------------------------------------------------------------------------
    def open_in_make(self) -> None:
        if self.bought is not None:
            self._studio.open_in_make(self.bought.path)

    def show_in_office(self) -> None:
        if self.bought is not None:
            self._studio.library.choose_path(self.bought.path)
            self._studio.window.show_workspace("watch")

    def show_problems(self) -> None:
        error = self.error
        report = error.details.get("report") if error is not None else None
        if isinstance(report, Report):
            self.sheet = ProblemsSheet(self._studio, self._app_name, report)

    def close_bar(self) -> None:
        self._again.stop()
        self.cancel()
        self._scope.close()


class _Import:
    """One import: how far it is. ``is_due`` is asked on other threads, the rest belongs to the GUI thread."""

    def __init__(self, key: str, scope: Scope) -> None:
        self.key, self.scope = key, scope
        self.words, self.done, self.whole = "Asking the seller's server…", 0, 0
        self._told = -1

    def is_due(self, step: PurchaseStep, done: int, whole: int) -> bool:
        """Whether people would see a difference: a hundred steps of a download, and each step after it."""
        part = 100 * done // whole if whole else done >> 20
        if step is PurchaseStep.FETCH and part == self._told:
            return False
        self._told = part if step is PurchaseStep.FETCH else -1
        return True

    def show(self, step: PurchaseStep, done: int, whole: int) -> None:
        if step is PurchaseStep.FETCH:
            self.done, self.whole = (1000 * done // whole, 1000) if whole else (0, 0)
            of = f" of {formats.size(whole)}" if whole else ""
            self.words = f"Fetching, {formats.size(done)}{of}"
        else:
            self.done = self.whole = 0
            self.words = "Checking it by the rules of themes…" if step is PurchaseStep.CHECK else "Unpacking it…"


def _license(offer: ThemeOffer) -> str:
    return f"License: {offer.license}" if offer.license else ""
