"""The original renderer's rules: vectors V-01 to V-08, V-10, V-11 of the 2D format and its oddities."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from office_studio.core.office.live import LiveAgent
from office_studio.core.office.model import Agent, AgentStatus
from office_studio.core.office.movement import approach
from office_studio.core.office.reference import (
    FrameSet,
    ReferenceModel,
    arrival_ms,
    displayed,
    seats_for,
    zones_in_order,
)
from office_studio.core.office.reference_look import (
    Text,
    backdrop,
    camera_for,
    figure_at,
    status_color,
    texts_of,
    zones_of,
)
from office_studio.core.theme.color import BACKDROP_DEFAULT
from office_studio.core.theme.model import (
    Canvas,
    Layer,
    Point,
    Rect,
    Seat,
    StatusBadge,
    Theme,
    Viewport,
    Zone,
    ZoneType,
)

LAYERS = tuple(Layer(name, z) for z, name in enumerate(("background", "characters", "effects", "ui-overlay")))


def agent(ident: str, status: str = "idle", *others: str) -> LiveAgent:
    shown = AgentStatus(status)
    return LiveAgent(Agent(ident, ident.title(), shown, collaborating_with=others), shown, None)


def zone(ident: str, kind: ZoneType, x: float, width: float, *seats: tuple[str, float, float]) -> Zone:
    placed = tuple(Seat(seat, Point(at_x, at_y)) for seat, at_x, at_y in seats)
    return Zone(ident, ident.upper(), kind, Rect(x, 100, width, 400), len(seats), placed)


def theme(*zones: Zone, layers: tuple[Layer, ...] = LAYERS, **more: object) -> Theme:
    return Theme("t", "T", "1.0.0", Canvas(1920, 1080), layers=layers, zones=zones, **more)  # type: ignore[arg-type]


DEFAULT_OFFICE = theme(
    zone("work-area", ZoneType.WORK, 60, 900, *((f"desk-{i + 1}", 160 + i % 3 * 200, 380) for i in range(6))),
    zone("meeting-room", ZoneType.MEETING, 1050, 450, ("meet-1", 1150, 220), ("meet-2", 1350, 220)),
    zone("lounge", ZoneType.LOUNGE, 1050, 450, ("sofa-1", 1150, 700), ("sofa-2", 1300, 700), ("sofa-3", 1150, 850)),
)
STARTER_DESK = theme(
    zone("rest-area", ZoneType.LOUNGE, 200, 700, ("bed-1", 550, 600)),
    zone("work-area", ZoneType.WORK, 950, 750, ("desk-1", 1250, 560)),
)


def model(of: Theme | None, *agents: LiveAgent, **more: object) -> ReferenceModel:
    made = ReferenceModel()
    made.set_theme(of, **more)  # type: ignore[arg-type]
    made.set_agents(agents)
    made.advance(0)
    return made


# -- view (V-01 to V-06) -------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("view", "viewport", "base", "scale", "pan"),
    [
        pytest.param((1280, 720), Viewport(), 0.666667, 0.666667, (0, 0), id="V-01"),
        pytest.param((1000, 700), Viewport(), 0.648148, 0.648148, (-122.22, 0), id="V-02"),
        pytest.param((800, 600), Viewport(), 0.555556, 0.555556, (-133.33, 0), id="V-03"),
        pytest.param((390, 844), Viewport(mobile_default_zoom=0.6), 0.781481, 0.468889, (-255.13, 168.80), id="V-04"),
        pytest.param((1920, 1080), Viewport(default_zoom=0.5), 1, 0.5, (480, 270), id="V-05"),
    ],
)
def test_first_view(
    view: tuple[int, int], viewport: Viewport, base: float, scale: float, pan: tuple[float, float]
) -> None:
    camera = camera_for(theme(viewport=viewport), *view)
    assert camera.base_scale == pytest.approx(base, abs=1e-6)
    assert camera.scale == pytest.approx(scale, abs=1e-6)
    assert (camera.pan.x, camera.pan.y) == pytest.approx(pan, abs=0.005)


def test_wheel_zooms_towards_the_cursor_v06() -> None:
    camera = camera_for(theme(), 1280, 720)
    zoomed = camera.zoomed(camera.zoom * 1.1, Point(320, 180))
    assert (zoomed.zoom, zoomed.pan.x, zoomed.pan.y) == pytest.approx((1.1, -32, -18))


def test_first_zoom_is_not_limited_and_narrow_views_have_their_own() -> None:
    far = theme(viewport=Viewport(0.5, 2, 5, mobile_default_zoom=0.1))
    assert camera_for(far, 1280, 720).zoom == 5
    assert camera_for(far, 767, 720).zoom == 0.1
    assert camera_for(far, 768, 720).zoom == 5


# -- seats (section 7, V-08) -----------------------------------------------------------------------------
def test_more_agents_than_seats_stack_v08() -> None:
    placed = seats_for(DEFAULT_OFFICE, [agent(f"a{i}") for i in range(4)])
    assert [seat.id for _, seat in placed if seat] == ["sofa-1", "sofa-2", "sofa-3", "sofa-1"]


def test_zones_are_looked_through_from_the_middle_and_ties_keep_their_order() -> None:
    assert [z.id for z in zones_in_order(DEFAULT_OFFICE)] == ["meeting-room", "lounge", "work-area"]


def test_without_a_zone_of_the_type_the_one_nearest_the_middle_is_used() -> None:
    assert [z.id for z, _ in seats_for(STARTER_DESK, [agent("a", "collaborating")]) if z] == ["work-area"]


def test_only_the_first_zone_of_a_type_is_used() -> None:
    both = theme(zone("far", ZoneType.WORK, 0, 100, ("f", 1, 1)), zone("near", ZoneType.WORK, 900, 100, ("n", 2, 2)))
    assert {z.id for z, _ in seats_for(both, [agent(c, "working") for c in "abc"]) if z} == {"near"}


def test_only_the_first_agents_of_the_stream_are_shown_when_the_theme_says_how_many() -> None:
    agents = [agent("z"), agent("gone", "offline"), agent("a"), agent("m")]
    assert [a.id for a in displayed(replace(STARTER_DESK, max_agents=2), agents)] == ["z", "a"]
    assert [a.id for a in displayed(STARTER_DESK, agents)] == ["z", "a", "m"]


# -- movement (section 9, V-07) --------------------------------------------------------------------------
def test_an_agent_that_starts_to_work_walks_right_for_41_frames_v07() -> None:
    office = model(STARTER_DESK, agent("ada"), has_sheet=True)
    assert office.figures[0].at == Point(550, 600)
    office.update_agents([agent("ada", "working")])
    office.advance(1000)
    assert (office.figures[0].walking, office.figures[0].frame_set) == (True, FrameSet.WALK_RIGHT)
    office.advance(1000 + 40 / 60 * 1000)
    assert office.figures[0].walking
    office.advance(1000 + 41 / 60 * 1000 + 0.01)
    assert (office.figures[0].at, office.figures[0].walking) == (Point(1250, 560), False)
    assert (office.figures[0].frame_set, office.figures[0].frame) == (FrameSet.WORKING, 0)
    office.update_agents([agent("ada")])
    office.advance(3000)
    assert office.figures[0].frame_set is FrameSet.WALK_LEFT


@pytest.mark.parametrize(("distance", "frames"), [(50, 25), (100, 29), (300, 36), (600, 40), (1000, 43), (1900, 47)])
def test_table_of_distances(distance: float, frames: int) -> None:
    assert arrival_ms(Point(0, 0), Point(distance, 10)) == pytest.approx(frames / 60 * 1000)


@given(st.floats(-2000, 2000), st.floats(-2000, 2000), st.lists(st.floats(1, 90), min_size=1, max_size=40))
def test_positions_do_not_depend_on_how_often_they_are_asked(x: float, y: float, steps: list[float]) -> None:
    there = theme(zone("w", ZoneType.WORK, 0, 9, ("w1", x, y)), zone("l", ZoneType.LOUNGE, 0, 9, ("l1", 0, 0)))
    often, once = model(there, agent("a")), model(there, agent("a"))
    for office in (often, once):
        office.update_agents([agent("a", "working")])
        office.advance(0)
    now, walked = 0.0, Point(0, 0)
    for step in steps:
        now += step
        often.advance(now)
        walked = approach(walked, Point(x, y), step)
    once.advance(now)
    assert often.figures == once.figures
    # The stepwise easing of the frames lands in the same place.
    assert (once.figures[0].at.x, once.figures[0].at.y) == pytest.approx((walked.x, walked.y), abs=1.01)


def test_frames_run_at_the_original_pace_and_loop() -> None:
    office = model(STARTER_DESK, agent("ada", "working"), agent("ben"), has_sheet=True)
    shown = []
    for tick in range(0, 101, 20):  # working: a frame each 20 ticks
        office.advance(tick * 1000 / 60)
        shown.append((office.figures[0].frame, office.figures[1].frame))
    assert shown == [(0, 0), (1, 0), (2, 1), (3, 1), (0, 2), (1, 3)]


def test_something_is_due_when_the_next_frame_is_and_nothing_for_discs_at_rest() -> None:
    office = model(STARTER_DESK, agent("ada", "working"), has_sheet=True)
    assert office.next_due_ms == pytest.approx(1000 / 3)
    assert not office.advance(100)
    assert office.advance(office.next_due_ms or 0)
    assert model(STARTER_DESK, agent("ada", "working")).next_due_ms is None


# -- pictures for a seat (section 3.3) -----------------------------------------------------------------------
def test_a_seat_with_pictures_hides_its_agent_for_good_and_shows_two_of_them() -> None:
    overlays = {"bed-1": {"idle": ("one.png", "two.png", "three.png")}}
    office = model(STARTER_DESK, agent("ada"), has_sheet=True, overlays=overlays)
    shown = []
    for now in (0, 1999, 2000, 4000):
        office.advance(now)
        shown.append(office.figures[0].overlay)
    assert shown == ["one.png", "one.png", "two.png", "one.png"]
    assert office.figures[0].is_hidden
    assert figure_at(office.figures, Point(550, 600)) is None
    office.update_agents([agent("ada", "working")])
    office.advance(9000)
    assert office.figures[0].is_hidden, "the original never showed it again"
    assert office.figures[0].overlay is None


# -- lines (section 10) -----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("agents", "count"),
    [
        ((agent("a", "collaborating", "b"), agent("b", "collaborating", "a")), 1),
        ((agent("a", "idle", "b"), agent("b", "collaborating", "a")), 0),
        ((agent("a", "collaborating", "b"), agent("b", "idle")), 1),
        ((agent("a", "collaborating", "a", "nobody"),), 0),
    ],
)
def test_lines_and_the_one_that_is_missing(agents: tuple[LiveAgent, ...], count: int) -> None:
    assert len(model(DEFAULT_OFFICE, *agents).links()) == count


# -- colours (V-10, V-11, 2.2, 2.8) -------------------------------------------------------------------------
def test_colours_of_statuses() -> None:
    colors = StatusBadge(colors={"working": "#00FF88", "idle": "0xABCDEF", "blocked": "#fff", "busy": "#123456"}).colors
    assert status_color(colors, AgentStatus.WORKING)[:3] == (0x00, 0xFF, 0x88)  # V-10
    assert status_color(colors, AgentStatus.UNBOUND)[:3] == (0x66, 0x66, 0x66)  # V-11
    assert status_color(colors, AgentStatus.IDLE)[:3] == (0xAB, 0xCD, 0xEF)
    assert status_color(colors, AgentStatus.BLOCKED)[:3] == (0x00, 0x0F, 0xFF), "three digits are misread"
    assert status_color({"collaborating": "rgb(1,2,3)"}, AgentStatus.COLLABORATING)[:3] == (0x25, 0x63, 0xEB)


@pytest.mark.parametrize(
    ("text", "color"),
    [("0x102030", (16, 32, 48)), ("#102030", None), ("ab12cd", None), ("0x000000", None), ("112233", (1, 182, 105)),
     ("0x11223344", None), (None, None), ("", None)],
)  # fmt: skip
def test_backdrop_is_read_as_a_number(text: str | None, color: tuple[int, int, int] | None) -> None:
    assert backdrop(text)[:3] == (color or BACKDROP_DEFAULT[:3])


# -- layers and zones (2.4, 13, 19) ---------------------------------------------------------------------------
@pytest.mark.parametrize("missing", ["background", "ui-overlay"])
def test_zones_are_not_drawn_without_the_layers_that_were_looked_up(missing: str) -> None:
    some = tuple(layer for layer in LAYERS if layer.id != missing)
    assert zones_of(theme(*STARTER_DESK.zones, layers=some), (1280, 720), has_background=False) == ()
    assert len(zones_of(STARTER_DESK, (1280, 720), has_background=False)) == 2


def test_built_in_office_of_1000_by_700() -> None:
    looks = zones_of(None, (1000, 700), has_background=False)
    assert [look.panel for look in looks] == [Rect(20, 20, 521, 421), Rect(553, 20, 427, 421), Rect(20, 453, 960, 227)]
    office = ReferenceModel()
    office.set_view_size(1000, 700)
    office.set_agents([agent(f"a{i}", "working") for i in range(8)])
    office.advance(0)
    at = [figure.at for figure in office.figures]
    assert [p.y for p in at] == [187.5] * 6 + [273.5] * 2
    assert (at[0].x, at[1].x - at[0].x, at[6].x, at[7].x) == pytest.approx((80.08, 80.17, 235.5, 325.5), abs=0.01)


def test_in_the_built_in_office_figures_glide_without_a_walking_look() -> None:
    office = model(None, agent("a"))
    office.update_agents([agent("a", "working")])
    office.advance(10)
    office.advance(110)
    assert not office.figures[0].walking
    assert office.figures[0].at not in (office.figures[0].target, Point(500, 566.5))


# -- marks (section 12) ---------------------------------------------------------------------------------------
def marks(of: ReferenceModel) -> dict[str, Text]:
    return {text.kind: text for text in texts_of(of.figures[0], status_color({}, of.figures[0].status))}


def test_marks_of_discs_and_of_sheets() -> None:
    disc, sheet = (model(STARTER_DESK, agent("a", "working"), has_sheet=has) for has in (False, True))
    assert (marks(disc)["name"].at, marks(disc)["activity"].at) == (Point(1250, 602), Point(1288, 552))
    assert (marks(sheet)["name"].at, "activity" in marks(sheet)) == (Point(1250, 636), False)
    for office in (disc, sheet):
        office.update_agents([agent("a", "blocked")])
        office.advance(1)
    assert (marks(disc)["warning"].at, marks(sheet)["warning"].at) == (Point(1280, 530), Point(1316, 494))
    disc.update_agents([agent("a", "idle")])
    disc.advance(2)
    assert marks(disc)["activity"].text == "🚶"
