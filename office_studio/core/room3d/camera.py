"""Where the camera of a room stands and what it sees: fit, zoom, pan, points to pixels and back. Format section 4.

Positions are world units, pictures are view pixels (logical), origin top left, y down.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import NamedTuple

from office_studio.core.room3d.space import Axes, Box, add, looking, normalized, scaled, sub
from office_studio.core.theme.model import Viewport
from office_studio.core.theme.room_model import CameraSpec, Dialect, Projection, RoomTheme, Vec3
from office_studio.core.theme.viewport import zoom_limits

MARGIN = 1.1  # the room takes up at most 1 / 1.1 of the view
FIT_FROM: Vec3 = (-8.0, 12.0, -8.0)  # when the manifest names no position
UNFITTED_AT: Vec3 = (7.0, 7.0, 6.0)  # the same without a room
ORTHOGRAPHIC_NEAR, ORTHOGRAPHIC_FAR = 0.1, 200.0
PERSPECTIVE_NEAR = 0.05
FLAT_SPEC = CameraSpec(position=(0.0, 600.0, 350.0), frustum=250.0)  # dialect 3a
FLAT_FAR = 2000.0
WHEEL_STEP = 0.95  # of one notch


class Projected(NamedTuple):
    """``depth``: distance from the camera along its view, world units; not above 0 is behind it."""

    x: float
    y: float
    depth: float


class Ray(NamedTuple):
    origin: Vec3
    direction: Vec3  # of length 1


@dataclass(frozen=True, slots=True)
class RoomCamera:
    """A camera fitted to a room and moved by the user.

    ``center``: what it looked at before the user moved it; ``offset``: from there to the camera, as fitted;
    ``half_height``: half of the view's height at the centre's distance, before zoom; ``pan``: by how much the user
    moved it along its own right and up, world units. ``zoom`` counts as three.js' ``camera.zoom``: with a perspective
    camera it brings the camera nearer.
    """

    spec: CameraSpec
    box: Box | None
    view_width: float
    view_height: float
    center: Vec3
    offset: Vec3
    half_height: float
    far: float
    zoom: float = 1.0
    pan: tuple[float, float] = (0.0, 0.0)
    limits: tuple[float, float] = (0.5, 3.0)
    is_bounded: bool = True
    ground: Box | None = None  # what the user may pan over when there is no room to fit to

    # -- as drawn -------------------------------------------------------------------------------------
    @property
    def is_perspective(self) -> bool:
        return self.spec.projection is Projection.PERSPECTIVE

    @property
    def axes(self) -> Axes:
        return looking(self.offset, (0.0, 0.0, 0.0))

    @property
    def target(self) -> Vec3:
        """What it looks at."""
        axes = self.axes
        return add(self.center, add(scaled(axes.right, self.pan[0]), scaled(axes.up, self.pan[1])))

    @property
    def position(self) -> Vec3:
        return add(self.target, scaled(self.offset, 1 / self.zoom) if self.is_perspective else self.offset)

    @property
    def aspect(self) -> float:
        return self.view_width / self.view_height

    @property
    def near(self) -> float:
        return PERSPECTIVE_NEAR if self.is_perspective else ORTHOGRAPHIC_NEAR

    @property
    def visible_half_height(self) -> float:
        """Half of the view's height at the target's distance, world units."""
        return self.half_height / self.zoom

    @property
    def visible_half_width(self) -> float:
        return self.visible_half_height * self.aspect

    @property
    def pixels_per_unit(self) -> float:
        """View pixels of one world unit at the target's distance."""
        return self.view_height / (2 * self.visible_half_height)

    # -- points ---------------------------------------------------------------------------------------
    def project(self, point: Vec3) -> Projected:
        """Where a point of the room is seen. Of a point behind a perspective camera x and y mean nothing."""
        x, y, back = self.axes.of(sub(point, self.position))
        depth = -back
        half = self.visible_half_height
        if self.is_perspective:
            distance = math.dist(self.position, self.target)
            half *= max(depth, 1e-9) / distance
        per_unit = self.view_height / (2 * half)
        return Projected(self.view_width / 2 + x * per_unit, self.view_height / 2 - y * per_unit, depth)

    def ray(self, x: float, y: float) -> Ray:
        """Through a pixel of the view, away from the camera."""
        right, up = self._from_middle(x, y)
        axes = self.axes
        aside = add(scaled(axes.right, right), scaled(axes.up, up))
        if not self.is_perspective:
            return Ray(add(self.position, aside), scaled(axes.back, -1))
        return Ray(self.position, normalized(sub(add(self.target, aside), self.position)))

    def on_floor(self, x: float, y: float, height: float = 0.0) -> Vec3 | None:
        """The point at this height that is seen at a pixel of the view; None when it looks past the floor."""
        origin, direction = self.ray(x, y)
        if direction[1] > -1e-9:
            return None
        way = (height - origin[1]) / direction[1]
        return add(origin, scaled(direction, way)) if way > 0 else None

    def _from_middle(self, x: float, y: float) -> tuple[float, float]:
        """World units from the target to where a pixel looks, in the plane of the target."""
        unit = 2 * self.visible_half_height / self.view_height
        return (x - self.view_width / 2) * unit, (self.view_height / 2 - y) * unit

    # -- moved by the user ----------------------------------------------------------------------------
    @property
    def is_home(self) -> bool:
        return self.pan == (0.0, 0.0) and self.zoom == self.home_zoom

    @property
    def home_zoom(self) -> float:
        if self.box is None:
            return 1.0
        return min(self.limits[1], max(self.limits[0], self.spec.zoom))

    def home(self) -> RoomCamera:
        """As fitted."""
        return replace(self, pan=(0.0, 0.0), zoom=self.home_zoom)

    def panned(self, dx: float, dy: float) -> RoomCamera:
        """The picture pushed by view pixels, within the limits."""
        unit = 2 * self.visible_half_height / self.view_height
        return self._with_pan(self.pan[0] - dx * unit, self.pan[1] + dy * unit)

    def zoomed(self, factor: float, x: float | None = None, y: float | None = None) -> RoomCamera:
        """Nearer by a factor, within the limits; what is under the pixel (without one: the middle) stays there."""
        zoom = min(self.limits[1], max(self.limits[0], self.zoom * factor))
        right, up = (0.0, 0.0) if x is None or y is None else self._from_middle(x, y)
        keep = 1 - self.zoom / zoom
        return replace(self, zoom=zoom)._with_pan(self.pan[0] + right * keep, self.pan[1] + up * keep)

    def resized(self, width: float, height: float) -> RoomCamera:
        """Fitted anew to another view size; the user's zoom and pan stay."""
        if (width, height) == (self.view_width, self.view_height):
            return self
        size = (max(1.0, width), max(1.0, height))
        if self.box is None:
            return replace(self, view_width=size[0], view_height=size[1])
        fitted = _fitted(self.spec, self.box, *size)
        return replace(fitted, zoom=self.zoom, pan=self.pan, limits=self.limits, is_bounded=self.is_bounded)

    def looking_at(self, point: Vec3) -> RoomCamera:
        """A point of the room in the middle of the view, within the limits."""
        x, y, _ = self.axes.of(sub(point, self.center))
        return self._with_pan(x, y)

    def towards(self, end: RoomCamera, part: float) -> RoomCamera:
        """On the way to another camera of the same room and view, ``part`` from 0 to 1: the zoom grows by equal
        factors, and one point of the view stays still."""
        if part >= 1:
            return end
        zoom = self.zoom * (end.zoom / self.zoom) ** part
        way = 1 / self.zoom - 1 / end.zoom
        share = part if abs(end.zoom / self.zoom - 1) < 1e-3 else (1 / self.zoom - 1 / zoom) / way
        pan = (self.pan[0] + (end.pan[0] - self.pan[0]) * share, self.pan[1] + (end.pan[1] - self.pan[1]) * share)
        return replace(end, zoom=zoom, pan=pan)

    def _with_pan(self, x: float, y: float) -> RoomCamera:
        bounds = self.box or self.ground
        if bounds is None:
            return replace(self, pan=(x, y))
        seen = [self.axes.of(sub(corner, self.center)) for corner in bounds.corners]
        wide, high = (max(abs(corner[axis]) for corner in seen) for axis in (0, 1))
        if not self.is_bounded:  # the room may leave the middle, but never the view
            wide, high = wide + self.visible_half_width * 0.8, high + self.visible_half_height * 0.8
        return replace(self, pan=(min(wide, max(-wide, x)), min(high, max(-high, y))))


