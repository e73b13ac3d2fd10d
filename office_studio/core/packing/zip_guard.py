"""Looks at a zip before anything believes it: structure, names, sizes, methods. Reads, never writes."""

from __future__ import annotations

import re
import stat
import struct
import unicodedata
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, cast

from office_studio.core.validation.report import Finding, Severity

MAX_ENTRIES = 10_000
MAX_UNPACKED_BYTES = 1_000_000_000
MAX_NAME_BYTES = 255  # one part of a path, the limit of common file systems
MAX_DIRECTORY_BYTES = 16 << 20  # of the list at the end: 1.6 kB for each of the entries allowed
MAX_RATIO = 1000  # deflate reaches 1032; honest theme files stay far below
_RATIO_FROM_BYTES = 1_000_000

_TOO_MANY = f"The zip holds more than {MAX_ENTRIES} entries."
_EOCD = struct.Struct("<4s4H2LH")
_LOCAL = struct.Struct("<4s5H3L2H")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_DRIVE = re.compile(r"[A-Za-z]:")
_DEVICE = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|\Z)", re.IGNORECASE)
_READABLE = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_RARE = {zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA}


@dataclass(frozen=True, slots=True)
class ZipListing:
    """Files of a zip by name, and what is wrong with it. With an error in ``findings`` nothing of it may be used."""

    entries: dict[str, zipfile.ZipInfo]
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.severity is Severity.ERROR)


def _error(message: str, file: str | None = None, rule: str = "T2D-BUNDLE-ENTRY", help_text: str = "") -> Finding:
    return Finding(rule, Severity.ERROR, message, help_text, file=file)


def _warning(message: str, file: str | None = None, rule: str = "T2D-BUNDLE-ENTRY", help_text: str = "") -> Finding:
    return Finding(rule, Severity.WARNING, message, help_text, file=file)


class _TooManyEntries(Exception):
    pass


