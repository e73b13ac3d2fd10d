"""The stage without a screen: placing, walking, frames, and when the next picture is due."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from office_studio.core.office.fallback import fallback_positions, fallback_zones
from office_studio.core.office.live import LiveAgent
from office_studio.core.office.model import Agent, AgentStatus, Binding
from office_studio.core.office.stage import StageModel, StageStep
from office_studio.core.theme.atlas import json_atlas
from office_studio.core.theme.model import (
    AnimationState,
    Canvas,
    Characters,
    Direction,
    Point,
    Rect,
    Seat,
    Theme,
    Zone,
    ZoneType,
)

WORKING, IDLE, OFFLINE = AgentStatus.WORKING, AgentStatus.IDLE, AgentStatus.OFFLINE
STATES = {name: AnimationState(f"c-{name}", 4, 2.0) for name in ("idle", "working", "walking")}
FRAME = {"x": 0, "y": 0, "w": 8, "h": 8}
ATLAS = json_atlas(
    json.dumps(
        {
            "meta": {"image": "c.png"},
            "frames": {
                f"c-{state}-{direction}-{i}": {"frame": FRAME}
                for state in STATES
                for direction in ("down", "right", "left")
                for i in range(4)
            },
        }
    ).encode(),
    "c.json",
    Characters(states=STATES),
)
DESKS = tuple(Seat(f"desk-{i}", Point(100 + i * 100, 200), Direction.LEFT) for i in range(2))
SOFAS = tuple(Seat(f"sofa-{i}", Point(1500, 600 + i * 100)) for i in range(2))
THEME = Theme(
    "t", "T", "1.0.0", Canvas(1920, 1080),
    zones=(
        Zone("work", "W", ZoneType.WORK, Rect(0, 0, 400, 400), 2, DESKS),
        Zone("rest", "R", ZoneType.LOUNGE, Rect(1400, 500, 400, 400), 2, SOFAS),
    ),
    characters=Characters(states=STATES),
)  # fmt: skip


def agent(ident: str, status: AgentStatus) -> LiveAgent:
    return LiveAgent(Agent(ident, ident.upper(), status), status, None)


@pytest.fixture
def model() -> StageModel:
    stage = StageModel(in_step=True)
    stage.set_theme(THEME, ATLAS)
    stage.set_agents([agent("a", WORKING)])
    stage.set_bindings([Binding(0, "a")])
    return stage


def test_a_new_figure_sits_at_once_and_looks_the_seats_way(model):
    step = model.advance(0)
    figure = model.figure("a")
    assert step.changed == step.moved == {"a"}
    assert (figure.at, figure.direction, figure.state, figure.walking) == (
        Point(100, 200),
        Direction.LEFT,
        "working",
        False,
    )


def test_frames_change_when_they_are_due_and_not_before(model):
    model.advance(0)
    assert model.next_due_ms == 500
    assert model.advance(499).changed == frozenset()
    assert model.advance(500).changed == {"a"}
    assert model.figure("a").frame == 1
    assert model.next_due_ms == 1000


def test_nothing_is_due_without_agents():
    stage = StageModel()
    stage.set_theme(THEME, ATLAS)
    stage.advance(0)
    assert stage.next_due_ms is None


def test_a_status_change_walks_to_the_other_zone(model):
    model.advance(0)
    model.update_agents([agent("a", IDLE)])
    step = model.advance(100)
    figure = model.figure("a")
    assert step.walking
    assert (figure.walking, figure.state, figure.direction, figure.seat_id) == (
        True,
        "walking",
        Direction.RIGHT,
        "sofa-0",
    )
    xs = []
    now = 100.0
    while model.figure("a").walking:
        now = model.next_due_ms
        model.advance(now)
        xs.append(model.figure("a").at.x)
        assert now < 20_000
    assert xs == sorted(xs)
    assert model.figure("a").at == Point(1500, 600)
    assert (model.figure("a").state, model.figure("a").direction) == ("idle", Direction.DOWN)


def test_reduced_motion_jumps_and_stands_still(model):
    model.reduced_motion = True
    model.refresh()
    model.advance(0)
    assert model.next_due_ms is None
    model.update_agents([agent("a", IDLE)])
    model.advance(10)
    assert model.figure("a").at == Point(1500, 600)
    assert not model.figure("a").walking


def test_switching_to_reduced_motion_ends_a_walk(model):
    model.advance(0)
    model.update_agents([agent("a", IDLE)])
    model.advance(100)
    model.reduced_motion = True
    model.refresh()
    model.advance(200)
    assert model.figure("a").at == Point(1500, 600)


def test_bound_but_absent_agents_are_dimmed_and_do_not_move():
    stage = StageModel()
    stage.set_theme(THEME, ATLAS)
    stage.set_bindings([Binding(1, "ghost", "Nia")])
    stage.advance(0)
    figure = stage.figure("ghost")
    assert (figure.name, figure.status, figure.dimmed, figure.frame) == ("Nia", OFFLINE, True, 0)
    assert stage.next_due_ms is None


def test_a_removed_agent_leaves(model):
    model.advance(0)
    model.set_bindings([])
    model.update_agents([], ["a"])
    assert model.advance(10).removed == frozenset()
    assert model.figure("a").seat_id is None
    assert model.advance(110).changed == {"a"}
    assert model.figure("a").alpha == pytest.approx(0.5)
    assert model.advance(210).removed == {"a"}
    assert model.figure("a") is None


def test_what_is_not_seen_changes_nothing(model):
    model.advance(0)
    before = agent("a", WORKING)
    model.update_agents([replace(before, tokens_per_minute=(5,), reason="a tool was used")])
    assert model.advance(1) == StageStep()


def test_the_same_calls_give_the_same_figures():
    def run() -> list[object]:
        stage = StageModel()
        stage.set_theme(THEME, ATLAS)
        stage.set_agents([agent(name, WORKING) for name in ("a", "b", "c")])
        seen: list[object] = []
        for now in range(0, 4000, 130):
            if now == 1040:
                stage.update_agents([agent("b", IDLE)])
            stage.advance(now)
            seen.append(sorted((f.agent_id, f.at.x, f.frame, f.state) for f in stage.figures.values()))
        return seen

    assert run() == run()


def test_neighbours_do_not_move_in_step():
    stage = StageModel()
    stage.set_theme(THEME, ATLAS)
    stage.set_agents([agent(name, WORKING) for name in ("anna", "bert", "cleo", "dora")])
    stage.advance(0)
    assert len({figure.frame for figure in stage.figures.values()}) > 1


def test_another_theme_places_everybody_anew(model):
    model.advance(0)
    model.set_theme(None)
    model.advance(10)
    assert model.figure("a").seat_id is None


def test_built_in_office_layout():  # format section 19, 1000 x 700
    work, meeting, rest = fallback_zones(1000, 700)
    assert (work.bounds, meeting.bounds, rest.bounds) == (
        Rect(20, 20, 521, 421), Rect(553, 20, 427, 421), Rect(20, 453, 960, 227),
    )  # fmt: skip
    assert fallback_positions(work.bounds, 3) == (Point(190.5, 230.5), Point(280.5, 230.5), Point(370.5, 230.5))
    eight = fallback_positions(work.bounds, 8)
    assert [point.y for point in eight] == [187.5] * 6 + [273.5] * 2
    assert eight[0].x == pytest.approx(80.08, abs=0.01)
    assert [point.x for point in eight[6:]] == [235.5, 325.5]
