"""Looking around in a flat office: fit, zoom, pan, follow. The base of ``StageView``, without agents or news."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QTimer
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QGraphicsView, QWidget

from office_studio.core.office.stage import StageModel
from office_studio.core.theme.model import Point, Rect, Viewport, Zone
from office_studio.core.theme.viewport import Camera, FitMode, between, initial_zoom, zoom_limits
from office_studio.services.theme_loader import LoadedTheme
from office_studio.ui.render.looking import MARGIN_PX
from office_studio.ui.render.office_view import OfficeView
from office_studio.ui.render.scene import StageScene
from office_studio.ui.render.sprite_layer import PIECES_PER_TURN

_SETTLE_MS = 90  # after the last zoom step, pictures are made for the new size
_HALF_AGENT_PX = 40.0  # of an agent that is brought into view
_ZONE_MARGIN = 0.06  # of a zone's size, around it when it is zoomed to


class CameraView(OfficeView):
    """A view on a ``StageScene`` whose scene units are pixels of the current zoom."""

    model: StageModel
    stage: StageScene
    _camera: Camera

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = StageModel()
        self.stage = StageScene(self.model, self)
        self.stage.sprites.per_turn = PIECES_PER_TURN
        self.setScene(self.stage)
        self._pictures: dict[tuple[str, int, int], QPixmap] = {}
        self._pictures_for: tuple[float, float] | None = None  # scale and ratio they were made for
        self._loaded: LoadedTheme | None = None
        self._limits = (1.0, 1.0)
        self._camera = Camera(1000, 700, 1000, 700)
        self._applied: tuple[float, float] | None = None  # scale and ratio the scene has
        self._rest = "start"  # "start" as the theme wants it, "fit" as asked for, a zone's id, "" moved by hand
        self._highest_ratio = 8.0
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_MS)
        self._settle.timeout.connect(self._on_settled)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.MinimalViewportUpdate)
        self.setOptimizationFlag(QGraphicsView.OptimizationFlag.DontAdjustForAntialiasing)
        self.setOptimizationFlag(QGraphicsView.OptimizationFlag.DontSavePainterState)

    # -- camera --------------------------------------------------------------------------------------
    @property
    def ratio(self) -> float:
        """Device pixels per logical pixel that pictures are made for."""
        return float(min(self.devicePixelRatioF(), self._highest_ratio))

    def fit(self) -> None:
        """Back to the fit; when it is there already, the other one: all of the room, or the view filled."""
        if self._fit is FitMode.ACTUAL:
            self.set_fit_mode(FitMode.CONTAIN)
        elif self._rest == "fit" or (self._rest == "start" and self._starts_fitted()):
            self.set_fit_mode(FitMode.COVER if self._fit is FitMode.CONTAIN else FitMode.CONTAIN)
        else:
            self._go_home()

    def actual_size(self) -> None:
        """One logical pixel a canvas unit, around the middle of what is seen; from now on themes are shown so."""
        changed, self._fit = self._fit is not FitMode.ACTUAL, FitMode.ACTUAL
        self._zoom_to(1 / self._camera.base_scale, self._middle(), eased=True)
        if changed:
            self.fit_changed.emit(self._fit)

    def zoom_to_zone(self, zone: Zone) -> None:
        """A zone as large as it fits; back to the fit when it is shown so already."""
        if self._rest == f"zone {zone.id}":
            self._go_home()
            return
        self.follow(None)
        grown_x, grown_y = zone.bounds.width * _ZONE_MARGIN, zone.bounds.height * _ZONE_MARGIN
        part = Rect(
            zone.bounds.x - grown_x,
            zone.bounds.y - grown_y,
            zone.bounds.width + 2 * grown_x,
            zone.bounds.height + 2 * grown_y,
        )
        self.show_part(part)
        self._rest = f"zone {zone.id}"

    def show_part(self, part: Rect) -> None:
        """A part of the canvas as large as it fits and the zoom limits allow."""
        whole = min(self._camera.view_width / max(1.0, part.width), self._camera.view_height / max(1.0, part.height))
        zoom = self._within_limits(max(whole / self._camera.base_scale, 1.0))
        self._rest = ""
        self._glide(self._camera.looking_at(part.center, zoom))

    def look_at(self, at: Point, *, eased: bool = False) -> None:
        """A point of the canvas in the middle of the view."""
        self.follow(None)
        self._rest = ""
        camera = self._camera.looking_at(at)
        if eased:
            self._glide(camera)
        else:
            self._motion.stop()
            self._set_camera(camera)

    @property
    def seen_part(self) -> Rect:
        """The part of the canvas in view, canvas units."""
        camera = self._camera
        low, high = camera.to_canvas(Point(0, 0)), camera.to_canvas(Point(camera.view_width, camera.view_height))
        return Rect(low.x, low.y, high.x - low.x, high.y - low.y)

    @property
    def canvas_size(self) -> tuple[float, float]:
        return self._camera.canvas_width, self._camera.canvas_height

    # -- for the class above -----------------------------------------------------------------------
    def _on_settled(self) -> None:
        """The zoom has stayed for a moment: time to make pictures for it."""

    def _on_moved(self) -> None:
        """Another part of the scene is seen."""

    def drawBackground(self, painter: QPainter, rect: QRectF) -> None:
        if not self.stage.sprites.covers(rect):
            super().drawBackground(painter, rect)

    # -- camera, inside ------------------------------------------------------------------------------------
    def _seen(self) -> QRectF:
        """The part of the scene in view."""
        return self.mapToScene(QRect(0, 0, *self._view_size())).boundingRect()

    def _starts_fitted(self) -> bool:
        return self._loaded is None or starts_fitted(self._loaded, self._fit, self._view_size()[0])

    def _home(self) -> Camera:
        """Where the view is until it is moved by hand."""
        content = self.stage.assets.content if self.stage.assets else None
        loaded = self._loaded if self.stage.assets is not None else None
        return first_camera(loaded, self._view_size(), content, self._fit, as_asked=self._rest == "fit")

    def _go_home(self) -> None:
        self._rest = "fit"
        super()._go_home()

    def _is_at_home(self) -> bool:
        return self._rest in ("fit", "start")

    def _leave_home(self) -> None:
        self._rest = ""

    def _zoom_of(self, camera: Camera) -> float:
        return camera.zoom

    def _percent_of(self, camera: Camera) -> float:
        """Drawn size of one canvas unit."""
        return camera.scale * 100

    def _within_limits(self, zoom: float) -> float:
        low, high = self._limits
        if self.stage.assets is not None:
            # 1:1 and the whole canvas can always be reached, whatever the theme's limits say.
            low, high = min(low, 1.0), max(high, 1 / self._camera.base_scale)
        return min(high, max(low, zoom))

    def _zoomed(self, zoom: float, towards: QPointF) -> Camera:
        return self._camera.zoomed(zoom, Point(towards.x(), towards.y()))

    def _pushed(self, dx: float, dy: float) -> Camera:
        return self._camera.moved(dx, dy)

    def _looking_at(self, camera: Camera, at: Point, zoom: float | None = None) -> Camera:
        return camera.looking_at(at, zoom)

    def _showing(self, at: Point) -> Camera:
        half = _HALF_AGENT_PX / self._camera.scale
        return self._camera.showing(Rect(at.x - half, at.y - half, 2 * half, 2 * half), MARGIN_PX)

    def _apart_px(self, one: Camera, other: Camera) -> float:
        return abs(one.pan.x - other.pan.x) + abs(one.pan.y - other.pan.y)

    def _between(self, start: Camera, end: Camera, part: float) -> Camera:
        return between(start, end, part)

    def _on_camera(self) -> None:
        self._apply_scale()
        self._scroll()
        self._settle.start()
        view = self._seen()
        if view != self.stage.labels.view:
            self._see(view)
        self.stage.crowd.look(self.seen_part)
        self._on_moved()

    def _apply_scale(self, *, anew: bool = False) -> None:
        """Give the scene the camera's scale, when it is another than it has."""
        wanted = (self._camera.scale, self.ratio)
        if anew or wanted != self._applied:
            self._applied = wanted
            self.stage.labels.view = self._seen()
            self.stage.set_scale(*wanted, self._pictures, settled=self._has_pictures())
        width, height = self._view_size()
        # Wider than the camera's limits: it is the camera that says how far one can go, not the scroll bars.
        self.setSceneRect(self.stage.canvas_rect.adjusted(-width, -height, width, height))

    def _scroll(self, *, exactly: bool = False) -> None:
        """Put the scene where the camera says; ``exactly``: on whole device pixels of the window."""
        x, y = round(-self._camera.pan.x), round(-self._camera.pan.y)
        step = _whole_step(self.devicePixelRatioF()) if exactly else 1
        if step > 1:
            origin = self.mapTo(self.window(), QPoint(0, 0))
            x = origin.x() + step * round((x - origin.x()) / step)
            y = origin.y() + step * round((y - origin.y()) / step)
        self.horizontalScrollBar().setValue(x)
        self.verticalScrollBar().setValue(y)

    def _on_kept_free(self) -> None:
        self._see(self.stage.labels.view)
        self._on_moved()

    def _see(self, view: QRectF) -> None:
        """Tell the labels which part of the scene is seen, and which of it lies under controls."""
        self.stage.labels.view = view
        self.stage.labels.reserved = [QRectF(area).translated(view.topLeft()) for area in self._kept_free]

    def _has_pictures(self) -> bool:
        """Whether pictures of this very zoom are at hand."""
        return self.stage.assets is None or self._pictures_for == (self._camera.scale, self.ratio)

    def _set_limits(self, viewport: Viewport | None) -> None:
        self._limits = (1.0, 1.0) if viewport is None else zoom_limits(viewport)

    def _agent_point(self, agent_id: str | None) -> Point | None:
        """Middle of an agent's figure, canvas units; also of one that is too far off to be drawn."""
        item = self.stage.figures.get(agent_id) if agent_id is not None else None
        if item is not None:
            return self.stage.to_canvas(item.hit_rect().center())
        figure = self.model.figure(agent_id) if agent_id is not None else None
        return None if figure is None else figure.at


