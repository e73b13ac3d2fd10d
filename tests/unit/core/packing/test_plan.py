"""What goes into a bundle and why; patterns of the designer; zip bytes."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from office_studio.core.packing.archive import ZipWriter, prepare
from office_studio.core.packing.needed import files_needed
from office_studio.core.packing.plan import packed_names, plan_bundle, size_table
from office_studio.core.packing.rules_file import parse_pack_rules
from office_studio.core.theme.files import MemoryFiles
from office_studio.core.validation.subject import Subject
from office_studio.errors import PackageError

ROOT = Path(__file__).resolve().parents[4]


def subject(document: dict, *names: str, **content: bytes) -> Subject:
    files = dict.fromkeys(names, b"x") | content | {"theme.json": b"{}"}
    return Subject(document, b"", MemoryFiles(files), "t")


def fates(plan) -> dict[str, bool]:
    return {item.name: item.packed for item in plan}


def test_everything_that_anything_refers_to_is_needed():
    document = {
        "id": "t",
        "canvas": {"background": {"image": "a.png", "image2x": "a-2x.webp", "mobile": "a-small.jpg"}},
        "characters": {"atlas": "one.json", "variants": ["one.json", "two.json"],
                       "seatSprites": {"s": {"working": ["over.png"]}}},
        "quality": {"high": {"background": {"image": "high.png"}, "room": {"model": "m/high.gltf"}}},
        "audio": {"ambient": {"src": "sound.ogg"}},
        "furniture": [{"sprite": "/themes/t/models/desk.glb"}, {"sprite": "themes/t/models/chair.glb"}],
        "someday": {"new": ["later.png", "https://example.org/far.png", "../out.png"]},
    }  # fmt: skip
    atlas = json.dumps({"frames": {}, "meta": {"image": "one.png", "related_multi_packs": ["one-b.json"]}}).encode()
    model = json.dumps({"buffers": [{"uri": "high.glb"}], "images": [{"uri": "wood.png"}]}).encode()
    found = files_needed(
        subject(document, "a.png", "a-2x.webp", "a-small.jpg", "two.json", "over.png", "high.png", "sound.ogg",
                "models/chair.glb", "later.png", "one.png", "one-b.json", "m/high.glb", "m/wood.png", "preview.png",
                "far.png", "out.png", "stray.png", "wood.png",
                **{"one.json": atlas, "m/high.gltf": model})
    )  # fmt: skip
    assert found == {
        "theme.json", "preview.png", "a.png", "a-2x.webp", "a-small.jpg", "one.json", "two.json", "over.png",
        "high.png", "m/high.gltf", "sound.ogg", "models/chair.glb", "later.png", "one.png", "one-b.json", "m/high.glb",
        "m/wood.png",
    }  # fmt: skip


def test_loops_of_references_end():
    document = {"characters": {"atlas": "a.json"}}
    loop = {"a.json": b'{"x": "b.json"}', "b.json": b'{"x": ["a.json", "b.json", "c.json"]}', "c.json": b"[[[["}
    assert files_needed(subject(document, **loop)) == {"a.json", "b.json", "c.json", "theme.json"}


@pytest.mark.parametrize(
    "text",
    [
        '"a.png"',
        '{"x": ["A.PNG", "a.png"]}',
        '["\\u0061.png"]',
        '["a\\u002epng"]',
        '["./b/..\\/a.png"]',
        '["a\\u002e\\u0070ng"]',
    ],
)
def test_names_are_found_however_they_are_written(text):
    found = files_needed(subject({"x": "t.json"}, "a.png", "A.PNG", "b.png", **{"t.json": text.encode()}))
    assert "a.png" in found
    assert "b.png" not in found


def test_patterns_add_and_leave_out():
    rules = parse_pack_rules(b'include = ["extras/*.png", "LICENSE.json"]\nexclude = ["drafts/**", "*-raw.png"]')
    names = ("extras/a.png", "extras/deep/b.png", "extras/c-raw.png", "LICENSE.json", "drafts/x/y.png", "a.png", "n.md")
    plan = plan_bundle(subject({"preview": "a.png"}, *names), rules)
    assert list(packed_names(plan)) == ["LICENSE.json", "a.png", "extras/a.png", "theme.json"]
    reasons = {item.name: item.reason for item in plan}
    assert "excluded" in reasons["drafts/x/y.png"]
    assert "excluded" in reasons["extras/c-raw.png"]
    assert "refers" in reasons["extras/deep/b.png"]
    assert "not allowed" in reasons["n.md"]
    with pytest.raises(PackageError) as caught:
        plan_bundle(subject({"preview": "drafts/p.png"}, "drafts/p.png"), rules)
    assert caught.value.code == "PACK_RULES_EXCLUDE_NEEDED"


@pytest.mark.parametrize(
    "content", [b"\xff", b"include = 1", b'include = [""]', b'includes = ["a"]', b"[[", b"include = [1]",
                b"include = [" + b'"a",' * 201 + b"]"],
)  # fmt: skip
def test_a_bad_pattern_file_is_told(content: bytes):
    with pytest.raises(PackageError) as caught:
        parse_pack_rules(content)
    assert caught.value.code == "PACK_RULES"


def test_patterns_of_many_stars_are_quick():
    rules = parse_pack_rules(('include = ["' + "*" * 500 + "/" + "**/" * 20 + 'x"]').encode())
    assert not rules.includes("a/" * 12 + "y")


def test_doubles_stay_out_unless_they_are_used():
    plan = plan_bundle(
        subject({"preview": "a.png", "canvas": {"background": {"image": "b.png"}}}, "a.png", "b.png", "c.png"),
        parse_pack_rules(b'include = ["*.png"]'),
        {"b.png": "a.png", "c.png": "a.png"},
    )
    assert fates(plan) == {"a.png": True, "b.png": True, "c.png": False, "theme.json": True}
    assert {item.name: item.reason for item in plan}["c.png"] == "same bytes as a.png"


def test_sizes_are_summed_by_folder_and_kind():
    content = {"preview.png": b"12", "x.ogg": b"123", "d/a.png": b"1234", "d/b.png": b"1"}
    rows = size_table(plan_bundle(subject({"q": "d/a.png"}, **content)))
    found = {(row.folder, row.kind): (row.files, row.size_bytes, row.left_out, row.left_out_bytes) for row in rows}
    assert found == {
        ("d", "pictures"): (1, 4, 1, 1),
        ("", "pictures"): (1, 2, 0, 0),
        ("", "data"): (1, 2, 0, 0),
        ("", "sounds"): (0, 0, 1, 3),
    }


@pytest.mark.parametrize("name", ["a.png", "a.json", "é/ü.svg", "b.glb"])
def test_a_streamed_entry_has_the_bytes_of_a_whole_one(name: str):
    content = os.urandom(70_000) + b"abc" * 40_000
    whole, streamed = io.BytesIO(), io.BytesIO()
    for target in (whole, streamed):
        writer = ZipWriter(target)
        writer.add(prepare("0.json", b"{}"))
        if target is whole:
            writer.add(prepare(name, content))
        else:
            writer.add_stream(name, (content[at : at + 999] for at in range(0, len(content), 999)))
        writer.add(prepare("z.png", b"z"))
        assert writer.finish() == 3
    assert whole.getvalue() == streamed.getvalue()
    with zipfile.ZipFile(whole) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["0.json", name, "z.png"]
        assert archive.read(name) == content
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_another_day_folder_time_zone_and_process_give_the_same_bytes(tmp_path: Path):
    code = "import sys; from pathlib import Path; from office_studio.services.theme_packer import pack_theme; " \
           "print(pack_theme(Path(sys.argv[1]), Path(sys.argv[2])).sha256)"  # fmt: skip
    from office_studio.services.theme_templates import new_theme

    first = new_theme("3d-room", "Same", tmp_path)
    digests = []
    for number, (zone, day) in enumerate((("UTC", 1_000_000_000), ("Asia/Tokyo", 1_700_000_000))):
        parent = tmp_path / f"place {number}" / ("deep/" * number)
        theme = shutil.copytree(first, parent / "same")
        for path in theme.iterdir():
            os.utime(path, (day, day))
            path.chmod(0o600 if number else 0o644)
        environment = os.environ | {"TZ": zone, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": str(number), "LC_ALL": "C"}
        done = subprocess.run([sys.executable, "-c", code, str(theme), f"out-{number}.zip"], cwd=parent, text=True,
                              env=environment, capture_output=True, timeout=120, check=False)  # fmt: skip
        assert done.returncode == 0, done.stderr
        digests.append(done.stdout.strip())
    assert digests[0] == digests[1]
