"""What a program that knows the whole glTF specification says of a model: an interface, its values, its files."""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import unquote

from office_studio.core.theme.files import MAX_FILE_BYTES, ThemeFiles, is_safe_name
from office_studio.core.validation.report import Severity
from office_studio.errors import AssetError

MAX_MODEL_BYTES = MAX_FILE_BYTES
MAX_EXTERNAL_FILES = 256
MAX_EXTERNAL_BYTES = MAX_FILE_BYTES  # all files of one model together

ReadExternal = Callable[[str], bytes]  # URI as the model writes it -> content; raises AssetError


@dataclass(frozen=True, slots=True)
class GltfMessage:
    """One fault. ``code`` as the specification's own validator names it (SCENE_NON_ROOT_NODE).

    ``pointer``: JSON Pointer inside the model's JSON; ``offset``: byte of the file, from 0. At most one of them is set.
    """

    code: str
    severity: Severity
    message: str
    pointer: str | None = None
    offset: int | None = None


@dataclass(frozen=True, slots=True)
class GltfVerdict:
    """All that is known of a model.

    Attributes:
        is_conformant: False with any error; None when the model could not be checked.
        left_out: Messages that were not kept, about as many; the worst are kept.
        unchecked: Why it could not be checked, "" when it was.
        external: URIs that were asked for.
    """

    messages: tuple[GltfMessage, ...] = ()
    is_conformant: bool | None = True
    left_out: int = 0
    unchecked: str = ""
    external: tuple[str, ...] = ()


class GltfChecker(Protocol):
    """Checks models one after the other; may be called from any thread, and blocks it."""

    @property
    def absence(self) -> str:
        """Why it cannot be asked, "" when it can."""
        ...

    def check(self, data: bytes, name: str, read_external: ReadExternal) -> GltfVerdict:
        """What it says of a GLB or glTF JSON. Never raises for what a model may be; ends within its own time limit."""
        ...


class ExternalFiles:
    """Files beside a model, for its URIs: below the model's own folder, inside the theme, never too much."""

    def __init__(self, files: ThemeFiles, model: str) -> None:
        self._files = files
        self._names = frozenset(files.names)
        self._folder = posixpath.dirname(model)
        self._sizes: dict[str, int] = {}  # of those that were read

    def read(self, uri: str) -> bytes:
        """Raises AssetError MODEL_FILE_OUTSIDE, MODEL_FILE_MISSING, MODEL_FILES_TOO_LARGE and what the theme raises."""
        name = unquote(uri)
        shown = uri[:80]
        if not is_safe_name(name) or not is_safe_name(uri) or "?" in uri or "#" in uri:
            raise AssetError("MODEL_FILE_OUTSIDE", f"“{shown}” is not a file beside the model.", "Embed it in a GLB.")
        name = posixpath.normpath(posixpath.join(self._folder, name))
        if name not in self._names:
            raise AssetError("MODEL_FILE_MISSING", f"The theme has no file “{shown}” beside the model.", "Add it.")
        self._sizes[name] = self._files.size(name)
        if len(self._sizes) > MAX_EXTERNAL_FILES or sum(self._sizes.values()) > MAX_EXTERNAL_BYTES:
            raise AssetError("MODEL_FILES_TOO_LARGE", f"The model names more than can be read with “{shown}”.", "")
        return self._files.read(name)
