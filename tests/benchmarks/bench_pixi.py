"""The stage beside PixiJS 8 in headless Chromium on the same processor: frames, rest, memory, with ratios.

    python tests/benchmarks/bench_pixi.py [--quick] [--agents 12,100] [--sizes 1280x720] [--no-peer]

Needs Node, npm and Chromium; as root they are installed with apt-get when absent. PixiJS and puppeteer-core come from
npm in the versions of ``pixi/package.json``, into the user's cache folder. Both draw the theme of ``stage_scene.py``:
a figure, a name tag and a badge each, four frames a second, one in five walking. Both may use every core: PixiJS draws
with SwiftShader, as browsers do on machines without a graphics card; ours is one thread.

Frame: from the change to its pixels, everybody on screen repainted, ms (ours: processor time of the GUI thread; theirs:
time on the clock, and processor time of all processes). Rest: nobody walks, share of one core. PSS: all processes, MB.
"""

# ruff: noqa: T201
from __future__ import annotations

import argparse
import gc
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import psutil

HERE = Path(__file__).resolve().parent
PACKAGES = {"node": "nodejs", "npm": "npm", "chromium": "chromium"}


# -- the peer ------------------------------------------------------------------------------------------
def find_tools() -> tuple[str, str, str] | None:
    """Paths of node, npm and chromium; None, and words on how to get them, when one is missing for good."""
    missing = [package for program, package in PACKAGES.items() if shutil.which(program) is None]
    if missing and hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get"):
        print("installing", *missing, file=sys.stderr, flush=True)
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", *missing]):
            subprocess.run(["apt-get", *command], env=environment, stdout=subprocess.DEVNULL, check=False)
    found = [shutil.which(program) for program in PACKAGES]
    if None in found:
        print(f"The peer is left out: as root, apt-get install {' '.join(missing)}.", file=sys.stderr)
        return None
    return found[0] or "", found[1] or "", found[2] or ""


def cache_folder(npm: str) -> Path:
    """Where the packages of npm are, installed when they are not; of these versions only."""
    from office_studio.paths import cache_dir

    wanted = (HERE / "pixi/package.json").read_text()
    folder = cache_dir() / "benchmarks" / "pixi"
    stamp = folder / "package.json"
    if not (stamp.is_file() and stamp.read_text() == wanted and (folder / "node_modules/pixi.js").is_dir()):
        folder.mkdir(parents=True, exist_ok=True)
        stamp.write_text(wanted)
        subprocess.run([npm, "install", "--no-audit", "--no-fund", "--silent"], cwd=folder, check=True)
    return folder


def tree(pid: int) -> list[psutil.Process]:
    root = psutil.Process(pid)
    return [root, *root.children(recursive=True)]


def cpu_seconds(pid: int) -> float:
    """Of a process and all below it."""
    total = 0.0
    for process in tree(pid):
        try:
            times = process.cpu_times()
        except psutil.Error:
            continue
        total += times.user + times.system
    return total


