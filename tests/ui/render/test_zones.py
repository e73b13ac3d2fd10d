"""Zones on a stage: what the pointer tells of them, and their names."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPointF, QRectF, QSizeF
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from office_studio.core.office.model import Binding
from office_studio.core.theme.model import Point
from office_studio.paths import bundled_themes_dir
from office_studio.services.theme_loader import load_theme
from office_studio.ui.render.stage_view import StageView
from office_studio.ui.render.zone_names import name_spot, people_boxes


def test_a_resting_pointer_tells_of_the_zone_and_moving_on_forgets_it(
    view: StageView, qtbot: QtBot, agent, folder: Path
):
    view.set_agents([agent("ada"), agent("ben")])
    view.set_bindings([Binding(0, "ada", "Ada"), Binding(1, "ben", "Ben")])
    with qtbot.waitSignal(view.theme_shown, timeout=15_000):
        view.set_theme(load_theme(folder))
        view.show()
    qtbot.waitUntil(lambda: len(view.stage.figures) == 2)
    zones = view.stage.zones
    at = view.mapFromScene(view.stage.to_scene(Point(15, 285)))
    QApplication.sendEvent(view.viewport(), QHelpEvent(QEvent.Type.ToolTip, at, view.mapToGlobal(at)))
    assert zones.hovered == "work"
    assert QToolTip.text() == "Work · 2 of 2\nAda, Ben"
    qtbot.mouseMove(view.viewport(), view.mapFromScene(view.stage.to_scene(Point(385, 15))))
    assert zones.hovered is None
    zones.hover(zones.zone_at(view.stage.to_scene(Point(15, 285))))
    QApplication.sendEvent(view.viewport(), QEvent(QEvent.Type.Leave))
    assert zones.hovered is None


def test_names_of_zones_over_a_picture_are_a_matter_of_taste(view: StageView, qtbot: QtBot, agent, folder: Path):
    view.set_agents([agent("ada")])
    with qtbot.waitSignal(view.theme_shown, timeout=15_000):
        view.set_theme(load_theme(folder))
        view.show()
    qtbot.waitUntil(lambda: len(view.stage.figures) == 1)
    assert view.stage.zones.label_rects() == []
    view.set_zone_labels_visible(True)
    assert len(view.stage.zones.label_rects()) == 2
    qtbot.waitUntil(lambda: not view.stage.labels.is_stale)
    name = view.stage.labels.rect_of("ada")
    assert not any(name.intersects(rect) for rect in view.stage.zones.label_rects())


@pytest.mark.parametrize("theme", ["cozy-loft", "pixel-loft", "night-lab"])
def test_names_of_zones_stand_on_nobody_who_sits_there(view: StageView, qtbot: QtBot, theme: str):
    with qtbot.waitSignal(view.theme_shown, timeout=15_000):
        view.set_theme(load_theme(bundled_themes_dir() / theme))
        view.show()
    view.set_zone_labels_visible(True)
    names, assets = view.stage.zones.label_rects(), view.stage.assets
    assert len(names) == len(assets.theme.zones)
    assert not any(a.intersects(b) for a, b in combinations(names, 2))
    height = max(costume.drawn_height for costume in assets.wardrobe)
    for left, top, right, bottom in people_boxes([s.at for s in assets.theme.seats], height, view.stage.scale):
        person = QRectF(left, top, right - left, bottom - top)
        for name in names:
            shared = name.intersected(person)
            assert shared.width() * shared.height() <= 0.2 * name.width() * name.height()


def test_a_name_stands_at_the_upper_edge_until_somebody_sits_there():
    zone, size = QRectF(100, 100, 400, 300), QSizeF(80, 16)
    assert name_spot(zone, size, [], [], 8) == QPointF(260, 108)
    sitting = (250.0, 60.0, 350.0, 130.0)
    beside = QRectF(name_spot(zone, size, [sitting], [], 8), size)
    assert zone.contains(beside)
    assert not beside.intersects(QRectF(250, 60, 100, 70))
    other = QRectF(name_spot(zone, size, [sitting], [beside], 8), size)
    assert zone.contains(other)
    assert not other.intersects(beside)


def test_a_name_wider_than_its_zone_is_still_placed():
    at = name_spot(QRectF(10, 10, 20, 4), QSizeF(80, 16), [(0, 0, 400, 400)], [], 8)
    assert (at.x(), at.y()) == (-20, 18)
