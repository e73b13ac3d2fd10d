# ruff: noqa: T201  a script that prints a table
"""Assigning in a window of 500 slots and 500 agents. Run by hand: bench_assign.py [SLOTS].

Opens the real window on a real office over a socket. Wall clock and the GUI thread's own time, best of several.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import httpx
from PySide6.QtWidgets import QApplication

from office_studio.core.office.seat_changes import changes_to
from office_studio.server.config import ServerConfig
from office_studio.server.lifecycle import OfficeServer

COLUMNS = 25


def make_theme(folder: Path, slots: int) -> Path:
    """A plain room with that many desks."""
    from PIL import Image

    path = folder / "big-room"
    path.mkdir()
    seats = [
        {"id": f"desk-{i + 1}", "x": 30 + 70 * (i % COLUMNS), "y": 40 + 50 * (i // COLUMNS), "direction": "down"}
        for i in range(slots)
    ]
    width, height = 70 * COLUMNS + 40, 50 * (slots // COLUMNS + 1) + 60
    bounds = {"x": 0, "y": 0, "width": width, "height": height}
    document = {
        "id": "big-room", "name": "Big Room", "version": "1.0.0", "renderer": "pixi", "maxAgents": slots,
        "canvas": {"width": width, "height": height}, "preview": "preview.png",
        "zones": [{"id": "work", "name": "Work", "type": "work", "capacity": slots, "bounds": bounds, "seats": seats}],
    }  # fmt: skip
    (path / "theme.json").write_text(json.dumps(document), encoding="utf-8")
    Image.new("RGB", (64, 36), (90, 80, 70)).save(path / "preview.png")
    return path


def wait_until(app: QApplication, condition: Callable[[], object], seconds: float = 120) -> None:
    until = time.monotonic() + seconds
    while not condition():
        app.processEvents()
        time.sleep(0.002)
        if time.monotonic() > until:
            raise TimeoutError(condition)


def best(name: str, act: Callable[[], object], rounds: int = 5) -> None:
    walls, threads = [], []
    for _ in range(rounds):
        wall, thread = time.perf_counter(), time.thread_time()
        act()
        walls.append((time.perf_counter() - wall) * 1000)
        threads.append((time.thread_time() - thread) * 1000)
    print(f"{name:<52} {min(walls):8.1f} {min(threads):8.1f}")


def measure(folder: Path, slots: int) -> None:
    from office_studio.app import Application
    from office_studio.ui.connect.office_ref import OfficeKind, OfficeRef

    server = OfficeServer(ServerConfig(data_dir=folder / "office", port=0))
    address = server.start()
    headers = {"Authorization": f"Bearer {address.token}"}
    with httpx.Client(base_url=address.url, headers=headers) as http:
        ids = [http.post("/api/agents", json={"name": f"Agent {i:03d}"}).json()["id"] for i in range(slots)]
        theme = make_theme(folder, slots)
        app = QApplication([])
        made = Application(app)
        studio: Any = made.studio
        studio.window.resize(1280, 720)
        studio.window.show()
        made.start()
        wait_until(app, lambda: studio.is_furnished)
        studio.library.choose_path(theme)
        wait_until(app, lambda: studio.stage.slot_count == slots)
        studio.open_office(OfficeRef(OfficeKind.GIVEN, address.url, "Bench", address.token))
        wait_until(app, lambda: not studio.assignments.why_not() and len(studio.store.agents()) == slots)
        controller = studio.assignments
        print(f"{slots} slots, {slots} agents{'':<29} {'wall ms':>8} {'GUI ms':>8}")

        changes = changes_to(controller.rows(), dict(enumerate(ids)))
        best("changes of a whole plan", lambda: changes_to(controller.rows(), dict(enumerate(ids))))
        start = time.perf_counter()
        entry = controller.apply_changes(changes, "Apply plan")
        print(f"{'showing all of it as pending':<52} {(time.perf_counter() - start) * 1000:8.1f}")
        slowest = busy = 0.0
        while controller.queue.jobs:
            begin, cpu = time.perf_counter(), time.thread_time()
            app.processEvents()
            slowest, busy = max(slowest, time.perf_counter() - begin), busy + time.thread_time() - cpu
            time.sleep(0.002)
        whole = time.perf_counter() - start
        assert entry.state == "saved", entry
        print(f"{'applying it, with its progress in the window':<52} {whole * 1000:8.1f} {busy * 1000:8.1f}")
        print(f"{'   longest stretch of the GUI thread':<52} {slowest * 1000:8.1f}")
        start = time.perf_counter()
        for slot, who in enumerate(ids):
            body = {"themeId": "bare", "slotIndex": slot, "agentId": who}
            http.put("/api/office/bindings", json=body).raise_for_status()
        bare = time.perf_counter() - start
        print(f"{'bare PUTs over one connection':<52} {bare * 1000:8.1f}   ratio {whole / bare:.2f}")

        def open_panel() -> None:
            studio.window.show_workspace("watch")
            app.processEvents()
            begin, own = time.perf_counter(), time.thread_time()
            studio.window.show_workspace("assign")
            app.processEvents()
            opened.append(((time.perf_counter() - begin) * 1000, (time.thread_time() - own) * 1000))

        opened: list[tuple[float, float]] = []
        for _ in range(6):
            open_panel()
        print(f"{'Assign opens, the first time':<52} {opened[0][0]:8.1f} {opened[0][1]:8.1f}")
        print(f"{'Assign opens, later':<52} {min(opened[1:])[0]:8.1f} {min(own for _, own in opened[1:]):8.1f}")
        best("one reading of who sits where", controller.rows)
        best("all legal targets of an agent", lambda: controller.legal_targets(ids[3]))
        best("preview of one drop", lambda: controller.preview(ids[3], 77))
        best("a change seen by all panels", lambda: (controller._on_changed(), app.processEvents()))
        plan = studio.assign_flow.present_plan("Bench")
        controller.assign(ids[3], 77)
        wait_until(app, lambda: not controller.queue.jobs)
        best("what a plan would change", lambda: studio.assign_flow.propose(plan))
        best("preview of a plan opens", lambda: open_preview(studio, app, plan))
        studio.window.close()
        made.close()
    server.stop()


def open_preview(studio: Any, app: QApplication, plan: Any) -> None:
    studio.assign_flow.apply_plan(plan)
    app.processEvents()
    studio.assign_flow.sheet.close_sheet()


def main() -> None:
    slots = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    with tempfile.TemporaryDirectory() as folder:
        os.environ["OFFICE_STUDIO_HOME"] = folder
        os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"
        measure(Path(folder), slots)


if __name__ == "__main__":
    main()
