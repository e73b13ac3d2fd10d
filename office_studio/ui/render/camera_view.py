"""Looking around in an office: fit, zoom, pan, follow. The base of ``StageView``, without agents or news."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QPointF, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QFrame, QGraphicsView, QWidget

from office_studio.core.office.stage import StageModel
from office_studio.core.theme.model import Point, Rect, Viewport
from office_studio.core.theme.viewport import Camera, Fit, initial_zoom, zoom_limits
from office_studio.services.theme_loader import LoadedTheme
from office_studio.ui.render.scene import StageScene

ZOOM_STEP = 1.1
_SETTLE_MS = 90  # after the last zoom step, pictures are made for the new size


class CameraView(QGraphicsView):
    """A view on a ``StageScene`` whose scene units are pixels of the current zoom.

    Signals:
        zoom_changed(percent): drawn size of one canvas unit.
    """

    zoom_changed = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = StageModel()
        self.stage = StageScene(self.model, self)
        self.setScene(self.stage)
        self._pictures: dict[tuple[str, int, int], QPixmap] = {}
        self._pictures_for: tuple[float, float] | None = None  # scale and ratio they were made for
        self._limits = (1.0, 1.0)
        self._camera = Camera(1000, 700, 1000, 700)
        self._kept_free: tuple[QRect, ...] = ()
        self._is_fitted = True
        self._followed: str | None = None
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_MS)
        self._settle.timeout.connect(self._on_settled)
        self._configure()

    def _configure(self) -> None:
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.MinimalViewportUpdate)
        self.setOptimizationFlag(QGraphicsView.OptimizationFlag.DontAdjustForAntialiasing)
        self.setOptimizationFlag(QGraphicsView.OptimizationFlag.DontSavePainterState)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setResizeAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAcceptDrops(True)
        self.setMouseTracking(True)
        self.setMinimumSize(360, 240)
        self.setAccessibleName("Office")

    # -- camera --------------------------------------------------------------------------------------
    @property
    def zoom_percent(self) -> float:
        return self._camera.scale * 100

    def fit(self) -> None:
        """All that is drawn on the canvas, as large as it fits."""
        self._is_fitted = True
        self._set_camera(self._fitted())

    def actual_size(self) -> None:
        self._zoom_to(1 / self._camera.base_scale, self._middle())

    def zoom_in(self) -> None:
        self.zoom_by(ZOOM_STEP**2)

    def zoom_out(self) -> None:
        self.zoom_by(1 / ZOOM_STEP**2)

    def zoom_by(self, factor: float, towards: QPointF | None = None) -> None:
        """Zoom, keeping the point under ``towards`` (viewport pixels; the middle when None)."""
        self._zoom_to(self._camera.zoom * factor, towards or self._middle())

    def pan_by(self, dx: float, dy: float) -> None:
        """Move the picture by viewport pixels."""
        self._is_fitted = False
        self.horizontalScrollBar().setValue(round(self.horizontalScrollBar().value() - dx))
        self.verticalScrollBar().setValue(round(self.verticalScrollBar().value() - dy))
        self._note_pan()

    def follow(self, agent_id: str | None) -> None:
        """Keep an agent in the middle while it walks; None stops."""
        self._followed = agent_id
        if agent_id is not None:
            self._centre_on(agent_id)

    def ensure_visible_agent(self, agent_id: str) -> None:
        """Bring an agent into view without more movement than needed."""
        item = self.stage.figures.get(agent_id)
        if item is not None:
            self.ensureVisible(item.sceneBoundingRect(), 60, 60)
            self._note_pan()

    def keep_free(self, areas: Sequence[QRect]) -> None:
        """Areas of the view that controls float over; labels and bubbles avoid them."""
        if tuple(areas) != self._kept_free:
            self._kept_free = tuple(areas)
            self._see(self.stage.labels.view)
            self._on_moved()

    # -- for the class above -----------------------------------------------------------------------
    def _on_settled(self) -> None:
        """The zoom has stayed for a moment: time to make pictures for it."""

    def _on_moved(self) -> None:
        """Another part of the scene is seen."""

    # -- camera, inside ------------------------------------------------------------------------------------
    def _view_size(self) -> tuple[int, int]:
        """Of the viewport, but not asked of it: the first ``viewport()`` of a process makes Python classes of every
        kind of widget there is, which takes longer than the first picture. (There are no scroll bars.)"""
        size = self.maximumViewportSize()
        return max(1, size.width()), max(1, size.height())

    def _seen(self) -> QRectF:
        """The part of the scene in view."""
        return self.mapToScene(QRect(0, 0, *self._view_size())).boundingRect()

    def _fitted(self) -> Camera:
        view, content = self._view_size(), self.stage.assets.content if self.stage.assets else None
        camera = Camera(self._camera.canvas_width, self._camera.canvas_height, *view)
        return camera.centred() if content is None else camera.fitted_to(content)

    def _middle(self) -> QPointF:
        return QPointF(self._view_size()[0] / 2, self._view_size()[1] / 2)

    def _zoom_to(self, zoom: float, towards: QPointF) -> None:
        low, high = self._limits
        if self.stage.assets is not None:
            # 1:1 and the whole canvas can always be reached, whatever the theme's limits say.
            low, high = min(low, 1.0), max(high, 1 / self._camera.base_scale)
        zoom = min(high, max(low, zoom))
        if abs(zoom - self._camera.zoom) < 1e-9:
            return
        self._is_fitted = False
        self._set_camera(self._camera.zoomed(zoom, Point(towards.x(), towards.y())))

    def _set_camera(self, camera: Camera) -> None:
        before, self._camera = self._camera, camera
        self._apply_scale()
        self.horizontalScrollBar().setValue(round(-camera.pan.x))
        self.verticalScrollBar().setValue(round(-camera.pan.y))
        self._note_pan()
        self._on_moved()
        self._settle.start()
        if abs(before.scale - camera.scale) > 1e-9:
            self.zoom_changed.emit(self.zoom_percent)

    def _apply_scale(self) -> None:
        ratio = self.devicePixelRatioF()
        self.stage.labels.view = self._seen()
        self.stage.set_scale(self._camera.scale, ratio, self._pictures, settled=self._has_pictures())
        self.setSceneRect(self.stage.canvas_rect)

    def _note_pan(self) -> None:
        """Take the pan from the scroll bars, which clamp it."""
        at = self.mapFromScene(QPointF(0, 0))
        self._camera = replace(self._camera, pan=Point(at.x(), at.y()))
        view = self._seen()
        if view != self.stage.labels.view:
            self._see(view)
            self._on_moved()

    def _see(self, view: QRectF) -> None:
        """Tell the labels which part of the scene is seen, and which of it lies under controls."""
        self.stage.labels.view = view
        self.stage.labels.reserved = [QRectF(area).translated(view.topLeft()) for area in self._kept_free]

    def _has_pictures(self) -> bool:
        """Whether pictures of this very zoom are at hand."""
        return self.stage.assets is None or self._pictures_for == (self._camera.scale, self.devicePixelRatioF())

    def _set_limits(self, viewport: Viewport | None) -> None:
        self._limits = (1.0, 1.0) if viewport is None else zoom_limits(viewport)

    def _centre_on(self, agent_id: str) -> None:
        item = self.stage.figures.get(agent_id)
        if item is not None:
            self.centerOn(item.hit_rect().center())
            self._note_pan()


def first_camera(loaded: LoadedTheme | None, view: tuple[int, int], content: Rect | None) -> Camera:
    """How a view of that size first shows a theme: what is drawn of it, or the theme's own zoom. Any thread."""
    if loaded is None:
        return Camera(*view, *view).centred()
    canvas = loaded.theme.canvas
    camera = Camera(canvas.width, canvas.height, *view, zoom=initial_zoom(loaded.theme.viewport, view[0], Fit.CONTAIN))
    return camera.fitted_to(content) if starts_fitted(loaded) and content is not None else camera.centred()


def starts_fitted(loaded: LoadedTheme) -> bool:
    """Whether the theme asks for no zoom of its own."""
    return initial_zoom(loaded.theme.viewport, 0, Fit.CONTAIN) == 1.0
