"""Metres to canvas pixels without Blender: the same formula as `stage.View.project`, checked against it."""

import math

from plan import CANVAS, CENTRE, PPM

YAW, ELEV = math.radians(30), math.radians(33)


def project(x: float, y: float, z: float = 0.0) -> tuple[float, float]:
    """Scene metres -> canvas pixels, origin top left, y down."""
    dx, dy, dz = x - CENTRE[0], y - CENTRE[1], z - CENTRE[2]
    across = dx * math.cos(YAW) + dy * math.sin(YAW)
    depth = dx * math.sin(YAW) * math.sin(ELEV) - dy * math.cos(YAW) * math.sin(ELEV)
    return CANVAS[0] / 2 + PPM * across, CANVAS[1] / 2 + PPM * (depth - dz * math.cos(ELEV))


def bounding_box(patch: tuple[float, float, float, float]) -> list[float]:
    """Canvas box [x0, y0, x1, y1] around a floor patch (x0, y0, x1, y1) in metres."""
    x0, y0, x1, y1 = patch
    points = [project(x, y) for x, y in ((x0, y0), (x1, y0), (x1, y1), (x0, y1))]
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    return [min(xs), min(ys), max(xs), max(ys)]
