"""The Market workspace, before the marketplace exists."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame

from office_studio.ui.actions import ActionSet
from office_studio.ui.widgets.basics import EmptyState
from office_studio.ui.widgets.layouts import button, vbox

_WORDS = "Apps, credits and the wallet are not part of this version. Nothing here can spend money."


class MarketPage(QFrame):
    def __init__(self, actions: ActionSet) -> None:
        super().__init__()
        self.setProperty("level", "surface")
        back = button("Back to the office")
        back.clicked.connect(lambda: actions.run("view.watch"))
        self.setLayout(vbox(EmptyState("storefront", "No market yet", _WORDS, back, width=400)))
