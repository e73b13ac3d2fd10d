"""Read an uploaded zip from strangers: every claim of the archive is checked, every byte that comes out is counted."""

from __future__ import annotations

import stat
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Self

from office_studio.core.packing.zip_structure import CHUNK_BYTES, ZipFault, ZipStructure, chunks
from office_studio.core.validation.upload import MAX_BUNDLE_BYTES, MAX_UNPACKED_BYTES, check_entry_name

__all__ = ["CHUNK_BYTES", "BundleEntry", "BundleReader", "ZipFault"]

_ENCRYPTED_FLAGS = 0x1 | 0x40 | 0x2000  # ZipCrypto, strong encryption, masked headers
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}


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
            ZipFault: ZIP_INVALID, ZIP_TOO_MANY_ENTRIES, ZIP_EMPTY, ENTRY_… (names, see
                ``validation.upload.check_entry_name``), ENTRY_DUPLICATE, ENTRY_ENCRYPTED, ENTRY_METHOD,
                ENTRY_SPECIAL, ENTRY_OVERLAP, ENTRY_TOO_LARGE, ZIP_TOO_LARGE_UNPACKED.
        """
        structure = ZipStructure(file)
        entries = tuple(_entry(info) for info in structure.infos)
        _check_names(entries)
        _check_sizes(entries)
        for fault in structure.layout_faults():
            raise fault
        return cls(structure.archive, entries)

    def chunks(self, entry: BundleEntry) -> Iterator[bytes]:
        """Content of a file entry, in pieces of at most ``CHUNK_BYTES``. Raises ZipFault ENTRY_CORRUPT."""
        return chunks(self._archive, entry.info)

    def read(self, entry: BundleEntry, limit_bytes: int) -> bytes:
        """Whole content. Raises ZipFault ENTRY_TOO_LARGE above the limit, before reading it."""
        if entry.size_bytes > limit_bytes:
            raise ZipFault("ENTRY_TOO_LARGE", f"'{entry.name}' is over {limit_bytes} bytes", entry.name)
        return b"".join(self.chunks(entry))

    def close(self) -> None:
        self._archive.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _entry(info: zipfile.ZipInfo) -> BundleEntry:
    name = info.orig_filename  # ``filename`` is cut at a NUL and has its separators changed
    problem = check_entry_name(name)
    if problem is not None:
        raise ZipFault(problem.code, problem.text, name)
    if info.flag_bits & _ENCRYPTED_FLAGS:
        raise ZipFault("ENTRY_ENCRYPTED", f"Zip entry error: '{name}' is encrypted", name)
    if info.compress_type not in _METHODS:
        # bzip2 and LZMA are refused too: their unpackers give no bound on what one step puts out.
        text = f"Zip entry error: '{name}' uses compression method {info.compress_type}; only stored and deflate work"
        raise ZipFault("ENTRY_METHOD", text, name)
    kind = stat.S_IFMT(info.external_attr >> 16)
    is_dir = name.endswith("/")
    if kind not in (0, stat.S_IFDIR if is_dir else stat.S_IFREG):
        raise ZipFault("ENTRY_SPECIAL", f"Zip entry error: '{name}' is a link or special file", name)
    return BundleEntry(name, info.file_size, is_dir, info)


def _check_names(entries: tuple[BundleEntry, ...]) -> None:
    names: set[str] = set()
    for entry in entries:
        if entry.name in names:
            raise ZipFault("ENTRY_DUPLICATE", f"Zip entry error: '{entry.name}' is there twice", entry.name)
        names.add(entry.name)
    for entry in entries:
        folder = entry.name.rstrip("/").rpartition("/")[0]
        while folder:
            if folder in names:
                raise ZipFault("ENTRY_DUPLICATE", f"Zip entry error: '{folder}' is file and folder", folder)
            folder = folder.rpartition("/")[0]


def _check_sizes(entries: tuple[BundleEntry, ...]) -> None:
    total = 0
    for entry in entries:
        if entry.size_bytes > MAX_BUNDLE_BYTES:
            text = f"Zip entry error: '{entry.name}' unpacks to {entry.size_bytes} bytes (limit {MAX_BUNDLE_BYTES})"
            raise ZipFault("ENTRY_TOO_LARGE", text, entry.name)
        total += entry.size_bytes
    if total > MAX_UNPACKED_BYTES:
        text = f"Invalid zip: unpacks to {total} bytes (limit {MAX_UNPACKED_BYTES})"
        raise ZipFault("ZIP_TOO_LARGE_UNPACKED", text)
