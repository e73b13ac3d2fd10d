"""A program, not a test: the real window on a real screen, and each gesture with the real mouse (xdotool).

Prints one JSON object: gesture -> who sits where after it. Run by ``test_real_mouse.py`` under a virtual screen.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Callable

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from office_studio.app import Application
from office_studio.ui.assign.plan_picker import PlanPicker
from office_studio.ui.connect.office_ref import OfficeKind, OfficeRef
from tests.ui.drive_window import names, wait_until, xdotool

Spot = tuple[QWidget, QPoint]


def hand(start: QPoint, end: QPoint, key: str = "") -> None:
    """Press, move in small steps, press a key on the way if there is one, let go."""
    xdotool("mousemove", start.x(), start.y())
    time.sleep(0.15)
    xdotool("mousedown", 1)
    for step in range(1, 11):
        at = start + (end - start) * (step / 10)
        xdotool("mousemove", at.x(), at.y())
        time.sleep(0.03)
    time.sleep(0.2)
    if key:
        xdotool("key", key)
        time.sleep(0.2)
    xdotool("mouseup", 1)
    time.sleep(0.1)


class Driver:
    def __init__(self, app: QApplication, application: Application) -> None:
        self.app, self.studio = app, application.studio
        self.found: dict[str, dict[str, str]] = {}
        self.words: list[str] = []
        self.studio.gestures.drag.hovered.connect(lambda plan: self.words.append(self.studio.gestures.drag.ghost.words))

    def row(self, name: str) -> Spot:
        view = self.studio.roster.view
        index = self.studio.roster.model.index_of(names(self.studio)[name])
        view.scrollTo(index)
        return view.viewport(), view.visualRect(index).center()

    def card(self, slot: int) -> Spot:
        view = self.studio.window.panel("slots").view  # type: ignore[attr-defined]
        view.scrollTo(view.model().index_of(slot))
        return view.viewport(), view.slot_point(slot)

    def seat(self, slot: int) -> Spot:
        at = self.studio.stage.slot_point(slot)
        assert at is not None
        return self.studio.stage.viewport(), at

    def figure(self, name: str) -> Spot:
        at = self.studio.stage.agent_position(names(self.studio)[name])
        assert at is not None
        return self.studio.stage.viewport(), at

    def drag(self, what: str, start: Spot, end: Spot, wanted: dict[int, str], key: str = "") -> None:
        for _ in range(3):
            self.app.processEvents()
        ends = [widget.mapToGlobal(point) for widget, point in (start, end)]
        self.with_hand(lambda: hand(*ends, key))
        self.settle(what, wanted)

    def with_hand(self, act: Callable[[], object]) -> None:
        """Let the hand do something while the program goes on."""
        moving = threading.Thread(target=act)
        moving.start()
        while moving.is_alive():
            self.app.processEvents()
            time.sleep(0.005)
        moving.join()
        self.app.processEvents()

    def settle(self, what: str, wanted: dict[int, str]) -> None:
        """Note who sits where once it is as it should be, or after a while as it is."""

        def now() -> dict[int, str]:
            seated = self.studio.assignments.seated()
            return {slot: self.studio.store.name(who) for slot, who in sorted(seated.items())}

        def is_done() -> bool:
            return now() == wanted and not self.studio.assignments.queue.jobs

        try:
            wait_until(self.app, is_done, 12)
        finally:
            self.found[what] = {str(slot): name for slot, name in now().items()}


def play(driver: Driver) -> None:
    driver.drag("row to seat", driver.row("Otto"), driver.seat(0), {0: "Otto"})
    driver.drag("row to card", driver.row("Vivi"), driver.card(1), {0: "Otto", 1: "Vivi"})
    driver.drag("card to card swaps", driver.card(0), driver.card(1), {0: "Vivi", 1: "Otto"})
    driver.drag("card to seat moves", driver.card(1), driver.seat(3), {0: "Vivi", 3: "Otto"})
    driver.drag("figure to seat", driver.figure("Vivi"), driver.seat(5), {3: "Otto", 5: "Vivi"})
    driver.drag("esc", driver.row("Otto"), driver.seat(1), {3: "Otto", 5: "Vivi"}, key="Escape")
    driver.drag("card to roster", driver.card(5), driver.row("Otto"), {3: "Otto"})
    driver.drag("row replaces", driver.row("Vivi"), driver.seat(3), {3: "Vivi"})


def click(driver: Driver, widget: QWidget, at: QPoint | None = None) -> None:
    """The left button, in the middle of a widget or at a point of it."""
    spot = widget.mapToGlobal(at or widget.rect().center())
    driver.with_hand(lambda: (xdotool("mousemove", spot.x(), spot.y()), time.sleep(0.15), xdotool("click", 1)))


def press(driver: Driver, key: str) -> None:
    driver.with_hand(lambda: xdotool("key", key))


def story(driver: Driver) -> None:
    """What a new user tries first: seat six, swap two, undo three times, save a plan, clear all, apply the plan."""
    studio, app = driver.studio, driver.app
    people = sorted(names(studio))[:6]
    wanted: dict[int, str] = {}
    for slot, name in enumerate(people):
        wanted[slot] = name
        driver.drag(f"seat {slot}", driver.row(name), driver.seat(slot), dict(wanted))
    swapped = wanted | {0: people[1], 1: people[0]}
    driver.drag("swap", driver.card(0), driver.card(1), swapped)
    for number, then in enumerate((wanted, drop(wanted, 5), drop(drop(wanted, 5), 4))):
        press(driver, "ctrl+z")
        driver.settle(f"undo {number + 1}", then)
    saved = drop(drop(wanted, 5), 4)
    panel = studio.window.panel("slots")
    picker = panel.findChild(PlanPicker)
    choose(driver, picker, "Save seats as a plan…")
    wait_until(app, lambda: studio.assign_flow.sheet is not None)
    press(driver, "Return")
    wait_until(app, lambda: len(studio.assign_flow.shelf.plans) == 1)
    clear = next(button for button in panel.findChildren(QPushButton) if button.text().strip() == "Clear all…")
    click(driver, clear)
    wait_until(app, lambda: studio.assign_flow.sheet is not None)
    click(driver, studio.assign_flow.sheet.primary)
    driver.settle("clear all", {})
    choose(driver, picker, studio.assign_flow.shelf.plans[0].name)
    wait_until(app, lambda: studio.assign_flow.sheet is not None)
    click(driver, studio.assign_flow.sheet.primary)
    driver.settle("apply plan", saved)


def drop(seats: dict[int, str], slot: int) -> dict[int, str]:
    return {at: name for at, name in seats.items() if at != slot}


def choose(driver: Driver, picker: PlanPicker, words: str) -> None:
    """Open the menu of plans, and click on one of its lines."""
    click(driver, picker.button)
    wait_until(driver.app, lambda: picker.menu.isVisible())
    action = next(action for action in picker.menu.actions() if action.text() == words)
    click(driver, picker.menu, picker.menu.actionGeometry(action).center())


def start(app: QApplication, url: str, theme: str) -> Application:
    application = Application(app)
    studio = application.studio
    studio.window.resize(1280, 720)
    studio.window.move(0, 0)
    studio.window.show()
    application.start()
    studio.open_office(OfficeRef(OfficeKind.LOCAL, url, "Test office"))
    wait_until(app, lambda: studio.store.is_connected)
    wait_until(app, lambda: any(choice.key.endswith(theme) for choice in studio.library.choices))
    studio.library.choose_key(next(choice.key for choice in studio.library.choices if choice.key.endswith(theme)))
    wait_until(app, lambda: studio.stage.slot_count == 16 and studio.assignments.label(0) == "Desk 1")
    wait_until(app, lambda: {"Otto", "Vivi"} <= names(studio).keys())
    studio.apply_motion(True)
    studio.window.show_workspace("assign")
    wait_until(app, lambda: studio.stage.agent_position(names(studio)["Vivi"]) is not None)
    return application


def main(url: str, theme: str, act: Callable[[Driver], None]) -> None:
    app = QApplication([])
    application = start(app, url, theme)
    driver = Driver(app, application)
    try:
        act(driver)
    finally:
        sys.stdout.write(json.dumps({"found": driver.found, "words": driver.words}) + "\n")
        application.studio.window.close()
        application.close()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], story if sys.argv[3:] == ["story"] else play)
