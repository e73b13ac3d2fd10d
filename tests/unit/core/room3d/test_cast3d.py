"""The cast of a room: status to place to clip, walks and turns, cross-fades, idle turns, sleep, seats of dialect 3a."""

import math
from itertools import pairwise

import pytest

from office_studio.core.office.live import LiveAgent
from office_studio.core.office.model import Agent, AgentStatus, Binding
from office_studio.core.room3d.cast3d import LONG_IDLE_MS, RoomCast
from office_studio.core.room3d.clips import ClipTable, clip_table
from office_studio.core.room3d.places import RING, Places
from office_studio.core.theme.model import Canvas, Point, Rect, Seat, Theme, Zone, ZoneType
from office_studio.core.theme.room_model import CharacterModel, Dialect, RoomTheme, Vec3

POSITIONS: dict[str, Vec3] = {"desk": (2, 0.4, -1), "playground": (-2, 0, 1), "bed": (0, 0, 3)}
LENGTHS = {
    "idle": 2.0, "walk": 1.0, "type": 1.5, "talk": 2.0, "blocked": 2.0, "sleeping": 3.0, "stand_up": 1.2,
    "walk_to_sit": 0.8, "lie_down": 1.0, "dance": 1.0, "pushup": 1.0, "pushup_to_idle": 0.7,
}  # fmt: skip
ALL = clip_table({}, LENGTHS)
PLAIN = clip_table({}, {"idle": 2.0, "walk": 1.0})


def theme_of(slots: int = 3, positions: dict[str, Vec3] | None = None) -> Theme:
    character = CharacterModel("bot.glb", positions=POSITIONS if positions is None else positions)
    room = RoomTheme(Dialect.ROOM, "room.glb", character=character)
    return Theme("t", "T", "1.0.0", Canvas(1920, 1080), renderer="threejs", room=room, max_agents=slots)


def agent(name: str, status: AgentStatus = AgentStatus.IDLE, **more: object) -> LiveAgent:
    return LiveAgent(Agent(name, name.title(), status, **more), status, None)  # type: ignore[arg-type]


def cast_of(*names: str, clips: ClipTable = ALL, status: AgentStatus = AgentStatus.WORKING, slots: int = 0) -> RoomCast:
    cast = RoomCast()
    cast.set_theme(theme_of(slots or max(1, len(names))), clips)
    cast.set_agents([agent(name, status) for name in names])
    cast.set_bindings([Binding(slot, name) for slot, name in enumerate(names)])
    cast.advance(0)
    return cast


def run(cast: RoomCast, start_ms: float, end_ms: float) -> list[tuple[float, str]]:
    """Everything that is due; what the only agent does, each time it changes."""
    seen, now = [], start_ms
    while now <= end_ms:
        cast.advance(now)
        figure = next(iter(cast.figures.values()))
        if not seen or seen[-1][1] != figure.doing:
            seen.append((now, figure.doing))
        due = cast.next_due_ms
        now = end_ms + 1 if due is None else max(due, now + 1)
    return seen


def test_at_the_opening_everybody_is_on_its_place():
    cast = cast_of("ada")
    figure = cast.figures["ada"]
    assert (figure.position, figure.place, figure.doing, figure.walking) == ((2, 0, -1), "desk", "type", False)
    assert figure.clips[0].weight == 1


def test_a_status_sends_an_agent_to_its_place_at_one_unit_a_second():
    cast = cast_of("ada")
    cast.update_agents([agent("ada", AgentStatus.IDLE)])
    step = cast.advance(1000)
    way = math.hypot(4, 2)
    assert step.walking
    assert cast.figures["ada"].doing == "walk"
    cast.advance(1000 + way * 500)
    half = cast.figures["ada"]
    assert half.position == pytest.approx((0, 0, 0))
    assert half.heading_deg == pytest.approx(math.degrees(math.atan2(-4, 2)) % 360)
    cast.advance(1000 + way * 1000 - 60)
    assert cast.figures["ada"].walking
    cast.advance(1000 + way * 1000 + 1)
    there = cast.figures["ada"]
    assert (there.position, there.place, there.walking) == ((-2, 0, 1), "playground", False)
    assert there.doing in ("dance", "idle", "pushup")


