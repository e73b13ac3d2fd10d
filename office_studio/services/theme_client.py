"""Themes of an office: list, fetch, upload, delete (Office API 9)."""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import quote

import httpx

from office_studio.core.validation.upload import MAX_BUNDLE_BYTES, MAX_MANIFEST_BYTES
from office_studio.errors import ApiError, AssetError, OfficeStudioError, PackageError, StorageError
from office_studio.paths import cache_dir
from office_studio.services.http import (
    CALL_TIMEOUT,
    Credentials,
    call,
    call_json,
    checked_base_url,
    exchange,
    make_client,
    not_an_office,
    parse_json,
    response_error,
)
from office_studio.services.theme_download import MANIFEST, Progress, ThemeDownload, put_in_place, safe_name

MAX_ASSET_BYTES = 64 * 1024 * 1024
# The server unpacks and checks up to 200 MB before it answers.
UPLOAD_TIMEOUT = httpx.Timeout(300.0, connect=CALL_TIMEOUT.connect, write=60.0)


@dataclass(frozen=True, slots=True)
class ThemeSummary:
    """One theme as the office lists it. ``renderer`` may be wrong for 3D themes: the manifest decides (9.6)."""

    id: str
    name: str
    version: str
    description: str = ""
    renderer: str = ""
    preview_url: str | None = None
    max_agents: int | None = None


@dataclass(frozen=True, slots=True)
class UploadResult:
    """A stored theme. ``confirmed_later``: the connection broke, and asking the office showed that it has it."""

    theme_id: str
    name: str
    version: str
    confirmed_later: bool = False


@dataclass(frozen=True, slots=True)
class Published:
    """A theme as an office has it.

    Attributes:
        manifest: Its bytes; None where the office gives out no manifests.
        document: The manifest, or what the list tells: ``id``, ``name``, ``version``.
        tag: Of our own offices: differs after each upload.
    """

    manifest: bytes | None
    document: Mapping[str, Any]
    tag: str = ""

    @property
    def version(self) -> str:
        return str(self.document.get("version", ""))


