"""Which files a viewer of a theme reads: whatever the manifest names, and whatever those files name in turn."""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

import msgspec

from office_studio.core.validation.rules.files import needed_files
from office_studio.core.validation.subject import Subject
from office_studio.core.validation.upload import ALLOWED_EXTENSIONS, check_windows_name
from office_studio.errors import AssetError

MANIFEST = "theme.json"
_NEVER = '\\:*?"<>|\0\n'  # in no file name of a theme, also not when percent-encoded
_MAX_JSON = 32 * 1024 * 1024
# The end of a text that can be a name, or an escape, behind which anything may hide.
_NAME_END = re.compile(rb"\.(?:%s)\"|\\u" % "|".join(sorted(ALLOWED_EXTENSIONS)).encode(), re.IGNORECASE)
_LONGEST_END = 1 + max(map(len, ALLOWED_EXTENSIONS))


def files_needed(subject: Subject) -> frozenset[str]:
    """Names of the files in the theme that anything of it refers to: the same that a download brings.

    Backgrounds of all sizes and qualities, variants, atlases and their pictures, overlay pictures, sound, models with
    their buffers and textures, the preview. A name that theme.json writes with the theme's folder before it counts.
    """
    wanted = set(needed_files(subject)) | _named_by(subject.document, "")
    wanted |= {stripped for name in wanted if (stripped := _without_folder(name, subject.document.get("id")))}
    known: set[str] = set()
    while new := (wanted & subject.names) - known:
        known |= new
        for name in sorted(new - {MANIFEST}):
            if name.lower().endswith((".json", ".gltf")):
                wanted |= _named_in(subject, name)
    return frozenset(known)


def _named_in(subject: Subject, name: str) -> frozenset[str]:
    assert subject.files is not None
    try:
        if subject.files.size(name) > _MAX_JSON:
            return frozenset()
    except AssetError:
        return frozenset()
    base = posixpath.dirname(name)
    return subject.fact("names", name, lambda data: _named_by_text(data, base)) or frozenset()


def _named_by_text(data: bytes, base: str) -> frozenset[str]:
    # Megabytes of tables are read in no time, and taken apart only if anything in them can be a name.
    if not _NAME_END.search(data):
        return frozenset()
    try:
        return frozenset(_named_by(msgspec.json.decode(data), base))
    except (msgspec.DecodeError, RecursionError):
        return frozenset()


def _named_by(document: Any, base: str) -> set[str]:
    # An atlas names its image relative to itself; some exporters write a bare name from the theme's root.
    return {joined for found in referenced_files(document) if (joined := confined(posixpath.join(base, found)))}


def _without_folder(name: str, theme_id: Any) -> str | None:
    prefix = f"themes/{theme_id}/"
    return name.removeprefix(prefix) if name.startswith(prefix) else None


def referenced_files(document: Any) -> Iterator[str]:
    """Every string in a document that names a file of an allowed kind inside the theme."""
    waiting = [document]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            # Most texts are no names: told from their ends, as there may be a million of them.
            if "." in value[-_LONGEST_END:] and len(value) <= 512 and (name := confined(value)):
                yield name
        elif isinstance(value, Mapping):
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)


def confined(name: str) -> str | None:
    """The name as a path inside the theme, None for anything else: addresses, absolute paths, ways out."""
    if name.rpartition(".")[2].lower() not in ALLOWED_EXTENSIONS or any(c in name for c in _NEVER):
        return None
    if name.startswith("/") or " /" in name:
        return None
    clean = posixpath.normpath(unquote(name)) if "%" in name else posixpath.normpath(name)
    if clean.startswith(("../", "/")) or clean in (".", "..", MANIFEST) or any(c in clean for c in _NEVER):
        return None
    # Half of a surrogate pair cannot be sent, a longer name cannot be written.
    if any("\ud800" <= c <= "\udfff" for c in clean) or any(len(part.encode()) > 255 for part in clean.split("/")):
        return None
    if os.name == "nt" and check_windows_name(clean) is not None:
        return None  # a device, not a file
    return clean
