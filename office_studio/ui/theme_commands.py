"""What the actions on themes do: open, check, pack, upload, undo in Make. Part of ``StudioCommands``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication, QUndoStack

from office_studio.ui import formats

if TYPE_CHECKING:
    from office_studio.errors import OfficeStudioError
    from office_studio.services.theme_packer import PackedTheme
    from office_studio.ui.assign.controller import AssignController
    from office_studio.ui.connect.session import OfficeSession
    from office_studio.ui.jobs import Jobs, Scope
    from office_studio.ui.main_window import MainWindow
    from office_studio.ui.make.make_page import MakePage
    from office_studio.ui.theme_library import ThemeLibrary
    from office_studio.ui.upload_sheet import UploadSheet


class ThemeCommands(QObject):
    jobs: Jobs
    scope: Scope
    session: OfficeSession
    library: ThemeLibrary
    assignments: AssignController
    window: MainWindow
    make_page: MakePage | None
    upload_sheet: UploadSheet
    toast: Callable[..., Any]

    # -- opening -----------------------------------------------------------------------------------
    def open_theme_folder(self) -> None:
        from PySide6.QtWidgets import QFileDialog

        path = QFileDialog.getExistingDirectory(self.window, "Open a theme folder")
        if path:
            self._open_theme(Path(path))

    def open_theme_zip(self) -> None:
        from PySide6.QtWidgets import QFileDialog

        path, _ = QFileDialog.getOpenFileName(self.window, "Open a theme package", "", "Themes (*.zip theme.json)")
        if path:
            self._open_theme(Path(path))

    def _open_theme(self, path: Path) -> None:
        """Where the user is: in Make to work on it, elsewhere on the stage."""
        if self.window.workspace == "make":
            self.open_in_make(path)
        else:
            self.library.choose_path(path)

    def open_in_make(self, path: Path) -> None:
        self.window.show_workspace("make")
        assert self.make_page is not None
        self.make_page.open_path(path)

    # -- Make --------------------------------------------------------------------------------------
    @property
    def make_undo_stack(self) -> QUndoStack | None:
        """Of the theme whose tab is open; None when Edit › Undo is about seats."""
        if self.window.workspace != "make" or self.make_page is None:
            return None
        page = self.make_page.page
        return page.document.undo_stack if page is not None else None

    def undo(self) -> None:
        stack = self.make_undo_stack
        if stack is not None:
            stack.undo()
        else:
            self.assignments.undo()

    def redo(self) -> None:
        stack = self.make_undo_stack
        if stack is not None:
            stack.redo()
        else:
            self.assignments.redo()

    def show_make_state(self) -> None:
        """State of saving and counts in the status bar."""
        if self.window.workspace == "make" and self.make_page is not None:
            words, facts = self.make_page.status()
            self.window.status.set_place(words)
            self.window.status.set_facts(*facts)

    def _local_path(self) -> Path | None:
        """Of what is chosen in Make; elsewhere, of the theme on the stage."""
        if self.window.workspace == "make" and self.make_page is not None:
            card = self.make_page.card
            if card is not None or self.make_page.page is None:
                return card.path if card is not None else None
            return self.make_page.page.document.path
        current = self.library.current
        return Path(current.where) if current is not None and current.source.value != "server" else None

    def check_theme(self) -> None:
        """Open the chosen theme, and look at all of it again."""
        path = self._local_path()
        if path is not None and self.make_page is not None:
            self.make_page.open_path(path).document.check()

    def copy_theme_path(self) -> None:
        path = self._local_path()
        if path is not None:
            QGuiApplication.clipboard().setText(str(path))
            self.toast("Path copied", str(path))

    def pack_theme(self) -> None:
        from PySide6.QtWidgets import QFileDialog

        path = self._local_path()
        if path is None:
            return
        start = str(path.parent / f"{path.stem if path.suffix else path.name}.zip")
        target, _ = QFileDialog.getSaveFileName(self.window, "Pack the theme", start, "Theme packages (*.zip)")
        if target:
            self.pack_to(path, Path(target))

    def pack_to(self, path: Path, target: Path) -> None:
        """Pack off the GUI thread; the result is a toast."""

        def work() -> PackedTheme:
            from office_studio.services.theme_packer import pack_theme

            return pack_theme(path, target)

        def done(packed: PackedTheme) -> None:
            self.window.status.set_job("")
            files = sum(1 for line in packed.plan if line.packed)
            self.toast(f"Packed: {target.name}", f"{formats.plural(files, 'file')}, {formats.size(packed.size_bytes)}")

        def failed(error: OfficeStudioError) -> None:
            self.window.status.set_job("")
            self.toast("Not packed", error.message, tone="error")

        self.window.status.set_job(f"Packing {path.name}")
        self.scope.run_blocking(work, done, failed)

    # -- uploading ---------------------------------------------------------------------------------
    def upload_theme(self) -> None:
        from office_studio.ui.upload_sheet import UploadSheet

        if self._show_running_upload():
            return
        self.upload_sheet = UploadSheet(self.window, self.session, self.jobs, self._local_path())
        self.upload_sheet.uploaded.connect(self._on_uploaded)
        self.upload_sheet.failed.connect(self._on_upload_failed)
        self.upload_sheet.cancelled.connect(self._on_upload_cancelled)
        self.upload_sheet.progressed.connect(self.window.status.set_job)
        self.upload_sheet.problems_requested.connect(self.open_in_make)
        self.window.status.job_action = self._show_running_upload

    def _on_upload_cancelled(self, name: str, words: str) -> None:
        self.toast(f"{name} is not uploaded", words, tone="info")
        self.library.refresh()

    def _show_running_upload(self) -> bool:
        """Open the sheet of the upload in the background again; whether there is one."""
        from shiboken6 import isValid

        sheet = getattr(self, "upload_sheet", None)
        is_there = sheet is not None and isValid(sheet) and sheet.job is not None and sheet.job.is_running
        if is_there and not sheet.is_open:
            sheet.reopen()
            return True
        return False

    def _on_upload_failed(self, error: OfficeStudioError) -> None:
        self.toast("Theme not uploaded", formats.sentences(error.message, error.hint), tone="error")

    def _on_uploaded(self, theme_id: str, name: str) -> None:
        self.library.refresh()
        self.toast(f"{name} is on the server", action=("Show in office", lambda: self.show_in_office(theme_id)))

    def show_in_office(self, theme_id: str) -> None:
        """The theme as the office has it, on the stage."""
        self.library.choose_key(f"server:{theme_id}")
        if self.window.workspace not in ("watch", "assign"):
            self.window.show_workspace("watch")