@pytest.mark.parametrize(
    ("status", "place", "doing"),
    [
        (AgentStatus.WORKING, "desk", "type"), (AgentStatus.BLOCKED, "desk", "blocked"),
        (AgentStatus.COLLABORATING, "playground", "talk"), (AgentStatus.OFFLINE, "bed", "sleeping"),
    ],
)  # fmt: skip
def test_places_and_clips_by_status(status: AgentStatus, place: str, doing: str):
    figure = cast_of("ada", status=status).figures["ada"]
    assert (figure.place, figure.doing) == (place, doing)
    assert cast_of("ada", status=status, clips=PLAIN).figures["ada"].doing == "idle"


def test_collaborators_meet_where_there_is_a_place_for_it():
    cast = RoomCast()
    cast.set_theme(theme_of(2, POSITIONS | {"meeting": (1, 0, 1)}), ALL)
    cast.set_agents([agent("ada", AgentStatus.COLLABORATING), agent("ben", AgentStatus.COLLABORATING)])
    cast.advance(0)
    assert {figure.place for figure in cast.figures.values()} == {"meeting"}
    ada, ben = cast.figures.values()
    assert abs(ada.heading_deg - ben.heading_deg) == pytest.approx(180)  # they look at each other


def test_clips_cross_fade():
    cast = cast_of("ada")
    cast.update_agents([agent("ada", AgentStatus.BLOCKED)])
    cast.advance(10_000)
    cast.advance(10_100)
    new, old = cast.figures["ada"].clips
    assert (new.key, old.key) == ("blocked", "type")
    assert (new.weight, old.weight) == pytest.approx((1 / 3, 2 / 3))
    assert new.time_s == pytest.approx(0.1)
    cast.advance(10_301)
    assert [share.key for share in cast.figures["ada"].clips] == ["blocked"]


def test_going_to_bed_and_getting_up():
    cast = cast_of("ada")
    cast.update_agents([agent("ada", AgentStatus.OFFLINE)])
    way = math.hypot(2, 4) * 1000
    assert [doing for _, doing in run(cast, 100, 20_000)] == ["walk", "walk_to_sit", "lie_down", "sleeping"]
    cast.update_agents([agent("ada", AgentStatus.WORKING)])
    seen = run(cast, 20_001, 40_000)
    assert [doing for _, doing in seen] == ["stand_up", "walk", "type"]
    assert seen[2][0] - seen[0][0] == pytest.approx(1200 + way, abs=120)


def test_missing_clips_take_no_time_and_nobody_walks_on_the_spot():
    cast = cast_of("ada", clips=PLAIN)
    cast.update_agents([agent("ada", AgentStatus.OFFLINE)])
    assert [doing for _, doing in run(cast, 100, 20_000)] == ["walk", "idle"]
    only_walk = cast_of("ada", clips=clip_table({}, {"walk": 1.0}))
    only_walk.update_agents([agent("ada", AgentStatus.IDLE)])
    assert [doing for _, doing in run(only_walk, 100, 20_000)] == ["walk", ""]


def test_without_positions_everybody_stays_in_place():
    cast = RoomCast()
    cast.set_theme(theme_of(1, {}), ALL)
    cast.set_agents([agent("ada", AgentStatus.WORKING)])
    cast.set_bindings([Binding(0, "ada")])
    cast.advance(0)
    cast.update_agents([agent("ada", AgentStatus.OFFLINE)])
    cast.advance(100)
    figure = cast.figures["ada"]
    assert (figure.position, figure.walking, figure.doing) == ((0, 0, 0), False, "sleeping")
    cast.set_theme(theme_of(4, {}), ALL)
    cast.set_agents([agent(name, AgentStatus.WORKING) for name in ("ada", "ben")])
    cast.advance(200)
    ada, ben = (figure.position for figure in cast.figures.values())
    assert ada != ben
    assert math.hypot(*ada) == pytest.approx(RING)


