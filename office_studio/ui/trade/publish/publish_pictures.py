"""Draws the previews of a theme, as a program of its own (``python -P -m`` and the name of this module).

Drawing an office takes seconds and Qt's pictures belong to one thread, so the window lets this program do it:
``THEME OUT [WIDTHxHEIGHT]`` writes ``day.jpg``, ``night.jpg``, ``busy.jpg``, ``empty.jpg`` and a square ``icon.png``
into OUT. A line of JSON goes out for each: ``{"name", "path"}``; at the end ``{"done": true}`` or ``{"error": …}``.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from office_studio.core.office.live import LiveAgent
from office_studio.core.office.model import Agent, AgentStatus, Binding

if TYPE_CHECKING:
    from PIL import Image

    from office_studio.services.theme_loader import LoadedTheme

NAMES = ("day", "night", "busy", "empty")
SIZE = (1280, 720)
ICON_PX = 256
_AT_MS = 2_400  # everybody sits, and who speaks still speaks
_PEOPLE = ("Sana", "Otto", "Lumi", "Ron", "Pia", "Kai", "Mila", "Theo", "Ida", "Noor", "Emil", "Zoe", "Luca", "Ada")
_TASKS = ("Answering letters", "Invoice export", "Reading the contract", "Release notes", "Weekly report")
_NIGHT = (0.30, 0.34, 0.60)  # what moonlight leaves of red, green and blue
_LAMP = 0.10  # radius of the light around somebody who still works, as part of the picture's width


@dataclass(frozen=True, slots=True)
class View:
    """Who is there. ``is_lit``: daylight."""

    name: str
    agents: tuple[LiveAgent, ...]
    is_lit: bool = True


def views(slots: int) -> tuple[View, ...]:
    """Day: some at work, some not. Night: two are left. Busy: every slot works. Empty: nobody."""
    some, all_of_them = min(slots, max(2, slots // 2)), min(slots, len(_PEOPLE))
    day = [_person(n, "working" if n % 3 != 2 else "idle") for n in range(some)]
    busy = [_person(n, "working") for n in range(all_of_them)]
    for first, second in zip(range(1, all_of_them, 5), range(2, all_of_them, 5), strict=False):
        busy[first], busy[second] = _person(first, "collaborating", second), _person(second, "collaborating", first)
    night = [_person(n, "working", task=False) for n in range(min(2, slots))]
    return (
        View("day", tuple(day)),
        View("night", tuple(night), is_lit=False),
        View("busy", tuple(busy)),
        View("empty", ()),
    )


def _person(number: int, status: str, other: int | None = None, *, task: bool = True) -> LiveAgent:
    known = AgentStatus(status)
    agent = Agent(
        id=f"preview-{number}",
        name=_PEOPLE[number],
        status=known,
        online=True,
        current_task=_TASKS[number % len(_TASKS)] if task and status == "working" else None,
        collaborating_with=() if other is None else (f"preview-{other}",),
    )
    return LiveAgent(agent, known, None)


def draw(theme: Path, folder: Path, size: tuple[int, int] = SIZE) -> None:
    """Write all of them; blocks for seconds. Raises OfficeStudioError where nothing of the theme can be drawn."""
    from office_studio.core.office.seating import slot_count
    from office_studio.services.picture_export import write_still
    from office_studio.services.theme_loader import load_theme

    loaded = load_theme(theme)
    for view in views(slot_count(loaded.theme)):
        picture = _draw(loaded, view, size)
        path = folder / f"{view.name}.jpg"
        write_still(path, picture)
        _say({"name": view.name, "path": path.name})
        if view.name == "day":
            write_still(folder / "icon.png", _square(picture))
            _say({"name": "icon", "path": "icon.png"})


def _draw(loaded: LoadedTheme, view: View, size: tuple[int, int]) -> Image.Image:
    from office_studio.ui.render.film import Film, to_pillow
    from office_studio.ui.render.offscreen import StillOptions, open_film

    # By night no labels: they would be as dark as the room.
    bindings = tuple(Binding(slot, one.id, one.agent.name) for slot, one in enumerate(view.agents))
    is_room = loaded.theme.room is not None
    options = StillOptions(size=size, fit=None if is_room else "content", labels=view.is_lit)
    film: Film
    if is_room:
        from office_studio.ui.room3d.room_film import open_room_film

        film = open_room_film(loaded, view.agents, bindings, options)
    else:
        film = open_film(loaded, view.agents, bindings, options)
    try:
        film.go_to(_AT_MS)
        picture = to_pillow(film.scenery.image())
        if not view.is_lit:
            shown = film.scenery.describe().get("agents", [])
            picture = by_night(
                picture, [(one["screen"]["x"], one["screen"]["y"]) for one in shown if one.get("screen")]
            )
    finally:
        if (close := getattr(film.scenery, "close", None)) is not None:
            close()  # of rooms: the drawing process
    return picture


def by_night(picture: Image.Image, lamps: Sequence[tuple[float, float]]) -> Image.Image:
    """The same room after dark, with light where somebody works. Themes have no night of their own."""
    from PIL import Image, ImageChops, ImageDraw, ImageFilter

    dark = Image.new("RGB", picture.size, tuple(round(255 * part) for part in _NIGHT))
    light = Image.new("L", picture.size, 0)
    radius = round(picture.width * _LAMP)
    pen = ImageDraw.Draw(light)
    for x, y in lamps:
        pen.ellipse((x - radius, y - radius * 0.9, x + radius, y + radius * 0.5), fill=210)
    light = light.filter(ImageFilter.GaussianBlur(radius * 0.5))
    warm = Image.new("RGB", picture.size, (255, 236, 205))
    return ImageChops.multiply(picture, Image.composite(warm, dark, light))


def _square(picture: Image.Image) -> Image.Image:
    side = min(picture.size)
    left, top = (picture.width - side) // 2, (picture.height - side) // 2
    return picture.crop((left, top, left + side, top + side)).resize((ICON_PX, ICON_PX))


def _say(fact: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(fact) + "\n")
    sys.stdout.flush()


def main() -> int:
    from office_studio.errors import OfficeStudioError

    theme, folder = Path(sys.argv[1]), Path(sys.argv[2])
    width, _, height = (sys.argv[3] if len(sys.argv) > 3 else "").partition("x")
    if sys.platform.startswith("linux") and not any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY")):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtGui import QGuiApplication
    from PySide6.QtWidgets import QApplication

    app = QApplication.instance() or QApplication(["office-studio"])
    assert isinstance(app, QGuiApplication)
    try:
        draw(theme, folder, (int(width), int(height)) if width and height else SIZE)
    except OfficeStudioError as error:
        _say({"error": {"code": error.code, "message": error.message, "hint": error.hint}})
        return 3
    _say({"done": True})
    return 0


if __name__ == "__main__":
    sys.exit(main())
