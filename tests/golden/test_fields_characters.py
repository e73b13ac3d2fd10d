"""Field tables of the 2D format: where the pictures of characters come from, and which one is shown.

Sections 2.7, 3.1, 3.2, 4.3, 9, 11, 12.
"""

from __future__ import annotations

from typing import Any

import pytest
from PIL import Image
from PySide6.QtCore import QPointF

from office_studio.ui.render.costumes import FINER_FROM
from tests.golden.field_theme import (
    BLUE,
    GREEN,
    RED,
    YELLOW,
    Json,
    agent,
    atlas,
    encoded,
    frame,
    near,
    seat,
    sheet,
    stage,
    theme,
    zone,
)

pytestmark = pytest.mark.usefixtures("qapp")
STATES = {name: {"prefix": f"c-{name}", "frames": 2, "fps": 2, "loop": True} for name in ("idle", "working", "walking")}


def characters(**more: Any) -> Json:
    return {"statusBadge": {"colors": {}}, "states": STATES, "directions": ["down"]} | more


def grid(**more: Any):
    fields = {"atlas": "p.png", "frameWidth": 32, "frameHeight": 32} | more
    return theme({"p.png": sheet()}, characters=characters(**fields))


def json_theme(frames: dict[str, Json], picture: bytes, meta: Json | None = None, files=None, **more: Any):
    pictures = {"c.json": atlas(frames, "c.png", **(meta or {})), "c.png": picture} | (files or {})
    return theme(pictures, characters=characters(atlas="c.json", **more))


def shown_color(drawn, ident: str = "ada") -> tuple[int, int, int]:
    """The colour of a figure's body, in the middle of its lower half."""
    rect = drawn.figure(ident).sceneBoundingRect()
    return drawn.at(rect.center().x(), rect.bottom() - rect.height() * 0.2)


# -- 3: modes ----------------------------------------------------------------------------------------
def test_no_atlas_means_avatars():
    drawn = stage(theme(), [agent()])
    assert drawn.figure().figure.clip is None
    assert drawn.figure().sceneBoundingRect().center() == QPointF(100, 250)


@pytest.mark.parametrize("content", [None, b"no picture", b'{"frames": {}}'])
def test_broken_atlas_means_avatars_and_a_finding(content: bytes | None):
    files = {} if content is None else {"p.png": content}
    drawn = stage(theme(files, characters=characters(atlas="p.png", frameWidth=32, frameHeight=32)), [agent()])
    assert drawn.figure().figure.clip is None
    assert [f.pointer for f in drawn.scene.assets.findings] == ["/characters/atlas"]


# -- 3.2 grid sheet ----------------------------------------------------------------------------------
@pytest.mark.parametrize(("status", "row"), [("idle", RED), ("working", GREEN), ("blocked", RED), ("offline", RED)])
def test_grid_rows(status: str, row: tuple[int, int, int]):
    drawn = stage(grid(), [agent("ada", status)], at_ms=0)
    if status == "offline":
        assert drawn.figure().opacity() == pytest.approx(0.4)
        assert drawn.figure().figure.frame == 0
    else:
        assert near(shown_color(drawn), row, 25)


def walk(loaded, first: str, then: str):
    """The stage while Ada is on her way, and the figure."""
    drawn = stage(loaded, [agent("ada", first)])
    drawn.tell(agent("ada", then))
    at = 1000.0
    for _ in range(40):
        at += 20
        drawn.advance(at)
        if drawn.figure().figure.walking:
            break
    drawn.advance(at + 120)  # the change of state has faded in
    return drawn


@pytest.mark.parametrize(("first", "then", "row"), [("working", "idle", BLUE), ("idle", "working", YELLOW)])
def test_grid_walking_rows(first: str, then: str, row: tuple[int, int, int]):
    drawn = walk(grid(), first, then)
    assert drawn.figure().figure.walking
    assert near(shown_color(drawn), row, 25)


