"""Files of a theme as a reader sees them, wherever they lie: folder, zip or memory."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from office_studio.errors import AssetError

MAX_FILE_BYTES = 64 * 1024 * 1024  # one asset; the format's own limit is 10 MB for a picture


class ThemeFiles(Protocol):
    """Read-only, confined to the theme. Names are POSIX, relative to the theme's root."""

    @property
    def names(self) -> tuple[str, ...]:
        """All files, sorted."""
        ...

    def read(self, name: str) -> bytes:
        """Whole content. Raises AssetError ASSET_MISSING, ASSET_TOO_LARGE or ASSET_UNREADABLE."""
        ...

    def size(self, name: str) -> int:
        """Bytes of one file. Raises AssetError ASSET_MISSING."""
        ...


class MemoryFiles:
    """Files held in memory: tests, the editor's unsaved theme, a manifest alone."""

    def __init__(self, content: Mapping[str, bytes]) -> None:
        self._content = dict(content)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(sorted(self._content))

    def read(self, name: str) -> bytes:
        if name not in self._content:
            raise missing(name)
        return self._content[name]

    def size(self, name: str) -> int:
        return len(self.read(name))


def missing(name: str) -> AssetError:
    return AssetError(
        "ASSET_MISSING",
        f"The theme has no file “{name}”.",
        "Add the file, or correct the name; capital letters count.",
        file=name,
    )


def is_safe_name(name: object) -> bool:
    """The format's rule for paths in a manifest (2.13): relative, no ``..``, no ``:``, not empty, no backslash."""
    return (
        isinstance(name, str)
        and bool(name)
        and not name.startswith(("/", "\\"))
        and not any(bad in name for bad in ("..", ":", "\\", "\0"))
    )
