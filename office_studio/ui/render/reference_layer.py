"""Reference mode on screen: lies over a stage and shows its office as the original web renderer drew it.

The stage goes on keeping the office; this draws nothing while it is hidden, and only when something is due.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from PySide6.QtCore import QElapsedTimer, QEvent, QObject, QPointF, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QShowEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from office_studio.core.office.live import LiveAgent
from office_studio.core.office.reference import ReferenceModel
from office_studio.core.office.reference_look import camera_for, figure_at, has_layer
from office_studio.core.theme.model import Point
from office_studio.core.theme.viewport import Camera
from office_studio.services.theme_loader import LoadedTheme
from office_studio.ui.render.loading import PictureLoader
from office_studio.ui.render.reference_assets import ReferenceAssets, load_reference_assets
from office_studio.ui.render.reference_painter import Looks, ReferencePainter

_ZOOM_IN, _ZOOM_OUT = 1.1, 0.9  # one step of the wheel, as the original
_DRAG_PX = 4


class ReferenceLayer(QWidget):
    """Covers ``parent`` (a stage) as long as it is shown.

    Signals:
        agent_clicked(agent_id), background_clicked(): as those of the stage.
        theme_shown(theme id): its pictures have arrived.
    """

    agent_clicked = Signal(str)
    background_clicked = Signal()
    theme_shown = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("Office as the original renderer draws it")
        self.model = ReferenceModel()
        self.painter = ReferencePainter()
        self.camera: Camera = camera_for(None, 1000, 700)
        self._clock = QElapsedTimer()
        self._clock.start()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._tick)
        self._loader = PictureLoader(self)
        self._loader.arrived.connect(self._on_arrived)
        self._request = 0
        self._pressed_at: QPointF | None = None
        self._pan_from: Point | None = None
        parent.installEventFilter(self)
        self._cover()

    # -- what is shown -------------------------------------------------------------------------------
    def begin(
        self, loaded: LoadedTheme | None, agents: Iterable[LiveAgent], looks: Looks, selected: str | None
    ) -> None:
        """Take all over from a stage, and cover it."""
        self.painter.looks, self.painter.selected = looks, selected
        self.model.set_agents(agents)
        self.set_theme(loaded)
        self.show()

    def set_theme(self, loaded: LoadedTheme | None) -> None:
        """Another theme; None is the built-in office. Its pictures are read on another thread."""
        self._request += 1
        if loaded is None:
            self._show_assets(ReferenceAssets())
            return
        self._loader.start(self._request, lambda: load_reference_assets(loaded))

    def set_agents(self, agents: Iterable[LiveAgent]) -> None:
        self.model.set_agents(agents)
        self._soon()

    def update_agents(self, changed: Sequence[LiveAgent], removed: Sequence[str] = ()) -> None:
        self.model.update_agents(changed, removed)
        self._soon()

    def select(self, agent_id: str | None) -> None:
        if agent_id != self.painter.selected:
            self.painter.selected = agent_id
            self.update()

    def zoom_by(self, factor: float, towards: QPointF | None = None) -> None:
        """Zoom within the theme's limits, keeping the point under ``towards`` (the middle when None)."""
        theme = self.model.theme
        if theme is not None:
            low, high = theme.viewport.min_zoom, theme.viewport.max_zoom
            at = towards or QPointF(self.width() / 2, self.height() / 2)
            zoom = min(max(low, high), max(low, self.camera.zoom * factor))
            self._set_camera(self.camera.zoomed(zoom, Point(at.x(), at.y())))

    def fit(self) -> None:
        """Back to the first view."""
        self._set_camera(camera_for(self.model.theme, max(1, self.width()), max(1, self.height())))

    def close_layer(self) -> None:
        """Stop timer and thread, and go. Call it also before the stage goes away."""
        self._timer.stop()
        self._loader.close()
        self.hide()
        self.deleteLater()

    # -- inside ------------------------------------------------------------------------------------
    def _show_assets(self, assets: ReferenceAssets) -> None:
        theme = assets.theme
        self.model.set_theme(theme, has_sheet=assets.sheet is not None, overlays=assets.seat_names)
        self.painter.set_assets(assets)
        self.camera = camera_for(theme, max(1, self.width()), max(1, self.height()))
        self._soon()
        self.update()
        self.theme_shown.emit(theme.id if theme else "")

    def _on_arrived(self, request: int, result: object) -> None:
        if request == self._request and isinstance(result, ReferenceAssets):
            self._show_assets(result)

    def _soon(self) -> None:
        if self._may_draw():
            self._timer.start(0)

    def _may_draw(self) -> bool:
        return self.isVisible() and not self.window().isMinimized()

    def _tick(self) -> None:
        if not self._may_draw():
            return
        now = self._clock.nsecsElapsed() / 1e6
        if self.model.advance(now):
            self.update()
        if self.model.next_due_ms is not None:
            self._timer.start(max(1, round(self.model.next_due_ms - now)))

    def _cover(self) -> None:
        parent = self.parentWidget()
        if parent is not None:
            self.setGeometry(parent.rect())

    def _set_camera(self, camera: Camera) -> None:
        if camera != self.camera:
            self.camera = camera
            self.update()

    # -- Qt events -----------------------------------------------------------------------------------
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.parent() and event.type() == QEvent.Type.Resize:
            self._cover()
        return False

    def resizeEvent(self, event: QResizeEvent) -> None:
        width, height = max(1, event.size().width()), max(1, event.size().height())
        self.model.set_view_size(width, height)
        if self.model.theme is None:
            self._set_camera(camera_for(None, width, height))
        else:  # base scale anew; zoom and pan kept, then limited (format 5.3)
            self._set_camera(replace(self.camera, view_width=width, view_height=height).clamped())
        self._soon()

    def showEvent(self, event: QShowEvent) -> None:
        self._cover()
        self._soon()

    def hideEvent(self, event: QHideEvent) -> None:
        self._timer.stop()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange:
            self._soon()  # the window is back from being minimised

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setClipRegion(event.region())
        self.painter.paint(painter, self.model, self.camera)
        painter.end()

    def wheelEvent(self, event: QWheelEvent) -> None:
        steps = event.angleDelta().y() / 120
        if steps:
            self.zoom_by((_ZOOM_IN if steps > 0 else _ZOOM_OUT) ** abs(steps), event.position())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed_at, self._pan_from = event.position(), self.camera.pan
        self.parentWidget().setFocus(Qt.FocusReason.MouseFocusReason)
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed_at is None or self._pan_from is None or self.model.theme is None:
            return
        moved = event.position() - self._pressed_at
        if moved.manhattanLength() > _DRAG_PX:
            pan = Point(self._pan_from.x + moved.x(), self._pan_from.y + moved.y())
            self._set_camera(replace(self.camera, pan=pan).clamped())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, self._pressed_at = self._pressed_at, None
        if pressed is None or (event.position() - pressed).manhattanLength() > _DRAG_PX:
            return
        at = self.camera.to_canvas(Point(pressed.x(), pressed.y()))
        drawn = self.model.figures if has_layer(self.model.theme, "characters") else ()
        agent_id = figure_at(drawn, at)
        if agent_id is None:
            self.background_clicked.emit()
        else:
            self.agent_clicked.emit(agent_id)
        event.accept()
