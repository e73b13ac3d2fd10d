"""Dialect 3a: canvas to world, furniture with and without the reference's shift, floors, labels, seats."""

import json
from pathlib import Path

import pytest

from office_studio.core.office.model import AgentStatus
from office_studio.core.room3d.camera import room_camera
from office_studio.core.room3d.placement import (
    PlacedPiece,
    floor_patches,
    ground_box,
    kit_name,
    place_piece,
    sprite_names,
    to_canvas,
    to_world,
    zone_below,
    zone_corners,
    zone_labels,
    zone_spots,
)
from office_studio.core.room3d.space import Box
from office_studio.core.theme.manifest import theme_from_document
from office_studio.core.theme.model import Canvas, Point, Theme
from office_studio.core.theme.room_model import ModelPiece

CANVAS = Canvas(1920, 1080)

# Format 9 (D1) and 15.2: model's box, size and place on the canvas; scale, place, where the reference's middle came
# to lie (x, z), final size.
PIECES = {
    "desk": (
        ((-7.245, 0, -0.123), (0.1, 3.844, 3.8)),
        (660, 330),
        (1350, 420),
        22.465,
        (195, -60),
        (114.7, -18.7),
        (165, 86.4, 88.1),
    ),
    "chair": (
        ((-3.349, 0, 0), (0, 6.076, 3.143)),
        (240, 240),
        (1350, 540),
        9.875,
        (195, 0),
        (178.5, 15.5),
        (33.1, 60, 31),
    ),
    "monitor": (
        ((-3.927, 0, 0), (0, 2.943, 1.04)),
        (300, 180),
        (1350, 410),
        19.099,
        (195, -65),
        (157.5, -55.1),
        (75, 56.2, 19.9),
    ),
    "bookshelf": (
        ((-4, 0, 0), (0, 8.8, 2.5)),
        (420, 300),
        (600, 200),
        11.932,
        (-180, -170),
        (-203.9, -155.1),
        (47.7, 105, 29.8),
    ),
    "bean-bag": (
        ((-4.9, 0, 0), (0, 4.6, 4.1)),
        (420, 360),
        (700, 500),
        21.429,
        (-130, -20),
        (-182.5, 23.9),
        (105, 98.6, 87.9),
    ),
    "coffee-table": (
        ((-2, 0, -1), (4.61, 2.3, 3)),
        (300, 300),
        (850, 580),
        11.347,
        (-55, 20),
        (-40.2, 31.3),
        (75, 26.1, 45.4),
    ),
    "plant": (
        ((-1.918, 0, -0.217), (0.202, 6.54, 2.198)),
        (300, 540),
        (400, 380),
        20.642,
        (-280, -80),
        (-297.7, -59.6),
        (43.8, 135, 49.8),
    ),
    "floor-lamp": (
        ((-1.36, 0, -0.278), (0.16, 8.6, 1.478)),
        (180, 780),
        (350, 650),
        22.674,
        (-305, 55),
        (-318.6, 68.6),
        (34.5, 195, 39.8),
    ),
    "rug": (
        ((-15.7, 0, 0), (0, 0.1, 9.2)),
        (1200, 900),
        (900, 580),
        19.108,
        (-30, 20),
        (-180, 107.9),
        (300, 1.9, 175.8),
    ),
    "laptop": (
        ((-2.64, 0, 0), (0, 1.618, 2.401)),
        (180, 120),
        (1320, 400),
        17.045,
        (180, -70),
        (157.5, -49.5),
        (45, 27.6, 40.9),
    ),
    "plant-small": (
        ((-0.947, 0, -0.947), (0, 1.4, 0)),
        (150, 240),
        (1150, 380),
        42.857,
        (95, -80),
        (74.7, -100.3),
        (40.6, 60, 40.6),
    ),
}


def placed(name: str, *, exact: bool) -> PlacedPiece:
    box, size, at = PIECES[name][:3]
    return place_piece(ModelPiece(name, f"{name}.glb", *at, *size), Box(*box), CANVAS, exact=exact)


@pytest.mark.parametrize("name", PIECES)
def test_furniture_stands_where_the_manifest_says(name: str):
    *_, scale, at, shifted, size = PIECES[name]
    piece = placed(name, exact=False)
    assert piece.scale == pytest.approx((scale,) * 3, rel=1e-3)
    assert (piece.box.center[0], piece.box.center[2]) == pytest.approx(at, abs=1e-6)
    assert piece.box.low[1] == pytest.approx(0, abs=1e-9)
    assert piece.box.size == pytest.approx(size, abs=0.1)
    reference = placed(name, exact=True)
    assert (reference.box.center[0], reference.box.center[2]) == pytest.approx(shifted, abs=0.1)
    assert (reference.position[0], reference.position[2]) == at


