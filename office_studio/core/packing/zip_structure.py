"""What a zip is made of, looked at before ``zipfile`` believes it: end record, directory, where each entry lies.

Both readers of foreign archives stand on this: ``bundle_reader`` (takes an upload, or refuses it at the first fault),
and ``zip_guard`` (tells a designer everything that is wrong). Memory stays at a few megabytes for any archive: the list
of entries is bounded before it is read, contents come in chunks.
"""

from __future__ import annotations

import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from office_studio.core.validation.upload import MAX_ENTRIES

CHUNK_BYTES = 64 * 1024
MAX_DIRECTORY_BYTES = 16 << 20  # of the list at the end: 1.6 kB for each of the entries allowed

_END = struct.Struct("<4s4H2LH")
_END64_LOCATOR = struct.Struct("<4sLQL")
_END64 = struct.Struct("<4sQ2H2L4Q")
_CENTRAL = struct.Struct("<4s4B4HL2L5H2L")
_LOCAL = struct.Struct("<4s2B4HL2L2H")
_MAX_COMMENT = 65_535
_TOO_MANY = f"Invalid zip: more than {MAX_ENTRIES} entries"
# What the unpackers raise differs by method.
_UNPACKING = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, NotImplementedError, RuntimeError, EOFError, ValueError, OSError,
)  # fmt: skip


class ZipFault(Exception):
    """Something of an archive is not as it must be.

    Attributes:
        code: ZIP_INVALID, ZIP_EMPTY, ZIP_TOO_MANY_ENTRIES, ENTRY_OVERLAP, ENTRY_CORRUPT; readers add their own.
        text: A sentence for people.
        entry: Name of the bad entry, or empty.
    """

    def __init__(self, code: str, text: str, entry: str = "") -> None:
        super().__init__(text)
        self.code = code
        self.text = text
        self.entry = entry


class ZipStructure:
    """An open archive whose end record and directory agree. ``directory_at``: offset of the directory in the file."""

    def __init__(self, file: BinaryIO) -> None:
        """``file``: seekable, at any position; stays the caller's. Raises ZipFault."""
        self._file = file
        end = _find_end(file)
        _count_entries(file, end)
        try:
            self.archive = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, struct.error, EOFError) as exc:
            raise invalid(str(exc) or type(exc).__name__) from exc
        self.directory_at = end.directory_at
        self.infos = self.archive.infolist()
        if not self.infos:
            self.archive.close()
            raise ZipFault("ZIP_EMPTY", "Invalid zip: the archive has no entries")

    def layout_faults(self) -> Iterator[ZipFault]:
        """Each entry's data lies in its own stretch of the file, and its local header says what the directory says."""
        in_order = sorted(self.infos, key=lambda info: info.header_offset)
        for info, following in zip(in_order, [*in_order[1:], None], strict=True):
            fault = self._layout_fault(info, self.directory_at if following is None else following.header_offset)
            if fault is not None:
                yield fault

    def _layout_fault(self, info: zipfile.ZipInfo, limit: int) -> ZipFault | None:
        name = info.orig_filename  # ``filename`` is cut at a NUL and has its separators changed
        if not 0 <= info.header_offset < self.directory_at:
            return invalid(f"'{name}' lies outside the file", name)
        self._file.seek(info.header_offset)
        header = self._file.read(_LOCAL.size)
        if len(header) < _LOCAL.size or header[:4] != b"PK\x03\x04":
            return invalid(f"'{name}' has no local header", name)
        name_length, extra_length = struct.unpack_from("<2H", header, 26)
        local_name = self._file.read(name_length)
        encoding = "utf-8" if info.flag_bits & 0x800 else "cp437"
        if local_name != name.encode(encoding, "replace"):
            return invalid(f"'{name}' has another name in its local header", name)
        if info.header_offset + _LOCAL.size + name_length + extra_length + info.compress_size > limit:
            return ZipFault("ENTRY_OVERLAP", f"Invalid zip: '{name}' overlaps another entry", name)
        return None


