"""One model to be turned about: orbit, pan, zoom, clips in motion, and what designers want to see besides."""

from __future__ import annotations

import math
from pathlib import Path

import msgspec
from PySide6.QtCore import QElapsedTimer, QEvent, QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from office_studio.core.room3d.camera import RoomCamera
from office_studio.core.theme.room_model import Vec3
from office_studio.errors import OfficeStudioError
from office_studio.ui import formats
from office_studio.ui.room3d.engine import Frame, RoomEngine
from office_studio.ui.room3d.picture import MODEL, model_camera, model_scene, scene_camera
from office_studio.ui.room3d.scene import Figure, ModelBounds, Opened, Rgb, ViewOptions
from office_studio.ui.theming import theme

_FRAME_MS = 33
_TURN_DEG_S = 40.0  # of the turntable
_DRAG_DEG = 0.4  # a pixel
_STEP_DEG = 15.0
_MOST_PITCH_DEG = 89.0
_NOTCH = 0.95
HOME = (25.0, 20.0)  # degrees around and above


class ModelView(QWidget):
    """Signals:
    time_changed(float): seconds within the clip, while it plays or is scrubbed.
    camera_changed(): somebody turned, moved or zoomed it.
    loaded(object): ``ModelBounds`` of the model that is there now.
    failed(object): an OfficeStudioError; the view says it, too.
    """

    time_changed = Signal(float)
    camera_changed = Signal()
    loaded = Signal(object)
    failed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Model")
        self.setAccessibleDescription("Arrow keys turn, plus and minus zoom, 0 shows all, Space plays.")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(200, 160)
        self.engine = RoomEngine(self)
        self.engine.set_awake(False)
        self.engine.frame_ready.connect(self._on_frame)
        self.engine.opened.connect(self._on_opened)
        self.engine.failed.connect(self._on_failed)
        self._frame: Frame | None = None
        self._words = ""
        self._bounds: ModelBounds | None = None
        self._around, self._above = HOME
        self._zoom, self._pan = 1.0, (0.0, 0.0)
        self.is_perspective = False
        self.is_turning = False
        self.is_playing = False
        self.clip = ""
        self.clip_s = 0.0
        self._options = ViewOptions(ground=_ground())
        self.engine.set_options(self._options)
        self._held: QPointF | None = None
        self._clock = QElapsedTimer()
        self._timer = QTimer(self, interval=_FRAME_MS)
        self._timer.timeout.connect(self._tick)
        theme().changed.connect(self._repaint_ground)

    # -- what is shown -------------------------------------------------------------------------------------
    def show_model(self, prepared: Path) -> None:
        """A GLB as ``ModelStore`` makes it."""
        self._bounds, self._frame = None, None
        self.clip, self.clip_s, self.is_playing = "", 0.0, False
        self.say("Loading…")
        self.engine.set_figures(())
        self.engine.open(model_scene(prepared))

    def say(self, words: str) -> None:
        """In place of a picture."""
        self._words = words
        self.update()

    def set_options(self, options: ViewOptions) -> None:
        self._options = msgspec.structs.replace(options, ground=_ground())
        self.engine.set_options(self._options)

    def set_clip(self, name: str) -> None:
        self.clip, self.clip_s = name, 0.0
        self._pose()
        self._run()

    def set_time(self, time_s: float) -> None:
        self.clip_s = time_s
        self._pose()

    def set_playing(self, is_playing: bool) -> None:
        self.is_playing = is_playing
        self._run()

    def set_turning(self, is_turning: bool) -> None:
        self.is_turning = is_turning
        self._run()

    def set_perspective(self, is_perspective: bool) -> None:
        self.is_perspective = is_perspective
        self._aim()

    @property
    def length_s(self) -> float:
        return self._bounds.clips.get(self.clip, 0.0) if self._bounds is not None else 0.0

    def close_view(self) -> None:
        self._timer.stop()
        self.engine.shut_down()

    # -- camera --------------------------------------------------------------------------------------------
    @property
    def direction(self) -> Vec3:
        """From the middle of the model to the camera, of length 1."""
        around, above = math.radians(self._around), math.radians(self._above)
        flat = math.cos(above)
        return (math.sin(around) * flat, math.sin(above), math.cos(around) * flat)

    @property
    def zoom(self) -> float:
        return self._zoom

    def camera(self) -> RoomCamera | None:
        if self._bounds is None:
            return None
        size = (max(1, self.width()), max(1, self.height()))
        camera = model_camera(self._bounds, size, self.direction, is_perspective=self.is_perspective)
        return camera.zoomed(self._zoom).panned(*self._pan)

    def look_home(self) -> None:
        self._around, self._above = HOME
        self._zoom, self._pan = 1.0, (0.0, 0.0)
        self._aim()

    def look_from(self, direction: Vec3) -> None:
        x, y, z = direction
        self._around = math.degrees(math.atan2(x, z))
        self._above = math.degrees(math.atan2(y, math.hypot(x, z)))
        self._above = max(-_MOST_PITCH_DEG, min(_MOST_PITCH_DEG, self._above))
        self._aim()

    def turn(self, around_deg: float, above_deg: float) -> None:
        self._around = (self._around + around_deg) % 360
        self._above = max(-_MOST_PITCH_DEG, min(_MOST_PITCH_DEG, self._above + above_deg))
        self._aim()

    def zoom_by(self, factor: float) -> None:
        self._zoom = max(0.1, min(20.0, self._zoom * factor))
        self._aim()

    def move_by(self, dx: float, dy: float) -> None:
        self._pan = (self._pan[0] + dx, self._pan[1] + dy)
        self._aim()

    def _aim(self) -> None:
        camera = self.camera()
        if camera is not None:
            self.engine.set_camera(scene_camera(camera))
            self.camera_changed.emit()

    def _pose(self) -> None:
        if self._bounds is not None:
            self.engine.set_figures((Figure(id=MODEL, model=MODEL, position=(0, 0, 0), clip=self.clip,
                                            clip_s=self.clip_s),))  # fmt: skip
            self.time_changed.emit(self.clip_s)

    # -- motion --------------------------------------------------------------------------------------------
    def _run(self) -> None:
        moves = self.is_turning or (self.is_playing and self.length_s > 0)
        if moves and self.isVisible():
            if not self._timer.isActive():
                self._clock.start()
                self._timer.start()
        else:
            self._timer.stop()

    def _tick(self) -> None:
        if self.engine.is_busy:
            return  # time goes on; the next picture shows where it is then
        passed_s = self._clock.restart() / 1000
        if self.is_turning:
            self.turn(_TURN_DEG_S * passed_s, 0.0)
        if self.is_playing and self.length_s > 0:
            self.set_time((self.clip_s + passed_s) % self.length_s)

    # -- the engine ----------------------------------------------------------------------------------------
    def _on_opened(self, opened: Opened) -> None:
        if not opened.models:
            problem = opened.problems[0]
            self._on_failed(OfficeStudioError(problem.code, problem.message, problem.hint))
            return
        self._bounds = opened.models[0]
        self._words = ""
        self._pose()
        self._aim()
        self.loaded.emit(self._bounds)

    def _on_frame(self, frame: Frame) -> None:
        self._frame = frame
        self.update()

    def _on_failed(self, error: OfficeStudioError) -> None:
        if not error.details.get("recovers"):
            self._frame = None
            self.say(formats.sentences(error.message, error.hint))
        self.failed.emit(error)

    def _repaint_ground(self) -> None:
        self.set_options(self._options)

    # -- events --------------------------------------------------------------------------------------------
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme().color("sunken"))
        if self._frame is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(QRectF(self.rect()), self._frame.image)
        if self._words:
            painter.setPen(theme().color("text_muted"))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect().adjusted(24, 24, -24, -24), int(flags), self._words)

    def resizeEvent(self, event: QResizeEvent) -> None:
        ratio = self.devicePixelRatioF()
        self.engine.resize(round(self.width() * ratio), round(self.height() * ratio))
        self._aim()

    def showEvent(self, event: QShowEvent) -> None:
        self.engine.set_awake(True)
        self._run()

    def hideEvent(self, event: QHideEvent) -> None:
        self.engine.set_awake(False)
        self._timer.stop()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self.resizeEvent(QResizeEvent(self.size(), self.size()))
        super().changeEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._held = event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._held is None:
            return
        moved = event.position() - self._held
        self._held = event.position()
        is_pan = bool(event.buttons() & (Qt.MouseButton.MiddleButton | Qt.MouseButton.RightButton))
        if is_pan or event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.move_by(moved.x(), moved.y())
        else:
            self.turn(-moved.x() * _DRAG_DEG, moved.y() * _DRAG_DEG)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.buttons() == Qt.MouseButton.NoButton:
            self._held = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.look_home()

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.zoom_by(_NOTCH ** (-event.angleDelta().y() / 120))
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        turns = {
            Qt.Key.Key_Left: (-_STEP_DEG, 0.0),
            Qt.Key.Key_Right: (_STEP_DEG, 0.0),
            Qt.Key.Key_Up: (0.0, _STEP_DEG),
            Qt.Key.Key_Down: (0.0, -_STEP_DEG),
        }
        key = Qt.Key(event.key())
        if key in turns:
            self.turn(*turns[key])
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom_by(1.25)
        elif key == Qt.Key.Key_Minus:
            self.zoom_by(0.8)
        elif key == Qt.Key.Key_0:
            self.look_home()
        else:
            super().keyPressEvent(event)


def _ground() -> Rgb:
    color = theme().color("sunken")
    return (color.redF(), color.greenF(), color.blueF())
