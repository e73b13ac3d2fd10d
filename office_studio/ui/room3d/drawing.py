"""One scene and the pictures of it. Lives in the drawing process, on its main thread."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QColor, QMatrix4x4, QVector4D

from office_studio.errors import OfficeStudioError
from office_studio.ui.room3d import shaders
from office_studio.ui.room3d.aids import Aids
from office_studio.ui.room3d.assets import BALL, Asset, ball, load_asset, placement_of
from office_studio.ui.room3d.batches import merged, placed
from office_studio.ui.room3d.crew import Crew
from office_studio.ui.room3d.picture_budget import fit_pictures
from office_studio.ui.room3d.plate import Plate
from office_studio.ui.room3d.scene import (
    Camera,
    Figure,
    Light,
    ModelBounds,
    Opened,
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
from office_studio.ui.room3d.stills import Still, lights_of, plane_batch
from office_studio.ui.room3d.target import OffscreenTarget

Array = NDArray[Any]
Told = Callable[[float, str], None]


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
        self._stills: list[Still] = []
        self._crews: dict[Any, Crew] = {}
        self._materials = Materials(self._workshop, self._world, (), "linear", 1.0)
        self._shadow: Shadow | None = None
        self._aids = Aids(self._workshop, self._world)
        self._camera: Camera | None = None
        self._options = ViewOptions()
        self._figures: tuple[Figure, ...] = ()
        self._lights: tuple[Light, ...] = ()
        self._into_world = QMatrix4x4()  # from a pixel and its depth
        self._has_walked = True  # figures are elsewhere than their shadows
        self._is_plated = False  # the plate shows what stands still
        self._is_new = True  # not drawn yet
        self._has_moved = True  # something that stands still looks different than in the picture before
        self.most_picture_bytes: int | None = None  # of a scene's textures, decoded
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
        fit_pictures(self._assets.values(), self.most_picture_bytes)
        for key, asset in self._assets.items():
            problems += [Problem(code="MODEL_PART", message=each, model=key) for each in asset.problems]
        told(0.8, "Laying out the room")
        self._lights = scene.lights + self._own_lights()
        self._materials.close()
        self._materials = Materials(self._workshop, self._world, self._lights, scene.tone, scene.exposure)
        self._materials.shows = shaders.NORMALS if self._options.normals else shaders.COLOR
        if self._camera is not None:
            self.look(self._camera)
        self._shadow = self._materials.shadow = Shadow(self._workshop) if scene.has_shadows else None
        for prop in scene.props:
            self._put(prop)
        for plane in scene.planes:
            batch = plane_batch(plane)
            self._stills.append(Still(batch, None, make_geometry(batch, is_skinned=False)))
        self._follow_sun()
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
            for model in (still.model, *still.twins.values()):
                if model is not None:
                    model.deleteLater()
            still.geometry.deleteLater()
        for crew in self._crews.values():
            crew.close()
        self._materials.forget()
        self._stills, self._crews, self._assets, self._shadow, self._scene = [], {}, {}, None, None
        self._figures = ()
        self._is_new = True
        self._invalidate()

    def close(self) -> None:
        self.close_scene()
        self._target.close()

    # -- what changes ----------------------------------------------------------------------------------
    def resize(self, size: Size) -> None:
        self._target.resize(size.width, size.height, size.samples)
        self._root.setProperty("width", size.width)
        self._root.setProperty("height", size.height)
        self._follow_sun()
        if self._camera is not None:
            self.look(self._camera)
        self._invalidate()

    def look(self, camera: Camera) -> None:
        self._camera = camera
        width, height = self._target.size
        if not height:
            return
        view, projection = aim(self._camera_node, camera, width / height)
        self._into_world = (projection * view).inverted()[0] * self._target.from_pixels()
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
        self._has_walked = True
        groups = self._groups()
        for (key, color), members in groups.items():
            self._crew(key, color).show(members)
        for group, crew in self._crews.items():
            if group not in groups:
                crew.show([])

    def _groups(self) -> dict[Any, list[Figure]]:
        groups: dict[Any, list[Figure]] = {}
        for figure in self._figures:
            key = figure.model if figure.model in self._assets else BALL
            groups.setdefault((key, figure.color if key == BALL else None), []).append(figure)
        return groups

    def set_lights(self, lights: tuple[Light, ...]) -> None:
        lights += self._own_lights()
        if lights == self._lights:
            return
        self._lights = lights
        if not self._materials.set_lights(lights):
            self._repaint()
        self._follow_sun()
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
        self._cast_shadows()
        keeps_first = bool(self._figures) and self._shadow is None  # with shadows the plate costs two pictures
        if not self._can_be_plated() or (self._has_moved and not (is_first and keeps_first)):
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
        return is_plain and bool(self._stills) and self._target.can_draw_numbers

    def _lay_plate(self) -> None:
        """Draw what stands still, without its see-through parts, and keep it with its distances."""
        self._plate.hide()
        for crew in self._crews.values():
            crew.hide()
        self._aids.set_visible(False)
        self._show_stills(solid=True, clear=False)
        if self._shadow is not None:
            # Those who walk cast theirs later: what is kept has the shadows of what stands.
            self._shadow.moving.clear()
            self._has_walked = True
        colors = self._target.draw()
        dark = None
        if self._shadow is not None:
            self._materials.tell_shadow(in_sun=False)
            dark = self._target.as_texture(self._target.draw())
            self._materials.tell_shadow()
        depths = self._numbers(shaders.DEPTH)
        self._plate.fill(self._target.as_texture(colors), self._target.as_texture(depths))
        self._plate.shade(dark, self._shadow.moving.texture if self._shadow is not None else None)
        self._is_plated = True
        self._expose()
        self._cast_shadows()

    def _numbers(self, shows: str, *, stills: bool = True, figures: bool = False) -> Array:
        """One number a pixel: what ``shows`` says. Afterwards nothing is visible."""
        self._plate.hide()
        self._aids.set_visible(False)
        self._show_stills(solid=False, clear=False, twin=shows if stills else None)
        for crew in self._crews.values():
            if figures:
                crew.unhide(for_sun=True)
            else:
                crew.hide()
        ground = self._target.window.color()
        backdrop = _part(self._root, "backdrop")
        backdrop.setProperty("visible", False)
        self._target.set_ground(QColor(255, 255, 255))
        numbers = self._target.draw_numbers()
        self._target.set_ground(ground)
        backdrop.setProperty("visible", True)
        return numbers

    def _expose(self) -> None:
        self._show_stills(solid=not self._is_plated, clear=True)
        if self._is_plated:
            self._plate.show()
        self._aids.set_visible(True)
        for crew in self._crews.values():
            crew.unhide()

    # -- shadows ---------------------------------------------------------------------------------------
    def _follow_sun(self) -> None:
        if self._shadow is not None:
            self._shadow.follow(self._lights, self._bounds(), *self._target.size)
            self._materials.tell_shadow()

    def _cast_shadows(self) -> None:
        """Draw what the sun sees, as far as it sees something else than before."""
        shadow = self._shadow
        if shadow is None or not self._target.can_draw_numbers:
            return
        has_drawn = False
        if shadow.is_stale:
            shadow.still.fill(self._target.upwards(self._numbers(shaders.SUN)))
            shadow.is_stale, self._has_walked, has_drawn = False, True, True
        if self._has_walked:
            self._has_walked = False
            span = (0.0, 0.0, 0.0, 0.0)
            if self._figures:
                shadow.moving.fill(self._target.upwards(self._numbers(shaders.SUN, stills=False, figures=True)))
                boxes = [self._crew(key, color).boxes(members) for (key, color), members in self._groups().items()]
                span = shadow.span(*(np.concatenate(ends) for ends in zip(*boxes, strict=True)))
                has_drawn = True
            else:
                shadow.moving.clear()
            if self._is_plated:
                self._plate.aim(shadow.place * self._into_world, span)
        if has_drawn:
            self._expose()

    def _lift_plate(self) -> None:
        if self._is_plated:
            self._plate.hide()
            self._show_stills(solid=True, clear=True)
            self._is_plated = False

    def _show_stills(self, *, solid: bool, clear: bool, twin: str | None = None) -> None:
        for still in self._stills:
            if still.model is not None:
                still.model.setProperty("visible", clear if still.is_clear else solid)
            if twin is not None and twin not in still.twins and still.batch.surface.alpha != "BLEND":
                material = self._material(still, twin)
                still.twins[twin] = make_model(self._workshop, self._world, still.geometry, material)
            for shows, model in still.twins.items():
                model.setProperty("visible", shows == twin)

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
            self._stills.append(Still(batch, asset, make_geometry(batch, is_skinned=False)))

    def _material(self, still: Still, shows: str | None = None) -> QObject:
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
            for twin in still.twins.values():
                twin.deleteLater()
            still.twins.clear()

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
        return (*(light for asset in worn for light in asset.lights), *lights_of(self._scene.props, self._assets))

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


def _part(root: QObject, name: str) -> Any:
    found = root.findChild(QObject, name)
    assert found is not None, name
    return found
