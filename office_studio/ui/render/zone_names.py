"""Where the name of a zone stands on a picture: inside the zone, rather beside people who sit there than on them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QPointF, QRectF, QSizeF

from office_studio.core.theme.model import Point
from office_studio.ui.render.rect_grid import Box, shared_area

MOST_SEATS = 300  # of larger themes, the names stand where the format says, whatever they cover
_EDGE_PX = 8.0
_NAME_PX = 26.0  # an agent's name and badge above the head
_DISC, _DISC_NAME = 36.0, 85.0  # canvas units: half an avatar, and from its centre to above its name
_LEAN = 0.6  # of a figure's height: its width
_ROWS = (0.0, *(row / 10 for row in range(1, 11)))  # from the upper edge, which the format wants, to the lower one
_SIDES = (0.5, *(side / 8 for side in (3, 5, 2, 6, 1, 7, 0, 8)))
_FAR = 0.25  # of a name covered: as bad as standing at the other end of the zone


def people_boxes(seats: Iterable[Point], height: float, scale: float) -> list[Box]:
    """Ground of whoever sits there, with the name above, scene px.

    Args:
        seats: Foot points, canvas units.
        height: Of the figures, canvas units; 0 for round avatars, which stand around their point.
        scale: Scene px a canvas unit.
    """
    half = height * _LEAN / 2 if height else _DISC
    above = height * scale + _NAME_PX if height else _DISC_NAME * scale
    below = 0.0 if height else _DISC * scale
    return [
        (at.x * scale - half * scale, at.y * scale - above, at.x * scale + half * scale, at.y * scale + below)
        for at in seats
    ]


def name_spot(zone: QRectF, size: QSizeF, people: Sequence[Box], taken: Sequence[QRectF], inset: float) -> QPointF:
    """Upper left corner of a name: centred at the upper edge, or the next place that covers fewer people.

    Args:
        zone, size: Of the zone and of the name's words, scene px.
        people: What better stays free.
        taken: Names of other zones.
        inset: Px from the zone's upper edge.
    """
    top, low = zone.top() + inset, max(zone.top() + inset, zone.bottom() - _EDGE_PX - size.height())
    left, right = zone.left() + _EDGE_PX, max(zone.left() + _EDGE_PX, zone.right() - _EDGE_PX - size.width())
    others = [(r.left(), r.top(), r.right(), r.bottom()) for r in taken]
    near = [box for box in (*people, *others) if shared_area(box, _box(zone.adjusted(-200, -60, 200, 60)))]
    best: tuple[float, QPointF] | None = None
    for row in _ROWS:
        for side in _SIDES:
            x = zone.center().x() - size.width() / 2 if side == _SIDES[0] else left + (right - left) * side
            at = QPointF(x, top + (low - top) * row)
            box = _box(QRectF(at, size))
            covered = sum(shared_area(box, other) for other in near) / max(1.0, size.width() * size.height())
            cost = covered + _FAR * (row + abs(side - 0.5))
            if best is None or cost < best[0]:
                best = cost, at
            if not covered and row == 0 and side == _SIDES[0]:
                return at
    assert best is not None
    return best[1]


def _box(rect: QRectF) -> Box:
    return rect.left(), rect.top(), rect.right(), rect.bottom()
