"""A room with figures that walk, beside three.js in headless Chromium: same models, camera, lights, size, samples.

    xvfb-run -a python tests/benchmarks/bench_three_room.py [--figures 1,12,50] [--samples 4] [--angle gl] [--keep DIR]

*CPU* is what all processes of either side used, so other work on the machine does not count; *wall* is as waited for.
The first picture counts from the start of the process (ours: Python, Qt; theirs: the browser). Memory is resident,
all processes together, shared parts once (PSS). Needs Node, npm and Chromium.

``--angle gl`` lets Chromium draw with the same software GL as we do; where it cannot, ``swiftshader`` is its own.
"""

# ruff: noqa: T201, E402
from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[1]), str(HERE)]

import msgspec
import psutil
from bench_pixi import find_tools
from bench_three_models import packages
from PySide6.QtCore import QCoreApplication, QEventLoop
from PySide6.QtGui import QGuiApplication

from office_studio.paths import bundled_themes_dir
from office_studio.ui.room3d.engine import Frame, RoomEngine
from office_studio.ui.room3d.scene import Camera, Figure, Light, ModelFile, Prop, Scene

THEME = "loft-3d"
WIDTH, HEIGHT, FRAMES = 1280, 720, 10
CLEAR = (0.1, 0.1, 0.18)
CAMERA = Camera(position=(8, 12, 8), target=(0, 1, 0), half_height=6.0)
LIGHTS = (
    Light(kind="ambient", color=(1.6, 1.5, 1.4)),
    Light(kind="hemisphere", color=(0.12, 0.26, 0.42), ground=(0.06, 0.05, 0.04)),
    Light(kind="directional", color=(1.6, 1.5, 1.3), position=(5.0, 8.0, 3.0)),
)


@dataclass(frozen=True)
class Result:
    driver: str
    first_s: float
    first_cpu_s: float
    frame_ms: float
    frame_cpu_ms: float
    memory_mb: float


class Used:
    """CPU and memory of a process and its children."""

    def __init__(self, pid: int) -> None:
        self._root = psutil.Process(pid)

    def _all(self) -> list[psutil.Process]:
        return [self._root, *self._root.children(recursive=True)]

    def cpu_s(self) -> float:
        return sum(sum(process.cpu_times()[:2]) for process in self._all())

    def memory_mb(self) -> float:
        return sum(getattr(process.memory_full_info(), "pss", 0) for process in self._all()) / 1e6


