"""What the program remembers between runs, except secrets (those are ``services/secrets.py``'s). No Qt."""

from __future__ import annotations

import json
import logging
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any

from office_studio.errors import StorageError
from office_studio.paths import config_dir

_log = logging.getLogger(__name__)

MAX_FILE_BYTES = 4 * 1024 * 1024
TEXT_SCALES = (0.75, 2.0)


class Appearance(StrEnum):
    SYSTEM = "system"
    DARK = "dark"
    LIGHT = "light"


@dataclass(frozen=True, slots=True)
class SavedOffice:
    """An office the user connected to. ``url`` has no trailing slash and identifies it."""

    url: str
    name: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings, immutable; change with ``dataclasses.replace`` or the ``with_`` methods, then save."""

    offices: tuple[SavedOffice, ...] = ()
    last_office: str | None = None  # url
    themes: Mapping[str, str] = field(default_factory=dict)  # theme id or path, by office url
    appearance: Appearance = Appearance.SYSTEM
    first_run_done: bool = False
    reduced_motion: bool | None = None  # None: as the system says
    zone_names: bool = False  # names of zones over a theme's picture
    recent_themes: tuple[str, ...] = ()  # folders and zips opened, newest first
    stage: Mapping[str, Any] = field(default_factory=dict)  # what is chosen in View options; read by ui/stage_options
    text_scale: float = 1.0  # within TEXT_SCALES
    window_geometry: str = ""  # base64 of Qt's own bytes
    window_state: str = ""
    variants: Mapping[str, int] = field(default_factory=dict)  # character variant chosen for an agent id
    seating: Mapping[str, Any] = field(
        default_factory=dict
    )  # pins, rules, plan of a theme in an office; ui/assign/memory
    extra: Mapping[str, Any] = field(default_factory=dict)  # keys of another version, kept as they are

    def office(self, url: str) -> SavedOffice | None:
        return next((office for office in self.offices if office.url == url.rstrip("/")), None)

    def with_office(self, office: SavedOffice) -> Settings:
        """The office added or replaced, and remembered as the last one."""
        office = replace(office, url=office.url.rstrip("/"))
        others = tuple(one for one in self.offices if one.url != office.url)
        return replace(self, offices=(*others, office), last_office=office.url)

    def without_office(self, url: str) -> Settings:
        url = url.rstrip("/")
        return replace(
            self,
            offices=tuple(one for one in self.offices if one.url != url),
            last_office=None if self.last_office == url else self.last_office,
            themes={key: value for key, value in self.themes.items() if key != url},
        )

    def with_theme(self, url: str, theme: str) -> Settings:
        return replace(self, themes={**self.themes, url.rstrip("/"): theme})


class SettingsStore:
    """The settings file. Loading never fails: what cannot be used is put aside, and ``warnings`` says so."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or config_dir() / "settings.json"
        self.warnings: list[str] = []

    def load(self) -> Settings:
        self.warnings.clear()
        try:
            with self.path.open("rb") as file:
                data = file.read(MAX_FILE_BYTES + 1)
        except FileNotFoundError:
            return Settings()
        except OSError as exc:
            self._warn(f"Settings cannot be read from {self.path}: {exc.strerror}. Defaults are used.")
            return Settings()
        try:
            document = json.loads(data) if len(data) <= MAX_FILE_BYTES else None
        except (ValueError, RecursionError):
            document = None
        if not isinstance(document, dict):
            self._put_aside()
            return Settings()
        return _decode(document, self._warn)

    def save(self, settings: Settings) -> None:
        """Write atomically: after a crash either the old or the new file is there, whole.

        Raises:
            StorageError: SETTINGS_NOT_SAVED.
        """
        text = json.dumps(_encode(settings), ensure_ascii=False, indent=2) + "\n"
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self.path.parent, prefix=".settings-", suffix=".json")
            temporary = Path(name)
            try:
                # Half of a surrogate pair must not cost all other settings; reading takes it.
                with os.fdopen(handle, "w", encoding="utf-8", errors="surrogatepass") as file:
                    file.write(text)
                    file.flush()
                    os.fsync(file.fileno())
                temporary.replace(self.path)
            finally:
                temporary.unlink(missing_ok=True)
        except OSError as exc:
            raise StorageError(
                "SETTINGS_NOT_SAVED",
                f"Settings are not saved: {self.path}: {exc.strerror or exc}.",
                "Check the space and the rights of that folder.",
            ) from exc

    def _put_aside(self) -> None:
        aside = self.path.with_name(self.path.name + ".broken")
        try:
            self.path.replace(aside)
            self._warn(f"Settings were not readable. Defaults are used; the old file is kept as {aside}.")
        except OSError:
            self._warn(f"Settings were not readable: {self.path}. Defaults are used.")

    def _warn(self, text: str) -> None:
        self.warnings.append(text)
        _log.warning(text)


