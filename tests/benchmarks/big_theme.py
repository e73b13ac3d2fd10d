"""A theme of 300 files and 180 MB for the measurements: valid, every file used, the same each time."""

from __future__ import annotations

import json
import random
import struct
import zlib
from pathlib import Path

from office_studio.services.theme_templates import new_theme

FILES, BYTES = 300, 180_000_000


def make_big_theme(parent: Path, total_bytes: int = BYTES) -> Path:
    """Folder of the theme; about a tenth of the bytes are JSON, which is deflated, the rest pictures."""
    folder = new_theme("2d-full", "Big", parent)
    manifest = folder / "theme.json"
    document = json.loads(manifest.read_bytes())
    source = random.Random(1)
    have = sum(1 for _ in folder.iterdir())
    atlases = 10
    pictures = FILES - have - atlases
    side = int((total_bytes * 0.9 / pictures / 3) ** 0.5)
    for number in range(pictures):
        (folder / f"piece-{number}.png").write_bytes(_noise(source, side))
        document["furniture"].append({
            "id": f"piece-{number}", "sprite": f"piece-{number}.png", "layer": "furniture", "x": 100 + number * 5,
            "y": 400 + number, "width": 40, "height": 40, "anchor": {"x": 0.5, "y": 1}, "sortY": True,
        })  # fmt: skip
    words = [f"{source.randrange(10**9):x}" for _ in range(4000)]
    for number in range(atlases):
        text = json.dumps([source.choice(words) for _ in range(int(total_bytes * 0.1 / atlases / 11.5))])
        (folder / f"data-{number}.json").write_text(text)
    document["bench"] = {"data": [f"data-{number}.json" for number in range(atlases)]}
    manifest.write_text(json.dumps(document, indent=1))
    return folder


def _noise(source: random.Random, side: int) -> bytes:
    """A PNG of noise, which no compression makes smaller."""
    rows = source.randbytes(side * (side * 3 + 1))
    raw = b"".join(b"\0" + rows[at + 1 : at + side * 3 + 1] for at in range(0, len(rows), side * 3 + 1))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">2I5B", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(raw, 0)) + chunk(b"IEND", b"")
