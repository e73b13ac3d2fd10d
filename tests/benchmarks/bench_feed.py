"""Simulator -> real server -> LiveFeed: is anything lost, what does it cost, how old is news when it is handed on?

    python tests/benchmarks/bench_feed.py [--rate 2000] [--seconds 10] [--agents 12] [--simulators 1]

Server and simulators run as processes of their own, the feed in this one. Latency runs from the moment an event is
stamped, just before its POST, to the call of the sink; the stamp has a resolution of 1 ms.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import quantiles

import psutil

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from office_studio.services.http import Credentials  # noqa: E402
from office_studio.services.live_feed import FeedUpdate, LiveFeed  # noqa: E402

CLI = [sys.executable, "-m", "office_studio"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rate", type=float, default=2000)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--agents", type=int, default=12)
    parser.add_argument("--simulators", type=int, default=1, help="processes that share the rate")
    args = parser.parse_args()
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with tempfile.TemporaryDirectory() as folder:
        environment["OFFICE_STUDIO_HOME"] = folder
        serve = [*CLI, "serve", "--port", "0", "--data", f"{folder}/office", "--json"]
        with subprocess.Popen(serve, stdout=subprocess.PIPE, text=True, env=environment) as server:
            assert server.stdout is not None
            address = json.loads(server.stdout.readline())
            try:
                asyncio.run(measure(args, address["url"], address["token"], environment, psutil.Process(server.pid)))
            finally:
                server.terminate()


async def measure(
    args: argparse.Namespace, url: str, token: str, environment: dict[str, str], server: psutil.Process
) -> None:
    latencies: list[float] = []
    newest: dict[str, int] = {}
    updates = 0

    def sink(update: FeedUpdate) -> None:
        nonlocal updates
        updates += 1
        now_ms = time.time() * 1000
        for one in update.agents:
            # An agent may also change because of another's event; only its own new stamp is news of its own.
            if newest.get(one.id) != one.agent.last_activity_ms:
                newest[one.id] = one.agent.last_activity_ms
                latencies.append(now_ms - one.agent.last_activity_ms)

    feed = LiveFeed(url, Credentials(token), sink)
    following = asyncio.create_task(feed.run())
    # Agents and the first picture come before the clock starts.
    await simulate(url, token, environment, args.agents, 20, 1.5, args.simulators)
    while feed.stats.snapshots == 0:  # noqa: ASYNC110  the feed has no event to wait for
        await asyncio.sleep(0.1)
    await asyncio.sleep(1)
    me = psutil.Process()
    events_before, bytes_before = feed.stats.events, feed.stats.bytes
    latencies.clear()
    updates = 0
    cpu, server_cpu, memory = process_s(me), process_s(server), me.memory_info().rss
    started = time.monotonic()
    sent = await simulate(url, token, environment, args.agents, args.rate, args.seconds, args.simulators)
    seconds = time.monotonic() - started
    await asyncio.sleep(2)
    got = feed.stats.events - events_before
    cuts = quantiles(latencies, n=100) if len(latencies) > 1 else [0.0] * 99
    rows = {
        "events accepted by the office": sent,
        "events seen by the feed": got,
        "lost": sent - got,
        "snapshots, reconnects, bad frames": (feed.stats.snapshots, feed.stats.reconnects, feed.stats.bad_frames),
        "events a second": round(sent / args.seconds),
        "wall time, s": round(seconds, 1),
        "updates handed on": updates,
        "latency p50 / p99 / max, ms": f"{cuts[49]:.0f} / {cuts[98]:.0f} / {max(latencies, default=0):.0f}",
        "CPU of the feed, ms an event": round(1000 * (process_s(me) - cpu) / max(1, got), 3),
        "CPU of the server, ms an event": round(1000 * (process_s(server) - server_cpu) / max(1, sent), 3),
        "memory growth, MB": round((me.memory_info().rss - memory) / 1e6, 1),
        "stream, MB": round((feed.stats.bytes - bytes_before) / 1e6, 1),
    }
    for name, value in rows.items():
        print(f"{name:<36} {value}")  # noqa: T201
    following.cancel()
    await asyncio.gather(following, return_exceptions=True)


async def simulate(
    url: str, token: str, environment: dict[str, str], agents: int, rate: float, seconds: float, processes: int
) -> int:
    """Events that the office accepted, of all simulator processes together."""

    async def one(number: int) -> int:
        words = ["--agents", agents, "--rate", rate / processes, "--seconds", seconds, "--seed", number, "--json"]
        process = await asyncio.create_subprocess_exec(
            *CLI, "simulate", "--office", url, "--token", token, *map(str, words),
            stdout=asyncio.subprocess.PIPE, env=environment,
        )  # fmt: skip
        out, _ = await process.communicate()
        return int(json.loads(out)["events"])

    return sum(await asyncio.gather(*(one(number) for number in range(1, processes + 1))))


def process_s(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


if __name__ == "__main__":
    main()
