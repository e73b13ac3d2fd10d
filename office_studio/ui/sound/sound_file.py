"""What of a sound can be made ready on a thread: the library that plays it, read, and a file of its own."""

from __future__ import annotations

import tempfile
import weakref
from pathlib import Path

import PySide6

# The module, what it stands on, and the decoder, where they are on Linux and macOS, then on Windows.
_LIBRARIES = (
    "QtMultimedia.*",
    "Qt/lib/*Multimedia*",
    "Qt/lib/lib[as][vw]*",
    "Qt/plugins/multimedia/*",
    "*Multimedia.dll",
    "[as][vw]*.dll",
    "plugins/multimedia/*",
)
_CHUNK = 1 << 20


def warm_library() -> None:
    """Read the files of QtMultimedia once: the import on the GUI thread then finds them in memory. Blocking.

    Reading is all that happens here. Loading a library of Qt runs code of it, and on a thread of our own that has ended
    in a crash while the window was being painted.
    """
    package = Path(PySide6.__file__).parent
    found = {path.resolve() for pattern in _LIBRARIES for path in package.glob(pattern)}
    for path in found:
        try:
            with path.open("rb", buffering=0) as file:
                while file.read(_CHUNK):
                    pass
        except OSError:
            return  # the import says what is missing, and it is told there


class SoundFile:
    """A sound in a file of its own, gone with this object. Blocking; raises OSError when the disk is full.

    Themes may be zips, so there may be no file to play. A ``QBuffer`` made in Python is none either: the decoder's
    thread would need the interpreter to read from it, while the GUI thread waits for that thread to stop.
    """

    def __init__(self, data: bytes, suffix: str) -> None:
        with tempfile.NamedTemporaryFile(prefix="office-studio-", suffix=suffix, delete=False) as file:
            file.write(data)
        self.path = Path(file.name)

        self.delete = weakref.finalize(self, _unlink, self.path)  # also when nobody wants it, and at exit


def _unlink(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError:
        pass  # Windows: the decoder has not let go of it yet; the system cleans its temporary files
