"""Which clip plays for which key: manifest first, then own names, then likely ones."""

import pytest

from office_studio.core.room3d.clips import CYCLE, SLEEPING, WORKING, Clip, clip_table, likely


def test_the_manifest_names_clips():
    table = clip_table({"idle": "Idle_01", "walk": "W", "desk_dance": "D"}, {"Idle_01": 2.0, "W": 1.0, "D": 3.0})
    assert table.get("idle") == Clip("Idle_01", 2.0)
    assert table.get("walk") == Clip("W", 1.0)
    assert table.get("desk_dance") == Clip("D", 3.0)
    assert table.get("sleeping") is None


def test_clips_go_by_their_own_names():
    table = clip_table({"walk": "missing"}, {"idle": 1.0, "stand_up": 0.5, "jump": 1.0})
    assert set(table.clips) == {"idle", "stand_up", "jump"}


def test_one_clip_under_two_keys_plays_for_both():
    table = clip_table({"idle": "Stand", "sit": "Stand"}, {"Stand": 1.0})
    assert table.get("idle") == table.get("sit") == Clip("Stand", 1.0)


def test_a_lone_clip_is_a_walk_and_that_of_an_idle_model_is_idle():
    table = clip_table({}, {"mixamo.com": 1.0}, {"Take 001": 4.0})
    assert table.get("walk") == Clip("mixamo.com", 1.0)
    assert table.get("idle") == Clip("Take 001", 4.0, from_idle_model=True)


def test_clips_of_the_idle_model_replace_those_of_the_same_key():
    table = clip_table({}, {"idle": 1.0, "walk": 1.0}, {"idle": 9.0, "dance": 2.0})
    assert table.get("idle") == Clip("idle", 9.0, from_idle_model=True)
    assert table.get("walk") == Clip("walk", 1.0)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("CharacterArmature|Walk", "walk"), ("Armature|Idle_Neutral", "idle"), ("Walking 01", "walk"),
        ("Typing", "type"), ("sitting-idle", "sit"), ("Standing Up", "stand_up"), ("Push-Up", "pushup"),
    ],
)  # fmt: skip
def test_likely_names(name: str, key: str):
    assert likely([name]).get(key) == name


def test_a_likely_name_never_displaces_a_certain_one():
    table = clip_table({"idle": "A"}, {"A": 1.0, "Idle": 2.0, "walk": 1.0})
    assert table.get("idle") == Clip("A", 1.0)


def test_a_mapped_clip_is_not_taken_for_something_else():
    table = clip_table({"walk": "Idle", "idle": "Other"}, {"Idle": 1.0, "Other": 1.0})
    assert table.get("idle") == Clip("Other", 1.0)
    assert table.get("walk") == Clip("Idle", 1.0)


def test_what_an_agent_does_falls_back():
    plain = clip_table({}, {"idle": 1.0, "walk": 1.0})
    assert plain.first(WORKING) == "idle"
    assert plain.first(SLEEPING) == "idle"
    assert clip_table({}, {"idle": 1.0, "type": 1.0}).first(WORKING) == "type"
    assert clip_table({}, {}).first(WORKING) is None


def test_what_somebody_without_work_does():
    assert clip_table({}, {"idle": 1.0, "dance": 1.0}).cycle == CYCLE
    assert clip_table({}, {"idle": 1.0, "think": 1.0, "wave": 1.0}).cycle == ("idle", "idle", "think", "wave")
    assert clip_table({}, {"idle": 1.0, "walk": 1.0}).cycle == ()


def test_digits_play_the_clips_of_the_format():
    table = clip_table({"sleeping": "Lie"}, {"idle": 1.0, "walk": 1.0, "Lie": 1.0, "sit": 1.0})
    found = {digit: table.of_digit(digit) for digit in range(10)}
    assert {digit: key for digit, key in found.items() if key} == {0: "idle", 1: "walk", 2: "sleeping", 9: "sit"}
    assert clip_table({}, {"sleep": 1.0, "sleeping": 1.0}).of_digit(2) == "sleep"
