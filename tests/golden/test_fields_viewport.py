"""Field table 2.3 of the 2D format (``viewport``), on a real stage."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PySide6.QtCore import QPointF
from pytestqt.qtbot import QtBot

from office_studio.ui.render.camera_view import FitMode, first_camera
from office_studio.ui.render.stage_view import StageView
from tests.golden.field_theme import theme

Show = Callable[..., StageView]
VIEWPORT = {"minZoom": 0.5, "maxZoom": 3, "defaultZoom": 1, "panBounds": True}


@pytest.fixture
def show(qtbot: QtBot) -> Iterator[Show]:
    made: list[StageView] = []

    def open_view(size: tuple[int, int] = (400, 300), **viewport: Any) -> StageView:
        view = StageView()
        made.append(view)
        qtbot.addWidget(view)
        view.set_reduced_motion(True)  # the camera jumps
        view.resize(*size)
        with qtbot.waitSignal(view.theme_shown, timeout=15_000):
            view.set_theme(theme(viewport=VIEWPORT | viewport))
            view.show()
        return view

    yield open_view
    for view in made:
        view.close_stage()


MIDDLE = QPointF(200, 150)


def test_min_zoom(show: Show):
    view = show(minZoom=0.8)
    view.zoom_by(0.01, MIDDLE)
    assert view.zoom == pytest.approx(0.8)


def test_max_zoom(show: Show):
    view = show(maxZoom=2.5)
    view.zoom_by(100, MIDDLE)
    assert view.zoom == pytest.approx(2.5)


def test_default_zoom():
    camera = first_camera(theme(viewport=VIEWPORT | {"defaultZoom": 1.5}), (400, 300), None)
    assert camera.zoom == 1.5
    assert first_camera(theme(viewport=VIEWPORT | {"defaultZoom": 9}), (400, 300), None).zoom == 3  # within the limits


@pytest.mark.parametrize(("bounded", "gap"), [(True, 0), (False, 200)])
def test_pan_bounds(show: Show, bounded: bool, gap: float):
    """Without them half the view may be empty."""
    view = show(panBounds=bounded)
    view.zoom_to(2, MIDDLE)
    view.pan_by(5000, 0)
    left = view.mapFromScene(view.stage.canvas_rect.topLeft()).x()
    assert left == pytest.approx(gap, abs=2)


def test_mobile_default_zoom():
    loaded = theme(viewport=VIEWPORT | {"mobile": {"defaultZoom": 1.6, "pinchToZoom": True}})
    assert first_camera(loaded, (390, 844), None, FitMode.COVER).zoom == 1.6
    assert first_camera(loaded, (1280, 720), None, FitMode.COVER).zoom == 1


@pytest.mark.parametrize("allowed", [True, False])
def test_mobile_pinch_to_zoom(show: Show, allowed: bool):
    view = show(mobile={"defaultZoom": 1, "pinchToZoom": allowed})
    before = view.zoom
    # Two fingers come down and move to twice the distance; what Qt's touch events are turned into.
    view.touch._pinch(QPointF(150, 150), QPointF(250, 150))
    view.touch._pinch(QPointF(100, 150), QPointF(300, 150))
    assert view.zoom == pytest.approx(before * (2 if allowed else 1))


def test_mobile_double_tap_zoom(show: Show):
    view = show(mobile={"defaultZoom": 1, "pinchToZoom": True, "doubleTapZoom": 2})
    before = view.zoom
    view.touch.double_tap(QPointF(300, 60))
    assert view.zoom == pytest.approx(2)
    view.touch.double_tap(QPointF(300, 60))
    assert view.zoom == pytest.approx(before)
