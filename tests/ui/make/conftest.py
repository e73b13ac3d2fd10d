"""Small themes made by code: one in order, one with known faults."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from office_studio.services.theme_templates import new_theme


@pytest.fixture
def good_theme(tmp_path: Path) -> Path:
    return new_theme("2d-minimal", "Good Room", tmp_path / "themes")


@pytest.fixture
def broken_theme(tmp_path: Path) -> Path:
    """An error (version), a warning (seat outside its zone), a note (file nobody needs)."""
    folder = new_theme("2d-minimal", "Broken Room", tmp_path / "themes")
    change(folder, version="1.2")
    document = manifest(folder)
    zone = document["zones"][0]
    zone["seats"][0]["x"] = zone["bounds"]["x"] + zone["bounds"]["width"] + 9
    write(folder, document)
    (folder / "old.png").write_bytes((folder / "preview.png").read_bytes())
    return folder


def manifest(folder: Path) -> dict[str, Any]:
    found = json.loads((folder / "theme.json").read_text("utf-8"))
    assert isinstance(found, dict)
    return found


def write(folder: Path, document: dict[str, Any]) -> None:
    (folder / "theme.json").write_text(json.dumps(document, indent=2), "utf-8")


def change(folder: Path, **values: Any) -> None:
    write(folder, manifest(folder) | values)
