"""Read a zip from strangers: every claim of the archive is checked, every byte that comes out is counted.

``zipfile`` finds and unpacks the entries; this module decides before that whether it may. Memory stays at a few
megabytes for any archive: the list of entries is bounded before it is read, contents come in chunks.
"""

from __future__ import annotations

import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Self

from office_studio.core.validation.upload import MAX_BUNDLE_BYTES, MAX_ENTRIES, MAX_UNPACKED_BYTES, check_entry_name

CHUNK_BYTES = 64 * 1024
MAX_DIRECTORY_BYTES = 16 << 20  # size of the central directory

_END = struct.Struct("<4s4H2LH")
_END64_LOCATOR = struct.Struct("<4sLQL")
_END64 = struct.Struct("<4sQ2H2L4Q")
_CENTRAL = struct.Struct("<4s4B4HL2L5H2L")
_LOCAL = struct.Struct("<4s2B4HL2L2H")
_MAX_COMMENT = 65_535
_ENCRYPTED_FLAGS = 0x1 | 0x40 | 0x2000  # ZipCrypto, strong encryption, masked headers
_METHODS = {zipfile.ZIP_STORED: "stored", zipfile.ZIP_DEFLATED: "deflate"}


class BundleProblem(Exception):
    """The archive cannot be used. ``text`` is a sentence for people; ``entry`` the name of the bad entry, or empty."""

    def __init__(self, code: str, text: str, entry: str = "") -> None:
        super().__init__(text)
        self.code = code
        self.text = text
        self.entry = entry


@dataclass(frozen=True, slots=True)
class BundleEntry:
    """One entry that passed the checks. ``size_bytes`` is what it claims to unpack to, enforced while reading."""

    name: str
    size_bytes: int
    is_dir: bool
    info: zipfile.ZipInfo


class BundleReader:
    """A zip whose structure was checked as a whole; contents are checked while they are read."""

    def __init__(self, archive: zipfile.ZipFile, entries: tuple[BundleEntry, ...]) -> None:
        self.entries = entries
        self._archive = archive

    @classmethod
    def open(cls, file: BinaryIO) -> Self:
        """Check the directory of the archive.

        Args:
            file: Seekable, at any position; stays the caller's.
        Raises:
            BundleProblem: ZIP_INVALID, ZIP_TOO_MANY_ENTRIES, ZIP_EMPTY, ENTRY_… (names, see
                ``validation.upload.check_entry_name``), ENTRY_DUPLICATE, ENTRY_ENCRYPTED, ENTRY_METHOD,
                ENTRY_SPECIAL, ENTRY_OVERLAP, ENTRY_TOO_LARGE, ZIP_TOO_LARGE_UNPACKED.
        """
        end = _find_end(file)
        _count_entries(file, end)
        try:
            archive = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, struct.error, EOFError) as exc:
            raise _invalid(str(exc) or type(exc).__name__) from exc
        infos = archive.infolist()
        if not infos:
            raise BundleProblem("ZIP_EMPTY", "Invalid zip: the archive has no entries")
        entries = tuple(_entry(info) for info in infos)
        _check_names(entries)
        _check_sizes(entries)
        _check_layout(file, entries, end.directory_at)
        return cls(archive, entries)

    def chunks(self, entry: BundleEntry) -> Iterator[bytes]:
        """Content of a file entry, in pieces of at most ``CHUNK_BYTES``.

        Raises:
            BundleProblem: ENTRY_CORRUPT, when it cannot be unpacked, its checksum is wrong, or it is longer or
                shorter than it claims.
        """
        read = 0
        try:
            with self._archive.open(entry.info) as source:
                while chunk := source.read(CHUNK_BYTES):
                    read += len(chunk)
                    yield chunk
        except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, ValueError) as exc:
            raise BundleProblem("ENTRY_CORRUPT", f"Failed to read zip entry '{entry.name}': {exc}", entry.name) from exc
        if read != entry.size_bytes:
            text = f"Failed to read zip entry '{entry.name}': {read} bytes instead of {entry.size_bytes}"
            raise BundleProblem("ENTRY_CORRUPT", text, entry.name)

    def read(self, entry: BundleEntry, limit_bytes: int) -> bytes:
        """Whole content. Raises BundleProblem ENTRY_TOO_LARGE above the limit, before reading it."""
        if entry.size_bytes > limit_bytes:
            raise BundleProblem("ENTRY_TOO_LARGE", f"'{entry.name}' is over {limit_bytes} bytes", entry.name)
        return b"".join(self.chunks(entry))

    def close(self) -> None:
        self._archive.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@dataclass(frozen=True, slots=True)