def test_grid_cells_are_140_units_whatever_their_pixels():
    rect = stage(grid(), [agent()]).figure().sceneBoundingRect()
    assert (rect.width(), rect.height()) == (pytest.approx(140, abs=1), pytest.approx(140, abs=1))
    assert (rect.center().x(), rect.bottom()) == (pytest.approx(100, abs=1), pytest.approx(250, abs=1))


def test_grid_uses_no_more_columns_than_the_state_has_frames():
    states = STATES | {"working": {"prefix": "x", "frames": 2, "fps": 10, "loop": True}}
    drawn = stage(grid(states=states), [agent()])
    seen = set()
    for at in range(1000, 3000, 50):
        drawn.advance(at)
        seen.add(drawn.figure().figure.frame)
    assert seen == {0, 1}


def test_grid_that_is_too_small_is_refused():
    drawn = stage(grid(frameWidth=500), [agent()])
    assert drawn.figure().figure.clip is None
    assert [f.rule for f in drawn.scene.assets.findings] == ["T2D-ATLAS-GRID-SMALL"]


# -- 3.1 JSON atlas ----------------------------------------------------------------------------------
def strip(*colors: tuple[int, ...], side: int = 20, high: int = 40) -> bytes:
    """One frame beside the other."""
    image = Image.new("RGBA", (side * len(colors), high))
    for number, color in enumerate(colors):
        image.paste((*color[:3], 255), (number * side, 0, (number + 1) * side, high))
    return encoded(image)


def test_json_hash_and_frame_names():
    frames = {"c-working-down-0": frame(20, 0, 20, 40), "c-idle-down-0": frame(0, 0, 20, 40)}
    drawn = stage(json_theme(frames, strip(RED, GREEN)), [agent()])
    assert near(shown_color(drawn), GREEN, 10)
    rect = drawn.figure().sceneBoundingRect()
    assert (rect.width(), rect.height(), rect.bottom()) == (20, 40, 250)


def test_json_array_form():
    frames = [frame(20, 0, 20, 40, filename="c-working-down-0.png"), frame(0, 0, 20, 40, filename="c-idle-down-0.png")]
    assert near(shown_color(stage(json_theme(frames, strip(RED, GREEN)), [agent()])), GREEN, 10)  # type: ignore[arg-type]


def test_json_trimmed_frame_lies_where_it_was():
    trimmed = frame(0, 0, 10, 10, trimmed=True, sourceSize={"w": 40, "h": 40}, spriteSourceSize={"x": 5, "y": 20})
    rect = stage(json_theme({"c-working-down-0": trimmed}, strip(RED)), [agent()]).figure().sceneBoundingRect()
    # A pixel of room is kept around a trimmed part, for the soft edge of scaling.
    assert rect.contains(100 - 20 + 5 + 5, 250 - 40 + 20 + 5)
    assert rect.left() == pytest.approx(85, abs=1)
    assert rect.top() == pytest.approx(230, abs=1)


def test_json_rotated_frame_stands_upright():
    image = Image.new("RGBA", (40, 20))  # stored turned clockwise: what was on top is on the right
    image.paste((*BLUE, 255), (0, 0, 20, 20))
    image.paste((*RED, 255), (20, 0, 40, 20))
    frames = {"c-working-down-0": frame(0, 0, 20, 40, rotated=True)}
    drawn = stage(json_theme(frames, encoded(image)), [agent()])
    rect = drawn.figure().sceneBoundingRect()
    assert (rect.width(), rect.height()) == (20, 40)
    assert near(drawn.at(100, 215), RED)
    assert near(drawn.at(100, 245), BLUE)


def test_json_pivot_of_a_frame():
    frames = {"c-working-down-0": frame(0, 0, 20, 40, pivot={"x": 0.0, "y": 0.5})}
    rect = stage(json_theme(frames, strip(RED)), [agent()]).figure().sceneBoundingRect()
    assert (rect.left(), rect.center().y()) == (pytest.approx(100, abs=1), pytest.approx(250, abs=1))


