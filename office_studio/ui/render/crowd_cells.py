"""Who of a crowd stands in which cell of a grid on the canvas. Pure arithmetic, no Qt.

A cell is wide enough on screen for one cluster; its size changes only when the zoom has left a wide range, and a walker
counts for a new cell only when it is well inside it. So clusters neither jump nor flicker.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from math import floor, log2

from office_studio.core.office.stage import Figure
from office_studio.core.theme.model import Rect

CELL_PX = 52.0  # wanted width of a cell on screen
_LOW, _HIGH = 38.0, 84.0  # px a cell may have before the grid is made anew
_KEEP = 0.15  # of a cell: a walker so far beyond the border still counts for the cell it came from

Key = tuple[int, int]


@dataclass(slots=True)
class Member:
    x: float
    y: float
    status: str


@dataclass(slots=True)
class Cell:
    """Agents in one cell, by id, and what is asked of them in every frame."""

    members: dict[str, Member] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)  # by status
    x: float = 0.0  # sums of their places
    y: float = 0.0

    def add(self, agent_id: str, member: Member) -> None:
        self.members[agent_id] = member
        self.counts[member.status] = self.counts.get(member.status, 0) + 1
        self.x += member.x
        self.y += member.y

    def remove(self, agent_id: str) -> Member:
        member = self.members.pop(agent_id)
        self._less(member.status)
        self.x -= member.x
        self.y -= member.y
        return member

    def change(self, member: Member, x: float, y: float, status: str) -> None:
        if status != member.status:
            self._less(member.status)
            self.counts[status] = self.counts.get(status, 0) + 1
            member.status = status
        self.x += x - member.x
        self.y += y - member.y
        member.x, member.y = x, y

    def bounds(self) -> Rect:
        xs = [member.x for member in self.members.values()]
        ys = [member.y for member in self.members.values()]
        return Rect(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))

    def _less(self, status: str) -> None:
        if self.counts[status] == 1:
            del self.counts[status]
        else:
            self.counts[status] -= 1


class CrowdCells:
    """All figures of an office by cell. ``stale``: cells that look different since it was last cleared."""

    def __init__(self) -> None:
        self.size = 100.0  # canvas units
        self.cells: dict[Key, Cell] = {}
        self.stale: set[Key] = set()
        self._where: dict[str, Key] = {}

    def __len__(self) -> int:
        return len(self._where)

    def __contains__(self, agent_id: str) -> bool:
        return agent_id in self._where

    def clear(self) -> None:
        self.cells.clear()
        self._where.clear()
        self.stale.clear()

    def fit(self, scale: float) -> bool:
        """Take a size of cells that suits the zoom (px per canvas unit). Returns whether the grid is another now."""
        if _LOW <= self.size * scale <= _HIGH:
            return False
        # Powers of two, so that the same zoom always gives the same grid.
        size = 2.0 ** round(log2(CELL_PX / max(1e-9, scale)))
        if size == self.size:
            return False
        self.size = size
        members = [(agent_id, cell.members[agent_id]) for cell in self.cells.values() for agent_id in cell.members]
        self.clear()
        for agent_id, member in members:
            self._add(agent_id, member, self._key(member.x, member.y))
        return True

    def note(self, figure: Figure) -> None:
        """A figure came, moved or has another status."""
        x, y, status = figure.at.x, figure.at.y, figure.status.value
        before = self._where.get(figure.agent_id)
        if before is None:
            self._add(figure.agent_id, Member(x, y, status), self._key(x, y))
            return
        cell = self.cells[before]
        member = cell.members[figure.agent_id]
        if member.status != status or (len(cell.members) == 1 and (member.x, member.y) != (x, y)):
            self.stale.add(before)
        cell.change(member, x, y, status)
        if self._has_left(before, x, y):
            self._remove(figure.agent_id, before)
            self._add(figure.agent_id, member, self._key(x, y))

    def forget(self, agent_id: str) -> None:
        key = self._where.get(agent_id)
        if key is not None:
            self._remove(agent_id, key)

    def within(self, part: Rect) -> Iterator[Key]:
        """Keys of cells that meet a part of the canvas."""
        left, top = self._key(part.x, part.y)
        right, bottom = self._key(part.x + part.width, part.y + part.height)
        if (right - left + 1) * (bottom - top + 1) > len(self.cells):
            yield from (k for k in self.cells if left <= k[0] <= right and top <= k[1] <= bottom)
            return
        for row in range(top, bottom + 1):
            for column in range(left, right + 1):
                if (column, row) in self.cells:
                    yield column, row

    def count(self, keys: Iterable[Key]) -> int:
        return sum(len(self.cells[key].members) for key in keys)

    def rect(self, key: Key) -> Rect:
        """A cell on the canvas."""
        return Rect(key[0] * self.size, key[1] * self.size, self.size, self.size)

    # -- inside ------------------------------------------------------------------------------------
    def _key(self, x: float, y: float) -> Key:
        return floor(x / self.size), floor(y / self.size)

    def _has_left(self, key: Key, x: float, y: float) -> bool:
        across, down = x / self.size - key[0], y / self.size - key[1]
        return not (-_KEEP <= across <= 1 + _KEEP and -_KEEP <= down <= 1 + _KEEP)

    def _add(self, agent_id: str, member: Member, key: Key) -> None:
        cell = self.cells.get(key)
        if cell is None:
            cell = self.cells[key] = Cell()
        cell.add(agent_id, member)
        self._where[agent_id] = key
        self.stale.add(key)

    def _remove(self, agent_id: str, key: Key) -> None:
        cell = self.cells[key]
        cell.remove(agent_id)
        del self._where[agent_id]
        self.stale.add(key)
        if not cell.members:
            del self.cells[key]
