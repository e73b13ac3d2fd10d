"""Paints the office as the original web renderer did, for comparison (decision 7). GUI thread.

The painter's units are logical pixels of the view; everything is placed in canvas units under the camera's transform.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, replace

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPixmap

from office_studio.core.office.reference import ReferenceFigure, ReferenceModel
from office_studio.core.office.reference_look import (
    DEFAULT_EMOJI,
    DISC_RADIUS,
    FIGURE_SIZE,
    GLOW_ALPHA,
    LINK_COLOR,
    LINK_WIDTH,
    RING_RADIUS,
    RING_WIDTH,
    WALKING_ALPHA,
    ZONE_BORDER,
    ZONE_FILL,
    ZONE_RADIUS,
    Text,
    agent_color,
    backdrop,
    glow_radius,
    status_color,
    texts_of,
    zones_of,
)
from office_studio.core.theme.color import RGBA
from office_studio.core.theme.model import Point, Rect
from office_studio.core.theme.viewport import Camera
from office_studio.ui.render import reference_text
from office_studio.ui.render.avatars import initials
from office_studio.ui.render.palette import qcolor
from office_studio.ui.render.reference_assets import ReferenceAssets

_CACHED_TEXTS = 4000
_SHADOW_ROOM = 4.0  # canvas units around a text that its shadow may reach
_EMOJI_SIZE = 22.0

_USED_LAYERS = ("background", "characters", "effects", "ui-overlay")

Looks = Mapping[str, tuple[str, str]]


@dataclass(slots=True)
class _Stamp:
    pixmap: QPixmap
    offset: QPointF  # of its top left from the text's ``at``, logical pixels


class ReferencePainter:
    """Draws one model. Texts and the background are kept for the scale they were last drawn at."""

    def __init__(self) -> None:
        self.assets = ReferenceAssets()
        self.looks: Looks = {}
        self.selected: str | None = None
        self.are_labels_visible = True
        self._stamps: OrderedDict[Text, _Stamp] = OrderedDict()
        self._stamps_for = (0.0, 0.0)
        self._room: QPixmap | None = None  # background and zones as the camera sees them
        self._room_for: object = None

    def set_assets(self, assets: ReferenceAssets) -> None:
        self.assets = assets
        self._stamps.clear()
        self._room_for = None

    def paint(self, painter: QPainter, model: ReferenceModel, camera: Camera) -> None:
        """The whole view, back to front."""
        ratio = painter.device().devicePixelRatioF()
        if self._stamps_for != (camera.scale, ratio):
            self._stamps.clear()
            self._stamps_for = (camera.scale, ratio)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        layers = self._layers(model)
        starts_with_room = bool(layers) and layers[0] == "background"
        painter.drawPixmap(0, 0, self._room_picture(model, camera, ratio, with_room=starts_with_room))
        painter.save()
        _look_through(painter, camera)
        for name in layers[1:] if starts_with_room else layers:
            if name == "background":
                self._background(painter, model)
            elif name == "characters":
                self._characters(painter, model, camera)
            elif name == "effects":
                self._links(painter, model)
            elif name == "ui-overlay":
                self._zone_names(painter, model, camera)
        painter.restore()

    def _layers(self, model: ReferenceModel) -> list[str]:
        """Names of layers, back to front; of those the original used, only what the manifest has draws anything."""
        if model.theme is None:
            return ["background", "ui-overlay", "effects", "characters"]
        layers = sorted(model.theme.layers, key=lambda layer: layer.z_index)
        return [layer.id for layer in layers if layer.id in _USED_LAYERS]

    def _room_picture(self, model: ReferenceModel, camera: Camera, ratio: float, *, with_room: bool) -> QPixmap:
        """Backdrop, background and zones. Kept until the camera moves: people move far more often."""
        key = (model.theme, model.view_size, camera, ratio, with_room)
        if self._room is None or self._room_for != key:
            width, height = round(camera.view_width * ratio), round(camera.view_height * ratio)
            image = QImage(max(1, width), max(1, height), QImage.Format.Format_RGB32)
            image.fill(qcolor(backdrop(model.theme.canvas.background.color if model.theme else None)))
            image.setDevicePixelRatio(ratio)
            if with_room:
                painter = QPainter(image)
                painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
                _look_through(painter, camera)
                self._background(painter, model)
                painter.end()
            self._room, self._room_for = QPixmap.fromImage(image), key
        return self._room

    def _background(self, painter: QPainter, model: ReferenceModel) -> None:
        theme, image = model.theme, self.assets.background
        if theme is not None and image is not None:
            painter.drawImage(QRectF(0, 0, theme.canvas.width, theme.canvas.height), image)
        painter.setPen(QPen(qcolor(ZONE_BORDER), 1))
        painter.setBrush(qcolor(ZONE_FILL))
        for zone in zones_of(theme, model.view_size, has_background=image is not None):
            if zone.panel is not None:
                painter.drawRoundedRect(_rect(zone.panel), ZONE_RADIUS, ZONE_RADIUS)

    def _zone_names(self, painter: QPainter, model: ReferenceModel, camera: Camera) -> None:
        if self.are_labels_visible:
            for zone in zones_of(model.theme, model.view_size, has_background=self.assets.background is not None):
                self._text(painter, zone.label, camera)

    def _links(self, painter: QPainter, model: ReferenceModel) -> None:
        painter.setPen(QPen(qcolor(LINK_COLOR), LINK_WIDTH, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
        for one, other in model.links():
            if one.at != other.at:
                painter.drawLine(QPointF(one.at.x, one.at.y), QPointF(other.at.x, other.at.y))

    def _characters(self, painter: QPainter, model: ReferenceModel, camera: Camera) -> None:
        theme = model.theme
        if theme is not None:
            shown = {figure.seat_id: figure.overlay for figure in model.figures if figure.overlay}
            for seat_id in self.assets.seat_names:
                if image := self.assets.seat_pictures.get(shown.get(seat_id) or ""):
                    painter.drawImage(QRectF(0, 0, theme.canvas.width, theme.canvas.height), image)
        colors = theme.characters.status_badge.colors if theme is not None else {}
        for figure in model.figures:
            if not figure.is_hidden:
                self._figure(painter, figure, status_color(colors, figure.status), camera)

    def _figure(self, painter: QPainter, figure: ReferenceFigure, color: RGBA, camera: Camera) -> None:
        is_disc = figure.frame_set is None
        painter.setOpacity(WALKING_ALPHA if is_disc and figure.walking else 1.0)
        middle = QPointF(figure.at.x, figure.at.y)
        if figure.agent_id == self.selected:
            glow = qcolor(color)
            glow.setAlphaF(GLOW_ALPHA)
            self._disc(painter, middle, glow_radius(figure), glow)
        if is_disc:
            emoji, tint = self.looks.get(figure.agent_id, ("", ""))
            painter.setPen(QPen(qcolor(color), RING_WIDTH))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(middle, RING_RADIUS, RING_RADIUS)
            self._disc(painter, middle, DISC_RADIUS, qcolor(agent_color(tint)))
            reference_text.draw_emoji(painter, middle, emoji or DEFAULT_EMOJI, _EMOJI_SIZE, initials(figure.name))
        else:
            self._sprite(painter, figure)
        if self.are_labels_visible:
            for text in texts_of(figure, color):
                self._text(painter, text, camera)
        painter.setOpacity(1.0)

    def _disc(self, painter: QPainter, middle: QPointF, radius: float, color: QColor) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        painter.drawEllipse(middle, radius, radius)

    def _sprite(self, painter: QPainter, figure: ReferenceFigure) -> None:
        theme, sheet = self.assets.theme, self.assets.sheet
        if theme is None or sheet is None or figure.frame_set is None:
            return
        width, height = theme.characters.frame_width, theme.characters.frame_height
        cell = QRectF(figure.frame * width, figure.frame_set.row * height, width, height)
        painter.drawImage(_rect(body_of(figure)), sheet, cell)

    def _text(self, painter: QPainter, text: Text, camera: Camera) -> None:
        """Draw from a picture made once for this scale; put on whole device pixels, so that it stays crisp."""
        if not _is_seen(reference_text.box_of(text), camera):
            return
        key = _at_origin(text)
        stamp = self._stamps.get(key)
        if stamp is None:
            stamp = self._stamps[key] = _stamp(key, *self._stamps_for)
            if len(self._stamps) > _CACHED_TEXTS:
                self._stamps.popitem(last=False)
        else:
            self._stamps.move_to_end(key)
        ratio = self._stamps_for[1]
        x = camera.pan.x + text.at.x * camera.scale + stamp.offset.x()
        y = camera.pan.y + text.at.y * camera.scale + stamp.offset.y()
        painter.save()
        painter.translate(-camera.pan.x / camera.scale, -camera.pan.y / camera.scale)
        painter.scale(1 / camera.scale, 1 / camera.scale)
        painter.drawPixmap(QPointF(round(x * ratio) / ratio, round(y * ratio) / ratio), stamp.pixmap)
        painter.restore()


def body_of(figure: ReferenceFigure) -> Rect:
    """Where a sheet's figure is drawn, canvas units."""
    return Rect(figure.at.x - FIGURE_SIZE / 2, figure.at.y - FIGURE_SIZE, FIGURE_SIZE, FIGURE_SIZE)