def test_json_meta_scale():
    frames = {"c-working-down-0": frame(0, 0, 20, 40)}
    rect = stage(json_theme(frames, strip(RED), {"scale": "2"}), [agent()]).figure().sceneBoundingRect()
    assert (rect.width(), rect.height()) == (10, 20)


def test_finer_atlas_for_dense_screens():
    frames = {"c-working-down-0": frame(0, 0, 20, 40)}
    fine = {"c-working-down-0": frame(0, 0, 40, 80)}
    files = {"c@2x.json": atlas(fine, "c@2x.png", scale="2"), "c@2x.png": strip(GREEN, side=40, high=80)}
    loaded = json_theme(frames, strip(RED), files=files)
    for ratio, color in ((1.0, RED), (FINER_FROM, RED), (1.5, GREEN), (2.0, GREEN)):
        drawn = stage(loaded, [agent()], ratio=ratio)
        assert near(shown_color(drawn), color, 10), ratio
        assert drawn.figure().sceneBoundingRect().height() == pytest.approx(40, abs=0.7)


def test_frames_outside_the_picture_are_skipped_with_a_finding():
    frames = {"c-working-down-0": frame(0, 0, 20, 40), "c-working-down-1": frame(900, 0, 20, 40)}
    drawn = stage(json_theme(frames, strip(GREEN)), [agent()])
    assert near(shown_color(drawn), GREEN, 10)
    assert len(drawn.figure().figure.clip.frames) == 1
    assert [f.message for f in drawn.scene.assets.findings] == ['frame "c-working-down-1" exceeds the image']


@pytest.mark.parametrize(
    ("has", "wants", "mirrored"),
    [("right", "left", True), ("left", "right", True), ("down", "left", False), ("up", "down", False)],
)
def test_missing_directions(has: str, wants: str, mirrored: bool):
    image = Image.new("RGBA", (20, 40))
    image.paste((*RED, 255), (0, 0, 10, 40))
    image.paste((*BLUE, 255), (10, 0, 20, 40))
    zones = [zone("work", "work", (0, 0, 200, 300), [seat("d", 100, 250, wants)])]
    pictures = {"c.json": atlas({f"c-working-{has}-0": frame(0, 0, 20, 40)}, "c.png"), "c.png": encoded(image)}
    drawn = stage(theme(pictures, characters=characters(atlas="c.json"), zones=zones), [agent()])
    assert near(drawn.at(95, 230), BLUE if mirrored else RED)


# -- 2.7 ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("anchor", "left", "bottom"), [((0.5, 1), 90, 250), ((0, 0.5), 100, 270), ((1, 0.25), 80, 280)]
)
def test_anchor(anchor, left: float, bottom: float):
    frames = {"c-working-down-0": frame(0, 0, 20, 40)}
    loaded = json_theme(frames, strip(RED), anchor={"x": anchor[0], "y": anchor[1]})
    rect = stage(loaded, [agent()]).figure().sceneBoundingRect()
    assert (rect.left(), rect.bottom()) == (left, bottom)


def test_hit_area_rect():
    area = {"type": "rect", "x": -60, "y": -100, "width": 120, "height": 100}
    drawn = stage(grid(hitArea=area), [agent()])
    rect = drawn.figure().hit_rect()
    assert (rect.left(), rect.top(), rect.width(), rect.height()) == (40, 150, 120, 100)


def test_hit_area_circle_of_an_avatar():
    drawn = stage(theme(characters=characters(hitArea={"type": "circle", "x": 4, "y": 0, "radius": 38})), [agent()])
    rect = drawn.figure().hit_rect()
    assert (rect.center().x(), rect.width()) == (104, 76)


def test_hit_area_is_never_under_44_px():
    area = {"type": "rect", "x": -5, "y": -10, "width": 10, "height": 10}
    rect = stage(grid(hitArea=area), [agent()]).figure().hit_rect()
    assert min(rect.width(), rect.height()) == 44


