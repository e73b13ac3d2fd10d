"""File › Open from the web: asks for the address of a theme package."""

from __future__ import annotations

from urllib.parse import urlsplit

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QLineEdit, QWidget

from office_studio.ui.widgets.basics import Paragraph
from office_studio.ui.widgets.layouts import button, fit_height, hbox, label, restyle, vbox

_SCHEMES = ("http://", "https://")


def why_not(address: str) -> str:
    """Why nothing can be fetched from there; "" where it can, or while it is still being typed."""
    if not address or any(scheme.startswith(address) for scheme in _SCHEMES):
        return ""
    if not address.startswith(_SCHEMES):
        return "The address must start with http:// or https://."
    try:
        host = urlsplit(address).hostname
    except ValueError:
        host = None
    return "" if host else "The address names no server, as in https://example.org/theme.zip."


class AddressDialog(QDialog):
    """Signals:
    chosen(str): the address, when it was confirmed.
    """

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Open a theme from the web")
        self.setFixedWidth(520)
        self.address = QLineEdit("https://")
        self.address.setAccessibleName("Address")
        self.problem = Paragraph("", "small-negative")
        self.problem.hide()
        cancel, self.open_button = button("Cancel", "ghost"), button("Open", "primary")
        self.open_button.setDefault(True)
        words = "It is fetched and checked before anything of it is shown. No token goes along."
        self.setLayout(
            vbox(label("Open a theme from the web", "heading"), Paragraph(words, "muted"), 6,
                 label("Address of the zip", "small-muted"), self.address, self.problem, 6,
                 hbox(None, cancel, self.open_button), margins=(24, 20, 24, 18), spacing=6)
        )  # fmt: skip
        self.address.textChanged.connect(lambda _text: self._refresh())
        cancel.clicked.connect(self.reject)
        self.open_button.clicked.connect(self.accept)
        self._refresh()

    def _refresh(self) -> None:
        typed = self.address.text().strip()
        reason = why_not(typed)
        restyle(self.address, invalid="true" if reason else "")
        self.problem.set_words(reason)
        self.problem.setVisible(bool(reason))
        fit_height(self)
        is_whole = typed.startswith(_SCHEMES) and typed not in _SCHEMES and not reason
        self.open_button.setEnabled(is_whole)
        self.open_button.setToolTip("" if is_whole else "Type the address first")

    def showEvent(self, event: QShowEvent) -> None:
        fit_height(self)
        super().showEvent(event)

    def accept(self) -> None:
        if self.open_button.isEnabled():
            self.chosen.emit(self.address.text().strip())
            super().accept()
