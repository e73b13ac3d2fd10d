"""Packs a theme into the zip a server takes, and reads it back before it hands it over. Blocking file work."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from office_studio.core.packing.archive import PreparedEntry, ZipWriter, prepare
from office_studio.core.packing.bundle_reader import BundleReader, ZipFault
from office_studio.core.packing.plan import MANIFEST, PlannedFile, SizeRow, packed_names, plan_bundle, size_table
from office_studio.core.packing.rules_file import MAX_PACK_FILE_BYTES, PACK_FILE, PackRules, parse_pack_rules
from office_studio.core.theme.files import ThemeFiles
from office_studio.core.theme.manifest import BOM, parse_manifest
from office_studio.core.validation.engine import check_theme
from office_studio.core.validation.report import Finding, Report
from office_studio.core.validation.rule import Profile
from office_studio.core.validation.subject import FactCache, Subject
from office_studio.errors import PackageError
from office_studio.services.theme_check import Stamps, ThemeChecker
from office_studio.services.theme_loader import FolderFiles, ZipFiles, open_files, read_manifest
from office_studio.services.theme_schema import manifest_schema

__all__ = ["PackedTheme", "pack_theme", "plan_pack"]

Progress = Callable[[int, int], None]  # (bytes done, bytes in all)

_CHUNK = 1 << 20
_HEAD_BYTES = 4096
_WHOLE_BYTES = 8 << 20  # files up to this size are read whole and prepared by threads, larger ones streamed
_WORKERS = min(4, os.cpu_count() or 1)


@dataclass(frozen=True, slots=True)
class PackedTheme:
    """A bundle that was written and read back."""

    path: Path
    size_bytes: int
    sha256: str
    plan: tuple[PlannedFile, ...]
    report: Report  # on the bundle itself

    @property
    def sizes(self) -> tuple[SizeRow, ...]:
        return size_table(self.plan)


def plan_pack(source: Path) -> tuple[PlannedFile, ...]:
    """What packing would do with each file. Raises as ``load_theme``; PackageError PACK_RULES…"""
    files = open_files(source)
    return _plan(source, files, read_manifest(files, source))


def pack_theme(
    source: Path, target: Path, progress: Progress | None = None, checker: ThemeChecker | None = None
) -> PackedTheme:
    """Write the bundle of ``source`` (folder, theme.json or zip) to ``target``, whole or not at all.

    Args:
        checker: One that has checked ``source`` before and knows its files; saves reading them once more.
    Raises:
        PackageError: PACKAGE_HAS_ERRORS (details: ``report``), PACKAGE_CHANGED, PACKAGE_SELF_CHECK, PACKAGE_WRITE,
            PACK_RULES, PACK_RULES_EXCLUDE_NEEDED, and what ``load_theme`` raises.
    """
    if target.is_dir():
        raise PackageError("PACKAGE_WRITE", f"{target} is a folder.", "Give the name of a zip file after -o.")
    checker = checker or ThemeChecker(source)
    report = checker.check(Profile.SCHEMA)
    files = open_files(source)
    before = checker.stamps or _stamps(source, files)
    raw = _manifest(files, source, report)
    plan = _plan(source, files, raw, checker.facts)
    errors = _errors_of(report, frozenset(packed_names(plan)))
    if errors:
        raise _has_errors(report, errors)
    try:
        handle, name = tempfile.mkstemp(prefix=f".{target.name[:80]}-", dir=target.parent)
    except OSError as exc:
        raise _cannot_write(target, exc) from exc
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream, ThreadPoolExecutor(1, "pack-disk") as disk:
            _write(stream, plan, files, raw, progress)
            stream.flush()
            # What is read back comes from memory anyway: meanwhile the disk takes in what was written.
            on_disk = disk.submit(os.fsync, stream.fileno())
            if _stamps(source, open_files(source)) != before:
                raise PackageError("PACKAGE_CHANGED", "The theme was changed while it was packed.", "Pack it again.")
            packed = _read_back(temporary, plan, target, checker.facts)
            on_disk.result()
        temporary.chmod(0o644)
        temporary.replace(target)
    except OSError as exc:
        raise _cannot_write(target, exc) from exc
    finally:
        temporary.unlink(missing_ok=True)
    return packed


# -- plan ----------------------------------------------------------------------------------------------------
def _plan(source: Path, files: ThemeFiles, raw: bytes, facts: FactCache | None = None) -> tuple[PlannedFile, ...]:
    subject = Subject(parse_manifest(raw), raw, files, source.name, cache={} if facts is None else facts)
    return plan_bundle(subject, _rules(files), _twins(files))


def _manifest(files: ThemeFiles, source: Path, report: Report) -> bytes:
    try:
        raw = read_manifest(files, source)
        parse_manifest(raw)
        return raw
    except PackageError:
        raise
    except Exception as exc:
        if report.errors:
            raise _has_errors(report, report.errors) from exc
        raise


def _rules(files: ThemeFiles) -> PackRules:
    if PACK_FILE not in files.names or files.size(PACK_FILE) > MAX_PACK_FILE_BYTES:
        return PackRules()
    return parse_pack_rules(files.read(PACK_FILE))


def _twins(files: ThemeFiles) -> dict[str, str]:
    """Files with the bytes of a file that comes before them, and that file.

    Only files of equal size that begin alike are read as a whole.
    """
    by_size: dict[int, list[str]] = {}
    for name in files.names:
        by_size.setdefault(files.size(name), []).append(name)
    alike: dict[tuple[int, bytes], list[str]] = {}
    for size, names in by_size.items():
        for name in names if len(names) > 1 and size else ():
            alike.setdefault((size, next(_chunks(files, name, _HEAD_BYTES), b"")), []).append(name)
    twins: dict[str, str] = {}
    for names in alike.values():
        first: dict[bytes, str] = {}
        for name in names if len(names) > 1 else ():
            digest = hashlib.sha256()
            for chunk in _chunks(files, name):
                digest.update(chunk)
            if first.setdefault(digest.digest(), name) != name:
                twins[name] = first[digest.digest()]
    return twins


def _errors_of(report: Report, packed: frozenset[str]) -> tuple[Finding, ...]:
    """Errors of what is packed; a broken picture that stays out anyway stops nobody."""
    return tuple(
        error for error in report.errors if error.pointer is not None or error.file is None
        or error.file in packed or error.rule.endswith("FILE-MISSING") or error.rule == "T2D-FILE-SYMLINK"
    )  # fmt: skip


def _stamps(source: Path, files: ThemeFiles) -> Stamps:
    """What changes when any file of the theme does."""
    if isinstance(files, FolderFiles):
        return {name: files.stamp(name) for name in files.names}
    status = source.stat()
    return {source.name: (status.st_mtime_ns, status.st_size, status.st_ino)}


# -- writing -------------------------------------------------------------------------------------------------
def _write(
    stream: BinaryIO, plan: tuple[PlannedFile, ...], files: ThemeFiles, raw: bytes, progress: Progress | None
) -> None:
    names = sorted(packed_names(plan))
    sizes = {item.name: item.size_bytes for item in plan}
    whole, done = sum(sizes[name] for name in names), 0
    writer = ZipWriter(stream)
    with ThreadPoolExecutor(_WORKERS, "pack") as pool:
        for name, prepared in _ahead(pool, names, sizes, files, raw):
            if prepared is not None:
                writer.add(prepared.result())
            else:
                writer.add_stream(name, _chunks(files, name))
            done += sizes[name]
            if progress is not None:
                progress(done, whole)
    writer.finish()


def _ahead(
    pool: ThreadPoolExecutor, names: list[str], sizes: dict[str, int], files: ThemeFiles, raw: bytes
) -> Iterator[tuple[str, Future[PreparedEntry] | None]]:
    """Names in order, each with its entry in the making; a few are made ahead, so that memory stays small."""

    def start(name: str) -> Future[PreparedEntry] | None:
        if name == MANIFEST:
            return pool.submit(prepare, name, raw.removeprefix(BOM))
        if sizes[name] > _WHOLE_BYTES:
            return None
        return pool.submit(lambda: prepare(name, files.read(name)))

    waiting: list[tuple[str, Future[PreparedEntry] | None]] = []
    for name in names:
        waiting.append((name, start(name)))
        if len(waiting) > _WORKERS:
            yield waiting.pop(0)
    yield from waiting


def _chunks(files: ThemeFiles, name: str, size: int = _CHUNK) -> Iterator[bytes]:
    if not isinstance(files, FolderFiles):
        yield files.read(name)
        return
    with files.open(name) as stream:
        while chunk := stream.read(size):
            yield chunk


# -- reading back --------------------------------------------------------------------------------------------
def _read_back(path: Path, plan: tuple[PlannedFile, ...], target: Path, facts: FactCache) -> PackedTheme:
    """Open the bundle as a server would, unpack every entry, and check what is in it by the same rules.

    What pictures and models are was found out a moment ago from the same bytes, so ``facts`` are taken over.
    """
    names = packed_names(plan)
    with ThreadPoolExecutor(1, "pack") as pool, path.open("rb") as stream:
        digest = pool.submit(_sha256, path)
        try:
            with BundleReader.open(stream) as reader:
                found = {entry.name: entry.size_bytes for entry in reader.entries}
                for entry in reader.entries:
                    for _ in reader.chunks(entry):
                        pass
        except ZipFault as fault:
            raise _self_check(fault.text) from fault
        sizes = {item.name: item.size_bytes for item in plan if item.name != MANIFEST}
        if set(found) != set(names) or any(found[name] != sizes[name] for name in names if name != MANIFEST):
            raise _self_check("its entries are not the planned ones")
        files = ZipFiles(path)
        size = path.stat().st_size
        known = {key: fact for key, fact in facts.items() if not key[1] or key[1] in found}
        report = check_theme(
            files.read(MANIFEST), files, bundle=(target.name, size), schema=manifest_schema(), cache=known
        )
        files.close()
        if report.errors:
            raise _self_check(report.errors[0].message, report=report)
        return PackedTheme(target, size, digest.result(), plan, report)


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _self_check(why: str, **details: object) -> PackageError:
    return PackageError("PACKAGE_SELF_CHECK", f"The packed zip did not pass its own check: {why}", "", **details)


def _has_errors(report: Report, errors: tuple[Finding, ...]) -> PackageError:
    first, count = errors[0], len(errors)
    place = f" ({first.file}:{first.line}:{first.column})" if first.line else f" ({first.file})" if first.file else ""
    return PackageError(
        "PACKAGE_HAS_ERRORS",
        f"Not packed: the theme has {count} error{'s' if count > 1 else ''}. First: {first.message}{place}",
        "See all of them with: office-studio theme validate PATH",
        report=report.as_json(),
    )


def _cannot_write(target: Path, exc: OSError) -> PackageError:
    return PackageError(
        "PACKAGE_WRITE", f"{target} cannot be written: {exc.strerror}.", "Choose another place with -o."
    )
