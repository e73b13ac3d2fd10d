"""Publish a theme: choose it, see it as buyers will, say what it costs, list it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent, QKeySequence, QResizeEvent, QShortcut, QShowEvent
from PySide6.QtWidgets import QFileDialog, QFrame, QScrollArea, QWidget

from office_studio.core.officex.wire import AppView
from office_studio.core.validation.report import Report
from office_studio.errors import OfficeStudioError
from office_studio.services.officex.listing import (
    FieldChange,
    ThemeFacts,
    changes_of,
    theme_facts,
)
from office_studio.services.officex.publish import Plan, Published
from office_studio.services.officex.shop import Offer
from office_studio.ui import formats
from office_studio.ui.make.cards import LocalTheme
from office_studio.ui.trade.market_page import PageHead
from office_studio.ui.trade.market_session import MarketSession
from office_studio.ui.trade.publish.publish_form import USUAL_PRICE, PublishForm
from office_studio.ui.trade.publish.publish_pictures import NAMES
from office_studio.ui.trade.publish.publish_previews import Previews
from office_studio.ui.trade.publish.publish_sheet import PublishSheet
from office_studio.ui.trade.publish.publish_themes import ThemesModel, ThemesView, local_paths
from office_studio.ui.trade.webhooks.receiver_host import receiver_host
from office_studio.ui.widgets.basics import ElidingLabel, EmptyState, Glyph, Paragraph
from office_studio.ui.widgets.layouts import button, frame, hbox, line, vbox
from office_studio.ui.widgets.pages import ListColumn

if TYPE_CHECKING:
    from office_studio.ui.studio import Studio

_OWN = ("webhook_url", "iframe_url", "icon")  # what publishing finds out by itself
_LIST_WIDTH, _NARROW_LIST, _WIDEST = 300, 230, 960  # px


class PublishPage(QFrame):
    def __init__(self, studio: Studio, market: MarketSession) -> None:
        super().__init__()
        self.setProperty("level", "surface")
        self._studio, self._market = studio, market
        self._scope = studio.jobs.scope()
        self._checking = studio.jobs.scope()
        self.host = receiver_host(studio)
        self.sheet: PublishSheet | None = None
        self.apps: dict[str, AppView] | None = None  # of this account; None while nobody knows
        self.report: Report | None = None
        self.problem: OfficeStudioError | None = None
        self.facts: ThemeFacts | None = None
        self._shown: Path | None = None
        self._filled: object = None
        self.model = ThemesModel(self._scope)
        assert market.environment is not None
        self.form = PublishForm(market.environment)
        self.previews = Previews(studio.jobs)
        self._column = vbox(spacing=6)
        self._list_column = vbox(spacing=0)
        self._left = ListColumn(self._list_column, _LIST_WIDTH, _NARROW_LIST)
        self._page = vbox(PageHead(market, "Publish a theme"), spacing=0)
        self.setLayout(self._page)

    def making(self) -> Iterator[None]:
        yield from self._build()
        yield from self.previews.making()
        yield from self.form.making()
        market = self._market
        self.view.selectionModel().currentChanged.connect(lambda *_: self._on_chosen())
        self.model.rowsInserted.connect(lambda *_: self._choose_first())
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            shortcut = QShortcut(QKeySequence(keys), self, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(self.open_sheet)
        self.form.changed.connect(self.refresh)
        self.previews.changed.connect(self.refresh)
        market.account_changed.connect(self._on_account)
        market.closing.connect(self.close_page)
        yield
        self.refresh()

    def _build(self) -> Iterator[None]:
        """Each part gets its place before it holds anything."""
        self._body, self.details = QWidget(), QWidget()
        self._page.addWidget(self._body, 1)
        self._body.setLayout(hbox(self._left, (self.details, 1), spacing=0))
        self.view = ThemesView(self.model)
        self.open_button = button("Open a theme…", "ghost", "folder-open")
        self.open_button.clicked.connect(self.open_theme)
        self._list_column.addWidget(self.view, 1)
        self._list_column.addLayout(hbox(self.open_button, None, margins=(12, 6, 12, 10)))
        yield
        self.name, self.about = ElidingLabel("", "heading"), ElidingLabel("", "muted")
        self.publish = button("Publish…", "primary", "storefront")
        self.publish.clicked.connect(self.open_sheet)
        self.verdict_glyph, self.verdict = Glyph("circle", "text_disabled", 18), Paragraph("")
        self.problems = button("Show problems", "ghost", density="small")
        self.problems.clicked.connect(self.show_problems)
        yield
        column = self._build_area()
        yield
        check = hbox(self.verdict_glyph, (self.verdict, 1), self.problems, spacing=8)
        column.setLayout(self._column)
        self._column.addLayout(check)
        self._column.addSpacing(4)
        self._column.addWidget(self.previews)
        self._column.addSpacing(10)
        self._column.addWidget(self.form)
        self._column.addStretch(1)
        yield
        other = button("Open a theme…", "primary", "folder-open")
        other.clicked.connect(self.open_theme)
        words = "Open a theme folder or a zip, or make one in Make."
        self.empty = EmptyState("palette", "No theme to sell yet", words, other)
        self.empty.hide()
        self._page.addWidget(self.empty, 1)
        yield

    def _build_area(self) -> QWidget:
        """Head and scrolled column of the chosen theme; the column, still empty."""
        body, column = QWidget(), QWidget()
        body.setProperty("level", "clear")
        column.setMaximumWidth(_WIDEST)
        area = self.area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(area.horizontalScrollBarPolicy().ScrollBarAlwaysOff)
        area.setWidget(body)
        top = frame()
        self.details.setLayout(vbox(top, line(), (area, 1), spacing=0))
        head = hbox((vbox(self.name, self.about, spacing=2), 1), self.publish)
        top.setLayout(vbox(head, margins=(24, 4, 20, 10)))
        # The empty half gets room only once the column has all it takes.
        body.setLayout(hbox((column, 1000), (QWidget(), 1), margins=(24, 10, 24, 20), spacing=0))
        return column

    # -- what there is -----------------------------------------------------------------------------
    def look(self) -> None:
        """Read again which themes there are, and which apps this account sells."""
        chosen = self._shown
        self.model.look(local_paths(self._studio))
        if chosen is not None:
            self.choose(chosen)  # a list that is made anew has lost who was chosen
        self._scope.run_blocking(self.host.shop.load, lambda _nothing: self._on_shop())
        self._market.run(lambda client: client.my_apps(), self._on_apps, lambda _error: None)

    def _on_shop(self) -> None:
        self._show_offers()
        self._fill()

    def _on_apps(self, apps: list[AppView]) -> None:
        self.apps = {app.app_id: app for app in apps}
        self._show_offers()
        self._fill()

    def _show_offers(self) -> None:
        """What this account sells; others of this computer, and apps that are gone, are none of its business."""
        place, apps = self._market.environment, self.apps or {}
        offers = self.host.shop.offers(place.name) if place is not None else ()
        self.model.show_offers(offer for offer in offers if offer.app_id in apps)

    def _on_account(self) -> None:
        self.apps = self._filled = None
        self.model.show_offers(())
        environment = self._market.environment
        if environment is None:
            return
        if environment != self.form.environment:  # other limits, other addresses
            old, self.form = self.form, PublishForm(environment)
            self._column.replaceWidget(old, self.form)
            old.deleteLater()
            for _ in self.form.making():
                pass
            self.form.changed.connect(self.refresh)
        if self.isVisible():
            self.look()

    @property
    def theme(self) -> LocalTheme | None:
        return self.view.theme()

    @property
    def offer(self) -> Offer | None:
        """Of the chosen theme, where this account sells it already."""
        row = self.theme
        return self.model.offer(row) if row is not None else None

    @property
    def app(self) -> AppView | None:
        offer = self.offer
        return self.apps.get(offer.app_id) if offer is not None and self.apps is not None else None

    def choose(self, path: Path) -> None:
        self.view.setCurrentIndex(self.model.index_of(path))

    def _choose_first(self) -> None:
        if self.theme is None and self.model.rows:
            self.view.setCurrentIndex(self.model.index(0))
        self.refresh()

    def open_theme(self) -> None:
        path = QFileDialog.getExistingDirectory(self, "Theme to publish")
        if path:
            self.add(Path(path))

    def add(self, path: Path) -> None:
        self._studio.library.choose_path(path)
        self.look()

    # -- the chosen theme --------------------------------------------------------------------------
    def _on_chosen(self) -> None:
        row = self.theme
        if row is None or row.path == self._shown:
            self.refresh()
            return
        self._shown, self.report, self.problem, self.facts = row.path, None, None, None
        self._checking.close()
        self._checking = self._studio.jobs.scope()
        self._checking.run_blocking(partial(_facts_of, row), self._on_facts, self._on_unreadable)
        self._checking.run_blocking(partial(_checked, row.path), self._on_checked, self._on_unreadable)
        if self.isVisible():
            self.previews.show_theme(row.path)
        self.area.verticalScrollBar().setValue(0)
        self.refresh()

    def _on_facts(self, facts: ThemeFacts) -> None:
        self.facts = facts
        self._fill()

    def _fill(self) -> None:
        """Into the form, when there is something else to fill in: what somebody has written stays."""
        facts, app, offer = self.facts, self.app, self.offer
        if facts is not None and self.apps is not None:
            key = (self._shown, facts, app.fields.get("updated_at") if app is not None else None, offer)
            if key != self._filled:
                self._filled = key
                self.form.fill(facts, offer.price if offer is not None else USUAL_PRICE, app)
        self.refresh()

    def _on_checked(self, report: Report) -> None:
        self.report = report
        self.refresh()

    def _on_unreadable(self, error: OfficeStudioError) -> None:
        self.problem = error
        self.refresh()

    def read_again(self) -> None:
        """The theme may have been changed on disk."""
        self._shown = None
        self._on_chosen()

    def show_problems(self) -> None:
        row = self.theme
        if row is not None:
            self._studio.open_in_make(row.path)

    # -- showing -----------------------------------------------------------------------------------
    def refresh(self) -> None:
        row = self.theme
        has_any = bool(self.model.rows)
        self._body.setVisible(has_any or self.model.is_reading)
        self.empty.setVisible(not self._body.isVisibleTo(self))
        self.details.setVisible(row is not None)
        if row is None:
            return
        self.name.setText(row.name)
        state, _ink = self.model.state(row)
        parts = (row.version, row.renderer, formats.size(row.size_bytes), state)
        self.about.setText(" · ".join(filter(None, parts)))
        self._show_verdict()
        reason = self.why_not()
        self.publish.setEnabled(not reason)
        self.publish.setToolTip(reason or "Pack it, list it, and sell it  Ctrl+Enter")
        self.publish.setText(" Update…" if self.app is not None else " Publish…")

    def _show_verdict(self) -> None:
        report, problem = self.report, self.problem
        counts = report.counts if report is not None else {}
        self.problems.setVisible(bool(counts.get("error") or counts.get("warning")))
        if problem is not None:
            self.verdict_glyph.set_glyph("x-circle-fill", "error")
            self.verdict.set_words(formats.sentences(problem.message, problem.hint))
        elif report is None:
            self.verdict_glyph.set_glyph("spinner-gap", "accent")
            self.verdict.set_words("Checking it by the rules of the store…")
        elif report.errors:
            self.verdict_glyph.set_glyph("x-circle-fill", "error")
            many = formats.plural(len(report.errors), "error")
            self.verdict.set_words(f"It cannot be sold: {many}. First: {report.errors[0].message}")
        else:
            warnings = counts.get("warning", 0)
            self.verdict_glyph.set_glyph("check-circle-fill", "success")
            also = f", {formats.plural(warnings, 'warning')}" if warnings else ""
            self.verdict.set_words(f"It can be sold: no errors by the rules of the store{also}.")

    def why_not(self) -> str:
        """Why the chosen theme cannot be published now, "" where it can."""
        if self.problem is not None:
            return self.problem.message
        if self.facts is None or self.report is None:
            return "The theme is still being checked"
        if self.report.errors:
            return "Mend its errors first"
        if self.apps is None:
            return "Your apps are still being read"
        if self.previews.is_drawing:
            return "The previews are still being drawn"
        return self.form.why_not()

    # -- publishing --------------------------------------------------------------------------------
    def plan(self) -> Plan:
        """As it stands, with the receiver's address where it runs."""
        row, facts = self.theme, self.facts
        assert row is not None
        assert facts is not None
        self.form.point_to(self.host.url, self.host.launch_url)
        files = self.previews.files
        names = (*NAMES, "icon") if self.form.has_picture_icon else NAMES
        pictures = {name: files[name] for name in names if name in files}
        return Plan(row.path, facts, self.form.micro or 0, self.form.fields, pictures, self.app)

    def changes(self) -> tuple[FieldChange, ...]:
        """What an update would change; its pictures and its webhook are found out while it is done."""
        app = self.app
        wanted = {key: value for key, value in self.plan().fields.items() if key not in _OWN}
        return changes_of(app, wanted) if app is not None else ()

    def open_sheet(self) -> None:
        if not self.why_not():
            self.sheet = PublishSheet(self._studio, self.host, self.plan, self.changes(), self._on_published)

    def _on_published(self, found: Published) -> None:
        if not found.is_new:
            self.host.announce(found.offer, partial(self._on_announced, found.offer))
        self.look()

    def _on_announced(self, offer: Offer, reached: int) -> None:
        if reached:
            title = f"{offer.name} {offer.version} is with {formats.plural(reached, 'buyer')}"
            self._studio.toast(title, "They have a letter about it.", key="announce")

    # -- being looked at ---------------------------------------------------------------------------
    def resizeEvent(self, event: QResizeEvent) -> None:
        self._left.fit(self.width())
        super().resizeEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.look()
        if self._shown is not None:
            self.read_again()

    def hideEvent(self, event: QHideEvent) -> None:
        if self.previews.is_drawing:
            self.previews.stop()
        super().hideEvent(event)

    def close_page(self) -> None:
        self.previews.stop()
        self._checking.close()
        self._scope.close()


def _facts_of(row: LocalTheme) -> ThemeFacts:
    from office_studio.services.theme_loader import open_files, read_manifest

    text = read_manifest(open_files(row.path), row.path).decode("utf-8-sig")
    return theme_facts(json.loads(text), row.seats or 0)


def _checked(path: Path) -> Report:
    from office_studio.core.validation.rule import Profile
    from office_studio.services.theme_check import check_path

    return check_path(path, Profile.STORE)
