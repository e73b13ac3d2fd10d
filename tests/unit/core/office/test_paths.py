"""Ways over the floor: nobody walks through furniture or walls, and hostile floors cost little."""

from __future__ import annotations

import json
import random
import time
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from office_studio.core.office.feet import furniture_foot, ground_of, zone_walls
from office_studio.core.office.floor_grid import FloorGrid
from office_studio.core.office.movement import Walk
from office_studio.core.office.paths import approach, find_path
from office_studio.core.theme.manifest import parse_manifest, theme_from_document
from office_studio.core.theme.model import (
    Canvas,
    Direction,
    Furniture,
    Navigation,
    Point,
    Rect,
    Seat,
    Theme,
    Zone,
    ZoneType,
)
from office_studio.paths import bundled_themes_dir

WALKABLE = [
    folder.name
    for folder in sorted(bundled_themes_dir().iterdir())
    if (folder / "theme.json").is_file() and "navigation" in json.loads((folder / "theme.json").read_text("utf-8"))
]
TRIPS = (250, pytest.param(1000, marks=pytest.mark.full))


def rect(x: float, y: float, width: float, height: float) -> tuple[Point, ...]:
    return (Point(x, y), Point(x + width, y), Point(x + width, y + height), Point(x, y + height))


def theme(*obstacles: tuple[Point, ...], floor: tuple[tuple[Point, ...], ...] = (), **more: object) -> Theme:
    canvas = Canvas(1280, 720)
    return Theme("t", "T", "1.0.0", canvas, navigation=Navigation(floor, obstacles), **more)  # type: ignore[arg-type]


# -- checks of their own, so that the code under test does not judge itself ------------------------------
def is_inside(at: Point, corners: tuple[Point, ...]) -> bool:
    inside = False
    for a, b in zip(corners, (*corners[1:], corners[0]), strict=True):
        if (a.y > at.y) != (b.y > at.y) and at.x < (b.x - a.x) * (at.y - a.y) / (b.y - a.y) + a.x:
            inside = not inside
    return inside


def crosses(a: Point, b: Point, corners: tuple[Point, ...]) -> bool:
    """Whether the segment passes an edge of the polygon or lies in it. Exact but for rounding."""
    if max(a.x, b.x) < min(p.x for p in corners) or min(a.x, b.x) > max(p.x for p in corners):
        return False
    if max(a.y, b.y) < min(p.y for p in corners) or min(a.y, b.y) > max(p.y for p in corners):
        return False

    def side(p: Point, q: Point, r: Point) -> float:
        return (q.x - p.x) * (r.y - p.y) - (q.y - p.y) * (r.x - p.x)

    for c, d in zip(corners, (*corners[1:], corners[0]), strict=True):
        if side(a, b, c) * side(a, b, d) < 0 and side(c, d, a) * side(c, d, b) < 0:
            return True
    return is_inside(a, corners) or is_inside(b, corners)


@pytest.mark.parametrize("trips", TRIPS)
@pytest.mark.parametrize("name", WALKABLE)
def test_trips_cross_no_foot_and_no_wall(name: str, trips: int):
    raw = (bundled_themes_dir() / name / "theme.json").read_bytes()
    office = theme_from_document(parse_manifest(raw))[0]
    grid, said = FloorGrid.build(office), office.navigation
    assert grid is not None
    assert said is not None
    rng = random.Random(name)
    ends: list[tuple[Point, Direction | None]] = [(seat.at, seat.direction) for seat in office.seats]
    if said.entrance is not None:
        ends.append((said.entrance, None))
    while len(ends) < len(office.seats) + 40:  # anywhere on the floor, as when somebody turns round on the way
        at = Point(rng.uniform(0, office.canvas.width), rng.uniform(0, office.canvas.height))
        if grid.is_free(at) and grid.regions[grid.index_of(at) or 0] == grid.main_region:
            ends.append((at, None))
    for _ in range(trips):
        (start, leaves), (end, faces) = rng.sample(ends, 2)
        way = find_path(grid, start, end, leaves=leaves, faces=faces)
        assert (way[0], way[-1]) == (start, end)
        own = [p for p in said.obstacles if is_inside(start, p) or is_inside(end, p)]
        others = [p for p in said.obstacles if p not in own]
        for a, b in pairwise(way):
            hit = [p for p in others if crosses(a, b, p)]
            assert not hit, (start, end, a, b, hit)
        for a, b in pairwise(way[1:-1]):  # without the steps off the seats
            assert not [p for p in own if crosses(a, b, p)]
        for at in way[1:-1]:
            assert any(is_inside(at, room) for room in said.floor)
        # The first and the last step may leave a seat or a doorstep beside the floor; in between nobody leaves it.
        for a, b in pairwise(way[1:-1]):
            for share in (0.25, 0.5, 0.75):
                at = Point(a.x + (b.x - a.x) * share, a.y + (b.y - a.y) * share)
                assert any(is_inside(at, room) for room in said.floor)


