"""How the window and the drawing process speak: lines of JSON through pipes, pictures through shared memory. Qt-free.

The shared memory has no name that could outlive a crash: on POSIX an inherited file that is nowhere in the file system,
on Windows a mapping that ends with its last user.
"""

from __future__ import annotations

import contextlib
import mmap
import os
import sys
import tempfile
from typing import Any

import msgspec

from office_studio.ui.room3d.scene import Answer, Command

MAX_LINE = 16 << 20  # bytes of one message; a scene of a thousand props has some hundred thousand
_WINDOWS = sys.platform == "win32"
_ENCODER = msgspec.json.Encoder()
_COMMANDS: msgspec.json.Decoder[Command] = msgspec.json.Decoder(Command)
_ANSWERS: msgspec.json.Decoder[Answer] = msgspec.json.Decoder(Answer)


def encode(message: Command | Answer) -> bytes:
    return _ENCODER.encode(message) + b"\n"


def decode_command(line: bytes) -> Command:
    """Raises msgspec.DecodeError or msgspec.ValidationError."""
    return _COMMANDS.decode(line)


def decode_answer(line: bytes) -> Answer:
    """Raises msgspec.DecodeError or msgspec.ValidationError."""
    return _ANSWERS.decode(line)


class FrameArea:
    """Room for two pictures of 4 bytes a pixel, made by the window. It only grows."""

    def __init__(self) -> None:
        self.size = 0
        self.name = ""
        self._fd = -1
        self._count = 0
        self.map: mmap.mmap | None = None

    def hold(self, slot_bytes: int) -> None:
        """Make room for two slots of so many bytes. Pictures handed out before stay readable."""
        size = 2 * slot_bytes
        if size <= self.size:
            return
        if _WINDOWS:
            self._count += 1
            self.name = f"office-studio-{os.getpid()}-{id(self)}-{self._count}"
            self.map = mmap.mmap(-1, size, tagname=self.name)  # type: ignore[call-arg, unused-ignore]
        else:
            if self._fd < 0:
                self._fd = _nameless_file()
                self.name = str(self._fd)
            os.ftruncate(self._fd, size)
            self.map = mmap.mmap(self._fd, size)
        self.size = size

    def close(self) -> None:
        """What still looks at a picture keeps the memory it lies in."""
        self.map, self.size = None, 0
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1


class AttachedArea:
    """The same from the drawing process' side."""

    def __init__(self) -> None:
        self._key: tuple[str, int] = ("", 0)
        self._map: mmap.mmap | None = None

    def slot(self, name: str, size: int, slot: int, slot_bytes: int) -> memoryview:
        """Raises OSError or ValueError when there is no such memory."""
        if (name, size) != self._key or self._map is None:
            self._map = mmap.mmap(-1, size, tagname=name) if _WINDOWS else mmap.mmap(int(name), size)  # type: ignore[call-arg, unused-ignore]
            self._key = (name, size)
        if slot_bytes * 2 > size:
            raise ValueError("the picture is larger than its memory")
        start = slot * (size // 2)
        return memoryview(self._map)[start : start + slot_bytes]


def _nameless_file() -> int:
    """An open file that child processes inherit and nobody else finds."""
    memory: Any = getattr(os, "memfd_create", None)
    if memory is not None:
        fd: int = memory("office-studio-room", 0)
    else:
        fd, path = tempfile.mkstemp(prefix="office-studio-")
        with contextlib.suppress(OSError):
            os.unlink(path)  # noqa: PTH108 - mkstemp speaks in strings
    os.set_inheritable(fd, True)
    return fd
