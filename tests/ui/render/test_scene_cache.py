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
from office_studio.ui.render.scene_cache import key_of
from office_studio.ui.render.stage_view import StageView
from office_studio.ui.render.theme_pictures import ThemePictures


@pytest.fixture
def theme(qapp: object, tmp_path: Path) -> Path:
    return Path(shutil.copytree(bundled_themes_dir() / "cozy-loft", tmp_path / "loft"))


def keep(folder: Path) -> dict[tuple[str, int, int], QImage]:
    """What a first start leaves behind."""
    pictures = again(folder)
    assets, images = pictures.first()
    assert not assets.is_partial
    assert pictures.rest() is None
    return images


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
    whole = pictures.rest()
    assert whole is not None
    assert whole.wardrobe
    assert whole.sizes == assets.sizes


def test_another_view_or_screen_takes_nothing_from_it(theme: Path):
    keep(theme)
    assert not again(theme, width=901).first()[0].is_partial
    assert not again(theme, ratio=2.0).first()[0].is_partial


def test_a_changed_file_takes_nothing_from_it(theme: Path):
    keep(theme)
    picture = theme / "background.png"
    os.utime(picture, ns=(1, 1))
    assert not again(theme).first()[0].is_partial


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
    assert not again(theme).first()[0].is_partial


def test_an_entry_under_the_name_of_another_is_ignored(theme: Path):
    keep(theme)
    other = key_of(load_theme(theme), (700, 600), 1.0)
    assert other is not None
    entry().rename(other.path)
    assert not again(theme, width=700).first()[0].is_partial


def test_only_the_last_few_are_kept(theme: Path):
    for number in range(9):
        pictures = again(theme, width=100 + number)
        pictures.first()
        pictures.rest()
    assert len(list((cache_dir() / "scenes").iterdir())) == 6


def test_the_stage_shows_the_room_first_and_people_when_they_are_ready(
    view: StageView, qtbot: QtBot, agent, theme: Path
):
    view.set_agents([agent("ada")])
    view.show()
    with qtbot.waitSignal(view.theme_shown, timeout=15_000):
        view.set_theme(load_theme(theme))
    qtbot.waitUntil(lambda: any((cache_dir() / "scenes").glob("*.scene")))
    view.set_theme(None)
    with qtbot.waitSignal(view.room_shown, timeout=15_000):
        view.set_theme(load_theme(theme))
    assert view.stage.assets is not None
    assert view.stage.assets.is_partial
    assert not view.stage.figures
    shown = view.grab().toImage()
    with qtbot.waitSignal(view.theme_shown, timeout=15_000):
        pass
    assert not view.stage.assets.is_partial
    qtbot.waitUntil(lambda: len(view.stage.figures) == 1)
    assert view.model.figure("ada").clip is not None
    view.set_agents([])
    qtbot.waitUntil(lambda: not view.stage.figures)
    assert view.grab().toImage().size() == shown.size()
