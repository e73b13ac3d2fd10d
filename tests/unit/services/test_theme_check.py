"""One checker over a theme that changes on disk: each check says what a new one would say."""

from __future__ import annotations

import json
import random
import shutil
import warnings
from pathlib import Path

import pytest

from office_studio.core.validation.rule import Profile
from office_studio.services.theme_check import ThemeChecker
from office_studio.services.theme_templates import new_theme


@pytest.fixture(scope="module")
def template(tmp_path_factory) -> Path:
    return new_theme("2d-full", "Kept", tmp_path_factory.mktemp("check"))


@pytest.fixture
def theme(template: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(template, tmp_path / template.name))


def put(theme: Path, **changes: object) -> None:
    manifest = theme / "theme.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | changes, indent=1))


def test_a_changed_floor_is_looked_at_anew(theme: Path):
    checker = ThemeChecker(theme)
    assert not [f for f in checker.check().findings if f.rule.startswith("T2D-NAV")]
    corners = [{"x": 0, "y": 0}, {"x": 9_000, "y": 0}, {"x": 9_000, "y": 9_000}, {"x": 0, "y": 9_000}]
    put(theme, navigation={"floor": [corners], "obstacles": [corners]})
    assert "T2D-NAV-NOFLOOR" in {finding.rule for finding in checker.check().findings}
    put(theme, navigation={"floor": [corners]})
    assert "T2D-NAV-NOFLOOR" not in {finding.rule for finding in checker.check().findings}


def test_after_any_edit_the_report_is_that_of_a_new_checker(theme: Path):
    source = random.Random(4)
    checker = ThemeChecker(theme)
    document = json.loads((theme / "theme.json").read_text())
    pictures = sorted(theme.glob("*.png"))
    for number in range(12):
        if number % 3 == 0:
            source.choice(pictures).write_bytes(source.choice(pictures).read_bytes()[: source.choice([40, 400, 10**9])])
        elif number % 3 == 1:
            key = source.choice(["zones", "furniture", "layers", "effects"])
            put(theme, **{key: source.sample(document[key], source.randrange(len(document[key]) + 1))})
        else:
            piece = document["furniture"][0] | {"x": source.choice([5, -9_000, "5"]), "sprite": f"no{number}.png"}
            put(theme, furniture=[piece, *document["furniture"]], id=source.choice(["kept", "No Id", 4]))
        profile = source.choice(list(Profile))
        assert checker.check(profile) == ThemeChecker(theme).check(profile)


def test_threads_that_look_at_pictures_leave_warnings_as_they_were(theme: Path):
    for number in range(40):
        shutil.copy(theme / "preview.png", theme / f"copy-{number}.png")
    before = list(warnings.filters)
    for _ in range(3):
        ThemeChecker(theme).check()
    assert list(warnings.filters) == before


def test_files_that_come_and_go_are_noticed(theme: Path):
    checker = ThemeChecker(theme)
    before = checker.check()
    (theme / "spare.png").write_bytes(b"no picture")
    (theme / "notes.txt").write_text("x")
    (theme / "data.json").symlink_to(theme / "theme.json")
    rules = {(finding.rule, finding.file) for finding in checker.check().findings}
    assert rules >= {
        ("T2D-FILE-UNUSED", "spare.png"), ("T2D-IMG-BROKEN", "spare.png"), ("T2D-FILE-UNUSED", "notes.txt"),
        ("T2D-FILE-SYMLINK", "data.json"),
    }  # fmt: skip
    for name in ("spare.png", "notes.txt", "data.json"):
        (theme / name).unlink()
    assert checker.check() == before
