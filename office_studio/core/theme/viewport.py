"""Where the canvas lies in the view: fit, zoom towards a point, pan limits. Format section 5, vectors V-01 to V-06."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from office_studio.core.theme.model import Point, Rect, Viewport

ORIGIN = Point(0, 0)
NARROW_PX = 768  # logical width of a view below which a theme's values for narrow views count (format section 16)


class Fit(StrEnum):
    CONTAIN = "contain"  # the whole canvas is seen (our default, decision 8)
    COVER = "cover"  # no backdrop is seen (the web client)


class FitMode(StrEnum):
    """How a view shows a theme while nobody has moved it."""

    CONTAIN = "contain"
    COVER = "cover"
    ACTUAL = "actual"  # one logical pixel a canvas unit

    @property
    def fit(self) -> Fit:
        return Fit.COVER if self is FitMode.COVER else Fit.CONTAIN


@dataclass(frozen=True, slots=True)
class Camera:
    """Maps canvas units to view pixels: ``view = canvas * scale + pan``. Sizes in pixels, zoom relative to the fit."""

    canvas_width: float
    canvas_height: float
    view_width: float
    view_height: float
    fit: Fit = Fit.CONTAIN
    zoom: float = 1.0
    pan: Point = ORIGIN
    is_bounded: bool = True  # False: the canvas may be pushed out of the view by up to half of it (``panBounds``)

    @property
    def base_scale(self) -> float:
        ratios = (self.view_width / self.canvas_width, self.view_height / self.canvas_height)
        return max(1e-6, min(ratios) if self.fit is Fit.CONTAIN else max(ratios))

    @property
    def scale(self) -> float:
        return self.base_scale * self.zoom

    def to_view(self, at: Point) -> Point:
        return Point(at.x * self.scale + self.pan.x, at.y * self.scale + self.pan.y)

    def to_canvas(self, at: Point) -> Point:
        return Point((at.x - self.pan.x) / self.scale, (at.y - self.pan.y) / self.scale)

    def centred(self) -> Camera:
        pan = Point(
            (self.view_width - self.canvas_width * self.scale) / 2,
            (self.view_height - self.canvas_height * self.scale) / 2,
        )
        return replace(self, pan=pan).clamped()

    def fitted_to(self, part: Rect) -> Camera:
        """The part of the canvas (canvas units) in the middle of the view: whole, or filling it with ``Fit.COVER``."""
        ratios = (self.view_width / max(1.0, part.width), self.view_height / max(1.0, part.height))
        scale = min(ratios) if self.fit is Fit.CONTAIN else max(ratios)
        return self.looking_at(part.center, max(1.0, scale / self.base_scale))

    def looking_at(self, at: Point, zoom: float | None = None) -> Camera:
        """A point of the canvas in the middle of the view, within the pan limits."""
        near = self if zoom is None else replace(self, zoom=zoom)
        pan = Point(self.view_width / 2 - at.x * near.scale, self.view_height / 2 - at.y * near.scale)
        return replace(near, pan=pan).clamped()

    def showing(self, part: Rect, margin: float) -> Camera:
        """Panned no further than needed for a part of the canvas to lie ``margin`` view pixels inside the view."""
        left, top = part.x * self.scale + self.pan.x, part.y * self.scale + self.pan.y
        dx = _shift(left, left + part.width * self.scale, self.view_width, margin)
        dy = _shift(top, top + part.height * self.scale, self.view_height, margin)
        return self.moved(dx, dy) if dx or dy else self

    def moved(self, dx: float, dy: float) -> Camera:
        """Pushed by view pixels, within the pan limits."""
        return replace(self, pan=Point(self.pan.x + dx, self.pan.y + dy)).clamped()

    def clamped(self) -> Camera:
        """Pan limited so that no gap shows; an axis on which everything fits is centred (5.2).

        When not bounded, half of the view may be left empty beside the canvas, on either side.
        """
        free = (0.0, 0.0) if self.is_bounded else (self.view_width / 2, self.view_height / 2)
        return replace(
            self,
            pan=Point(
                _clamp_axis(self.pan.x, self.view_width, self.canvas_width * self.scale, free[0]),
                _clamp_axis(self.pan.y, self.view_height, self.canvas_height * self.scale, free[1]),
            ),
        )

    def zoomed(self, zoom: float, towards: Point) -> Camera:
        """The point of the canvas under ``towards`` (view pixels) stays there, within the pan limits."""
        ratio = zoom / self.zoom
        pan = Point(towards.x - (towards.x - self.pan.x) * ratio, towards.y - (towards.y - self.pan.y) * ratio)
        return replace(self, zoom=zoom, pan=pan).clamped()

    def resized(self, view_width: float, view_height: float) -> Camera:
        """Another view size: user zoom and the canvas point in the middle stay."""
        middle = self.to_canvas(Point(self.view_width / 2, self.view_height / 2))
        moved = replace(self, view_width=view_width, view_height=view_height)
        pan = Point(view_width / 2 - middle.x * moved.scale, view_height / 2 - middle.y * moved.scale)
        return replace(moved, pan=pan).clamped()


def zoom_limits(viewport: Viewport) -> tuple[float, float]:
    """Lowest and highest user zoom; nonsense in the manifest falls back to 0.5 and 3."""
    low, high = viewport.min_zoom, viewport.max_zoom
    return (low, high) if 0 < low <= high else (0.5, 3.0)


def initial_zoom(viewport: Viewport, view_width: float, fit: Fit) -> float:
    """User zoom at the start (5.1). The narrow-view value was written for a cropping fit and only counts there."""
    low, high = zoom_limits(viewport)
    zoom = viewport.default_zoom
    if fit is Fit.COVER and view_width < NARROW_PX and viewport.mobile_default_zoom:
        zoom = viewport.mobile_default_zoom
    return min(high, max(low, zoom)) if zoom > 0 else 1.0


def between(start: Camera, end: Camera, part: float) -> Camera:
    """The camera on the way, ``part`` from 0 to 1: zoom grows by equal factors, one point of the view stays still."""
    if part >= 1:
        return end
    factor = end.scale / start.scale
    if abs(factor - 1) < 1e-3:
        pan = Point(
            start.pan.x + (end.pan.x - start.pan.x) * part,
            start.pan.y + (end.pan.y - start.pan.y) * part,
        )
        return replace(end, pan=pan)
    grown = factor**part
    still = Point((end.pan.x - start.pan.x * factor) / (1 - factor), (end.pan.y - start.pan.y * factor) / (1 - factor))
    pan = Point(still.x + (start.pan.x - still.x) * grown, still.y + (start.pan.y - still.y) * grown)
    return replace(end, zoom=start.scale * grown / end.base_scale, pan=pan)


def _shift(low: float, high: float, view: float, margin: float) -> float:
    if high - low > view - 2 * margin:
        return view / 2 - (low + high) / 2
    return max(0.0, margin - low) + min(0.0, view - margin - high)


def _clamp_axis(pan: float, view: float, scaled: float, free: float) -> float:
    if scaled <= view:
        middle = (view - scaled) / 2
        return min(middle + free, max(middle - free, pan))
    return min(free, max(view - scaled - free, pan))
