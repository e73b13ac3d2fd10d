"""Putting a picture of a listing where catalog pages can show it. No Qt."""

from __future__ import annotations

import asyncio
from pathlib import Path

from office_studio.errors import UsageError
from office_studio.services.officex.client import OfficeXClient
from office_studio.ui import formats

LARGEST = 20 * 1024 * 1024  # bytes
_KINDS = {
    ".png": ("image/png", b"\x89PNG"),
    ".jpg": ("image/jpeg", b"\xff\xd8\xff"),
    ".jpeg": ("image/jpeg", b"\xff\xd8\xff"),
    ".webp": ("image/webp", b"RIFF"),
    ".gif": ("image/gif", b"GIF8"),
}


async def upload(client: OfficeXClient, path: Path) -> str:
    """Its address. Raises UsageError PICTURE_UNREADABLE, OfficeXError."""
    kind, content = await asyncio.to_thread(_read, path)
    return await client.upload_picture(path.name, kind, content)


def _read(path: Path) -> tuple[str, bytes]:
    kind, start = _KINDS.get(path.suffix.casefold(), ("", b""))
    try:
        size = path.stat().st_size
        if size > LARGEST:
            raise UsageError(
                "PICTURE_UNREADABLE",
                f"{path.name} has {formats.size(size)}; at most {formats.size(LARGEST)} are taken.",
                "Make it smaller first.",
            )
        content = path.read_bytes()
    except OSError as error:
        raise UsageError(
            "PICTURE_UNREADABLE", f"{path.name} cannot be read: {error.strerror or error}.", "Choose another picture."
        ) from error
    if not kind or not content.startswith(start):
        raise UsageError(
            "PICTURE_UNREADABLE", f"{path.name} is no PNG, JPEG, WebP or GIF picture.", "Choose another picture."
        )
    return kind, content
