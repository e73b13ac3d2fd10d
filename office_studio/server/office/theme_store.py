"""Uploaded themes on disk. A theme is replaced in one step; a crash leaves the old version or the new one, whole.

    themes/.incoming/<random>/           an upload on its way: bundle.zip, files/
    themes/theme-<id>/<random>/          the files of one version
    themes/theme-<id>/current            one line: the folder of the version that counts

``current`` is replaced by renaming a finished file over it, which every file system does in one step; renaming whole
folders over each other is possible on none. What ``current`` does not name is swept away at the next start.
"""

from __future__ import annotations

import logging
import os
import re
import shutil
import threading
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from office_studio.core.packing.bundle_reader import BundleEntry, BundleReader, ZipFault
from office_studio.core.packing.intake import MANIFEST, Refused, fault_refused, take_bundle
from office_studio.core.validation.upload import ManifestFacts, UploadProblem, check_manifest, is_theme_id
from office_studio.server.files import sync_dir, write_private
from office_studio.server.http import Problem

_CURRENT = "current"
_PREFIX = "theme-"  # keeps ids like "con" and "nul", which Windows reserves, usable as folder names
_VERSION = re.compile(r"[0-9a-f]{32}\Z")
_SYNC_EACH = 200  # above so many files one sync of everything is quicker than one a file

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class StoredTheme:
    """One theme as it lies on disk. ``names`` are the paths below ``folder`` that may be served."""

    facts: ManifestFacts
    folder: Path
    names: frozenset[str]
    order: int = field(compare=False, default=0)  # time of upload in ns

    @property
    def id(self) -> str:
        return self.facts.id


class Incoming:
    """Folder of one upload. Use as a context manager; what is left in it at the end is removed."""

    def __init__(self, root: Path) -> None:
        self.folder = root / uuid.uuid4().hex
        self.bundle = self.folder / "bundle.zip"
        self.files = self.folder / "files"

    def __enter__(self) -> Incoming:
        self.files.mkdir(parents=True)
        return self

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