class ThemeClient:
    """The theme calls of one office, one account. Every call raises ``ApiError`` when it fails."""

    def __init__(
        self,
        base_url: str,
        credentials: Credentials | None = None,
        *,
        cache: Path | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.base_url = checked_base_url(base_url)
        self.http = make_client(self.base_url, credentials, transport=transport)
        self._cache = cache

    async def aclose(self) -> None:
        await self.http.aclose()

    async def __aenter__(self) -> ThemeClient:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    # -- reading ---------------------------------------------------------------------------------------
    async def list(self) -> tuple[ThemeSummary, ...]:
        """Every theme of the office, by name."""
        document = await call_json(self.http, "GET", "/api/themes")
        rows = document.get("themes") if isinstance(document, Mapping) else None
        if not isinstance(rows, list):
            raise not_an_office(self.base_url)
        found = [_summary(row) for row in rows if isinstance(row, Mapping) and isinstance(row.get("id"), str)]
        return tuple(sorted(found, key=lambda theme: (theme.name.casefold(), theme.id)))

    async def manifest(self, theme_id: str) -> bytes:
        """``theme.json`` of a theme, byte for byte. Raises ApiError THEME_NOT_FOUND."""
        manifest, _ = await self._tagged_manifest(theme_id)
        return manifest

    async def _tagged_manifest(self, theme_id: str) -> tuple[bytes, str]:
        """The manifest and the office's ETag of it, "" where it sends none."""
        path = f"/api/themes/{quote(theme_id, safe='')}/manifest"
        response, body = await exchange(self.http, "GET", path, max_bytes=16 * MAX_MANIFEST_BYTES)
        if response.status_code == 404:
            raise _theme_missing(theme_id)
        if not response.is_success:
            raise response_error(response, body)
        return body, response.headers.get("etag", "")

    async def asset(self, theme_id: str, path: str) -> bytes:
        """One file of a theme. Raises AssetError ASSET_NOT_SERVED where the office does not give it out (9.8)."""
        url = f"/api/themes/assets/{quote(theme_id, safe='')}/{quote(path, safe='/')}"
        response, body = await exchange(self.http, "GET", url, max_bytes=MAX_ASSET_BYTES)
        if response.status_code in (400, 404):
            raise AssetError(
                "ASSET_NOT_SERVED",
                f"The office does not give out {path} of {theme_id}.",
                "Some offices serve no files in sub-folders. Upload the theme again without them.",
                theme=theme_id,
                path=path,
            )
        if not response.is_success:
            raise response_error(response, body)
        return body

    async def download(
        self,
        theme_id: str,
        dest: Path | None = None,
        progress: Progress | None = None,
        on_missing: Callable[[str], None] | None = None,
    ) -> Path:
        """Folder with the manifest and every file it names; complete, or an error and no folder.

        Args:
            dest: Where to put it; None is the cache, in which the same content is not fetched twice.
            on_missing: Told of each file the office does not give out; the theme is drawn without it.
        Raises:
            StorageError: THEME_NOT_STORED.
        """
        manifest, tag = await self._tagged_manifest(theme_id)
        document = _object(manifest, theme_id)
        folder = dest or self._cached_path(theme_id, str(document.get("version")), manifest + tag.encode())
        if dest is None and (folder / MANIFEST).is_file():
            return folder
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
            part = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".part-"))
            try:
                await ThemeDownload(self, theme_id, part, progress, on_missing).run(manifest, document)
                await asyncio.to_thread(put_in_place, part, folder)
            finally:
                await asyncio.to_thread(shutil.rmtree, part, ignore_errors=True)
        except OSError as exc:
            raise StorageError(
                "THEME_NOT_STORED",
                f"The files of {theme_id} cannot be written to {folder.parent}: {exc.strerror or exc}.",
                "Check the space and the rights of that folder.",
            ) from exc
        return folder

    def _cached_path(self, theme_id: str, version: str, content: bytes) -> Path:
        # Part of the name is the content: a version may be uploaded twice with different manifests, or with one
        # manifest and other pictures, which only the tag tells (ours differs after every upload).
        server = hashlib.sha256(self.base_url.encode()).hexdigest()[:16]
        name = safe_name(version) + "-" + hashlib.sha256(content).hexdigest()[:16]
        return (self._cache or cache_dir()) / "themes" / server / safe_name(theme_id) / name

    async def published(self, theme_id: str) -> Published | None:
        """What the office has under an id; None for nothing. Raises ApiError when it cannot be asked."""
        try:
            manifest, tag = await self._tagged_manifest(theme_id)
            return Published(manifest, _object(manifest, theme_id), tag)
        except ApiError as error:
            if error.code not in ("THEME_NOT_FOUND", "OFFICE_REJECTED", "OFFICE_NOT_FOUND"):
                raise
        except PackageError:
            pass  # what is stored there is no manifest
        # No such theme, or an office without that route (before 2026-03-07): the list knows.
        found = next((theme for theme in await self.list() if theme.id == theme_id), None)
        if found is None:
            return None
        return Published(None, {"id": found.id, "name": found.name, "version": found.version})

    # -- writing ---------------------------------------------------------------------------------------
    async def upload(
        self, manifest: bytes, bundle: Path | None = None, progress: Progress | None = None
    ) -> UploadResult:
        """Create the theme, or replace the one with its id.

        When the connection breaks after sending, the office is asked whether it has the theme; only when it has
        not, the upload is repeated, once.

        Raises:
            PackageError: THEME_BUNDLE_UNREADABLE, THEME_TOO_LARGE.
            ApiError: THEME_REFUSED with the office's words; THEME_UPLOAD_UNKNOWN.
        """
        wanted = _object(manifest, "theme.json")
        if len(manifest) > MAX_MANIFEST_BYTES:
            raise PackageError("THEME_TOO_LARGE", "theme.json is larger than 256 KB.", "Shorten it.")
        theme_id = str(wanted.get("id"))
        before = await self._stored(theme_id)
        for attempt in (1, 2):
            try:
                return await self.send(manifest, bundle, progress)
            except ApiError as error:
                if error.code not in _OUTCOME_UNKNOWN:
                    raise
                after = await self._stored(theme_id)
                if after is not None and after != before and _same_theme(after, wanted):
                    return UploadResult(theme_id, str(wanted.get("name")), str(wanted.get("version")), True)
                if attempt == 2:
                    raise ApiError(
                        "THEME_UPLOAD_UNKNOWN",
                        f"The connection broke twice while {theme_id} was sent; the office does not show it.",
                        "Look at the list of themes, then upload again.",
                    ) from error
        raise AssertionError("unreachable")

    async def delete(self, theme_id: str) -> None:
        """Remove a theme; its bindings stay. Raises ApiError THEME_NOT_FOUND."""
        response, body = await exchange(self.http, "DELETE", f"/api/themes/{quote(theme_id, safe='')}")
        if response.status_code == 404:
            raise _theme_missing(theme_id)
        if not response.is_success:
            raise response_error(response, body)

    async def send(
        self,
        manifest: bytes,
        bundle: Path | None = None,
        progress: Progress | None = None,
        patience: httpx.Timeout = UPLOAD_TIMEOUT,
    ) -> UploadResult:
        """One try of an upload, in constant memory; ``services.uploader`` is the one that ends in a known state."""
        files: dict[str, tuple[str, Any, str]] = {"manifest": (MANIFEST, manifest, "application/json")}
        opened: BinaryIO | None = None
        try:
            if bundle is not None:
                opened, size = _open_bundle(bundle)
                files["bundle"] = (bundle.name, _Counting(opened, size, progress), "application/zip")
            try:
                body = await call(self.http, "POST", "/api/themes/upload", files=files, timeout=patience)
            except ApiError as error:
                raise _upload_error(error, bundle) from error
        finally:
            if opened is not None:
                opened.close()
        answer = parse_json(body, self.base_url)
        if not isinstance(answer, Mapping) or not isinstance(answer.get("themeId"), str):
            raise not_an_office(self.base_url)
        return UploadResult(answer["themeId"], str(answer.get("name", "")), str(answer.get("version", "")))

    async def _stored(self, theme_id: str) -> Any:
        """What the office has under an id: the manifest, or where it serves none the list entry; None for nothing."""
        try:
            return _object(await self.manifest(theme_id), theme_id)
        except OfficeStudioError:
            pass  # no such theme, or an office without that route: the list knows
        try:
            rows = await self.list()
        except OfficeStudioError:
            return None
        found = next((theme for theme in rows if theme.id == theme_id), None)
        return None if found is None else {"id": found.id, "name": found.name, "version": found.version}


