"""How long the GUI thread is held up by each page of the window. Run by hand:

    python tests/benchmarks/bench_gui_stalls.py [--only market] [--limit 8] [--profile "Market: Pub"] [--events]

Walks the pages of Watch, Assign, Make and Market in the real window, with its sheets and the palette. Of every step:
the longest turn of the event loop, which is how long a click would have to wait, in milliseconds of CPU of the GUI
thread, so that other programs on the machine do not count; and all turns of the step together. What only the first
time has is imports, style rules met for the first time, and widgets. ``--profile`` prints where the time of steps
whose names begin so goes, ``--events`` which events took long (both slow everything down).
"""

# ruff: noqa: T201  (a benchmark prints its figures)
from __future__ import annotations

import argparse
import cProfile
import os
import pstats
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from office_studio.ui.theming import STYLE_ARGUMENTS, STYLE_CHOSEN

_QUIET_TURNS = 12  # so many turns without work after the condition: the step is over
_IDLE_MS = 0.3
_ROWS = 500


@dataclass
class Spell:
    """The stretches of one step, ms of CPU of this thread."""

    longest: float = 0.0
    which: int = 0  # turn; 0 is the act itself
    whole: float = 0.0

    def took(self, ms: float, turn: int) -> None:
        self.whole += ms
        if ms > self.longest:
            self.longest, self.which = ms, turn


class Watched(QApplication):
    """Tells of each outermost event that takes long. Python is asked thousands of times: for looking closer only."""

    _is_inside = False

    def notify(self, receiver: QObject, event: QEvent) -> bool:
        if self._is_inside:
            return super().notify(receiver, event)
        self._is_inside = True
        # Asked before: afterwards the event and the receiver may be gone.
        kind, who = event.type(), type(receiver).__name__
        begin = time.thread_time()
        try:
            return super().notify(receiver, event)
        finally:
            self._is_inside = False
            ms = (time.thread_time() - begin) * 1000
            if ms > 4:
                print(f"      {ms:6.1f} ms  {who} {kind.name}")


class Walk:
    def __init__(self, app: QApplication, args: argparse.Namespace) -> None:
        self.app, self.args = app, args
        self.rows: dict[str, list[Spell]] = {}
        self.problems: list[str] = []

    def step(self, name: str, act: Callable[[], object], until: Callable[[], object] = lambda: True) -> None:
        """Do it as the handler of one event, then let the window come to rest."""
        if self.args.events:
            print(f"   {name}")
        spell, profile = Spell(), self._profile(name)
        if profile is not None:
            profile.enable()
        begin = time.thread_time()
        act()
        spell.took((time.thread_time() - begin) * 1000, 0)
        self._rest(spell, until, name)
        if profile is not None:
            profile.disable()
            print(f"-- {name}")
            pstats.Stats(profile).sort_stats(self.args.sort).print_stats(self.args.lines)
        self.rows.setdefault(name, []).append(spell)

    def _profile(self, name: str) -> cProfile.Profile | None:
        wanted = self.args.profile
        return cProfile.Profile(time.thread_time) if wanted and name.startswith(wanted) else None

    def _rest(self, spell: Spell, until: Callable[[], object], name: str) -> None:
        quiet, turn, give_up = 0, 0, time.monotonic() + 60
        while quiet < _QUIET_TURNS:
            turn += 1
            begin = time.thread_time()
            self.app.processEvents()
            ms = (time.thread_time() - begin) * 1000
            spell.took(ms, turn)
            quiet = quiet + 1 if ms < _IDLE_MS and until() else 0
            if time.monotonic() > give_up:
                if not until():
                    self.problems.append(f"{name}: never came to its end")
                return
            time.sleep(0.004)

    def table(self) -> None:
        print(f"{'':<40}{'first time':>10}{'in all':>9}{'again':>9}{'in all':>9}   which turn was the longest")
        for name, spells in self.rows.items():
            first, later = spells[0], spells[1:]
            again = (
                f"{min(one.longest for one in later):9.1f}{min(one.whole for one in later):9.1f}" if later else " " * 18
            )
            mark = (
                " !" if max(first.longest, min((one.longest for one in later), default=0)) > self.args.limit else "  "
            )
            print(f"{name:<40}{first.longest:10.1f}{first.whole:9.1f}{again}{mark} {first.which or 'the act itself'}")
        for words in self.problems:
            print(words)


def watch(walk: Walk, studio: Any) -> None:
    window, store = studio.window, studio.store
    walk.step("Watch: the demo office opens", studio.session.open_demo, lambda: len(store.live_agents) >= 3)
    for _ in range(2):
        agent = next(iter(store.live_agents))
        walk.step("Watch: choose an agent", lambda agent=agent: store.select(agent))
        walk.step("Watch: choose nobody", lambda: store.select(""))
        walk.step("Palette opens", studio.open_palette)
        walk.step("Palette: a key", lambda: key(window, Qt.Key.Key_A))
        walk.step("Palette closes", lambda: escape(window))
        walk.step("Settings open", studio.open_settings)
        walk.step("Settings close", lambda: escape(window))
        walk.step("Alerts open", studio.open_alerts)
        walk.step("Alerts close", lambda: escape(window))
        walk.step("View options", studio.show_view_options)
        walk.step("View options close", lambda: escape(window))
        walk.step("Keyboard shortcuts", studio.show_keys)
        walk.step("Keyboard shortcuts close", lambda: escape(window))
        walk.step("Window resized", lambda: window.resize(1300, 740))
        walk.step("Window resized back", lambda: window.resize(1280, 720))


