# ruff: noqa: T201, ASYNC220  a script that prints a table
"""How quick the parser of chat streams is, and what httpx delivers to it.

python tests/benchmarks/bench_officex_chat.py
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from office_studio.core.officex.chat_stream import ChatStreamParser  # noqa: E402


def stream_of(megabytes: int, delta: int) -> bytes:
    event = b"data: " + json.dumps({"type": "text", "delta": ("the quick brown fox " * 200)[:delta]}).encode() + b"\n\n"
    return b"t:th1\n" + event * (megabytes * 1_000_000 // len(event)) + b"data: [DONE]\n\n"


def bench_chat() -> None:
    print("chat parser (MB/s of CPU time)      chunks of 64 KiB     chunks of 1,460 bytes")
    for delta in (5, 20, 200, 2000):
        data = stream_of(8, delta)
        rates = []
        for chunk in (65_536, 1_460):
            parser, count = ChatStreamParser(), 0
            started = time.process_time()
            for at in range(0, len(data), chunk):
                count += len(parser.feed(data[at : at + chunk]))
            rates.append(len(data) / 1e6 / (time.process_time() - started))
            assert parser.is_over
            assert count == data.count(b"\n\n") + 1  # every text, the thread before them and the end after them
        print(f"  events with {delta:5} characters      {rates[0]:12.0f}         {rates[1]:12.0f}")
    data = stream_of(32, 20)
    chunks = [data[at : at + 1_460] for at in range(0, len(data), 1_460)]
    head = b"HTTP/1.1 200 OK\r\n"
    whole = head + b"content-length: %d\r\n\r\n" % len(data) + data
    pieces = b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks)
    chunked = head + b"transfer-encoding: chunked\r\n\r\n" + pieces + b"0\r\n\r\n"
    asyncio.run(_delivered(whole, "of a known length"))
    asyncio.run(_delivered(chunked, "in chunks of 1,460 bytes, as streams are sent"))


DELIVERER = """
import sys, socket
server = socket.create_server(("127.0.0.1", 0))
print(server.getsockname()[1], flush=True)
data = sys.stdin.buffer.read()
connection, _ = server.accept()
connection.recv(65536)
connection.sendall(data)
"""


async def _delivered(data: bytes, words: str) -> None:
    """What httpx hands on from a server on this computer, without any parsing; its CPU time, not the server's."""
    server = subprocess.Popen([sys.executable, "-c", DELIVERER], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert server.stdin is not None
    assert server.stdout is not None
    port = int(server.stdout.readline())
    server.stdin.write(data)
    server.stdin.close()
    async with httpx.AsyncClient(trust_env=False, verify=False, timeout=60) as http:
        started, size = time.process_time(), 0
        async with http.stream("GET", f"http://127.0.0.1:{port}/") as answer:
            async for chunk in answer.aiter_bytes():
                size += len(chunk)
    print(f"httpx delivers {size / 1e6 / (time.process_time() - started):.0f} MB/s of CPU time {words}")
    server.wait(10)


if __name__ == "__main__":
    bench_chat()
