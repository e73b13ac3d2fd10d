"""Packs a theme into the zip a server takes, and reads it back before it hands it over. Blocking file work."""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from office_studio.core.packing.archive import write_zip
from office_studio.core.packing.plan import MANIFEST, PlannedFile, packed_names, plan_bundle
from office_studio.core.theme.manifest import parse_manifest
from office_studio.core.validation.report import Report
from office_studio.core.validation.rule import Profile
from office_studio.core.validation.subject import Subject
from office_studio.errors import PackageError
from office_studio.services.theme_check import check_path
from office_studio.services.theme_loader import open_files, read_manifest


@dataclass(frozen=True, slots=True)
class PackedTheme:
    """A bundle that was written and read back."""

    path: Path
    size_bytes: int
    sha256: str
    plan: tuple[PlannedFile, ...]
    report: Report  # on the bundle itself


def plan_pack(source: Path) -> tuple[PlannedFile, ...]:
    """What packing would do with each file. Raises as ``load_theme``."""
    files = open_files(source)
    raw = read_manifest(files, source)
    return plan_bundle(Subject(parse_manifest(raw), raw, files, source.name))


def pack_theme(source: Path, target: Path) -> PackedTheme:
    """Write the bundle of ``source`` (folder, theme.json or zip) to ``target``, whole or not at all.

    Raises PackageError PACKAGE_HAS_ERRORS (details: ``report``), PACKAGE_SELF_CHECK, PACKAGE_WRITE, and what
    ``load_theme`` raises.
    """
    report = check_path(source, Profile.SCHEMA)
    if report.errors:
        raise _has_errors(report)
    files = open_files(source)
    raw = read_manifest(files, source)
    plan = plan_bundle(Subject(parse_manifest(raw), raw, files, source.name))
    if target.is_dir():
        raise PackageError("PACKAGE_WRITE", f"{target} is a folder.", "Give the name of a zip file after -o.")
    try:
        handle, name = tempfile.mkstemp(prefix=f".{target.name}-", dir=target.parent)
    except OSError as exc:
        raise _cannot_write(target, exc) from exc
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            write_zip(stream, packed_names(plan), lambda n: raw if n == MANIFEST else files.read(n))
        packed = _self_check(temporary, plan, target)
        temporary.chmod(0o644)
        temporary.replace(target)
    except OSError as exc:
        raise _cannot_write(target, exc) from exc
    finally:
        temporary.unlink(missing_ok=True)
    return packed


def _self_check(path: Path, plan: tuple[PlannedFile, ...], target: Path) -> PackedTheme:
    """Open the bundle as a server would."""
    report = check_path(path, Profile.SCHEMA)
    names = set(open_files(path).names)
    if report.errors or names != set(packed_names(plan)):
        why = report.errors[0].message if report.errors else "its entries are not the planned ones"
        raise PackageError("PACKAGE_SELF_CHECK", f"The packed zip did not pass its own check: {why}", report=report)
    data = path.read_bytes()
    return PackedTheme(target, len(data), hashlib.sha256(data).hexdigest(), plan, report)


def _has_errors(report: Report) -> PackageError:
    first, count = report.errors[0], len(report.errors)
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
