"""Puts a new theme on disk. Blocking file work."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from office_studio.core.theme.templates import TEMPLATES, Template, template_files, theme_id_of
from office_studio.errors import StorageError, UsageError

__all__ = ["TEMPLATES", "Template", "new_theme"]
_MAX_NAME_BYTES = 100


def new_theme(template: str, name: str, parent: Path | None = None) -> Path:
    """Folder of the new theme, named after its id, inside ``parent`` (default: here); whole or not at all.

    Raises:
        UsageError: TEMPLATE_UNKNOWN, THEME_NAME_UNUSABLE, THEME_FOLDER_EXISTS.
        StorageError: THEME_NOT_WRITTEN.
    """
    found = TEMPLATES.get(template)
    if found is None:
        listed = ", ".join(TEMPLATES)
        raise UsageError("TEMPLATE_UNKNOWN", f"There is no template “{template}”.", f"Choose one of: {listed}.")
    name = name.strip()
    theme_id = theme_id_of(name)
    if not theme_id or len(name.encode()) > _MAX_NAME_BYTES or not name.isprintable():
        raise UsageError(
            "THEME_NAME_UNUSABLE",
            f"“{name[:60]}” cannot be the name of a theme.",
            "Use at most 100 characters, among them a letter from a to z or a digit.",
        )
    folder = (parent or Path()) / theme_id
    if folder.exists() or folder.is_symlink():
        raise UsageError("THEME_FOLDER_EXISTS", f"{folder} is already there.", "Choose another name, or --dir.")
    try:
        _write(folder, template_files(found, name, theme_id))
    except OSError as exc:
        raise StorageError(
            "THEME_NOT_WRITTEN", f"{folder} cannot be written: {exc.strerror or exc}.", "Choose another place."
        ) from exc
    return folder


def _write(folder: Path, files: dict[str, bytes]) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".new-theme-"))
    try:
        for name, content in files.items():
            (part / name).write_bytes(content)
        part.chmod(0o755)
        part.rename(folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)