def _is_seen(box: Rect, camera: Camera) -> bool:
    """Whether anything of a box (and of its shadow) can lie in the view."""
    room, low, high = _SHADOW_ROOM, Point(box.x, box.y), Point(box.x + box.width, box.y + box.height)
    start = camera.to_view(Point(low.x - room, low.y - room))
    end = camera.to_view(Point(high.x + room, high.y + room))
    return start.x < camera.view_width and start.y < camera.view_height and end.x > 0 and end.y > 0


def _look_through(painter: QPainter, camera: Camera) -> None:
    """Make the painter's units those of the canvas."""
    painter.translate(camera.pan.x, camera.pan.y)
    painter.scale(camera.scale, camera.scale)


def _at_origin(text: Text) -> Text:
    return replace(text, at=Point(0, 0))


def _stamp(text: Text, scale: float, ratio: float) -> _Stamp:
    box = reference_text.box_of(text)
    room = _SHADOW_ROOM if text.has_shadow else 1.0
    area = QRectF(box.x - room, box.y - room, box.width + 2 * room, box.height + 2 * room)
    factor = scale * ratio
    image = QImage(
        max(1, min(4096, round(area.width() * factor) + 1)),
        max(1, min(4096, round(area.height() * factor) + 1)),
        QImage.Format.Format_ARGB32_Premultiplied,
    )
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
    painter.scale(factor, factor)
    painter.translate(-area.x(), -area.y())
    reference_text.draw(painter, text)
    painter.end()
    image.setDevicePixelRatio(ratio)
    return _Stamp(QPixmap.fromImage(image), QPointF(area.x() * scale, area.y() * scale))


def _rect(rect: Rect) -> QRectF:
    return QRectF(rect.x, rect.y, rect.width, rect.height)
