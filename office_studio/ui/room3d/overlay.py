"""What lies flat over the picture of a room: names, badges, bubbles, links, seat marks, the ring of the chosen one.

The same painters as on flat stages draw it: to them this is a stage whose units are view pixels, on which each figure
is a body without a picture, standing where the camera sees the agent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import QObject, QPointF, QRectF, Qt
from PySide6.QtWidgets import QGraphicsPixmapItem, QGraphicsRectItem, QGraphicsScene

from office_studio.core.office.bubbles import Bubble
from office_studio.core.office.live import LiveAgent
from office_studio.core.office.model import AgentStatus
from office_studio.core.office.seating import Place
from office_studio.core.theme.model import Characters, Point, StatusBadge, Theme
from office_studio.ui.render import palette
from office_studio.ui.render.figure_item import FOREIGN_OPACITY, MIN_TARGET_PX, OFFLINE_OPACITY
from office_studio.ui.render.jar_layer import JarLayer
from office_studio.ui.render.label_layer import LabelLayer
from office_studio.ui.render.layers import LayerOrder
from office_studio.ui.render.link_layer import LinkLayer
from office_studio.ui.render.rect_grid import Box
from office_studio.ui.render.seat_layer import SeatLayer
from office_studio.ui.render.stage_marks import paint_count
from office_studio.ui.room3d.ring import Ring
from office_studio.ui.room3d.zone_names import ZoneNames
from office_studio.ui.room3d.zones import RoomZones

_RING = 1.1  # width of the ring, times the figure's
_BREADTH = 0.62  # of a figure with its arms out is its body
_MARK_MARGIN = 14.0  # px, of the "+n" sign from the view's corner


@dataclass(frozen=True, slots=True)
class Seen:
    """An agent as the camera sees it: pixels of the view. ``height``: from the feet to the hair; ``width``: of a
    shoulder's breadth on the floor; ``depth``: the less, the nearer."""

    agent_id: str
    name: str
    status: AgentStatus
    foot: QPointF
    height: float
    width: float
    depth: float
    walking: bool = False
    asleep: bool = False
    dimmed: bool = False
    bubble: Bubble | None = None
    place: str = ""
    zone_id: str | None = None

    @property
    def at(self) -> Point:
        return Point(self.foot.x(), self.foot.y())

    # What the label painters ask of a flat figure besides.
    @property
    def state(self) -> str:
        return "sleeping" if self.asleep else "walking" if self.walking else ""

    @property
    def clip(self) -> bool:
        return False  # however small the figures of a room look, they have names

    @property
    def seat_id(self) -> str | None:
        return self.place or None

    def says_the_same(self, other: Seen) -> bool:
        """Whether labels need no new arranging, wherever both are."""
        return (self.name, self.status, self.walking, self.asleep, self.dimmed, self.bubble) == (
            other.name,
            other.status,
            other.walking,
            other.asleep,
            other.dimmed,
            other.bubble,
        )


