"""Portraits of agents in a room: cut out of its picture when somebody is seen from the front and nobody stands before.

A face that was seen once is kept until another theme is shown, and serves everybody of the same costume.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QImage, QPixmap

from office_studio.core.room3d.camera import RoomCamera
from office_studio.core.room3d.figure3d import RoomFigure
from office_studio.ui.room3d.overlay import Body

_SIDE = 0.58  # of a figure's height is the square around its head
_ABOVE = 0.03  # of its height, over the hair
_LEAST_PX = 22.0  # what is smaller says nothing
_MOST_TURNED_DEG = 35.0  # away from the camera


class Faces:
    """Square pictures of agents. ``look_of``: what is the same for agents that look alike."""

    def __init__(self, look_of: Callable[[str], str]) -> None:
        self._look_of = look_of
        self._kept: dict[str, QImage] = {}

    def clear(self) -> None:
        self._kept.clear()

    def collect(
        self, picture: QImage, camera: RoomCamera, figures: Iterable[RoomFigure], bodies: dict[str, Body]
    ) -> bool:
        """Take the faces that can be seen in a picture and are not known. Returns whether there were any."""
        before = len(self._kept)
        for figure in figures:
            body = bodies.get(figure.agent_id)
            look = self._look_of(figure.agent_id)
            if look in self._kept or body is None or not _is_turned_to(figure, camera):
                continue
            square = _square(body)
            ratio = picture.devicePixelRatio()
            inside = QRectF(0, 0, picture.width() / ratio, picture.height() / ratio)
            if square.width() < _LEAST_PX or not inside.contains(square) or _is_hidden(body, square, bodies):
                continue
            pixels = QRect(*(round(v * ratio) for v in (square.x(), square.y(), square.width(), square.height())))
            self._kept[look] = picture.copy(pixels)
        return len(self._kept) > before

    def of(self, agent_id: str, size_px: int, ratio: float) -> QPixmap:
        """A null pixmap for somebody whose like was not seen yet."""
        face = self._kept.get(self._look_of(agent_id))
        if face is None:
            return QPixmap()
        side = max(1, round(size_px * ratio))
        way = Qt.AspectRatioMode.KeepAspectRatioByExpanding
        pixmap = QPixmap.fromImage(face.scaled(side, side, way, Qt.TransformationMode.SmoothTransformation))
        pixmap.setDevicePixelRatio(ratio)
        return pixmap


def _is_turned_to(figure: RoomFigure, camera: RoomCamera) -> bool:
    if figure.walking or figure.asleep:
        return False
    back = camera.axes.back
    azimuth = math.degrees(math.atan2(back[0], back[2]))
    return abs((figure.heading_deg - azimuth + 180) % 360 - 180) <= _MOST_TURNED_DEG


def _square(body: Body) -> QRectF:
    height, foot = body.figure.height, body.foot
    side = height * _SIDE
    return QRectF(foot.x() - side / 2, foot.y() - height * (1 + _ABOVE), side, side)


def _is_hidden(body: Body, square: QRectF, bodies: dict[str, Body]) -> bool:
    nearer = (other for other in bodies.values() if other is not body and other.figure.depth < body.figure.depth)
    return any(other.silhouette().intersects(square) for other in nearer)
