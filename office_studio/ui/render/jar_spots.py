"""Where there is room for a row of jars and signs: beside a figure, off the names. Pure geometry, scene pixels."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSizeF

from office_studio.ui.render.rect_grid import Box

_BESIDE, _BELOW, _STEP = 4.0, 6.0, 32.0  # px
_HIDDEN = 2.0  # a row out of view is worse than one over something
_HOLDS = 12.0  # px² that another place must be better by: rows do not jump about
_STEPS_UP = 8

Obstacle = tuple[QRectF, float]  # what it costs to cover a square pixel of it


def beside(body: Box, foot_y: float, size: QSizeF) -> list[QRectF]:
    """Rows around a figure whose box is ``body`` and which stands at ``foot_y``, the best first."""
    left, top, right, bottom = body
    low = min(bottom, foot_y) - size.height()
    middle = (top + bottom) / 2 - size.height() / 2
    before = left - _BESIDE - size.width()
    spots = (
        (right + _BESIDE, low), (before, low), ((left + right - size.width()) / 2, foot_y + _BELOW),
        (right + _BESIDE, middle), (before, middle), (right + _BESIDE, foot_y + _BELOW), (before, foot_y + _BELOW),
    )  # fmt: skip
    return [QRectF(QPointF(*spot), size) for spot in spots]


def up_from(corner: QPointF, size: QSizeF) -> list[QRectF]:
    """Rows whose lower left corner is there, or straight above."""
    return [QRectF(QPointF(corner.x(), corner.y() - size.height() - _STEP * n), size) for n in range(_STEPS_UP)]


def best(spots: Sequence[QRectF], obstacles: Sequence[Obstacle], view: QRectF, before: int | None) -> int:
    """Which of the spots covers least. ``before``: the one of the last time, which is kept while it is about as good.

    Args:
        view: What is seen; empty when that is not known.
    """
    held = before if before is not None and before < len(spots) else None
    if held is not None and not _cost(spots[held], obstacles, view):
        return held  # nearly always: nothing has come in the way
    around = spots[0]
    for spot in spots[1:]:
        around = around.united(spot)
    near = [one for one in obstacles if one[0].intersects(around)]
    costs = [_cost(spot, near, view) for spot in spots]
    least = min(costs)
    return held if held is not None and costs[held] <= least + _HOLDS else costs.index(least)


def _cost(spot: QRectF, obstacles: Sequence[Obstacle], view: QRectF) -> float:
    cost = sum(weight * _area(spot.intersected(rect)) for rect, weight in obstacles if rect.intersects(spot))
    if not view.isEmpty():
        cost += _HIDDEN * (_area(spot) - _area(spot.intersected(view)))
    return cost


def _area(rect: QRectF) -> float:
    return 0.0 if rect.isEmpty() else rect.width() * rect.height()
