"""The whole window with rooms: seats given by drag and drop, and switching between flat and 3D themes."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from office_studio.core.office.model import AgentStatus
from office_studio.paths import bundled_themes_dir
from office_studio.services.theme_loader import load_theme
from office_studio.ui.render.office_stage import OfficeStage
from office_studio.ui.render.stage_view import StageView
from office_studio.ui.room3d.room_view import RoomStage
from tests.ui.assign_gestures.conftest import desk, open_desk  # noqa: F401
from tests.ui.assign_gestures.desk import THEME, Desk
from tests.ui.room3d.rooms import bound, person, write_flat, write_room

pytestmark = pytest.mark.gl

SLOW_MS = 90_000
SLOTS = 6
STATUSES = (AgentStatus.WORKING, AgentStatus.IDLE, AgentStatus.BLOCKED)


@pytest.fixture
def room_desk(display: str, desk: Desk, qtbot: QtBot, tmp_path: Path) -> Iterator[Desk]:  # noqa: F811
    """The window with an office in a room. Its id is that of the flat theme, so that the office knows its slots."""
    studio = desk.studio
    studio.library.choose_path(write_room(tmp_path / THEME, THEME, SLOTS))
    qtbot.waitUntil(lambda: studio.stage.renderer == "threejs", timeout=SLOW_MS)
    qtbot.waitUntil(lambda: len(studio.assignments.slots) == SLOTS, timeout=SLOW_MS)
    qtbot.waitUntil(lambda: studio.stage.slot_point(0) is not None, timeout=SLOW_MS)
    yield desk
    studio.library.choose_key(f"bundled:{THEME}")


def test_agents_get_their_slots_by_drag_and_drop(room_desk: Desk, qtbot: QtBot) -> None:
    assert isinstance(room_desk.studio.stage.shown, RoomStage)
    stage = room_desk.studio.stage.shown
    assert not room_desk.studio.actions.qt("view.fit_cover").isEnabled()  # it would change nothing
    room_desk.drag(room_desk.row("Lumi"), room_desk.seat(2))
    room_desk.becomes({2: "Lumi"})
    lumi = room_desk.agents["Lumi"].id
    qtbot.waitUntil(lambda: stage.cast.figures[lumi].slot == 2, timeout=SLOW_MS)
    room_desk.drag(room_desk.row("Ron"), room_desk.seat(4))
    room_desk.becomes({2: "Lumi", 4: "Ron"})
    # From the figure itself onto the other's seat: they swap.
    qtbot.waitUntil(lambda: lumi in stage.stage.figures, timeout=SLOW_MS)
    # Esc in the middle: she stays where she is, and nothing is left of the drag.
    hand = room_desk.take(grip(stage, lumi, qtbot)).move(*room_desk.seat(5))
    assert room_desk.studio.gestures.drag.ghost.isVisible()
    room_desk.key(Qt.Key.Key_Escape)
    assert not room_desk.studio.gestures.drag.ghost.isVisible()
    hand.release()
    room_desk.becomes({2: "Lumi", 4: "Ron"})
    hand = room_desk.take(grip(stage, lumi, qtbot)).move(*room_desk.seat(4))
    assert "Ron" in room_desk.studio.gestures.drag.ghost.words
    hand.release()
    room_desk.becomes({4: "Lumi", 2: "Ron"})
    room_desk.studio.actions.run("edit.undo")
    room_desk.becomes({2: "Lumi", 4: "Ron"})


def grip(stage: RoomStage, agent_id: str, qtbot: QtBot) -> tuple[QWidget, QPoint]:
    """Where she can be taken hold of: her name, once nobody stands before it."""

    def found() -> QPoint | None:
        pill = stage.stage.labels.rect_of(agent_id)
        at = pill.center().toPoint() if pill is not None else None
        return at if at is not None and stage.agent_at(QPointF(at)) == agent_id else None

    qtbot.waitUntil(lambda: found() is not None, timeout=SLOW_MS)
    at = found()
    assert at is not None
    return stage.viewport(), at


@pytest.fixture
def office_stage(display: str, qtbot: QtBot) -> OfficeStage:
    stage = OfficeStage()
    qtbot.addWidget(stage, before_close_func=lambda widget: widget.close_stage())
    stage.resize(480, 300)
    stage.show()
    stage.set_bindings(bound(3))
    stage.set_agents([person(number, status) for number, status in enumerate(STATUSES)])
    return stage


def show(stage: OfficeStage, path: Path, qtbot: QtBot) -> None:
    loaded = load_theme(path)
    stage.theme_failed.connect(pytest.fail)
    with qtbot.waitSignal(stage.theme_shown, timeout=SLOW_MS):
        stage.set_theme(loaded)
    qtbot.waitUntil(lambda: stage.renderer == loaded.theme.renderer, timeout=SLOW_MS)
    qtbot.waitUntil(lambda: len(stage.stage.figures) == 3, timeout=SLOW_MS)
    stage.theme_failed.disconnect(pytest.fail)


def memory_mb() -> float:
    """Of this process, after everything that can go has gone."""
    for _ in range(3):
        QApplication.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def test_switching_keeps_what_the_stage_was_told(office_stage: OfficeStage, qtbot: QtBot, tmp_path: Path) -> None:
    flat, room = write_flat(tmp_path / "flat"), write_room(tmp_path / "room", slots=3)
    office_stage.select("agent-01")
    office_stage.set_stale(True)
    show(office_stage, flat, qtbot)
    assert isinstance(office_stage.shown, StageView)
    view = office_stage.shown
    show(office_stage, room, qtbot)
    space = office_stage.shown
    assert isinstance(space, RoomStage)
    assert (space.stage.selected, space.stage.is_stale) == ("agent-01", True)
    assert view.stage.assets is None  # its pictures are gone
    office_stage.set_assign_mode(True)
    assert office_stage.slot_count == 3
    process = space.engine.process_id
    assert process
    show(office_stage, flat, qtbot)
    assert office_stage.shown is view
    assert view.pointer.is_assigning
    assert space.engine.process_id == 0
    qtbot.waitUntil(lambda: not Path(f"/proc/{process}").exists(), timeout=SLOW_MS)
    # A change of mind while the room is read: it must not come after all.
    office_stage.set_theme(load_theme(room))
    assert office_stage.renderer == "pixi"  # until the room is there
    show(office_stage, flat, qtbot)
    qtbot.waitUntil(lambda: space.engine.process_id == 0, timeout=SLOW_MS)
    qtbot.wait(300)
    assert office_stage.renderer == "pixi"


@pytest.mark.full
@pytest.mark.timeout(1800)
def test_fifty_switches_leave_memory_flat(office_stage: OfficeStage, qtbot: QtBot, tmp_path: Path) -> None:
    flat, room = bundled_themes_dir() / "pixel-loft", write_room(tmp_path / "room", slots=3)
    levels = []
    for number in range(25):
        show(office_stage, room, qtbot)
        show(office_stage, flat, qtbot)
        if number >= 4:
            levels.append(memory_mb())
    early, late = sum(levels[:5]) / 5, sum(levels[-5:]) / 5
    assert late - early < 15, levels
