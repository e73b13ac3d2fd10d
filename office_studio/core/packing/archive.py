"""Zip bytes that depend on nothing but names and contents: same theme, same bytes, on every machine.

Written by hand rather than with ``zipfile``, whose headers differ between versions of Python, and which cannot take
what another thread has compressed. What remains is zlib itself: its stream is the same in all releases since 1.2, but
builds of Python with zlib-ng (some Windows builds from 3.14) compress to other, equally valid bytes. ``ZLIB`` names the
one in use. Pictures, sound and other compressed media are stored, so those bytes never differ.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import BinaryIO

from office_studio.core.validation.subject import extension
from office_studio.errors import PackageError

ZLIB = zlib.ZLIB_RUNTIME_VERSION
DEFLATED = frozenset({"json", "svg", "gltf", "glb", "wav"})  # the rest is compressed already
LEVEL = 6

_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_VERSION = 20
_MADE_BY = 3 << 8 | _VERSION  # Unix: the mode counts
_DATE, _TIME = 1 << 5 | 1, 0  # 1980-01-01, the earliest a zip can hold
_MODE = 0o100644 << 16
_UTF8 = 0x800
_STORED, _DEFLATE = 0, 8
_MAX_BYTES = 0xFFFF_FFFF
_MAX_ENTRIES = 0xFFFF


@dataclass(frozen=True, slots=True)
class PreparedEntry:
    """One file, ready to be written: ``data`` as it will lie in the zip."""

    name: str
    data: bytes
    size_bytes: int  # unpacked
    crc: int
    method: int


def is_deflated(name: str) -> bool:
    return extension(name) in DEFLATED


def prepare(name: str, content: bytes) -> PreparedEntry:
    """Compress and sum up one file. Pure, and most of it runs outside of Python's lock: good for threads."""
    crc = zlib.crc32(content)
    if not is_deflated(name):
        return PreparedEntry(name, content, len(content), crc, _STORED)
    deflate = _deflater()
    return PreparedEntry(name, deflate.compress(content) + deflate.flush(), len(content), crc, _DEFLATE)


class ZipWriter:
    """Writes entries in the order they are added; add them sorted by name. Call ``finish`` at the end."""

    def __init__(self, target: BinaryIO) -> None:
        """``target``: seekable, empty; stays the caller's."""
        self._target = target
        self._directory: list[bytes] = []
        self._at = 0

    def add(self, entry: PreparedEntry) -> None:
        size = len(entry.data)
        at = self._begin(entry.name, entry.method, entry.crc, size, entry.size_bytes)
        self._target.write(entry.data)
        self._end(entry.name, entry.method, entry.crc, size, entry.size_bytes, at)

    def add_stream(self, name: str, chunks: Iterable[bytes]) -> None:
        """A file too large to be held; same bytes as ``add(prepare(…))``."""
        deflate = _deflater() if is_deflated(name) else None
        method = _STORED if deflate is None else _DEFLATE
        at = self._begin(name, method, 0, 0, 0)
        crc = size = written = 0
        for chunk in chunks:
            crc = zlib.crc32(chunk, crc)
            size += len(chunk)
            written += self._target.write(chunk if deflate is None else deflate.compress(chunk))
        if deflate is not None:
            written += self._target.write(deflate.flush())
        self._target.seek(at)
        self._begin(name, method, crc, written, size)
        self._target.seek(0, 2)
        self._end(name, method, crc, written, size, at)

    def finish(self) -> int:
        """Write the directory. Returns the number of entries."""
        directory = b"".join(self._directory)
        count = len(self._directory)
        if count > _MAX_ENTRIES or self._at + len(directory) > _MAX_BYTES:
            raise _too_large()
        self._target.write(directory)
        self._target.write(_END.pack(b"PK\x05\x06", 0, 0, count, count, len(directory), self._at, 0))
        return count

    def _begin(self, name: str, method: int, crc: int, packed: int, size: int) -> int:
        """Write the local header. Returns where it lies."""
        if max(packed, size, self._at) > _MAX_BYTES:
            raise _too_large()
        raw = name.encode()
        self._target.write(_LOCAL.pack(b"PK\x03\x04", _VERSION, _flags(name), method, _TIME, _DATE, crc, packed, size, len(raw), 0))  # fmt: skip  # noqa: E501
        self._target.write(raw)
        return self._at

    def _end(self, name: str, method: int, crc: int, packed: int, size: int, at: int) -> None:
        raw = name.encode()
        head = _CENTRAL.pack(b"PK\x01\x02", _MADE_BY, _VERSION, _flags(name), method, _TIME, _DATE, crc, packed, size,
                             len(raw), 0, 0, 0, 0, _MODE, at)  # fmt: skip
        self._directory.append(head + raw)
        self._at = at + _LOCAL.size + len(raw) + packed


def _flags(name: str) -> int:
    return 0 if name.isascii() else _UTF8


def _deflater() -> zlib._Compress:
    return zlib.compressobj(LEVEL, zlib.DEFLATED, -15, 8, zlib.Z_DEFAULT_STRATEGY)


def _too_large() -> PackageError:
    return PackageError("PACKAGE_TOO_LARGE", "The theme is too large for a zip.", "200 MB is what servers take.")
