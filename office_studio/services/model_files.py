"""Files that a 3D model names, read from inside one folder only."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Final
from urllib.parse import unquote

from office_studio.core.gltf.limits import MAX_FILE_BYTES, MAX_READ_BYTES
from office_studio.errors import ModelError

_SCHEME: Final = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]*:")


class FolderReader:
    """Reads what a model names by relative URIs. Neither "..", links nor addresses lead out of ``root``.

    ``read`` remembers what was asked for: URI and content, None for what was not there.
    """

    def __init__(self, root: Path, folder: Path) -> None:
        """``folder`` holds the model, and lies inside ``root`` or is it."""
        self._root = root.resolve()
        self._folder = folder
        self._left = MAX_READ_BYTES
        self.read: dict[str, bytes | None] = {}

    def __call__(self, uri: str) -> bytes:
        """Content of a file.

        Raises:
            ModelError: MODEL_OUTSIDE, MODEL_FILE_MISSING, MODEL_TOO_LARGE.
        """
        if uri not in self.read:
            self.read[uri] = None
            self.read[uri] = self._content(uri)
        content = self.read[uri]
        if content is None:
            raise _missing(uri)
        return content

    def _content(self, uri: str) -> bytes:
        path = self._path(uri)
        data = read_file(path, min(MAX_FILE_BYTES, self._left), lambda: _missing(uri))
        self._left -= len(data)
        return data

    def _path(self, uri: str) -> Path:
        name = unquote(uri)
        if _SCHEME.match(uri) or _SCHEME.match(name) or name.startswith(("/", "\\")) or "\0" in name:
            raise _outside(uri)
        try:
            path = (self._folder / name).resolve()
        except (OSError, RuntimeError, ValueError) as error:  # links in a circle, names no system knows
            raise _missing(uri) from error
        if not path.is_relative_to(self._root):
            raise _outside(uri)
        return path


def model_path(path: Path, root: Path) -> Path:
    """The model's own file, resolved.

    Raises:
        ModelError: MODEL_OUTSIDE when a link leads out of ``root``, MODEL_NOT_FOUND.
    """
    try:
        found, base = path.resolve(strict=True), root.resolve()
    except (OSError, RuntimeError) as error:
        raise _not_found(path) from error
    if not found.is_relative_to(base):
        raise ModelError(
            "MODEL_OUTSIDE",
            f"The model {path.name} lies outside of its theme.",
            "Put the file itself into the theme's folder, not a link to it.",
        )
    return found


def read_file(path: Path, most: int, missing: Callable[[], ModelError] | None = None) -> bytes:
    """Content of a plain file of at most ``most`` bytes; ``missing()`` makes the error when it cannot be read."""
    try:
        with path.open("rb") as file:
            status = os.fstat(file.fileno())
            is_plain = stat.S_ISREG(status.st_mode)
            data = file.read(most + 1) if is_plain else None
    except (OSError, ValueError) as error:
        raise (missing() if missing else _not_found(path)) from error
    if data is None:
        raise missing() if missing else _not_found(path)
    if len(data) > most:
        raise ModelError(
            "MODEL_TOO_LARGE",
            f"The model is too large: {path.name} has more than {most >> 20} MB.",
            "Make it simpler, or its pictures smaller.",
        )
    return data


def _missing(uri: str) -> ModelError:
    return ModelError(
        "MODEL_FILE_MISSING",
        f'The model names "{uri[:120]}", which is not there.',
        "Put the file beside the model, or export it as GLB, which holds everything.",
    )


def _outside(uri: str) -> ModelError:
    return ModelError(
        "MODEL_OUTSIDE",
        f'The model names "{uri[:120]}", which is outside of its theme\'s folder; that is not read.',
        "Export it as GLB, which holds everything.",
    )


def _not_found(path: Path) -> ModelError:
    return ModelError("MODEL_NOT_FOUND", f"The model {path.name} cannot be read.", "Check that the file is there.")
