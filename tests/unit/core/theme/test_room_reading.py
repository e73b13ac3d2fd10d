"""The 3D fields of a manifest: dialect, defaults, colours, quality modes; wrong values are reported and left out."""

import json
from pathlib import Path

import pytest

from office_studio.core.theme.manifest import theme_from_document
from office_studio.core.theme.room_model import (
    ONES,
    CameraSpec,
    Dialect,
    Directional,
    Projection,
    QualityName,
    RoomTheme,
    Tint,
)
from office_studio.core.theme.room_reading import room_color

BASE = {"id": "t", "name": "T", "version": "1.0.0", "canvas": {"width": 100, "height": 50, "background": {}}}
ROOM = BASE | {"room": {"model": "room.glb"}}


def room_of(document: dict) -> RoomTheme:
    room = theme_from_document(document)[0].room
    assert room is not None
    return room


def pointers(document: dict) -> set[str]:
    return {finding.pointer or "" for finding in theme_from_document(document)[1]}


@pytest.mark.parametrize(
    ("written", "color"),
    [
        ("0xfff5e6", Tint(255, 245, 230)),
        ("#fff5e6", Tint(255, 245, 230)),
        ("fff5e6", Tint(255, 245, 230)),
        ("#abc", Tint(0xAA, 0xBB, 0xCC)),
        ("#11223344", Tint(0x11, 0x22, 0x33)),
        ("0xAA112233", Tint(0x11, 0x22, 0x33)),
        ("16777215", Tint(255, 255, 255)),
        (0x0D0D0D, Tint(13, 13, 13)),
        ("123456", Tint(0x12, 0x34, 0x56)),
        ("bluish", None),
        ("99999999", None),
        (True, None),
        (-1, None),
    ],
)
def test_colours_in_every_form(written: object, color: Tint | None):
    assert room_color(written) == color


def test_a_flat_theme_has_no_room():
    assert theme_from_document(BASE)[0].room is None


def test_defaults_are_the_formats():
    room = room_of(ROOM)
    assert (room.dialect, room.model, room.scale, room.character) == (Dialect.ROOM, "room.glb", ONES, None)
    assert room.camera == CameraSpec()
    assert room.camera.fov_deg == 50
    assert (room.lighting.ambient.intensity, room.lighting.directional) == (1.0, Directional())
    assert (room.lighting.hemisphere, room.lighting.fill, room.lighting.spot) == (None, None, None)
    assert room.clear.hex == "#1a1a2e"
    high, fast = room.quality("high"), room.quality(QualityName.PERFORMANCE)
    assert (high.full_lighting, high.antialias, high.anisotropy, high.ratio_on(3)) == (True, True, True, 2)
    assert (fast.full_lighting, fast.antialias, fast.anisotropy, fast.ratio_on(3)) == (False, False, False, 1)
    assert room.quality("nonsense") == high


def test_everything_that_is_written_is_read():
    room = room_of(
        ROOM
        | {
            "canvas": BASE["canvas"] | {"background": {"image": "back.png", "color": "#102030"}},
            "character": {
                "model": "bot.glb",
                "idleModel": "idle.glb",
                "scale": [0.3, 0.3, 0.3],
                "height": 2,
                "animations": {"idle": "Idle_01", "walk": 3},
                "positions": {"desk": [1, 0, 2], "bed": [1, 2]},
                "facings": {"desk": 450},
                "variants": ["bot2.glb", "/x.glb"],
            },
            "camera": {"type": "perspective", "fov": 5, "position": [1, 2, 3], "target": [0, 1, 0], "zoom": 2},
            "lighting": {
                "ambient": {"color": "0xff0000", "intensity": 0},
                "hemisphere": {"skyColor": "#fff", "groundColor": "#000", "intensity": 0.5},
                "fill": {"color": "#fff", "intensity": 2, "position": [1, 1, 1]},
                "spot": {"color": "#fff", "intensity": 5, "position": [1, 1, 1], "angle": 0.5, "penumbra": 7},
            },
            "quality": {
                "performance": {
                    "room": {"model": "small.glb"},
                    "background": {"image": "small.png"},
                    "renderer": {"lighting": "full", "pixelRatio": 9, "antialias": True},
                }
            },
        }
    )
    character = room.character
    assert character is not None
    assert (character.model, character.idle_model, character.height) == ("bot.glb", "idle.glb", 2)
    assert (dict(character.animations), dict(character.positions)) == ({"idle": "Idle_01"}, {"desk": (1, 0, 2)})
    assert (dict(character.facings), character.variants) == ({"desk": 90}, ("bot2.glb",))
    assert (room.camera.projection, room.camera.fov_deg, room.camera.zoom) == (Projection.PERSPECTIVE, 10, 2)
    assert (room.lighting.ambient.intensity, room.lighting.ambient.color) == (0, Tint(255, 0, 0))
    assert room.lighting.spot is not None
    assert (room.lighting.spot.angle, room.lighting.spot.penumbra) == (0.5, 0.3)
    fast = room.quality("performance")
    assert (fast.room_model, fast.character_model, fast.background) == ("small.glb", "bot.glb", "small.png")
    assert (fast.full_lighting, fast.pixel_ratio, fast.antialias) == (True, 4, True)
    assert room.quality("high").background == "back.png"
    assert room.model_names("performance") == ("small.glb", "bot.glb", "idle.glb", "bot2.glb")


def test_what_is_wrong_is_named():
    found = pointers(
        ROOM
        | {
            "canvas": BASE["canvas"] | {"background": {"color": "bluish"}},
            "camera": {"type": "fisheye", "position": [1, 2], "zoom": 0},
            "lighting": {"ambient": {"intensity": -1}, "spot": {"angle": 4}, "hemisphere": []},
            "character": {"model": "../bot.glb"},
        }
    )
    assert {
        "/canvas/background/color", "/camera/type", "/camera/position", "/camera/zoom", "/lighting/ambient/intensity",
        "/lighting/spot/angle", "/lighting/hemisphere", "/character/model",
    } <= found  # fmt: skip


def test_an_unsafe_room_is_still_a_room_but_empty():
    room = room_of(BASE | {"renderer": "threejs", "room": {"model": "../room.glb"}})
    assert (room.dialect, room.model) == (Dialect.ROOM, None)


def test_the_furniture_layout_is_read(shared_dir: Path):
    document = json.loads((shared_dir / "data/themes/cozy-studio/theme.json").read_bytes())
    room = room_of(document)
    assert room.dialect is Dialect.ZONES
    assert [piece.id for piece in room.pieces][:3] == ["room-shell", "desk", "chair"]
    assert len(room.pieces) == 12
    assert room.clear == Tint(0xF5, 0xF0, 0xE8)
    assert room.quality("high").background is None


def test_the_last_room_manifest_is_read(shared_dir: Path):
    document = json.loads((shared_dir / "data/themes/derived-manifests/cozy-studio.room-model.json").read_bytes())
    theme, findings = theme_from_document(document)
    assert not findings
    assert theme.room is not None
    assert theme.room.dialect is Dialect.ROOM
    assert theme.room.lighting.spot is not None
    assert theme.room.lighting.spot.intensity == 5
    assert (theme.room.camera.zoom, theme.room.camera.position) == (1.5, (4, 5, 4))
    assert theme.room.quality("high").background == "background-cozy.png"
