#!/usr/bin/env python3
"""Takes the pictures of the README anew: the real window with the demo office, both sizes, dark and light.

    .venv/bin/python packaging/screenshots.py            about four minutes, needs no display

Look at every picture before you commit it.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "resources" / "screenshots"
SIZES = ((1280, 720), (1920, 1080))
WARM_UP_S = 150  # of the demo, so that the timeline has something to tell


def main() -> None:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory(prefix="office-studio-pictures-") as home:
        os.environ["OFFICE_STUDIO_HOME"] = home  # a window without a past
        take_all()


def take_all() -> None:
    from PySide6.QtCore import QEventLoop, Qt, QTimer
    from PySide6.QtWidgets import QApplication, QWidget

    app = QApplication(["office-studio"])
    from office_studio.app import Application, _preview_picture
    from office_studio.ui.connect.first_run import FirstRunSheet
    from office_studio.ui.connect.office_ref import DEMO
    from office_studio.ui.theming import theme

    def wait(seconds: float) -> None:
        loop = QEventLoop()
        QTimer.singleShot(round(seconds * 1000), loop.quit)
        loop.exec()

    application = Application(app)
    studio = application.studio
    window = studio.window
    window.resize(*SIZES[0])
    window.show()
    application.start()
    wait(3)

    def picture(name: str) -> None:
        for size in SIZES:
            for scheme in ("dark", "light"):
                window.resize(*size)
                studio.actions.run("view.reset")
                theme().prefer(app, scheme)
                wait(1.5)
                for widget in window.findChildren(QWidget):  # the pointer of a machine without one lies at 0, 0
                    widget.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, False)
                window.grab().save(str(OUT / f"{name}-{scheme}-{size[0]}.png"))

    sheet = FirstRunSheet(window, _preview_picture())
    picture("first-run")
    sheet._finish("skip")
    studio.open_office(DEMO)
    while len(studio.store.live_agents) < 12:
        wait(0.3)
    names = {studio.store.name(agent_id): agent_id for agent_id in studio.store.live_agents}
    ids = [names[name] for name in sorted(names)]
    studio.window.show_workspace("assign")
    for slot, agent_id in enumerate(ids[:9]):
        studio.assignments.assign(agent_id, slot if slot < 6 else slot + 1)
    wait(5)
    studio.window.stage_frame.toasts.clear()
    studio.window.show_workspace("watch")
    wait(WARM_UP_S)
    working = (agent_id for agent_id in ids if studio.store.live_agents[agent_id].status == "working")
    studio.store.select(next(working, ids[0]))
    wait(2)
    picture("watch")
    studio.window.show_workspace("assign")
    wait(2)
    studio.assignments.assign(ids[2], 5)
    wait(2)
    picture("assign")
    window.close()
    application.close()


if __name__ == "__main__":
    main()