class _DirectoryGuard:
    """The zip as ``zipfile`` reads its directory: in one piece, whose entries are counted before it lists them.

    Listing costs half a kilobyte and 20 microseconds an entry, and a directory has room for millions.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.seek, self.tell, self.seekable = stream.seek, stream.tell, stream.seekable

    def read(self, size: int = -1) -> bytes:
        if size > MAX_DIRECTORY_BYTES:
            raise _TooManyEntries
        data = self._stream.read(size)
        if data.count(b"PK\x01\x02") > MAX_ENTRIES:
            raise _TooManyEntries
        return data


def inspect_zip(stream: BinaryIO) -> ZipListing:
    """List a zip without unpacking it. ``stream`` must be seekable."""
    stream.seek(0, 2)
    size = stream.tell()
    try:
        archive = zipfile.ZipFile(cast(BinaryIO, _DirectoryGuard(stream)))
    except _TooManyEntries:
        return ZipListing({}, (_error(_TOO_MANY, rule="T2D-BUNDLE-BOMB"),))
    except (zipfile.BadZipFile, zipfile.LargeZipFile, OSError, ValueError, struct.error, EOFError) as exc:
        why = "it is empty" if size == 0 else str(exc) or "its directory cannot be read"
        return ZipListing({}, (_error(f"This is not a whole zip file: {why}.", rule="T2D-BUNDLE-ZIP"),))
    except NotImplementedError as exc:
        return ZipListing({}, (_error(f"The zip uses what nobody can read here: {exc}.", rule="T2D-BUNDLE-ZIP"),))
    with archive:
        infos = archive.infolist()
        findings = [*_structure(stream, size, infos), *_names(infos), *_sizes(infos)]
        entries = {info.filename: info for info in infos if not info.filename.endswith("/")}
        return ZipListing(entries, tuple(findings))


def read_entry(archive: zipfile.ZipFile, info: zipfile.ZipInfo, limit: int) -> bytes:
    """Content of one entry, counted while it is unpacked.

    Raises ValueError with a sentence when it is damaged, or larger than declared or than ``limit``.
    """
    chunks, total = [], 0
    try:
        with archive.open(info) as source:
            while chunk := source.read(65_536):
                total += len(chunk)
                if total > min(limit, info.file_size):
                    raise ValueError(f"“{info.filename}” unpacks to more than the {info.file_size} bytes it declares.")
                chunks.append(chunk)
    except ValueError:
        raise
    except Exception as exc:  # what the unpackers raise differs by method and by version of Python
        raise ValueError(f"“{info.filename}” is damaged: {exc}.") from exc
    if total != info.file_size:
        raise ValueError(f"“{info.filename}” is {total} bytes, but the zip declares {info.file_size}.")
    return b"".join(chunks)


def verify_contents(stream: BinaryIO, listing: ZipListing, limit: int) -> Iterator[Finding]:
    """Unpack every entry once, without keeping it: damaged data, wrong checksums, wrong sizes."""
    with zipfile.ZipFile(stream) as archive:
        for info in listing.entries.values():
            try:
                read_entry(archive, info, limit)
            except ValueError as exc:
                yield _error(str(exc), info.filename, "T2D-BUNDLE-DAMAGED", "Pack the theme again.")


def _structure(stream: BinaryIO, size: int, infos: list[zipfile.ZipInfo]) -> Iterator[Finding]:
    if not infos:
        yield _error("The zip holds no files.", rule="T2D-BUNDLE-ZIP")
        return
    tail_at = max(0, size - 65_536 - _EOCD.size)
    stream.seek(tail_at)
    tail = stream.read()
    end_at = tail.rfind(b"PK\x05\x06")
    if end_at >= 0 and len(tail) - end_at >= _EOCD.size:
        _, disk, _, _, count, _, _, _ = _EOCD.unpack_from(tail, end_at)
        if count not in (len(infos), 0xFFFF):
            yield _error(f"The zip claims {count} entries and holds {len(infos)}.", rule="T2D-BUNDLE-ZIP")
        if disk not in (0, 0xFFFF):
            yield _error("The zip is a part of a series.", rule="T2D-BUNDLE-ZIP")
    first = min(info.header_offset for info in infos)
    if first > 0:
        yield _warning(f"{first} bytes lie before the first entry.", rule="T2D-BUNDLE-ZIP", help_text="Pack it again.")
    yield from _local_headers(stream, size, infos)


def _local_headers(stream: BinaryIO, size: int, infos: list[zipfile.ZipInfo]) -> Iterator[Finding]:
    """Each entry must start with a header that agrees with the directory, and no two may share bytes."""
    end_before, name_before = 0, ""
    for info in sorted(infos, key=lambda i: i.header_offset):
        if not 0 <= info.header_offset < size:
            yield _error(f"“{info.filename}” lies outside the zip.", info.filename, "T2D-BUNDLE-ZIP")
            continue
        stream.seek(info.header_offset)
        head = stream.read(_LOCAL.size)
        if len(head) < _LOCAL.size or head[:4] != b"PK\x03\x04":
            yield _error(f"“{info.filename}” does not start where the zip says.", info.filename, "T2D-BUNDLE-ZIP")
            continue
        name_length, extra_length = _LOCAL.unpack(head)[-2:]
        local_name = stream.read(name_length)
        if local_name != _raw_name(info):
            yield _error(f"“{info.filename}” has another name in its own header.", info.filename, "T2D-BUNDLE-ZIP")
        if info.header_offset < end_before:
            yield _error(f"“{info.filename}” shares bytes with “{name_before}”.", info.filename, "T2D-BUNDLE-BOMB")
        end_before = info.header_offset + _LOCAL.size + name_length + extra_length + info.compress_size
        name_before = info.filename
        if end_before > size:
            yield _error(f"“{info.filename}” ends after the end of the zip.", info.filename, "T2D-BUNDLE-ZIP")


def _raw_name(info: zipfile.ZipInfo) -> bytes:
    return info.orig_filename.encode("utf-8" if info.flag_bits & 0x800 else "cp437", "replace")


def _names(infos: list[zipfile.ZipInfo]) -> Iterator[Finding]:
    seen: dict[str, zipfile.ZipInfo] = {}
    for info in infos:
        name = info.orig_filename
        yield from _name(name)
        if not info.flag_bits & 0x800 and not name.isascii():
            yield _warning(f"The name “{name}” is not marked as UTF-8.", name, "T2D-PATH-CHARS")
        kind = stat.S_IFMT(info.external_attr >> 16)
        if info.create_system == 3 and kind not in (0, stat.S_IFREG, stat.S_IFDIR):
            yield _error(f"“{name}” is a link or a special file.", name, "T2D-FILE-SYMLINK", "Pack the file itself.")
        key = unicodedata.normalize("NFC", name).casefold()
        if key in seen:
            other = seen[key]
            if other.orig_filename == name and (other.CRC, other.file_size) != (info.CRC, info.file_size):
                yield _error(f"“{name}” is in the zip twice, with different content.", name, "T2D-BUNDLE-DUP")
            else:
                yield _warning(f"“{name}” and “{other.orig_filename}” are the same name to some systems.", name,
                               "T2D-BUNDLE-DUP", "Keep one.")  # fmt: skip
        seen[key] = info


def _name(name: str) -> Iterator[Finding]:
    """What is wrong with one entry name."""
    shown = _CONTROL.sub("�", name)[:80]
    plain = unicodedata.normalize("NFKC", name).replace("\\", "/")
    parts = plain.rstrip("/").split("/")
    if not name.strip("/"):
        yield _error("An entry of the zip has no name.", name)
    elif _CONTROL.search(name):
        yield _error(f"The name “{shown}” contains a control character.", shown)
    elif plain.startswith("/") or _DRIVE.match(plain) or ".." in parts or "\\" in name:
        yield _error(f"The name “{shown}” leads out of the theme.", shown, help_text="Pack the theme folder's content.")
    elif any(len(part.encode()) > MAX_NAME_BYTES for part in parts) or len(parts) > 64:
        yield _error(f"The name “{shown[:40]}…” is too long to be written.", shown)
    elif "." in parts or "" in parts:
        yield _warning(f"The name “{shown}” has an empty or a dot part.", shown)
    elif ".." in plain:
        yield _warning(f"Servers refuse “{shown}” because it contains “..”.", shown, help_text="Rename the file.")
    elif any(unicodedata.category(char) == "Cf" for char in name):
        yield _warning(f"The name “{shown}” contains invisible characters.", shown, "T2D-PATH-CHARS")
    elif any(_DEVICE.match(part) for part in parts):
        yield _warning(f"Windows cannot write a file named “{shown}”.", shown, "T2D-PATH-CHARS")


def _sizes(infos: list[zipfile.ZipInfo]) -> Iterator[Finding]:
    if len(infos) > MAX_ENTRIES:
        yield _error(_TOO_MANY, rule="T2D-BUNDLE-BOMB")
    total = sum(info.file_size for info in infos)
    if total > MAX_UNPACKED_BYTES:
        yield _error(f"The zip unpacks to {total} bytes; 1 GB is the limit.", rule="T2D-BUNDLE-BOMB")
    for info in infos:
        if info.flag_bits & 0x1:
            yield _error(f"“{info.filename}” is encrypted.", info.filename, "T2D-BUNDLE-ZIP", "Pack without password.")
        if info.compress_type in _RARE:
            yield _warning(f"“{info.filename}” uses a compression many servers cannot read.", info.filename,
                           "T2D-BUNDLE-ZIP", "Pack with deflate.")  # fmt: skip
        elif info.compress_type not in _READABLE:
            yield _error(f"“{info.filename}” uses an unknown compression.", info.filename, "T2D-BUNDLE-ZIP")
        if info.file_size > _RATIO_FROM_BYTES and info.file_size > info.compress_size * MAX_RATIO:
            yield _error(
                f"“{info.filename}” unpacks to over {MAX_RATIO} times its size.", info.filename, "T2D-BUNDLE-BOMB"
            )
