"""Files of a theme as paths on disk, for programs that can read nothing else. Blocking: call it off the GUI thread."""

from __future__ import annotations

import tempfile
from pathlib import Path

from office_studio.core.theme.files import is_safe_name, missing
from office_studio.services.theme_loader import FolderFiles, LoadedTheme


class RoomFiles:
    """A theme that lies in a folder is read there; of one in a zip the files asked for are laid out for a while."""

    def __init__(self, loaded: LoadedTheme) -> None:
        self._loaded = loaded
        self._laid_out: tempfile.TemporaryDirectory[str] | None = None
        self._folder = loaded.files.root if isinstance(loaded.files, FolderFiles) else None

    @property
    def root(self) -> Path:
        """Out of which nothing may be read."""
        if self._folder is not None:
            return self._folder
        if self._laid_out is None:
            self._laid_out = tempfile.TemporaryDirectory(prefix="office-studio-room-")
        return Path(self._laid_out.name)

    def path(self, name: str) -> Path:
        """A file of the theme. Raises AssetError ASSET_MISSING, ASSET_TOO_LARGE, ASSET_UNREADABLE.

        A ``.gltf`` names further files, so with it comes everything that lies beside it.
        """
        if not is_safe_name(name) or name not in self._loaded.files.names:
            raise missing(name)
        if self._folder is not None:
            return self._folder / name
        folder = name.rpartition("/")[0]
        if name.lower().endswith(".gltf"):
            for beside in self._loaded.files.names:
                if not folder or beside.startswith(f"{folder}/"):
                    self._lay_out(beside)
        return self._lay_out(name)

    def close(self) -> None:
        if self._laid_out is not None:
            self._laid_out.cleanup()
            self._laid_out = None

    def _lay_out(self, name: str) -> Path:
        path = self.root / name
        if not path.is_file():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(self._loaded.files.read(name))
        return path
