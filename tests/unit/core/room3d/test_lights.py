"""Light arithmetic of the format's section 3, the fixed lights of dialect 3a, and the mapping to Qt Quick 3D."""

import math

import pytest

from office_studio.core.room3d.color_space import darkened, encoded, linear, to_linear, to_srgb
from office_studio.core.room3d.lights import (
    Light,
    LightSet,
    QtLights,
    diffuse,
    falloff,
    irradiance,
    qt_lights,
    room_lights,
)
from office_studio.core.room3d.space import add, dot, length, normalized, scaled, sub, times
from office_studio.core.theme.room_model import (
    WHITE,
    Ambient,
    Dialect,
    Directional,
    Hemisphere,
    Lighting,
    RoomTheme,
    Spot,
    Tint,
    Vec3,
)

UP: Vec3 = (0, 1, 0)
SKY, GROUND = Tint(0x87, 0xCE, 0xEB), Tint(0x36, 0x2D, 0x22)
NORMALS = [UP, (1, 0, 0), (0, 0, -1), normalized((1, 2, 3)), normalized((-3, 1, 0.5))]
LIGHTING = Lighting(
    ambient=Ambient(Tint(255, 245, 230), 0.8),
    hemisphere=Hemisphere(SKY, GROUND, 0.35),
    directional=Directional(Tint(255, 245, 230), 1.2, (5, 8, 3)),
    fill=Directional(Tint(0xC4, 0xD4, 0xFF), 0.4, (-4, 6, -2)),
    spot=Spot(Tint(0xFF, 0xF0, 0xD4), 5, (-3, 8, -3), angle=0.78, penumbra=0.5, decay=1),
)


def near(a: Vec3, b: Vec3, off: float = 1e-6) -> bool:
    return all(abs(x - y) <= off for x, y in zip(a, b, strict=True))


def qt_diffuse(lights: QtLights, albedo: Vec3, point: Vec3, normal: Vec3) -> Vec3:
    """What Qt Quick 3D shows of a dull surface, outside the soft edge of a cone: no division by π, fades per 100."""
    total = lights.ambient
    for light in lights.directionals:
        seen = light.brightness * max(0.0, -dot(normal, light.direction))
        total = add(total, scaled(linear(light.color), seen))
    for spot in lights.spots:
        way = sub(point, spot.position)
        far = length(way)
        off_axis = math.degrees(math.acos(dot(normalized(way), spot.direction)))
        if off_axis <= spot.inner_cone_deg / 2:
            fade = spot.constant_fade + spot.linear_fade * far / 100 + spot.quadratic_fade * far**2 / 10_000
            seen = spot.brightness / fade * max(0.0, -dot(normal, normalized(way)))
            total = add(total, scaled(linear(spot.color), seen))
    return times(albedo, total)


def test_the_formats_example_of_a_white_wall():
    red, _, _ = diffuse((Ambient(WHITE, 1.0),), (1, 1, 1), (0, 0, 0), UP)
    assert red == pytest.approx(0.318, abs=5e-4)
    assert to_srgb(red) == pytest.approx(0.60, abs=5e-3)


def test_srgb_there_and_back():
    assert all(to_srgb(to_linear(n / 255)) == pytest.approx(n / 255) for n in range(256))
    assert encoded(linear(Tint(12, 130, 250))) == Tint(12, 130, 250)
    assert encoded((2.0, -1.0, 0.0)) == Tint(255, 0, 0)


def test_colours_are_made_linear_first():
    assert near(irradiance(Ambient(Tint(128, 0, 255), 2.0), (0, 0, 0), UP), (2 * 0.2158605, 0, 2))


def test_hemisphere_mixes_by_how_far_a_face_looks_up():
    light = Hemisphere(SKY, GROUND, 2)
    assert near(irradiance(light, (0, 0, 0), UP), scaled(linear(SKY), 2))
    assert near(irradiance(light, (0, 0, 0), (0, -1, 0)), scaled(linear(GROUND), 2))
    assert near(irradiance(light, (0, 0, 0), (1, 0, 0)), add(linear(SKY), linear(GROUND)))


def test_directional_light_shines_to_the_origin_from_one_side():
    light = Directional(WHITE, 3, (0, 5, 5))
    assert irradiance(light, (9, 9, 9), UP)[0] == pytest.approx(3 / math.sqrt(2))
    assert irradiance(light, (9, 9, 9), (0, -1, 0))[0] == 0


@pytest.mark.parametrize(("degrees", "share"), [(0, 1), (20, 1), (30, 0), (40, 0), (25, 0.5700)])
def test_a_spots_cone_is_smooth_between_its_angles(degrees: float, share: float):
    # Edge at 30 degrees, full light up to 20; cosines are mixed, so half way lies a little above a half.
    spot = Spot(WHITE, 1, (0, 0, 0), target=(0, 0, -1), angle=math.radians(30), penumbra=1 / 3, decay=0)
    at = (math.sin(math.radians(degrees)), 0, -math.cos(math.radians(degrees)))
    assert irradiance(spot, at, scaled(at, -1))[0] == pytest.approx(share, abs=5e-3)