class _End:
    """Where the central directory lies. ``directory_at`` is an offset in the file, data before the zip included."""

    entries: int
    directory_bytes: int
    directory_at: int


def _invalid(reason: str) -> BundleProblem:
    return BundleProblem("ZIP_INVALID", f"Invalid zip: {reason}")


def _find_end(file: BinaryIO) -> _End:
    size = file.seek(0, 2)
    start = max(0, size - _END.size - _MAX_COMMENT)
    file.seek(start)
    tail = file.read(size - start)
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or at + _END.size > len(tail):
        raise _invalid("Could not find EOCD")
    _, disk, directory_disk, here, total, directory_bytes, offset, comment = _END.unpack_from(tail, at)
    if at + _END.size + comment > len(tail):
        raise _invalid("the end record is cut")
    end_at = start + at
    if 0xFFFF in (here, total) or 0xFFFFFFFF in (directory_bytes, offset) or _has_locator(file, end_at):
        disk, directory_disk, here, total, directory_bytes, offset, end_at = _read_end64(file, end_at)
    if disk != 0 or directory_disk != 0 or here != total:
        raise _invalid("archives in several parts are not supported")
    directory_at = end_at - directory_bytes
    if directory_at < 0 or offset > directory_at:
        raise _invalid("the central directory lies outside the file")
    return _End(total, directory_bytes, directory_at)


def _has_locator(file: BinaryIO, end_at: int) -> bool:
    if end_at < _END64_LOCATOR.size:
        return False
    file.seek(end_at - _END64_LOCATOR.size)
    return file.read(4) == b"PK\x06\x07"


def _read_end64(file: BinaryIO, end_at: int) -> tuple[int, int, int, int, int, int, int]:
    record_at = end_at - _END64_LOCATOR.size - _END64.size
    if not _has_locator(file, end_at) or record_at < 0:
        raise _invalid("the ZIP64 end record is missing")
    # Directly before its locator, where every writer puts it; an extensible record is not read.
    file.seek(record_at)
    signature, _, _, _, disk, directory_disk, here, total, size, offset = _END64.unpack(file.read(_END64.size))
    if signature != b"PK\x06\x06":
        raise _invalid("the ZIP64 end record is missing")
    return disk, directory_disk, here, total, size, offset, record_at


def _count_entries(file: BinaryIO, end: _End) -> None:
    """Walk the central directory by its lengths alone, so that ``zipfile`` never builds an endless list."""
    if end.entries > MAX_ENTRIES:
        raise BundleProblem("ZIP_TOO_MANY_ENTRIES", f"Invalid zip: over {MAX_ENTRIES} entries ({end.entries})")
    if end.directory_bytes > MAX_DIRECTORY_BYTES:
        raise _invalid("the central directory is too large")
    file.seek(end.directory_at)
    directory = file.read(end.directory_bytes)
    at = found = 0
    while at < len(directory):
        if at + _CENTRAL.size > len(directory) or directory[at : at + 4] != b"PK\x01\x02":
            raise _invalid("the central directory is damaged")
        name, extra, comment = struct.unpack_from("<3H", directory, at + 28)
        at += _CENTRAL.size + name + extra + comment
        found += 1
    if found != end.entries or at != len(directory):
        raise _invalid(f"the end record claims {end.entries} entries, the directory holds {found}")


