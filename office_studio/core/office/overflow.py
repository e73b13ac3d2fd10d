"""Where agents stand for whom there is no seat. Canvas units."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from office_studio.core.office.floor_grid import FloorGrid
from office_studio.core.theme.atlas import Atlas
from office_studio.core.theme.model import Point, Theme

MOST = 24  # figures that stand; the others are counted
_AVATAR = 72.0  # canvas units between discs, as in the built-in office
_APART = 1.15  # of a figure's width, between neighbours
_ROW = 0.55  # of a figure's height, between rows: faces stay visible
_ROWS_SEEN = 40  # rows and columns of places looked at, from the entrance


def figure_size(atlas: Atlas | None) -> tuple[float, float]:
    """Width and height a standing figure takes up, at least a little."""
    if atlas is None:
        return _AVATAR, _AVATAR
    clip = next((clip for (state, _), clip in atlas.clips.items() if state in ("standing", "idle")), None)
    clip = clip or next(iter(atlas.clips.values()), None)
    if clip is None or not clip.frames:
        return _AVATAR, _AVATAR
    sizes = [
        (frame.rect.height, frame.rect.width) if frame.rotated else (frame.rect.width, frame.rect.height)
        for frame in clip.frames
    ]
    unit = atlas.units_per_px
    return max(max(w for w, _ in sizes) * unit, 8.0), max(max(h for _, h in sizes) * unit, 8.0)


def standing_places(theme: Theme, grid: FloorGrid | None, size: tuple[float, float]) -> tuple[Point, ...]:
    """Places to stand near the entrance, nearest first, apart from each other and from seats. At most ``MOST`` + 1."""
    if grid is None:
        return ()
    width, height = size
    across, down = width * _APART, max(height * _ROW, width * 0.6)
    anchor = _open_floor_near(grid, grid.ground.entrance)
    seats = [seat.at for seat in theme.seats][:2000]
    found: list[tuple[float, float, float, Point]] = []
    for place in _pattern(anchor, across, down):
        if _has_room(grid, place, width) and not _is_taken(place, seats, across, down):
            # A group, not a queue: rows count as much as columns.
            distance = math.hypot((place.x - anchor.x) / across, (place.y - anchor.y) / down)
            found.append((round(distance, 6), place.y, place.x, place))
    return tuple(place for *_, place in sorted(found, key=lambda item: item[:3])[: MOST + 1])


@dataclass(slots=True)
class StandingRoom:
    """Who stands where. Nobody moves while both stay."""

    places: tuple[Point, ...] = ()  # the one after the last that is used is for the "+n"
    badge_at: Point = field(default_factory=lambda: Point(0, 0))  # when there is no place at all
    _taken: dict[str, int] = field(default_factory=dict)

    def assign(self, waiting: Sequence[str]) -> tuple[dict[str, Point], tuple[str, ...]]:
        """Places of those who stand, by id, and who found none, in the order of ``waiting``."""
        still = set(waiting)
        self._taken = {agent_id: number for agent_id, number in self._taken.items() if agent_id in still}
        room = self._room
        free = iter(sorted(set(range(room)) - set(self._taken.values())))
        for agent_id in waiting:
            if len(self._taken) >= room:
                break
            if agent_id not in self._taken:
                self._taken[agent_id] = next(free)
        left = () if len(self._taken) == len(still) else tuple(a for a in waiting if a not in self._taken)
        return {agent_id: self.places[number] for agent_id, number in self._taken.items()}, left

    @property
    def badge(self) -> Point:
        """Where the "+n" is drawn: on the next place of the group."""
        return self.places[self._room] if self.places else self.badge_at

    @property
    def _room(self) -> int:
        return min(MOST, max(0, len(self.places) - 1))

    def adopt(self, before: StandingRoom) -> None:
        """Let everybody keep the place they had in a room before, as far as there is one."""
        self._taken = {agent_id: number for agent_id, number in before._taken.items() if number < self._room}


def _pattern(anchor: Point, across: float, down: float) -> Iterator[Point]:
    """Places in staggered rows around an anchor."""
    for row in range(-_ROWS_SEEN, _ROWS_SEEN + 1):
        shift = across / 2 if row % 2 else 0.0
        for column in range(-_ROWS_SEEN, _ROWS_SEEN + 1):
            yield Point(anchor.x + column * across + shift, anchor.y + row * down)


def _has_room(grid: FloorGrid, at: Point, width: float) -> bool:
    """Whether a figure finds floor for both feet, in the part of the room that all others can reach."""
    index = grid.index_of(at)
    if index is None or grid.regions[index] != grid.main_region:
        return False
    return grid.sees(Point(at.x - width / 3, at.y), Point(at.x + width / 3, at.y))


def _is_taken(at: Point, seats: Sequence[Point], across: float, down: float) -> bool:
    return any(abs(at.x - seat.x) < across and abs(at.y - seat.y) < down * 1.2 for seat in seats)


def _open_floor_near(grid: FloorGrid, at: Point) -> Point:
    """The middle of the free cell nearest to a point, of those in the largest part of the floor."""
    free = (index for index, region in enumerate(grid.regions) if region == grid.main_region)
    best = min(free, key=lambda index: (_square(grid.middle_of(index), at), index))
    return grid.middle_of(best)


def _square(a: Point, b: Point) -> float:
    return (a.x - b.x) ** 2 + (a.y - b.y) ** 2
