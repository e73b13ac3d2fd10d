"""Areas in proportion to sizes, that fill the whole and overlap nowhere; groups by folder and kind."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from office_studio.core.packing.plan import PlannedFile, size_table
from office_studio.ui.make.treemap import MAX_LEAVES, Box, lay_out, neighbour, size_groups, squarify

AREA = Box(10, 20, 640, 400)
SIZES = st.lists(st.integers(0, 10**8), min_size=1, max_size=60).map(lambda found: sorted(found, reverse=True))
SIDES = st.floats(40, 2000)


def file(name: str, size: int, kind: str = "pictures", packed: bool = True) -> PlannedFile:
    return PlannedFile(name, packed, "used", size, kind)


@given(SIZES, SIDES, SIDES)
def test_areas_fill_the_whole_in_proportion(sizes: list[int], width: float, height: float):
    area = Box(3, 5, width, height)
    boxes = squarify(sizes, area)
    assert len(boxes) == len(sizes)
    whole = width * height
    assert sum(box.width * box.height for box in boxes) == pytest.approx(whole, rel=1e-6)
    total = sum(sizes)
    for size, box in zip(sizes, boxes, strict=True):
        assert box.x >= area.x - 1e-6
        assert box.y >= area.y - 1e-6
        assert box.x + box.width <= area.x + width + 1e-6
        assert box.y + box.height <= area.y + height + 1e-6
        if total:
            assert box.width * box.height == pytest.approx(whole * size / total, rel=2e-3, abs=whole * 1e-3)
    for first in range(len(boxes)):
        for second in range(first):
            assert overlap(boxes[first], boxes[second]) < whole * 1e-9


def overlap(one: Box, two: Box) -> float:
    width = min(one.x + one.width, two.x + two.width) - max(one.x, two.x)
    height = min(one.y + one.height, two.y + two.height) - max(one.y, two.y)
    return max(0.0, width) * max(0.0, height)


def test_they_are_nearly_square():
    boxes = squarify([6, 6, 4, 3, 2, 2, 1], Box(0, 0, 600, 400))  # the example of the paper
    assert max(max(b.width / b.height, b.height / b.width) for b in boxes) < 2.8
    assert (boxes[0].width, boxes[0].height) == pytest.approx((300, 200))


def test_groups_agree_with_the_size_table():
    plan = (
        file("theme.json", 900, "data"),
        file("a/x.png", 5000),
        file("a/y.png", 7000),
        file("a/step.ogg", 300, "sounds"),
        file("b/x.png", 100),
        file("old.png", 4000, packed=False),
    )
    groups = size_groups(plan)
    table = [row for row in size_table(plan) if row.files]
    assert [(g.folder, g.kind, g.size_bytes) for g in groups] == [(r.folder, r.kind, r.size_bytes) for r in table]
    assert [leaf.name for leaf in groups[0].leaves] == ["a/y.png", "a/x.png"]
    assert sum(leaf.share for group in groups for leaf in group.leaves) == pytest.approx(1)
    (out,) = size_groups(plan, packed=False)
    assert [(leaf.name, leaf.share) for leaf in out.leaves] == [("old.png", 1.0)]


def test_many_small_files_become_one_area():
    plan = [file(f"a/{number}.png", number) for number in range(MAX_LEAVES + 30)]
    (group,) = size_groups(plan)
    assert len(group.leaves) == MAX_LEAVES + 1
    assert (group.leaves[-1].name, group.leaves[-1].count) == ("30 smaller files", 30)
    assert group.size_bytes == sum(item.size_bytes for item in plan)


@pytest.mark.parametrize("area", [AREA, Box(0, 0, 30, 30), Box(0, 0, 0, 0)])
def test_every_file_has_a_box_whatever_the_room(area: Box):
    plan = [file(f"{'abc'[number % 3]}/{number}.png", 1000 * number) for number in range(40)]
    groups = size_groups(plan)
    found = lay_out(groups, area)
    assert len(found.boxes) == 40
    assert all(head.width >= 40 for head, _ in found.heads)
    assert bool(found.heads) == (area is AREA)


def test_arrows_reach_every_area():
    boxes = squarify(sorted((number**2 + 1 for number in range(30)), reverse=True), AREA)
    seen, ahead = {0}, [0]
    while ahead:
        at = ahead.pop()
        for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            to = neighbour(boxes, at, dx, dy)
            x, y = boxes[to].middle[0] - boxes[at].middle[0], boxes[to].middle[1] - boxes[at].middle[1]
            assert to == at or x * dx + y * dy > 0
            if to not in seen:
                seen.add(to)
                ahead.append(to)
    assert seen == set(range(30))
