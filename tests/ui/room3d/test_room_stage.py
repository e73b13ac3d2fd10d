"""A room on screen: agents walk to the right places, can be pointed at, and nothing is drawn that nobody needs."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QHelpEvent, QImage, QKeyEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QGraphicsPathItem, QToolTip
from pytestqt.qtbot import QtBot

from office_studio.core.office.model import AgentStatus
from office_studio.core.room3d.placement import to_world
from office_studio.core.room3d.places import RING
from office_studio.core.theme.model import Canvas
from office_studio.services.theme_loader import LoadedTheme, load_theme
from office_studio.ui.render.jar_layer import Jar, Move, MoveKind, Sign, SignKind, Thread
from office_studio.ui.room3d.room_view import RoomStage
from tests.ui.room3d.rooms import bound, person, write_room

pytestmark = pytest.mark.gl

SIZE = (480, 300)
PEOPLE = 12
SLOW_MS = 60_000  # a software renderer on a busy machine


@pytest.fixture(scope="module")
def box_room(tmp_path_factory: pytest.TempPathFactory) -> LoadedTheme:
    return load_theme(write_room(tmp_path_factory.mktemp("room") / "box-room"))


@pytest.fixture(scope="module")
def shared_stage(display: str, qapp: QApplication, box_room: LoadedTheme) -> Iterator[RoomStage]:
    stage = RoomStage()
    stage.resize(*SIZE)
    stage.show()
    stage.set_theme(box_room)
    yield stage
    stage.close_stage()
    stage.deleteLater()
    QApplication.processEvents()


@pytest.fixture
def stage(shared_stage: RoomStage, box_room: LoadedTheme, qtbot: QtBot) -> RoomStage:
    """Twelve people at work, each on its place, drawn."""
    made = shared_stage
    if made._wanted is not box_room:  # a test before this one left another room
        made.set_theme(box_room)
    made.set_reduced_motion(True)
    made.fit()
    made.set_bindings(bound(PEOPLE))
    made.set_agents([person(number, AgentStatus.WORKING) for number in range(PEOPLE)])
    made.select(None)
    made.set_assign_mode(False)
    made.set_stale(False)
    qtbot.waitUntil(lambda: len(made.stage.figures) == PEOPLE and not made._awaits_first, timeout=SLOW_MS)
    qtbot.waitUntil(lambda: {body.figure.place for body in made.stage.figures.values()} == {"desk"}, timeout=SLOW_MS)
    settle(made, qtbot)
    return made


def settle(stage: RoomStage, qtbot: QtBot) -> None:
    """Until nothing is under way and nothing is due."""
    qtbot.waitUntil(lambda: not stage.engine.is_busy and not stage._timer.isActive(), timeout=SLOW_MS)


def picture(stage: RoomStage) -> QImage:
    assert stage._picture is not None
    return stage._picture.copy()


def differing(a: QImage, b: QImage, around: QPointF, half: int = 6) -> int:
    """Pixels that differ in a square."""
    xs = range(max(0, int(around.x()) - half), min(a.width(), int(around.x()) + half))
    ys = range(max(0, int(around.y()) - half), min(a.height(), int(around.y()) + half))
    return sum(a.pixel(x, y) != b.pixel(x, y) for x in xs for y in ys)


def test_what_apps_hold_stands_beside_people_and_moves_with_the_camera(stage: RoomStage, qtbot: QtBot) -> None:
    def is_beside() -> bool:
        rect = stage.stage.jars.shown["a"]
        left, top, right, bottom = stage.stage.figures["agent-03"].body_box()
        around = QRectF(left, top, right - left, bottom - top).adjusted(-8, 0, 8, 8)
        return around.intersects(rect) and not any(rect.intersects(name) for name in stage.stage.labels.rects())

    safe = Sign("safe", "", SignKind.SAFE, "12.25", "Wallet: 12.25 available")
    stage.set_jars([Jar("a", "agent-03", 0.5, "1/2"), Jar("b", "", 1.0, "0/3"), safe])
    stage.set_threads([Thread("t", ("agent-03", "agent-05"), "Both work on the same thing")])
    before, jar = stage.engine.asked, stage.stage.jars.shown["a"]
    assert is_beside()
    settle(stage, qtbot)
    assert stage.engine.asked == before  # it lies over the picture: the room is not drawn for it
    moves = [Move(MoveKind.SIP, "a"), Move(MoveKind.BACK, "a")]
    stage.play_moves(moves)
    assert not stage.stage.jars.coins.is_flying  # nothing is to move here
    stage.set_reduced_motion(False)
    stage.play_moves(moves)
    assert stage.stage.jars.coins.is_flying
    stage.set_reduced_motion(True)
    qtbot.waitUntil(lambda: not stage.stage.jars.coins.is_flying, timeout=SLOW_MS)
    stage.zoom_in()
    qtbot.waitUntil(lambda: stage.stage.jars.shown["a"] != jar, timeout=SLOW_MS)
    settle(stage, qtbot)
    qtbot.waitUntil(lambda: not stage.stage.labels.is_stale, timeout=SLOW_MS)
    assert is_beside()
    assert set(stage.stage.jars.threads.shown) == {"t"}
    with qtbot.waitSignal(stage.mark_clicked) as clicked:
        at = stage.mapFromScene(stage.stage.jars.shown["safe"].center())
        qtbot.mouseClick(stage.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert clicked.args == ["safe"]
    stage.set_threads([])
    stage.set_jars_visible(False)
    assert not stage.stage.jars.shown
    stage.set_jars_visible(True)
    stage.set_jars([])


def test_statuses_send_twelve_agents_to_their_places_with_the_right_clips(stage: RoomStage, qtbot: QtBot) -> None:
    wanted = {
        AgentStatus.WORKING: ("desk", {"idle"}),
        AgentStatus.BLOCKED: ("desk", {"idle"}),
        AgentStatus.COLLABORATING: ("playground", {"idle"}),
        AgentStatus.IDLE: ("playground", {"dance", "swing", "crunch", "pushup", "pushup_to_idle"}),
    }
    before = picture(stage)
    stage.set_reduced_motion(False)
    statuses = [list(wanted)[number % 4] for number in range(PEOPLE)]
    stage.update_agents([person(number, status) for number, status in enumerate(statuses)])
    qtbot.waitUntil(lambda: any(body.figure.walking for body in stage.stage.figures.values()), timeout=SLOW_MS)
    walking = [figure for figure in stage.cast.figures.values() if figure.walking]
    assert {figure.doing for figure in walking} == {"walk"}
    assert len(walking) == PEOPLE / 2  # the others are where they belong
    qtbot.waitUntil(lambda: not any(body.figure.walking for body in stage.stage.figures.values()), timeout=SLOW_MS)
    assert stage._setup is not None
    assert stage._setup.room.character is not None
    positions = stage._setup.room.character.positions
    for number, status in enumerate(statuses):
        figure = stage.cast.figures[f"agent-{number:02}"]
        place, doings = wanted[status]
        x, _, z = positions[place]
        assert (figure.status, figure.place) == (status, place)
        assert math.dist(figure.position, (x, 0, z)) == pytest.approx(RING)
        assert figure.doing in doings
        seen = stage.camera.project(figure.position)
        foot = stage.stage.figures[figure.agent_id].foot
        assert math.dist((foot.x(), foot.y()), (seen.x, seen.y)) < 1
    stage.set_reduced_motion(True)
    settle(stage, qtbot)
    after = picture(stage)
    moved = stage.stage.figures["agent-02"]  # from the desk to the playground
    assert differing(before, after, moved.chest()) > 20
    assert differing(before, after, QPointF(4, 4)) == 0


def test_labels_and_lines_are_over_their_figures(stage: RoomStage, qtbot: QtBot) -> None:
    stage.update_agents(
        [
            person(0, AgentStatus.COLLABORATING, collaborating_with=("agent-01",)),
            person(1, AgentStatus.COLLABORATING),
            person(2, AgentStatus.BLOCKED),
        ]
    )
    stage.select("agent-02")
    qtbot.waitUntil(lambda: stage.stage.labels.bubble_rect_of("agent-02") is not None, timeout=SLOW_MS)
    qtbot.waitUntil(lambda: stage.stage.links.pairs() == {("agent-00", "agent-01")}, timeout=SLOW_MS)
    body = stage.stage.figures["agent-02"]
    pill = stage.stage.labels.rect_of("agent-02")
    assert pill is not None
    assert abs(pill.center().x() - body.head().x()) < 60
    assert pill.bottom() <= body.foot.y()
    assert pill.height() >= 14  # readable, however small the figure


def test_pointing_finds_agents(stage: RoomStage, qtbot: QtBot) -> None:
    clicked: list[str] = []
    stage.agent_clicked.connect(clicked.append)
    stage.agent_activated.connect(lambda agent_id: clicked.append(f"open {agent_id}"))
    stage.background_clicked.connect(lambda: clicked.append("nothing"))
    nearest = min(stage.stage.figures.values(), key=lambda body: body.figure.depth)
    at = nearest.hit_rect().center().toPoint()
    QTest.mouseClick(stage.viewport(), Qt.MouseButton.LeftButton, pos=at)
    QTest.mouseMove(stage.viewport(), at)
    assert clicked == [stage.agent_at(QPointF(at))]
    assert stage.viewport().cursor().shape() == Qt.CursorShape.PointingHandCursor
    QTest.mouseClick(stage.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(SIZE[0] - 6, 6))
    assert clicked[1:] == ["nothing"]
    stage.stage.set_left_out(3)
    count = stage.stage.sceneRect().bottomLeft().toPoint() + QPoint(24, -24)
    help_event = QHelpEvent(QEvent.Type.ToolTip, count, stage.viewport().mapToGlobal(count))
    QApplication.sendEvent(stage.viewport(), help_event)
    assert QToolTip.text() == "3 more agents have no place in this room"
    QToolTip.hideText()
    stage.stage.set_left_out(0)
    stage.agent_clicked.disconnect()
    stage.agent_activated.disconnect()
    stage.background_clicked.disconnect()


def test_looking_around(stage: RoomStage, qtbot: QtBot) -> None:
    home, asked = stage.camera, stage.engine.asked
    at = QPointF(300, 120)
    before = stage.to_floor(at)
    wheel = QWheelEvent(at, stage.viewport().mapToGlobal(at), QPoint(), QPoint(0, 240), Qt.MouseButton.NoButton,
                        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False)  # fmt: skip
    QApplication.sendEvent(stage.viewport(), wheel)
    assert stage.zoom > 1.1
    assert stage.to_floor(at) == pytest.approx(before, abs=1e-6)
    stage.pan_by(30, -10)
    qtbot.waitUntil(lambda: stage.engine.asked > asked, timeout=SLOW_MS)
    settle(stage, qtbot)
    body = stage.stage.figures["agent-00"]  # moved along with the picture
    seen = stage.camera.project(stage.cast.figures["agent-00"].position)
    assert (body.foot.x(), body.foot.y()) == pytest.approx((seen.x, seen.y), abs=0.01)
    stage.setFocus()
    QTest.keyClick(stage, Qt.Key.Key_0)
    assert stage.camera == home
    stage.follow("agent-03")
    target = stage.camera.project(stage._agent_point("agent-03"))  # type: ignore[arg-type]
    assert abs(target.x - SIZE[0] / 2) < SIZE[0] / 4
    QTest.keyClick(stage, Qt.Key.Key_Escape)
    assert stage.followed is None
    settle(stage, qtbot)


def test_commands_ease_as_on_flat_stages_and_a_hand_ends_it(stage: RoomStage, qtbot: QtBot) -> None:
    told: list[float] = []
    stage.zoom_changed.connect(told.append)
    stage.set_reduced_motion(False)
    stage.zoom_in()
    assert stage._motion.is_moving
    assert told == [pytest.approx(121)]  # where it will be
    assert stage.zoom == pytest.approx(1)
    qtbot.waitUntil(lambda: not stage._motion.is_moving, timeout=SLOW_MS)
    assert (stage.zoom, len(told)) == (pytest.approx(1.21), 1)
    stage.coast((2.0, 0.0))
    assert stage._motion.is_moving
    stage.zoom_by(1.1)
    assert not stage._motion.is_moving
    stage.follow("agent-03")
    stage.zoom_out()
    stage.pan_by(3, 0)  # halfway: what was told is mended
    assert (stage.followed, told[-1]) == (None, pytest.approx(stage.zoom_percent))
    stage.toggle_zoom(99, QPointF(200, 100))  # as near as the theme allows, and back
    qtbot.waitUntil(lambda: not stage._motion.is_moving, timeout=SLOW_MS)
    assert stage.camera.zoom == pytest.approx(stage.camera.limits[1])
    stage.toggle_zoom(99, QPointF(200, 100))
    qtbot.waitUntil(lambda: not stage._motion.is_moving, timeout=SLOW_MS)
    assert stage.camera.is_home
    stage.zoom_changed.disconnect()


def test_an_idle_room_asks_for_nothing(stage: RoomStage, qtbot: QtBot) -> None:
    asked = stage.engine.asked
    qtbot.wait(400)
    assert (stage.engine.asked, stage._timer.isActive()) == (asked, False)
    stage.update_agents([person(5, AgentStatus.WORKING, session_duration_ms=99)])  # nothing that is seen
    qtbot.wait(100)
    assert stage.engine.asked == asked
    stage.set_reduced_motion(False)
    qtbot.waitUntil(lambda: stage.engine.asked > asked, timeout=SLOW_MS)  # clips play
    stage.hide()
    qtbot.waitUntil(lambda: not stage.engine.is_busy, timeout=SLOW_MS)
    asked = stage.engine.asked
    qtbot.wait(300)
    assert stage.engine.asked == asked
    stage.show()
    qtbot.waitUntil(lambda: stage.engine.asked > asked, timeout=SLOW_MS)


def test_digits_play_clips_on_the_chosen_agent_and_mean_what_they_meant_without_one(
    stage: RoomStage, qtbot: QtBot
) -> None:
    def doing(key: str) -> bool:
        return stage.cast.figures["agent-03"].doing == key

    stage.zoom_in()
    assert stage.zoom > 1
    assert not any(takes(stage, key) for key in (Qt.Key.Key_0, Qt.Key.Key_3))  # nobody is chosen
    for key in (Qt.Key.Key_0, Qt.Key.Key_3):
        QTest.keyClick(stage, key)
    assert stage.zoom == 1
    assert stage.why_no_clip(3) == "Select an agent first"
    stage.set_reduced_motion(False)
    stage.select("agent-03")
    for key, wanted in ((Qt.Key.Key_3, "dance"), (Qt.Key.Key_2, "sleeping"), (Qt.Key.Key_0, "idle")):
        assert takes(stage, key)  # before an action of the window does
        QTest.keyClick(stage, key)
        qtbot.waitUntil(lambda wanted=wanted: doing(wanted), timeout=SLOW_MS)
    figure = stage.cast.figures["agent-03"]
    assert (figure.status, figure.place, figure.walking) == (AgentStatus.WORKING, "desk", False)
    assert {each.doing for name, each in stage.cast.figures.items() if name != "agent-03"} == {"idle"}
    assert not takes(stage, Qt.Key.Key_4)
    assert stage.why_no_clip(4) == "The character has no clip for run"
    assert not stage.play_digit(4)
    assert stage.help_for("agent-03") == "Keys: 0 idle, 1 walk, 2 sleep, 3 dance, 5 swing, 6 crunch, 8 pushup"
    assert stage.help_for("agent-04") == ""
    stage.set_reduced_motion(True)
    assert not takes(stage, Qt.Key.Key_0)  # nobody moves: it means what it meant


def takes(stage: RoomStage, key: Qt.Key) -> bool:
    """Whether the stage wants a key for itself that is also that of an action."""
    event = QKeyEvent(QEvent.Type.ShortcutOverride, key, Qt.KeyboardModifier.NoModifier)
    event.ignore()
    QApplication.sendEvent(stage, event)
    return event.isAccepted()


def test_old_news_stand_still(stage: RoomStage, qtbot: QtBot) -> None:
    stage.set_reduced_motion(False)
    stage.set_stale(True)
    settle(stage, qtbot)
    assert stage.stage.is_stale
    asked = stage.engine.asked
    qtbot.wait(300)
    assert stage.engine.asked == asked


def test_places_of_slots(stage: RoomStage, qtbot: QtBot) -> None:
    stage.set_assign_mode(True)
    assert stage.slot_count == PEOPLE
    points = [stage.slot_point(slot) for slot in range(PEOPLE)]
    assert len({(at.x(), at.y()) for at in points if at is not None}) == PEOPLE
    at = points[4]
    assert at is not None
    found = stage.slot_at(at)
    assert found is not None
    there = stage.slot_point(found)
    assert there is not None
    assert (there - at).manhattanLength() < 12  # seats of one ring lie close together
    assert stage.seat_label(4) == "Place 5"


def test_another_size_is_fitted_anew(stage: RoomStage, qtbot: QtBot) -> None:
    stage.resize(380, 420)
    qtbot.waitUntil(lambda: stage._picture is not None and stage._picture.width() == 380, timeout=SLOW_MS)
    assert stage._setup is not None
    assert stage._setup.box is not None
    for corner in stage._setup.box.corners:
        seen = stage.camera.project(corner)
        assert 0 < seen.x < 380
        assert 0 < seen.y < 420
    stage.resize(*SIZE)
    qtbot.waitUntil(lambda: stage._picture is not None and stage._picture.width() == SIZE[0], timeout=SLOW_MS)


def test_a_broken_room_is_told_and_its_people_are_still_there(stage: RoomStage, qtbot: QtBot, tmp_path: Path) -> None:
    folder = write_room(tmp_path / "broken")
    (folder / "room.glb").write_bytes(b"glTF nonsense")
    before = stage._wanted
    with qtbot.waitSignal(stage.theme_shown, timeout=SLOW_MS) as shown:
        stage.set_theme(load_theme(folder))
    findings = shown.args[1]
    assert [finding.file for finding in findings] == ["room.glb"]
    assert findings[0].message
    qtbot.waitUntil(lambda: len(stage.stage.figures) == PEOPLE, timeout=SLOW_MS)
    with qtbot.waitSignal(stage.theme_shown, timeout=SLOW_MS):
        stage.set_theme(before)


def test_a_resting_pointer_tells_of_the_zone_of_a_flat_plan_and_outlines_it(
    stage: RoomStage, qtbot: QtBot, tmp_path: Path
) -> None:
    """Dialect 3a; a room of dialect 3b has no zones, whatever its manifest lists."""
    seats = [{"id": f"seat-{n}", "x": 500 + 60 * n, "y": 300, "direction": "down"} for n in range(2)]
    bounds = {"x": 400, "y": 200, "width": 400, "height": 300}
    zones = [{"id": "work", "name": "Work", "type": "work", "bounds": bounds, "capacity": 2, "seats": seats}]
    zones.append({"id": "corner", "name": "Corner", "type": "custom", "capacity": 1, "seats": []}
                 | {"bounds": {"x": 700, "y": 400, "width": 80, "height": 80}})  # fmt: skip
    plan = load_theme(write_room(tmp_path / "plan", room=None, zones=zones, canvas={"width": 1280, "height": 720}))
    assert stage.stage.zones.zone_at(QPointF(SIZE[0] / 2, SIZE[1] / 2)) is None
    stage.set_agents([person(number, AgentStatus.WORKING) for number in range(2)])
    with qtbot.waitSignal(stage.theme_shown, timeout=SLOW_MS):
        stage.set_theme(plan)
    qtbot.waitUntil(lambda: [b.figure.zone_id for b in stage.stage.figures.values()] == ["work"] * 2, timeout=SLOW_MS)
    settle(stage, qtbot)
    zones = stage.stage.zones
    assert _tip_at(stage, 420, 480) == "Work · 2 of 2\nAgent 0, Agent 1"
    assert zones.hovered == "work"
    (outline,) = _outlines(stage)
    left = outline.sceneBoundingRect().left()
    stage.pan_by(7, 0)  # the line moves with the picture, when that is there
    qtbot.waitUntil(lambda: abs(outline.sceneBoundingRect().left() - left - 7) < 1.5, timeout=SLOW_MS)
    settle(stage, qtbot)
    assert _tip_at(stage, 740, 440) == "Corner · 0 of 1"  # the smaller one of two that lie there
    assert zones.hovered == "corner"
    QTest.mouseMove(stage.viewport(), QPoint(SIZE[0] - 3, SIZE[1] - 3))
    assert zones.hovered is None
    assert _outlines(stage) == []
    QToolTip.hideText()


def _tip_at(stage: RoomStage, x: float, y: float) -> str:
    """What the pointer is told that rests over a point of the canvas."""
    seen = stage.camera.project(to_world(x, y, Canvas(1280, 720)))
    at = QPoint(round(seen.x), round(seen.y))
    event = QHelpEvent(QEvent.Type.ToolTip, at, stage.viewport().mapToGlobal(at))
    QApplication.sendEvent(stage.viewport(), event)
    return QToolTip.text()


def _outlines(stage: RoomStage) -> list[QGraphicsPathItem]:
    floor = stage.stage.order.zones
    return [item for item in stage.stage.items() if isinstance(item, QGraphicsPathItem) and item.zValue() == floor]


def test_without_graphics_the_preview_is_shown_and_why(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    blind = RoomStage()
    qtbot.addWidget(blind)
    blind.resize(*SIZE)
    blind.show()
    failures: list[str] = []
    blind.theme_failed.connect(failures.append)
    with qtbot.waitSignal(blind.room_shown, timeout=SLOW_MS):
        blind.set_theme(load_theme(write_room(tmp_path / "room")))
    qtbot.waitUntil(lambda: bool(failures), timeout=SLOW_MS)
    assert "3D" in failures[0]
    still = picture(blind)
    assert (still.width(), still.height()) == SIZE
    assert len({still.pixel(x, y) for x in range(0, SIZE[0], 16) for y in range(0, SIZE[1], 16)}) > 4  # the preview
    blind.close_stage()
