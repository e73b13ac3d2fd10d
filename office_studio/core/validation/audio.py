"""Facts about a sound file: what it is by its bytes, and how long. Read by tinytag, without decoding."""

from __future__ import annotations

import io
import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AudioFacts:
    """``kind``: mp3, ogg, wav, flac, m4a, or "" for none of these; ``problem``: why it cannot be played."""

    kind: str
    size_bytes: int
    seconds: float = 0.0
    problem: str = ""


def audio_kind(data: bytes) -> str:
    """By the first bytes."""
    if data[:4] == b"RIFF" and data[8:12] == b"WAVE":
        return "wav"
    if data[4:8] == b"ftyp":
        return "m4a"
    if data[:3] == b"ID3" or (len(data) > 1 and data[0] == 0xFF and data[1] & 0xE0 == 0xE0):
        return "mp3"
    return {b"OggS": "ogg", b"fLaC": "flac"}.get(data[:4], "")


def audio_facts(data: bytes) -> AudioFacts:
    """Look at a sound. Never raises for bad data."""
    kind = audio_kind(data)
    if not kind:
        return AudioFacts("", len(data), problem="it is empty" if not data else "it is no MP3, Ogg or WAV sound")
    from tinytag import TinyTag

    try:
        tag = TinyTag.get(filename=f"x.{kind}", file_obj=io.BytesIO(data), tags=False)
        seconds = tag.duration
    except Exception as exc:  # readers raise what they like for damaged data
        return AudioFacts(kind, len(data), problem=str(exc) or type(exc).__name__)
    if seconds is None or not math.isfinite(seconds) or seconds <= 0:
        return AudioFacts(kind, len(data), problem="its length cannot be read")
    return AudioFacts(kind, len(data), float(seconds))
