"""Field tables of the 2D format: canvas, layers, zones, doors, quality, the office without a theme.

Sections 2.1, 2.2, 2.4, 2.5, 2.11, 10, 13, 14, 16, 18, 19.
"""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from office_studio.core.office.stage import Overflow
from office_studio.core.theme.model import Point
from office_studio.errors import ThemeError
from office_studio.ui.render.renderers import check_drawable
from tests.golden.field_theme import (
    BLUE,
    DOCUMENT,
    FLOOR,
    GREEN,
    RED,
    YELLOW,
    agent,
    near,
    seat,
    sheet,
    solid,
    stage,
    theme,
    zone,
)

pytestmark = pytest.mark.usefixtures("qapp")
SHEET = {"characters": DOCUMENT["characters"] | {"atlas": "p.png", "frameWidth": 32, "frameHeight": 32}}


def back(**fields: str) -> dict[str, object]:
    return {"width": 400, "height": 300, "background": fields}


# -- 2.1, 2.2 ----------------------------------------------------------------------------------------
def test_renderer(qapp: QApplication):
    check_drawable(theme().theme)
    check_drawable(theme(renderer="threejs").theme)
    with pytest.raises(ThemeError):
        check_drawable(theme(renderer="threejs").theme, only="pixi")
    with pytest.raises(ThemeError):
        check_drawable(theme(renderer="avg").theme)


def test_max_agents():
    assert stage(theme(maxAgents=1)).model.seating.slot_count == 1  # type: ignore[union-attr]
    assert stage(theme()).model.seating.slot_count == 3  # type: ignore[union-attr]


def test_canvas_size():
    wide = stage(theme(canvas=back(color="#ffffff") | {"width": 800, "height": 600}), size=(400, 300))
    assert wide.scene.scale == 0.5
    assert wide.scene.canvas_rect.width() == 400


def test_background_image_is_stretched_to_the_canvas():
    drawn = stage(theme({"odd.png": solid(37, 11, GREEN)}, canvas=back(image="odd.png")))
    assert drawn.at(1, 1) == drawn.at(399, 299) == GREEN


PAIR = {"one.png": solid(400, 300, RED), "two.png": solid(800, 600, GREEN), "slim.png": solid(400, 300, BLUE)}


@pytest.mark.parametrize(("ratio", "color"), [(1.0, RED), (1.5, GREEN), (2.0, GREEN)])
def test_background_image2x(ratio: float, color: tuple[int, int, int]):
    loaded = theme(PAIR, canvas=back(image="one.png", image2x="two.png"))
    assert stage(loaded, ratio=ratio).at(200, 150) == color


def test_background_image2x_for_a_close_look():
    loaded = theme(PAIR, canvas=back(image="one.png", image2x="two.png"))
    near_by = stage(loaded, size=(800, 600))
    assert near_by.at(400, 300) == GREEN


def test_background_mobile():
    loaded = theme(PAIR, canvas=back(image="one.png", mobile="slim.png"))
    assert stage(loaded, size=(200, 150)).at(100, 75) == BLUE  # the helper calls a view below 300 px narrow
    assert stage(loaded).at(200, 150) == RED


@pytest.mark.parametrize(
    ("text", "color"),
    [("0xFF8000", (255, 128, 0)), ("#ff8000", (255, 128, 0)), ("FF8000", (255, 128, 0)),
     ("#ff800033", (255, 128, 0)), ("0x000000", (0, 0, 0)), ("101010", (16, 16, 16)), ("mauve", (15, 23, 42)),
     (None, (15, 23, 42))],
)  # fmt: skip
def test_background_color(text: str | None, color: tuple[int, int, int]):
    from office_studio.ui.render.offscreen import backdrop_of

    fields = {} if text is None else {"color": text}
    assert backdrop_of(theme(canvas=back(**fields))).getRgb()[:3] == color


def test_broken_background_falls_back_to_zones_and_color():
    drawn = stage(theme({"bad.png": b"no picture"}, canvas=back(image="bad.png", color="#405060")))
    assert drawn.at(3, 150) != (0x40, 0x50, 0x60)  # a zone's box
    assert near(drawn.at(100, 100), (0x1E, 0x29, 0x3B))
    assert any(finding.file == "bad.png" for finding in drawn.scene.assets.findings)  # type: ignore[union-attr]


# -- 2.4 ---------------------------------------------------------------------------------------------
def piece(ident: str, sprite: str, layer: str, at: tuple[float, float] = (100, 100), **more: object):
    return {"id": ident, "sprite": sprite, "layer": layer, "x": at[0], "y": at[1], "width": 40, "height": 40} | more


