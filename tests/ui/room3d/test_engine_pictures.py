"""What the drawing process draws, measured in pixels: where things are, how light they are, what is seen through."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QImage

from office_studio.core.gltf.animation import clips
from office_studio.core.gltf.model import read_glb
from office_studio.core.gltf.pose import rest_pose
from office_studio.core.room3d.camera import fit_camera
from office_studio.core.room3d.lights import diffuse
from office_studio.core.room3d.space import Box
from office_studio.core.theme.room_model import (
    Ambient,
    CameraSpec,
    Directional,
    Hemisphere,
    Projection,
    Spot,
    Tint,
)
from office_studio.errors import OfficeStudioError
from office_studio.ui.room3d.batches import placed
from office_studio.ui.room3d.meshes import read_shape
from office_studio.ui.room3d.picture import RoomPictures, scene_camera
from office_studio.ui.room3d.scene import MAX_SIDE, Camera, Figure, Light, ModelFile, Plane, Prop, Scene, ViewOptions

pytestmark = pytest.mark.gl

MODELS = Path(__file__).parents[2] / "fixtures" / "models"
SIZE = (240, 160)
AMBIENT = Light(kind="ambient", color=(math.pi, math.pi, math.pi))  # shows every colour as it is
FRONT = Camera(position=(0, 0, 10), target=(0, 0, 0), half_height=1.0)
ABOVE = Camera(position=(0, 10, 0.001), target=(0, 0, 0), half_height=1.0)


@pytest.fixture(scope="module")
def pictures(display: str, qapp: object) -> Iterator[RoomPictures]:
    with RoomPictures() as made:
        yield made


def pixels(image: QImage) -> np.ndarray:
    """(height, width, 3) red, green, blue."""
    rgb = image.convertToFormat(QImage.Format.Format_RGB888)
    lines = np.frombuffer(rgb.constBits(), np.uint8).reshape(rgb.height(), rgb.bytesPerLine())
    return lines[:, : rgb.width() * 3].reshape(rgb.height(), rgb.width(), 3).astype(int)


def at(image: QImage, x: float, y: float) -> tuple[int, int, int]:
    red, green, blue = pixels(image)[int(y), int(x)]
    return int(red), int(green), int(blue)


def scene_of(name: str, *lights: Light, **more: object) -> Scene:
    file = ModelFile(key="it", path=str(MODELS / f"{name}.glb"))
    return Scene(models=(file,), props=(Prop(model="it"),), lights=lights or (AMBIENT,), **more)  # type: ignore[arg-type]


def encoded(linear: float) -> float:
    """0 to 255, sRGB."""
    value = min(1.0, max(0.0, linear))
    return 255 * (12.92 * value if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055)


def silhouette(image: QImage) -> np.ndarray:
    return pixels(image).sum(axis=2) > 0


def assert_same_outline(seen: np.ndarray, expected: np.ndarray, slack: int = 1) -> None:
    """Every edge of one lies within ``slack`` pixels of an edge of the other."""

    def grown(mask: np.ndarray) -> np.ndarray:
        wide = np.zeros_like(mask)
        for dy in range(-slack, slack + 1):
            for dx in range(-slack, slack + 1):
                wide |= np.roll(mask, (dy, dx), (0, 1))
        return wide

    assert seen.any()
    assert expected.any()
    assert not (seen & ~grown(expected)).any()
    assert not (expected & ~grown(seen)).any()


# -- where -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("projection", list(Projection))
@pytest.mark.parametrize("direction", [(8, 12, 8), (-3, 2, 7), (0, 5, 0)])
def test_corners_of_a_cube_are_where_the_camera_says(pictures, projection, direction):
    box = Box((-0.5, -0.5, -0.5), (0.5, 0.5, 0.5))
    camera = fit_camera(CameraSpec(projection=projection, position=direction), box, *SIZE).zoomed(0.8, 60, 50)
    pictures.open(scene_of("cube"))
    seen = silhouette(pictures.picture(SIZE, scene_camera(camera), samples=1))
    spots = [camera.project(corner) for corner in box.corners]
    rows, columns = np.flatnonzero(seen.any(axis=1)), np.flatnonzero(seen.any(axis=0))
    assert columns[0] == pytest.approx(min(s.x for s in spots), abs=1)
    assert columns[-1] + 1 == pytest.approx(max(s.x for s in spots), abs=1)
    assert rows[0] == pytest.approx(min(s.y for s in spots), abs=1)
    assert rows[-1] + 1 == pytest.approx(max(s.y for s in spots), abs=1)


def drawn_by_hand(corners: np.ndarray, indices: np.ndarray, camera: Camera) -> np.ndarray:
    """Which pixels triangles cover, seen along -Z: worked out here, to compare with."""
    width, height = SIZE
    per_unit = height / (2 * camera.half_height)
    spots = np.stack([width / 2 + corners[:, 0] * per_unit, height / 2 - corners[:, 1] * per_unit], axis=1)
    x, y = np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5)
    covered = np.zeros((height, width), bool)
    for a, b, c in spots[indices.reshape(-1, 3)]:
        sides = [(q[0] - p[0]) * (y - p[1]) - (q[1] - p[1]) * (x - p[0]) for p, q in ((a, b), (b, c), (c, a))]
        covered |= np.all([side >= 0 for side in sides], axis=0) | np.all([side <= 0 for side in sides], axis=0)
    return covered


@pytest.mark.parametrize(
    ("name", "clip", "clip_s"), [("bar", "bend", 0.6), ("bar", "still", 0.0), ("morph", "grow", 0.5)]
)
def test_a_figure_in_mid_clip_has_the_outline_of_our_own_arithmetic(pictures, name, clip, clip_s):
    camera = Camera(position=(0, 0, 20), target=(0, 0, 0), half_height=2.5)
    file = ModelFile(key="it", path=str(MODELS / f"{name}.glb"))
    pictures.open(Scene(models=(file,), figure_models=("it",), lights=(AMBIENT,)))
    figure = Figure(id="a", model="it", position=(0.3, -0.2, 0), scale=(1.2, 1.2, 1.2), clip=clip, clip_s=clip_s)
    seen = silhouette(pictures.picture(SIZE, camera, (figure,), samples=1))
    model = read_glb(Path(file.path).read_bytes())
    shape, rest = read_shape(model), rest_pose(model)
    pose = next(each for each in clips(model) if each.name == clip).apply(clip_s, rest)
    expected = np.zeros_like(seen)
    for batch in shape.batches:
        mesh = placed(batch, shape.skeleton.palette(pose), pose.weights.get(batch.node))
        expected |= drawn_by_hand(mesh.positions * 1.2 + (0.3, -0.2, 0), mesh.indices, camera)
    assert_same_outline(seen, expected)


def test_figures_are_blended_turned_and_independent_of_each_other(pictures):
    camera = Camera(position=(0, 0, 20), target=(0, 0, 0), half_height=2.5)
    file = ModelFile(key="it", path=str(MODELS / "bar.glb"))
    pictures.open(Scene(models=(file,), figure_models=("it",), lights=(AMBIENT,)))
    halfway = Figure(id="a", model="it", position=(-2, 0, 0), clip="bend", clip_s=0.5)
    mixed = Figure(id="b", model="it", position=(0, 0, 0), clip="bend", clip_s=1, from_clip="still", from_share=0.5)
    turned = Figure(id="c", model="it", position=(2, 0, 0), clip="bend", clip_s=0.5, turn_deg=180)
    image = pictures.picture(SIZE, camera, (halfway, mixed, turned), samples=1)
    unit = SIZE[1] / 5
    seen = silhouette(image)
    third = [seen[:, int(SIZE[0] / 2 + (x - 1) * unit) : int(SIZE[0] / 2 + (x + 1) * unit)] for x in (-2, 0, 2)]
    assert_same_outline(third[0], third[1])  # half of the way from straight to 90 degrees is where it is at half time
    assert_same_outline(third[0], third[2][:, ::-1])


# -- how light -------------------------------------------------------------------------------------------------------
WALL = Plane(center=(0, 0, 0), size=(4, 4), color=(1, 1, 1), roughness=1.0)
SKY, EARTH, SUN = Tint(135, 206, 235), Tint(54, 45, 34), Tint(255, 245, 230)
CASES = {
    "ambient": Ambient(),
    "ambient in colour": Ambient(SUN, 0.8),
    "hemisphere": Hemisphere(SKY, EARTH, 1.0),
    "straight": Directional(SUN, 1.2, (0, 8, 0)),
    "slanting": Directional(SUN, 1.2, (5, 8, 3)),
    "spot": Spot(SUN, 5.0, (0, 2, 0), angle=0.78, penumbra=0.5),
    "spot with an end": Spot(SUN, 5.0, (0, 2, 0), angle=0.78, penumbra=0.5, distance=3.0, decay=2.0),
}


def told(light: Ambient | Hemisphere | Directional | Spot) -> Light:
    """By hand, so that a mistake of the code that does this for themes shows."""

    def linear(tint: Tint, by: float) -> tuple[float, float, float]:
        parts = [c / 255 / 12.92 if c / 255 <= 0.04045 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in tint]
        return (parts[0] * by, parts[1] * by, parts[2] * by)

    if isinstance(light, Ambient):
        return Light(kind="ambient", color=linear(light.color, light.intensity))
    if isinstance(light, Hemisphere):
        sky, ground = linear(light.sky, light.intensity), linear(light.ground, light.intensity)
        return Light(kind="hemisphere", color=sky, ground=ground)
    if isinstance(light, Directional):
        return Light(kind="directional", color=linear(light.color, light.intensity), position=light.position)
    return Light(
        kind="spot",
        color=linear(light.color, light.intensity),
        position=light.position,
        angle=light.angle,
        penumbra=light.penumbra,
        distance=light.distance,
        decay=light.decay,
    )


def test_a_white_wall_under_ambient_light_of_one_shows_153(pictures):
    pictures.open(Scene(planes=(WALL,), lights=(Light(kind="ambient", color=(1, 1, 1)),)))
    image = pictures.picture(SIZE, ABOVE, samples=1)
    assert at(image, 120, 80) == pytest.approx((153,) * 3, abs=1)  # 0.318 linear is sRGB 0.60


@pytest.mark.parametrize("name", list(CASES))
def test_every_light_follows_the_formula_of_the_format(pictures, name):
    """A dull surface reflects a little besides, which grows towards grazing light: 4 % of what falls on it."""
    light = CASES[name]
    pictures.open(Scene(planes=(WALL,), lights=(told(light),)))
    image = pictures.picture(SIZE, ABOVE, samples=1)
    for x, y in ((120, 80), (160, 100), (60, 30)):
        point = ((x + 0.5 - 120) / 80, 0.0, (y + 0.5 - 80) / 80)
        expected = diffuse((light,), (1, 1, 1), point, (0, 1, 0))
        for seen, linear in zip(at(image, x, y), expected, strict=True):
            low, high = encoded(linear) - 1.5, encoded(linear * 1.05) + 1.5
            assert low <= seen <= high, (x, y, seen, low, high)


def test_lights_of_the_model_itself_shine(pictures):
    dark = Scene(
        models=(ModelFile(key="it", path=str(MODELS / "light.glb")),), props=(Prop(model="it"),), has_own_lights=True
    )
    pictures.open(dark)
    red, green, blue = at(pictures.picture(SIZE, ABOVE, samples=1), 120, 80)
    # 5 candela from 1 above: irradiance 5 × the cut at its range of 10; a little of it is reflected besides.
    cut = (1 - (1 / 10) ** 4) ** 2
    for seen, share in ((red, 1.0), (green, 0.5), (blue, 0.25)):
        linear = 5 / math.pi * share * cut
        assert encoded(linear) - 1.5 <= seen <= encoded(linear * 1.06) + 1.5


def test_filmic_tone_is_that_of_three_js(pictures):
    def filmic(linear: float) -> float:
        into = np.array([[0.59719, 0.35458, 0.04823], [0.076, 0.90834, 0.01566], [0.0284, 0.13383, 0.83777]])
        out = np.array([[1.60475, -0.53108, -0.07367], [-0.10208, 1.10813, -0.00605], [-0.00327, -0.07276, 1.07602]])
        v = into @ np.full(3, linear * 1.2 / 0.6)
        v = (v * (v + 0.0245786) - 0.000090537) / (v * (0.983729 * v + 0.432951) + 0.238081)
        return float((out @ v)[0])

    for strength in (0.2, 1.0, 4.0):
        light = Light(kind="ambient", color=(strength,) * 3)
        pictures.open(Scene(planes=(WALL,), lights=(light,), tone="aces", exposure=1.2))
        seen = at(pictures.picture(SIZE, ABOVE, samples=1), 120, 80)
        assert seen == pytest.approx((encoded(filmic(strength / math.pi)),) * 3, abs=1.5)


# -- of what ---------------------------------------------------------------------------------------------------------
def test_textures_lie_the_right_way_round_and_unlit_ones_keep_their_colours(pictures):
    pictures.open(scene_of("unlit", Light(kind="ambient", color=(0.1, 0.1, 0.1))))
    image = pictures.picture(SIZE, FRONT, samples=1)
    spots = {(100, 60): (255, 0, 0), (140, 60): (0, 255, 0), (100, 100): (0, 0, 255), (140, 100): (255, 255, 255)}
    assert {spot: at(image, *spot) for spot in spots} == spots


def test_what_is_cut_out_is_not_drawn(pictures):
    pictures.open(scene_of("mask"))
    image = pictures.picture(SIZE, FRONT, samples=1)
    assert (at(image, 100, 80), at(image, 140, 80)) == ((0, 0, 0), (0, 0, 255))


def test_what_is_half_clear_shows_what_lies_behind(pictures):
    pictures.open(scene_of("blend"))
    image = pictures.picture(SIZE, FRONT, samples=1)
    assert at(image, 120, 80) == pytest.approx((127, 127, 0), abs=2)


def test_colours_of_corners_count_and_bare_ones_are_not_metal(pictures):
    pictures.open(scene_of("colours"))
    image = pictures.picture(SIZE, FRONT, samples=1)
    for x, y in ((90, 50), (150, 110)):
        position = ((x + 0.5 - 120) / 80 + 0.5, (80 - y - 0.5) / 80 + 0.5, 1.0)
        assert at(image, x, y) == pytest.approx([encoded(part) for part in position], abs=2)
    pictures.open(scene_of("colours-bare"))
    assert at(pictures.picture(SIZE, FRONT, samples=1), 120, 80) == pytest.approx((255, 0, 0), abs=1)


def test_a_ground_without_colour_is_see_through(pictures):
    pictures.open(scene_of("blend", clear=None))
    image = pictures.picture(SIZE, FRONT, samples=1)
    assert image.hasAlphaChannel()
    assert image.pixelColor(5, 5).alpha() == 0
    assert image.pixelColor(120, 80).alpha() == 255


def test_a_backdrop_is_stretched_behind_the_room(pictures, tmp_path):
    halves = QImage(2, 1, QImage.Format.Format_RGB32)
    halves.setPixelColor(0, 0, "#ff0000")
    halves.setPixelColor(1, 0, "#0000ff")
    halves.save(str(tmp_path / "halves.png"))
    pictures.open(scene_of("unlit", backdrop=str(tmp_path / "halves.png")))
    image = pictures.picture(SIZE, FRONT, samples=1)
    assert (at(image, 3, 3), at(image, 236, 150)) == ((255, 0, 0), (0, 0, 255))
    assert at(image, 100, 60) == (255, 0, 0)


def test_shadows_fall_where_the_light_is_kept_off(pictures):
    floor = Plane(center=(0, 0, 0), size=(400, 400), color=(1, 1, 1))
    block = Prop(model="it", position=(0, 60, 0), scale=(60, 60, 60))
    sun = Light(kind="directional", color=(2, 2, 2), position=(300, 500, 0), casts_shadow=True)
    around = Light(kind="ambient", color=(0.5, 0.5, 0.5))
    file = ModelFile(key="it", path=str(MODELS / "cube.glb"))
    scene = Scene(models=(file,), props=(block,), planes=(floor,), lights=(around, sun), has_shadows=True)
    pictures.open(scene)
    camera = Camera(position=(0, 600, 350), target=(0, 0, 0), half_height=160, far=2000)
    image = pictures.picture(SIZE, camera, samples=1)
    unit = SIZE[1] / 320
    shadow, open_floor = at(image, 120 - 36 * unit * 1.6, 80), at(image, 120 + 120 * unit, 80)
    assert open_floor == pytest.approx((encoded((0.5 + 2 * 500 / math.hypot(300, 500)) / math.pi),) * 3, abs=6)
    assert shadow == pytest.approx((encoded(0.5 / math.pi),) * 3, abs=6)


def test_figures_keep_their_pictures_while_their_looks_change(pictures):
    """Another glow, another way of showing: both are other materials, and both go back to the first."""
    file = ModelFile(key="it", path=str(MODELS / "textured.glb"))
    pictures.open(Scene(models=(file,), figure_models=("it",), lights=(AMBIENT,)))
    plain = Figure(id="a", model="it", position=(0, 0, 0))
    glowing = Figure(id="a", model="it", position=(0, 0, 0), glow=(0.0, 0.5, 0.0))
    first = pictures.picture(SIZE, FRONT, (plain,), samples=1)
    assert at(first, 100, 60) == (255, 0, 0)
    assert at(pictures.picture(SIZE, FRONT, (glowing,), samples=1), 100, 60) == pytest.approx((255, 188, 0), abs=1)
    assert pictures.picture(SIZE, FRONT, (plain,), samples=1) == first
    pictures.picture(SIZE, FRONT, (plain,), samples=1, options=ViewOptions(normals=True))
    assert pictures.picture(SIZE, FRONT, (plain,), samples=1) == first


# -- a plate of what stands still ------------------------------------------------------------------------------------
def test_a_picture_over_a_kept_plate_is_the_picture_drawn_at_once(pictures):
    """The second figure stands behind the cube's upper edge, the third before it."""
    camera = Camera(position=(4, 6, 8), target=(0, 0, 0), half_height=2.0)
    files = tuple(ModelFile(key=name, path=str(MODELS / f"{name}.glb")) for name in ("textured", "bar", "blend"))
    props = (Prop(model="textured"), Prop(model="blend", position=(0.4, 0.2, 1.5)))
    sun = Light(kind="directional", color=(2, 2, 2), position=(3, 5, 4))
    pictures.open(Scene(models=files, props=props, lights=(AMBIENT, sun), clear=(0.2, 0.3, 0.4)))

    def figures(moment_s: float) -> tuple[Figure, ...]:
        places = ((-1.5, 0, 0), (-0.3, -0.5, -0.6), (0.3, -1, 1))
        return tuple(
            Figure(id=str(n), model="bar", position=place, clip="bend", clip_s=moment_s)
            for n, place in enumerate(places)
        )

    at_once = pixels(pictures.picture(SIZE, camera, figures(0.3), samples=1))
    pictures.picture(SIZE, camera, figures(0.6), samples=1)
    over_plate = pixels(pictures.picture(SIZE, camera, figures(0.3), samples=1))
    differs = np.abs(at_once - over_plate).max(axis=2)
    assert (differs > 2).mean() < 0.0005  # edges at exactly the same distance
    aids = ViewOptions(axes=True, grid=True)
    with_aids = [pixels(pictures.picture(SIZE, camera, figures(t), samples=1, options=aids)) for t in (0.3, 0.6, 0.3)]
    assert (np.abs(with_aids[0] - with_aids[2]).max(axis=2) > 2).mean() < 0.0005
    pictures.picture(SIZE, camera, figures(0.3), samples=1)
    without = pixels(pictures.picture(SIZE, camera, (), samples=1))
    assert (np.abs(at_once - without).max(axis=2) > 10).mean() > 0.01


