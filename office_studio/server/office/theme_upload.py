"""POST /api/themes/upload: multipart to disk in constant memory, then the checks of Office API 9.4 in their order."""

from __future__ import annotations

import asyncio
from typing import BinaryIO, Literal

from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import Request

from office_studio.core.packing.intake import MANIFEST_MISSING, Refused, size_refused, take_manifest
from office_studio.core.validation.upload import (
    MANIFEST_TOO_LARGE,
    MAX_BUNDLE_BYTES,
    MAX_MANIFEST_BYTES,
    ManifestFacts,
)
from office_studio.server.http import Problem
from office_studio.server.office.theme_store import Incoming, ThemeStore

_FLUSH_BYTES = 1 << 20
# An oversized bundle is counted on, unsaved, so that the answer can say how large it was. Not for ever, though.
_MAX_COUNTED = 2 * MAX_BUNDLE_BYTES

_Part = Literal["manifest", "bundle", ""]


async def receive_theme(store: ThemeStore, request: Request) -> ManifestFacts:
    """Take the upload and install it. Raises Problem with the API's texts; nothing has changed then."""
    boundary = _boundary(request.headers.get("content-type", ""))
    with store.incoming() as incoming:
        form = _Form(boundary)
        try:
            with incoming.bundle.open("wb") as file:
                await _read(request, form, file)
        except OSError as exc:
            raise Problem(500, f"Failed to store the bundle: {exc.strerror or exc}") from exc
        if form.manifest is None:
            raise Problem(400, MANIFEST_MISSING)
        try:
            facts = take_manifest(bytes(form.manifest))
        except Refused as refused:
            raise Problem(400, refused.error) from refused
        return await asyncio.to_thread(_install, store, bytes(form.manifest), facts, incoming, form.has_bundle)


def _install(
    store: ThemeStore, manifest: bytes, facts: ManifestFacts, incoming: Incoming, has_bundle: bool
) -> ManifestFacts:
    try:
        return store.install(manifest, facts, incoming, has_bundle=has_bundle)
    except OSError as exc:
        raise Problem(500, f"Failed to replace existing theme: {exc.strerror or exc}") from exc


async def _read(request: Request, form: _Form, file: BinaryIO) -> None:
    async for chunk in request.stream():
        if not form.feed(chunk):
            break
        if len(form.unsaved) >= _FLUSH_BYTES:
            await asyncio.to_thread(form.save, file)
    form.finish()
    await asyncio.to_thread(form.save, file)


class _Form:
    """The two parts of the upload, as they come in."""

    def __init__(self, boundary: bytes) -> None:
        self.manifest: bytearray | None = None
        self.has_bundle = False
        self.unsaved = bytearray()  # of the bundle, waiting to be written
        self._bundle_bytes = 0
        self._start_over = False
        self._part: _Part = ""
        self._in_part = False
        self._header = bytearray()
        self._value = bytearray()
        self._disposition = b""
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._on_part_begin,
                "on_header_field": lambda data, start, end: self._header.extend(data[start:end]),
                "on_header_value": lambda data, start, end: self._value.extend(data[start:end]),
                "on_header_end": self._on_header_end,
                "on_headers_finished": self._on_headers_finished,
                "on_part_data": self._on_part_data,
                "on_part_end": self._on_part_end,
            },
        )

    def feed(self, chunk: bytes) -> bool:
        """Take in a piece of the body; False when the rest is not worth reading."""
        try:
            self._parser.write(chunk)
        except MultipartParseError:
            return False
        return True

    def finish(self) -> None:
        """The body has ended, or cannot be understood any further."""
        if self._in_part and self._part:
            raise Problem(400, f"Failed to read {self._part} field")

    def save(self, file: BinaryIO) -> None:
        """Write what waits (blocking)."""
        if self._start_over:
            self._start_over = False
            file.seek(0)
            file.truncate()
        file.write(self.unsaved)
        self.unsaved.clear()

    # -- called by the parser ----------------------------------------------------------------------
    def _on_part_begin(self) -> None:
        self._part, self._in_part, self._disposition = "", True, b""

    def _on_header_end(self) -> None:
        if bytes(self._header).lower() == b"content-disposition":
            self._disposition = bytes(self._value)
        self._header.clear()
        self._value.clear()

    def _on_headers_finished(self) -> None:
        name = parse_options_header(self._disposition)[1].get(b"name", b"")
        if name == b"manifest":
            self._part, self.manifest = "manifest", bytearray()
        elif name == b"bundle":
            # A second one replaces the first (9.4).
            self._part, self.has_bundle = "bundle", True
            self._bundle_bytes, self._start_over = 0, True
            self.unsaved.clear()

    def _on_part_data(self, data: bytes, start: int, end: int) -> None:
        if self._part == "manifest":
            assert self.manifest is not None
            self.manifest += data[start:end]
            if len(self.manifest) > MAX_MANIFEST_BYTES:
                raise Problem(400, MANIFEST_TOO_LARGE)
        elif self._part == "bundle":
            self._bundle_bytes += end - start
            if self._bundle_bytes <= MAX_BUNDLE_BYTES:
                self.unsaved += data[start:end]
            else:
                self.unsaved.clear()
                self._start_over = True
                if self._bundle_bytes > _MAX_COUNTED:
                    self._refuse_size()

    def _on_part_end(self) -> None:
        self._in_part = False
        if self._part == "bundle" and self._bundle_bytes > MAX_BUNDLE_BYTES:
            self._refuse_size()

    def _refuse_size(self) -> None:
        raise Problem(400, size_refused(self._bundle_bytes))


def _boundary(content_type: str) -> bytes:
    media_type, options = parse_options_header(content_type)
    boundary = options.get(b"boundary", b"")
    if media_type != b"multipart/form-data" or not 0 < len(boundary) <= 256:
        raise Problem(400, "Invalid `boundary` for `multipart/form-data` request")
    return boundary
