"""The office that is drawn when there is no theme (format section 19). Lengths are view pixels."""

from __future__ import annotations

import math

from office_studio.core.office.model import AgentStatus
from office_studio.core.theme.model import Point, Rect, Zone, ZoneType

PADDING, GAP, ROW_STEP = 20, 12, 86


def fallback_zones(width: float, height: float) -> tuple[Zone, Zone, Zone]:
    """Work area, meeting room and break area for a view; they have no seats, see ``fallback_positions``."""
    inner_height, inner_width = height - 52, width - 52
    top = math.floor(0.65 * inner_height)
    work = math.floor(0.55 * inner_width)
    return (
        _zone("work", "WORK AREA", ZoneType.WORK, Rect(PADDING, PADDING, work, top)),
        _zone("meeting", "MEETING ROOM", ZoneType.MEETING, Rect(32 + work, PADDING, inner_width - work, top)),
        _zone("break", "BREAK AREA ☕", ZoneType.LOUNGE, Rect(PADDING, 32 + top, width - 40, inner_height - top)),
    )


def fallback_zone_type(status: AgentStatus) -> ZoneType:
    if status is AgentStatus.COLLABORATING:
        return ZoneType.MEETING
    return ZoneType.LOUNGE if status is AgentStatus.IDLE else ZoneType.WORK


def fallback_room(bounds: Rect) -> int:
    """How many figures a zone holds in rows that do not leave it; at least one row."""
    per_row = max(1, math.floor((bounds.width - 40) / 72))
    return per_row * max(1, math.floor(bounds.height / ROW_STEP))


def fallback_positions(bounds: Rect, count: int) -> tuple[Point, ...]:
    """Centres of ``count`` figures in a zone: centred rows of at most (width - 40) / 72."""
    per_row = max(1, math.floor((bounds.width - 40) / 72))
    rows = [min(per_row, count - first) for first in range(0, count, per_row)]
    middle = bounds.center
    points = []
    for index, length in enumerate(rows):
        spacing = min(90.0, (bounds.width - 40) / length)
        y = middle.y + (index - (len(rows) - 1) / 2) * ROW_STEP
        points += [Point(middle.x + (i - (length - 1) / 2) * spacing, y) for i in range(length)]
    return tuple(points)


def _zone(ident: str, name: str, kind: ZoneType, bounds: Rect) -> Zone:
    return Zone(ident, name, kind, bounds, capacity=1, seats=())
