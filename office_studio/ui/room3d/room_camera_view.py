"""Looking around in a room: fit, zoom, pan, follow; the picture of the room painted behind what lies over it.

The base of ``RoomStage``, without agents or news. Points are logical pixels of the view.
"""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QGraphicsView, QWidget

from office_studio.core.room3d.camera import RoomCamera, room_camera
from office_studio.core.room3d.space import add, scaled
from office_studio.core.theme.room_model import Dialect, RoomTheme, Vec3
from office_studio.ui.render.looking import MARGIN_PX
from office_studio.ui.render.office_view import OfficeView
from office_studio.ui.room3d.overlay import RoomOverlay

_START = room_camera(RoomTheme(Dialect.ROOM), None, 1, 1)


class RoomCameraView(OfficeView):
    """Whatever the fit mode, rooms are shown whole: it is kept for flat themes. They have no size in pixels."""

    stage: RoomOverlay
    _camera: RoomCamera

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.stage = RoomOverlay(self)
        self.setScene(self.stage)
        self._camera = _START
        self._picture: QImage | None = None
        self._clear = QColor(26, 26, 46)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.SmartViewportUpdate)
        self.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)

    # -- camera --------------------------------------------------------------------------------------
    @property
    def camera(self) -> RoomCamera:
        return self._camera

    @property
    def ratio(self) -> float:
        return float(self.devicePixelRatioF())

    # -- for ``LookingView`` ---------------------------------------------------------------------------
    def _home(self) -> RoomCamera:
        return self._camera.home()

    def _is_at_home(self) -> bool:
        return self._camera.is_home

    def _zoom_of(self, camera: RoomCamera) -> float:
        return camera.zoom / camera.home_zoom

    def _percent_of(self, camera: RoomCamera) -> float:
        return self._zoom_of(camera) * 100

    def _within_limits(self, zoom: float) -> float:
        (low, high), home = self._camera.limits, self._camera.home_zoom
        return min(high / home, max(low / home, zoom))

    def _zoomed(self, zoom: float, towards: QPointF) -> RoomCamera:
        return self._camera.zoomed(zoom / self.zoom, towards.x(), towards.y())

    def _pushed(self, dx: float, dy: float) -> RoomCamera:
        return self._camera.panned(dx, dy)

    def _looking_at(self, camera: RoomCamera, at: Vec3, zoom: float | None = None) -> RoomCamera:
        near = camera if zoom is None else camera.zoomed(zoom / self._zoom_of(camera))
        return near.looking_at(at)

    def _showing(self, at: Vec3) -> RoomCamera:
        seen, (width, height) = self._camera.project(at), self._view_size()
        dx = max(0.0, MARGIN_PX - seen.x) + min(0.0, width - MARGIN_PX - seen.x)
        dy = max(0.0, MARGIN_PX - seen.y) + min(0.0, height - MARGIN_PX - seen.y)
        return self._camera.panned(dx, dy) if dx or dy else self._camera

    def _apart_px(self, one: RoomCamera, other: RoomCamera) -> float:
        return (abs(one.pan[0] - other.pan[0]) + abs(one.pan[1] - other.pan[1])) * one.pixels_per_unit

    def _between(self, start: RoomCamera, end: RoomCamera, part: float) -> RoomCamera:
        return start.towards(end, part)

    def _set_camera(self, camera: RoomCamera) -> None:
        if camera != self._camera:
            super()._set_camera(camera)

    def _on_kept_free(self) -> None:
        self.stage.labels.reserved = tuple(QRectF(area) for area in self._kept_free)
        self.stage.labels.touch()
        self._soon()

    # -- the picture -----------------------------------------------------------------------------------
    def _floor_flatness(self) -> float:
        """How flat a circle on the floor looks: the sine of the angle that the camera looks down at."""
        return min(1.0, max(0.15, abs(self._camera.axes.back[1])))

    def _show_picture(self, picture: QImage | None, changed: QRect | None = None) -> None:
        """``changed`` in device pixels of the picture; None: all of it."""
        self._picture = picture
        if changed is None or picture is None:
            self.viewport().update()
            return
        ratio = picture.devicePixelRatio()
        area = QRectF(changed.x() / ratio, changed.y() / ratio, changed.width() / ratio, changed.height() / ratio)
        self.viewport().update(area.toAlignedRect())

    def drawBackground(self, painter: QPainter, rect: QRectF) -> None:
        picture = self._picture
        if picture is None:
            painter.fillRect(rect, self._clear)
            return
        width, height = self._view_size()
        if picture.deviceIndependentSize().toSize() == QRect(0, 0, width, height).size():
            ratio = picture.devicePixelRatio()
            source = QRectF(rect.x() * ratio, rect.y() * ratio, rect.width() * ratio, rect.height() * ratio)
            painter.drawImage(rect, picture, source)
            return
        painter.fillRect(rect, self._clear)  # of another size: stretched until the next one is there
        painter.drawImage(QRectF(0, 0, width, height), picture)

    # -- the floor -------------------------------------------------------------------------------------
    def to_view(self, point: Vec3) -> QPointF:
        """Where a point of the room is seen."""
        seen = self._camera.project(point)
        return QPointF(seen.x, seen.y)

    def to_floor(self, at: QPoint | QPointF, height: float = 0.0) -> Vec3 | None:
        """The point of the floor that is seen at a pixel; None where only sky is."""
        ray = self._camera.ray(float(at.x()), float(at.y()))
        if abs(ray.direction[1]) < 1e-9:
            return None
        along = (height - ray.origin[1]) / ray.direction[1]
        return add(ray.origin, scaled(ray.direction, along)) if along > 0 else None
