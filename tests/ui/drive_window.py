"""A program, not a test: opens the real window on a real screen and moves the real mouse (xdotool).

Prints one JSON object. Run by ``test_starter_desk_story.py`` under a virtual screen.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication, QWidget

from office_studio.app import Application
from office_studio.ui.assign.controller import EntryState
from office_studio.ui.connect.office_ref import OfficeKind, OfficeRef
from office_studio.ui.watch.roster_model import IdRole


def wait_until(app: QApplication, condition: Callable[[], bool], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not condition():
        app.processEvents()
        time.sleep(0.01)
        if time.monotonic() > until:
            raise TimeoutError(condition)


def xdotool(*words: object) -> None:
    subprocess.run(["xdotool", *map(str, words)], check=True)


def drag(start: QPoint, end: QPoint) -> None:
    """Press, move in small steps as a hand does, let go. Screen coordinates."""
    xdotool("mousemove", start.x(), start.y())
    time.sleep(0.2)
    xdotool("mousedown", 1)
    steps = 12
    for step in range(1, steps + 1):
        at = start + (end - start) * (step / steps)
        xdotool("mousemove", at.x(), at.y())
        time.sleep(0.04)
    time.sleep(0.3)
    xdotool("mouseup", 1)


def on_screen(widget: QWidget, point: QPoint) -> QPoint:
    return widget.mapToGlobal(point)


def main(url: str, theme: str, drops: list[str], picture: str) -> None:
    """Open the office, choose ``theme`` (empty: as remembered), drag each named agent onto the seat of its place."""
    app = QApplication([])
    application = Application(app)
    studio = application.studio
    studio.window.resize(1280, 720)
    studio.window.move(0, 0)
    studio.window.show()
    application.start()
    if url:
        studio.open_office(OfficeRef(OfficeKind.LOCAL, url, "Test office"))
    else:
        last = studio.last_office()
        assert last is not None, "the last office was not remembered"
        studio.open_office(last)
    wait_until(app, lambda: studio.store.is_connected)
    if theme:
        wait_until(app, lambda: any(choice.key == theme for choice in studio.library.choices))
        studio.library.choose_key(theme)
    wait_until(app, lambda: studio.stage.slot_count == 2)
    view, stage = studio.roster.view, studio.stage
    for slot, name in enumerate(drops):
        wait_until(app, lambda name=name: name in names(studio))
        agent_id = names(studio)[name]
        index = studio.roster.model.index_of(agent_id)
        view.scrollTo(index)
        wait_until(app, lambda index=index: view.visualRect(index).isValid())
        start = on_screen(view.viewport(), view.visualRect(index).center())
        end = on_screen(stage.viewport(), stage.slot_point(slot))
        hand = threading.Thread(target=drag, args=(start, end))
        hand.start()
        wait_until(app, lambda slot=slot, who=agent_id: studio.assignments.seated().get(slot) == who)
        hand.join()
    wait_until(app, lambda: all(entry.state is EntryState.SAVED for entry in studio.assignments.history))
    wait_until(app, lambda: len(studio.assignments.seated()) == 2)
    studio.window.grab().save(picture)
    seated = {slot: studio.store.name(agent_id) for slot, agent_id in studio.assignments.seated().items()}
    sys.stdout.write(json.dumps({"theme": studio.library.current.key, "seated": seated}) + "\n")
    studio.window.close()
    application.close()


def names(studio: object) -> dict[str, str]:
    model = studio.roster.model  # type: ignore[attr-defined]
    ids = [model.index(row).data(IdRole) for row in range(model.rowCount())]
    return {studio.store.name(agent_id): agent_id for agent_id in ids if agent_id}  # type: ignore[attr-defined]


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], [name for name in sys.argv[3].split(",") if name], sys.argv[4])
