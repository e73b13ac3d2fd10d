"""Coin jars over flat stages and over rooms: size, level, many at one figure."""

from __future__ import annotations

from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor

from office_studio.core.office.live import LiveAgent
from office_studio.core.office.model import Agent, AgentStatus
from office_studio.ui.render.jar_layer import MOST_AT_ONE, Jar, jar_size, paint_jar
from office_studio.ui.render.stage_view import StageView
from office_studio.ui.room3d.overlay import RoomOverlay, Seen


def test_jars_keep_beside_their_figure_at_every_zoom(office: StageView) -> None:
    office.set_jars([Jar("a", "ada", 0.5, "1/2"), Jar("b", "", 1.0, "0/3"), Jar("c", "nobody", 1.0, "0/9")])
    stage = office.stage
    for _ in range(3):
        rect = stage.jars.shown["a"]
        assert rect.size().toSize() == jar_size("1/2").toSize()
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
        image = paint_jar(level, "1/2", 2.0).toImage()
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
