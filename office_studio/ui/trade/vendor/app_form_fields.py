"""Fields of a listing: title above, editor, and below it what is wrong and how much of the limit is used."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QPlainTextEdit, QWidget

from office_studio.core.officex.app_fields import PRICE_TYPES, Setup
from office_studio.ui import formats
from office_studio.ui.trade.installs.catalog_view import PRICES
from office_studio.ui.trade.vendor import app_form_words
from office_studio.ui.trade.vendor.app_form_words import LISTS, TITLES
from office_studio.ui.trade.vendor.app_price_rows import PriceRows
from office_studio.ui.widgets.basics import Paragraph
from office_studio.ui.widgets.layouts import hbox, label, restyle, vbox


class FormField(QWidget):
    """``raw()``: what stands in the editor, for drafts; ``value``: what OfficeX would be sent, None for nothing.

    Signals:
        changed(str): its name.
    """

    changed = Signal(str)

    def __init__(self, name: str, editor: QWidget, setup: Setup, hint: str = "") -> None:
        super().__init__()
        self.name, self.editor, self._setup = name, editor, setup
        self.value: Any = None  # as it was read when the editor last changed
        self.reason = self._refusal = self._warning = ""
        self._is_touched = False  # a form that nobody has typed into does not scold
        editor.setAccessibleName(TITLES[name])
        self.title = label(TITLES[name], "small")
        self.title.setBuddy(editor)
        self.message, self.counter = Paragraph("", "small-muted"), label("", "micro")
        self._hint = hint
        self.setLayout(vbox(self.title, editor, hbox((self.message, 1), self.counter, spacing=8), spacing=3))

    # -- to be overridden --------------------------------------------------------------------------
    def read(self) -> Any:
        """The value, from the editor."""
        raise NotImplementedError

    def raw(self) -> Any:
        raise NotImplementedError

    def typed(self) -> Any:
        """The part of ``raw`` that is lost unless the listing is saved."""
        return self.raw()

    def set_raw(self, raw: Any) -> None:
        raise NotImplementedError

    def raw_of(self, value: Any) -> Any:
        """What the editor shows for a value of the listing."""
        raise NotImplementedError

    def used(self) -> tuple[str, bool]:
        """Words of the counter, and whether it is over; ("", False) without a limit."""
        return "", False

    @property
    def is_scolding(self) -> bool:
        """Whether what is wrong is said: not of a field that is empty because nobody has come to it yet."""
        return self._is_touched or self.value is not None

    # -- the same for all --------------------------------------------------------------------------
    def set_value(self, value: Any) -> None:
        self.set_raw(self.raw_of(value))

    def refuse(self, words: str) -> None:
        """What the server said of this value; it stands until the value is other."""
        self._refusal = words
        self.check()

    def own_reason(self) -> str:
        """What is wrong with the editor's text itself; before OfficeX's own rules."""
        return ""

    def own_warning(self) -> str:
        return ""

    def check(self) -> str:
        self.value = self.read()
        self.reason = self.own_reason() or app_form_words.problem_of(self.name, self.value, self._setup)
        words = self._refusal or (self.reason if self.is_scolding else "")
        self._warning = "" if words else self.own_warning()
        told, is_over = self.used()
        self.counter.setText(told)
        restyle(self.counter, role="micro-negative" if is_over else "micro")
        self.counter.setVisible(bool(told))
        shown = words or self._warning or self._hint
        self.message.set_words(shown or " ")
        self.message.setVisible(bool(shown) or bool(told))
        restyle(self.message, role="small-negative" if words else "small-muted")
        self.mark("true" if words else "warning" if self._warning else "")
        return self.reason

    def mark(self, invalid: str) -> None:
        restyle(self.editor, invalid=invalid)

    def _on_changed(self, *_: object) -> None:
        self._refusal, self._is_touched = "", True
        self.check()
        self.changed.emit(self.name)


class LineField(FormField):
    def __init__(self, name: str, setup: Setup, placeholder: str = "", hint: str = "") -> None:
        self.line = QLineEdit()
        self.line.setPlaceholderText(placeholder)
        super().__init__(name, self.line, setup, hint)
        self.line.textChanged.connect(self._on_changed)
        self.check()

    def read(self) -> Any:
        return self.line.text().strip() or None

    def raw(self) -> str:
        return self.line.text()

    def set_raw(self, raw: Any) -> None:
        self.line.setText(raw if isinstance(raw, str) else "")
        self.line.setCursorPosition(0)

    def raw_of(self, value: Any) -> str:
        return value if isinstance(value, str) else ""

    def used(self) -> tuple[str, bool]:
        most = app_form_words.most_of(self.name, self._setup)
        return ("", False) if most is None else _share(len(self.value or ""), most)


class TextField(FormField):
    """``warns_over``: characters from which on some environments refuse."""

    def __init__(
        self, name: str, setup: Setup, height: int, placeholder: str = "", hint: str = "", warns_over: int = 0
    ) -> None:
        self.text = QPlainTextEdit()
        self.text.setPlaceholderText(placeholder)
        self.text.setTabChangesFocus(True)
        self.text.setFixedHeight(height)
        self._warns_over = warns_over
        super().__init__(name, self.text, setup, hint)
        self.text.textChanged.connect(self._on_changed)
        self.check()

    def read(self) -> Any:
        return self.text.toPlainText() or None

    def raw(self) -> str:
        return self.text.toPlainText()

    def set_raw(self, raw: Any) -> None:
        self.text.setPlainText(raw if isinstance(raw, str) else "")

    def raw_of(self, value: Any) -> str:
        return value if isinstance(value, str) else ""

    def used(self) -> tuple[str, bool]:
        most = app_form_words.most_of(self.name, self._setup)
        return ("", False) if most is None else _share(len(self.value or ""), most)

    def own_warning(self) -> str:
        length = len(self.value or "")
        if not self._warns_over or length <= self._warns_over:
            return ""
        return f"More than {formats.quantity(self._warns_over)} characters: some environments refuse that."


class AddressesField(TextField):
    """One address a line."""

    def read(self) -> list[str] | None:
        return [line.strip() for line in self.text.toPlainText().splitlines() if line.strip()] or None

    def raw_of(self, value: Any) -> str:
        return "\n".join(str(item) for item in value) if isinstance(value, list) else ""

    def used(self) -> tuple[str, bool]:
        return _share(len(self.value or ()), LISTS[self.name][0])

    def append(self, address: str) -> None:
        self.set_raw("\n".join([*(self.value or ()), address]))


class TagsField(LineField):
    """Words with commas between them."""

    def read(self) -> list[str] | None:
        return [tag.strip() for tag in self.line.text().split(",") if tag.strip()] or None

    def raw_of(self, value: Any) -> str:
        return ", ".join(str(tag) for tag in value) if isinstance(value, list) else ""

    def used(self) -> tuple[str, bool]:
        return _share(len(self.value or ()), LISTS["tags"][0])


class PriceTypeField(FormField):
    def __init__(self, setup: Setup) -> None:
        self.box = QComboBox()
        self.box.addItem("Does not say", None)
        for kind in PRICE_TYPES:
            self.box.addItem(PRICES[kind], kind)
        super().__init__("price_type", self.box, setup)
        self.box.currentIndexChanged.connect(self._on_changed)
        self.check()

    def read(self) -> Any:
        return self.box.currentData()

    def raw(self) -> Any:
        return self.read()

    def set_raw(self, raw: Any) -> None:
        self.box.setCurrentIndex(max(0, self.box.findData(raw)))

    def raw_of(self, value: Any) -> Any:
        return value


class FlagField(FormField):
    """Nothing is sent for "no": a listing that does not say means the same."""

    def __init__(self, name: str, setup: Setup, words: str) -> None:
        self.tick = QCheckBox(words)
        super().__init__(name, self.tick, setup)
        self.title.hide()
        self.tick.toggled.connect(self._on_changed)
        self.check()

    def read(self) -> bool | None:
        return True if self.tick.isChecked() else None

    def raw(self) -> bool:
        return self.tick.isChecked()

    def set_raw(self, raw: Any) -> None:
        self.tick.setChecked(raw is True)

    def raw_of(self, value: Any) -> bool:
        return value is True


class IconField(FormField):
    """An emoji, or the address of a picture."""

    KINDS: ClassVar = {"Emoji": "emoji", "Picture address": "image"}

    def __init__(self, setup: Setup) -> None:
        self.kind, self.content = QComboBox(), QLineEdit()
        for words, kind in self.KINDS.items():
            self.kind.addItem(words, kind)
        self.kind.setAccessibleName("Kind of icon")
        self.kind.setFixedWidth(150)
        both = QWidget()
        self.row = hbox(self.kind, (self.content, 1))
        both.setLayout(self.row)
        super().__init__("icon", both, setup)
        self.content.setAccessibleName("Icon")
        self.title.setBuddy(self.content)
        both.setFocusProxy(self.content)
        self.kind.currentIndexChanged.connect(self._on_changed)
        self.content.textChanged.connect(self._on_changed)
        self.check()

    def read(self) -> dict[str, str] | None:
        content = self.content.text().strip()
        return {"type": str(self.kind.currentData()), "content": content} if content else None

    def raw(self) -> dict[str, str]:
        return {"type": str(self.kind.currentData()), "content": self.content.text()}

    def set_raw(self, raw: Any) -> None:
        found = raw if isinstance(raw, Mapping) else {}
        self.kind.setCurrentIndex(max(0, self.kind.findData(found.get("type"))))
        self.content.setText(str(found.get("content", "")))

    def raw_of(self, value: Any) -> Any:
        return dict(value) if isinstance(value, Mapping) else {}

    def own_reason(self) -> str:
        self.content.setPlaceholderText("One emoji" if self.kind.currentData() == "emoji" else "https://…")
        return ""

    def mark(self, invalid: str) -> None:
        restyle(self.content, invalid=invalid)


class PricesField(FormField):
    """The price list inside the form."""

    def __init__(self, setup: Setup, price_usd: Decimal, rate_usd: Decimal) -> None:
        self.rows = PriceRows(price_usd, rate_usd)
        super().__init__("pricing_lines", self.rows, setup)
        self.rows.setFocusProxy(self.rows.add)
        self.rows.changed.connect(self._on_changed)
        self.check()

    def read(self) -> list[str] | None:
        return self.rows.lines or None

    def raw(self) -> Any:
        return self.rows.raw()

    def typed(self) -> Any:
        return [[amount, words] for amount, words, _cost in self.rows.raw() if amount or words]

    def set_raw(self, raw: Any) -> None:
        self.rows.set_raw(raw)

    def raw_of(self, value: Any) -> Any:
        from office_studio.ui.trade.vendor.app_price_rows import raw_line
        from office_studio.ui.trade.vendor.app_prices import parse_line

        lines = [item for item in value if isinstance(item, str)] if isinstance(value, list) else []
        return [raw_line(parse_line(text), "") for text in lines]

    def own_reason(self) -> str:
        return self.rows.reason

    def mark(self, invalid: str) -> None:
        pass  # each row marks its own fields


def _share(used: int, most: int) -> tuple[str, bool]:
    return f"{formats.quantity(used)} / {formats.quantity(most)}", used > most