def room_camera(
    room: RoomTheme, box: Box | None, width: float, height: float, viewport: Viewport | None = None
) -> RoomCamera:
    """The camera of a theme.

    Args:
        box: The room's bounds in world units, its scale included; None: not (yet) loaded. In dialect 3a it does not
            matter to the picture, only to how far the user may pan.
        width: Of the view, logical pixels, as ``height``.
        viewport: Its limits of zoom count; ``panBounds`` keeps the room's middle parts in the middle.
    """
    view = viewport or Viewport()
    size = (max(1.0, width), max(1.0, height))
    if room.dialect is Dialect.ZONES:
        camera = replace(_unfitted(FLAT_SPEC, FLAT_FAR, *size), ground=box)
    elif box is None:
        camera = _unfitted(room.camera, ORTHOGRAPHIC_FAR, *size)
    else:
        camera = _fitted(room.camera, box, *size)
    camera = replace(camera, limits=zoom_limits(view), is_bounded=view.pan_bounds)
    return camera.home()


def fit_camera(spec: CameraSpec, box: Box, width: float, height: float) -> RoomCamera:
    """Fitted to a box alone: a model that belongs to no theme. Zoom from 0.1 to 20."""
    return replace(_fitted(spec, box, max(1.0, width), max(1.0, height)), limits=(0.1, 20.0)).home()


