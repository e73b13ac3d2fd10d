"""What takes how much room in a bundle: files by folder and kind, and how they share an area. Pure, no Qt."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from office_studio.core.packing.plan import PlannedFile

MAX_LEAVES = 400  # files with an area of their own; of the rest each group shows the sum
_HEAD = 18.0  # px of the strip that names a group
_GAP = 2.0
_MIN_HEAD = (44.0, 40.0)  # a group smaller than this (width, height in px) goes without a name


@dataclass(frozen=True, slots=True)
class Box:
    """In px."""

    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> tuple[float, float]:
        return self.x + self.width / 2, self.y + self.height / 2

    def inside(self, by: float, top: float = 0.0) -> Box:
        return Box(self.x + by, self.y + by + top, max(0.0, self.width - 2 * by), max(0.0, self.height - 2 * by - top))


@dataclass(frozen=True, slots=True)
class Leaf:
    """One file, or the small files of a group together (``count`` > 1)."""

    name: str
    kind: str
    folder: str
    size_bytes: int
    share: float  # of all that is shown, 0 to 1
    reason: str = ""
    count: int = 1


@dataclass(frozen=True, slots=True)
class Group:
    """The files of one kind in one folder ("" is the top), largest first."""

    folder: str
    kind: str
    size_bytes: int
    leaves: tuple[Leaf, ...]


def size_groups(plan: Iterable[PlannedFile], *, packed: bool = True) -> tuple[Group, ...]:
    """Groups of what is packed, or of what is left out; largest first."""
    files = sorted((item for item in plan if item.packed is packed), key=lambda item: (-item.size_bytes, item.name))
    total = sum(item.size_bytes for item in files) or 1
    alone = {item.name for item in files[:MAX_LEAVES]}
    grouped: dict[tuple[str, str], list[PlannedFile]] = {}
    for item in files:
        grouped.setdefault((item.name.rpartition("/")[0], item.kind), []).append(item)
    found = []
    for (folder, kind), items in grouped.items():
        leaves = [
            Leaf(i.name, kind, folder, i.size_bytes, i.size_bytes / total, i.reason) for i in items if i.name in alone
        ]
        rest = [item for item in items if item.name not in alone]
        if rest:
            size = sum(item.size_bytes for item in rest)
            leaves.append(Leaf(f"{len(rest)} smaller files", kind, folder, size, size / total, "", len(rest)))
        found.append(Group(folder, kind, sum(item.size_bytes for item in items), tuple(leaves)))
    return tuple(sorted(found, key=lambda group: (-group.size_bytes, group.folder, group.kind)))


@dataclass(frozen=True, slots=True)
class Layout:
    """Where everything lies. ``heads``: a strip for each group that has room for one; ``boxes``: one a leaf."""

    heads: tuple[tuple[Box, Group], ...]
    boxes: tuple[Box, ...]


def lay_out(groups: Sequence[Group], area: Box) -> Layout:
    """Areas in proportion to sizes, groups first and their files within."""
    heads: list[tuple[Box, Group]] = []
    boxes: list[Box] = []
    for group, box in zip(groups, squarify([group.size_bytes for group in groups], area), strict=True):
        inner = box.inside(_GAP / 2)
        if inner.width >= _MIN_HEAD[0] and inner.height >= _MIN_HEAD[1]:
            heads.append((Box(inner.x, inner.y, inner.width, _HEAD), group))
            inner = Box(inner.x, inner.y + _HEAD, inner.width, inner.height - _HEAD)
        boxes += squarify([leaf.size_bytes for leaf in group.leaves], inner)
    return Layout(tuple(heads), tuple(boxes))


def squarify(sizes: Sequence[float], area: Box) -> list[Box]:
    """Boxes with areas in proportion to ``sizes`` (largest first), as square as can be, that fill ``area``.

    Bruls, Huizing and van Wijk, "Squarified Treemaps" (2000). A size of 0 counts as a trace, so that it can be found.
    """
    total = sum(sizes)
    least = total / 1e5 or 1.0
    weights = [max(float(size), least) for size in sizes]
    scale = area.width * area.height / (sum(weights) or 1.0)
    areas = [weight * scale for weight in weights]
    found: list[Box] = []
    at, left = 0, area
    while at < len(areas):
        side = min(left.width, left.height)
        if side <= 0:
            found += [Box(left.x, left.y, 0.0, 0.0)] * (len(areas) - at)
            break
        end = _row_end(areas, at, side)
        row = areas[at:end]
        left = _place(row, left, found)
        at = end
    return found


def _row_end(areas: Sequence[float], start: int, side: float) -> int:
    """As many as make the worst proportion of the row better."""
    end, total, best = start, 0.0, float("inf")
    while end < len(areas):
        total += areas[end]
        thick = total / side
        largest, smallest = areas[start] / thick, areas[end] / thick
        worst = max(largest / thick, thick / smallest, thick / largest) if thick else float("inf")
        if worst > best:
            break
        best, end = worst, end + 1
    return max(end, start + 1)


def _place(row: Sequence[float], left: Box, found: list[Box]) -> Box:
    """Put a row along the shorter side; returns what is left."""
    total = sum(row)
    if left.width >= left.height:
        width, y = total / left.height, left.y
        for part in row:
            height = part / width if width else 0.0
            found.append(Box(left.x, y, width, height))
            y += height
        return Box(left.x + width, left.y, max(0.0, left.width - width), left.height)
    height, x = total / left.width, left.x
    for part in row:
        width = part / height if height else 0.0
        found.append(Box(x, left.y, width, height))
        x += width
    return Box(left.x, left.y + height, left.width, max(0.0, left.height - height))


def neighbour(boxes: Sequence[Box], at: int, dx: int, dy: int) -> int:
    """The next box in a direction (one of -1, 0, 1 each): near first, then in line; ``at`` when there is none."""
    x, y = boxes[at].middle
    best, found = float("inf"), at
    for number, box in enumerate(boxes):
        mx, my = box.middle
        along = (mx - x) * dx + (my - y) * dy
        across = abs((mx - x) * dy) + abs((my - y) * dx)
        if number != at and along > 0.5 and along + 2 * across < best:
            best, found = along + 2 * across, number
    return found
