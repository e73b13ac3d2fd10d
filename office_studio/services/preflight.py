"""Foretells what an office will say to a bundle, before a byte is sent. Blocking file work."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path

from office_studio.core.packing.intake import MANIFEST, Refused, foretell
from office_studio.core.validation.upload import MAX_BUNDLE_BYTES, MAX_MANIFEST_BYTES
from office_studio.errors import PackageError

UPSTREAM_BODY_BYTES = 10 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Preflight:
    """A bundle and the answer that an office will give to it.

    Attributes:
        status: 201 or 400.
        error: The office's words for 400, as Office API 9.4 has them; "" for 201.
        documented: The rule is one of the API; otherwise only our own office is as strict.
        entry, pointer: What the words are about: a file of the bundle, a place in theme.json.
        warnings: Sentences on what other offices may say.
    """

    path: Path
    status: int
    manifest: bytes | None = None
    theme_id: str = ""
    name: str = ""
    version: str = ""
    size_bytes: int = 0
    error: str = ""
    documented: bool = True
    entry: str = ""
    pointer: str = ""
    warnings: tuple[str, ...] = ()

    @property
    def is_accepted(self) -> bool:
        return self.status == 201

    def refusal(self) -> PackageError:
        """As an error to raise."""
        return PackageError(
            "THEME_WOULD_BE_REFUSED",
            f"An office would refuse {self.path.name}: {self.error}",
            "Run “office-studio theme validate” for everything that is to mend.",
            error=self.error,
            entry=self.entry,
            pointer=self.pointer,
            state="unchanged",
        )


def preflight(path: Path, manifest: bytes | None = None) -> Preflight:
    """The office's verdict on the zip at ``path``. Every entry is unpacked once, in constant memory.

    Args:
        manifest: What is sent beside the zip; by default the zip's own theme.json.
    Raises:
        PackageError: THEME_BUNDLE_UNREADABLE.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as stream:
            if manifest is None and size <= MAX_BUNDLE_BYTES:
                manifest = _own_manifest(path)
            try:
                facts = foretell(manifest, stream, size)
            except Refused as refused:
                return Preflight(
                    path, 400, manifest, size_bytes=size, error=refused.error, documented=refused.documented,
                    entry=refused.entry, pointer=refused.pointer,
                )  # fmt: skip
    except OSError as exc:
        raise PackageError(
            "THEME_BUNDLE_UNREADABLE", f"{path} cannot be read: {exc.strerror}.", "Check the path."
        ) from exc
    warnings = _warnings(size)
    return Preflight(path, 201, manifest, facts.id, facts.name, facts.version, size, warnings=warnings)


def _own_manifest(path: Path) -> bytes | None:
    """``theme.json`` at the top of the zip; None when it cannot be had. Judged later, so a little more than allowed."""
    try:
        with zipfile.ZipFile(path) as archive, archive.open(MANIFEST) as stream:
            return stream.read(MAX_MANIFEST_BYTES + 1)
    except Exception:  # a hostile zip may raise anything here; the reader tells why later
        return None


def _warnings(size: int) -> tuple[str, ...]:
    if size <= UPSTREAM_BODY_BYTES:
        return ()
    return (f"Offices with the default limit of 10 MiB refuse a body of {size / 1e6:.1f} MB.",)
