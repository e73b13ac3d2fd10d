"""Name pills and bubbles of all figures, kept apart from each other.

A small office is arranged at once. A crowd is arranged in slices of a few milliseconds, and only those whose labels
changed; the others stay where they are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from time import perf_counter
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtWidgets import QGraphicsPixmapItem

from office_studio.core.office.bubbles import Bubble, BubbleKind, said_by
from office_studio.core.office.live import LiveAgent
from office_studio.core.office.model import AgentStatus
from office_studio.core.office.stage import Figure
from office_studio.core.theme.model import Characters
from office_studio.ui.render import palette
from office_studio.ui.render.bubble_look import DOT_STEP_MS, DOT_STEPS, BubbleLook, bubble_size
from office_studio.ui.render.bubble_spots import TOO_FAR
from office_studio.ui.render.figure_item import FigureItem
from office_studio.ui.render.label_items import LabelItems
from office_studio.ui.render.label_layout import Arrangement, Placed, Tag, by_rest, in_order
from office_studio.ui.render.labels import LabelPainter, PillLook, pill_size
from office_studio.ui.render.rect_grid import Box
from office_studio.ui.render.tag_style import BadgeStyle, TagStyle, badge_style, tag_style

if TYPE_CHECKING:
    from office_studio.ui.render.scene import StageScene

NAMES_FROM_PX = 34.0  # drawn height of a figure from which names are shown
COMPACT_BELOW_PX = 72.0  # drawn height of a figure below which bubbles are one short line
CROWD = 60  # more figures than this: shapes only
MANY = 30  # figures; above, arranging is spread over frames
SPEAKERS = 12  # so many bubbles have a right to a place; more of them only where there is room
CHATTER_REACH_PX = 36.0  # their tails are no longer
CHATTER = 3  # bubbles of those who are neither blocked nor selected: normal work is calm
_BESIDE_PX = 80.0  # labels of figures so far out of the view are still arranged


class LabelLayer:
    """Labels lie over everything, at constant size."""

    def __init__(self, stage: StageScene) -> None:
        self._stage = stage
        self._painter = LabelPainter()
        self._items = LabelItems(stage)
        self._placed: dict[str, Placed] = {}
        self._arrangement: Arrangement | None = None
        self._work: Iterator[None] | None = None
        self._stale: set[str] = set()
        self._all_stale = True
        self._characters: Characters | None = None
        self._thinking: dict[str, BubbleLook] = {}
        self._dot_step = 0
        self.style: TagStyle | None = None  # None: our own pills
        self.badge: BadgeStyle | None = None  # None: the shape stands in the pill
        self.are_visible = True
        self.view = QRectF(0, 0, 1280, 720)
        self.reserved: Sequence[QRectF] = ()  # ground under floating controls, scene pixels

    def set_theme(self, characters: Characters | None) -> None:
        """Names and badges as a theme wants them; None: as we do."""
        self._characters = characters
        self._take_style(1.0)

    def clear(self) -> None:
        """No labels, until they are arranged for another room: those of the room before have no place in it."""
        self._items.keep(())
        self._placed.clear()
        self._thinking.clear()
        self.touch()

    def set_scale(self, scale: float, ratio: float) -> None:
        self._painter.set_ratio(ratio)
        self._take_style(scale)

    def _take_style(self, scale: float) -> None:
        known = self._characters
        self.style = None if known is None else tag_style(known, scale)
        self.badge = None if known is None else badge_style(known, scale)

    # -- arranging ---------------------------------------------------------------------------------
    def touch(self, agent_ids: Collection[str] | None = None) -> None:
        """Labels of these agents (None: of all) no longer fit and are arranged by the next ``proceed``."""
        if agent_ids is None:
            self._all_stale, self._work = True, None
        else:
            self._stale.update(agent_ids)

    @property
    def is_stale(self) -> bool:
        """Whether there is something to arrange."""
        return self._all_stale or bool(self._stale) or self._work is not None

    @property
    def is_arranging(self) -> bool:
        """Whether a pass has begun that is not at its end."""
        return self._work is not None

    @property
    def is_large(self) -> bool:
        return len(self._stage.figures) > MANY

    def proceed(self, budget_ms: float | None = None) -> bool:
        """Arrange what is stale, for at most about ``budget_ms``. Returns whether all is done."""
        until = None if budget_ms is None else perf_counter() + budget_ms / 1000
        while self.is_stale:
            if self._work is None:
                self._work = self._arrange()
            for _ in self._work:
                if until is not None and perf_counter() >= until:
                    return False
            self._work = None
            self._stage.jars.place()  # they keep off names
        return True

    def relayout(self) -> None:
        """Place all labels anew, now."""
        self.touch()
        self.proceed()

    def follow(self, agent_ids: Collection[str]) -> None:
        """Move the labels of walking figures along, without arranging anew."""
        for agent_id in agent_ids:
            item = self._stage.figures.get(agent_id)
            if item is not None:
                self._items.follow(agent_id, item.head())

    def animate(self, now_ms: float) -> float | None:
        """Move the dots of those who think; returns when they move next, None when nobody does."""
        if not self._thinking:
            return None
        step = int(now_ms // DOT_STEP_MS) % DOT_STEPS
        if step != self._dot_step:
            self._dot_step = step
            for agent_id, look in self._thinking.items():
                look = replace(look, step=step)
                self._items.exchange_bubble(agent_id, self._painter.bubble(look))
        return (now_ms // DOT_STEP_MS + 1) * DOT_STEP_MS

    # -- asking ------------------------------------------------------------------------------------
    def agent_at(self, at: QPointF) -> str | None:
        return self._items.agent_at(at)

    def rects(self) -> list[QRectF]:
        """Everything of all labels that others keep off: names, badges, bubbles; scene pixels."""
        kinds = (self._items.pills, self._items.badges, self._items.bubbles)
        return [item.sceneBoundingRect() for kind in kinds for item in kind.values()]

    def rect_of(self, agent_id: str) -> QRectF | None:
        """The name pill of an agent, scene pixels."""
        return _bounds(self._items.pills.get(agent_id))

    def badge_rect_of(self, agent_id: str) -> QRectF | None:
        """The status badge on the figure of an agent, scene pixels; None when the status stands in the pill."""
        return _bounds(self._items.badges.get(agent_id))

    def bubble_rect_of(self, agent_id: str) -> QRectF | None:
        """The bubble of an agent without its tail, scene pixels."""
        return _bounds(self._items.bubbles.get(agent_id))

    # -- inside ------------------------------------------------------------------------------------
    def _arrange(self) -> Iterator[None]:
        """One pass over what is stale, a few labels a step."""
        figures = self._stage.figures if self.are_visible else {}
        # A small office is arranged as a whole, so that what is shown does not depend on how it came to be.
        whole = self._all_stale or self._arrangement is None or not self.is_large
        names, self._stale, self._all_stale = self._stale, set(), False
        shapes_only, compact = self._density(figures)
        if whole or self._arrangement is None:
            self._items.keep(figures)
            stage = self._stage
            reserved = (*self.reserved, *stage.zones.label_rects(), *stage.seats.number_rects())
            self._thinking = {a: look for a, look in self._thinking.items() if a in figures}
            self._arrangement, names = Arrangement(self.view, reserved, shapes_only=shapes_only), set(figures)
        arrangement, tags = self._arrangement, []
        for number, agent_id in enumerate(names):
            arrangement.forget(agent_id)
            item = figures.get(agent_id)
            if item is None or not self._is_near(item):
                self._items.drop(agent_id)
                self._placed.pop(agent_id, None)
                self._thinking.pop(agent_id, None)
                continue
            tags.append(self._tag(item, compact, shapes_only))
            if number % 16 == 15:
                yield
        for group in by_rest(in_order(tags)):
            for tag in group:
                arrangement.meet(tag)
            yield from self._place(arrangement, group, figures, compact)

    def _place(
        self, arrangement: Arrangement, tags: list[Tag], figures: dict[str, FigureItem], compact: bool
    ) -> Iterator[None]:
        speaking = [tag for tag in tags if tag.bubble is not None]
        for number, tag in enumerate(tags):
            placed = self._placed[tag.agent_id] = arrangement.place_label(tag)
            if tag.bubble is None and tag.agent_id in figures:
                self._show(figures[tag.agent_id], placed, compact)
            if number % 8 == 7:
                yield
        names = {tag.agent_id for tag in tags}
        chatter = sum(self._is_chatter(other) for other in self._items.bubbles if other not in names)
        for tag in speaking:
            placed = self._placed[tag.agent_id]
            is_chatter = self._is_chatter(tag.agent_id)
            if not is_chatter or chatter < CHATTER:
                placed = self._placed[tag.agent_id] = arrangement.place_bubble(tag, placed)
                chatter += is_chatter and placed.bubble is not None
            if tag.agent_id in figures:
                self._show(figures[tag.agent_id], placed, compact)
            yield

    def _is_chatter(self, agent_id: str) -> bool:
        """Whether somebody speaks of work that goes well; thoughts have no words and disturb nobody."""
        item = self._stage.figures.get(agent_id)
        if item is None or agent_id == self._stage.selected or item.figure.status is AgentStatus.BLOCKED:
            return False
        bubble = item.figure.bubble
        return bubble is None or bubble.kind is not BubbleKind.THINKING

    def _density(self, figures: dict[str, FigureItem]) -> tuple[bool, bool]:
        """Whether only shapes are shown, and whether bubbles are short."""
        if len(figures) > CROWD:
            return True, True
        tallest = max((item.height_px() for item in figures.values() if item.figure.clip), default=None)
        shapes = tallest is not None and tallest < NAMES_FROM_PX
        return shapes, len(figures) > MANY or (tallest is not None and tallest < COMPACT_BELOW_PX)

    def _is_near(self, item: FigureItem) -> bool:
        view = self.view if not self.view.isEmpty() else self._stage.canvas_rect
        return view.adjusted(-_BESIDE_PX, -_BESIDE_PX, _BESIDE_PX, _BESIDE_PX).contains(item.head())

    def _look(self, figure: Figure, *, short: bool) -> PillLook:
        selected = self._stage.selected == figure.agent_id
        style = None if short else self.style
        tint = None if short else self._tint(figure)
        return PillLook("" if short else figure.name, _shape(figure), selected, self._stage.is_stale, style, tint)

    def _tint(self, figure: Figure) -> tuple[int, int, int] | None:
        """Of those who all wear the one atlas of the theme (decision 11a); others are told apart by what they wear."""
        assets = self._stage.assets
        if assets is None or len(assets.wardrobe) != 1 or figure.seat_id in assets.seat_pictures:
            return None
        color = palette.tint(figure.agent_id)
        return color.red(), color.green(), color.blue()

    def _tag(self, item: FigureItem, compact: bool, shapes_only: bool) -> Tag:
        figure = item.figure
        selected = self._stage.selected == figure.agent_id
        blocked = figure.status is AgentStatus.BLOCKED
        bubble = self._bubble_look(item, compact)
        must = blocked and (selected or not self.is_large or self._speakers_before(figure.agent_id) < SPEAKERS)
        full = pill_size(self._look(figure, short=False))
        return Tag(
            agent_id=figure.agent_id,
            head=self._place_of_name(item, full.height()),
            full=full,
            short=pill_size(self._look(figure, short=True)),
            rank=0 if selected or blocked else 1,
            face=item.face_box(),
            body=item.body_box(),
            badge=None if shapes_only else self._badge_box(item),
            bubble=None if bubble is None else bubble_size(bubble),
            must_bubble=must,
            reach=TOO_FAR if selected or blocked else CHATTER_REACH_PX,
            is_thought=bubble is not None and bubble.kind is BubbleKind.THINKING,
            is_passing=figure.walking,
        )

    def _place_of_name(self, item: FigureItem, height: float) -> QPointF:
        """Middle of the lower edge of the name: where the theme wants it, but never on the figure's own face."""
        head, style = item.head(), self.style
        if style is None or item.seat_picture is not None:
            return head
        offset = style.offset_y * self._stage.scale
        if offset > 0:  # below the feet
            return QPointF(head.x(), item.foot.y() + offset + height)
        return QPointF(head.x(), min(head.y(), item.foot.y() + offset))

    def _badge_box(self, item: FigureItem) -> Box | None:
        if self.badge is None:
            return None
        centre, half = item.badge_at(self.badge.offset_x, self.badge.offset_y), self.badge.side / 2
        left, top = round(centre.x() - half), round(centre.y() - half)
        return left, top, left + self.badge.side, top + self.badge.side

    def _speakers_before(self, agent_id: str) -> int:
        return sum(other != agent_id for other in self._items.bubbles)

    def _bubble_look(self, item: FigureItem, compact: bool) -> BubbleLook | None:
        figure, agent = item.figure, self._stage.agents.get(item.figure.agent_id)
        if agent is None or figure.walking or self._stage.is_stale or figure.dimmed:
            return None
        is_chosen = self._stage.selected == agent.id
        if self._stage.seats.is_visible and not is_chosen and figure.status is not AgentStatus.BLOCKED:
            return None  # while seats are given out, only what matters is said
        bubble = spoken(figure, agent, is_selected=is_chosen)
        if bubble is None or (compact and bubble.kind is BubbleKind.THINKING):
            return None  # on a small stage there is room for words only
        return BubbleLook(bubble.text, _shape(figure), compact, bubble.kind, self._dot_step_of(bubble))

    def _dot_step_of(self, bubble: Bubble) -> int:
        return self._dot_step if bubble.kind is BubbleKind.THINKING else 0

    def _show(self, item: FigureItem, placed: Placed, compact: bool) -> None:
        agent_id = item.figure.agent_id
        pill = self._painter.pill(self._look(item.figure, short=placed.is_short))
        look = self._bubble_look(item, compact) if placed.bubble is not None else None
        bubble = self._painter.bubble(look) if look is not None else None
        self._thinking.pop(agent_id, None)
        if look is not None and look.kind is BubbleKind.THINKING:
            self._thinking[agent_id] = look
        presence = item.presence()
        opacity = max(0.55, presence) if presence < 1 else 1.0
        self._items.show(
            agent_id,
            placed,
            item.head(),
            pill,
            bubble,
            opacity,
            is_selected=self._stage.selected == agent_id,
            is_thought=look is not None and look.kind is BubbleKind.THINKING,
        )
        box = None if placed.is_short else self._badge_box(item)
        if box is None or self.badge is None:
            self._items.show_badge(agent_id, None, QPointF(), 1.0)
        else:
            badge = self._painter.badge(self.badge, _shape(item.figure), stale=self._stage.is_stale)
            self._items.show_badge(agent_id, badge, QPointF(box[0], box[1]), opacity)


def spoken(figure: Figure, agent: LiveAgent, *, is_selected: bool) -> Bubble | None:
    """What a figure says: why it is blocked, what it is just about, and its task when it is asked."""
    if agent.status is AgentStatus.BLOCKED:
        text = agent.blocked_by or agent.agent.current_task or "Needs a decision"
        return Bubble(BubbleKind.BLOCKED, text)
    busy = agent.status in (AgentStatus.WORKING, AgentStatus.COLLABORATING)
    task = agent.agent.current_task if is_selected and busy else None
    if figure.bubble is not None and (figure.bubble.kind is not BubbleKind.THINKING or not task):
        return figure.bubble
    return Bubble(BubbleKind.TASK, task) if task else None


def seen_of(agent: LiveAgent) -> tuple[object, ...]:
    """What of an agent can be seen on the stage, or is said there."""
    inner = agent.agent
    return *said_by(agent), inner.name, inner.collaborating_with, agent.is_foreign


def _shape(figure: Figure) -> str:
    return "offline" if figure.status is AgentStatus.UNBOUND else figure.status.value


def _bounds(item: QGraphicsPixmapItem | None) -> QRectF | None:
    return None if item is None else item.sceneBoundingRect()
