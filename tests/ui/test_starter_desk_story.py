"""A theme made by others: checked, packed, uploaded, chosen in the window, seated with the mouse, still there later."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

DRIVER = Path(__file__).with_name("drive_window.py")
ROOT = DRIVER.parents[2]

needs_screen = pytest.mark.skipif(
    not all(shutil.which(program) for program in ("xvfb-run", "xdotool")),
    reason="moving the real mouse needs Xvfb and xdotool",
)


def office_studio(*words: str) -> str:
    """Run one verb as a user would; its output. Fails the test unless it ends with 0."""
    command = [sys.executable, "-m", "office_studio", *words]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


@contextmanager
def serving(data: Path, port: str) -> Iterator[dict[str, str]]:
    command = [sys.executable, "-m", "office_studio", "serve", "--port", port, "--data", str(data), "--json"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield json.loads(server.stdout.readline())
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(20)


def window(url: str, theme: str, drops: str, picture: Path) -> dict[str, object]:
    screen = ["xvfb-run", "-a", "-s", "-screen 0 1400x900x24"]
    environment = {**os.environ, "QT_QPA_PLATFORM": "xcb", "PYTHONPATH": str(ROOT), "PYTHONFAULTHANDLER": "1"}
    command = [*screen, sys.executable, str(DRIVER), url, theme, drops, str(picture)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=110)
    assert done.returncode == 0, done.stderr
    answer: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return answer


@needs_screen
@pytest.mark.timeout(400)
def test_two_agents_are_dragged_onto_desks_and_stay(shared_dir: Path, tmp_path: Path) -> None:
    theme = shared_dir / "data" / "themes" / "starter-desk"
    bundle, data = tmp_path / "starter-desk.zip", tmp_path / "office"
    report = json.loads(office_studio("theme", "validate", str(theme), "--json"))
    assert report["verdict"] == "warn"
    assert report["counts"]["error"] == 0
    office_studio("theme", "pack", str(theme), "-o", str(bundle))

    with serving(data, "0") as address:
        url, port = address["url"], address["url"].rpartition(":")[2]
        office_studio("theme", "upload", str(bundle), "--office", url)
        office_studio("simulate", "--agents", "2", "--rate", "10", "--seconds", "2", "--office", url)
        shown = window(url, "server:starter-desk", "Otto,Vivi", tmp_path / "dragged.png")
        assert shown == {"theme": "server:starter-desk", "seated": {"0": "Otto", "1": "Vivi"}}
        rows = json.loads(
            office_studio("bindings", "list", "--theme", "starter-desk", "--office", url, "--json"),
        )
        assert [(row["slotIndex"], row["agentName"]) for row in rows] == [(0, "Otto"), (1, "Vivi")]

    with serving(data, port) as address:
        assert address["url"] == url
        office_studio("simulate", "--agents", "2", "--rate", "10", "--seconds", "1", "--office", url)
        again = window("", "", "", tmp_path / "again.png")
        assert again == shown
