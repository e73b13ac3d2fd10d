"""The editor of ``agent_context``: what an app's agent is told. Masked; nothing is sent until you say so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLineEdit, QScrollArea, QWidget

from office_studio.core.officex.wire import InstallView
from office_studio.ui import formats
from office_studio.ui.trade.trade_sheet import TradeSheet
from office_studio.ui.widgets.basics import Paragraph
from office_studio.ui.widgets.layouts import button, hbox, label, restyle, tool, vbox

if TYPE_CHECKING:
    from office_studio.ui.studio import Studio

MOST, MOST_KEY, MOST_VALUE = 50, 200, 1000
_HEIGHT, _ROW = 220, 34  # px
_NOTHING = "No credentials yet. Add one, and the app finds it under its name."


class ContextSheet(TradeSheet):
    def __init__(self, studio: Studio, install: InstallView, name: str) -> None:
        self._before = dict(install.agent_context)
        self._install_id, self._name = install.install_id, name
        self.rows: list[_Line] = []
        self.count = label("", "small-muted")
        self.add, self.revert = button("Add", "ghost", "plus", "small"), button("Revert", "ghost", density="small")
        self.nothing = Paragraph(_NOTHING, "muted")
        self._column = vbox(self.nothing, None, spacing=6, margins=(0, 0, 8, 0))
        body = QWidget()
        body.setProperty("level", "clear")
        body.setLayout(self._column)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(body)
        self._area = area
        warning = Paragraph("The app's model reads these values. Put nothing here it must not know.", "small-muted")
        super().__init__(
            studio, f"Credentials for {name}", warning, hbox(self.count, None, self.revert, self.add), area, width=600,
            glyph="key",
        )  # fmt: skip
        self.add.clicked.connect(lambda: self._add("", "").key.setFocus())
        self.revert.clicked.connect(self._start_over)
        self.primary.clicked.connect(self._save)
        self.set_primary("Save")
        self._start_over()
        self.open(self.rows[0].value if self.rows else self.add)

    @property
    def changes(self) -> dict[str, str | None]:
        """What is other than before; None removes a key."""
        now = {row.key.text(): row.value.text() for row in self.rows if row.key.text()}
        changed: dict[str, str | None] = {key: value for key, value in now.items() if self._before.get(key) != value}
        return changed | {key: None for key in self._before if key not in now}

    def _start_over(self) -> None:
        for row in list(self.rows):
            self._remove(row)
        for key, value in self._before.items():
            self._add(key, value)
        self._refresh()

    def _add(self, key: str, value: str) -> _Line:
        row = _Line(key, value)
        row.remove.clicked.connect(lambda: self._remove(row))
        row.key.textChanged.connect(self._refresh)
        row.value.textChanged.connect(self._refresh)
        self.rows.append(row)
        self._column.insertWidget(self._column.count() - 1, row)
        self._refresh()
        return row

    def _remove(self, row: _Line) -> None:
        self.rows.remove(row)
        self._column.removeWidget(row)
        row.hide()
        row.deleteLater()
        self._refresh()

    def _refresh(self, *_: object) -> None:
        keys = [row.key.text() for row in self.rows if row.key.text()]
        twice = next((key for key in keys if keys.count(key) > 1), "")
        reason = f"“{twice}” stands here twice." if twice else ""
        for row in self.rows:
            reason = row.check() or reason
        if len(keys) > MOST:
            reason = f"An install holds at most {MOST}."
        self.nothing.setVisible(not self.rows)
        self._area.setFixedHeight(min(_HEIGHT, max(2, len(self.rows)) * _ROW))
        self.place()
        self.count.setText(f"{len(keys)} of {MOST}")
        self.add.setEnabled(len(self.rows) < MOST)
        self.revert.setEnabled(bool(self.changes))
        self.say_problem(reason)
        self.primary.setEnabled(not reason and bool(self.changes) and not self.is_busy)
        self.primary.setToolTip("" if self.changes else "Nothing is changed")
        if not self.is_busy:
            self.set_primary(f"Save {formats.plural(len(self.changes), 'change')}" if self.changes else "Save")

    def _save(self) -> None:
        changes, install_id = self.changes, self._install_id
        if changes and not self.is_busy:
            self.set_busy("Saving…")
            self.market.run(lambda client: client.change_context(install_id, changes), self._done, self._failed)

    def _done(self, _now: object) -> None:
        self.market.refresh()
        self.studio.toast(f"{self._name}: credentials saved", key="confirmed")
        self.close_sheet()

    def _failed(self, error: object) -> None:
        self.set_busy("")
        self._refresh()
        self.refuse(error)  # type: ignore[arg-type]


class _Line(QWidget):
    """Key, masked value with its counter, show, remove."""

    def __init__(self, key: str, value: str) -> None:
        super().__init__()
        self.key, self.value = QLineEdit(key), QLineEdit(value)
        self.key.setPlaceholderText("Name")
        self.key.setAccessibleName("Name")
        self.key.setFixedWidth(170)
        self.key.setReadOnly(bool(key))
        self.value.setPlaceholderText("Value")
        self.value.setAccessibleName(f"Value of {key}" if key else "Value")
        self.value.setEchoMode(QLineEdit.EchoMode.Password)
        self.counter = label("", "micro")
        self.counter.setFixedWidth(66)
        self.show_value = tool("eye", "Show the value", "mini", 14, checkable=True)
        self.remove = tool("trash", "Remove", "mini", 14)
        self.show_value.toggled.connect(self._reveal)
        self.setLayout(hbox(self.key, (self.value, 1), self.counter, self.show_value, self.remove, spacing=6))

    def _reveal(self, is_shown: bool) -> None:
        self.value.setEchoMode(QLineEdit.EchoMode.Normal if is_shown else QLineEdit.EchoMode.Password)

    def check(self) -> str:
        """Why it cannot be saved, "" where it can."""
        length, name = len(self.value.text()), len(self.key.text())
        self.counter.setText(f"{length} / {MOST_VALUE:,}")
        reason = ""
        if name > MOST_KEY:
            reason = f"A name has at most {MOST_KEY} characters; this one has {name}."
        elif length > MOST_VALUE:
            reason = f"A value has at most {MOST_VALUE} characters; this one has {length}."
        elif length and not name:
            reason = "A value needs a name."
        restyle(self.key, invalid="true" if name > MOST_KEY or (length and not name) else "")
        restyle(self.value, invalid="true" if length > MOST_VALUE else "")
        return reason
