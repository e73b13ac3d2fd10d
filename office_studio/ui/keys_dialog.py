"""F1: every key of the action registry, by menu."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QFrame, QGridLayout, QScrollArea, QWidget

from office_studio.ui.action_table import ACTIONS, MENUS
from office_studio.ui.widgets.layouts import button, hbox, label, vbox

_WHERE = {
    "stage": "in the scene",
    "agents": "in the scene and the list",
    "figure": "agent selected in a 3D room",
    "": "",
}


class KeysDialog(QDialog):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keyboard shortcuts")
        self.resize(520, 560)
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 12, 0)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(0, 1)
        row = 0
        for menu in MENUS:
            keyed = [a for a in ACTIONS if a.menu.split("/")[0] == menu and (a.key or a.shown_key)]
            if not keyed:
                continue
            if row:
                grid.setRowMinimumHeight(row, 10)  # air before the next menu
                row += 1
            grid.addWidget(label(menu.upper(), "overline"), row, 0)
            row += 1
            for action in keyed:
                grid.addWidget(label(action.title), row, 0)
                grid.addWidget(label(_WHERE[action.scope], "small-muted"), row, 1)
                words = QKeySequence(action.key or action.shown_key).toString(QKeySequence.SequenceFormat.NativeText)
                grid.addWidget(label(words, "key"), row, 2, Qt.AlignmentFlag.AlignRight)
                row += 1
        body = QWidget()
        body.setProperty("level", "clear")
        body.setLayout(vbox(grid, None))
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidget(body)
        close = button("Close")
        close.clicked.connect(self.accept)
        self.setLayout(
            vbox(
                label("Keyboard shortcuts", "heading"),
                (area, 1),
                hbox(None, close),
                margins=(20, 16, 20, 16),
                spacing=12,
            )
        )
