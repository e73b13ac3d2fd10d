"""The whole way of a theme by the real command line: new, validate, pack, upload, list, download, diff, delete."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


class Shell:
    """Runs the commands of one user against one office."""

    def __init__(self, office, folder: Path) -> None:
        self._folder = folder
        self._environment = {
            key: value for key, value in os.environ.items() if key not in ("DISPLAY", "WAYLAND_DISPLAY")
        } | {"PYTHONPATH": str(ROOT), "OFFICE_STUDIO_OFFICE": office.address.url, "OFFICE_STUDIO_TOKEN": office.address.token}  # fmt: skip  # noqa: E501

    def __call__(self, *words: str | Path, ok: int = 0, cwd: Path | None = None, **more: str):
        done = subprocess.run(
            [sys.executable, "-m", "office_studio", "theme", *map(str, words)],
            capture_output=True, text=True, timeout=180, env=self._environment | more, check=False,
            cwd=cwd or self._folder, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        assert "Traceback" not in done.stderr
        assert done.returncode == ok, (words, done.stdout, done.stderr)
        return done

    def json(self, *words: str | Path, **more):
        return json.loads(self(*words, "--json", **more).stdout)


@pytest.fixture
def theme(office, tmp_path: Path) -> Shell:
    folder = tmp_path / "shell"
    folder.mkdir()
    return Shell(office, folder)


@pytest.mark.timeout(900)  # some twenty processes
def test_from_nothing_to_published_and_back(theme: Shell, office, tmp_path: Path):
    made = theme.json("new", "2d-minimal", "Way Out")
    folder = theme._folder / "way-out"
    assert made["themeId"] == "way-out"
    assert theme.json("validate", folder, "--profile", "server")["verdict"] == "accept"

    packed = theme.json("pack", "way-out", "-o", "a.zip", TZ="UTC")
    assert [item["name"] for item in packed["files"] if item["packed"]] == sorted(made["files"])
    # The same theme, made on another day in another folder.
    other = tmp_path / "elsewhere"
    other.mkdir()
    theme("new", "2d-minimal", "Way Out", cwd=other)
    for path in (other / "way-out").iterdir():
        os.utime(path, (86_400, 86_400))
    again = theme.json("pack", other / "way-out", "-o", other / "b.zip", cwd=other, TZ="Asia/Tokyo")
    assert packed["sha256"] == again["sha256"]

    assert "not in" in theme("diff", folder).stdout
    stored = theme.json("upload", "a.zip")
    assert (stored["version"], stored["replacedVersion"], stored["attempts"], stored["verified"]) == ("1.0.0", None, 1, True)  # fmt: skip  # noqa: E501
    assert [row["id"] for row in theme.json("list")] == ["way-out"]
    assert "is the same" in theme("diff", folder).stdout

    theme("download", "way-out", "--dir", "copy")
    for path in folder.iterdir():
        assert (theme._folder / "copy" / path.name).read_bytes() == path.read_bytes()
    theme("download", "way-out", "--dir", "copy", ok=2)

    # An agent sits on the seat that the next version takes away.
    ada = office.agent("Ada")
    office.owner.put("/api/office/bindings", json={"themeId": "way-out", "slotIndex": 3, "agentId": ada.id})
    text = (folder / "theme.json").read_text()
    document = json.loads(text)
    removed = document["zones"][0]["seats"].pop(3)
    document["zones"][0]["capacity"] = 3
    (folder / "theme.json").write_text(json.dumps(document, indent=2))
    found = theme.json("diff", folder, "--bump")
    assert {"what": "removed", "kind": "seat", "name": removed["id"], "detail": ""} in found["changes"]
    assert [(row["agentName"], row["before"], row["after"]) for row in found["unseated"]] == [("Ada", "desk-4", "table-1")]  # fmt: skip  # noqa: E501
    assert found["advice"] == {"bump": "major", "version": "2.0.0", "needed": True, "written": True}
    assert json.loads((folder / "theme.json").read_text())["version"] == "2.0.0"
    assert theme.json("upload", folder)["replacedVersion"] == "1.0.0"

    kept = theme.json("history", "way-out")
    assert [each["version"] for each in kept] == ["2.0.0", "1.0.0"]
    assert theme.json("republish", "way-out", "--sha", packed["sha256"][:10])["version"] == "1.0.0"

    refused = theme("delete", "way-out", ok=2)
    assert "1 agent sits in it: Ada" in refused.stderr
    assert theme.json("delete", "way-out", "--yes") == {"deleted": "way-out", "bound": ["Ada"]}
    assert theme.json("list") == []