def first_camera(
    loaded: LoadedTheme | None,
    view: tuple[int, int],
    content: Rect | None,
    mode: FitMode = FitMode.CONTAIN,
    *,
    as_asked: bool = False,
) -> Camera:
    """How a view of that size first shows a theme: what is drawn of it, or the theme's own zoom. Any thread.

    ``as_asked``: the fit itself, also when the theme has a zoom of its own.
    """
    if loaded is None:
        return Camera(*view, *view).centred()
    canvas, viewport = loaded.theme.canvas, loaded.theme.viewport
    camera = Camera(canvas.width, canvas.height, *view, mode.fit, is_bounded=viewport.pan_bounds)
    middle = content.center if content is not None else Point(canvas.width / 2, canvas.height / 2)
    if mode is FitMode.ACTUAL:
        return camera.looking_at(middle, 1 / camera.base_scale)
    if as_asked or starts_fitted(loaded, mode, view[0]):
        return camera.fitted_to(content) if content is not None else camera.centred()
    return replace(camera, zoom=initial_zoom(viewport, view[0], mode.fit)).centred()


def starts_fitted(loaded: LoadedTheme, mode: FitMode = FitMode.CONTAIN, width: float = 1280) -> bool:
    """Whether the theme asks for no zoom of its own."""
    return initial_zoom(loaded.theme.viewport, width, mode.fit) == 1.0


def _whole_step(ratio: float) -> int:
    """The fewest logical pixels that are whole device pixels."""
    return next((step for step in range(1, 9) if abs(step * ratio - round(step * ratio)) < 1e-3), 1)
