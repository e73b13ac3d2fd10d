# ruff: noqa: T201  a script that prints a table
"""Packs a theme of 300 files and 180 MB beside Info-ZIP ``zip -6 -n`` with the same files stored and deflated.

    PYTHONPATH=. python tests/benchmarks/bench_pack.py [folder of a theme made before]

Goal: at most 1.3 times the time of zip, for all that packing does: check of the theme, plan, writing, waiting for the
disk, reading back, check of the bundle. ``zip`` only writes, so it is also timed with waiting for the disk. All take
turns; medians count. Seconds of CPU are of all threads, and of zip itself.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from office_studio.core.packing.archive import DEFLATED
from office_studio.core.packing.plan import packed_names
from office_studio.services import theme_packer
from office_studio.services.theme_check import ThemeChecker
from office_studio.services.theme_loader import open_files, read_manifest
from tests.benchmarks.big_theme import make_big_theme

RUNS = 5
_STORED = ":".join(f".{ext}" for ext in ("png", "jpg", "jpeg", "webp", "gif", "mp3", "ogg"))
ZIP, ZIP_DISK, WRITE, KNOWN, FRESH = (
    "zip -6 -n", "zip -6 -n, then fsync", "our writing alone", "packing a theme checked before",
    "packing, with a first check",
)  # fmt: skip


def main() -> int:
    assert "wav" in DEFLATED
    assert "png" not in DEFLATED
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        theme = Path(sys.argv[1]) if len(sys.argv) > 1 else make_big_theme(folder)
        times, sizes = measure(theme, folder)
    print(f"| | wall s | CPU s | × wall of {ZIP} | × wall of {ZIP_DISK} |\n|---|---|---|---|---|")
    for what, rows in times.items():
        wall, cpu = (statistics.median(row[at] for row in rows) for at in (0, 1))
        ratios = [
            statistics.median(row[0] / peer[0] for row, peer in zip(rows, times[other], strict=True))
            for other in (ZIP, ZIP_DISK)
        ]
        print(f"| {what} | {wall:.2f} | {cpu:.2f} | {ratios[0]:.2f} | {ratios[1]:.2f} |")
    print(f"bytes: zip {sizes[0]}, ours {sizes[1]}; medians of {RUNS}; load {os.getloadavg()[0]:.1f}")
    return 0


def measure(theme: Path, folder: Path) -> tuple[dict[str, list[tuple[float, float]]], tuple[int, int]]:
    files = open_files(theme)
    raw = read_manifest(files, theme)
    plan = theme_packer._plan(theme, files, raw)
    names = sorted(packed_names(plan))
    info, ours, whole = folder / "info.zip", folder / "ours.zip", folder / "whole.zip"
    checker = ThemeChecker(theme)
    checker.check()

    def zipped(*, to_disk: bool) -> None:
        subprocess.run(["zip", "-q", "-6", "-X", "-n", _STORED, str(info), *names], cwd=theme, check=True)
        if to_disk:
            with info.open("rb+") as stream:
                os.fsync(stream.fileno())

    def write() -> None:
        with ours.open("wb") as stream:
            theme_packer._write(stream, plan, files, raw, None)

    works: dict[str, Callable[[], object]] = {
        ZIP: lambda: zipped(to_disk=False),
        ZIP_DISK: lambda: zipped(to_disk=True),
        WRITE: write,
        KNOWN: lambda: theme_packer.pack_theme(theme, whole, checker=checker),
        FRESH: lambda: theme_packer.pack_theme(theme, whole),
    }
    times: dict[str, list[tuple[float, float]]] = {what: [] for what in works}
    for _ in range(RUNS):
        for what, work in works.items():
            for path in (info, ours, whole):
                path.unlink(missing_ok=True)
            os.sync()  # nobody waits for what another has written
            times[what].append(_timed(work))
    zipped(to_disk=False)
    return times, (info.stat().st_size, whole.stat().st_size)


def _timed(work: Callable[[], object]) -> tuple[float, float]:
    wall, cpu = time.perf_counter(), _cpu()
    work()
    return time.perf_counter() - wall, _cpu() - cpu


def _cpu() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


if __name__ == "__main__":
    sys.exit(main())
