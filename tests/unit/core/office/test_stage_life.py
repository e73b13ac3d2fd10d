"""Coming and going, changing, standing, speaking: what figures do over time."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import combinations, product

import pytest

from office_studio.core.office.activity import Activity, ActivityKind
from office_studio.core.office.bubbles import Bubble, BubbleKind, said_by
from office_studio.core.office.floor_grid import FloorGrid
from office_studio.core.office.live import LiveAgent
from office_studio.core.office.model import Agent, AgentStatus, Binding
from office_studio.core.office.overflow import MOST
from office_studio.core.office.stage import Overflow, StageModel
from office_studio.core.theme.atlas import json_atlas
from office_studio.core.theme.model import (
    AnimationState,
    Canvas,
    Characters,
    Navigation,
    Point,
    Rect,
    Seat,
    Theme,
    Zone,
    ZoneType,
)

WORKING, IDLE, BLOCKED, COLLABORATING, OFFLINE = (
    AgentStatus.WORKING, AgentStatus.IDLE, AgentStatus.BLOCKED, AgentStatus.COLLABORATING, AgentStatus.OFFLINE,
)  # fmt: skip
STATES = {name: AnimationState(f"c-{name}", 4, 2.0) for name in ("idle", "working", "walking", "blocked", "standing")}
ATLAS = json_atlas(
    json.dumps(
        {
            "meta": {"image": "c.png"},
            "frames": {
                f"c-{state}-{direction}-{i}": {"frame": {"x": 0, "y": 0, "w": 60, "h": 120}}
                for state in STATES
                for direction in ("down", "right")
                for i in range(4)
            },
        }
    ).encode(),
    "c.json",
    Characters(states=STATES),
)
DESKS = tuple(Seat(f"desk-{i}", Point(200 + i * 200, 300)) for i in range(2))
FLOOR = ((Point(0, 0), Point(1920, 0), Point(1920, 1080), Point(0, 1080)),)
THEME = Theme(
    "t", "T", "1.0.0", Canvas(1920, 1080),
    zones=(Zone("work", "W", ZoneType.WORK, Rect(0, 0, 700, 400), 2, DESKS, door=Rect(690, 100, 20, 100)),),
    navigation=Navigation(FLOOR, (), Point(960, 1000)),
)  # fmt: skip


def agent(ident: str, status: AgentStatus = WORKING, **more: object) -> LiveAgent:
    inner = Agent(ident, ident.title(), status, **more)  # type: ignore[arg-type]
    return LiveAgent(inner, status, None, blocked_by="no key" if status is BLOCKED else "")


def stage(*agents: LiveAgent, theme: Theme = THEME, **switches: bool) -> StageModel:
    model = StageModel(in_step=True, **switches)
    model.set_theme(theme, ATLAS)
    model.set_agents(agents)
    model.advance(0)
    return model


# -- changing -------------------------------------------------------------------------------------------
def test_another_state_fades_out_and_in():
    model = stage(agent("ada"))
    model.update_agents([agent("ada", BLOCKED)])
    model.advance(1000)
    seen = []
    while not seen or seen[-1][1:] != ("blocked", 1.0):
        figure = model.figure("ada")
        seen.append((model.next_due_ms, figure.state, round(figure.alpha, 2)))
        model.advance(model.next_due_ms)
        assert len(seen) < 20
    assert seen[0][1:] == ("working", 1.0)
    swap = next(i for i, (_, state, _) in enumerate(seen) if state == "blocked")
    assert seen[swap - 1][0] == 1100  # the swap is due exactly in the middle
    assert seen[swap][2] == 0.0
    alphas = [alpha for *_, alpha in seen]
    assert alphas[:swap] == sorted(alphas[:swap], reverse=True)
    assert alphas[swap:] == sorted(alphas[swap:])
    assert [state for _, state, _ in seen] == ["working"] * swap + ["blocked"] * (len(seen) - swap)
    assert model.next_due_ms >= 1500  # nothing but frames is due again


def test_who_thinks_better_of_it_fades_back():
    model = stage(agent("ada"))
    model.update_agents([agent("ada", BLOCKED)])
    model.advance(1000)
    model.advance(1060)
    assert model.figure("ada").alpha == pytest.approx(0.4)
    model.update_agents([agent("ada")])
    model.advance(1060)
    assert (model.figure("ada").state, model.figure("ada").alpha) == ("working", pytest.approx(0.4))
    model.advance(1125)
    assert (model.figure("ada").state, model.figure("ada").alpha) == ("working", 1.0)


def test_nothing_fades_in_a_crowd_or_with_reduced_motion():
    still = stage(agent("ada"), reduced_motion=True)
    still.update_agents([agent("ada", BLOCKED)])
    still.advance(10)
    assert (still.figure("ada").state, still.figure("ada").alpha) == ("blocked", 1.0)
    seats = tuple(Seat(f"s{i}", Point(20 + i * 15, 300)) for i in range(120))
    many = replace(THEME, zones=(replace(THEME.zones[0], seats=seats),))
    crowd = stage(*(agent(f"a{i:03}") for i in range(120)), theme=many)
    crowd.update_agents([agent("a000", BLOCKED)], ["a001"])
    assert crowd.advance(10).removed == {"a001"}
    assert (crowd.figure("a000").state, crowd.figure("a000").alpha) == ("blocked", 1.0)


# -- coming and going -------------------------------------------------------------------------------------
def test_newcomers_fade_in_on_their_seat_and_nobody_does_at_the_opening():
    model = stage(agent("ada"))
    assert model.figure("ada").alpha == 1
    model.update_agents([agent("ben")])
    model.advance(100)
    assert (model.figure("ben").at, model.figure("ben").alpha) == (DESKS[1].at, 0.0)
    model.advance(200)
    assert model.figure("ben").alpha == pytest.approx(0.5)
    model.advance(300)
    assert model.figure("ben").alpha == 1


def test_with_the_switch_newcomers_walk_in_and_leavers_walk_out():
    model = stage(agent("ada"), walk_in=True)
    assert not model.figure("ada").walking
    model.update_agents([agent("ben")])
    model.advance(100)
    ben = model.figure("ben")
    assert (ben.walking, ben.at, ben.target) == (True, Point(960, 1000), DESKS[1].at)
    model.advance(20_000)
    assert model.figure("ben").at == DESKS[1].at
    model.update_agents([], ["ben"])
    model.advance(21_000)
    assert (model.figure("ben").walking, model.figure("ben").seat_id) == (True, None)
    model.advance(22_000)
    on_the_way = model.figure("ben").at
    model.update_agents([agent("ben")])  # turns round
    model.advance(22_000)
    assert (model.figure("ben").at, model.figure("ben").target) == (on_the_way, DESKS[1].at)
    model.update_agents([], ["ben"])
    model.advance(23_000)
    assert model.advance(60_000).removed == {"ben"}
    assert model.figure("ben") is None


def test_who_comes_back_while_fading_stays():
    model = stage(agent("ada"))
    model.update_agents([], ["ada"])
    model.advance(1000)
    model.advance(1150)
    model.update_agents([agent("ada")])
    model.advance(1150)
    assert model.figure("ada").alpha == pytest.approx(0.25)
    assert model.advance(1400).removed == frozenset()
    assert (model.figure("ada").alpha, model.figure("ada").seat_id) == (1, "desk-0")


def test_the_seat_of_a_leaver_is_free_at_once():
    model = stage(agent("ada"), agent("ben"))
    model.update_agents([agent("cleo")], ["ada"])
    model.advance(10)
    assert (model.figure("cleo").seat_id, model.figure("ada").seat_id) == ("desk-0", None)


def test_a_door_is_busy_while_somebody_sits_behind_it():
    model = stage(agent("ada"))
    assert model.busy_doors == {"work"}
    model.update_agents([], ["ada"])
    model.advance(10)
    assert model.busy_doors == frozenset()
    model.set_bindings([Binding(0, "nia")])  # bound, not there
    model.advance(20)
    assert model.busy_doors == frozenset()


# -- overflow ---------------------------------------------------------------------------------------------
def test_who_finds_no_seat_stands_apart_from_all_others():
    model = stage(*(agent(f"a{i:02}") for i in range(12)))
    standing = [figure for figure in model.figures.values() if figure.standing]
    assert (len(standing), model.unseated, model.overflow) == (10, (), None)
    assert {figure.state for figure in standing} == {"standing"}
    places = [figure.at for figure in standing] + [seat.at for seat in DESKS]
    for i, a in enumerate(places):
        for b in places[i + 1 :]:
            assert max(abs(a.x - b.x) / 60, abs(a.y - b.y) / 36) >= 1


def test_round_avatars_that_stand_cover_neither_each_other_nor_names():
    model = StageModel(in_step=True)
    model.set_theme(THEME)
    model.set_agents([agent(f"a{i:02}") for i in range(12)])
    model.advance(0)
    places = [figure.at for figure in model.figures.values()]
    assert sum(figure.standing for figure in model.figures.values()) == 10
    for a, b in combinations(places, 2):
        assert abs(a.x - b.x) >= 72 or abs(a.y - b.y) >= 96 or {a, b} & {seat.at for seat in DESKS}
    for desk, other in product((seat.at for seat in DESKS), places):
        assert desk == other or abs(desk.x - other.x) >= 57 or abs(desk.y - other.y) >= 64


def test_of_a_large_crowd_some_stand_and_the_rest_is_counted():
    model = stage(*(agent(f"a{i:03}") for i in range(300)))
    figures = model.figures
    assert len(figures) == 2 + MOST
    assert model.overflow.count == len(model.unseated) == 300 - 2 - MOST
    assert model.overflow.at not in {figure.at for figure in figures.values()}
    assert Rect(0, 0, 1920, 1080).contains(model.overflow.at)


def test_standing_figures_stay_where_they_are_until_there_is_a_seat():
    model = stage(*(agent(f"a{i}") for i in range(6)))
    before = {ident: figure.at for ident, figure in model.figures.items()}
    model.update_agents([], ["a3"])
    model.advance(1000)
    model.advance(2000)
    assert {ident: figure.at for ident, figure in model.figures.items()} == {
        ident: at for ident, at in before.items() if ident != "a3"
    }
    model.update_agents([], ["a0"])
    model.advance(3000)
    assert (model.figure("a2").seat_id, model.figure("a2").standing) == ("desk-0", False)
    assert model.figure("a4").at == before["a4"]


def test_a_floor_without_room_only_counts():
    tiny = replace(THEME, canvas=Canvas(1, 1), navigation=None, zones=(replace(THEME.zones[0], door=None),))
    model = stage(*(agent(f"a{i}") for i in range(6)), theme=tiny)
    assert (len(model.figures), model.overflow) == (2, Overflow(4, Point(0.5, 1)))


def test_the_built_in_office_never_draws_people_on_top_of_each_other():
    model = StageModel()
    model.set_theme(None)
    model.set_agents([agent(f"a{i:03}", IDLE if i % 2 else WORKING) for i in range(400)])
    model.advance(0)
    places = [figure.at for figure in model.figures.values()]
    assert len(places) == len(set(places))
    assert len(places) + model.overflow.count == 400
    assert all(0 < at.x < 1000 and 0 < at.y < 700 for at in places)


# -- an edited theme --------------------------------------------------------------------------------------
def test_an_edit_moves_only_those_whose_seat_moved_and_clocks_run_on():
    model = stage(agent("ada"), agent("ben"), agent("cleo"))
    model.advance(700)
    before = model.figures
    moved = (DESKS[0], replace(DESKS[1], at=Point(500, 350)))
    model.replace_theme(replace(THEME, zones=(replace(THEME.zones[0], seats=moved),)), ATLAS)
    model.advance(700)
    after = model.figures
    assert after["ada"] == before["ada"]
    assert after["cleo"].at == before["cleo"].at
    assert (after["ben"].walking, after["ben"].at, after["ben"].target) == (True, DESKS[1].at, Point(500, 350))
    model.advance(20_000)
    assert (model.figure("ben").at, model.figure("ben").seat_id) == (Point(500, 350), "desk-1")


def test_a_grid_made_elsewhere_is_used():
    wall = ((Point(500, 0), Point(540, 0), Point(540, 900), Point(500, 900)),)
    rest = Zone("rest", "R", ZoneType.LOUNGE, Rect(900, 0, 400, 400), 1, (Seat("s", Point(1000, 300)),))
    theme = replace(THEME, zones=(*THEME.zones, rest), navigation=Navigation(FLOOR, wall, Point(960, 1000)))
    model = StageModel()
    model.set_theme(theme, ATLAS)
    model.set_grid(FloorGrid.build(theme))
    model.set_agents([agent("ada")])
    model.advance(0)
    model.update_agents([agent("ada", IDLE)])
    lowest, now = 0.0, 0.0
    while now < 12_000:
        now += 50
        model.advance(now)
        lowest = max(lowest, model.figure("ada").at.y)
    assert lowest > 900  # round the wall
    assert model.figure("ada").at == Point(1000, 300)


# -- speaking ---------------------------------------------------------------------------------------------
def said(model: StageModel, ident: str = "ada") -> tuple[str, str] | None:
    bubble = model.figure(ident).bubble
    return None if bubble is None else (bubble.kind.value, bubble.text)


def test_who_works_without_a_known_task_thinks_and_old_tasks_are_not_told():
    model = stage(agent("ada"), agent("ben", current_task="Sort mail"))
    assert (said(model), said(model, "ben")) == (("thinking", ""), None)


def test_a_task_is_told_when_it_begins_for_eight_seconds():
    model = stage(agent("ada"))
    model.update_agents([agent("ada", current_task="Sort mail")])
    model.advance(1000)
    assert said(model) == ("task", "Sort mail")
    model.advance(8999)
    assert said(model) == ("task", "Sort mail")
    model.advance(9000)
    assert said(model) is None
    model.update_agents([agent("ada", current_task="Write letters")])
    model.advance(9500)
    assert said(model) == ("task", "Write letters")
    model.update_agents([agent("ada")])
    model.advance(9600)
    assert said(model) == ("thinking", "")


def test_the_end_of_a_bubble_is_due_by_itself():
    model = stage(agent("ada"), reduced_motion=True)
    model.update_agents([agent("ada", current_task="Sort mail")])
    model.advance(1000)
    assert model.next_due_ms == 9000
    assert model.advance(9000).changed == {"ada"}
    assert model.next_due_ms is None


def test_a_tool_is_told_at_least_two_seconds_and_once():
    model = stage(agent("ada"))
    model.update_agents([agent("ada", current_task="grep", current_tool_detail="grep (12ms)")])
    model.advance(1000)
    assert said(model) == ("tool", "grep (12ms)")
    model.update_agents([agent("ada")])
    model.advance(1500)
    assert said(model) == ("tool", "grep (12ms)")
    model.advance(3000)
    assert said(model) == ("thinking", "")


def test_messages_are_told_with_a_name_and_blocked_replaces_all():
    model = stage(agent("ada", current_task="x"), agent("ben"))
    line = Activity(5, "ada", ActivityKind.MESSAGE, "Message sent", "ben")
    told = replace(agent("ada", current_task="x"), activity=(line,))
    model.update_agents([told])
    model.advance(1000)
    assert said(model) == ("message", "Message to Ben")
    model.update_agents([replace(agent("ada", BLOCKED), activity=(line,))])
    model.advance(1500)
    assert said(model) == ("blocked", "no key")
    model.advance(60_000)
    assert said(model) == ("blocked", "no key")


def test_walkers_and_absent_ones_are_silent():
    rest = Zone("rest", "R", ZoneType.LOUNGE, Rect(900, 0, 400, 400), 1, (Seat("sofa", Point(1000, 300)),))
    model = stage(agent("ada", IDLE), theme=replace(THEME, zones=(*THEME.zones, rest)))
    model.update_agents([agent("ada", current_task="Sort mail")])
    model.advance(1000)
    assert (model.figure("ada").walking, said(model)) == (True, None)
    model.set_bindings([Binding(0, "nia")])
    model.advance(1100)
    assert said(model, "nia") is None


def test_tokens_and_tool_lines_are_nothing_said():
    before = agent("ada", current_task="x")
    line = Activity(5, "ada", ActivityKind.TOOL_USE, "Used tool: grep", "grep")
    assert said_by(before) == said_by(replace(before, tokens_per_minute=(1, 2), activity=(line,), reason="r"))
    assert Bubble(BubbleKind.THINKING).text == ""


# -- news of many --------------------------------------------------------------------------------------
def test_news_of_many_is_taken_in_some_at_a_time_and_ends_alike():
    zone = THEME.zones[0]
    seats = tuple(
        replace(zone.seats[0], id=f"s{i}", at=Point(20 + 30 * (i % 20), 40 + 40 * (i // 20))) for i in range(60)
    )
    theme = replace(THEME, zones=(replace(zone, seats=seats, capacity=60),))
    everybody = [agent(f"a{i:02}") for i in range(50)]
    bindings = [Binding(3, "a49", "a49")]
    at_once, spread = StageModel(), StageModel(most_told=7)
    for model in (at_once, spread):
        model.set_theme(theme, ATLAS)
        model.set_bindings(bindings)
        model.set_agents(everybody)
    at_once.advance(0)
    spread.advance(0)
    assert len(spread.figures) == 7
    assert "a49" in spread.figures  # who has a seat of its own comes first, so that nobody sits there
    steps = 1
    while spread.is_behind:
        assert spread.next_due_ms == 0
        spread.advance(0)
        steps += 1
    assert steps == 8
    assert not any(figure.walking or figure.alpha < 1 for figure in spread.figures.values())  # the opening still
    assert set(spread.figures) == set(at_once.figures)
    assert len({figure.seat_id for figure in spread.figures.values()}) == 50
    assert spread.figures["a49"].seat_id == at_once.figures["a49"].seat_id
    spread.update_agents([], [f"a{i:02}" for i in range(20)])
    while spread.is_behind:
        spread.advance(1000)
    spread.advance(5000)
    spread.advance(9000)
    assert len(spread.figures) == 30
