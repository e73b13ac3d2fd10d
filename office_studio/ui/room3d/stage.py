"""Qt Quick 3D objects for the meshes of a scene: geometries, materials, textures, models that share them.

Objects are made by tiny QML texts, since Qt has no C++ classes for them that Python could make.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QByteArray, QObject, QSize, QTemporaryDir, QUrl
from PySide6.QtGui import QMatrix4x4, QQuaternion, QVector2D, QVector3D, QVector4D
from PySide6.QtQml import QQmlComponent, QQmlEngine, QQmlListReference
from PySide6.QtQuick import QQuickItem
from PySide6.QtQuick3D import QQuick3DGeometry, QQuick3DObject, QQuick3DTextureData

from office_studio.errors import OfficeStudioError
from office_studio.ui.room3d import shaders
from office_studio.ui.room3d.batches import Batch
from office_studio.ui.room3d.looks import CLAMP, MIRROR, Sampling
from office_studio.ui.room3d.scene import BLACK, Camera, Light, Rgb

if TYPE_CHECKING:
    from office_studio.ui.room3d.shadow import Shadow

Array = NDArray[Any]
_ROOT = """
import QtQuick
import QtQuick3D
Item {
    Image { objectName: "backdrop"; anchors.fill: parent; fillMode: Image.Stretch; asynchronous: false; smooth: true }
    View3D {
        objectName: "view"
        width: parent.width; height: parent.height
        renderMode: View3D.Inline
        camera: camera
        environment: SceneEnvironment {
            backgroundMode: SceneEnvironment.Transparent
            tonemapMode: SceneEnvironment.TonemapModeNone
            antialiasingMode: SceneEnvironment.NoAA
            debugSettings: DebugSettings { objectName: "debug" }
        }
        CustomCamera { id: camera; objectName: "camera" }
        Node { objectName: "world" }
    }
}
"""
_TEXTURE = """
import QtQuick3D
Texture {
    generateMipmaps: %(mips)s
    mipFilter: %(mip_filter)s
    minFilter: %(filter)s
    magFilter: %(filter)s
    tilingModeHorizontal: Texture.%(wrap_s)s
    tilingModeVertical: Texture.%(wrap_t)s
}
"""
_WRAPS = {CLAMP: "ClampToEdge", MIRROR: "MirroredRepeat"}


class Workshop:
    """Makes objects of the QML engine. Components and shader files are kept for the next object of the kind."""

    def __init__(self) -> None:
        self.engine = QQmlEngine()
        self._components: dict[str, QQmlComponent] = {}
        self._folder = QTemporaryDir()

    def make(self, text: str) -> QObject:
        component = self._components.get(text)
        if component is None:
            component = QQmlComponent(self.engine)
            component.setData(QByteArray(text.encode()), QUrl())
            self._components[text] = component
        made = component.create()
        if made is None:
            why = component.errorString()
            raise OfficeStudioError("ROOM_QML", f"Rooms in 3D cannot be drawn: Qt Quick 3D is incomplete ({why}).")
        return made

    def shader(self, text: str, suffix: str) -> str:
        """The address of a file with this text."""
        path = Path(self._folder.path()) / f"{hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()}{suffix}"
        if not path.is_file():
            path.write_text(text)
        return QUrl.fromLocalFile(str(path)).toString()


def make_root(workshop: Workshop) -> QQuickItem:
    root = workshop.make(_ROOT)
    assert isinstance(root, QQuickItem)
    return root


def aim(camera: QObject, seen: Camera, aspect: float) -> tuple[QMatrix4x4, QMatrix4x4]:
    """Set a CustomCamera; gives the view and the projection matrix."""
    eye, target = QVector3D(*seen.position), QVector3D(*seen.target)
    up = QVector3D(0, 1, 0)
    back = (eye - target).normalized()
    if QVector3D.crossProduct(up, back).length() < 1e-9:  # straight down: as three.js looks
        back = (back + QVector3D(0, 0, 1e-4)).normalized()
    right = QVector3D.crossProduct(up, back).normalized()
    up = QVector3D.crossProduct(back, right)
    turn = QMatrix4x4(
        right.x(), up.x(), back.x(), 0, right.y(), up.y(), back.y(), 0, right.z(), up.z(), back.z(), 0, 0, 0, 0, 1
    )  # fmt: skip
    projection = projection_matrix(seen, aspect)
    view = turn.transposed()
    view.translate(-eye)
    camera.setProperty("position", eye)
    camera.setProperty("rotation", QQuaternion.fromAxes(right, up, back))
    camera.setProperty("projection", projection)
    return view, projection


def projection_matrix(seen: Camera, aspect: float) -> QMatrix4x4:
    matrix = QMatrix4x4()
    half = seen.half_height
    if not seen.is_perspective:
        matrix.ortho(-half * aspect, half * aspect, -half, half, seen.near, seen.far)
        return matrix
    distance = (QVector3D(*seen.position) - QVector3D(*seen.target)).length()
    half *= seen.near / max(distance, 1e-9)
    matrix.frustum(-half * aspect, half * aspect, -half, half, seen.near, seen.far)
    return matrix


# -- geometry --------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Layout:
    """Where in a corner's bytes each attribute begins; None: it has none."""

    stride: int
    offsets: dict[str, int]