def key(window: QWidget, which: Qt.Key) -> None:
    """Where the keyboard is."""
    QTest.keyClick(QApplication.activePopupWidget() or QApplication.focusWidget() or window, which)


def escape(window: QWidget) -> None:
    key(window, Qt.Key.Key_Escape)


def assign(walk: Walk, studio: Any) -> None:
    for _ in range(2):
        walk.step("Assign opens", lambda: studio.window.show_workspace("assign"))
        walk.step("Assign: manage plans", studio.assign_flow.manage_plans)
        walk.step("Assign: manage plans closes", lambda: escape(studio.window))
        walk.step("Assign: auto-assign", studio.assign_flow.auto_assign)
        walk.step("Assign: auto-assign closes", lambda: escape(studio.window))
        walk.step("Assign: back to Watch", lambda: studio.window.show_workspace("watch"))


def market(walk: Walk, studio: Any) -> None:
    from office_studio.ui.trade.pages import pages

    window = studio.window
    walk.step("Market opens", lambda: window.show_workspace("market"), lambda: studio.market.data is not None)
    for _ in range(2):
        for page in pages():
            show = lambda key=page.id: studio.market.page_requested.emit(key)  # noqa: E731
            walk.step(f"Market: {page.title}", show)
    seller = next(one for one in studio.market.choices if one.role == "vendor")
    switch = lambda: studio.market.switch(seller)  # noqa: E731
    walk.step("Market: other account", switch, lambda: studio.market.data is not None)
    studio.market.page_requested.emit("vendor")
    desk = studio.market_page.page
    walk.step("My apps: read", lambda: None, lambda: desk.vendor.data is not None and desk.desk is not None)
    for _ in range(2):
        for at, words in enumerate(("Listing", "Prices", "Installs", "Inbox", "Wallet")):
            walk.step(f"My apps: {words}", lambda at=at: desk.show_side(at))
        desk.show_side(0)
        walk.step("My apps: form of a new app", desk.open_register)
        walk.step("My apps: form, a key", lambda: key(window, Qt.Key.Key_X))
        walk.step("My apps: form, another key", lambda: key(window, Qt.Key.Key_Y))
        walk.step("My apps: form closes", lambda: desk.sheet.discard())
        walk.step("My apps: form of an app", desk.open_edit)
        walk.step("My apps: form of an app closes", lambda: desk.sheet.discard())
    for _ in range(2):
        walk.step("Market: back to Watch", lambda: window.show_workspace("watch"))
        walk.step("Market: again", lambda: window.show_workspace("market"))
    window.show_workspace("watch")


def make(walk: Walk, studio: Any, folder: Path) -> None:
    from office_studio.paths import bundled_themes_dir

    window = studio.window
    walk.step("Make opens", lambda: window.show_workspace("make"), lambda: studio.make_page is not None)
    page = studio.make_page
    large = large_theme(folder)
    for name, path in (("cozy-loft", bundled_themes_dir() / "cozy-loft"), ("a large theme", large)):
        walk.step(
            f"Make: {name} opens",
            lambda path=path: page.open_path(path),
            lambda: page.page is not None and page.page.document.result is not None,
        )
        opened = page.page
        walk.step(f"Make: {name}: room", partial(opened._show_viewer, "Room"), lambda: True)
        walk.step(f"Make: {name}: text", partial(opened._show_viewer, "theme.json"), lambda: True)
    window.show_workspace("watch")


def large_theme(folder: Path) -> Path:
    from tests.benchmarks.bench_assign import make_theme

    return make_theme(folder, _ROWS)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="watch,assign,make,market")
    parser.add_argument("--profile", default="")
    parser.add_argument("--sort", default="cumulative")
    parser.add_argument("--lines", type=int, default=45)
    parser.add_argument("--limit", type=float, default=8.0)
    parser.add_argument("--events", action="store_true", help="tell of each event over 4 ms")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="office-studio-stalls-") as folder:
        os.environ["OFFICE_STUDIO_HOME"] = folder
        os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"
        measure(args, Path(folder))


def measure(args: argparse.Namespace, folder: Path) -> None:
    from office_studio.app import Application

    app = (Watched if args.events else QApplication)([*sys.argv[:1], *STYLE_ARGUMENTS])
    app.setProperty(STYLE_CHOSEN, True)
    made = Application(app)
    walk = Walk(app, args)
    studio: Any = made.studio
    studio.window.resize(1280, 720)
    walk.step("The window opens", studio.window.show)
    studio.window.activateWindow()
    walk.step("The room and its panels", made.start, lambda: studio.is_furnished and studio.library.loaded is not None)
    try:
        if "watch" in args.only:
            watch(walk, studio)
        if "assign" in args.only:
            assign(walk, studio)
        if "make" in args.only:
            make(walk, studio, folder)
        if "market" in args.only:
            market(walk, studio)
    finally:
        walk.table()
        studio.window.close()
        made.close()


if __name__ == "__main__":
    main()
