"""Jars, signs, threads and coins over flat stages and over rooms: places, looks, clicks, what moves and when."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from office_studio.core.office.live import LiveAgent
from office_studio.core.office.model import Agent, AgentStatus
from office_studio.ui.render.jar_layer import MOST_AT_ONE, Jar, Move, MoveKind, Sign, SignKind
from office_studio.ui.render.jar_looks import paint_thing, thing_size
from office_studio.ui.render.jar_spots import beside, best, up_from
from office_studio.ui.render.stage_view import StageView
from office_studio.ui.render.thread_layer import Thread
from office_studio.ui.room3d.overlay import RoomOverlay, Seen


def test_jars_keep_beside_their_figure_at_every_zoom(office: StageView) -> None:
    office.set_jars([Jar("a", "ada", 0.5, "1/2"), Jar("b", "", 1.0, "0/3"), Jar("c", "nobody", 1.0, "0/9")])
    stage = office.stage
    for _ in range(3):
        rect = stage.jars.shown["a"]
        assert rect.size().toSize() == thing_size("1/2").toSize()
        assert 0 <= rect.left() - stage.figures["ada"].body_box()[2] < 8
        assert stage.jars.shown["b"].intersects(stage.labels.view)
        office.zoom_in()
    assert stage.jars.shown["c"].left() > stage.jars.shown["b"].right()  # side by side in the corner
    office.set_jars([])
    assert not stage.jars.shown


def test_more_than_three_at_one_figure_are_told_by_the_last(office: StageView) -> None:
    jars = [Jar(str(n), "ben", 0.5, "1/2", f"tip {n}") for n in range(MOST_AT_ONE + 2)]
    office.set_jars(jars)
    shown = office.stage.jars.shown
    assert set(shown) == {"0", "1", "2"}
    lefts = [shown[name].left() for name in "012"]
    assert lefts == sorted(lefts)
    assert office.stage.jars.tip_at(shown["0"].center()) == "tip 0"
    assert office.stage.jars.tip_at(shown["2"].center()) == "tip 2\n\ntip 3\n\ntip 4"


def test_the_level_can_be_seen() -> None:
    def coins(level: float) -> int:
        image = paint_thing(Jar("a", "", level, "1/2"), "1/2", 2.0).toImage()
        gold = QColor("#f4be4f")
        return sum(
            abs(image.pixelColor(x, y).red() - gold.red()) < 12
            and abs(image.pixelColor(x, y).blue() - gold.blue()) < 30
            for x in range(44)
            for y in range(52)
        )

    assert coins(0.0) == 0
    assert 0 < coins(0.3) < coins(0.6) < coins(1.0)


def test_over_a_room_they_follow_the_camera() -> None:
    room = RoomOverlay()
    room.set_view(640, 360, 1.0)
    room.agents = {"ada": LiveAgent(Agent("ada", "Ada", AgentStatus.WORKING), AgentStatus.WORKING, 0)}
    room.jars.show([Jar("a", "ada", 0.5, "1/2"), Jar("b", "", 1.0, "0/3")])

    def seen(x: float) -> Seen:
        return Seen("ada", "Ada", AgentStatus.WORKING, QPointF(x, 200), 80.0, 30.0, 1.0)

    room.show_seen([seen(100)])
    at = room.jars.shown["a"]
    room.show_seen([seen(180)])
    assert room.jars.shown["a"].topLeft() - at.topLeft() == QPointF(80, 0)
    corner = room.jars.shown["b"]
    assert corner.left() == 14
    assert corner.bottom() < 360
    room.set_view(640, 480, 1.0)
    assert room.jars.shown["b"].bottom() - corner.bottom() == 120
    room.show_seen([])
    assert room.jars.shown["a"].bottom() == room.jars.shown["b"].bottom()  # in the corner, for its figure is gone


# -- signs -----------------------------------------------------------------------------------------
SAFE = Sign("safe", "", SignKind.SAFE, "12.25", "Wallet: 12.25 available\nClick for the wallet")


def test_signs_stand_before_jars_and_are_looked_at_apart(office: StageView) -> None:
    lamp = Sign("lamp", "ada", SignKind.LAMP, "42 min", "Film Desk has charged as often as it may", "Film Desk")
    office.set_jars([Jar("a", "ada", 0.5, "1/2", "Film Desk holds 2"), lamp, SAFE])
    shown = office.stage.jars.shown
    assert shown["lamp"].right() < shown["a"].left()
    assert shown["lamp"].bottom() == shown["a"].bottom()
    assert not shown["safe"].intersects(shown["lamp"])
    assert office.stage.jars.tip_at(shown["lamp"].center()).startswith("Film Desk has charged")
    description = office.accessibleDescription()
    assert description.split("; ")[0] == "Film Desk holds 2"
    assert "Wallet: 12.25 available" in description
    pictures = [
        paint_thing(Sign("s", "", kind, "1", is_old=is_old), "1", 1.0).toImage()
        for kind in SignKind
        for is_old in (False, True)
    ]
    pictures += [paint_thing(Jar("j", "", 1.0, "1", is_old=is_old), "1", 1.0).toImage() for is_old in (False, True)]
    assert all(one != other for n, one in enumerate(pictures) for other in pictures[:n])


def test_they_cover_no_name_badge_or_bubble(office: StageView) -> None:
    ids = list(office.stage.figures)
    office.set_jars([SAFE, *(Jar(f"j{n}", agent_id, 1.0, "0/2") for n, agent_id in enumerate(ids))])
    for _ in range(4):
        office.stage.labels.relayout()
        names = office.stage.labels.rects()
        assert names
        for rect in office.stage.jars.shown.values():
            assert not any(rect.intersects(name) for name in names)
        office.zoom_by(1.3)


def test_a_row_takes_the_place_that_covers_least_and_stays_there() -> None:
    size, body, view = QSizeF(60, 26), (100.0, 100.0, 140.0, 200.0), QRectF(0, 0, 400, 300)
    spots = beside(body, 200.0, size)
    assert best(spots, [], view, None) == 0
    name = (QRectF(144, 180, 40, 16), 1.0)
    assert best(spots, [name], view, None) == 1
    assert best(spots, [], view, 1) == 1  # as good as any: it does not jump back
    assert best(spots, [name, (QRectF(30, 170, 70, 30), 1.0)], view, None) == 2
    at_the_edge = beside((340.0, 100.0, 396.0, 200.0), 200.0, size)
    assert best(at_the_edge, [], view, None) == 1
    assert best(up_from(QPointF(14, 280), size), [(QRectF(0, 240, 100, 60), 1.0)], view, None) == 2
    assert best(spots, [], QRectF(), None) == 0  # nothing is known of the view


# -- clicks ----------------------------------------------------------------------------------------
def _click(view: StageView, qtbot: QtBot, at: QPointF) -> None:
    spot: QPoint = view.mapFromScene(at)
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=spot)


def test_a_click_on_a_mark_is_no_click_on_an_agent(office: StageView, qtbot: QtBot) -> None:
    marks: list[str] = []
    others: list[object] = []
    office.mark_clicked.connect(marks.append)
    office.agent_clicked.connect(others.append)
    office.background_clicked.connect(lambda: others.append(None))
    office.set_jars([Jar("a", "ada", 0.5, "1/2"), SAFE])
    office.set_threads([Thread("tracer:x", ("ada", "ben"), "Ada and Ben work on the same thing")])
    for name in ("a", "safe"):
        _click(office, qtbot, office.stage.jars.shown[name].center())
    assert (marks, others) == (["a", "safe"], [])
    path = office.stage.jars.threads.shown["tracer:x"]
    free = [path.pointAtPercent(part / 40) for part in range(1, 30)]
    around = [rect.adjusted(-3, -3, 3, 3) for rect in office.stage.jars.shown.values()]
    at = next(p for p in free if office.stage.figure_at(p) is None and not any(r.contains(p) for r in around))
    _click(office, qtbot, at)
    assert marks == ["a", "safe", "tracer:x"]
    office.set_assign_mode(True)  # seats are what counts now
    _click(office, qtbot, office.stage.jars.shown["safe"].center())
    assert len(marks) == 3


# -- threads ---------------------------------------------------------------------------------------
def test_threads_join_those_who_are_here(office: StageView) -> None:
    threads = office.stage.jars.threads
    office.set_threads([Thread("x", ("ada", "nobody")), Thread("y", ("ada", "ben")), Thread("z", ("ben", "ada"))])
    assert set(threads.shown) == {"y", "z"}
    assert threads.shown["y"] != threads.shown["z"]  # apart, though they join the same two
    ends = [threads._hand(one) for one in ("ada", "ben")]
    box = threads.shown["y"].boundingRect()
    assert all(box.adjusted(-4, -4, 4, 4).contains(end) for end in ends)
    before = threads.shown["y"]
    office.zoom_by(1.3)
    assert threads.shown["y"] != before
    office.set_stale(True)  # nobody knows whether they still do
    threads.place()
    assert not threads.shown
    office.set_stale(False)
    threads.place()
    office.set_jars_visible(False)
    assert not threads.shown
    assert office.accessibleDescription() == ""


# -- coins -----------------------------------------------------------------------------------------
MOVES = [Move(MoveKind.SIP, "a"), Move(MoveKind.SETTLE, "b"), Move(MoveKind.BACK, "b"), Move(MoveKind.SIP, "gone")]


@pytest.fixture
def told(office: StageView) -> StageView:
    office.set_jars([Jar("a", "ada", 0.5, "1/2"), Jar("b", "ben", 0.5, "1/2"), SAFE])
    return office


def test_coins_fly_and_nothing_is_left_of_it(told: StageView, qtbot: QtBot) -> None:
    told.model.reduced_motion = False
    coins = told.stage.jars.coins
    told.play_moves(MOVES)
    assert coins.begun == 3  # who is out of view has no jar
    in_the_air = [item for items in coins._flights.values() for item in items]
    assert len(in_the_air) == 1 + 1 + 3
    assert all(item.scene() is told.stage for item in in_the_air)
    told.set_jars([SAFE])
    qtbot.waitUntil(lambda: not coins.is_flying)
    assert all(item.scene() is None for item in in_the_air)


def test_without_motion_and_unseen_nothing_flies(told: StageView) -> None:
    coins = told.stage.jars.coins
    told.model.reduced_motion = True
    told.play_moves(MOVES)
    told.model.reduced_motion = False
    told.set_stale(True)
    told.play_moves(MOVES)
    told.set_stale(False)
    assert coins.begun == 0
    told.play_moves(MOVES)
    assert coins.is_flying
    told.hide()
    assert not coins.is_flying  # at once: a hidden office costs nothing
    told.play_moves(MOVES)
    assert coins.begun == 3


def test_over_a_room_the_same_is_drawn() -> None:
    room = RoomOverlay()
    room.set_view(640, 360, 1.0)
    ids = ("ada", "ben")
    room.agents = {i: LiveAgent(Agent(i, i, AgentStatus.WORKING), AgentStatus.WORKING, 0) for i in ids}
    room.show_seen(
        [Seen(i, i, AgentStatus.WORKING, QPointF(100 + 200 * n, 200), 80.0, 30.0, 1.0) for n, i in enumerate(ids)]
    )
    room.jars.show([Sign("lamp", "ada", SignKind.LAMP, "5 min"), Jar("b", "ben", 1.0, "0/1"), SAFE])
    room.jars.threads.show([Thread("x", ids, "Ada and Ben")])
    assert set(room.jars.shown) == {"lamp", "b", "safe"}
    thread = room.jars.threads.thread_at(room.jars.threads.shown["x"].pointAtPercent(0.4))
    assert thread is not None
    assert thread.tip == "Ada and Ben"
    room.jars.play([Move(MoveKind.BACK, "b")])
    assert room.jars.coins.is_flying
    room.jars.coins.end()
    assert not room.jars.coins.is_flying
