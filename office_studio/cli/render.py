"""``office-studio render``: a picture, an animation or a sheet of states of a theme, without a window."""

from __future__ import annotations

import argparse
import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from office_studio.cli import render_model
from office_studio.cli.agents_file import Cast, read_agents
from office_studio.cli.output import note, print_json
from office_studio.core.office.seating import slot_count
from office_studio.errors import UsageError
from office_studio.paths import bundled_themes_dir
from office_studio.services.picture_export import (
    MAX_PICTURE_PIXELS,
    check_target,
    frame_count,
    write_animation,
    write_still,
)
from office_studio.services.theme_loader import LoadedTheme, load_theme

if TYPE_CHECKING:
    from office_studio.ui.render.film import Film

BUILT_IN = "built-in"
_EXAMPLES = """examples:
  office-studio render cozy-loft -o office.png
  office-studio render my-theme.zip --agents agents.json --size 1920x1080 --at 2.5 -o office.png
  office-studio render themes/cozy-loft --agents agents.json --json -o office.png
  office-studio render cozy-loft --agents agents.json --seconds 8 --fps 12 -o office.gif
  office-studio render figure.glb --clip walk --turntable 36 -o figure.gif
  office-studio render loft-3d --agents agents.json --seconds 6 -o loft.webp
  office-studio render cozy-loft --sheet --color-scheme light -o states.png

THEME is the id of a bundled theme, a theme folder, a theme.json, a zip, or "built-in" for the office without a theme.
With --seconds the file is an animation: .gif (256 colours), .webp (small) or .png (APNG, exact).

An agents file is a JSON list of {"id", "name", "status", "online", "emoji", "color", "currentTask",
"collaboratingWith"}; "slot" puts an agent on a slot, without it they are bound in order. "changes" lets things happen,
times in seconds since the office appeared; what a change does not name stays as it was:
  [{"id": "ada", "name": "Ada", "status": "idle",
    "changes": [{"at": 1, "status": "working", "currentTask": "Invoice export"}, {"at": 6, "status": "blocked"}]}]
Fields of a change: status, online, currentTask, currentToolDetail, blockedBy, collaboratingWith, name. A task is spoken
for some seconds when it begins ("at": 0 for the first moment); the task of the --select-ed agent always shows.

What of a theme cannot be used is listed as a finding (on stderr, and in --json) and left out of the picture; only a
theme of which nothing can be drawn ends with exit code 3."""
_SIZE = re.compile(r"(\d{1,5})[x×](\d{1,5})\Z")
_DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY")
_FRAMES_PER_S = 12.0


@dataclass(frozen=True, slots=True)
class Motion:
    """``frames`` of an animation, shown ``fps`` a second."""

    frames: int
    fps: float


def configure(parser: argparse.ArgumentParser) -> None:
    parser.epilog = _EXAMPLES
    add = parser.add_argument
    add("theme", metavar="THEME", help="id of a bundled theme, theme folder, theme.json or zip")
    add("--agents", metavar="FILE", type=Path, help="JSON list of agents to draw")
    add("--size", metavar="WxH", default="1280x720", help="size of the view (default %(default)s)")
    add("--scale", metavar="F", type=float, default=1.0, help="device pixels per view pixel (default %(default)s)")
    add("--fit", choices=("contain", "cover", "1:1", "content"), help="all, no gaps, 1 px a unit, or what is drawn on")
    add("--quality", choices=("high", "performance"), default="high", help="performance leaves out effects")
    add("--at", metavar="SECONDS", type=float, default=0.0, help="time since the office appeared")
    add("--seconds", metavar="N", type=float, help="an animation of so many seconds, from --at on")
    add("--fps", metavar="F", type=float, help=f"its frames a second (default {_FRAMES_PER_S:g})")
    add("--select", metavar="AGENT", help="draw this agent as selected")
    add("--no-labels", action="store_true", help="leave out names, badges and bubbles")
    add("--reference", action="store_true", help="draw as the original web renderer did, for comparison")
    add("--sheet", action="store_true", help="every state of every costume in all directions instead of the office")
    add("--color-scheme", choices=("dark", "light"), default="dark", help="ground of --sheet (default %(default)s)")
    add(
        "--camera", metavar="VIEW", help="3D: iso, front, back, left, right, top, below, portrait, or a direction x,y,z"
    )
    add("--turntable", metavar="N", help="3D models: pictures of one turn")
    add("--clip", metavar="NAME", help="3D models: the clip that is shown; --at is the time in it")
    add("--json", action="store_true", help="print what is on the (last) picture as JSON")
    add("-o", "--output", metavar="FILE", type=Path, required=True, help="picture to write")


