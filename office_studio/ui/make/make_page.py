"""The Make workspace, before the editor exists: what can be done with themes today, and nothing that cannot."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame

from office_studio.ui.actions import ActionSet
from office_studio.ui.widgets.basics import EmptyState
from office_studio.ui.widgets.layouts import button, vbox

_WORDS = (
    "The editor is not part of this version. Edit a theme folder with your own tools: open it here to see it, "
    "upload it to the office, or check it with “office-studio theme validate FOLDER”."
)


class MakePage(QFrame):
    def __init__(self, actions: ActionSet) -> None:
        super().__init__()
        self.setProperty("level", "surface")
        upload, open_theme = (
            button("Upload theme…", glyph="upload-simple"),
            button("Open theme…", "primary", "folder-open"),
        )
        upload.clicked.connect(lambda: actions.run("file.upload"))
        open_theme.clicked.connect(lambda: actions.run("file.open"))
        self.setLayout(vbox(EmptyState("paint-brush", "No theme editor yet", _WORDS, upload, open_theme, width=440)))