def test_idle_agents_do_this_and_that_by_the_seed():
    def turns(seed: str) -> list[tuple[float, str]]:
        cast = RoomCast(seed=seed)
        cast.set_theme(theme_of(1), ALL)
        cast.set_agents([agent("ada")])
        cast.advance(0)
        return run(cast, 0, 300_000)

    first = turns("a")
    assert first == turns("a")
    assert first != turns("b")
    doings = [doing for _, doing in first]
    assert {"dance", "pushup"} <= set(doings) <= {"dance", "pushup", "pushup_to_idle", "idle"}
    for before, after in pairwise(doings):
        assert (before == "pushup") == (after == "pushup_to_idle")
    for (start, doing), (end, _) in pairwise(first):
        if doing == "pushup":
            assert (end - start) % 1e6 >= 10_000


def test_who_is_idle_for_long_goes_to_bed_and_gets_up_for_work():
    cast = cast_of("ada", status=AgentStatus.IDLE)
    run(cast, 0, LONG_IDLE_MS - 100)
    assert not cast.figures["ada"].asleep
    run(cast, LONG_IDLE_MS - 99, LONG_IDLE_MS + 20_000)
    assert (cast.figures["ada"].asleep, cast.figures["ada"].doing) == (True, "sleeping")
    assert cast.figures["ada"].place == "bed"
    cast.update_agents([agent("ada", AgentStatus.WORKING)])
    run(cast, LONG_IDLE_MS + 20_001, LONG_IDLE_MS + 30_000)
    assert cast.figures["ada"].doing == "type"


def test_a_change_of_mind_on_the_way_turns_round_from_there():
    cast = cast_of("ada")
    cast.update_agents([agent("ada", AgentStatus.IDLE)])
    cast.advance(0)
    cast.update_agents([agent("ada", AgentStatus.WORKING)])
    cast.advance(1000)
    figure = cast.figures["ada"]
    assert math.dist(figure.position, (2, 0, -1)) == pytest.approx(1, abs=1e-6)
    assert figure.target == (2, 0, -1)
    cast.advance(1100)
    turning = cast.figures["ada"].heading_deg
    back = math.degrees(math.atan2(4, -2)) % 360
    assert turning != pytest.approx(back)
    cast.advance(1500)
    assert cast.figures["ada"].heading_deg == pytest.approx(back)
    cast.advance(2000)
    assert cast.figures["ada"].position == pytest.approx((2, 0, -1))


def test_twelve_agents_stand_on_a_ring_around_each_place():
    names = [f"agent-{number:02}" for number in range(12)]
    cast = cast_of(*names)
    cast.update_agents([agent(name, AgentStatus.IDLE) for name in names[:6]])
    cast.advance(1)
    cast.advance(60_000)
    spots = set()
    for number, name in enumerate(names):
        figure = cast.figures[name]
        place = POSITIONS["playground" if number < 6 else "desk"]
        assert math.dist(figure.position, (place[0], 0, place[2])) == pytest.approx(RING)
        spots.add(tuple(round(part, 6) for part in figure.position))
    assert len(spots) == 12


def test_numbered_places_are_dealt_out():
    places = Places(POSITIONS | {"desk-2": (3, 0, 0), "desk 10": (4, 0, 0)}, {"desk": 90, "desk-2": 45}, 3)
    assert places.names("desk") == ("desk", "desk-2", "desk 10")
    assert [places.standing("desk", slot).at for slot in range(3)] == [(2, 0, -1), (3, 0, 0), (4, 0, 0)]
    assert [places.standing("desk", slot).heading_deg for slot in range(3)] == [90, 45, 90]
    shared = Places(POSITIONS | {"desk-2": (3, 0, 0)}, {}, 4)
    assert math.dist(shared.standing("desk", 3).at, (3, 0, 0)) == pytest.approx(RING)


