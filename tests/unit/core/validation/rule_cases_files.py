"""Cases of the rules on paths, files, pictures and bundles."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.unit.core.validation import samples
from tests.unit.core.validation.cases import BACK, Case, Change, E, W, attribute, both, file, put
from tests.unit.core.validation.rule_cases_parts import SPRITE
from tests.unit.core.validation.samples import Sample, effect, furniture, picture

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><rect width="4" height="4"/></svg>'


def _overlays(count: int) -> Change:
    """So many pictures of 64 MiB each."""
    names = [f"over{number}.png" for number in range(count)]
    large = picture(4096, 4096, "RGBA")
    return both(put("characters/seatSprites", {"desk-1": {"idle": names}}), *(file(name, large) for name in names))


FILES = [
    Case("T2D-PATH-EMPTY", "/preview", put("preview", "")),
    Case("T2D-PATH-ABS", f"/{BACK}", put(BACK, "/background.png")),
    Case("T2D-PATH-TRAVERSAL", f"/{BACK}", put(BACK, "../background.png")),
    Case("T2D-PATH-SCHEME", f"/{BACK}", put(BACK, "http://x/background.png")),
    Case("T2D-PATH-BACKSLASH", f"/{BACK}", put(BACK, "a\\background.png")),
    Case("T2D-PATH-CHARS", f"/{BACK}", both(put(BACK, "my room.png"), file("my room.png", picture(640, 360)))),
    Case("T2D-PATH-CASE", f"/{BACK}", put(BACK, "Background.png")),
    Case("T2D-FILE-MISSING", f"/{BACK}", put(BACK, "lost.png")),
    Case("T2D-SPRITE-MISSING", "/furniture/0/sprite", put("furniture/0/sprite", "lost.png"), setup=SPRITE),
    Case("T2D-FILE-UNUSED", "file:spare.png", file("spare.png", picture(32, 32))),
    Case("T2D-FILE-EXT", "file:notes.md", file("notes.md", b"hello")),
    Case("T2D-FILE-HIDDEN", "file:.DS_Store", file(".DS_Store", b"x")),
    Case("T2D-FILE-SYMLINK", "file:link.png", lambda s: _folder(s, link=True), setup=lambda s: _folder(s)),
    Case("T2D-FILE-DAMAGED", "file:background.png", lambda s: _folder(s, huge=True), setup=lambda s: _folder(s)),
    Case("T2D-IMG-EXT", f"/{BACK}", both(put(BACK, "room.gif"), file("room.gif", picture(640, 360, kind="GIF")))),
    Case("T2D-IMG-MAGIC", f"/{BACK}", file("background.png", picture(640, 360, kind="JPEG"))),
    Case("T2D-IMG-BROKEN", f"/{BACK}", file("background.png", b"no picture")),
    Case("T2D-IMG-ANIMATED", f"/{BACK}", file("background.png", samples.animated(640, 360))),
    Case("T2D-BUDGET-BYTES", "", file("background.png", picture(640, 360) + bytes(31_000_000))),
    Case("T2D-BUDGET-TEXTURES", "", _overlays(5), setup=_overlays(3)),
    Case("T2D-IMG-DIM", f"/{BACK}", file("background.png", picture(4112, 2313))),
    Case("T2D-IMG-SIZE", f"/{BACK}", file("background.png", picture(640, 360) + bytes(10_500_000))),
    Case("T2D-IMG-DOCSIZE", f"/{BACK}", file("background.png", picture(640, 360) + bytes(2_100_000))),
    Case("T2D-PREVIEW-MISSING", "/preview", lambda s: s.files.pop("preview.png")),
    Case("T2D-PREVIEW-ROOT", "/preview",
         both(put("preview", "a/preview.png"), file("a/preview.png", picture(640, 360)))),
    Case("T2D-PREVIEW-DIM", "/preview", file("preview.png", picture(320, 180))),
    Case("T2D-PREVIEW-SIZE", "/preview", file("preview.png", picture(640, 360) + bytes(210_000))),
    Case("T2D-SVG-ACTIVE", "file:a.svg", file("a.svg", SVG.replace(b"<rect", b"<script>x</script><rect")),
         setup=file("a.svg", SVG)),
    Case("T2D-SVG-REMOTE", "file:a.svg",
         file("a.svg", SVG.replace(b"<rect", b'<image href="https://example.org/a.png"/><rect')),
         setup=file("a.svg", SVG)),
    Case("T2D-BUNDLE-SIZE", "file:b.zip", attribute("bundle", ("b.zip", 209_715_201)),
         setup=attribute("bundle", ("b.zip", 209_715_200))),
    Case("T2D-BUNDLE-10MB", "file:b.zip", attribute("bundle", ("b.zip", 10_485_761)),
         setup=attribute("bundle", ("b.zip", 10_485_760))),
    Case("T2D-BUNDLE-DOC10MB", "file:b.zip", attribute("bundle", ("b.zip", 10_000_001)),
         setup=attribute("bundle", ("b.zip", 10_000_000)), level=W),
    Case("T2D-BUNDLE-SUBDIR", f"/{BACK}", both(put(BACK, "art/room.png"), file("art/room.png", picture(640, 360)))),
    Case("T2D-BUNDLE-EMPTY", "file:theme.json", lambda s: s.files.clear()),
]  # fmt: skip


# -- zips and folders: read where they lie, so these write one -------------------------------------------------
def _folder(sample: Sample, *, link: bool = False, huge: bool = False) -> None:
    root = sample.path or Path(os.environ["OFFICE_STUDIO_HOME"]) / "sample-theme"
    root.mkdir(exist_ok=True)
    sample.path = root
    for name, data in (sample.files | {"theme.json": json.dumps(sample.document).encode()}).items():
        (root / name).write_bytes(data)
    if link:
        (root / "link.png").symlink_to(root / "preview.png")
    if huge:
        with (root / "background.png").open("wb") as stream:
            stream.truncate(65 * 1024 * 1024)


def _zip(sample: Sample, change: Callable[[zipfile.ZipFile], Any] = lambda z: None, *, manifest: bool = True) -> Path:
    sample.path = Path(os.environ["OFFICE_STUDIO_HOME"]) / "sample.zip"
    with zipfile.ZipFile(sample.path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in sample.files.items():
            archive.writestr(name, data)
        if manifest:
            archive.writestr("theme.json", json.dumps(sample.document))
        change(archive)
    return sample.path


def _damage(sample: Sample) -> None:
    path = _zip(sample)
    with zipfile.ZipFile(path) as archive:
        start = archive.getinfo("sheet.png").header_offset
    data = bytearray(path.read_bytes())
    data[start + 60] ^= 0xFF
    path.write_bytes(bytes(data))


def _twice(archive: zipfile.ZipFile) -> None:
    archive.writestr("PREVIEW.png", b"x")


BUNDLES = [
    Case("T2D-BUNDLE-ENTRY", "file:../x.png", lambda s: _zip(s, lambda z: z.writestr("../x.png", b"x")), setup=_zip),
    Case("T2D-BUNDLE-DUP", "file:PREVIEW.png", lambda s: _zip(s, _twice), setup=_zip, level=W),
    Case("T2D-BUNDLE-BOMB", "file:zero.json", lambda s: _zip(s, lambda z: z.writestr("zero.json", bytes(20_000_000))),
         setup=_zip),
    Case("T2D-BUNDLE-ZIP", "file:", lambda s: _zip(s).write_bytes(b"PK no zip"), setup=_zip),
    Case("T2D-BUNDLE-DAMAGED", "file:sheet.png", _damage, setup=_zip),
    Case("T2D-BUNDLE-REFUSED", "file:run.exe", lambda s: _zip(s, lambda z: z.writestr("run.exe", b"x")), setup=_zip),
    Case("T2D-BUNDLE-MANIFEST", "file:theme.json", lambda s: _zip(s, manifest=False), setup=_zip),
]  # fmt: skip


def _lint(text: str) -> Change:
    def change(sample: Sample) -> None:
        _folder(sample)
        assert sample.path is not None
        (sample.path / ".themelint.toml").write_text(text, encoding="utf-8")

    return change


_GOOD_LINT = _lint('[[suppress]]\nrule = "T2D-ATLAS-POT"\n')


def _many(sample: Sample) -> None:
    """Faults of many rules, each more often than it is told."""
    count = 60
    zone = {"id": "", "name": "", "type": "x", "bounds": {}, "capacity": 0, "seats": [], "door": {}}
    piece = furniture(layer="x", tooltip="t", sprite="../x", x=-9999)
    glow = {"type": "q", "interval": 0, "minOpacity": 1, "maxOpacity": 0}
    sample.document |= {
        "zones": [*[zone] * count, {"seats": [{"id": "", "direction": "x"}] * count}],
        "layers": [{"id": "", "zIndex": "x"}, {"id": "b", "zIndex": 1}] * count,
        "furniture": [piece] * count,
        "effects": [effect(layer="y", blendMode="z", sprite="a:b", animation=glow)] * count,
        **{f"unknown{i}": 1 for i in range(count)},
    }
    sample.document["characters"] |= {
        "states": {f"s{i}": {} for i in range(count)},
        "seatSprites": {f"seat{i}": {"busy": [], "x": ["/a"] * 3, "y": ["b\\c.bmp"]} for i in range(count)},
        "statusBadge": {"colors": {f"c{i}": "?" for i in range(count)}},
    }


LINT = [
    Case("T2D-LINT-CONFIG", "file:.themelint.toml", _lint("[[suppress]\n"), setup=_GOOD_LINT),
    Case("T2D-LINT-UNKNOWN", "file:.themelint.toml", _lint('[severity]\n"T2D-NOPE" = "info"\n'), setup=_GOOD_LINT),
    Case("T2D-LINT-SERVER", "file:.themelint.toml", _lint('[[suppress]]\nrule = "T2D-META-ID"\n'), setup=_GOOD_LINT),
    Case("T2D-LINT-MORE", "file:theme.json", _many, level=E),
]  # fmt: skip
