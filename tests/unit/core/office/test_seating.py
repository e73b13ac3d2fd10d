"""Who sits where: format section 8.2 with its worked examples."""

from __future__ import annotations

from pathlib import Path

import pytest

from office_studio.core.office.live import LiveAgent
from office_studio.core.office.model import Agent, AgentStatus, Binding
from office_studio.core.office.seating import Seating, Sitter, home_places, seat_label, sitters_of, slot_count
from office_studio.core.theme.manifest import parse_manifest, theme_from_document
from office_studio.core.theme.model import Canvas, Characters, Point, Rect, Seat, Theme, Zone, ZoneType

WORKING, IDLE, BLOCKED = AgentStatus.WORKING, AgentStatus.IDLE, AgentStatus.BLOCKED
COLLABORATING, OFFLINE = AgentStatus.COLLABORATING, AgentStatus.OFFLINE


def zone(ident: str, kind: ZoneType, count: int, x: float = 0) -> Zone:
    seats = tuple(Seat(f"{ident}-{i + 1}", Point(x, i)) for i in range(count))
    return Zone(ident, ident, kind, Rect(x, 0, 100, 100), count, seats)


def small(**more: object) -> Theme:
    zones = (
        zone("sofa", ZoneType.LOUNGE, 2, 600),
        zone("desk", ZoneType.WORK, 3),
        zone("table", ZoneType.MEETING, 2, 300),
    )
    return Theme("t", "T", "1.0.0", Canvas(1000, 500), zones=zones, **more)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def office(shared_dir: Path) -> Theme:
    raw = (shared_dir / "data" / "themes" / "default-office" / "theme.json").read_bytes()
    return theme_from_document(parse_manifest(raw))[0]


def bound(slot: int, status: AgentStatus) -> Sitter:
    return Sitter(f"a{slot}", f"A{slot}", status, slot)


def seats(seating: Seating, *sitters: Sitter) -> dict[str, str]:
    return {agent_id: place.id for agent_id, place in seating.plan(sitters).places.items()}


def test_home_seat_order_is_work_custom_meeting_lounge(office):
    ids = [place.id for place in home_places(office)]
    assert ids == [f"desk-{i}" for i in range(1, 7)] + [f"meet-{i}" for i in range(1, 5)] + [
        f"sofa-{i}" for i in (1, 2, 3)
    ]
    assert slot_count(office) == 13


def test_slots_are_max_agents_but_never_more_than_seats():
    assert slot_count(small(max_agents=4)) == 4
    assert slot_count(small(max_agents=99)) == 7
    assert slot_count(small()) == 7


def test_three_idle_on_sofas_and_the_fourth_stays_at_home(office):  # V-09
    plan = seats(Seating(office), *(bound(slot, IDLE) for slot in range(4)))
    assert plan == {"a0": "sofa-1", "a1": "sofa-2", "a2": "sofa-3", "a3": "desk-4"}


def test_status_decides_the_zone():
    plan = seats(Seating(small()), bound(0, WORKING), bound(1, BLOCKED), bound(2, COLLABORATING))
    assert plan == {"a0": "desk-1", "a1": "desk-2", "a2": "table-1"}


def test_offline_bound_agents_are_at_home():
    assert seats(Seating(small()), bound(1, OFFLINE)) == {"a1": "desk-2"}


def test_without_a_zone_of_the_type_agents_stay_at_home():
    theme = Theme("t", "T", "1.0.0", Canvas(100, 100), zones=(zone("desk", ZoneType.WORK, 2),))
    assert seats(Seating(theme), bound(0, IDLE), bound(1, COLLABORATING)) == {"a0": "desk-1", "a1": "desk-2"}


def test_nobody_shares_a_seat_even_when_a_roamer_takes_somebodys_home():
    # Slot 5 is at home at sofa-1; slots 0 and 1 roam there first, then slot 5 works while all desks are taken.
    sitters = [bound(0, IDLE), bound(1, IDLE), bound(2, WORKING), bound(5, WORKING)]
    sitters += [Sitter("x", "X", WORKING), Sitter("y", "Y", WORKING)]
    plan = Seating(small()).plan(sitters)
    taken = [place.id for place in plan.places.values()]
    assert len(taken) == len(set(taken)) == 6


