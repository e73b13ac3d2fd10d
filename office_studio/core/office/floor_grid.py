"""The floor of a theme as a grid of free and blocked cells, for finding ways. Canvas units unless said otherwise.

Careful on purpose: a cell counts as blocked as soon as an obstacle reaches into it. So a straight line over free
cells never touches an obstacle.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from office_studio.core.office.feet import Ground, Polygon, ground_of
from office_studio.core.theme.model import Point, Rect, Theme

COLUMNS, MAX_ROWS = 128, 192
MAX_CORNERS = 3000  # of all polygons of a theme; more take too long to draw into a grid
_SEAM = 0.05  # of a cell: how far beside an edge of the floor we look for more floor


class _Raster:
    """Collects blocked cells: rectangles as differences, edges as runs; a run costs the same whatever its length."""

    def __init__(self, columns: int, rows: int, cell: float) -> None:
        self.columns, self.rows, self.cell = columns, rows, cell
        self._differences = [0] * ((columns + 1) * (rows + 1))

    def rect(self, rect: Rect) -> None:
        """Block every cell the rectangle reaches into."""
        left, right = self._span(rect.x, rect.x + rect.width, self.columns)
        top, bottom = self._span(rect.y, rect.y + rect.height, self.rows)
        if left < right and top < bottom:
            stride, d = self.columns + 1, self._differences
            d[top * stride + left] += 1
            d[top * stride + right] -= 1
            d[bottom * stride + left] -= 1
            d[bottom * stride + right] += 1

    def polygon(self, corners: Polygon) -> None:
        """Block every cell that the polygon reaches into: those its edges pass, and those whose middle is inside."""
        for row, left, right in self.edge_runs(corners):
            self._run(row, left, right)
        for row in range(*self._span(min(p.y for p in corners), max(p.y for p in corners), self.rows)):
            for start, end in inside_spans((corners,), (row + 0.5) * self.cell):
                # Cells whose middle lies in the span.
                self._run(row, math.ceil(start / self.cell - 0.5), math.floor(end / self.cell - 0.5) + 1)

    def edge_runs(self, corners: Polygon) -> Iterable[tuple[int, int, int]]:
        """Row, first column and column after the last, of the cells each edge passes through."""
        for number, a in enumerate(corners):
            b = corners[number - 1]
            low, high = (a, b) if a.y <= b.y else (b, a)
            first, last = self._span(low.y, high.y, self.rows)
            slope = (high.x - low.x) / (high.y - low.y) if high.y > low.y else 0.0
            for row in range(first, last):
                if slope or high.x == low.x:
                    y0, y1 = max(low.y, row * self.cell), min(high.y, (row + 1) * self.cell)
                    x0, x1 = low.x + slope * (y0 - low.y), low.x + slope * (y1 - low.y)
                else:
                    x0, x1 = low.x, high.x
                left, right = self._span(min(x0, x1), max(x0, x1), self.columns)
                if left < right:
                    yield row, left, right

    def blocked(self) -> bytearray:
        """1 for each blocked cell, row after row."""
        stride, above = self.columns + 1, [0] * (self.columns + 1)
        cells = bytearray()
        for row in range(self.rows):
            across = accumulate(self._differences[row * stride : (row + 1) * stride])
            above = [a + b for a, b in zip(above, across, strict=True)]
            cells += bytes(1 if count else 0 for count in above[: self.columns])
        return cells

    def _run(self, row: int, left: int, right: int) -> None:
        left, right = max(0, left), min(self.columns, right)
        if left < right:
            stride, d = self.columns + 1, self._differences
            d[row * stride + left] += 1
            d[row * stride + right] -= 1
            d[(row + 1) * stride + left] -= 1
            d[(row + 1) * stride + right] += 1

    def _span(self, start: float, end: float, count: int) -> tuple[int, int]:
        """Cells that [start, end] reaches into, as first and after the last, inside the grid."""
        return max(0, math.floor(start / self.cell)), min(count, math.floor(end / self.cell) + 1)


@dataclass(frozen=True, slots=True)
class FloorGrid:
    """Free and blocked cells of a theme's floor. Immutable, so that it may be built on any thread."""

    columns: int
    rows: int
    cell: float  # side of a cell
    blocked: bytes  # row after row, 1: blocked
    ground: Ground
    regions: tuple[int, ...] = field(default=(), repr=False)  # per cell: number of its connected part, 0: blocked
    main_region: int = 0  # the largest one

    @classmethod
    def build(cls, theme: Theme) -> FloorGrid | None:
        """The grid of a theme; None when its ground has too many corners, or no free cell."""
        ground = ground_of(theme)
        if sum(map(len, (*ground.floor, *ground.obstacles))) > MAX_CORNERS:
            return None
        width, height = float(theme.canvas.width), float(theme.canvas.height)
        cell = max(width / COLUMNS, height / MAX_ROWS)
        columns, rows = max(1, math.ceil(width / cell - 1e-9)), max(1, math.ceil(height / cell - 1e-9))
        raster = _Raster(columns, rows, cell)
        for rect in ground.blocks:
            raster.rect(rect)
        for polygon in ground.obstacles:
            raster.polygon(polygon)
        blocked = raster.blocked()
        _close_outside(blocked, raster, ground.floor, width, height)
        regions, main = _regions(blocked, columns, rows)
        return cls(columns, rows, cell, bytes(blocked), ground, regions, main) if main else None

    def index_of(self, at: Point) -> int | None:
        """Number of the cell a point lies in; None beyond the canvas."""
        column, row = math.floor(at.x / self.cell), math.floor(at.y / self.cell)
        return row * self.columns + column if 0 <= column < self.columns and 0 <= row < self.rows else None

    def middle_of(self, index: int) -> Point:
        row, column = divmod(index, self.columns)
        return Point((column + 0.5) * self.cell, (row + 0.5) * self.cell)

    def is_free(self, at: Point) -> bool:
        """Whether a figure may walk over this point."""
        index = self.index_of(at)
        return index is not None and not self.blocked[index]

    def sees(self, a: Point, b: Point) -> bool:
        """Whether the straight line between two points passes free cells only."""
        if a.y > b.y:
            a, b = b, a
        first, last = math.floor(a.y / self.cell), math.floor(b.y / self.cell)
        if first < 0 or last >= self.rows or min(a.x, b.x) < 0 or max(a.x, b.x) >= self.columns * self.cell:
            return False
        slope = (b.x - a.x) / (b.y - a.y) if b.y > a.y else 0.0
        for row in range(first, last + 1):
            if first == last:
                x0, x1 = a.x, b.x
            else:
                x0 = a.x + slope * (max(a.y, row * self.cell) - a.y)
                x1 = a.x + slope * (min(b.y, (row + 1) * self.cell) - a.y)
            left, right = (x0, x1) if x0 <= x1 else (x1, x0)
            start = row * self.columns + max(0, math.floor(left / self.cell))
            end = row * self.columns + min(self.columns - 1, math.floor(right / self.cell)) + 1
            if self.blocked.find(1, start, end) >= 0:
                return False
        return True

    def path(self, start: Point, end: Point) -> tuple[Point, ...]:
        """The way from one point to another around everything that stands there, both ends included."""
        from office_studio.core.office.paths import find_path

        return find_path(self, start, end)


