"""Help › About: which version this is, and whose work is in it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QWidget

import office_studio
from office_studio.ui.widgets.layouts import button, hbox, label, line, vbox

_WIDTH = 460
_LICENCES = (
    ("Code", "MIT licence"),
    ("Themes and art", "CC0 1.0"),
    ("Fonts", "Inter and JetBrains Mono, SIL Open Font License 1.1"),
    ("Icons", "Phosphor (MIT), Codicons (CC BY 4.0)"),
)


class AboutDialog(QDialog):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("About Office Studio")
        self.setFixedWidth(_WIDTH)
        close = button("Close", "primary")
        close.clicked.connect(self.accept)
        head = hbox(label("Office Studio", "heading"), label(office_studio.__version__, "muted"), None, spacing=10)
        rows = vbox(spacing=8)
        for name, words in _LICENCES:
            named, told = label(name, "muted"), label(words)
            named.setFixedWidth(110)
            named.setAlignment(Qt.AlignmentFlag.AlignTop)
            told.setWordWrap(True)
            rows.addLayout(hbox(named, (told, 1), spacing=12))
        words = label("Watch AI agents at work in a virtual office.", "muted")
        column = vbox(head, words, line(), rows, 4, hbox(None, close), margins=(24, 20, 24, 18), spacing=12)
        self.setLayout(column)
        self.ensurePolished()
        self.setFixedHeight(column.totalHeightForWidth(_WIDTH))  # Qt would leave room for text without line breaks
