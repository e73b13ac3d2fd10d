"""One character on the scene: its body, or the picture of its seat, and its mark while it is selected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QGraphicsPixmapItem

from office_studio.core.office.model import AgentStatus
from office_studio.core.office.stage import Figure
from office_studio.core.theme.atlas import Clip, Frame
from office_studio.core.theme.color import status_color
from office_studio.core.theme.model import Point
from office_studio.ui.render import palette
from office_studio.ui.render.avatars import RING_RADIUS, WALKING_OPACITY, AvatarLook, initials
from office_studio.ui.render.costumes import Costume
from office_studio.ui.render.rect_grid import Box
from office_studio.ui.render.seat_pictures import SeatPicture, SeatPictures
from office_studio.ui.render.selection_mark import SelectionMark
from office_studio.ui.render.wardrobe import Picture

if TYPE_CHECKING:
    from office_studio.ui.render.scene import StageScene

OFFLINE_OPACITY, FOREIGN_OPACITY = 0.4, 0.55
CARRIED_OPACITY = 0.5  # on its way to another seat: the figure stays where it was until the drop
MIN_TARGET_PX = 44.0  # pointer target (format section 12)
_SEAT_LINE = 50_000  # pictures of seats lie above the unsorted furniture of their layer, below the sorted


class FigureItem(QGraphicsPixmapItem):
    """Body of a figure. The label belongs to ``LabelLayer``."""

    def __init__(self, stage: StageScene, figure: Figure) -> None:
        super().__init__()
        self._stage = stage
        self._offset = QPointF()
        self._mark: SelectionMark | None = None
        self._marked_at = 0.0  # scale
        self.figure = figure
        # A figure lives as long as the theme, so its look is looked up once.
        self._costume = stage.assets.costume(figure.agent_id) if stage.assets else None
        self._seat: SeatPictures | None = None
        self._picture_shown: SeatPicture | None = None
        self.setShapeMode(QGraphicsPixmapItem.ShapeMode.BoundingRectShape)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.refresh()

    def show(self, figure: Figure, *, looks_changed: bool) -> None:
        before, self.figure = self.figure, figure
        if looks_changed and self._is_plain and before.with_frame(figure.frame) == figure:
            self._show_frame()
        elif looks_changed:
            self.refresh()
        else:
            self._place()

    def refresh(self) -> None:
        """Everything anew: frame, size, opacity, ring."""
        self._take_seat()
        picture = self._picture()
        if picture.pixmap.cacheKey() != self.pixmap().cacheKey():
            self.setPixmap(picture.pixmap)
        stretch = self._stage.scale / self._stage.frames.scale
        if stretch != self.scale():
            smooth = stretch != 1 and self._stage.frames.smooth
            mode = Qt.TransformationMode
            self.setScale(stretch)
            self.setTransformationMode(mode.SmoothTransformation if smooth else mode.FastTransformation)
        self._offset = picture.offset * stretch
        carried = CARRIED_OPACITY if self._stage.carried == self.figure.agent_id else 1.0
        gliding = WALKING_OPACITY if self._is_gliding() else 1.0
        self.setOpacity(self.presence() * self.figure.alpha * gliding * carried)
        self._show_mark(self._stage.selected == self.figure.agent_id, stretch)
        self._place()

    @property
    def _is_plain(self) -> bool:
        """Whether the next frame of a clip is the next picture, and nothing else about the figure depends on it."""
        return self._seat is None and self._mark is None and self.scale() == 1

    def _show_frame(self) -> None:
        """Only another frame, as nearly always: a third of the work of ``refresh``."""
        shown = self._shown_frame()
        if shown is None:
            return
        picture = self._stage.frames.body(shown[0], shown[1], mirrored=shown[2])
        self.setPixmap(picture.pixmap)
        if picture.offset != self._offset:
            self._offset = picture.offset
            self._place()

    def presence(self) -> float:
        """How much of the figure is there, without what fades for a moment: less when offline or somebody else's."""
        agent = self._stage.agents.get(self.figure.agent_id)
        foreign = agent is not None and agent.is_foreign
        return OFFLINE_OPACITY if self.figure.dimmed else FOREIGN_OPACITY if foreign else 1.0

    def remove(self) -> None:
        self._show_mark(False)
        self._stage.removeItem(self)

    # -- pictures of seats ---------------------------------------------------------------------------
    @property
    def seat_picture(self) -> SeatPicture | None:
        """The picture that stands for this figure now (format 3.3)."""
        return self._picture_shown

    @property
    def is_pictured(self) -> bool:
        """Whether it sits on a seat that has pictures."""
        return self._seat is not None and self._seat.box is not None

    @property
    def is_stepping(self) -> bool:
        """Whether the picture of its seat changes with time."""
        return self._seat is not None and len(self._seat.of(self.figure.status)) > 1

    def step(self) -> None:
        """Take the next picture of the seat if it is time."""
        if self._seat is not None and self._stage.seat_picture_of(self._seat, self.figure) is not self._picture_shown:
            self.refresh()

    # -- where things are, scene pixels --------------------------------------------------------------
    @property
    def foot(self) -> QPointF:
        return self._stage.to_scene(self.figure.at)

    def head(self) -> QPointF:
        """The point just above the hair, where the label sits. Steady over the frames of a state."""
        if (box := self._seat_box()) is not None:
            return QPointF(self._seat_head_x(), box.top() - 5)
        return self.foot - QPointF(0, self.height_px() + 5)

    def height_px(self) -> float:
        """From the foot point to the hair; of a picture of a seat, its whole height."""
        box = self._seat_box()
        return self._height() * self._stage.scale if box is None else box.height()

    def chest(self) -> QPointF:
        """Where a line to somebody else begins."""
        if (box := self._seat_box()) is not None:
            return QPointF(self._seat_head_x(), box.top() + 0.4 * box.height())
        return self.foot - QPointF(0, self.height_px() * 0.45 if self.figure.clip else 0)

    def face_box(self) -> Box:
        """The head, which bubbles avoid."""
        height, head = self.height_px(), self.head()
        side = max(14.0, height * (0.45 if self._seat is None else 0.25))
        top = head.y() + 5
        return head.x() - side / 2, top, head.x() + side / 2, top + side

    def body_box(self) -> Box:
        """From head to feet."""
        if (box := self._seat_box()) is not None:
            return box.left(), box.top(), box.right(), box.bottom()
        height, foot = self.height_px(), self.foot
        half = max(7.0, height * 0.25)
        below = height if self.figure.clip is None else 0.0  # a disc lies around its point
        return foot.x() - half, foot.y() - height, foot.x() + half, foot.y() + below

    def badge_at(self, offset_x: float, offset_y: float) -> QPointF:
        """Centre of the theme's status badge; on the picture of a seat, beside its head."""
        if (box := self._seat_box()) is not None:
            return QPointF(self._seat_head_x() + 0.11 * box.height(), box.top() + 0.04 * box.height())
        return self.foot + QPointF(offset_x, offset_y) * self._stage.scale

    def hit_rect(self) -> QRectF:
        """Where a click means this figure: the theme's hit area or the figure itself, never under 44 px a side."""
        rect = self._seat_box() or self._hit_area() or self.sceneBoundingRect()
        grow_x, grow_y = (max(0.0, (MIN_TARGET_PX - side) / 2) for side in (rect.width(), rect.height()))
        return rect.adjusted(-grow_x, -grow_y, grow_x, grow_y)

    def is_hit(self, at: QPointF) -> bool:
        """Whether a click at a scene point means this figure; of a picture of a seat, only what is drawn counts."""
        if self._picture_shown is not None:
            return self._picture_shown.covers(self._stage.to_canvas(at))
        return self._seat is None and self.hit_rect().contains(at)

    @property
    def is_hidden(self) -> bool:
        """Sits on a seat that has pictures, but none for its status."""
        return self._seat is not None and self._picture_shown is None

    # -- inside --------------------------------------------------------------------------------------
    def _take_seat(self) -> None:
        """Look whether the figure sits where pictures stand for it."""
        figure, assets = self.figure, self._stage.assets
        seat = assets.seat_pictures.get(figure.seat_id or "") if assets is not None and not figure.walking else None
        self._seat = seat if seat is not None and not figure.standing else None
        self._picture_shown = self._stage.seat_picture_of(seat, figure) if self._seat and seat else None

    def _seat_box(self) -> QRectF | None:
        box = self._seat.box if self._seat is not None else None
        if box is None:
            return None
        scale = self._stage.scale
        return QRectF(box.x * scale, box.y * scale, box.width * scale, box.height * scale)

    def _seat_head_x(self) -> float:
        return 0.0 if self._seat is None else self._seat.head_x * self._stage.scale

    def _is_gliding(self) -> bool:
        return self.figure.clip is None and self.figure.walking

    def _hit_area(self) -> QRectF | None:
        assets = self._stage.assets
        area = assets.theme.characters.hit_area if assets else None
        if area is None:
            return None
        scale, foot = self._stage.scale, self.foot
        if area.type == "rect" and area.width and area.height:
            return QRectF(foot.x() + area.x * scale, foot.y() + area.y * scale, area.width * scale, area.height * scale)
        if area.type == "circle" and area.radius and self.figure.clip is None:
            side = area.radius * scale
            return QRectF(foot.x() + area.x * scale - side, foot.y() + area.y * scale - side, 2 * side, 2 * side)
        # A circle around the feet covers little of a standing figure; its own box is the better target.
        return None

    def _height(self) -> float:
        """Canvas units from the foot point to the top."""
        if self.figure.clip is None or self._costume is None:
            return RING_RADIUS
        return self._costume.top(self.figure.state)

    def _shown_frame(self) -> tuple[Costume, Frame, bool] | None:
        """The frame that is drawn, and whether it is mirrored; None for a disc."""
        costume, clip = self._costume, self.figure.clip
        if costume is None or clip is None:
            return None
        own = own_clip(costume.atlas.clips.get((clip.state, clip.direction)), clip)
        return costume, own.frames[self.figure.frame % len(own.frames)], own.mirrored

    def _picture(self) -> Picture:
        frames = self._stage.frames
        if self._picture_shown is not None:
            return frames.seat(self._picture_shown)
        if self._seat is not None:
            return Picture(QPixmap(), QPointF())
        shown = self._shown_frame()
        if shown is not None:
            costume, frame, mirrored = shown
            return frames.body(costume, frame, mirrored=mirrored)
        return frames.avatar(self._avatar_look())

    def _avatar_look(self) -> AvatarLook:
        stage, figure = self._stage, self.figure
        look = stage.looks.get(figure.agent_id)
        fill = palette.qcolor_of(look[1]) if look and look[1] else palette.tint(figure.agent_id)
        text = look[0] if look and look[0] else initials(figure.name)
        ring = palette.mark(figure.status, stale=stage.is_stale)
        if stage.assets is not None and not stage.is_stale:
            ring = palette.qcolor(status_color(stage.assets.theme.characters.status_badge.colors, figure.status))
        return AvatarLook(text, fill.getRgb(), ring.getRgb(), self._mark_name())  # type: ignore[arg-type]

    def _mark_name(self) -> str:
        figure = self.figure
        if figure.walking:
            return "walking"
        if figure.status is AgentStatus.BLOCKED:
            return "" if self._stage.labels.badge is not None else "warning"  # the badge says it already
        return "dots" if figure.status is AgentStatus.WORKING else ""

    def _place(self) -> None:
        ratio, order = self._stage.ratio, self._stage.order
        on_canvas = self._picture_shown is not None
        at = self._offset if on_canvas else self.foot + self._offset
        self.setPos(QPointF(round(at.x() * ratio), round(at.y() * ratio)) / ratio)
        if self._seat is not None:
            z = order.z("characters", number=_SEAT_LINE + self._seat.order)
        else:
            z = order.z("characters", self.figure.at.y)
        if z != self.zValue():
            self.setZValue(z)
        if self._mark is not None:
            self._mark.place(QPointF() if on_canvas else self.foot, z)

    def _show_mark(self, wanted: bool, stretch: float = 1.0) -> None:
        if not wanted or self.is_hidden:
            if self._mark is not None:
                self._mark.remove()
                self._mark = None
            return
        scale, ring = self._stage.scale, self._ring_rect()
        if self._mark is None or (self._marked_at, self._mark.ring) != (scale, ring):
            if self._mark is not None:
                self._mark.remove()
            self._mark, self._marked_at = SelectionMark(self._stage, ring), scale
        if self._picture_shown is not None:
            self._mark.outline(self._stage.frames.seat_halo(self._picture_shown), stretch, self.opacity())
        elif (shown := self._shown_frame()) is not None:
            costume, frame, mirrored = shown
            halo = self._stage.frames.halo(costume, frame, mirrored=mirrored)
            self._mark.outline(halo, stretch, self.opacity())

    def _ring_rect(self) -> QRectF | None:
        """Ring around the feet, from the foot point; None for a picture of a seat, whose feet are under a table."""
        if self._seat is not None:
            return None
        if self.figure.clip is None:
            side = (RING_RADIUS + 6) * self._stage.scale
            return QRectF(-side, -side, 2 * side, 2 * side)
        width = max(30.0, self._height() * self._stage.scale * 0.62)
        return QRectF(-width / 2, -width * 0.24, width, width * 0.48)


def own_clip(own: Clip | None, shared: Clip) -> Clip:
    """The costume's own clip; variants promise the same frame names, but one that lacks a state borrows the rects."""
    return own or shared


def nearest_hidden(items: list[FigureItem], at: Point) -> FigureItem | None:
    """Of figures that nothing is drawn of, the one whose seat is nearest."""
    return min(
        items,
        key=lambda item: ((item.figure.at.x - at.x) ** 2 + (item.figure.at.y - at.y) ** 2, item.figure.agent_id),
        default=None,
    )
