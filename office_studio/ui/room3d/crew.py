"""Figures: any number of one model, each with a pose of its own, moved by one upload a frame."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject
from PySide6.QtGui import QVector3D
from PySide6.QtQuick3D import QQuick3DObject

from office_studio.core.gltf.pose import Pose
from office_studio.ui.room3d.assets import Asset, placement_of
from office_studio.ui.room3d.batches import Batch, facing, morphed
from office_studio.ui.room3d.scene import Figure, Rgb
from office_studio.ui.room3d.shaders import SUN
from office_studio.ui.room3d.stage import (
    Bones,
    Materials,
    Workshop,
    change_material,
    fill_geometry,
    make_geometry,
    make_model,
)

Array = NDArray[Any]
FINE_PX = 6.0  # mean area of a triangle on the screen


@dataclass(slots=True)
class _Body:
    """What is drawn of one figure: a model for each batch; own geometries where a morph target changes them."""

    models: list[QObject]
    glow: Rgb
    twins: list[QObject]  # drawn as the sun sees them; made when there are shadows
    morphs: dict[int, tuple[Any, bytes]]  # batch -> its geometry and the weights it was filled with


class Crew:
    """All figures of one model. Bodies that are not needed are kept, unseen, for the next figure."""

    def __init__(self, workshop: Workshop, world: QQuick3DObject, materials: Materials, asset: Asset) -> None:
        self._workshop, self._world, self._materials, self._asset = workshop, world, materials, asset
        self._bones = Bones(workshop, max(1, len(asset.shape.skeleton.nodes)))
        rest = asset.shape.skeleton.palette(asset.rest)
        self._batches = tuple(facing(batch, rest) for batch in asset.shape.batches)
        self._geometries = [make_geometry(batch, is_skinned=True) for batch in self._batches]
        self._bodies: list[_Body] = []
        self._poses: dict[Any, tuple[Pose, Array]] = {}
        self._count = 0
        self._pixels = 0.0  # of a world unit
        self._is_fine = False

    def look(self, pixels_per_unit: float) -> None:
        """How near it is looked at decides how it is lit."""
        self._pixels = pixels_per_unit

    def hide(self) -> None:
        for body in self._bodies:
            for model in (*body.models, *body.twins):
                model.setProperty("visible", False)

    def unhide(self, *, for_sun: bool = False) -> None:
        """``for_sun``: as it sees them, for their shadows."""
        for number, body in enumerate(self._bodies):
            if for_sun and not body.twins:
                self._make_twins(body, number)
            for model in body.models:
                model.setProperty("visible", number < self._count and not for_sun)
            for model in body.twins:
                model.setProperty("visible", number < self._count and for_sun)

    def show(self, figures: list[Figure]) -> None:
        self._choose_light(figures)
        while len(self._bodies) < len(figures):
            self._bodies.append(self._make(len(self._bodies)))
        palettes = []
        poses: dict[Any, tuple[Pose, Array]] = {}
        for figure, body in zip(figures, self._bodies, strict=False):
            key = (figure.clip, figure.clip_s, figure.from_clip, figure.from_s, figure.from_share)
            posed = poses.get(key) or self._poses.get(key)
            if posed is None:
                pose = self._asset.pose_of(figure)
                posed = (pose, self._asset.shape.skeleton.palette(pose))
            poses[key] = posed
            palettes.append(placement_of(figure) @ posed[1])
            self._dress(body, figure, posed[0])
        self._poses = poses  # those who stand still need no second look
        if palettes:
            self._bones.set(np.array(palettes))
        self._count = len(figures)
        self.unhide()

    def boxes(self, figures: list[Figure]) -> tuple[Array, Array]:
        """Around figures, whatever they do: lowest and highest corners, (n, 3) each."""
        bounds = self._asset.bounds()
        reach = 0.75 * max(high - low for low, high in zip(bounds.low, bounds.high, strict=True))
        middle = np.add(bounds.low, bounds.high) / 2
        scales = np.array([figure.scale for figure in figures])
        lifts = np.array([(0.0, figure.lift, 0.0) for figure in figures])
        centers = np.array([figure.position for figure in figures]) + lifts + middle * scales * (0.0, 1.0, 0.0)
        half = np.abs(scales).max(axis=1, keepdims=True) * (reach + np.abs(middle[[0, 2]]).max())
        return centers - half, centers + half

    def repaint(self) -> None:
        """After the materials were forgotten, or to be lit in another way."""
        for body in self._bodies:
            for batch, model in zip(self._batches, body.models, strict=True):
                change_material(model, self._material(batch, body.glow))

    def close(self) -> None:
        for body in self._bodies:
            for model in (*body.models, *body.twins):
                model.deleteLater()
        self._bodies.clear()

    def _choose_light(self, figures: list[Figure]) -> None:
        """By corner while triangles are hardly larger than pixels: it looks the same and costs a third."""
        size = max((max(map(abs, figure.scale)) for figure in figures), default=0.0) * self._pixels
        area = self._asset.triangle_area * size * size
        is_fine = area < FINE_PX * (1.3 if self._is_fine else 1.0)  # no to and fro at the edge
        if is_fine != self._is_fine and figures:
            self._is_fine = is_fine
            self.repaint()

    # -- inside ----------------------------------------------------------------------------------------
    def _make(self, row: int) -> _Body:
        body = _Body([], (0.0, 0.0, 0.0), [], {})
        for number, batch in enumerate(self._batches):
            geometry = self._geometries[number]
            if batch.targets:
                geometry = make_geometry(batch, is_skinned=True)
                body.morphs[number] = (geometry, b"")
            model = make_model(self._workshop, self._world, geometry, self._material(batch, body.glow))
            model.setProperty("scale", QVector3D(row + 1, row + 1, row + 1))  # tells the shader its row of bones
            body.models.append(model)
        return body

    def _make_twins(self, body: _Body, row: int) -> None:
        for number, batch in enumerate(self._batches):
            if batch.surface.alpha == "BLEND":
                continue
            geometry = body.morphs[number][0] if number in body.morphs else self._geometries[number]
            textures = self._asset.textures(self._workshop, batch.surface)
            bones = self._bones.texture
            material = self._materials.of(batch, textures, self._asset.key, bones=bones, shows=SUN)
            model = make_model(self._workshop, self._world, geometry, material)
            model.setProperty("scale", QVector3D(row + 1, row + 1, row + 1))
            body.twins.append(model)

    def _material(self, batch: Batch, glow: Rgb) -> QObject:
        textures = self._asset.textures(self._workshop, batch.surface)
        return self._materials.of(batch, textures, self._asset.key, glow, self._bones.texture, is_fine=self._is_fine)

    def _dress(self, body: _Body, figure: Figure, pose: Pose) -> None:
        where = QVector3D(*figure.position)  # for the order of see-through parts only
        for model in body.models:
            model.setProperty("position", where)
        if body.glow != figure.glow:
            body.glow = figure.glow
            for batch, model in zip(self._batches, body.models, strict=True):
                change_material(model, self._material(batch, figure.glow))
        for number, (geometry, filled) in body.morphs.items():
            batch = self._batches[number]
            weights = pose.weights.get(batch.node)
            if weights is None or weights.tobytes() == filled:
                continue
            positions, normals = morphed(batch, weights)
            fill_geometry(geometry, replace(batch, positions=positions, normals=normals), is_skinned=True)
            body.morphs[number] = (geometry, weights.tobytes())
