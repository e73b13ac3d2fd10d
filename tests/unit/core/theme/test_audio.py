"""Which bytes count as a sound."""

import pytest

from office_studio.core.theme.audio import audio_container

FRAME = b"\xff\xfb\x90\x64" + bytes(60)  # MPEG 1, layer III, 128 kbit/s, 44.1 kHz


def id3(body: bytes, flags: int = 0) -> bytes:
    size = len(body)
    return b"ID3\x04\x00" + bytes([flags, 0, 0, size >> 7 & 0x7F, size & 0x7F]) + body


@pytest.mark.parametrize(
    ("data", "container"),
    [
        (b"OggS" + bytes(60), "ogg"),
        (b"RIFF\x24\x00\x00\x00WAVEfmt ", "wav"),
        (FRAME, "mp3"),
        (id3(b"x" * 300) + FRAME, "mp3"),
        (id3(b"x") + id3(b"y") + bytes(40) + FRAME, "mp3"),
        (id3(b"x", flags=0x10) + b"3DI" + bytes(7) + FRAME, "mp3"),
        (b"", None),
        (b"ID3", None),
        (id3(b"x"), None),
        (id3(b"x") + b"#EXTM3U\nhttp://example.org/x.ts\n", None),
        (b"#EXTM3U\nfile:///etc/passwd\n", None),
        (b"\x00\x00\x00\x20ftypM4A ", None),
        (b"RIFF\x24\x00\x00\x00AVI LIST", None),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", None),
        (b"\xff\xf1\x50\x80", None),  # AAC
        (b"\x89PNG\r\n\x1a\n", None),
        (b"MZ", None),
    ],
)
def test_a_sound_is_known_by_its_bytes(data: bytes, container: str | None):
    assert audio_container(data) == container
