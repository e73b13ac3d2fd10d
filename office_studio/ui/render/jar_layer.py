"""What of OfficeX is seen in an office: jars, lamps and signs at agents' feet, those of nobody in a corner with the
safe; threads between agents, coins in the air.

The same layer serves flat stages and what lies over a room's picture. A jar is one pixmap of constant size; it is made
anew only when it looks different and moved only when its figure is elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtWidgets import QGraphicsPixmapItem

from office_studio.ui.render import jar_spots
from office_studio.ui.render.coin_flights import CoinFlights
from office_studio.ui.render.jar_looks import (
    GLASS,
    Jar,
    Sign,
    SignKind,
    Thing,
    accessible_name,
    paint_closed_jar,
    paint_thing,
    thing_size,
)
from office_studio.ui.render.thread_layer import Thread, ThreadLayer

if TYPE_CHECKING:
    from office_studio.ui.render.scene import StageScene

__all__ = ["Jar", "JarLayer", "Move", "MoveKind", "Sign", "SignKind", "Thing", "Thread", "accessible_name"]

_BETWEEN, _MARGIN, _ABOVE_COUNT = 2.0, 14.0, 34.0  # px
MOST_AT_ONE, MOST_IN_CORNER = 3, 4  # things that stand at one place; more are told by the last one
_PERSON = 0.2  # to cover a square pixel of somebody costs so much of what a name costs
_CROWD = 60  # figures
_FLY_UP = 44.0  # px, of a coin that goes to the app
_COINS_BACK = 3


class MoveKind(StrEnum):
    SIP = "sip"  # a coin leaves the jar
    SETTLE = "settle"  # the jar closes
    BACK = "back"  # coins fly to the safe


@dataclass(frozen=True, slots=True)
class Move:
    """What has just happened to a jar."""

    kind: MoveKind
    jar_id: str


class JarLayer:
    """Those of one stage."""

    def __init__(self, stage: StageScene) -> None:
        self._stage = stage
        self._things: tuple[Thing, ...] = ()
        self._items: dict[str, QGraphicsPixmapItem] = {}
        self._looks: dict[str, tuple[object, ...]] = {}
        self._more: dict[str, int] = {}
        self._spot_of: dict[str, int] = {}  # home -> which of its spots was taken
        self.threads = ThreadLayer(stage)
        self.coins = CoinFlights(stage)
        self.is_visible = True

    # -- telling -----------------------------------------------------------------------------------
    def show(self, things: Sequence[Thing]) -> None:
        """These and no others."""
        if tuple(things) != self._things:
            self._things = tuple(things)
            self.place()

    def set_visible(self, is_visible: bool) -> None:
        if is_visible != self.is_visible:
            self.is_visible = is_visible
            self.threads.set_visible(is_visible)
            self.coins.end()
            self.place()

    def play(self, moves: Sequence[Move]) -> None:
        """Show what happens to jars, before they are shown as they are after it."""
        shown, safe = self.shown, self._safe()
        for move in moves:
            rect = shown.get(move.jar_id)
            if rect is None:
                continue  # out of view: nobody sees it
            mouth = rect.topLeft() + QPointF(GLASS.width() / 2, 5)
            if move.kind is MoveKind.SIP:
                self.coins.fly(mouth, mouth - QPointF(0, _FLY_UP), 1, vanishes=True)
            elif move.kind is MoveKind.SETTLE:
                self.coins.fade(paint_closed_jar(self._stage.ratio), rect.topLeft())
            else:
                self.coins.fly(mouth, safe, _COINS_BACK)

    def place(self) -> None:
        """Stand them where their figures are now."""
        self.threads.place()
        if not self._things and not self._items:
            return  # nearly always
        spots = self._spots() if self.is_visible else {}
        for thing_id in [thing_id for thing_id in self._items if thing_id not in spots]:
            self._stage.removeItem(self._items.pop(thing_id))
            del self._looks[thing_id]
        self._more = {thing_id: more for thing_id, (_thing, _at, more) in spots.items()}
        for thing, at, more in spots.values():
            item = self._item(thing, more)
            ratio = self._stage.ratio
            where = QPointF(round(at.x() * ratio), round(at.y() * ratio)) / ratio
            if where != item.pos():
                item.setPos(where)

    # -- asking ------------------------------------------------------------------------------------
    @property
    def shown(self) -> Mapping[str, QRectF]:
        """Things that can be seen, and where, scene pixels."""
        return {thing_id: item.sceneBoundingRect() for thing_id, item in self._items.items()}

    def jar_at(self, at: QPointF) -> Thing | None:
        """The jar or sign under a scene point."""
        found = next((thing_id for thing_id, rect in self.shown.items() if rect.contains(at)), None)
        return next((one for one in self._things if one.id == found), None)

    def tip_at(self, at: QPointF) -> str:
        """What is known of the thing under a scene point, and of those that had no room beside it."""
        thing = self.jar_at(at)
        if thing is None:
            return ""
        more = self._more.get(thing.id, 0)
        if not more:
            return thing.tip
        group = self._homes()[self._home(thing)]
        return "\n\n".join(one.tip for one in group[group.index(thing) : group.index(thing) + 1 + more])

    def names(self) -> str:
        """Accessible names of all that is shown."""
        shown = (*self._things, *self.threads.all) if self.is_visible else ()
        return "; ".join(accessible_name(one.tip) for one in shown)

    # -- inside ------------------------------------------------------------------------------------
    def _home(self, thing: Thing) -> str:
        """Whose figure it stands at; "" where that one is nowhere in the office."""
        crowd = getattr(self._stage, "crowd", None)  # of which most have no figure, yet are there
        is_tracked = crowd is not None and crowd.is_tracking and thing.agent_id in self._stage.agents
        return thing.agent_id if is_tracked or thing.agent_id in self._stage.figures else ""

    def _words(self, thing: Thing) -> str:
        return thing.words if self._home(thing) or not thing.owner else f"{thing.owner} {thing.words}"

    def _homes(self) -> dict[str, list[Thing]]:
        """Signs come first: they say that something does not go on."""
        homes: dict[str, list[Thing]] = {}
        for thing in sorted(self._things, key=lambda one: isinstance(one, Jar)):
            homes.setdefault(self._home(thing), []).append(thing)
        return homes

    def _spots(self) -> dict[str, tuple[Thing, QPointF, int]]:
        """Thing, upper left corner in scene pixels, how many more stand for it."""
        found: dict[str, tuple[Thing, QPointF, int]] = {}
        taken: list[jar_spots.Obstacle] = self._obstacles()
        homes = self._homes()
        for home, things in homes.items():
            row = self._row(things, MOST_AT_ONE if home else MOST_IN_CORNER)
            size = QSizeF(sum(width for _t, width, _m in row) + _BETWEEN * (len(row) - 1), GLASS.height())
            spots = self._spots_of(home, size)
            if not spots:
                continue  # out of view, or part of a crowd
            number = jar_spots.best(spots, taken, self._stage.labels.view, self._spot_of.get(home))
            self._spot_of[home] = number
            taken.append((spots[number], 1.0))
            left = spots[number].left()
            for thing, width, more in row:
                found[thing.id] = (thing, QPointF(left, spots[number].top()), more)
                left += width + _BETWEEN
        self._spot_of = {home: number for home, number in self._spot_of.items() if home in homes}
        return found

    def _row(self, things: Sequence[Thing], most: int) -> list[tuple[Thing, float, int]]:
        """Things with their widths, the last with how many it stands for besides."""
        hidden, row = max(0, len(things) - most), []
        for number, thing in enumerate(things[:most]):
            more = hidden if number == most - 1 else 0
            row.append((thing, thing_size(self._words(thing), more).width(), more))
        return row

    def _spots_of(self, home: str, size: QSizeF) -> list[QRectF]:
        if not home:
            return jar_spots.up_from(self._corner(), size)
        item = self._stage.figures.get(home)
        return [] if item is None else jar_spots.beside(item.body_box(), item.foot.y(), size)

    def _obstacles(self) -> list[jar_spots.Obstacle]:
        """Names, badges, bubbles, what floats over the stage; and people, who matter less."""
        labels = self._stage.labels
        found = [(rect, 1.0) for rect in (*labels.rects(), *labels.reserved)]
        if len(self._stage.figures) > _CROWD:
            return found  # there is no room beside people anyway
        for item in self._stage.figures.values():
            left, top, right, bottom = item.body_box()
            found.append((QRectF(left, top, right - left, bottom - top), _PERSON))
        return found

    def _corner(self) -> QPointF:
        """Lower left of what is seen of the room, above the sign of those who found no place."""
        room, view = self._stage.canvas_rect, self._stage.labels.view
        seen = room.intersected(view) if not view.isEmpty() else room
        seen = seen if not seen.isEmpty() else room
        return QPointF(seen.left() + _MARGIN, seen.bottom() - _MARGIN - _ABOVE_COUNT)

    def _safe(self) -> QPointF:
        """Where credits come from and go back to."""
        safes = {
            one.id for one in self._things if isinstance(one, Sign) and one.kind in (SignKind.SAFE, SignKind.EMPTY)
        }
        rect = next((rect for thing_id, rect in self.shown.items() if thing_id in safes), None)
        return rect.topLeft() + QPointF(GLASS.width() / 2, GLASS.height() / 2) if rect is not None else self._corner()

    def _item(self, thing: Thing, more: int) -> QGraphicsPixmapItem:
        words = self._words(thing)
        look = (*thing.look, words, self._stage.ratio, more)
        item = self._items.get(thing.id)
        if item is None:
            item = self._items[thing.id] = QGraphicsPixmapItem()
            item.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
            self._stage.addItem(item)
        if self._looks.get(thing.id) != look:
            self._looks[thing.id] = look
            item.setPixmap(paint_thing(thing, words, self._stage.ratio, more=more))
        if item.zValue() != self._stage.order.labels - 1:
            item.setZValue(self._stage.order.labels - 1)  # names and bubbles lie over it
        return item
