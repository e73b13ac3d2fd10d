"""Fields of what an install may do, and the sentence that says what this can cost. For installing and for changing."""

from __future__ import annotations

import time
from decimal import Decimal

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QSpinBox, QWidget

from office_studio.core.officex.limits import MAX_COUNT, NEVER
from office_studio.core.officex.wire import AppView
from office_studio.ui import formats
from office_studio.ui.trade import market_words
from office_studio.ui.trade.installs import installing
from office_studio.ui.trade.installs.installing import DAY_S, Permission
from office_studio.ui.trade.trade_sheet import AmountField, field_row
from office_studio.ui.widgets.basics import Glyph, Paragraph
from office_studio.ui.widgets.layouts import frame, hbox, label, pad_spin, vbox

_PERIODS = {"7 days": 7 * DAY_S, "30 days": 30 * DAY_S, "90 days": 90 * DAY_S, "For ever": NEVER}


class LimitsForm(QWidget):
    """Signals:
    changed(): some field is other; ask ``reason`` whether it can be used.
    """

    changed = Signal()

    def __init__(self, begin: Permission, app: AppView | None, available: int, price: Decimal, *, is_new: bool) -> None:
        super().__init__()
        self._begin, self._available, self._price = begin, available, price
        self.cap = AmountField("Most it may ever take, in credits", begin.cap if begin.cap != NEVER else None)
        self.no_cap = QCheckBox("No cap")
        self.no_cap.setChecked(begin.cap == NEVER)
        self.until = QComboBox()
        self.until.setAccessibleName("How long it may charge")
        if not is_new:
            self.until.addItem(_present(begin.until), begin.until)
        for words, length in _PERIODS.items():
            self.until.addItem(words if is_new or length == NEVER else f"{words} from now", (length,))
        self.until.setCurrentIndex(1 if is_new else 0)
        self.counts = {name: _count(name, value, app) for name, value in begin.counts.items()}
        self.worst, self.windows = Paragraph(), Paragraph("", "small-muted")
        self._mark = Glyph("shield-check", "success", 18)
        box = frame(hbox(vbox(self._mark, None), (self.worst, 1), margins=(12, 10, 12, 10), spacing=10), "card")
        counts = hbox(*(item for name, spin in self.counts.items()
                        for item in (spin, label(_short(name), "muted"))), None, spacing=6)  # fmt: skip
        name = label("Charges, at most", "muted")
        name.setFixedWidth(130)
        self.setLayout(
            vbox(
                box, field_row("In all, at most", hboxed(self.cap, self.no_cap), ""),
                field_row("May charge", self.until), hbox(name, counts), self.windows, spacing=10,
            )
        )  # fmt: skip
        self.cap.textChanged.connect(self._refresh)
        self.no_cap.toggled.connect(self._refresh)
        self.until.currentIndexChanged.connect(self._refresh)
        for spin in self.counts.values():
            spin.valueChanged.connect(self._refresh)
        self._refresh()

    @property
    def reason(self) -> str:
        """Why it cannot be used as it stands; "" where it can."""
        if self.no_cap.isChecked():
            return ""
        return self.cap.reason or (
            "" if self.cap.text().strip() else "Say how much it may take in all, or choose No cap."
        )

    @property
    def permission(self) -> Permission:
        """Only where ``reason`` is empty."""
        cap = NEVER if self.no_cap.isChecked() else self.cap.micro or 0
        return Permission(*(spin.value() for spin in self.counts.values()), cap=cap, until=self._until())

    def _until(self) -> int:
        chosen = self.until.currentData()
        if isinstance(chosen, int):
            return chosen
        length = int(chosen[0])
        return NEVER if length == NEVER else int(time.time()) + length

    def _refresh(self, *_: object) -> None:
        self.cap.setEnabled(not self.no_cap.isChecked())
        is_bounded = not self.no_cap.isChecked()
        self._mark.set_glyph("shield-check" if is_bounded else "warning", "success" if is_bounded else "warning")
        if not self.reason:
            self.worst.set_words(installing.worst_case(self.permission, self._available, self._price))
        self.windows.set_words(installing.windows_told(self.permission))
        self.changed.emit()


def hboxed(*widgets: QWidget) -> QWidget:
    found = QWidget()
    found.setLayout(hbox((widgets[0], 1), *widgets[1:], spacing=12))
    return found


def _present(until: int) -> str:
    if until == NEVER:
        return "For ever, as now"
    return f"Until {formats.date(until * 1000)}, as now" if until > time.time() else "Paused, as now"


def _count(name: str, value: int, app: AppView | None) -> QSpinBox:
    found = QSpinBox()
    least = installing.floor_of(app, name)
    found.setRange(min(least, value), MAX_COUNT)
    found.setValue(value)
    found.setGroupSeparatorShown(True)
    found.setAccessibleName(f"Charges {installing.window_words(name)}, at most")
    found.setToolTip(f"This app needs at least {formats.quantity(least)}" if least else "0 refuses every charge")
    found.setMinimumWidth(84)
    pad_spin(found)
    return found


def _short(name: str) -> str:
    return installing.window_words(name)


def cap_words(permission: Permission) -> str:
    """For the button: "up to 20 credits"."""
    return "without a cap" if permission.cap == NEVER else f"up to {market_words.amount(permission.cap)}"
