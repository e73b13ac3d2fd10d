"""Zones on a stage: what the pointer tells of them, and their names."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from office_studio.core.office.model import Binding
from office_studio.core.theme.model import Point
from office_studio.services.theme_loader import load_theme
from office_studio.ui.render.stage_view import StageView


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
