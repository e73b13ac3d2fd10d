"""Level of detail: figures too small or too many to be drawn become status shapes and clusters, and those out of view
become nothing at all.

A small office knows nothing of this. Above ``TRACKED_FROM`` figures only those in view are items of the scene. Below
``FAR_PX`` drawn height, or with more than ``MANY_SEEN`` figures in view, the office is *far*: one picture for each cell
of a grid. The selected one and the first blocked ones stay figures, because they have something to say.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from time import perf_counter
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtWidgets import QGraphicsPixmapItem

from office_studio.core.office.stage import Figure, StageStep
from office_studio.core.theme.model import Point, Rect
from office_studio.ui.render import crowd_pictures
from office_studio.ui.render.crowd_cells import Cell, CrowdCells, Key
from office_studio.ui.render.wardrobe import RING_RADIUS

if TYPE_CHECKING:
    from office_studio.ui.render.scene import StageScene

FAR_PX, NEAR_PX = 18.0, 20.0  # drawn height of a figure: far below the one, near again above the other
MANY_SEEN, FEW_SEEN = 400, 340
TRACKED_FROM = 150
NAMED = 12  # so many blocked ones keep their figure and name
_SMALL = 8  # members of a cell in which a blocked one or two have marks of their own; else the cluster has one
_BUDGET_S = 0.006  # of one frame, for clusters that changed; the rest comes with the next frame
_BESIDE_PX = 140.0  # figures so far out of view are items already


class Crowd:
    """The far side of one scene. ``is_far``: whether shapes and clusters are drawn."""

    def __init__(self, stage: StageScene) -> None:
        self._stage = stage
        self._cells = CrowdCells()
        self._items: dict[Key, list[QGraphicsPixmapItem]] = {}
        self._near: set[str] = set()
        self._blocked: dict[str, None] = {}  # in the order they got blocked
        self._part: Rect | None = None
        self.is_far = False
        self.is_tracking = False

    # -- telling -----------------------------------------------------------------------------------
    def clear(self) -> None:
        """Another theme: nobody is known."""
        self._drop_items(list(self._items))
        self._cells.clear()
        self._near.clear()
        self._blocked.clear()
        self.is_tracking = self.is_far = False
        self._stage.model.is_far = False

    def sift(self, step: StageStep) -> Iterable[Figure]:
        """Take note of a step; returns those of its figures that are to be drawn as themselves."""
        if step.removed:
            for agent_id in step.removed:
                self._cells.forget(agent_id)
                self._blocked.pop(agent_id, None)
                self._near.discard(agent_id)
        if not self.is_tracking:
            shown = self._stage.figures
            coming = sum(figure.agent_id not in shown for figure in step.figures)
            if len(shown) + coming <= TRACKED_FROM and not self._is_small():
                return step.figures
            self._track(self._stage.model.figures.values())
        else:
            self._note(step.figures)
        if self._decide():
            return ()  # everybody was shown anew
        if self.is_far:
            self._draw(self._cells.stale)
            return [figure for figure in step.figures if figure.agent_id in self._near]
        self._cells.stale.clear()
        return self._seen_of(step.figures)

    def look(self, part: Rect) -> None:
        """Another part of the canvas is in view."""
        self._part = part
        if not self.is_tracking and not (self._stage.figures and self._is_small()):
            return
        if not self.is_tracking:
            self._track(self._stage.model.figures.values())
        if self._decide():
            return
        if self.is_far:
            self._keep_in_view()
        else:
            self._show_seen()

    def place(self) -> None:
        """The scene has another scale."""
        if not self.is_tracking:
            return
        if self._cells.fit(self._stage.scale):
            self._drop_items(list(self._items))
        if self.is_far:
            for key in self._items:
                self._put(key)
            self._draw(self._cells.stale)

    def refresh(self) -> None:
        """Draw everything anew, as for old news or another choice."""
        if self.is_far:
            self._choose_near()
            self._draw(set(self._cells.cells))

    # -- asking ------------------------------------------------------------------------------------
    def cluster_at(self, at: QPointF) -> Rect | None:
        """Where on the canvas the agents of the cluster at a scene point stand; None when there is no cluster."""
        for key, items in self._items.items():
            cell = self._cells.cells.get(key)
            if cell is not None and len(cell.members) > 1 and _touches(items[0], at):
                found = cell.bounds()
                room = self._cells.size * 0.5
                return Rect(found.x - room, found.y - room, found.width + 2 * room, found.height + 2 * room)
        return None

    def agent_at(self, at: QPointF) -> str | None:
        """The agent whose own shape is at a scene point."""
        if not self.is_far:
            return None
        for key, items in self._items.items():
            cell = self._cells.cells.get(key)
            if cell is None:
                continue
            if len(cell.members) == 1 and _touches(items[0], at):
                return next(iter(cell.members))
            for agent_id, item in zip(self._marked(cell), items[1:], strict=False):
                if _touches(item, at):
                    return agent_id
        return None

    def shown(self) -> list[tuple[Point, dict[str, int]]]:
        """All cells as a middle on the canvas and the number of agents by status, for a map."""
        return [(self._middle(cell), cell.counts) for cell in self._cells.cells.values()]

    # -- near or far -------------------------------------------------------------------------------
    def _track(self, figures: Iterable[Figure]) -> None:
        self.is_tracking = True
        self._cells.clear()
        self._cells.fit(self._stage.scale)
        self._note(figures)

    def _note(self, figures: Iterable[Figure]) -> None:
        note, blocked = self._cells.note, self._blocked
        for figure in figures:
            note(figure)
            if figure.status == "blocked":
                blocked.setdefault(figure.agent_id)
            elif figure.agent_id in blocked:
                del blocked[figure.agent_id]
                if figure.agent_id in self._near:
                    self._choose_near()
        if self.is_far and len(self._near) < min(NAMED, len(blocked)):
            self._choose_near()

    def _height_px(self) -> float:
        assets = self._stage.assets
        if assets is None or not assets.wardrobe:
            return 2 * RING_RADIUS * self._stage.scale
        return assets.wardrobe[0].drawn_height * self._stage.scale

    def _is_small(self) -> bool:
        return self._height_px() < FAR_PX

    def _decide(self) -> bool:
        """Whether it is far now; True when that changed, and everybody was exchanged."""
        seen = self._cells.count(self._cells.within(self._part)) if self._part is not None else len(self._cells)
        low, many = (NEAR_PX, FEW_SEEN) if self.is_far else (FAR_PX, MANY_SEEN)
        far = self._height_px() < low or seen > many
        if far == self.is_far:
            if not far and len(self._cells) <= TRACKED_FROM * 0.8:
                return self._stop_tracking()
            return False
        self.is_far = self._stage.model.is_far = far
        if far:
            self._choose_near(keep_items=False)
            self._cells.fit(self._stage.scale)
            self._keep_in_view()
        else:
            self._drop_items(list(self._items))
            self._near.clear()
            self._show_seen()
            self._stage.model.refresh()
        return True

    def _stop_tracking(self) -> bool:
        """So few are left that all of them are items again."""
        self.is_tracking = False
        self._cells.clear()
        self._stage.show_figures(self._stage.model.figures.values())
        return True

    # -- near --------------------------------------------------------------------------------------
    def _wide_part(self) -> Rect | None:
        if self._part is None:
            return None
        room = _BESIDE_PX / self._stage.scale
        part = self._part
        return Rect(part.x - room, part.y - room, part.width + 2 * room, part.height + 2 * room)

    def _seen_of(self, figures: Sequence[Figure]) -> list[Figure]:
        part = self._wide_part()
        if part is None:
            return list(figures)
        seen = []
        for figure in figures:
            if part.contains(figure.at):
                seen.append(figure)
            elif figure.agent_id in self._stage.figures:
                self._stage.drop_figure(figure.agent_id)
        return seen

    def _show_seen(self) -> None:
        """Items for those in view, and for nobody else."""
        part, stage = self._wide_part(), self._stage
        if part is None:
            stage.show_figures(stage.model.figures.values())
            return
        for agent_id, item in list(stage.figures.items()):
            if not part.contains(item.figure.at):
                stage.drop_figure(agent_id)
        coming = []
        for key in self._cells.within(part):
            for agent_id in self._cells.cells[key].members:
                figure = None if agent_id in stage.figures else stage.model.figure(agent_id)
                if figure is not None and part.contains(figure.at):
                    coming.append(figure)
        stage.show_figures(coming)

    # -- far ---------------------------------------------------------------------------------------
    def _choose_near(self, *, keep_items: bool = True) -> None:
        """Those who stay figures: the selected one, and the first who are blocked."""
        stage = self._stage
        wanted = {agent_id for agent_id, _ in zip(self._blocked, range(NAMED), strict=False)}
        if stage.selected is not None and stage.selected in self._cells:
            wanted.add(stage.selected)
        self._near = wanted
        for agent_id in [known for known in stage.figures if known not in wanted]:
            stage.drop_figure(agent_id)
        missing = [f for agent_id in wanted - set(stage.figures) if (f := stage.model.figure(agent_id)) is not None]
        stage.show_figures(missing)

    def _keep_in_view(self) -> None:
        wanted = set(self._cells.within(self._part)) if self._part is not None else set(self._cells.cells)
        self._drop_items([key for key in self._items if key not in wanted])
        self._draw(wanted - set(self._items), all_of=True)

    @property
    def is_behind(self) -> bool:
        """Whether clusters changed that are not drawn so yet."""
        return self.is_far and bool(self._cells.stale)

    def _draw(self, keys: Iterable[Key], *, all_of: bool = False) -> None:
        """Make or exchange the pictures of these cells, as far as they are in view, and as far as a frame has time."""
        visible = None if all_of or self._part is None else self._part
        until = None if all_of else perf_counter() + _BUDGET_S
        for key in list(keys):
            self._cells.stale.discard(key)
            if until is not None and perf_counter() > until:
                self._cells.stale.add(key)
                return
            cell = self._cells.cells.get(key)
            if cell is None:
                self._drop_items([key])
            elif key in self._items or visible is None or _meet(visible, self._cells.rect(key)):
                self._picture(key, cell)

    def _picture(self, key: Key, cell: Cell) -> None:
        ratio, old, number = self._stage.ratio, self._stage.is_stale, len(cell.members)
        marked = self._marked(cell)
        if number == 1:
            (status,) = cell.counts
            size = crowd_pictures.MARK_PX if status == "blocked" else crowd_pictures.TOKEN_PX
            pictures = [crowd_pictures.token(status, ratio, old, size)]
        else:
            words = str(number) if number < 1000 else f"{number / 1000:.1f}k"
            ring = crowd_pictures.shares(cell.counts)
            has_blocked = "blocked" in cell.counts and not marked
            pictures = [crowd_pictures.disc(words, crowd_pictures.disc_px(number), ring, has_blocked, ratio, old)]
            pictures += [crowd_pictures.token("blocked", ratio, old, crowd_pictures.MARK_PX)] * len(marked)
        items = self._items.setdefault(key, [])
        while len(items) > len(pictures):
            self._stage.removeItem(items.pop())
        while len(items) < len(pictures):
            items.append(self._new_item(above=bool(items)))
        for item, picture in zip(items, pictures, strict=True):
            if item.pixmap().cacheKey() != picture.cacheKey():
                item.setPixmap(picture)
        self._put(key, marked)

    def _put(self, key: Key, marked: Sequence[str] | None = None) -> None:
        """Place the pictures of a cell, on whole device pixels."""
        cell, items, stage = self._cells.cells.get(key), self._items[key], self._stage
        if cell is None:
            return
        _centre(items[0], stage.to_scene(self._middle(cell, key)), stage.ratio)
        for agent_id, item in zip(self._marked(cell) if marked is None else marked, items[1:], strict=False):
            member = cell.members[agent_id]
            _centre(item, stage.to_scene(Point(member.x, member.y)), stage.ratio)

    def _middle(self, cell: Cell, key: Key | None = None) -> Point:
        """Where a cell's picture lies: among its agents, but never over the border of the cell."""
        number = len(cell.members)
        x, y = cell.x / number, cell.y / number
        if key is None or number == 1:
            return Point(x, y)
        size = self._cells.size
        half = min(crowd_pictures.disc_px(number) / 2 / self._stage.scale, size / 2)
        left, top = key[0] * size, key[1] * size
        return Point(
            min(left + size - half, max(left + half, x)),
            min(top + size - half, max(top + half, y)),
        )

    def _marked(self, cell: Cell) -> list[str]:
        """Blocked ones with a mark of their own, where there are few enough for their places to be told apart."""
        if cell.counts.get("blocked", 0) not in (1, 2) or not 1 < len(cell.members) <= _SMALL:
            return []
        return [agent_id for agent_id, member in cell.members.items() if member.status == "blocked"]

    def _new_item(self, *, above: bool) -> QGraphicsPixmapItem:
        item = QGraphicsPixmapItem()
        item.setShapeMode(QGraphicsPixmapItem.ShapeMode.BoundingRectShape)
        item.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        item.setZValue(self._stage.order.labels - (1 if above else 2))
        self._stage.addItem(item)
        return item

    def _drop_items(self, keys: Iterable[Key]) -> None:
        for key in keys:
            for item in self._items.pop(key, ()):
                self._stage.removeItem(item)


def _centre(item: QGraphicsPixmapItem, at: QPointF, ratio: float) -> None:
    size = item.pixmap().deviceIndependentSize()
    x, y = at.x() - size.width() / 2, at.y() - size.height() / 2
    place = QPointF(round(x * ratio) / ratio, round(y * ratio) / ratio)
    if item.pos() != place:
        item.setPos(place)


def _touches(item: QGraphicsPixmapItem, at: QPointF) -> bool:
    return QRectF(item.sceneBoundingRect()).contains(at)


def _meet(one: Rect, other: Rect) -> bool:
    return (
        one.x < other.x + other.width
        and other.x < one.x + one.width
        and one.y < other.y + other.height
        and other.y < one.y + one.height
    )
