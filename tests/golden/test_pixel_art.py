"""How pictures are scaled: the rule of ``ui/render/scaling.py`` at 1×, 1.5×, 2× and 3×."""

from __future__ import annotations

import io
from itertools import groupby

import pytest
from PIL import Image
from PySide6.QtGui import QColor, QImage

from office_studio.ui.render.scaling import MAX_DRAWN_PX, scaled
from tests.golden.field_theme import encoded, stage, theme

pytestmark = pytest.mark.usefixtures("qapp")
SIDE = 8


def checks(width: int = SIDE, height: int = SIDE) -> bytes:
    """Black and white columns of one pixel."""
    image = Image.new("RGB", (width, height))
    for x in range(0, width, 2):
        image.paste((255, 255, 255), (x, 0, x + 1, height))
    return encoded(image)


def read(data: bytes) -> QImage:
    image = QImage.fromData(data)
    return image.convertToFormat(QImage.Format.Format_RGB32)


def row(image: QImage) -> list[int]:
    return [image.pixelColor(x, 0).lightness() for x in range(image.width())]


@pytest.mark.parametrize("factor", [1, 2, 3, 5])
def test_whole_multiples_are_sharp_blocks_of_even_width(factor: int):
    values = row(scaled(read(checks()), SIDE * factor, SIDE * factor, smooth=False))
    assert set(values) == {0, 255}
    assert [len(list(run)) for _, run in groupby(values)] == [factor] * SIDE


def test_one_and_a_half_keeps_widths_even():
    """Nearest neighbour alone would give columns of one and two pixels in turn."""
    values = row(scaled(read(checks()), SIDE * 3 // 2, SIDE * 3 // 2, smooth=False))
    share = [sum(values[i : i + 3]) for i in range(0, len(values), 3)]  # a white and a black column are three pixels
    assert all(total == pytest.approx(255 * 1.5, abs=12) for total in share)
    assert {values[i] for i in range(0, len(values), 3)} == {255}  # sharp where a pixel lies within a block
    assert {values[i] for i in range(2, len(values), 3)} == {0}


def test_smaller_than_the_source_is_averaged_so_that_nothing_is_lost():
    assert set(row(scaled(read(checks()), SIDE // 2, SIDE // 2, smooth=False))) <= set(range(118, 138))


@pytest.mark.parametrize("factor", [1.5, 2, 3])
def test_painted_art_is_smooth(factor: float):
    side = round(SIDE * factor)
    values = row(scaled(read(checks()), side, side, smooth=True))
    assert len(set(values)) > 2


def test_each_axis_has_its_own_multiple():
    image = scaled(read(checks(8, 4)), 16, 12, smooth=False)
    assert (image.width(), image.height()) == (16, 12)
    assert [len(list(run)) for _, run in groupby(row(image))] == [2] * 8


def test_a_huge_target_takes_no_huge_picture_on_the_way():
    image = scaled(read(checks()), 100_000, 30_000, smooth=False)
    assert image.width() * image.height() <= MAX_DRAWN_PX


@pytest.mark.parametrize(("ratio", "block"), [(1.0, 4), (2.0, 8), (3.0, 12)])
def test_a_whole_theme_of_pixel_art(ratio: float, block: int):
    """Background, furniture and figures on a canvas four times as large as their pictures."""
    sheet = Image.open(io.BytesIO(checks(140, 140)))
    files = {"floor.png": checks(100, 75), "p.png": encoded(sheet), "desk.png": checks()}
    loaded = theme(
        files,
        characters={"atlas": "p.png", "frameWidth": 35, "frameHeight": 35, "states": {}, "statusBadge": {"colors": {}}},
        furniture=[{"id": "a", "sprite": "desk.png", "layer": "furniture", "x": 40, "y": 40, "width": 32,
                    "height": 32}],
        quality={"high": {"renderer": {"antialias": False}}},
    )  # fmt: skip
    from tests.golden.field_theme import agent

    drawn = stage(loaded, [agent()], ratio=ratio)
    item = drawn.figure()
    for picture in (drawn.scene._sprites[0].pixmap(), drawn.scene._sprites[1].pixmap(), item.pixmap()):
        values = row(picture.toImage())
        assert set(values) == {0, 255}
        assert {len(list(run)) for _, run in groupby(values)} == {block}
    smooth = stage(theme(files), [])
    assert QColor(smooth.image().pixelColor(2, 2)).lightness() != 0 or smooth.scene.assets.smooth
