"""The bundled themes as shipped: valid, complete in every costume, seats where figures can get to them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from office_studio.core.validation.report import Severity
from office_studio.core.validation.rule import Profile
from office_studio.paths import bundled_themes_dir
from office_studio.services.theme_check import check_path

THEMES = sorted(path.parent for path in bundled_themes_dir().glob("*/theme.json"))
FLAT = [
    folder
    for folder in THEMES
    if json.loads((folder / "theme.json").read_text(encoding="utf-8")).get("renderer") != "threejs"
]
MUST_HAVE = {"idle", "working", "walking", "meeting", "coffee", "blocked", "sleeping"}


def manifest(folder: Path) -> dict:
    return json.loads((folder / "theme.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("folder", THEMES, ids=lambda p: p.name)
def test_the_store_has_nothing_against_it(folder):
    worse = [
        f
        for f in check_path(folder, profile=Profile.STORE).findings
        if f.severity in (Severity.ERROR, Severity.WARNING)
    ]
    assert worse == []


@pytest.mark.parametrize("folder", FLAT, ids=lambda p: p.name)
def test_every_costume_has_every_frame_of_every_state(folder):
    figures = manifest(folder)["characters"]
    assert set(figures["states"]) >= MUST_HAVE
    for atlas in figures["variants"]:
        have = set(json.loads((folder / atlas).read_text(encoding="utf-8"))["frames"])
        need = {
            f"{state['prefix']}-{direction}-{index}"
            for state in figures["states"].values()
            for direction in figures["directions"]
            for index in range(state["frames"])
        }
        assert need - have == set(), atlas


@pytest.mark.parametrize("folder", THEMES, ids=lambda p: p.name)
def test_every_file_is_used_and_small_enough(folder):
    text = (folder / "theme.json").read_text(encoding="utf-8")
    atlases = "".join(p.read_text(encoding="utf-8") for p in folder.glob("*.json") if p.name != "theme.json")
    idle = [p.name for p in folder.iterdir() if p.suffix != ".md" and p.name not in text + atlases + "theme.json"]
    assert idle == []
    assert (folder / "preview.png").stat().st_size <= 200 * 1024
    assert max(p.stat().st_size for p in folder.iterdir() if p.suffix != ".glb") <= 2_000_000
