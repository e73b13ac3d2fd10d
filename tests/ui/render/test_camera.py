"""Looking around: every gesture driven through the real view, and the camera's arithmetic where it shows."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QNativeGestureEvent, QPointingDevice, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from office_studio.core.theme.model import Point
from office_studio.core.theme.viewport import FitMode
from office_studio.services.theme_loader import load_theme
from office_studio.ui.render.camera_motion import COAST_MS, GLIDE_MS
from office_studio.ui.render.stage_view import StageView

LEFT, MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton


def origin(view: StageView) -> QPoint:
    return view.mapFromScene(QPointF(0, 0))


def still(view: StageView, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not view._motion.is_moving, timeout=5000)


def wheel(view: StageView, at: QPointF, *, angle: int = 0, pixels: int = 0, phase=Qt.ScrollPhase.NoScrollPhase) -> None:
    event = QWheelEvent(
        at,
        view.viewport().mapToGlobal(at),
        QPoint(0, pixels),
        QPoint(0, angle),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        phase,
        False,
    )
    QApplication.sendEvent(view.viewport(), event)


def drag(view: StageView, qtbot: QtBot, start: QPoint, by: QPoint, button=LEFT, steps: int = 5, wait: int = 0) -> None:
    qtbot.mousePress(view.viewport(), button, pos=start)
    for step in range(1, steps + 1):
        at = QPointF(start + QPoint(by.x() * step // steps, by.y() * step // steps))
        move = QMouseEvent(
            QEvent.Type.MouseMove,
            at,
            view.viewport().mapToGlobal(at),
            Qt.MouseButton.NoButton,
            button,
            Qt.KeyboardModifier.NoModifier,
        )
        QApplication.sendEvent(view.viewport(), move)
        if wait:
            QTest.qWait(wait)
    qtbot.mouseRelease(view.viewport(), button, pos=start + by)


@pytest.fixture
def near(office: StageView, qtbot: QtBot) -> StageView:
    """Zoomed in by two, at rest."""
    still(office, qtbot)
    office.zoom_by(2, QPointF(640, 360))
    return office


# -- wheel and trackpad --------------------------------------------------------------------------------
def test_wheel_notches_zoom_as_the_format_says_and_keep_the_point(office: StageView):
    at, start = QPointF(800, 300), office.zoom_percent
    before = office.stage.to_canvas(office.mapToScene(at.toPoint()))
    for _ in range(5):
        wheel(office, at, angle=120)
    assert office.zoom_percent == pytest.approx(start * 1.1**5)
    after = office.stage.to_canvas(office.mapToScene(at.toPoint()))
    assert (after.x, after.y) == pytest.approx((before.x, before.y), abs=2)
    wheel(office, at, angle=-120)
    assert office.zoom_percent == pytest.approx(start * 1.1**5 * 0.9)


def test_a_trackpad_has_the_feel_of_the_wheel_and_does_not_coast(office: StageView):
    start = office.zoom_percent
    for _ in range(6):
        wheel(office, QPointF(640, 360), angle=20, pixels=10, phase=Qt.ScrollPhase.ScrollUpdate)
    assert office.zoom_percent == pytest.approx(start * 1.1)
    wheel(office, QPointF(640, 360), angle=400, pixels=200, phase=Qt.ScrollPhase.ScrollMomentum)
    assert office.zoom_percent == pytest.approx(start * 1.1)


def test_zoom_stops_at_the_limits_of_the_theme(office: StageView):
    for _ in range(60):
        wheel(office, QPointF(640, 360), angle=120)
    assert office._camera.zoom == pytest.approx(3)
    for _ in range(80):
        wheel(office, QPointF(640, 360), angle=-120)
    assert office._camera.zoom == pytest.approx(0.5)


# -- drag ------------------------------------------------------------------------------------------------
def test_four_pixels_make_a_pan(near: StageView, qtbot: QtBot):
    clicks = []
    near.background_clicked.connect(lambda: clicks.append(1))
    near.agent_clicked.connect(lambda _: clicks.append(1))
    before = origin(near)
    drag(near, qtbot, QPoint(600, 300), QPoint(3, 0), steps=1)
    assert origin(near) == before
    assert len(clicks) == 1
    drag(near, qtbot, QPoint(600, 300), QPoint(-40, 30))
    assert origin(near) - before == QPoint(-40, 30)
    assert len(clicks) == 1


@pytest.mark.parametrize("how", ["middle", "space"])
def test_middle_button_and_space_pan_even_over_agents_in_assign_mode(near: StageView, qtbot: QtBot, how: str):
    near.set_assign_mode(True)
    at, before = near.agent_position("ada"), origin(near)
    if how == "space":
        near.setFocus()
        qtbot.keyPress(near, Qt.Key.Key_Space)
    drag(near, qtbot, at, QPoint(24, 16), button=MIDDLE if how == "middle" else LEFT)
    assert origin(near) - before == QPoint(24, 16)
    if how == "space":
        qtbot.keyRelease(near, Qt.Key.Key_Space)
        assert not near.pointer._is_space_held


def test_arrow_keys_pan(near: StageView, qtbot: QtBot):
    near.setFocus()
    before = origin(near)
    qtbot.keyClick(near, Qt.Key.Key_Right)
    qtbot.keyClick(near, Qt.Key.Key_Down)
    assert origin(near) - before == QPoint(-60, -60)


class SteadyClock:
    """A hand that moves every 8 ms, however busy the machine is."""

    def __init__(self) -> None:
        self._calls = itertools.count(1)

    def nsecsElapsed(self) -> int:
        return next(self._calls) * 8_000_000


def test_a_flick_coasts_and_stops(near: StageView, qtbot: QtBot):
    near.pointer._velocity._clock = SteadyClock()
    drag(near, qtbot, QPoint(700, 400), QPoint(-120, 0), steps=8)
    let_go = origin(near)
    assert near._motion.is_moving
    still(near, qtbot)
    assert origin(near).x() < let_go.x() - 8
    assert not near._motion._timer.isActive()
    assert COAST_MS <= 600


def test_a_rested_pointer_and_reduced_motion_do_not_coast(near: StageView, qtbot: QtBot):
    qtbot.mousePress(near.viewport(), LEFT, pos=QPoint(700, 400))
    near.pointer._velocity.note(5, 5)
    QTest.qWait(120)
    qtbot.mouseRelease(near.viewport(), LEFT, pos=QPoint(700, 400))
    assert not near._motion.is_moving
    near.set_reduced_motion(True)
    drag(near, qtbot, QPoint(700, 400), QPoint(-120, 0), steps=8, wait=8)
    assert not near._motion.is_moving


# -- fingers ---------------------------------------------------------------------------------------------
def fingers(view: StageView, device: QPointingDevice, kind: QEvent.Type, *points: tuple[int, float, float]) -> None:
    """What a touch screen sends, through the window system as far as a test can."""
    sequence = QTest.touchEvent(view.viewport(), device, False)
    for number, x, y in points:
        at = QPoint(round(x), round(y))
        if kind == QEvent.Type.TouchBegin:
            sequence.press(number, at, view.viewport())
        elif kind == QEvent.Type.TouchUpdate:
            sequence.move(number, at, view.viewport())
        else:
            sequence.release(number, at, view.viewport())
    sequence.commit()


@pytest.fixture
def screen() -> QPointingDevice:
    return QTest.createTouchDevice()


def test_a_finger_pans(near: StageView, screen: QPointingDevice):
    before = origin(near)
    fingers(near, screen, QEvent.Type.TouchBegin, (1, 600, 300))
    for step in range(1, 9):
        fingers(near, screen, QEvent.Type.TouchUpdate, (1, 600 - 5 * step, 300 + 3 * step))
    fingers(near, screen, QEvent.Type.TouchEnd, (1, 560, 324))
    near.stop_motion()
    assert origin(near).x() < before.x() - 20
    assert origin(near).y() > before.y() + 10


def test_two_fingers_pinch_and_the_point_between_stays(office: StageView, screen: QPointingDevice):
    start = office.zoom_percent
    middle = QPoint(640, 360)
    before = office.stage.to_canvas(office.mapToScene(middle))
    fingers(office, screen, QEvent.Type.TouchBegin, (1, 590, 360), (2, 690, 360))
    for apart in (60, 75, 100):
        fingers(office, screen, QEvent.Type.TouchUpdate, (1, 640 - apart, 360), (2, 640 + apart, 360))
    fingers(office, screen, QEvent.Type.TouchEnd, (1, 540, 360), (2, 740, 360))
    assert office.zoom_percent == pytest.approx(2 * start, rel=0.01)
    after = office.stage.to_canvas(office.mapToScene(middle))
    assert (after.x, after.y) == pytest.approx((before.x, before.y), abs=2)


def themed(view: StageView, qtbot: QtBot, folder: Path, change: Callable[[dict], None]) -> None:
    document = json.loads((folder / "theme.json").read_text())
    change(document)
    (folder / "theme.json").write_text(json.dumps(document))
    with qtbot.waitSignal(view.theme_shown, timeout=8000):
        view.set_theme(load_theme(folder))
        view.show()
    still(view, qtbot)


def viewport_of(document: dict) -> dict:
    return document.setdefault("viewport", {"minZoom": 0.5, "maxZoom": 3, "defaultZoom": 1, "panBounds": True})


def test_pinching_can_be_forbidden_by_the_theme(view: StageView, qtbot: QtBot, folder: Path, screen: QPointingDevice):
    themed(view, qtbot, folder,
           lambda d: viewport_of(d).update(mobile={"defaultZoom": 1, "pinchToZoom": False}))  # fmt: skip
    start = view.zoom_percent
    fingers(view, screen, QEvent.Type.TouchBegin, (1, 590, 360), (2, 690, 360))
    fingers(view, screen, QEvent.Type.TouchUpdate, (1, 540, 360), (2, 740, 360))
    fingers(view, screen, QEvent.Type.TouchEnd, (1, 540, 360), (2, 740, 360))
    assert view.zoom_percent == start
    trackpad_pinch(view, 0.5)
    assert view.zoom_percent == start


def trackpad_pinch(view: StageView, by: float) -> None:
    at = QPointF(640, 360)
    everywhere = view.viewport().mapToGlobal(at)
    device = QPointingDevice.primaryPointingDevice()
    kind = Qt.NativeGestureType.ZoomNativeGesture
    event = QNativeGestureEvent(kind, device, 2, at, at, everywhere, by, QPointF())
    QApplication.sendEvent(view.viewport(), event)


def test_a_trackpad_pinch_zooms(office: StageView):
    start = office.zoom_percent
    trackpad_pinch(office, 0.2)
    assert office.zoom_percent == pytest.approx(start * 1.2)


def tap(view: StageView, screen: QPointingDevice, x: float, y: float) -> None:
    fingers(view, screen, QEvent.Type.TouchBegin, (1, x, y))
    fingers(view, screen, QEvent.Type.TouchEnd, (1, x, y))


def test_taps_choose_and_double_taps_zoom_there_and_back(office: StageView, qtbot: QtBot, screen: QPointingDevice):
    at = office.agent_position("ada")
    with qtbot.waitSignal(office.agent_clicked) as clicked:
        tap(office, screen, at.x(), at.y())
    assert clicked.args == ["ada"]
    QTest.qWait(350)
    fitted = office.zoom_percent
    for expected in (2.0, None):  # cozy-loft's doubleTapZoom, then back
        tap(office, screen, 30, 30)
        tap(office, screen, 30, 30)
        still(office, qtbot)
        assert (office._camera.zoom if expected else office.zoom_percent) == pytest.approx(expected or fitted)
        QTest.qWait(350)


# -- going somewhere -------------------------------------------------------------------------------------
def test_a_double_click_looks_at_the_zone_and_back(office: StageView, qtbot: QtBot):
    zone = next(z for z in office.stage.assets.theme.zones if z.type == "meeting")
    fitted = office.zoom_percent
    at = office.mapFromScene(office.stage.to_scene(Point(zone.bounds.x + 12, zone.bounds.y + 12)))
    assert office.agent_at(QPointF(at)) is None
    qtbot.mouseDClick(office.viewport(), LEFT, pos=at)
    assert office._motion.is_moving
    still(office, qtbot)
    part = office.seen_part
    assert part.x <= zone.bounds.x + 1
    assert part.x + part.width >= zone.bounds.x + zone.bounds.width - 1
    assert office.zoom_percent > fitted * 1.1
    again = office.mapFromScene(office.stage.to_scene(Point(zone.bounds.x + 12, zone.bounds.y + 12)))
    qtbot.mouseDClick(office.viewport(), LEFT, pos=again)
    still(office, qtbot)
    assert office.zoom_percent == pytest.approx(fitted)


def test_commands_ease_within_their_time_and_at_once_without_motion(office: StageView, qtbot: QtBot):
    still(office, qtbot)
    start = office._camera.scale
    office.zoom_in()
    assert office._camera.scale == start
    QTest.qWait(round(GLIDE_MS * 0.4))
    assert start < office._camera.scale <= office.zoom_percent / 100
    still(office, qtbot)
    assert office._camera.scale == pytest.approx(start * 1.21)
    office.set_reduced_motion(True)
    office.zoom_out()
    assert not office._motion.is_moving
    assert office._camera.scale == pytest.approx(start)


def test_following_keeps_the_agent_in_the_middle_until_a_pan_or_escape(office: StageView, qtbot: QtBot, agent):
    heard: list[str] = []
    office.followed_changed.connect(heard.append)
    office.follow("ada")
    still(office, qtbot)
    middle = QPoint(office.viewport().width() // 2, office.viewport().height() // 2)
    assert (office.agent_position("ada") - middle).manhattanLength() < 220  # the edge of the room may hold it back
    at = office.model.figure("ada").at
    office.update_agents([agent("ada", "idle")], [])
    qtbot.waitUntil(lambda: office.model.figure("ada").at != at, timeout=8000)
    qtbot.waitUntil(lambda: not office.model.figure("ada").walking, timeout=20_000)
    still(office, qtbot)
    seen, figure = office.seen_part, office.model.figure("ada").at
    assert seen.x < figure.x < seen.x + seen.width
    drag(office, qtbot, QPoint(600, 300), QPoint(-20, 0))
    assert heard == ["ada", ""]
    office.follow("ada")
    office.setFocus()
    qtbot.keyClick(office, Qt.Key.Key_Escape)
    assert heard == ["ada", "", "ada", ""]
    assert office.followed is None


def test_three_fits(office: StageView, qtbot: QtBot):
    office.resize(900, 720)
    content = office.stage.assets.content
    view = office.viewport().size()
    ratios = view.width() / content.width, view.height() / content.height
    assert office.zoom_percent == pytest.approx(100 * min(ratios))
    with qtbot.waitSignal(office.fit_changed) as changed:
        qtbot.keyClick(office, Qt.Key.Key_0)
    still(office, qtbot)
    assert changed.args == [FitMode.COVER]
    assert office.zoom_percent == pytest.approx(100 * max(ratios))
    qtbot.keyClick(office, Qt.Key.Key_1)
    still(office, qtbot)
    assert office.fit_mode is FitMode.ACTUAL
    assert office.zoom_percent == pytest.approx(100)
    qtbot.keyClick(office, Qt.Key.Key_0)
    still(office, qtbot)
    assert office.fit_mode is FitMode.CONTAIN
    assert office.zoom_percent == pytest.approx(100 * min(ratios))


# -- limits ----------------------------------------------------------------------------------------------
def test_pan_bounds(view: StageView, qtbot: QtBot, folder: Path):
    themed(view, qtbot, folder, lambda d: viewport_of(d).update(panBounds=True))
    view.zoom_by(2)
    view.pan_by(5000, 5000)
    assert origin(view) == QPoint(0, 0)
    themed(view, qtbot, folder, lambda d: viewport_of(d).update(panBounds=False))
    view.zoom_by(2)
    view.pan_by(5000, 5000)
    assert origin(view) == QPoint(view.viewport().width() // 2, view.viewport().height() // 2)


def test_the_default_zoom_of_the_theme(view: StageView, qtbot: QtBot, folder: Path):
    themed(view, qtbot, folder, lambda d: viewport_of(d).update(defaultZoom=1.5))
    assert view._camera.zoom == pytest.approx(1.5)
    view.resize(900, 500)
    assert view._camera.zoom == pytest.approx(1.5)
    view.fit()
    still(view, qtbot)
    assert view._camera.zoom == pytest.approx(1.0)


def test_the_zoom_for_narrow_views_counts_when_the_view_is_filled(view: StageView, qtbot: QtBot, folder: Path):
    view.set_fit_mode(FitMode.COVER)
    view.resize(600, 700)
    themed(view, qtbot, folder,
           lambda d: viewport_of(d).update(mobile={"defaultZoom": 0.6, "pinchToZoom": True}))  # fmt: skip
    assert view._camera.zoom == pytest.approx(0.6)
    view.resize(800, 700)
    assert view._camera.zoom == pytest.approx(1.0)


# -- rest ------------------------------------------------------------------------------------------------
def test_nothing_runs_when_nothing_moves(office: StageView, qtbot: QtBot):
    office.update_agents([], ["ada", "ben", "cleo", "guest"])
    office.set_bindings([])
    office.set_reduced_motion(True)
    qtbot.waitUntil(lambda: not office.model.figures, timeout=8000)
    office.zoom_in()
    QTest.qWait(700)
    timers = [office._timer, office._settle, office.progress.slow, office._motion._timer, office._fade._timer]
    assert not any(timer.isActive() for timer in timers)
    painted = []
    office.viewport().installEventFilter(office)
    original = office.viewportEvent
    office.viewportEvent = lambda event: (painted.append(event.type()), original(event))[1]  # type: ignore[method-assign]
    QTest.qWait(300)
    assert QEvent.Type.Paint not in painted
