#!/usr/bin/env python3
"""Takes the pictures of the README anew. Needs no display, but for 3D themes one to draw on: xvfb-run -a.

    .venv/bin/python packaging/screenshots.py                       everything, about four minutes a theme and four more
    .venv/bin/python packaging/screenshots.py --only themes cozy-loft

make: library, sizes before packing, earlier uploads, problems and upload of the real window.
assign: seats being given out, plans, auto-assign, a conflict.
window: the real window with the demo office, two sizes, dark and light.
themes: of each bundled theme (or those named) the window watching it, a sheet of all states, and a short film; of rooms
also the window without anybody.

Look at every picture before you commit it.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "resources" / "screenshots"
SIZES = ((1280, 720), (1920, 1080))
WARM_UP_S = 150  # of the demo, so that the timeline has something to tell
FILM_BYTES = 1_500_000
FILM_SIZE, FILM_S = (960, 540), 9.0
# Frames a second and WebP quality, tried in this order until the film is small enough.
FILM_TRIES = ((12.0, 80), (12.0, 68), (10.0, 60), (8.0, 50), (6.0, 40))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", choices=("window", "themes", "make", "assign"))
    parser.add_argument("themes", nargs="*", help="ids of bundled themes (default: all)")
    args = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    sys.path.insert(0, str(ROOT))
    known = sorted(path.parent.name for path in (ROOT / "themes").glob("*/theme.json"))
    if unknown := set(args.themes) - set(known):
        parser.error(f"no bundled theme {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    OUT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="office-studio-pictures-") as home:
        os.environ["OFFICE_STUDIO_HOME"] = home  # a window without a past
        os.environ["HOME"] = os.environ["USERPROFILE"] = home  # nor with the folders of this machine in its pictures
        if args.only == "make":
            with open_office_window() as made:
                make_pictures(made)
            return
        if args.only == "assign":
            with open_office_window() as made:
                seat_pictures(made)
            return
        themes = [] if args.only == "window" else args.themes or known
        for theme_id in themes:
            if not is_room(theme_id):
                state_sheet(theme_id)
            film(theme_id)
        take_windows(themes, with_stories=args.only != "themes")


# -- themes ----------------------------------------------------------------------------------------
def is_room(theme_id: str) -> bool:
    """Whether it is a 3D theme, whose figures have no atlas to show."""
    from office_studio.services.theme_loader import load_theme

    return load_theme(ROOT / "themes" / theme_id).theme.room is not None


def state_sheet(theme_id: str) -> None:
    """All states of all costumes, in 256 colours: one is looked at, not measured."""
    from PIL import Image

    path = OUT / f"{theme_id}-states.png"
    if render(theme_id, "--sheet", "-o", str(path)):
        with Image.open(path) as sheet:
            small = sheet.convert("RGB").quantize(256, kmeans=1, dither=Image.Dither.NONE)
        small.save(path, optimize=True)
        report(path)


def film(theme_id: str) -> None:
    """People getting up, walking, meeting and getting stuck, as a WebP that a page can hold."""
    import json

    path = OUT / f"{theme_id}-motion.webp"
    from office_studio.cli.agents_file import read_agents
    from office_studio.cli.render import find_theme
    from office_studio.services.picture_export import write_animation
    from office_studio.services.theme_loader import load_theme
    from office_studio.ui.render.film import Change, to_pillow
    from office_studio.ui.render.offscreen import StillOptions, open_film
    from office_studio.ui.room3d.room_film import open_room_film

    application()
    agents = Path(os.environ["OFFICE_STUDIO_HOME"]) / "cast.json"
    agents.write_text(json.dumps(CAST), encoding="utf-8")
    loaded = load_theme(find_theme(theme_id))
    from office_studio.core.office.seating import slot_count

    cast = read_agents(agents, slot_count(loaded.theme))
    changes = tuple(Change(at_ms, agent) for at_ms, agent in cast.changes)
    for fps, quality in FILM_TRIES:
        if loaded.theme.room is not None:
            options = StillOptions(FILM_SIZE)
            made = open_room_film(loaded, cast.agents, cast.bindings, options, changes=changes)
        else:
            options = StillOptions(FILM_SIZE, fit="content")
            made = open_film(loaded, cast.agents, cast.bindings, options, looks=cast.looks, changes=changes)
        count = round(FILM_S * fps)
        frames = (to_pillow(image) for image in made.frames(count, fps))
        write_animation(path, frames, count, fps, quality=quality)
        if (close := getattr(made.scenery, "close", None)) is not None:
            close()  # of rooms: the drawing process
        if path.stat().st_size <= FILM_BYTES:
            break
    report(path)


CAST: list[dict[str, Any]] = [
    {"id": "ada", "name": "Ada", "status": "idle",
     "changes": [{"at": 0.6, "status": "working", "currentTask": "Invoice export"}]},
    {"id": "ben", "name": "Ben", "status": "working", "currentTask": "Tests",
     "changes": [{"at": 3.2, "status": "idle", "currentTask": ""}]},
    {"id": "cleo", "name": "Cleo", "status": "working", "currentTask": "Release notes",
     "changes": [{"at": 1.6, "status": "collaborating", "collaboratingWith": ["dan"], "currentTask": "Release plan"}]},
    {"id": "dan", "name": "Dan", "status": "working", "currentTask": "Roadmap",
     "changes": [{"at": 1.9, "status": "collaborating", "collaboratingWith": ["cleo"]}]},
    {"id": "eve", "name": "Eve", "status": "idle"},
    {"id": "fin", "name": "Fin", "status": "working", "currentTask": "Migration",
     "changes": [{"at": 5.2, "status": "blocked", "blockedBy": "Keep the old ids?"}]},
    {"id": "gil", "name": "Gil", "status": "collaborating", "collaboratingWith": ["hal"]},
    {"id": "hal", "name": "Hal", "status": "collaborating", "collaboratingWith": ["gil"],
     "changes": [{"at": 4.4, "status": "working", "collaboratingWith": [], "currentTask": "Fix the login"}]},
]  # fmt: skip


def render(*arguments: str) -> bool:
    """Run the verb; whether it drew."""
    from office_studio.cli.main import main as command_line

    application()
    return command_line(["render", *arguments]) == 0


def report(path: Path) -> None:
    print(f"{path.relative_to(ROOT)}  {path.stat().st_size / 1000:.0f} kB")


# -- the window ------------------------------------------------------------------------------------
_kept: list[Any] = []


def application() -> Any:
    """The one QApplication."""
    from PySide6.QtWidgets import QApplication

    app = QApplication.instance() or QApplication(["office-studio"])
    _kept.append(app)
    return app


def wait(seconds: float) -> None:
    from PySide6.QtCore import QEventLoop, QTimer

    loop = QEventLoop()
    QTimer.singleShot(round(seconds * 1000), loop.quit)
    loop.exec()


@contextmanager
def open_window() -> Iterator[Any]:
    """The whole program, shown and started."""
    from office_studio.app import Application

    made = Application(application())
    made.studio.window.resize(*SIZES[0])
    made.studio.window.show()
    made.start()
    wait(3)
    try:
        yield made
    finally:
        made.studio.window.close()
        made.close()


def photographer(made: Any) -> Callable[..., None]:
    """Takes a picture of the window at each size, dark and light, with a dialog in its middle if there is one."""
    from assign_pictures import put_menus_onto
    from market_pictures import take_pointer_away

    from office_studio.ui.theming import theme

    studio, window = made.studio, made.studio.window

    def picture(name: str, dialog: Any = None, pose: Callable[[], Callable[[], None]] | None = None) -> None:
        for size in SIZES:
            for scheme in ("dark", "light"):
                window.resize(*size)
                studio.actions.run("view.reset")
                theme().prefer(application(), scheme)
                wait(1.5)
                wait_for_room(studio.stage)
                undo_pose = pose() if pose is not None else None
                take_pointer_away(window)
                path = OUT / f"{name}-{scheme}-{size[0]}.png"
                shot = window.grab()
                put_menus_onto(shot, window)
                if dialog is not None:
                    put_onto(shot, dialog)
                shot.save(str(path))
                if undo_pose is not None:
                    undo_pose()
                report(path)

    return picture


def wait_for_room(stage: Any) -> None:
    """Until a room is drawn in the size of the window."""
    from PySide6.QtCore import QSize

    for _ in range(150):
        if stage.is_flat or (
            stage._picture is not None and stage._picture.deviceIndependentSize().toSize() == QSize(*stage._view_size())
        ):
            return
        wait(0.2)


def put_onto(shot: Any, dialog: Any) -> None:
    """Draw a dialog over the picture of its window, darkened as a window manager would not do but a reader likes."""
    from PySide6.QtGui import QColor, QPainter

    painter = QPainter(shot)
    painter.fillRect(shot.rect(), QColor(0, 0, 0, 110))
    drawn = dialog.grab()
    painter.drawPixmap((shot.width() - drawn.width()) // 2, (shot.height() - drawn.height()) // 2, drawn)
    painter.end()


def take_windows(themes: list[str], *, with_stories: bool) -> None:
    from office_studio.app import _preview_picture
    from office_studio.ui.connect.first_run import FirstRunSheet
    from office_studio.ui.connect.office_ref import DEMO

    with open_window() as made:
        studio, picture = made.studio, photographer(made)
        sheet = FirstRunSheet(studio.window, _preview_picture())
        if with_stories:
            picture("first-run")
        sheet._finish("skip")
        for theme_id in filter(is_room, themes):
            choose(studio, theme_id)
            picture(f"{theme_id}-empty")
        studio.open_office(DEMO)
        while len(studio.store.live_agents) < 12:
            wait(0.3)
        names = {studio.store.name(agent_id): agent_id for agent_id in studio.store.live_agents}
        ids = [names[name] for name in sorted(names)]
        seat_them(studio, ids)
        studio.window.show_workspace("watch")
        wait(WARM_UP_S)
        if with_stories:
            select_worker(studio, ids)
            picture("watch")
            seat_pictures(made)
            studio.window.show_workspace("watch")
            make_pictures(made)
        for theme_id in themes:
            choose(studio, theme_id)
            seat_them(studio, ids)
            studio.window.show_workspace("watch")
            wait(8)
            select_worker(studio, ids)
            picture(f"{theme_id}-watch")


def choose(studio: Any, theme_id: str) -> None:
    studio.library.choose(next(choice for choice in studio.library.bundled if Path(choice.where).name == theme_id))
    wait(4)
    while studio.stage.is_flat is is_room(theme_id):  # a room takes its time
        wait(0.3)
    wait(1)


@contextmanager
def open_office_window() -> Iterator[Any]:
    """The program with the demo office, past its first run."""
    from office_studio.ui.connect.office_ref import DEMO

    with open_window() as made:
        made.studio.open_office(DEMO)
        while len(made.studio.store.live_agents) < 12:
            wait(0.3)
        yield made


def seat_pictures(made: Any) -> None:
    """Seats being given out: the mode, an agent on its way, the grid; plans, auto-assign, a conflict."""
    from assign_pictures import plan_pictures
    from drag_pictures import drag_pictures

    studio, picture = made.studio, photographer(made)
    names = {studio.store.name(agent_id): agent_id for agent_id in studio.store.live_agents}
    ids = [names[name] for name in sorted(names)]
    if not studio.assignments.seated():
        seat_them(studio, ids)
        wait(30)  # until there are different statuses, and ages to read
    studio.window.show_workspace("assign")
    wait(2)
    drag_pictures(studio, ids, picture, wait)
    studio.assignments.assign(ids[2], 5)
    wait(2)
    picture("assign")
    plan_pictures(studio, ids, picture, wait)


def make_pictures(made: Any) -> None:
    """Library, problems and upload, with themes that a designer may have."""
    studio, picture = made.studio, photographer(made)
    with tempfile.TemporaryDirectory(prefix="themes-", dir=Path.home()) as folder:
        garden, attic, room = designers_themes(Path(folder))
        studio.window.show_workspace("make")
        page = studio.make_page
        upload(studio, garden)
        for version in ("1.0.1", "1.0.2"):
            raise_version(garden, version)
            upload(studio, garden)
        raise_version(garden, "1.1.0")
        upload(studio, ROOT / "themes" / "night-lab")
        for path in (room, garden, attic):
            page.shelf.add(path)
        wait(15)
        page.toasts.clear()
        page.library.choose(page.shelf.of_theme("pixel-garden").key)
        picture("library")
        pack_and_history(studio, picture)
        page.open_path(attic)
        wait(6)
        page.page.view.choose(next(f for f in page.page.model.findings if f.rule == "T2D-SEAT-ZONE"))
        picture("problems")
        page.show_library()
        wait(1)
        page.library.choose(page.shelf.of_theme("pixel-garden").key)
        slow_upload(studio, picture)
        for path in (room, garden, attic):
            page.shelf.forget(path)


def pack_and_history(studio: Any, picture: Callable[..., None]) -> None:
    """The map of sizes of a bundled theme, and what was uploaded before; dialogs are drawn onto the window."""
    page = studio.make_page
    page.library.choose(page.shelf.of_theme("cozy-loft").key)
    studio.pack_theme()
    wait(4)
    picture("pack", studio.pack_dialog)
    studio.pack_dialog.reject()
    page.library.choose(page.shelf.of_theme("pixel-garden").key)
    studio.show_history()
    wait(2)
    picture("uploads", studio.history_dialog)
    studio.history_dialog.reject()


def designers_themes(folder: Path) -> tuple[Path, Path, Path]:
    """One newer here than on the server, one with problems, one in three dimensions."""
    import json

    from office_studio.services.theme_templates import new_theme

    garden = new_theme("2d-full", "Pixel Garden", folder)
    attic = new_theme("2d-full", "Attic Sketch", folder)
    room = new_theme("3d-room", "Box Room", folder)
    file = attic / "theme.json"
    document = json.loads(file.read_text("utf-8"))
    zone = document["zones"][-1]
    zone["seats"][0]["x"] = zone["bounds"]["x"] + zone["bounds"]["width"] + 24
    document["version"] = "0.3"
    document["furniture"][0]["layer"] = "furnitur"
    document["furniture"][1]["sprite"] = "dsk.png"
    file.write_text(json.dumps(document, indent=2), encoding="utf-8")
    (attic / "plant-old.png").write_bytes((attic / "preview.png").read_bytes())
    return garden, attic, room


def raise_version(folder: Path, version: str) -> None:
    from office_studio.services.theme_diff import write_version

    write_version(folder, version)


def upload(studio: Any, path: Path) -> None:
    """Upload through the sheet, and wait until the office has it."""
    from PySide6.QtCore import QEventLoop

    studio.upload_theme()
    sheet, loop = studio.upload_sheet, QEventLoop()
    sheet.choose(path)
    sheet.start(is_asked=False)
    sheet.job.uploaded.connect(loop.quit)
    sheet.job.failed.connect(loop.quit)
    loop.exec()


def slow_upload(studio: Any, picture: Callable[[str], None]) -> None:
    """A real upload on a slow line: the file is handed out in drops while the pictures are taken."""
    import time

    from office_studio.services import theme_client

    fast = theme_client._Counting.read

    def slow(counting: Any, size: int = -1) -> bytes:
        time.sleep(0.25)
        return fast(counting, 4_000)

    theme_client._Counting.read = slow  # type: ignore[method-assign]
    try:
        studio.upload_theme()
        sheet = studio.upload_sheet
        sheet.details_button.setChecked(True)
        sheet.start(is_asked=False)
        while sheet.job.sent_bytes < 150_000:
            wait(0.2)
        picture("upload")
        sheet._on_close_clicked()
        wait(2)
    finally:
        theme_client._Counting.read = fast  # type: ignore[method-assign]


def seat_them(studio: Any, ids: list[str]) -> None:
    """Bind nine agents; one slot stays free, so that it can be seen."""
    studio.window.show_workspace("assign")
    for slot, agent_id in enumerate(ids[:9]):
        studio.assignments.assign(agent_id, slot if slot < 6 else slot + 1)
    wait(5)
    studio.window.stage_frame.toasts.clear()


def select_worker(studio: Any, ids: list[str]) -> None:
    working = (agent_id for agent_id in ids if studio.store.live_agents[agent_id].status == "working")
    studio.store.select(next(working, ids[0]))
    wait(2)


if __name__ == "__main__":
    main()
