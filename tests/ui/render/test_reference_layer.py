"""Reference mode as a live layer over a stage: draws what is due, reports clicks, costs nothing when hidden."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from office_studio.services.theme_loader import load_theme
from office_studio.ui.render import reference_assets
from office_studio.ui.render.reference_film import ReferenceFilm
from office_studio.ui.render.reference_layer import ReferenceLayer
from office_studio.ui.render.stage_view import StageView
from tests.ui.render.conftest import make_agent


@pytest.fixture
def layer(qtbot: QtBot, folder: Path) -> Iterator[ReferenceLayer]:
    """The small theme at twice its size, two agents, shown over an empty widget."""
    ground = QWidget()
    qtbot.addWidget(ground)
    ground.resize(800, 600)
    made = ReferenceLayer(ground)
    with qtbot.waitSignal(made.theme_shown, timeout=10_000):
        made.set_theme(load_theme(folder))
    made.set_agents([make_agent("ada", "working"), make_agent("ben", "idle")])
    ground.show()
    qtbot.waitUntil(lambda: len(made.model.figures) == 2)
    yield made
    made.close_layer()


def colour(layer: ReferenceLayer, x: int, y: int) -> tuple[int, int, int]:
    pixel = layer.grab().toImage().pixelColor(x, y)
    return pixel.red(), pixel.green(), pixel.blue()


def test_background_and_rows_of_the_sheet_are_drawn(layer: ReferenceLayer) -> None:
    assert colour(layer, 5, 5) == (40, 60, 80)
    assert colour(layer, 200, 400) == (0, 255, 0)  # working: second row, on desk 1
    assert colour(layer, 640, 400) == (255, 0, 0)  # idle: first row, on the sofa


def test_it_walks_when_the_status_changes_and_then_rests(layer: ReferenceLayer, qtbot: QtBot) -> None:
    layer.update_agents([make_agent("ben", "working")])
    qtbot.waitUntil(lambda: layer.model.figures[1].walking, timeout=2000)
    qtbot.waitUntil(lambda: layer.model.figures[1].at == layer.model.figures[1].target, timeout=5000)
    assert layer.model.figures[1].seat_id == "d2"


def test_clicks_reach_figures_and_the_ground(layer: ReferenceLayer, qtbot: QtBot) -> None:
    with qtbot.waitSignal(layer.agent_clicked) as clicked:
        qtbot.mouseClick(layer, Qt.MouseButton.LeftButton, pos=QPoint(200, 500))
    assert clicked.args == ["ada"]
    with qtbot.waitSignal(layer.background_clicked):
        qtbot.mouseClick(layer, Qt.MouseButton.LeftButton, pos=QPoint(400, 30))


def test_the_glow_is_below_the_selected_figure(layer: ReferenceLayer) -> None:
    before = colour(layer, 90, 520)
    layer.select("ada")
    assert colour(layer, 90, 520) != before
    layer.select(None)
    assert colour(layer, 90, 520) == before


def test_wheel_zooms_within_the_limits_and_dragging_pans(layer: ReferenceLayer, qtbot: QtBot) -> None:
    wheel(layer, 120)
    assert layer.camera.zoom == pytest.approx(1.1)
    for _ in range(30):
        wheel(layer, 120)
    assert layer.camera.zoom == 3
    before = layer.camera.pan
    qtbot.mousePress(layer, Qt.MouseButton.LeftButton, pos=QPoint(400, 300))
    qtbot.mouseMove(layer, QPoint(350, 280))
    qtbot.mouseRelease(layer, Qt.MouseButton.LeftButton, pos=QPoint(350, 280))
    assert (layer.camera.pan.x - before.x, layer.camera.pan.y - before.y) == (-50, -20)


def test_it_covers_its_parent_and_shows_the_built_in_office_without_a_theme(layer: ReferenceLayer) -> None:
    layer.set_theme(None)
    layer.parentWidget().resize(1000, 700)
    assert (layer.width(), layer.height()) == (1000, 700)
    assert colour(layer, 30, 100) == (0x1E, 0x29, 0x3B)
    assert colour(layer, 5, 5) == (0x0F, 0x17, 0x2A)


def test_a_hidden_layer_and_discs_at_rest_cost_nothing(layer: ReferenceLayer, qtbot: QtBot) -> None:
    layer.hide()
    assert not layer._timer.isActive()
    layer.update_agents([make_agent("ben", "working")])
    assert not layer._timer.isActive()
    layer.show()
    layer.set_theme(None)
    qtbot.waitUntil(lambda: not layer._timer.isActive(), timeout=3000)


def wheel(layer: ReferenceLayer, delta: int) -> None:
    at = QPointF(400, 300)
    event = QWheelEvent(
        at, QPointF(layer.mapToGlobal(at)), QPoint(), QPoint(0, delta), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    layer.wheelEvent(event)


def test_a_stage_switches_to_reference_mode_and_back(office: StageView, qtbot: QtBot) -> None:
    before = office.grab().toImage()
    office.select("ben")
    office.set_reference(True)
    layer = office.findChild(ReferenceLayer)
    assert office.is_reference
    assert layer is not None
    qtbot.waitUntil(lambda: len(layer.model.figures) == 4 and layer.model.theme is not None, timeout=10_000)
    assert layer.painter.selected == "ben"
    assert layer.geometry() == office.rect()
    assert not office._timer.isActive(), "the stage below is not seen"
    office.update_agents([make_agent("ben", "working")])
    qtbot.waitUntil(lambda: layer.model.figures[1].walking, timeout=3000)
    first = layer.camera
    office.zoom_in()
    assert layer.camera.zoom == pytest.approx(1.21)
    office.zoom_out()
    office.fit()
    assert layer.camera == first
    x, y = layer.camera.to_view(layer.model.figures[0].at).x, layer.camera.to_view(layer.model.figures[0].at).y
    with qtbot.waitSignal(office.agent_clicked) as clicked:
        qtbot.mouseClick(layer, Qt.MouseButton.LeftButton, pos=QPoint(round(x), round(y)))
    assert clicked.args[0] in ("ada", "cleo", "guest")
    office.set_reference(False)
    assert not office.is_reference
    qtbot.waitUntil(lambda: office.findChild(ReferenceLayer) is None, timeout=3000)
    assert office._timer.isActive() or office.model.next_due_ms is not None
    assert office.grab().toImage().size() == before.size()


def test_a_stage_in_reference_mode_follows_its_theme(office: StageView, qtbot: QtBot, folder: Path) -> None:
    office.set_reference(True)
    layer = office.findChild(ReferenceLayer)
    with qtbot.waitSignal(office.theme_shown, timeout=10_000):
        office.set_theme(load_theme(folder))
    qtbot.waitUntil(lambda: layer.model.theme is not None and layer.model.theme.id == "small", timeout=10_000)
    office.set_theme(None)
    qtbot.waitUntil(lambda: layer.model.theme is None, timeout=3000)


def test_pictures_of_a_seat_replace_whoever_sits_there(qtbot: QtBot, folder: Path) -> None:
    manifest = json.loads((folder / "theme.json").read_text())
    manifest["characters"]["seatSprites"] = {"d1": {"idle": ["a.png", "b.png"]}, "s1": {"working": ["gone.png"]}}
    (folder / "theme.json").write_text(json.dumps(manifest))
    for name, left in (("a.png", 0), ("b.png", 350)):
        picture = Image.new("RGBA", (400, 300))
        picture.paste((255, 0, 255, 255), (left, 0, left + 50, 50))
        picture.save(folder / name)
    film = ReferenceFilm(load_theme(folder), (400, 300))
    film.set_agents([make_agent("ada", "working"), make_agent("ben", "idle")])
    seen = []
    for now in (0, 2000):
        film.advance(now)
        image = film.image()
        seen.append([image.pixelColor(x, 20).name() == "#ff00ff" for x in (20, 370)])
        assert image.pixelColor(100, 200).name() == "#283c50", "the figure itself is hidden"
        assert image.pixelColor(320, 200).name() == "#ff0000", (
            "a seat without a picture that loads is a seat like others"
        )
    assert seen == [[True, False], [False, True]]
    dump = film.describe()
    assert [(a["visible"], a["seatOverlay"]) for a in dump["agents"]] == [(False, "b.png"), (True, None)]
    assert [finding["file"] for finding in dump["findings"]] == ["gone.png"]


@pytest.mark.parametrize("side", [1, 16_384])
def test_a_canvas_of_any_size_with_things_far_outside_is_drawn(qtbot: QtBot, folder: Path, side: int) -> None:
    manifest = json.loads((folder / "theme.json").read_text())
    manifest["canvas"] |= {"width": side, "height": side}
    manifest["zones"].append(
        {"id": "far", "name": "X" * 500, "type": "meeting", "bounds": {"x": 0, "y": 0, "width": 1e9, "height": 1},
         "capacity": 1, "seats": [{"id": "moon", "x": 1e12, "y": -1e12, "direction": "up"}]}
    )  # fmt: skip
    (folder / "theme.json").write_text(json.dumps(manifest))
    film = ReferenceFilm(load_theme(folder), (320, 240), selected="ada")
    film.set_agents([make_agent("ada", "collaborating", collaborating_with=("ben",)), make_agent("ben", "idle")])
    film.advance(0)
    film.update_agents([make_agent("ben", "collaborating")])
    film.advance(700)
    assert film.image().pixelColor(1, 1).name() == "#283c50"
    assert film.describe()["agents"][0]["seatId"] == "moon"


def test_pictures_that_need_too_much_memory_are_left_out(
    qtbot: QtBot, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reference_assets, "MAX_THEME_PIXELS", 400 * 300 + 10)
    assets = reference_assets.load_reference_assets(load_theme(folder))
    assert assets.background is not None
    assert assets.sheet is None
    assert [(f.rule, f.file) for f in assets.findings] == [("T2D-IMG-DIM", "people.png")]
