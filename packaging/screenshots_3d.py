#!/usr/bin/env python3
"""Takes the pictures of the inspector of 3D models anew. Needs a display, or xvfb-run.

    xvfb-run -a .venv/bin/python packaging/screenshots_3d.py

A figure and the room of loft-3d in the inspector, dark and light, and a figure from all sides.
Look at every picture before you commit it.
"""

# ruff: noqa: E402
from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

from screenshots import OUT, ROOT, open_window, photographer, render, report, wait

THEME = ROOT / "themes" / "loft-3d"


def main() -> None:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory(prefix="office-studio-pictures-") as home:
        os.environ["OFFICE_STUDIO_HOME"] = home
        os.environ["HOME"] = os.environ["USERPROFILE"] = home
        turntable()
        with open_window() as made:
            inspector_pictures(made)


def turntable() -> None:
    path = OUT / "loft-3d-turntable.webp"
    figure = str(THEME / "figure-ada.glb")
    if render(figure, "--size", "360x420", "--clip", "walk", "--turntable", "48", "--fps", "16", "-o", str(path)):
        report(path)


def inspector_pictures(made: Any) -> None:
    """Sheets and dialogs of a first run are not wanted here."""
    from office_studio.app import _preview_picture
    from office_studio.ui.connect.first_run import FirstRunSheet

    studio = made.studio
    FirstRunSheet(studio.window, _preview_picture())._finish("skip")
    picture = photographer(made)
    shown = inspect(studio, THEME / "figure-ada.glb")
    shown.clips.setCurrentText("wave")
    shown.scrub.setValue(330)
    shown.toggles["grid"].setChecked(True)
    picture("inspector-figure", pose=lambda: settled(shown))
    room = inspect(studio, THEME / "room.glb")
    room.toggles["axes"].setChecked(True)
    room.toggles["grid"].setChecked(True)
    room.view.look_from((0.55, 0.6, 0.7))
    picture("inspector-room", pose=lambda: settled(room))


def inspect(studio: Any, path: Path) -> Any:
    """The tab of a model, once it is drawn."""
    studio.window.show_workspace("make")
    shown = studio.make_page.open_model(path, path.parent)
    while shown.view.camera() is None:
        wait(0.3)
    settled(shown)
    return shown


def settled(shown: Any) -> Callable[[], None]:
    """Wait until the newest picture is there; nothing has to be undone afterwards."""
    wait(0.5)
    while shown.view.engine.is_busy:
        wait(0.3)
    wait(0.3)
    return lambda: None


if __name__ == "__main__":
    main()
