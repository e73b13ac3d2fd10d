"""Another theme on the stage: cross-fade, cancelled loads, memory; and the same theme edited on disk."""

from __future__ import annotations

import gc
import json
import time
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from office_studio.core.office.model import Binding
from office_studio.paths import bundled_themes_dir
from office_studio.services.theme_loader import load_theme
from office_studio.ui.render import theme_pictures
from office_studio.ui.render.fade import FADE_MS
from office_studio.ui.render.images import KeptPictures
from office_studio.ui.render.load_progress import PROGRESS_AFTER_MS
from office_studio.ui.render.stage_view import StageView


def edit(folder: Path, change) -> None:
    document = json.loads((folder / "theme.json").read_text())
    change(document)
    (folder / "theme.json").write_text(json.dumps(document))


def show(view: StageView, qtbot: QtBot, folder: Path) -> None:
    with qtbot.waitSignal(view.theme_shown, timeout=15_000):
        view.set_theme(load_theme(folder))
        view.show()


# -- switching -----------------------------------------------------------------------------------------
def test_the_picture_before_fades_out_over_the_new_one(office: StageView, qtbot: QtBot, folder: Path):
    show(office, qtbot, folder)
    assert office._fade.is_running
    assert office._fade.geometry() == office.rect()
    qtbot.waitUntil(lambda: not office._fade.is_running, timeout=3000)
    assert not office._fade._timer.isActive()
    assert office._fade.isHidden()
    assert FADE_MS <= 320


def test_names_do_not_stay_where_they_were_in_the_room_before(office: StageView, qtbot: QtBot):
    assert office.stage.labels.rect_of("ada") is not None
    left: list[object] = []
    office.room_shown.connect(lambda: left.extend(office.stage.labels.rect_of(a) for a in ("ada", "ben", "cleo")))
    show(office, qtbot, bundled_themes_dir() / "night-lab")
    assert left == [None, None, None]
    qtbot.waitUntil(lambda: office.stage.labels.rect_of("ada") is not None, timeout=5000)


def test_without_motion_there_is_no_fade(office: StageView, qtbot: QtBot, folder: Path):
    office.set_reduced_motion(True)
    show(office, qtbot, folder)
    assert not office._fade.is_running


def test_the_first_theme_does_not_fade(view: StageView, qtbot: QtBot, folder: Path):
    show(view, qtbot, folder)
    assert not view._fade.is_running


def test_the_last_of_quick_choices_wins_and_older_loads_are_given_up(
    view: StageView, qtbot: QtBot, folder: Path, monkeypatch: pytest.MonkeyPatch
):
    show(view, qtbot, folder)
    loft = load_theme(bundled_themes_dir() / "cozy-loft")
    small = load_theme(folder)
    decoded: list[str] = []
    original = KeptPictures.picture
    monkeypatch.setattr(KeptPictures, "picture", lambda self, name: (original(self, name), decoded.append(name))[0])
    shown: list[str] = []
    view.theme_shown.connect(lambda ident, _: shown.append(ident))
    view.set_theme(loft)
    qtbot.waitUntil(lambda: len(decoded) > 3, timeout=8000)
    view.set_theme(small)
    qtbot.waitUntil(lambda: bool(shown), timeout=8000)
    QTest.qWait(300)
    assert shown == [small.theme.id]
    assert len(decoded) < 40  # of over a hundred pictures of the loft


def test_progress_is_told_only_of_what_takes_long(view: StageView, qtbot: QtBot, folder: Path, monkeypatch):
    show(view, qtbot, folder)
    told: list[float] = []
    view.load_progressed.connect(told.append)
    view.progress.slow.setInterval(8000)  # however busy the machine is
    show(view, qtbot, folder)
    assert told == []
    view.progress.slow.setInterval(PROGRESS_AFTER_MS)
    original = KeptPictures.picture
    monkeypatch.setattr(KeptPictures, "picture", lambda self, name: (time.sleep(0.25), original(self, name))[1])
    show(view, qtbot, folder)
    assert told
    assert told == sorted(told)
    assert told[-1] == 1.0