def test_bound_agents_come_first_and_others_take_what_is_left():
    cast = RoomCast()
    cast.set_theme(theme_of(3), ALL)
    cast.set_agents([agent(name, AgentStatus.WORKING) for name in ("cleo", "ada", "ben", "dora")])
    cast.set_bindings([Binding(1, "dora"), Binding(9, "ben")])
    cast.advance(0)
    assert {name: figure.slot for name, figure in cast.figures.items()} == {"dora": 1, "ada": 0, "ben": 2}
    assert cast.unseated == ("cleo",)
    cast.set_bindings([Binding(1, "dora"), Binding(0, "cleo")])
    step = cast.advance(1)
    assert {name: figure.slot for name, figure in cast.figures.items()} == {"dora": 1, "cleo": 0, "ben": 2}
    assert step.removed == {"ada"}


def test_a_bound_agent_that_is_not_there_sleeps():
    cast = RoomCast()
    cast.set_theme(theme_of(1), ALL)
    cast.set_bindings([Binding(0, "ada", "Ada")])
    cast.advance(0)
    figure = cast.figures["ada"]
    assert (figure.name, figure.dimmed, figure.asleep, figure.place) == ("Ada", True, True, "bed")


def test_nothing_is_due_without_clips_and_with_reduced_motion():
    still = cast_of("ada", clips=clip_table({}, {}))
    still.advance(10)
    assert still.next_due_ms is None
    calm = cast_of("ada", "ben")
    calm.reduced_motion = True
    calm.refresh()
    calm.advance(10)
    assert calm.next_due_ms is None
    calm.update_agents([agent("ada", AgentStatus.IDLE)])
    step = calm.advance(20)
    assert [figure.agent_id for figure in step.figures] == ["ada"]
    assert (calm.figures["ada"].walking, calm.figures["ada"].place) == (False, "playground")
    assert calm.next_due_ms is None
    assert calm.advance(30).is_nothing


def test_news_of_tokens_changes_nothing():
    cast = cast_of("ada", clips=clip_table({}, {}))
    cast.update_agents([agent("ada", AgentStatus.WORKING, session_duration_ms=5)])
    assert cast.advance(5).is_nothing


def test_a_bubble_comes_and_goes_by_itself():
    cast = cast_of("ada", clips=clip_table({}, {}))
    cast.update_agents([agent("ada", AgentStatus.WORKING, current_task="Sort the shelf")])
    step = cast.advance(100)
    assert step.changed == {"ada"}
    bubble = cast.figures["ada"].bubble
    assert bubble is not None
    assert bubble.text == "Sort the shelf"
    assert cast.next_due_ms == 8100
    cast.advance(8101)
    assert cast.figures["ada"].bubble is None


def test_newcomers_walk_in_where_there_is_an_entrance():
    cast = RoomCast(walk_in=True)
    cast.set_theme(theme_of(2, POSITIONS | {"entrance": (0, 0, -5)}), ALL)
    cast.set_agents([agent("ada", AgentStatus.WORKING)])
    cast.advance(0)
    cast.update_agents([agent("ben", AgentStatus.WORKING)])
    cast.advance(10)
    assert (cast.figures["ben"].position, cast.figures["ben"].walking) == ((0, 0, -5), True)


