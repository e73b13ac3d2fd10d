"""The camera of a room: the format's reference vectors, fits, points to pixels and back, the user's zoom and pan."""

import json
import math
from itertools import pairwise
from pathlib import Path

import pytest

from office_studio.core.room3d.camera import RoomCamera, fit_camera, room_camera
from office_studio.core.room3d.space import Box, add, dot, looking, scaled, sub
from office_studio.core.theme.model import Viewport
from office_studio.core.theme.room_model import CameraSpec, Dialect, Projection, RoomTheme

CUBE = Box((-1, -1, -1), (1, 1, 1))
SHELL = Box((-5.15, -0.05, -4.15), (5, 5, 4))
FURNISHED = Box((-3, 0, -2.5), (3.05, 3.2, 2.54))
WIDE = Viewport(min_zoom=0.1, max_zoom=10)

# Format 4.1: box, camera, view; half height, visible half height and half width.
VECTORS = [
    (CUBE, CameraSpec(), (1280, 720), 1.886484, (1.8865, 3.3538)),
    (SHELL, CameraSpec(position=(4, 5, 4), target=(0, -0.1, 0), zoom=1.5), (1280, 720), 6.828497, (4.5523, 8.0930)),
    (SHELL, CameraSpec(position=(4, 5, 4), target=(0, -0.1, 0), zoom=1.5), (390, 844), 15.401982, (10.2680, 4.7447)),
    (SHELL, CameraSpec(position=(8, 12, 8), target=(0, 1, 0)), (1920, 1080), 6.952662, (6.9527, 12.3603)),
    (FURNISHED, CameraSpec(position=(7, 7, 6)), (1600, 900), 4.020387, (4.0204, 7.1474)),
]
PERSPECTIVE = CameraSpec(Projection.PERSPECTIVE, (7, 7, 6), fov_deg=50)


def room(spec: CameraSpec = CameraSpec()) -> RoomTheme:
    return RoomTheme(Dialect.ROOM, "room.glb", camera=spec)


def close(a: tuple[float, ...], b: tuple[float, ...], off: float = 1e-6) -> bool:
    return all(abs(x - y) <= off for x, y in zip(a, b, strict=True))


@pytest.mark.parametrize(("box", "spec", "view", "half", "visible"), VECTORS)
def test_reference_vectors(
    box: Box, spec: CameraSpec, view: tuple[int, int], half: float, visible: tuple[float, float]
):
    camera = room_camera(room(spec), box, *view, WIDE)
    assert camera.half_height == pytest.approx(half, abs=2e-6)
    assert (camera.visible_half_height, camera.visible_half_width) == pytest.approx(visible, abs=6e-5)
    offset = sub(spec.position or (-8, 12, -8), spec.target)
    assert close(camera.position, add(box.center, offset))
    assert close(camera.target, box.center)
    assert (camera.near, camera.far) == (0.1, 200)


@pytest.mark.parametrize("spec", [CameraSpec(position=(7, 7, 6)), PERSPECTIVE])
def test_every_corner_is_seen_and_the_margin_is_used(spec: CameraSpec):
    for width, height in ((1280, 720), (390, 844)):
        camera = room_camera(room(spec), FURNISHED, width, height)
        seen = [camera.project(corner) for corner in FURNISHED.corners]
        assert all(0 < at.x < width and 0 < at.y < height and camera.near < at.depth < camera.far for at in seen)
        used = max((max(a.x for a in seen) - min(a.x for a in seen)) / width,
                   (max(a.y for a in seen) - min(a.y for a in seen)) / height)  # fmt: skip
        assert used > 0.7


