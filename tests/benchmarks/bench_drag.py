"""Giving seats by hand in a large office: the real window with a real server, as many agents as seats, all seated.

Run by hand: QT_QPA_PLATFORM=offscreen python tests/benchmarks/bench_drag.py [--agents 500] [--seconds 4]

- ``opens``: from asking for the Assign workspace for the first time to its last paint, and the same for the grid.
- ``idle`` / ``drag``: frames a second that the stage paints while agents idle, walk and work, without and with an agent
  carried over its seats at 60 moves a second; CPU of the GUI thread, % of a core.
- ``move``: CPU of one movement of the mouse (seat found, words, ghost, lights), ms; ``paint``: of the frame after it.
"""

# ruff: noqa: T201, E402  (a benchmark prints its figures; its folders have to be known before imports)
from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(Path(__file__).resolve().parent)]
_HOME = tempfile.TemporaryDirectory(prefix="office-studio-bench-")
os.environ["OFFICE_STUDIO_HOME"] = _HOME.name

import httpx
from PySide6.QtCore import QEvent, QEventLoop, QObject, QPoint, QTimer
from PySide6.QtWidgets import QApplication
from stage_scene import synthetic_theme

from office_studio.app import Application
from office_studio.server.config import ServerConfig
from office_studio.server.lifecycle import OfficeServer
from office_studio.ui.connect.office_ref import OfficeKind, OfficeRef
from tests.ui.hand import Hand

THEME = "synthetic"


class Paints(QObject):
    """Counts paint events of a widget."""

    def __init__(self, widget: QObject) -> None:
        super().__init__(widget)
        self.count = 0
        widget.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        self.count += event.type() == QEvent.Type.Paint
        return False


def wait(seconds: float) -> None:
    loop = QEventLoop()
    QTimer.singleShot(round(seconds * 1000), loop.quit)
    loop.exec()


def wait_until(condition: object, seconds: float = 120) -> None:
    until = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        wait(0.05)
        if time.monotonic() > until:
            raise TimeoutError(condition)


def fill(url: str, token: str, count: int) -> None:
    """Agents, each at work and in a seat."""
    with httpx.Client(base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=60) as http:
        for number in range(count):
            agent_id = http.post("/api/agents", json={"name": f"Agent {number}"}).raise_for_status().json()["id"]
            answer = http.get(f"/api/agents/{agent_id}/token").raise_for_status().json()
            event = {
                "type": "session_start", "agentId": agent_id, "sessionId": f"s-{number}",
                "timestamp": time.time_ns() // 1_000_000, "data": {},
            }  # fmt: skip
            bot = {"Authorization": f"Bearer {answer.get('token') or answer['botToken']}"}
            http.post("/api/office/event", json=event, headers=bot).raise_for_status()
            if number % 50 == 3:
                event |= {"type": "tool_call", "data": {"toolName": "read inbox"}}
                http.post("/api/office/event", json=event, headers=bot).raise_for_status()
            body = {"themeId": THEME, "slotIndex": number, "agentId": agent_id}
            http.put("/api/office/bindings", json=body).raise_for_status()


def opening(studio: object) -> None:
    window = studio.window  # type: ignore[attr-defined]
    for what, act in (("assign", lambda: window.show_workspace("assign")),
                      ("grid", lambda: window.panel("slots").as_grid.click()),
                      ("list", lambda: window.panel("slots").as_list.click())):  # fmt: skip
        wait(0.5)
        wall, cpu = time.perf_counter(), time.thread_time()
        act()
        window.repaint()
        for _ in range(3):
            QApplication.processEvents()
        spent, lasted = (time.thread_time() - cpu) * 1000, (time.perf_counter() - wall) * 1000
        print(f"opens {what:10} {spent:7.1f} ms CPU {lasted:7.1f} ms")


def frames(studio: object, seconds: float, *, carry: bool) -> None:
    stage = studio.stage  # type: ignore[attr-defined]
    area = stage.viewport()
    paints, moves, paint_ms = Paints(area), [], []
    hand = None
    if carry:
        view = studio.roster.view  # type: ignore[attr-defined]
        model = view.model()
        first = next(model.index(row) for row in range(model.rowCount()) if model.index(row).data(256 + 1))
        hand = Hand(view.viewport(), view.visualRect(first).center())
        hand.move(area, QPoint(200, 200))
    start, cpu = time.monotonic(), time.thread_time()
    at = 0
    while time.monotonic() - start < seconds:
        if hand is not None:
            at += 7
            x = 60 + at % (area.width() - 120)
            y = 60 + (at // 3) % (area.height() - 120)
            began = time.thread_time()
            hand.move(area, QPoint(x, y), steps=1)
            moves.append((time.thread_time() - began) * 1000)
            began = time.thread_time()
            QApplication.processEvents()
            paint_ms.append((time.thread_time() - began) * 1000)
        wait(0.016)
    spent, lasted = time.thread_time() - cpu, time.monotonic() - start
    words = f"{'drag' if carry else 'idle'}  {paints.count / lasted:6.1f} paints/s  {100 * spent / lasted:5.1f} % CPU"
    if moves:
        ordered, painted = sorted(moves), sorted(paint_ms)
        words += f"  move {statistics.median(ordered):.2f} ms (99 %: {ordered[int(0.99 * len(ordered))]:.2f})"
        words += f"  paint {statistics.median(painted):.2f} ms (99 %: {painted[int(0.99 * len(painted))]:.2f})"
    print(words)
    if hand is not None:
        studio.gestures.drag.cancel()  # type: ignore[attr-defined]
        hand.release()
    area.removeEventFilter(paints)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--agents", type=int, default=500)
    parser.add_argument("--seconds", type=float, default=4)
    args = parser.parse_args()
    app = QApplication(["bench"])
    with tempfile.TemporaryDirectory() as folder:
        theme = Path(folder) / "synthetic"
        synthetic_theme(theme, args.agents)
        server = OfficeServer(ServerConfig(data_dir=Path(folder) / "office", port=0))
        address = server.start()
        fill(address.url, address.token, args.agents)
        made = Application(app)
        studio = made.studio
        studio.window.resize(1920, 1080)
        studio.window.show()
        made.start()
        wait(1)
        studio.library.choose_path(theme)
        wait_until(lambda: studio.stage.slot_count == args.agents)
        studio.open_office(OfficeRef(OfficeKind.GIVEN, address.url, "Bench", address.token))
        wait_until(
            lambda: len(studio.store.live_agents) == args.agents and len(studio.assignments.seated()) == args.agents
        )
        wait(4)
        opening(studio)
        wait(3)
        for carry in (False, True, False, True):
            frames(studio, args.seconds, carry=carry)
        studio.window.close()
        made.close()
        server.stop()


if __name__ == "__main__":
    main()
