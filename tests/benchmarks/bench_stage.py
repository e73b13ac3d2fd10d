"""CPU time of the GUI thread per frame, for 12, 100 and 500 figures, and what an office costs while nothing happens.

Run by hand: QT_QPA_PLATFORM=offscreen python tests/benchmarks/bench_stage.py [SECONDS_OF_IDLING]
A frame is one tick of the stage (model, items, labels) and the painting of what it made dirty.
"""

# ruff: noqa: T201
from __future__ import annotations

import os
import statistics
import sys
import time
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from office_studio.core.office.live import LiveAgent
from office_studio.core.office.model import Agent, AgentStatus
from office_studio.core.theme.model import Direction, Point, Rect, Seat, Theme, Zone, ZoneType
from office_studio.paths import bundled_themes_dir
from office_studio.services.theme_loader import LoadedTheme, load_theme
from office_studio.ui.render.stage_view import StageView

FRAMES = 150
SIZE = (1280, 720)


def spin(milliseconds: int) -> None:
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def crowd(loaded: LoadedTheme, count: int) -> LoadedTheme:
    """The theme with seats for everybody, half of them in a work zone, half in a lounge."""
    columns = max(4, round((count * 16 / 9) ** 0.5))
    rows = -(-count // columns) * 2

    def zone(number: int, kind: ZoneType) -> Zone:
        seats = tuple(
            Seat(
                f"{kind}-{i}",
                Point(120 + (i % columns) * 1680 / columns, 180 + (2 * (i // columns) + number) * 860 / rows),
                Direction.DOWN,
            )
            for i in range(count)
        )
        return Zone(str(kind), str(kind), kind, Rect(0, 0, 1920, 1080), count, seats)

    zones = (zone(0, ZoneType.WORK), zone(1, ZoneType.LOUNGE))
    return replace(loaded, theme=replace(loaded.theme, zones=zones, max_agents=None))


def agent(number: int, status: AgentStatus) -> LiveAgent:
    ident = f"agent-{number}"
    task = "Refactor the invoice export" if status is AgentStatus.WORKING else None
    return LiveAgent(Agent(ident, f"Agent {number}", status, current_task=task), status, 0)


class Timed(StageView):
    """Adds up the time of ticks and of painting."""

    def __init__(self) -> None:
        super().__init__()
        self.spent = 0.0
        self.frames: list[float] = []

    def _tick(self) -> None:
        start = time.thread_time()
        super()._tick()
        self.spent += time.thread_time() - start

    def paintEvent(self, event: object) -> None:
        start = time.thread_time()
        super().paintEvent(event)  # type: ignore[arg-type]
        self.frames.append((time.thread_time() - start + self.spent) * 1000)
        self.spent = 0.0


def run(app: QApplication, loaded: LoadedTheme, count: int) -> None:
    view = Timed()
    view.resize(*SIZE)
    ready = []
    view.theme_shown.connect(lambda *_: ready.append(True))
    theme: Theme = loaded.theme
    view.set_theme(loaded if count <= len(theme.seats) else crowd(loaded, count))
    view.set_agents([agent(i, AgentStatus.WORKING if i % 2 else AgentStatus.IDLE) for i in range(count)])
    view.show()
    while not ready:
        spin(20)
    spin(1500)
    print(row(count, "animating", measure(view, None)))
    print(row(count, "20 % walking", measure(view, lambda turn: walk(view, count, turn))))
    view.select("agent-1")
    print(row(count, "10 changes a frame", measure(view, lambda turn: poke(view, count, turn))))
    view.close()
    view.close_stage()
    app.processEvents()


def measure(view: Timed, each: object) -> list[float]:
    view.frames.clear()
    turn = 0
    deadline = time.monotonic() + 12
    while len(view.frames) < FRAMES and time.monotonic() < deadline:
        if callable(each):
            each(turn)
        spin(16)
        turn += 1
    return view.frames[:FRAMES]


def walk(view: StageView, count: int, turn: int) -> None:
    """Every second a fifth of all change between desk and sofa."""
    if turn % 60 == 0:
        status = AgentStatus.IDLE if turn // 60 % 2 else AgentStatus.WORKING
        view.update_agents([agent(i, status) for i in range(0, count, 5)])


def poke(view: StageView, count: int, turn: int) -> None:
    changed = []
    for i in range(10):
        number = (turn * 10 + i) % count
        live = agent(number, AgentStatus.WORKING if number % 2 else AgentStatus.IDLE)
        changed.append(replace(live, agent=replace(live.agent, current_task=f"Step {turn}")))
    view.update_agents(changed)


def row(count: int, what: str, frames: list[float]) -> str:
    if not frames:
        return f"{count:>5}  {what:<20} no frame was due"
    ordered = sorted(frames)
    p99 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
    return f"{count:>5}  {what:<20} {statistics.median(frames):7.2f} {p99:7.2f} {ordered[-1]:7.2f}"


def idle(loaded: LoadedTheme, seconds: float) -> None:
    view = StageView()
    view.resize(*SIZE)
    view.set_theme(loaded)
    view.set_agents([agent(i, AgentStatus.WORKING if i % 2 else AgentStatus.IDLE) for i in range(12)])
    view.show()
    spin(1500)
    for what, prepare in (
        ("shown, all animated", lambda: None),
        ("shown, reduced motion", lambda: view.set_reduced_motion(True)),
        ("hidden", view.hide),
    ):
        prepare()
        spin(500)
        before, start = time.process_time(), time.monotonic()
        spin(round(seconds * 1000))
        share = (time.process_time() - before) / (time.monotonic() - start) * 100
        print(f"12 figures, {what:<22} {share:5.1f} % of one core")
    view.close_stage()


def main() -> None:
    app = QApplication([])
    loaded = load_theme(bundled_themes_dir() / "cozy-loft")
    print(f"ms of GUI thread a frame at {SIZE[0]} × {SIZE[1]}, {Path(sys.argv[0]).name}")
    print(f"{'N':>5}  {'':<20} {'median':>7} {'p99':>7} {'worst':>7}")
    for count in (12, 100, 500):
        run(app, loaded, count)
    idle(loaded, float(sys.argv[1]) if len(sys.argv) > 1 else 5)


if __name__ == "__main__":
    main()
