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
_AVATAR_ROW = 96.0  # between rows of discs: a name stands above each
_APART = 1.02  # of a figure's width, between neighbours
_BESIDE, _BEFORE = 0.8, 1.3  # of that and of a row: kept free beside and in front of who sits
_ROW = 0.55  # of a figure's height, between rows: faces stay visible
_DISC = _AVATAR, _AVATAR_ROW / _ROW  # what a disc with its name takes up


def figure_size(atlas: Atlas | None) -> tuple[float, float]:
    """Width and height a standing figure takes up, at least a little."""
    if atlas is None:
        return _DISC
    clip = next((clip for (state, _), clip in atlas.clips.items() if state in ("standing", "idle")), None)
    clip = clip or next(iter(atlas.clips.values()), None)
    if clip is None or not clip.frames:
        return _DISC
    sizes = [
        (frame.rect.height, frame.rect.width) if frame.rotated else (frame.rect.width, frame.rect.height)
        for frame in clip.frames
    ]
    unit = atlas.units_per_px
    return max(max(w for w, _ in sizes) * unit, 8.0), max(max(h for _, h in sizes) * unit, 8.0)


def standing_places(theme: Theme, grid: FloorGrid | None, size: tuple[float, float]) -> tuple[Point, ...]:
    """Places to stand near the entrance, nearest first, apart from each other and from seats. At most ``MOST`` + 1.

    Two places are a figure's width apart, or a row: nobody stands on top of anybody, and faces stay visible.
    """
    if grid is None:
        return ()
    width, height = size
    across, down = width * _APART, max(height * _ROW, width * 0.6)
    door = grid.ground.entrance
    seats = [seat.at for seat in theme.seats][:2000]
    places: list[Point] = []
    # A group, not a queue: a row counts as much as a neighbour.
    near = sorted(
        _open_floor(grid), key=lambda at: (math.hypot((at.x - door.x) / across, (at.y - door.y) / down), at.y)
    )
    for place in near:
        if len(places) > MOST:
            break
        is_free = all(abs(place.x - at.x) >= across or abs(place.y - at.y) >= down for at in places)
        if is_free and not _hides_a_seat(place, seats, across, down) and _has_room(grid, place, width):
            places.append(place)
    return tuple(places)


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


def _hides_a_seat(place: Point, seats: Sequence[Point], across: float, down: float) -> bool:
    """Whether somebody here would stand in, behind or close in front of somebody who sits."""
    return any(abs(place.x - seat.x) < across * _BESIDE and -down < place.y - seat.y < down * _BEFORE for seat in seats)


def _has_room(grid: FloorGrid, at: Point, width: float) -> bool:
    return grid.sees(Point(at.x - width / 3, at.y), Point(at.x + width / 3, at.y))


def _open_floor(grid: FloorGrid) -> Iterator[Point]:
    """Middles of every second free cell, of those in the part of the floor that all others can reach."""
    for index, region in enumerate(grid.regions):
        row, column = divmod(index, grid.columns)
        if region == grid.main_region and row % 2 == 0 and column % 2 == 0:
            yield grid.middle_of(index)
