"""Brings all files of an uploaded theme into a folder, without ever leaving that folder."""

from __future__ import annotations

import asyncio
import posixpath
import shutil
import tempfile
from collections.abc import Callable, Coroutine, Iterable, Mapping
from pathlib import Path
from typing import Any, Protocol

import msgspec

from office_studio.core.packing.needed import confined, referenced_files
from office_studio.core.validation.upload import MAX_BUNDLE_BYTES
from office_studio.errors import AssetError

MAX_ASSETS = 2_000
MAX_THEME_BYTES = 2 * MAX_BUNDLE_BYTES
DOWNLOADS_AT_ONCE = 6
MANIFEST = "theme.json"

Progress = Callable[[int, int], None]  # (bytes done, bytes in all; 0 when unknown)


class AssetSource(Protocol):
    async def asset(self, theme_id: str, path: str) -> bytes: ...


class ThemeDownload:
    """Fetches the files of one theme, following JSON files that name others, within bounds."""

    def __init__(
        self,
        client: AssetSource,
        theme_id: str,
        folder: Path,
        progress: Progress | None,
        on_missing: Callable[[str], None] | None,
    ) -> None:
        self._client = client
        self._theme_id = theme_id
        self._folder = folder
        self._progress = progress
        self._on_missing = on_missing
        self._known: set[str] = set()
        self._bytes = 0
        self._gate = asyncio.Semaphore(DOWNLOADS_AT_ONCE)

    async def run(self, manifest: bytes, document: Mapping[str, Any]) -> None:
        await self._write(MANIFEST, manifest)
        names = set(referenced_files(document))
        while names:
            self._known |= names
            if len(self._known) > MAX_ASSETS:
                raise AssetError(
                    "THEME_TOO_MANY_FILES", f"{self._theme_id} names more than {MAX_ASSETS} files.", "Do not use it."
                )
            found = await _all(self._fetch(name) for name in sorted(names))
            names = {name for inner in found for name in inner} - self._known

    async def _fetch(self, name: str) -> set[str]:
        """Fetch one file; names of the files that it names itself."""
        async with self._gate:
            try:
                data = await self._client.asset(self._theme_id, name)
            except AssetError:
                if self._on_missing is not None:
                    self._on_missing(name)
                return set()
            self._bytes += len(data)
            if self._bytes > MAX_THEME_BYTES:
                raise AssetError("THEME_TOO_LARGE", f"The files of {self._theme_id} exceed 400 MB.", "Do not use it.")
            await self._write(name, data)
        if self._progress is not None:
            self._progress(self._bytes, 0)
        if not name.lower().endswith((".json", ".gltf")):
            return set()
        try:
            inner = msgspec.json.decode(data)
        except (msgspec.DecodeError, RecursionError):
            return set()
        # An atlas names its image relative to itself; some exporters write a bare name from the theme's root.
        base = posixpath.dirname(name)
        return {joined for found in referenced_files(inner) if (joined := confined(posixpath.join(base, found)))}

    async def _write(self, name: str, data: bytes) -> None:
        path = self._folder / name

        def write() -> None:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)

        try:
            await _to_its_end(write)
        except (FileExistsError, NotADirectoryError, IsADirectoryError):
            # The theme names a file and a folder alike; the office cannot have both either.
            if self._on_missing is not None:
                self._on_missing(name)


async def _to_its_end(write: Callable[[], None]) -> None:
    """Run in a thread and wait for its end also when cancelled: a thread goes on, and would write into what is gone."""
    running = asyncio.ensure_future(asyncio.to_thread(write))
    try:
        await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.wait([running])
        raise


async def _all(work: Iterable[Coroutine[Any, Any, set[str]]]) -> list[set[str]]:
    """Results of all, in order. At the first failure the rest is ended and waited for, so that nothing writes on."""
    tasks = [asyncio.ensure_future(one) for one in work]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def safe_name(text: str) -> str:
    kept = "".join(c if c.isascii() and (c.isalnum() or c in "-_.") else "_" for c in text)[:80].strip(".")
    return kept or "_"


def put_in_place(part: Path, folder: Path) -> None:
    """Put the complete folder in place; a folder that was there goes as a whole."""
    if folder.exists():
        old = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".old-"))
        folder.replace(old / "theme")
        part.replace(folder)
        shutil.rmtree(old, ignore_errors=True)
    else:
        part.replace(folder)
    folder.chmod(0o755)
