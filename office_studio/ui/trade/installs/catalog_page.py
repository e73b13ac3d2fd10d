"""The catalog: apps at the left, the chosen one at the right, with its price before anything else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QComboBox, QFrame, QScrollArea, QStackedWidget, QWidget

from office_studio.core.officex.wire import AppView
from office_studio.ui import formats
from office_studio.ui.trade.installs.catalog_view import CatalogModel, CatalogView, paint_icon, price_words
from office_studio.ui.trade.installs.install_sheets import InstallSheet
from office_studio.ui.trade.installs.listing_strip import ListingStrip
from office_studio.ui.trade.market_page import PageHead
from office_studio.ui.trade.market_session import MarketSession
from office_studio.ui.widgets.basics import ElidingLabel, EmptyState, Paragraph
from office_studio.ui.widgets.layouts import button, hbox, label, line, search_field, vbox
from office_studio.ui.widgets.pages import ListColumn

if TYPE_CHECKING:
    from office_studio.ui.studio import Studio

_ALL = "All kinds"


class CatalogPage(QFrame):
    def __init__(self, studio: Studio, market: MarketSession) -> None:
        super().__init__()
        self.setProperty("level", "surface")
        self._studio, self._market = studio, market
        self.sheet: InstallSheet | None = None
        self.model = CatalogModel()

    def making(self) -> Iterator[None]:
        market = self._market
        self.view = CatalogView(self.model)
        self.search = search_field("Find an app")
        self.categories = QComboBox()
        self.categories.addItem(_ALL)
        self.categories.setAccessibleName("Kind of app")
        yield
        self.details = AppDetails(market)
        self.details.install.clicked.connect(self.install)
        yield
        clear = button("Show all apps")
        clear.clicked.connect(self.clear_filter)
        self.empty = EmptyState("storefront", "No apps here yet", "What vendors list appears here.", width=260)
        self.nothing_fits = EmptyState("funnel", "No app fits", "", clear, width=260)
        yield
        self._stack = QStackedWidget()
        for page in (self.view, self.empty, self.nothing_fits):
            self._stack.addWidget(page)
        tools = hbox((self.search, 1), self.categories, margins=(20, 0, 12, 8))
        self._column = ListColumn(vbox(tools, (self._stack, 1), spacing=0), 380, 300)
        self.setLayout(
            vbox(PageHead(market, "Catalog"), (hbox(self._column, (self.details, 1), spacing=0), 1), spacing=0)
        )  # fmt: skip
        self.search.textChanged.connect(lambda _text: self._filter())
        self.categories.currentTextChanged.connect(lambda _text: self._filter())
        self.view.selectionModel().currentChanged.connect(lambda *_: self._show_details())
        self.view.activated.connect(lambda _index: self.install())
        market.data_changed.connect(self.refresh)
        self.refresh()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._column.fit(self.width())
        super().resizeEvent(event)

    def choose(self, app_id: str) -> None:
        self.view.setCurrentIndex(self.model.index_of(app_id))

    def install(self) -> None:
        """Ask for limits and install; an app that is there already is shown instead."""
        app = self.view.app()
        if app is None:
            return
        if self.model.is_installed(app):
            self._market.page_requested.emit("installs")
        else:
            self.sheet = InstallSheet(self._studio, app)

    def clear_filter(self) -> None:
        self.search.clear()
        self.categories.setCurrentIndex(0)

    def refresh(self) -> None:
        chosen = self.view.app()
        self.model.show(self._market.data)
        self._offer_categories()
        self._tell(chosen.app_id if chosen is not None else "")

    def _filter(self) -> None:
        chosen, kind = self.view.app(), self.categories.currentText()
        self.model.set_filter(self.search.text(), "" if kind == _ALL else kind)
        self._tell(chosen.app_id if chosen is not None else "")

    def _tell(self, app_id: str) -> None:
        index = self.model.index_of(app_id)
        self.view.setCurrentIndex(index if index.isValid() else self.model.index(0))
        if not self.model.total:
            self._stack.setCurrentWidget(self.empty)
        elif not self.model.rows:
            words = f"The filter hides {formats.plural(self.model.total, 'app')}."
            self.nothing_fits.say("funnel", "No app fits", words)
            self._stack.setCurrentWidget(self.nothing_fits)
        else:
            self._stack.setCurrentWidget(self.view)
        self._show_details()

    def _offer_categories(self) -> None:
        wanted = [_ALL, *self.model.categories]
        if [self.categories.itemText(i) for i in range(self.categories.count())] != wanted:
            self.categories.blockSignals(True)
            self.categories.clear()
            self.categories.addItems(wanted)
            self.categories.blockSignals(False)
            self._filter()

    def _show_details(self) -> None:
        app = self.view.app()
        self.details.show_app(app, is_installed=app is not None and self.model.is_installed(app))


class AppDetails(QWidget):
    """One app. All its words come from strangers: they are shown as plain text."""

    def __init__(self, market: MarketSession) -> None:
        super().__init__()
        self._market = market
        self.app: AppView | None = None
        self._icon = _Icon()
        self.name, self.by = ElidingLabel("", "heading"), ElidingLabel("", "muted")
        self.install = button("Install…", "primary")
        self.price = label("", "strong")
        self.lines, self.about, self.limits = Paragraph(), Paragraph(), Paragraph("", "muted")
        self.documentation = label("", "mono-muted")  # its lines are its own
        self.documentation.setWordWrap(True)
        self.pictures = ListingStrip(market)
        head = hbox(self._icon, (vbox(self.name, self.by, spacing=2), 1), self.install, spacing=14)
        body = QWidget()
        body.setProperty("level", "clear")
        body.setLayout(
            vbox(head, 6, line(), 6, self.pictures, 4, label("WHAT IT COSTS", "overline"), self.price, self.lines, 8,
                 label("WHAT IT DOES", "overline"), self.about, 8, label("HOW OFTEN IT WANTS TO CHARGE", "overline"),
                 self.limits, 8, label("FOR YOUR AGENTS", "overline"), self.documentation, None,
                 margins=(24, 4, 24, 20), spacing=6)
        )  # fmt: skip
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(body)
        self._body = area
        self.setLayout(vbox(area, spacing=0))

    def show_app(self, app: AppView | None, *, is_installed: bool) -> None:
        self._body.setVisible(app is not None)
        self.install.setText("Show install" if is_installed else "Install…")
        if app is None or app == self.app:
            return
        self.app = app
        self._icon.show_app(app)
        self.pictures.show_app(app)
        self.name.setText(app.name)
        self.by.setText(" · ".join(filter(None, (app.text("developer"), app.text("category")))) or "Unknown developer")
        self.price.setText(price_words(app))
        lines = "; ".join(app.texts("pricing_lines"))
        self.lines.set_words(lines or "It does not say. A cap keeps you safe.")
        self.lines.setVisible(lines != self.price.text())
        self.about.set_words(app.text("description") or app.text("subtitle") or "It does not say.")
        self.limits.set_words(_limits_words(app))
        self.documentation.setText(app.text("documentation")[:4000] or "It has no documentation.")


def _limits_words(app: AppView) -> str:
    wishes = app.fields.get("suggested_rate_limits")
    counts = [wishes.get(f"max_per_{w}") for w in ("hour", "day", "month")] if isinstance(wishes, dict) else []
    if len(counts) != 3 or any(count is None for count in counts):
        return "It does not say; you choose when you install it."
    hour, day, month = (formats.quantity(int(count)) for count in counts)
    return f"{hour} times an hour, {day} a day, {month} a month. You choose when you install it."


class _Icon(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self._app: AppView | None = None
        self.setFixedSize(48, 48)

    def show_app(self, app: AppView) -> None:
        self._app = app
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        paint_icon(QPainter(self), QRectF(self.rect()), self._app)