@pytest.mark.parametrize("name", WALKABLE)
def test_all_seats_of_a_bundled_theme_can_be_reached(name: str):
    office = theme_from_document(parse_manifest((bundled_themes_dir() / name / "theme.json").read_bytes()))[0]
    grid = FloorGrid.build(office)
    assert grid is not None
    for seat in office.seats:
        cell = approach(grid, seat.at, seat.direction)
        assert cell is not None, seat.id
        assert grid.regions[cell] == grid.main_region, seat.id


def test_a_way_goes_round_a_wall_and_is_straight_without_one():
    wall = rect(600, 0, 40, 600)
    grid = FloorGrid.build(theme(wall))
    assert grid is not None
    way = grid.path(Point(200, 200), Point(1000, 200))
    assert len(way) > 2
    assert max(at.y for at in way) > 600
    assert not any(crosses(a, b, wall) for a, b in pairwise(way))
    assert grid.path(Point(200, 650), Point(1000, 650)) == (Point(200, 650), Point(1000, 650))


def test_the_same_ends_give_the_same_way():
    obstacles = [rect(200 + i * 150, 100 + i % 3 * 130, 90, 200) for i in range(6)]
    ways = []
    for _ in range(2):
        grid = FloorGrid.build(theme(*obstacles))
        assert grid is not None
        ways.append(grid.path(Point(50, 360), Point(1200, 300)))
    assert ways[0] == ways[1]


def test_a_room_of_two_parts_is_left_through_their_door_only():
    rooms = (rect(0, 0, 600, 720), rect(604, 0, 676, 720), rect(590, 300, 30, 100))
    grid = FloorGrid.build(theme(floor=rooms))
    assert grid is not None
    way = grid.path(Point(100, 100), Point(1200, 100))
    through = [
        a.y + (b.y - a.y) * (602 - a.x) / (b.x - a.x) for a, b in pairwise(way) if a.x < 602 <= b.x
    ]  # fmt: skip
    assert len(through) == 1
    assert 300 <= through[0] <= 400


def test_parts_of_a_floor_that_touch_are_one_floor():
    grid = FloorGrid.build(theme(floor=(rect(0, 0, 640, 720), rect(640, 0, 640, 720))))
    assert grid is not None
    assert grid.sees(Point(100, 300), Point(1200, 310))


def test_a_seat_on_a_chair_is_come_to_across_its_own_chair_only():
    chair, desk = rect(600, 300, 60, 40), rect(560, 345, 140, 60)
    grid = FloorGrid.build(theme(chair, desk))
    assert grid is not None
    seat = Point(630, 330)
    way = find_path(grid, Point(630, 650), seat, faces=Direction.DOWN)
    assert way[-1] == seat
    assert not any(crosses(a, b, desk) for a, b in pairwise(way))
    assert way[-2].y < 345


def test_what_cannot_be_reached_is_gone_to_straight():
    box = [rect(500, 300, 200, 20), rect(500, 480, 200, 20), rect(500, 300, 20, 200), rect(680, 300, 20, 200)]
    grid = FloorGrid.build(theme(*box))
    assert grid is not None
    assert grid.path(Point(50, 50), Point(600, 400)) == (Point(50, 50), Point(600, 400))


# -- guessing -------------------------------------------------------------------------------------------
def test_feet_are_guessed_at_the_bottom_of_what_is_sorted():
    office = Theme("t", "T", "1.0.0", Canvas(1280, 720))
    shelf = Furniture("s", "s.png", "characters", Point(400, 300), 100, 200, Point(0.5, 1), sort_y=True)
    assert furniture_foot(shelf, office) == Rect(350, 265, 100, 35)
    assert furniture_foot(replace(shelf, sort_y=False), office) is None
    assert furniture_foot(replace(shelf, width=1280, height=720), office) is None


