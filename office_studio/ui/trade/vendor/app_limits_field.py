"""The field of a listing for limits of its installs: charges an hour, a day, a month, and an end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from office_studio.core.officex.app_fields import Setup
from office_studio.ui import formats
from office_studio.ui.trade.vendor import app_form_words
from office_studio.ui.trade.vendor.app_form_fields import FormField
from office_studio.ui.trade.vendor.app_form_words import PRESETS, WINDOWS
from office_studio.ui.widgets.layouts import hbox, label, restyle, vbox


class LimitsField(FormField):
    """Charges an hour, a day, a month, and an end; each of them may be left open."""

    def __init__(self, name: str, setup: Setup, hint: str, *, has_presets: bool) -> None:
        self.counts = {key: QLineEdit() for key in WINDOWS}
        self.until = QLineEdit()
        self.until.setAccessibleName("Permission at least until" if name.startswith("minimum") else "Permission until")
        self.until.setPlaceholderText("2027-01-31, never")
        self.presets = QComboBox()
        self.presets.setAccessibleName("Usual limits")
        self.presets.addItem("Usual limits…", None)
        for words, counts in PRESETS.items():
            self.presets.addItem(f"{words}: {' / '.join(formats.quantity(one) for one in counts)}", counts)
        for key, field in self.counts.items():
            field.setFixedWidth(74)
            field.setAccessibleName(f"Charges {WINDOWS[key]}")
        self.until.setFixedWidth(140)
        parts = [item for key, field in self.counts.items() for item in (field, label(WINDOWS[key], "small-muted"))]
        box = QWidget()
        below = [label("until", "small-muted"), self.until, *([self.presets] if has_presets else [])]
        box.setLayout(vbox(hbox(*parts, None, spacing=6), hbox(*below, None, spacing=6), spacing=6))
        super().__init__(name, box, setup, hint)
        box.setFocusProxy(self.counts["max_per_hour"])
        for field in (*self.counts.values(), self.until):
            field.textChanged.connect(self._on_changed)
        self.presets.activated.connect(self._on_preset)
        self.check()

    def read(self) -> dict[str, Any] | None:
        found: dict[str, Any] = {
            key: app_form_words.typed_count(field.text()) for key, field in self.counts.items() if field.text().strip()
        }
        until = app_form_words.typed_moment(self.until.text())
        return found | ({} if until is None else {"expires_at": until}) or None

    def raw(self) -> dict[str, str]:
        return {key: field.text() for key, field in self.counts.items()} | {"expires_at": self.until.text()}

    def set_raw(self, raw: Any) -> None:
        found = raw if isinstance(raw, Mapping) else {}
        for key, field in self.counts.items():
            field.setText(str(found.get(key, "")))
        self.until.setText(str(found.get("expires_at", "")))

    def raw_of(self, value: Any) -> Any:
        if not isinstance(value, Mapping):
            return {}
        found = {key: str(app_form_words.whole_of(value[key])) for key in WINDOWS if value.get(key) is not None}
        until = value.get("expires_at")
        return found | (
            {} if until is None else {"expires_at": app_form_words.moment_text(app_form_words.whole_of(until))}
        )

    def _on_preset(self, at: int) -> None:
        counts = self.presets.itemData(at)
        if counts is not None:
            for field, count in zip(self.counts.values(), counts, strict=True):
                field.setText(str(count))
        self.presets.setCurrentIndex(0)

    def mark(self, invalid: str) -> None:
        bad = {key for key, field in self.counts.items() if self._is_bad(key, field.text())}
        for key, field in self.counts.items():
            restyle(field, invalid="true" if key in bad else "")
        restyle(self.until, invalid="true" if isinstance(app_form_words.typed_moment(self.until.text()), str) else "")

    def _is_bad(self, key: str, text: str) -> bool:
        count = app_form_words.typed_count(text)
        return count is not None and bool(app_form_words.problem_of(self.name, {key: count}, self._setup))
