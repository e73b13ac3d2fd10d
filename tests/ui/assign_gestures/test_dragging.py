"""Every way of carrying an agent, with mouse events through the real window to a real office."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QListView

from office_studio.ui.render.drag import SeatLight
from tests.ui.assign_gestures.desk import Desk
from tests.ui.assign_gestures.proxy import Fault

NOWHERE = QPoint(20, 20)
_NO_KEY = Qt.KeyboardModifier.NoModifier


def there_and_back(desk: Desk, before: dict[int, str], after: dict[int, str]) -> None:
    """What a gesture did is on the server, can be undone and done again."""
    desk.becomes(after)
    desk.studio.actions.run("edit.undo")
    desk.becomes(before)
    desk.studio.actions.run("edit.redo")
    desk.becomes(after)


# -- from the roster -----------------------------------------------------------------------------------
def test_row_onto_a_free_seat_of_the_scene(desk: Desk) -> None:
    desk.drag(desk.row("Lumi"), desk.seat(2))
    assert desk.seated() == {2: "Lumi"}  # before the office has answered
    there_and_back(desk, {}, {2: "Lumi"})
    assert any(line.startswith("Assign Lumi to Desk 3") for line in desk.toasts)


def test_row_onto_an_occupied_seat_replaces_and_names_the_loser_before(desk: Desk) -> None:
    desk.seat_all({2: "Ron"})
    hand = desk.take(desk.row("Lumi")).move(*desk.seat(2))
    ghost = desk.studio.gestures.drag.ghost
    assert ghost.isVisible()
    assert "Lumi → Desk 3" in ghost.words
    assert "Ron" in ghost.words
    assert desk.view.note == "Lumi replaces"
    hand.release()
    there_and_back(desk, {2: "Ron"}, {2: "Lumi"})


def test_row_of_a_seated_agent_onto_another_swaps(desk: Desk) -> None:
    desk.seat_all({2: "Ron", 10: "Lumi"})
    hand = desk.take(desk.row("Lumi")).move(*desk.seat(2))
    assert "Swaps with Ron, who moves to Sofa 1" in desk.studio.gestures.drag.ghost.words
    hand.release()
    there_and_back(desk, {2: "Ron", 10: "Lumi"}, {2: "Lumi", 10: "Ron"})


def test_row_onto_a_card(desk: Desk) -> None:
    desk.drag(desk.row("Kai"), desk.card(0))
    there_and_back(desk, {}, {0: "Kai"})


def test_it_works_in_watch_too(desk: Desk) -> None:
    desk.studio.window.show_workspace("watch")
    seats = desk.studio.stage.stage.seats
    assert not seats.are_shown
    hand = desk.take(desk.row("Kai")).move(*desk.seat(3))
    assert seats.are_shown
    hand.release()
    assert not seats.are_shown
    desk.becomes({3: "Kai"})


def test_several_chosen_rows_go_together(desk: Desk) -> None:
    desk.seat_all({2: "Ron", 4: "Zoe"})
    control = Qt.KeyboardModifier.ControlModifier
    for number, name in enumerate(("Kai", "Lumi", "Otto")):
        widget, at = desk.row(name)
        desk.qtbot.mouseClick(widget, Qt.MouseButton.LeftButton, control if number else _NO_KEY, at)
    hand = desk.take(desk.row("Lumi")).move(*desk.seat(2))
    words = desk.studio.gestures.drag.ghost.words
    assert words == "3 agents → Desk 3 and free seats. Ron loses this seat"
    lights = desk.studio.stage.stage.seats.lights
    assert [slot for slot, light in lights.items() if light is SeatLight.TARGET] == [2, 3, 5]
    hand.release()
    there_and_back(desk, {2: "Ron", 4: "Zoe"}, {2: "Lumi", 3: "Kai", 4: "Zoe", 5: "Otto"})


# -- from cards ----------------------------------------------------------------------------------------
def test_card_onto_a_free_card_moves(desk: Desk) -> None:
    desk.seat_all({0: "Kai"})
    desk.drag(desk.card(0), desk.card(3))
    there_and_back(desk, {0: "Kai"}, {3: "Kai"})


def test_card_onto_an_occupied_card_swaps(desk: Desk) -> None:
    desk.seat_all({0: "Kai", 1: "Zoe"})
    desk.drag(desk.card(0), desk.card(1))
    there_and_back(desk, {0: "Kai", 1: "Zoe"}, {0: "Zoe", 1: "Kai"})


def test_card_onto_a_seat_of_the_scene(desk: Desk) -> None:
    desk.seat_all({0: "Kai"})
    desk.drag(desk.card(0), desk.seat(12))
    there_and_back(desk, {0: "Kai"}, {12: "Kai"})


def test_card_onto_the_roster_unassigns(desk: Desk) -> None:
    desk.seat_all({0: "Kai"})
    hand = desk.take(desk.card(0)).move(*desk.row("Vivi"))
    assert desk.studio.gestures.drag.ghost.words == "Kai leaves Desk 1. The seat becomes free"
    hand.release()
    there_and_back(desk, {0: "Kai"}, {})


def test_cards_of_the_grid_carry_too(desk: Desk) -> None:
    desk.seat_all({0: "Kai"})
    desk.slots.as_grid.click()
    QApplication.processEvents()
    assert desk.card(1)[1].y() == desk.card(0)[1].y()  # beside each other
    desk.drag(desk.card(0), desk.card(1))
    desk.becomes({1: "Kai"})


# -- from the scene ------------------------------------------------------------------------------------
def test_a_figure_is_carried_in_assign_mode_only(desk: Desk) -> None:
    desk.seat_all({0: "Kai"})
    desk.qtbot.waitUntil(lambda: desk.studio.stage.agent_position(desk.agents["Kai"].id) is not None)
    desk.drag(desk.figure("Kai"), desk.seat(5))
    there_and_back(desk, {0: "Kai"}, {5: "Kai"})
    desk.studio.window.show_workspace("watch")
    desk.drag(desk.figure("Kai"), desk.seat(1))
    assert not desk.is_busy
    desk.becomes({5: "Kai"})


def test_a_click_on_a_figure_still_inspects(desk: Desk) -> None:
    widget, at = desk.figure("Kai")
    desk.qtbot.mouseClick(widget, Qt.MouseButton.LeftButton, pos=at)
    assert desk.studio.store.selected == desk.agents["Kai"].id
    assert not desk.studio.gestures.drag.is_carrying
    hand = desk.take(desk.figure("Kai"))
    hand.move(widget, at + QPoint(3, 2), steps=1)  # a hand that trembles is no drag
    assert not desk.studio.gestures.drag.is_carrying
    hand.release()


def test_a_figure_onto_the_roster_unassigns(desk: Desk) -> None:
    desk.seat_all({0: "Kai"})
    desk.drag(desk.figure("Kai"), desk.row("Vivi"))
    there_and_back(desk, {0: "Kai"}, {})


# -- while it is carried -------------------------------------------------------------------------------
def test_targets_are_lit_and_what_cannot_be_is_pale(desk: Desk) -> None:
    desk.seat_all({0: "Kai", 1: "Zoe"})
    hand = desk.take(desk.card(0)).move(*desk.seat(4))
    lights = desk.studio.stage.stage.seats.lights
    assert lights[0] is SeatLight.SOURCE
    assert lights[1] is SeatLight.LEGAL
    assert lights[4] is SeatLight.TARGET
    assert len(lights) == 16
    assert desk.view.light_of(4) is SeatLight.TARGET
    figure = desk.studio.stage.stage.figures[desk.agents["Kai"].id]
    assert figure.opacity() < 0.6  # stays, dimmed
    hand.move(*desk.seat(0))
    assert "sits there already" in desk.studio.gestures.drag.ghost.words
    hand.release()
    assert desk.studio.stage.stage.seats.lights == {}
    assert figure.opacity() == 1
    desk.becomes({0: "Kai", 1: "Zoe"})


def test_esc_puts_everything_back(desk: Desk) -> None:
    desk.seat_all({0: "Kai"})
    hand = desk.take(desk.card(0)).move(*desk.seat(4))
    QTest.keyClick(desk.studio.window, Qt.Key.Key_Escape)
    drag = desk.studio.gestures.drag
    assert not drag.is_carrying
    assert not drag.ghost.isVisible()
    assert QApplication.overrideCursor() is None
    hand.move(*desk.seat(5)).release()
    assert not desk.is_busy
    assert desk.toasts == []
    desk.becomes({0: "Kai"})
    assert desk.studio.window.workspace == "assign"


def test_a_drop_beside_everything_says_so(desk: Desk) -> None:
    stage = desk.studio.stage.viewport()
    hand = desk.take(desk.row("Lumi")).move(stage, NOWHERE)
    assert desk.studio.gestures.drag.ghost.words == "Lumi. Drop on a seat or a slot"
    hand.release()
    assert desk.toasts == ["Lumi stays | Drop on a seat or a slot"]
    assert not desk.is_busy
    # a row let go over the roster again is no wish to lose a seat
    desk.drag(desk.row("Lumi"), desk.row("Kai"))
    assert not desk.is_busy


def test_what_somebody_else_does_meanwhile_is_seen_before_the_drop(desk: Desk) -> None:
    hand = desk.take(desk.row("Lumi")).move(*desk.seat(2))
    assert "Free seat" in desk.studio.gestures.drag.ghost.words
    desk.bind(2, "Ron")
    desk.studio.session.refresh_bindings()
    desk.qtbot.waitUntil(lambda: "Ron" in desk.studio.gestures.drag.ghost.words, timeout=8_000)
    hand.release()
    desk.becomes({2: "Lumi"})


def test_lists_scroll_at_their_edges(desk: Desk) -> None:
    bar = desk.view.verticalScrollBar()
    bar.setValue(0)
    viewport = desk.view.viewport()
    start = desk.row("Lumi")
    hand = desk.take(start).move(viewport, QPoint(100, viewport.height() - 6))
    assert bar.value() == 0  # not at once
    desk.qtbot.waitUntil(lambda: bar.value() == bar.maximum(), timeout=8_000)
    hand.move(viewport, desk.view.slot_point(15), steps=1)
    hand.release()
    desk.becomes({15: "Lumi"})


def test_the_scene_pans_at_its_edges(desk: Desk) -> None:
    stage = desk.studio.stage
    stage.zoom_in()
    stage.zoom_in()
    stage.zoom_in()
    stage.stop_motion()
    before = stage.mapToScene(QPoint(0, 0))
    hand = desk.take(desk.row("Lumi")).move(stage.viewport(), QPoint(stage.viewport().width() - 5, 200))
    desk.qtbot.waitUntil(lambda: stage.mapToScene(QPoint(0, 0)).x() > before.x() + 30, timeout=8_000)
    hand.move(stage.viewport(), QPoint(200, 200))
    desk.qtbot.wait(50)
    resting = stage.mapToScene(QPoint(0, 0))
    desk.qtbot.wait(400)
    assert stage.mapToScene(QPoint(0, 0)) == resting
    QTest.keyClick(desk.studio.window, Qt.Key.Key_Escape)
    hand.release()


def test_what_floats_over_the_scene_is_no_obstacle(desk: Desk) -> None:
    for number in range(3):
        desk.studio.toast(f"Toast {number} of three", "with details", action=("Undo", lambda: None))
    QApplication.processEvents()
    window, (stage, at) = desk.studio.window, desk.seat(4)
    assert not stage.isAncestorOf(window.childAt(window.mapFromGlobal(stage.mapToGlobal(at))))
    desk.drag(desk.row("Kai"), (stage, at))
    desk.becomes({4: "Kai"})


# -- refusals ------------------------------------------------------------------------------------------
def test_agents_of_others_are_not_carried_and_say_why(desk: Desk) -> None:
    for start in (desk.row("guest"), (desk.studio.stage.viewport(), desk.studio.stage.agent_position(desk.guest.id))):
        desk.studio.window.stage_frame.toasts.clear()
        desk.drag(start, desk.seat(4))
        assert desk.toasts == ["guest-7f2 cannot be moved | guest-7f2 belongs to someone else"]
    assert desk.told == ["guest-7f2 cannot be moved. guest-7f2 belongs to someone else"]  # once, not twice in 5 s
    assert not desk.is_busy
    desk.becomes({})


def test_nothing_is_carried_in_an_office_that_is_gone(desk: Desk) -> None:
    desk.seat_all({0: "Kai"})
    hand = desk.take(desk.row("Lumi")).move(*desk.seat(2))
    desk.proxy.go_down()
    desk.qtbot.waitUntil(lambda: not desk.studio.store.is_connected, timeout=15_000)
    assert "offline" in desk.studio.gestures.drag.ghost.words
    hand.release()
    assert any("offline" in line for line in desk.toasts)
    desk.drag(desk.card(0), desk.card(3))
    assert any(line.startswith("Kai cannot be moved") for line in desk.toasts)
    assert desk.seated() == {0: "Kai"}
    desk.proxy.come_back()
    desk.qtbot.waitUntil(lambda: desk.studio.store.is_connected, timeout=20_000)
    desk.becomes({0: "Kai"})


def test_a_drop_the_office_refuses_is_taken_back(desk: Desk) -> None:
    desk.seat_all({0: "Kai"})
    desk.proxy.faults.append(Fault.ERROR_BEFORE)
    desk.drag(desk.card(0), desk.card(3))
    assert desk.seated() == {3: "Kai"}
    desk.becomes({0: "Kai"})
    assert any(line.startswith("Not saved") for line in desk.toasts)
    assert not desk.studio.assignments.undo_stack.canUndo()


def test_a_press_on_an_empty_card_or_a_head_carries_nobody(desk: Desk) -> None:
    desk.drag(desk.card(3), desk.card(5))
    view = desk.view
    assert isinstance(view, QListView)
    desk.drag((view.viewport(), QPoint(30, 15)), desk.card(5))
    assert not desk.studio.gestures.drag.is_carrying
    assert not desk.is_busy


def test_a_window_that_loses_the_mouse_lets_go(desk: Desk) -> None:
    hand = desk.take(desk.row("Lumi")).move(*desk.seat(2))
    QApplication.sendEvent(desk.studio.window, QEvent(QEvent.Type.WindowDeactivate))
    assert not desk.studio.gestures.drag.is_carrying
    hand.release()
    desk.seat_all({0: "Kai"})
    QTest.mousePress(desk.card(0)[0], Qt.MouseButton.RightButton, Qt.KeyboardModifier.NoModifier, desk.card(0)[1])
    assert not desk.studio.gestures.drag.is_carrying
    assert not desk.is_busy
