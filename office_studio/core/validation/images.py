"""Facts about an encoded picture: what it is, how large, whether it decodes. Bounded in pixels and memory."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass, replace

from office_studio.core.validation.png import png_problem

MAX_DECODE_PIXELS = 48_000_000
_TEXT_CHUNKS = (b"zTXt", b"iTXt", b"tEXt")
_MAGIC = {b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpeg", b"GIF8": "gif", b"BM": "bmp"}


@dataclass(frozen=True, slots=True)
class ImageFacts:
    """``kind`` is what the content is (png, jpeg, webp, gif, bmp, or "" for no picture); sizes in pixels."""

    kind: str
    size_bytes: int
    width: int = 0
    height: int = 0
    has_alpha: bool = False
    problem: str = ""  # why it cannot be decoded
    is_cut: bool = False  # decodes, but its end is missing
    frames: int = 1
    has_huge_text: bool = False  # notes in a PNG that unpack to megabytes; other programs may refuse it

    @property
    def is_usable(self) -> bool:
        return not self.problem and self.width > 0 and self.height > 0


def image_kind(data: bytes) -> str:
    for magic, kind in _MAGIC.items():
        if data.startswith(magic):
            return kind
    return "webp" if data[:4] == b"RIFF" and data[8:12] == b"WEBP" else ""


def image_facts(data: bytes) -> ImageFacts:
    """Look at a picture and decode it once. Never raises for bad data."""
    kind = image_kind(data)
    if kind not in ("png", "jpeg", "webp", "gif"):
        return ImageFacts(kind, len(data), problem="it is empty" if not data else "it is no PNG, JPEG or WebP picture")
    facts = _decoded(kind, data)
    if kind == "png" and facts.problem and any(mark in data for mark in _TEXT_CHUNKS):
        plain = _decoded(kind, _without_text(data))
        if not plain.problem:
            return replace(plain, size_bytes=len(data), has_huge_text=True)
    return facts


def _decoded(kind: str, data: bytes) -> ImageFacts:
    from PIL import Image, UnidentifiedImageError

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with Image.open(io.BytesIO(data)) as picture:
                width, height = picture.size
                if width * height > MAX_DECODE_PIXELS or max(width, height) > 32_768:
                    return ImageFacts(kind, len(data), width, height, problem="it is far too large to decode")
                frames = int(getattr(picture, "n_frames", 1))
                alpha = picture.mode in ("RGBA", "LA", "PA", "La") or "transparency" in picture.info
                problem = png_problem(data) if kind == "png" else None
                if problem is None:
                    picture.load()
        except UnidentifiedImageError:  # says of the picture only where it lies in memory
            return ImageFacts(kind, len(data), problem="its header is damaged")
        except Exception as exc:  # decoders raise what they like for damaged data
            return ImageFacts(kind, len(data), problem=str(exc) or type(exc).__name__)
    if problem:
        return ImageFacts(kind, len(data), problem=problem)
    is_cut = kind == "png" and b"IEND" not in data[-64:]
    return ImageFacts(kind, len(data), width, height, alpha, is_cut=is_cut, frames=frames)


def _without_text(png: bytes) -> bytes:
    """A PNG without its notes, which may unpack to far more than the picture."""
    kept, at = [png[:8]], 8
    while at + 12 <= len(png):
        end = at + 12 + int.from_bytes(png[at : at + 4], "big")
        if png[at + 4 : at + 8] not in _TEXT_CHUNKS:
            kept.append(png[at:end])
        at = end
    return b"".join(kept)


def empty_cells(data: bytes, cell_width: int, cell_height: int, columns: int, rows: int) -> list[tuple[int, int]]:
    """Cells (row, column) of a sheet that are fully transparent."""
    from PIL import Image

    try:
        with Image.open(io.BytesIO(data)) as picture:
            alpha = picture.convert("RGBA").getchannel("A")
    except Exception:  # decoders raise what they like; that it is damaged is told elsewhere
        return []
    found = []
    for row in range(rows):
        for column in range(columns):
            box = (column * cell_width, row * cell_height, (column + 1) * cell_width, (row + 1) * cell_height)
            if alpha.crop(box).getbbox() is None:
                found.append((row, column))
    return found
