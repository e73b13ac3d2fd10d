"""The buyer's side of a theme: what an agent_context offers, fetched within bounds, proven by its hash, checked, kept.

Nothing of a bundle is looked at before its SHA-256 is the one that was sold, and nothing is kept before the normal
validator has taken it.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar
from urllib.parse import urljoin, urlsplit

import httpx

from office_studio.core.officex.codes import Refusal
from office_studio.core.officex.requests import web_address
from office_studio.core.validation.report import Report
from office_studio.core.validation.rule import Profile
from office_studio.core.validation.upload import MAX_BUNDLE_BYTES
from office_studio.errors import ApiError, PackageError, UsageError
from office_studio.services.http import USER_AGENT, is_loopback, transport_error
from office_studio.services.officex.theme_offer import Bought, PurchaseStep, ThemeOffer, cannot_keep
from office_studio.services.theme_download import put_in_place, safe_name

T = TypeVar("T")

_PATIENCE = httpx.Timeout(20.0, connect=5.0)
_WHOLE_S = 600.0
_REDIRECTS = 3
_HEX = frozenset("0123456789abcdef")

Progress = Callable[[int, int], None]  # (bytes done, bytes in all; 0 when unknown)


def check_offer(offer: ThemeOffer, *, allows_loopback: bool) -> None:
    """Raises UsageError THEME_HASH_MISSING, THEME_URL_REFUSED."""
    if len(offer.sha256) != 64 or not set(offer.sha256) <= _HEX:
        raise UsageError(
            "THEME_HASH_MISSING",
            "The seller names no SHA-256 of the theme, so nobody can tell whether the right one arrives.",
            "Ask the seller to put theme_sha256 into the credentials of this install.",
        )
    _check_address(offer.url, allows_loopback=allows_loopback)


def _check_address(url: str, *, allows_loopback: bool) -> None:
    try:
        web_address(url, "theme_url", http_on_loopback=allows_loopback, https_only=True)
    except Refusal as refusal:
        raise _refused(refusal.message) from refusal
    if not allows_loopback and is_loopback(url):
        raise _refused("it points to this very computer.")


def _refused(why: str) -> UsageError:
    return UsageError("THEME_URL_REFUSED", f"The theme is not fetched: {why}", "Ask the seller for a good address.")


# -- fetching ----------------------------------------------------------------------------------------
async def fetch(
    offer: ThemeOffer,
    target: Path,
    *,
    allows_loopback: bool,
    progress: Progress | None = None,
    max_bytes: int = MAX_BUNDLE_BYTES,
) -> int:
    """Bring the bundle to ``target``, whole, with the right hash, or not at all; its bytes.

    No credentials go along; a redirect is followed to where the address itself could have pointed.

    Raises:
        UsageError: THEME_HASH_MISSING, THEME_URL_REFUSED.
        ApiError: THEME_NOT_SERVED (details: ``status``), THEME_UNREACHABLE, THEME_TIMEOUT, THEME_CONNECTION_LOST.
        PackageError: PACKAGE_TOO_LARGE, THEME_HASH_DIFFERS.
        StorageError: UNPACK_FAILED.
    """
    check_offer(offer, allows_loopback=allows_loopback)
    part: Path | None = None
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=".bought-")
        part = Path(name)
        with os.fdopen(handle, "wb") as file:
            download = _Download(progress, max_bytes, allows_loopback)
            digest = await download.run(offer.url, file.write)
        if digest != offer.sha256:
            raise PackageError(
                "THEME_HASH_DIFFERS",
                "What arrived is not what was sold: its SHA-256 is another.",
                "Nothing of it was used. Try again; if it stays so, tell the seller.",
                expected=offer.sha256,
                found=digest,
            )
        part.replace(target)
    except OSError as error:
        raise cannot_keep(target, error) from error
    finally:
        if part is not None:
            part.unlink(missing_ok=True)
    return download.done


class _Download:
    """One download: so many bytes, so much time, so many redirects."""

    def __init__(self, progress: Progress | None, max_bytes: int, allows_loopback: bool) -> None:
        self._progress, self._max = progress, max_bytes
        self._allows_loopback = allows_loopback
        self.done = 0

    async def run(self, url: str, write: Callable[[bytes], object]) -> str:
        """The SHA-256 of what was written."""
        for _ in range(_REDIRECTS + 1):
            client = await asyncio.to_thread(_client, url)  # it may read certificates
            try:
                async with asyncio.timeout(_WHOLE_S), client, client.stream("GET", url) as answer:
                    if not answer.is_redirect:
                        return await self._take(answer, write)
                    url = urljoin(url, answer.headers.get("location", ""))
            except TimeoutError:
                raise ApiError("THEME_TIMEOUT", "The theme comes too slowly.", "Try again later.") from None
            except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
                raise _broken(error, urlsplit(url).netloc, self.done) from error
            _check_address(url, allows_loopback=self._allows_loopback)
        raise _refused("its address leads from one place to the next.")

    async def _take(self, answer: httpx.Response, write: Callable[[bytes], object]) -> str:
        if not answer.is_success:
            raise _not_served(answer.status_code)
        said = answer.headers.get("content-length", "")
        total = int(said) if said.isascii() and said.isdigit() and len(said) < 16 else 0
        if total > self._max:
            raise self._too_large()
        digest = hashlib.sha256()
        async for chunk in answer.aiter_raw(1 << 16):  # as it comes: what is packed small stays so
            self.done += len(chunk)
            if self.done > self._max:
                raise self._too_large()
            digest.update(chunk)
            write(chunk)
            if self._progress is not None:
                self._progress(self.done, total)
        return digest.hexdigest()

    def _too_large(self) -> PackageError:
        most = f"{self._max // 1_000_000} MB" if self._max >= 1_000_000 else f"{self._max:,} bytes"
        return PackageError("PACKAGE_TOO_LARGE", f"The theme is over {most}.", "It was not fetched; tell the seller.")


def _client(url: str) -> httpx.AsyncClient:
    is_here = is_loopback(url)
    # Without TLS there is nothing to verify, and reading certificates takes 0.1 s.
    plain = is_here and url.startswith("http://")
    headers = {"User-Agent": USER_AGENT, "Accept": "application/zip, */*", "Accept-Encoding": "identity"}
    return httpx.AsyncClient(timeout=_PATIENCE, headers=headers, trust_env=not is_here, verify=not plain)


def _broken(error: httpx.HTTPError | httpx.InvalidURL | httpx.StreamError, host: str, done: int) -> ApiError:
    """What a failed exchange with a seller's server means to a buyer."""
    again = "Try again later; if it stays so, tell the seller."
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
        why = transport_error(error, host)
        if why.code == "OFFICE_CERTIFICATE":
            return ApiError("THEME_UNREACHABLE", f"The certificate of {host} is not trusted.", "Tell the seller.")
        return ApiError("THEME_UNREACHABLE", f"The seller's server {host} cannot be reached.", again)
    if isinstance(error, httpx.TimeoutException):
        return ApiError("THEME_TIMEOUT", f"The seller's server {host} took too long.", again)
    if isinstance(error, httpx.UnsupportedProtocol | httpx.InvalidURL):
        return ApiError("THEME_UNREACHABLE", f"{host or 'The address'} is nothing that can be asked.", again)
    return ApiError("THEME_CONNECTION_LOST", f"The connection to {host} broke after {done:,} bytes.", again)