def test_a_zone_with_a_door_has_walls_and_an_opening():
    zone = Zone("z", "Z", ZoneType.MEETING, Rect(400, 100, 300, 300), 1, (Seat("s", Point(550, 250)),))
    office = Theme("t", "T", "1.0.0", Canvas(1280, 720), zones=(zone,))
    assert list(zone_walls(zone, office)) == []
    with_door = replace(zone, door=Rect(395, 200, 12, 80))
    office = replace(office, zones=(with_door, replace(zone, id="y", bounds=Rect(40, 100, 200, 300))))
    grid = FloorGrid.build(office)
    assert grid is not None
    way = grid.path(Point(750, 250), Point(550, 250))  # from the far side: round to the door
    assert any(at.x < 400 for at in way)
    elsewhere = replace(zone, door=Rect(10, 10, 5, 5))
    assert list(zone_walls(elsewhere, office)) == []


def test_newcomers_come_from_the_bottom_where_nothing_is_said():
    assert ground_of(Theme("t", "T", "1.0.0", Canvas(1920, 1080))).entrance == Point(960, 1080)


# -- hostile --------------------------------------------------------------------------------------------
@pytest.mark.parametrize("size", [(1, 1), (1, 16384), (16384, 1), (16384, 16384), (7, 3)])
def test_canvases_of_any_size(size: tuple[int, int]):
    office = Theme("t", "T", "1.0.0", Canvas(*size))
    grid = FloorGrid.build(office)
    assert grid is not None
    assert grid.columns * grid.rows <= 128 * 192
    ends = Point(size[0] * 0.1, size[1] * 0.1), Point(size[0] * 0.9, size[1] * 0.9)
    assert grid.path(*ends) == ends


def test_twenty_thousand_pieces_of_furniture_cost_little():
    pieces = tuple(
        Furniture(f"f{i}", "f.png", "c", Point(i * 37 % 1920, i * 91 % 1080), 900, 700, sort_y=True)
        for i in range(20_000)
    )
    office = Theme("t", "T", "1.0.0", Canvas(1920, 1080), furniture=pieces)
    start = time.process_time()
    FloorGrid.build(office)
    assert time.process_time() - start < 1.0  # 0.1 s on a quiet machine


def test_too_many_corners_and_no_floor_at_all_leave_no_grid():
    many = tuple(rect(i % 100 * 12, i // 100 * 12, 6, 6) for i in range(1000))
    assert FloorGrid.build(theme(*many)) is None
    assert FloorGrid.build(theme(rect(-5, -5, 2000, 2000))) is None
    assert FloorGrid.build(theme(rect(1e300, 0, 1e300, 1e300))) is not None


# -- walking --------------------------------------------------------------------------------------------
def test_a_walk_along_corners_stays_on_its_line_and_looks_where_it_goes():
    points = (Point(0, 0), Point(300, 0), Point(300, 400), Point(100, 400))
    walk = Walk.along(points, 50, 1920)
    seen, before = [], Point(0, 0)
    for step in range(201):
        now = 50 + walk.duration_ms * step / 200
        at = walk.at(now)
        assert at.x == pytest.approx(300) or at.y in (pytest.approx(0), pytest.approx(400))
        assert abs(at.x - before.x) + abs(at.y - before.y) < 12
        if not seen or seen[-1] is not walk.direction_at(now):
            seen.append(walk.direction_at(now))
        before = at
    assert seen == [Direction.RIGHT, Direction.DOWN, Direction.LEFT]
    assert (walk.at(1e9), walk.is_over(50 + walk.duration_ms)) == (points[-1], True)


@pytest.mark.parametrize("name", ["default-office", "starter-desk", "_template"])
def test_historic_themes_have_a_floor_and_reachable_seats(shared_dir: Path, name: str):
    office = theme_from_document(parse_manifest((shared_dir / "data" / "themes" / name / "theme.json").read_bytes()))[0]
    grid = FloorGrid.build(office)
    assert grid is not None
    assert all(approach(grid, seat.at, seat.direction) is not None for seat in office.seats)
