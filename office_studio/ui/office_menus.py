"""The menus of the header: which office, what about the connection, which theme. Built when they open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu

from office_studio.ui import formats
from office_studio.ui.connect.office_ref import DEMO, OfficeKind, OfficeRef, short_name
from office_studio.ui.icons import icon
from office_studio.ui.theme_library import ThemeChoice

if TYPE_CHECKING:
    from office_studio.ui.studio import Studio


class OfficeMenus(QObject):
    def __init__(self, studio: Studio) -> None:
        super().__init__(studio)
        self._studio = studio
        self.office, self.connection, self.themes = QMenu(studio.window), QMenu(studio.window), QMenu(studio.window)
        self._local: tuple[OfficeRef, ...] = ()
        self.office.aboutToShow.connect(self._fill_offices)
        self.connection.aboutToShow.connect(self._fill_connection)
        self.themes.aboutToShow.connect(self._fill_themes)
        for menu in (self.office, self.connection, self.themes):
            menu.setToolTipsVisible(True)
            studio.actions.track(menu)
        # A menu without entries does not open, and these are filled on opening.
        for menu in (self.office, self.connection, self.themes):
            menu.addAction("")

    def look_for_local_offices(self) -> None:
        """Find servers that run on this computer; reads files, so not on this thread."""

        def look() -> tuple[OfficeRef, ...]:
            from office_studio.services import local_offices

            return tuple(
                OfficeRef(OfficeKind.LOCAL, office.url, f"Local office {short_name(office.url)}", office.token)
                for office in local_offices.running()
            )

        def take(found: tuple[OfficeRef, ...]) -> None:
            self._local = found

        self._studio.scope.run_blocking(look, take)

    # -- office ------------------------------------------------------------------------------------
    def _fill_offices(self) -> None:
        menu, current = self.office, self._studio.session.office
        self.look_for_local_offices()
        menu.clear()
        self._add_office(menu, DEMO, "play-circle", "12 simulated agents on this computer")
        saved = {office.url: office for office in self._studio.settings.now.offices}
        for office in self._local:
            self._add_office(menu, office, "desktop", office.url)
        for office in saved.values():
            if all(office.url != local.url for local in self._local):
                ref = OfficeRef(OfficeKind.SAVED, office.url, office.name or short_name(office.url))
                self._add_office(menu, ref, "buildings", office.url)
        menu.addSeparator()
        menu.addAction(self._studio.actions.qt("office.connect"))
        if current is not None:
            menu.addAction(self._studio.actions.qt("office.leave"))
        if current is not None and current.url in saved:
            forget = menu.addAction(icon("trash"), f"Sign out and forget {current.name}")
            forget.triggered.connect(lambda: self._studio.forget_office(current))

    def _add_office(self, menu: QMenu, office: OfficeRef, glyph: str, tip: str) -> None:
        action = menu.addAction(icon(glyph), office.name)
        action.setToolTip(tip)
        action.setCheckable(True)
        current = self._studio.session.office
        action.setChecked(current is not None and current.key == office.key)
        action.triggered.connect(lambda: self._studio.open_office(office))

    # -- connection --------------------------------------------------------------------------------
    def _fill_connection(self) -> None:
        menu, store = self.connection, self._studio.store
        menu.clear()
        connection, office = store.connection, self._studio.session.office
        lines = [connection.message or "Not connected.", connection.hint]
        if office is not None:
            lines.append(self._studio.session.url or office.url)
            if connection.last_news_ms is not None:
                lines.append(f"Last news at {formats.clock_seconds(connection.last_news_ms)}")
            lines.append(f"{formats.quantity(self._studio.session.events_received)} events since connecting")
        for words in filter(None, lines):
            menu.addAction(words).setEnabled(False)
        menu.addSeparator()
        for action_id in ("office.retry", "office.connect", "office.leave"):
            menu.addAction(self._studio.actions.qt(action_id))

    # -- themes ------------------------------------------------------------------------------------
    def _fill_themes(self) -> None:
        menu, library = self.themes, self._studio.library
        menu.clear()
        group = QActionGroup(menu)
        for head, choices in (
            ("Bundled", library.bundled),
            ("On the server", library.on_server),
            ("On this computer", library.own),
        ):
            if choices:
                menu.addSection(head)
                for choice in choices:
                    group.addAction(self._add_theme(menu, choice))
        menu.addSeparator()
        for action_id in ("file.open", "file.open_zip", "file.upload", "theme.refresh"):
            menu.addAction(self._studio.actions.qt(action_id))

    def _add_theme(self, menu: QMenu, choice: ThemeChoice) -> QAction:
        current = self._studio.library.current
        action = menu.addAction(choice.name)
        action.setToolTip(choice.detail)
        action.setCheckable(True)
        action.setChecked(current is not None and current.key == choice.key)
        action.triggered.connect(lambda: self._studio.library.choose(choice))
        return action
