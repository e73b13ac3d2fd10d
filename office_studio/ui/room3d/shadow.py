"""The one light that casts shadows (dialect 3a): Qt works out where they fall, our shaders how dark they are."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QQuaternion, QVector3D

from office_studio.ui.room3d.scene import Light

# It stands in the root's QML: lights that are added later are not found. A camera with a matrix of its own counts as
# one that sees as far as 10,000, so the shadow has to reach farther, or there is none.
SUN = """
DirectionalLight {
    objectName: "sun"
    visible: false
    castsShadow: true
    shadowMapQuality: Light.ShadowMapQualityMedium
    shadowFactor: 100
    shadowBias: 5
    shadowMapFar: 20000
    softShadowQuality: Light.PCF8
    pcfFactor: 2
    ambientColor: "black"
}
"""


class Shadow:
    def __init__(self, sun: QObject, lights: tuple[Light, ...]) -> None:
        self._sun = sun
        self.follow(lights)

    def follow(self, lights: tuple[Light, ...]) -> None:
        """The first directional light that casts shadows, else the first directional one."""
        suns = [light for light in lights if light.kind == "directional"]
        sun = next((light for light in suns if light.casts_shadow), suns[0] if suns else None)
        self._sun.setProperty("visible", sun is not None)
        if sun is not None:
            aim = QVector3D(*sun.target) - QVector3D(*sun.position)
            self._sun.setProperty("rotation", QQuaternion.rotationTo(QVector3D(0, 0, -1), aim.normalized()))

    def close(self) -> None:
        self._sun.setProperty("visible", False)
