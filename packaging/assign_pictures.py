"""Pictures of seats being given out: conflict, plan preview, auto-assign, plans. Called by ``screenshots.py``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Picture = Callable[..., None]
Wait = Callable[[float], None]


def plan_pictures(studio: Any, ids: list[str], picture: Picture, wait: Wait) -> None:
    """With agents seated as ``screenshots.seat_them`` leaves them."""
    from office_studio.ui.assign.plan_picker import PlanPicker

    flow, controller = studio.assign_flow, studio.assignments
    studio.window.show_workspace("assign")
    wait(1)
    flow.save_as("Weekday plan")
    wait(1)
    flow.save_as("Night shift")
    wait(1)
    flow.keep(_with_plan(flow.memory, "Weekday plan"))
    for agent_id, slot in ((ids[0], 2), (ids[4], 9), (ids[10], 5)):
        controller.assign(agent_id, slot)
    controller.unassign(ids[7])
    wait(3)
    studio.window.stage_frame.toasts.clear()

    picker = studio.window.panel("slots").findChild(PlanPicker)

    def open_menu() -> Callable[[], object]:
        picker.menu.popup(picker.button.mapToGlobal(picker.button.rect().bottomLeft()))
        return picker.menu.hide

    picture("plan-menu", pose=open_menu)
    flow.apply_plan(flow.shelf.plan("Weekday plan"))
    wait(1)
    picture("plan-preview")
    flow.sheet.close_sheet()

    flow.auto_assign()
    wait(0.5)
    row = flow.sheet._add(None)
    row.pattern.setText("T*")
    row.zone.setCurrentIndex(1)
    wait(0.5)
    picture("auto-assign")
    flow.sheet.close_sheet()

    flow.manage_plans()
    wait(0.5)
    picture("plans")
    flow.sheet.close_sheet()
    conflict(studio, ids, picture, wait)


def conflict(studio: Any, ids: list[str], picture: Picture, wait: Wait) -> None:
    """Another window takes the seat in the moment before ours is written."""
    import httpx

    controller, session = studio.assignments, studio.session
    slot = controller.free_slots()[0]
    body = {"themeId": session.theme_id, "slotIndex": slot, "agentId": ids[11]}
    answer = httpx.put(f"{session.url}/api/office/bindings", json=body, headers=session.credentials.headers)
    answer.raise_for_status()
    controller.assign(ids[1], slot)
    wait(1.5)
    picture("conflict")
    studio.assign_flow.sheet.primary.click()
    wait(0.5)


def _with_plan(memory: Any, name: str) -> Any:
    from dataclasses import replace

    return replace(memory, plan=name)


def put_menus_onto(shot: Any, window: Any) -> None:
    """Draw open menus over the picture of their window: they are windows of their own."""
    from PySide6.QtGui import QPainter
    from PySide6.QtWidgets import QMenu

    for menu in window.findChildren(QMenu):
        if menu.isVisible():
            painter = QPainter(shot)
            button = menu.parentWidget()  # a screen that is smaller than the window pushes menus aside
            at = button.mapTo(window, button.rect().bottomLeft())
            painter.drawPixmap(min(at.x(), window.width() - menu.width() - 8), at.y() + 2, menu.grab())
            painter.end()
