"""The one light that casts shadows (dialect 3a): Qt works out where they fall, our shaders how dark they are."""

from __future__ import annotations

from PySide6.QtGui import QQuaternion, QVector3D
from PySide6.QtQuick3D import QQuick3DObject

from office_studio.ui.room3d.scene import Light
from office_studio.ui.room3d.stage import Workshop

_LIGHT = """
import QtQuick3D
DirectionalLight {
    castsShadow: true
    shadowMapQuality: Light.ShadowMapQualityMedium
    shadowFactor: 100
    shadowBias: 5
    shadowMapFar: 2000
    softShadowQuality: Light.PCF8
    pcfFactor: 2
    brightness: 1.0
    ambientColor: "black"
}
"""


class Shadow:
    def __init__(self, workshop: Workshop, world: QQuick3DObject, lights: tuple[Light, ...]) -> None:
        light = workshop.make(_LIGHT)
        assert isinstance(light, QQuick3DObject)
        self._light = light
        light.setParentItem(world)
        self.follow(lights)

    def follow(self, lights: tuple[Light, ...]) -> None:
        """The first directional light that casts shadows, else the first directional one."""
        suns = [light for light in lights if light.kind == "directional"]
        sun = next((light for light in suns if light.casts_shadow), suns[0] if suns else None)
        self._light.setProperty("visible", sun is not None)
        if sun is None:
            return
        aim = QVector3D(*sun.target) - QVector3D(*sun.position)
        self._light.setProperty("rotation", QQuaternion.rotationTo(QVector3D(0, 0, -1), aim.normalized()))

    def close(self) -> None:
        self._light.deleteLater()