def chunks(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    """Content of an entry, in pieces of at most ``CHUNK_BYTES``, never more than it claims to unpack to.

    Raises ZipFault ENTRY_CORRUPT when it cannot be unpacked, its checksum is wrong, or it is longer or shorter than it
    claims.
    """
    read = 0
    name = info.orig_filename
    try:
        with archive.open(info) as source:
            while chunk := source.read(CHUNK_BYTES):
                read += len(chunk)
                if read > info.file_size:
                    break
                yield chunk
    except _UNPACKING as exc:
        raise ZipFault("ENTRY_CORRUPT", f"Failed to read zip entry '{name}': {exc}", name) from exc
    if read != info.file_size:
        text = f"Failed to read zip entry '{name}': {read} bytes instead of {info.file_size}"
        raise ZipFault("ENTRY_CORRUPT", text, name)


@dataclass(frozen=True, slots=True)
class _End:
    """Where the central directory lies. ``directory_at`` is an offset in the file, data before the zip included."""

    entries: int
    directory_bytes: int
    directory_at: int


def invalid(reason: str, entry: str = "") -> ZipFault:
    return ZipFault("ZIP_INVALID", f"Invalid zip: {reason}", entry)


def _find_end(file: BinaryIO) -> _End:
    size = file.seek(0, 2)
    start = max(0, size - _END.size - _MAX_COMMENT)
    file.seek(start)
    tail = file.read(size - start)
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or at + _END.size > len(tail):
        raise invalid("Could not find EOCD")
    _, disk, directory_disk, here, total, directory_bytes, offset, comment = _END.unpack_from(tail, at)
    if at + _END.size + comment > len(tail):
        raise invalid("the end record is cut")
    end_at = start + at
    if 0xFFFF in (here, total) or 0xFFFFFFFF in (directory_bytes, offset) or _has_locator(file, end_at):
        disk, directory_disk, here, total, directory_bytes, offset, end_at = _read_end64(file, end_at)
    if disk != 0 or directory_disk != 0 or here != total:
        raise invalid("archives in several parts are not supported")
    directory_at = end_at - directory_bytes
    if directory_at < 0 or offset > directory_at:
        raise invalid("the central directory lies outside the file")
    return _End(total, directory_bytes, directory_at)


def _has_locator(file: BinaryIO, end_at: int) -> bool:
    if end_at < _END64_LOCATOR.size:
        return False
    file.seek(end_at - _END64_LOCATOR.size)
    return file.read(4) == b"PK\x06\x07"


def _read_end64(file: BinaryIO, end_at: int) -> tuple[int, int, int, int, int, int, int]:
    record_at = end_at - _END64_LOCATOR.size - _END64.size
    if not _has_locator(file, end_at) or record_at < 0:
        raise invalid("the ZIP64 end record is missing")
    # Directly before its locator, where every writer puts it; an extensible record is not read.
    file.seek(record_at)
    signature, _, _, _, disk, directory_disk, here, total, size, offset = _END64.unpack(file.read(_END64.size))
    if signature != b"PK\x06\x06":
        raise invalid("the ZIP64 end record is missing")
    return disk, directory_disk, here, total, size, offset, record_at


def _count_entries(file: BinaryIO, end: _End) -> None:
    """Walk the central directory by its lengths alone, so that ``zipfile`` never builds an endless list."""
    if end.entries > MAX_ENTRIES:
        raise ZipFault("ZIP_TOO_MANY_ENTRIES", f"{_TOO_MANY} ({end.entries})")
    if end.directory_bytes > MAX_DIRECTORY_BYTES:
        raise ZipFault("ZIP_TOO_MANY_ENTRIES", f"{_TOO_MANY}, by the size of its directory")
    file.seek(end.directory_at)
    directory = file.read(end.directory_bytes)
    at = found = 0
    while at < len(directory):
        if at + _CENTRAL.size > len(directory) or directory[at : at + 4] != b"PK\x01\x02":
            raise invalid("the central directory is damaged")
        name, extra, comment = struct.unpack_from("<3H", directory, at + 28)
        at += _CENTRAL.size + name + extra + comment
        found += 1
        if found > MAX_ENTRIES:
            raise ZipFault("ZIP_TOO_MANY_ENTRIES", _TOO_MANY)
    if found != end.entries or at != len(directory):
        raise invalid(f"the end record claims {end.entries} entries, the directory holds {found}")
