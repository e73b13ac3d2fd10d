"""The cards of the slots: what they show, list and grid, filter, light in both directions, slots out of place."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication

from office_studio.ui.assign.slots_model import SlotRole
from office_studio.ui.render.drag import SeatLight
from tests.ui.assign_gestures.desk import Desk


def shown(desk: Desk) -> list[str]:
    model = desk.slots.model
    return [model.index(row).data() for row in range(model.rowCount())]


def test_cards_stand_in_theme_order_by_zone(desk: Desk) -> None:
    heads = [words for row, words in enumerate(shown(desk)) if desk.slots.model.index(row).data(SlotRole) is None]
    assert heads == ["Work", "Meeting", "Lounge", "Coffee bar"]
    model = desk.slots.model
    slots = [info.slot for row in range(model.rowCount()) if (info := model.index(row).data(SlotRole))]
    assert slots == list(range(16))
    assert desk.slots.header.count.text() == "0 of 16"


def test_the_model_is_a_model(desk: Desk) -> None:
    QAbstractItemModelTester(desk.slots.model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    desk.seat_all({0: "Kai"})
    desk.slots.search.setText("kai")
    desk.slots.search.clear()
    desk.seat_all({0: "Zoe", 3: "Kai"})


def test_the_filter_finds_seats_zones_agents_and_empties(desk: Desk) -> None:
    desk.seat_all({0: "Kai"})
    desk.slots.search.setText("kai")
    assert shown(desk) == ["Work", "Desk 1"]
    desk.slots.search.setText("empty sofa")
    assert shown(desk) == ["Lounge", "Sofa 1", "Sofa 2"]
    desk.slots.search.setText("working")
    assert shown(desk) == ["Work", "Desk 1"]
    desk.slots.search.setText("nobody")
    assert desk.slots.empty.isVisible()
    assert "16 slots are hidden" in desk.slots.empty.words.accessibleName()
    desk.slots.search.clear()
    assert not desk.slots.empty.isVisible()


def test_a_card_lights_its_seat_and_a_seat_its_card(desk: Desk) -> None:
    viewport, at = desk.card(4)
    desk.qtbot.mouseMove(viewport, at)
    desk.qtbot.waitUntil(lambda: desk.studio.stage.stage.seats.lights == {4: SeatLight.GLOW})
    desk.qtbot.mouseMove(desk.studio.stage.viewport(), desk.seat(2)[1])
    desk.qtbot.waitUntil(lambda: desk.view.light_of(2) is SeatLight.GLOW)
    desk.qtbot.mouseMove(desk.studio.stage.viewport(), QPoint(15, 15))
    desk.qtbot.waitUntil(lambda: not desk.view.is_lit)


def test_a_click_on_a_seat_shows_its_card(desk: Desk) -> None:
    desk.seat_all({14: "Kai"})
    desk.view.verticalScrollBar().setValue(0)
    widget, at = desk.seat(13)
    desk.qtbot.mouseClick(widget, Qt.MouseButton.LeftButton, pos=at)
    assert desk.view.current_slot == 13
    assert desk.view.viewport().rect().contains(desk.view.slot_point(13))
    desk.studio.store.select(desk.agents["Kai"].id)
    assert desk.view.current_slot == 14
    desk.studio.store.select(desk.agents["Zoe"].id)  # has no seat
    assert desk.view.current_slot is None


def test_list_and_grid_keep_the_current_card_and_are_remembered(desk: Desk) -> None:
    desk.view.show_slot(6)
    desk.slots.as_grid.click()
    QApplication.processEvents()
    assert desk.view.current_slot == 6
    tops = {desk.card(slot)[1].y() for slot in (6, 7)}
    assert len(tops) == 1
    assert desk.studio.memory.slots_as_grid
    desk.qtbot.keyClick(desk.view, Qt.Key.Key_Right)
    assert desk.view.current_slot == 7
    desk.slots.as_list.click()
    QApplication.processEvents()
    assert desk.card(6)[1].y() != desk.card(7)[1].y()
    assert not desk.studio.memory.slots_as_grid


def test_slots_the_theme_does_not_have_are_flagged_and_mended(desk: Desk) -> None:
    desk.bind(20, "Kai")
    desk.bind(-3, "Zoe")
    desk.bind(0, "Ron")
    desk.studio.session.refresh_bindings()
    desk.qtbot.waitUntil(lambda: len(desk.seated()) == 3, timeout=8_000)
    assert shown(desk)[-3:] == ["Not in this theme", "Slot -2", "Slot 21"]
    assert desk.slots.surplus.isVisible()
    assert desk.slots.header.count.text() == "1 of 16"
    desk.drag(desk.card(20), desk.seat(5))  # by hand
    desk.becomes({-3: "Zoe", 0: "Ron", 5: "Kai"})
    desk.slots.surplus._move.click()
    desk.becomes({0: "Ron", 1: "Zoe", 5: "Kai"})
    assert not desk.slots.surplus.isVisible()
    desk.studio.actions.run("edit.undo")
    desk.becomes({-3: "Zoe", 0: "Ron", 5: "Kai"})
    desk.slots.surplus._remove.click()
    desk.becomes({0: "Ron", 5: "Kai"})


def test_nobody_drops_on_a_slot_the_theme_does_not_have(desk: Desk) -> None:
    desk.bind(20, "Kai")
    desk.studio.session.refresh_bindings()
    desk.qtbot.waitUntil(lambda: len(desk.seated()) == 1, timeout=8_000)
    hand = desk.take(desk.row("Zoe")).move(*desk.card(20))
    assert desk.studio.gestures.drag.ghost.words == "Zoe → Slot 21. This theme has no such seat"
    hand.release()
    assert not desk.is_busy
    assert desk.toasts == ["Zoe stays | This theme has no such seat"]


def test_cards_say_how_their_agents_are(desk: Desk) -> None:
    desk.seat_all({0: "Kai", 1: "Pia"})
    desk.agents["Kai"].send("agent_error", error="Which ids stay?")
    blocked = lambda: desk.slots.model.state_of(desk.agents["Kai"].id) == "blocked"  # noqa: E731
    desk.qtbot.waitUntil(blocked, timeout=8_000)
    desk.qtbot.waitUntil(lambda: any("Kai is blocked" in line for line in desk.told), timeout=8_000)
    desk.agents["Kai"].send("tool_call", toolName="read inbox")
    desk.qtbot.waitUntil(lambda: not blocked(), timeout=8_000)
    desk.agents["Pia"].send("session_end")
    desk.qtbot.waitUntil(lambda: "last seen" in desk.slots.model.state_of(desk.agents["Pia"].id), timeout=8_000)
    desk.agents["Pia"].work()
    desk.qtbot.waitUntil(lambda: desk.slots.model.state_of(desk.agents["Pia"].id) == "working", timeout=8_000)
