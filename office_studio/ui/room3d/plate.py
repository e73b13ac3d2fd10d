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
from PySide6.QtGui import QMatrix4x4, QVector4D
from PySide6.QtQuick3D import QQuick3DGeometry, QQuick3DObject, QQuick3DTextureData

from office_studio.ui.room3d.glsl import reaches
from office_studio.ui.room3d.looks import Sampling
from office_studio.ui.room3d.stage import Workshop, change_material, make_model, make_texture

Array = NDArray[Any]
_VERTEX = "void MAIN() { POSITION = vec4(VERTEX.xy, 0.0, 1.0); }\n"
_FRAGMENT = """
void MAIN() {
    ivec2 at = ivec2(gl_FragCoord.xy);
    FRAGCOLOR = texelFetch(colorMap, at, 0).bgra;
    gl_FragDepth = texelFetch(depthMap, at, 0).r;
}
"""
# Shadows of those who walk: where they fall, the same room is seen as it is without its sun.
_SHADED = (
    reaches("pastMoving", "movingMap")
    + """
void MAIN() {
    ivec2 at = ivec2(gl_FragCoord.xy);
    vec4 color = texelFetch(colorMap, at, 0).bgra;
    float depth = texelFetch(depthMap, at, 0).r;
    vec4 place = intoSun * vec4(gl_FragCoord.xy, depth, 1.0);
    vec3 seen = place.xyz / place.w;
    if (depth < 1.0 && seen.x > span.x && seen.y > span.y && seen.x < span.z && seen.y < span.w) {
        color = mix(texelFetch(darkMap, at, 0).bgra, color, pastMoving(seen));
    }
    FRAGCOLOR = color;
    gl_FragDepth = depth;
}
"""
)
_MATERIAL = """
import QtQuick
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
%s}
"""


_SHADED_PROPERTIES = """
    property Texture dark
    property Texture moving
    property TextureInput darkMap: TextureInput { texture: material.dark }
    property TextureInput movingMap: TextureInput { texture: material.moving }
    property matrix4x4 intoSun
    property vector4d span
"""


class Plate:
    """One sheet over the whole view, behind all that is drawn later."""

    def __init__(self, workshop: Workshop, world: QQuick3DObject) -> None:
        self._color, self._depth = QQuick3DTextureData(), QQuick3DTextureData()
        self._dark = QQuick3DTextureData()
        exact = Sampling(is_smooth=False, has_mips=False)
        datas = (self._color, self._depth, self._dark)
        self._textures = [make_texture(workshop, data, exact) for data in datas]
        self._workshop = workshop
        self._plain = self._material(_FRAGMENT, "")
        self._shaded: QObject | None = None
        self._geometry = _sheet()
        self._model = make_model(workshop, world, self._geometry, self._plain)
        self.hide()

    def _material(self, pixels: str, more: str) -> QObject:
        shop = self._workshop
        material = shop.make(_MATERIAL % (shop.shader(_VERTEX, ".vert"), shop.shader(pixels, ".frag"), more))
        for name, texture in zip(("color", "depth", "dark"), self._textures, strict=True):
            if name != "dark" or more:
                material.setProperty(name, texture)
        return material

    def shade(self, dark: Array | None, moving: QObject | None = None) -> None:
        """From now on with the shadows of those who walk. ``dark``: as ``fill`` takes colours, of the room without its
        sun; ``moving``: the texture of how far the sun sees. None: without shadows."""
        if dark is not None and self._shaded is None:
            self._shaded = self._material(_SHADED, _SHADED_PROPERTIES)
        if dark is not None and self._shaded is not None:
            self._fill(self._dark, QQuick3DTextureData.Format.RGBA8, dark)
            self._shaded.setProperty("moving", moving)
        material = self._plain if dark is None or self._shaded is None else self._shaded
        change_material(self._model, material)

    def aim(self, into_sun: QMatrix4x4, span: tuple[float, float, float, float]) -> None:
        """``into_sun``: from a pixel and its depth to the place that the sun sees; ``span``: shadows are within it."""
        if self._shaded is not None:
            self._shaded.setProperty("intoSun", into_sun)
            self._shaded.setProperty("span", QVector4D(*span))

    def fill(self, colors: Array, depths: Array) -> None:
        """(h, w, 4) blue, green, red, alpha, and (h, w) float32, both with the row of gl_FragCoord 0 first."""
        self._fill(self._color, QQuick3DTextureData.Format.RGBA8, colors)
        self._fill(self._depth, QQuick3DTextureData.Format.R32F, depths)

    def _fill(self, data: QQuick3DTextureData, kind: QQuick3DTextureData.Format, values: Array) -> None:
        height, width = values.shape[:2]
        data.setFormat(kind)
        data.setSize(QSize(width, height))
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
