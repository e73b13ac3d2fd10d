"""One scene and the pictures of it. Lives in the drawing process, on its main thread."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QColor, QVector4D
from PySide6.QtQuick3D import QQuick3DGeometry

from office_studio.errors import OfficeStudioError
from office_studio.ui.room3d import shaders
from office_studio.ui.room3d.aids import Aids
from office_studio.ui.room3d.assets import BALL, Asset, ball, linear, load_asset, placement_of, plain_batch
from office_studio.ui.room3d.batches import Batch, merged, placed
from office_studio.ui.room3d.crew import Crew
from office_studio.ui.room3d.looks import Surface
from office_studio.ui.room3d.plate import Plate
from office_studio.ui.room3d.scene import (
    Camera,
    Figure,
    Light,
    ModelBounds,
    Opened,
    Plane,
    Problem,
    Prop,
    Scene,
    Size,
    ViewOptions,
)
from office_studio.ui.room3d.shadow import Shadow
from office_studio.ui.room3d.stage import (
    Materials,
    Workshop,
    aim,
    change_material,
    make_geometry,
    make_model,
    make_root,
)
from office_studio.ui.room3d.target import OffscreenTarget

Array = NDArray[Any]
Told = Callable[[float, str], None]


class _Still:
    """One batch of what stands still: its model, and one more that draws distances."""

    def __init__(self, batch: Batch, asset: Asset | None, geometry: QQuick3DGeometry) -> None:
        self.batch, self.asset, self.geometry = batch, asset, geometry
        self.model: QObject | None = None
        self.depth: QObject | None = None


class RoomDrawing:
    def __init__(self, target: OffscreenTarget) -> None:
        self._target = target
        self._workshop = Workshop()
        self._root = make_root(self._workshop)
        target.show(self._root)
        self._world = _part(self._root, "world")
        self._camera_node = _part(self._root, "camera")
        self._plate = Plate(self._workshop, self._world)
        self._scene: Scene | None = None
        self._assets: dict[str, Asset] = {}
        self._stills: list[_Still] = []
        self._crews: dict[Any, Crew] = {}
        self._materials = Materials(self._workshop, self._world, (), "linear", 1.0)
        self._shadow: Shadow | None = None
        self._aids = Aids(self._workshop, self._world)
        self._camera: Camera | None = None
        self._options = ViewOptions()
        self._figures: tuple[Figure, ...] = ()
        self._lights: tuple[Light, ...] = ()
        self._is_plated = False  # the plate shows what stands still
        self._is_new = True  # not drawn yet
        self._has_moved = True  # something that stands still looks different than in the picture before
        self.full_draws = 0
        self.plate_draws = 0

    # -- a scene ---------------------------------------------------------------------------------------
    def open(self, scene: Scene, told: Told) -> tuple[tuple[ModelBounds, ...], tuple[Problem, ...]]:
        """Load a scene. What cannot be loaded becomes a problem and is left out."""
        self.close_scene()
        self._scene = scene
        problems: list[Problem] = []
        for number, file in enumerate(scene.models):
            told(number / max(1, len(scene.models)), f"Reading {file.key}")
            try:
                self._assets[file.key] = load_asset(file)
            except OfficeStudioError as error:
                problems.append(Problem(code=error.code, message=error.message, hint=error.hint, model=file.key))
        for key, asset in self._assets.items():
            problems += [Problem(code="MODEL_PART", message=each, model=key) for each in asset.problems]
        told(0.8, "Laying out the room")
        self._lights = scene.lights + self._own_lights()
        self._materials.close()
        self._materials = Materials(self._workshop, self._world, self._lights, scene.tone, scene.exposure)
        self._materials.shows = shaders.NORMALS if self._options.normals else shaders.COLOR
        if self._camera is not None:
            self.look(self._camera)
        self._materials.has_shadow = scene.has_shadows
        if scene.has_shadows:
            self._shadow = Shadow(_part(self._root, "sun"), self._lights)
        for prop in scene.props:
            self._put(prop)
        for plane in scene.planes:
            batch = _plane_batch(plane)
            self._stills.append(_Still(batch, None, make_geometry(batch, is_skinned=False)))
        self._dress_stills()
        for key in scene.figure_models:
            if key in self._assets:
                self._crew(key, (0.0, 0.0, 0.0))
        self._set_ground(scene)
        self._aids.show(self._options, self._lights, self._bounds())
        told(1.0, "Ready")
        bounds = tuple(asset.bounds() for key, asset in self._assets.items() if key != BALL)
        return bounds, tuple(problems)

    def close_scene(self) -> None:
        for still in self._stills:
            for model in (still.model, still.depth):
                if model is not None:
                    model.deleteLater()
            still.geometry.deleteLater()
        for crew in self._crews.values():
            crew.close()
        self._materials.forget()
        if self._shadow is not None:
            self._shadow.close()
        self._stills, self._crews, self._assets, self._shadow, self._scene = [], {}, {}, None, None
        self._figures = ()
        self._is_new = True
        self._invalidate()

    # -- what changes ----------------------------------------------------------------------------------
    def resize(self, size: Size) -> None:
        self._target.resize(size.width, size.height, size.samples)
        self._root.setProperty("width", size.width)
        self._root.setProperty("height", size.height)
        if self._camera is not None:
            self.look(self._camera)
        self._invalidate()

    def look(self, camera: Camera) -> None:
        self._camera = camera
        width, height = self._target.size
        if not height:
            return
        aim(self._camera_node, camera, width / height)
        eye = np.subtract(camera.position, camera.target)
        if camera.is_perspective:
            self._materials.set_eye(QVector4D(*camera.position, 1.0))
        else:
            self._materials.set_eye(QVector4D(*(eye / max(float(np.linalg.norm(eye)), 1e-9)), 0.0))
        for crew in self._crews.values():
            crew.look(self._pixels_per_unit())
        self._invalidate()

    def set_figures(self, figures: tuple[Figure, ...]) -> None:
        self._figures = figures
        groups: dict[Any, list[Figure]] = {}
        for figure in figures:
            key = figure.model if figure.model in self._assets else BALL
            groups.setdefault((key, figure.color if key == BALL else None), []).append(figure)
        for (key, color), members in groups.items():
            self._crew(key, color).show(members)
        for group, crew in self._crews.items():
            if group not in groups:
                crew.show([])

    def set_lights(self, lights: tuple[Light, ...]) -> None:
        lights += self._own_lights()
        if lights == self._lights:
            return
        self._lights = lights
        if not self._materials.set_lights(lights):
            self._repaint()
        if self._shadow is not None:
            self._shadow.follow(lights)
        self._aids.show(self._options, self._lights, self._bounds())
        self._invalidate()

    def set_options(self, options: ViewOptions) -> None:
        is_other_look = options.normals != self._options.normals
        self._options = options
        self._materials.shows = shaders.NORMALS if options.normals else shaders.COLOR
        if is_other_look:
            self._repaint()
        if self._scene is not None:
            self._set_ground(self._scene)
        settings = _part(self._root, "debug")
        settings.setProperty("wireframeEnabled", options.wireframe)
        self._aids.show(options, self._lights, self._bounds())
        self._invalidate()

    # -- a picture -------------------------------------------------------------------------------------
    def draw(self) -> Array:
        """(height, width, 4) as ``OffscreenTarget.draw`` gives it."""
        is_first, self._is_new = self._is_new, False
        if not self._can_be_plated() or (self._has_moved and not (is_first and self._figures)):
            # Most likely the view is being moved: a plate would be thrown away with the next picture.
            self._lift_plate()
            self._has_moved = False
            self.full_draws += 1
            return self._target.draw()
        if not self._is_plated or self._has_moved:
            self._lay_plate()
            self._has_moved = False
        self.plate_draws += 1
        return self._target.draw()

    def _can_be_plated(self) -> bool:
        is_plain = not (self._options.wireframe or self._options.normals)
        return is_plain and self._shadow is None and bool(self._stills) and self._target.can_draw_numbers

    def _lay_plate(self) -> None:
        """Draw what stands still, without its see-through parts, and keep it with its distances."""
        self._plate.hide()
        for crew in self._crews.values():
            crew.hide()
        self._aids.set_visible(False)
        self._show_stills(solid=True, clear=False)
        colors = self._target.draw()
        self._show_stills(solid=False, clear=False, depth=True)
        ground = self._target.window.color()
        backdrop = _part(self._root, "backdrop")
        backdrop.setProperty("visible", False)
        self._target.set_ground(QColor(255, 255, 255))
        depths = self._target.draw_numbers()
        self._target.set_ground(ground)
        backdrop.setProperty("visible", True)
        self._plate.fill(self._target.as_texture(colors), self._target.as_texture(depths))
        self._show_stills(solid=False, clear=True)
        self._plate.show()
        self._aids.set_visible(True)
        self._is_plated = True
        self.set_figures(self._figures)

    def _lift_plate(self) -> None:
        if self._is_plated:
            self._plate.hide()
            self._show_stills(solid=True, clear=True)
            self._is_plated = False

    def _show_stills(self, *, solid: bool, clear: bool, depth: bool = False) -> None:
        for still in self._stills:
            is_clear = still.batch.surface.alpha == "BLEND"
            if still.model is not None:
                still.model.setProperty("visible", clear if is_clear else solid)
            if depth and still.depth is None and not is_clear:
                material = self._material(still, shaders.DEPTH)
                still.depth = make_model(self._workshop, self._world, still.geometry, material)
            if still.depth is not None:
                still.depth.setProperty("visible", depth)

    def _invalidate(self) -> None:
        self._has_moved = True

    # -- inside ----------------------------------------------------------------------------------------
    def _put(self, prop: Prop) -> None:
        asset = self._assets.get(prop.model)
        if asset is None:
            return
        pose = asset.pose(prop.clip, prop.clip_s)
        palette = placement_of(prop) @ asset.shape.skeleton.palette(pose)
        batches = [placed(batch, palette, pose.weights.get(batch.node)) for batch in asset.shape.batches]
        for batch in merged(batches):
            self._stills.append(_Still(batch, asset, make_geometry(batch, is_skinned=False)))

    def _material(self, still: _Still, shows: str | None = None) -> QObject:
        textures = still.asset.textures(self._workshop, still.batch.surface) if still.asset is not None else {}
        key = still.asset.key if still.asset is not None else None
        return self._materials.of(still.batch, textures, key, shows=shows)

    def _dress_stills(self) -> None:
        for still in self._stills:
            material = self._material(still)
            if still.model is None:
                still.model = make_model(self._workshop, self._world, still.geometry, material)
            else:
                change_material(still.model, material)
            if still.depth is not None:
                still.depth.deleteLater()
                still.depth = None

    def _repaint(self) -> None:
        self._dress_stills()
        for crew in self._crews.values():
            crew.repaint()

    def _crew(self, key: str, color: Any) -> Crew:
        group = (key, color if key == BALL else None)
        if group not in self._crews:
            asset = ball(color) if key == BALL else self._assets[key]
            self._crews[group] = Crew(self._workshop, self._world, self._materials, asset)
            if self._camera is not None:
                self._crews[group].look(self._pixels_per_unit())
        return self._crews[group]

    def _pixels_per_unit(self) -> float:
        assert self._camera is not None
        return self._target.size[1] / (2 * self._camera.half_height)

    def _own_lights(self) -> tuple[Light, ...]:
        """Lights that models bring along: those of props where they stand, those of figures about the origin."""
        if self._scene is None or not self._scene.has_own_lights:
            return ()
        worn = [self._assets[key] for key in self._scene.figure_models if key in self._assets]
        found = [light for asset in worn for light in asset.lights]
        for prop in self._scene.props:
            asset = self._assets.get(prop.model)
            for light in asset.lights if asset is not None else ():
                place = placement_of(prop)
                moved = [tuple((place @ (*point, 1.0))[:3].tolist()) for point in (light.position, light.target)]
                found.append(_moved(light, moved[0], moved[1]))
        return tuple(found)

    def _bounds(self) -> tuple[Array, Array]:
        """Of what stands still; without anything, of the figures' models."""
        boxes = [(p.min(axis=0), p.max(axis=0)) for p in (still.batch.positions for still in self._stills) if len(p)]
        if not boxes:
            found = [asset.bounds() for asset in self._assets.values()]
            boxes = [(np.array(each.low), np.array(each.high)) for each in found] or [(np.full(3, -1.0), np.ones(3))]
        return np.min([low for low, _ in boxes], axis=0), np.max([high for _, high in boxes], axis=0)

    def _set_ground(self, scene: Scene) -> None:
        clear = self._options.ground or scene.clear
        color = QColor.fromRgbF(*clear) if clear is not None else QColor(0, 0, 0, 0)
        self._target.set_ground(color)
        address = QUrl.fromLocalFile(scene.backdrop) if scene.backdrop else QUrl()
        _part(self._root, "backdrop").setProperty("source", address)


def opened(serial: int, result: tuple[tuple[ModelBounds, ...], tuple[Problem, ...]]) -> Opened:
    return Opened(serial=serial, models=result[0], problems=result[1])


def _moved(light: Light, position: Any, target: Any) -> Light:
    return msgspec.structs.replace(light, position=position, target=target)


def _plane_batch(plane: Plane) -> Batch:
    (x, y, z), (wide, deep) = plane.center, (plane.size[0] / 2, plane.size[1] / 2)
    points = np.array(
        [[x - wide, y, z - deep], [x - wide, y, z + deep], [x + wide, y, z + deep], [x + wide, y, z - deep]]
    )
    surface = Surface(
        base=(*linear(plane.color), plane.opacity),
        metallic=0.0,
        roughness=plane.roughness,
        alpha="BLEND" if plane.opacity < 1 else "OPAQUE",
    )
    return plain_batch(surface, points, np.tile((0.0, 1.0, 0.0), (4, 1)), np.array([0, 1, 2, 0, 2, 3]))


def _part(root: QObject, name: str) -> Any:
    found = root.findChild(QObject, name)
    assert found is not None, name
    return found
