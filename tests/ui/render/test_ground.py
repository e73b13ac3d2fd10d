"""The still part of a room as one picture: it must look exactly like its pieces."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QImage

from office_studio.paths import bundled_themes_dir
from office_studio.services.theme_loader import load_theme
from office_studio.ui.render.stage_view import StageView

THEMES = bundled_themes_dir()


@pytest.fixture(params=["cozy-loft", "pixel-loft"])
def view(request, qtbot):
    folder = THEMES / request.param
    if not (folder / "theme.json").is_file():
        pytest.skip("the bundled theme is not here")
    view = StageView()
    view.resize(1280, 720)
    qtbot.addWidget(view)
    with qtbot.waitSignal(view.theme_shown, timeout=30_000):
        view.set_theme(load_theme(folder))
        view.show()
    qtbot.waitUntil(lambda: view.stage.sprites._ground is not None, timeout=10_000)
    view._timer.stop()
    yield view
    view.close_stage()


def picture(view: StageView) -> QImage:
    return view.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)


@pytest.mark.parametrize("at_ms", [0, 1400, 5300])
def test_it_looks_like_its_pieces(view, at_ms):
    sprites, start = view.stage.sprites, view.stage._shown_at_ms
    before = picture(view)
    for step in (at_ms / 2, at_ms):  # lights change, plants sway
        view.stage.animate(start + 20_000 + step)
    together = picture(view)
    assert together != before
    sprites._lift_ground()
    assert picture(view) == together


def test_outlines_of_zones_lie_between_background_and_furniture(view):
    plain = picture(view)
    view.stage.zones.hover(view.stage.assets.theme.zones[0])
    outlined = picture(view)
    assert outlined != plain
    view.stage.sprites._lift_ground()
    assert picture(view) == outlined


def test_pieces_are_found_where_they_are(view):
    told = [item for item in view.stage.sprites.items if item.placement.tooltip]
    hidden = [item for item in view.stage.sprites.items if not item.isVisible()]
    assert hidden
    assert all(view.stage.furniture_at(item.sceneBoundingRect().center()) is not None for item in told)


def test_another_zoom_makes_another_ground(view, qtbot):
    before = view.stage.sprites._ground
    view.zoom_by(1.3)
    assert view.stage.sprites._ground is None
    assert all(item.isVisible() for item in view.stage.sprites.items)
    qtbot.waitUntil(lambda: view.stage.sprites._ground not in (None, before), timeout=10_000)