def _not_served(status: int) -> ApiError:
    words, hint = f"The seller's server answers {status}.", "Try again later; if it stays so, tell the seller."
    if status in (404, 410):
        words = "The seller's server no longer has this theme at that address."
        hint = "Open the app once, so that it can give you a new address, then try again."
    elif status in (401, 403):
        words = "The seller's server does not know this purchase."
    return ApiError("THEME_NOT_SERVED", words, hint, status=status)


# -- importing ---------------------------------------------------------------------------------------
async def import_theme(
    offer: ThemeOffer,
    whose: Bought,
    folder: Path,
    *,
    allows_loopback: bool,
    tell: Callable[[PurchaseStep, int, int], None] = lambda _step, _done, _all: None,
) -> tuple[Bought, Report]:
    """Fetch, prove, check by the normal validator, and put the theme into ``folder``. Cancelled, it leaves nothing.

    Args:
        whose: Environment and install; the rest of it is filled in.
        folder: Of all bought themes; each import gets a new one inside, since somebody may have changed the last.
        tell: Of progress; may be called on other threads.
    Raises:
        As ``fetch``; PackageError THEME_HAS_PROBLEMS (details: ``report``), PACKAGE_ZIP and others of bad bundles.
    """
    scratch = _scratch(folder)  # at once: whoever is cancelled between a thread and this would leave it behind
    try:
        bundle = scratch / "theme.zip"
        note = lambda done, whole: tell(PurchaseStep.FETCH, done, whole)  # noqa: E731
        await fetch(offer, bundle, allows_loopback=allows_loopback, progress=note)
        tell(PurchaseStep.CHECK, 0, 0)
        report = await _to_its_end(lambda: _checked(bundle))
        tell(PurchaseStep.KEEP, 0, 0)
        return await _to_its_end(lambda: _kept(bundle, scratch, folder, offer, whose)), report
    finally:
        await _to_its_end(lambda: shutil.rmtree(scratch, ignore_errors=True))


def _scratch(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return Path(tempfile.mkdtemp(dir=folder, prefix=".import-"))
    except OSError as error:
        raise cannot_keep(folder, error) from error


def _checked(bundle: Path) -> Report:
    from office_studio.services.theme_check import check_path

    report = check_path(bundle, Profile.SCHEMA)
    if not report.errors:
        return report
    raise PackageError(
        "THEME_HAS_PROBLEMS",
        f"The theme has {len(report.errors)} errors. First: {report.errors[0].message}",
        "It was not imported. Show the seller the list of problems.",
        report=report,
    )


def _kept(bundle: Path, scratch: Path, folder: Path, offer: ThemeOffer, whose: Bought) -> Bought:
    from office_studio.services.bundle_unpacker import unpack_bundle

    try:
        unpack_bundle(bundle, scratch / "theme")
        manifest = json.loads((scratch / "theme" / "theme.json").read_text("utf-8-sig"))
        theme_id, version = str(manifest["id"]), str(manifest.get("version") or offer.version)
        target = _free(folder, safe_name(f"{theme_id}-{version}"))
        put_in_place(scratch / "theme", target)
    except OSError as error:
        raise cannot_keep(folder, error) from error
    return replace(
        whose, sha256=offer.sha256, theme_id=theme_id, name=str(manifest.get("name") or theme_id), version=version,
        license=offer.license, folder=str(target), at_ms=time.time_ns() // 1_000_000,
    )  # fmt: skip


async def _to_its_end(work: Callable[[], T]) -> T:
    """Run in a thread; also when cancelled wait for its end: a thread goes on, and would write into what is gone."""
    running = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.wait((running,))
        running.exception()  # it is nobody's any more
        raise


def _free(folder: Path, name: str) -> Path:
    names = (name, *(f"{name}-{number}" for number in range(2, 1_000)))
    return next(path for path in (folder / one for one in names) if not path.exists())
