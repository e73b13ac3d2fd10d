"""The window under a stream of events: time from POST to pixels, and how long the GUI thread is ever held up.

    python tests/benchmarks/bench_window_stream.py [--seconds 60] [--latency-seconds 20] [--only latency|flood]

Three processes, as in real life: ``office-studio serve``, a sender, and this one with the window. Latency is measured
from just before the POST to the end of the paint that shows the event (the roster row of its agent). A heartbeat on
the GUI thread tells how long it was busy with anything else, and how much of that it was at work: the rest it waited
for a processor or the interpreter. Run it on an otherwise idle machine.
"""

# ruff: noqa: T201  (a benchmark prints its figures)
from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
_ROOT = str(Path(__file__).resolve().parents[2])
sys.path.insert(0, _ROOT)
os.environ["PYTHONPATH"] = _ROOT
_HOME = tempfile.TemporaryDirectory(prefix="office-studio-bench-")
os.environ["OFFICE_STUDIO_HOME"] = _HOME.name

AGENTS = 12
_SENDER = """
import asyncio, json, sys, time
from office_studio.services.http import Credentials
from office_studio.services.ingest import event_sender
from office_studio.services.office_client import OfficeClient
from office_studio.services.simulator import ensure_agents

async def main(url, token, rate, seconds, agents):
    async with OfficeClient(url, Credentials(token)) as client:
        tokens = await ensure_agents(client, agents)
        ids = [row.id for row in await client.agents()][:agents]
        sender = event_sender(client)
        async def post(i, n):
            at = time.time_ns() // 1_000_000
            event = {"type": "tool_call", "agentId": ids[i], "sessionId": f"bench-{i}", "timestamp": at,
                     "data": {"toolName": f"step {n}"}}
            sent = time.monotonic()
            await sender.post(tokens[i], event)
            print(json.dumps([ids[i], n, sent]), flush=True)
        start, n, running = time.monotonic(), 0, set()
        while (due := start + n / rate) < start + seconds:
            await asyncio.sleep(max(0, due - time.monotonic()))
            task = asyncio.create_task(post(n % agents, n)); running.add(task); task.add_done_callback(running.discard)
            n += 1
        await asyncio.gather(*running)
        await sender.aclose()

url, token, rate, seconds, agents = sys.argv[1:]
asyncio.run(main(url, token, float(rate), float(seconds), int(agents)))
"""


def percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("nan")


def resident_mb() -> float:
    import psutil

    return float(psutil.Process().memory_info().rss) / 1e6


