"""What a designer sees besides the model: axes, a grid on the floor, where lights are and where they shine."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QByteArray, QObject
from PySide6.QtGui import QVector3D
from PySide6.QtQuick3D import QQuick3DGeometry, QQuick3DObject

from office_studio.ui.room3d.scene import Light, ViewOptions
from office_studio.ui.room3d.stage import Workshop, make_model

Array = NDArray[Any]
_VERTEX = (
    "VARYING vec4 vColor;\nvoid MAIN() { vColor = COLOR; POSITION = VIEWPROJECTION_MATRIX * vec4(VERTEX, 1.0); }\n"
)
_FRAGMENT = "VARYING vec4 vColor;\nvoid MAIN() { FRAGCOLOR = vColor; }\n"
_RED, _GREEN, _BLUE = (0.91, 0.3, 0.24), (0.35, 0.75, 0.3), (0.3, 0.52, 0.95)
_GREY = (0.38, 0.38, 0.42)
_MOST_LINES = 60


class Aids:
    def __init__(self, workshop: Workshop, world: QQuick3DObject) -> None:
        self._workshop, self._world = workshop, world
        self._geometry = QQuick3DGeometry()
        self._model: QObject | None = None
        self._has_lines = False

    def show(self, options: ViewOptions, lights: tuple[Light, ...], bounds: tuple[Array, Array]) -> None:
        lines: list[tuple[Array, tuple[float, float, float]]] = []
        size = max(float(np.max(bounds[1] - bounds[0])), 1e-3)
        if options.grid:
            lines += _grid(bounds, size)
        if options.axes:
            reach = size * 0.6
            for axis, color in enumerate((_RED, _GREEN, _BLUE)):
                tip = np.zeros(3)
                tip[axis] = reach
                lines.append((np.array([np.zeros(3), tip]), color))
        if options.lights:
            for light in lights:
                lines += _light(light, size * 0.06, (bounds[0] + bounds[1]) / 2, size)
        self._draw(lines)

    def set_visible(self, is_visible: bool) -> None:
        """For a picture that is kept: what is shown stays the same."""
        if self._model is not None:
            self._model.setProperty("visible", is_visible and self._has_lines)

    def _draw(self, lines: list[tuple[Array, tuple[float, float, float]]]) -> None:
        self._has_lines = bool(lines)
        if not lines:
            if self._model is not None:
                self._model.setProperty("visible", False)
            return
        points = np.concatenate([segment for segment, _ in lines])
        colors = np.concatenate([np.tile((*color, 1.0), (len(segment), 1)) for segment, color in lines])
        packed = np.concatenate([points, colors], axis=1).astype(np.float32)
        geometry, semantic = self._geometry, QQuick3DGeometry.Attribute.Semantic
        real = QQuick3DGeometry.Attribute.ComponentType.F32Type
        geometry.clear()
        geometry.addAttribute(semantic.PositionSemantic, 0, real)
        geometry.addAttribute(semantic.ColorSemantic, 12, real)
        geometry.setStride(28)
        geometry.setVertexData(QByteArray(packed.tobytes()))
        geometry.setPrimitiveType(QQuick3DGeometry.PrimitiveType.Lines)
        geometry.setBounds(QVector3D(*map(float, points.min(axis=0))), QVector3D(*map(float, points.max(axis=0))))
        geometry.update()
        if self._model is None:
            text = (
                "import QtQuick3D\nCustomMaterial { shadingMode: CustomMaterial.Unshaded\n"
                f'vertexShader: "{self._workshop.shader(_VERTEX, ".vert")}"\n'
                f'fragmentShader: "{self._workshop.shader(_FRAGMENT, ".frag")}" }}\n'
            )
            self._model = make_model(self._workshop, self._world, geometry, self._workshop.make(text))
        self._model.setProperty("visible", True)


def _grid(bounds: tuple[Array, Array], size: float) -> list[tuple[Array, tuple[float, float, float]]]:
    """A line for every power of ten that gives between 6 and 60 of them, in the plane y = 0."""
    step = 10.0 ** math.floor(math.log10(size / 3))
    low, high = (np.floor(bounds[0] / step) - 1) * step, (np.ceil(bounds[1] / step) + 1) * step
    lines = []
    for axis, other in ((0, 2), (2, 0)):
        for value in np.arange(low[axis], high[axis] + step / 2, step)[: _MOST_LINES * 2]:
            ends = np.zeros((2, 3))
            ends[:, axis] = value
            ends[:, other] = (low[other], high[other])
            lines.append((ends, _GREY))
    return lines


def _light(
    light: Light, reach: float, middle: Array, size: float
) -> list[tuple[Array, tuple[float, float, float]]]:  # fmt: skip
    """A star where the light is, a line to where it shines. Ambient and hemisphere are nowhere."""
    if light.kind in ("ambient", "hemisphere"):
        return []
    brightest = max(*light.color, 1e-6)
    color = tuple(max(0.25, channel / brightest) for channel in light.color)
    place, target = np.array(light.position), np.array(light.target)
    if light.kind == "directional":  # from infinitely far: shown just outside
        towards = (place - target) / max(float(np.linalg.norm(place - target)), 1e-9)
        place, target = middle + towards * size * 0.7, middle
    lines = []
    for axis in range(3):
        ends = np.array([place, place])
        ends[0, axis] -= reach
        ends[1, axis] += reach
        lines.append((ends, color))
    if light.kind != "point":
        lines.append((np.array([place, target]), color))
    return lines  # type: ignore[return-value]
