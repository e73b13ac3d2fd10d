"""The part of a picture that does not move, kept: its colours and how far away each of them is.

While only figures move, a room is drawn once. Then its picture is put down again, with its depths, before every
frame, and figures are drawn among it: behind a desk, in front of a wall. That makes the price of a frame that of its
figures, whatever the room is made of.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QByteArray, QObject, QSize
from PySide6.QtQuick3D import QQuick3DGeometry, QQuick3DObject, QQuick3DTextureData

from office_studio.ui.room3d.looks import Sampling
from office_studio.ui.room3d.stage import Workshop, make_model, make_texture

Array = NDArray[Any]
_VERTEX = "void MAIN() { POSITION = vec4(VERTEX.xy, 0.0, 1.0); }\n"
_FRAGMENT = """
void MAIN() {
    ivec2 at = ivec2(gl_FragCoord.xy);
    FRAGCOLOR = texelFetch(colorMap, at, 0).bgra;
    gl_FragDepth = texelFetch(depthMap, at, 0).r;
}
"""
_MATERIAL = """
import QtQuick3D
CustomMaterial {
    id: material
    shadingMode: CustomMaterial.Unshaded
    cullMode: Material.NoCulling
    vertexShader: "%s"
    fragmentShader: "%s"
    property Texture color
    property Texture depth
    property TextureInput colorMap: TextureInput { texture: material.color }
    property TextureInput depthMap: TextureInput { texture: material.depth }
}
"""


class Plate:
    """One sheet over the whole view, behind all that is drawn later."""

    def __init__(self, workshop: Workshop, world: QQuick3DObject) -> None:
        self._color, self._depth = QQuick3DTextureData(), QQuick3DTextureData()
        exact = Sampling(is_smooth=False, has_mips=False)
        self._textures = [make_texture(workshop, data, exact) for data in (self._color, self._depth)]
        corners = workshop.shader(_VERTEX, ".vert")
        pixels = workshop.shader(_FRAGMENT, ".frag")
        self._material = workshop.make(_MATERIAL % (corners, pixels))
        for name, texture in zip(("color", "depth"), self._textures, strict=True):
            self._material.setProperty(name, texture)
        self._geometry = _sheet()
        self._model = make_model(workshop, world, self._geometry, self._material)
        self.hide()

    def fill(self, colors: Array, depths: Array) -> None:
        """(h, w, 4) blue, green, red, alpha, and (h, w) float32, both with the row of gl_FragCoord 0 first."""
        height, width = depths.shape
        size = QSize(width, height)
        for data, kind, values in (
            (self._color, QQuick3DTextureData.Format.RGBA8, colors),
            (self._depth, QQuick3DTextureData.Format.R32F, depths),
        ):
            data.setFormat(kind)
            data.setSize(size)
            data.setTextureData(QByteArray(np.ascontiguousarray(values).tobytes()))

    def show(self) -> None:
        self._model.setProperty("visible", True)

    def hide(self) -> None:
        self._model.setProperty("visible", False)

    @property
    def model(self) -> QObject:
        return self._model


def _sheet() -> QQuick3DGeometry:
    geometry = QQuick3DGeometry()
    semantic = QQuick3DGeometry.Attribute.Semantic
    corners = np.array([[-1, -1, 0], [3, -1, 0], [-1, 3, 0]], np.float32)
    geometry.addAttribute(semantic.PositionSemantic, 0, QQuick3DGeometry.Attribute.ComponentType.F32Type)
    geometry.setStride(12)
    geometry.setVertexData(QByteArray(corners.tobytes()))
    geometry.setPrimitiveType(QQuick3DGeometry.PrimitiveType.Triangles)
    return geometry
