"""Pictures of a scene at the size they were last drawn, kept between runs so that the next start shows them at once.

Decoding and scaling a theme takes some hundred milliseconds; reading what came out of it takes a few. An entry counts
only for the very files it was made of (name, size and time of every one) and for the very size of the view. Whatever is
wrong with a cache file means that it is ignored, and the pictures are made anew. Runs on any thread: ``QImage`` only.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

from PySide6.QtGui import QImage

from office_studio.core.theme.model import Rect
from office_studio.core.validation.report import Finding
from office_studio.paths import cache_dir
from office_studio.services.theme_loader import LoadedTheme
from office_studio.ui.render.assets import SceneAssets
from office_studio.ui.render.sprites import BACKGROUND

_log = logging.getLogger(__name__)

_MAGIC = b"office-studio scene 2\n"
_MAX_BYTES = 48 * 1024 * 1024  # of one entry
_MAX_ENTRIES = 6
_MAX_FILES = 2_000  # themes of more files are not worth asking the disk about each of them
_FORMATS = {"rgb": QImage.Format.Format_RGB32, "rgba": QImage.Format.Format_ARGB32_Premultiplied}

Pictures = dict[tuple[str, int, int], QImage]


@dataclass(frozen=True, slots=True)
class SceneKey:
    """Names one theme, as its files are now, in a view of one size."""

    path: Path
    facts: str  # what the name of the file stands for

    def read(self, loaded: LoadedTheme) -> tuple[SceneAssets, Pictures] | None:
        """Partial assets and their pictures, None when there are none that can be trusted."""
        try:
            if self.path.stat().st_size > _MAX_BYTES + 1_000_000:
                return None
            return _decode(self.path.read_bytes(), self.facts, loaded)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, LookupError, TypeError) as error:
            _log.info("cached scene %s not used: %s", self.path.name, error)
            return None

    def write(self, assets: SceneAssets, pictures: Mapping[tuple[str, int, int], QImage]) -> None:
        """Keep pictures for the next start. A full disk or a folder without rights only costs time then."""
        data = _encode(assets, pictures, self.facts)
        if data is None:
            return
        temporary = self.path.with_suffix(f".{os.getpid()}.part")
        try:
            temporary.write_bytes(data)
            temporary.replace(self.path)
            _forget_old(self.path.parent)
        except OSError as error:
            temporary.unlink(missing_ok=True)
            _log.info("scene not cached: %s", error)


def key_of(loaded: LoadedTheme, view: tuple[int, int], ratio: float, look: str = "") -> SceneKey | None:
    """The key of a theme as a ``view`` of this size (logical px) first shows it, at ``ratio`` device px a logical one.

    ``look``: whatever else the pictures depend on, in a word.

    None when the theme has too many files, or cannot be asked about.
    """
    try:
        stamps = list(_stamps(loaded.source))
        folder = cache_dir() / "scenes"
        folder.mkdir(exist_ok=True)
    except (OSError, ValueError):
        return None
    facts = json.dumps([str(loaded.source.resolve()), list(view), ratio, look, stamps])
    return SceneKey(folder / f"{crc32(facts.encode()):08x}.scene", facts)


def _stamps(source: Path) -> Iterator[tuple[str, int, int]]:
    """Name, size and time of every file. Raises ValueError for too many."""
    if source.is_file() and source.suffix.lower() != ".json":
        found = source.stat()
        yield source.name, found.st_size, found.st_mtime_ns
        return
    root = source if source.is_dir() else source.parent
    waiting, count = [str(root)], 0
    while waiting:
        with os.scandir(waiting.pop()) as entries:
            for entry in sorted(entries, key=lambda one: one.name):
                count += 1
                if count > _MAX_FILES:
                    raise ValueError("too many files")
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
                else:
                    found = entry.stat(follow_symlinks=False)
                    yield entry.path, found.st_size, found.st_mtime_ns


def _encode(assets: SceneAssets, pictures: Mapping[tuple[str, int, int], QImage], facts: str) -> bytes | None:
    rows, parts = [], []
    for (name, width, height), image in pictures.items():
        kind = next((kind for kind, value in _FORMATS.items() if value == image.format()), None)
        if kind is None or image.width() != width or image.height() != height:
            return None
        data = bytes(image.constBits())
        rows.append([name, width, height, kind, image.bytesPerLine(), len(data), *assets.sizes.get(name, (0, 0))])
        parts.append(data)
    content = assets.content
    seen = None if content is None else [content.x, content.y, content.width, content.height]
    head = json.dumps({"facts": facts, "pictures": rows, "content": seen}).encode()
    body = b"".join([len(head).to_bytes(4, "big"), head, *parts])
    return None if len(body) > _MAX_BYTES else _MAGIC + crc32(body).to_bytes(4, "big") + body


def _decode(data: bytes, facts: str, loaded: LoadedTheme) -> tuple[SceneAssets, Pictures]:
    start = len(_MAGIC) + 4
    body = memoryview(data)[start:]
    if data[: len(_MAGIC)] != _MAGIC or crc32(body) != int.from_bytes(data[len(_MAGIC) : start], "big"):
        raise ValueError("damaged")
    at = 4 + int.from_bytes(body[:4], "big")
    pictures: Pictures = {}
    sizes: dict[str, tuple[int, int]] = {}
    head = json.loads(bytes(body[4:at]))
    if head["facts"] != facts:
        raise ValueError("of another theme or view")
    content = None if head["content"] is None else Rect(*map(float, head["content"]))
    for name, width, height, kind, line, length, natural_width, natural_height in head["pictures"]:
        if min(width, height) < 1 or line < width * 4 or line * height != length or at + length > len(body):
            raise ValueError("sizes do not fit")
        # A copy, because the picture does not keep the buffer alive that it is made over.
        pictures[name, width, height] = QImage(body[at : at + length], width, height, line, _FORMATS[kind]).copy()
        if name != BACKGROUND:
            sizes[name] = (natural_width, natural_height)
        at += length
    return _partial(loaded, pictures, sizes, content), pictures


def _partial(
    loaded: LoadedTheme, pictures: Pictures, sizes: dict[str, tuple[int, int]], content: Rect | None
) -> SceneAssets:
    by_name = {name: image for (name, _, _), image in pictures.items()}
    background = by_name.pop(BACKGROUND, None)
    findings: tuple[Finding, ...] = loaded.findings
    return SceneAssets(loaded.theme, background, by_name, (), findings, sizes, is_partial=True, content=content)


def _forget_old(folder: Path) -> None:
    """Only what was shown last is worth its room."""
    entries = sorted(folder.glob("*.scene"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in (*entries[_MAX_ENTRIES:], *folder.glob("*.part")):
        path.unlink(missing_ok=True)
