"""Opening themes: folder, theme.json, zip; and staying inside them."""

from __future__ import annotations

import os
import struct
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from office_studio.errors import AssetError, ManifestError, OfficeStudioError, PackageError, UsageError
from office_studio.services.theme_check import check_path
from office_studio.services.theme_loader import FolderFiles, load_theme, open_files

MANIFEST = '{"id": "t", "name": "T", "version": "1.0.0", "canvas": {"width": 9, "height": 9, "background": {}}}'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "t"
    (root / "art").mkdir(parents=True)
    (root / "theme.json").write_text(MANIFEST)
    (root / "art" / "a.png").write_bytes(b"abc")
    return root


def zipped(folder: Path, target: Path, prefix: str = "") -> Path:
    with zipfile.ZipFile(target, "w") as archive:
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            archive.write(path, prefix + path.relative_to(folder).as_posix())
    return target


def test_the_three_forms_give_the_same_theme(folder: Path, tmp_path: Path):
    for path in (folder, folder / "theme.json", zipped(folder, tmp_path / "t.zip")):
        loaded = load_theme(path)
        assert loaded.theme.id == "t"
        assert loaded.files.names == ("art/a.png", "theme.json")
        assert loaded.files.read("art/a.png") == b"abc"
        assert loaded.files.size("art/a.png") == 3


@pytest.mark.parametrize(
    "name", ["../t/theme.json", "/etc/hostname", "art/../theme.json", "art", "", "ART/A.PNG", "a\0b"]
)
def test_files_outside_or_misspelt_are_missing(folder: Path, tmp_path: Path, name):
    for files in (open_files(folder), open_files(zipped(folder, tmp_path / "t.zip"))):
        with pytest.raises((AssetError, ValueError)):
            files.read(name)


def test_links_are_not_followed(folder: Path, tmp_path: Path):
    (tmp_path / "secret").write_text("x")
    (folder / "leak.png").symlink_to(tmp_path / "secret")
    (folder / "all").symlink_to(tmp_path)
    files = FolderFiles(folder)
    assert files.names == ("art/a.png", "theme.json")
    assert set(files.links) == {"leak.png", "all"}
    with pytest.raises(AssetError):
        files.read("leak.png")


def test_what_is_not_there(tmp_path: Path, folder: Path):
    with pytest.raises(UsageError) as caught:
        load_theme(tmp_path / "nothing")
    assert caught.value.code == "PACKAGE_MISSING"
    (folder / "theme.json").unlink()
    with pytest.raises(PackageError) as caught_package:
        load_theme(folder)
    assert caught_package.value.code == "PACKAGE_NO_MANIFEST"


def test_a_wrapped_zip_says_where_the_theme_is(folder: Path, tmp_path: Path):
    with pytest.raises(PackageError) as caught:
        load_theme(zipped(folder, tmp_path / "t.zip", prefix="my-theme/"))
    assert "my-theme" in caught.value.hint


def test_a_broken_manifest_says_where(folder: Path):
    (folder / "theme.json").write_text('{"id": }')
    with pytest.raises(ManifestError) as caught:
        load_theme(folder)
    assert "line 1, column 8" in caught.value.message


def test_every_zip_of_the_corpus_is_opened_or_refused_in_words(shared_dir: Path):
    folder = shared_dir / "data" / "bad-bundles" / "zips"
    zips = sorted(folder.glob("*.zip"))
    assert len(zips) > 80
    before = set(folder.iterdir())
    for path in zips:
        for error in _errors_of(path):
            assert error.code
            assert error.message
    assert set(folder.iterdir()) == before


def _errors_of(path: Path) -> list[OfficeStudioError]:
    """What opening a zip and reading some of it runs into; anything but our own errors passes through and fails."""
    errors: list[OfficeStudioError] = []
    try:
        files = load_theme(path).files
    except OfficeStudioError as error:
        return [error]
    for name in files.names[:50]:
        try:
            files.read(name)
        except AssetError as error:
            errors.append(error)
    return errors


def directory_alone(entries: int) -> bytes:
    """A zip of nothing but a directory: 56 bytes an entry, and an end record that does not say how many."""
    header = struct.Struct("<4s4B4HL2L5H2L")
    head = header.pack(b"PK\x01\x02", 20, 3, 20, 0, 0, 0, 0, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0, 0)
    directory = b"".join(head + b"%06d.png" % i for i in range(entries))
    return directory + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, len(directory), 0, 0)


@pytest.mark.parametrize("entries", [10_001, 250_000, 400_000])
def test_a_directory_of_endless_entries_is_not_listed(tmp_path: Path, entries: int):
    path = tmp_path / "t.zip"
    path.write_bytes(directory_alone(entries))
    tracemalloc.start()
    with pytest.raises(PackageError, match="more than 10000 entries"):
        load_theme(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 24_000_000


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_damaged_entry_is_told_whatever_packed_it(tmp_path: Path, method: int):
    path = tmp_path / "t.zip"
    with zipfile.ZipFile(path, "w", method) as archive:
        archive.writestr("theme.json", MANIFEST + " " * 500)
    data = bytearray(path.read_bytes())
    for at in range(44, 70):  # inside the packed content
        data[at] ^= 0x5A
    path.write_bytes(data)
    with pytest.raises(AssetError, match=r"theme\.json"):
        load_theme(path)


def test_what_cannot_be_a_theme_is_refused_before_it_is_read(tmp_path: Path):
    with pytest.raises(PackageError) as caught:
        load_theme(tmp_path / ("a" * 300))
    assert caught.value.code == "PACKAGE_UNREADABLE"
    with pytest.raises(PackageError):
        check_path(tmp_path / ("a" * 300))
    with pytest.raises(PackageError):
        load_theme(tmp_path / "a\0b")
    with pytest.raises(UsageError):
        check_path(tmp_path / "nothing.zip")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
@pytest.mark.timeout(20)
def test_a_pipe_is_not_waited_for(tmp_path: Path):
    for name in ("t.zip", "theme.json"):
        os.mkfifo(tmp_path / name)
        for read in (load_theme, check_path):
            with pytest.raises(PackageError, match="neither a file nor a folder"):
                read(tmp_path / name)


def test_a_huge_manifest_is_not_read_whole(folder: Path):
    with (folder / "theme.json").open("wb") as file:
        file.truncate(400_000_000)
    for path in (folder / "theme.json", folder):
        tracemalloc.start()
        with pytest.raises(OfficeStudioError):
            load_theme(path)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 70_000_000