def pss_mb(pid: int) -> float:
    """Memory of a process and all below it; what they share is counted once."""
    total = 0
    for process in tree(pid):
        try:
            lines = Path(f"/proc/{process.pid}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1024


def peer(tools: tuple[str, str, str], cache: Path, theme: Path, count: int, size: tuple[int, int], asked: Any) -> Any:
    node, _, chromium = tools
    command = [node, str(HERE / "pixi/run.mjs"), str(cache), str(theme), str(count), *map(str, size)]
    command += [str(asked.frames), str(asked.seconds), chromium]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None
    assert process.stdout is not None

    def hear() -> dict[str, Any]:
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            raise RuntimeError("the peer stopped; what it said is above")
        return dict(json.loads(line))

    def go_on() -> None:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()

    try:
        built = hear()
        pid = int(built["pid"])
        cpu, start = cpu_seconds(pid), time.monotonic()
        go_on()
        hear()
        rest = (cpu_seconds(pid) - cpu) / (time.monotonic() - start) * 100
        cpu = cpu_seconds(pid)
        go_on()
        times = hear()["times"]
        spent, memory = cpu_seconds(pid) - cpu, pss_mb(pid)
        go_on()
        process.wait(timeout=60)
    finally:
        if process.poll() is None:
            process.terminate()
    frames = [each["interval"] for each in times]
    return {
        "frames": frames, "cpu_frame": spent * 1000 / max(1, len(times)), "rest": rest, "pss": memory,
        "what": f"PixiJS {built['pixi']}, {built['version']}, {built['gl']}",
    }  # fmt: skip


# -- ours ----------------------------------------------------------------------------------------------
def ours(theme: Path, count: int, size: tuple[int, int], frames: int, seconds: float) -> dict[str, Any]:
    from bench_stage import idle_share, measure, open_stage
    from PySide6.QtWidgets import QApplication
    from stage_scene import synthetic_theme

    app = QApplication([])
    view = open_stage(synthetic_theme(theme, count), count, size)
    rest, _, _ = idle_share(view, seconds)
    whole = measure(view, count, frames, whole=True)
    memory = pss_mb(os.getpid())
    view.close()
    view.close_stage()
    app.processEvents()
    return {"frames": whole, "rest": rest, "pss": memory}


def in_own_process(*words: str) -> Any:
    """This script once more, so that no case has the memory of another."""
    command = [sys.executable, __file__, *words]
    run = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(run.stdout.splitlines()[-1])


def loading(switches: int) -> dict[str, float]:
    """Seconds to the first picture of a theme of 10 MB and between two themes; MB added by many switches."""
    import stage_scene
    from PIL import Image
    from PySide6.QtCore import QEventLoop, QTimer
    from PySide6.QtWidgets import QApplication

    from office_studio.services.theme_loader import load_theme
    from office_studio.ui.render.stage_view import StageView

    app = QApplication([])
    with tempfile.TemporaryDirectory() as folder:
        heavy, light = Path(folder) / "heavy", Path(folder) / "light"
        stage_scene.synthetic_theme(heavy, 12)
        stage_scene.synthetic_theme(light, 12)
        document = json.loads((heavy / "theme.json").read_text())
        Image.effect_noise((1920, 1080), 40).convert("RGB").save(heavy / "background.png", compress_level=1)
        for i in range(8):  # noise does not compress
            Image.effect_noise((1024, 900), 60).convert("RGBA").save(heavy / f"piece-{i}.png", compress_level=1)
            document["furniture"].append({"id": f"p{i}", "sprite": f"piece-{i}.png", "layer": "furniture",
                                          "x": 200 * i, "y": 500, "width": 160, "height": 140})  # fmt: skip
        document["id"] = "heavy"
        (heavy / "theme.json").write_text(json.dumps(document))
        size = sum(path.stat().st_size for path in heavy.iterdir())
        view = StageView()
        view.resize(1280, 720)
        view.set_agents(stage_scene.agents(12))
        view.show()
        app.processEvents()
        loop = QEventLoop()

        def show(path: Path, signal: Any) -> float:
            start = time.monotonic()
            connection = signal.connect(lambda *_: loop.quit())
            view.set_theme(load_theme(path))
            loop.exec()
            view.grab()
            signal.disconnect(connection)
            return time.monotonic() - start

        first = show(heavy, view.room_shown)
        QTimer.singleShot(2500, loop.quit)
        loop.exec()
        times, marks = [], []
        for i in range(switches):
            times.append(show(heavy if i % 2 else light, view.theme_shown))
            if i + 1 in (max(2, switches // 5), switches):
                QTimer.singleShot(1000, loop.quit)
                loop.exec()
                gc.collect()
                marks.append(psutil.Process().memory_info().rss / 1e6)
        view.close_stage()
    return {"mb": size / 1e6, "first": first, "switch": statistics.median(times), "added": marks[-1] - marks[0],
            "rss": marks[-1]}  # fmt: skip


# -- table ---------------------------------------------------------------------------------------------
def p95(values: list[float]) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * 0.95))] if values else float("nan")


