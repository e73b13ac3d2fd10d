"""Pictures kept between runs: shown at once, never those of other files, never damaged ones."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from office_studio.paths import bundled_themes_dir, cache_dir
from office_studio.services.theme_loader import load_theme
from office_studio.ui.render.stage_view import StageView
from office_studio.ui.render.theme_pictures import ThemePictures


@pytest.fixture
def theme(qapp: object, tmp_path: Path) -> Path:
    return Path(shutil.copytree(bundled_themes_dir() / "cozy-loft", tmp_path / "loft"))


def keep(folder: Path) -> dict[tuple[str, int, int], QImage]:
    """What a first start leaves behind."""
    pictures = again(folder)
    room, _ = pictures.first()
    assert room.is_partial
    assert not room.sprites
    assets, images = pictures.whole()
    pictures.keep(assets, images)
    return images


def is_remembered(pictures: ThemePictures) -> bool:
    """Whether the first look shows what was kept: the furniture too, not the background alone."""
    return bool(pictures.first()[0].sprites)


def again(folder: Path, width: int = 900, ratio: float = 1.0) -> ThemePictures:
    return ThemePictures(load_theme(folder), (width, 600), ratio, lambda _content: width / 1920)


def entry() -> Path:
    (found,) = (cache_dir() / "scenes").iterdir()
    return found


def test_the_second_start_shows_the_very_same_pictures(theme: Path):
    made = keep(theme)
    pictures = again(theme)
    assets, images = pictures.first()
    assert assets.is_partial
    assert images == made
    whole, more = pictures.whole()
    assert more == {}  # all on screen already
    assert whole.wardrobe
    assert whole.sizes == assets.sizes


def test_another_view_or_screen_takes_nothing_from_it(theme: Path):
    keep(theme)
    assert not is_remembered(again(theme, width=901))
    assert not is_remembered(again(theme, ratio=2.0))


def test_a_changed_file_takes_nothing_from_it(theme: Path):
    keep(theme)
    picture = theme / "background.png"
    os.utime(picture, ns=(1, 1))
    assert not is_remembered(again(theme))


@pytest.mark.parametrize("harm", ["flip", "cut", "empty", "folder"])
def test_a_damaged_entry_is_ignored(theme: Path, harm: str):
    keep(theme)
    path = entry()
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.unlink()
    if harm == "folder":
        path.mkdir()
    else:
        path.write_bytes({"flip": bytes(data), "cut": bytes(data[:-9]), "empty": b""}[harm])
    assert not is_remembered(again(theme))


def test_an_entry_under_the_name_of_another_is_ignored(theme: Path):
    keep(theme)
    path = entry()
    again(theme, width=700).keep(*again(theme, width=700).whole())
    (other,) = set((cache_dir() / "scenes").iterdir()) - {path}
    path.replace(other)
    assert not is_remembered(again(theme, width=700))


def test_only_the_last_few_are_kept(theme: Path):
    for number in range(9):
        pictures = again(theme, width=100 + number)
        pictures.first()
        pictures.keep(*pictures.whole())
    assert len(list((cache_dir() / "scenes").iterdir())) == 6


def test_the_stage_shows_the_room_first_and_people_when_they_are_ready(
    view: StageView, qtbot: QtBot, agent, theme: Path
):
    view.show()
    with qtbot.waitSignal(view.theme_shown, timeout=15_000):
        view.set_theme(load_theme(theme))
    qtbot.waitUntil(lambda: any((cache_dir() / "scenes").glob("*.scene")), timeout=15_000)
    second = StageView()
    qtbot.addWidget(second, before_close_func=StageView.close_stage)
    second.resize(view.size())
    second.set_agents([agent("ada")])
    second.show()
    with qtbot.waitSignal(second.room_shown, timeout=15_000):
        second.set_theme(load_theme(theme))
    assert second.stage.assets is not None
    assert second.stage.assets.is_partial
    assert second.stage.assets.sprites  # furniture and all, from the pictures of the last start
    assert not second.stage.figures
    with qtbot.waitSignal(second.theme_shown, timeout=15_000):
        pass
    assert not second.stage.assets.is_partial
    qtbot.waitUntil(lambda: len(second.stage.figures) == 1)
    assert second.model.figure("ada").clip is not None
