"""Looks at a zip before anything believes it: structure, names, sizes, methods. Reads, never writes."""

from __future__ import annotations

import re
import stat
import unicodedata
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from office_studio.core.packing.zip_structure import ZipFault, ZipStructure, chunks
from office_studio.core.validation.report import Finding, Severity

MAX_UNPACKED_BYTES = 1_000_000_000
MAX_NAME_BYTES = 255  # one part of a path, the limit of common file systems
MAX_RATIO = 1000  # deflate reaches 1032; honest theme files stay far below
_RATIO_FROM_BYTES = 1_000_000

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


def inspect_zip(stream: BinaryIO) -> ZipListing:
    """List a zip without unpacking it. ``stream`` must be seekable."""
    try:
        structure = ZipStructure(stream)
    except ZipFault as fault:
        return ZipListing({}, (_fault(fault),))
    with structure.archive:
        infos = structure.infos
        findings = [*_structure(structure), *_names(infos), *_sizes(infos)]
        entries = {info.filename: info for info in infos if not info.filename.endswith("/")}
        return ZipListing(entries, tuple(findings))


def read_entry(archive: zipfile.ZipFile, info: zipfile.ZipInfo, limit: int) -> bytes:
    """Content of one entry, counted while it is unpacked.

    Raises ValueError with a sentence when it is damaged, or larger than declared or than ``limit``.
    """
    if info.file_size > limit:
        raise ValueError(f"“{info.filename}” unpacks to {info.file_size} bytes; {limit} is the limit.")
    try:
        return b"".join(chunks(archive, info))
    except ZipFault as fault:
        raise ValueError(f"{fault.text}.") from fault


def verify_contents(stream: BinaryIO, listing: ZipListing, limit: int) -> Iterator[Finding]:
    """Unpack every entry once, without keeping it: damaged data, wrong checksums, wrong sizes."""
    with zipfile.ZipFile(stream) as archive:
        for info in listing.entries.values():
            if info.file_size > limit:
                text = f"“{info.filename}” unpacks to {info.file_size} bytes; {limit} is the limit."
                yield _error(text, info.filename, "T2D-BUNDLE-BOMB")
                continue
            try:
                for _ in chunks(archive, info):
                    pass
            except ZipFault as fault:
                yield _error(f"{fault.text}.", info.filename, "T2D-BUNDLE-DAMAGED", "Pack the theme again.")


_RULES = {"ENTRY_OVERLAP": "T2D-BUNDLE-BOMB", "ZIP_TOO_MANY_ENTRIES": "T2D-BUNDLE-BOMB"}


def _fault(fault: ZipFault) -> Finding:
    return _error(f"{fault.text}.", fault.entry or None, _RULES.get(fault.code, "T2D-BUNDLE-ZIP"))


def _structure(structure: ZipStructure) -> Iterator[Finding]:
    first = min(info.header_offset for info in structure.infos)
    if first > 0:
        yield _warning(f"{first} bytes lie before the first entry.", rule="T2D-BUNDLE-ZIP", help_text="Pack it again.")
    yield from map(_fault, structure.layout_faults())


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
