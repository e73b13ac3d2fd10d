"""Keeps the cards of the library true: themes of this computer, of the office, and which one is on the stage."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from office_studio.errors import OfficeStudioError
from office_studio.ui.make.cards import Card, LocalTheme, ServerTheme, make_cards, server_theme
from office_studio.ui.make.local_facts import ReadTheme, Stamp, counted, read_theme, stamp_of
from office_studio.ui.theme_library import ThemeLibrary, ThemeSource

if TYPE_CHECKING:
    from office_studio.services.theme_client import ThemeSummary
    from office_studio.ui.connect.session import OfficeSession
    from office_studio.ui.jobs import Jobs
    from office_studio.ui.settings_box import SettingsBox

MAX_RECENT = 24


class Shelf(QObject):
    """Signals:
    changed(): ``cards`` are others.
    picture_arrived(str): key of the card whose picture is there now.
    """

    changed = Signal()
    picture_arrived = Signal(str)

    def __init__(
        self, library: ThemeLibrary, session: OfficeSession, settings: SettingsBox, jobs: Jobs, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._library, self._session, self._settings = library, session, settings
        self._scope = jobs.scope()
        self._local: dict[Path, LocalTheme] = {}
        self._stamps: dict[Path, Stamp] = {}
        self._server: dict[str, ServerTheme] | None = None
        self._rows: tuple[ThemeSummary, ...] | None = None
        self._waiting: list[Path] = []
        self._to_count: list[Path] = []  # problems are counted when all cards are there: that takes longer
        self._is_reading = False
        self.pictures: dict[str, QImage] = {}
        self.cards: list[Card] = []
        library.choices_changed.connect(self.recount)
        library.theme_loaded.connect(lambda _loaded: self.recount())
        library.listed.connect(self._on_listed)
        self._on_listed()

    # -- what there is -----------------------------------------------------------------------------
    @property
    def paths(self) -> list[Path]:
        """Bundled themes, then what was opened, newest first."""
        bundled = [Path(choice.where) for choice in self._library.bundled]
        recent = [Path(text) for text in self._settings.now.recent_themes]
        return list(dict.fromkeys([*bundled, *recent]))

    def card(self, key: str) -> Card | None:
        return next((card for card in self.cards if card.key == key), None)

    def of_theme(self, theme_id: str) -> Card | None:
        """Of several with this id, one of this computer."""
        found = [card for card in self.cards if card.theme_id == theme_id]
        return next((card for card in found if card.path is not None), found[0] if found else None)

    @property
    def total_bytes(self) -> int:
        return sum(theme.size_bytes or 0 for theme in self._local.values())

    @property
    def server_count(self) -> int | None:
        return None if self._server is None else len(self._server)

    def add(self, path: Path) -> None:
        """A folder, its theme.json or a zip; goes to the front of what was opened."""
        path = path.parent if path.name == "theme.json" else path
        if path not in (Path(choice.where) for choice in self._library.bundled):
            kept = [text for text in self._settings.now.recent_themes if text != str(path)]
            recent = (str(path), *kept)[:MAX_RECENT]
            self._settings.change(lambda now: replace(now, recent_themes=recent))
        self.look()

    def forget(self, path: Path) -> None:
        """Take it off the shelf; nothing is deleted."""
        kept = tuple(text for text in self._settings.now.recent_themes if text != str(path))
        self._settings.change(lambda now: replace(now, recent_themes=kept))
        self._local.pop(path, None)
        self._stamps.pop(path, None)
        self.recount()

    def look(self) -> None:
        """Read what is new or was changed, and ask the office again."""
        self._library.refresh()
        paths = self.paths
        for gone in set(self._local) - set(paths):
            del self._local[gone]
        self._waiting = paths
        self._read_next()
        self.recount()

    def note_counts(self, path: Path, errors: int, warnings: int) -> None:
        """A check elsewhere has counted the problems of a theme."""
        known = self._local.get(path)
        if known is not None:
            self._local[path] = replace(known, errors=errors, warnings=warnings)
            self.recount()

    def recount(self) -> None:
        """Make the cards anew from what is known."""
        cards = make_cards(self._local.values(), self._server, self._used_key())
        if cards != self.cards:
            self.cards = cards
            self.changed.emit()

    def close(self) -> None:
        self._scope.close()

    def _used_key(self) -> str:
        current = self._library.current
        if current is None:
            return ""
        return f"{'server' if current.source is ThemeSource.SERVER else 'local'}:{current.where}"

    # -- this computer -----------------------------------------------------------------------------
    def _read_next(self) -> None:
        """One at a time: the worker threads serve the stage too."""
        if self._is_reading or not (self._waiting or self._to_count):
            return
        self._is_reading = True
        if not self._waiting:
            self._count(self._to_count.pop(0))
            return
        path = self._waiting.pop(0)
        known, is_bundled = self._stamps.get(path), path in [Path(c.where) for c in self._library.bundled]

        def work() -> tuple[Stamp, ReadTheme | None]:
            stamp = stamp_of(path)
            return stamp, None if stamp and stamp == known else read_theme(path, is_bundled=is_bundled)

        self._scope.run_blocking(work, partial(self._on_read, path), lambda _error: self._on_done())

    def _on_read(self, path: Path, result: tuple[Stamp, ReadTheme | None]) -> None:
        stamp, found = result
        self._stamps[path] = stamp
        if found is None:
            self._on_done()
            return
        before = self._local.get(path)
        self._local[path] = replace(found.theme, errors=before.errors if before is not None else None)
        if found.picture is not None:
            self.pictures[found.theme.key] = found.picture
        self.recount()
        self.picture_arrived.emit(found.theme.key)
        # Bundled themes are in order, our own tests see to that; to examine their models again costs seconds.
        if not found.theme.problem and not found.theme.is_bundled and path not in self._to_count:
            self._to_count.insert(0, path)
        self._on_done()

    def _count(self, path: Path) -> None:
        theme = self._local.get(path)
        if theme is None:
            self._on_done()
        else:
            self._scope.run_blocking(lambda: counted(theme), self._on_counted, lambda _error: self._on_done())

    def _on_counted(self, theme: LocalTheme) -> None:
        now = self._local.get(theme.path)
        if now is not None:
            self._local[theme.path] = replace(now, errors=theme.errors, warnings=theme.warnings)
            self.recount()
        self._on_done()

    def _on_done(self) -> None:
        self._is_reading = False
        self._read_next()

    # -- the office --------------------------------------------------------------------------------
    def _on_listed(self) -> None:
        rows = self._library.rows
        if rows is None:
            self._server, self._rows = None, None
        elif rows != self._rows:
            known = {row.id: row for row in self._rows or ()}
            before = self._server or {}
            self._server = {
                row.id: before[row.id] if known.get(row.id) == row and row.id in before else server_theme(row, None)
                for row in rows
            }
            self._rows = rows
            for row in rows:
                if known.get(row.id) != row:
                    self._fetch(row)
        self.recount()

    def _fetch(self, row: ThemeSummary) -> None:
        """Manifest and preview of a theme of the office. Both may be missing; the card does without."""
        client, credentials = self._session.client, self._session.credentials
        if client is None:
            return

        async def fetch() -> tuple[ServerTheme, bytes | None]:
            from office_studio.services.theme_client import ThemeClient

            async with ThemeClient(client.base_url, credentials) as themes:
                found = server_theme(row, _document(await themes.manifest(row.id)))
                try:
                    return found, await themes.asset(row.id, found.preview) if found.preview else None
                except OfficeStudioError:
                    return found, None

        self._session.scope.run(fetch, self._on_fetched, lambda _error: None)

    def _on_fetched(self, result: tuple[ServerTheme, bytes | None]) -> None:
        found, data = result
        if self._server is None or found.theme_id not in self._server:
            return
        self._server[found.theme_id] = found
        self.recount()
        if data is not None:
            from office_studio.ui.make.preview import picture_of

            self._scope.run_blocking(lambda: picture_of(data), partial(self._on_picture, found.key))

    def _on_picture(self, key: str, picture: QImage | None) -> None:
        if picture is not None:
            self.pictures[key] = picture
            self.picture_arrived.emit(key)


def _document(raw: bytes) -> dict[str, Any] | None:
    try:
        document = json.loads(raw)
    except ValueError:
        return None
    return document if isinstance(document, dict) else None
