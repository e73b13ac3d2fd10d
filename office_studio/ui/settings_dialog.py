"""Settings that exist today: how the window looks and moves, and the offices it knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QButtonGroup, QCheckBox, QDialog, QRadioButton, QWidget

from office_studio.ui.connect.office_ref import OfficeKind, OfficeRef, short_name
from office_studio.ui.widgets.basics import ElidingLabel
from office_studio.ui.widgets.layouts import button, hbox, label, line, vbox

if TYPE_CHECKING:
    from office_studio.ui.studio import Studio


class SettingsDialog(QDialog):
    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self.setWindowTitle("Settings")
        self.setMinimumWidth(460)
        close = button("Close", "primary")
        close.clicked.connect(self.accept)
        self._offices = vbox(spacing=6)
        self._fill_offices()
        column = vbox(
            label("Settings", "heading"),
            label("APPEARANCE", "overline"),
            self._appearance(),
            self._switch("High contrast", studio.memory.high_contrast, studio.toggle_contrast),
            self._switch(
                "Reduced motion: figures move without walking",
                bool(studio.settings.now.reduced_motion),
                studio.toggle_motion,
            ),
            self._switch("Names of zones in the room", studio.settings.now.zone_names, studio.toggle_zone_names),
            line(),
            label("OFFICES", "overline"),
            self._offices,
            hbox(None, close),
            margins=(24, 20, 24, 20),
            spacing=10,
        )
        self.setLayout(column)

    def _appearance(self) -> QWidget:
        row, group = QWidget(), QButtonGroup(self)
        buttons = []
        for key, words in (("system", "Follow the system"), ("dark", "Dark"), ("light", "Light")):
            made = QRadioButton(words)
            made.setChecked(self._studio.settings.now.appearance == key)
            made.clicked.connect(lambda _checked=False, key=key: self._studio.set_appearance(key))
            group.addButton(made)
            buttons.append(made)
        row.setLayout(hbox(*buttons, None, spacing=16))
        return row

    def _switch(self, words: str, is_on: bool, toggle: object) -> QCheckBox:
        box = QCheckBox(words)
        box.setChecked(is_on)
        box.clicked.connect(lambda: toggle())  # type: ignore[operator]
        return box

    def _fill_offices(self) -> None:
        offices = self._studio.settings.now.offices
        if not offices:
            self._offices.addWidget(label("No office is saved yet.", "small-muted"))
        for office in offices:
            name = office.name or short_name(office.url)
            forget = button("Sign out and forget", density="small")
            forget.setAccessibleName(f"Sign out of {name} and forget it")
            row = QWidget()
            words = vbox(label(name, "strong"), ElidingLabel(office.url, "small-muted"), spacing=1)
            row.setLayout(hbox((words, 1), forget))
            ref = OfficeRef(OfficeKind.SAVED, office.url, name)
            forget.clicked.connect(lambda _checked=False, ref=ref, row=row: self._forget(ref, row))
            self._offices.addWidget(row)

    def _forget(self, office: OfficeRef, row: QWidget) -> None:
        self._studio.forget_office(office)
        row.hide()
