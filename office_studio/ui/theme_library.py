"""The office themes to choose from, where they come from, and which one is on the stage."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from office_studio.errors import OfficeStudioError, UsageError
from office_studio.paths import bundled_themes_dir
from office_studio.ui.jobs import Jobs, Scope

if TYPE_CHECKING:
    from office_studio.services.theme_client import ThemeSummary
    from office_studio.services.theme_loader import LoadedTheme
    from office_studio.ui.connect.session import OfficeSession

_log = logging.getLogger(__name__)
_SHOWN = 60  # characters of a key in messages
DEFAULT = "bundled:cozy-loft"


class ThemeSource(StrEnum):
    BUNDLED = "bundled"
    SERVER = "server"
    PATH = "path"


@dataclass(frozen=True, slots=True)
class ThemeChoice:
    """``where`` is a folder or zip for bundled and own themes, the theme id for those on the server."""

    source: ThemeSource
    where: str
    name: str
    detail: str = ""

    @property
    def key(self) -> str:
        return f"{self.source}:{Path(self.where).name if self.source is ThemeSource.BUNDLED else self.where}"


class ThemeLibrary(QObject):
    """Signals:
    choices_changed()
    listed(): what the office has is known anew; see ``rows``.
    loading(str): name of the theme that is being read, "" when done.
    downloading(int done, int total): of a theme on the server, in the unit the download counts in.
    theme_loaded(LoadedTheme)
    load_failed(ThemeChoice, OfficeStudioError)
    """

    choices_changed = Signal()
    listed = Signal()
    loading = Signal(str)
    downloading = Signal(int, int)
    theme_loaded = Signal(object)
    load_failed = Signal(object, object)

    def __init__(self, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._session: OfficeSession | None = None
        self._load_scope: Scope = jobs.scope()
        self._bundled = _bundled_choices()
        self._server: tuple[ThemeChoice, ...] = ()
        self._own: list[ThemeChoice] = []
        self.rows: tuple[ThemeSummary, ...] | None = None  # of the office; None while nobody knows
        self.current: ThemeChoice | None = None
        self.loaded: LoadedTheme | None = None

    def attach(self, session: OfficeSession) -> None:
        """The offices that have themes too; before, only those of this computer are known."""
        self._session = session
        session.ready.connect(self.refresh)
        session.office_changed.connect(self._on_office_changed)

    @property
    def choices(self) -> tuple[ThemeChoice, ...]:
        return (*self._bundled, *self._server, *self._own)

    @property
    def bundled(self) -> tuple[ThemeChoice, ...]:
        return self._bundled

    @property
    def on_server(self) -> tuple[ThemeChoice, ...]:
        return self._server

    @property
    def own(self) -> tuple[ThemeChoice, ...]:
        return tuple(self._own)

    # -- choosing ----------------------------------------------------------------------------------
    def choose_key(self, key: str) -> None:
        """Choose by the key kept in the settings, by theme id, or by path.

        A theme of the server that is not listed yet is tried by its id; anything unknown falls back to the default.
        """
        for choice in self.choices:
            if key in (choice.key, choice.where, Path(choice.where).name):
                self.choose(choice)
                return
        if key.startswith(f"{ThemeSource.SERVER}:"):
            theme_id = key.split(":", 1)[1]
            self.choose(ThemeChoice(ThemeSource.SERVER, theme_id, theme_id))
            return
        path = _existing(key.removeprefix(f"{ThemeSource.PATH}:"))
        if path is not None:
            self.choose_path(path)
        elif key and key != DEFAULT:
            shown = key if len(key) <= _SHOWN else f"{key[:_SHOWN]}…"
            error = UsageError("THEME_UNKNOWN", f"There is no theme {shown}.", "Choose one from the list.")
            self.load_failed.emit(ThemeChoice(ThemeSource.PATH, key, shown), error)
        elif self._bundled:
            self.choose(self._bundled[0])

    def choose_path(self, path: Path) -> None:
        """A theme folder, its theme.json or a zip, from anywhere on this computer."""
        folder = path.parent if path.name == "theme.json" else path
        choice = ThemeChoice(ThemeSource.PATH, str(folder), folder.stem, str(folder))
        if all(own.key != choice.key for own in self._own):
            self._own.append(choice)
            self.choices_changed.emit()
        self.choose(choice)

    def choose_next(self) -> None:
        choices = self.choices
        if choices:
            at = next((i for i, choice in enumerate(choices) if choice == self.current), -1)
            self.choose(choices[(at + 1) % len(choices)])

    def choose(self, choice: ThemeChoice) -> None:
        """Read the theme in the background; it is on the stage when ``theme_loaded`` comes."""
        self._load_scope.close()
        self._load_scope = self._jobs.scope()
        self.current = choice
        self.loading.emit(choice.name)
        failed = partial(self._on_load_failed, choice)
        if choice.source is ThemeSource.SERVER:
            self._load_scope.run(lambda: self._download(choice.where), partial(self._read, choice), failed)
        else:
            self._read(choice, Path(choice.where))

    def _read(self, choice: ThemeChoice, path: Path) -> None:
        def load() -> LoadedTheme:
            from office_studio.services.theme_loader import load_theme

            return load_theme(path)

        self._load_scope.run_blocking(load, partial(self._on_loaded, choice), partial(self._on_load_failed, choice))

    async def _download(self, theme_id: str) -> Path:
        from office_studio.services.theme_client import ThemeClient

        session = self._session
        client = session.client if session is not None else None
        if session is None or client is None:
            raise UsageError("OFFICE_GONE", "The office is not connected.", "Connect, then choose the theme again.")
        async with ThemeClient(client.base_url, session.credentials) as themes:
            return await themes.download(theme_id, progress=self._on_progress)

    def _on_progress(self, done: int, total: int) -> None:
        """Called on the service loop."""
        self._jobs.post(lambda: self.downloading.emit(done, total))

    def _on_loaded(self, choice: ThemeChoice, loaded: LoadedTheme) -> None:
        self.loaded = loaded
        self.current = ThemeChoice(choice.source, choice.where, loaded.theme.name, choice.detail)
        self._own = [self.current if own.key == choice.key else own for own in self._own]
        self.loading.emit("")
        self.theme_loaded.emit(loaded)
        self.choices_changed.emit()

    def _on_load_failed(self, choice: ThemeChoice, error: OfficeStudioError) -> None:
        _log.warning("theme %s not loaded: %s", choice.key, error.message)
        self._own = [own for own in self._own if own.key != choice.key]
        self.loading.emit("")
        self.load_failed.emit(choice, error)
        self.choices_changed.emit()

    # -- what there is -----------------------------------------------------------------------------
    def refresh(self) -> None:
        """Ask the office which themes it has."""
        session = self._session
        client = session.client if session is not None else None
        if session is None or client is None:
            return

        async def listing() -> tuple[ThemeSummary, ...]:
            from office_studio.services.theme_client import ThemeClient

            async with ThemeClient(client.base_url, session.credentials) as themes:
                return await themes.list()

        def failed(error: OfficeStudioError) -> None:
            _log.info("themes of the office: %s", error.message)

        session.scope.run(listing, self._on_listed, failed)

    def _on_listed(self, rows: tuple[ThemeSummary, ...] | None) -> None:
        self.rows = rows
        self.listed.emit()
        choices = tuple(
            ThemeChoice(ThemeSource.SERVER, row.id, row.name or row.id, row.version or "") for row in rows or ()
        )
        if choices != self._server:
            self._server = choices
            self.choices_changed.emit()

    def _on_office_changed(self, _office: object) -> None:
        self._on_listed(None)

    def close(self) -> None:
        self._load_scope.close()


def _existing(text: str) -> Path | None:
    """The path, when something lies there. Text that can be no path (too long, of an unknown user) is none."""
    try:
        path = Path(text).expanduser()
        return path if text and path.exists() else None
    except (OSError, ValueError, RuntimeError):
        return None


def _bundled_choices() -> tuple[ThemeChoice, ...]:
    found = []
    for manifest in sorted(bundled_themes_dir().glob("*/theme.json")):
        try:
            name = str(json.loads(manifest.read_text(encoding="utf-8")).get("name") or manifest.parent.name)
        except (OSError, ValueError, AttributeError):
            name = manifest.parent.name
        found.append(ThemeChoice(ThemeSource.BUNDLED, str(manifest.parent), name))
    return tuple(found)
