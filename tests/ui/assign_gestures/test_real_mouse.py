"""Each gesture once with the real mouse of a virtual screen: the window system's own events, grabs and cursor."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.ui.test_starter_desk_story import ROOT, office_studio, serving

DRIVER = Path(__file__).with_name("drive_gestures.py")


@pytest.mark.skipif(
    not all(shutil.which(program) for program in ("xvfb-run", "xdotool")),
    reason="moving the real mouse needs Xvfb and xdotool",
)
@pytest.mark.timeout(200)
def test_every_gesture_with_the_real_mouse(tmp_path: Path) -> None:
    with serving(tmp_path / "office", "0") as address:
        url = address["url"]
        office_studio("simulate", "--agents", "2", "--rate", "10", "--seconds", "2", "--office", url)
        screen = ["xvfb-run", "-a", "-s", "-screen 0 1400x900x24"]
        environment = {**os.environ, "QT_QPA_PLATFORM": "xcb", "PYTHONPATH": str(ROOT), "PYTHONFAULTHANDLER": "1"}
        command = [*screen, sys.executable, str(DRIVER), url, "cozy-loft"]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=150)
        assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
        answer = json.loads(done.stdout.splitlines()[-1])
        assert answer["found"] == {
            "row to seat": {"0": "Otto"},
            "row to card": {"0": "Otto", "1": "Vivi"},
            "card to card swaps": {"0": "Vivi", "1": "Otto"},
            "card to seat moves": {"0": "Vivi", "3": "Otto"},
            "figure to seat": {"3": "Otto", "5": "Vivi"},
            "esc": {"3": "Otto", "5": "Vivi"},
            "card to roster": {"3": "Otto"},
            "row replaces": {"3": "Vivi"},
        }
        assert any(words.startswith("Otto → Desk 1") for words in answer["words"])
        rows = json.loads(office_studio("bindings", "list", "--theme", "cozy-loft", "--office", url, "--json"))
        assert [(row["slotIndex"], row["agentName"]) for row in rows] == [(3, "Vivi")]