_WIDTHS = {"position": 3, "normal": 3, "color": 4, "uv0": 2, "uv1": 2, "weights": 4}


def make_geometry(batch: Batch, *, is_skinned: bool) -> QQuick3DGeometry:
    """Buffers on the GPU, which any number of models may share."""
    geometry = QQuick3DGeometry()
    fill_geometry(geometry, batch, is_skinned=is_skinned)
    return geometry


def fill_geometry(geometry: QQuick3DGeometry, batch: Batch, *, is_skinned: bool) -> None:
    semantic = QQuick3DGeometry.Attribute.Semantic
    real, whole = QQuick3DGeometry.Attribute.ComponentType.F32Type, QQuick3DGeometry.Attribute.ComponentType.I32Type
    columns: list[tuple[Any, Array]] = [
        (semantic.PositionSemantic, batch.positions),
        (semantic.ColorSemantic, batch.colors),
    ]
    if batch.normals is not None:
        columns.append((semantic.NormalSemantic, batch.normals))
    if batch.uv0 is not None:
        columns.append((semantic.TexCoord0Semantic, batch.uv0))
    second = batch.rough if batch.rough is not None else batch.uv1
    if second is not None:
        columns.append((semantic.TexCoord1Semantic, second))
    if is_skinned:
        columns.append((semantic.JointSemantic, batch.entries.astype(np.int32).view(np.float32)))
        columns.append((semantic.WeightSemantic, batch.weights))
    packed = np.concatenate([np.asarray(values, dtype=np.float32) for _, values in columns], axis=1)
    geometry.clear()
    offset = 0
    for kind, values in columns:
        geometry.addAttribute(kind, offset, whole if kind == semantic.JointSemantic else real)
        offset += values.shape[1] * 4
    geometry.addAttribute(semantic.IndexSemantic, 0, QQuick3DGeometry.Attribute.ComponentType.U32Type)
    geometry.setStride(offset)
    geometry.setVertexData(QByteArray(np.ascontiguousarray(packed).tobytes()))
    geometry.setIndexData(QByteArray(np.ascontiguousarray(batch.indices, dtype=np.uint32).tobytes()))
    geometry.setPrimitiveType(QQuick3DGeometry.PrimitiveType.Triangles)
    low, high = batch.positions.min(axis=0), batch.positions.max(axis=0)
    geometry.setBounds(QVector3D(*map(float, low)), QVector3D(*map(float, high)))
    geometry.update()


# -- textures and materials ------------------------------------------------------------------------------------------
def make_texture(workshop: Workshop, data: QObject, sampling: Sampling) -> QObject:
    texture = workshop.make(
        _TEXTURE
        % {
            "mips": str(sampling.has_mips).lower(),
            "mip_filter": "Texture.Linear" if sampling.has_mips else "Texture.None",
            "filter": "Texture.Linear" if sampling.is_smooth else "Texture.Nearest",
            "wrap_s": _WRAPS.get(sampling.wrap_s, "Repeat"),
            "wrap_t": _WRAPS.get(sampling.wrap_t, "Repeat"),
        }
    )
    texture.setProperty("textureData", data)
    return texture


