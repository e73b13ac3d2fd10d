"""What the sheets of Market share: a line for what went wrong, and waiting without freezing."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QLineEdit, QWidget

from office_studio.core.officex.codes import Refusal
from office_studio.core.officex.money import typed_amount
from office_studio.errors import OfficeStudioError
from office_studio.ui.assign.sheet import Sheet
from office_studio.ui.trade import market_words
from office_studio.ui.trade.market_session import MarketSession
from office_studio.ui.widgets.basics import Chip, Paragraph
from office_studio.ui.widgets.layouts import Item, hbox, label, restyle

if TYPE_CHECKING:
    from office_studio.ui.studio import Studio


class TradeSheet(Sheet):
    """A sheet over the window that names the environment and says under its fields what cannot be done, and why."""

    def __init__(self, studio: Studio, title: str, *body: Item, width: int = 460, glyph: str = "") -> None:
        self.studio = studio
        self.market: MarketSession = studio.market
        environment = self.market.environment
        assert environment is not None
        self.problem = Paragraph("", "negative")
        self.problem.hide()
        chip = Chip(
            market_words.money_chip(environment),
            glyph=market_words.glyph(environment),
            tone=market_words.tone(environment),
        )
        super().__init__(studio.window, title, hbox(chip, None), *body, self.problem, width=width, glyph=glyph)
        self.market.account_changed.connect(self.close_sheet)  # what it says is of the account before
        self._is_busy = False

    def say_problem(self, words: str) -> None:
        if words != self.problem.accessibleName() or self.problem.isHidden() == bool(words):
            self.problem.set_words(words)
            self.problem.setVisible(bool(words))
            self.place()

    def set_busy(self, words: str = "") -> None:
        """While OfficeX is asked; "" when it has answered."""
        self._is_busy = bool(words)
        self.primary.setEnabled(not words)
        if words:
            self.set_primary(words)
            self.say_problem("")

    @property
    def is_busy(self) -> bool:
        return self._is_busy

    def refuse(self, error: OfficeStudioError) -> None:
        """OfficeX said no: its reason, and the way on."""
        self.set_busy("")
        self.say_problem(market_words.refusal(error))


class AmountField(QLineEdit):
    """Credits, with up to six decimals. ``micro`` is None while it holds no amount."""

    def __init__(self, name: str, micro: int | None = None, placeholder: str = "") -> None:
        super().__init__(market_words.short(micro).replace(",", "") if micro is not None else "")
        self.setAccessibleName(name)
        self.setPlaceholderText(placeholder)
        self.reason = ""
        self.textChanged.connect(lambda _text: self.check())
        self.check()

    @property
    def micro(self) -> int | None:
        try:
            return typed_amount(self.text())
        except Refusal:
            return None

    def check(self) -> str:
        """Why it cannot be used, "" where it can or is empty."""
        self.reason = ""
        if self.text().strip():
            try:
                typed_amount(self.text())
            except Refusal as refusal:
                self.reason = refusal.message
        restyle(self, invalid="true" if self.reason else "")
        return self.reason


def field_row(words: str, field: QWidget, after: str = "", on_label: Callable[[QWidget], object] | None = None) -> Item:
    name = label(words, "muted")
    name.setFixedWidth(130)
    name.setBuddy(field)
    return hbox(name, (field, 1), *([label(after, "muted")] if after else []), spacing=8)
