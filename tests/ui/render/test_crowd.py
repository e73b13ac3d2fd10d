"""Level of detail: who is drawn as what, and that clusters stay where they are."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from office_studio.core.office.model import AgentStatus
from office_studio.core.theme.model import Rect
from office_studio.ui.render.crowd import MANY_SEEN, NAMED, TRACKED_FROM
from office_studio.ui.render.crowd_cells import CrowdCells
from office_studio.ui.render.crowd_pictures import shares
from office_studio.ui.render.stage_view import StageView

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks"))
from stage_scene import agent, agents, synthetic_theme


def crowd(view: StageView, qtbot: QtBot, folder: Path, count: int) -> StageView:
    with qtbot.waitSignal(view.theme_shown, timeout=20_000):
        view.set_theme(synthetic_theme(folder, count))
        view.set_agents(agents(count))
        view.show()
    qtbot.waitUntil(lambda: len(view.model.figures) == count, timeout=20_000)
    QTest.qWait(100)
    return view


def counted(view: StageView) -> int:
    return sum(len(cell.members) for cell in view.stage.crowd._cells.cells.values())


def test_a_small_office_knows_no_crowd(view: StageView, qtbot: QtBot, tmp_path: Path):
    crowd(view, qtbot, tmp_path, 60)
    assert not view.stage.crowd.is_tracking
    assert len(view.stage.figures) == 60


def test_out_of_view_there_are_no_items(view: StageView, qtbot: QtBot, tmp_path: Path):
    crowd(view, qtbot, tmp_path, TRACKED_FROM + 100)
    assert view.stage.crowd.is_tracking
    assert not view.stage.crowd.is_far
    assert len(view.stage.figures) == TRACKED_FROM + 100
    view.zoom_by(5, QPointF(0, 0))
    near = set(view.stage.figures)
    assert 0 < len(near) < 60
    view.pan_by(-2500, -1500)
    other = set(view.stage.figures)
    assert other
    assert other != near
    part = view.seen_part
    seen = {a for a, f in view.model.figures.items() if part.contains(f.at)}
    assert seen <= other


def test_many_in_view_become_clusters_and_the_blocked_keep_figure_and_name(
    view: StageView, qtbot: QtBot, tmp_path: Path
):
    crowd(view, qtbot, tmp_path, MANY_SEEN + 200)
    stage = view.stage
    assert stage.crowd.is_far
    assert view.model.is_far
    assert counted(view) == MANY_SEEN + 200
    blocked = {a for a, f in view.model.figures.items() if f.status is AgentStatus.BLOCKED}
    assert set(stage.figures) <= blocked
    assert len(stage.figures) == min(NAMED, len(blocked))
    assert all(stage.labels.rect_of(agent_id) is not None for agent_id in stage.figures)
    view.select("agent-0")
    assert "agent-0" in stage.figures


def test_zooming_in_brings_the_figures_back(view: StageView, qtbot: QtBot, tmp_path: Path):
    crowd(view, qtbot, tmp_path, MANY_SEEN + 200)
    view.zoom_by(4, QPointF(300, 300))
    assert not view.stage.crowd.is_far
    assert not view.model.is_far
    assert not view.stage.crowd._items
    part = view.seen_part
    assert {a for a, f in view.model.figures.items() if part.contains(f.at)} <= set(view.stage.figures)


def test_a_click_on_a_cluster_looks_at_it(view: StageView, qtbot: QtBot, tmp_path: Path):
    crowd(view, qtbot, tmp_path, 1500)
    key, items = next(
        (k, i) for k, i in view.stage.crowd._items.items() if len(view.stage.crowd._cells.cells[k].members) > 3
    )
    members = set(view.stage.crowd._cells.cells[key].members)
    start = view.zoom_percent
    at = view.mapFromScene(items[0].sceneBoundingRect().center())
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    qtbot.waitUntil(lambda: not view._motion.is_moving)
    assert view.zoom_percent > 1.5 * start
    part = view.seen_part
    assert all(part.contains(view.model.figure(agent_id).at) for agent_id in members)


def test_a_click_on_a_shape_chooses_its_agent(view: StageView, qtbot: QtBot, tmp_path: Path):
    crowd(view, qtbot, tmp_path, 1500)
    view.zoom_by(1.7, QPointF(0, 0))
    assert view.stage.crowd.is_far
    cells = view.stage.crowd._cells.cells
    single = next((k for k in view.stage.crowd._items if len(cells[k].members) == 1), None)
    if single is None:
        pytest.skip("no cell of one at this zoom")
    at = view.mapFromScene(view.stage.crowd._items[single][0].sceneBoundingRect().center())
    with qtbot.waitSignal(view.agent_clicked) as clicked:
        qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert clicked.args == [next(iter(cells[single].members))]


def test_clusters_follow_changes_of_status_and_leaving(view: StageView, qtbot: QtBot, tmp_path: Path):
    crowd(view, qtbot, tmp_path, 1000)
    view.update_agents([agent(i, AgentStatus.IDLE) for i in range(200)], [f"agent-{i}" for i in range(200, 300)])
    qtbot.waitUntil(lambda: counted(view) == 900, timeout=8000)
    at_rest = lambda: not any(figure.walking for figure in view.model.figures.values())  # noqa: E731
    qtbot.waitUntil(lambda: at_rest() and not view.stage.crowd.is_behind, timeout=40_000)
    statuses = {a: f.status.value for a, f in view.model.figures.items()}
    for cell in view.stage.crowd._cells.cells.values():
        found: dict[str, int] = {}
        for agent_id, member in cell.members.items():
            assert member.status == statuses[agent_id]
            found[member.status] = found.get(member.status, 0) + 1
        assert found == cell.counts


def test_discs_do_not_cover_each_other(view: StageView, qtbot: QtBot, tmp_path: Path):
    crowd(view, qtbot, tmp_path, 2000)
    room = 6.0
    discs = [items[0].sceneBoundingRect().adjusted(room, room, -room, -room)
             for key, items in view.stage.crowd._items.items()
             if len(view.stage.crowd._cells.cells[key].members) > 1]  # fmt: skip
    assert len(discs) > 20
    for i, disc in enumerate(discs):
        assert not any(disc.adjusted(1, 1, -1, -1).intersects(other) for other in discs[:i])


def test_a_far_crowd_at_rest_costs_nothing(view: StageView, qtbot: QtBot, tmp_path: Path, monkeypatch):
    crowd(view, qtbot, tmp_path, 1000)
    steps: list[float] = []
    advance = view.model.advance
    monkeypatch.setattr(type(view.model), "advance", lambda _model, now: (steps.append(now), advance(now))[1])

    def rests() -> bool:
        steps.clear()
        QTest.qWait(1000)
        return len(steps) <= 1

    qtbot.waitUntil(rests, timeout=20_000)  # once everybody has come in and labels are arranged


# -- the grid ------------------------------------------------------------------------------------------
def test_the_grid_is_the_same_for_the_same_zoom_and_steady_in_between():
    cells = CrowdCells()
    assert cells.fit(1.0)
    size = cells.size
    assert not cells.fit(1.2)
    assert not cells.fit(0.8)
    assert cells.size == size
    cells.fit(4.0)
    cells.fit(1.0)
    assert cells.size == size


def test_rings_leave_nobody_out():
    ring = dict(shares({"working": 900, "blocked": 1, "idle": 99}))
    assert set(ring) == {"working", "blocked", "idle"}
    assert ring["working"] > ring["idle"] >= ring["blocked"] >= 1
    assert sum(ring.values()) == 12


def test_cells_that_meet_a_part():
    cells = CrowdCells()
    cells.fit(1.0)
    assert list(cells.within(Rect(0, 0, 10, 10))) == []
