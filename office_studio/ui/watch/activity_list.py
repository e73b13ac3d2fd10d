"""Lines of recent activity. Row widgets are made once and reused: a busy agent has a new line every second."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from office_studio.ui.theming import theme
from office_studio.ui.watch.inspector_text import ActivityLine
from office_studio.ui.widgets.basics import ElidingLabel, Glyph
from office_studio.ui.widgets.layouts import hbox, label, vbox

LINES = 12


class ActivityList(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self._rows: list[_Row] = []
        self._empty = label("Nothing seen yet", "small-muted")
        self._column = vbox(self._empty, spacing=7)
        self.setLayout(self._column)
        self._lines: tuple[ActivityLine, ...] = ()

    def show_lines(self, lines: tuple[ActivityLine, ...]) -> None:
        lines = lines[:LINES]
        if lines == self._lines and self._rows:
            return
        self._lines = lines
        self._empty.setVisible(not lines)
        while len(self._rows) < len(lines):
            row = _Row()
            self._rows.append(row)
            self._column.addWidget(row)
        for i, row in enumerate(self._rows):
            row.setVisible(i < len(lines))
            if i < len(lines):
                row.show_line(lines[i])


class _Row(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self._time = label("", "mono-muted")
        self._time.setFixedWidth(40)
        self._glyph = Glyph("play", "text_muted", 14)
        self._words = ElidingLabel("", "small")
        self._words.setFont(theme().font("small"))
        self.setLayout(hbox(self._time, self._glyph, (self._words, 1), spacing=7))

    def show_line(self, line: ActivityLine) -> None:
        if self._time.text() != line.time:
            self._time.setText(line.time)
        self._time.setToolTip(line.tip)
        self._glyph.set_glyph(line.glyph, line.tone)
        self._words.setText(line.words)
