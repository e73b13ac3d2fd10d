"""Whether a PNG is whole, without drawing it: checksums, and for small ones the length of the pixel data.

Checksums cost a twentieth of decoding. What they cannot tell is that an encoder wrote nonsense; whoever draws will.
"""

from __future__ import annotations

import struct
import zlib

_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}  # by colour type
_PIECE = 1 << 18  # bytes unpacked at a time
_LARGE = 1 << 18  # files from which on checksums are enough


def png_problem(data: bytes) -> str | None:
    """Why the pixels cannot be read, "" when they can; None when only decoding can tell (interlaced pictures)."""
    if len(data) < 33 or data[12:16] != b"IHDR":
        return "its header is missing"
    width, height, bits, color, _, _, interlaced = struct.unpack_from(">2I5B", data, 16)
    if interlaced or color not in _CHANNELS:
        return None
    if len(data) >= _LARGE and data.find(b"IEND", len(data) - 64) > 0:
        return _checked(data, 0)
    return _checked(data, height * ((width * _CHANNELS[color] * bits + 7) // 8 + 1))  # each row begins with its filter


def _checked(data: bytes, pixel_bytes: int) -> str:
    """The first fault of the parts, or that fewer bytes of pixels come out of them than there should be."""
    inflate, at, rest, has_pixels = zlib.decompressobj(), 8, pixel_bytes, False
    while at + 8 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        body = memoryview(data)[at + 8 : at + 8 + length]
        end = at + 12 + length
        if end > len(data):
            return "image file is truncated" if rest > 0 or not pixel_bytes else ""
        if zlib.crc32(body, zlib.crc32(kind)) != int.from_bytes(data[end - 4 : end], "big"):
            return f"broken checksum of its part {kind.decode('latin-1')!r}"
        if kind == b"IDAT":
            has_pixels = True
            try:
                rest -= _unpacked(inflate, body, rest) if rest > 0 else 0
            except zlib.error as exc:
                return f"its pixels cannot be unpacked: {exc}"
        elif kind == b"IEND":
            break
        at = end
    return "image file is truncated" if rest > 0 or not has_pixels else ""


def _unpacked(inflate: zlib._Decompress, packed: memoryview, limit: int) -> int:
    """How many bytes come out, counted up to ``limit`` and not kept."""
    total, todo = 0, bytes(packed)
    while todo and total < limit and not inflate.eof:
        total += len(inflate.decompress(todo, _PIECE))
        todo = inflate.unconsumed_tail
    return total