TWO = {"red.png": solid(8, 8, RED), "blue.png": solid(8, 8, BLUE), "p.png": sheet()}


def test_layer_z_index_orders_pieces():
    pieces = [piece("a", "red.png", "high"), piece("b", "blue.png", "low")]
    layers = [{"id": "high", "zIndex": 9}, {"id": "low", "zIndex": 2}]
    assert stage(theme(TWO, layers=layers, furniture=pieces)).at(120, 120) == RED
    equal = [{"id": "high", "zIndex": 2}, {"id": "low", "zIndex": 2}]
    assert stage(theme(TWO, layers=equal, furniture=pieces)).at(120, 120) == BLUE  # order of the manifest


def test_implicit_layers():
    """Only one layer of its own: background, figures, effects and labels are drawn all the same."""
    effects = [{"id": "e", "type": "sprite", "sprite": "blue.png", "layer": "effects", "x": 90, "y": 230, "width": 20,
                "height": 20}]  # fmt: skip
    loaded = theme(TWO, layers=[{"id": "floor", "zIndex": 5}], effects=effects, **SHEET)
    drawn = stage(loaded, [agent()])
    assert drawn.at(5, 5) == FLOOR
    assert near(drawn.at(60, 200), GREEN, 20)  # a figure
    assert drawn.at(100, 240) == BLUE  # over it
    assert drawn.scene.labels.rect_of("ada") is not None


def test_unknown_layer_is_drawn_among_figures():
    drawn = stage(theme(TWO, furniture=[piece("a", "red.png", "nowhere")]))
    assert drawn.at(120, 120) == RED


# -- 2.5, 13, 14 -------------------------------------------------------------------------------------
@pytest.mark.parametrize(("status", "zone_id"), [("working", "work"), ("idle", "rest"), ("collaborating", "meet")])
def test_zone_type(status: str, zone_id: str):
    zones = [*DOCUMENT["zones"], zone("meet", "meeting", (0, 0, 50, 50), [seat("m1", 20, 40)])]
    assert stage(theme(zones=zones), [agent("ada", status)]).figure().figure.zone_id == zone_id


def test_custom_zone_is_a_home():
    zones = [zone("own", "custom", (0, 0, 200, 300), [seat("c1", 50, 60)])]
    assert stage(theme(zones=zones), [agent()]).figure().figure.seat_id == "c1"


def test_zone_bounds_and_name_without_a_picture():
    drawn = stage(theme(canvas=back(color="#ffffff")))
    picture = drawn.image()
    assert picture.pixelColor(100, 150).name() == "#1e293b"
    assert picture.pixelColor(0, 0).name() == "#ffffff"  # rounded corner
    first, second = drawn.scene.zones.label_rects()
    assert first.center().x() == pytest.approx(100, abs=2)
    assert first.top() == pytest.approx(8, abs=3)
    assert second.center().x() == pytest.approx(300, abs=2)


def test_zone_name_over_a_picture():
    drawn = stage(theme({"p.png": sheet()}, **SHEET))
    assert drawn.scene.zones.label_rects() == []
    drawn.scene.zones.are_labels_wanted = True
    drawn.scene.zones.place()
    rect = drawn.scene.zones.label_rects()[0].toRect()
    picture = drawn.image()
    colors = {picture.pixelColor(x, y).lightness() for x in range(rect.left(), rect.right())
              for y in range(rect.top(), rect.bottom())}  # fmt: skip
    assert max(colors) > 190  # white letters
    assert min(colors) < 45  # with a shadow darker than the floor


def test_capacity_is_told_on_hover():
    zones = [zone("work", "work", (0, 0, 200, 300), [seat("d1", 100, 250)], capacity=7)]
    drawn = stage(theme(zones=zones), [agent()])
    layer = drawn.scene.zones
    found = layer.zone_at(drawn.scene.to_scene(Point(5, 5)))
    assert found is not None
    assert layer.describe(found) == "Work · 1 of 7\nAda"
    before = drawn.at(100, 100)
    layer.hover(found)
    assert drawn.at(100, 100) != before
    layer.hover(None)
    assert drawn.at(100, 100) == before


def test_seat_is_the_foot_point():
    drawn = stage(theme({"p.png": sheet()}, **SHEET), [agent()])
    item = drawn.figure()
    assert item.sceneBoundingRect().bottom() == pytest.approx(250, abs=1)
    assert item.sceneBoundingRect().center().x() == pytest.approx(100, abs=1)


def test_seat_direction():
    drawn = stage(theme(), [agent("ada"), agent("ben")])
    assert drawn.figure("ben").figure.direction == "left"


