"""Looking around in a room: fit, zoom, pan, follow; the picture of the room painted behind what lies over it.

The base of ``RoomStage``, without agents or news. Points are logical pixels of the view.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QFrame, QGraphicsView, QWidget

from office_studio.core.room3d.camera import RoomCamera, room_camera
from office_studio.core.room3d.space import add, scaled
from office_studio.core.theme.room_model import Dialect, RoomTheme, Vec3
from office_studio.core.theme.viewport import FitMode
from office_studio.ui.render.camera_motion import CameraMotion
from office_studio.ui.render.camera_view import ZOOM_BACK, ZOOM_STEP
from office_studio.ui.room3d.overlay import RoomOverlay

_MARGIN_PX = 60.0  # around an agent that is brought into view
_FOLLOW_ZOOM = 1.6  # times the fit
_START = room_camera(RoomTheme(Dialect.ROOM), None, 1, 1)


class RoomCameraView(QGraphicsView):
    """Signals:
    zoom_changed(percent): of the fit.
    moved(): another part of the room is seen.
    fit_changed(FitMode): kept for flat themes; rooms are always shown whole.
    followed_changed(agent_id): "" when nobody is followed any more.
    """

    zoom_changed = Signal(float)
    moved = Signal()
    fit_changed = Signal(object)
    followed_changed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.stage = RoomOverlay(self)
        self.setScene(self.stage)
        self._camera = _START
        self._fit = FitMode.CONTAIN
        self._followed: str | None = None
        self._motion = CameraMotion(self)
        self._picture: QImage | None = None
        self._clear = QColor(26, 26, 46)
        self._reduced = False
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.SmartViewportUpdate)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setResizeAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAcceptDrops(False)  # dropped files are the window's
        self.setMouseTracking(True)
        self.setMinimumSize(360, 240)
        self.setAccessibleName("Office")

    # -- camera --------------------------------------------------------------------------------------
    @property
    def camera(self) -> RoomCamera:
        return self._camera

    @property
    def zoom_percent(self) -> float:
        return self._camera.zoom / self._camera.home_zoom * 100

    @property
    def zoom(self) -> float:
        """Times the fit."""
        return self._camera.zoom / self._camera.home_zoom

    @property
    def ratio(self) -> float:
        return float(self.devicePixelRatioF())

    @property
    def fit_mode(self) -> FitMode:
        return self._fit

    def set_fit_mode(self, mode: FitMode) -> None:
        """Kept for flat themes; goes back to the fit."""
        changed, self._fit = mode is not self._fit, mode
        self.fit()
        if changed:
            self.fit_changed.emit(mode)

    def fit(self) -> None:
        """The whole room."""
        self.follow(None)
        self.stop_motion()
        self._set_camera(self._camera.home())

    def actual_size(self) -> None:
        """A room has no size in pixels: the whole room."""
        self.fit()

    def zoom_in(self) -> None:
        self.zoom_by(ZOOM_STEP**2)

    def zoom_out(self) -> None:
        self.zoom_by(ZOOM_STEP**-2)

    def zoom_by(self, factor: float, towards: QPointF | None = None) -> None:
        at = (None, None) if towards is None or self._followed is not None else (towards.x(), towards.y())
        self._set_camera(self._camera.zoomed(factor, *at))

    def zoom_to(self, zoom: float, towards: QPointF) -> None:
        self.zoom_by(zoom / self.zoom, towards)

    def toggle_zoom(self, zoom: float, towards: QPointF) -> None:
        """There when it is elsewhere, else back to the fit."""
        if abs(self.zoom - zoom) < 0.01:
            self.fit()
        else:
            self.zoom_to(zoom, towards)

    def zoom_to_cluster(self, _at: QPointF) -> bool:
        """Rooms have no crowds."""
        return False

    def zoom_to_zone(self, _zone: object) -> None:
        """Rooms have no zones."""

    def stop_motion(self) -> None:
        self._motion.stop()

    def coast(self, velocity: tuple[float, float]) -> None:
        """Go on after a flick of that velocity (px/ms); not for those who want no motion."""
        if not self._reduced:
            self._motion.coast(velocity, lambda dx, dy: self.pan_by(dx, dy, by_hand=False))

    def pan_by(self, dx: float, dy: float, *, by_hand: bool = True) -> None:
        """Move the picture by view pixels. By hand it ends any movement and following."""
        if by_hand:
            self.stop_motion()
            self.follow(None)
        self._set_camera(self._camera.panned(dx, dy))

    def nudge(self, dx: int, dy: int) -> bool:
        before = self._camera
        self.pan_by(-dx, -dy)
        return self._camera != before

    @property
    def followed(self) -> str | None:
        return self._followed

    def follow(self, agent_id: str | None) -> None:
        """Keep an agent in the middle while it walks; None stops."""
        if agent_id == self._followed:
            return
        self._followed = agent_id
        if agent_id is not None and (at := self._agent_point(agent_id)) is not None:
            camera = self._camera.zoomed(_FOLLOW_ZOOM) if self._camera.is_home else self._camera
            self._set_camera(camera.looking_at(at))
        self.followed_changed.emit(agent_id or "")

    def ensure_visible_agent(self, agent_id: str) -> None:
        """Bring an agent into view without more movement than needed."""
        at = self._agent_point(agent_id)
        if at is None:
            return
        seen, margin = self._camera.project(at), _MARGIN_PX
        width, height = self._view_size()
        if not (margin <= seen.x <= width - margin and margin <= seen.y <= height - margin):
            dx = max(0.0, margin - seen.x) + min(0.0, width - margin - seen.x)
            dy = max(0.0, margin - seen.y) + min(0.0, height - margin - seen.y)
            self._set_camera(self._camera.panned(dx, dy))

    def keep_free(self, areas: Sequence[QRect]) -> None:
        """Areas of the view that controls float over; labels and bubbles avoid them."""
        reserved = tuple(QRectF(area) for area in areas)
        if reserved != self.stage.labels.reserved:
            self.stage.labels.reserved = reserved
            self.stage.labels.touch()
            self._soon()

    # -- for the class above ---------------------------------------------------------------------------
    def _soon(self) -> None:
        """Look again with the next turn of the event loop."""

    def _on_camera(self) -> None:
        """The camera is elsewhere."""

    def _agent_point(self, agent_id: str) -> Vec3 | None:
        return None

    def _may_draw(self) -> bool:
        """Whether anybody can see it: a hidden or minimised office costs nothing."""
        return self.isVisible() and not self.window().isMinimized()

    # -- inside ----------------------------------------------------------------------------------------
    def _view_size(self) -> tuple[int, int]:
        size = self.maximumViewportSize()
        return max(1, size.width()), max(1, size.height())

    def _set_camera(self, camera: RoomCamera) -> None:
        before, self._camera = self._camera, camera
        if camera == before:
            return
        self._on_camera()
        if abs(before.zoom / before.home_zoom - self.zoom) > 1e-9:
            self.zoom_changed.emit(self.zoom_percent)
        self.moved.emit()

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

    def wheel_steps(self, steps: float, at: QPointF) -> None:
        if steps:
            self.zoom_by(ZOOM_STEP**steps if steps > 0 else ZOOM_BACK**-steps, at)

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