class Body:
    """Where labels, lines and clicks find an agent."""

    seat_picture = None
    is_pictured = False
    is_hidden = False

    def __init__(self, overlay: RoomOverlay, seen: Seen) -> None:
        self._overlay = overlay
        self.figure = seen
        self._mark: Ring | None = None

    def show(self, seen: Seen) -> None:
        self.figure = seen

    @property
    def foot(self) -> QPointF:
        return self.figure.foot

    def height_px(self) -> float:
        return self.figure.height

    def head(self) -> QPointF:
        return self.foot - QPointF(0, self.figure.height + 5)

    def chest(self) -> QPointF:
        return self.foot - QPointF(0, self.figure.height * 0.55)

    def face_box(self) -> Box:
        side, head = max(14.0, self.figure.height * 0.4), self.head()
        return head.x() - side / 2, head.y() + 5, head.x() + side / 2, head.y() + 5 + side

    def body_box(self) -> Box:
        half = max(7.0, self.figure.width / 2)
        foot = self.foot
        return foot.x() - half, foot.y() - self.figure.height, foot.x() + half, foot.y()

    def badge_at(self, _x: float, _y: float) -> QPointF:
        """Beside the head: a theme's offsets are meant for flat figures."""
        return self.head() + QPointF(self.figure.width / 2, self.figure.height * 0.12)

    def presence(self) -> float:
        agent = self._overlay.agents.get(self.figure.agent_id)
        foreign = agent is not None and agent.is_foreign
        return OFFLINE_OPACITY if self.figure.dimmed else FOREIGN_OPACITY if foreign else 1.0

    def hit_rect(self) -> QRectF:
        """Where a click means this agent: its click volume as seen, never under 44 px a side."""
        left, top, right, bottom = self.body_box()
        rect = QRectF(left, top, right - left, bottom - top)
        grow_x, grow_y = (max(0.0, (MIN_TARGET_PX - side) / 2) for side in (rect.width(), rect.height()))
        return rect.adjusted(-grow_x, -grow_y, grow_x, grow_y)

    def is_hit(self, at: QPointF) -> bool:
        return self.hit_rect().contains(at)

    def refresh(self) -> None:
        wanted = self._overlay.selected == self.figure.agent_id
        if wanted and self._mark is None:
            self._mark = Ring(self._overlay, self._overlay.order.seats + 0.5)
        elif not wanted and self._mark is not None:
            self._mark.remove()
            self._mark = None
        self.place_mark()

    def place_mark(self) -> None:
        if self._mark is not None:
            width = max(26.0, self.figure.width * _RING)
            self._mark.place(self.foot, width, self._overlay.floor_flatness, self._overlay.before(self))

    def silhouette(self) -> QRectF:
        """About what is drawn of it, view pixels."""
        half, foot = self.figure.width * _BREADTH / 2, self.foot
        return QRectF(foot.x() - half, foot.y() - self.figure.height, 2 * half, self.figure.height + 2)

    def remove(self) -> None:
        if self._mark is not None:
            self._mark.remove()
            self._mark = None


@dataclass(slots=True)
class _Seats:
    """Home places with the view pixels where they are seen."""

    homes: tuple[Place, ...] = ()

    @property
    def slot_count(self) -> int:
        return len(self.homes)


@dataclass(slots=True)
class _Model:
    seating: _Seats


