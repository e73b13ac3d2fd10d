"""Lines between agents that work together: one per pair, if either end collaborates (format section 10)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsPathItem

from office_studio.core.office.model import AgentStatus
from office_studio.ui.render import palette

if TYPE_CHECKING:
    from office_studio.ui.render.scene import StageScene


class LinkLayer:
    def __init__(self, stage: StageScene) -> None:
        self._stage = stage
        self._lines: dict[tuple[str, str], QGraphicsPathItem] = {}

    def pairs(self) -> set[tuple[str, str]]:
        """Pairs of drawn agents that collaborate, smaller id first."""
        figures = self._stage.figures
        found = set()
        for agent in self._stage.agents.values():
            if agent.status is AgentStatus.COLLABORATING and agent.id in figures:
                for other in agent.agent.collaborating_with:
                    if other != agent.id and other in figures:
                        found.add((min(agent.id, other), max(agent.id, other)))
        return found

    def update_all(self) -> None:
        pairs = set() if self._stage.is_stale else self.pairs()
        for pair in set(self._lines) - pairs:
            self._stage.removeItem(self._lines.pop(pair))
        for pair in pairs:
            line = self._lines.get(pair)
            if line is None:
                line = self._lines[pair] = QGraphicsPathItem()
                line.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
                self._stage.addItem(line)
            pen = QPen(palette.token("collaborating_mark"), 2.0, Qt.PenStyle.DashLine, Qt.PenCapStyle.RoundCap)
            line.setPen(pen)
            line.setZValue(self._stage.order.links)
            line.setPath(self._arc(*pair))

    def _arc(self, first: str, second: str) -> QPainterPath:
        """From chest to chest, in a low arc that clears the table between them."""
        ends = [self._stage.figures[agent_id] for agent_id in (first, second)]
        a, b = (item.chest() for item in ends)
        rise = min(40.0, 10 + 0.12 * (abs(b.x() - a.x()) + abs(b.y() - a.y())))
        path = QPainterPath(a)
        path.quadTo((a + b) / 2 - QPointF(0, rise), b)
        return path
