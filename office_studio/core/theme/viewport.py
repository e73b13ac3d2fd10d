"""Where the canvas lies in the view: fit, zoom towards a point, pan limits. Format section 5, vectors V-01 to V-06."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from office_studio.core.theme.model import Point, Rect, Viewport

ORIGIN = Point(0, 0)


class Fit(StrEnum):
    CONTAIN = "contain"  # the whole canvas is seen (our default, decision 8)
    COVER = "cover"  # no backdrop is seen (the web client)


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
        """The part of the canvas (canvas units) as large as it fits, in the middle of the view."""
        scale = min(self.view_width / max(1.0, part.width), self.view_height / max(1.0, part.height))
        near = replace(self, zoom=max(1.0, scale / self.base_scale))
        middle = part.center
        pan = Point(self.view_width / 2 - middle.x * near.scale, self.view_height / 2 - middle.y * near.scale)
        return replace(near, pan=pan).clamped()

    def clamped(self) -> Camera:
        """Pan limited so that no gap shows; an axis on which everything fits is centred (5.2)."""
        return replace(
            self,
            pan=Point(
                _clamp_axis(self.pan.x, self.view_width, self.canvas_width * self.scale),
                _clamp_axis(self.pan.y, self.view_height, self.canvas_height * self.scale),
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
    if fit is Fit.COVER and view_width < 768 and viewport.mobile_default_zoom:
        zoom = viewport.mobile_default_zoom
    return min(high, max(low, zoom)) if zoom > 0 else 1.0


def _clamp_axis(pan: float, view: float, scaled: float) -> float:
    if scaled <= view:
        return (view - scaled) / 2
    return min(0.0, max(view - scaled, pan))
