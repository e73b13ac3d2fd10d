"""One character on the scene: its body, and its mark while it is selected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtWidgets import QGraphicsPixmapItem

from office_studio.core.office.stage import Figure
from office_studio.core.theme.atlas import Clip, Frame
from office_studio.ui.render.assets import Costume
from office_studio.ui.render.rect_grid import Box
from office_studio.ui.render.selection_mark import SelectionMark
from office_studio.ui.render.wardrobe import RING_RADIUS, Picture

if TYPE_CHECKING:
    from office_studio.ui.render.scene import StageScene

OFFLINE_OPACITY, FOREIGN_OPACITY = 0.4, 0.55
MIN_TARGET_PX = 44.0  # pointer target (format section 12)


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
        self.setShapeMode(QGraphicsPixmapItem.ShapeMode.BoundingRectShape)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.refresh()

    def show(self, figure: Figure, *, looks_changed: bool) -> None:
        self.figure = figure
        if looks_changed:
            self.refresh()
        else:
            self._place()

    def refresh(self) -> None:
        """Everything anew: frame, size, opacity, ring."""
        picture = self._picture()
        if picture.pixmap.cacheKey() != self.pixmap().cacheKey():
            self.setPixmap(picture.pixmap)
        stretch = self._stage.scale / self._stage.frames.scale
        if stretch != self.scale():
            smooth = (
                Qt.TransformationMode.SmoothTransformation if stretch != 1 else Qt.TransformationMode.FastTransformation
            )
            self.setScale(stretch)
            self.setTransformationMode(smooth)
        self._offset = picture.offset * stretch
        agent = self._stage.agents.get(self.figure.agent_id)
        foreign = agent is not None and agent.is_foreign
        self.setOpacity(OFFLINE_OPACITY if self.figure.dimmed else FOREIGN_OPACITY if foreign else 1.0)
        self._show_mark(self._stage.selected == self.figure.agent_id, stretch)
        self._place()

    def remove(self) -> None:
        self._show_mark(False)
        self._stage.removeItem(self)

    # -- where things are, scene pixels --------------------------------------------------------------
    @property
    def foot(self) -> QPointF:
        return self._stage.to_scene(self.figure.at)

    def head(self) -> QPointF:
        """The point just above the hair, where the label sits. Steady over the frames of a state."""
        return self.foot - QPointF(0, self.height_px() + 5)

    def height_px(self) -> float:
        return self._height() * self._stage.scale

    def face_box(self) -> Box:
        """The head, which bubbles avoid."""
        height, foot = self.height_px(), self.foot
        side = max(14.0, height * 0.45)
        top = foot.y() - height
        return foot.x() - side / 2, top, foot.x() + side / 2, top + side

    def body_box(self) -> Box:
        """From head to feet."""
        height, foot = self.height_px(), self.foot
        half = max(7.0, height * 0.25)
        below = height if self.figure.clip is None else 0.0  # a disc lies around its point
        return foot.x() - half, foot.y() - height, foot.x() + half, foot.y() + below

    def hit_rect(self) -> QRectF:
        """Where a click means this figure: the theme's hit area or the figure itself, never under 44 px a side."""
        rect = self._hit_area() or self.sceneBoundingRect()
        grow_x, grow_y = (max(0.0, (MIN_TARGET_PX - side) / 2) for side in (rect.width(), rect.height()))
        return rect.adjusted(-grow_x, -grow_y, grow_x, grow_y)

    # -- inside --------------------------------------------------------------------------------------
    def _hit_area(self) -> QRectF | None:
        assets = self._stage.assets
        area = assets.theme.characters.hit_area if assets else None
        if area is None or self.figure.clip is None:
            return None
        scale, foot = self._stage.scale, self.foot
        if area.type == "rect" and area.width and area.height:
            return QRectF(foot.x() + area.x * scale, foot.y() + area.y * scale, area.width * scale, area.height * scale)
        # A circle around the feet covers nothing of a standing figure; its own box is the better target.
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
        stage, figure = self._stage, self.figure
        shown = self._shown_frame()
        if shown is not None:
            costume, frame, mirrored = shown
            return stage.frames.body(costume, frame, mirrored=mirrored)
        return stage.frames.avatar(figure, stage.looks.get(figure.agent_id), stale=stage.is_stale)

    def _place(self) -> None:
        ratio, at = self._stage.ratio, self.foot + self._offset
        self.setPos(QPointF(round(at.x() * ratio), round(at.y() * ratio)) / ratio)
        z = self._stage.order.z("characters", self.figure.at.y)
        if z != self.zValue():
            self.setZValue(z)
        if self._mark is not None:
            self._mark.place(self.foot, z)

    def _show_mark(self, wanted: bool, stretch: float = 1.0) -> None:
        if not wanted:
            if self._mark is not None:
                self._mark.remove()
                self._mark = None
            return
        scale, ring = self._stage.scale, self._ring_rect()
        if self._mark is None or self._marked_at != scale:
            if self._mark is not None:
                self._mark.remove()
            self._mark, self._marked_at = SelectionMark(self._stage, ring), scale
        shown = self._shown_frame()
        if shown is not None:
            costume, frame, mirrored = shown
            halo = self._stage.frames.halo(costume, frame, mirrored=mirrored)
            self._mark.outline(halo, stretch, self.opacity())

    def _ring_rect(self) -> QRectF:
        if self.figure.clip is None:
            side = (RING_RADIUS + 6) * self._stage.scale
            return QRectF(-side, -side, 2 * side, 2 * side)
        width = max(30.0, self._height() * self._stage.scale * 0.62)
        return QRectF(-width / 2, -width * 0.24, width, width * 0.48)


def own_clip(own: Clip | None, shared: Clip) -> Clip:
    """The costume's own clip; variants promise the same frame names, but one that lacks a state borrows the rects."""
    return own or shared