class ThemeStore:
    """Methods that touch the disk block; call them on a worker thread once the server runs."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._incoming = root / ".incoming"
        self._themes: dict[str, StoredTheme] = {}
        self._changing = threading.Lock()

    def open(self) -> None:
        """Clean up after a crash, then read what is there."""
        shutil.rmtree(self._incoming, ignore_errors=True)
        self._incoming.mkdir(parents=True, exist_ok=True)
        found = []
        for home in self._root.glob(f"{_PREFIX}*"):
            folder = _current(home)
            _sweep(home, {folder} if folder else set())
            if folder is None:
                log.warning("%s has no complete version: removed", home.name)
                shutil.rmtree(home, ignore_errors=True)
                continue
            theme = _load(folder)
            if theme is not None and home.name == _PREFIX + theme.id:
                found.append(theme)
        self._themes = {theme.id: theme for theme in sorted(found, key=lambda theme: theme.order)}

    # -- reading (no disk) -------------------------------------------------------------------------
    def all(self) -> list[StoredTheme]:
        """Oldest upload first."""
        return list(self._themes.values())

    def get(self, theme_id: str) -> StoredTheme | None:
        return self._themes.get(theme_id)

    # -- changing (disk) ---------------------------------------------------------------------------
    def incoming(self) -> Incoming:
        return Incoming(self._incoming)

    def install(self, manifest: bytes, facts: ManifestFacts, incoming: Incoming, *, has_bundle: bool) -> ManifestFacts:
        """Unpack, check all, then make it the current version. Raises Problem; the old version then stays."""
        _write(incoming.files / MANIFEST, [manifest])
        names = {MANIFEST}
        if has_bundle:
            facts, names = _unpack(incoming, facts)
        else:
            log.warning("theme %s was uploaded without a bundle: it has no files but its manifest", facts.id)
        _make_durable(incoming.files, names)
        self._swap(facts, incoming)
        return facts

    def remove(self, theme_id: str) -> bool:
        """Delete a theme; False when there is none."""
        home = self._root / (_PREFIX + theme_id)
        with self._changing:
            if self._themes.pop(theme_id, None) is None:
                return False
            (home / _CURRENT).unlink(missing_ok=True)  # from here on it is gone, whatever happens
            sync_dir(home)
            shutil.rmtree(home, ignore_errors=True)
        return True

    def _swap(self, facts: ManifestFacts, incoming: Incoming) -> None:
        home = self._root / (_PREFIX + facts.id)
        with self._changing:
            home.mkdir(exist_ok=True)
            folder = home / uuid.uuid4().hex
            incoming.files.rename(folder)
            sync_dir(home)
            write_private(home / _CURRENT, folder.name + "\n")
            sync_dir(self._root)
            replaced = self._themes.pop(facts.id, None)
            theme = _load(folder)
            assert theme is not None  # its manifest was checked a moment ago
            self._themes[facts.id] = theme
            # The version before stays one round longer for answers that are still being sent from it.
            _sweep(home, {folder, replaced.folder} if replaced else {folder})


def _current(home: Path) -> Path | None:
    """Folder of the version that counts, None when there is no complete one."""
    try:
        name = (home / _CURRENT).read_text("ascii").strip()
    except (OSError, UnicodeDecodeError):
        return None
    folder = home / name
    return folder if _VERSION.match(name) and (folder / MANIFEST).is_file() else None


def _sweep(home: Path, keep: set[Path]) -> None:
    for path in home.iterdir():
        if path.is_dir() and path not in keep:
            shutil.rmtree(path, ignore_errors=True)
        elif path.name.startswith("."):
            path.unlink(missing_ok=True)  # half-written ``current`` of a killed server


def _load(folder: Path) -> StoredTheme | None:
    manifest = folder / MANIFEST
    try:
        facts = check_manifest(manifest.read_bytes())
        order = manifest.stat().st_mtime_ns
        names = frozenset(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    except OSError as exc:
        log.warning("theme in %s cannot be read: %s", folder, exc)
        return None
    if isinstance(facts, UploadProblem):
        log.warning("theme in %s is not usable: %s", folder, facts.text)
        return None
    return StoredTheme(facts, folder, names, order)


# -- unpacking ---------------------------------------------------------------------------------------
def _unpack(incoming: Incoming, facts: ManifestFacts) -> tuple[ManifestFacts, set[str]]:
    """Extract the bundle into ``incoming.files``. Returns the facts of the manifest that ends up there."""
    try:
        with incoming.bundle.open("rb") as file, BundleReader.open(file) as reader:
            intake = take_bundle(reader, facts)
            for entry in intake.files:
                _extract(reader, entry, incoming.files / entry.name)
    except ZipFault as fault:
        raise Problem(400, fault_refused(fault).error) from fault
    except Refused as refused:
        raise Problem(400, refused.error) from refused
    return intake.facts, {entry.name for entry in intake.files} | {MANIFEST}


def _extract(reader: BundleReader, entry: BundleEntry, target: Path) -> None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if entry.name == MANIFEST:
            target.unlink()
        _write(target, reader.chunks(entry))
    except FileExistsError as exc:
        # Two names that this disk takes for one: Desk.png and desk.png, or two spellings of an accent.
        text = f"Failed to write '{entry.name}': this server's disk takes it for another entry's name"
        raise Problem(400, f"Bundle extraction failed: {text}") from exc
    except OSError as exc:
        text = f"Failed to write '{entry.name}': {exc.strerror or exc}"
        raise Problem(400, f"Bundle extraction failed: {text}") from exc


def _write(target: Path, chunks: Iterable[bytes]) -> None:
    file: BinaryIO
    with target.open("xb") as file:
        for chunk in chunks:
            file.write(chunk)


def _make_durable(folder: Path, names: set[str]) -> None:
    if len(names) > _SYNC_EACH and hasattr(os, "sync"):
        os.sync()
        return
    for name in names:
        with (folder / name).open("rb+") as file:
            os.fsync(file.fileno())
    for path in {(folder / name).parent for name in names}:
        sync_dir(path)


def valid_theme_id(theme_id: str) -> bool:
    return len(theme_id) <= 100 and is_theme_id(theme_id)
