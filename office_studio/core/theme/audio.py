"""What a theme's sound may be: MP3, Ogg or WAV, known by its bytes. Source: 2D theme format, 1.1 and 2.10.

The name of a file proves nothing, and a decoder that guesses for itself also takes playlists, which open other files
and addresses. So only bytes that begin as one of the three reach it.
"""

from __future__ import annotations

MAX_AUDIO_BYTES = 5 * 1024 * 1024  # T2D-AUDIO-SIZE

_ID3_HEADER, _ID3_FOOTER_FLAG = 10, 0x10


def audio_container(data: bytes) -> str | None:
    """``"mp3"``, ``"ogg"`` or ``"wav"`` by the first bytes; None for anything else."""
    if data.startswith(b"OggS"):
        return "ogg"
    if data.startswith((b"RIFF", b"RF64")) and data[8:12] == b"WAVE":
        return "wav"
    return "mp3" if _is_mpeg_frame(data, _after_tags(data)) else None


def _after_tags(data: bytes) -> int:
    """Where an MP3 begins behind its ID3v2 tags and the zeros some programs leave after them."""
    at = 0
    while data[at : at + 3] == b"ID3" and len(data) >= at + _ID3_HEADER:
        size = 0
        for byte in data[at + 6 : at + _ID3_HEADER]:
            size = size << 7 | byte & 0x7F
        at += _ID3_HEADER + size + (_ID3_HEADER if data[at + 5] & _ID3_FOOTER_FLAG else 0)
    if at:
        rest = data[at:].lstrip(b"\0")
        at = len(data) - len(rest)
    return at


def _is_mpeg_frame(data: bytes, at: int) -> bool:
    """Whether the header of an MPEG audio frame, layer III, stands there."""
    if len(data) < at + 4 or data[at] != 0xFF:
        return False
    second, third = data[at + 1], data[at + 2]
    return (
        second & 0xE0 == 0xE0
        and second & 0x18 != 0x08  # version
        and second & 0x06 == 0x02  # layer III
        and third & 0xF0 not in (0x00, 0xF0)  # bit rate
        and third & 0x0C != 0x0C  # sampling rate
    )
