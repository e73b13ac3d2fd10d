"""Puts pills and bubbles so that none covers another. Pure: rectangles in, rectangles out (logical pixels)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSizeF

GAP = 2.0
_MAX_SHIFT = 64.0
_BAND = 32.0


@dataclass(frozen=True, slots=True)
class Tag:
    """One figure's label. ``head``: the point above its hair."""

    agent_id: str
    head: QPointF
    full: QSizeF
    short: QSizeF  # only the shape
    rank: int  # 0 is placed first: selected, blocked, then the rest
    bubble: QSizeF | None = None
    must_bubble: bool = False


@dataclass(frozen=True, slots=True)
class Placed:
    rect: QRectF
    is_short: bool
    bubble: QRectF | None = None
    tail: str = "down"


def arrange(tags: Iterable[Tag], heads: Sequence[QRectF], view: QRectF, *, shapes_only: bool) -> dict[str, Placed]:
    """Rectangles of all labels. ``heads``: what a bubble should not cover; ``view``: what is seen.

    Important ones first, then from front to back, so that a label that must give way moves up, over free ground.
    """
    order = sorted(tags, key=lambda tag: (tag.rank, -tag.head.y(), tag.agent_id))
    used = _Taken()
    placed: dict[str, Placed] = {}
    for tag in order:
        short = shapes_only and tag.rank > 0
        rect = _pill_rect(tag, tag.short if short else tag.full, used)
        if rect is None:
            short, rect = True, _pill_rect(tag, tag.short, used) or _above(tag, tag.short)
        used.add(rect)
        placed[tag.agent_id] = Placed(rect, short)
    for tag in order:
        if tag.bubble is not None:
            found = _bubble_rect(tag, placed[tag.agent_id].rect, used, heads, view)
            if found is not None:
                used.add(found[0])
                before = placed[tag.agent_id]
                placed[tag.agent_id] = Placed(before.rect, before.is_short, *found)
    return placed


def _above(tag: Tag, size: QSizeF) -> QRectF:
    return QRectF(round(tag.head.x() - size.width() / 2), round(tag.head.y() - size.height()), *size.toTuple())


class _Taken:
    """Rectangles in use, in horizontal bands, so that a crowd is not compared with all of itself."""

    def __init__(self) -> None:
        self._bands: dict[int, list[QRectF]] = {}

    def add(self, rect: QRectF) -> None:
        for band in self._of(rect):
            self._bands.setdefault(band, []).append(rect)

    def hit(self, rect: QRectF) -> QRectF | None:
        wider = rect.adjusted(-GAP, 0, GAP, 0)
        for band in self._of(rect):
            for other in self._bands.get(band, ()):
                if other.intersects(wider):
                    return other
        return None

    def covered(self, rect: QRectF) -> float:
        """Area of ``rect`` that is in use; counts overlaps in several bands more than once."""
        return sum(_area(rect.intersected(other)) for band in self._of(rect) for other in self._bands.get(band, ()))

    @staticmethod
    def _of(rect: QRectF) -> range:
        return range(int(rect.top() // _BAND), int(rect.bottom() // _BAND) + 1)


def _pill_rect(tag: Tag, size: QSizeF, used: _Taken) -> QRectF | None:
    """The nearest free place at or above the head, None when there is none near."""
    rect = _above(tag, size)
    lowest = rect.top() - _MAX_SHIFT
    while rect.top() >= lowest:
        hit = used.hit(rect)
        if hit is None:
            return rect
        rect = QRectF(rect.x(), hit.top() - rect.height() - GAP, rect.width(), rect.height())
    return None


def _bubble_rect(
    tag: Tag, pill: QRectF, used: _Taken, heads: Sequence[QRectF], view: QRectF
) -> tuple[QRectF, str] | None:
    """Above the pill, else beside it. A bubble that must be seen takes the least bad place."""
    assert tag.bubble is not None
    width, height = tag.bubble.toTuple()
    middle, top = pill.center().x(), pill.top() - height - 1
    spots = (
        (QRectF(round(middle - width / 2), top, width, height), "down"),
        (QRectF(round(middle - width * 0.2), top, width, height), "down-left"),
        (QRectF(round(middle - width * 0.8), top, width, height), "down-right"),
        (QRectF(pill.right() + 2, round(pill.center().y() - height / 2), width, height), "left"),
        (QRectF(pill.left() - width - 2, round(pill.center().y() - height / 2), width, height), "right"),
    )
    best: tuple[float, QRectF, str] | None = None
    for rect, tail in spots:
        cost = _cost(rect, used, heads, view)
        if cost == 0:
            return rect, tail
        if best is None or cost < best[0]:
            best = (cost, rect, tail)
    if not tag.must_bubble or best is None:
        return None
    return best[1], best[2]


def _cost(rect: QRectF, used: _Taken, heads: Iterable[QRectF], view: QRectF) -> float:
    """How much of what matters a rectangle covers, and how much of it lies outside the view."""
    outside = _area(rect) - _area(rect.intersected(view))
    labels = used.covered(rect)
    faces = sum(_area(rect.intersected(other)) for other in heads)
    return 4 * outside + 3 * labels + faces


def _area(rect: QRectF) -> float:
    return rect.width() * rect.height() if rect.isValid() else 0.0
