"""No verb: open the window, or take a picture of it with ``--screenshot``."""

from __future__ import annotations

import argparse
import gc
import os
import sys
from pathlib import Path

from office_studio.cli.output import note
from office_studio.errors import UsageError

_DEFAULT_AFTER_S = 6.0


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--office", metavar="URL", help="connect to this office (default: the one of the last run)")
    parser.add_argument("--token", metavar="T", help="token for --office (or OFFICE_STUDIO_TOKEN)")
    parser.add_argument("--theme", metavar="ID|PATH", help="bundled or uploaded theme, theme folder or zip")
    parser.add_argument("--demo", action="store_true", help="open the demo office with its simulated agents")
    parser.add_argument("--first-run", action="store_true", help="show the first-run choices again")
    parser.add_argument("--workspace", choices=("watch", "assign"), help="workspace to open")
    parser.add_argument("--select", metavar="NAME", help="select the agent of this name once it is there")
    picture = parser.add_argument_group("taking a picture of the window, also without a display")
    picture.add_argument("--screenshot", type=Path, metavar="PNG", help="save a picture of the window, then quit")
    picture.add_argument(
        "--after", type=float, metavar="SECONDS", help=f"wait before the picture (default: {_DEFAULT_AFTER_S:g})"
    )
    picture.add_argument("--size", metavar="WxH", type=_size, help="size of the window, e.g. 1280x720")
    picture.add_argument("--color-scheme", choices=("dark", "light", "system"), help="colours of this run")


def run(args: argparse.Namespace) -> int:
    check_versions()
    if args.office is None:
        args.office = os.environ.get("OFFICE_STUDIO_OFFICE")
    if args.token is None:
        args.token = os.environ.get("OFFICE_STUDIO_TOKEN")
    if args.after is None:
        args.after = _DEFAULT_AFTER_S
    if args.after < 0:
        raise UsageError("AFTER_NEGATIVE", f"--after must not be negative: {args.after:g}")
    _choose_platform(has_screenshot=args.screenshot is not None)
    prepare()
    from office_studio.app import main

    return main(args)


def prepare() -> None:
    """Make the imports of the start cheap: they create thousands of objects that live for ever, so collecting garbage
    in between finds nothing. ``ui.garbage`` takes it over when the window has started."""
    gc.disable()


def check_versions() -> None:
    """Raises UsageError PYSIDE_TOO_NEW for the one pair of versions that aborts after a few thousand calls."""
    from PySide6 import __version__ as found

    numbers = tuple(int(part) for part in found.split(".")[:2])
    if numbers >= (6, 12) and sys.version_info < (3, 12):
        raise UsageError(
            "PYSIDE_TOO_NEW",
            f"PySide6 {found} does not run on Python {sys.version_info[0]}.{sys.version_info[1]}: it aborts.",
            "Install PySide6 below 6.12 (pip install 'PySide6<6.12'), or use Python 3.12 or newer.",
        )


def _choose_platform(*, has_screenshot: bool) -> None:
    """Qt ends the process when it finds no display, so that is asked before Qt is."""
    if not sys.platform.startswith("linux") or os.environ.get("QT_QPA_PLATFORM"):
        return
    if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        return
    if not has_screenshot:
        raise UsageError(
            "NO_DISPLAY",
            "There is no display to open a window on (neither DISPLAY nor WAYLAND_DISPLAY is set).",
            "Run it in a desktop session, or take a picture instead: office-studio --demo --screenshot office.png",
        )
    note("No display: the picture is taken off screen.")
    os.environ["QT_QPA_PLATFORM"] = "offscreen"


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.lower().partition("x")
    try:
        size = int(width), int(height)
    except ValueError:
        raise argparse.ArgumentTypeError(f"not a size: {text} (write it like 1280x720)") from None
    if not (320 <= size[0] <= 8_000 and 240 <= size[1] <= 8_000):
        raise argparse.ArgumentTypeError(f"out of range: {text} (320x240 to 8000x8000)")
    return size