class RoomOverlay(QGraphicsScene):
    """Units are logical pixels of the view, origin top left."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setItemIndexMethod(QGraphicsScene.ItemIndexMethod.NoIndex)
        self.assets = None
        self.scale = 1.0
        self.ratio = 1.0
        self.floor_flatness = 0.52  # height to width of a circle on the floor, as seen
        self.selected: str | None = None
        self.carried: str | None = None
        self.is_stale = False
        self.agents: dict[str, LiveAgent] = {}
        self.figures: dict[str, Body] = {}
        self.looks: Mapping[str, tuple[str, str]] = {}
        self.order = LayerOrder(())
        self.names = ZoneNames(self)
        self.zones = RoomZones(self, self.names)
        self.theme: Theme | None = None
        self.model = _Model(_Seats())
        # The painters ask this scene for the same things as a flat one.
        self.labels = LabelLayer(self)  # type: ignore[arg-type]
        self.links = LinkLayer(self)  # type: ignore[arg-type]
        self.seats = SeatLayer(self)  # type: ignore[arg-type]
        self.jars = JarLayer(self)  # type: ignore[arg-type]
        self._veil: QGraphicsRectItem | None = None
        self._count: QGraphicsPixmapItem | None = None
        self._counted = 0

    # -- theme and view ----------------------------------------------------------------------------
    def set_theme(self, theme: Theme | None) -> None:
        """Names in the colours of a theme; everybody goes."""
        self.theme = theme
        self.names.set_theme(theme)
        self.zones.set_theme(theme)
        for agent_id in list(self.figures):
            self.figures.pop(agent_id).remove()
        tag = theme.characters.name_tag if theme is not None else None
        own = None
        if tag is not None:
            # Colours and font count; places were meant for another kind of figure.
            own = Characters(name_tag=replace(tag, offset_y=0.0), status_badge=StatusBadge())
        self.labels.set_theme(own)
        self.labels.clear()
        self.links.update_all()
        self.model.seating.homes = ()
        self.seats.rebuild()

    def set_view(self, width: float, height: float, ratio: float) -> None:
        self.setSceneRect(0, 0, width, height)
        self.labels.view = QRectF(0, 0, width, height)
        if ratio != self.ratio:
            self.ratio = ratio
        self.labels.set_scale(1.0, ratio)
        self.labels.touch()
        if self._veil is not None:
            self._veil.setRect(self.sceneRect())
        self.jars.place()
        self._place_count()

    @property
    def canvas_rect(self) -> QRectF:
        return self.sceneRect()

    def to_scene(self, at: Point) -> QPointF:
        return QPointF(at.x, at.y)

    def to_canvas(self, at: QPointF) -> Point:
        return Point(at.x(), at.y())

    # -- agents ------------------------------------------------------------------------------------
    def show_seen(self, everybody: Sequence[Seen]) -> set[str]:
        """Put labels, lines and marks where the agents are in the picture. Returns who was not there, or is another
        way now: their labels have to be arranged anew."""
        touched = set()
        wanted = {seen.agent_id for seen in everybody}
        for agent_id in [agent_id for agent_id in self.figures if agent_id not in wanted]:
            self.figures.pop(agent_id).remove()
            touched.add(agent_id)
        for seen in everybody:
            body = self.figures.get(seen.agent_id)
            if body is None:
                body = self.figures[seen.agent_id] = Body(self, seen)
                body.refresh()
                touched.add(seen.agent_id)
                continue
            if not seen.says_the_same(body.figure):
                touched.add(seen.agent_id)
            body.show(seen)
        if self.selected in self.figures:
            self.figures[self.selected].place_mark()  # others may stand before it now
        self.jars.place()
        return touched

    def before(self, body: Body) -> list[QRectF]:
        """Who hides the floor around somebody: itself, and all who stand nearer."""
        depth = body.figure.depth
        return [other.silhouette() for other in self.figures.values() if other.figure.depth <= depth + 1e-6]

    def place_homes(self, homes: Sequence[tuple[Place, QPointF]]) -> None:
        """Seat marks where the places of the slots are in the picture."""
        self.model.seating.homes = tuple(
            replace(place, seat=replace(place.seat, at=Point(at.x(), at.y()))) for place, at in homes
        )
        self.seats.place()

    def select(self, agent_id: str | None) -> None:
        before, self.selected = self.selected, agent_id
        for each in (before, agent_id):
            if each in self.figures:
                self.figures[each].refresh()
        self.labels.touch({each for each in (before, agent_id) if each is not None})
        self.labels.proceed()

    def refresh_marks(self) -> None:
        """The ring of the chosen one, for another distance."""
        if self.selected in self.figures:
            self.figures[self.selected].place_mark()

    def set_carried(self, agent_id: str) -> None:
        self.carried = agent_id or None

    def set_stale(self, stale: bool) -> None:
        """Old news: a grey veil over the room, grey shapes."""
        self.is_stale = stale
        if stale and self._veil is None:
            self._veil = QGraphicsRectItem(self.sceneRect())
            self._veil.setPen(Qt.PenStyle.NoPen)
            self._veil.setBrush(palette.veil())
            self._veil.setZValue(self.order.veil)
            self._veil.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
            self.addItem(self._veil)
        elif not stale and self._veil is not None:
            self.removeItem(self._veil)
            self._veil = None
        self.links.update_all()
        self.labels.touch()

    def set_left_out(self, count: int) -> None:
        """How many agents found no slot."""
        if count == self._counted:
            return
        self._counted = count
        if self._count is not None:
            self.removeItem(self._count)
            self._count = None
        if count:
            self._count = QGraphicsPixmapItem(paint_count(count, self.ratio))
            self._count.setZValue(self.order.labels + 1)
            words = "agent has" if count == 1 else "agents have"
            self._count.setToolTip(f"{count:,} more {words} no place in this room")
            self.addItem(self._count)
            self._place_count()

    def _place_count(self) -> None:
        if self._count is not None:
            height = self._count.boundingRect().height()
            self._count.setPos(_MARK_MARGIN, round(self.sceneRect().height() - height - _MARK_MARGIN))

    # -- asking ------------------------------------------------------------------------------------
    def figure_at(self, at: QPointF) -> str | None:
        """The agent under a point of the view: labels first, then who stands nearest to the camera."""
        if (labelled := self.labels.agent_at(at)) is not None:
            return labelled
        hits = [body for body in self.figures.values() if body.is_hit(at)]
        best: Any = min(hits, key=lambda body: (body.figure.depth, body.figure.agent_id), default=None)
        return None if best is None else best.figure.agent_id

    def furniture_at(self, _at: QPointF) -> None:
        """Nothing in a room can be used."""
        return
