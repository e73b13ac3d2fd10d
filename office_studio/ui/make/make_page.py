"""The Make workspace: a tab for the library and one for each theme that is open."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QFrame, QMenu, QStackedWidget, QTabBar

from office_studio.errors import OfficeStudioError
from office_studio.ui import formats
from office_studio.ui.icons import icon
from office_studio.ui.make.cards import Card
from office_studio.ui.make.document import Checked, ThemeDocument
from office_studio.ui.make.library_page import LibraryPage
from office_studio.ui.make.problem_rows import counts_line
from office_studio.ui.make.shelf import Shelf
from office_studio.ui.make.theme_page import ThemePage
from office_studio.ui.widgets.floating import ToastStack
from office_studio.ui.widgets.layouts import frame, hbox, tool, vbox

if TYPE_CHECKING:
    from office_studio.core.validation.report import Finding
    from office_studio.services.theme_mending import Mending
    from office_studio.ui.studio import Studio


class MakePage(QFrame):
    """Signals:
    state_changed(): what the status bar and the actions tell is other.
    """

    state_changed = Signal()

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self.setProperty("level", "surface")
        self._studio = studio
        self.shelf = Shelf(studio.library, studio.session, studio.settings, studio.jobs, self)
        self.library = LibraryPage(self.shelf)
        self.tabs = QTabBar()
        self.tabs.setExpanding(False)
        self.tabs.setDrawBase(False)
        self.tabs.setAccessibleName("Open themes")
        self._stack = QStackedWidget()
        bar = frame(hbox(self.tabs, None, margins=(4, 0, 4, 0)), "surface", "bottom")
        self.setLayout(vbox(bar, (self._stack, 1), spacing=0))
        self.toasts = ToastStack(self._stack)
        self._add_tab(self.library, "squares-four", "Library")
        self.tabs.currentChanged.connect(self._on_tab_changed)
        library = self.library
        library.open_requested.connect(self._show_open_menu)
        library.new_requested.connect(studio.new_theme)
        library.view.opened.connect(self.open_card)
        library.view.menu_requested.connect(self._show_card_menu)
        library.view.delete_requested.connect(self.delete_card)
        library.view.selectionModel().selectionChanged.connect(lambda *_: self.state_changed.emit())
        self.shelf.changed.connect(self.state_changed)
        studio.session.office_changed.connect(lambda _office: self.shelf.look())
        self.shelf.look()

    # -- tabs --------------------------------------------------------------------------------------
    @property
    def pages(self) -> list[ThemePage]:
        found = (self._stack.widget(at) for at in range(1, self._stack.count()))
        return [page for page in found if isinstance(page, ThemePage)]

    @property
    def page(self) -> ThemePage | None:
        """Of the theme whose tab is on top."""
        found = self._stack.currentWidget()
        return found if isinstance(found, ThemePage) else None

    @property
    def has_tab(self) -> bool:
        """Whether a theme or a model is on top, not the library."""
        return self.tabs.currentIndex() > 0

    @property
    def card(self) -> Card | None:
        """What is chosen: in the library, or by the open tab."""
        page = self.page
        if page is not None:
            return self.shelf.card(f"local:{page.document.path}")
        return self.library.view.card()

    def open_path(self, path: Path) -> ThemePage:
        """The tab of a folder or zip; made when there is none yet."""
        path = path.parent if path.name == "theme.json" else path
        self.shelf.add(path)
        for page in self.pages:
            if page.document.path == path:
                self.tabs.setCurrentIndex(self._stack.indexOf(page))
                return page
        document = ThemeDocument(path, self._studio.jobs, self)
        page = ThemePage(document)
        document.checked.connect(lambda result: self._on_checked(page, result))
        document.failed.connect(self._on_failed)
        document.mended.connect(self._on_mended)
        page.changed.connect(self.state_changed)
        page.unpack_requested.connect(self._studio.unpack_theme)
        page.model_requested.connect(lambda model: self._open_model_of(document, model))
        page.copied.connect(lambda words: self._studio.toast("Copied", words))
        document.undo_stack.indexChanged.connect(lambda _index: self.state_changed.emit())
        self._add_tab(page, "palette", document.name)
        document.check()
        self.tabs.setCurrentIndex(self._stack.indexOf(page))
        return page

    def open_model(self, path: Path, root: Path | None = None, *, document: ThemeDocument | None = None) -> QFrame:
        """The tab of a 3D model. ``root``: folder of its theme; ``document``: of that theme, when this is its room."""
        from office_studio.ui.room3d.inspector import ModelInspector

        for at in range(1, self._stack.count()):
            page = self._stack.widget(at)
            if isinstance(page, ModelInspector) and page.path == path:
                self.tabs.setCurrentIndex(at)
                return page
        page = ModelInspector(path, root, can_write_camera=document is not None)
        page.copied.connect(lambda words: self._studio.toast("Copied", words))
        if document is not None:
            page.camera_chosen.connect(lambda camera: document.put("Camera set", {"/camera": camera}))
        self._add_tab(page, "cube", path.name)
        self.tabs.setCurrentIndex(self._stack.indexOf(page))
        return page

    def _open_model_of(self, document: ThemeDocument, model: Path) -> None:
        name = model.relative_to(document.path).as_posix()
        written = document.result.document.get("room") if document.result is not None else None
        room = written.get("model") if isinstance(written, dict) else None
        self.open_model(model, document.path, document=document if name == room else None)

    def open_card(self, card: Card) -> None:
        if card.path is not None:
            self.open_path(card.path)
        else:
            self.preview_card(card)

    def close_tab(self, page: QFrame | None = None) -> None:
        page = page or self._stack.currentWidget()  # type: ignore[assignment]
        if page is not None and page is not self.library:
            at = self._stack.indexOf(page)
            page.close_page()  # type: ignore[attr-defined]
            self._stack.removeWidget(page)
            self.tabs.removeTab(at)
            page.deleteLater()

    def show_library(self) -> None:
        self.tabs.setCurrentIndex(0)

    def _add_tab(self, page: QFrame, glyph: str, words: str) -> None:
        self._stack.addWidget(page)
        at = self.tabs.addTab(icon(glyph), words)
        if page is not self.library:
            close = tool("x", "Close  Ctrl+W", "mini", 12)
            close.clicked.connect(lambda: self.close_tab(page))
            self.tabs.setTabButton(at, QTabBar.ButtonPosition.RightSide, close)

    def _on_tab_changed(self, at: int) -> None:
        self._stack.setCurrentIndex(max(0, at))
        if at == 0:
            self.shelf.look()
        elif self.page is not None:
            self.page.view.setFocus()
        self.state_changed.emit()

    def _on_checked(self, page: ThemePage, result: Checked) -> None:
        at, errors = self._stack.indexOf(page), result.report.counts["error"]
        self.tabs.setTabText(at, page.document.name)
        self.tabs.setTabIcon(at, icon("warning-octagon", "blocked_mark") if errors else icon("palette"))
        if page.document.profile.value == "schema":
            self.shelf.note_counts(page.document.path, errors, result.report.counts["warning"])
        self.shelf.look()
        self.state_changed.emit()

    def _on_failed(self, title: str, error: OfficeStudioError) -> None:
        self._studio.toast(title, formats.sentences(error.message, error.hint), tone="error", key="mend")

    def _on_mended(self, mending: Mending) -> None:
        title = f"{formats.plural(mending.count, 'problem')} mended" if mending.count > 1 else mending.title
        self._studio.toast(title, "Saved", action=("Undo", self.undo), key="mend")

    # -- status ------------------------------------------------------------------------------------
    def status(self) -> tuple[str, tuple[str, ...]]:
        """Words for the status bar: state at the left, facts at the right."""
        page = self.page
        if page is None:
            office, count = self._studio.session.office, self.shelf.server_count
            words = (
                f"{office.name} · {formats.plural(count, 'theme')} on the server"
                if office and count is not None
                else ""
            )
            return words or "Themes of this computer", (f"{formats.size(self.shelf.total_bytes)} of themes",)
        document = page.document
        saved = (
            f"Saved {formats.clock_seconds(document.saved_at_ms)}" if document.saved_at_ms else "Nothing changed here"
        )
        if not document.is_mendable:
            saved = "Read only: a zip"
        if document.is_busy:
            saved = "Checking…"
        counts = counts_line(document.result.report.counts) if document.result is not None else ""
        return saved, (counts,)

    def undo(self) -> None:
        if self.page is not None:
            self.page.document.undo_stack.undo()

    def redo(self) -> None:
        if self.page is not None:
            self.page.document.undo_stack.redo()

    # -- problems, from elsewhere --------------------------------------------------------------------
    def problems(self) -> list[tuple[ThemePage, Finding]]:
        """Of the tab on top first, then of the other open themes."""
        top = self.page
        pages = sorted(self.pages, key=lambda page: page is not top)
        return [(page, f) for page in pages if page.document.result is not None
                for f in page.document.result.report.findings]  # fmt: skip

    def go_to_problem(self, page: ThemePage, finding: Finding) -> None:
        """Its tab, its row, its line."""
        self._studio.window.show_workspace("make")
        at = self._stack.indexOf(page)
        if at >= 0:
            self.tabs.setCurrentIndex(at)
            page.show_problem(finding)

    # -- cards -------------------------------------------------------------------------------------
    def preview_card(self, card: Card) -> None:
        """Put the theme on the stage, and go there."""
        key = str(card.path) if card.path is not None else card.key
        if card.path is not None and not card.is_bundled:
            self._studio.library.choose_path(card.path)
        else:
            self._studio.library.choose_key(key)
        self._studio.window.show_workspace("watch")

    def delete_card(self, card: Card) -> None:
        from office_studio.ui.make.delete_dialog import DeleteThemes

        if card.is_on_server:
            self.deleting = DeleteThemes(self._studio, self.shelf, card)
        elif card.path is not None and not card.is_bundled:
            self._forget(card)
        else:
            self._studio.toast(f"{card.name} stays", "It comes with Office Studio.", tone="info")

    def _forget(self, card: Card) -> None:
        path = card.path
        assert path is not None
        self.shelf.forget(path)
        back = ("Undo", lambda: self.shelf.add(path))
        self._studio.toast(f"{card.name} is off the list", "Its files are where they were.", action=back)

    def reveal_card(self, card: Card) -> None:
        if card.path is not None:
            self._studio.reveal(card.path)

    # -- menus -------------------------------------------------------------------------------------
    def _show_card_menu(self, card: Card, at: QPoint) -> None:
        self.library.choose(card.key)
        is_zip = card.path is not None and card.path.suffix.lower() == ".zip"
        ids = ("make.open", "make.preview", None, "file.upload", "make.pack", *(("make.unpack",) if is_zip else ()),
               "make.history", None, "make.reveal", "make.copy_path", None, "make.delete")  # fmt: skip
        menu = self._studio.actions.menu_of(self, *ids)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(at)

    def _show_open_menu(self) -> None:
        self._popup_below(self.library.open_button, "file.open", "file.open_zip", "file.open_web")

    def _popup_below(self, button: object, *ids: str) -> None:
        menu: QMenu = self._studio.actions.menu_of(self, *ids)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(button.mapToGlobal(button.rect().bottomLeft()) + QPoint(0, 4))  # type: ignore[attr-defined]

    def close_make(self) -> None:
        for at in range(1, self._stack.count()):
            self._stack.widget(at).close_page()  # type: ignore[attr-defined]
        self.shelf.close()