class Bench:
    def __init__(self) -> None:
        from PySide6.QtWidgets import QApplication

        from office_studio.app import Application

        self.server = subprocess.Popen(
            [sys.executable, "-m", "office_studio", "serve", "--port", "0", "--json", "--data", f"{_HOME.name}/office"],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.server.stdout is not None
        ready = json.loads(self.server.stdout.readline())
        self.url, self.token = ready["url"], ready["token"]
        self.app = QApplication.instance() or QApplication(["bench"])
        self.application = Application(self.app)
        self.studio = self.application.studio
        self.studio.window.resize(1280, 1000)  # high enough that every row is on screen
        self.studio.window.show()
        self.application.start()
        self.painted: dict[str, list[tuple[int, float]]] = {}
        self._watch_paint()

    def _watch_paint(self) -> None:
        """Note, after each paint of the roster, which step every visible agent shows."""
        view, store = self.studio.roster.view, self.studio.store
        paint = view.paintEvent

        def painted(event: Any) -> None:
            paint(event)
            at = time.monotonic()
            for agent in store.live_agents.values():
                task = agent.agent.current_task or ""
                if task.startswith("step "):
                    steps = self.painted.setdefault(agent.id, [])
                    number = int(task[5:])
                    if not steps or steps[-1][0] < number:
                        steps.append((number, at))

        view.paintEvent = painted

    def wait(self, seconds: float) -> None:
        from PySide6.QtCore import QEventLoop, QTimer

        loop = QEventLoop()
        QTimer.singleShot(round(seconds * 1000), loop.quit)
        loop.exec()

    def connect(self) -> None:
        from office_studio.ui.connect.office_ref import OfficeKind, OfficeRef

        # The first events make the office healthy, so that it streams.
        self._send(5, 1.0).wait()
        self.studio.open_office(OfficeRef(OfficeKind.GIVEN, self.url, "Bench", self.token))
        until = time.monotonic() + 20
        while not (self.studio.store.is_connected and len(self.studio.store.live_agents)):
            self.wait(0.1)
            if time.monotonic() > until:
                raise SystemExit(f"not connected: {self.studio.store.connection}")
        self.wait(4)  # theme, portraits, own agents

    def _send(self, rate: float, seconds: float) -> subprocess.Popen[str]:
        arguments = [self.url, self.token, str(rate), str(seconds), str(AGENTS)]
        return subprocess.Popen([sys.executable, "-c", _SENDER, *arguments], stdout=subprocess.PIPE, text=True)

    # -- measuring ---------------------------------------------------------------------------------
    def latency(self, rate: float, seconds: float) -> None:
        self.painted.clear()
        seen = self.studio.session.events_received
        out = Path(_HOME.name) / f"sent-{rate}"
        with out.open("w") as file:
            arguments = [self.url, self.token, str(rate), str(seconds), str(AGENTS)]
            sender = subprocess.Popen([sys.executable, "-c", _SENDER, *arguments], stdout=file)
            while sender.poll() is None:
                self.wait(0.25)
        self.wait(1.0)
        sent = [json.loads(line) for line in out.read_text().splitlines()]
        values, unseen = [], 0
        for agent_id, number, at in sent:
            shown = next((t for n, t in self.painted.get(agent_id, ()) if n >= number), None)
            if shown is None:
                unseen += 1
            else:
                values.append((shown - at) * 1000)
        lost = len(sent) - (self.studio.session.events_received - seen)
        print(
            f"POST to pixels, {rate:5.0f} events/s  n {len(values):6}  p50 {statistics.median(values):6.1f} ms  "
            f"p99 {percentile(values, 0.99):6.1f} ms  max {max(values):6.1f} ms  not drawn {unseen}  lost {lost}"
        )

    def flood(self, rate: float, seconds: float) -> None:
        from PySide6.QtCore import QElapsedTimer, Qt, QTimer

        gaps: list[float] = []
        works: list[float] = []
        clock = QElapsedTimer()
        clock.start()

        used = time.thread_time()

        def beat() -> None:
            gaps.append(clock.nsecsElapsed() / 1e6)
            clock.restart()
            nonlocal used
            used, before = time.thread_time(), used
            works.append((used - before) * 1e3)

        heart = QTimer(interval=1)
        heart.setTimerType(Qt.TimerType.PreciseTimer)
        heart.timeout.connect(beat)
        before_mb, seen = resident_mb(), self.studio.session.events_received
        command = [sys.executable, "-m", "office_studio", "simulate", "--office", self.url, "--token", self.token]
        simulator = subprocess.Popen(
            [*command, "--agents", str(AGENTS), "--rate", str(rate), "--seconds", str(seconds), "--json"],
            stdout=subprocess.PIPE,
            text=True,
        )
        heart.start()
        middle_mb = 0.0
        began = time.monotonic()
        while simulator.poll() is None:
            self.wait(0.5)
            if not middle_mb and time.monotonic() - began > seconds / 2:
                middle_mb = resident_mb()
        heart.stop()
        self.wait(2.0)
        assert simulator.stdout is not None
        summary = json.loads(simulator.stdout.read())
        received = self.studio.session.events_received - seen
        blocks = [max(0.0, gap - 1.0) for gap in gaps]
        print(
            f"{rate:.0f} events/s for {seconds:.0f} s: sent {summary['events']} ({summary['rate']:.0f}/s), received "
            f"{received}, lost {summary['events'] - received}\n"
            f"  GUI thread held up: p50 {percentile(blocks, 0.5):.1f} ms  p99 {percentile(blocks, 0.99):.1f} ms  "
            f"p99.9 {percentile(blocks, 0.999):.1f} ms  max {max(blocks):.1f} ms  ({len(gaps)} beats)\n"
            f"  of that its own work: p50 {percentile(works, 0.5):.1f} ms  p99 {percentile(works, 0.99):.1f} ms  "
            f"p99.9 {percentile(works, 0.999):.1f} ms  max {max(works):.1f} ms of CPU time\n"
            f"  memory: {before_mb:.0f} MB before, {middle_mb:.0f} MB half-way, {resident_mb():.0f} MB after"
        )

    def close(self) -> None:
        self.studio.window.close()
        self.application.close()
        self.server.terminate()
        self.server.wait(10)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0, help="length of the flood")
    parser.add_argument("--latency-seconds", type=float, default=20.0)
    parser.add_argument("--only", choices=("latency", "flood"))
    args = parser.parse_args()
    bench = Bench()
    try:
        bench.connect()
        if args.only != "flood":
            for rate in (10, 500):
                bench.latency(rate, args.latency_seconds)
        if args.only != "latency":
            bench.flood(2_000, args.seconds)
    finally:
        bench.close()


if __name__ == "__main__":
    main()
