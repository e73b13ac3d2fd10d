"""The listing of an app as OfficeX has it, and what would make it better."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QApplication, QFrame, QGridLayout, QLabel, QScrollArea, QWidget

from office_studio.core.officex.limits import NEVER
from office_studio.core.officex.wire import AppView
from office_studio.ui import formats
from office_studio.ui.trade.installs.catalog_view import price_words
from office_studio.ui.trade.vendor import app_form_words
from office_studio.ui.trade.vendor.app_form_words import TITLES, WINDOWS, whole_of
from office_studio.ui.trade.vendor.vendor_desk import VendorDesk
from office_studio.ui.trade.vendor.vendor_side import VendorSide
from office_studio.ui.widgets.basics import Glyph
from office_studio.ui.widgets.layouts import button, frame, hbox, label, line, tool, vbox

if TYPE_CHECKING:
    from office_studio.ui.studio import Studio

_LONGEST = 1200  # characters of a text that are shown; all of it stands in the form
_TITLE_WIDTH = 150
_MISSING = {
    "subtitle": "Without a subtitle the catalog shows only its name.",
    "icon": "Without an icon it is told by its initials.",
    "description": "Buyers do not read what it does.",
    "price_type": "Buyers do not read how it is paid.",
    "pricing_lines": "Buyers do not read what it costs.",
    "documentation": "Agents of buyers do not know how to call it.",
    "suggested_rate_limits": "Installs begin with 100 charges an hour, 300 a day, 1,000 a month.",
}
SHOWN = (
    "subtitle", "description", "category", "developer", "tags", "price_type", "pricing_lines", "inAppPurchases", "icon",
    "webhook_url", "iframe_url", "app_url", "support_url", "contact_email", "context_prompt", "documentation",
    "suggested_rate_limits", "minimum_rate_limits", "preview_images", "youtube_url",
)  # fmt: skip


def missing(app: AppView) -> list[str]:
    """Fields without which a listing tells buyers too little, most telling first."""
    is_free = app.text("price_type") == "FREE"
    return [name for name in _MISSING if not app.fields.get(name) and not (is_free and name == "pricing_lines")]


def words_of(app: AppView, field: str) -> str:
    """A field of the listing as text; "" where it says nothing."""
    value = app.fields.get(field)
    if value is None or value == "" or value == []:
        return ""
    if field == "price_type":
        return price_words(app)
    if field == "inAppPurchases":
        return "Yes" if value is True else ""
    if field == "icon":
        return str(value.get("content", "")) if isinstance(value, dict) and value.get("type") == "image" else ""
    if field.endswith("_rate_limits") and isinstance(value, dict):
        return _limits_words(value)
    if field == "tags" and isinstance(value, list):
        return ", ".join(str(item) for item in value)
    if isinstance(value, list):
        return "\n".join(str(item) for item in value)
    text = str(value)
    return f"{text[:_LONGEST].rstrip()}…" if len(text) > _LONGEST else text


def _limits_words(value: dict[str, object]) -> str:
    counts = [
        f"{formats.quantity(whole_of(value[key]))} {WINDOWS[key]}" for key in WINDOWS if value.get(key) is not None
    ]
    until = value.get("expires_at")
    if until is not None:
        at_s = whole_of(until)
        counts.append("for ever" if at_s == NEVER else f"until {app_form_words.moment_text(at_s)}")
    return ", ".join(counts)


class VendorListing(VendorSide):
    """The side "Listing" of an app. Its words are the vendor's own; they are shown as plain text all the same.

    Signals:
        edit_requested(str): at this field.
    """

    edit_requested = Signal(str)

    def __init__(self, studio: Studio, vendor: VendorDesk) -> None:
        super().__init__(vendor)
        self._studio = studio
        self._shown: AppView | None = None

    def making(self) -> Iterator[None]:
        self._hint_rows = vbox(spacing=2, margins=(14, 10, 12, 10))
        self.hints = frame(self._hint_rows, "card")
        self._grid = QGridLayout()
        self._grid.setColumnMinimumWidth(0, _TITLE_WIDTH)
        self._grid.setColumnStretch(1, 1)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(10)
        body = QWidget()
        body.setProperty("level", "clear")
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(body)
        self.setLayout(vbox((area, 1), spacing=0))
        body.setLayout(vbox(self.hints, self._grid, None, margins=(24, 14, 20, 16), spacing=14))
        yield

    def refresh(self) -> None:
        desk = self._vendor.desk
        if desk is None or desk.app == self._shown:
            return
        self._shown = desk.app
        self._show_hints(desk.app)
        self._show_fields(desk.app)

    def _show_hints(self, app: AppView) -> None:
        column = self._hint_rows
        _clear(column)
        lacking = missing(app)
        self.hints.setVisible(bool(lacking))
        if not lacking:
            return
        title = label(f"{formats.plural(len(lacking), 'thing')} would help buyers", "strong")
        column.addLayout(hbox(Glyph("lightbulb", "warning", 16), title, None))
        for field in lacking:
            add = button(f"Add {TITLES[field].casefold()}", "link", density="small")
            add.clicked.connect(lambda _checked=False, name=field: self.edit_requested.emit(name))
            why = label(_MISSING[field], "small-muted")
            why.setWordWrap(True)
            column.addLayout(hbox((why, 1), add))

    def _show_fields(self, app: AppView) -> None:
        _clear(self._grid)
        row = 0
        for field in SHOWN:
            words = words_of(app, field)
            if words:
                self._add(row, TITLES[field], _text(words))
                row += 1
        self._grid.addWidget(line(), row, 0, 1, 2)
        ids = {"App id": app.app_id, "Name in addresses": app.slug, "Wallet": app.text("destination_wallet_id")}
        for at, (title, words) in enumerate(ids.items(), row + 1):
            if words:
                self._add(at, title, self._copied(title, words))

    def _add(self, row: int, title: str, widget: QWidget) -> None:
        side = Qt.AlignmentFlag.AlignTop if isinstance(widget, QLabel) else Qt.AlignmentFlag.AlignVCenter
        self._grid.addWidget(label(title, "muted"), row, 0, side)
        self._grid.addWidget(widget, row, 1)

    def _copied(self, title: str, words: str) -> QWidget:
        copy = tool("copy", f"Copy the {title[:1].lower()}{title[1:]}", "mini", 14)
        copy.clicked.connect(lambda: self._copy(title, words))
        shown = label(words, "mono-muted")
        shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        found = QWidget()
        found.setLayout(hbox(shown, copy, None, spacing=4))
        return found

    def _copy(self, title: str, words: str) -> None:
        QApplication.clipboard().setText(words)
        self._studio.toast(f"{title} copied", key="copied")


def _text(words: str) -> QLabel:
    found = QLabel(words)
    found.setTextFormat(Qt.TextFormat.PlainText)
    found.setWordWrap(True)
    found.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return found


def _clear(layout: object) -> None:
    """Take everything out of a layout and its inner ones."""
    while (item := layout.takeAt(0)) is not None:  # type: ignore[attr-defined]
        widget, inner = item.widget(), item.layout()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
        elif inner is not None:
            _clear(inner)
            inner.deleteLater()
