"""Frames of characters as pixmaps at the size they are drawn, kept while they are needed."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from math import cos, pi, sin

from PySide6.QtCore import QPointF, QRect, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPixmap

from office_studio.core.theme.atlas import Frame
from office_studio.ui.render import palette
from office_studio.ui.render.avatars import RING_RADIUS as RING_RADIUS
from office_studio.ui.render.avatars import AvatarLook, paint_avatar
from office_studio.ui.render.avatars import initials as initials
from office_studio.ui.render.costumes import Costume, cut, foot_of
from office_studio.ui.render.scaling import scaled
from office_studio.ui.render.seat_pictures import SeatPicture

_MAX_FRAME_PX = 2048  # side of one figure; a canvas of a few units would make it as large as all memory
HALO_PX = 5.0  # how far the outline of the selected figure reaches
_MAX_SEAT_PX = 8192  # side of one seat picture, which may be as large as the canvas
_CACHE_BYTES = 96 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Picture:
    """A pixmap and where its top left lies from the foot point, in logical pixels."""

    pixmap: QPixmap
    offset: QPointF


class FrameCache:
    """Pictures of figures for one scale. GUI thread only."""

    def __init__(self) -> None:
        self._scale = 1.0  # logical pixels per canvas unit
        self._ratio = 1.0  # device pixels per logical pixel
        self.smooth = True  # False: pixel art
        self._pictures: OrderedDict[object, Picture] = OrderedDict()
        self._bytes = 0

    def set_scale(self, scale: float, ratio: float) -> None:
        if (scale, ratio) != (self._scale, self._ratio):
            self._scale, self._ratio = scale, ratio
            self.clear()

    @property
    def scale(self) -> float:
        """Logical pixels per canvas unit that the pictures were made for."""
        return self._scale

    def clear(self) -> None:
        self._pictures.clear()
        self._bytes = 0

    def body(self, costume: Costume, frame: Frame, *, mirrored: bool) -> Picture:
        """A frame of a costume."""
        key = (costume.name, frame.name, mirrored)
        return self._get(key) or self._put(key, self._frame(costume, frame, mirrored))

    def halo(self, costume: Costume, frame: Frame, *, mirrored: bool) -> Picture:
        """A violet outline of a frame, to be laid below it."""
        key = (costume.name, frame.name, mirrored, "halo")
        return self._get(key) or self._put(key, outline(self.body(costume, frame, mirrored=mirrored)))

    def avatar(self, look: AvatarLook) -> Picture:
        """A disc with the agent's emoji or initial, ringed in the colour of its status, with its marks."""
        return self._get(look) or self._put(look, self._avatar(look))

    def seat(self, picture: SeatPicture) -> Picture:
        """A picture of who sits on a seat; ``offset`` is its place on the canvas, in logical pixels."""
        key = ("seat", picture.name)
        return self._get(key) or self._put(key, self._seat(picture))

    def seat_halo(self, picture: SeatPicture) -> Picture:
        """A violet outline of such a picture."""
        key = ("seat", picture.name, "halo")
        return self._get(key) or self._put(key, outline(self.seat(picture)))

    # -- inside ------------------------------------------------------------------------------------
    def _get(self, key: object) -> Picture | None:
        found = self._pictures.get(key)
        if found is not None:
            self._pictures.move_to_end(key)
        return found

    def _put(self, key: object, picture: Picture) -> Picture:
        self._pictures[key] = picture
        self._bytes += picture.pixmap.width() * picture.pixmap.height() * 4
        while self._bytes > _CACHE_BYTES and len(self._pictures) > 1:
            _, oldest = self._pictures.popitem(last=False)
            self._bytes -= oldest.pixmap.width() * oldest.pixmap.height() * 4
        return picture

    def _frame(self, costume: Costume, frame: Frame, mirrored: bool) -> Picture:
        costume, frame = costume.best(frame, self._scale * self._ratio)
        atlas = costume.atlas
        factor = atlas.units_per_px * self._scale * self._ratio
        image = cut(costume.sheet, frame)
        factor = min(factor, _MAX_FRAME_PX / max(1, image.width(), image.height()))
        if mirrored:
            image = image.flipped(Qt.Orientation.Horizontal)
        # The untrimmed picture is scaled, so that all frames of a clip round alike and nothing wobbles.
        width, height = max(1, round(image.width() * factor)), max(1, round(image.height() * factor))
        whole = scaled(image, width, height, smooth=self.smooth)
        used = _used(frame, mirrored, width, height).intersected(whole.rect())
        foot = foot_of(atlas, frame)
        anchor_x = 1 - foot.x if mirrored else foot.x
        offset = QPointF(used.x() - anchor_x * width, used.y() - foot.y * height) / self._ratio
        return self._picture(whole.copy(used), offset)

    def _seat(self, picture: SeatPicture) -> Picture:
        """Scaled as part of a whole canvas: edges are rounded, so that all pictures of a seat lie alike."""
        rect, factor = picture.rect, self._scale * self._ratio
        left, top = round(rect.x * factor), round(rect.y * factor)
        width = max(1, round((rect.x + rect.width) * factor) - left)
        height = max(1, round((rect.y + rect.height) * factor) - top)
        limit = min(1.0, _MAX_SEAT_PX / max(width, height))
        image = scaled(picture.image, max(1, round(width * limit)), max(1, round(height * limit)), smooth=self.smooth)
        return self._picture(image, QPointF(left, top) / self._ratio)

    def _avatar(self, look: AvatarLook) -> Picture:
        image, centre = paint_avatar(look, self._scale, self._ratio)
        return Picture(QPixmap.fromImage(image), -centre)

    def _picture(self, image: QImage, offset: QPointF) -> Picture:
        pixmap = QPixmap.fromImage(image)
        pixmap.setDevicePixelRatio(self._ratio)
        return Picture(pixmap, offset)


