"""Themes whose pictures are damaged, or made to take all memory."""

from __future__ import annotations

import io
import json
import struct
import zlib
from typing import Any

import pytest
from PIL import Image
from PySide6.QtGui import QImage, QPixmap

from office_studio.core.theme.files import MemoryFiles
from office_studio.core.theme.manifest import theme_from_document
from office_studio.core.theme.model import Direction
from office_studio.services.theme_loader import LoadedTheme
from office_studio.ui.render import assets
from office_studio.ui.render.assets import SceneAssets, load_assets
from office_studio.ui.render.sprites import MAX_DRAWN_PX, SpriteItem, placements, scaled_pictures
from office_studio.ui.render.wardrobe import FrameCache


def picture(kind: str, size: tuple[int, int] = (128, 128)) -> bytes:
    data = io.BytesIO()
    Image.effect_noise(size, 90).save(data, kind)
    return data.getvalue()


def shown(content: dict[str, bytes], tmp_path: Any, **document: Any) -> SceneAssets:
    canvas = {"width": 100, "height": 100, "background": {"color": "#ffffff"}}
    theme, findings = theme_from_document({"id": "t", "name": "T", "canvas": canvas} | document)
    return load_assets(LoadedTheme(theme, MemoryFiles(content), findings, tmp_path))


@pytest.mark.qt_log_ignore("JPEG")  # the decoder says what it met
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize("cut", [0.0, 0.02, 0.5, 0.98])
def test_a_cut_sheet_is_drawn_or_reported(kind: str, cut: float, tmp_path: Any):
    data = picture(kind)
    sheet = {"atlas": "sheet.png", "frameWidth": 32, "frameHeight": 32}
    found = shown({"sheet.png": data[: round(len(data) * cut)]}, tmp_path, characters=sheet)
    # Qt draws the part of a JPEG that is there.
    assert found.wardrobe or [finding.file for finding in found.findings] == ["sheet.png"]


def test_the_head_of_a_grid_figure_is_where_its_pixels_begin(tmp_path: Any):
    image = Image.new("RGBA", (256, 256))
    for column in range(4):
        for row in range(4):
            image.paste((200, 0, 0, 255), (column * 64 + 20, row * 64 + 16, column * 64 + 40, row * 64 + 64))
    data = io.BytesIO()
    image.save(data, "PNG")
    sheet = {"atlas": "s.png", "frameWidth": 64, "frameHeight": 64}
    (costume,) = shown({"s.png": data.getvalue()}, tmp_path, characters=sheet).wardrobe
    assert costume.top("idle") == pytest.approx((64 - 16) * 140 / 64)


@pytest.mark.parametrize(
    "change",
    [
        {"sourceSize": {"w": 60_000, "h": 60_000}},
        {"sourceSize": {"w": 1e300, "h": 10}},
        {"sourceSize": {"w": -5, "h": 10}},
        {"spriteSourceSize": {"x": 1e300, "y": -1e300}},
    ],
)
def test_a_frame_that_claims_a_huge_picture_is_not_cut(change: dict[str, Any], tmp_path: Any):
    good = {"frame": {"x": 0, "y": 0, "w": 16, "h": 16}, "sourceSize": {"w": 32, "h": 32}}
    atlas = {"meta": {"image": "f.png"}, "frames": {"good": good, "bad": good | change}}
    content = {"sprites/furniture.json": json.dumps(atlas).encode(), "sprites/f.png": picture("PNG")}
    pieces = [{"id": name, "sprite": name, "x": 1, "y": 1, "width": 9, "height": 9} for name in ("good", "bad")]
    assert list(shown(content, tmp_path, furniture=pieces).sprites) == ["good"]


def test_pictures_that_are_small_only_as_files_are_left_out(tmp_path: Any, monkeypatch: pytest.MonkeyPatch):
    side = 1500  # nine kilobytes a file, nine megabytes decoded
    chunks = ((b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 6, 0, 0, 0)),
              (b"IDAT", zlib.compress(bytes((side * 4 + 1) * side), 9)), (b"IEND", b""))  # fmt: skip
    data = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in chunks
    )
    monkeypatch.setattr(assets, "MAX_THEME_PIXELS", 3 * side * side)
    names = [f"{i}.png" for i in range(5)]
    pieces = [{"id": name, "sprite": name, "x": 1, "y": 1, "width": 9, "height": 9} for name in names]
    found = shown(dict.fromkeys(names, data), tmp_path, furniture=pieces)
    assert list(found.sprites) == names[:3]
    assert [finding.file for finding in found.findings if "together" in finding.message] == names[3:]
    assert all(isinstance(image, QImage) for image in found.sprites.values())


@pytest.mark.parametrize("size", [(9e9, 9e9), (1e12, 1), (1, 1e12), (50_000, 50_000)])
def test_a_piece_larger_than_any_screen_is_stretched(qapp: Any, size: tuple[float, float], tmp_path: Any):
    piece = {"id": "a", "sprite": "a.png", "x": 1, "y": 1, "width": size[0], "height": size[1]}
    found = shown({"a.png": picture("PNG", (8, 8))}, tmp_path, furniture=[piece])
    ((key, image),) = scaled_pictures(found, 1.0, 1.0).items()
    assert not image.isNull()
    assert image.sizeInBytes() <= 4 * MAX_DRAWN_PX
    item = SpriteItem(placements(found.theme, found)[0], 0)
    item.show_at(1.0, 1.0, {key: QPixmap(round(min(key[1], 100)), 1)})
    assert item.scale() * item.pixmap().width() == pytest.approx(size[0])


def test_a_figure_on_a_canvas_of_a_few_units_stays_small(qapp: Any, tmp_path: Any):
    sheet = {"atlas": "s.png", "frameWidth": 32, "frameHeight": 32}
    (costume,) = shown({"s.png": picture("PNG")}, tmp_path, characters=sheet).wardrobe
    cache = FrameCache()
    for scale in (1.0, 500.0):
        cache.set_scale(scale, 2.0)
        frame = costume.atlas.clips["idle", Direction.DOWN].frames[0]
        pixmap = cache.body(costume, frame, mirrored=False).pixmap
        assert pixmap.width() == (280 if scale == 1.0 else 2048)
