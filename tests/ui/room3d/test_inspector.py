"""The inspector of models: facts, toggles, clips, turntable, cameras; and how Make opens it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from office_studio.services.model_store import ModelStore
from office_studio.ui import theming
from office_studio.ui.room3d.inspector import ModelInspector

MODELS = Path(__file__).parents[2] / "fixtures" / "models"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModelStore]:
    made = ModelStore(tmp_path_factory.mktemp("models"))
    yield made
    made.close()


@pytest.fixture(autouse=True)
def dressed(qapp: QApplication) -> None:
    theming.install(qapp)


@pytest.fixture
def inspector(display: str, qtbot: QtBot, store: ModelStore) -> Iterator[ModelInspector]:
    page = ModelInspector(MODELS / "bar.glb", can_write_camera=True, store=store)
    qtbot.addWidget(page)
    page.resize(1100, 600)
    page.show()
    qtbot.waitUntil(lambda: page.view._frame is not None, timeout=40_000)
    yield page
    page.close_page()


def settled(qtbot: QtBot, page: ModelInspector) -> bytes:
    """The newest picture."""
    engine = page.view.engine
    qtbot.waitUntil(lambda: not engine.is_busy, timeout=20_000)
    return bytes(page.view._frame.image.constBits())  # type: ignore[union-attr]


@pytest.mark.gl
def test_everything_a_designer_asks_of_a_model(inspector, qtbot):
    page = inspector
    assert page.tree.topLevelItem(0).text(0) == "lower"
    assert page.tree.topLevelItem(0).child(0).text(0) == "upper"
    assert [page.clips.itemText(at) for at in range(page.clips.count())] == ["Rest pose", "bend", "still"]
    values = {meter.budget.title: meter.budget.value for meter in page.column.meters}
    assert values == {"Triangles": 68, "Draw calls": 1, "Texture memory": 0, "Joints": 2}
    # Each toggle changes the picture, and taking it back brings back the one before.
    plain = settled(qtbot, page)
    for name, toggle in page.toggles.items():
        toggle.click()
        assert settled(qtbot, page) != plain, name
        toggle.click()
        assert settled(qtbot, page) == plain, name
    # A clip: scrubbed, played, held.
    page.clips.setCurrentText("bend")
    page.scrub.setValue(500)
    assert page.view.clip_s == pytest.approx(1.0)
    assert page.time.text() == "1.00 of 2.00 s"
    assert settled(qtbot, page) != plain
    qtbot.keyClick(page, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: page.view.clip_s > 1.1, timeout=20_000)
    qtbot.keyClick(page, Qt.Key.Key_Space)
    assert not page.view._timer.isActive()
    assert page.scrub.value() > 500
    # The camera: by keys, by the mouse, by name, into the clipboard and the theme.
    before = page.view.direction
    qtbot.keyClick(page.view, Qt.Key.Key_Left)
    assert page.view.direction != before
    page.views.activated.emit(1 + page.views.findText("Front") - 1)
    assert page.view.direction == pytest.approx((0, 0, 1), abs=1e-9)
    page.view.zoom_by(1.5)
    page.copy_camera.click()
    told = json.loads("{" + QGuiApplication.clipboard().text() + "}")
    assert told == {"camera": {"type": "orthographic", "position": [0, 0, 10], "target": [0, 0, 0], "zoom": 1.5}}
    with qtbot.waitSignal(page.camera_chosen) as chosen:
        page.write_camera.click()
    assert chosen.args == [told["camera"]]


@pytest.mark.gl
def test_a_turntable_runs_only_while_it_is_seen(inspector, qtbot):
    page = inspector
    page.turntable.click()
    before = page.view.direction
    qtbot.waitUntil(lambda: page.view.direction != before, timeout=20_000)
    page.hide()
    assert not page.view._timer.isActive()
    qtbot.waitUntil(lambda: not page.view.engine.is_busy, timeout=20_000)
    asked = page.view.engine.asked
    qtbot.wait(200)
    assert page.view.engine.asked == asked


def test_a_broken_model_is_a_sentence_in_the_view(qtbot, tmp_path, store):
    broken = tmp_path / "broken.glb"
    broken.write_bytes(b"glTF and nothing else")
    page = ModelInspector(broken, store=store)
    qtbot.addWidget(page)
    qtbot.waitUntil(lambda: "cannot be used" in page.view._words, timeout=40_000)
    assert page.facts is None
    page.close_page()


@pytest.mark.gl
def test_make_opens_dropped_models_and_writes_the_camera_of_a_room(display, application, qtbot, tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    shutil.copy(MODELS / "cube.glb", folder / "room.glb")
    manifest = folder / "theme.json"
    manifest.write_text(
        json.dumps(
            {"id": "mine", "name": "Mine", "version": "1.0.0", "renderer": "threejs", "room": {"model": "room.glb"}}
        )
    )
    studio = application.studio
    window = studio.window
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(MODELS / "cube.glb"))])
    drop = QDropEvent(QPointF(50, 50), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton,
                      Qt.KeyboardModifier.NoModifier)  # fmt: skip
    window.dropEvent(drop)
    make = studio.make_page
    assert make.tabs.tabText(make.tabs.currentIndex()) == "cube.glb"
    studio.actions.run("make.close")
    assert make.tabs.count() == 1
    page = make.open_path(folder)
    qtbot.waitUntil(lambda: page.document.result is not None and not page.document.is_busy, timeout=60_000)
    assert page.models_button.isVisibleTo(page)
    page.model_requested.emit(folder / "room.glb")
    inspector = make._stack.currentWidget()
    assert isinstance(inspector, ModelInspector)
    assert inspector.write_camera.isVisibleTo(inspector)
    before = manifest.read_text("utf-8")
    inspector.view.look_from((1, 1, 0))
    inspector.write_camera.click()
    qtbot.waitUntil(lambda: manifest.read_text("utf-8") != before, timeout=20_000)
    assert json.loads(manifest.read_text("utf-8"))["camera"]["position"] == [7.07, 7.07, 0]
    qtbot.waitUntil(lambda: not page.document.is_busy, timeout=60_000)
    page.document.undo_stack.undo()
    qtbot.waitUntil(lambda: manifest.read_text("utf-8") == before, timeout=20_000)
    qtbot.waitUntil(lambda: not page.document.is_busy, timeout=60_000)