def _encode(settings: Settings) -> dict[str, Any]:
    return {
        **settings.extra,
        "offices": [{"url": one.url, "name": one.name, "email": one.email} for one in settings.offices],
        "lastOffice": settings.last_office,
        "themes": dict(settings.themes),
        "appearance": settings.appearance.value,
        "firstRunDone": settings.first_run_done,
        "reducedMotion": settings.reduced_motion,
        "zoneNames": settings.zone_names,
        "recentThemes": list(settings.recent_themes),
        "stage": dict(settings.stage),
        "textScale": settings.text_scale,
        "windowGeometry": settings.window_geometry,
        "windowState": settings.window_state,
        "variants": dict(settings.variants),
        "seating": dict(settings.seating),
    }


_KNOWN = frozenset(_encode(Settings()))


class _Reader:
    """Reads keys of a wanted type; another type counts as absent and is reported."""

    def __init__(self, document: Mapping[str, Any], warn: Any) -> None:
        self._document = document
        self._warn = warn

    def get(self, key: str, kind: Any, default: Any) -> Any:
        value = self._document.get(key, default)
        wrong_bool = isinstance(value, bool) and kind in (int, float, int | float)
        if value is default or (isinstance(value, kind) and not wrong_bool):
            return value
        self._warn(f"The setting {key} holds {str(value)[:40]!r}, which it cannot. Its default is used.")
        return default


def _decode(document: Mapping[str, Any], warn: Any) -> Settings:
    read = _Reader(document, warn)
    appearance = read.get("appearance", str, "system")
    if appearance not in set(Appearance):
        warn(f"The setting appearance holds {appearance[:40]!r}, which it cannot. Its default is used.")
        appearance = "system"
    low, high = TEXT_SCALES
    scale = read.get("textScale", int | float, 1.0)
    return Settings(
        offices=tuple(_offices(read.get("offices", list, []))),
        last_office=read.get("lastOffice", str | None, None),
        themes=_of_kind(read.get("themes", dict, {}), str),
        appearance=Appearance(appearance),
        first_run_done=read.get("firstRunDone", bool, False),
        reduced_motion=read.get("reducedMotion", bool | None, None),
        zone_names=read.get("zoneNames", bool, False),
        recent_themes=tuple(path for path in read.get("recentThemes", list, []) if isinstance(path, str) and path),
        stage=read.get("stage", dict, {}),
        text_scale=float(min(high, max(low, scale))) if scale == scale else 1.0,  # bounded first: integers have no end
        window_geometry=read.get("windowGeometry", str, ""),
        window_state=read.get("windowState", str, ""),
        variants=_of_kind(read.get("variants", dict, {}), int),
        seating=read.get("seating", dict, {}),
        extra=MappingProxyType({key: value for key, value in document.items() if key not in _KNOWN}),
    )


def _offices(rows: list[Any]) -> list[SavedOffice]:
    found: dict[str, SavedOffice] = {}
    for row in rows:
        url = row.get("url") if isinstance(row, dict) else None
        if isinstance(url, str) and url:
            texts = (row.get(key) for key in ("name", "email"))
            name, email = (text if isinstance(text, str) else "" for text in texts)
            found[url.rstrip("/")] = SavedOffice(url.rstrip("/"), name, email)
    return list(found.values())


def _of_kind(values: dict[str, Any], kind: type) -> dict[str, Any]:
    return {key: value for key, value in values.items() if isinstance(value, kind) and not isinstance(value, bool)}