@pytest.mark.full
@pytest.mark.timeout(900)
def test_a_hundred_switches_leave_memory_flat(office: StageView, qtbot: QtBot, folder: Path):
    themes = [load_theme(folder), load_theme(bundled_themes_dir() / "cozy-loft")]
    office.resize(900, 600)

    def rss_mb() -> float:
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmRSS"):
                return int(line.split()[1]) / 1024
        pytest.skip("the system does not tell")

    sizes = []
    for turn in range(100):
        with qtbot.waitSignal(office.theme_shown, timeout=30_000):
            office.set_theme(themes[turn % 2])
        QTest.qWait(30)
        if turn % 2:
            QApplication.processEvents()
            gc.collect()
            sizes.append(rss_mb())
    settled = sizes[10:]
    assert max(settled[-10:]) - min(settled[:10]) < 24, sizes


# -- edited on disk ------------------------------------------------------------------------------------
@pytest.fixture
def small(view: StageView, qtbot: QtBot, agent, folder: Path) -> StageView:
    view.set_agents([agent("ada"), agent("ben")])
    view.set_bindings([Binding(0, "ada"), Binding(1, "ben")])
    show(view, qtbot, folder)
    qtbot.waitUntil(lambda: len(view.stage.figures) == 2)
    return view


def test_nobody_moves_when_the_theme_is_read_anew(small: StageView, qtbot: QtBot, folder: Path):
    small.zoom_by(1.5)
    camera = small._camera
    places = {agent_id: figure.at for agent_id, figure in small.model.figures.items()}
    edit(folder, lambda d: d["canvas"]["background"].update(color="#123456"))
    with qtbot.waitSignal(small.theme_reloaded, timeout=8000):
        small.reload_theme(load_theme(folder))
    assert {agent_id: figure.at for agent_id, figure in small.model.figures.items()} == places
    assert set(small.stage.figures) == {"ada", "ben"}
    assert small._camera == camera
    assert not small._fade.is_running
    assert not small.model.figure("ada").walking


def test_only_pictures_that_changed_are_decoded_again(small: StageView, qtbot: QtBot, folder: Path, monkeypatch):
    from office_studio.ui.render import images

    decoded: list[str] = []
    original = images.decode
    monkeypatch.setattr(images, "decode", lambda data, name: (decoded.append(name), original(data, name))[1])
    with qtbot.waitSignal(small.theme_reloaded, timeout=8000):
        small.reload_theme(load_theme(folder))
    assert decoded == []
    other = Image.new("RGB", (400, 300), (9, 200, 9))
    other.save(folder / "other.png")
    (folder / "other.png").replace(folder / "background.png")  # as editors do
    with qtbot.waitSignal(small.theme_reloaded, timeout=8000):
        small.reload_theme(load_theme(folder))
    assert decoded == ["background.png"]
    assert small.stage.assets.background.pixelColor(200, 150).getRgb()[:3] == (9, 200, 9)


def test_a_theme_of_another_canvas_is_fitted_anew(small: StageView, qtbot: QtBot, folder: Path):
    edit(folder, lambda d: d["canvas"].update(width=800, height=300))
    with qtbot.waitSignal(small.theme_reloaded, timeout=8000):
        small.reload_theme(load_theme(folder))
    assert small.canvas_size == (800, 300)


# -- detail and pixels ---------------------------------------------------------------------------------
@pytest.mark.parametrize("quality", ["performance", "high"])
def test_performance_draws_one_pixel_per_pixel_and_thirty_frames(small: StageView, qtbot: QtBot, quality: str):
    small.set_quality("performance")
    if quality == "high":
        small.set_quality("high")
    qtbot.waitSignal(small.theme_reloaded, timeout=3000)
    assert small._highest_ratio == (1.0 if quality == "performance" else 8.0)
    assert small._fps_of_quality() == (30.0 if quality == "performance" else None)
    assert small.stage.quality == quality


def test_an_unforeseen_error_is_told_and_the_picture_stays(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch):
    """Whatever goes wrong on the picture thread."""
    view = StageView()
    qtbot.addWidget(view)
    with qtbot.waitSignal(view.theme_shown, timeout=30_000):
        view.set_theme(load_theme(bundled_themes_dir() / "cozy-loft"))
        view.show()
    shown = view.stage.assets

    def fail(*_args, **_kwargs):
        raise ZeroDivisionError("no such luck")

    monkeypatch.setattr(theme_pictures, "load_assets", fail)
    with qtbot.waitSignal(view.theme_failed, timeout=30_000) as told:
        view.set_theme(load_theme(bundled_themes_dir() / "pixel-loft"))
    assert "no such luck" in told.args[0]
    assert view.stage.assets is shown
    view.close_stage()
