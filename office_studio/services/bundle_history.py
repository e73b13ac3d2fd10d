"""The last bundles that went to each office, kept on this computer, so that an older one can be published again.

    bundles/<office>/<theme>/index.json          newest first
    bundles/<office>/<theme>/<sha256>.zip

Blocking file work.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

from office_studio.errors import StorageError, UsageError
from office_studio.paths import data_dir

KEPT = 5
_INDEX = "index.json"
_MIN_SHA = 4  # characters of a SHA-256 that may stand for it


@dataclass(frozen=True, slots=True)
class KeptBundle:
    """One bundle that was uploaded. ``uploaded_at_ms``: since 1970."""

    theme_id: str
    name: str
    version: str
    sha256: str
    size_bytes: int
    uploaded_at_ms: int
    path: Path


class BundleHistory:
    """The bundles of one office."""

    def __init__(self, office_url: str, root: Path | None = None) -> None:
        office = hashlib.sha256(office_url.rstrip("/").encode()).hexdigest()[:16]
        self._root = (root or data_dir() / "bundles") / office

    def kept(self, theme_id: str) -> tuple[KeptBundle, ...]:
        """Newest first. What somebody deleted by hand is not among them."""
        folder = self._folder(theme_id)
        try:
            rows = json.loads((folder / _INDEX).read_text("utf-8"))
            found = [KeptBundle(**row, path=folder / f"{row['sha256']}.zip") for row in rows]
        except (OSError, ValueError, TypeError, KeyError):
            return ()
        return tuple(kept for kept in found if kept.path.is_file())

    def find(self, theme_id: str, sha256: str = "") -> KeptBundle:
        """The newest, or the one whose SHA-256 begins so. Raises UsageError BUNDLE_NOT_KEPT, BUNDLE_AMBIGUOUS."""
        kept = self.kept(theme_id)
        found = [each for each in kept if each.sha256.startswith(sha256.lower())] if sha256 else list(kept[:1])
        if not found or (sha256 and len(sha256) < _MIN_SHA):
            which = f" that begins with {sha256[:64]}" if sha256 else ""
            hint = f"See: office-studio theme history {theme_id}" if kept else "Bundles are kept from the first upload."
            raise UsageError("BUNDLE_NOT_KEPT", f"No bundle of {theme_id}{which} is kept for this office.", hint)
        if len(found) > 1:
            raise UsageError("BUNDLE_AMBIGUOUS", f"Several bundles begin with {sha256}.", "Give more characters.")
        if _sha256(found[0].path) != found[0].sha256:
            raise StorageError("BUNDLE_DAMAGED", f"{found[0].path} is not what was uploaded.", "Choose another one.")
        return found[0]

    def keep(self, bundle: Path, theme_id: str, name: str, version: str, uploaded_at_ms: int) -> KeptBundle:
        """Copy a bundle into the history and drop what is older than the last five. Raises StorageError."""
        folder = self._folder(theme_id)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            digest = _sha256(bundle)
            path = folder / f"{digest}.zip"
            if not path.is_file() or path.stat().st_size != bundle.stat().st_size:
                _put(folder, path, bundle)
            kept = KeptBundle(theme_id, name, version, digest, path.stat().st_size, uploaded_at_ms, path)
            rows = [kept, *(each for each in self.kept(theme_id) if each.sha256 != digest)][:KEPT]
            self._write_index(folder, rows)
            names = {each.path.name for each in rows} | {_INDEX}
            for old in folder.iterdir():
                if old.name not in names:
                    old.unlink(missing_ok=True)
        except OSError as exc:
            raise StorageError(
                "BUNDLE_NOT_KEPT_DISK", f"The bundle cannot be kept in {folder}: {exc.strerror or exc}.", "Make room."
            ) from exc
        return kept

    def _write_index(self, folder: Path, rows: list[KeptBundle]) -> None:
        plain = [{key: value for key, value in asdict(row).items() if key != "path"} for row in rows]
        handle, temporary = tempfile.mkstemp(dir=folder, prefix=".index-")
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            json.dump(plain, stream, indent=1)
            stream.flush()
            os.fsync(stream.fileno())
        Path(temporary).replace(folder / _INDEX)

    def _folder(self, theme_id: str) -> Path:
        # Prefixed like the server's folders: "con" and "nul" are ids, too.
        return self._root / f"theme-{theme_id}"


def _put(folder: Path, path: Path, bundle: Path) -> None:
    handle, temporary = tempfile.mkstemp(dir=folder, prefix=".part-")
    try:
        with os.fdopen(handle, "wb") as target, bundle.open("rb") as source:
            shutil.copyfileobj(source, target, 1 << 20)
            target.flush()
            os.fsync(target.fileno())
        Path(temporary).replace(path)
    finally:
        Path(temporary).unlink(missing_ok=True)


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
