"""What a buyer reads and pays: the fields of a listing that the vendor writes, each with its limit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QWidget

from office_studio.core.officex.money import MAX_MICRO, MICRO
from office_studio.core.officex.wire import AppView
from office_studio.services.officex.listing import (
    ThemeFacts,
    documentation,
    listing_of,
    price_fields,
    problems_of,
    setup_of,
)
from office_studio.ui import formats
from office_studio.ui.trade import market_words
from office_studio.ui.trade.trade_sheet import AmountField
from office_studio.ui.trade.vendor import app_prices
from office_studio.ui.trade.vendor.app_form_fields import FormField, LineField, TagsField, TextField
from office_studio.ui.widgets.basics import Paragraph
from office_studio.ui.widgets.layouts import hbox, label, vbox

if TYPE_CHECKING:
    from office_studio.services.officex.environments import Environment

USUAL_PRICE = 12 * MICRO
_ICONS = {"Picture of the room": "", "🪑": "🪑", "🏢": "🏢", "🛋️": "🛋️", "🌙": "🌙", "🎨": "🎨"}
_WRITTEN = ("name", "subtitle", "description", "developer", "tags")  # the rest of a listing is made


class PublishForm(QWidget):
    """``fields``: the whole listing without its pictures, as it stands.

    Signals:
        changed()
    """

    changed = Signal()

    def __init__(self, environment: Environment) -> None:
        super().__init__()
        self.environment = environment
        self.facts: ThemeFacts | None = None
        self._here = ("", "")  # webhook and page of the receiver
        self.fields_of: dict[str, FormField] = {}

    def making(self) -> Iterator[None]:
        """Make what it shows, once the form has its place."""
        environment = self.environment
        setup = setup_of(environment)
        fields: tuple[Callable[[], FormField], ...] = (
            lambda: LineField("name", setup),
            lambda: LineField("subtitle", setup, "One line under the name"),
            lambda: TextField("description", setup, 84, "What buyers get"),
            lambda: LineField("developer", setup, "Who sells it"),
            lambda: TagsField("tags", setup, "office-theme, cozy"),
        )
        for make in fields:
            field = make()
            self.fields_of[field.name] = field
            yield
        self.webhook = LineField("webhook_url", setup, "https://shop.example.org/webhooks/officex")
        self.price = AmountField("Price in credits", USUAL_PRICE, "0 is free")
        self.price.setFixedWidth(110)
        self.price_words, self.lines = Paragraph("", "small-muted"), label("", "small")
        yield
        self.icon = QComboBox()
        self.icon.addItems(list(_ICONS))
        self.icon.setAccessibleName("Icon in the catalog")
        self.icon.setFixedWidth(190)
        self.cut = Paragraph("", "small-muted")
        self.where = Paragraph("", "small-muted")
        price = vbox(hbox(self.price, label("credits, paid once for each major version", "muted"), None), self.lines,
                     self.price_words, spacing=4)  # fmt: skip
        both = hbox((self.fields_of["name"], 1), (self.fields_of["developer"], 1), spacing=12)
        self.setLayout(
            vbox(label("PRICE", "overline"), price, 8, label("WHAT BUYERS READ", "overline"), both,
                 self.fields_of["subtitle"], self.fields_of["description"], self.fields_of["tags"],
                 hbox(label("Icon", "small"), self.icon, None), self.cut, 8,
                 label("WHERE OFFICEX TELLS OF INSTALLS", "overline"), self.webhook, self.where, spacing=6)
        )  # fmt: skip
        yield
        for field in (*self.fields_of.values(), self.webhook):
            field.changed.connect(self._on_changed)
        self.price.textChanged.connect(self._on_changed)
        self.icon.currentTextChanged.connect(self._on_changed)
        self.webhook.setVisible(not environment.allows_loopback)
        self._tell()
        yield

    # -- filling -----------------------------------------------------------------------------------
    def fill(self, facts: ThemeFacts, price: int, app: AppView | None) -> None:
        """From the theme; what the vendor wrote for a listing that is there already stays."""
        self.facts = facts
        made = listing_of(facts, price)
        for name, field in self.fields_of.items():
            written = app.fields.get(name) if app is not None else None
            field.set_value(written or made.fields.get(name))
        self.price.setText(market_words.short(price).replace(",", ""))
        if app is not None:
            self.icon.setCurrentText(app.icon if app.icon in _ICONS else next(iter(_ICONS)))
            self.webhook.set_value(app.text("webhook_url"))
        words = [
            f"{'There are more tags than fit' if name == 'tags' else f'The {name} was too long'}: {whole} of at most "
            f"{most}" for name, (whole, most) in made.cut.items()
        ]  # fmt: skip
        self.cut.set_words(formats.sentences(*words) if words and app is None else "")
        self.cut.setVisible(bool(words) and app is None)
        self._tell()

    # -- what it says ------------------------------------------------------------------------------
    @property
    def micro(self) -> int | None:
        """The price; None while the field holds none."""
        micro = self.price.micro
        return micro if micro is not None and micro <= MAX_MICRO else None

    def point_to(self, webhook: str, page: str) -> None:
        """Where the receiver of this window is, in the sandbox."""
        self._here = (webhook, page)

    @property
    def has_picture_icon(self) -> bool:
        return not _ICONS[self.icon.currentText()]

    @property
    def fields(self) -> dict[str, Any]:
        facts, price = self.facts, self.micro or 0
        if facts is None:
            return {}
        made = dict(listing_of(facts, price).fields)
        for name, field in self.fields_of.items():
            made[name] = field.value if field.value is not None else ([] if name == "tags" else "")
        made["documentation"] = documentation(facts, price)
        made |= price_fields(facts.version, price)
        if self.environment.allows_loopback:
            made["webhook_url"], made["iframe_url"] = self._here
        else:
            made["webhook_url"] = self.webhook.value
        if not self.has_picture_icon:
            made["icon"] = {"type": "emoji", "content": _ICONS[self.icon.currentText()]}
        return made

    def why_not(self) -> str:
        """Why it cannot be published as it stands, "" where it can."""
        if self.price.reason:
            return self.price.reason
        if self.micro is None:
            return "Say what it costs; 0 is free"
        fields = self.fields
        if self.environment.allows_loopback:  # the receiver starts with the publishing
            fields["webhook_url"] = fields["iframe_url"] = "http://127.0.0.1:1/"
        return next(iter(problems_of(fields, self.environment).values()), "")

    def refuse(self, found: Mapping[str, str]) -> None:
        """What the server said of fields; it stands under them until they are other."""
        for name, words in found.items():
            if name in self.fields_of:
                self.fields_of[name].refuse(words)

    def _on_changed(self, *_: object) -> None:
        self._tell()
        self.changed.emit()

    def _tell(self) -> None:
        micro, place = self.micro, self.environment
        if micro is None:
            self.price_words.set_words(self.price.reason or "Say what it costs; 0 is free.")
            self.lines.setText(" ")
        else:
            facts = self.facts
            self.lines.setText(price_fields(facts.version if facts is not None else "1", micro)["pricing_lines"][0])
            found = app_prices.outcome(micro, None, place.credit_price_usd, place.payout_rate_usd)
            both = (f"A buyer pays ≈ {app_prices.dollars(found.buyer_pays)}",
                    f"You are paid ≈ {app_prices.dollars(found.vendor_gets)}")  # fmt: skip
            self.price_words.set_words(formats.sentences(*both) if micro else "Nobody is charged anything.")
        if place.allows_loopback:
            words = "The receiver of this window: it starts with the publishing, sells, and hands the theme over. "
            words += "Outside the sandbox a shop needs a server of its own with a public https:// address."
        else:
            words = f"{place.label} cannot reach this computer. Your server has to sell the theme and hand it over."
        self.where.set_words(words)
