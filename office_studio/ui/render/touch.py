"""Fingers on the stage: one pans and taps, two pinch; a trackpad's own gestures too. Format section 5.3."""

from __future__ import annotations

from math import hypot
from typing import TYPE_CHECKING

from PySide6.QtCore import QElapsedTimer, QEvent, QPointF, Qt
from PySide6.QtGui import QEventPoint, QNativeGestureEvent, QTouchEvent

from office_studio.core.theme.model import Viewport
from office_studio.ui.render.camera_motion import Velocity

if TYPE_CHECKING:
    from office_studio.ui.render.office_view import OfficeView

_PAN_FROM_PX = 10.0  # a finger trembles more than a mouse
_TAP_MS, _DOUBLE_TAP_MS, _DOUBLE_TAP_PX = 350.0, 320.0, 32.0
_FIRST = Viewport()


class Touch:
    """What one view does with fingers."""

    def __init__(self, view: OfficeView) -> None:
        self._view = view
        self._clock = QElapsedTimer()
        self._clock.start()
        self._velocity = Velocity()
        self._began_ms = 0.0
        self._began_at = QPointF()
        self._last = QPointF()
        self._is_panning = False
        self._was_pinch = False
        self._spread: tuple[float, float] | None = None  # distance of two fingers and zoom when they came down
        self._middle = QPointF()
        self._tapped: tuple[float, QPointF] | None = None

    @property
    def _viewport(self) -> Viewport:
        theme = self._view.theme
        return theme.viewport if theme is not None else _FIRST

    # -- touch screen --------------------------------------------------------------------------------
    def event(self, event: QTouchEvent) -> bool:
        """Handle a touch event; False when it shall become a mouse event (dragging an agent onto a seat)."""
        points = event.points()
        kind = event.type()
        if kind == QEvent.Type.TouchCancel:
            self._end(cancelled=True)
            return True
        if kind == QEvent.Type.TouchBegin:
            at = points[0].position()
            if self._view.pointer.is_assigning and self._view.agent_at(at) is not None:
                return False
            self._view.stop_motion()
            self._began_ms, self._began_at, self._last = self._now(), at, at
            self._is_panning = self._was_pinch = False
            self._velocity.begin()
        down = [point for point in points if point.state() != QEventPoint.State.Released]
        if len(down) >= 2:
            self._pinch(down[0].position(), down[1].position())
        elif len(down) == 1:
            if self._spread is not None:  # one of two fingers is left: it goes on from where it is
                self._spread, self._last, self._is_panning = None, down[0].position(), True
            self._move(down[0].position())
        if kind == QEvent.Type.TouchEnd:
            self._end()
        event.accept()
        return True

    def _move(self, at: QPointF) -> None:
        way = at - self._began_at
        if not self._is_panning and hypot(way.x(), way.y()) < _PAN_FROM_PX:
            return
        self._is_panning = True
        step = at - self._last
        self._last = at
        self._velocity.note(step.x(), step.y())
        self._view.pan_by(step.x(), step.y())

    def _pinch(self, first: QPointF, second: QPointF) -> None:
        apart, middle = first - second, (first + second) / 2
        distance = max(1.0, hypot(apart.x(), apart.y()))
        if self._spread is None:
            self._spread, self._middle = (distance, self._view.zoom), middle
        start, zoom = self._spread
        step = middle - self._middle
        if self._viewport.mobile_pinch_to_zoom:
            self._view.zoom_to(zoom * distance / start, self._middle)
        self._view.pan_by(step.x(), step.y())
        self._middle = middle
        self._is_panning = self._was_pinch = True

    def _end(self, *, cancelled: bool = False) -> None:
        was_tap = not self._is_panning and not cancelled and self._now() - self._began_ms < _TAP_MS
        if self._is_panning and not self._was_pinch and not cancelled:
            self._view.coast(self._velocity.now())
        self._spread, self._is_panning = None, False
        if was_tap:
            self._tap(self._began_at)

    def _tap(self, at: QPointF) -> None:
        now = self._now()
        if self._tapped is not None:
            before_ms, before = self._tapped
            away = at - before
            if now - before_ms < _DOUBLE_TAP_MS and hypot(away.x(), away.y()) < _DOUBLE_TAP_PX:
                self._tapped = None
                self.double_tap(at)
                return
        self._tapped = (now, at)
        self._view.pointer.click(at)

    def double_tap(self, at: QPointF) -> None:
        """An agent is opened; elsewhere the theme's zoom for it and back, or the zone there and back."""
        zoom = self._viewport.mobile_double_tap_zoom
        if zoom and self._view.agent_at(at) is None:
            self._view.toggle_zoom(zoom, at)
        else:
            self._view.pointer.activate_at(at)

    def _now(self) -> float:
        return float(self._clock.nsecsElapsed()) / 1e6

    # -- trackpad ------------------------------------------------------------------------------------
    def gesture(self, event: QNativeGestureEvent) -> bool:
        """Pinch and two-finger double tap of a trackpad, as macOS and Wayland send them."""
        kind, at = event.gestureType(), event.position()
        if kind == Qt.NativeGestureType.ZoomNativeGesture:
            if self._viewport.mobile_pinch_to_zoom:
                self._view.zoom_by(max(0.2, 1 + event.value()), at)
        elif kind == Qt.NativeGestureType.SmartZoomNativeGesture:
            self.double_tap(at)
        elif kind == Qt.NativeGestureType.PanNativeGesture:
            self._view.pan_by(event.delta().x(), event.delta().y())
        else:
            return False
        event.accept()
        return True
