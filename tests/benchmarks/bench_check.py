# ruff: noqa: T201, E501  a script that prints a table
"""Checks a theme of 300 files and 180 MB: cold, beside reading its bytes once; warm after one edit; memory.

    PYTHONPATH=. python tests/benchmarks/bench_check.py

Goals: cold at most twice the reading, warm at most 100 ms, memory at most 150 MB. Seconds of CPU are of this process.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from pathlib import Path

from office_studio.services.theme_check import ThemeChecker
from tests.benchmarks.big_theme import make_big_theme


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        theme = make_big_theme(Path(folder))
        (theme / "theme.json").read_bytes()
        ThemeChecker(theme.parent / "big").path.stat()
        base = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        reading = _timed(lambda: [path.read_bytes() for path in theme.iterdir()] and None)
        checker = ThemeChecker(theme)
        cold = _timed(lambda: _clean(checker))
        (theme / "piece-7.png").write_bytes((theme / "piece-8.png").read_bytes())
        warm = _timed(lambda: _clean(checker))
        manifest = theme / "theme.json"
        manifest.write_text(manifest.read_text().replace('"x": 105', '"x": 106'))
        edit = _timed(lambda: _clean(checker))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print("| | wall s | CPU s | |\n|---|---|---|---|")
    print(f"| read all bytes once | {reading[0]:.3f} | {reading[1]:.3f} | |")
    print(
        f"| cold check | {cold[0]:.3f} | {cold[1]:.3f} | {cold[1] / reading[1]:.2f} × CPU, {cold[0] / reading[0]:.2f} × wall |"
    )
    print(f"| warm, one picture changed | {warm[0]:.3f} | {warm[1]:.3f} | |")
    print(f"| warm, theme.json changed | {edit[0]:.3f} | {edit[1]:.3f} | |")
    print(f"memory: {peak:.0f} MB at most, {base:.0f} MB before (imports and making the theme)")
    return 0


def _clean(checker: ThemeChecker) -> None:
    report = checker.check()
    assert not report.errors, report.errors[:3]


def _timed(work) -> tuple[float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu


if __name__ == "__main__":
    sys.exit(main())