def test_an_agent_at_home_is_not_displaced_by_a_roamer():
    plan = seats(Seating(small()), bound(0, COLLABORATING), bound(3, COLLABORATING))
    assert plan == {"a3": "table-1", "a0": "table-2"}


def test_seats_are_stable_while_status_and_slot_stay():
    seating = Seating(small())
    assert seats(seating, bound(1, IDLE)) == {"a1": "sofa-1"}
    both = {"a0": "sofa-2", "a1": "sofa-1"}
    assert seats(seating, bound(0, IDLE), bound(1, IDLE)) == both
    assert seats(seating, bound(1, IDLE), bound(0, IDLE)) == both


def test_a_freed_seat_moves_nobody():
    seating = Seating(small())
    first = seats(seating, bound(0, IDLE), bound(1, IDLE), bound(2, IDLE))
    assert first["a2"] == "desk-3"
    later = seats(seating, bound(0, WORKING), bound(1, IDLE), bound(2, IDLE))
    assert (later["a1"], later["a2"]) == (first["a1"], "desk-3")


def test_a_new_slot_moves_the_agent_at_once():
    seating = Seating(small())
    seats(seating, bound(0, WORKING))
    moved = Sitter("a0", "A0", WORKING, 2)
    assert seats(seating, moved) == {"a0": "desk-3"}


def test_unbound_agents_take_free_seats_by_name_and_the_rest_is_listed():
    sitters = [Sitter(f"id{n}", n, WORKING) for n in "hgfedcba"] + [bound(0, WORKING)]
    plan = Seating(small()).plan(sitters)
    assert plan.places["a0"].id == "desk-1"
    assert plan.places["ida"].id == "desk-2"
    assert plan.unseated == ("idg", "idh")


def test_pinned_agents_never_leave_home():
    assert seats(Seating(small(), pinned=True), bound(0, IDLE)) == {"a0": "desk-1"}
    overlays = Characters(seat_sprites={"desk-1": {"idle": ("a.png",)}})
    assert seats(Seating(small(characters=overlays)), bound(0, IDLE), bound(1, IDLE)) == {
        "a0": "desk-1",
        "a1": "sofa-1",
    }


def test_the_plan_does_not_depend_on_the_order_of_the_list(office):
    statuses = [WORKING, IDLE, COLLABORATING, BLOCKED, IDLE, WORKING]
    sitters = [bound(slot, status) for slot, status in enumerate(statuses)] + [Sitter("g", "Guest", IDLE)]
    assert seats(Seating(office), *sitters) == seats(Seating(office), *reversed(sitters))


def test_absent_but_bound_agents_sit_and_absent_unbound_ones_do_not():
    here = LiveAgent(Agent("a", "A", WORKING), WORKING, None)
    gone = LiveAgent(Agent("b", "B", IDLE, online=False), OFFLINE, None)
    bindings = [Binding(0, "a", "A"), Binding(1, "never-seen", "Nia"), Binding(99, "b", "B")]
    sitters = sitters_of([here, gone], bindings, 7)
    assert [(s.agent_id, s.name, s.status, s.slot) for s in sitters] == [
        ("a", "A", WORKING, 0),
        ("never-seen", "Nia", OFFLINE, 1),
    ]


def test_seats_have_names(office):
    homes = home_places(office)
    assert seat_label(homes[2], 3) == "Desk 3"


def test_who_found_the_zone_full_goes_over_when_a_place_is_free():
    seating = Seating(small())
    crowd = [Sitter(f"a{i}", f"A{i}", WORKING) for i in range(4)]
    assert seats(seating, *crowd)["a3"] == "table-1"  # all three desks are taken
    rest = [Sitter("a0", "A0", IDLE), *crowd[1:]]
    after = seats(seating, *rest)
    assert after["a0"] == "sofa-1"
    assert seats(seating, *rest) == {"a0": "sofa-1", "a1": "desk-2", "a2": "desk-3", "a3": "desk-1"}
