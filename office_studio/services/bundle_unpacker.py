"""Takes bundles of strangers apart: from a path or an address, into a fresh folder, complete or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

import httpx

from office_studio.core.packing.bundle_reader import BundleEntry, BundleReader, ZipFault
from office_studio.core.validation.upload import MAX_BUNDLE_BYTES, check_windows_name
from office_studio.errors import ApiError, PackageError, StorageError, UsageError
from office_studio.services.http import USER_AGENT, transport_error

_TIMEOUT = httpx.Timeout(30.0, connect=5.0)
_REDIRECTS = 5


def unpack_bundle(bundle: Path, dest: Path) -> tuple[str, ...]:
    """Unpack a zip into ``dest``, which must not be there yet. Returns the names of the files. Blocking.

    Raises:
        UsageError: UNPACK_EXISTS.
        PackageError: PACKAGE_ZIP (details: ``fault``, a code of ``BundleReader``), PACKAGE_TOO_LARGE,
            PACKAGE_UNREADABLE.
        StorageError: UNPACK_FAILED; nothing is left behind.
    """
    if dest.exists() or dest.is_symlink():
        raise UsageError("UNPACK_EXISTS", f"{dest} is already there.", "Choose a folder that is not there yet.")
    try:
        size = bundle.stat().st_size
        if size > MAX_BUNDLE_BYTES:
            raise PackageError("PACKAGE_TOO_LARGE", f"{bundle.name} is {size} bytes.", "200 MB is the limit.")
        stream = bundle.open("rb")
    except OSError as exc:
        raise PackageError("PACKAGE_UNREADABLE", f"{bundle} cannot be read: {exc.strerror}.") from exc
    part: Path | None = None
    try:
        with stream, BundleReader.open(stream) as reader:
            dest.parent.mkdir(parents=True, exist_ok=True)
            part = Path(tempfile.mkdtemp(dir=dest.parent, prefix=".unpack-"))
            names = tuple(_extract(reader, entry, part) for entry in reader.entries if not entry.is_dir)
        part.chmod(0o755)
        part.rename(dest)
    except ZipFault as fault:
        raise PackageError(
            "PACKAGE_ZIP", f"{bundle.name}: {fault.text}.", "Ask for a new copy.", fault=fault.code, entry=fault.entry
        ) from fault
    except OSError as exc:
        raise StorageError(
            "UNPACK_FAILED", f"{dest} cannot be written: {exc.strerror or exc}.", "Check the space and the rights."
        ) from exc
    finally:
        if part is not None:
            shutil.rmtree(part, ignore_errors=True)
    return tuple(sorted(names))


def _extract(reader: BundleReader, entry: BundleEntry, folder: Path) -> str:
    if os.name == "nt" and check_windows_name(entry.name) is not None:
        raise ZipFault("ENTRY_WINDOWS_NAME", f"'{entry.name}' is not a file name on Windows", entry.name)
    target = folder / entry.name
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with target.open("xb") as file:  # "x": two names that this disk takes for one are told, not overwritten
            for chunk in reader.chunks(entry):
                file.write(chunk)
    except FileExistsError as exc:
        text = f"Zip entry error: this disk takes '{entry.name}' for another entry's name"
        raise ZipFault("ENTRY_DUPLICATE", text, entry.name) from exc
    return entry.name


def fetch_bundle(url: str, dest: Path, progress: Callable[[int, int], None] | None = None) -> int:
    """Download a zip from an http(s) address to ``dest``, whole or not at all. Returns its bytes. Blocking.

    200 MB at most, counted while they come in. No token goes along. Raises UsageError BUNDLE_URL_INVALID, PackageError
    PACKAGE_TOO_LARGE, ApiError, StorageError UNPACK_FAILED.
    """
    if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
        raise UsageError("BUNDLE_URL_INVALID", f"Not an address of a zip: {url[:200]}", "It begins with https://.")
    try:
        handle, name = tempfile.mkstemp(dir=dest.parent, prefix=".fetch-")
        part = Path(name)
        try:
            with os.fdopen(handle, "wb") as file, httpx.Client(
                timeout=_TIMEOUT, follow_redirects=True, max_redirects=_REDIRECTS, headers={"User-Agent": USER_AGENT}
            ) as client, client.stream("GET", url) as answer:  # fmt: skip
                if not answer.is_success:
                    raise ApiError("BUNDLE_NOT_SERVED", f"{url} answers HTTP {answer.status_code}.", "Check it.")
                total = int(answer.headers.get("content-length", "0") or 0)
                if total > MAX_BUNDLE_BYTES:
                    raise _too_large(url)
                done = 0
                for chunk in answer.iter_bytes(1 << 16):
                    done += len(chunk)
                    if done > MAX_BUNDLE_BYTES:
                        raise _too_large(url)
                    file.write(chunk)
                    if progress is not None:
                        progress(done, total)
            part.replace(dest)
        finally:
            part.unlink(missing_ok=True)
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as exc:
        raise transport_error(exc, url) from exc
    except (OSError, ValueError) as exc:
        raise StorageError("UNPACK_FAILED", f"{dest} cannot be written: {exc}.", "Check the space.") from exc
    return done


def bundle_name(address: str) -> str:
    """A plain file name, without its extension, made of the last part of a web address."""
    stem = PurePosixPath(unquote(urlsplit(address.strip()).path)).stem
    return "".join(char if char.isalnum() or char in "-_." else "-" for char in stem)[:80].strip(".-") or "theme"


def _too_large(url: str) -> PackageError:
    return PackageError("PACKAGE_TOO_LARGE", f"{url} is over 200 MB.", "200 MB is the limit.")
