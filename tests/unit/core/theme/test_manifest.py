"""Reading theme.json: what is kept, what is refused, and where the trouble is said to be."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from office_studio.core.theme.manifest import parse_manifest, theme_from_document
from office_studio.core.theme.model import Direction, Point, ZoneType
from office_studio.errors import ManifestError

SMALL = {"canvas": {"width": 320, "height": 180, "background": {}}}


def read(**extra: object) -> tuple[object, list[str]]:
    theme, findings = theme_from_document(SMALL | extra)
    return theme, [finding.pointer or "" for finding in findings]


def test_a_syntax_error_is_placed():
    with pytest.raises(ManifestError) as caught:
        parse_manifest(b'{\n  "id": "a",\n  "name": oops\n}')
    assert caught.value.code == "MANIFEST_JSON"
    assert (caught.value.details["line"], caught.value.details["column"]) == (3, 11)
    assert "line 3, column 11" in caught.value.message


@pytest.mark.parametrize(
    ("source", "code"),
    [
        (b"", "MANIFEST_JSON"),
        (b"[1]", "MANIFEST_OBJECT"),
        (b"null", "MANIFEST_OBJECT"),
        ('{"a": "é"}'.encode("latin-1"), "MANIFEST_ENCODING"),
        ('{"a": 1}'.encode("utf-16"), "MANIFEST_ENCODING"),
        (b'{"a": NaN}', "MANIFEST_NUMBER"),
        (b'{"a": -Infinity}', "MANIFEST_NUMBER"),
        (b'{"a": 1e999}', "MANIFEST_NUMBER"),
        (b'{"a": ' + b"9" * 5000 + b"}", "MANIFEST_NUMBER"),
        (b"[" * 100_000, "MANIFEST_DEPTH"),
        (b'{"a":' * 200 + b"1" + b"}" * 200, "MANIFEST_DEPTH"),
        (b'{"a": "\\ud800"}', "MANIFEST_ENCODING"),
    ],
)
def test_what_is_no_manifest_is_refused_with_a_code(source, code):
    with pytest.raises(ManifestError) as caught:
        parse_manifest(source)
    assert caught.value.code == code


def test_brackets_inside_text_do_not_count_as_depth():
    assert parse_manifest('{"a": "' + "[" * 500 + '"}')["a"] == "[" * 500


def test_a_byte_order_mark_is_skipped():
    assert parse_manifest(b"\xef\xbb\xbf{}") == {}


@pytest.mark.parametrize("canvas", [None, {}, {"width": 0, "height": 5}, {"width": "a", "height": 2}, {"width": True}])
def test_without_a_canvas_there_is_nothing_to_draw(canvas):
    with pytest.raises(ManifestError) as caught:
        theme_from_document({"canvas": canvas})
    assert caught.value.code == "MANIFEST_CANVAS"


def test_unknown_keys_stay_in_the_document():
    theme, _ = theme_from_document(SMALL | {"x-mine": [1]})
    assert theme.document["x-mine"] == [1]


def test_what_cannot_be_used_is_left_out_and_reported():
    zones = [
        {"id": "a", "name": "A", "type": "garden", "bounds": {"x": 0, "y": 0, "width": 9, "height": 9}, "capacity": 1,
         "seats": [{"id": "s", "x": 1, "y": 2, "direction": "north"}, {"id": "t", "x": "1", "y": 2}, 5]},
        "not a zone",
    ]  # fmt: skip
    theme, pointers = read(zones=zones, furniture=[{"id": "f"}], effects=7)
    (zone,) = theme.zones
    assert zone.type is ZoneType.CUSTOM
    assert [(seat.id, seat.at, seat.direction) for seat in zone.seats] == [("s", Point(1, 2), Direction.DOWN)]
    assert theme.furniture == ()
    for pointer in ("/zones/0/type", "/zones/0/seats/1", "/zones/0/seats/2", "/zones/1", "/furniture/0", "/effects"):
        assert pointer in pointers


@pytest.mark.parametrize("path", ["/etc/passwd", "../up.png", "c:\\x.png", "http://a/b.png", "a\\b.png", "data:x"])
def test_unsafe_paths_count_as_absent(path):
    theme, pointers = read(preview=path, canvas={"width": 1, "height": 1, "background": {"image": path}})
    assert theme.preview == "preview.png"
    assert theme.canvas.background.image is None
    assert "/canvas/background/image" in pointers


def test_numbers_that_are_no_numbers_take_the_default():
    theme, pointers = read(viewport={"minZoom": True, "maxZoom": -1, "defaultZoom": "2"})
    assert (theme.viewport.min_zoom, theme.viewport.max_zoom, theme.viewport.default_zoom) == (0.5, 3, 1)
    assert {"/viewport/minZoom", "/viewport/maxZoom", "/viewport/defaultZoom"} <= set(pointers)


def test_a_room_model_makes_it_a_3d_theme():
    theme, _ = theme_from_document({"room": {"model": "room.glb"}})
    assert theme.renderer == "threejs"


@pytest.mark.parametrize("name", ["starter-desk", "default-office", "_template", "cozy-studio", "avg-classroom"])
def test_historic_manifests_are_read(shared_dir: Path, name):
    document = parse_manifest((shared_dir / "data" / "themes" / name / "theme.json").read_bytes())
    theme, _ = theme_from_document(document)
    assert theme.id == document["id"]
    assert json.dumps(theme.document) == json.dumps(document)


def test_default_office_in_full(shared_dir: Path):
    folder = shared_dir / "data" / "themes" / "default-office"
    theme, findings = theme_from_document(parse_manifest((folder / "theme.json").read_bytes()))
    assert findings == ()
    assert [(zone.id, len(zone.seats)) for zone in theme.zones] == [
        ("work-area", 6),
        ("meeting-room", 4),
        ("lounge", 3),
    ]
    assert theme.zones[1].door is not None
    assert theme.characters.atlas == ""
    assert theme.characters.states["walking"].frames == 6