def run(args: argparse.Namespace) -> int:
    _check(args)
    size = _size(args.size, args.scale)
    if render_model.is_model(args.theme):
        _start_qt()
        return render_model.draw(args, (round(size[0] * args.scale), round(size[1] * args.scale)), _progress)
    loaded = None if args.theme == BUILT_IN else load_theme(find_theme(args.theme))
    (_check_room if loaded is not None and loaded.theme.room is not None else _check_flat)(args)
    slots = slot_count(loaded.theme) if loaded is not None else 0
    cast = read_agents(args.agents, slots) if args.agents else Cast()
    if args.select is not None and args.select not in {agent.id for agent in cast.agents}:
        raise UsageError("RENDER_SELECT", f"There is no agent “{args.select}”.", "Name one of the --agents file by id.")
    _start_qt()
    film, pixels = _film(loaded, cast, size, args)
    try:
        motion = _motion(args, pixels)
        film.go_to(args.at * 1000)
        _write(film, args.output, motion)
        dump = film.scenery.describe()
    finally:
        if (close := getattr(film.scenery, "close", None)) is not None:
            close()  # of rooms: the drawing process
    for finding in dump["findings"]:
        note(f"{finding['severity']}: {finding['message']} [{finding['rule']}]")
    if args.json:
        print_json(dump)
    else:
        what = f", {motion.frames} frames" if motion else ""
        note(f"Wrote {args.output}, {pixels[0]} × {pixels[1]} px{what}.")
    return 0


def find_theme(name: str) -> Path:
    """A path, or the folder of a bundled theme of that id."""
    path = Path(name)
    if path.exists() or "/" in name or "\\" in name or path.suffix:
        return path
    bundled = bundled_themes_dir() / name
    if bundled.is_dir():
        return bundled
    known = sorted(p.name for p in bundled_themes_dir().glob("*") if (p / "theme.json").is_file())
    raise UsageError(
        "THEME_UNKNOWN",
        f"There is no theme “{name}”, neither here nor among the bundled ones.",
        f"Give a folder, a theme.json or a zip, or one of: {', '.join(known)}.",
    )


# -- inside ----------------------------------------------------------------------------------------
def _check(args: argparse.Namespace) -> None:
    """Refuse what cannot be done before anything is loaded."""
    if not 0 <= args.at <= 3600:
        raise UsageError(
            "RENDER_TIME", "--at must lie between 0 and an hour.", "Give seconds since the office appeared."
        )
    if args.fps is not None and args.seconds is None and args.turntable is None:
        raise UsageError("RENDER_LENGTH", "--fps is for animations.", "Add --seconds.")
    if args.sheet and args.reference:
        raise UsageError("RENDER_SHEET", "--sheet and --reference exclude each other.", "Leave out one of them.")
    if args.sheet and args.theme == BUILT_IN:
        raise UsageError("RENDER_SHEET", "The built-in office has no costumes.", "Give a theme.")
    if render_model.is_model(args.theme):
        render_model.check(args)
    elif args.clip is not None:
        raise UsageError("RENDER_CLIP", "--clip is for single models.", "Give a .glb file, or leave out --clip.")
    else:
        check_target(args.output, animated=args.seconds is not None)


def _start_qt() -> None:
    if sys.platform.startswith("linux") and not any(os.environ.get(name) for name in _DISPLAYS):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QApplication

    global _app  # Qt's application must outlive every picture
    _app = QApplication.instance() or QApplication(["office-studio"])


_app: Any = None


