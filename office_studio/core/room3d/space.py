"""Vectors, boxes and turns in space. Right-handed, +Y up, as glTF has it; turns as quaternions (w, x, y, z)."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from office_studio.core.theme.room_model import Vec3

Quaternion = tuple[float, float, float, float]

UP: Vec3 = (0.0, 1.0, 0.0)


def add(a: Vec3, b: Vec3) -> Vec3:
    return (a[0] + b[0], a[1] + b[1], a[2] + b[2])


def sub(a: Vec3, b: Vec3) -> Vec3:
    return (a[0] - b[0], a[1] - b[1], a[2] - b[2])


def scaled(a: Vec3, factor: float) -> Vec3:
    return (a[0] * factor, a[1] * factor, a[2] * factor)


def times(a: Vec3, b: Vec3) -> Vec3:
    """Part by part."""
    return (a[0] * b[0], a[1] * b[1], a[2] * b[2])


def dot(a: Vec3, b: Vec3) -> float:
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def cross(a: Vec3, b: Vec3) -> Vec3:
    return (a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0])


def length(a: Vec3) -> float:
    return math.sqrt(dot(a, a))


def normalized(a: Vec3) -> Vec3:
    """Of length 1; a vector without length stays as it is."""
    size = length(a)
    return scaled(a, 1 / size) if size > 0 else a


@dataclass(frozen=True, slots=True)
class Box:
    """An upright box, world units."""

    low: Vec3
    high: Vec3

    @property
    def center(self) -> Vec3:
        return scaled(add(self.low, self.high), 0.5)

    @property
    def size(self) -> Vec3:
        return sub(self.high, self.low)

    @property
    def corners(self) -> tuple[Vec3, ...]:
        (x0, y0, z0), (x1, y1, z1) = self.low, self.high
        return tuple((x, y, z) for x in (x0, x1) for y in (y0, y1) for z in (z0, z1))

    def scaled(self, scale: Vec3) -> Box:
        """About the origin; a mirrored side is turned round again."""
        return box_around((times(self.low, scale), times(self.high, scale)))

    def moved(self, by: Vec3) -> Box:
        return Box(add(self.low, by), add(self.high, by))


def box_around(points: Iterable[Vec3]) -> Box:
    """The smallest box that holds the points. Raises ValueError when there are none."""
    xs, ys, zs = zip(*points, strict=True)
    return Box((min(xs), min(ys), min(zs)), (max(xs), max(ys), max(zs)))


@dataclass(frozen=True, slots=True)
class Axes:
    """Where something looks: three unit vectors at right angles. It looks along ``-back``."""

    right: Vec3
    up: Vec3
    back: Vec3

    def of(self, offset: Vec3) -> Vec3:
        """An offset in world directions, in these directions."""
        return (dot(offset, self.right), dot(offset, self.up), dot(offset, self.back))

    @property
    def quaternion(self) -> Quaternion:
        """The turn from the world's axes to these."""
        (a, d, g), (b, e, h), (c, f, i) = self.right, self.up, self.back
        # Rows of the matrix: (a b c), (d e f), (g h i). The largest part is found first: dividing by it is safe.
        parts = (1 + a + e + i, 1 + a - e - i, 1 - a + e - i, 1 - a - e + i)
        largest = parts.index(max(parts))
        if largest == 0:
            found = (parts[0], h - f, c - g, d - b)
        elif largest == 1:
            found = (h - f, parts[1], b + d, c + g)
        elif largest == 2:
            found = (c - g, b + d, parts[2], f + h)
        else:
            found = (d - b, c + g, f + h, parts[3])
        half = 0.5 / math.sqrt(parts[largest])
        return (found[0] * half, found[1] * half, found[2] * half, found[3] * half)


def looking(position: Vec3, target: Vec3) -> Axes:
    """Axes of something at ``position`` that looks at ``target``, upright.

    Straight down, or at itself, it looks as three.js r183 makes it look: the axis is moved by 0.0001.
    """
    back = sub(position, target)
    back = normalized(back) if length(back) > 0 else (0.0, 0.0, 1.0)
    right = cross(UP, back)
    if length(right) < 1e-9:
        back = normalized((back[0], back[1], back[2] + 1e-4))
        right = cross(UP, back)
    right = normalized(right)
    return Axes(right, cross(back, right), back)
