"""The graphics items of labels: a pill per figure, and for those who speak a bubble with a tail."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPen, QPixmap
from PySide6.QtWidgets import QGraphicsPathItem, QGraphicsPixmapItem

from office_studio.ui.render import palette
from office_studio.ui.render.bubble_look import tail_path
from office_studio.ui.render.label_layout import Placed

if TYPE_CHECKING:
    from office_studio.ui.render.scene import StageScene

_SELECTED_ABOVE = 5  # the selected one's pill lies over other pills


class LabelItems:
    """Makes, moves and removes them. Keys are agent ids."""

    def __init__(self, stage: StageScene) -> None:
        self._stage = stage
        self.pills: dict[str, QGraphicsPixmapItem] = {}
        self.bubbles: dict[str, QGraphicsPixmapItem] = {}
        self.badges: dict[str, QGraphicsPixmapItem] = {}
        self._badge_at: dict[str, QPointF] = {}
        self._tails: dict[str, QGraphicsPathItem] = {}
        self._at: dict[str, tuple[Placed, QPointF]] = {}  # with the head it was placed for

    def keep(self, agent_ids: Collection[str]) -> None:
        """Drop all labels but these."""
        for agent_id in [known for known in self.pills if known not in agent_ids]:
            self.drop(agent_id)

    def drop(self, agent_id: str) -> None:
        self._at.pop(agent_id, None)
        self._remove(self.pills, agent_id)
        self._remove(self.badges, agent_id)
        self._silence(agent_id)

    def show(
        self,
        agent_id: str,
        placed: Placed,
        head: QPointF,
        pill: QPixmap,
        bubble: QPixmap | None,
        opacity: float,
        *,
        is_selected: bool,
        is_thought: bool = False,
    ) -> None:
        """Show one label as it was placed for a figure whose ``head`` is there."""
        self._at[agent_id] = (placed, head)
        item = self.pills.get(agent_id)
        if item is None:
            item = self.pills[agent_id] = self._new_pixmap()
        _set(item, pill, placed.rect.topLeft())
        if item.opacity() != opacity:
            item.setOpacity(opacity)
        z = self._stage.order.labels + (_SELECTED_ABOVE if is_selected else 0)
        if item.zValue() != z:
            item.setZValue(z)
        if bubble is None or placed.bubble is None or placed.tip is None:
            self._silence(agent_id)
        else:
            self._speak(agent_id, placed, bubble, is_thought)

    def show_badge(self, agent_id: str, badge: QPixmap | None, at: QPointF, opacity: float) -> None:
        """Show the status badge of a figure, ``at`` its top left; None: none."""
        if badge is None:
            self._remove(self.badges, agent_id)
            return
        item = self.badges.get(agent_id)
        if item is None:
            item = self.badges[agent_id] = self._new_pixmap()
            item.setZValue(self._stage.order.labels - 0.4)  # below the names
        self._badge_at[agent_id] = at
        _set(item, badge, at)
        if item.opacity() != opacity:
            item.setOpacity(opacity)

    def exchange_bubble(self, agent_id: str, bubble: QPixmap) -> None:
        """Another picture of the same size."""
        if (item := self.bubbles.get(agent_id)) is not None:
            item.setPixmap(bubble)

    def follow(self, agent_id: str, head: QPointF) -> None:
        """Move a label as far as its figure moved since it was placed."""
        known, pill = self._at.get(agent_id), self.pills.get(agent_id)
        if known is None or pill is None:
            return
        placed, before = known
        shift = head - before
        pill.setPos(whole(placed.rect.topLeft() + shift))
        if agent_id in self.badges:
            self.badges[agent_id].setPos(whole(self._badge_at[agent_id] + shift))
        if agent_id in self.bubbles and placed.bubble is not None:
            self.bubbles[agent_id].setPos(whole(placed.bubble.topLeft() + shift))
            self._tails[agent_id].setPos(whole(shift))

    def agent_at(self, at: QPointF) -> str | None:
        for kind in (self.bubbles, self.pills, self.badges):
            for agent_id, item in kind.items():
                if item.sceneBoundingRect().contains(at):
                    return agent_id
        return None

    # -- inside ------------------------------------------------------------------------------------
    def _speak(self, agent_id: str, placed: Placed, pixmap: QPixmap, is_thought: bool) -> None:
        assert placed.bubble is not None
        assert placed.tip is not None
        bubble, tail = self.bubbles.get(agent_id), self._tails.get(agent_id)
        if bubble is None or tail is None:
            bubble = self.bubbles[agent_id] = self._new_pixmap()
            bubble.setZValue(self._stage.order.bubbles)
            tail = self._tails[agent_id] = self._new_tail()
        _set(bubble, pixmap, placed.bubble.topLeft())
        tail.setPos(0, 0)
        path = tail_path(placed.bubble, placed.tip, is_thought=is_thought)
        if path != tail.path():
            tail.setPath(path)

    def _silence(self, agent_id: str) -> None:
        self._remove(self.bubbles, agent_id)
        self._remove(self._tails, agent_id)

    def _remove(self, kind: dict[str, Any], agent_id: str) -> None:
        item = kind.pop(agent_id, None)
        if item is not None:
            self._stage.removeItem(item)

    def _new_pixmap(self) -> QGraphicsPixmapItem:
        item = QGraphicsPixmapItem()
        item.setShapeMode(QGraphicsPixmapItem.ShapeMode.BoundingRectShape)
        self._stage.addItem(item)
        return item

    def _new_tail(self) -> QGraphicsPathItem:
        tail = QGraphicsPathItem()
        shade = palette.pill()
        shade.setAlpha(60)
        tail.setPen(QPen(shade, 1))
        tail.setBrush(palette.bubble())
        tail.setZValue(self._stage.order.labels - 0.5)  # a long tail passes below the names
        tail.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self._stage.addItem(tail)
        return tail


def _set(item: QGraphicsPixmapItem, pixmap: QPixmap, at: QPointF) -> None:
    if item.pixmap().cacheKey() != pixmap.cacheKey():
        item.setPixmap(pixmap)
    if item.pos() != (place := whole(at)):
        item.setPos(place)


def whole(at: QPointF) -> QPointF:
    return QPointF(round(at.x()), round(at.y()))
