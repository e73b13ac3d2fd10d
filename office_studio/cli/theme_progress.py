"""How far checking and packing are, for a bar on a terminal."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from office_studio.cli.terminal import Pace, Progress, megabytes, progress
from office_studio.core.validation.subject import extension
from office_studio.errors import OfficeStudioError
from office_studio.services.theme_loader import open_files

if TYPE_CHECKING:
    from office_studio.core.validation.report import Report
    from office_studio.core.validation.rule import Profile
    from office_studio.services.theme_check import ThemeChecker
    from office_studio.services.theme_packer import PackedTheme

_MEDIA = frozenset(("png", "jpg", "jpeg", "webp", "gif", "svg", "glb", "gltf", "mp3", "ogg", "wav"))
_CHECKING = "Checking"


def check_watched(checker: ThemeChecker, profile: Profile) -> Report:
    """``checker.check`` with a bar on a terminal."""
    with progress(_CHECKING, _files_known(checker)):
        return checker.check(profile)


def pack_watched(source: Path, target: Path) -> PackedTheme:
    """``pack_theme`` with a bar on a terminal: files while it checks, bytes while it packs."""
    from office_studio.services.theme_check import ThemeChecker
    from office_studio.services.theme_packer import pack_theme

    checker, pace = ThemeChecker(source), Pace(time.monotonic)
    with progress(_CHECKING, _files_known(checker)) as bar:

        def written(done: int, total: int) -> None:
            speed = pace.note(done)
            left = (total - done) / speed if speed else None
            if done < total:
                bar.show("Packing", done, total, megabytes(done, total, speed, left))
            else:
                bar.show("Reading back")

        return pack_theme(source, target, written, checker)


def _files_known(checker: ThemeChecker) -> Callable[[Progress], None]:
    """For ``progress``: how many pictures, sounds and models a check has looked into; a zip tells nothing."""
    listed: list[int] = []

    def look(state: Progress) -> None:
        if state.step != _CHECKING:
            return
        if not listed:
            listed.append(_media_count(checker.path))
        known = len({name for _, name in list(checker.facts) if extension(name) in _MEDIA})
        if listed[0] and known:
            figures = f"{known} of {listed[0]} pictures, sounds and models"
            # With all of them known the rest is arithmetic on the manifest, of unknown length.
            state.show(_CHECKING, known, listed[0] if known < listed[0] else 0, figures)

    return look


def _media_count(path: Path) -> int:
    if path.suffix.lower() == ".zip":
        return 0
    try:
        return sum(extension(name) in _MEDIA for name in open_files(path).names)
    except OfficeStudioError:
        return 0  # the check says why
