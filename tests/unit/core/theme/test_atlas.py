"""Which frame is drawn: grid sheets, JSON atlases in both forms, fallbacks, mirrored directions."""

from __future__ import annotations

import json

import pytest

from office_studio.core.office.model import AgentStatus
from office_studio.core.theme.atlas import finer_atlas, finer_name, grid_atlas, json_atlas, state_chain
from office_studio.core.theme.model import AnimationState, Characters, Direction, Point, Rect, ZoneType
from office_studio.errors import AssetError


def frame(x: int = 0, **extra: object) -> dict[str, object]:
    return {
        "frame": {"x": x, "y": 0, "w": 10, "h": 20},
        "sourceSize": {"w": 30, "h": 40},
        "spriteSourceSize": {"x": 5, "y": 8},
    } | extra


def atlas_of(frames: object, states: dict[str, AnimationState], **meta: object):
    source = {"frames": frames, "meta": {"image": "chars.png", "scale": "1"} | meta}
    return json_atlas(json.dumps(source).encode(), "art/chars.json", Characters(states=states))


IDLE = {"idle": AnimationState("c-idle", 2, 2.0)}


def test_hash_form_with_trimmed_frames():
    atlas = atlas_of({"c-idle-down-0": frame(), "c-idle-down-1": frame(10)}, IDLE)
    assert atlas.image == "art/chars.png"
    clip = atlas.clip(("idle",), Direction.DOWN)
    assert clip is not None
    assert [f.rect for f in clip.frames] == [Rect(0, 0, 10, 20), Rect(10, 0, 10, 20)]
    assert clip.frames[0].offset == Point(5, 8)
    assert atlas.top_of(clip) == 32  # 40 high, anchored at the bottom, 8 empty rows on top


def test_array_form_and_file_extensions_in_names():
    atlas = atlas_of([frame(filename="c-idle-down-0.png")], IDLE)
    assert atlas.clip(("idle",), Direction.DOWN) is not None


def test_rotated_frames_keep_the_stored_rectangle():
    atlas = atlas_of({"c-idle-down-0": frame(rotated=True)}, IDLE)
    stored = atlas.frames["c-idle-down-0"]
    assert stored.rotated
    assert (stored.rect.width, stored.rect.height) == (20, 10)


def test_left_is_mirrored_right_and_other_directions_fall_back_to_down():
    atlas = atlas_of({"c-idle-right-0": frame(), "c-idle-down-0": frame(10)}, IDLE)
    left = atlas.clip(("idle",), Direction.LEFT)
    assert left is not None
    assert left.mirrored
    up = atlas.clip(("idle",), Direction.UP)
    assert up is not None
    assert up.direction is Direction.DOWN
    assert not up.mirrored


def test_frames_loop_or_hold():
    frames = {f"c-idle-down-{i}": frame(i * 10) for i in range(3)}
    looping = atlas_of(frames, {"idle": AnimationState("c-idle", 3, 2.0)}).clip(("idle",), Direction.DOWN)
    holding = atlas_of(frames, {"idle": AnimationState("c-idle", 3, 2.0, loop=False)}).clip(("idle",), Direction.DOWN)
    assert looping is not None
    assert holding is not None
    assert [looping.index_at(ms) for ms in (0, 499, 500, 1000, 1500)] == [0, 0, 1, 2, 0]
    assert [holding.index_at(ms) for ms in (0, 1000, 99_999)] == [0, 2, 2]
    assert looping.next_change_ms(499) == 500
    assert holding.next_change_ms(1001) is None


def test_scale_of_the_atlas_shrinks_the_figure():
    assert atlas_of({"c-idle-down-0": frame()}, IDLE, scale="2").units_per_px == 0.5
    assert atlas_of({"c-idle-down-0": frame()}, IDLE, scale="zero").units_per_px == 1


