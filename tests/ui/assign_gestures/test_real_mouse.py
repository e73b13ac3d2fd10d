"""Each gesture once with the real mouse of a virtual screen: the window system's own events, grabs and cursor."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.ui.test_starter_desk_story import ROOT, office_studio, serving

DRIVER = Path(__file__).with_name("drive_gestures.py")


needs_screen = pytest.mark.skipif(
    not all(shutil.which(program) for program in ("xvfb-run", "xdotool")),
    reason="moving the real mouse needs Xvfb and xdotool",
)


def drive(url: str, *words: str) -> dict[str, Any]:
    screen = ["xvfb-run", "-a", "-s", "-screen 0 1400x900x24"]
    environment = {**os.environ, "QT_QPA_PLATFORM": "xcb", "PYTHONPATH": str(ROOT), "PYTHONFAULTHANDLER": "1"}
    command = [*screen, sys.executable, str(DRIVER), url, "cozy-loft", *words]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=150)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def on_server(url: str) -> dict[str, str]:
    rows = json.loads(office_studio("bindings", "list", "--theme", "cozy-loft", "--office", url, "--json"))
    return {str(row["slotIndex"]): row["agentName"] for row in rows}


@needs_screen
@pytest.mark.full  # the starter desk's story drags with the real mouse in every run
@pytest.mark.timeout(200)
def test_every_gesture_with_the_real_mouse(tmp_path: Path) -> None:
    with serving(tmp_path / "office", "0") as address:
        url = address["url"]
        office_studio("simulate", "--agents", "2", "--rate", "10", "--seconds", "2", "--office", url)
        answer = drive(url)
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
        assert on_server(url) == {"3": "Vivi"}


@pytest.mark.full
@needs_screen
@pytest.mark.timeout(200)
def test_a_new_user_seats_six_swaps_undoes_saves_clears_and_applies(tmp_path: Path) -> None:
    with serving(tmp_path / "office", "0") as address:
        url = address["url"]
        office_studio("simulate", "--agents", "6", "--rate", "20", "--seconds", "2", "--office", url)
        found = drive(url, "story")["found"]
        six = found["seat 5"]
        assert len(six) == 6
        assert found["swap"] == six | {"0": six["1"], "1": six["0"]}
        assert found["undo 1"] == six
        four = {slot: name for slot, name in six.items() if slot in "0123"}
        assert found["undo 3"] == four
        assert found["clear all"] == {}
        assert found["apply plan"] == four
        assert on_server(url) == four