def test_perspective_is_as_near_as_can_be():
    camera = room_camera(room(PERSPECTIVE), FURNISHED, 1280, 720)
    nearer = RoomCamera(camera.spec, camera.box, 1280, 720, camera.center, scaled(camera.offset, 0.9),
                        camera.half_height * 0.9, camera.far)  # fmt: skip
    grown = [add(FURNISHED.center, scaled(sub(c, FURNISHED.center), 1.1)) for c in FURNISHED.corners]
    edges = [camera.project(c) for c in grown]
    assert all(-1e-6 <= at.x <= 1280 + 1e-6 and -1e-6 <= at.y <= 720 + 1e-6 for at in edges)
    assert not all(0 <= at.x <= 1280 and 0 <= at.y <= 720 for at in map(nearer.project, grown))
    assert camera.far == pytest.approx(10 * math.dist(camera.position, camera.target))


@pytest.mark.parametrize("spec", [CameraSpec(position=(7, 7, 6)), PERSPECTIVE])
def test_a_ray_goes_through_the_point_that_was_projected(spec: CameraSpec):
    camera = room_camera(room(spec), FURNISHED, 1000, 600).zoomed(1.4, 300, 200).panned(40, -25)
    for point in (*FURNISHED.corners, (0.3, 0.8, -0.4)):
        at = camera.project(point)
        ray = camera.ray(at.x, at.y)
        along = dot(sub(point, ray.origin), ray.direction)
        assert close(add(ray.origin, scaled(ray.direction, along)), point)
        assert along > 0


@pytest.mark.parametrize("spec", [CameraSpec(position=(7, 7, 6)), PERSPECTIVE])
def test_what_is_under_the_pointer_stays_there_when_zooming(spec: CameraSpec):
    camera = room_camera(room(spec), FURNISHED, 1000, 600)
    ray = camera.ray(620, 250)
    depth = dot(sub(camera.target, ray.origin), scaled(camera.axes.back, -1))
    along = depth / dot(ray.direction, scaled(camera.axes.back, -1))
    point = add(ray.origin, scaled(ray.direction, along))  # in the plane of the target
    zoomed = camera.zoomed(1.7, 620, 250)
    assert zoomed.zoom == pytest.approx(1.7)
    at = zoomed.project(point)
    assert (at.x, at.y) == pytest.approx((620, 250), abs=1e-6)


@pytest.mark.parametrize("spec", [CameraSpec(), PERSPECTIVE])
def test_on_the_way_to_another_zoom_one_point_stays_still(spec: CameraSpec):
    start = room_camera(room(spec), FURNISHED, 800, 600, WIDE).panned(20, -10)
    end = start.zoomed(2.25, 300, 200)
    still = start.ray(300, 200)
    back = start.axes.back  # the point that lies as deep as what is looked at
    depth = dot(sub(start.target, still.origin), back) / dot(still.direction, back)
    point = add(still.origin, scaled(still.direction, depth))
    half = start.towards(end, 0.5)
    assert half.zoom / start.zoom == pytest.approx(1.5)
    assert half.project(point)[:2] == pytest.approx((300, 200), abs=1e-6)
    assert (start.towards(end, 0), start.towards(end, 1)) == (start, end)
    pushed = start.panned(40, 0)
    assert start.towards(pushed, 0.5).pan == pytest.approx(start.panned(20, 0).pan)


def test_a_pixel_finds_the_floor_that_is_seen_there():
    camera = room_camera(RoomTheme(Dialect.ZONES), None, 800, 600)
    for point, height in (((120.0, 0.0, -80.0), 0.0), ((-33.0, 4.0, 91.0), 4.0)):
        seen = camera.project(point)
        assert camera.on_floor(seen.x, seen.y, height) == pytest.approx(point, abs=1e-6)
    level = fit_camera(CameraSpec(position=(0, 0, 5)), Box((-1, -1, -1), (1, 1, 1)), 800, 600)
    assert level.on_floor(400, 300) is None  # along the floor


def test_zoom_and_pan_have_limits():
    camera = room_camera(room(), FURNISHED, 1000, 600, Viewport(min_zoom=0.8, max_zoom=2))
    assert camera.zoomed(99).zoom == 2
    assert camera.zoomed(0.01).zoom == 0.8
    far = camera.panned(1e6, -1e6)
    assert close(far.panned(1e6, -1e6).target, far.target)
    middle = camera.project(far.target)
    assert -1000 <= middle.x <= 2000
    assert far.home() == camera
    assert not far.is_home
    assert camera.is_home