def test_dialect_3a_slides_to_its_seat_the_same_at_any_frame_rate():
    zones = (
        Zone("work", "Work", ZoneType.WORK, Rect(0, 0, 900, 500), 1, (Seat("desk", Point(1160, 540)),)),
        Zone("rest", "Rest", ZoneType.LOUNGE, Rect(0, 500, 900, 500), 1, (Seat("sofa", Point(760, 540)),)),
    )
    room = RoomTheme(Dialect.ZONES)
    theme = Theme("t", "T", "1.0.0", Canvas(1920, 1080), zones=zones, renderer="threejs", room=room)
    found = []
    for step_ms in (1000 / 60, 50):
        cast = RoomCast()
        cast.set_theme(theme)
        cast.set_agents([agent("ada", AgentStatus.WORKING)])
        cast.advance(0)
        assert cast.figures["ada"].position == (100, 0, 0)
        cast.update_agents([agent("ada", AgentStatus.IDLE)])
        cast.advance(0)
        now = 0.0
        while now < 500 - 1e-6:
            now += step_ms
            cast.advance(now)
        found.append(cast.figures["ada"].position[0])
        assert cast.figures["ada"].place == "sofa"
        cast.advance(5000)
        assert cast.figures["ada"].position == (-100, 0, 0)
        assert cast.next_due_ms is None
    assert found[0] == pytest.approx(found[1])
    assert found[0] == pytest.approx(-100 + 200 * 0.92**30)


def test_another_theme_puts_everybody_on_its_place_and_an_edit_lets_them_walk():
    cast = cast_of("ada")
    cast.set_theme(theme_of(1, {"desk": (9, 0, 9)}), ALL)
    assert cast.advance(100).changed == {"ada"}
    assert cast.figures["ada"].position == (9, 0, 9)
    cast.replace_theme(theme_of(1, {"desk": (8, 0, 9)}), ALL)
    cast.advance(200)
    assert cast.figures["ada"].walking
    cast.advance(1300)
    assert cast.figures["ada"].position == (8, 0, 9)
    cast.set_theme(None)
    assert cast.advance(1400).removed == {"ada"}
    assert not cast.figures


def test_a_clip_asked_for_is_played_without_another_state_until_the_same_is_asked_for_again():
    cast = cast_of("ada")
    performer = cast.performer("ada")
    assert performer is not None
    assert performer.show("dance", 1000)
    cast.advance(1100)
    figure = cast.figures["ada"]
    assert (figure.doing, figure.status, figure.place) == ("dance", AgentStatus.WORKING, "desk")
    assert [share.key for share in figure.clips] == ["dance", "type"]  # fades in
    assert not performer.show("run", 1200)  # has none
    cast.advance(90_000)
    assert cast.figures["ada"].doing == "dance"
    assert performer.show("dance", 90_100)
    cast.advance(91_000)
    assert cast.figures["ada"].doing == "type"
    performer.show("stand_up", 92_000)
    cast.advance(99_000)
    assert cast.figures["ada"].clips[0].time_s == 1.2  # played once, and held
    cast.update_agents([agent("ada", AgentStatus.BLOCKED)])
    cast.advance(99_100)
    assert cast.figures["ada"].doing == "blocked"  # another status ends it
    assert cast.performer("nobody") is None


def test_a_clip_asked_for_on_the_way_does_not_keep_anybody_from_arriving():
    cast = cast_of("ada")
    cast.update_agents([agent("ada", AgentStatus.IDLE)])
    cast.advance(0)
    performer = cast.performer("ada")
    assert performer is not None
    assert performer.show("dance", 500)
    cast.advance(600)
    assert (cast.figures["ada"].walking, cast.figures["ada"].doing) == (True, "dance")
    assert performer.show("dance", 700)
    cast.advance(1100)
    assert cast.figures["ada"].doing == "walk"
    performer.show("idle", 1200)
    run(cast, 1300, 5000)
    assert (cast.figures["ada"].walking, cast.figures["ada"].place) == (False, "playground")
    assert cast.figures["ada"].doing in {"dance", "pushup", "pushup_to_idle", "idle"}  # its own turns go on
    before = cast.next_due_ms
    assert before is not None
    performer.show("type", 6000)
    run(cast, 6000, 21_000)
    assert cast.figures["ada"].doing != "type"  # the next turn came
