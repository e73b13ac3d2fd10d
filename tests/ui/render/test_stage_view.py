"""The stage as people use it: clicks, drags, zoom, news, bad themes; with real Qt events."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QPoint, QPointF, Qt
from pytestqt.qtbot import QtBot

from office_studio.core.office.bubbles import Bubble, BubbleKind
from office_studio.core.office.model import AgentStatus, Binding
from office_studio.core.theme.model import Point
from office_studio.errors import ThemeError
from office_studio.services.theme_loader import load_theme
from office_studio.ui.render.drag import SeatLight
from office_studio.ui.render.stage_view import StageView
from tests.ui.hand import drag


def click(qtbot: QtBot, view: StageView, at: QPoint, button: Qt.MouseButton = Qt.MouseButton.LeftButton) -> None:
    qtbot.mouseClick(view.viewport(), button, pos=at)


# -- choosing ------------------------------------------------------------------------------------------
def test_clicks_say_who_was_hit(office: StageView, qtbot: QtBot):
    for agent_id in ("ada", "guest", "cleo"):
        with qtbot.waitSignal(office.agent_clicked) as clicked:
            click(qtbot, office, office.agent_position(agent_id))
        assert clicked.args == [agent_id]
    with qtbot.waitSignal(office.background_clicked):
        click(qtbot, office, QPoint(5, 5))


def test_a_label_is_a_handle_of_its_agent(office: StageView, qtbot: QtBot):
    rect = office.stage.labels.rect_of("ada")
    with qtbot.waitSignal(office.agent_clicked) as clicked:
        click(qtbot, office, office.mapFromScene(rect.center()))
    assert clicked.args == ["ada"]


def test_double_click_activates(office: StageView, qtbot: QtBot):
    with qtbot.waitSignal(office.agent_activated) as activated:
        qtbot.mouseDClick(office.viewport(), Qt.MouseButton.LeftButton, pos=office.agent_position("ada"))
    assert activated.args == ["ada"]


def test_a_press_that_pans_is_no_click(office: StageView, qtbot: QtBot):
    office.zoom_by(2)
    heard = []
    office.agent_clicked.connect(heard.append)
    office.background_clicked.connect(lambda: heard.append("background"))
    before = office.mapFromScene(QPointF(0, 0))
    qtbot.mousePress(office.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(600, 300))
    for step in range(1, 6):
        qtbot.mouseMove(office.viewport(), QPoint(600 - 10 * step, 300 - 4 * step))
    qtbot.mouseRelease(office.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(550, 280))
    assert heard == []
    assert office.mapFromScene(QPointF(0, 0)) - before == QPoint(-50, -20)


def test_the_selected_agent_has_a_ring_and_says_its_task(office: StageView):
    office.select("ada")
    assert office.stage.labels.bubble_rect_of("ada") is not None
    office.select(None)
    assert office.stage.labels.bubble_rect_of("ada") is None
    assert office.stage.labels.bubble_rect_of("cleo") is not None  # blocked always says why


def test_labels_do_not_cover_each_other(office: StageView):
    rects = [office.stage.labels.rect_of(agent_id) for agent_id in office.stage.figures]
    for i, rect in enumerate(rects):
        assert not any(rect.adjusted(1, 1, -1, -1).intersects(other) for other in rects[:i])


# -- camera --------------------------------------------------------------------------------------------
def test_the_room_fills_the_view_without_the_plain_ground_around_it(office: StageView):
    content = office.stage.assets.content
    for width, height in ((1280, 720), (640, 720), (691, 481)):
        office.resize(width, height)
        view = office.viewport()
        scale = min(view.width() / content.width, view.height() / content.height)
        assert office.zoom_percent == pytest.approx(scale * 100)
        assert scale > 1.03 * min(view.width() / 1920, view.height() / 1080)
        corner = office.mapFromScene(office.stage.to_scene(Point(content.x, content.y)))
        assert corner.x() >= -1
        assert corner.y() >= -1


def test_a_picture_that_fills_its_canvas_is_shown_whole(view: StageView, qtbot: QtBot, folder: Path):
    picture = Image.effect_mandelbrot((400, 300), (-2, -1.5, 1, 1.5), 50).convert("RGB")
    picture.putpixel((0, 0), (255, 0, 0))
    picture.save(folder / "background.png")
    with qtbot.waitSignal(view.theme_shown, timeout=8000):
        view.set_theme(load_theme(folder))
        view.show()
    assert view.zoom_percent == pytest.approx(min(view.viewport().width() / 400, view.viewport().height() / 300) * 100)


def test_zoom_keeps_the_point_under_the_pointer(office: StageView, qtbot: QtBot):
    at, fitted = QPointF(900, 500), office.zoom_percent
    before = office.stage.to_canvas(office.mapToScene(at.toPoint()))
    with qtbot.waitSignal(office.zoom_changed) as zoomed:
        office.zoom_by(1.5, at)
    after = office.stage.to_canvas(office.mapToScene(at.toPoint()))
    assert zoomed.args[0] == pytest.approx(1.5 * fitted)
    assert (after.x, after.y) == pytest.approx((before.x, before.y), abs=1.5)


def test_keys_zoom_and_fit(office: StageView, qtbot: QtBot):
    office.setFocus()
    fitted = office.zoom_percent
    qtbot.keyClick(office, Qt.Key.Key_1)
    assert office.zoom_percent == pytest.approx(100)
    qtbot.keyClick(office, Qt.Key.Key_Plus)
    assert office.zoom_percent > 100
    qtbot.keyClick(office, Qt.Key.Key_0)
    assert office.zoom_percent == pytest.approx(fitted)


def test_tab_goes_through_the_agents_from_left_to_right(office: StageView, qtbot: QtBot):
    heard: list[str] = []
    office.agent_clicked.connect(heard.append)
    office.agent_clicked.connect(office.select)
    office.setFocus()
    for _ in range(6):
        qtbot.keyClick(office, Qt.Key.Key_Tab)
    order = sorted(office.stage.figures, key=lambda a: office.stage.figures[a].figure.at.x)
    assert heard == order


def test_pictures_are_made_anew_for_another_zoom(office: StageView, qtbot: QtBot):
    office.actual_size()
    background = office.stage._sprites[0]
    qtbot.waitUntil(lambda: background.pixmap().width() == 1920, timeout=8000)
    assert background.scale() == 1.0


# -- news ------------------------------------------------------------------------------------------------
def test_a_change_of_status_makes_the_figure_walk(office: StageView, qtbot: QtBot, agent):
    start = office.model.figure("ada").at
    office.update_agents([agent("ada", "idle")], [])
    qtbot.waitUntil(lambda: office.model.figure("ada").walking)
    qtbot.waitUntil(lambda: office.model.figure("ada").at != start)
    assert office.model.figure("ada").seat_id != "desk-1"


def test_news_of_what_is_not_seen_repaints_nothing(office: StageView, agent):
    office.stage.labels.proceed()
    same = agent("ada", "working", current_task="Refactor the invoice export")
    office.update_agents([replace(same, agent=replace(same.agent, last_activity_ms=9), tokens_per_minute=(7,))], [])
    assert not office.stage.labels.is_stale


def test_a_tool_is_news(office: StageView, qtbot: QtBot, agent):
    office.update_agents([agent("ada", "working", current_task="ls", current_tool_detail="ls (3ms)")], [])
    qtbot.waitUntil(lambda: office.model.figure("ada").bubble == Bubble(BubbleKind.TOOL, "ls (3ms)"))


def test_removed_agents_leave_the_room(office: StageView, qtbot: QtBot):
    office.update_agents([], ["guest"])
    qtbot.waitUntil(lambda: "guest" not in office.stage.figures)
    qtbot.waitUntil(lambda: office.stage.labels.rect_of("guest") is None)


def test_foreign_and_absent_agents_are_dimmed(office: StageView, qtbot: QtBot, agent):
    office.update_agents([agent("ben", "offline")], [])
    qtbot.waitUntil(lambda: office.stage.figures["ben"].opacity() == pytest.approx(0.4))
    assert office.stage.figures["guest"].opacity() == pytest.approx(0.55)


def test_old_news_stands_still(office: StageView, qtbot: QtBot):
    office.set_stale(True)
    qtbot.wait(60)
    assert not office._timer.isActive()
    assert office.stage.labels.bubble_rect_of("cleo") is None
    office.set_stale(False)
    qtbot.waitUntil(office._timer.isActive)


def test_a_hidden_stage_has_no_timer(office: StageView, qtbot: QtBot):
    qtbot.waitUntil(office._timer.isActive)
    office.hide()
    assert not office._timer.isActive()
    office.update_agents([], ["guest"])
    qtbot.wait(50)
    assert not office._timer.isActive()
    office.show()
    qtbot.waitUntil(lambda: "guest" not in office.stage.figures)


def test_reduced_motion_needs_no_timer(office: StageView, qtbot: QtBot):
    office.set_reduced_motion(True)
    qtbot.waitUntil(lambda: not office._timer.isActive())
    assert office.model.next_due_ms is None


# -- assigning ---------------------------------------------------------------------------------------------
class Carrier:
    """Notes what the stage asks of a hand; refuses agents of others, as the real one does."""

    def __init__(self) -> None:
        self.asked: list[tuple[object, ...]] = []
        self.is_carrying = False

    def begin(self, agent_id: str, _source: object, _at: QPoint) -> bool:
        self.asked.append(("begin", agent_id))
        self.is_carrying = agent_id != "guest"
        return self.is_carrying

    def move(self, at: QPoint) -> None:
        self.asked.append(("move", at))

    def drop(self, at: QPoint) -> None:
        self.asked.append(("drop", at))
        self.is_carrying = False


def test_a_figure_is_taken_up_only_while_seats_are_given_out(office: StageView, qtbot: QtBot):
    office.pointer.hand = carrier = Carrier()
    start, seat = office.agent_position("ada"), office.slot_point(5)
    drag(office.viewport(), start, office.viewport(), seat)
    assert carrier.asked == []  # it panned instead
    office.fit()
    office.set_assign_mode(True)
    clicked = []
    office.agent_clicked.connect(clicked.append)
    start, seat = office.agent_position("ada"), office.slot_point(5)
    drag(office.viewport(), start, office.viewport(), seat)
    assert carrier.asked[0] == ("begin", "ada")
    assert carrier.asked[-1] == ("drop", office.viewport().mapToGlobal(seat))
    assert clicked == []
    carrier.asked.clear()
    drag(office.viewport(), office.agent_position("guest"), office.viewport(), seat)
    assert carrier.asked == [("begin", "guest")]  # refused: nothing follows
    click(qtbot, office, office.agent_position("ada"))
    assert clicked == ["ada"]


def test_seats_are_found_and_lit(office: StageView):
    assert office.slot_count == 16
    assert office.seat_label(5) == "Desk 6"
    at = office.slot_point(5)
    assert office.slot_at(at) == 5
    assert office.slot_at(QPoint(8, 8)) is None
    seats = office.stage.seats
    assert not seats.are_shown
    office.set_lit_slots({5: SeatLight.TARGET, 4: SeatLight.BARRED})
    assert seats.are_shown
    assert seats._rings[4].opacity() < 0.5
    plain, target = seats._rings[6].pixmap(), seats._rings[5].pixmap()
    assert target.width() > plain.width()
    assert len(seats.number_rects()) == 12  # the filled one needs no number
    office.set_lit_slots({})
    assert not seats.are_shown


def test_who_is_carried_stays_dimmed(office: StageView):
    before = office.stage.figures["ada"].opacity()
    office.set_carried("ada")
    assert office.stage.figures["ada"].opacity() < before
    office.set_carried("")
    assert office.stage.figures["ada"].opacity() == before


def test_assign_mode_rings_every_seat(office: StageView):
    office.set_assign_mode(True)
    seats = office.stage.seats
    assert len(seats._rings) == 16
    assert seats.are_shown
    assert len(seats.number_rects()) == 13
    office.set_assign_mode(False)
    assert not seats.are_shown
    assert seats.number_rects() == []


def test_pointing_at_a_seat_is_told_while_seats_are_given_out(office: StageView, qtbot: QtBot):
    heard = []
    office.slot_hovered.connect(heard.append)
    at = office.slot_point(9)
    qtbot.mouseMove(office.viewport(), at)
    assert heard == []
    office.set_assign_mode(True)
    qtbot.mouseMove(office.viewport(), at + QPoint(1, 0))
    qtbot.mouseMove(office.viewport(), QPoint(8, 8))
    assert heard == [9, -1]
    with qtbot.waitSignal(office.slot_activated) as opened:
        qtbot.mouseDClick(office.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert opened.args == [9]


def test_portraits_are_kept(office: StageView):
    first = office.portrait("ada", 32, 2.0)
    assert (first.width(), first.devicePixelRatio()) == (64, 2.0)
    assert office.portrait("ada", 32, 2.0).cacheKey() == first.cacheKey()
    assert not office.portrait("nobody", 32, 1.0).isNull()


def test_the_built_in_office_shows_agents_without_a_theme(view: StageView, qtbot: QtBot, agent):
    view.set_agents([agent("ada"), agent("ben", "idle")])
    with qtbot.waitSignal(view.theme_shown):
        view.set_theme(None)
    view.show()
    qtbot.waitUntil(lambda: len(view.stage.figures) == 2)
    assert view.slot_count == 0


@pytest.mark.parametrize("renderer", ["threejs", "avg", "sprite", "iframe", "other"])
def test_themes_of_other_kinds_are_refused_and_the_old_one_stays(office: StageView, folder: Path, renderer):
    document = json.loads((folder / "theme.json").read_text()) | {"renderer": renderer}
    (folder / "theme.json").write_text(json.dumps(document))
    with pytest.raises(ThemeError) as caught:
        office.set_theme(load_theme(folder))
    assert caught.value.code == "RENDERER_UNSUPPORTED"
    assert office.stage.assets.theme.id == "cozy-loft"


@pytest.mark.parametrize(
    ("name", "content", "rule"),
    [
        ("people.png", b"", "T2D-IMG-BROKEN"),
        ("people.png", None, "T2D-FILE-MISSING"),
        ("background.png", b"<html>no picture</html>", "T2D-IMG-BROKEN"),
        ("background.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "T2D-IMG-BROKEN"),
        ("desk.png", None, "T2D-SPRITE-MISSING"),
    ],
)
def test_broken_pictures_cost_only_themselves(view: StageView, qtbot: QtBot, agent, folder: Path, name, content, rule):
    (folder / name).unlink()
    if content is not None:
        (folder / name).write_bytes(content)
    view.set_agents([agent("ada"), agent("ben", "idle")])
    with qtbot.waitSignal(view.theme_shown, timeout=8000) as shown:
        view.set_theme(load_theme(folder))
        view.show()
    assert [(f.rule, f.file) for f in shown.args[1]] == [(rule, name)]
    qtbot.waitUntil(lambda: len(view.stage.figures) == 2)
    assert not view.grab().isNull()


@pytest.mark.parametrize(
    ("atlas", "rule"),
    [
        (b"{broken", "T2D-IMG-BROKEN"),
        (json.dumps({"meta": {"image": "people.png"}, "frames": {}}).encode(), "T2D-IMG-BROKEN"),
        (
            json.dumps(
                {
                    "meta": {"image": "people.png"},
                    "frames": {"i-down-0": {"frame": {"x": 900, "y": 0, "w": 10, "h": 10}}},
                }
            ).encode(),
            "T2D-ATLAS-RECT",
        ),
    ],
)
def test_a_broken_atlas_means_round_avatars(view: StageView, qtbot: QtBot, agent, folder: Path, atlas, rule):
    (folder / "people.json").write_bytes(atlas)
    document = json.loads((folder / "theme.json").read_text())
    document["characters"]["atlas"] = "people.json"
    (folder / "theme.json").write_text(json.dumps(document))
    view.set_agents([agent("ada")])
    with qtbot.waitSignal(view.theme_shown, timeout=8000) as shown:
        view.set_theme(load_theme(folder))
        view.show()
    assert rule in {f.rule for f in shown.args[1]}
    qtbot.waitUntil(lambda: len(view.stage.figures) == 1)
    assert view.model.figure("ada").clip is None


def test_a_narrow_view_shows_the_background_for_narrow_views(view: StageView, qtbot: QtBot, folder: Path):
    Image.new("RGB", (400, 300), (200, 10, 10)).save(folder / "narrow.png")
    document = json.loads((folder / "theme.json").read_text())
    document["canvas"]["background"]["mobile"] = "narrow.png"
    (folder / "theme.json").write_text(json.dumps(document))
    with qtbot.waitSignal(view.theme_shown, timeout=8000):
        view.set_theme(load_theme(folder))
        view.show()
    assert view.stage.assets.background.pixelColor(200, 150).getRgb()[:3] == (40, 60, 80)
    for width, color in ((700, (200, 10, 10)), (900, (40, 60, 80))):
        with qtbot.waitSignal(view.theme_shown, timeout=8000):
            view.resize(width, 600)
        assert view.stage.assets.background.pixelColor(200, 150).getRgb()[:3] == color


def test_a_theme_that_arrives_late_does_not_replace_a_newer_one(view: StageView, qtbot: QtBot, folder: Path):
    shown = []
    view.theme_shown.connect(lambda ident, _: shown.append(ident))
    view.show()
    view.set_theme(load_theme(folder))
    view.set_theme(None)
    qtbot.wait(400)
    assert shown == [""]
    assert view.stage.assets is None


def test_furniture_and_figures_of_one_layer_interleave_by_foot_line(view: StageView, qtbot: QtBot, agent, folder: Path):
    view.set_agents([agent("ada"), agent("ben")])
    view.set_bindings([Binding(0, "ada"), Binding(1, "ben")])
    with qtbot.waitSignal(view.theme_shown, timeout=8000):
        view.set_theme(load_theme(folder))
        view.show()
    qtbot.waitUntil(lambda: len(view.stage.figures) == 2)
    desk = next(item for item in view.stage._sprites if item.placement.object_id == "desk")
    assert view.stage.figures["ben"].zValue() < desk.zValue() < view.stage.figures["ada"].zValue()  # 150, 160, 250


def test_statuses_are_those_of_the_model():
    assert {status.value for status in AgentStatus} >= {"working", "idle", "blocked", "collaborating", "offline"}