def _entry(info: zipfile.ZipInfo) -> BundleEntry:
    name = info.orig_filename  # ``filename`` is cut at a NUL and has its separators changed
    problem = check_entry_name(name)
    if problem is not None:
        raise BundleProblem(problem.code, problem.text, name)
    if info.flag_bits & _ENCRYPTED_FLAGS:
        raise BundleProblem("ENTRY_ENCRYPTED", f"Zip entry error: '{name}' is encrypted", name)
    if info.compress_type not in _METHODS:
        # bzip2 and LZMA are refused too: their unpackers give no bound on what one step puts out.
        text = f"Zip entry error: '{name}' uses compression method {info.compress_type}; only stored and deflate work"
        raise BundleProblem("ENTRY_METHOD", text, name)
    kind = stat.S_IFMT(info.external_attr >> 16)
    is_dir = name.endswith("/")
    if kind not in (0, stat.S_IFDIR if is_dir else stat.S_IFREG):
        raise BundleProblem("ENTRY_SPECIAL", f"Zip entry error: '{name}' is a link or special file", name)
    return BundleEntry(name, info.file_size, is_dir, info)


def _check_names(entries: tuple[BundleEntry, ...]) -> None:
    names: set[str] = set()
    for entry in entries:
        if entry.name in names:
            raise BundleProblem("ENTRY_DUPLICATE", f"Zip entry error: '{entry.name}' is there twice", entry.name)
        names.add(entry.name)
    for entry in entries:
        folder = entry.name.rstrip("/").rpartition("/")[0]
        while folder:
            if folder in names:
                raise BundleProblem("ENTRY_DUPLICATE", f"Zip entry error: '{folder}' is file and folder", folder)
            folder = folder.rpartition("/")[0]


def _check_sizes(entries: tuple[BundleEntry, ...]) -> None:
    total = 0
    for entry in entries:
        if entry.size_bytes > MAX_BUNDLE_BYTES:
            text = f"Zip entry error: '{entry.name}' unpacks to {entry.size_bytes} bytes (limit {MAX_BUNDLE_BYTES})"
            raise BundleProblem("ENTRY_TOO_LARGE", text, entry.name)
        total += entry.size_bytes
    if total > MAX_UNPACKED_BYTES:
        text = f"Invalid zip: unpacks to {total} bytes (limit {MAX_UNPACKED_BYTES})"
        raise BundleProblem("ZIP_TOO_LARGE_UNPACKED", text)


def _check_layout(file: BinaryIO, entries: tuple[BundleEntry, ...], directory_at: int) -> None:
    """Each entry's data lies in its own stretch of the file, and its local header says what the directory says."""
    in_order = sorted(entries, key=lambda entry: entry.info.header_offset)
    for index, entry in enumerate(in_order):
        info = entry.info
        limit = in_order[index + 1].info.header_offset if index + 1 < len(in_order) else directory_at
        if not 0 <= info.header_offset < directory_at:
            raise _invalid(f"'{entry.name}' lies outside the file")
        file.seek(info.header_offset)
        header = file.read(_LOCAL.size)
        if len(header) < _LOCAL.size or header[:4] != b"PK\x03\x04":
            raise _invalid(f"'{entry.name}' has no local header")
        name_length, extra_length = struct.unpack_from("<2H", header, 26)
        local_name = file.read(name_length)
        encoding = "utf-8" if info.flag_bits & 0x800 else "cp437"
        if local_name != entry.name.encode(encoding, "replace"):
            raise _invalid(f"'{entry.name}' has another name in its local header")
        if info.header_offset + _LOCAL.size + name_length + extra_length + info.compress_size > limit:
            raise BundleProblem("ENTRY_OVERLAP", f"Invalid zip: '{entry.name}' overlaps another entry", entry.name)