def test_a_theme_zoom_outside_the_limits_is_clamped():
    spec = CameraSpec(zoom=9)
    assert room_camera(room(spec), FURNISHED, 1000, 600, Viewport(max_zoom=2)).zoom == 2


def test_resizing_fits_anew_and_keeps_what_the_user_did():
    camera = room_camera(room(), SHELL, 1280, 720).zoomed(1.3).panned(30, 20)
    narrow = camera.resized(390, 844)
    assert narrow.half_height == pytest.approx(room_camera(room(), SHELL, 390, 844).half_height)
    assert (narrow.zoom, narrow.pan) == (camera.zoom, camera.pan)
    assert narrow.resized(1280, 720) == camera


def test_without_a_room_the_written_camera_counts():
    camera = room_camera(room(CameraSpec(zoom=3, frustum=5)), None, 800, 600)
    assert (camera.position, camera.target) == ((7, 7, 6), (0, 0, 0))
    assert (camera.visible_half_height, camera.zoom) == (5, 1)
    assert camera.resized(400, 600).visible_half_height == 5


def test_a_camera_inside_the_room_steps_back():
    camera = room_camera(room(CameraSpec(position=(0.5, 0.5, 0.5))), SHELL, 800, 600)
    assert all(camera.near < camera.project(corner).depth < camera.far for corner in SHELL.corners)


@pytest.mark.parametrize("position", [(0, 9, 0), (0, -9, 0), (0, 0, 0)])
def test_a_camera_without_a_way_to_look_still_looks(position: tuple[float, float, float]):
    camera = fit_camera(CameraSpec(position=position), CUBE, 800, 600)
    at = camera.project((0, 0, 0))
    assert (at.x, at.y) == pytest.approx((400, 300), abs=0.5)
    assert math.isfinite(camera.half_height)


def test_quaternions_turn_the_worlds_axes():
    for position in ((4, 5, 4), (-8, 12, -8), (0, 600, 350), (-3, 0.1, 0), (0, -5, -1)):
        axes = looking(position, (0, 0.5, 0))
        w, x, y, z = axes.quaternion
        assert w * w + x * x + y * y + z * z == pytest.approx(1)
        right = (1 - 2 * (y * y + z * z), 2 * (x * y + w * z), 2 * (x * z - w * y))
        back = (2 * (x * z + w * y), 2 * (y * z - w * x), 1 - 2 * (x * x + y * y))
        assert close(right, axes.right)
        assert close(back, axes.back)


def test_dialect_3a_shows_agents_where_the_reference_shows_them(shared_dir: Path):
    runs = json.loads((shared_dir / "data/reference-renders/cozy-studio-3d-r1.json").read_text())["runs"]
    checked = 0
    for run in runs.values():
        camera = room_camera(RoomTheme(Dialect.ZONES), None, *run["viewport"])
        dump = run["dump"]["camera"]
        assert (camera.position, camera.visible_half_height) == (tuple(dump["position"]), dump["top"])
        assert scaled(camera.axes.back, -1) == pytest.approx(dump["direction"], abs=1e-3)
        for agent in run["dump"]["agents"]:
            at = camera.project(tuple(agent["world"]))
            assert math.dist(at[:2], (agent["screen"]["x"], agent["screen"]["y"])) < 0.01
            label = camera.project(add(tuple(agent["world"]), (0, 52, 0)))
            assert label.y == pytest.approx(agent["label"]["screen"]["y"], abs=0.01)
            checked += 1
    assert checked >= 11


def test_depths_grow_away_from_the_camera():
    camera = room_camera(room(PERSPECTIVE), FURNISHED, 800, 600)
    steps = [camera.project(add(camera.target, scaled(camera.axes.back, -n))).depth for n in range(4)]
    assert all(far - near == pytest.approx(1) for near, far in pairwise(steps))