@pytest.mark.parametrize("exact", [False, True])
def test_the_shell_fills_the_canvas(exact: bool):
    piece = ModelPiece("room-shell", "room.glb", 960, 540, 1920, 1080)
    shell = place_piece(piece, Box((-5.15, -0.05, -4.15), (5, 5, 4)), CANVAS, exact=exact)
    assert shell.scale == pytest.approx((94.581, 94.581, 66.258), abs=1e-3)
    assert (shell.box.center[0], shell.box.low[1], shell.box.center[2]) == pytest.approx((0, 0, 0), abs=1e-9)
    assert shell.box.size == pytest.approx((960, 477.6, 540), abs=0.1)


def test_a_model_without_extent_does_no_harm():
    piece = place_piece(ModelPiece("dot", "d.glb", 10, 10, 5, 5), Box((1, 1, 1), (1, 1, 1)), CANVAS)
    assert all(abs(part) < 1e12 for part in piece.scale)


def test_canvas_to_world():
    assert to_world(960, 540, CANVAS) == (0, 0, 0)
    assert to_world(0, 1080, CANVAS) == (-480, 0, 270)
    assert ground_box(CANVAS) == Box((-480, 0, -270), (480, 40, 270))


@pytest.mark.parametrize(
    ("sprite", "names"),
    [
        ("/themes/cozy-studio/models/desk.glb", ("themes/cozy-studio/models/desk.glb", "models/desk.glb")),
        ("/themes/other/models/desk.glb", ("themes/other/models/desk.glb", "models/desk.glb")),
        ("desk.glb", ("desk.glb",)),
        ("../../etc/desk.glb", ()),
        ("/themes/cozy-studio/../../x.glb", ()),
    ],
)
def test_files_that_a_piece_may_mean(sprite: str, names: tuple[str, ...]):
    assert sprite_names(sprite, "cozy-studio") == names


def test_the_kit_is_only_what_is_below_its_folder():
    assert kit_name("/office/models/furniture/chair.glb") == "furniture/chair.glb"
    assert kit_name("office/models/../secret.glb") is None
    assert kit_name("models/chair.glb") is None


def cozy_studio(shared_dir: Path) -> Theme:
    document = json.loads((shared_dir / "data/themes/cozy-studio/theme.json").read_bytes())
    return theme_from_document(document)[0]


def test_floors_and_labels(shared_dir: Path):
    theme = cozy_studio(shared_dir)
    ground, work, lounge = floor_patches(theme)
    assert (ground.size, ground.color.hex, ground.opacity, ground.roughness) == ((960, 540), "#f5f0e8", 1, 0.9)
    assert (work.center, work.size) == ((182.5, 0.1, 5), (275, 200))
    assert (work.color.hex, work.opacity) == ("#efe7d9", 0.5)
    assert lounge.center == (-167.5, 0.1, 5)
    assert [(label.text, label.at) for label in zone_labels(theme)] == [
        ("WORK AREA", (182.5, 55, -85)),
        ("LOUNGE", (-167.5, 55, -85)),
    ]


def test_the_floor_knows_its_zones(shared_dir: Path):
    theme = cozy_studio(shared_dir)
    work = theme.zones[0]
    assert to_canvas(to_world(700, 410, theme.canvas), theme.canvas) == Point(700, 410)
    assert zone_below(theme, (182.5, 0, 5)) is work
    assert zone_below(theme, (400, 0, 5)) is None
    corners = zone_corners(work, theme.canvas)
    assert corners == ((45, 0.1, -95), (320, 0.1, -95), (320, 0.1, 105), (45, 0.1, 105))


def test_agents_stand_where_the_reference_means_them_to(shared_dir: Path):
    """Its nominal places: where label and click volume are, not where its shared skeleton was drawn."""
    theme, checked = cozy_studio(shared_dir), 0
    assert theme.room is not None
    runs = json.loads((shared_dir / "data/reference-renders/cozy-studio-3d-r1.json").read_bytes())["runs"]
    for run in runs.values():
        agents = run["dump"]["agents"]
        spots = zone_spots(theme, [(agent["id"], AgentStatus(agent["status"])) for agent in agents])
        camera = room_camera(theme.room, ground_box(theme.canvas), *run["viewport"], theme.viewport)
        for agent in agents:
            spot = spots[agent["id"]]
            assert spot.zone is not None
            assert spot.seat is not None
            assert (spot.zone.id, spot.seat.id) == (agent["zoneId"], agent["seatId"])
            assert spot.at == tuple(agent["world"])
            at = camera.project(spot.at)
            assert (at.x, at.y) == pytest.approx((agent["screen"]["x"], agent["screen"]["y"]), abs=0.01)
            checked += 1
    assert checked == 22


def test_without_zones_agents_stand_in_a_row():
    theme = Theme("t", "T", "1.0.0", CANVAS)
    spots = zone_spots(theme, [(name, AgentStatus.IDLE) for name in "abc"])
    assert [spot.at for spot in spots.values()] == [(-40, 0, 0), (0, 0, 0), (40, 0, 0)]
