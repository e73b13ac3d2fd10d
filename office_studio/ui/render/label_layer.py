"""Name pills and bubbles of all figures, kept apart from each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtWidgets import QGraphicsPixmapItem

from office_studio.core.office.live import LiveAgent
from office_studio.core.office.model import AgentStatus
from office_studio.core.office.stage import Figure
from office_studio.ui.render.figure_item import FigureItem
from office_studio.ui.render.label_layout import Placed, Tag, arrange
from office_studio.ui.render.labels import BubbleLook, LabelPainter, PillLook, bubble_size, pill_size

if TYPE_CHECKING:
    from office_studio.ui.render.scene import StageScene

NAMES_FROM_PX = 34.0  # drawn height of a figure from which names are shown
CROWD = 60  # more figures than this in view: shapes only
CHATTY = 0  # with at most so many figures, everybody's task is shown; the selected and the blocked always speak


class LabelLayer:
    """Labels lie over everything, at constant size."""

    def __init__(self, stage: StageScene) -> None:
        self._stage = stage
        self._painter = LabelPainter()
        self._pills: dict[str, QGraphicsPixmapItem] = {}
        self._bubbles: dict[str, QGraphicsPixmapItem] = {}
        self._placed: dict[str, Placed] = {}
        self._heads: dict[str, QPointF] = {}
        self.are_visible = True
        self.view = QRectF(0, 0, 1280, 720)

    def set_ratio(self, ratio: float) -> None:
        self._painter.set_ratio(ratio)

    def relayout(self) -> None:
        """Place all labels anew."""
        figures = self._stage.figures if self.are_visible else {}
        tags = [self._tag(item) for item in figures.values()]
        faces = [item.face_rect() for item in figures.values()]
        seen = self.view if not self.view.isEmpty() else self._stage.canvas_rect
        self._placed = arrange(tags, faces, seen, shapes_only=self._shapes_only(figures))
        self._heads = {tag.agent_id: tag.head for tag in tags}
        for agent_id in set(self._pills) - set(figures):
            self._stage.removeItem(self._pills.pop(agent_id))
        for agent_id in set(self._bubbles) - {a for a, p in self._placed.items() if p.bubble is not None}:
            self._stage.removeItem(self._bubbles.pop(agent_id))
        for agent_id, placed in self._placed.items():
            self._show(figures[agent_id], placed)

    def follow(self, agent_ids: frozenset[str]) -> None:
        """Move the labels of walking figures along, without arranging anew."""
        for agent_id in agent_ids:
            item, head = self._stage.figures.get(agent_id), self._heads.get(agent_id)
            placed = self._placed.get(agent_id)
            if item is None or head is None or placed is None:
                continue
            shift = item.head() - head
            self._pills[agent_id].setPos(_whole(placed.rect.topLeft() + shift))
            if agent_id in self._bubbles and placed.bubble is not None:
                self._bubbles[agent_id].setPos(_whole(placed.bubble.topLeft() + shift))

    def agent_at(self, at: QPointF) -> str | None:
        for kind in (self._bubbles, self._pills):
            for agent_id, item in kind.items():
                if item.sceneBoundingRect().contains(at):
                    return agent_id
        return None

    def rect_of(self, agent_id: str) -> QRectF | None:
        item = self._pills.get(agent_id)
        return None if item is None else item.sceneBoundingRect()

    # -- inside ------------------------------------------------------------------------------------
    def _shapes_only(self, figures: dict[str, FigureItem]) -> bool:
        tallest = max((item.height_px() for item in figures.values() if item.figure.clip), default=None)
        return len(figures) > CROWD or (tallest is not None and tallest < NAMES_FROM_PX)

    def _look(self, figure: Figure, *, short: bool) -> PillLook:
        selected = self._stage.selected == figure.agent_id
        return PillLook("" if short else figure.name, _shape(figure), selected, self._stage.is_stale)

    def _tag(self, item: FigureItem) -> Tag:
        figure = item.figure
        selected = self._stage.selected == figure.agent_id
        blocked = figure.status is AgentStatus.BLOCKED
        bubble = self._bubble_look(item)
        return Tag(
            agent_id=figure.agent_id,
            head=item.head(),
            full=pill_size(self._look(figure, short=False)),
            short=pill_size(self._look(figure, short=True)),
            rank=0 if selected or blocked else 1,
            bubble=None if bubble is None else bubble_size(bubble),
            must_bubble=blocked or selected,
        )

    def _bubble_look(self, item: FigureItem, tail: str = "down") -> BubbleLook | None:
        figure, agent = item.figure, self._stage.agents.get(item.figure.agent_id)
        if agent is None or figure.walking or self._stage.is_stale or figure.dimmed:
            return None
        text = speech(agent, spoken_to=self._stage.selected == agent.id or len(self._stage.figures) <= CHATTY)
        return BubbleLook(text, _shape(figure), tail) if text else None

    def _show(self, item: FigureItem, placed: Placed) -> None:
        agent_id = item.figure.agent_id
        pill = self._pills.get(agent_id)
        if pill is None:
            pill = self._pills[agent_id] = self._add(self._stage.order.labels)
        _set(pill, self._painter.pill(self._look(item.figure, short=placed.is_short)), placed.rect.topLeft())
        pill.setOpacity(max(0.55, item.opacity()) if item.opacity() < 1 else 1.0)
        pill.setZValue(self._stage.order.labels + (5 if self._stage.selected == agent_id else 0))
        if placed.bubble is not None and (look := self._bubble_look(item, placed.tail)):
            bubble = self._bubbles.get(agent_id)
            if bubble is None:
                bubble = self._bubbles[agent_id] = self._add(self._stage.order.bubbles)
            _set(bubble, self._painter.bubble(look), placed.bubble.topLeft())

    def _add(self, z: float) -> QGraphicsPixmapItem:
        item = QGraphicsPixmapItem()
        item.setShapeMode(QGraphicsPixmapItem.ShapeMode.BoundingRectShape)
        item.setZValue(z)
        self._stage.addItem(item)
        return item


def speech(agent: LiveAgent, *, spoken_to: bool) -> str:
    """What a figure says: why it is blocked, or its task when it is asked."""
    if agent.status is AgentStatus.BLOCKED:
        return agent.blocked_by or agent.agent.current_task or "Needs a decision"
    if spoken_to and agent.status in (AgentStatus.WORKING, AgentStatus.COLLABORATING):
        return agent.agent.current_task or ""
    return ""


def _shape(figure: Figure) -> str:
    return "offline" if figure.status is AgentStatus.UNBOUND else figure.status.value


def _set(item: QGraphicsPixmapItem, pixmap: object, at: QPointF) -> None:
    if item.pixmap().cacheKey() != pixmap.cacheKey():  # type: ignore[attr-defined]
        item.setPixmap(pixmap)  # type: ignore[arg-type]
    if item.pos() != (place := _whole(at)):
        item.setPos(place)


def _whole(at: QPointF) -> QPointF:
    return QPointF(round(at.x()), round(at.y()))