def _fitted(spec: CameraSpec, box: Box, width: float, height: float) -> RoomCamera:
    offset = sub(spec.position or FIT_FROM, spec.target)
    if offset == (0.0, 0.0, 0.0):
        offset = FIT_FROM
    axes = looking(offset, (0.0, 0.0, 0.0))
    corners = [axes.of(sub(corner, box.center)) for corner in box.corners]
    if spec.projection is Projection.PERSPECTIVE:
        return _fitted_perspective(spec, box, width, height, corners, offset)
    wide, high = (max(c[axis] for c in corners) - min(c[axis] for c in corners) for axis in (0, 1))
    half = max(high * MARGIN / 2, wide * MARGIN / 2 / (width / height), 1e-6)
    depth = max(corner[2] for corner in corners)
    distance = math.hypot(*offset)
    if distance < depth + ORTHOGRAPHIC_NEAR:
        # Stepping back changes nothing that an orthographic camera sees, but what lay behind it is seen now.
        offset = scaled(axes.back, depth * MARGIN + 1.0)
        distance = math.hypot(*offset)
    return RoomCamera(
        spec, box, width, height, box.center, offset, half, max(ORTHOGRAPHIC_FAR, distance + 2 * depth + 1.0)
    )


def _fitted_perspective(
    spec: CameraSpec, box: Box, width: float, height: float, corners: list[Vec3], offset: Vec3
) -> RoomCamera:
    """As near as all corners, pushed out by the margin, can be seen from (4.4)."""
    up = math.tan(math.radians(spec.fov_deg) / 2)
    aside = up * width / height
    distance = max(max(z + abs(x) / aside, z + abs(y) / up) * MARGIN for x, y, z in corners)
    distance = max(distance, 1e-3)
    at = scaled(normalized(offset), distance)
    return RoomCamera(spec, box, width, height, box.center, at, distance * up, 10 * distance)


def _unfitted(spec: CameraSpec, far: float, width: float, height: float) -> RoomCamera:
    position = spec.position or UNFITTED_AT
    offset = sub(position, spec.target)
    if offset == (0.0, 0.0, 0.0):
        offset = UNFITTED_AT
    half = spec.frustum
    if spec.projection is Projection.PERSPECTIVE:
        half = math.hypot(*offset) * math.tan(math.radians(spec.fov_deg) / 2)
    return RoomCamera(spec, None, width, height, spec.target, offset, half, far)