def material_text(kind: shaders.Variant, corners: str, pixels: str) -> str:
    """QML of one kind of material; its numbers are set afterwards."""
    reals = ["cutoff", "normalScale", "occlusionStrength"]
    lines = [f"property real {name}: 1.0" for name in reals]
    lines += [f"property vector3d {name}" for name in ("ambient", "glow", "emissive")]
    lines += ["property vector4d eye", "property vector2d roughMetal"]
    lines += [f"property matrix4x4 light{number}" for number in range(len(kind.lights))]
    for slot, _ in kind.slots:
        lines += [f"property vector3d {slot}U", f"property vector3d {slot}V", f"property Texture {slot}Texture"]
        lines.append(f"property TextureInput {slot}Map: TextureInput {{ texture: material.{slot}Texture }}")
    if kind.is_boned:
        lines += ["property Texture bones", "property TextureInput bonesMap: TextureInput { texture: material.bones }"]
    if kind.alpha == "BLEND":
        lines += ["sourceBlend: CustomMaterial.One", "destinationBlend: CustomMaterial.OneMinusSrcAlpha"]
    if kind.has_shadow or kind.shows == shaders.SUN:
        lines += ["property matrix4x4 sun", "property real sunLift", "property real inSun: 1.0"]
    for name in ("still", "moving") if kind.has_shadow else ():
        lines.append(f"property Texture {name}")
        lines.append(f"property TextureInput {name}Map: TextureInput {{ texture: material.{name} }}")
    cull = "NoCulling" if kind.is_double_sided else "BackFaceCulling"
    body = "\n    ".join(lines)
    return (
        "import QtQuick\nimport QtQuick3D\nCustomMaterial {\n    id: material\n"
        f'    shadingMode: CustomMaterial.Unshaded\n    cullMode: Material.{cull}\n    vertexShader: "{corners}"\n'
        f'    fragmentShader: "{pixels}"\n'
        f"    {body}\n}}\n"
    )


