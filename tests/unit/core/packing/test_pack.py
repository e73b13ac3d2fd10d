"""Packing: same bytes every time, nothing in it that does not belong, nothing written when the theme is broken."""

from __future__ import annotations

import json
import os
import shutil
import zipfile
from pathlib import Path

import pytest

from office_studio.core.validation.report import Report
from office_studio.core.validation.rule import Profile
from office_studio.errors import PackageError
from office_studio.services.theme_check import ThemeChecker
from office_studio.services.theme_loader import load_theme
from office_studio.services.theme_packer import pack_theme


@pytest.fixture
def theme(shared_dir: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "starter-desk"
    shutil.copytree(shared_dir / "data" / "themes" / "starter-desk", folder)
    return folder


def test_the_bundle_is_deterministic_and_loads(theme: Path, tmp_path: Path):
    first = pack_theme(theme, tmp_path / "one.zip")
    for path in theme.iterdir():
        os.utime(path, (1_000_000_000, 1_000_000_000))
    second = pack_theme(theme / "theme.json", tmp_path / "two.zip")
    assert first.sha256 == second.sha256
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    assert load_theme(tmp_path / "one.zip").theme.id == "starter-desk"


def test_entries_are_sorted_flat_and_stored_as_they_should_be(theme: Path, tmp_path: Path):
    pack_theme(theme, tmp_path / "t.zip")
    with zipfile.ZipFile(tmp_path / "t.zip") as archive:
        names = archive.namelist()
        methods = {info.filename: info.compress_type for info in archive.infolist()}
    assert names == sorted(names) == ["background.png", "mascot-sprite.png", "preview.png", "theme.json"]
    assert methods["theme.json"] == zipfile.ZIP_DEFLATED
    assert methods["background.png"] == zipfile.ZIP_STORED


def test_litter_and_foreign_types_stay_out_with_a_reason(theme: Path, tmp_path: Path):
    for name in (".DS_Store", "README.md", "build.py", "spare.png"):
        shutil.copy(theme / "preview.png", theme / name)
    (theme / "__MACOSX").mkdir()
    shutil.copy(theme / "preview.png", theme / "__MACOSX" / "x.png")
    packed = pack_theme(theme, tmp_path / "t.zip")
    left = {item.name for item in packed.plan if not item.packed}
    assert left == {".DS_Store", "README.md", "build.py", "spare.png"}
    assert all(item.reason for item in packed.plan)
    with zipfile.ZipFile(tmp_path / "t.zip") as archive:
        assert "spare.png" not in archive.namelist()
        assert "__MACOSX/x.png" not in archive.namelist()


def test_a_byte_order_mark_is_stripped(theme: Path, tmp_path: Path):
    manifest = theme / "theme.json"
    manifest.write_bytes(b"\xef\xbb\xbf" + manifest.read_bytes())
    pack_theme(theme, tmp_path / "t.zip")
    with zipfile.ZipFile(tmp_path / "t.zip") as archive:
        assert archive.read("theme.json").startswith(b"{")


def test_a_theme_with_errors_is_not_packed(theme: Path, tmp_path: Path):
    document = json.loads((theme / "theme.json").read_text())
    document["zones"][0]["seats"][0]["direction"] = "north"
    (theme / "theme.json").write_text(json.dumps(document))
    with pytest.raises(PackageError) as caught:
        pack_theme(theme, tmp_path / "t.zip")
    assert caught.value.code == "PACKAGE_HAS_ERRORS"
    assert "direction must be" in caught.value.message.lower() or "Direction must be" in caught.value.message
    assert list(tmp_path.glob("*.zip")) == []


def test_a_failed_pack_leaves_the_old_bundle_alone(theme: Path, tmp_path: Path):
    target = tmp_path / "t.zip"
    target.write_bytes(b"old")
    (theme / "preview.png").unlink()
    with pytest.raises(PackageError):
        pack_theme(theme, target)
    assert target.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["t.zip"]


def test_a_theme_that_changes_meanwhile_is_not_packed(theme: Path, tmp_path: Path):
    def save(done: int, whole: int) -> None:
        if done == whole:
            shutil.copy(theme / "background.png", theme / "preview.png")

    with pytest.raises(PackageError) as caught:
        pack_theme(theme, tmp_path / "t.zip", progress=save)
    assert caught.value.code == "PACKAGE_CHANGED"
    assert not list(tmp_path.glob("*.zip*"))


def test_a_theme_that_changes_after_its_check_is_not_packed(theme: Path, tmp_path: Path):
    class Slow(ThemeChecker):
        def check(self, profile: Profile = Profile.SCHEMA) -> Report:
            report = super().check(profile)
            (theme / "preview.png").write_bytes(b"no picture any more")
            return report

    with pytest.raises(PackageError) as caught:
        pack_theme(theme, tmp_path / "t.zip", checker=Slow(theme))
    assert caught.value.code == "PACKAGE_CHANGED"


def test_packing_again_after_an_edit_takes_what_the_theme_refers_to_now(theme: Path, tmp_path: Path):
    checker = ThemeChecker(theme)
    document = json.loads((theme / "theme.json").read_text()) | {"extra": "table.json"}
    (theme / "theme.json").write_text(json.dumps(document))
    shutil.copy(theme / "preview.png", theme / "spare.png")
    for content, is_packed in (("[1]", False), ('["spare.png"]', True), ('["spare"]', False)):
        (theme / "table.json").write_text(content)
        packed = pack_theme(theme, tmp_path / "t.zip", checker=checker)
        assert {item.name: item.packed for item in packed.plan}["spare.png"] is is_packed


def test_unwritable_targets_are_said_so(theme: Path, tmp_path: Path):
    for target in (tmp_path / "no" / "such" / "t.zip", tmp_path):
        with pytest.raises(PackageError) as caught:
            pack_theme(theme, target)
        assert caught.value.code == "PACKAGE_WRITE"


def test_links_out_of_the_folder_are_not_packed(theme: Path, tmp_path: Path):
    (tmp_path / "secret.png").write_bytes((theme / "preview.png").read_bytes())
    (theme / "preview.png").unlink()
    (theme / "preview.png").symlink_to(tmp_path / "secret.png")
    with pytest.raises(PackageError) as caught:
        pack_theme(theme, tmp_path / "t.zip")
    assert "T2D-FILE-SYMLINK" in {finding["rule"] for finding in caught.value.details["report"]["findings"]}
