"""Carrying an agent to a seat: what a drop would do, how seats are lit meanwhile, and who carries.

The hand is a mouse press that is followed to its release, not a ``QDrag``: it tells Esc from a drop on nothing, can
repaint its ghost at every step, and behaves the same on all platforms.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from PySide6.QtCore import QPoint, QPointF
from PySide6.QtWidgets import QWidget

DRAG_FROM_PX = 6


@dataclass(frozen=True, slots=True)
class DropPlan:
    """What a drop would do. ``title``: "Lumi → Desk 3"; ``detail``: to whom else something happens, or why not."""

    agent_id: str
    slot: int | None  # None: not over a seat
    allowed: bool
    title: str
    detail: str = ""
    displaced: str | None = None  # agent id of the one who loses or changes the seat
    unassigns: bool = False
    group: tuple[tuple[str, int], ...] = ()  # of several carried together: agent id and slot of each


class SeatLight(Enum):
    """How a seat is marked while somebody is carried, or pointed at in a list."""

    LEGAL = "legal"  # ringed: a drop there would do something
    TARGET = "target"  # filled: a drop now would do it there
    BARRED = "barred"  # pale: a drop there would do nothing
    SOURCE = "source"  # dimmed: where the agent comes from
    GLOW = "glow"  # pointed at elsewhere


Lights = Mapping[int, SeatLight]


class SeatSurface(Protocol):
    """What shows seats and takes agents: the stage, the slot cards, a room in 3D. Points are pixels of ``area()``."""

    def area(self) -> QWidget: ...

    def slot_at(self, at: QPoint) -> int | None: ...

    def slot_point(self, slot: int) -> QPoint | None: ...

    def set_lit_slots(self, lights: Lights) -> None: ...

    def set_carried(self, agent_id: str) -> None:
        """Dim an agent where it is now; "" for nobody."""
        ...

    def nudge(self, dx: int, dy: int) -> bool:
        """Scroll or pan so that more is seen in that direction; False when there is no more."""
        ...


class Hand(Protocol):
    """Carries one agent at a time from a press to a release. Points are pixels of the screen."""

    @property
    def is_carrying(self) -> bool: ...

    def begin(self, agent_id: str, source: QWidget, at: QPoint, together: Sequence[str] = ()) -> bool:
        """Take the agent up; False, and the user is told why, when it cannot be moved."""
        ...

    def move(self, at: QPoint) -> None: ...

    def drop(self, at: QPoint) -> None: ...


def is_far_enough(start: QPointF | QPoint, at: QPointF | QPoint) -> bool:
    """Whether a pressed mouse has moved so far that it means a drag."""
    return (at - start).manhattanLength() >= DRAG_FROM_PX