@pytest.mark.parametrize(
    ("source", "code"),
    [
        (b"{", "ATLAS_JSON"),
        (b"[]", "ATLAS_IMAGE"),
        (b'{"meta": {"image": "../x.png"}, "frames": {}}', "ATLAS_IMAGE"),
        (b'{"meta": {"image": "x.png"}, "frames": {}}', "ATLAS_FRAMES"),
        (
            b'{"meta": {"image": "x.png"}, "frames": {"a": {"frame": {"x": -1, "y": 0, "w": 1, "h": 1}}}}',
            "ATLAS_FRAMES",
        ),
        (b'{"meta": {"image": "x.png"}, "frames": {"a": 7}}', "ATLAS_FRAMES"),
    ],
)
def test_unusable_atlases(source, code):
    with pytest.raises(AssetError) as caught:
        json_atlas(source, "chars.json", Characters(states=IDLE))
    assert caught.value.code == code


def test_grid_rows():
    atlas = grid_atlas(Characters(atlas="s.png", frame_width=64, frame_height=64), 256, 256)
    rows = {state: atlas.clip((state,), d).frames[0].rect.y for state, d in (  # type: ignore[union-attr]
        ("idle", Direction.DOWN), ("working", Direction.UP), ("walking", Direction.RIGHT), ("walking", Direction.LEFT),
    )}  # fmt: skip
    assert rows == {"idle": 0, "working": 64, "walking": 192}
    assert atlas.units_per_px * 64 == 140


def test_a_sheet_of_three_rows_walks_left_mirrored():
    atlas = grid_atlas(Characters(atlas="s.png", frame_width=64, frame_height=64), 256, 192)
    left = atlas.clip(("walking",), Direction.LEFT)
    assert left is not None
    assert left.mirrored


def test_fewer_frames_in_the_manifest_mean_fewer_columns():
    characters = Characters(
        "s.png", 64, 64, states={"idle": AnimationState("i", 2, 5.0), "walk": AnimationState("w", 3, 9)}
    )
    atlas = grid_atlas(characters, 256, 256)
    assert len(atlas.clip(("idle",), Direction.DOWN).frames) == 2  # type: ignore[union-attr]
    assert atlas.clip(("walking",), Direction.LEFT).fps == 9  # type: ignore[union-attr]


def test_a_sheet_smaller_than_a_cell_is_refused():
    with pytest.raises(AssetError) as caught:
        grid_atlas(Characters(atlas="s.png", frame_width=64, frame_height=64), 60, 60)
    assert caught.value.code == "ATLAS_GRID"


def test_state_chains():
    assert state_chain(AgentStatus.IDLE, ZoneType.LOUNGE, walking=False) == ("coffee", "idle")
    assert state_chain(AgentStatus.IDLE, ZoneType.WORK, walking=False) == ("idle",)
    assert state_chain(AgentStatus.COLLABORATING, None, walking=False)[1] == "meeting"
    assert state_chain(AgentStatus.BLOCKED, None, walking=True)[0] == "walking"


def test_a_frame_may_have_a_foot_point_of_its_own():
    frames = {
        "c-idle-down-0": frame(pivot={"x": 0.25, "y": 0.5}),
        "c-idle-down-1": frame(10, anchor={"x": 0.5, "y": 0.75}, pivot={"x": 0, "y": 0}),
        "c-idle-up-0": frame(pivot={"x": 900, "y": 0}),
    }
    atlas = atlas_of(frames, IDLE)
    assert atlas.frames["c-idle-down-0"].anchor == Point(0.25, 0.5)
    assert atlas.frames["c-idle-down-1"].anchor == Point(0.5, 0.75)  # PixiJS's word before TexturePacker's
    assert atlas.frames["c-idle-up-0"].anchor is None
    clip = atlas.clip(("idle",), Direction.DOWN)
    assert clip is not None
    assert atlas.top_of(clip) == 40 * 0.75 - 8


@pytest.mark.parametrize(("meta", "units"), [({"scale": "2"}, 0.5), ({"scale": "1"}, 0.5), ({"scale": "4"}, 0.25)])
def test_an_atlas_of_more_pixels_is_drawn_at_the_same_size(meta: dict[str, str], units: float):
    base = atlas_of({"c-idle-down-0": frame()}, IDLE)
    source = {"frames": {"c-idle-down-0": frame()}, "meta": {"image": "chars@2x.png"} | meta}
    finer = finer_atlas(json.dumps(source).encode(), finer_name("art/chars.json"), Characters(states=IDLE), base)
    assert finer_name("art/chars.json") == "art/chars@2x.json"
    assert finer.units_per_px == units
    assert finer.image == "art/chars@2x.png"
