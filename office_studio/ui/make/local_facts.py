"""Reads what a card says of a theme of this computer. Blocking; called on a worker thread."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from office_studio.core.theme.manifest import parse_manifest
from office_studio.errors import OfficeStudioError
from office_studio.services.theme_loader import open_files, read_manifest
from office_studio.ui.make.cards import LocalTheme, facts_of

if TYPE_CHECKING:
    from PySide6.QtGui import QImage

Stamp = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, slots=True)
class ReadTheme:
    theme: LocalTheme
    picture: QImage | None


def read_theme(path: Path, *, is_bundled: bool = False) -> ReadTheme:
    """Facts and picture. What cannot be read becomes a card that says so; never raises for bad themes."""
    from office_studio.ui.make.preview import card_picture

    blank = LocalTheme(path, "", path.stem if path.suffix else path.name, is_bundled=is_bundled)
    try:
        files = open_files(path)
        document = parse_manifest(read_manifest(files, path))
        size = sum(files.size(name) for name in files.names)
    except OfficeStudioError as error:
        return ReadTheme(replace(blank, problem=error.message), None)
    facts = facts_of(document)
    facts["name"] = facts["name"] or blank.name
    return ReadTheme(replace(blank, size_bytes=size, **facts), card_picture(files, document))


def counted(theme: LocalTheme) -> LocalTheme:
    """The same with its number of problems."""
    from office_studio.services.theme_check import check_path

    try:
        counts = check_path(theme.path).counts
    except OfficeStudioError:
        return theme
    return replace(theme, errors=counts["error"], warnings=counts["warning"])


def stamp_of(path: Path) -> Stamp:
    """Changes whenever a file of the theme does. A thousand files at most; a theme of more is looked at by them."""
    found: list[tuple[str, int, int]] = []
    places = [path]
    if path.is_dir():
        for folder, below, names in os.walk(path):
            below[:] = sorted(name for name in below if not name.startswith("."))
            places += [Path(folder, name) for name in sorted(names)]
            if len(places) > 1_000:
                break
    for place in places:
        try:
            status = place.stat()
        except OSError:
            continue
        found.append((str(place), status.st_mtime_ns, status.st_size))
    return tuple(found)