@pytest.mark.parametrize(
    ("decay", "distance", "at", "left"),
    [
        (0, 0, 7, 1), (1, 0, 4, 0.25), (2, 0, 4, 1 / 16), (2, 0, 0.01, 100), (1, 8, 4, 0.25 * (1 - 1 / 16) ** 2),
        (1, 8, 8, 0), (1, 8, 9, 0),
    ],
)  # fmt: skip
def test_falloff(decay: float, distance: float, at: float, left: float):
    spot = Spot(WHITE, 1, (0, 0, 0), decay=decay, distance=distance)
    assert falloff(spot, at) == pytest.approx(left)


def test_which_lights_there_are():
    room = RoomTheme(Dialect.ROOM, "room.glb", lighting=LIGHTING)
    kinds = [type(light) for light in room_lights(room).lights]
    assert kinds == [Ambient, Hemisphere, Directional, Directional, Spot]
    assert room_lights(room, full=False).lights == (LIGHTING.ambient,)
    plain = room_lights(RoomTheme(Dialect.ROOM, "room.glb"))
    assert plain == LightSet((Ambient(WHITE, 1.0), Directional(WHITE, 0.3, (0, 10, 0))))
    zones = room_lights(RoomTheme(Dialect.ZONES))
    assert [type(light) for light in zones.lights] == kinds
    assert zones.filmic
    assert zones.exposure == 1.2
    assert zones.shadow is not None
    assert (zones.shadow.near, zones.shadow.far) == (1, 1500)


@pytest.mark.parametrize("decay", [0, 1, 2])
@pytest.mark.parametrize("normal", NORMALS)
def test_qt_shows_what_three_shows(decay: float, normal: Vec3):
    spot = Spot(Tint(0xFF, 0xF0, 0xD4), 5, (-3, 8, -3), angle=0.78, penumbra=0.5, decay=decay)
    lights: tuple[Light, ...] = (*room_lights(RoomTheme(Dialect.ROOM, "r.glb", lighting=LIGHTING)).lights[:4], spot)
    mapped = qt_lights(LightSet(lights))
    assert len(mapped.spots) == 1
    for point in ((0, 0, 0), (0.4, 0.3, -0.6)):
        wanted = diffuse(lights, (0.8, 0.5, 0.3), point, normal)
        assert near(qt_diffuse(mapped, (0.8, 0.5, 0.3), point, normal), wanted, 1e-3)


def test_a_broken_decay_fits_where_the_spot_aims():
    for decay in (0.5, 1.5, 3.0):
        spot = Spot(WHITE, 5, (0, 8, 0), decay=decay, penumbra=0)
        got = qt_diffuse(qt_lights(LightSet((spot,))), (1, 1, 1), (0, 0, 0), UP)
        assert near(got, diffuse((spot,), (1, 1, 1), (0, 0, 0), UP))


def test_a_sky_darker_than_the_ground_takes_light_away():
    lights = (Hemisphere(Tint(20, 20, 200), Tint(200, 200, 20), 1.5),)
    mapped = qt_lights(LightSet(lights))
    assert {light.brightness > 0 for light in mapped.directionals} == {True, False}
    for normal in NORMALS:
        assert near(
            qt_diffuse(mapped, (1, 1, 1), (0, 0, 0), normal), diffuse(lights, (1, 1, 1), (0, 0, 0), normal), 2e-3
        )


def test_a_spots_angles_and_turn():
    (spot,) = qt_lights(LightSet((Spot(WHITE, 1, (0, 5, 0), angle=math.pi / 4, penumbra=0.3),))).spots
    assert (spot.cone_deg, spot.inner_cone_deg) == pytest.approx((90, 63))
    assert spot.direction == pytest.approx((0, -1, 0))
    w, x, y, z = spot.rotation
    forward = (-2 * (x * z + w * y), -2 * (y * z - w * x), -(1 - 2 * (x * x + y * y)))
    assert forward == pytest.approx(spot.direction, abs=1e-3)


def test_only_the_first_directional_light_casts_the_shadow():
    mapped = qt_lights(room_lights(RoomTheme(Dialect.ZONES)))
    casting = [light for light in mapped.directionals if light.casts_shadow]
    assert [light.color for light in casting] == [Tint(0xFF, 0xF5, 0xE6)]


@pytest.mark.parametrize(("color", "floor"), [("f5f0e8", "#efe7d9"), ("1a1a2e", "#000000")])
def test_zone_floors_are_darker_in_linear_light(color: str, floor: str):
    tint = Tint(*bytes.fromhex(color))
    assert darkened(tint, 0.08).hex == floor
