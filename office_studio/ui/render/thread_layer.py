"""Coloured threads between agents that work on one thing: the tracer of a conversation or a job that costs.

Drawn like thread that hangs from hand to hand, so that nobody takes it for the dashed lines of those who collaborate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainterPath, QPainterPathStroker, QPen
from PySide6.QtWidgets import QGraphicsPathItem

from office_studio.ui.render import palette

if TYPE_CHECKING:
    from office_studio.ui.render.scene import StageScene

_WIDTH, _CASING, _HIT, _KNOT = 2.4, 4.4, 10.0, 3.0  # px
_MOST_SAG = 34.0
_APART = 7.0  # between threads that join the same two


@dataclass(frozen=True, slots=True)
class Thread:
    """A tracer as a stage shows it.

    Attributes:
        agents: Who is part of it, in the order in which they came to it.
        tip: All that is known of it; the first line is its accessible name.
    """

    id: str
    agents: tuple[str, ...]
    tip: str = ""


class ThreadLayer:
    """Threads of one stage: each a line and a darker one under it, so that it is seen on any floor."""

    def __init__(self, stage: StageScene) -> None:
        self._stage = stage
        self._threads: tuple[Thread, ...] = ()
        self._items: dict[str, tuple[QGraphicsPathItem, QGraphicsPathItem]] = {}
        self.is_visible = True

    # -- telling -----------------------------------------------------------------------------------
    def show(self, threads: Sequence[Thread]) -> None:
        """These and no others."""
        if tuple(threads) != self._threads:
            self._threads = tuple(threads)
            self.place()

    def set_visible(self, is_visible: bool) -> None:
        if is_visible != self.is_visible:
            self.is_visible = is_visible
            self.place()

    def place(self) -> None:
        """Hang them where their agents are now."""
        if not self._threads and not self._items:
            return  # nearly always
        is_wanted = self.is_visible and not self._stage.is_stale
        here = [(one, self._present(one)) for one in self._threads] if is_wanted else []
        wanted = {one.id: agents for one, agents in here if len(agents) > 1}
        for thread_id in [thread_id for thread_id in self._items if thread_id not in wanted]:
            for item in self._items.pop(thread_id):
                self._stage.removeItem(item)
        for number, (thread_id, agents) in enumerate(wanted.items()):
            path = self._path(agents, number)
            for item in self._pair(thread_id):
                if item.path() != path:
                    item.setPath(path)

    # -- asking ------------------------------------------------------------------------------------
    @property
    def all(self) -> tuple[Thread, ...]:
        """Those that were told, whether their agents are here or not."""
        return self._threads

    @property
    def shown(self) -> dict[str, QPainterPath]:
        """Threads that can be seen, and where, scene pixels."""
        return {thread_id: items[1].path() for thread_id, items in self._items.items()}

    def thread_at(self, at: QPointF) -> Thread | None:
        stroker = QPainterPathStroker()
        stroker.setWidth(_HIT)
        found = (i for i, path in self.shown.items() if stroker.createStroke(path).contains(at))
        thread_id = next(found, None)
        return next((one for one in self._threads if one.id == thread_id), None)

    # -- inside ------------------------------------------------------------------------------------
    def _present(self, thread: Thread) -> list[str]:
        return [agent_id for agent_id in thread.agents if agent_id in self._stage.figures]

    def _path(self, agents: Sequence[str], number: int) -> QPainterPath:
        """From hand to hand, hanging a little; ``number`` keeps threads between the same two apart."""
        hands = [self._hand(agent_id) + QPointF(0, number * _APART) for agent_id in agents]
        path = QPainterPath(hands[0])
        for a, b in pairwise(hands):
            sag = min(_MOST_SAG, 8 + 0.08 * (abs(b.x() - a.x()) + abs(b.y() - a.y())))
            path.quadTo((a + b) / 2 + QPointF(0, 2 * sag), b)
        for hand in hands:
            path.addEllipse(hand, _KNOT, _KNOT)
        return path

    def _hand(self, agent_id: str) -> QPointF:
        item = self._stage.figures[agent_id]
        return (item.chest() * 2 + item.foot) / 3

    def _pair(self, thread_id: str) -> tuple[QGraphicsPathItem, QGraphicsPathItem]:
        found = self._items.get(thread_id)
        if found is None:
            casing, line = QGraphicsPathItem(), QGraphicsPathItem()
            for item in (casing, line):
                item.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
                self._stage.addItem(item)
            casing.setPen(_pen(palette.pill(), _CASING))
            line.setPen(_pen(palette.thread(thread_id), _WIDTH))
            found = self._items[thread_id] = (casing, line)
        for step, item in enumerate(found):
            z = self._stage.order.links + 0.2 + 0.1 * step
            if item.zValue() != z:
                item.setZValue(z)
        return found


def _pen(color: object, width: float) -> QPen:
    return QPen(color, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)  # type: ignore[call-overload, no-any-return]
