"""Bytes to pixels, with limits. Runs on any thread: ``QImage`` only. The content decides the format, not the name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QByteArray, QDataStream
from PySide6.QtGui import QImage, QImageReader

from office_studio.core.theme.files import ThemeFiles
from office_studio.core.validation.images import image_kind
from office_studio.errors import AssetError

MAX_SIDE_PX = 8192
MAX_PIXELS = 48_000_000  # 192 MB decoded; the format allows 4096 × 4096 = 16.8 million
_FORMATS = {"png", "jpeg", "webp"}
_FORMAT_HINT = "Use a PNG, JPEG or WebP picture."


class KeptPictures:
    """Files of a theme whose pictures are decoded once, and again only when their file is another (time, size, inode).

    For a theme that is edited while it is shown. Used by one thread at a time.
    """

    def __init__(
        self,
        files: ThemeFiles,
        source: Path,
        before: KeptPictures | None = None,
        note: Callable[[str], None] | None = None,
    ) -> None:
        """``before``: what was kept of the same theme until now; ``note`` hears of each picture that is wanted."""
        self._files, self._note = files, note
        self._root = source if source.is_dir() else source.parent if source.suffix.lower() == ".json" else None
        self._known: dict[str, tuple[tuple[int, int, int], QImage]] = {}
        self._before = before._known if before is not None and before._root == self._root else {}

    @property
    def names(self) -> tuple[str, ...]:
        return self._files.names

    def read(self, name: str) -> bytes:
        return self._files.read(name)

    def size(self, name: str) -> int:
        return self._files.size(name)

    def picture(self, name: str) -> QImage:
        """As ``read_image``."""
        if self._note is not None:
            self._note(name)
        stamp = self._stamp(name)
        found = self._known.get(name) or self._before.get(name)
        if found is None or stamp is None or found[0] != stamp:
            image = decode(self._files.read(name), name)
            found = (stamp or (0, 0, 0), image)
        self._known[name] = found
        return found[1]

    def _stamp(self, name: str) -> tuple[int, int, int] | None:
        if self._root is None:
            return 0, 0, 0  # a zip does not change: another one is another theme
        try:
            found = (self._root / name).stat()
        except (OSError, ValueError):
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino


def read_image(files: ThemeFiles, name: str) -> QImage:
    """One picture of a theme, ready to draw (RGB32, or premultiplied ARGB when it has transparency).

    Raises AssetError: ASSET_MISSING, ASSET_UNREADABLE, IMAGE_FORMAT, IMAGE_TOO_LARGE, IMAGE_BROKEN.
    """
    return files.picture(name) if isinstance(files, KeptPictures) else decode(files.read(name), name)


def in_memory(data: bytes) -> QDataStream:
    """Encoded pictures for a ``QImageReader``: read from its ``device()``, and keep it as long as the reader.

    A ``QBuffer`` made here would ask the interpreter at each call whether it is overridden, also while Qt holds the
    lock of its picture formats; a thread that has the interpreter and waits for that lock would wait forever.
    """
    return QDataStream(QByteArray(data))


def reader_of(stream: QDataStream, kind: str) -> QImageReader:
    """A reader that is told what it reads ("png", "jpeg", "webp") and asks no one.

    Left to find out, Qt lets every plugin look, and that for SVG connects a signal while this thread has the
    interpreter: it would wait for ever for a thread that changes connections and waits for the interpreter.
    """
    reader = QImageReader(stream.device(), QByteArray(kind.encode()))
    reader.setAutoDetectImageFormat(False)
    reader.setAutoTransform(False)
    return reader


def decode(data: bytes, name: str) -> QImage:
    """Pixels of one encoded picture; ``name`` is for messages. Raises AssetError as ``read_image``."""
    kind = image_kind(data)
    if kind not in _FORMATS:
        raise AssetError("IMAGE_FORMAT", f"“{name}” is not a picture this format allows.", _FORMAT_HINT, file=name)
    stream = in_memory(data)
    reader = reader_of(stream, kind)
    size = reader.size()
    width, height = size.width(), size.height()
    if max(width, height) > MAX_SIDE_PX or width * height > MAX_PIXELS:
        raise AssetError(
            "IMAGE_TOO_LARGE",
            f"“{name}” is {width} × {height} px; {MAX_SIDE_PX} px a side is the most that is drawn.",
            "Make it smaller; 4096 px is the format's limit.",
            file=name,
        )
    image = reader.read()
    if image.isNull():
        raise AssetError("IMAGE_BROKEN", f"“{name}” is damaged: {reader.errorString()}.", "Save it again.", file=name)
    wanted = QImage.Format.Format_ARGB32_Premultiplied if image.hasAlphaChannel() else QImage.Format.Format_RGB32
    return image.convertToFormat(wanted)
