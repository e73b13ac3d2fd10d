"""The editor of a price list: amount, what for, what it costs the vendor; under each line what it brings."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from office_studio.core.officex.money import literal
from office_studio.ui.trade import market_words
from office_studio.ui.trade.trade_sheet import AmountField
from office_studio.ui.trade.vendor import app_prices
from office_studio.ui.trade.vendor.app_prices import LONGEST_LINE, MOST_LINES, PriceLine
from office_studio.ui.widgets.basics import Paragraph
from office_studio.ui.widgets.layouts import button, hbox, label, restyle, tool, vbox

_AMOUNT, _COST, _COUNT = 96, 104, 46  # px


class PriceRows(QWidget):
    """Signals:
    changed(): a line or a cost is other.
    """

    changed = Signal()

    def __init__(self, price_usd: Decimal, rate_usd: Decimal) -> None:
        super().__init__()
        self._price, self._rate = price_usd, rate_usd
        self.rows: list[PriceRow] = []
        self.trap = Paragraph(app_prices.rates_told(price_usd, rate_usd), "small-muted")
        self.add = button("Add a price", glyph="plus", density="small")
        self.add.clicked.connect(lambda: self._insert("", "", "").amount.setFocus())
        self.count = label("", "micro")
        heads = hbox(
            _head("Credits", _AMOUNT), (label("What for", "micro"), 1), _head("Costs you, $", _COST), _COUNT + 40
        )
        self._heads = QWidget()
        self._heads.setLayout(heads)
        self._column = vbox(spacing=10)
        self.setLayout(vbox(self.trap, 2, self._heads, self._column, hbox(self.add, None, self.count), spacing=6))
        self._refresh()

    # -- what it holds -----------------------------------------------------------------------------
    @property
    def lines(self) -> list[str]:
        """As the listing carries them; empty rows are left out."""
        return [row.text for row in self.rows if row.text]

    @property
    def costs(self) -> dict[str, str]:
        """Line -> dollars as typed, where the vendor said."""
        return {row.text: row.cost.text().strip() for row in self.rows if row.text and row.cost.text().strip()}

    @property
    def reason(self) -> str:
        """Why it cannot be saved as it stands, "" where it can."""
        if len(self.lines) > MOST_LINES:
            return f"At most {MOST_LINES} lines; there are {len(self.lines)}."
        return next((f"Line {at}: {row.reason}" for at, row in enumerate(self.rows, 1) if row.reason), "")

    @property
    def losses(self) -> int:
        return sum(row.is_loss for row in self.rows)

    def raw(self) -> list[list[str]]:
        return [[row.amount.text(), row.words.text(), row.cost.text()] for row in self.rows]

    def set_raw(self, raw: Any) -> None:
        for row in list(self.rows):
            self._take_out(row)
        for item in raw if isinstance(raw, list) else []:
            if isinstance(item, list) and len(item) == 3:
                self._insert(*(str(part) for part in item))
        self._on_changed()

    def set_lines(self, lines: list[str], costs: dict[str, str]) -> None:
        self.set_raw([raw_line(app_prices.parse_line(text), costs.get(text, "")) for text in lines])

    # -- rows --------------------------------------------------------------------------------------
    def _insert(self, amount: str, words: str, cost: str) -> PriceRow:
        row = PriceRow(amount, words, cost, self._price, self._rate)
        row.changed.connect(self._on_changed)
        row.remove.clicked.connect(lambda: self._remove(row))
        self.rows.append(row)
        self._column.addWidget(row)
        self._on_changed()
        return row

    def _remove(self, row: PriceRow) -> None:
        self._take_out(row)
        self._on_changed()
        self.add.setFocus()

    def _take_out(self, row: PriceRow) -> None:
        self.rows.remove(row)
        self._column.removeWidget(row)
        row.hide()
        row.deleteLater()

    def _on_changed(self) -> None:
        self._refresh()
        self.changed.emit()

    def _refresh(self) -> None:
        count = len(self.rows)
        self.count.setText(f"{count} of {MOST_LINES}")
        restyle(self.count, role="micro" if count <= MOST_LINES else "micro-negative")
        self.add.setEnabled(count < MOST_LINES)
        self.add.setToolTip("" if count < MOST_LINES else f"A listing has at most {MOST_LINES} price lines")
        self._heads.setVisible(bool(self.rows))


def raw_line(line: PriceLine, cost: str) -> list[str]:
    amount = literal(line.micro) if line.micro is not None else ""
    return [amount, line.words, cost]


def _head(words: str, width: int) -> QWidget:
    found = label(words, "micro")
    found.setFixedWidth(width)
    return found


class PriceRow(QWidget):
    """Signals:
    changed()
    """

    changed = Signal()

    def __init__(self, amount: str, words: str, cost: str, price_usd: Decimal, rate_usd: Decimal) -> None:
        super().__init__()
        self._price, self._rate = price_usd, rate_usd
        self.amount = AmountField("Price in credits", None, "none")
        self.amount.setText(amount)
        self.amount.setFixedWidth(_AMOUNT)
        self.words, self.cost = QLineEdit(words), QLineEdit(cost)
        self.words.setCursorPosition(0)  # its beginning shows, however narrow it is
        self.words.setAccessibleName("What the price is for")
        self.words.setPlaceholderText("full theme, all updates of version 1")
        self.cost.setAccessibleName("What one such charge costs you, in dollars")
        self.cost.setPlaceholderText("0.001")
        self.cost.setToolTip("Stays on this computer; nobody else is told")
        self.cost.setFixedWidth(_COST)
        self.count = label("", "micro")
        self.count.setFixedWidth(_COUNT)
        self.remove = tool("trash", "Remove this price", "mini", 14)
        self.told = Paragraph("", "small-muted")
        self.lift = button("", "link", density="small")
        self.lift.clicked.connect(self._lift)
        fields = hbox(self.amount, (self.words, 1), self.cost, self.count, self.remove)
        self.setLayout(vbox(fields, hbox((self.told, 1), self.lift), spacing=2))
        for field in (self.amount, self.words, self.cost):
            field.textChanged.connect(self._on_changed)
        self._refresh()

    @property
    def text(self) -> str:
        """The line as the listing carries it; "" where nothing is typed."""
        return PriceLine(self.amount.micro, self.words.text().strip()).text

    @property
    def outcome(self) -> app_prices.Outcome | None:
        micro = self.amount.micro
        if micro is None:
            return None
        return app_prices.outcome(micro, app_prices.typed_cost(self.cost.text()), self._price, self._rate)

    @property
    def is_loss(self) -> bool:
        found = self.outcome
        return found is not None and found.is_loss

    @property
    def reason(self) -> str:
        if self.amount.reason:
            return self.amount.reason
        if len(self.text) > LONGEST_LINE:
            return f"it has {len(self.text)} characters; at most {LONGEST_LINE} fit."
        if self.cost.text().strip() and app_prices.typed_cost(self.cost.text()) is None:
            return "what it costs you is an amount of dollars such as 0.001."
        return ""

    def _on_changed(self, _text: str) -> None:
        self._refresh()
        self.changed.emit()

    def _refresh(self) -> None:
        found, reason = self.outcome, self.reason
        self.count.setText(f"{len(self.text)} / {LONGEST_LINE}")
        is_long = len(self.text) > LONGEST_LINE
        restyle(self.count, role="micro-negative" if is_long else "micro")
        restyle(self.words, invalid="true" if is_long else "")
        is_cost_bad = bool(self.cost.text().strip()) and app_prices.typed_cost(self.cost.text()) is None
        restyle(self.cost, invalid="true" if is_cost_bad else "")
        is_bad = bool(reason) or self.is_loss
        words = reason[:1].upper() + reason[1:] if reason else app_prices.told(found) if found is not None else ""
        self.told.set_words(words)
        self.told.setVisible(bool(words))
        restyle(self.told, role="small-negative" if is_bad else "small-muted")
        even = found.break_even if found is not None else None
        self.lift.setVisible(self.is_loss and not reason)
        if even is not None:
            self.lift.setText(f"Ask for {market_words.amount(even)}")

    def _lift(self) -> None:
        """Raise the price to where it pays."""
        found = self.outcome
        if found is not None and found.break_even is not None:
            self.amount.setText(literal(found.break_even))
