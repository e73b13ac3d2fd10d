"""Puts pills and bubbles so that none covers another. Pure: numbers in, numbers out (logical pixels of the scene)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QPointF, QRectF, QSizeF

from office_studio.ui.render.bubble_spots import TOO_FAR, BubbleGround, find_spot, tail_of
from office_studio.ui.render.rect_grid import Box, RectGrid, area, shared_area

GAP = 2.0
_EDGE = 4.0  # pills keep this far from the view's edge
_THOUGHT_PX = 16.0  # a thought is no further above its name than this
_FACE_PX = 14.0  # covering a whole face is as bad as standing so far off
_UP = (0, -6, -12, -18, -24, -30, -38, -46, -54, -64, -76, -88)
_SIDE = (0.0, 0.2, -0.2, 0.4, -0.4, 0.62, -0.62)  # of the pill's width
_STEPS = sorted(((side, up) for up in _UP for side in _SIDE), key=lambda step: abs(step[0]) * 42 - step[1])
_CROWD_STEPS = ((0.0, 0), (0.0, -9), (0.5, -5), (-0.5, -5), (0.0, -19), (0.9, 0), (-0.9, 0))


@dataclass(frozen=True, slots=True)
class Tag:
    """One figure's label. ``head``: the point above its hair; ``face`` and ``body``: what others should not cover."""

    agent_id: str
    head: QPointF
    full: QSizeF
    short: QSizeF  # only the shape
    rank: int  # 0 is placed first: selected, blocked, then the rest
    face: Box
    body: Box
    bubble: QSizeF | None = None
    must_bubble: bool = False
    badge: Box | None = None  # status badge on the figure, which no label may cover
    reach: float = TOO_FAR  # px of tail from which the bubble is rather left out, unless it must be there
    is_thought: bool = False  # the bubble has no words: just above the name, or not at all
    is_passing: bool = False  # walks, and so gives way to all that rests


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a label is. ``tip``: the point the bubble's tail ends at."""

    rect: QRectF
    is_short: bool
    bubble: QRectF | None = None
    tip: QPointF | None = None


