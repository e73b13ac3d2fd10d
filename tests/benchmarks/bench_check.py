# ruff: noqa: T201, E501  a script that prints a table
"""Checks a theme of 300 files and 180 MB: cold, beside reading its bytes once; warm after one edit; memory.

    PYTHONPATH=. python tests/benchmarks/bench_check.py

Goals: cold at most twice the reading, warm at most 100 ms, memory at most 150 MB. Seconds of CPU are of this process.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from office_studio.services.theme_check import ThemeChecker
from office_studio.services.theme_templates import new_theme
from tests.benchmarks.big_theme import make_big_theme


def main() -> int:
    if len(sys.argv) > 1:
        return measure(Path(sys.argv[1]))
    with tempfile.TemporaryDirectory() as folder:
        theme = make_big_theme(Path(folder))
        new_theme("2d-minimal", "Small", Path(folder))
        # Its own process, so that making the theme is not in its memory.
        return subprocess.run([sys.executable, __file__, str(theme)], check=False).returncode


def measure(theme: Path) -> int:
    first = _timed(lambda: _clean(ThemeChecker(theme.parent / "small")))  # imports, and compiles the schema
    base = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    cached = _timed(lambda: sum(len(path.read_bytes()) for path in theme.iterdir()))
    _forget(theme)
    reading = _timed(lambda: sum(len(path.read_bytes()) for path in theme.iterdir()))
    _forget(theme)
    checker = ThemeChecker(theme)
    cold = _timed(lambda: _clean(checker))
    (theme / "piece-7.png").write_bytes((theme / "piece-8.png").read_bytes())
    warm = _timed(lambda: _clean(checker))
    manifest = theme / "theme.json"
    manifest.write_text(manifest.read_text().replace('"x": 105', '"x": 106'))
    edit = _timed(lambda: _clean(checker))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print("| | wall s | CPU s | |\n|---|---|---|---|")
    print(f"| imports, schema, a small theme | {first[0]:.3f} | {first[1]:.3f} | |")
    print(f"| read all bytes once, from the system's cache | {cached[0]:.3f} | {cached[1]:.3f} | |")
    print(f"| read all bytes once, from the disk | {reading[0]:.3f} | {reading[1]:.3f} | |")
    print(
        f"| cold check, from the disk | {cold[0]:.3f} | {cold[1]:.3f} | {cold[1] / reading[1]:.2f} × CPU, {cold[0] / reading[0]:.2f} × wall |"
    )
    print(f"| warm, one picture changed | {warm[0]:.3f} | {warm[1]:.3f} | |")
    print(f"| warm, theme.json changed | {edit[0]:.3f} | {edit[1]:.3f} | |")
    print(f"memory: {peak:.0f} MB at most, {base:.0f} MB before")
    return 0


def _forget(theme: Path) -> None:
    """Let the system forget the content of the files, where it can: cold means from the disk."""
    for path in theme.iterdir():
        with path.open("rb+") as stream:
            os.fsync(stream.fileno())
            if hasattr(os, "posix_fadvise"):
                os.posix_fadvise(stream.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def _clean(checker: ThemeChecker) -> None:
    report = checker.check()
    assert not report.errors, report.errors[:3]


def _timed(work) -> tuple[float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu


if __name__ == "__main__":
    sys.exit(main())