def inside_spans(polygons: Sequence[Polygon], y: float) -> list[tuple[float, float]]:
    """Where the level line at ``y`` is inside any of the polygons (even-odd rule), as x spans."""
    spans = []
    for corners in polygons:
        crossings = []
        for number, a in enumerate(corners):
            b = corners[number - 1]
            if (a.y <= y) != (b.y <= y):
                crossings.append(a.x + (y - a.y) * (b.x - a.x) / (b.y - a.y))
        crossings.sort()
        spans += list(zip(crossings[::2], crossings[1::2], strict=True))
    return spans


def is_inside(polygons: Iterable[Polygon], at: Point) -> bool:
    """Whether a point lies in any of the polygons (even-odd rule)."""
    for corners in polygons:
        inside = False
        before = corners[-1]
        for corner in corners:
            if (corner.y <= at.y) != (before.y <= at.y):
                crossing = corner.x + (at.y - corner.y) * (before.x - corner.x) / (before.y - corner.y)
                inside ^= at.x < crossing
            before = corner
        if inside:
            return True
    return False


def _close_outside(blocked: bytearray, raster: _Raster, floor: Sequence[Polygon], width: float, height: float) -> None:
    """Block every cell that is not wholly floor: one of its corners is outside, or a gap passes through it.

    The last cells may reach beyond the canvas (``width`` × ``height``); of those, what is on the canvas counts.
    """
    columns, rows, cell = raster.columns, raster.rows, raster.cell
    # Lines of corners are taken a hair inside the canvas, so that a floor that ends at its edge is closed.
    top, bottom = height * 1e-9, height * (1 - 1e-9)
    lines = [_covered(floor, min(max(row * cell, top), bottom), raster, width) for row in range(rows + 1)]
    everything = int.from_bytes(b"\1" * columns, "little")
    for row in range(rows):
        # A whole row at once, as one long number with a byte for each cell.
        upper, lower = (int.from_bytes(line, "little") for line in lines[row : row + 2])
        inside = (upper & lower) & ((upper & lower) >> 8)
        closed = everything & ~inside
        here = slice(row * columns, (row + 1) * columns)
        blocked[here] = (int.from_bytes(blocked[here], "little") | closed).to_bytes(columns, "little")
    if len(floor) > 1:
        _close_gaps(blocked, raster, floor)


