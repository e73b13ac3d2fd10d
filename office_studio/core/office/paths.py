"""Ways over the floor of a theme: A* over its grid, pulled straight. Canvas units.

A seat often stands on the foot of a chair or of a sofa. The last steps to it, its *approach*, are a straight line
from a free cell; of all feet they cross only those the seat itself stands on.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from heapq import heappop, heappush

from office_studio.core.office.feet import Polygon
from office_studio.core.office.floor_grid import FloorGrid, is_inside
from office_studio.core.theme.model import Direction, Point, Rect

_STRAIGHT, _DIAGONAL = 10, 14  # cost of a step, times ten
_SEARCH_CELLS = 24  # how far from a blocked point free floor is looked for
_BEHIND = 0.35  # an approach from the front, where a desk is likely, counts this much longer
_MANY_BLOCKS = 3000  # beyond, approaches are not compared with what they cross
_NEAR = 2.0  # corners of a way closer together than this are one
_HEADINGS = {
    Direction.UP: (0.0, -1.0),
    Direction.DOWN: (0.0, 1.0),
    Direction.LEFT: (-1.0, 0.0),
    Direction.RIGHT: (1.0, 0.0),
}

_Box = tuple[float, float, float, float]


def find_path(
    grid: FloorGrid,
    start: Point,
    end: Point,
    *,
    faces: Direction | None = None,
    leaves: Direction | None = None,
) -> tuple[Point, ...]:
    """The way from ``start`` to ``end``, both included. Without one, the straight line.

    Args:
        faces: Direction of the seat at the end, which is come to from behind or from the side.
        leaves: Direction of the seat at the start.
    """
    if grid.sees(start, end):
        return (start, end)
    first, last = approach(grid, start, leaves), approach(grid, end, faces)
    if first is None or last is None or grid.regions[first] != grid.regions[last]:
        return (start, end)
    cells = _cells_between(grid, first, last)
    points = [start, *(grid.middle_of(index) for index in cells), end]
    return _without_near(_pulled(grid, points))


def approach(grid: FloorGrid, at: Point, faces: Direction | None = None) -> int | None:
    """The free cell from which a point is reached in a straight line: its own when free, else the best one near it.

    Only cells of the largest connected part of the floor count, unless there is none of them near.
    """
    own = grid.index_of(at)
    if own is not None and grid.regions[own] == grid.main_region:
        return own
    obstacles = _obstacles_near(grid, at)
    best: tuple[float, int] | None = None
    for ring in range(1, _SEARCH_CELLS):
        if best is not None and (ring - 1) * grid.cell > best[0]:
            break
        for index in _ring(grid, at, ring):
            if grid.regions[index] != grid.main_region:
                continue
            price = _approach_price(grid, at, grid.middle_of(index), faces, obstacles)
            if price is not None and (best is None or (price, index) < best):
                best = (price, index)
    if best is not None:
        return best[1]
    return own if own is not None and grid.regions[own] else None


def _approach_price(
    grid: FloorGrid, at: Point, beside: Point, faces: Direction | None, obstacles: Sequence[tuple[Polygon, _Box]]
) -> float | None:
    """How good an approach is (its length, longer from the front); None when it crosses a foot."""
    dx, dy = beside.x - at.x, beside.y - at.y
    length = math.hypot(dx, dy)
    left, right = min(at.x, beside.x), max(at.x, beside.x)
    top, bottom = min(at.y, beside.y), max(at.y, beside.y)
    for corners, box in obstacles:
        if box[0] <= right and box[2] >= left and box[1] <= bottom and box[3] >= top and _crosses(at, beside, corners):
            return None
    if faces is None or not length:
        return length
    heading = _HEADINGS[faces]
    return length * (1 + _BEHIND * (1 + (dx * heading[0] + dy * heading[1]) / length))


def _obstacles_near(grid: FloorGrid, at: Point) -> list[tuple[Polygon, _Box]]:
    """Feet near a point that it does not stand on, each with its left, top, right and bottom."""
    reach = _SEARCH_CELLS * grid.cell
    near: list[tuple[Polygon, _Box]] = []
    for corners in grid.ground.obstacles:
        xs, ys = [p.x for p in corners], [p.y for p in corners]
        box = (min(xs), min(ys), max(xs), max(ys))
        if _is_near(box, at, reach) and not is_inside((corners,), at):
            near.append((corners, box))
    if len(grid.ground.blocks) <= _MANY_BLOCKS:
        for rect in grid.ground.blocks:
            box = (rect.x, rect.y, rect.x + rect.width, rect.y + rect.height)
            if _is_near(box, at, reach) and not rect.contains(at):
                near.append((_corners(rect), box))
    return near


def _is_near(box: _Box, at: Point, reach: float) -> bool:
    left, top, right, bottom = box
    return left <= at.x + reach and right >= at.x - reach and top <= at.y + reach and bottom >= at.y - reach


def _crosses(a: Point, b: Point, corners: Polygon) -> bool:
    """Whether a segment touches the rim of a polygon, or lies inside."""
    for number, c in enumerate(corners):
        d = corners[number - 1]
        one, two = _turn(a, b, c), _turn(a, b, d)
        three, four = _turn(c, d, a), _turn(c, d, b)
        if one * two <= 0 and three * four <= 0 and (one or two or three or four):
            return True
    return is_inside((corners,), b)


def _turn(a: Point, b: Point, c: Point) -> float:
    return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x)


def _ring(grid: FloorGrid, at: Point, ring: int) -> Iterator[int]:
    """Numbers of the cells at a distance of ``ring`` cells (the larger of both axes), row by row."""
    column, row = math.floor(at.x / grid.cell), math.floor(at.y / grid.cell)
    for y in range(max(0, row - ring), min(grid.rows - 1, row + ring) + 1):
        step = 1 if abs(y - row) == ring else 2 * ring
        for x in range(column - ring, column + ring + 1, step):
            if 0 <= x < grid.columns:
                yield y * grid.columns + x


def _cells_between(grid: FloorGrid, first: int, last: int) -> list[int]:
    """Cells of a shortest way, both ends included; they must be connected. Ties break by position, never by chance."""
    columns, count, blocked = grid.columns, grid.columns * grid.rows, grid.blocked
    goal_row, goal_column = divmod(last, columns)

    def guess(index: int) -> int:
        row, column = divmod(index, columns)
        across, down = abs(column - goal_column), abs(row - goal_row)
        return _STRAIGHT * max(across, down) + (_DIAGONAL - _STRAIGHT) * min(across, down)

    cost, came, done = {first: 0}, {first: first}, bytearray(count)
    # Whole numbers compare faster than tuples: estimate, then what is left, then the cell.
    queue = [(guess(first) << 34) + first]
    while queue:
        index = heappop(queue) & 0x1FFFF
        if done[index]:
            continue
        if index == last:
            break
        done[index] = 1
        here, column = cost[index], index % columns
        west = column > 0 and not blocked[index - 1]
        east = column < columns - 1 and not blocked[index + 1]
        north = index >= columns and not blocked[index - columns]
        south = index < count - columns and not blocked[index + columns]
        steps = []
        if west:
            steps.append((index - 1, _STRAIGHT))
        if east:
            steps.append((index + 1, _STRAIGHT))
        if north:
            steps.append((index - columns, _STRAIGHT))
            # Corners are not cut: both neighbours of a diagonal step must be free.
            if west:
                steps.append((index - columns - 1, _DIAGONAL))
            if east:
                steps.append((index - columns + 1, _DIAGONAL))
        if south:
            steps.append((index + columns, _STRAIGHT))
            if west:
                steps.append((index + columns - 1, _DIAGONAL))
            if east:
                steps.append((index + columns + 1, _DIAGONAL))
        for beside, price in steps:
            if blocked[beside] or done[beside]:
                continue
            total = here + price
            if total < cost.get(beside, total + 1):
                cost[beside], came[beside] = total, index
                left = guess(beside)
                # What is left counts an eighth more: far fewer cells are looked at, and pulling straight mends the way.
            heappush(queue, ((((total + left + left // 8) << 17) + left) << 17) + beside)
    way = [last]
    while way[-1] != first:
        way.append(came[way[-1]])
    return way[::-1]


def _pulled(grid: FloorGrid, points: Sequence[Point]) -> list[Point]:
    """The way with every corner taken out that can be cut without leaving free cells."""
    way, anchor, number = [points[0]], 0, 1
    # The ends may be blocked (approaches): they keep their first free cell unless it can be seen past.
    while number < len(points) - 1:
        if grid.sees(points[anchor], points[number + 1]):
            number += 1
            continue
        way.append(points[number])
        anchor = number
        number += 1
    way.append(points[-1])
    return _shortened(grid, way)


def _shortened(grid: FloorGrid, way: list[Point]) -> list[Point]:
    """Second pass: from each corner straight to the furthest one in sight."""
    short, at = [way[0]], 0
    while at < len(way) - 1:
        furthest = next((n for n in range(len(way) - 1, at + 1, -1) if grid.sees(way[at], way[n])), at + 1)
        short.append(way[furthest])
        at = furthest
    return short


def _without_near(way: Sequence[Point]) -> tuple[Point, ...]:
    """The way without steps too short to be seen; its ends stay."""
    kept = [way[0]]
    for point in way[1:-1]:
        if max(abs(point.x - kept[-1].x), abs(point.y - kept[-1].y)) >= _NEAR:
            kept.append(point)
    return (*kept, way[-1])


def _corners(rect: Rect) -> Polygon:
    right, bottom = rect.x + rect.width, rect.y + rect.height
    return (Point(rect.x, rect.y), Point(right, rect.y), Point(right, bottom), Point(rect.x, bottom))