def figures(count: int, models: Sequence[str], moment_s: float) -> tuple[Figure, ...]:
    return tuple(
        Figure(
            id=str(number),
            model=models[number % len(models)],
            position=((number % 10) * 0.9 - 4, 0, (number // 10) * 0.9 - 2),
            clip="walk",
            clip_s=(moment_s + number * 0.1) % 0.8,
        )
        for number in range(count)
    )


def ours(folder: Path, models: list[str], count: int, samples: int, keep: Path | None) -> Result:
    files = tuple(ModelFile(key=name, path=str(folder / f"{name}.glb")) for name in ("room", *models))
    scene = Scene(models=files, props=(Prop(model="room"),), lights=LIGHTS, figure_models=tuple(models), clear=CLEAR)
    engine, loop, frames = RoomEngine(), QEventLoop(), []

    def came(frame: Frame) -> None:
        frames.append(frame)
        loop.quit()

    engine.frame_ready.connect(came)
    engine.failed.connect(lambda error: sys.exit(str(error)))
    started = time.perf_counter()
    engine.resize(WIDTH, HEIGHT, samples)
    engine.set_camera(CAMERA)
    engine.set_figures(figures(count, models, 0.0))
    engine.open(scene)
    engine.set_figures(figures(count, models, 0.0))
    loop.exec()
    first_s, used = time.perf_counter() - started, Used(engine.process_id)
    first_cpu_s = used.cpu_s()
    engine.set_figures(figures(count, models, 0.01))
    loop.exec()
    cpu_s, started = used.cpu_s(), time.perf_counter()
    for number in range(FRAMES):
        engine.set_figures(figures(count, models, (number + 1) / 30))
        loop.exec()
    frame_ms, frame_cpu_ms = (
        (value / FRAMES * 1000) for value in (time.perf_counter() - started, used.cpu_s() - cpu_s)
    )
    memory_mb, driver = used.memory_mb(), engine.driver
    if keep is not None:
        frames[-1].image.save(str(keep / f"ours-{count}.png"))
    engine.shut_down()
    return Result(driver, first_s, first_cpu_s, frame_ms, frame_cpu_ms, memory_mb)


def theirs(
    tools: tuple[str, str, str],
    folder: Path,
    models: list[str],
    count: int,
    samples: int,
    angle: str,
    keep: Path | None,
) -> Result:
    node, npm, chromium = tools
    cache = packages(npm)
    given = {
        "width": WIDTH,
        "height": HEIGHT,
        "samples": samples,
        "clear": CLEAR,
        "camera": msgspec.to_builtins(CAMERA),
        "lights": [msgspec.to_builtins(light) for light in LIGHTS],
        "room": "/models/room.glb",
        "models": [f"/models/{name}.glb" for name in models],
        "figures": [
            {"model": number % len(models), "position": figure.position}
            for number, figure in enumerate(figures(count, models, 0.0))
        ],
    }
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch) / "given.json"
        file.write_text(json.dumps(given))
        picture = (keep or Path(scratch)) / f"theirs-{count}.png"
        command = [node, str(HERE / "three/room.mjs"), str(cache), str(folder), str(file), str(picture), chromium]
        pipe = subprocess.PIPE
        started = time.perf_counter()
        process = subprocess.Popen([*command, angle, str(FRAMES)], stdin=pipe, stdout=pipe, text=True)
        first = _line(process)
        first_s, used = time.perf_counter() - started, Used(first["pid"])
        first_cpu_s = used.cpu_s()
        _go_on(process)
        cpu_s = first_cpu_s
        frame_ms = _line(process)["frame_ms"]
        frame_cpu_ms, memory_mb = (used.cpu_s() - cpu_s) / FRAMES * 1000, used.memory_mb()
        _go_on(process)
        process.communicate(timeout=60)
    driver = f"{first['gl']}, {first['samples']} samples"
    return Result(driver, first_s, first_cpu_s, frame_ms, frame_cpu_ms, memory_mb)


def _line(process: subprocess.Popen[str]) -> dict[str, Any]:
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        sys.exit("the browser gave up")
    answer: dict[str, Any] = json.loads(line)
    return answer


def _go_on(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--figures", default="1,12,50")
    parser.add_argument("--samples", type=int, default=4)
    parser.add_argument("--angle", default="gl")
    parser.add_argument("--keep", type=Path)
    args = parser.parse_args()
    if args.keep is not None:
        args.keep.mkdir(parents=True, exist_ok=True)
    application = QCoreApplication.instance() or QGuiApplication([])
    folder = bundled_themes_dir() / THEME
    models = sorted(path.stem for path in folder.glob("figure-*.glb"))
    tools = find_tools()
    print(f"{THEME}, {WIDTH} × {HEIGHT}, {args.samples} samples, {FRAMES} frames")
    head = ("figures", "who", "first s", "first CPU s", "frame ms", "frame CPU ms", "memory MB")
    print(("{:>8} {:<9}" + " {:>12}" * 5).format(*head))
    for count in map(int, args.figures.split(",")):
        rows = {"ours": ours(folder, models, count, args.samples, args.keep)}
        if tools is not None:
            rows["three.js"] = theirs(tools, folder, models, count, args.samples, args.angle, args.keep)
        for name, r in rows.items():
            numbers = (r.first_s, r.first_cpu_s, r.frame_ms, r.frame_cpu_ms, r.memory_mb)
            print(f"{count:>8} {name:<9}" + " ".join(f"{number:>12.1f}" for number in numbers))
    print("; ".join(f"{name}: {r.driver}" for name, r in rows.items()))
    del application


if __name__ == "__main__":
    main()
