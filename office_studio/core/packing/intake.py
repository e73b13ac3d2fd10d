"""How an office takes a bundle in, step by step and in its words (Office API 9.4, 11 to 14).

Our server unpacks by this, and the uploader foretells by it: one order, one wording, one place.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import BinaryIO

from office_studio.core.packing.bundle_reader import BundleEntry, BundleReader, ZipFault
from office_studio.core.validation.upload import (
    MAX_BUNDLE_BYTES,
    MAX_MANIFEST_BYTES,
    ManifestFacts,
    UploadProblem,
    check_assets,
    check_manifest,
    check_size,
    check_windows_name,
)

MANIFEST = "theme.json"
MANIFEST_MISSING = "Missing 'manifest' field (theme.json content)"
_FAILED = "Bundle extraction failed: "


class Refused(Exception):
    """The office will not have it. ``error``: its words; ``documented``: a rule of the API, not only of our server."""

    def __init__(self, error: str, *, documented: bool = True, entry: str = "", pointer: str = "") -> None:
        super().__init__(error)
        self.error = error
        self.documented = documented
        self.entry = entry
        self.pointer = pointer


@dataclass(frozen=True, slots=True)
class Intake:
    """A bundle that may be unpacked: ``facts`` of the manifest that will count, and the files, in the zip's order."""

    facts: ManifestFacts
    files: tuple[BundleEntry, ...]


def size_refused(bundle_bytes: int) -> str:
    """The words for a bundle that is too large."""
    return f"Bundle size ({bundle_bytes} bytes) exceeds 200 MB limit"


def take_manifest(manifest: bytes) -> ManifestFacts:
    """Rules on the manifest field. Raises Refused."""
    facts = check_manifest(manifest)
    if isinstance(facts, UploadProblem):
        raise Refused(f"Manifest validation failed: {facts.text}", documented=facts.documented, pointer=facts.pointer)
    return facts


def take_bundle(reader: BundleReader, facts: ManifestFacts, *, on_windows: bool = os.name == "nt") -> Intake:
    """Rules on the bundle as a whole, before anything is unpacked. Raises Refused, ZipFault."""
    facts = _inner_manifest(reader, facts)
    files = tuple(entry for entry in reader.entries if not entry.is_dir)
    names = {entry.name for entry in files}
    problem = check_assets(facts, names | {MANIFEST})
    if problem is None and on_windows:
        problem = next((p for p in map(check_windows_name, names) if p is not None), None)
    if problem is not None:
        raise Refused(_FAILED + problem.text, documented=False, entry=problem.entry, pointer=problem.pointer)
    return Intake(facts, files)


def fault_refused(fault: ZipFault) -> Refused:
    """The words for a zip that cannot be used."""
    documented = fault.code in ("ZIP_INVALID", "ENTRY_TRAVERSAL", "ENTRY_EXTENSION", "ENTRY_CORRUPT")
    return Refused(_FAILED + fault.text, documented=documented, entry=fault.entry)


def foretell(manifest: bytes | None, bundle: BinaryIO | None, bundle_bytes: int = 0) -> ManifestFacts:
    """Facts of the theme as our office would store it; every entry is unpacked once, nothing is kept.

    The checks run in the order in which the parts are sent: manifest, then bundle. Raises Refused.
    """
    if manifest is not None and (problem := check_size(len(manifest))) is not None:
        raise Refused(problem.text)
    if bundle is not None and bundle_bytes > MAX_BUNDLE_BYTES:
        raise Refused(size_refused(bundle_bytes))
    if manifest is None:
        raise Refused(MANIFEST_MISSING)
    facts = take_manifest(manifest)
    if bundle is None:
        return facts
    try:
        with BundleReader.open(bundle) as reader:
            intake = take_bundle(reader, facts)
            for entry in intake.files:
                for _ in reader.chunks(entry):
                    pass
    except ZipFault as fault:
        raise fault_refused(fault) from fault
    return intake.facts


def _inner_manifest(reader: BundleReader, facts: ManifestFacts) -> ManifestFacts:
    """A ``theme.json`` in the bundle replaces the field (9.3), so it has to pass the same rules."""
    entry = next((entry for entry in reader.entries if entry.name == MANIFEST), None)
    if entry is None:
        return facts
    inner = check_manifest(reader.read(entry, MAX_MANIFEST_BYTES))
    if isinstance(inner, UploadProblem):
        raise Refused(f"{_FAILED}theme.json in the bundle: {inner.text}", documented=False, entry=MANIFEST)
    if inner.id != facts.id:
        text = f"{_FAILED}theme.json in the bundle is for '{inner.id}', not '{facts.id}'"
        raise Refused(text, documented=False, entry=MANIFEST)
    return inner
