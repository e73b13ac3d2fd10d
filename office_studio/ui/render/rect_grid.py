"""Boxes on a grid of cells, so that one is compared with its neighbours only, whatever the size of the crowd."""

from __future__ import annotations

from collections.abc import Iterator

Box = tuple[float, float, float, float]  # left, top, right, bottom in scene pixels; plain numbers, for speed

_WIDE, _HIGH = 96, 48


class RectGrid:
    """Boxes by key. A key may be taken away again."""

    def __init__(self) -> None:
        self._cells: dict[tuple[int, int], dict[str, Box]] = {}
        self._boxes: dict[str, Box] = {}

    def add(self, key: str, box: Box) -> None:
        """Put a box, in place of the one this key had."""
        self.remove(key)
        self._boxes[key] = box
        for cell in _cells(box):
            self._cells.setdefault(cell, {})[key] = box

    def remove(self, key: str) -> None:
        box = self._boxes.pop(key, None)
        if box is not None:
            for cell in _cells(box):
                self._cells[cell].pop(key, None)

    def is_free(self, box: Box) -> bool:
        """Whether no box of the grid shares ground with this one; touching edges are free."""
        left, top, right, bottom = box
        for cell in _cells(box):
            near = self._cells.get(cell)
            if near:
                for other in near.values():
                    if other[0] < right and left < other[2] and other[1] < bottom and top < other[3]:
                        return False
        return True

    def hits(self, box: Box) -> dict[str, Box]:
        """All boxes that share ground with this one."""
        left, top, right, bottom = box
        found: dict[str, Box] = {}
        for cell in _cells(box):
            for key, other in self._cells.get(cell, {}).items():
                if other[0] < right and left < other[2] and other[1] < bottom and top < other[3]:
                    found[key] = other
        return found


def shared_area(a: Box, b: Box) -> float:
    """Area that two boxes share, px²."""
    wide, high = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    return wide * high if wide > 0 and high > 0 else 0.0


def area(box: Box) -> float:
    return max(0.0, box[2] - box[0]) * max(0.0, box[3] - box[1])


def line_hits(start: tuple[float, float], end: tuple[float, float], box: Box) -> bool:
    """Whether a straight line passes through a box (Liang and Barsky's clipping)."""
    low, high = 0.0, 1.0
    for axis in (0, 1):
        step = end[axis] - start[axis]
        near, far = box[axis] - start[axis], box[axis + 2] - start[axis]
        if abs(step) < 1e-9:
            if near > 0 or far < 0:
                return False
            continue
        first, last = sorted((near / step, far / step))
        low, high = max(low, first), min(high, last)
        if low > high:
            return False
    return True


def _cells(box: Box) -> Iterator[tuple[int, int]]:
    left, right = int(box[0] // _WIDE), int(box[2] // _WIDE)
    for row in range(int(box[1] // _HIGH), int(box[3] // _HIGH) + 1):
        for column in range(left, right + 1):
            yield column, row