def test_door_light():
    door = {"x": 190, "y": 100, "width": 10, "height": 40}
    zones = [DOCUMENT["zones"][0] | {"door": door}, DOCUMENT["zones"][1]]
    busy = stage(theme(zones=zones), [agent()])
    light = busy.scene.marks.light_rect("work")
    assert light is not None
    assert (light.center().x(), light.center().y(), light.width()) == (195, 120, 6)
    assert near(busy.at(195, 120), (239, 68, 68), 10)
    assert stage(theme(zones=zones)).scene.marks.light_rect("work") is None


def test_overflow_count():
    drawn = stage(theme())
    drawn.model.overflow = Overflow(3, Point(200, 280))
    drawn.scene.marks.update()
    rect = drawn.scene.marks.overflow_rect()
    assert rect is not None
    assert (rect.center().x(), rect.bottom()) == (pytest.approx(200, abs=1), pytest.approx(280, abs=1))
    drawn.model.overflow = None
    drawn.scene.marks.update()
    assert drawn.scene.marks.overflow_rect() is None


# -- 10 ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("ada", "ben", "pairs"),
    [
        (("collaborating", ("ben",)), ("working", ()), {("ada", "ben")}),
        (("working", ()), ("collaborating", ("ada",)), {("ada", "ben")}),
        (("collaborating", ("ben",)), ("collaborating", ("ada",)), {("ada", "ben")}),
        (("collaborating", ("ada", "zoe")), ("working", ("ada",)), set()),
    ],
)
def test_collaboration_lines(ada, ben, pairs):
    cast = [agent("ada", ada[0], collaborating_with=ada[1]), agent("ben", ben[0], collaborating_with=ben[1])]
    assert stage(theme(), cast).scene.links.pairs() == pairs


# -- 2.11, 18 ----------------------------------------------------------------------------------------
def test_quality_background():
    quality = {"high": {"background": {"image": "two.png"}}, "performance": {"background": {"image": "slim.png"}}}
    loaded = theme(PAIR, canvas=back(image="one.png"), quality=quality)
    assert stage(loaded).at(200, 150) == GREEN
    assert stage(loaded, quality="performance").at(200, 150) == BLUE


@pytest.mark.parametrize(("antialias", "smooth"), [(True, True), (False, False), (None, True)])
def test_quality_antialias(antialias: bool | None, smooth: bool):
    hints = {} if antialias is None else {"antialias": antialias}
    drawn = stage(theme(TWO, quality={"high": {"renderer": hints}}))
    assert drawn.scene.assets.smooth is smooth  # type: ignore[union-attr]
    assert drawn.scene.frames.smooth is smooth


def test_performance_draws_no_effects_and_moves_nothing():
    effects = [{"id": "e", "type": "sprite", "sprite": "blue.png", "layer": "effects", "x": 90, "y": 90, "width": 20,
                "height": 20}]  # fmt: skip
    swaying = [piece("a", "red.png", "furniture", (200, 100), animation={"type": "bob", "distance": 30})]
    loaded = theme(TWO, effects=effects, furniture=swaying)
    low, high = stage(loaded, quality="performance"), stage(loaded)
    assert (low.at(100, 100), high.at(100, 100)) == (FLOOR, BLUE)
    assert low.scene.animate(5000) is None
    assert high.scene.animate(5000) is not None
    assert low.at(220, 138) == RED


# -- 19 ----------------------------------------------------------------------------------------------
def test_office_without_a_theme():
    cast = [agent("w", "working"), agent("m", "collaborating"), agent("i", "idle"), agent("b", "blocked")]
    drawn = stage(None, cast, size=(1000, 700), bound=False)
    assert drawn.at(2, 2) == (0x0F, 0x17, 0x2A)
    zones = {ident: item.figure.zone_id for ident, item in drawn.scene.figures.items()}
    assert zones == {"w": "work", "m": "meeting", "i": "break", "b": "work"}
    boxes = [drawn.scene.zones.zone_at(drawn.scene.to_scene(Point(*at))) for at in ((21, 21), (554, 21), (21, 454))]
    assert [(z.bounds.x, z.bounds.y, z.bounds.width, z.bounds.height) for z in boxes if z] == [
        (20, 20, 521, 421), (553, 20, 427, 421), (20, 453, 960, 227)]  # fmt: skip
    assert drawn.at(40, 200) == (0x1E, 0x29, 0x3B)


def test_yellow_is_not_lost_in_translation():
    """The helper's own colours come out as they go in, or all checks above mean nothing."""
    assert stage(theme({"y.png": solid(4, 3, YELLOW)}, canvas=back(image="y.png"))).at(7, 7) == YELLOW