def _covered(floor: Sequence[Polygon], y: float, raster: _Raster, width: float) -> bytearray:
    """1 for each corner of cells on the level line at ``y`` that is on the floor."""
    columns, cell = raster.columns, raster.cell
    line = bytearray(columns + 1)
    for start, end in inside_spans(floor, y):
        left = max(0, math.ceil(start / cell - 1e-6))
        right = columns if end >= width * (1 - 1e-9) else min(columns, math.floor(end / cell + 1e-6))
        if left <= right:
            line[left : right + 1] = b"\1" * (right + 1 - left)
    return line


def _close_gaps(blocked: bytearray, raster: _Raster, floor: Sequence[Polygon]) -> None:
    """Block cells in which an edge of one part of the floor has no other part beyond it: a wall thinner than a cell."""
    columns, cell = raster.columns, raster.cell
    for corners in floor:
        for number, a in enumerate(corners):
            b = corners[number - 1]
            length = math.hypot(b.x - a.x, b.y - a.y)
            steps = min(400, max(1, math.ceil(2 * length / cell)))
            if not length:
                continue
            dx, dy = -(b.y - a.y) / length * cell * _SEAM, (b.x - a.x) / length * cell * _SEAM
            for step in range(steps):
                share = (step + 0.5) / steps
                x, y = a.x + (b.x - a.x) * share, a.y + (b.y - a.y) * share
                column, row = math.floor(x / cell), math.floor(y / cell)
                if not (0 <= column < columns and 0 <= row < raster.rows) or blocked[row * columns + column]:
                    continue
                if not (is_inside(floor, Point(x + dx, y + dy)) and is_inside(floor, Point(x - dx, y - dy))):
                    blocked[row * columns + column] = 1


def _regions(blocked: bytearray, columns: int, rows: int) -> tuple[tuple[int, ...], int]:
    """Number of the connected part each cell belongs to (0: blocked), and that of the largest part."""
    regions = [0] * (columns * rows)
    largest, main, number = 0, 0, 0
    for first, is_blocked in enumerate(blocked):
        if is_blocked or regions[first]:
            continue
        number += 1
        regions[first], todo, size = number, [first], 0
        while todo:
            index = todo.pop()
            size += 1
            column = index % columns
            for beside in (
                index - 1 if column else -1,
                index + 1 if column < columns - 1 else -1,
                index - columns,
                index + columns,
            ):
                if 0 <= beside < len(regions) and not blocked[beside] and not regions[beside]:
                    regions[beside] = number
                    todo.append(beside)
        if size > largest:
            largest, main = size, number
    return tuple(regions), main
