"""Opens a theme from a folder, a ``theme.json`` or a zip. Blocking file work: call it off the GUI thread.

Nothing is unpacked to disk, nothing outside the theme is read.
"""

from __future__ import annotations

import os
import stat
import threading
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from office_studio.core.packing.zip_guard import inspect_zip, read_entry
from office_studio.core.theme.files import MAX_FILE_BYTES, ThemeFiles, missing
from office_studio.core.theme.manifest import MAX_MANIFEST_BYTES, parse_manifest, theme_from_document
from office_studio.core.theme.model import Theme
from office_studio.core.validation.report import Finding
from office_studio.errors import AssetError, ManifestError, PackageError, UsageError

MANIFEST = "theme.json"
MAX_ZIP_BYTES = 209_715_200
MAX_FILES = 10_000
_SKIPPED = frozenset({"__MACOSX", "node_modules"})  # folders, beside hidden ones


@dataclass(frozen=True, slots=True)
class LoadedTheme:
    """A theme and the files it draws with. ``findings``: what of it could not be used."""

    theme: Theme
    files: ThemeFiles
    findings: tuple[Finding, ...]
    source: Path

    @property
    def id(self) -> str:
        return self.theme.id


class FolderFiles:
    """Files below one folder. Symbolic links count as absent: they cannot be packed, and may lead anywhere."""

    def __init__(self, root: Path) -> None:
        self._root = root.resolve()
        self._base = self._root.as_posix()  # joined as text: joining paths takes several times as long
        self._names: tuple[str, ...] | None = None
        self._known: frozenset[str] = frozenset()
        self._links: list[str] = []

    @property
    def root(self) -> Path:
        """The folder itself, resolved."""
        return self._root

    @property
    def names(self) -> tuple[str, ...]:
        if self._names is None:
            self._names = tuple(sorted(self._walk()))
            self._known = frozenset(self._names)
        return self._names

    @property
    def links(self) -> tuple[str, ...]:
        """Symbolic links and special files, which are not among ``names``."""
        return tuple(sorted(self._links)) if self.names is not None else ()

    def read(self, name: str) -> bytes:
        path, size = self._found(name)
        if size > MAX_FILE_BYTES:
            raise AssetError("ASSET_TOO_LARGE", f"“{name}” is {size} bytes.", "64 MB is the limit.", file=name)
        try:
            return Path(path).read_bytes()
        except OSError as exc:
            raise AssetError("ASSET_UNREADABLE", f"“{name}” cannot be read: {exc.strerror}.", "", file=name) from exc

    def size(self, name: str) -> int:
        return self._found(name)[1]

    def open(self, name: str) -> BinaryIO:
        """The file for reading piece by piece, however large. Raises AssetError as ``read``."""
        try:
            return Path(self._found(name)[0]).open("rb")
        except OSError as exc:
            raise AssetError("ASSET_UNREADABLE", f"“{name}” cannot be read: {exc.strerror}.", "", file=name) from exc

    def expect(self, name: str) -> None:
        """Tell the system that a file will be read soon, where it listens: its disk need not wait to be asked."""
        if hasattr(os, "posix_fadvise"):
            try:
                with self.open(name) as stream:
                    os.posix_fadvise(stream.fileno(), 0, 0, os.POSIX_FADV_WILLNEED)
            except (AssetError, OSError):
                pass  # whoever reads it will be told

    def stamp(self, name: str) -> tuple[int, int, int]:
        """Changes whenever the file does: time of change in ns, bytes, number of the file on its disk."""
        try:
            status = os.stat(f"{self._base}/{name}")  # noqa: PTH116 - hundreds of files, and paths cost as much again
        except OSError:
            return (-1, -1, -1)
        return status.st_mtime_ns, status.st_size, status.st_ino

    def _found(self, name: str) -> tuple[str, int]:
        """Where a file lies, and its bytes. Raises AssetError ASSET_MISSING."""
        # Names are exact on every system, as they are on the server: "Desk.png" is not "desk.png". The list was made
        # without following links, so whatever is in it lies inside; a link put there since counts as absent.
        if not self.names or name not in self._known:
            raise missing(name)
        path = f"{self._base}/{name}"
        try:
            status = os.lstat(path)
        except (OSError, ValueError) as exc:
            raise missing(name) from exc
        if not stat.S_ISREG(status.st_mode):
            raise missing(name)
        return path, status.st_size

    def _walk(self) -> list[str]:
        names: list[str] = []
        todo = [(self._base, "")]
        while todo:
            folder, before = todo.pop()
            for entry in _entries(folder):
                is_link, is_folder = entry.is_symlink(), entry.is_dir()
                if is_folder and (entry.name.startswith(".") or entry.name in _SKIPPED):
                    continue
                if is_folder and not is_link:
                    todo.append((entry.path, f"{before}{entry.name}/"))
                else:
                    (self._links if is_link or not entry.is_file() else names).append(before + entry.name)
            if len(names) > MAX_FILES:
                raise PackageError(
                    "PACKAGE_TOO_MANY_FILES",
                    f"{self._root.name} holds more than {MAX_FILES} files.",
                    "Choose the folder of one theme, the one with theme.json in it.",
                )
        return names


