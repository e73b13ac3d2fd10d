"""One model as the drawing process holds it: shape, pose at rest, clips, lights, and pictures on the GPU."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QByteArray, QObject, QSize
from PySide6.QtGui import QImage, QImageReader
from PySide6.QtQuick3D import QQuick3DTextureData

from office_studio.core.gltf.animation import Clip, node_names, plain_clips, retarget
from office_studio.core.gltf.model import Model, obj, objects, pick, read_glb
from office_studio.core.gltf.pose import Pose, blend, rest_pose, world_matrices
from office_studio.errors import ModelError, OfficeStudioError
from office_studio.ui.room3d.batches import Batch
from office_studio.ui.room3d.looks import Surface, TextureUse
from office_studio.ui.room3d.meshes import Shape, Skeleton, read_shape
from office_studio.ui.room3d.picture_budget import shrunk, texture_reader
from office_studio.ui.room3d.scene import Figure, Light, ModelBounds, ModelFile, Prop
from office_studio.ui.room3d.stage import Workshop, make_texture

Array = NDArray[Any]
MAX_FILE_BYTES = 256 << 20
MAX_IMAGE_MB = 256
_LIGHTS = "KHR_lights_punctual"
BALL = ""  # the key of what stands for a missing model


@dataclass(slots=True)
class Asset:
    """``textures``: made when first asked for, by image and sampling."""

    key: str
    shape: Shape
    rest: Pose
    clips: dict[str, Clip]
    lights: tuple[Light, ...] = ()
    document: Model | None = None
    problems: list[str] = field(default_factory=list)
    halvings: int = 0  # of the textures' sides
    _area: float | None = None
    _textures: dict[Any, QObject] = field(default_factory=dict)
    _pictures: dict[int, QQuick3DTextureData] = field(default_factory=dict)

    @property
    def triangle_area(self) -> float:
        """Mean, square units, at rest and unscaled."""
        if self._area is None:
            total, count = 0.0, 0
            for batch in self.shape.batches:
                a, b, c = (batch.positions[batch.indices[corner::3]] for corner in range(3))
                total += float(np.linalg.norm(np.cross(b - a, c - a), axis=1).sum()) / 2
                count += batch.triangles
            self._area = total / max(count, 1)
        return self._area

    def pose(self, clip: str, time_s: float) -> Pose:
        """At a moment of a clip; at rest when there is no such clip."""
        found = self.clips.get(clip)
        return self.rest if found is None else found.apply(time_s, self.rest)

    def pose_of(self, figure: Figure) -> Pose:
        pose = self.pose(figure.clip, figure.clip_s)
        if figure.from_share > 0:
            pose = blend(pose, self.pose(figure.from_clip, figure.from_s), figure.from_share)
        return pose

    def textures(self, workshop: Workshop, surface: Surface) -> dict[str, QObject]:
        return {slot: self._texture(workshop, use) for slot, use in surface.textures}

    def _texture(self, workshop: Workshop, use: TextureUse) -> QObject:
        key = (use.image, use.sampling)
        if key not in self._textures:
            if use.image not in self._pictures:
                self._pictures[use.image] = self._picture(use.image)
            self._textures[key] = make_texture(workshop, self._pictures[use.image], use.sampling)
        return self._textures[key]

    def _picture(self, number: int) -> QQuick3DTextureData:
        assert self.document is not None
        try:
            image = _decoded(self.document, number, self.halvings)
        except OfficeStudioError as error:
            self.problems.append(error.message)
            image = QImage(1, 1, QImage.Format.Format_RGBA8888)
            image.fill(0xFFFFFFFF)
        data = QQuick3DTextureData()
        data.setFormat(QQuick3DTextureData.Format.RGBA8)
        data.setSize(QSize(image.width(), image.height()))
        data.setHasTransparency(False)
        data.setTextureData(QByteArray(image.constBits().tobytes()))
        return data

    def bounds(self) -> ModelBounds:
        found = self.shape.skeleton.bounds(self.shape.skeleton.palette(self.rest))
        low, high = found if found is not None else (np.zeros(3), np.zeros(3))
        return ModelBounds(
            key=self.key,
            low=(float(low[0]), float(low[1]), float(low[2])),
            high=(float(high[0]), float(high[1]), float(high[2])),
            clips={name: clip.length_s for name, clip in self.clips.items()},
            draw_calls=len(self.shape.batches),
            triangles=sum(batch.triangles for batch in self.shape.batches),
        )


def load_asset(file: ModelFile) -> Asset:
    """Read a prepared GLB. Raises ModelError, AssetError."""
    model = _read(file.path)
    shape = read_shape(model)
    found = {clip.name: clip for clip in plain_clips(model)}
    names = node_names(model)
    for path in file.clips_of:
        other = _read(path)
        other_names = node_names(other)
        found |= {clip.name: retarget(clip, other_names, names) for clip in plain_clips(other)}
    rest = rest_pose(model)
    return Asset(file.key, shape, rest, found, tuple(_lights(model, rest)), model, list(shape.problems))


def ball(color: tuple[float, float, float], rings: int = 12) -> Asset:
    """A ball of radius 1 around the origin; ``color`` sRGB."""
    sides = rings * 2
    down, round_ = np.meshgrid(np.linspace(0, np.pi, rings + 1), np.linspace(0, 2 * np.pi, sides + 1), indexing="ij")
    parts = (np.sin(down) * np.cos(round_), np.cos(down), np.sin(down) * np.sin(round_))
    points = np.stack(parts, axis=-1).reshape(-1, 3)
    corner = np.arange(rings)[:, None] * (sides + 1) + np.arange(sides)[None]
    quads = np.stack([corner, corner + 1, corner + sides + 1, corner + sides + 1, corner + 1, corner + sides + 2], -1)
    surface = Surface(base=(*linear(color), 1.0), metallic=0.2, roughness=0.4)
    batch = plain_batch(surface, points, points, quads.reshape(-1))
    skeleton = Skeleton((), np.zeros(1, int), np.eye(4)[None], np.full((1, 3), -1.0), np.ones((1, 3)))
    rest = Pose(np.zeros((1, 3)), np.array([[0.0, 0.0, 0.0, 1.0]]), np.ones((1, 3)))
    return Asset(BALL, Shape((batch,), skeleton), rest, {})


def plain_batch(surface: Surface, points: Array, normals: Array | None, indices: Array) -> Batch:
    count = len(points)
    weights = np.zeros((count, 4), np.float32)
    weights[:, 0] = 1
    return Batch(
        surface,
        np.asarray(points, np.float32),
        None if normals is None else np.asarray(normals, np.float32),
        np.tile(np.array(surface.base, np.float32), (count, 1)),
        None,
        None,
        np.tile(np.array([surface.roughness, surface.metallic], np.float32), (count, 1)),
        np.zeros((count, 4), np.uint16),
        weights,
        np.asarray(indices, np.uint32),
    )


def placement(position: Array | tuple[float, ...], turn_deg: float, scale: tuple[float, ...]) -> Array:
    """(4, 4) of something on the floor: scaled, turned about +Y, moved."""
    angle = math.radians(turn_deg)
    c, s = math.cos(angle), math.sin(angle)
    matrix = np.eye(4)
    matrix[:3, :3] = np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]]) * np.asarray(scale, float)
    matrix[:3, 3] = position
    return matrix


def placement_of(thing: Prop | Figure) -> Array:
    lift = thing.lift if isinstance(thing, Figure) else 0.0
    x, y, z = thing.position
    return placement((x, y + lift, z), thing.turn_deg, thing.scale)


def linear(color: tuple[float, ...]) -> tuple[float, float, float]:
    """sRGB, 0 to 1, as linear light."""
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in color[:3])
    return (red, green, blue)


# -- inside ----------------------------------------------------------------------------------------------------------
def _read(path: str) -> Model:
    file = Path(path)
    try:
        if file.stat().st_size > MAX_FILE_BYTES:
            message = f"The model {file.name} is too large: more than {MAX_FILE_BYTES >> 20} MB."
            raise ModelError("MODEL_TOO_LARGE", message, "Reduce its meshes and textures.")
        return read_glb(file.read_bytes())
    except OSError as error:
        message = f"The model {file.name} cannot be read: {error.strerror or error}."
        raise ModelError("MODEL_UNREADABLE", message, "Check that the file is there.") from error


def _decoded(model: Model, number: int, halvings: int) -> QImage:
    QImageReader.setAllocationLimit(MAX_IMAGE_MB)
    reader, _kept = texture_reader(model, number)
    if halvings and (size := reader.size()).isValid():
        reader.setScaledSize(shrunk(size, halvings))
    read = reader.read()
    if read.isNull():
        why = f"picture {number}: {reader.errorString()}"
        raise ModelError("MODEL_PICTURE", f"A texture of the model cannot be read ({why}).")
    return read.convertToFormat(QImage.Format.Format_RGBA8888)


def _lights(model: Model, rest: Pose) -> list[Light]:
    """Lights of the file itself, as three.js adds them."""
    known = objects(obj(obj(model.document, "extensions"), _LIGHTS), "lights")
    holders = [(i, obj(obj(node, "extensions"), _LIGHTS).get("light")) for i, node in enumerate(model.items("nodes"))]
    holders = [(number, index) for number, index in holders if pick(known, index) is not None]
    if not holders:
        return []
    world = world_matrices(model, rest)
    found = []
    for number, index in holders:
        light = known[index]
        kind = light.get("type")
        if kind not in ("directional", "point", "spot"):
            continue
        spot = obj(light, "spot")
        color = light.get("color") if isinstance(light.get("color"), list) and len(light["color"]) == 3 else (1, 1, 1)
        strength = float(light.get("intensity", 1.0))
        place = world[number][:3, 3]
        aim = place - world[number][:3, 2]
        outer = float(spot.get("outerConeAngle", math.pi / 4))
        inner = float(spot.get("innerConeAngle", 0.0))
        found.append(
            Light(
                kind=kind,
                color=tuple(float(channel) * strength for channel in color),
                position=tuple(place.tolist()),
                target=tuple(aim.tolist()),
                angle=outer,
                penumbra=1 - inner / outer if outer > 0 else 0.0,
                distance=float(light.get("range") or 0.0),
            )
        )
    return found