_OUTCOME_UNKNOWN = ("OFFICE_CONNECTION_LOST", "OFFICE_TIMEOUT", "OFFICE_NOT_HTTP")


def _same_theme(stored: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    return all(stored.get(key) == wanted.get(key) for key in stored)


class _Counting(io.RawIOBase):
    """A file that tells how much of it was read. httpx asks it for its length and streams it."""

    def __init__(self, file: BinaryIO, size: int, progress: Progress | None) -> None:
        self._file = file
        self._size = size
        self._progress = progress

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        if self._progress is not None:
            self._progress(self._file.tell(), self._size)
        return data

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._file.fileno()


def _open_bundle(bundle: Path) -> tuple[BinaryIO, int]:
    try:
        size = bundle.stat().st_size
        if size > MAX_BUNDLE_BYTES:
            raise PackageError(
                "THEME_TOO_LARGE",
                f"{bundle.name} has {size} bytes; an office takes 200 MB.",
                "Make the images smaller.",
            )
        return bundle.open("rb"), size
    except OSError as exc:
        raise PackageError(
            "THEME_BUNDLE_UNREADABLE", f"{bundle} cannot be read: {exc.strerror}.", "Check the path."
        ) from exc


def _upload_error(error: ApiError, bundle: Path | None) -> ApiError:
    said = str(error.details.get("error") or "")
    if error.code == "OFFICE_BODY_TOO_LARGE" or said == "Failed to read bundle field":
        size = f" ({bundle.stat().st_size / 1e6:.1f} MB)" if bundle is not None and bundle.exists() else ""
        return ApiError(
            "THEME_TOO_LARGE_FOR_SERVER",
            f"The server refused a body of this size{size}.",
            "Make the images smaller, or ask the operator to raise MAX_FILE_SIZE.",
            **error.details,
        )
    if error.code == "OFFICE_REJECTED":
        return ApiError("THEME_REFUSED", f"The office refused the theme: {said or error.message}", "", **error.details)
    return error


def _object(manifest: bytes, what: str) -> Mapping[str, Any]:
    try:
        # A BOM is no JSON, yet editors on Windows write one.
        document = json.loads(manifest.decode("utf-8-sig"))
    except (ValueError, RecursionError) as exc:
        raise PackageError("THEMEMANIFEST_UNREADABLE", f"The manifest of {what} is no JSON: {exc}.") from exc
    if not isinstance(document, dict):
        raise PackageError("THEMEMANIFEST_UNREADABLE", f"The manifest of {what} is no JSON object.")
    return document


def _theme_missing(theme_id: str) -> ApiError:
    return ApiError(
        "THEME_NOT_FOUND", f"The office has no theme “{theme_id}”.", "Look at the list of themes.", status=404
    )


def _summary(row: Mapping[str, Any]) -> ThemeSummary:
    texts = {key: row.get(key) if isinstance(row.get(key), str) else "" for key in _TEXTS}
    seats = row.get("maxAgents")
    preview = row.get("previewUrl")
    return ThemeSummary(
        id=str(row["id"]),
        name=str(texts["name"] or row["id"]),
        version=str(texts["version"]),
        description=str(texts["description"]),
        renderer=str(texts["renderer"]),
        preview_url=preview if isinstance(preview, str) and preview else None,
        max_agents=seats if isinstance(seats, int) and not isinstance(seats, bool) and seats > 0 else None,
    )


_TEXTS = ("name", "version", "description", "renderer")
