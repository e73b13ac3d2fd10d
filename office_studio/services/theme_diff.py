"""Compares a theme here with the one that an office has, and tells who would lose the seat."""

from __future__ import annotations

import asyncio
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from office_studio.core.office.model import Binding
from office_studio.core.theme.diff import ThemeDiff, diff_manifests
from office_studio.core.theme.manifest import parse_manifest
from office_studio.core.validation.fixes.json_text import edited
from office_studio.core.validation.fixes.model import FixFailed, Put
from office_studio.errors import OfficeStudioError, PackageError, StorageError
from office_studio.services.office_client import OfficeClient
from office_studio.services.theme_client import ThemeClient
from office_studio.services.theme_loader import MANIFEST, is_folder, open_files, read_manifest


@dataclass(frozen=True, slots=True)
class Unseated:
    """An agent that sits elsewhere, or nowhere, after the upload. ``after`` None: its slot is gone."""

    slot_index: int
    agent_id: str
    agent_name: str
    before: str
    after: str | None


@dataclass(frozen=True, slots=True)
class PublishedDiff:
    """Attributes:
    diff: None when the office has no theme of that id.
    bound: How many agents are bound in the theme; None when the office could not be asked.
    is_complete: False where the office gives out no manifest, so that only name and version were compared.
    """

    theme_id: str
    diff: ThemeDiff | None
    unseated: tuple[Unseated, ...] = ()
    bound: int | None = None
    is_complete: bool = True


async def diff_with_published(path: Path, themes: ThemeClient, office: OfficeClient) -> PublishedDiff:
    """Compare the theme at ``path`` (folder, theme.json or zip).

    Raises as ``load_theme``; ApiError when the office does not answer.
    """
    raw = await asyncio.to_thread(_read, path)
    document = parse_manifest(raw)
    theme_id = document.get("id")
    if not isinstance(theme_id, str) or not theme_id:
        raise PackageError("THEMEMANIFEST_UNREADABLE", f"theme.json of {path.name} has no id.", "Give it one.")
    published = await themes.published(theme_id)
    if published is None:
        return PublishedDiff(theme_id, None)
    if published.manifest is None:
        here = {key: document.get(key) for key in ("id", "name", "version")}
        return PublishedDiff(theme_id, diff_manifests(published.document, here), is_complete=False)
    diff = diff_manifests(published.document, document)
    rows = await bindings_of(office, theme_id)
    if rows is None:
        return PublishedDiff(theme_id, diff)
    changed = {slot.slot_index: slot for slot in diff.slots}
    unseated = tuple(
        Unseated(row.slot_index, row.agent_id, row.agent_name or row.agent_id, slot.before, slot.after)
        for row in rows if (slot := changed.get(row.slot_index)) is not None
    )  # fmt: skip
    return PublishedDiff(theme_id, diff, unseated, len(rows))


async def bindings_of(office: OfficeClient, theme_id: str) -> tuple[Binding, ...] | None:
    """Who is bound in a theme; None when the office could not be asked, as those without bindings."""
    try:
        return await office.bindings(theme_id)
    except OfficeStudioError:
        return None


def write_version(path: Path, version: str) -> None:
    """Put the version into theme.json of a folder; every other byte stays. Blocking; whole or not at all.

    Raises PackageError VERSION_NOT_WRITABLE for zips and broken files, StorageError THEME_NOT_WRITTEN.
    """
    file = path / MANIFEST if is_folder(path) else path
    if file.suffix.lower() != ".json":
        raise PackageError("VERSION_NOT_WRITABLE", f"{path.name} is no folder.", "Mend the folder and pack it again.")
    try:
        changed = edited(file.read_bytes(), [Put("/version", version)])
        handle, temporary = tempfile.mkstemp(dir=file.parent, prefix=".theme-")
        with os.fdopen(handle, "wb") as stream:
            stream.write(changed)
            stream.flush()
            os.fsync(stream.fileno())
        Path(temporary).chmod(file.stat().st_mode & 0o777)
        Path(temporary).replace(file)
    except FixFailed as exc:
        raise PackageError("VERSION_NOT_WRITABLE", f"{file} cannot be edited: {exc}.", "Mend it first.") from exc
    except OSError as exc:
        raise StorageError("THEME_NOT_WRITTEN", f"{file} cannot be written: {exc.strerror}.", "Check rights.") from exc


def _read(path: Path) -> bytes:
    return read_manifest(open_files(path), path)
