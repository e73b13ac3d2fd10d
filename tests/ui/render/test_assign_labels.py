"""What is said on the stage while seats are given out."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from office_studio.ui.render.stage_view import StageView


def test_labels_leave_the_numbers_of_free_seats_readable(office: StageView, qtbot: QtBot):
    office.set_assign_mode(True)
    qtbot.waitUntil(lambda: not office.stage.labels.is_stale)
    numbers = office.stage.seats.number_rects()
    labels = office.stage.labels
    for agent_id in office.stage.figures:
        for rect in (labels.rect_of(agent_id), labels.bubble_rect_of(agent_id)):
            assert rect is None or not any(rect.intersects(number) for number in numbers)


def test_while_seats_are_given_out_only_what_matters_is_said(office: StageView, qtbot: QtBot, agent):
    bubble = office.stage.labels.bubble_rect_of
    office.update_agents([agent("guest", "working", is_foreign=False, current_tool_detail="read inbox")], [])
    qtbot.waitUntil(lambda: bubble("guest") is not None)
    office.set_assign_mode(True)
    qtbot.waitUntil(lambda: bubble("guest") is None)
    assert bubble("cleo") is not None  # is blocked
    office.select("guest")
    qtbot.waitUntil(lambda: bubble("guest") is not None)


# -- themes --------------------------------------------------------------------------------------------------