def line(count: int, size: tuple[int, int], mine: Any, theirs: Any) -> str:
    median = statistics.median(mine["frames"]) if mine["frames"] else float("nan")
    words = f"{count:>6} {size[0]}×{size[1]:<5} {median:8.2f} {p95(mine['frames']):8.2f}"
    words += f" {mine['rest']:7.2f} {mine['pss']:6.0f}"
    if theirs is None:
        return words
    slow = statistics.median(theirs["frames"])
    words += f" │ {slow:8.1f} {p95(theirs['frames']):8.1f} {theirs['cpu_frame']:8.1f}"
    words += f" {theirs['rest']:7.1f} {theirs['pss']:6.0f}"
    ratios = (slow / median, theirs["cpu_frame"] / median, theirs["rest"] / max(0.01, mine["rest"]))
    return words + " │ " + " ".join(f"{ratio:6.1f}×" for ratio in ratios) + f" {theirs['pss'] / mine['pss']:6.1f}×"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--agents", default="12,100,1000,10000")
    parser.add_argument("--sizes", default="1280x720,1920x1080")
    parser.add_argument("--frames", type=int, default=60)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--switches", type=int, default=100)
    parser.add_argument("--quick", action="store_true", help="12 and 100 agents at 1280×720, 20 frames, 10 switches")
    parser.add_argument("--no-peer", action="store_true")
    parser.add_argument("--ours", nargs=3, metavar=("THEME", "AGENTS", "SIZE"), help=argparse.SUPPRESS)
    parser.add_argument("--loading", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.quick:
        asked.agents, asked.sizes, asked.frames, asked.seconds, asked.switches = "12,100", "1280x720", 20, 3, 10
    if asked.ours:
        size = tuple(map(int, asked.ours[2].split("x")))
        print(json.dumps(ours(Path(asked.ours[0]), int(asked.ours[1]), size, asked.frames, asked.seconds)))
        return
    if asked.loading:
        print(json.dumps(loading(asked.switches)))
        return
    tools = None if asked.no_peer else find_tools()
    cache = cache_folder(tools[1]) if tools else Path()
    more = ("--frames", str(asked.frames), "--seconds", str(asked.seconds))
    print(f"{'':>17} {'Office Studio':^32} │ {'PixiJS':^42} │ PixiJS ÷ ours")
    head = f"{'agents':>6} {'view':<10} {'frame':>8} {'p95':>8} {'rest %':>7} {'PSS':>6} │ "
    head += f"{'frame':>8} {'p95':>8} {'CPU':>8} {'rest %':>7} {'PSS':>6} │ "
    print(head + f"{'frame':>7} {'CPU':>7} {'rest':>7} {'PSS':>7}", flush=True)
    what = ""
    with tempfile.TemporaryDirectory() as folder:
        for words in asked.sizes.split(","):
            size = tuple(map(int, words.split("x")))
            for count in map(int, asked.agents.split(",")):
                theme = Path(folder) / f"{count}-{words}"
                mine = in_own_process("--ours", str(theme), str(count), words, *more)
                theirs = peer(tools, cache, theme, count, size, asked) if tools else None  # type: ignore[arg-type]
                what = theirs["what"] if theirs else what
                print(line(count, size, mine, theirs), flush=True)  # type: ignore[arg-type]
    print(what)
    found = in_own_process("--loading", "--switches", str(asked.switches))
    print(f"first picture of a theme of {found['mb']:.1f} MB: {found['first']:.2f} s; switch {found['switch']:.2f} s")
    print(f"{asked.switches} switches: {found['added']:+.0f} MB, {found['rss']:.0f} MB in all")


if __name__ == "__main__":
    main()
