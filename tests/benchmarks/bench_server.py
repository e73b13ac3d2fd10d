# ruff: noqa: T201  a script that prints a table
"""How the office server carries its streams: deliveries, order, latency and processor time.

    python tests/benchmarks/bench_server.py                 200 streams x 100 events/s x 60 s
    python tests/benchmarks/bench_server.py --seconds 5     a short look
    python tests/benchmarks/bench_server.py --cost          cost per event for 10, 100, 1,000 agents, both modes

Server, producer and readers are three processes. The readers use bare sockets, so that they measure the server and
not themselves. Latency counts from the moment an event was due to be posted, so a late producer is not hidden.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import re
import subprocess
import sys
import tempfile
import time
from array import array
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil

ROOT = Path(__file__).resolve().parents[2]
_STAMP = re.compile(rb'"n":(\d+),"t":(\d+)')


@dataclass(frozen=True)
class Office:
    host: str
    port: int
    token: str
    process: psutil.Process


@contextlib.contextmanager
def office(mode: str) -> Iterator[Office]:
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "office_studio", "serve", "--port", "0", "--json"]
        server = subprocess.Popen(
            [*command, "--data", folder, "--stream-mode", mode], stdout=subprocess.PIPE, cwd=ROOT, text=True
        )
        try:
            assert server.stdout is not None
            ready = json.loads(server.stdout.readline())
            host, port = ready["url"].removeprefix("http://").split(":")
            yield Office(host, int(port), ready["token"], psutil.Process(server.pid))
        finally:
            server.terminate()
            server.wait(20)


def create_agents(where: Office, count: int) -> list[str]:
    headers = {"Authorization": f"Bearer {where.token}"}
    with httpx.Client(base_url=f"http://{where.host}:{where.port}", headers=headers, timeout=30) as client:
        return [client.post("/api/agents", json={"name": f"Agent {i}"}).json()["botToken"] for i in range(count)]


# -- producer ----------------------------------------------------------------------------------------
class Producer:
    """Posts over one connection, the next request not waiting for the last answer: as numbered, and never late."""

    def __init__(self, where: Office, tokens: list[str]) -> None:
        self._where = where
        self._heads = [
            f"POST /api/office/event HTTP/1.1\r\nHost: {where.host}:{where.port}\r\nAuthorization: Bearer {token}\r\n"
            "Content-Type: application/json\r\nContent-Length: ".encode()
            for token in tokens
        ]
        self._under_way: deque[float] = deque()
        self.slowest_s = 0.0

    async def __aenter__(self) -> Producer:
        self._reader, self._writer = await asyncio.open_connection(self._where.host, self._where.port)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.answered()
        self._writer.close()

    def post(self, agent: int, number: int, due_ns: int, kind: str = "tool_call") -> None:
        data = b'{"toolName":"Read","durationMs":25,"n":%d,"t":%d}' % (number, due_ns)
        body = b'{"type":"%b","agentId":"a","sessionId":"s-%d","timestamp":%d,"data":%b}' % (
            kind.encode(), agent, time.time_ns() // 1_000_000, data
        )  # fmt: skip
        self._under_way.append(time.perf_counter())
        self._writer.write(self._heads[agent] + b"%d\r\n\r\n" % len(body) + body)

    async def answered(self, waiting: int = 0) -> None:
        """Read answers until only ``waiting`` are still to come."""
        while len(self._under_way) > waiting:
            answer = await self._reader.readuntil(b"\r\n\r\n")
            if not answer.startswith(b"HTTP/1.1 204"):
                raise RuntimeError(answer.decode())
            self.slowest_s = max(self.slowest_s, time.perf_counter() - self._under_way.popleft())


async def produce(where: Office, tokens: list[str], rate: float, seconds: float) -> tuple[int, float]:
    """Number of events and the slowest POST in seconds."""
    total = round(rate * seconds)
    async with Producer(where, tokens) as producer:
        start = time.monotonic_ns() + 50_000_000
        for number in range(total):
            due = start + round(number * 1e9 / rate)
            wait = (due - time.monotonic_ns()) / 1e9
            if wait > 0:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(producer.answered(-1), wait)
            producer.post(number % len(tokens), number, due)
        await producer.answered()
        return total, producer.slowest_s


# -- readers (a process of their own) ----------------------------------------------------------------
class _Reader(asyncio.Protocol):
    def __init__(self, request: bytes, latencies: array[int], total: int, done: asyncio.Event) -> None:
        self._request, self._latencies, self._total, self._done = request, latencies, total, done
        self._rest = b""
        self.next = 0
        self.out_of_order = 0
        self.ready = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        now = time.monotonic_ns()
        data = self._rest + data
        cut = data.rfind(b"\n\n") + 2
        self._rest = data[cut:]
        if b'"status_update"' in data:
            self.ready = True
        for number, at in _STAMP.findall(data, 0, cut):
            if int(number) != self.next:
                self.out_of_order += 1
            self.next = int(number) + 1
            self._latencies.append((now - int(at)) // 1000)
        if self.next >= self._total:
            self._done.set()


async def read(host: str, port: int, token: str, streams: int, total: int) -> dict[str, object]:
    request = (
        f"GET /api/office/stream HTTP/1.1\r\nHost: {host}:{port}\r\nAuthorization: Bearer {token}\r\n\r\n".encode()
    )
    latencies: array[int] = array("q")
    loop = asyncio.get_running_loop()
    readers, waits = [], []
    for _ in range(streams):
        done = asyncio.Event()
        reader = _Reader(request, latencies, total, done)
        await loop.create_connection(lambda reader=reader: reader, host, port)
        readers.append(reader)
        waits.append(done.wait())
    while not all(reader.ready for reader in readers):  # noqa: ASYNC110  two hundred events would be no clearer
        await asyncio.sleep(0.05)
    print("ready", flush=True)
    await asyncio.wait_for(asyncio.gather(*waits), 600)
    ordered = sorted(latencies)
    return {
        "deliveries": len(ordered),
        "out_of_order": sum(reader.out_of_order for reader in readers),
        "p50_ms": ordered[len(ordered) // 2] / 1000,
        "p99_ms": ordered[int(len(ordered) * 0.99)] / 1000,
        "max_ms": ordered[-1] / 1000,
        "cpu_s": sum(psutil.Process().cpu_times()[:2]),
    }


# -- measurements ------------------------------------------------------------------------------------
def fan_out(streams: int, rate: float, seconds: float, agents: int, mode: str) -> None:
    with office(mode) as where:
        tokens = create_agents(where, agents)
        asyncio.run(_introduce(where, tokens))
        total = round(rate * seconds)
        command = [sys.executable, __file__, "--read", where.host, str(where.port), where.token]
        readers = subprocess.Popen([*command, str(streams), str(total)], stdout=subprocess.PIPE, text=True)
        assert readers.stdout is not None
        assert readers.stdout.readline() == "ready\n"
        cpu, clock = _cpu(where), time.perf_counter()
        _, slowest = asyncio.run(produce(where, tokens, rate, seconds))
        found = json.loads(readers.stdout.readline())
        took = time.perf_counter() - clock
        used = _cpu(where) - cpu
        memory = where.process.memory_info().rss / 1e6
    print(f"{mode}: {streams} streams x {rate:g} events/s x {seconds:g} s, {agents} agents")
    print(f"  deliveries      {found['deliveries']:>12,}  of {streams * total:,}")
    print(f"  out of order    {found['out_of_order']:>12,}")
    print(f"  latency         p50 {found['p50_ms']:.1f} ms, p99 {found['p99_ms']:.1f} ms, max {found['max_ms']:.1f} ms")
    print(f"  slowest POST    {slowest * 1000:>12.1f} ms")
    print(f"  server          {100 * used / took:.0f} % of one core, {memory:.0f} MB resident")
    print(f"  readers         {found['cpu_s']:.1f} s of processor time")


def cost(streams: int, events: int) -> None:
    """Processor time of the server per event: taking it in, applying it, and sending it to every stream."""
    print(f"server time per event with {streams} streams, microseconds")
    print(f"{'agents':>8}  {'events mode':>12}  {'snapshots mode':>14}")
    for agents in (10, 100, 1000):
        row = [_cost(agents, mode, streams, events) for mode in ("events", "snapshots")]
        print(f"{agents:>8}  {row[0]:>12.0f}  {row[1]:>14.0f}", flush=True)


def _cost(agents: int, mode: str, streams: int, events: int) -> float:
    with office(mode) as where:
        tokens = create_agents(where, agents)
        asyncio.run(_introduce(where, tokens))
        return asyncio.run(_cost_of(where, tokens[:10], streams, events))


async def _cost_of(where: Office, tokens: list[str], streams: int, events: int) -> float:
    head = f"GET /api/office/stream HTTP/1.1\r\nHost: {where.host}:{where.port}\r\nAuthorization: Bearer {where.token}"
    drains = []
    for _ in range(streams):
        reader, writer = await asyncio.open_connection(where.host, where.port)
        writer.write(head.encode() + b"\r\n\r\n")
        drains.append(asyncio.create_task(_drain(reader)))
    await asyncio.sleep(0.5)
    async with Producer(where, tokens) as producer:
        cpu = _cpu(where)
        for number in range(events):
            producer.post(number % len(tokens), number, 0)
            await producer.answered()
        used = _cpu(where) - cpu
    for task in drains:
        task.cancel()
    return used / events * 1e6


async def _drain(reader: asyncio.StreamReader) -> None:
    while await reader.read(1 << 20):
        pass


async def _introduce(where: Office, tokens: list[str]) -> None:
    async with Producer(where, tokens) as producer:
        for agent in range(len(tokens)):
            producer.post(agent, 0, 0, "session_start")
            await producer.answered()


def _cpu(where: Office) -> float:
    times = where.process.cpu_times()
    return times.user + times.system


def main() -> None:
    if sys.argv[1:2] == ["--read"]:
        host, port, token, streams, total = sys.argv[2:]
        print(json.dumps(asyncio.run(read(host, int(port), token, int(streams), int(total)))), flush=True)
        return
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--streams", type=int, default=200)
    parser.add_argument("--rate", type=float, default=100.0)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--agents", type=int, default=12)
    parser.add_argument("--mode", choices=("events", "snapshots"), default="events")
    parser.add_argument("--cost", action="store_true")
    parser.add_argument("--events", type=int, default=2_000, help="events of each --cost measurement")
    args = parser.parse_args()
    if args.cost:
        cost(min(args.streams, 20), args.events)
    else:
        fan_out(args.streams, args.rate, args.seconds, args.agents, args.mode)


if __name__ == "__main__":
    main()
