"""New themes: correct from the first minute, the same on every machine, never over something that is there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from office_studio.core.theme.templates import TEMPLATES, template_files, theme_id_of
from office_studio.core.validation.rule import Profile
from office_studio.errors import StorageError, UsageError
from office_studio.services.theme_check import check_path
from office_studio.services.theme_templates import new_theme


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_new_theme_is_clean(template: str, tmp_path: Path):
    folder = new_theme(template, "My First Loft", tmp_path)
    assert folder == tmp_path / "my-first-loft"
    document = json.loads((folder / "theme.json").read_bytes())
    assert (document["id"], document["name"], document["version"]) == ("my-first-loft", "My First Loft", "1.0.0")
    for profile in Profile:
        report = check_path(folder, profile)
        assert report.verdict.value == "accept", report.findings
    assert [path.name for path in tmp_path.iterdir()] == ["my-first-loft"]
    # The same bytes each time.
    written = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert written == template_files(TEMPLATES[template], "My First Loft", "my-first-loft")


@pytest.mark.parametrize(
    ("name", "theme_id"),
    [("My Loft", "my-loft"), ("Büro  2!", "buro-2"), ("--x--", "x"), ("働く", ""), ("a" * 200, "a" * 100)],
)
def test_the_id_is_made_of_the_name(name: str, theme_id: str):
    assert theme_id_of(name) == theme_id


def test_nothing_is_overwritten(tmp_path: Path):
    (tmp_path / "loft").mkdir()
    (tmp_path / "loft" / "mine.txt").write_text("mine")
    with pytest.raises(UsageError, match="already there"):
        new_theme("2d-minimal", "Loft", tmp_path)
    assert [path.name for path in (tmp_path / "loft").iterdir()] == ["mine.txt"]


@pytest.mark.parametrize(
    ("template", "name", "code"),
    [("4d", "Loft", "TEMPLATE_UNKNOWN"), ("2d-minimal", "働く", "THEME_NAME_UNUSABLE"),
     ("2d-minimal", " ", "THEME_NAME_UNUSABLE"), ("2d-minimal", "a\nb", "THEME_NAME_UNUSABLE"),
     ("2d-minimal", "a" * 101, "THEME_NAME_UNUSABLE")],
)  # fmt: skip
def test_what_cannot_be_is_said(template: str, name: str, code: str, tmp_path: Path):
    with pytest.raises(UsageError) as caught:
        new_theme(template, name, tmp_path)
    assert caught.value.code == code
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError):
        new_theme("2d-minimal", "Loft", tmp_path / "file" / "below")