def _check_flat(args: argparse.Namespace) -> None:
    """Refuse for flat themes what only rooms and models have."""
    for name in ("camera", "turntable"):
        if getattr(args, name) is not None:
            raise UsageError(
                "RENDER_3D", f"--{name} is for 3D themes and models; {args.theme} is flat.", f"Leave out --{name}."
            )


def _check_room(args: argparse.Namespace) -> None:
    """Refuse for rooms what only flat themes have."""
    if args.sheet:
        raise UsageError("RENDER_SHEET", "--sheet is for 2D themes.", "Leave it out, or draw a film with --seconds.")
    if args.turntable is not None:
        raise UsageError("RENDER_3D", "--turntable is for single models.", "Give a .glb file, or --seconds.")
    if args.fit is not None:
        raise UsageError("RENDER_3D", "--fit is for 2D themes; a room is always shown whole.", "Leave out --fit.")


def _film(
    loaded: LoadedTheme | None, cast: Cast, size: tuple[int, int], args: argparse.Namespace
) -> tuple[Film, tuple[int, int]]:
    """What is to be drawn, and the size of its pictures in pixels."""
    from office_studio.ui.render.film import Change, Film
    from office_studio.ui.render.offscreen import StillOptions, open_film

    if args.sheet and loaded is not None:
        from office_studio.ui.render.state_sheet import StateSheet

        sheet = StateSheet(loaded, args.scale, args.color_scheme)
        return Film(sheet), (round(sheet.size[0] * args.scale), round(sheet.size[1] * args.scale))
    options = StillOptions(
        size=size,
        scale=args.scale,
        fit=args.fit,
        quality=args.quality,
        labels=not args.no_labels,
        reference=args.reference,
        selected=args.select,
    )
    changes = tuple(Change(at_ms, agent) for at_ms, agent in cast.changes)
    if loaded is not None and loaded.theme.room is not None:
        from office_studio.ui.room3d.picture import view_direction
        from office_studio.ui.room3d.room_film import open_room_film

        view_from = view_direction(args.camera) if args.camera is not None else None
        film = open_room_film(loaded, cast.agents, cast.bindings, options, changes=changes, view_from=view_from)
        return film, (round(size[0] * args.scale), round(size[1] * args.scale))
    film = open_film(loaded, cast.agents, cast.bindings, options, looks=cast.looks, changes=changes)
    return film, (round(size[0] * args.scale), round(size[1] * args.scale))


def _motion(args: argparse.Namespace, pixels: tuple[int, int]) -> Motion | None:
    if args.seconds is None:
        return None
    fps = _FRAMES_PER_S if args.fps is None else args.fps
    return Motion(frame_count(args.seconds, fps, *pixels), fps)


def _write(film: Film, path: Path, motion: Motion | None) -> None:
    from office_studio.ui.render.film import to_pillow

    if motion is None:
        write_still(path, to_pillow(film.scenery.image()))
        return
    frames = (to_pillow(image) for image in film.frames(motion.frames, motion.fps))
    try:
        write_animation(path, frames, motion.frames, motion.fps, progress=_progress)
    finally:
        _progress(0, 0)


def _progress(done: int, count: int) -> None:
    """A line that counts up, on a terminal; ``(0, 0)`` clears it."""
    if sys.stderr.isatty():
        text = f"Drawing frame {done} of {count}" if count else ""
        print(f"\r{text:<40}", end="" if count else "\r", file=sys.stderr, flush=True)


def _size(text: str, scale: float) -> tuple[int, int]:
    found = _SIZE.match(text)
    if found is None:
        raise UsageError("RENDER_SIZE", f"“{text}” is not a size.", "Write width x height, e.g. 1280x720.")
    width, height = int(found[1]), int(found[2])
    if min(width, height) < 16 or not 0.1 <= scale <= 8 or width * height * scale * scale > MAX_PICTURE_PIXELS:
        raise UsageError(
            "RENDER_SIZE", f"{text} at scale {scale:g} is too large or too small.",
            "Stay below 64 megapixels, at least 16 px a side, scale 0.1 to 8.",
        )  # fmt: skip
    return width, height
