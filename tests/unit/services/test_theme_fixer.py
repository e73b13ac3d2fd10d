"""Fixes on disk: all files or none, undone to the byte, never over somebody's later change."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from office_studio.core.theme.files import ThemeFiles
from office_studio.core.validation.report import Severity
from office_studio.errors import PackageError, UsageError
from office_studio.services import theme_fixer
from office_studio.services.gltf_validator import validator_script
from office_studio.services.theme_check import ThemeChecker, check_path
from office_studio.services.theme_fixer import fix_theme, undo_last
from tests.unit.core.validation import samples


@pytest.fixture
def theme(tmp_path: Path) -> Path:
    """Four faults: a version, a zone type, a picture under a wrong extension, a preview that is not there."""
    sample = samples.flat()
    sample.document |= {"version": "v2", "id": "sample"}
    sample.document["zones"][0]["type"] = "Work"
    sample.files["background.png"] = samples.picture(640, 360, kind="JPEG")
    del sample.files["preview.png"]
    root = tmp_path / "sample"
    root.mkdir()
    text = json.dumps(sample.document, indent=4).replace("\n", "\r\n")
    for name, data in (sample.files | {"theme.json": text.encode()}).items():
        (root / name).write_bytes(data)
    return root


def content(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def painted(raw: bytes, files: ThemeFiles, width: int, height: int) -> bytes:
    assert json.loads(raw)["version"] == "2.0.0"  # it draws the theme as mended so far
    assert "sheet.png" in files.names
    return samples.picture(width, height)


def test_everything_is_mended_and_undone(theme: Path):
    before = content(theme)
    result = fix_theme(theme, painter=painted)
    assert {applied.fix.id for applied in result.applied} == {
        "version-form", "did-you-mean", "right-extension", "draw-preview",
    }  # fmt: skip
    assert check_path(theme).findings == result.after.findings == ()
    after = content(theme)
    assert set(after) == (set(before) - {"background.png"}) | {"background.jpg", "preview.png"}
    old, new = before["theme.json"].split(b"\r\n"), after["theme.json"].split(b"\r\n")
    assert sum(a != b for a, b in zip(old, new, strict=True)) == 3
    assert set(undo_last(theme)) == set(before) ^ set(after) | {"theme.json"}
    assert content(theme) == before
    with pytest.raises(UsageError) as caught:
        undo_last(theme)
    assert caught.value.code == "FIX_NOTHING_TO_UNDO"


def test_a_dry_run_writes_nothing(theme: Path):
    before = content(theme)
    assert len(fix_theme(theme, dry_run=True).applied) == 3
    assert content(theme) == before


def test_only_the_rules_asked_for(theme: Path):
    result = fix_theme(theme / "theme.json", ["t2d-meta-version"])
    assert [applied.finding.rule for applied in result.applied] == ["T2D-META-VERSION"]
    assert "T2D-ZONE-TYPE" in {finding.rule for finding in result.after.findings}


def test_a_later_change_is_not_undone(theme: Path):
    fix_theme(theme)
    with (theme / "theme.json").open("ab") as stream:
        stream.write(b"\n")
    mended = content(theme)
    with pytest.raises(UsageError) as caught:
        undo_last(theme)
    assert caught.value.code == "FIX_CHANGED_SINCE"
    assert content(theme) == mended


def test_a_full_disk_changes_nothing(theme: Path, monkeypatch: pytest.MonkeyPatch):
    before = content(theme)
    real, calls = theme_fixer._stage, []

    def full(target: Path, data: bytes) -> Path:
        calls.append(target)
        if len(calls) == 2:
            raise OSError(28, "No space left on device")
        return real(target, data)

    monkeypatch.setattr(theme_fixer, "_stage", full)
    with pytest.raises(PackageError) as caught:
        fix_theme(theme, painter=painted)
    assert caught.value.code == "FIX_WRITE"
    assert content(theme) == before


def test_zips_are_not_changed(tmp_path: Path):
    (tmp_path / "a.zip").write_bytes(b"PK")
    with pytest.raises(UsageError) as caught:
        fix_theme(tmp_path / "a.zip")
    assert caught.value.code == "FIX_ZIP"


def test_few_undos_are_kept(theme: Path, monkeypatch: pytest.MonkeyPatch, own_home: Path):
    monkeypatch.setattr(theme_fixer, "KEPT_UNDOS", 2)
    manifest = theme / "theme.json"
    for _ in range(4):
        manifest.write_bytes(manifest.read_bytes().replace(b'"2.0.0"', b'"v2"'))
        fix_theme(theme, ["T2D-META-VERSION"])
    assert len(list((own_home / "data" / "undo").glob("*.zip"))) == 2


def test_a_second_check_looks_only_at_what_changed(theme: Path):
    checker = ThemeChecker(theme)
    first = checker.check()
    sheet = checker._cache["image", "sheet.png"]
    (theme / "background.png").write_bytes(samples.picture(640, 360))
    second = checker.check()
    assert checker._cache["image", "sheet.png"] is sheet
    assert "T2D-IMG-MAGIC" in {f.rule for f in first.findings}
    assert "T2D-IMG-MAGIC" not in {f.rule for f in second.findings}
    assert second.findings == check_path(theme).findings
    (theme / "sheet.png").unlink()
    assert "T2D-FILE-MISSING" in {f.rule for f in checker.check().findings if f.severity is Severity.ERROR}


@pytest.mark.skipif(not validator_script().is_file(), reason="the glTF-Validator was not fetched")
@pytest.mark.parametrize("dry_run", [True, False])
def test_the_report_afterwards_is_a_whole_one(tmp_path: Path, dry_run: bool):
    """The Khronos validator is asked, links are told: as ``theme validate`` would."""
    sample = samples.space()
    sample.document |= {"version": "v2", "id": "sample"}
    root = tmp_path / "sample"
    root.mkdir()
    for name, data in (sample.files | {"theme.json": json.dumps(sample.document).encode()}).items():
        (root / name).write_bytes(data)
    (root / "link.png").symlink_to("preview.png")
    result = fix_theme(root, ["T2D-META-VERSION"], dry_run=dry_run)
    before, after = ({finding.rule for finding in report.findings} for report in (result.before, result.after))
    assert any(rule.startswith("GLTF-") for rule in after)
    assert before - after == {"T2D-META-VERSION"}
    assert "T2D-FILE-SYMLINK" in after
    if dry_run:
        fix_theme(root, ["T2D-META-VERSION"])
    assert result.after.findings == check_path(root).findings
