"""A new theme: what it begins with, its name, where it goes; then it is open."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QButtonGroup, QDialog, QFileDialog, QLineEdit, QRadioButton, QWidget

from office_studio.core.theme.templates import TEMPLATES, theme_id_of
from office_studio.ui import formats
from office_studio.ui.file_manager import documents_folder, short_path
from office_studio.ui.widgets.basics import ElidingLabel, Paragraph
from office_studio.ui.widgets.layouts import button, fit_height, hbox, label, restyle, vbox

if TYPE_CHECKING:
    from office_studio.errors import OfficeStudioError
    from office_studio.ui.jobs import Jobs
    from office_studio.ui.studio import Studio


class NewThemeDialog(QDialog):
    """Writes the theme off the GUI thread; stays open and says why when that cannot be.

    Signals:
        made(Path): the folder.
    """

    made = Signal(object)

    def __init__(self, jobs: Jobs, parent_folder: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("New theme")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setFixedWidth(520)
        self._scope = jobs.scope()
        self.parent_folder = parent_folder
        self.finished.connect(lambda _result: self._scope.close())
        self._build()
        self._refresh()
        self.name.setFocus()

    def _build(self) -> None:
        self._group, self.templates = QButtonGroup(self), {}
        choices = vbox(spacing=10)
        for key, template in TEMPLATES.items():
            radio = QRadioButton(template.title)
            radio.setAccessibleDescription(template.description)
            self._group.addButton(radio)
            self.templates[key] = radio
            words = Paragraph(template.description, "small-muted")
            words.setContentsMargins(24, 0, 0, 0)
            choices.addLayout(vbox(radio, words, spacing=2))
        next(iter(self.templates.values())).setChecked(True)
        self.name = QLineEdit()
        self.name.setPlaceholderText("My Loft")
        self.name.setAccessibleName("Name")
        self._where, choose = ElidingLabel("", "mono-muted"), button("Choose…", density="small")
        self._reason = Paragraph("", "small")
        cancel, self.make_button = button("Cancel", "ghost"), button("Make theme", "primary", "plus")
        self.make_button.setDefault(True)
        self.setLayout(
            vbox(label("New theme", "heading"), 2, label("Begin with", "small-muted"), choices, 6,
                 label("Name", "small-muted"), self.name, 4, label("Folder", "small-muted"),
                 hbox((self._where, 1), choose), self._reason, 6, hbox(None, cancel, self.make_button),
                 margins=(24, 20, 24, 18), spacing=6)
        )  # fmt: skip
        self._reason.hide()
        self.name.textChanged.connect(lambda _text: self._refresh())
        choose.clicked.connect(self._choose)
        cancel.clicked.connect(self.reject)
        self.make_button.clicked.connect(self.make)

    @property
    def template(self) -> str:
        return next(key for key, radio in self.templates.items() if radio.isChecked())

    @property
    def folder(self) -> Path | None:
        """To be made; None while the name gives no id."""
        theme_id = theme_id_of(self.name.text().strip())
        return self.parent_folder / theme_id if theme_id else None

    def _refresh(self) -> None:
        """The folder follows the name; a name that cannot be is told at once."""
        folder, is_typed = self.folder, bool(self.name.text().strip())
        self._where.setText(short_path(folder or self.parent_folder))
        reason = ""
        if is_typed and folder is None:
            reason = "The name needs a letter from a to z or a digit: its folder and id are made of it."
        elif folder is not None and folder.exists():
            reason = f"{folder.name} is already in {short_path(folder.parent)}. Choose another name or folder."
        self._say(reason)
        self.make_button.setEnabled(folder is not None and not reason)
        self.make_button.setToolTip("" if self.make_button.isEnabled() else reason or "Type a name first")

    def _say(self, reason: str) -> None:
        self._reason.set_words(reason)
        self._reason.setVisible(bool(reason))
        restyle(self.name, invalid="true" if reason else None)
        fit_height(self)

    def showEvent(self, event: QShowEvent) -> None:
        fit_height(self)
        super().showEvent(event)

    def _choose(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, "Folder in which to put the theme", str(self.parent_folder))
        if chosen:
            self.parent_folder = Path(chosen)
            self._refresh()

    def make(self) -> None:
        template, name, parent = self.template, self.name.text(), self.parent_folder
        self.make_button.setEnabled(False)

        def work() -> Path:
            from office_studio.services.theme_templates import new_theme

            return new_theme(template, name, parent)

        self._scope.run_blocking(work, self._on_made, self._on_failed)

    def _on_made(self, folder: Path) -> None:
        self.made.emit(folder)
        self.accept()

    def _on_failed(self, error: OfficeStudioError) -> None:
        self._say(formats.sentences(error.message, error.hint.replace(", or --dir", " or folder")))
        self.make_button.setEnabled(True)


def open_new_theme(studio: Studio) -> NewThemeDialog:
    """Beside the theme opened last, else among the documents."""
    recent = [Path(text).parent for text in studio.settings.now.recent_themes]
    folder = next((path for path in recent if path.is_dir()), documents_folder())
    dialog = NewThemeDialog(studio.jobs, folder, studio.window)
    dialog.made.connect(studio.open_in_make)
    dialog.open()
    return dialog