class Materials:
    """One material for each look and glow; lights and eye are told to all of them.

    A texture that no model of the scene wears for a moment loses its picture for good. So a model that nobody sees
    wears all materials.
    """

    def __init__(
        self, workshop: Workshop, world: QQuick3DObject, lights: tuple[Light, ...], tone: str, exposure: float
    ) -> None:
        self._workshop = workshop
        self._keeper = workshop.make("import QtQuick3D\nModel { visible: false }\n")
        assert isinstance(self._keeper, QQuick3DObject)
        self._keeper.setParentItem(world)
        self._lights, self._tone, self._exposure = lights, tone, exposure
        self._made: dict[Any, QObject] = {}
        self._eye = QVector4D(0, 0, 1, 0)
        self.shows = shaders.COLOR
        self.shadow: Shadow | None = None  # of the sun; set before any material is asked for

    @property
    def light_kinds(self) -> tuple[str, ...]:
        return tuple(light.kind for light in self._lights)

    def of(
        self,
        batch: Batch,
        textures: dict[str, QObject],
        key: Any,
        glow: Rgb = BLACK,
        bones: QObject | None = None,
        *,
        is_fine: bool = False,
        shows: str | None = None,
    ) -> QObject:
        """``key`` tells models apart, whose images have the same numbers; ``bones``: the texture of ``Bones``;
        ``is_fine``: triangles hardly larger than a pixel."""
        kind = shaders.variant(
            batch.surface,
            is_flat=batch.normals is None,
            has_rough=batch.rough is not None,
            lights=self._lights,
            tone=self._tone,
            is_boned=bones is not None,
            has_shadow=self.shadow is not None,
            shows=shows or self.shows,
            is_by_corner=is_fine,
            is_white=batch.surface.is_unlit and glow == BLACK and bool((batch.colors[:, :3] == 1).all()),
        )
        whole_key = (kind, batch.surface, key if textures or bones else None, glow)
        found = self._made.get(whole_key)
        if found is None:
            found = self._make(kind, batch, textures, glow, bones)
            self._made[whole_key] = found
        return found

    def set_lights(self, lights: tuple[Light, ...]) -> bool:
        """False when other kinds of lights need other materials: those must be asked for anew."""
        is_same_kind = tuple(light.kind for light in lights) == self.light_kinds
        self._lights = lights
        kinds = tuple(light.kind for light in lights if light.kind != "ambient")[: shaders.MAX_LIGHTS]
        for (variant, *_), material in self._made.items():
            if variant.lights == kinds:
                self._light(material)
        return is_same_kind

    def set_eye(self, eye: QVector4D) -> None:
        if eye != self._eye:
            self._eye = eye
            for material in self._made.values():
                material.setProperty("eye", eye)

    def tell_shadow(self, *, in_sun: bool = True) -> None:
        """Where the sun is; ``in_sun`` False: it is kept off everything."""
        for (kind, *_), material in self._made.items():
            self._shade(kind, material, in_sun=in_sun)

    def forget(self) -> None:
        QQmlListReference(self._keeper, "materials").clear()
        for material in self._made.values():
            material.deleteLater()
        self._made.clear()

    def close(self) -> None:
        self.forget()
        self._keeper.deleteLater()

    def _make(
        self, kind: shaders.Variant, batch: Batch, textures: dict[str, QObject], glow: Rgb, bones: QObject | None
    ) -> QObject:
        surface = batch.surface
        pixels = self._workshop.shader(shaders.fragment(kind, self._exposure), ".frag")
        corners = self._workshop.shader(shaders.vertex(kind, self._exposure), ".vert")
        material = self._workshop.make(material_text(kind, corners, pixels))
        values: dict[str, Any] = {
            "cutoff": surface.cutoff,
            "normalScale": surface.normal_scale,
            "occlusionStrength": surface.occlusion,
            "glow": QVector3D(*glow),
            "emissive": QVector3D(*surface.emissive),
            "eye": self._eye,
        }
        for name, value in values.items():
            material.setProperty(name, value)
        material.setProperty("roughMetal", QVector2D(surface.roughness, surface.metallic))
        for slot, _ in kind.slots:
            use = surface.texture(slot)
            assert use is not None
            material.setProperty(f"{slot}U", QVector3D(*use.affine[:3]))
            material.setProperty(f"{slot}V", QVector3D(*use.affine[3:]))
            material.setProperty(f"{slot}Texture", textures[slot])
        if bones is not None:
            material.setProperty("bones", bones)
        self._light(material)
        self._shade(kind, material)
        QQmlListReference(self._keeper, "materials").append(material)
        return material

    def _shade(self, kind: shaders.Variant, material: QObject, *, in_sun: bool = True) -> None:
        shadow = self.shadow
        if shadow is None or not (kind.has_shadow or kind.shows == shaders.SUN):
            return
        material.setProperty("sun", shadow.place)
        material.setProperty("sunLift", shadow.lift)
        material.setProperty("inSun", float(in_sun))
        if kind.has_shadow:
            material.setProperty("still", shadow.still.texture)
            material.setProperty("moving", shadow.moving.texture)

    def _light(self, material: QObject) -> None:
        material.setProperty("ambient", QVector3D(*shaders.ambient_light(self._lights)))
        others = [light for light in self._lights if light.kind != "ambient"]
        for number, light in enumerate(others[: shaders.MAX_LIGHTS]):
            columns = shaders.light_matrix(light)
            # QMatrix4x4 takes rows.
            rows = [value for row in zip(*columns, strict=True) for value in row]
            material.setProperty(f"light{number}", QMatrix4x4(*rows))


# -- models ----------------------------------------------------------------------------------------------------------
def make_model(workshop: Workshop, world: QQuick3DObject, geometry: QQuick3DGeometry, material: QObject) -> QObject:
    model = workshop.make("import QtQuick3D\nModel { }\n")
    assert isinstance(model, QQuick3DObject)
    model.setProperty("geometry", geometry)
    QQmlListReference(model, "materials").append(material)
    model.setParentItem(world)
    return model


def change_material(model: QObject, material: QObject) -> None:
    materials = QQmlListReference(model, "materials")
    materials.clear()
    materials.append(material)


class Bones:
    """The palettes of all figures of one model, as a picture: a row for each figure."""

    def __init__(self, workshop: Workshop, count: int) -> None:
        self._data = QQuick3DTextureData()
        self.texture = make_texture(workshop, self._data, Sampling(is_smooth=False, has_mips=False))
        self._count = count

    def set(self, palettes: Array) -> None:
        """(figures, entries, 4, 4)."""
        rows = np.ascontiguousarray(palettes[:, :, :3, :], dtype=np.float32)
        self._data.setFormat(QQuick3DTextureData.Format.RGBA32F)
        self._data.setSize(QSize(self._count * 3, len(rows)))
        self._data.setTextureData(QByteArray(rows.tobytes()))