def _entries(folder: str) -> list[os.DirEntry[str]]:
    """What lies in a folder; nothing when it cannot be read."""
    try:
        with os.scandir(folder) as found:
            return list(found)
    except OSError:
        return []


class ZipFiles:
    """Files of a zip, read where it lies. Raises PackageError PACKAGE_ZIP when the zip is broken or hostile."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        try:
            size = path.stat().st_size
            if size > MAX_ZIP_BYTES:
                raise PackageError("PACKAGE_TOO_LARGE", f"{path.name} is {size} bytes.", "200 MB is the limit.")
            with path.open("rb") as stream:
                listing = inspect_zip(stream)
        except OSError as exc:
            raise PackageError("PACKAGE_UNREADABLE", f"{path.name} cannot be read: {exc.strerror}.") from exc
        if listing.errors:
            first = listing.errors[0]
            raise PackageError("PACKAGE_ZIP", f"{path.name}: {first.message}", first.help or "Pack the theme again.")
        self._entries = listing.entries
        self._archive = zipfile.ZipFile(path)  # kept open: a zip of many entries is slow to list anew for each of them

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(sorted(self._entries))

    def read(self, name: str) -> bytes:
        info = self._entries.get(name)
        if info is None:
            raise missing(name)
        try:
            with self._lock:
                return read_entry(self._archive, info, MAX_FILE_BYTES)
        except (ValueError, OSError, zipfile.BadZipFile) as exc:
            raise AssetError("ASSET_UNREADABLE", str(exc), "Pack the theme again.", file=name) from exc

    def close(self) -> None:
        """Let go of the zip: some systems cannot rename it before."""
        self._archive.close()

    def size(self, name: str) -> int:
        info = self._entries.get(name)
        if info is None:
            raise missing(name)
        return info.file_size


def load_theme(path: Path) -> LoadedTheme:
    """The theme at ``path``: its folder, its theme.json, or a zip of it.

    Raises:
        UsageError: PACKAGE_MISSING.
        PackageError: PACKAGE_NO_MANIFEST, PACKAGE_ZIP, PACKAGE_UNREADABLE, PACKAGE_TOO_LARGE.
        ManifestError: when ``theme.json`` is no JSON or has no canvas.
    """
    files = open_files(path)
    theme, findings = theme_from_document(parse_manifest(read_manifest(files, path)))
    return LoadedTheme(theme, files, findings, path)


def open_files(path: Path) -> ThemeFiles:
    """The files of a theme. Raises UsageError and PackageError as ``load_theme``."""
    if is_folder(path):
        return FolderFiles(path)
    if path.suffix.lower() == ".json":
        return FolderFiles(path.parent)
    return ZipFiles(path)


def is_folder(path: Path) -> bool:
    """Whether a folder lies there; False for a file.

    Raises UsageError PACKAGE_MISSING; PackageError PACKAGE_UNREADABLE, also for pipes and devices, which may never end.
    """
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError) as exc:
        raise UsageError(
            "PACKAGE_MISSING", f"There is nothing at {path}.", "Give a theme folder, its theme.json, or a zip."
        ) from exc
    except (OSError, ValueError) as exc:
        why = getattr(exc, "strerror", None) or str(exc)
        raise PackageError("PACKAGE_UNREADABLE", f"{str(path)[:200]} cannot be read: {why}.") from exc
    if not (stat.S_ISDIR(mode) or stat.S_ISREG(mode)):
        raise PackageError("PACKAGE_UNREADABLE", f"{path} is neither a file nor a folder.", "Give a theme folder.")
    return stat.S_ISDIR(mode)


def read_manifest(files: ThemeFiles, path: Path) -> bytes:
    """Bytes of theme.json. Raises PackageError PACKAGE_NO_MANIFEST, ManifestError MANIFEST_TOO_LARGE."""
    if path.suffix.lower() == ".json" and path.is_file():
        try:
            with path.open("rb") as stream:
                return _bounded(stream.read(16 * MAX_MANIFEST_BYTES + 1))
        except OSError as exc:
            raise PackageError("PACKAGE_UNREADABLE", f"{path.name} cannot be read: {exc.strerror}.") from exc
    if MANIFEST not in files.names:
        nested = [name for name in files.names if name.endswith(f"/{MANIFEST}")]
        hint = "A theme is a folder with theme.json in it."
        if nested:
            hint = f"There is one in “{nested[0].rpartition('/')[0]}”: choose that folder, or pack only its content."
        raise PackageError("PACKAGE_NO_MANIFEST", f"{path.name or path} has no theme.json at its top.", hint)
    return _bounded(files.read(MANIFEST))


def _bounded(data: bytes) -> bytes:
    # Far above the format's own limit, which is a rule and not a danger.
    if len(data) > 16 * MAX_MANIFEST_BYTES:
        raise ManifestError("MANIFEST_TOO_LARGE", "theme.json is over 4 MB.", "256 KB is the limit.")
    return data
