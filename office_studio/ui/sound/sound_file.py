"""What of a sound can be made ready on a thread: the library that plays it, and a file of its own."""

from __future__ import annotations

import ctypes
import importlib.util
import tempfile
import weakref
from pathlib import Path


def load_library() -> None:
    """Let the system load the library of QtMultimedia, so that importing it on the GUI thread takes less. Blocking.

    Nothing of Qt runs here. What is missing shows when the module is imported.
    """
    found = importlib.util.find_spec("PySide6.QtMultimedia")
    if found is not None and found.origin:
        try:
            ctypes.CDLL(found.origin)
        except OSError:
            pass  # the import says what is missing, and it is told there


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