def test_variants_dress_agents_differently_and_always_alike():
    pictures = {f"p{i}.png": sheet(((i * 40, 0, 0),) * 4) for i in range(6)}
    fields = characters(atlas="p0.png", frameWidth=32, frameHeight=32, variants=sorted(pictures))
    drawn = stage(theme(pictures, characters=fields), [agent(name) for name in ("ada", "ben", "cleo")])
    names = [drawn.scene.assets.costume(name).name for name in ("ada", "ben", "cleo")]
    assert len(set(names)) > 1
    assert names == [drawn.scene.assets.costume(name).name for name in ("ada", "ben", "cleo")]


# -- 11 ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("fps", "frames_per_second"), [(2, 2), (8, 8)])
def test_state_fps(fps: float, frames_per_second: int):
    states = STATES | {"working": {"prefix": "x", "frames": 4, "fps": fps, "loop": True}}
    drawn = stage(grid(states=states), [agent()], at_ms=0)
    changes, before = 0, 0
    for at in range(0, 2000, 10):
        drawn.advance(at)
        now = drawn.figure().figure.frame
        changes, before = changes + (now != before), now
    assert changes == pytest.approx(2 * frames_per_second, abs=1)


def test_state_that_does_not_loop_holds_its_last_frame():
    states = STATES | {"working": {"prefix": "x", "frames": 3, "fps": 10, "loop": False}}
    drawn = stage(grid(states=states), [agent()], at_ms=5000)
    assert drawn.figure().figure.frame == 2


CHAINS = [
    ("idle", ("coffee", "idle")), ("working", ("working", "idle")),
    ("blocked", ("blocked", "working", "idle")), ("collaborating", ("collaborating", "meeting", "idle")),
    ("offline", ("offline", "sleeping", "idle")),
]  # fmt: skip


@pytest.mark.parametrize(("status", "chain"), CHAINS)
def test_state_chain(status: str, chain: tuple[str, ...]):
    """Each state of a chain is shown when those before it are missing."""
    for missing in range(len(chain)):
        names = {*chain[missing:], "idle"}
        frames = {f"c-{name}-down-0": frame(0, 0, 20, 40) for name in names}
        states = {name: {"prefix": f"c-{name}", "frames": 1, "fps": 2, "loop": True} for name in names}
        drawn = stage(json_theme(frames, strip(RED), states=states), [agent("ada", status)])
        assert drawn.figure().figure.state == chain[missing]


def test_a_change_of_state_fades():
    """Out in 100 ms, in again in 100 ms (11.2); the body only, not its name."""
    drawn = stage(grid(), [agent("ada", "working")])
    drawn.tell(agent("ada", "blocked"))
    seen = []
    for at in range(1000, 1400, 10):
        drawn.advance(at)
        seen.append(drawn.figure().opacity())
    assert seen[-1] == 1
    assert min(seen) < 0.3


def test_agents_of_one_look_are_told_apart_by_a_tint_of_their_names():
    cast = [agent("ada", name="Same"), agent("ben", name="Same")]
    drawn = stage(grid(), cast)
    picture = drawn.image()

    def ground(ident: str) -> str:
        rect = drawn.scene.labels.rect_of(ident)
        return picture.pixelColor(int(rect.right()) - 5, int(rect.center().y())).name()

    assert ground("ada") != ground("ben")


def test_avatars_glide_at_seven_tenths():
    drawn = walk(theme(), "working", "idle")
    assert drawn.figure().figure.walking
    assert drawn.figure().opacity() == pytest.approx(0.7, abs=0.01)


def test_selected_figure_is_outlined():
    plain, chosen = stage(grid(), [agent()]), stage(grid(), [agent()], selected="ada")
    rect = plain.figure().sceneBoundingRect()
    beside = (rect.left() - 1.5, rect.center().y() + 20)
    assert plain.at(*beside) != chosen.at(*beside)
