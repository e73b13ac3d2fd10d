"""Pictures of an agent being carried to a seat, and of the slot cards as a grid. Called by ``screenshots.py``."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

Picture = Callable[..., None]
Wait = Callable[[float], None]


def drag_pictures(studio: Any, ids: list[str], picture: Picture, wait: Wait) -> None:
    """With agents seated as ``screenshots.seat_them`` leaves them; nobody is let go, so all stay where they are."""
    studio.window.show_workspace("assign")
    studio.window.stage_frame.toasts.clear()
    wait(1)
    picture("assign-drag", pose=lambda: carry(studio, ids[8], studio.assignments.slot_of(ids[2]), wait))
    cards = studio.window.panel("slots")
    cards.as_grid.click()
    picture("assign-grid")
    cards.as_list.click()


def carry(studio: Any, agent_id: str, slot: int, wait: Wait) -> Callable[[], None]:
    """Hold an agent over a seat; the returned function puts it back."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    from tests.ui.hand import Hand

    view, stage = studio.roster.view, studio.stage
    index = studio.roster.model.index_of(agent_id)
    view.scrollTo(index)
    hand = Hand(view.viewport(), view.visualRect(index).center())
    hand.move(stage.area(), stage.slot_point(slot))
    wait(0.3)

    def put_back() -> None:
        studio.gestures.drag.cancel()
        hand.release()

    return put_back
