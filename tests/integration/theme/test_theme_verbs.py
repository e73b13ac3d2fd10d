"""``render`` and ``theme`` as commands: results, exit codes, messages, no traceback."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from PIL import Image

ROOT = Path(__file__).resolve().parents[3]


def run(*words: str | Path, ok: int = 0) -> subprocess.CompletedProcess[str]:
    environment = {
        key: value for key, value in os.environ.items() if key not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    }
    environment["PYTHONPATH"] = str(ROOT)
    done = subprocess.run(
        [sys.executable, "-m", "office_studio", *map(str, words)],
        capture_output=True, text=True, timeout=90, env=environment, check=False,
    )  # fmt: skip
    assert "Traceback" not in done.stderr
    assert done.returncode == ok, done.stderr
    return done


@pytest.fixture
def themes(shared_dir: Path) -> Path:
    return shared_dir / "data" / "themes"


def test_render_draws_and_describes(themes: Path, tmp_path: Path):
    cast = [
        {"id": "a", "name": "Ada", "status": "working", "currentTask": "Write", "collaboratingWith": []},
        {"id": "b", "name": "Ben", "status": "idle", "online": False, "emoji": "🦊", "color": "#7c3aed"},
    ]
    (tmp_path / "agents.json").write_text(json.dumps(cast))
    picture = tmp_path / "out.png"
    done = run("render", themes / "starter-desk", "--agents", tmp_path / "agents.json", "--size", "800x450",
               "--scale", "1.5", "--at", "1", "--json", "-o", picture)  # fmt: skip
    dump = json.loads(done.stdout)
    with Image.open(picture) as image:
        assert image.size == (1200, 675)
    assert dump["view"]["root"]["scale"] == pytest.approx(800 / 1920, abs=1e-5)
    ada, ben = sorted(dump["agents"], key=lambda agent: agent["id"])
    assert (ada["slot"], ada["seatId"], ada["state"], ada["canvas"]) == (0, "desk-1", "working", {"x": 1250, "y": 560})
    assert (ben["status"], ben["alpha"]) == ("offline", 0.4)
    assert dump["findings"] == []


def test_render_knows_the_bundled_themes_by_id(tmp_path: Path):
    run("render", "cozy-loft", "--size", "320x180", "-o", tmp_path / "loft.png")
    done = run("render", "no-such-theme", "-o", tmp_path / "x.png", ok=2)
    assert "cozy-loft" in done.stderr


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("--size", "big"), 2, "is not a size"),
        (("--size", "60000x60000"), 2, "too large"),
        (("--turntable", "8"), 2, "3D"),
        (("--agents", "nowhere.json"), 2, "cannot be read"),
        (("--at", "-1"), 2, "must lie between 0"),
    ],
)
def test_render_says_what_is_wrong(themes: Path, tmp_path: Path, words, code, says):
    done = run("render", themes / "starter-desk", *words, "-o", tmp_path / "x.png", ok=code)
    assert says in done.stderr


@pytest.mark.parametrize("content", ["{", "[{}]", '[{"id": "a", "status": "asleep"}]', '{"id": "a"}'])
def test_render_refuses_a_bad_agents_file(themes: Path, tmp_path: Path, content):
    (tmp_path / "agents.json").write_text(content)
    done = run("render", themes / "starter-desk", "--agents", tmp_path / "agents.json", "-o", tmp_path / "x.png", ok=2)
    assert "agents.json" in done.stderr


def test_themes_that_cannot_be_drawn(themes: Path, tmp_path: Path):
    if not os.environ.get("DISPLAY"):
        assert "xvfb-run" in run("render", themes / "cozy-studio", "-o", tmp_path / "x.png", ok=3).stderr
    assert "experiment" in run("render", themes / "avg-classroom", "-o", tmp_path / "x.png", ok=3).stderr
    (tmp_path / "empty").mkdir()
    assert "no theme.json" in run("render", tmp_path / "empty", "-o", tmp_path / "x.png", ok=3).stderr
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "theme.json").write_text('{\n"id": "a",,\n}')
    assert "line 2, column 11" in run("render", tmp_path / "broken", "-o", tmp_path / "x.png", ok=3).stderr


def test_validate_reports_and_exits(themes: Path):
    done = run("theme", "validate", themes / "starter-desk", "--json")
    report = json.loads(done.stdout)
    assert (report["theme"], report["profile"], report["verdict"]) == ("starter-desk", "schema", "warn")
    assert report["counts"]["error"] == 0
    keys = {"rule", "severity", "message", "help", "file", "pointer", "line", "column", "object", "fix"}
    assert all(set(finding) == keys for finding in report["findings"])
    text = run("theme", "validate", themes / "_template", ok=3)
    assert "theme.json:20:16" in text.stdout
    assert "T2D-FILE-MISSING" in text.stdout
    assert "blocked" in text.stderr
    assert run("theme", "validate", themes / "nowhere", ok=2).stdout == ""


def test_pack_then_validate_the_zip(themes: Path, tmp_path: Path):
    done = run("theme", "pack", themes / "starter-desk", "-o", tmp_path / "t.zip", "--explain")
    assert re.search(r"^packed +[\d,]+ +theme\.json", done.stdout, re.MULTILINE)
    with zipfile.ZipFile(tmp_path / "t.zip") as archive:
        assert archive.testzip() is None
    report = json.loads(run("theme", "validate", tmp_path / "t.zip", "--profile", "server", "--json").stdout)
    assert report["verdict"] == "accept"
    run("theme", "pack", themes / "_template", "-o", tmp_path / "u.zip", ok=3)
    assert not (tmp_path / "u.zip").exists()


def test_help_is_enough():
    assert "examples" in run("theme", "--help").stdout
    assert "office-studio render cozy-loft" in run("render", "--help").stdout
    for action in ("validate", "pack", "upload", "list", "delete"):
        assert "usage" in run("theme", action, "--help").stdout