def test_shadows_of_those_who_walk_fall_on_a_kept_plate_as_on_the_room(pictures):
    """One walks past a block: his shadow falls on the floor, bends up the block, and ends in the block's own."""
    files = tuple(ModelFile(key=name, path=str(MODELS / f"{name}.glb")) for name in ("cube", "bar"))
    props = (Prop(model="cube", position=(-1.5, 0.5, 0)),)
    floor = Plane(center=(0, 0, 0), size=(9, 9), color=(1, 1, 1))
    patch = Plane(center=(0, 0.01, 1.5), size=(9, 1), color=(0, 1, 0), opacity=0.5)
    sun = Light(kind="directional", color=(2, 2, 2), position=(5, 5, 2), casts_shadow=True)
    around = Light(kind="ambient", color=(0.8, 0.8, 0.8))
    scene = Scene(models=files, props=props, planes=(floor, patch), lights=(around, sun), has_shadows=True)
    camera = Camera(position=(4, 6, 8), target=(0, 0, 0), half_height=3.0)

    def walker(x: float) -> tuple[Figure, ...]:
        return (Figure(id="it", model="bar", position=(x, 0, 0.5)),)

    pictures.open(scene)
    at_once = pixels(pictures.picture(SIZE, camera, walker(0.2), samples=1))
    pictures.picture(SIZE, camera, walker(2.0), samples=1)
    over_plate = pixels(pictures.picture(SIZE, camera, walker(0.2), samples=1))
    assert (np.abs(at_once - over_plate).max(axis=2) > 12).mean() < 0.005
    alone = pixels(pictures.picture(SIZE, camera, (), samples=1))
    darker = (alone - over_plate).min(axis=2) > 12
    assert darker.mean() > 0.005  # his shadow


def test_a_picture_that_is_too_large_is_refused_and_the_next_is_drawn(pictures):
    pictures.open(scene_of("unlit"))
    with pytest.raises(OfficeStudioError) as caught:
        pictures.picture((MAX_SIDE + 1, 10), FRONT, samples=1)
    assert caught.value.code == "ROOM_SIZE"
    assert at(pictures.picture(SIZE, FRONT, samples=1), 100, 60) == (255, 0, 0)


def test_designers_see_normals_lines_and_axes(pictures):
    pictures.open(scene_of("cube"))
    plain = pixels(pictures.picture(SIZE, FRONT, samples=1))
    normals = pictures.picture(SIZE, FRONT, samples=1, options=ViewOptions(normals=True))
    assert at(normals, 120, 80) == pytest.approx((128, 128, 255), abs=1)
    aids = pixels(pictures.picture(SIZE, FRONT, samples=1, options=ViewOptions(axes=True, grid=True, lights=True)))
    assert (aids != plain).any()
    lines = silhouette(pictures.picture(SIZE, FRONT, samples=1, options=ViewOptions(wireframe=True)))
    assert 0 < lines.sum() < silhouette(pictures.picture(SIZE, FRONT, samples=1)).sum() / 2
