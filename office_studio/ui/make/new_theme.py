"""A new theme from a template: choose one from the menu, a name and a folder, then it is open."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog, QInputDialog, QMenu, QWidget

from office_studio.services.theme_templates import TEMPLATES, new_theme
from office_studio.ui import formats
from office_studio.ui.icons import icon

if TYPE_CHECKING:
    from office_studio.errors import OfficeStudioError
    from office_studio.ui.studio import Studio


def new_theme_menu(studio: Studio, parent: QWidget) -> QMenu:
    menu = QMenu(parent)
    for key, template in TEMPLATES.items():
        words = str(getattr(template, "title", "") or key)
        action = menu.addAction(icon("cube" if "3d" in key else "squares-four"), words)
        action.triggered.connect(partial(_ask, studio, key))
    menu.aboutToHide.connect(menu.deleteLater)
    return menu


def _ask(studio: Studio, template: str, *_: object) -> None:
    name, is_given = QInputDialog.getText(studio.window, "New theme", "Name of the theme")
    if not is_given or not name.strip():
        return
    parent = QFileDialog.getExistingDirectory(studio.window, f"Folder in which to put {name.strip()}")
    if parent:
        make_theme(studio, template, name, Path(parent))


def make_theme(studio: Studio, template: str, name: str, parent: Path) -> None:
    """Write it off the GUI thread, and open it."""

    def failed(error: OfficeStudioError) -> None:
        studio.toast("No new theme", formats.sentences(error.message, error.hint), tone="error")

    studio.scope.run_blocking(lambda: new_theme(template, name, parent), studio.open_in_make, failed)
