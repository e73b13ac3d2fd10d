"""Field tables of the 2D format: furniture, effects, their animations and how their sprites are found.

Sections 2.6, 2.9, 2.9.1, 3.4, 3.5, 4.3, 14.
"""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from office_studio.ui.render.placeholders import troubled
from tests.golden.field_theme import (
    BLUE,
    DOCUMENT,
    FLOOR,
    GREEN,
    RED,
    Json,
    agent,
    atlas,
    frame,
    near,
    sheet,
    solid,
    stage,
    theme,
)

pytestmark = pytest.mark.usefixtures("qapp")
PICTURES = {"red.png": solid(8, 8, RED), "blue.png": solid(8, 8, BLUE), "p.png": sheet()}
SHEET = {"characters": DOCUMENT["characters"] | {"atlas": "p.png", "frameWidth": 32, "frameHeight": 32}}


def piece(ident: str = "a", sprite: str = "red.png", **more: Any) -> Json:
    return {"id": ident, "sprite": sprite, "layer": "furniture", "x": 100, "y": 100, "width": 40, "height": 20} | more


def effect(ident: str = "e", sprite: str = "red.png", **more: Any) -> Json:
    base = {"id": ident, "type": "sprite", "sprite": sprite, "layer": "effects", "x": 100, "y": 100}
    return base | {"width": 40, "height": 40} | more


def furnished(*pieces: Json, more: dict[str, bytes] | None = None, **changes: Any):
    return stage(theme(PICTURES | (more or {}), furniture=list(pieces), **changes))


def item_of(drawn, ident: str = "a"):
    return next(item for item in drawn.scene._sprites if item.placement.object_id == ident)


# -- 2.6 ---------------------------------------------------------------------------------------------
def test_furniture_place_and_size():
    drawn = furnished(piece())
    assert [drawn.at(*at) for at in ((100, 100), (139, 119), (99, 100), (140, 100), (100, 120))] == [
        RED, RED, FLOOR, FLOOR, FLOOR]  # fmt: skip


@pytest.mark.parametrize(
    ("anchor", "corner"), [((0.5, 1), (80, 80)), ((0, 0), (100, 100)), ((1, 0.5), (60, 90)), (None, (100, 100))]
)
def test_furniture_anchor(anchor, corner):
    fields = {} if anchor is None else {"anchor": {"x": anchor[0], "y": anchor[1]}}
    rect = item_of(furnished(piece(**fields))).sceneBoundingRect()
    assert (rect.left(), rect.top(), rect.width(), rect.height()) == (*corner, 40, 20)


def test_furniture_layer():
    drawn = furnished(piece("a", layer="effects"), piece("b", "blue.png", layer="floor-decor"))
    assert drawn.at(110, 110) == RED


@pytest.mark.parametrize(("foot", "in_front"), [(249, False), (251, True)])
def test_furniture_sort_y(foot: float, in_front: bool):
    """In the layer of the figures; the figure stands at y 250."""
    desk = piece(layer="characters", x=60, y=foot - 40, width=80, height=40, sortY=True)
    drawn = stage(theme(PICTURES, furniture=[desk], **SHEET), [agent()])
    assert near(drawn.at(100, 235), RED if in_front else GREEN, 20)


def test_unsorted_furniture_comes_first_in_manifest_order():
    pieces = [piece("a", sortY=True, y=100), piece("b", "blue.png", y=90), piece("c", y=80)]
    assert furnished(*pieces).at(110, 105) == RED  # a, although b is written later
    assert furnished(*pieces).at(110, 95) == RED  # c over b


def test_furniture_tooltip_only_when_interactive():
    drawn = furnished(piece("a", interactive=True, tooltip="Coffee"), piece("b", x=200, tooltip="Not told"))
    found = drawn.scene.furniture_at(item_of(drawn).sceneBoundingRect().center())
    assert found is not None
    assert found.placement.tooltip == "Coffee"
    assert drawn.scene.furniture_at(item_of(drawn, "b").sceneBoundingRect().center()) is None


# -- 2.9.1 -------------------------------------------------------------------------------------------
def opacities(drawn, times: range, ident: str = "a") -> list[float]:
    found = []
    for at in times:
        drawn.scene.animate(at)
        found.append(item_of(drawn, ident).opacity())
    return found


def test_flicker():
    drawn = furnished(piece(animation={"type": "flicker", "interval": 1000, "minOpacity": 0.2}))
    seen = opacities(drawn, range(1000, 6000, 20))
    assert sorted({round(value, 3) for value in seen}) == [0.2, 1.0]
    assert sum(value < 0.5 for value in seen) * 20 == pytest.approx(500, abs=110)  # 100 ms a second


