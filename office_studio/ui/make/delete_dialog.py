"""Deleting a theme from the office: says who sits in it, and asks for its name when somebody does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QDialog, QLineEdit

from office_studio.core.office.model import Binding
from office_studio.errors import OfficeStudioError
from office_studio.ui import formats
from office_studio.ui.make.cards import Card
from office_studio.ui.widgets.basics import Paragraph
from office_studio.ui.widgets.layouts import button, hbox, label, vbox

if TYPE_CHECKING:
    from office_studio.ui.make.shelf import Shelf
    from office_studio.ui.studio import Studio


class DeleteThemes(QObject):
    """Asks the office who sits in the theme, then the user, then deletes."""

    def __init__(self, studio: Studio, shelf: Shelf, card: Card) -> None:
        super().__init__(shelf)
        self._studio, self._shelf, self.card = studio, shelf, card
        self.dialog: DeleteDialog | None = None
        client, theme_id = studio.session.client, card.theme_id
        if client is None:
            studio.toast(f"{card.name} not deleted", "The office is not connected.", tone="error")
            return

        async def ask() -> tuple[Binding, ...]:
            return await client.bindings(theme_id)

        studio.session.scope.run(ask, self._on_known, lambda _error: self._on_known(None))

    def _on_known(self, bindings: tuple[Binding, ...] | None) -> None:
        studio, office = self._studio, self._studio.session.office
        seated = None if bindings is None else [studio.store.name(binding.agent_id) for binding in bindings]
        name = office.name if office is not None else "the office"
        self.dialog = DeleteDialog(self.card, name, seated, studio.window)
        self.dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.dialog.accepted.connect(self._delete)
        self.dialog.open()

    def _delete(self) -> None:
        session, theme_id = self._studio.session, self.card.theme_id
        client, credentials = session.client, session.credentials
        if client is None:
            return

        async def act() -> None:
            from office_studio.services.theme_client import ThemeClient

            async with ThemeClient(client.base_url, credentials) as themes:
                await themes.delete(theme_id)

        self._studio.toast(f"Deleting {self.card.name}…", tone="info", key="delete")
        session.scope.run(act, self._on_deleted, self._on_failed)

    def _on_deleted(self, _nothing: object) -> None:
        kept = "It is still on this computer." if self.card.path is not None else "Seats are kept for a later upload."
        self._studio.toast(f"{self.card.name} is gone from the server", kept, key="delete")
        self._studio.library.refresh()

    def _on_failed(self, error: OfficeStudioError) -> None:
        detail = formats.sentences(error.message, error.hint)
        self._studio.toast(f"{self.card.name} not deleted", detail, tone="error", key="delete")
        self._studio.library.refresh()


class DeleteDialog(QDialog):
    """``seated``: names of those who sit in it; None when that could not be asked."""

    def __init__(self, card: Card, office: str, seated: list[str] | None, parent: object) -> None:
        super().__init__(parent)  # type: ignore[call-overload]
        self.setWindowTitle(f"Delete {card.name}")
        self.setFixedWidth(440)
        self._name = card.name
        self.words = Paragraph(_consequence(card, office, seated))
        self.field = QLineEdit()
        self.field.setPlaceholderText(card.name)
        self.field.setAccessibleName(f"Type {card.name} to delete it")
        asks = Paragraph(f"Type “{card.name}” to delete it.", "small-muted")
        self.delete_button, cancel = button(f"Delete {card.name}", "danger"), button(f"Keep {card.name}")
        self._must_type = seated is None or bool(seated)
        for part in (asks, self.field):
            part.setVisible(self._must_type)
        self.setLayout(
            vbox(label(f"Delete {card.name} from {office}?", "title"), self.words, asks, self.field, 4,
                 hbox(None, cancel, self.delete_button), margins=(24, 20, 24, 18), spacing=10)
        )  # fmt: skip
        cancel.setDefault(True)
        cancel.clicked.connect(self.reject)
        self.delete_button.clicked.connect(self.accept)
        self.field.textChanged.connect(lambda _text: self._refresh())
        self._refresh()
        (self.field if self._must_type else cancel).setFocus()

    def _refresh(self) -> None:
        is_typed = self.field.text().strip() == self._name
        self.delete_button.setEnabled(is_typed or not self._must_type)
        self.delete_button.setToolTip("" if self.delete_button.isEnabled() else "Type the name first")


def _consequence(card: Card, office: str, seated: list[str] | None) -> str:
    if seated is None:
        who = "Who sits in it could not be asked."
    elif seated:
        verb = "sits" if len(seated) == 1 else "sit"
        names = formats.sentence_list(seated[:6]) if len(seated) <= 6 else formats.plural(len(seated), "agent")
        who = f"{names} {verb} in it; {office} keeps their seats for a later upload."
    else:
        who = "Nobody sits in it."
    here = "The files on this computer stay." if card.path is not None else "There is no copy on this computer."
    return f"It goes for everybody who uses {office}. {who} {here}"