class Arrangement:
    """Places labels one by one and remembers them, so that one that moved is placed anew among the others.

    Args:
        view: What is seen, scene pixels.
        reserved: What lies over the scene and would hide labels.
    """

    def __init__(self, view: QRectF, reserved: Sequence[QRectF] = (), *, shapes_only: bool = False) -> None:
        self.view, self._shapes_only = _box(view), shapes_only
        self._taken, self._faces, self._bodies = RectGrid(), RectGrid(), RectGrid()
        for number, rect in enumerate(reserved):
            self._taken.add(f"reserved:{number}", _box(rect))

    def meet(self, tag: Tag) -> None:
        """Make a figure known before labels are placed, so that its face is spared."""
        self._faces.add(tag.agent_id, tag.face)
        self._bodies.add(tag.agent_id, tag.body)
        if tag.badge is not None:
            self._taken.add(f"badge:{tag.agent_id}", tag.badge)

    def forget(self, agent_id: str) -> None:
        for kind in ("pill", "bubble", "badge"):
            self._taken.remove(f"{kind}:{agent_id}")
        self._faces.remove(agent_id)
        self._bodies.remove(agent_id)

    def place_label(self, tag: Tag) -> Placed:
        """The place nearest to the head that covers no label; only the shape when a name has none."""
        short = self._shapes_only and tag.rank > 0
        box = None if short else self._pill(tag, tag.full, _STEPS)
        if box is None:
            short = True
            box = self._pill(tag, tag.short, _CROWD_STEPS if self._shapes_only else _STEPS) or self._base(
                tag, tag.short
            )
        self._taken.add(f"pill:{tag.agent_id}", box)
        return Placed(_rect(box), short)

    def place_bubble(self, tag: Tag, placed: Placed) -> Placed:
        """``placed`` with a bubble, if there is room for one or there must be one."""
        if tag.bubble is None:
            return placed
        ground = BubbleGround(self._taken, self._faces, self._bodies, self.view)
        size = (tag.bubble.width(), tag.bubble.height())
        spot = find_spot(_box(placed.rect), tag.body, size, ground, at_any_cost=tag.must_bubble)
        if spot is None or (tail_of(spot) > tag.reach and not tag.must_bubble):
            return placed
        if tag.is_thought and not 0 <= placed.rect.top() - spot.box[3] <= _THOUGHT_PX:
            return placed
        self._taken.add(f"bubble:{tag.agent_id}", spot.box)
        return replace(placed, bubble=_rect(spot.box), tip=QPointF(*spot.tip))

    # -- inside ------------------------------------------------------------------------------------
    def _base(self, tag: Tag, size: QSizeF) -> Box:
        """Just above the head, kept within the view as far as the head is."""
        wide, high = size.width(), size.height()
        left, top = round(tag.head.x() - wide / 2), round(tag.head.y() - high)
        if self.view[0] <= tag.head.x() <= self.view[2]:
            left = round(min(max(left, self.view[0] + _EDGE), self.view[2] - _EDGE - wide))
        if self.view[1] <= tag.head.y() + 12 <= self.view[3]:
            top = round(max(top, self.view[1] + _EDGE))
        return left, top, left + wide, top + high

    def _pill(self, tag: Tag, size: QSizeF, steps: Iterable[tuple[float, int]]) -> Box | None:
        left, top, right, bottom = self._base(tag, size)
        wide = right - left
        best: tuple[float, Box] | None = None
        for side, up in steps:
            away = abs(side) * 42 - up
            if best is not None and away >= best[0]:
                break
            dx = round(side * wide)
            box = (left + dx, top + up, right + dx, bottom + up)
            if not self._taken.is_free((box[0] - GAP, box[1], box[2] + GAP, box[3])):
                continue
            if self._shapes_only:
                return box
            if box[1] < self.view[1] + _EDGE <= top:
                continue
            cost = away + self._faces_covered(box, tag.agent_id) * _FACE_PX
            if best is None or cost < best[0]:
                best = (cost, box)
        return None if best is None else best[1]

    def _faces_covered(self, box: Box, agent_id: str) -> float:
        """How many faces, and parts of faces, of others a box hides."""
        hits = self._faces.hits(box)
        return sum(shared_area(box, face) / max(1.0, area(face)) for key, face in hits.items() if key != agent_id)


def arrange(
    tags: Iterable[Tag], view: QRectF, *, shapes_only: bool = False, reserved: Sequence[QRectF] = ()
) -> dict[str, Placed]:
    """All labels at once: important ones first, then from front to back; of those who walk last."""
    arrangement, ordered = Arrangement(view, reserved, shapes_only=shapes_only), in_order(tags)
    placed: dict[str, Placed] = {}
    for group in by_rest(ordered):
        for tag in group:
            arrangement.meet(tag)
        placed |= {tag.agent_id: arrangement.place_label(tag) for tag in group}
        placed |= {tag.agent_id: arrangement.place_bubble(tag, placed[tag.agent_id]) for tag in group}
    return placed


def by_rest(tags: Sequence[Tag]) -> tuple[list[Tag], list[Tag]]:
    """Those who rest and those who walk. Who passes by must not make the bubble of somebody at a desk jump about."""
    return [tag for tag in tags if not tag.is_passing], [tag for tag in tags if tag.is_passing]


def in_order(tags: Iterable[Tag]) -> list[Tag]:
    """Those that must not give way first; a label in front gives way last, since up there is free ground."""
    return sorted(tags, key=lambda tag: (tag.rank, not tag.must_bubble, -tag.head.y(), tag.agent_id))


def _box(rect: QRectF) -> Box:
    return rect.left(), rect.top(), rect.right(), rect.bottom()


def _rect(box: Box) -> QRectF:
    return QRectF(box[0], box[1], box[2] - box[0], box[3] - box[1])
