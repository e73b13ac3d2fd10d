"""The pictures of a room on the scene: background, furniture, effects.

A theme may hold twenty thousand pieces. On screen they are added, and placed anew for another zoom, some at a time, so
that no turn of the event loop takes long; the first ones of the manifest, the background among them, at once.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QTimer
from PySide6.QtGui import QPixmap

from office_studio.ui.render.assets import SceneAssets
from office_studio.ui.render.ground import GroundItem
from office_studio.ui.render.sprites import Placement, SpriteItem, item_for, placements

if TYPE_CHECKING:
    from office_studio.ui.render.scene import StageScene

PIECES_PER_TURN = 400  # 10 to 20 ms
GROUND_AFTER_MS = 40  # without another zoom
STEPS_PER_FRAME = 400  # of animated pieces; who is due and not stepped comes first in the next frame


class SpriteLayer:
    """Everything of a theme that is a picture and stands still, or moves on its place.

    ``per_turn``: pieces to place in one turn of the event loop; None, as for pictures without a window: all at once.
    """

    def __init__(self, scene: StageScene) -> None:
        self._scene = scene
        self.per_turn: int | None = None
        self.items: list[SpriteItem] = []
        self._placements: list[Placement] = []
        self._smooth = True
        self._placed = 0  # how many of the placements are where the zoom wants them
        self._pictures: Mapping[tuple[str, int, int], QPixmap] = {}
        self._is_low = False
        self._due: list[tuple[float, int]] = []  # heap of when which item moves next
        self._later = QTimer(scene)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._go_on)
        self._ground: GroundItem | None = None
        self._calm = QTimer(scene)  # when pieces have settled in their places, a ground is made of them
        self._calm.setSingleShot(True)
        self._calm.timeout.connect(self._lay_ground)

    @property
    def is_whole(self) -> bool:
        """Whether every piece is on the scene and where it belongs."""
        return self._placed == len(self._placements)

    def rebuild(self, assets: SceneAssets | None) -> None:
        """The pieces of another theme; their places follow with :meth:`place`."""
        self._later.stop()
        self._lift_ground()
        for item in self.items:
            self._scene.removeItem(item)
        self.items.clear()
        self._placements = placements(assets.theme, assets) if assets is not None else []
        self._smooth = assets is None or assets.smooth
        self._placed, self._pictures, self._due = 0, {}, []
        self._add(self._until())

    def place(self, pictures: Mapping[tuple[str, int, int], QPixmap]) -> None:
        """Take the scene's scale; what is not among ``pictures`` is stretched."""
        self._lift_ground()
        self._pictures, self._placed = pictures, 0
        self._go_on()

    def set_low(self, is_low: bool) -> None:
        """No effects, and furniture that stands still (format section 18)."""
        self._is_low = is_low
        self._lift_ground()
        for item in self.items:
            self._take_quality(item)
        self._due = [(0.0, i) for i, item in enumerate(self.items) if item.placement.animation is not None]
        self.settle()

    def settle(self) -> None:
        """What the ground is made of may be different now."""
        self._lift_ground()
        if self.per_turn is not None and self.is_whole and self.items:
            self._calm.start(GROUND_AFTER_MS)

    def animate(self, at_ms: float) -> float | None:
        """Move what is due; returns when something is due next. Times since the theme was shown."""
        if self._is_low:
            return None
        for _ in range(STEPS_PER_FRAME if self.per_turn is not None else len(self._due)):
            if not self._due or self._due[0][0] > at_ms:
                break
            _, number = heapq.heappop(self._due)
            item, ground = self.items[number], self._ground
            if ground is not None and ground.holds(item):
                before = item.opacity(), item.pos(), item.rotation()
                following = item.animate(at_ms)
                if before != (item.opacity(), item.pos(), item.rotation()):
                    ground.renew(item)
            else:
                following = item.animate(at_ms)
            if following is not None:
                heapq.heappush(self._due, (max(following, at_ms + 1), number))
        return self._due[0][0] if self._due else None

    def covers(self, rect: QRectF) -> bool:
        """Whether the ground hides whatever lies below it there, scene coordinates."""
        return self._ground is not None and self._ground.boundingRect().contains(rect)

    def furniture_at(self, at: QPointF) -> SpriteItem | None:
        """The interactive furniture under a scene point."""
        for item in reversed(self.items):
            if item.placement.tooltip and item.sceneBoundingRect().contains(at):
                return item
        return None

    # -- inside ------------------------------------------------------------------------------------
    def _until(self) -> int:
        everything = len(self._placements)
        return everything if self.per_turn is None else min(everything, self._placed + self.per_turn)

    def _go_on(self) -> None:
        scene, until = self._scene, self._until()
        self._add(until)
        for item in self.items[self._placed : until]:
            item.show_at(scene.scale, scene.ratio, self._pictures)
        self._placed = until
        if not self.is_whole:
            self._later.start(0)
        else:
            self.settle()

    def _lay_ground(self) -> None:
        self._lift_ground()
        self._ground = GroundItem.of(self._scene, self.items)

    def _lift_ground(self) -> None:
        self._calm.stop()
        if self._ground is not None:
            self._ground.remove()
            self._ground = None

    def _add(self, until: int) -> None:
        scene = self._scene
        for number in range(len(self.items), until):
            placement = self._placements[number]
            item = item_for(placement, scene.order.z(placement.layer, placement.foot, number), smooth=self._smooth)
            scene.addItem(item)
            self.items.append(item)
            self._take_quality(item)
            if placement.animation is not None:
                heapq.heappush(self._due, (0.0, number))

    def _take_quality(self, item: SpriteItem) -> None:
        item.setVisible(not (self._is_low and item.placement.is_effect))
        if self._is_low and item.placement.animation is not None:
            item.rest()
