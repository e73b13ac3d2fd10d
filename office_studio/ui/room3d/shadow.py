"""The shadows of one light (dialect 3a): two pictures of how far the sun sees, one of what stands, one of who walks.

The first is drawn once a room, the second when somebody moves, so that a picture costs little more than without
shadows. Both are as large as the picture itself: shadows are as sharp as what they fall on.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QByteArray, QSize
from PySide6.QtGui import QMatrix4x4
from PySide6.QtQuick3D import QQuick3DTextureData

from office_studio.ui.room3d.looks import Sampling
from office_studio.ui.room3d.scene import Light
from office_studio.ui.room3d.stage import Workshop, make_texture

Array = NDArray[Any]
_MARGIN = 0.05  # of the room's diagonal, around it
_HEADROOM = 0.1  # above it, for figures
_LIFT = 3.0  # texels: above its own shadow


class Distances:
    """One picture of distances, as a texture; empty: nothing is in the sun's way."""

    def __init__(self, workshop: Workshop) -> None:
        self._data = QQuick3DTextureData()
        self._data.setFormat(QQuick3DTextureData.Format.R32F)
        self.texture = make_texture(workshop, self._data, Sampling(is_smooth=False, has_mips=False))
        self.is_empty = False
        self.clear()

    def fill(self, rows: Array) -> None:
        """(h, w) float32, the row of the smallest y first."""
        height, width = rows.shape
        self._data.setSize(QSize(width, height))
        self._data.setTextureData(QByteArray(np.ascontiguousarray(rows, np.float32).tobytes()))
        self.is_empty = False

    def clear(self) -> None:
        if not self.is_empty:
            self.fill(np.ones((1, 1), np.float32))
            self.is_empty = True


class Shadow:
    """``place``: world to (x, y, distance), each 0 to 1 within the room; ``lift`` in world units."""

    def __init__(self, workshop: Workshop) -> None:
        self.still, self.moving = Distances(workshop), Distances(workshop)
        self.place, self.lift = QMatrix4x4(), 0.0
        self.matrix: Array = np.eye(4)
        self.is_stale = True  # what stands has not been drawn for this sun, room and size

    def follow(self, lights: tuple[Light, ...], bounds: tuple[Array, Array], width: int, height: int) -> None:
        """The first directional light that casts shadows, else the first directional one."""
        suns = [light for light in lights if light.kind == "directional"]
        sun = next((light for light in suns if light.casts_shadow), suns[0] if suns else None)
        aim = np.subtract(sun.target, sun.position) if sun is not None else np.array([0.0, -1.0, 0.0])
        self.matrix, size = sun_matrix(aim, *bounds)
        self.place = QMatrix4x4(*self.matrix.reshape(-1).tolist())
        self.lift = _LIFT * float(max(size[0] / max(width, 1), size[1] / max(height, 1)))
        self.is_stale = True

    def span(self, low: Array, high: Array) -> tuple[float, float, float, float]:
        """Where boxes, (n, 3) each, lie as the sun sees them: lowest x and y, highest x and y."""
        corners = [np.where(mask, high, low) for mask in np.ndindex(2, 2, 2)]
        points = np.concatenate(corners)
        seen = points @ self.matrix[:2, :3].T + self.matrix[:2, 3]
        (left, bottom), (right, top) = seen.min(axis=0), seen.max(axis=0)
        return (float(left), float(bottom), float(right), float(top))


def sun_matrix(aim: Array, low: Array, high: Array) -> tuple[Array, Array]:
    """(4, 4) from the world to 0 to 1 within a box of the sun's own, and that box's size, world units."""
    forward = np.asarray(aim, float) / max(float(np.linalg.norm(aim)), 1e-9)
    other = np.array([0.0, 1.0, 0.0]) if abs(forward[1]) < 0.99 else np.array([0.0, 0.0, 1.0])
    right = np.cross(forward, other)
    right /= np.linalg.norm(right)
    turn = np.array([right, np.cross(right, forward), forward])
    reach = float(np.linalg.norm(np.subtract(high, low)))
    low, high = np.asarray(low) - reach * _MARGIN, np.asarray(high) + reach * np.array([_MARGIN, _HEADROOM, _MARGIN])
    corners = np.array([np.where(mask, high, low) for mask in np.ndindex(2, 2, 2)]) @ turn.T
    start, size = corners.min(axis=0), np.maximum(np.ptp(corners, axis=0), 1e-6)
    matrix = np.eye(4)
    matrix[:3, :3] = turn / size[:, None]
    matrix[:3, 3] = -start / size
    return matrix, size