def test_flicker_defaults():
    drawn = furnished(piece(animation={"type": "flicker"}))
    seen = opacities(drawn, range(1000, 16000, 50))
    assert min(seen) == pytest.approx(0.6)
    drops = sum(a > 0.9 > b for a, b in itertools.pairwise(seen))
    assert drops == 5  # every three seconds


def test_pulse():
    drawn = furnished(piece(animation={"type": "pulse", "minOpacity": 0.1, "maxOpacity": 0.5, "duration": 2000}))
    seen = opacities(drawn, range(2000, 4001, 10))
    assert min(seen) == pytest.approx(0.1, abs=0.03)
    assert max(seen) == pytest.approx(0.5, abs=0.03)
    assert seen[100] == pytest.approx(max(seen), abs=0.02)  # half a period after the low


def test_sway():
    drawn = furnished(piece(animation={"type": "sway", "angle": 10, "duration": 2000}))
    item, angles, feet = item_of(drawn), [], []
    for at in range(1000, 3100, 99):
        drawn.scene.animate(at)
        angles.append(item.rotation())
        foot = item.mapToScene(item.boundingRect().center().x(), item.boundingRect().bottom())
        feet.append((foot.x(), foot.y()))
    assert max(angles) == pytest.approx(10, abs=1)
    assert min(angles) == pytest.approx(-10, abs=1)
    assert all(foot == pytest.approx((120, 120), abs=0.01) for foot in feet)  # it turns around its foot


def test_sway_at_another_zoom_keeps_its_place():
    loaded = theme(PICTURES, furniture=[piece(animation={"type": "sway", "angle": 10, "duration": 2000})])
    drawn = stage(loaded)
    item = item_of(drawn)
    drawn.scene.set_scale(2.0, 1.0, {})  # the picture of the zoom before is stretched
    foot = item.mapToScene(item.boundingRect().center().x(), item.boundingRect().bottom())
    assert (foot.x(), foot.y()) == pytest.approx((240, 240), abs=1)


def test_bob():
    drawn = furnished(piece(animation={"type": "bob", "distance": 30, "duration": 2000}))
    heights = []
    for at in range(1000, 3100, 99):
        drawn.scene.animate(at)
        heights.append(item_of(drawn).sceneBoundingRect().top())
    assert (min(heights), max(heights)) == (pytest.approx(70, abs=1.5), pytest.approx(100, abs=1.5))


def test_unknown_animation_stands_still_and_is_marked():
    drawn = furnished(piece(animation={"type": "explode"}))
    assert drawn.scene.animate(3000) is None
    assert drawn.at(110, 110) == RED
    assert [(at.x, at.y) for at in troubled(drawn.scene.assets)] == [(140, 100)]


def test_moving_furniture_asks_for_at_most_twelve_pictures_a_second():
    drawn = furnished(piece(animation={"type": "sway", "duration": 2000}))
    due, at = 0, 1000.0
    while at < 2000:
        at = drawn.scene.animate(at) or 9e9
        due += 1
    assert due <= 12


# -- 2.9 ---------------------------------------------------------------------------------------------
def test_effect_place_and_size():
    drawn = stage(theme(PICTURES, effects=[effect()]))
    assert [drawn.at(*at) for at in ((100, 100), (139, 139), (99, 100), (140, 140))] == [RED, RED, FLOOR, FLOOR]


def test_effect_without_size_has_that_of_its_picture():
    loaded = theme(PICTURES, effects=[{k: v for k, v in effect().items() if k not in ("width", "height")}])
    assert item_of(stage(loaded), "e").sceneBoundingRect().width() == 8


def test_effect_type_is_free_text():
    assert stage(theme(PICTURES, effects=[effect(type="aurora")])).at(110, 110) == RED


def test_effect_layer():
    effects = [effect("e", layer="effects"), effect("f", "blue.png", layer="floor-decor")]
    assert stage(theme(PICTURES, effects=effects)).at(110, 110) == RED


