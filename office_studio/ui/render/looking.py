"""Looking around in an office, flat or in space: wheel, zoom, pan, flicks, follow. Format section 5.3.

Each kind of view has a camera of its own, an immutable value, and says how it is moved (the hooks at the end). When it
moves, whether at once or eased, and what is told of it, is the same for all and decided here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QPointF, QRect, Qt, Signal
from PySide6.QtGui import QPainter, QWheelEvent
from PySide6.QtWidgets import QFrame, QGraphicsView, QWidget

from office_studio.core.theme.viewport import FitMode
from office_studio.ui.render.camera_motion import CameraMotion

ZOOM_STEP, ZOOM_BACK = 1.1, 0.9  # of one wheel notch towards and away (format section 5.3)
MARGIN_PX = 60.0  # around an agent that is brought into view
_FOLLOW_ZOOM = 1.6  # times the fit; a followed agent is looked at from nearer
_TRACKPAD_NOTCH_PX = 60.0  # of two fingers' way that feels like one notch of a wheel


class LookingView(QGraphicsView):
    """Points are logical pixels of the viewport; zooms are times the fit.

    Signals:
        zoom_changed(percent): as it will be when the camera has arrived.
        moved(): another part of the room is seen.
        fit_changed(FitMode): what ``fit`` means now.
        followed_changed(agent_id): "" when nobody is followed any more.
    """

    zoom_changed = Signal(float)
    moved = Signal()
    fit_changed = Signal(object)
    followed_changed = Signal(str)
    _camera: Any

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._fit = FitMode.CONTAIN
        self._followed: str | None = None
        self._kept_free: tuple[QRect, ...] = ()
        self._motion = CameraMotion(self)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setResizeAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAcceptDrops(False)  # dropped files are the window's
        self.setMouseTracking(True)
        self.setMinimumSize(360, 240)
        self.setAccessibleName("Office")

    # -- fit -----------------------------------------------------------------------------------------
    @property
    def fit_mode(self) -> FitMode:
        return self._fit

    def set_fit_mode(self, mode: FitMode) -> None:
        """How a theme is shown until it is moved by hand; goes there."""
        changed, self._fit = mode is not self._fit, mode
        self._go_home()
        if changed:
            self.fit_changed.emit(mode)

    def fit(self) -> None:
        """Back to the fit."""
        self._go_home()

    def actual_size(self) -> None:
        """As large as the theme was drawn, where that means something."""
        self.fit()

    def _go_home(self) -> None:
        self.follow(None)
        self._glide(self._home())

    # -- zoom ----------------------------------------------------------------------------------------
    @property
    def zoom(self) -> float:
        return self._zoom_of(self._camera)

    @property
    def zoom_percent(self) -> float:
        return self._percent_of(self._motion.target or self._camera)

    def zoom_in(self) -> None:
        self._zoom_to(self._zoom_of(self._motion.target or self._camera) * ZOOM_STEP**2, self._middle(), eased=True)

    def zoom_out(self) -> None:
        self._zoom_to(self._zoom_of(self._motion.target or self._camera) / ZOOM_STEP**2, self._middle(), eased=True)

    def zoom_by(self, factor: float, towards: QPointF | None = None) -> None:
        """Zoom at once, keeping the point under ``towards`` (the middle when None)."""
        self._zoom_to(self.zoom * factor, towards or self._middle())

    def zoom_to(self, zoom: float, towards: QPointF) -> None:
        """Zoom at once to so many times the fit, keeping the point under ``towards``."""
        self._zoom_to(zoom, towards)

    def toggle_zoom(self, zoom: float, towards: QPointF) -> None:
        """There when it is elsewhere, else back to the fit."""
        if abs(self.zoom - self._within_limits(zoom)) < 0.01:
            self._go_home()
        else:
            self._zoom_to(zoom, towards, eased=True)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.accept()
        if event.phase() == Qt.ScrollPhase.ScrollMomentum:
            return  # the fingers have left: a zoom that goes on by itself is no use
        steps = event.angleDelta().y() / 120
        if not event.pixelDelta().isNull() and event.phase() != Qt.ScrollPhase.NoScrollPhase:
            steps = event.pixelDelta().y() / _TRACKPAD_NOTCH_PX
        if steps:
            self.zoom_by(ZOOM_STEP**steps if steps > 0 else ZOOM_BACK**-steps, event.position())

    def _zoom_to(self, zoom: float, towards: QPointF, *, eased: bool = False) -> None:
        zoom = self._within_limits(zoom)
        if abs(zoom - self.zoom) < 1e-9:
            return
        followed = self._agent_point(self._followed)
        camera = self._zoomed(zoom, towards) if followed is None else self._looking_at(self._camera, followed, zoom)
        self._leave_home()
        if eased:
            self._glide(camera)
        else:
            self.stop_motion()
            self._set_camera(camera)

    # -- pan -----------------------------------------------------------------------------------------
    def pan_by(self, dx: float, dy: float, *, by_hand: bool = True) -> None:
        """Move the picture by viewport pixels. By hand it ends any movement and following."""
        if by_hand:
            self.stop_motion()
            self.follow(None)
        camera = self._pushed(dx, dy)
        if camera != self._camera:
            self._leave_home()
            self._set_camera(camera)

    def nudge(self, dx: int, dy: int) -> bool:
        """Look further that way, for whoever carries an agent to an edge; False at the end of the room."""
        before = self._camera
        self.pan_by(-dx, -dy)
        return bool(self._camera != before)

    def stop_motion(self) -> None:
        """Stay where the camera is now."""
        before = self.zoom_percent
        self._motion.stop()
        self._tell_zoom(before)

    def coast(self, velocity: tuple[float, float]) -> None:
        """Go on after a flick of that velocity (px/ms); not for those who want no motion."""
        if not self._is_motionless():
            self._motion.coast(velocity, lambda dx, dy: self.pan_by(dx, dy, by_hand=False))

    # -- agents --------------------------------------------------------------------------------------
    @property
    def followed(self) -> str | None:
        return self._followed

    def follow(self, agent_id: str | None) -> None:
        """Keep an agent in the middle while it walks; None stops."""
        if agent_id == self._followed:
            return
        self._followed = agent_id
        at = self._agent_point(agent_id)
        if at is not None:
            zoom = None
            if self._is_at_home():
                zoom = max(self.zoom, self._within_limits(_FOLLOW_ZOOM * self._zoom_of(self._home())))
            self._leave_home()
            self._glide(self._looking_at(self._camera, at, zoom))
        self.followed_changed.emit(agent_id or "")

    def ensure_visible_agent(self, agent_id: str) -> None:
        """Bring an agent into view without more movement than needed."""
        at = self._agent_point(agent_id)
        if at is None:
            return
        camera = self._showing(at)
        if camera != self._camera:
            self._leave_home()
            self._glide(camera)

    def _keep_followed(self) -> None:
        """The agent that is followed may be elsewhere now."""
        at = self._agent_point(self._followed)
        if at is None:
            return
        target = self._motion.target
        camera = self._looking_at(target or self._camera, at)
        if target is None:
            if camera != self._camera:
                self._set_camera(camera)
        elif self._apart_px(camera, target) > 1:
            self._motion.glide(self._camera, camera, self._set_camera, self._between)

    # -- the camera ----------------------------------------------------------------------------------
    def _glide(self, camera: Any) -> None:
        """Go there by command: eased, or at once for those who want no motion or cannot see it."""
        if self._is_motionless() or not self._may_draw() or camera == self._camera:
            self.stop_motion()
            self._set_camera(camera)
            return
        before = self.zoom_percent
        self._motion.glide(self._camera, camera, self._set_camera, self._between)
        self._tell_zoom(before)

    def _set_camera(self, camera: Any) -> None:
        before, self._camera = self._percent_of(self._camera), camera
        self._on_camera()
        self.moved.emit()
        if self._motion.target is None:
            self._tell_zoom(before)

    def _tell_zoom(self, before: float) -> None:
        """``before``: the percent that was told last."""
        if abs(before - self.zoom_percent) > 1e-7:
            self.zoom_changed.emit(self.zoom_percent)

    # -- the view ------------------------------------------------------------------------------------
    def keep_free(self, areas: Sequence[QRect]) -> None:
        """Areas of the view that controls float over; labels and bubbles avoid them."""
        if tuple(areas) != self._kept_free:
            self._kept_free = tuple(areas)
            self._on_kept_free()

    def _view_size(self) -> tuple[int, int]:
        """Of the viewport, but not asked of it: the first ``viewport()`` of a process makes Python classes of every
        kind of widget there is, which takes longer than the first picture. (There are no scroll bars.)"""
        size = self.maximumViewportSize()
        return max(1, size.width()), max(1, size.height())

    def _middle(self) -> QPointF:
        return QPointF(self._view_size()[0] / 2, self._view_size()[1] / 2)

    def _may_draw(self) -> bool:
        """Whether anybody can see it: a hidden or minimised office costs nothing."""
        return self.isVisible() and not self.window().isMinimized()

    # -- what each kind of camera does its own way -----------------------------------------------------
    def _on_camera(self) -> None:
        """The camera is elsewhere: show what it sees."""
        raise NotImplementedError

    def _on_kept_free(self) -> None:
        """Controls float over other parts of the view now."""
        raise NotImplementedError

    def _is_motionless(self) -> bool:
        """Whether nothing is to move by itself."""
        raise NotImplementedError

    def _home(self) -> Any:
        """The camera of the fit."""
        raise NotImplementedError

    def _is_at_home(self) -> bool:
        """Whether nobody has moved the camera since the fit."""
        raise NotImplementedError

    def _leave_home(self) -> None:
        """It is moved away from the fit."""

    def _zoom_of(self, camera: Any) -> float:
        raise NotImplementedError

    def _percent_of(self, camera: Any) -> float:
        """What people are told of its zoom."""
        raise NotImplementedError

    def _within_limits(self, zoom: float) -> float:
        raise NotImplementedError

    def _zoomed(self, zoom: float, towards: QPointF) -> Any:
        raise NotImplementedError

    def _pushed(self, dx: float, dy: float) -> Any:
        raise NotImplementedError

    def _looking_at(self, camera: Any, at: Any, zoom: float | None = None) -> Any:
        """A camera with a point, as ``_agent_point`` says it, in the middle; with another zoom unless None."""
        raise NotImplementedError

    def _showing(self, at: Any) -> Any:
        """Pushed no further than needed for a point to be well in view."""
        raise NotImplementedError

    def _apart_px(self, one: Any, other: Any) -> float:
        """About how far apart two cameras show the same thing."""
        raise NotImplementedError

    def _between(self, start: Any, end: Any, part: float) -> Any:
        """On the way, ``part`` from 0 to 1."""
        raise NotImplementedError

    def _agent_point(self, agent_id: str | None) -> Any:
        """Middle of an agent's figure in the room; None when there is none, as of nobody."""
        raise NotImplementedError
