# ruff: noqa: T201, E501  a script that prints a table
"""Packs a theme of 300 files and 180 MB beside Info-ZIP ``zip -6 -n`` with the same files stored and deflated.

    PYTHONPATH=. python tests/benchmarks/bench_pack.py

Goal: at most 1.3 times the time of zip, for writing; the whole of check, write, fsync and read-back is told, too.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from office_studio.core.packing.archive import DEFLATED
from office_studio.core.packing.plan import packed_names
from office_studio.services import theme_packer
from office_studio.services.theme_check import ThemeChecker
from office_studio.services.theme_loader import open_files, read_manifest
from tests.benchmarks.big_theme import make_big_theme

_STORED = ":".join(f".{ext}" for ext in ("png", "jpg", "jpeg", "webp", "gif", "mp3", "ogg"))


def main() -> int:
    assert "wav" in DEFLATED
    assert "png" not in DEFLATED
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        theme = make_big_theme(folder)
        files = open_files(theme)
        raw = read_manifest(files, theme)
        plan = theme_packer._plan(theme, files, raw)
        names = sorted(packed_names(plan))
        rows = []
        for run in range(3):
            zipped = folder / f"info-{run}.zip"
            start = time.perf_counter()
            subprocess.run(["zip", "-q", "-6", "-X", "-n", _STORED, str(zipped), *names], cwd=theme, check=True)
            info = time.perf_counter() - start
            ours = folder / f"ours-{run}.zip"
            start, cpu = time.perf_counter(), time.process_time()
            with ours.open("wb") as stream:
                theme_packer._write(stream, plan, files, raw, None)
            write, write_cpu = time.perf_counter() - start, time.process_time() - cpu
            checker = ThemeChecker(theme)
            checker.check()
            start, cpu = time.perf_counter(), time.process_time()
            packed = theme_packer.pack_theme(theme, folder / f"whole-{run}.zip", checker=checker)
            whole, whole_cpu = time.perf_counter() - start, time.process_time() - cpu
            rows.append((info, write, write_cpu, whole, whole_cpu))
            sizes = (zipped.stat().st_size, packed.size_bytes)
            for path in (zipped, ours, packed.path):
                path.unlink()
    print(
        "| run | zip -6 -n s | writing s (CPU) | ratio | with check, fsync, read-back s (CPU) | ratio |\n|---|---|---|---|---|---|"
    )
    for run, (info, write, write_cpu, whole, whole_cpu) in enumerate(rows, 1):
        print(
            f"| {run} | {info:.2f} | {write:.2f} ({write_cpu:.2f}) | {write / info:.2f} | {whole:.2f} ({whole_cpu:.2f}) | {whole / info:.2f} |"
        )
    print(f"bytes: zip {sizes[0]}, ours {sizes[1]}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
