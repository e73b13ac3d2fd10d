"""What is chosen of the stage: in the menu, in the corner, in the palette; kept for the next start."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from office_studio.core.theme.viewport import FitMode
from office_studio.paths import bundled_themes_dir
from office_studio.ui.stage_actions import CORNER, STAGE_ACTIONS

if TYPE_CHECKING:
    from office_studio.app import Application


@pytest.fixture
def shown(application: Application, qtbot: QtBot) -> Application:
    stage = application.studio.stage
    qtbot.waitUntil(lambda: stage.stage.assets is not None and not stage.stage.assets.is_partial, timeout=20_000)
    qtbot.waitUntil(lambda: not stage._motion.is_moving)
    return application


def test_every_option_is_in_the_corner_the_menu_and_the_palette(shown: Application):
    studio = shown.studio
    titles = {entry.title for entry in studio._palette_entries()}
    assert {action.title for action in STAGE_ACTIONS} <= titles
    assert all(action.tip for action in STAGE_ACTIONS if action.id in CORNER)
    menu = studio.actions.corner_menu(studio.window)
    studio.actions.refresh()
    texts = {qt.text(): qt for qt in menu.actions() if not qt.isSeparator()}
    assert "Reference drawing" in texts
    assert texts["Whole room"].isChecked()
    assert texts["Performance mode"].toolTip().startswith("Fewer pixels")
    menu.deleteLater()


def test_options_change_the_stage_and_are_kept(shown: Application):
    studio = shown.studio
    for action_id in ("view.names", "view.walkin", "view.quality", "view.minimap", "view.fit_cover", "view.reference"):
        studio.actions.run(action_id)
    assert not studio.stage.stage.labels.are_visible
    assert studio.stage.model.walk_in
    assert studio.stage.quality == "performance"
    assert studio.stage.fit_mode is FitMode.COVER
    assert studio.stage.is_reference
    assert studio.settings.now.stage == {
        "names": False, "walkIn": True, "quality": "performance", "minimap": False, "fit": "cover", "reference": True,
    }  # fmt: skip
    studio.actions.run("view.reference")
    assert not studio.stage.is_reference


def test_they_are_there_again_after_a_restart(new_application, qtbot: QtBot):
    studio = new_application().studio
    studio.options.set("names", False)
    studio.options.set("walkIn", True)
    studio.stage.set_fit_mode(FitMode.COVER)
    studio = new_application().studio
    assert studio.stage.fit_mode is FitMode.COVER
    assert studio.stage.model.walk_in
    assert not studio.stage.stage.labels.are_visible


def test_senseless_kept_values_count_as_none(shown: Application):
    from dataclasses import replace

    options = shown.studio.options
    kept = {"fit": "sideways", "names": "yes", "volume": 7, "quality": None}
    shown.settings.change(lambda now: replace(now, stage=kept))
    assert (options["fit"], options["names"], options["volume"], options["quality"]) == ("contain", True, 1.0, "high")


def test_sound_is_off_until_it_is_wanted(shown: Application):
    studio = shown.studio
    sound, frame = studio.options.sound, studio.window.stage_frame
    assert sound is not None
    assert sound.is_muted
    assert frame.sound.isVisibleTo(frame) == (studio.library.loaded.theme.audio is not None)
    if studio.options.has_sound:
        frame.sound.click()
        assert not sound.is_muted
        studio.actions.run("view.quieter")
        assert sound.volume == pytest.approx(0.6)
        frame.sound.click()
    assert sound.is_muted


def test_the_map_is_there_while_a_part_is_seen_and_moves_the_view(shown: Application, qtbot: QtBot):
    stage, frame = shown.studio.stage, shown.studio.window.stage_frame
    minimap = frame.minimap
    assert minimap.isHidden()
    stage.zoom_by(2.5, QPointF(10, 10))
    assert not minimap.isHidden()
    bar = frame._zoom_bar.visible_geometry()
    assert minimap.geometry().bottom() < bar.top()
    assert not minimap.grab().isNull()
    before = stage.seen_part
    qtbot.mouseClick(minimap, Qt.MouseButton.LeftButton, pos=QPoint(minimap.width() - 20, minimap.height() - 20))
    after = stage.seen_part
    assert after.x > before.x
    assert after.y > before.y
    stage.fit()
    qtbot.waitUntil(lambda: not stage._motion.is_moving)
    assert minimap.isHidden()
    stage.zoom_by(2.5)
    shown.studio.actions.run("view.minimap")
    assert minimap.isHidden()


def test_an_edited_theme_is_read_anew_and_a_broken_one_leaves_the_last_good_one(
    shown: Application, qtbot: QtBot, tmp_path: Path
):
    studio = shown.studio
    folder = tmp_path / "loft"
    shutil.copytree(bundled_themes_dir() / "cozy-loft", folder)
    with qtbot.waitSignal(studio.stage.theme_shown, timeout=30_000):
        studio.library.choose_path(folder)
    qtbot.waitUntil(lambda: bool(studio.stage_themes.files._stamps), timeout=8000)
    manifest = folder / "theme.json"
    good = json.loads(manifest.read_text(encoding="utf-8"))
    banner = studio.window.stage_frame.theme_banner

    text = json.dumps({**good, "name": "Edited Loft"}, indent=1)
    with qtbot.waitSignal(studio.stage.theme_reloaded, timeout=15_000):
        manifest.write_text(text, encoding="utf-8")
    assert studio.stage.stage.assets.theme.name == "Edited Loft"
    assert banner.isHidden()

    manifest.write_text(text[: len(text) // 2], encoding="utf-8")  # half written
    qtbot.waitUntil(lambda: not banner.isHidden(), timeout=15_000)
    assert "line" in banner.words
    assert "The last good version is shown." in banner.words
    assert studio.stage.stage.assets.theme.name == "Edited Loft"

    with qtbot.waitSignal(studio.stage.theme_reloaded, timeout=15_000):
        part = folder / "theme.json.part"
        part.write_text(json.dumps({**good, "name": "Whole Again"}), encoding="utf-8")
        part.replace(manifest)  # another file under the same name, as editors save
    assert banner.isHidden()
    assert studio.stage.stage.assets.theme.name == "Whole Again"

    with qtbot.waitSignal(studio.stage.theme_reloaded, timeout=15_000):  # the watch is on the new file
        manifest.write_text(json.dumps({**good, "name": "Once More"}), encoding="utf-8")
    QTest.qWait(50)
    assert studio.stage.stage.assets.theme.name == "Once More"