def outline(body: Picture) -> Picture:
    """The shape of a picture grown by a few pixels: a firm white and violet line with a soft edge."""
    ratio = body.pixmap.devicePixelRatio()
    room = HALO_PX + 1
    size = body.pixmap.deviceIndependentSize() + QSizeF(2 * room, 2 * room)
    image = QImage((size * ratio).toSize(), QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    for reach, color, opacity in (
        (HALO_PX, palette.ring(), 0.14),
        (2.6, palette.ring(), 1.0),
        (1.2, QColor("white"), 1.0),
    ):
        painter.setOpacity(opacity)
        shape = _filled(body.pixmap, color)
        for turn in range(16):
            angle = turn * pi / 8
            painter.drawPixmap(QPointF(room + reach * cos(angle), room + reach * sin(angle)), shape)
    painter.end()
    return Picture(QPixmap.fromImage(image), body.offset - QPointF(room, room))


def _filled(pixmap: QPixmap, color: QColor) -> QPixmap:
    """The picture's shape in one colour."""
    filled = QPixmap(pixmap)
    painter = QPainter(filled)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
    painter.fillRect(QRectF(QPointF(0, 0), pixmap.deviceIndependentSize()), color)
    painter.end()
    return filled


def _used(frame: Frame, mirrored: bool, width: int, height: int) -> QRect:
    """Part of the scaled, untrimmed picture that the trimmed frame covers, with a pixel to spare."""
    x_factor, y_factor = width / max(1.0, frame.source_width), height / max(1.0, frame.source_height)
    wide, high = (frame.rect.height, frame.rect.width) if frame.rotated else (frame.rect.width, frame.rect.height)
    left = frame.source_width - frame.offset.x - wide if mirrored else frame.offset.x
    return QRectF(left * x_factor, frame.offset.y * y_factor, wide * x_factor, high * y_factor).toAlignedRect()
