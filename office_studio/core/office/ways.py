"""Ways for the figures of one theme: kept once found, and found only a few at a time."""

from __future__ import annotations

from dataclasses import dataclass, field

from office_studio.core.office.floor_grid import FloorGrid
from office_studio.core.office.paths import find_path
from office_studio.core.theme.model import Direction, Point, Theme

SEARCHES_PER_STEP = 1  # one takes 2 ms, at worst 5
PATIENT = 60  # figures that wait for their way; whoever comes after them goes straight
_KEPT = 4000

Way = tuple[Point, ...]


@dataclass(slots=True)
class Ways:
    """Finds ways over the floor of a theme. ``grid`` is made when first needed, unless it is given."""

    theme: Theme
    _grid: FloorGrid | None = None
    _is_built: bool = False
    _known: dict[tuple[Point, Point], Way] = field(default_factory=dict)
    _searches_left: int = SEARCHES_PER_STEP

    @classmethod
    def built(cls, theme: Theme) -> Ways:
        """With its grid, which takes some 10 ms: for a thread that may."""
        ways = cls(theme)
        ways.use(FloorGrid.build(theme))
        return ways

    @property
    def grid(self) -> FloorGrid | None:
        """None when the theme has no floor that ways could be found on."""
        if not self._is_built:
            self.use(FloorGrid.build(self.theme))
        return self._grid

    def use(self, grid: FloorGrid | None) -> None:
        """Take a grid that was built elsewhere (None: there is none)."""
        self._grid, self._is_built = grid, True
        self._known.clear()

    @property
    def entrance(self) -> Point:
        if self.grid is None:
            return Point(self.theme.canvas.width / 2, self.theme.canvas.height)
        return self.grid.ground.entrance

    def begin_step(self) -> None:
        """A new picture: some ways may be looked for again."""
        self._searches_left = SEARCHES_PER_STEP

    def way(
        self, start: Point, end: Point, leaves: Direction | None, faces: Direction | None, *, now: bool = False
    ) -> Way | None:
        """The way between two points; None when it has to be looked for in a later step.

        Args:
            now: Rather the straight line than None.
        """
        grid = self.grid
        if grid is None:
            return (start, end)
        found = self._known.get((start, end))
        if found is not None:
            return found
        if grid.sees(start, end):
            return (start, end)
        if self._searches_left <= 0:
            return (start, end) if now else None
        self._searches_left -= 1
        found = find_path(grid, start, end, faces=faces, leaves=leaves)
        if len(self._known) >= _KEPT:
            self._known.clear()
        self._known[start, end] = found
        return found
