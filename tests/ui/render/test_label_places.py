"""Labels and bubbles of a full room on a small stage: nothing covers anything."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import pytest
from PySide6.QtCore import QPointF, QRect, QRectF, QSizeF
from pytestqt.qtbot import QtBot

from office_studio.core.office.model import Binding
from office_studio.paths import bundled_themes_dir
from office_studio.services.theme_loader import load_theme
from office_studio.ui.render.label_layout import Tag, arrange
from office_studio.ui.render.rect_grid import RectGrid, line_hits
from office_studio.ui.render.stage_view import StageView

NAMES = ("Ada", "Ben", "Cleo", "Dan", "Eve", "Fin", "Gil", "Hal", "Ines", "Jo", "Kai", "Lumi", "Mika", "Nora", "Otto",
         "Sebastian")  # fmt: skip
ZOOM_BAR, MODE_PILL = QRect(500, 435, 177, 32), QRect(12, 12, 408, 28)


@pytest.fixture
def full_room(view: StageView, qtbot: QtBot, agent) -> StageView:
    """Cozy Loft on the stage of a 1280 px window, one agent on each of its seats: working ones at their home seats."""
    view.resize(691, 481)
    view.keep_free([ZOOM_BAR, MODE_PILL])
    cast = [agent(name.lower(), "working", name=name, current_task="Refactor the invoice export") for name in NAMES]
    view.set_agents(cast)
    view.set_bindings([Binding(slot, name.lower(), name) for slot, name in enumerate(NAMES)])
    with qtbot.waitSignal(view.theme_shown, timeout=15_000):
        view.set_theme(load_theme(bundled_themes_dir() / "cozy-loft"))
        view.show()
    qtbot.waitUntil(lambda: len(view.stage.figures) == len(NAMES))
    qtbot.waitUntil(lambda: not view.stage.labels.is_stale)
    return view


def rects(view: StageView) -> dict[str, QRectF]:
    labels = view.stage.labels
    return {
        f"{kind} of {agent_id}": rect
        for agent_id in view.stage.figures
        for kind, rect in (("label", labels.rect_of(agent_id)), ("bubble", labels.bubble_rect_of(agent_id)))
        if rect is not None
    }


def overlaps(found: dict[str, QRectF]) -> list[tuple[str, str]]:
    return [(a, b) for a, b in combinations(found, 2) if found[a].intersects(found[b])]


@pytest.mark.parametrize("blocked", [name.lower() for name in NAMES])
def test_nothing_overlaps_with_one_blocked_and_one_selected(full_room: StageView, qtbot: QtBot, agent, blocked: str):
    others = [name.lower() for name in NAMES if name.lower() != blocked]
    full_room.set_reduced_motion(True)
    full_room.update_agents([agent(blocked, "blocked", blocked_by="Keep the old invoice ids, or number anew?")], [])
    qtbot.waitUntil(lambda: full_room.stage.labels.bubble_rect_of(blocked) is not None)
    spoke = 0
    for chosen in (others[0], others[5], others[9]):
        full_room.select(chosen)
        found = rects(full_room)
        assert len(found) >= len(NAMES) + 1  # every name, and why one is blocked
        assert overlaps(found) == []
        spoke += f"bubble of {chosen}" in found
        for name, rect in found.items():
            if name.startswith("bubble"):
                assert_free(full_room, name, rect)


def assert_free(view: StageView, name: str, rect: QRectF) -> None:
    """A bubble is wholly seen, not under a control and on nobody's face."""
    seen = view.mapToScene(view.viewport().rect()).boundingRect()
    assert seen.adjusted(11, 11, -11, -11).contains(rect), name
    for area in (ZOOM_BAR, MODE_PILL):
        assert not rect.intersects(QRectF(area).translated(seen.topLeft())), name
    for agent_id, item in view.stage.figures.items():
        left, top, right, bottom = item.face_box()
        assert not rect.intersects(QRectF(left, top, right - left, bottom - top)), f"{name} on the face of {agent_id}"


def tag(ident: str, x: float, y: float, *, must: bool = False, bubble: bool = False) -> Tag:
    return Tag(ident, QPointF(x, y), QSizeF(60, 18), QSizeF(18, 18), 0 if must else 1, (x - 10, y + 5, x + 10, y + 25),
               (x - 12, y + 5, x + 12, y + 50), QSizeF(150, 28) if bubble else None, must)  # fmt: skip


def test_a_task_that_finds_no_place_is_left_out_and_a_blocked_one_never(qapp: object):
    view = QRectF(0, 0, 200, 120)
    crowd = [tag(f"n{i}{j}", 30 + 34 * i, 20 + 24 * j) for i in range(5) for j in range(4)]
    silent = arrange([*crowd, tag("me", 100, 60, bubble=True)], view)
    assert silent["me"].bubble is None
    loud = arrange([*crowd, tag("me", 100, 60, bubble=True, must=True)], view)
    assert loud["me"].bubble is not None


def test_a_label_stays_at_its_head_when_nothing_is_in_its_way(qapp: object):
    placed = arrange([tag("a", 300, 200)], QRectF(0, 0, 600, 400))["a"]
    assert placed.rect == QRectF(270, 182, 60, 18)


def test_the_same_labels_get_the_same_places(qapp: object):
    crowd = [tag(f"n{i}", 60 + i % 7 * 40, 60 + i % 5 * 18, bubble=i == 3, must=i == 3) for i in range(25)]
    assert arrange(crowd, QRectF(0, 0, 600, 300)) == arrange(reversed(crowd), QRectF(0, 0, 600, 300))


def test_who_passes_by_moves_no_bubble_and_covers_none(qapp: object):
    view = QRectF(0, 0, 600, 400)
    speaker = tag("ada", 300, 200, bubble=True)
    alone = arrange([speaker], view)["ada"]
    assert alone.bubble is not None
    for x in range(180, 420, 12):
        walker = replace(tag("ben", x, 190, must=x % 24 == 0), is_passing=True)
        placed = arrange([walker, speaker], view)
        assert placed["ada"] == alone
        assert not placed["ben"].rect.intersects(alone.bubble)
        assert not placed["ben"].rect.intersects(alone.rect)


def test_a_grid_forgets_what_is_taken_away():
    grid = RectGrid()
    grid.add("a", (0, 0, 300, 100))
    assert not grid.is_free((290, 90, 310, 110))
    assert grid.is_free((300, 0, 320, 20))  # touching is free
    assert set(grid.hits((-5, -5, 5, 5))) == {"a"}
    grid.remove("a")
    assert grid.is_free((0, 0, 300, 100))


def test_a_line_meets_a_box_or_not():
    assert line_hits((0, 0), (10, 10), (4, 4, 6, 6))
    assert not line_hits((0, 0), (10, 0), (4, 4, 6, 6))
    assert not line_hits((0, 0), (3, 3), (4, 4, 6, 6))
    assert line_hits((5, 0), (5, 10), (4, 4, 6, 6))
