# ruff: noqa: T201  a script that prints a table
"""Uploads 200 MB to a server of its own process: how much the memory of both grows, and how fast it is.

    PYTHONPATH=. python tests/benchmarks/bench_upload.py

Goal: client and server each grow by at most 32 MB.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

import psutil

from office_studio.services.http import Credentials
from office_studio.services.theme_client import ThemeClient
from office_studio.services.uploader import Uploader

MB = 1 << 20
TOTAL = 200_000_000


def main() -> int:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        words = [
            sys.executable,
            "-m",
            "office_studio",
            "serve",
            "--data",
            str(folder / "office"),
            "--port",
            "0",
            "--json",
        ]
        server = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
        try:
            assert server.stdout is not None
            ready = json.loads(server.stdout.readline())
            asyncio.run(_upload(ready["url"], ready["token"], _bundle(folder, 10_000, "small")))  # warm both up
            big = _bundle(folder, TOTAL, "big")
            processes = {"client": psutil.Process(), "server": psutil.Process(server.pid)}
            before = {name: process.memory_info().rss for name, process in processes.items()}
            peak = dict(before)
            start = time.perf_counter()
            asyncio.run(_watched(_upload(ready["url"], ready["token"], big), processes, peak))
            seconds = time.perf_counter() - start
        finally:
            server.terminate()
            server.wait()
    for name in processes:
        print(f"{name}: grew by {(peak[name] - before[name]) / MB:.1f} MB (from {before[name] / MB:.0f} MB)")
    print(f"{TOTAL / 1e6:.0f} MB checked, sent, stored and read back in {seconds:.1f} s")
    return 0


async def _upload(url: str, token: str, bundle: Path) -> None:
    async with ThemeClient(url, Credentials(token)) as client:
        outcome = await Uploader(client).upload(bundle)
        assert outcome.is_verified


async def _watched(work, processes, peak) -> None:
    task = asyncio.ensure_future(work)
    while not task.done():
        for name, process in processes.items():
            peak[name] = max(peak[name], process.memory_info().rss)
        await asyncio.sleep(0.02)
    await task


def _bundle(folder: Path, size: int, name: str) -> Path:
    document = {"id": name, "name": name, "version": "1.0.0", "zones": [{"id": "w", "capacity": 1}],
                "layers": [{"id": "floor", "zIndex": 0}], "characters": {"atlas": ""}}  # fmt: skip
    path = folder / f"{name}.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("theme.json", json.dumps(document))
        for number in range(20):
            archive.writestr(f"{number}.png", os.urandom(size // 20))
    return path


if __name__ == "__main__":
    sys.exit(main())
