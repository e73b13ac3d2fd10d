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
    from office_studio.services.bundle_history import KeptBundle
    from office_studio.services.theme_packer import PackedTheme
    from office_studio.ui.assign.controller import AssignController
    from office_studio.ui.connect.session import OfficeSession
    from office_studio.ui.jobs import Jobs, Scope
    from office_studio.ui.main_window import MainWindow
    from office_studio.ui.make.cards import Card
    from office_studio.ui.make.make_page import MakePage
    from office_studio.ui.theme_library import ThemeLibrary
    from office_studio.ui.upload_details import Rows
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
    last_upload: tuple[str, Rows] | None = None  # title and facts of the upload that ended last
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

    def open_theme_address(self) -> None:
        """Ask for a web address, fetch the zip there, open it: read only, as every zip."""
        from office_studio.ui.make.address_dialog import AddressDialog

        dialog = AddressDialog(self.window)
        dialog.chosen.connect(self.fetch_theme)
        self.address_dialog = dialog
        dialog.open()

    def fetch_theme(self, address: str) -> None:
        """Into the folder of downloads of this program, then open it in Make."""

        def work() -> Path:
            from office_studio.paths import data_dir
            from office_studio.services.bundle_unpacker import bundle_name, fetch_bundle

            folder = data_dir() / "downloads"
            folder.mkdir(parents=True, exist_ok=True)
            target = folder / f"{bundle_name(address)}.zip"
            fetch_bundle(address.strip(), target, note)
            return target

        def note(done: int, total: int) -> None:
            of = f" of {formats.size(total)}" if total else ""
            self.jobs.post(lambda: self.window.status.set_job(f"Fetching, {formats.size(done)}{of}"))

        def done(path: Path) -> None:
            self.window.status.set_job("")
            self.open_in_make(path)

        def failed(error: OfficeStudioError) -> None:
            self.window.status.set_job("")
            self.toast("Package not fetched", formats.sentences(error.message, error.hint), tone="error")

        self.window.status.set_job("Fetching a package")
        self.scope.run_blocking(work, done, failed)

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

    def inspect_model(self, path: Path) -> None:
        """A 3D model in a tab of its own in Make."""
        self.window.show_workspace("make")
        assert self.make_page is not None
        self.make_page.open_model(path)

    def new_theme(self) -> None:
        from office_studio.ui.make.new_theme import open_new_theme

        self.window.show_workspace("make")
        self.new_theme_dialog = open_new_theme(self)  # type: ignore[arg-type]

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
        from office_studio.ui.make.pack_dialog import open_pack_dialog

        path = self._local_path()
        if path is None:
            return
        card = self.make_page.shelf.card(f"local:{path}") if self.make_page is not None else None
        name = card.name if card is not None else path.stem
        is_bundled = card is not None and card.is_bundled
        self.pack_dialog = open_pack_dialog(path, name, self.jobs, self.window, is_bundled=is_bundled)
        self.pack_dialog.packed.connect(self._on_packed)
        self.pack_dialog.failed.connect(lambda error: self.toast("Not packed", error.message, tone="error"))
        self.pack_dialog.problems_requested.connect(self.open_in_make)

    def _on_packed(self, packed: PackedTheme) -> None:
        files = sum(1 for line in packed.plan if line.packed)
        facts = f"{formats.plural(files, 'file')}, {formats.size(packed.size_bytes)}"
        self.toast(f"Packed: {packed.path.name}", facts, action=("Reveal", lambda: self.reveal(packed.path)))

    def unpack_theme(self) -> None:
        """A zip cannot be changed: ask for a folder, unpack it there, and go on with that."""
        from PySide6.QtWidgets import QFileDialog

        path = self._local_path()
        if path is None or path.suffix.lower() != ".zip":
            return
        parent = QFileDialog.getExistingDirectory(self.window, f"Folder in which to unpack {path.name}")
        if parent:
            self.unpack_to(path, Path(parent) / path.stem)

    def unpack_to(self, path: Path, folder: Path) -> None:
        """Whole into a new folder, or nothing at all; then it is open in Make."""

        def work() -> Path:
            from office_studio.services.bundle_unpacker import unpack_bundle

            unpack_bundle(path, folder)
            return folder

        def done(_folder: Path) -> None:
            self.window.status.set_job("")
            self.open_in_make(folder)
            self.toast(f"Unpacked to {folder.name}", str(folder), action=("Reveal", lambda: self.reveal(folder)))

        def failed(error: OfficeStudioError) -> None:
            self.window.status.set_job("")
            self.toast("Not unpacked", formats.sentences(error.message, error.hint), tone="error")

        self.window.status.set_job(f"Unpacking {path.name}")
        self.scope.run_blocking(work, done, failed)

    def reveal(self, path: Path) -> None:
        """In the desktop's file manager."""
        from office_studio.ui.file_manager import reveal

        if not reveal(path):
            self.toast("Folder not opened", str(path), tone="warning")

    # -- uploading ---------------------------------------------------------------------------------
    def upload_theme(self, kept: KeptBundle | None = None) -> None:
        """``kept``: publish this bundle again, instead of what is chosen."""
        from office_studio.ui.upload_sheet import UploadSheet

        if self._show_running_upload():
            return
        self.upload_sheet = UploadSheet(self.window, self.session, self.jobs, self._local_path(), kept)
        self.upload_sheet.uploaded.connect(self._on_uploaded)
        self.upload_sheet.ended.connect(self._keep_facts)
        self.upload_sheet.failed.connect(self._on_upload_failed)
        self.upload_sheet.cancelled.connect(self._on_upload_cancelled)
        self.upload_sheet.progressed.connect(self.window.status.set_job)
        self.upload_sheet.problems_requested.connect(self.open_in_make)
        self.window.status.job_action = self._show_running_upload

    def show_history(self) -> None:
        """The kept bundles of the chosen theme, for the office that is open."""
        assert self.make_page is not None
        card, url = self.make_page.card, self.session.url
        if card is None or not card.theme_id:
            return

        def work() -> tuple[KeptBundle, ...]:
            from office_studio.services.bundle_history import BundleHistory

            return BundleHistory(url).kept(card.theme_id)

        self.scope.run_blocking(work, lambda kept: self._open_history(card, kept))

    def _open_history(self, card: Card, kept: tuple[KeptBundle, ...]) -> None:
        from office_studio.ui.make.history_dialog import HistoryDialog

        office = self.session.office.name if self.session.office is not None else "the office"
        self.history_dialog = HistoryDialog(card.name, office, kept, card.server_version, self.window)
        self.history_dialog.republish_requested.connect(self.upload_theme)
        self.history_dialog.reveal_requested.connect(self.reveal)
        self.history_dialog.open()

    def show_last_upload(self) -> None:
        from office_studio.ui.upload_details import UploadDetails

        if self.last_upload is not None:
            UploadDetails(*self.last_upload, self.window).open()

    def _keep_facts(self) -> None:
        from office_studio.ui.upload_details import finished, upload_facts

        job = self.upload_sheet.job
        if job is not None:
            self.last_upload = (finished(job), upload_facts(job))

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
