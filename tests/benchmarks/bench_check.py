# ruff: noqa: T201  a script that prints a table
"""Checks a theme of 300 files and 180 MB: cold, beside reading its bytes once; warm after one edit; memory.

    PYTHONPATH=. python tests/benchmarks/bench_check.py [folder of a theme made before]

Goals: cold at most twice the reading, warm at most 100 ms, memory at most 150 MB. Reading and check take turns, and the
system forgets the files before each; the medians count. Seconds of CPU are of this process, all its threads together.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from office_studio.services.theme_check import ThemeChecker

RUNS = 5
Times = tuple[float, float]  # seconds of wall and of CPU


def main() -> int:
    if sys.argv[1:2] == ["--measure"]:
        return measure(Path(sys.argv[2]), Path(sys.argv[3]))
    from office_studio.services.theme_templates import new_theme
    from tests.benchmarks.big_theme import make_big_theme

    with tempfile.TemporaryDirectory() as folder:
        theme = Path(sys.argv[1]) if len(sys.argv) > 1 else make_big_theme(Path(folder))
        small = new_theme("2d-minimal", "Small", Path(folder))
        # Its own process, so that making the themes is not in its memory.
        return subprocess.run([sys.executable, __file__, "--measure", str(theme), str(small)], check=False).returncode


def measure(theme: Path, small: Path) -> int:
    first = _timed(lambda: _clean(ThemeChecker(small)))  # imports, and compiles the schema
    base = _peak_mb()
    cached, reading, cold = [], [], []
    for _ in range(RUNS):
        cached.append(_timed(lambda: _read(theme)))
        _forget(theme)
        reading.append(_timed(lambda: _read(theme)))
        _forget(theme)
        checker = ThemeChecker(theme)
        cold.append(_timed(lambda checker=checker: _clean(checker)))
    picture, edit = _edits(theme, checker)
    checker.check()  # everything is as before once more
    again = _timed(lambda: _clean(checker))
    print("| | wall s | CPU s |\n|---|---|---|")
    _row("imports, schema, a small theme", [first])
    _row("read all bytes once, from the system's cache", cached)
    _row("read all bytes once, from the disk", reading)
    _row("cold check, from the disk", cold)
    _row("warm, one picture changed", picture)
    _row("warm, theme.json changed", edit)
    _row("warm, nothing changed", [again])
    wall, cpu = (statistics.median(c[at] / r[at] for c, r in zip(cold, reading, strict=True)) for at in (0, 1))
    print(f"cold check to reading from the disk: {wall:.2f} × wall, {cpu:.2f} × CPU (medians of {RUNS})")
    print(f"memory: {_peak_mb():.0f} MB at most, {base:.0f} MB before; other work on this machine: {_load()}")
    return 0


def _edits(theme: Path, checker: ThemeChecker) -> tuple[list[Times], list[Times]]:
    """Times of a check after a picture has changed, and after a piece has been moved in theme.json."""
    pictures, manifests = [], []
    manifest, content = theme / "theme.json", (theme / "piece-7.png").read_bytes()
    before = manifest.read_text()
    for run in range(RUNS):
        (theme / "piece-7.png").write_bytes((theme / f"piece-{8 + run}.png").read_bytes())
        pictures.append(_timed(lambda: _clean(checker)))
        manifest.write_text(before.replace('"x": 105', f'"x": {106 + run}'))
        manifests.append(_timed(lambda: _clean(checker)))
    manifest.write_text(before)
    (theme / "piece-7.png").write_bytes(content)
    return pictures, manifests


def _row(what: str, times: list[Times]) -> None:
    wall, cpu = (statistics.median(each[at] for each in times) for at in (0, 1))
    print(f"| {what} | {wall:.3f} | {cpu:.3f} |")


def _read(theme: Path) -> int:
    return sum(len(path.read_bytes()) for path in theme.iterdir())


def _forget(theme: Path) -> None:
    """Let the system forget the content of the files, where it can: cold means from the disk."""
    for path in theme.iterdir():
        with path.open("rb+") as stream:
            os.fsync(stream.fileno())
            if hasattr(os, "posix_fadvise"):
                os.posix_fadvise(stream.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def _peak_mb() -> float:
    """Most memory that this program has held. ``getrusage`` would count that of the one that started it."""
    status = Path("/proc/self/status")
    if status.exists():
        return next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM")) / 1024
    import psutil

    info = psutil.Process().memory_info()
    return getattr(info, "peak_wset", info.rss) / (1 << 20)


def _load() -> str:
    return f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors" if hasattr(os, "getloadavg") else "unknown"


def _clean(checker: ThemeChecker) -> None:
    report = checker.check()
    assert not report.errors, report.errors[:3]


def _timed(work: Callable[[], object]) -> Times:
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu


if __name__ == "__main__":
    sys.exit(main())