def test_effect_opacity():
    half = tuple((a + b) // 2 for a, b in zip(RED, FLOOR, strict=True))
    assert near(stage(theme(PICTURES, effects=[effect(opacity=0.5)])).at(110, 110), half, 3)


def screen(a: int, b: int) -> float:
    return a + b - a * b / 255


def overlay(over: int, ground: int) -> float:
    return 2 * over * ground / 255 if ground < 128 else screen(2 * ground - 255, over)


BLENDING = {
    "normal": lambda over, ground: over,
    "screen": screen,
    "add": lambda over, ground: min(255, over + ground),
    "multiply": lambda over, ground: over * ground / 255,
    "overlay": overlay,
    "dissolve": lambda over, ground: over,  # unknown: as normal
}


@pytest.mark.parametrize("mode", BLENDING)
def test_effect_blend_mode(mode: str):
    over = (200, 100, 50)
    loaded = theme({"o.png": solid(4, 4, over)}, effects=[effect(sprite="o.png", blendMode=mode)])
    wanted = tuple(round(BLENDING[mode](a, b)) for a, b in zip(over, FLOOR, strict=True))
    drawn = stage(loaded)
    assert near(drawn.at(120, 120), wanted, 3)
    assert bool(troubled(drawn.scene.assets)) == (mode == "dissolve")


def test_effect_animation():
    pulse = {"type": "pulse", "minOpacity": 0.0, "maxOpacity": 1.0, "duration": 2000}
    drawn = stage(theme(PICTURES, effects=[effect(animation=pulse)]))
    drawn.scene.animate(2000)
    assert near(drawn.at(110, 110), FLOOR, 8)
    drawn.scene.animate(3000)
    assert near(drawn.at(110, 110), RED, 8)


def test_effects_are_no_target_of_the_pointer():
    drawn = stage(theme(PICTURES, effects=[effect(x=60, y=180, width=100, height=100)]), [agent()])
    assert drawn.scene.figure_at(drawn.scene.to_scene(drawn.figure().figure.at)) == "ada"
    assert drawn.scene.furniture_at(drawn.scene.to_scene(drawn.figure().figure.at)) is None


# -- 3.4, 3.5 ----------------------------------------------------------------------------------------


def frames_file(**frames: Json) -> dict[str, bytes]:
    return {"sprites/furniture.json": atlas(frames, "f.png"), "sprites/f.png": solid(32, 32, GREEN)}


def test_sprite_is_a_frame_before_it_is_a_file():
    drawn = furnished(piece(sprite="red.png"), more=frames_file(**{"red": frame(0, 0, 8, 8)}))
    assert drawn.at(110, 110) == RED  # another name than the frame's
    drawn = furnished(piece(sprite="desk"), more=frames_file(desk=frame(0, 0, 8, 8)))
    assert drawn.at(110, 110) == GREEN


def test_effects_have_an_atlas_of_their_own():
    files = {
        "sprites/furniture.json": atlas({"glow": frame(0, 0, 8, 8)}, "f.png"), "sprites/f.png": solid(8, 8, GREEN),
        "sprites/effects.json": atlas({"glow": frame(0, 0, 8, 8)}, "e.png"), "sprites/e.png": solid(8, 8, BLUE),
    }  # fmt: skip
    drawn = stage(theme(files, furniture=[piece(sprite="glow")], effects=[effect(sprite="glow", x=200)]))
    assert (drawn.at(110, 110), drawn.at(210, 110)) == (GREEN, BLUE)


def test_missing_sprite_is_nothing_for_viewers_and_a_dashed_box_for_designers():
    drawn = furnished(piece("a", "gone.png", width=80, height=60))
    assert drawn.at(110, 110) == FLOOR
    findings = [(f.rule, f.pointer) for f in drawn.scene.assets.findings]
    assert findings == [("T2D-SPRITE-MISSING", "/furniture/0/sprite")]
    drawn.scene.show_placeholders = True
    picture = drawn.image()
    edge = {picture.pixelColor(x, 100).name() for x in range(102, 170)}
    assert len(edge) > 2  # dashes
    assert drawn.at(140, 150) != FLOOR
    drawn.scene.show_placeholders = False
    assert drawn.at(140, 150) == FLOOR


def test_problems_are_marked_where_they_are():
    drawn = stage(theme({"bad.png": b"x"}, furniture=[piece("a", "bad.png")]), placeholders=True)
    assert [(at.x, at.y) for at in troubled(drawn.scene.assets)] == [(140, 100)]
    assert near(drawn.at(137, 104), (244, 168, 28), 40)  # amber


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_content_decides_the_format_not_the_name(kind: str):
    drawn = furnished(piece(sprite="odd.png"), more={"odd.png": solid(8, 8, RED, kind)})
    assert near(drawn.at(110, 110), RED, 8)


def test_zero_sized_and_incomplete_pieces_are_left_out_with_a_finding():
    drawn = furnished(piece("a", width=0), {"id": "b", "sprite": "red.png"}, piece("c", x=200))
    assert [item.placement.object_id for item in drawn.scene._sprites][1:] == ["c"]
    assert {f.rule for f in drawn.scene.assets.findings} >= {"T2D-FURN-FIELDS"}
